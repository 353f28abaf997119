/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Vendor IDs: which ones are known, how they are recognised and written. */
#ifndef IKE_WIRE_VENDOR_H
#define IKE_WIRE_VENDOR_H

#include <stddef.h>
#include <stdint.h>

/*
 * X(identifier, name, bytes in hex, significant bytes): a payload matches when
 * its leading significant bytes do; what follows is a version.  Most are MD5
 * sums of a text, which selftests/unit/wire_vendor.c computes afresh.
 */
#define ISAKMP_VENDORS(X)						\
	X(DPD, "Dead Peer Detection (RFC 3706)",			\
	  "afcad71368a1f1c96b8696fc77570100", 14)			\
	X(NATT_RFC, "NAT-T (RFC 3947)",					\
	  "4a131c81070358455c5728f20e95452f", 16)			\
	X(NATT_03, "NAT-T draft-03",					\
	  "7d9419a65310ca6f2c179d9215529d56", 16)			\
	X(NATT_02N, "NAT-T draft-02 (with newline)",			\
	  "90cb80913ebb696e086381b5ec427b1f", 16)			\
	X(NATT_02, "NAT-T draft-02",					\
	  "cd60464335df21f87cfdb2fc68b6a448", 16)			\
	X(NATT_00, "NAT-T draft-00",					\
	  "4485152d18b6bbcd0be8a8469579ddcc", 16)			\
	X(XAUTH, "XAUTH",						\
	  "09002689dfd6b712", 8)					\
	X(UNITY, "Cisco Unity",						\
	  "12f5f28c457168a9702d9fe274cc0100", 14)			\
	X(FRAGMENTATION, "IKE fragmentation",				\
	  "4048b7d56ebce88525e7de7f00d6c2d3", 16)			\
	X(CISCO_VPN3000, "Cisco VPN 3000/ASA",				\
	  "1f07f70eaa6514d3b0fa96542a500100", 14)			\
	X(STRONGSWAN, "strongSwan",					\
	  "882fe56d6fd20dbc2251613b2ebe5beb", 16)			\
	X(MS_NT5, "Microsoft NT5 ISAKMPOAKLEY",				\
	  "1e2b516905991c7d7c96fcbfb587e461", 16)			\
	X(MS_NEGOTIATION, "Microsoft Negotiation Discovery",		\
	  "fb1de3cdf341b7ea16b7e5be0855f120", 16)			\
	X(MS_INITIAL_CONTACT, "Microsoft Vid-Initial-Contact",		\
	  "26244d38eddb61b3172a36e3d0cfb819", 16)			\
	X(MS_CGA, "IKE CGA version 1",					\
	  "e3a5966a76379fe707228231e5ce8652", 16)

enum isakmp_vendor {
	ISAKMP_VENDOR_UNKNOWN,
#define X(id, name, hex, len) ISAKMP_VENDOR_##id,
	ISAKMP_VENDORS(X)
#undef X
	ISAKMP_VENDOR_COUNT
};

#define ISAKMP_VENDOR_LEN_MAX	16

/* Which vendor ID a payload body is. */
enum isakmp_vendor isakmp_vendor_lookup(const uint8_t *data, size_t len);
const char *isakmp_vendor_name(enum isakmp_vendor v);
/* The bytes to send (a constant) and their number; NULL for UNKNOWN. */
const uint8_t *isakmp_vendor_bytes(enum isakmp_vendor v, size_t *len);

#endif
