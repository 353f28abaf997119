/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vendor IDs: which ones are known, how they are recognised and written. */
#ifndef IKE_WIRE_VENDOR_H
#define IKE_WIRE_VENDOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * X(identifier, name, bytes, significant bytes): a payload matches when
 * its leading significant bytes do; what follows is a version.  Most are MD5
 * sums of a text, which selftests/unit/crypto_ikev1.c computes afresh.
 */
#define ISAKMP_VENDORS(X)						\
	X(DPD, "Dead Peer Detection (RFC 3706)",			\
	  "\xaf\xca\xd7\x13\x68\xa1\xf1\xc9"				\
	  "\x6b\x86\x96\xfc\x77\x57\x01\x00", 14)			\
	X(NATT_RFC, "NAT-T (RFC 3947)",					\
	  "\x4a\x13\x1c\x81\x07\x03\x58\x45"				\
	  "\x5c\x57\x28\xf2\x0e\x95\x45\x2f", 16)			\
	X(NATT_03, "NAT-T draft-03",					\
	  "\x7d\x94\x19\xa6\x53\x10\xca\x6f"				\
	  "\x2c\x17\x9d\x92\x15\x52\x9d\x56", 16)			\
	X(NATT_02N, "NAT-T draft-02 (with newline)",			\
	  "\x90\xcb\x80\x91\x3e\xbb\x69\x6e"				\
	  "\x08\x63\x81\xb5\xec\x42\x7b\x1f", 16)			\
	X(NATT_02, "NAT-T draft-02",					\
	  "\xcd\x60\x46\x43\x35\xdf\x21\xf8"				\
	  "\x7c\xfd\xb2\xfc\x68\xb6\xa4\x48", 16)			\
	X(NATT_00, "NAT-T draft-00",					\
	  "\x44\x85\x15\x2d\x18\xb6\xbb\xcd"				\
	  "\x0b\xe8\xa8\x46\x95\x79\xdd\xcc", 16)			\
	X(XAUTH, "XAUTH",						\
	  "\x09\x00\x26\x89\xdf\xd6\xb7\x12", 8)			\
	X(UNITY, "Cisco Unity",						\
	  "\x12\xf5\xf2\x8c\x45\x71\x68\xa9"				\
	  "\x70\x2d\x9f\xe2\x74\xcc\x01\x00", 14)			\
	X(FRAGMENTATION, "IKE fragmentation",				\
	  "\x40\x48\xb7\xd5\x6e\xbc\xe8\x85"				\
	  "\x25\xe7\xde\x7f\x00\xd6\xc2\xd3"				\
	  "\xc0\x00\x00\x00", 16)					\
	X(CISCO_VPN3000, "Cisco VPN 3000/ASA",				\
	  "\x1f\x07\xf7\x0e\xaa\x65\x14\xd3"				\
	  "\xb0\xfa\x96\x54\x2a\x50\x01\x00", 14)			\
	X(STRONGSWAN, "strongSwan",					\
	  "\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc"				\
	  "\x22\x51\x61\x3b\x2e\xbe\x5b\xeb", 16)			\
	X(MS_NT5, "Microsoft NT5 ISAKMPOAKLEY",				\
	  "\x1e\x2b\x51\x69\x05\x99\x1c\x7d"				\
	  "\x7c\x96\xfc\xbf\xb5\x87\xe4\x61", 16)			\
	X(MS_NEGOTIATION, "Microsoft Negotiation Discovery",		\
	  "\xfb\x1d\xe3\xcd\xf3\x41\xb7\xea"				\
	  "\x16\xb7\xe5\xbe\x08\x55\xf1\x20", 16)			\
	X(MS_INITIAL_CONTACT, "Microsoft Vid-Initial-Contact",		\
	  "\x26\x24\x4d\x38\xed\xdb\x61\xb3"				\
	  "\x17\x2a\x36\xe3\xd0\xcf\xb8\x19", 16)			\
	X(MS_CGA, "IKE CGA version 1",					\
	  "\xe3\xa5\x96\x6a\x76\x37\x9f\xe7"				\
	  "\x07\x22\x82\x31\xe5\xce\x86\x52", 16)

enum isakmp_vendor {
	ISAKMP_VENDOR_UNKNOWN,
#define X(id, name, hex, len) ISAKMP_VENDOR_##id,
	ISAKMP_VENDORS(X)
#undef X
	ISAKMP_VENDOR_COUNT
};

#define ISAKMP_VENDOR_LEN_MAX	20

/* Which vendor ID a payload body is. */
enum isakmp_vendor isakmp_vendor_lookup(const uint8_t *data, size_t len);
const char *isakmp_vendor_name(enum isakmp_vendor v);
/*
 * Does who sends this IKE fragmentation take fragments in the modes that we speak?
 * Microsoft says so without, Cisco and others with capabilities behind it.
 */
bool isakmp_vendor_fragments(const uint8_t *data, size_t len);
/* The bytes to send (a constant) and their number; NULL for UNKNOWN. */
const uint8_t *isakmp_vendor_bytes(enum isakmp_vendor v, size_t *len);

#endif
