// SPDX-License-Identifier: GPL-2.0-or-later
/* Transport mode: for the traffic of the two ends alone, and only if both want it. */
#include "ike-daemon/wire/vendor.h"
#include "selftests/unit/ike_pair.h"

#define MODE(mode)	TS_DEFAULT "\n mode " mode
#define HOST_LEFT	"host " CFG_ADDR_LEFT
#define HOST_RIGHT	"host " CFG_ADDR_RIGHT

static void config(char out[1024], const char *peer, const char *mode,
		   const char *src, const char *dst)
{
	snprintf(out, 1024, CFG_PHASE1(POLICY_DEFAULT, "Secret", "%s")
		 CFG_MAP(TS_DEFAULT "\n mode %s", "", "%s", "%s", "%s"), peer,
		 mode, src, dst, peer);
}

static struct pair *pair_of(const char *left_mode, const char *right_mode,
			    bool ends)
{
	char left[1024], right[1024];

	config(left, CFG_ADDR_RIGHT, left_mode, ends ? HOST_LEFT : CFG_LAN_LEFT,
	       ends ? HOST_RIGHT : CFG_LAN_RIGHT);
	config(right, CFG_ADDR_LEFT, right_mode,
	       ends ? HOST_RIGHT : CFG_LAN_RIGHT,
	       ends ? HOST_LEFT : CFG_LAN_LEFT);
	return pair_new(left, right);
}

static void mode_is(struct pair *p, unsigned int i, uint8_t mode)
{
	uint32_t flow = pair_flow(p, i);

	assert_int_equal(sim_current(p->host[i].sim, flow,
				     CRYPTOMAP_DIR_OUT)->mode, mode);
	assert_int_equal(sim_current(p->host[i].sim, flow,
				     CRYPTOMAP_DIR_IN)->mode, mode);
}

/* What the left one asks for; a set of transport mode answers with either. */
static void agreed(void **state)
{
	static const struct {
		const char *left, *right;
		bool ends;
		uint8_t mode;
	} cases[] = {
		{ "transport", "transport", true, CRYPTOMAP_MODE_TRANSPORT },
		{ "tunnel", "transport", true, CRYPTOMAP_MODE_TUNNEL },
		{ "tunnel", "tunnel", true, CRYPTOMAP_MODE_TUNNEL },
		{ "transport", "transport", false, CRYPTOMAP_MODE_TUNNEL },
		{ "transport", "tunnel", false, CRYPTOMAP_MODE_TUNNEL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p = pair_of(cases[i].left, cases[i].right,
					 cases[i].ends);

		pair_up(p, LEFT);
		mode_is(p, LEFT, cases[i].mode);
		mode_is(p, RIGHT, cases[i].mode);
		pair_free(p);
	}
}

/* E-069 */
static void refused(void **state)
{
	struct pair *p = pair_of("transport", "tunnel", true);
	const struct record *r;

	(void)state;
	assert_int_equal(pair_packet(p, LEFT), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(sim_failures(p->host[LEFT].sim), 1);
	assert_int_equal(pair_children(p, RIGHT), 0);
	r = pair_record(p, RIGHT, 2);
	assert_string_equal(r->mismatch[0].attribute, "encapsulation");
	assert_string_equal(r->mismatch[0].offered, "transport (2)");
	assert_string_equal(r->mismatch[0].configured, "tunnel (1)");
	pair_free(p);
}

/* The pair stays in its mode when either end renews it. */
static void renewed(void **state)
{
	struct pair *p = pair_of("transport", "transport", true);
	uint32_t spi;
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	for (i = LEFT; i <= RIGHT; i++) {
		spi = pair_spi_out(p, LEFT);
		want_flow(p->host[i].engine, pair_flow(p, i), WANT_REKEY,
			  &p->host[!i].addr, 0);
		pair_traffic(p, 20);
		assert_int_not_equal(pair_spi_out(p, LEFT), spi);
		mode_is(p, LEFT, CRYPTOMAP_MODE_TRANSPORT);
		mode_is(p, RIGHT, CRYPTOMAP_MODE_TRANSPORT);
	}
	pair_free(p);
}

/* A peer that nobody named, as L2TP clients are. */
static void dynamic(void **state)
{
	static const char right[] =
		"crypto isakmp policy 10\n" POLICY_DEFAULT
		"crypto isakmp key Secret address 0.0.0.0\n"
		"crypto ipsec transform-set TS " MODE("transport") "\n"
		"crypto dynamic-map D 10\n set transform-set TS\n"
		"crypto map M 10 ipsec-isakmp dynamic D\n"
		"interface wan0\n crypto map M\n";
	char left[1024];
	struct pair *p;

	(void)state;
	config(left, CFG_ADDR_RIGHT, "transport", HOST_LEFT, HOST_RIGHT);
	p = pair_new(left, right);
	pair_up(p, LEFT);
	mode_is(p, LEFT, CRYPTOMAP_MODE_TRANSPORT);
	mode_is(p, RIGHT, CRYPTOMAP_MODE_TRANSPORT);
	pair_free(p);
}

/* --- behind NATs ----------------------------------------------------------- */

#define INSIDE_LEFT	"10.9.9.1"
#define INSIDE_RIGHT	"10.9.8.1"

static bool draft;	/* the first vendor ID of MM1, that of RFC 3947, is not known */

static unsigned int hide(struct pair *p, struct packet *pkt, unsigned int n)
{
	const uint8_t *id;
	uint8_t *at;
	size_t len;

	(void)p;
	if (!draft || n)
		return 1;
	id = isakmp_vendor_bytes(ISAKMP_VENDOR_NATT_RFC, &len);
	at = memmem(pkt->data, pkt->len, id, len);
	assert_non_null(at);
	at[0] ^= 0xff;
	return 1;
}

static void oa_is(struct pair *p, unsigned int i, const char *src,
		  const char *dst)
{
	const struct kernel_sa *in = sim_current(p->host[i].sim, pair_flow(p, i),
						 CRYPTOMAP_DIR_IN);
	char text[2][ADDR_STRLEN] = { "", "" };

	if (addr_is_set(&in->oa_src))
		addr_format(&in->oa_src, text[0], sizeof(text[0]));
	if (addr_is_set(&in->oa_dst))
		addr_format(&in->oa_dst, text[1], sizeof(text[1]));
	assert_string_equal(text[0], src);
	assert_string_equal(text[1], dst);
}

/*
 * Each list is between the address that its router has and the one outside of the
 * other.  NAT-OA tells how the peer knows the two, and in the drafts itself alone.
 */
static void nat(void **state)
{
	static const struct {
		bool left, right, draft;
		const char *at_left[2], *at_right[2];
	} cases[] = {
		{ true, false, false, { CFG_ADDR_RIGHT, CFG_ADDR_LEFT },
		  { INSIDE_LEFT, CFG_ADDR_RIGHT } },
		{ false, true, false, { INSIDE_RIGHT, CFG_ADDR_LEFT },
		  { CFG_ADDR_LEFT, CFG_ADDR_RIGHT } },
		{ true, true, false, { INSIDE_RIGHT, CFG_ADDR_LEFT },
		  { INSIDE_LEFT, CFG_ADDR_RIGHT } },
		{ true, true, true, { INSIDE_RIGHT, "" }, { INSIDE_LEFT, "" } },
	};
	char left[1024], right[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair *p;

		config(left, CFG_ADDR_RIGHT, "transport", cases[i].left ?
		       "host " INSIDE_LEFT : HOST_LEFT, HOST_RIGHT);
		config(right, CFG_ADDR_LEFT, "transport", cases[i].right ?
		       "host " INSIDE_RIGHT : HOST_RIGHT, HOST_LEFT);
		p = pair_new(left, right);
		if (cases[i].left)
			pair_behind_nat(&p->host[LEFT], 0x0a090901);
		if (cases[i].right)
			pair_behind_nat(&p->host[RIGHT], 0x0a090801);
		p->host[RIGHT].mapped[0] = IKE_PORT;
		p->host[RIGHT].mapped[1] = IKE_NATT_PORT;
		draft = cases[i].draft;
		p->filter = hide;
		pair_up(p, LEFT);
		mode_is(p, LEFT, CRYPTOMAP_MODE_TRANSPORT);
		mode_is(p, RIGHT, CRYPTOMAP_MODE_TRANSPORT);
		oa_is(p, LEFT, cases[i].at_left[0], cases[i].at_left[1]);
		oa_is(p, RIGHT, cases[i].at_right[0], cases[i].at_right[1]);
		pair_free(p);
	}
}

/* In tunnel mode the addresses inside are what they are. */
static void nat_tunnel(void **state)
{
	struct pair *p = pair_of("tunnel", "transport", false);

	(void)state;
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	pair_up(p, LEFT);
	mode_is(p, RIGHT, CRYPTOMAP_MODE_TUNNEL);
	oa_is(p, RIGHT, "", "");
	pair_free(p);
}

/* What does not tell its length cannot be padded there; in tunnel mode all can. */
static void padding(void **state)
{
	static const struct { const char *proto, *mode; uint16_t pad; } cases[] = {
		{ "ip", "transport", 0 },
		{ "udp", "transport", 1024 },
		{ "ip", "tunnel", 1024 },
	};
	char left[1024], right[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static const char ends[] = "crypto ipsec transform-set TS " TS_DEFAULT
			"\n mode %s\naccess-list 101 permit %s host %s host %s\n"
			"crypto map M 10 ipsec-isakmp\n set peer %s\n"
			" set transform-set TS\n match address 101\n"
			" set security-association tfc-padding 1024\n"
			"interface wan0\n crypto map M\n"
			"crypto isakmp policy 10\n" POLICY_DEFAULT
			"crypto isakmp key Secret address %s\n";
		struct pair *p;

		snprintf(left, sizeof(left), ends, cases[i].mode, cases[i].proto,
			 CFG_ADDR_LEFT, CFG_ADDR_RIGHT, CFG_ADDR_RIGHT,
			 CFG_ADDR_RIGHT);
		snprintf(right, sizeof(right), ends, cases[i].mode,
			 cases[i].proto, CFG_ADDR_RIGHT, CFG_ADDR_LEFT,
			 CFG_ADDR_LEFT, CFG_ADDR_LEFT);
		p = pair_new(left, right);
		pair_up(p, LEFT);
		for (unsigned int n = LEFT; n <= RIGHT; n++)
			assert_int_equal(sim_current(p->host[n].sim,
						     pair_flow(p, n),
						     CRYPTOMAP_DIR_OUT)->tfc.pad,
					 cases[i].pad);
		pair_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agreed),
		cmocka_unit_test(refused),
		cmocka_unit_test(renewed),
		cmocka_unit_test(dynamic),
		cmocka_unit_test(nat),
		cmocka_unit_test(nat_tunnel),
		cmocka_unit_test(padding),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
