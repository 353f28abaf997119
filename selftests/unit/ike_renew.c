// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An ISAKMP SA ends and pairs of SAs remain, which the peer may have ended with
 * it (E-080): they are negotiated afresh; and nothing ends them that concerns
 * another flow only.
 */
#include <errno.h>
#include <json-c/json.h>

#include "ike-daemon/control/server.h"
#include "ike-daemon/v1/exchange.h"
#include "ike-daemon/v1/v1.h"
#include "selftests/unit/ike_pair.h"

#define DPD	"crypto isakmp keepalive 10 3 periodic\n"
#define LINE_2(src, dst) \
	"access-list 101 permit ip 10." src ".1.0 0.0.0.255 10." dst ".1.0 0.0.0.255\n"
#define TWO_LEFT  LINE_2("1", "2") LEFT_DEFAULT
#define TWO_RIGHT LINE_2("2", "1") RIGHT_DEFAULT

#define EXCHANGE_AT	18	/* in the header */
#define MAIN		2
#define INFORMATIONAL	5
#define QUICK		32

static int packet(struct pair *p, unsigned int from, unsigned int flow)
{
	return sim_packet(p->host[from].sim,
			  sim_flow_id(p->host[from].sim, flow),
			  p->host[!from].sim);
}

static struct ike_sa *established(struct pair *p, unsigned int i)
{
	struct peer *peer = peer_find(p->host[i].engine, &p->host[!i].addr);

	return peer ? peer_ike_sa(peer, &p->host[i].addr) : NULL;
}

static void request(struct pair *p, unsigned int i, const char *text)
{
	struct json_object *args = json_tokener_parse(text);
	struct request r = { .e = p->host[i].engine, .args = args };

	json_object_put(control_handle(&r));
	json_object_put(args);
}

/* As other products do with the ISAKMP SA: not a word of it. */
static void end_pairs(struct pair *p, unsigned int i)
{
	struct peer *peer = peer_find(p->host[i].engine, &p->host[!i].addr);
	struct list *pos, *tmp;

	list_for_each(&peer->children, pos, tmp)
		child_sa_delete(list_entry(pos, struct child_sa, of_peer),
				CRYPTOMAP_TOMB_DELETED);
}

/* How many messages of an exchange go to an end; those to @drop do not arrive. */
struct counted {
	unsigned int exchange;
	unsigned int to;
	bool drop;
	unsigned int n;
};

static unsigned int count(struct pair *p, struct packet *pkt,
			  unsigned int number)
{
	struct counted *c = p->filter_arg;

	(void)number;
	if (pkt->to != c->to || pkt->data[EXCHANGE_AT] != c->exchange)
		return 1;
	c->n++;
	return !c->drop;
}

static unsigned int cut(struct pair *p, struct packet *pkt, unsigned int number)
{
	(void)p;
	(void)pkt;
	(void)number;
	return 0;
}

static void no_initial_contact(struct pair *p, unsigned int i)
{
	const struct record *r = pair_record(p, i, 1);
	unsigned int n;

	assert_int_equal(r->result, RECORD_DONE);
	for (n = 0; n < r->nnotifies; n++)
		assert_false(r->notify[n].sent &&
			     r->notify[n].type == ISAKMP_NOTIFY_INITIAL_CONTACT);
}

/* `clear crypto isakmp`: also when the peer's pairs go with the ISAKMP SA. */
static void cleared(void **state)
{
	unsigned int soon, goes;

	(void)state;
	for (goes = 0; goes <= 1; goes++)
		for (soon = 0; soon <= 1; soon++) {
			struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
			uint32_t before;

			pair_up(p, LEFT);
			pair_run(p, soon ? 100 : 10000);
			before = pair_spi_out(p, LEFT);
			request(p, LEFT, "{\"cmd\": \"isakmp-clear\"}");
			pair_settle(p);
			assert_null(established(p, RIGHT));
			if (goes)
				end_pairs(p, RIGHT);
			else
				pair_traffic(p, 1);
			pair_run(p, 2500);
			pair_traffic(p, 10);
			assert_int_not_equal(pair_spi_out(p, LEFT), before);
			assert_int_equal(pair_children(p, LEFT), 1);
			assert_int_equal(pair_children(p, RIGHT), 1);
			assert_non_null(established(p, LEFT));
			no_initial_contact(p, LEFT);
			pair_free(p);
		}
}

/* One end has the new key before the other: nothing is lost meanwhile. */
static void key_changed(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	uint32_t before;

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 10000);
	before = pair_spi_out(p, LEFT);
	pair_config(p, LEFT,
		    CFG_LEFT(POLICY_DEFAULT, "Other", TS_DEFAULT, ""));
	assert_null(established(p, LEFT));
	pair_traffic(p, 100);
	assert_int_equal(pair_spi_out(p, LEFT), before);
	pair_config(p, RIGHT,
		    CFG_RIGHT(POLICY_DEFAULT, "Other", TS_DEFAULT, ""));
	pair_traffic(p, 100);
	assert_int_not_equal(pair_spi_out(p, LEFT), before);
	assert_non_null(established(p, LEFT));
	pair_free(p);
}

/* Nothing can renew what is there: it ends, here and there. */
static void key_removed(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);

	(void)state;
	pair_up(p, LEFT);
	pair_config(p, LEFT, "crypto isakmp policy 10\n" POLICY_DEFAULT
		    CFG_MAP(TS_DEFAULT, "", CFG_ADDR_RIGHT, CFG_LAN_LEFT,
			    CFG_LAN_RIGHT));
	pair_run(p, 1000);
	assert_int_equal(sim_sa_count(p->host[LEFT].sim), 0);
	assert_int_equal(sim_sa_count(p->host[RIGHT].sim), 0);
	assert_null(pair_ike(p, LEFT));
	assert_null(pair_ike(p, RIGHT));
	pair_free(p);
}

/* The peer answers everything but quick mode for the second flow. */
static struct pair *second_flow_silent(struct counted *quicks, const char *left,
				       unsigned int vendors)
{
	struct pair *p = pair_new(left, TWO_RIGHT);

	assert_int_equal(packet(p, LEFT, 0), -EAGAIN);
	pair_run(p, 3000);
	assert_int_equal(packet(p, LEFT, 0), 0);
	assert_int_equal(packet(p, RIGHT, 0), 0);
	pair_ike(p, LEFT)->vendors = vendors;
	*quicks = (struct counted){ QUICK, RIGHT, true, 0 };
	p->filter = count;
	p->filter_arg = quicks;
	assert_int_equal(packet(p, LEFT, 1), -EAGAIN);
	return p;
}

static void one_flow_is_not_answered(void **state)
{
	struct counted quicks;
	struct pair *p = second_flow_silent(&quicks, TWO_LEFT, IKE_PEER_DPD);
	unsigned int conn_id = pair_ike(p, LEFT)->conn_id;

	(void)state;
	pair_run(p, 40000);
	assert_int_equal(quicks.n, 5);
	assert_int_equal(pair_ike(p, LEFT)->conn_id, conn_id);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 1);
	assert_int_equal(sim_failures(p->host[LEFT].sim), 1);
	pair_traffic(p, 3);
	p->filter = NULL;
	assert_int_equal(packet(p, LEFT, 1), -EAGAIN);
	pair_run(p, 5000);
	assert_int_equal(packet(p, LEFT, 1), 0);
	pair_free(p);
}

/* Quick mode, and keepalives, too: then it is dead, if nothing else comes. */
static void nothing_is_answered(void **state)
{
	struct counted quicks;
	struct pair *p = second_flow_silent(&quicks, TWO_LEFT, IKE_PEER_DPD);

	(void)state;
	p->filter = cut;
	pair_run(p, 40000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	assert_int_equal(pair_children(p, LEFT), 0);
	/* a living one is found at once */
	p->filter = NULL;
	pair_run(p, 10000);
	assert_int_equal(packet(p, LEFT, 1), 0);
	pair_free(p);
}

/* The peer has forgotten the ISAKMP SA alone, its ESP proves that it lives. */
static void forgotten_isakmp_sa(void **state)
{
	struct counted quicks;
	struct pair *p = second_flow_silent(&quicks, TWO_LEFT, IKE_PEER_DPD);

	(void)state;
	ike_sa_free(pair_ike(p, RIGHT));
	p->filter = NULL;
	pair_traffic(p, 50);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 0);
	assert_int_equal(packet(p, LEFT, 1), 0);
	assert_int_equal(packet(p, LEFT, 0), 0);
	pair_free(p);
}

static unsigned int no_quick_but_count(struct pair *p, struct packet *pkt,
				       unsigned int number)
{
	return pkt->data[EXCHANGE_AT] == QUICK ? 0 : count(p, pkt, number);
}

/* Who cannot be asked hears no DELETE, and a new phase 1 is tried. */
static void silent_without_keepalives(void **state)
{
	struct counted quicks;
	struct pair *p = second_flow_silent(&quicks, TWO_LEFT, 0);

	(void)state;
	quicks = (struct counted){ INFORMATIONAL, RIGHT, false, 0 };
	p->filter = no_quick_but_count;
	pair_run(p, 28000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_PHASE1_UP), 2);
	assert_int_equal(quicks.n, 0);
	p->filter = NULL;
	pair_traffic(p, 20);
	assert_int_equal(packet(p, LEFT, 1), 0);
	pair_free(p);
}

#define SHORT_IKE POLICY_DEFAULT " lifetime 300\n"

/* No new ISAKMP SA can be had: the pairs go on, at both ends. */
static void lifetime_over(void **state)
{
	struct pair *p = pair_new(CFG_LEFT(SHORT_IKE, "Secret", TS_DEFAULT, ""),
				  RIGHT_DEFAULT);
	struct counted mains = { MAIN, RIGHT, true, 0 };
	struct counted infos = { INFORMATIONAL, RIGHT, false, 0 };

	(void)state;
	pair_up(p, LEFT);
	p->filter = count;
	p->filter_arg = &mains;
	pair_run(p, 290000);
	assert_true(mains.n > 0);
	p->filter_arg = &infos;
	pair_config(p, RIGHT, "crypto isakmp policy 10\n encryption 3des\n"
		    " hash md5\n authentication pre-share\n group 2\n"
		    "crypto isakmp key Secret address " CFG_ADDR_LEFT "\n"
		    CFG_MAP(TS_DEFAULT, "", CFG_ADDR_LEFT, CFG_LAN_RIGHT,
			    CFG_LAN_LEFT));
	pair_traffic(p, 60);
	assert_null(established(p, LEFT));
	assert_int_equal(infos.n, 0);
	pair_free(p);
}

static unsigned int mains_sent(struct pair *p, unsigned int to, uint64_t ms)
{
	struct counted mains = { MAIN, to, false, 0 };

	p->filter = count;
	p->filter_arg = &mains;
	pair_run(p, ms);
	p->filter = NULL;
	return mains.n;
}

/* The peer ends the ISAKMP SA alone: its death is noticed all the same. */
static void keepalives_go_on(void **state)
{
	struct pair *p = pair_new(DPD LEFT_DEFAULT, RIGHT_DEFAULT);
	unsigned int i;

	(void)state;
	pair_up(p, LEFT);
	pair_run(p, 10000);
	v1_delete_ike(established(p, RIGHT));
	pair_settle(p);
	assert_null(established(p, LEFT));
	pair_traffic(p, 4);
	assert_non_null(established(p, LEFT));
	no_initial_contact(p, LEFT);
	/* the peer does so again and again */
	v1_delete_ike(established(p, RIGHT));
	assert_int_equal(mains_sent(p, RIGHT, 50000), 0);
	pair_run(p, 20000);
	assert_non_null(established(p, LEFT));
	p->filter = cut;
	for (i = 0; i < 60 && pair_children(p, LEFT); i++)
		pair_run(p, 1000);
	assert_int_equal(pair_counter(p, LEFT, ENGINE_C_DPD_DEAD), 1);
	assert_int_equal(pair_children(p, LEFT), 0);
	pair_free(p);
}

/* Nothing needs one: no keepalives, or the pairs go as well. */
static void no_keepalives_to_go_on(void **state)
{
	struct pair *p = pair_new(LEFT_DEFAULT, RIGHT_DEFAULT);
	struct err err;

	(void)state;
	pair_up(p, LEFT);
	v1_delete_ike(established(p, RIGHT));
	assert_int_equal(mains_sent(p, RIGHT, 100000), 0);
	assert_int_equal(pair_children(p, LEFT), 1);
	pair_free(p);
	p = pair_new(DPD LEFT_DEFAULT, RIGHT_DEFAULT);
	pair_up(p, LEFT);
	assert_int_equal(engine_shutdown(p->host[RIGHT].engine, &err), 0);
	assert_int_equal(mains_sent(p, RIGHT, 100000), 0);
	assert_null(peer_find(p->host[LEFT].engine, &p->host[RIGHT].addr));
	pair_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cleared),
		cmocka_unit_test(key_changed),
		cmocka_unit_test(key_removed),
		cmocka_unit_test(one_flow_is_not_answered),
		cmocka_unit_test(nothing_is_answered),
		cmocka_unit_test(forgotten_isakmp_sa),
		cmocka_unit_test(silent_without_keepalives),
		cmocka_unit_test(lifetime_over),
		cmocka_unit_test(keepalives_go_on),
		cmocka_unit_test(no_keepalives_to_go_on),
	};

	return cmocka_run_group_tests(tests, pair_setup, pair_teardown);
}
