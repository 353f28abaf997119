// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions to a decoded message. */
#include <errno.h>

#include "ike-daemon/wire/isakmp.h"

const char *isakmp_fault_name(enum isakmp_fault fault)
{
	static const char *const names[] = {
		[ISAKMP_FAULT_NONE] = "none",
		[ISAKMP_FAULT_SHORT] = "cut off",
		[ISAKMP_FAULT_LENGTH] = "wrong length",
		[ISAKMP_FAULT_RESERVED] = "reserved field not zero",
		[ISAKMP_FAULT_TYPE] = "wrong payload type",
		[ISAKMP_FAULT_TOO_MANY] = "too many items",
		[ISAKMP_FAULT_VERSION] = "unsupported version",
		[ISAKMP_FAULT_VALUE] = "unsupported value",
	};

	return names[fault];
}

const struct isakmp_payload *isakmp_find(const struct isakmp_msg *msg,
					 unsigned int type, unsigned int nth)
{
	unsigned int i;

	for (i = 0; i < msg->npayloads; i++)
		if (msg->payloads[i].type == type && !nth--)
			return &msg->payloads[i];
	return NULL;
}

unsigned int isakmp_count(const struct isakmp_msg *msg, unsigned int type)
{
	unsigned int i, n = 0;

	for (i = 0; i < msg->npayloads; i++)
		n += msg->payloads[i].type == type;
	return n;
}

const uint8_t *isakmp_after(const struct isakmp_msg *msg, unsigned int index,
			    size_t *len)
{
	const uint8_t *end = msg->body + msg->chain_len;
	const struct isakmp_payload *p;
	const uint8_t *from;

	if (index >= msg->npayloads) {
		*len = 0;
		return end;
	}
	p = &msg->payloads[index];
	from = p->data + p->len;
	*len = (size_t)(end - from);
	return from;
}

uint32_t isakmp_chain_by_headers(const struct isakmp_msg *msg)
{
	uint8_t next = msg->hdr.next_payload;
	unsigned int n;
	uint16_t len;
	struct buf b;

	buf_reader(&b, msg->body, msg->body_len);
	for (n = 0; next && n < ISAKMP_MAX_PAYLOADS; n++) {
		next = buf_get_u8(&b);
		buf_get_u8(&b);
		len = buf_get_u16(&b);
		if (len < 4 || !buf_get_direct(&b, len - 4u) || buf_err(&b))
			return 0;
	}
	return next ? 0 : (uint32_t)buf_pos(&b);
}

unsigned int isakmp_proposal_group(const struct isakmp_sa *sa,
				   unsigned int first)
{
	unsigned int n = first;

	while (n < sa->nproposals &&
	       sa->proposals[n].number == sa->proposals[first].number)
		n++;
	return n - first;
}

const struct isakmp_attr *isakmp_attr_find(const struct isakmp_transform *t,
					   unsigned int type)
{
	unsigned int i;

	for (i = 0; i < t->nattrs; i++)
		if (t->attrs[i].type == type)
			return &t->attrs[i];
	return NULL;
}

int isakmp_attr_number(const struct isakmp_attr *attr, uint64_t *value)
{
	uint64_t v = 0;
	unsigned int i;

	if (!attr->variable) {
		*value = attr->value;
		return 0;
	}
	if (!attr->len)
		return -EINVAL;
	for (i = 0; i < attr->len; i++) {
		if (v >> 56) {
			*value = UINT64_MAX;
			return -ERANGE;
		}
		v = v << 8 | attr->data[i];
	}
	*value = v;
	return 0;
}
