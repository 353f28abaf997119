// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "ike-daemon/wire/fragment.h"

#define FLAG_LAST	0x01
#define FIELDS_LEN	4	/* identifier, number, flags */

int isakmp_fragment_get(const uint8_t *body, size_t len,
			struct isakmp_fragment *out)
{
	struct buf b;

	buf_reader(&b, body, len);
	out->id = buf_get_u16(&b);
	out->number = buf_get_u8(&b);
	out->last = buf_get_u8(&b) & FLAG_LAST;
	out->len = (uint16_t)buf_left(&b);
	out->data = buf_get_direct(&b, out->len);
	return buf_err(&b) || !out->number || !out->len ? -EBADMSG : 0;
}

int isakmp_fragment_put(struct buf *b, const struct isakmp_hdr *hdr,
			const struct isakmp_fragment *f)
{
	struct isakmp_writer w;
	size_t at;

	isakmp_begin(&w, b, hdr);
	at = isakmp_put_blank(&w, ISAKMP_PAYLOAD_FRAGMENT,
			      FIELDS_LEN + f->len);
	buf_set_u16(b, at, f->id);
	buf_set_u8(b, at + 2, f->number);
	buf_set_u8(b, at + 3, f->last ? FLAG_LAST : 0);
	buf_set(b, at + FIELDS_LEN, f->data, f->len);
	return isakmp_end(&w, 1);
}
