// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>

#include "espfmt.h"

#define FRAG_ALIGN 8	/* of all pieces but the last, RFC 791 and 8200 */

/* Everything but payload, padding and the two trailer bytes. */
static u32 fixed_len(const struct cm_esp_geom *g)
{
	return g->outer + g->udp + cm_esp_head(g) + (g->ah ? 0 : g->icv);
}

u32 cm_esp_mtu(const struct cm_esp_geom *g, u32 mtu)
{
	u32 align = cm_esp_align(g);
	u32 room;

	if (mtu <= fixed_len(g))
		return 0;
	if (g->ah)
		return mtu - fixed_len(g);
	room = (mtu - fixed_len(g)) & ~(align - 1);
	return room > CM_ESP_TAIL ? room - CM_ESP_TAIL : 0;
}

u32 cm_esp_overhead(const struct cm_esp_geom *g)
{
	return fixed_len(g) + (g->ah ? 0 : cm_esp_align(g) + CM_ESP_TAIL);
}

u32 cm_esp_overhead_header(const struct cm_esp_geom *g)
{
	return fixed_len(g) - g->icv;
}

u32 cm_ip_pieces(u32 len, u32 mtu, u32 header, bool ipv6)
{
	u32 room;

	if (len <= mtu)
		return 1;
	if (ipv6 && mtu > CM_IPV6_FRAG_HDR)
		mtu -= CM_IPV6_FRAG_HDR;
	if (mtu <= header)
		return 0;
	room = (mtu - header) / FRAG_ALIGN * FRAG_ALIGN;
	return room ? (len - header + room - 1) / room : 0;
}

u32 cm_esp_mss(u32 mtu, bool ipv6)
{
	u32 headers = (ipv6 ? CM_IPV6_HDR : CM_IPV4_HDR) + CM_TCP_HDR;

	return mtu > headers ? mtu - headers : 0;
}

void cm_esp_put_trailer(u8 *p, u8 pad, u8 next_header)
{
	unsigned int i;

	for (i = 0; i < pad; i++)
		p[i] = i + 1;
	p[pad] = pad;
	p[pad + 1] = next_header;
}

enum cm_reason cm_esp_check_trailer(const u8 *tail, u32 tail_len,
				    u8 *next_header, u32 *trim)
{
	const u8 *p;
	u32 pad, i;

	if (tail_len < CM_ESP_TAIL)
		return CM_REASON_TRUNCATED;
	pad = tail[tail_len - 2];
	if (pad > tail_len - CM_ESP_TAIL)
		return CM_REASON_TRUNCATED;
	p = tail + tail_len - CM_ESP_TAIL - pad;
	for (i = 0; i < pad; i++)
		if (p[i] != i + 1)
			return CM_REASON_BAD_PADDING;
	*next_header = tail[tail_len - 1];
	*trim = pad + CM_ESP_TAIL;
	return CM_REASON_NONE;
}

enum cm_reason cm_esp_check_len(const struct cm_esp_geom *g, u32 len)
{
	u32 fixed = CM_ESP_HDR + g->iv + g->icv;

	if (len < fixed + CM_ESP_TAIL)
		return CM_REASON_TRUNCATED;
	if ((len - fixed) & (g->block - 1))
		return CM_REASON_BAD_LENGTH;
	return CM_REASON_NONE;
}
