/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lengths and trailer of an ESP packet (RFC 4303), tunnel MTU and MSS; the
 * lengths also of AH, which has all that it adds in front.
 */
#ifndef _CM_CORE_ESPFMT_H
#define _CM_CORE_ESPFMT_H

#include <linux/types.h>

#include "reason.h"

#define CM_ESP_HDR 8			/* SPI and sequence number */
#define CM_ESP_ALIGN 4
#define CM_ESP_TAIL 2			/* pad length and next header */
#define CM_ESP_PAD_MAX 255
#define CM_UDP_HDR 8
#define CM_IPV4_HDR 20
#define CM_IPV6_HDR 40
#define CM_IPV6_FRAG_HDR 8
#define CM_TCP_HDR 20
#define CM_IPV4_MTU_MIN 68		/* RFC 791 */
#define CM_IPV6_MTU_MIN 1280		/* RFC 8200 */

/**
 * struct cm_esp_geom - the fixed lengths of one SA, in bytes
 * @outer: outer IP header, 20 or 40; 0 in transport mode
 * @udp: 8 with UDP encapsulation, else 0
 * @iv: IV on the wire
 * @block: cipher block, a power of two; ESP itself aligns to 4
 * @icv: integrity check value
 * @ah: AH instead of ESP: length of its header, see cm_ah_len(); @iv is 0 and
 *	@block 1 then
 * @around: ESP of a bundle: length of the AH header that goes before it, else 0
 */
struct cm_esp_geom {
	u8 outer;
	u8 udp;
	u8 iv;
	u8 block;
	u8 icv;
	u8 ah;
	u8 around;
};

/* Alignment of payload, padding and the two trailer bytes together. */
static inline u32 cm_esp_align(const struct cm_esp_geom *g)
{
	return g->block > CM_ESP_ALIGN ? g->block : CM_ESP_ALIGN;
}

/* Padding bytes after @len bytes of payload, 0..255. */
static inline u32 cm_esp_pad(const struct cm_esp_geom *g, u32 len)
{
	return g->ah ? 0 : -(len + CM_ESP_TAIL) & (cm_esp_align(g) - 1);
}

/* Bytes between the outer header, or that of UDP, and the payload. */
static inline u32 cm_esp_head(const struct cm_esp_geom *g)
{
	return g->ah ? g->ah : g->around + CM_ESP_HDR + g->iv;
}

/* Bytes behind @len bytes of payload: padding, trailer and ICV. */
static inline u32 cm_esp_tail(const struct cm_esp_geom *g, u32 len)
{
	return g->ah ? 0 : cm_esp_pad(g, len) + CM_ESP_TAIL + g->icv;
}

/* Length on the wire, outer IP header included, of @len bytes of payload. */
static inline u32 cm_esp_wire_len(const struct cm_esp_geom *g, u32 len)
{
	return g->outer + g->udp + cm_esp_head(g) + len + cm_esp_tail(g, len);
}

/*
 * Largest payload (in tunnel mode: inner packet) that fits into @mtu bytes
 * on the wire; 0 when none does.  R-39.
 */
u32 cm_esp_mtu(const struct cm_esp_geom *g, u32 mtu);

/* The worst-case overhead that "ipsec overhead" shows, and its header part.  R-40. */
u32 cm_esp_overhead(const struct cm_esp_geom *g);
u32 cm_esp_overhead_header(const struct cm_esp_geom *g);

/*
 * Pieces that the IP layer makes of a packet of @len bytes with @mtu, of which
 * each piece repeats @header bytes; 0 when nothing fits behind them.
 */
u32 cm_ip_pieces(u32 len, u32 mtu, u32 header, bool ipv6);

/* TCP MSS for packets of @mtu bytes without IP options; 0 when there is no room. */
u32 cm_esp_mss(u32 mtu, bool ipv6);

/*
 * Write @pad bytes 1, 2, 3 ..., the pad length and @next_header: @pad + 2
 * bytes at @p.
 */
void cm_esp_put_trailer(u8 *p, u8 pad, u8 next_header);

/**
 * cm_esp_check_trailer() - take the trailer off decrypted data
 * @tail: the last bytes of the decrypted data, ICV not included: all of it
 *	or at least CM_ESP_PAD_MAX + CM_ESP_TAIL bytes
 * @tail_len: bytes at @tail
 * @next_header: result
 * @trim: result: bytes to cut off the end, 2..257
 *
 * Return: CM_REASON_NONE; CM_REASON_BAD_PADDING; CM_REASON_TRUNCATED when the
 * padding is longer than the data.
 */
enum cm_reason cm_esp_check_trailer(const u8 *tail, u32 tail_len,
				    u8 *next_header, u32 *trim);

/**
 * cm_esp_check_len() - can this be an ESP packet of the SA?
 * @g: lengths of the SA
 * @len: bytes from the ESP header to the end of the ICV
 *
 * Return: CM_REASON_NONE, CM_REASON_TRUNCATED, CM_REASON_BAD_LENGTH.
 */
enum cm_reason cm_esp_check_len(const struct cm_esp_geom *g, u32 len);

#endif
