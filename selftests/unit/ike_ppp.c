// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Users of L2TP: what they show (RFC 2433, RFC 2759), what pppd's plugin and the helper say.
 * F-040 C-078 C-082
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ike-daemon/aaa/mschap.h"
#include "ike-daemon/crypto/crypto.h"
#include "ike-daemon/helper/helper.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"
#include "tools/lib/password.h"
#include "tools/lib/ppp_wire.h"

/* --- MS-CHAP ------------------------------------------------------------------ */

static void unhex(const char *hex, uint8_t *out)
{
	unsigned int byte;

	for (; *hex; hex += 2) {
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		*out++ = byte;
	}
}

static void hash_of(const char *password, uint8_t out[MSCHAP_HASH])
{
	char text[CFG_PASSWORD_SIZE];

	assert_int_equal(password_nt_hash(password, text, sizeof(text)), 0);
	assert_true(password_nt_bytes(text, out));
	assert_true(password_fits(password, text));
	assert_false(password_fits("another", text));
}

/* RFC 2433, appendix B.1 */
static void version_1(void **state)
{
	struct ppp_proof proof = {
		.method = CFG_PPP_MSCHAP1, .challenge_len = 8,
		.response_len = MSCHAP_RESPONSE,
	};
	char success[MSCHAP2_SUCCESS];
	uint8_t hash[MSCHAP_HASH], want[MSCHAP_HASH];

	(void)state;
	hash_of("MyPw", hash);
	unhex("FC156AF7EDCD6C0EDDE3337D427F4EAC", want);
	assert_memory_equal(hash, want, sizeof(want));
	unhex("102DB5DF085D3041", proof.challenge);
	unhex("4E9D3C8F9CFD385D5BF4D3246791956CA4C351AB409A3D61",
	      proof.response + 24);
	proof.response[48] = 1;
	assert_true(mschap_fits(&proof, "User", hash, success));
	assert_string_equal(success, "");
	proof.response[30] ^= 1;
	assert_false(mschap_fits(&proof, "User", hash, success));
	proof.response[30] ^= 1;
	proof.response[48] = 0;		/* the answer of LAN Manager */
	assert_false(mschap_fits(&proof, "User", hash, success));
}

/* RFC 2759, 9.2 */
static void version_2(void **state)
{
	struct ppp_proof proof = {
		.method = CFG_PPP_MSCHAP2, .challenge_len = 16,
		.response_len = MSCHAP_RESPONSE,
	};
	char success[MSCHAP2_SUCCESS];
	uint8_t hash[MSCHAP_HASH];

	(void)state;
	hash_of("clientPass", hash);
	unhex("5B5D7C7D7B3F2F3E3C2C602132262628", proof.challenge);
	unhex("21402324255E262A28295F2B3A337C7E", proof.response);
	unhex("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF",
	      proof.response + 24);
	assert_true(mschap_fits(&proof, "User", hash, success));
	assert_string_equal(success,
			    "S=407A5589115FD0D6209F510FE9C04566932CDA56");
	assert_true(mschap_fits(&proof, "BIGCO\\User", hash, NULL));
	assert_false(mschap_fits(&proof, "user", hash, success));
	assert_string_equal(success, "");
	hash[0] ^= 1;
	assert_false(mschap_fits(&proof, "User", hash, NULL));
}

static void lengths(void **state)
{
	struct ppp_proof proof = { .method = CFG_PPP_MSCHAP2 };

	(void)state;
	assert_false(ppp_proof_is_valid(&proof));
	proof.response_len = MSCHAP_RESPONSE;
	proof.challenge_len = 8;
	assert_false(ppp_proof_is_valid(&proof));
	proof.challenge_len = 16;
	assert_true(ppp_proof_is_valid(&proof));
	proof.method = CFG_PPP_MSCHAP1;
	assert_false(ppp_proof_is_valid(&proof));
	proof.method = CFG_PPP_CHAP;
	assert_false(ppp_proof_is_valid(&proof));
	proof.response_len = 16;
	assert_true(ppp_proof_is_valid(&proof));
	proof.method = CFG_PPP_COUNT;
	assert_false(ppp_proof_is_valid(&proof));
}

static void digits(void **state)
{
	char out[CFG_PASSWORD_SIZE];

	(void)state;
	assert_true(password_nt_digits("8846F7EAEE8FB117AD06BDD830B7586C", out,
				       sizeof(out)));
	assert_true(password_fits("password", out));
	assert_false(password_nt_digits("8846F7EAEE8FB117AD06BDD830B7586", out,
					sizeof(out)));
	assert_false(password_nt_digits("8846F7EAEE8FB117AD06BDD830B7586G", out,
					sizeof(out)));
	assert_false(password_is_ascii("\xc3\xa4"));
}

/* --- the plugin ------------------------------------------------------------------ */

static const struct ppp_wire_msg asks = {
	.type = PPP_WIRE_ASK,
	.ask = {
		.method = PPP_WIRE_MSCHAP2, .user = "alice", .password = "",
		.id = 7, .challenge = "0123456789abcdef", .challenge_len = 16,
		.response = "x", .response_len = 49,
	},
};

static size_t frame(const struct ppp_wire_msg *msg, uint8_t out[PPP_WIRE_MAX + 2])
{
	struct buf b;

	buf_fixed(&b, out, PPP_WIRE_MAX + 2);
	ppp_wire_put(&b, msg);
	assert_int_equal(buf_err(&b), 0);
	assert_int_equal(out[0] << 8 | out[1], buf_len(&b) - 2);
	return buf_len(&b) - 2;
}

static void asking(void **state)
{
	struct ppp_wire_msg in = asks, out;
	uint8_t data[PPP_WIRE_MAX + 2];
	size_t len, i;

	(void)state;
	len = frame(&in, data);
	assert_int_equal(ppp_wire_get(data + 2, len, &out), 0);
	assert_int_equal(out.type, PPP_WIRE_ASK);
	assert_string_equal(out.ask.user, "alice");
	assert_int_equal(out.ask.response_len, 49);
	assert_memory_equal(out.ask.challenge, in.ask.challenge, 16);
	/* Cut anywhere, or longer, it is none. */
	for (i = 0; i < len; i++)
		assert_int_equal(ppp_wire_get(data + 2, i, &out), -EBADMSG);
	data[2 + len] = 0;
	assert_int_equal(ppp_wire_get(data + 2, len + 1, &out), -EBADMSG);
}

static void calling(void **state)
{
	struct ppp_wire_msg in = { .type = PPP_WIRE_CALL }, out;
	uint8_t data[PPP_WIRE_MAX + 2];
	size_t len, i;

	(void)state;
	in.call.peer = addr_v4(0xc0000201, 5000);
	len = frame(&in, data);
	for (i = 0; i < len; i++)
		assert_int_equal(ppp_wire_get(data + 2, i, &out), -EBADMSG);
	assert_int_equal(ppp_wire_get(data + 2, len, &out), 0);
	assert_int_equal(out.type, PPP_WIRE_CALL);
	assert_true(addr_port_equal(&out.call.peer, &in.call.peer));
}

/* Each byte is any other: nothing but an error, or a message, comes of it. */
static void hostile(void **state)
{
	uint8_t data[PPP_WIRE_MAX + 2], copy[PPP_WIRE_MAX + 2];
	struct ppp_wire_msg out;
	size_t len = frame(&asks, data), i;
	unsigned int value;

	(void)state;
	for (i = 0; i < len; i++)
		for (value = 0; value < 256; value++) {
			uint8_t *exact = malloc(len);

			memcpy(copy, data, sizeof(copy));
			copy[2 + i] = value;
			assert_non_null(exact);
			memcpy(exact, copy + 2, len);
			if (!ppp_wire_get(exact, len, &out) &&
			    out.type == PPP_WIRE_ASK) {
				assert_in_range(out.ask.method, 0, 3);
				assert_true(strlen(out.ask.user) <
					    PPP_WIRE_TEXT);
				assert_in_range(out.ask.response_len, 0, 64);
			}
			free(exact);
		}
	/* A zero within a text would hide what follows. */
	memcpy(copy, data, sizeof(copy));
	*(uint8_t *)memmem(copy, sizeof(copy), "alice", 5) = 0;
	assert_int_equal(ppp_wire_get(copy + 2, len, &out), -EBADMSG);
}

static void answering(void **state)
{
	struct ppp_wire_msg in = { .type = PPP_WIRE_ANSWER }, out;
	uint8_t data[PPP_WIRE_MAX + 2];
	size_t len;

	(void)state;
	in.answer.granted = true;
	in.answer.address = addr_v4(0x0a09000a, 0);
	in.answer.dns[0] = addr_v4(0x0a010035, 0);
	in.answer.idle = 1800;
	strcpy(in.answer.message, "S=1 M=2");
	len = frame(&in, data);
	assert_int_equal(ppp_wire_get(data + 2, len, &out), 0);
	assert_true(out.answer.granted);
	assert_true(addr_equal(&out.answer.address, &in.answer.address));
	assert_true(addr_equal(&out.answer.dns[0], &in.answer.dns[0]));
	assert_false(addr_is_set(&out.answer.wins[0]));
	assert_int_equal(out.answer.idle, 1800);
	assert_string_equal(out.answer.message, "S=1 M=2");
}

/* --- the helper -------------------------------------------------------------------- */

static void helper_messages(void **state)
{
	struct helper_serve serve = { .n = 2 }, got;
	struct helper_status status = { .state = HELPER_WAITING }, told;
	uint8_t data[HELPER_FRAME_MAX];
	struct buf b;
	size_t i;

	(void)state;
	serve.server[0] = (struct helper_server){ addr_v4(0xc0000201, 0), 3 };
	serve.server[1] = (struct helper_server){ addr_v4(0xc0000202, 0), 8 };
	buf_fixed(&b, data, sizeof(data));
	helper_put_serve(&b, &serve);
	assert_int_equal(helper_get_serve(data, buf_len(&b), &got), 0);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.server[1].methods, 8);
	assert_true(addr_equal(&got.server[0].address,
			       &serve.server[0].address));
	for (i = 0; i < buf_len(&b); i++)
		assert_int_equal(helper_get_serve(data, i, &got), -EBADMSG);
	data[2] = HELPER_SERVERS_MAX + 1;
	assert_int_equal(helper_get_serve(data, sizeof(data), &got), -EBADMSG);

	status.address = serve.server[0].address;
	strcpy(status.text, "xl2tpd: Killed");
	buf_fixed(&b, data, sizeof(data));
	helper_put_status(&b, &status);
	assert_int_equal(helper_get_status(data, buf_len(&b), &told), 0);
	assert_int_equal(told.state, HELPER_WAITING);
	assert_string_equal(told.text, "xl2tpd: Killed");
	assert_int_equal(helper_get_serve(data, buf_len(&b), &got), -EBADMSG);
	data[6] = HELPER_STATE_COUNT;
	assert_int_equal(helper_get_status(data, buf_len(&b), &told), -EBADMSG);
}

/* --- what turns it on ---------------------------------------------------------------- */

#define L2TP(mode, policy, seq)						\
	"username alice password alicepw mschap\n"			\
	"group-policy DfltGrpPolicy attributes\n"			\
	" vpn-tunnel-protocol " policy "\n"				\
	"tunnel-group DefaultRAGroup type remote-access\n"		\
	"crypto ipsec transform-set TS esp-aes esp-sha-hmac\n mode " mode "\n" \
	"crypto dynamic-map D 10\n set transform-set TS\n"		\
	"crypto map M " seq " ipsec-isakmp dynamic D\n"			\
	"interface wan0\n crypto map M\n"

static bool is_served(const char *text, uint32_t *offer)
{
	struct cm_config *cfg = NULL;
	const struct cfg_group *group;
	bool served;

	assert_int_equal(config_parse("t", text, strlen(text), stderr, &cfg), 0);
	assert_int_equal(cm_config_expand(cfg), 0);
	served = cfg_map_serves_l2tp(cfg, cfg_map_find(cfg, "M"));
	group = cfg_group_find(cfg, "DefaultRAGroup");
	*offer = group ? cfg_group_ppp_offer(cfg, group) : 0;
	cm_config_free(cfg);
	return served;
}

static void served(void **state)
{
	uint32_t offer;

	(void)state;
	assert_true(is_served(L2TP("transport", "l2tp-ipsec", "100"), &offer));
	/* chap, which is on by default, takes RADIUS. */
	assert_int_equal(offer, 1u << CFG_PPP_MSCHAP1);
	assert_true(is_served(L2TP("transport", "ikev1 l2tp-ipsec", "100"),
			      &offer));
	assert_false(is_served(L2TP("transport", "ikev1", "100"), &offer));
	assert_false(is_served(L2TP("tunnel", "l2tp-ipsec", "100"), &offer));
	assert_true(is_served(L2TP("transport", "ikev1", "100")
			      "username alice attributes\n"
			      " vpn-tunnel-protocol l2tp-ipsec\n", &offer));
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
		cmocka_unit_test(version_1),
		cmocka_unit_test(version_2),
		cmocka_unit_test(lengths),
		cmocka_unit_test(digits),
		cmocka_unit_test(calling),
		cmocka_unit_test(asking),
		cmocka_unit_test(hostile),
		cmocka_unit_test(answering),
		cmocka_unit_test(helper_messages),
		cmocka_unit_test(served),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
