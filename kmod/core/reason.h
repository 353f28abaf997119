/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a packet was dropped: the one list.
 *
 * Counters, netlink names, the output of show and the documentation are made
 * from it.  Names are interface: append, never rename or reorder.
 */
#ifndef _CM_CORE_REASON_H
#define _CM_CORE_REASON_H

/* X(enumerator, name, one line for people) */
#define CM_REASONS(X) \
	/* outbound: from the access list to an SA */ \
	X(NO_SA, "no_sa", "protected traffic found no SA and nothing may wait for one") \
	X(ACQUIRE_QUEUE_FULL, "acquire_queue_full", "too many packets of the flow wait for its SA") \
	X(ACQUIRE_TIMEOUT, "acquire_timeout", "no SA came while the packet waited") \
	X(ACQUIRE_LIMIT, "acquire_limit", "too many flows wait for an SA") \
	X(ENTRY_INCOMPLETE, "entry_incomplete", "the matching entry has no peer or no transform set") \
	X(FRAGMENT, "fragment", "a later fragment without ports cannot be classified") \
	X(BAD_HEADER, "bad_header", "malformed IP header or extension headers") \
	X(FLOWTABLE_GUARD, "flowtable_guard", "a flowtable sent protected traffic past the access list") \
	X(EGRESS_GUARD, "egress_guard", "protected traffic reached the interface in clear") \
	X(NESTED_LOOP, "nested_loop", "an encapsulated packet matched its own crypto map again") \
	/* outbound: the SA and the encapsulation */ \
	X(SEQ_EXHAUSTED, "seq_exhausted", "the sequence numbers of the SA are used up") \
	X(HARD_EXPIRED, "hard_expired", "the lifetime of the SA has ended") \
	X(SA_NOT_ACTIVE, "sa_not_active", "the outbound SA is not activated yet") \
	X(MTU_EXCEEDED, "mtu_exceeded", "too big for the tunnel and must not be fragmented") \
	X(TTL_EXPIRED, "ttl_expired", "time to live ended at the tunnel") \
	X(NO_ROUTE, "no_route", "no route to the peer") \
	X(LOCAL_ADDRESS, "local_address", "the local tunnel address is not on this router") \
	X(ENCRYPT_FAILED, "encrypt_failed", "the cipher failed while encrypting") \
	X(GSO_FAILED, "gso_failed", "a large send could not be cut into packets") \
	X(NAT_T_SOCKET, "nat_t_socket", "no UDP socket for UDP encapsulation") \
	X(OUTPUT_FAILED, "output_failed", "the network stack refused the encapsulated packet") \
	/* inbound: to the SA */ \
	X(UNKNOWN_SPI, "unknown_spi", "ESP or AH for an SPI that does not exist") \
	X(DELETED_SPI, "deleted_spi", "ESP or AH for an SPI deleted a short time ago") \
	X(WRONG_PROTOCOL, "wrong_protocol", "the SPI belongs to another security protocol") \
	X(WRONG_DESTINATION, "wrong_destination", "the SPI is used with another local address") \
	X(ENCAP_MISMATCH, "encap_mismatch", "UDP encapsulation where none was agreed, or the reverse") \
	X(TRUNCATED, "truncated", "the packet ends inside a header or trailer") \
	X(BAD_LENGTH, "bad_length", "the encrypted part is no multiple of the cipher block, or the AH header has another length than agreed") \
	/* inbound: replay, cipher and contents */ \
	X(REPLAY, "replay", "the sequence number was received before") \
	X(REPLAY_WINDOW, "replay_window", "the sequence number is older than the replay window") \
	X(BAD_ICV, "bad_icv", "the integrity check failed") \
	X(DECRYPT_FAILED, "decrypt_failed", "the cipher failed while decrypting") \
	X(BAD_PADDING, "bad_padding", "the ESP padding is wrong after decryption") \
	X(BAD_NEXT_HEADER, "bad_next_header", "the protected protocol does not fit the mode of the SA") \
	X(BAD_INNER, "bad_inner", "the decrypted packet is no valid IP packet") \
	X(SELECTOR_MISMATCH, "selector_mismatch", "the decrypted packet is outside the selectors of its SA") \
	X(ECN_INVALID, "ecn_invalid", "congestion mark on a packet that cannot carry one (RFC 6040)") \
	X(CLEAR_TEXT, "clear_text", "received in clear but the access list wants it protected") \
	/* shared */ \
	X(NO_MEMORY, "no_memory", "out of memory") \
	X(CRYPTO_ERROR, "crypto_error", "the crypto driver reported an error") \
	X(QUEUE_OVERFLOW, "queue_overflow", "a crypto or delivery queue is full") \
	X(IFACE_DOWN, "iface_down", "the interface of the map is down or gone") \
	X(MAP_GONE, "map_gone", "the map or SA was deleted while the packet was in it") \
	X(NAT_KEEPALIVE, "nat_keepalive", "a NAT keepalive, which is for NATs only (RFC 3948)") \
	/* either way */ \
	X(TRANSPORT_ADDRESS, "transport_address", "not between the two ends of its transport mode SA") \
	X(NO_POLICY, "no_policy", "routed into a tunnel interface that has no map, or no line for it") \
	/* several clients behind one NAT */ \
	X(NAT_DEMUX_LIMIT, "nat_demux_limit", "a client behind a NAT, or all behind its address, use more ports than they may") \
	X(NAT_DEMUX_PROTOCOL, "nat_demux_protocol", "nothing in it tells clients behind one NAT apart: neither port nor ICMP query") \
	X(NAT_DEMUX_UNMAPPED, "nat_demux_unmapped", "to a port behind a NAT that no client has used") \
	/* inbound: decompression */ \
	X(IPCOMP_CPI, "ipcomp_cpi", "compressed with another CPI than was agreed (RFC 3173)") \
	X(DECOMPRESS_FAILED, "decompress_failed", "the compressed data are damaged, or longer than a packet may be") \
	/* inbound: to this router */ \
	X(MANAGEMENT_ACCESS, "management_access", "to an address of this router that management access does not open to its peers") \
	/* inbound: AH around ESP */ \
	X(AH_MISSING, "ah_missing", "ESP of a bundle without the AH that goes around it") \
	X(ESP_MISSING, "esp_missing", "AH of a bundle without its ESP inside")

enum cm_reason {
	CM_REASON_NONE,		/* not dropped */
#define X(id, name, text) CM_REASON_##id,
	CM_REASONS(X)
#undef X
	CM_REASON_COUNT
};

/* Static text, never NULL; "none" for CM_REASON_NONE, "unknown" out of range. */
const char *cm_reason_name(enum cm_reason reason);
const char *cm_reason_text(enum cm_reason reason);

#endif
