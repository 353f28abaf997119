// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "ike-daemon/wire/attr.h"

int isakmp_cfg_get(const uint8_t *body, size_t len, struct isakmp_cfg *out)
{
	struct buf b;

	out->n = 0;
	buf_reader(&b, body, len);
	out->type = buf_get_u8(&b);
	buf_skip(&b, 1);	/* reserved; not all set it to zero */
	out->id = buf_get_u16(&b);
	while (buf_left(&b) && out->n < ISAKMP_CFG_ATTRS_MAX)
		isakmp_get_attr(&b, &out->attrs[out->n++]);
	return buf_err(&b) || buf_left(&b) ? -EBADMSG : 0;
}

const struct isakmp_attr *isakmp_cfg_find(const struct isakmp_cfg *cfg,
					  unsigned int type)
{
	unsigned int i;

	for (i = 0; i < cfg->n; i++)
		if (cfg->attrs[i].type == type)
			return &cfg->attrs[i];
	return NULL;
}

void isakmp_cfg_begin(struct buf *b, enum isakmp_cfg_type type, uint16_t id)
{
	buf_put_u8(b, type);
	buf_put_u8(b, 0);
	buf_put_u16(b, id);
}

void isakmp_cfg_put(struct buf *b, unsigned int type, const void *data,
		    size_t len)
{
	const struct isakmp_attr attr = {
		.type = type, .variable = true, .len = len, .data = data,
	};

	isakmp_put_attr(b, &attr);
}

void isakmp_cfg_put_number(struct buf *b, unsigned int type, uint16_t value)
{
	const struct isakmp_attr attr = { .type = type, .value = value };

	isakmp_put_attr(b, &attr);
}
