// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: any datagram through the ISAKMP decoder and everything that
 * reads its result.  Besides not crashing, what was accepted must encode to the
 * same bytes again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ike-daemon/wire/attr.h"
#include "ike-daemon/wire/dump.h"
#include "ike-daemon/wire/fragment.h"
#include "ike-daemon/wire/ident.h"
#include "ike-daemon/wire/isakmp.h"
#include "ike-daemon/wire/transform.h"
#include "ike-daemon/wire/vendor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define CHECK(condition)		\
	do {				\
		if (!(condition))	\
			abort();	\
	} while (0)

static void use_transforms(const struct isakmp_proposal *p)
{
	struct ipsec_transform ipsec;
	struct ike_transform ike;
	struct err err;
	unsigned int i;

	for (i = 0; i < p->ntransforms; i++) {
		ike_transform_get(&p->transforms[i], &ike, &err);
		ipsec_transform_get(&p->transforms[i], &ipsec, &err);
	}
}

/* What was read can be written, and is the same but for the reserved byte. */
static void use_attributes(const struct isakmp_payload *p)
{
	static struct isakmp_cfg cfg;
	struct buf b;
	unsigned int i;

	if (isakmp_cfg_get(p->data, p->len, &cfg))
		return;
	buf_init(&b, UINT16_MAX);
	isakmp_cfg_begin(&b, cfg.type, cfg.id);
	for (i = 0; i < cfg.n; i++) {
		isakmp_put_attr(&b, &cfg.attrs[i]);
		CHECK(isakmp_cfg_find(&cfg, cfg.attrs[i].type));
	}
	CHECK(!buf_err(&b) && buf_len(&b) == p->len);
	CHECK(p->len == 4 || !memcmp(buf_data(&b) + 4, p->data + 4, p->len - 4));
	buf_free(&b);
}

/* One piece of a message, in a message of its own. */
static void use_fragment(const struct isakmp_msg *msg,
			 const struct isakmp_payload *p)
{
	struct isakmp_fragment f;
	struct buf b;

	if (isakmp_fragment_get(p->data, p->len, &f))
		return;
	CHECK(f.number && f.len && f.len == p->len - 4);
	buf_init(&b, ISAKMP_MSG_MAX);
	CHECK(!isakmp_fragment_put(&b, &msg->hdr, &f));
	CHECK(buf_len(&b) == (size_t)ISAKMP_FRAGMENT_OVERHEAD + f.len);
	/* What a flag is that we do not know is not kept. */
	CHECK(!memcmp(buf_data(&b) + ISAKMP_HDR_LEN + 4, p->data, 3));
	CHECK(!memcmp(buf_data(&b) + ISAKMP_FRAGMENT_OVERHEAD, p->data + 4,
		      f.len));
	buf_free(&b);
}

static void use_payload(const struct isakmp_msg *msg,
			const struct isakmp_payload *p)
{
	char text[ISAKMP_ID_STRLEN];
	struct isakmp_life life;
	unsigned int i;

	switch (p->type) {
	case ISAKMP_PAYLOAD_SA:
		for (i = 0; i < p->sa.nproposals; i++) {
			CHECK(isakmp_proposal_group(&p->sa, i) >= 1);
			use_transforms(&p->sa.proposals[i]);
		}
		break;
	case ISAKMP_PAYLOAD_ID:
		isakmp_id_format(&p->id, text, sizeof(text));
		CHECK(strlen(text) < sizeof(text));
		isakmp_id_format(&p->id, text, 9);
		CHECK(strlen(text) < 9);
		break;
	case ISAKMP_PAYLOAD_ATTR:
		use_attributes(p);
		break;
	case ISAKMP_PAYLOAD_NOTIFY:
		isakmp_life_get(p->notify.data, p->notify.len, 2, &life);
		break;
	case ISAKMP_PAYLOAD_VENDOR:
		CHECK(isakmp_vendor_name(isakmp_vendor_lookup(p->data,
							      p->len)));
		isakmp_vendor_fragments(p->data, p->len);
		break;
	case ISAKMP_PAYLOAD_FRAGMENT:
		use_fragment(msg, p);
		break;
	default:
		break;
	}
}

static void check_encode(const struct isakmp_msg *msg, const uint8_t *data,
			 size_t len)
{
	struct isakmp_writer w;
	struct buf b;
	unsigned int i;

	buf_init(&b, ISAKMP_MSG_MAX);
	isakmp_begin(&w, &b, &msg->hdr);
	for (i = 0; i < msg->npayloads; i++)
		isakmp_put_payload(&w, &msg->payloads[i]);
	CHECK(!isakmp_end(&w, 1));
	CHECK(buf_len(&b) == ISAKMP_HDR_LEN + msg->chain_len);
	CHECK(buf_len(&b) <= len);
	/* The length field differs where there was padding. */
	CHECK(!memcmp(buf_data(&b), data, 24));
	CHECK(!memcmp(buf_data(&b) + ISAKMP_HDR_LEN, data + ISAKMP_HDR_LEN,
		      msg->chain_len));
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct isakmp_msg msg;
	struct isakmp_err err;
	char text[ISAKMP_DUMP_STRLEN];
	unsigned int i;
	int ret;

	if (len > ISAKMP_MSG_MAX || isakmp_decode_header(&msg, data, len, &err))
		return 0;
	ret = isakmp_decode_payloads(&msg, msg.body, msg.body_len, &err);
	CHECK(!ret == !err.fault);
	CHECK(!ret || err.text[0]);
	for (i = 0; i < msg.npayloads; i++)
		use_payload(&msg, &msg.payloads[i]);
	isakmp_dump(&msg, true, text, sizeof(text));
	CHECK(strlen(text) < sizeof(text));
	if (!ret)
		check_encode(&msg, data, len);
	return 0;
}
