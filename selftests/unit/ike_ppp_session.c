// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sessions of L2TP at right, whose pppd is the test, with clients on left behind a NAT:
 * by which IPsec they come, how many calls there may be, and when they end.
 * F-040 F-104 C-078 C-082
 */
#include "ike-daemon/ppp/l2tp.h"
#include "ike-daemon/ppp/session.h"
#include "selftests/unit/ike_clients.h"
#include "tools/cli/attrs.h"

#define L2TP_CLIENT(own)						\
	CFG_PHASE1(POLICY_DEFAULT, "Secret", CFG_ADDR_RIGHT)		\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n mode transport\n" \
	"access-list 101 permit udp host " own " eq 1701 host "		\
	CFG_ADDR_RIGHT " eq 1701\n"					\
	"crypto map M 10 ipsec-isakmp\n set peer " CFG_ADDR_RIGHT "\n"	\
	" set transform-set TS\n match address 101\n"			\
	"interface wan0\n crypto map M\n"
#define FIRST	L2TP_CLIENT("10.9.9.1")
#define SECOND	L2TP_CLIENT("10.9.9.2")

#define LNS(entry, ppp, more)						\
	"username alice password alicepw\nusername bob password bobpw\n" \
	"ip local pool P 10.9.0.10 10.9.0.12\n"				\
	"crypto isakmp policy 10\n" POLICY_DEFAULT			\
	"tunnel-group DefaultRAGroup type remote-access\n"		\
	"tunnel-group DefaultRAGroup general-attributes\n address-pool P\n" \
	"tunnel-group DefaultRAGroup ipsec-attributes\n"		\
	" ikev1 pre-shared-key Secret\n"				\
	"tunnel-group DefaultRAGroup ppp-attributes\n"			\
	" no authentication chap\n" ppp more				\
	"crypto ipsec transform-set TS " TS_DEFAULT "\n mode transport\n" \
	"crypto dynamic-map D 10\n set transform-set TS\n" entry	\
	"crypto map M 10 ipsec-isakmp dynamic D\n"			\
	"interface wan0\n crypto map M\n"
#define PAP	" authentication pap\n"
#define DEMUX	" set nat demux\n"
#define ANOTHER_GROUP							\
	"tunnel-group phones type remote-access\n"			\
	"tunnel-group phones general-attributes\n address-pool P\n"	\
	"tunnel-group phones ipsec-attributes\n ikev1 pre-shared-key Other\n"

/* --- pppds --------------------------------------------------------------------- */

static struct call {
	struct ppp_session *session;
	struct ppp_wire_msg told;	/* last */
	bool over;			/* END was told */
} calls[80];

static void hear(void *ctx, const struct ppp_wire_msg *said)
{
	struct call *c = ctx;

	c->told = *said;
	c->over |= said->type == PPP_WIRE_END;
}

static const struct ppp_link link = { .send = hear };

static struct call *call_from(struct pair *p, unsigned int n, uint16_t port)
{
	struct ppp_wire_msg frame = { .type = PPP_WIRE_CALL };
	struct call *c = &calls[n];

	*c = (struct call){ 0 };
	c->session = ppp_session_new(p->host[RIGHT].engine, &link, c);
	assert_non_null(c->session);
	frame.call.peer = pair_seen(&p->host[LEFT]);
	frame.call.peer.port = port;
	assert_int_equal(ppp_session_input(c->session, &frame), 0);
	return c;
}

static void hangs_up(struct call *c)
{
	ppp_session_free(c->session);
	c->session = NULL;
}

/* Is he let in? */
static bool login_by(struct pair *p, struct call *c, const char *user,
		     const char *password)
{
	struct ppp_wire_msg frame = {
		.type = PPP_WIRE_ASK, .ask = { .method = PPP_WIRE_PAP },
	};

	snprintf(frame.ask.user, sizeof(frame.ask.user), "%s", user);
	snprintf(frame.ask.password, sizeof(frame.ask.password), "%s", password);
	c->told.type = 0;
	assert_int_equal(ppp_session_input(c->session, &frame), 0);
	pair_settle(p);
	return c->told.type == PPP_WIRE_ANSWER && c->told.answer.granted;
}

static struct call *alice(struct pair *p, unsigned int n, uint16_t port)
{
	struct call *c = call_from(p, n, port);

	assert_true(login_by(p, c, "alice", "alicepw"));
	return c;
}

/* --- the world ------------------------------------------------------------------- */

/* Which ports the kernel gave whom (CRYPTOMAP_SA_PORT_MAP), by the SPI of right. */
static struct {
	uint32_t spi;
	uint16_t map[3];
} given[4];
static const struct kernel_ops *sim_ops;
static kernel_sa_fn *walker;
static unsigned int dumps;

static int with_ports(void *arg, const struct kernel_sa *sa)
{
	struct kernel_sa out = *sa;
	size_t i;

	for (i = 0; i < 4; i++)
		if (given[i].spi && given[i].spi == sa->spi) {
			out.ports = given[i].map;
			out.ports_len = sizeof(given[i].map);
		}
	return walker(arg, &out);
}

static int list_with_ports(struct kernel *k, kernel_sa_fn *fn, void *arg)
{
	walker = fn;
	dumps++;
	return sim_ops->sa_list(k, with_ports, arg);
}

static void know_ports(struct pair *p)
{
	static struct kernel_ops ops;
	struct kernel *k = sim_kernel(p->host[RIGHT].sim);

	sim_ops = k->ops;
	ops = *k->ops;
	ops.sa_list = list_with_ports;
	k->ops = &ops;
}

static void give_port(struct pair *p, size_t n, uint16_t nat_port, uint16_t port)
{
	struct list *pos, *tmp;

	list_for_each(&both_of(p)->children, pos, tmp) {
		struct child_sa *c = list_entry(pos, struct child_sa, of_peer);

		if (c->port_peer == nat_port)
			given[n].spi = c->spi_in;
	}
	given[n].map[0] = IPPROTO_UDP;
	given[n].map[1] = 1701;
	given[n].map[2] = port;
}

static struct pair *one(const char *server)
{
	struct pair *p = begin(FIRST, server);

	memset(given, 0, sizeof(given));
	dumps = 0;
	know_ports(p);
	pair_behind_nat(&p->host[LEFT], 0x0a090901);
	comes(p);
	return p;
}

static void another_comes(struct pair *p)
{
	aside = p->host[LEFT];
	arrives(p, SECOND, 2, 40600, 44600);
	comes(p);
}

/* --- tests ------------------------------------------------------------------------ */

/* The only session that is over: there is one account of PPP and IPsec. */
static void ended(struct pair *p, const char *reason)
{
	const struct account_ring *ring = &p->host[RIGHT].engine->ended;
	const struct account *a = account_ended(ring, 0);

	assert_non_null(a);
	assert_null(account_ended(ring, 1));
	assert_string_equal(a->user, "alice");
	assert_true(a->l2tp);
	assert_true(addr_is_set(&a->assigned));
	assert_string_equal(a->reason, reason);
}

static void comes_in(void **state)
{
	struct pair *p = one(LNS("", PAP, ""));
	struct ppp_wire_msg frame = { .type = PPP_WIRE_UP, .up = { "ppp0" } };
	struct call *c;

	(void)state;
	c = call_from(p, 0, 1701);
	assert_int_equal(ppp_session_input(c->session, &frame), -EPROTO);
	assert_false(login_by(p, c, "alice", "wrong"));
	assert_string_equal(c->told.answer.message, "Access denied");
	assert_true(login_by(p, c, "alice", "alicepw"));
	assert_in_range(addr_to_v4(&c->told.answer.address), 0x0a09000a, 0x0a09000c);
	assert_in_range(addr_to_v4(&c->told.answer.own), 0x0a09000a, 0x0a09000c);
	assert_false(addr_equal(&c->told.answer.address, &c->told.answer.own));
	assert_int_equal(ppp_session_input(c->session, &frame), 0);
	assert_string_equal(c->session->ifname, "ppp0");
	/* Who is in is asked no more. */
	assert_int_equal(ppp_session_input(c->session,
					   &(struct ppp_wire_msg){ .type = PPP_WIRE_ASK }),
			 -EPROTO);
	assert_int_equal(ppp_count(p->host[RIGHT].engine, "alice", NULL), 1);
	assert_int_equal(ppp_count(p->host[RIGHT].engine, "bob", NULL), 0);
	/* One client needs no look at all of the kernel's SAs. */
	assert_int_equal(dumps, 0);
	pair_run(p, 5000);
	assert_false(c->over);
	/* The session takes its IPsec with it, and the address is free again. */
	ppp_session_end(c->session, "a test");
	hangs_up(c);
	pair_settle(p);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* Nobody asks before he has called, nor calls twice. */
static void order(void **state)
{
	struct pair *p = one(LNS("", PAP, ""));
	struct ppp_wire_msg ask = { .type = PPP_WIRE_ASK };
	struct ppp_wire_msg again = { .type = PPP_WIRE_CALL };
	struct call *c = &calls[0];

	(void)state;
	*c = (struct call){ 0 };
	c->session = ppp_session_new(p->host[RIGHT].engine, &link, c);
	assert_int_equal(ppp_session_input(c->session, &ask), -EPROTO);
	assert_int_equal(ppp_session_input(c->session, &again), 0);
	assert_int_equal(ppp_session_input(c->session, &again), -EPROTO);
	/* From nowhere: no l2tp_ppp. */
	assert_false(login_by(p, c, "alice", "alicepw"));
	hangs_up(c);
	pair_free(p);
}

/* L2TP that comes by no SA, and methods that are not permitted. */
static void refused(void **state)
{
	struct pair *p = one(LNS("", PAP, ""));
	struct ppp_wire_msg frame = {
		.type = PPP_WIRE_ASK, .ask = { .method = PPP_WIRE_CHAP },
	};
	struct call *c;

	(void)state;
	c = call_from(p, 0, 1701);
	assert_int_equal(ppp_session_input(c->session, &frame), 0);
	assert_false(c->told.answer.granted);
	c->session->peer = addr_v4(0xcb007109, 1701);
	assert_false(login_by(p, c, "alice", "alicepw"));
	hangs_up(c);
	pair_free(p);
}

static void wrong_passwords(void **state)
{
	struct pair *p = one(LNS("", PAP, ""));
	struct call *c;
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(pair_children(p, RIGHT), 1);
		c = call_from(p, 0, 1701);
		assert_false(login_by(p, c, i == 1 ? "nobody" : "alice", "guess"));
		hangs_up(c);
	}
	pair_settle(p);
	assert_int_equal(pair_children(p, RIGHT), 0);
	pair_free(p);
}

/* A call costs a process: one port has few in which nobody says who he is. */
static void too_many_calls(void **state)
{
	struct pair *p = one(LNS("", PAP, ""));
	unsigned int i;

	(void)state;
	for (i = 0; i < 8; i++)
		assert_false(call_from(p, i, 1701)->over);
	assert_true(call_from(p, 8, 1701)->over);
	assert_int_equal(ppp_session_input(calls[8].session,
					   &(struct ppp_wire_msg){ .type = PPP_WIRE_ASK }), 0);
	assert_int_equal(calls[8].told.type, PPP_WIRE_END);
	/* Another port is another client's, but not without end. */
	for (i = 9; i < 64; i++)
		assert_false(call_from(p, i, 2000 + i)->over);
	assert_true(call_from(p, 64, 3000)->over);
	hangs_up(&calls[64]);
	hangs_up(&calls[8]);
	/* Who is in does not count. */
	assert_true(login_by(p, &calls[0], "alice", "alicepw"));
	assert_false(call_from(p, 8, 1701)->over);
	/* They are not waited for for ever. */
	pair_run(p, 50000);
	assert_false(calls[1].over);
	pair_run(p, 15000);
	for (i = 0; i < 64; i++)
		assert_int_equal(calls[i].over, i != 0);
	for (i = 0; i < 64; i++)
		hangs_up(&calls[i]);
	/* That is no reason to end anybody's IPsec. */
	assert_int_equal(pair_children(p, RIGHT), 1);
	pair_free(p);
}

/* Without set nat demux the last client has the flow, and what is sent to the first. */
static void another_client(void **state)
{
	struct pair *p = one(LNS("", PAP, ""));
	struct call *c = alice(p, 0, 1701);

	(void)state;
	another_comes(p);
	pair_run(p, 2000);
	assert_true(c->over);
	assert_non_null(strstr(c->told.end.reason, "another client comes from its address"));
	/* It is not known which of the two would be let in. */
	assert_false(login_by(p, call_from(p, 1, 1701), "bob", "bobpw"));
	hangs_up(&calls[1]);
	hangs_up(c);
	pair_settle(p);
	/* The first has gone with its session: the second may. */
	assert_true(login_by(p, call_from(p, 1, 1701), "bob", "bobpw"));
	hangs_up(&calls[1]);
	two_end(p);
}

static void told_apart(void **state)
{
	struct pair *p = one(LNS(DEMUX, PAP, ""));
	struct call *c;

	(void)state;
	give_port(p, 0, 44500, 1701);
	c = alice(p, 0, 1701);
	another_comes(p);
	give_port(p, 1, 44600, 31000);
	assert_true(login_by(p, call_from(p, 1, 31000), "bob", "bobpw"));
	assert_int_not_equal(calls[1].session->client, c->session->client);
	/* A port that nobody has. */
	assert_false(login_by(p, call_from(p, 2, 31001), "bob", "bobpw"));
	hangs_up(&calls[2]);
	pair_run(p, 5000);
	assert_false(c->over);
	assert_false(calls[1].over);
	/* The end of one's is not the other's. */
	ppp_session_end(c->session, "a test");
	hangs_up(c);
	pair_run(p, 5000);
	assert_false(calls[1].over);
	assert_int_equal(pair_children(p, RIGHT), 1);
	hangs_up(&calls[1]);
	two_end(p);
}

/* A daemon that has found the pair does not know by which group it was taken. */
static void one_group(void **state)
{
	struct pair *p = begin(L2TP_CLIENT(CFG_ADDR_LEFT), LNS("", PAP, ""));
	struct call *c;

	(void)state;
	comes(p);
	server_restarts(p, LNS("", PAP, ""));
	pair_settle(p);
	c = alice(p, 0, 1701);
	assert_string_equal(c->session->group, "DefaultRAGroup");
	pair_run(p, 3000);
	assert_false(c->over);
	/* It is as good as a pair of this daemon, which comes in its place. */
	pair_stop(p, LEFT);
	sim_free(p->host[LEFT].sim);
	p->host[LEFT].sim = NULL;
	pair_start(p, LEFT);
	pair_config(p, LEFT, L2TP_CLIENT(CFG_ADDR_LEFT));
	comes(p);
	pair_run(p, 3000);
	assert_false(c->over);
	hangs_up(c);
	pair_free(p);
}

static void several_groups(void **state)
{
	struct pair *p = one(LNS("", PAP, ANOTHER_GROUP));
	struct call *c;

	(void)state;
	server_restarts(p, LNS("", PAP, ANOTHER_GROUP));
	pair_settle(p);
	assert_int_equal(pair_children(p, RIGHT), 1);
	c = call_from(p, 0, 1701);
	assert_false(login_by(p, c, "alice", "alicepw"));
	assert_int_equal(pair_children(p, RIGHT), 0);
	hangs_up(c);
	pair_free(p);
}

/* What the configuration does not permit any more ends. */
static void changes(void **state)
{
	struct pair *p = one(LNS("", PAP, ""));
	struct call *c = alice(p, 0, 1701);

	(void)state;
	pair_config(p, RIGHT, LNS("", PAP " authentication ms-chap-v2\n", ""));
	pair_run(p, 3000);
	assert_false(c->over);
	pair_config(p, RIGHT, LNS("", " authentication ms-chap-v2\n", ""));
	pair_run(p, 3000);
	assert_true(c->over);
	assert_non_null(strstr(c->told.end.reason, "does not permit it"));
	hangs_up(c);
	pair_free(p);
}

static void ipsec_ends(void **state)
{
	struct pair *p = one(LNS("", PAP, ""));
	struct call *c = alice(p, 0, 1701);
	struct list *children = &both_of(p)->children;

	(void)state;
	policy_end_pair(list_first(children, struct child_sa, of_peer));
	pair_run(p, 2000);
	assert_true(c->over);
	assert_string_equal(c->told.end.reason, "its IPsec SAs are gone");
	hangs_up(c);
	ended(p, "its IPsec SAs are gone");
	pair_free(p);
}

/* vpn-session-timeout, vpn-simultaneous-logins and the policy's protocols (C-066). */
static void limits(void **state)
{
	struct pair *p = one(LNS("", PAP,
				 "group-policy DfltGrpPolicy attributes\n"
				 " vpn-session-timeout 5\n vpn-simultaneous-logins 1\n"
				 "username alice attributes\n"
				 " vpn-session-timeout 10\n"
				 "username bob attributes\n"
				 " vpn-tunnel-protocol ikev1\n"));
	struct call *c = alice(p, 0, 1701);

	(void)state;
	assert_false(login_by(p, call_from(p, 1, 1701), "alice", "alicepw"));
	assert_string_equal(calls[1].told.answer.message, "Not allowed");
	assert_false(login_by(p, &calls[1], "bob", "bobpw"));
	assert_string_equal(calls[1].told.answer.message, "Not allowed");
	hangs_up(&calls[1]);
	/* Hers, and not what holds for whoever comes by IPsec. */
	pair_run(p, 599000);
	assert_false(c->over);
	pair_run(p, 3000);
	assert_true(c->over);
	assert_string_equal(c->told.end.reason, "it has lasted as long as it may");
	hangs_up(c);
	ended(p, "session time-out");
	pair_free(p);
}

/* Addresses are taken once, however often somebody tries. */
static void leases(void **state)
{
	struct pair *p = one(LNS("", PAP,
				 "username alice attributes\n"
				 " vpn-framed-ip-address 198.51.100.2\n"));
	struct call *c = call_from(p, 0, 1701);
	struct list *all = &p->host[RIGHT].engine->leases;
	struct list *pos, *tmp;
	unsigned int i, n = 0;

	(void)state;
	/* Her address is ours: no. */
	for (i = 0; i < 2; i++)
		assert_false(login_by(p, c, "alice", "alicepw"));
	hangs_up(c);
	list_for_each(all, pos, tmp)
		n++;
	assert_int_equal(n, 0);
	/* Of three, one is ours: two are left. */
	for (i = 0; i < 3; i++)
		assert_int_equal(login_by(p, call_from(p, i, 1701), "bob",
					  "bobpw"), i < 2);
	for (i = 0; i < 3; i++)
		hangs_up(&calls[i]);
	pair_free(p);
}

static int setup(void **state)
{
	struct err err = { "" };

	(void)state;
	return crypto_init(&err);
}

static int teardown(void **state)
{
	(void)state;
	crypto_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_in),
		cmocka_unit_test(order),
		cmocka_unit_test(refused),
		cmocka_unit_test(wrong_passwords),
		cmocka_unit_test(too_many_calls),
		cmocka_unit_test(another_client),
		cmocka_unit_test(told_apart),
		cmocka_unit_test(one_group),
		cmocka_unit_test(several_groups),
		cmocka_unit_test(changes),
		cmocka_unit_test(ipsec_ends),
		cmocka_unit_test(limits),
		cmocka_unit_test(leases),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
