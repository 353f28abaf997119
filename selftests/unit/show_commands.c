// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The show and clear commands against golden files: field names, their order
 * and blanks of S-01 and S-06, what is down and why, JSON beside text, and what
 * S-23 and S-24 ask of kernel and daemon.
 */
#include <unistd.h>

#include "kmod/core/reason.h"
#include "selftests/unit/show_world.h"

/* --- Show ------------------------------------------------------------------------- */

static void ipsec_sa_without_daemon(void **state)
{
	(void)state;
	check(show_crypto_ipsec_sa, NULL, false, "show_ipsec_sa.txt");
}

static void ipsec_sa_with_daemon(void **state)
{
	struct cli_args args = named("peer", "12.1.1.9", 0, "12.1.1.9");

	(void)state;
	daemon_runs = true;
	check(show_crypto_ipsec_sa, &args, false, "show_ipsec_sa_peer.txt");
}

/* F-067: SAs of AH under their own headings, without the lines of a cipher. */
static void ipsec_sa_ah(void **state)
{
	struct kmod_flow *f;
	struct kmod_sa *sa;

	(void)state;
	n_flows = n_sas = 0;
	f = add_flow(1443, "FastEthernet0", 10, 10);
	KMOD_SET(f, flow, state, CRYPTOMAP_FLOW_UP);
	KMOD_SET(f, flow, sa_out, 3443);
	for (uint32_t id = 3442; id <= 3443; id++) {
		sa = add_sa(id, 1443, id == 3443 ? CRYPTOMAP_DIR_OUT :
						   CRYPTOMAP_DIR_IN, 4000 + id);
		sa->has &= ~(KMOD_BIT(sa, encr) | KMOD_BIT(sa, encr_bits));
		sa->encr = sa->encr_bits = 0;
		sa->proto = IPPROTO_AH;
		sa->auth = id == 3443 ? CRYPTOMAP_AUTH_HMAC_SHA1_96 :
					CRYPTOMAP_AUTH_HMAC_SHA2_256_128;
	}
	KMOD_SET(sa, sa, mode, CRYPTOMAP_MODE_TRANSPORT);
	check(show_crypto_ipsec_sa, NULL, false, "show_ipsec_sa_ah.txt");
}

static void ipsec_sa_json(void **state)
{
	char *text = run(show_crypto_ipsec_sa, &(struct cli_args){ 0 }, true, 0);
	struct json_object *doc = json_tokener_parse(text), *list, *flow, *x;

	(void)state;
	assert_true(json_object_object_get_ex(doc, "ipsec_sa", &list));
	assert_int_equal(json_object_array_length(list), 4);
	flow = json_object_array_get_idx(list, 0);
	assert_true(json_object_object_get_ex(flow, "pkts_encaps", &x));
	assert_int_equal(json_object_get_int64(x), 7767918);
	assert_true(json_object_object_get_ex(flow, "inbound_esp", &x));
	assert_int_equal(json_object_array_length(x), 1);
	flow = json_object_array_get_idx(list, 1);
	assert_true(json_object_object_get_ex(flow, "reason", &x));
	assert_non_null(strstr(json_object_get_string(x), "not running"));
	json_object_put(doc);
	free(text);
}

/* As on IOS: `show ip`, `show ipv6`, or all. */
static void access_lists_by_family(void **state)
{
	struct cli_args ip = keyword("ip"), ipv6 = keyword("ipv6");
	char *text;

	(void)state;
	check(show_access_lists, &ipv6, false, "show_ipv6_access_list.txt");
	text = run(show_access_lists, &ip, false, 0);
	assert_non_null(strstr(text, "access list 101"));
	assert_null(strstr(text, "SIX"));
	free(text);
	free(run(clear_access_list_counters, &ipv6, false, 0));
	assert_string_equal(calls, "reset SIX\n");
}

static void ipsec_sa_of_nothing(void **state)
{
	char *text;

	(void)state;
	n_flows = 0;
	text = run(show_crypto_ipsec_sa, &(struct cli_args){ 0 }, false, 0);
	assert_non_null(strstr(text, "No flows"));
	free(text);
	text = run(show_crypto_ipsec_sa, &(struct cli_args){ 0 }, true, 0);
	assert_string_equal(text, "{\"ipsec_sa\":[]}\n");
	free(text);
}

static void isakmp_sa(void **state)
{
	struct cli_args detail = keyword("detail");

	(void)state;
	free(run(show_crypto_isakmp_sa, &detail, false, -ECONNREFUSED));
	daemon_runs = true;
	check(show_crypto_isakmp_sa, NULL, false, "show_isakmp_sa.txt");
	check(show_crypto_isakmp_sa, &detail, false, "show_isakmp_sa_detail.txt");
}

static void configuration(void **state)
{
	(void)state;
	check(show_crypto_isakmp_policy, NULL, false, "show_isakmp_policy.txt");
	check(show_crypto_ipsec_transform_set, NULL, false,
	      "show_transform_set.txt");
	check(show_crypto_map, NULL, false, "show_map.txt");
	check(show_access_lists, NULL, false, "show_access_lists.txt");
	check(show_access_lists, NULL, true, "show_access_lists.json");
}

#define PADDED(number, line, set) \
	"ip access-list extended L" number "\n permit " line "\n" \
	"crypto map P " number " ipsec-manual\n set peer 12.1.1.2\n" \
	" set transform-set " set "\n match address L" number "\n" \
	" set security-association tfc-padding 512\n"

/* C-032, RFC 4303 2.7: padding is shown as it is done. */
static void padding_that_is_done(void **state)
{
	static const char *const done[] = {
		"10 ipsec-manual", "40 ipsec-manual", "60 ipsec-manual",
		"70 ipsec-isakmp"
	};
	struct cli_args map = named("map", "P", 0, NULL);
	unsigned int n = 0;
	const char *at;
	char *text;

	(void)state;
	running = "crypto ipsec transform-set ZIP esp-aes esp-sha-hmac comp-deflate\n"
		"crypto ipsec transform-set TUNNEL esp-aes esp-sha-hmac\n"
		"crypto ipsec transform-set HOST esp-aes esp-sha-hmac\n mode transport\n"
		PADDED("10", "ip any any", "TUNNEL")
		PADDED("20", "ip any any", "ZIP")
		PADDED("30", "tcp host 12.1.1.1 host 12.1.1.2", "HOST")
		PADDED("40", "udp host 12.1.1.1 host 12.1.1.2", "HOST")
		PADDED("50", "udp host 12.1.1.1 host 12.1.1.2", "ZIP")
		/* tunnel mode, as the host is another */
		PADDED("60", "tcp host 12.1.1.9 host 12.1.1.2", "HOST")
		"crypto map P 70 ipsec-isakmp\n set transform-set HOST\n"
		" set security-association tfc-padding 512\n"
		"interface FastEthernet0\n crypto map P\n";
	text = run(show_crypto_map, &map, false, 0);
	for (at = text; (at = strstr(at, "TFC padding: to 512 bytes\n")); at++)
		n++;
	assert_int_equal(n, sizeof(done) / sizeof(done[0]));
	for (unsigned int i = 0; i < n; i++) {
		at = strstr(text, done[i]);
		assert_non_null(at);
		at = strstr(at, "TFC padding: ");
		assert_memory_equal(at, "TFC padding: to 512 bytes\n", 26);
	}
	assert_non_null(strstr(text, "TFC padding: none, what is compressed does not tell its length\n"));
	assert_non_null(strstr(text, "TFC padding: none, in transport mode only UDP and IP in IP (4, 41) tell their length\n"));
	free(text);
	text = run(show_crypto_map, &map, true, 0);
	assert_non_null(strstr(text, "\"tfc_padding\": \"\", \"tfc_unpadded\": \"what is compressed does not tell its length\""));
	free(text);
	running = config_text;
}

/* Who peers must be, and that nobody can be who is not defined. */
static void identities(void **state)
{
	char *text;

	(void)state;
	running = "crypto identity B\n dn cn=r2, o=Example\n fqdn r2.example\n"
		"crypto dynamic-map D 5\n identity B\n"
		"crypto map I 10 ipsec-isakmp\n identity B\n"
		"crypto map I 20 ipsec-isakmp\n identity C\n"
		"crypto map I 30 ipsec-isakmp\n";
	text = run(show_crypto_map, &(struct cli_args){ 0 }, false, 0);
	assert_non_null(strstr(text, "\tIdentity of peers: B\n"
				     "\t    dn cn=r2,o=Example\n\t    fqdn r2.example\n"));
	assert_non_null(strstr(text, "\tIdentity of peers: C\n\t    (nobody fits: it has no names)\n"));
	assert_null(strstr(strstr(text, "I\" 30"), "Identity"));
	free(text);
	text = run(show_crypto_map, &(struct cli_args){ 0 }, true, 0);
	assert_non_null(strstr(text, "\"identity\": \"B\", \"identity_names\": [ \"dn cn=r2,o=Example\", \"fqdn r2.example\" ]"));
	assert_non_null(strstr(text, "\"identity\": \"\", \"identity_names\": [ ]"));
	free(text);
	text = run(show_crypto_dynamic_map, &(struct cli_args){ 0 }, false, 0);
	assert_non_null(strstr(text, "\tIdentity of peers: B\n"));
	free(text);
	running = config_text;
}

/* C-039, C-040: the templates, and who came to the entry that binds them. */
static void dynamic_maps(void **state)
{
	struct cli_args tag = named("dynamic", "branches", 0, NULL);
	struct kmod_flow *f;
	char *text;

	(void)state;
	check(show_crypto_dynamic_map, NULL, false, "show_dynamic_map.txt");
	text = run(show_crypto_dynamic_map, &tag, true, 0);
	assert_non_null(strstr(text, "\"bound_by\": [ \"test 60000\" ]"));
	assert_null(strstr(text, "\"peers\""));
	assert_null(strstr(text, "\"interfaces\""));
	assert_null(strstr(text, "\"local_address\""));
	free(text);
	text = run(show_crypto_dynamic_map, &tag, false, 0);
	assert_non_null(strstr(text, "branches"));
	assert_null(strstr(text, "other"));
	free(text);
	n_flows = n_sas = 0;
	f = add_dynamic_flow(5);
	KMOD_SET(f, flow, sels, 1);
	KMOD_SET(f, flow, state, CRYPTOMAP_FLOW_UP);
	KMOD_SET(f, flow, sa_out, 21);
	add_sa(21, 5, CRYPTOMAP_DIR_OUT, 0x1001);
	/* Of this one we only receive. */
	f = add_dynamic_flow(6);
	KMOD_SET(f, flow, sels, 2);
	add_sa(22, 6, CRYPTOMAP_DIR_IN, 0x1002);
	check(show_crypto_map, NULL, false, "show_map_dynamic.txt");
	check(show_crypto_map, NULL, true, "show_map_dynamic.json");
}

/* F-109: what the kernel lacks is named as the kernel names it. */
static void algorithms(void **state)
{
	(void)state;
	check(show_crypto_algorithms, NULL, false, "show_algorithms.txt");
	check(show_crypto_algorithms, NULL, true, "show_algorithms.json");
}

static void sessions_and_counters(void **state)
{
	struct cli_args detail = keyword("detail");

	(void)state;
	check(show_crypto_session, NULL, false, "show_session.txt");
	daemon_runs = true;
	check(show_crypto_session, &detail, false, "show_session_detail.txt");
	check(show_crypto_counters, NULL, false, "show_counters.txt");
	check(show_sysopt, NULL, false, "show_sysopt.txt");
	check(show_management_access, NULL, false, "show_management_access.txt");
}

/* What each says, and what holds where it says nothing. */
static void profiles(void **state)
{
	struct cli_args args = named("iprofile", "CLIENTS", 0, NULL), all = { 0 };
	char *text;

	(void)state;
	text = run(show_crypto_isakmp_profile, &all, false, 0);
	assert_string_equal(text, "There are no ISAKMP profiles\n");
	free(text);
	running = "crypto keyring BRANCHES\n"
		  " pre-shared-key address 192.0.2.0 255.255.255.0 key Secret\n"
		  "crypto isakmp profile BRANCHES\n description the branches\n"
		  " keyring BRANCHES\n self-identity user-fqdn hq@example.com\n"
		  " match identity address 192.0.2.0 255.255.255.0\n"
		  " match identity host domain example.com\n"
		  " keepalive 20 retry 5\n initiate mode aggressive\n"
		  " local-address 12.1.1.1\n"
		  "aaa new-model\naaa authentication login USERS local\n"
		  "aaa authorization network GROUPS local\n"
		  "crypto isakmp profile CLIENTS\n match identity group EZ\n"
		  " client authentication list USERS\n"
		  " isakmp authorization list GROUPS\n"
		  " client configuration address respond\n";
	check(show_crypto_isakmp_profile, &all, false, "show_isakmp_profile.txt");
	check(show_crypto_isakmp_profile, &all, true, "show_isakmp_profile.json");
	text = run(show_crypto_isakmp_profile, &args, false, 0);
	assert_null(strstr(text, "BRANCHES"));
	assert_non_null(strstr(text, "CLIENTS"));
	free(text);
	args = named("iprofile", "NONE", 0, NULL);
	free(run(show_crypto_isakmp_profile, &args, false, -ENOENT));
	running = config_text;
}

/* S-11: whose sessions there are, and what went through their SAs. */
static void vpn_sessions(void **state)
{
	struct cli_args detail = keyword("detail"), none = { 0 }, args;
	struct kmod_sa other;
	char *text;
	size_t i;

	(void)state;
	free(run(show_vpn_sessiondb, &none, false, -ECONNREFUSED));
	daemon_runs = true;
	/* Another peer has chosen the same SPI. */
	other = sas[0];
	KMOD_SET(&other, sa, dst, addr_v4(0xcb007109, 0));
	KMOD_SET(&other, sa, id, 77);
	memmove(sas + 1, sas, n_sas++ * sizeof(*sas));
	sas[0] = other;
	for (i = 0; i < n_sas; i++) {
		KMOD_SET(&sas[i], sa, bytes, 1000 * (i + 1));
		KMOD_SET(&sas[i], sa, packets, 10 * (i + 1));
		KMOD_SET(&sas[i], sa, idle, 65 + i);
		sas[i].sels.n = 1;
		set_net(&sas[i].sels.v[0], 0x14010100, 0x0a63000a);
		sas[i].counters.n = 1;
		KMOD_SET(&sas[i].counters.v[0], counter, packets, i + 5);
	}
	check(show_vpn_sessiondb, &none, false, "show_vpn_sessiondb.txt");
	check(show_vpn_sessiondb, &detail, false, "show_vpn_sessiondb_detail.txt");
	check(show_vpn_sessiondb, &none, true, "show_vpn_sessiondb.json");
	args = keyword("ended");
	check(show_vpn_sessiondb, &args, false, "show_vpn_sessiondb_ended.txt");
	check(show_vpn_sessiondb, &args, true, "show_vpn_sessiondb_ended.json");
	args = named("user", "bob", 0, NULL);
	text = run(show_vpn_sessiondb, &args, false, 0);
	assert_non_null(strstr(text, "bob"));
	assert_null(strstr(text, "alice"));
	free(text);
	args = named("index", "7", 7, NULL);
	text = run(show_vpn_sessiondb, &args, false, 0);
	assert_null(strstr(text, "bob"));
	assert_non_null(strstr(text, "alice"));
	free(text);
	args = named("user", "carol", 0, NULL);
	text = run(show_vpn_sessiondb, &args, false, 0);
	assert_string_equal(text, "There are no such sessions\n");
	free(text);
}

static void logoff(void **state)
{
	struct cli_args all = keyword("all"), args;
	char *text;

	(void)state;
	free(run(vpn_sessiondb_logoff, &all, false, -ECONNREFUSED));
	daemon_runs = true;
	text = run(vpn_sessiondb_logoff, &all, false, 0);
	assert_string_equal(text, "INFO: Number of sessions logged off : 3\n");
	free(text);
	assert_string_equal(last_request, "sessions-end {}");
	args = named("user", "bob", 0, NULL);
	free(run(vpn_sessiondb_logoff, &args, false, 0));
	assert_string_equal(last_request, "sessions-end {\"user\":\"bob\"}");
	args = named("index", "7", 7, NULL);
	free(run(vpn_sessiondb_logoff, &args, false, 0));
	assert_string_equal(last_request, "sessions-end {\"index\":7}");
}

/* F-037, F-115: what the gateway has told, and what is secured. */
static void ezvpn_shown(void **state)
{
	struct cli_args args = named("ezvpn", "TWO", 0, NULL), all = { 0 };
	char *text;

	(void)state;
	free(run(show_crypto_ezvpn, &all, false, -ECONNREFUSED));
	daemon_runs = true;
	check(show_crypto_ezvpn, &all, false, "show_ezvpn.txt");
	check(show_crypto_ezvpn, &all, true, "show_ezvpn.json");
	text = run(show_crypto_ezvpn, &args, false, 0);
	assert_non_null(strstr(text, "Next attempt in: 40 s"));
	assert_null(strstr(text, "alice"));
	free(text);
	free(run(ezvpn_connect_command, &args, false, 0));
	assert_string_equal(last_request, "ezvpn-connect {\"name\":\"TWO\"}");
	free(run(clear_crypto_ezvpn, &all, false, 0));
	assert_string_equal(last_request, "ezvpn-clear {}");
}

/* What is typed goes to the daemon, and is on no screen. */
static char *type(const char *lines, int code)
{
	struct cli_args args = named("ezvpn", "TWO", 0, NULL);
	int before = dup(STDIN_FILENO), fd[2];
	char *text;

	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], lines, strlen(lines)), strlen(lines));
	close(fd[1]);
	dup2(fd[0], STDIN_FILENO);
	close(fd[0]);
	text = run(ezvpn_xauth_command, &args, false, code);
	dup2(before, STDIN_FILENO);
	close(before);
	return text;
}

static void ezvpn_typed(void **state)
{
	char *text, line[300];

	(void)state;
	daemon_runs = true;
	text = type("alice\nsecret pw\n", 0);
	assert_string_equal(last_request, "ezvpn-login {\"name\":\"TWO\",\"user\":\"alice\",\"password\":\"secret pw\"}");
	assert_non_null(strstr(text, "no answer\n"));
	assert_non_null(strstr(text, "Username: "));
	assert_non_null(strstr(text, "Password: "));
	assert_null(strstr(text, "secret"));
	free(text);
	free(type("", -EIO));
	free(type("alice\n", -EIO));
	free(type("alice\n\003", -EINTR));
	memset(line, 'x', sizeof(line) - 2);
	strcpy(line + sizeof(line) - 2, "\n");
	free(type(line, -E2BIG));
}

/* F-061: the received half of section 3.14; SAs that are there do not matter. */
static void statistics(void **state)
{
	static const struct accepted accepted[] = {
		{ "aes-cbc", CRYPTOMAP_ALG_K_ENCR, CRYPTOMAP_ENCR_AES_CBC, 11, 0 },
		{ "aes-gcm-16", CRYPTOMAP_ALG_K_ENCR, CRYPTOMAP_ENCR_AES_GCM_16, 23, 0 },
		{ "none", CRYPTOMAP_ALG_K_AUTH, CRYPTOMAP_AUTH_NONE, 23, 0 },
		{ "hmac-sha1-96", CRYPTOMAP_ALG_K_AUTH, CRYPTOMAP_AUTH_HMAC_SHA1_96, 11, 5 },
		{ "hmac-sha256-128", CRYPTOMAP_ALG_K_AUTH,
		  CRYPTOMAP_AUTH_HMAC_SHA2_256_128, 0, 41 },
		{ NULL },
	};
	static const struct loss lost[] = {
		{ "unknown_spi", 9, 4 }, { "deleted_spi", 30, 10 },
		{ "bad_length", 7, 5 }, { "decrypt_failed", 3, 1 },
		{ "bad_icv", 100, 60 }, { "wrong_protocol", 6, 2 },
		{ "management_access", 8, 0 },
		{ NULL },
	};

	(void)state;
	KMOD_SET(add_sa(37, 1443, CRYPTOMAP_DIR_IN, 0x5000), sa, packets, 1000000);
	history = accepted;
	losses = lost;
	check(show_ipsec_statistics, NULL, false, "show_ipsec_statistics.txt");
	check(show_ipsec_statistics, NULL, true, "show_ipsec_statistics.json");
	history = NULL;
	losses = NULL;
}

/* Those of packets that we send. */
static const char *const of_sending[] = {
	"no_sa", "acquire_queue_full", "acquire_timeout", "acquire_limit",
	"entry_incomplete", "fragment", "flowtable_guard", "egress_guard",
	"nested_loop", "seq_exhausted", "sa_not_active", "mtu_exceeded",
	"ttl_expired", "no_route", "local_address", "encrypt_failed",
	"gso_failed", "nat_t_socket", "output_failed", "no_policy",
	"nat_demux_unmapped",
};

/* They are of no SA: nothing is lost. */
static const char *const of_nothing[] = { "nat_keepalive" };

/* They have come out of their SA, which has succeeded. */
static const char *const behind[] = { "management_access" };

static bool is_one_of(const char *reason, const char *const *list, size_t n)
{
	while (n && strcmp(reason, list[n - 1]))
		n--;
	return n;
}

#define IS_ONE_OF(reason, list) is_one_of(reason, list, sizeof(list) / sizeof(*(list)))

/* How many numbers the only loss is in: its row, and the sum. */
static unsigned int rows_wanted(const char *reason)
{
	if (IS_ONE_OF(reason, of_sending) || IS_ONE_OF(reason, of_nothing))
		return 0;
	return IS_ONE_OF(reason, behind) ? 1 : 2;
}

/* Rows of ESP alone, and of AH. */
static const char *const rows_of[][3] = {
	{ "\"not_found_esp_sa\": 1", "\"esp_errors\": 1", "\"decrypt_failure\": 1" },
	{ "\"not_found_ah_sa\": 1", "\"ah_errors\": 1", "\"auth_failure\": 1" },
};

/* The only loss has a row of its protocol, and is in the sum: so many @wanted. */
static void one_row(unsigned int wanted)
{
	char *text = run(show_ipsec_statistics, NULL, true, 0);
	const char *at = strstr(text, "\"sp_errors\"");
	unsigned int rows = 0;

	assert_non_null(at);
	for (; (at = strstr(at, ": 1")); at++)
		rows++;
	if (rows != wanted)
		fail_msg("%s: %u rows", only_reason, rows);
	for (size_t i = 0; i < 3; i++)
		if (strstr(text, rows_of[!only_ah][i]))
			fail_msg("%s: %s", only_reason, rows_of[!only_ah][i]);
	free(text);
}

/* No reason is forgotten: what is received and lost has a row, and one only. */
static void statistics_of_every_reason(void **state)
{
	static const char *const reasons[] = {
#define X(id, name, text) name,
		CM_REASONS(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(reasons) / sizeof(reasons[0]); i++) {
		only_reason = reasons[i / 2];
		only_ah = i % 2;
		one_row(rows_wanted(only_reason));
	}
	only_reason = NULL;
	only_ah = false;
}

/* What the daemon and the kernel tell is JSON, too, with all that the text has. */
static void the_rest_in_json(void **state)
{
	(void)state;
	check(show_crypto_session, NULL, true, "show_session_down.json");
	check(show_crypto_counters, NULL, true, "show_counters_down.json");
	check(show_sysopt, NULL, true, "show_sysopt.json");
	check(show_management_access, NULL, true, "show_management_access.json");
	daemon_runs = true;
	check(show_crypto_isakmp_sa, NULL, true, "show_isakmp_sa.json");
	check(show_crypto_isakmp_policy, NULL, true, "show_isakmp_policy.json");
	check(show_crypto_session, NULL, true, "show_session.json");
	check(show_crypto_counters, NULL, true, "show_counters.json");
}

static void initiate(void **state)
{
	struct cli_args args = named("map", "test", 0, NULL);

	(void)state;
	free(run(crypto_initiate, &args, false, -ECONNREFUSED));
	daemon_runs = true;
	free(run(crypto_initiate, &args, false, 0));
	assert_string_equal(last_request, "initiate {\"map\":\"test\"}");
	args.arg[args.n++] = (struct cli_arg){ .name = "seq", .text = "",
					       .number = 20 };
	free(run(crypto_initiate, &args, false, 0));
	assert_string_equal(last_request,
			    "initiate {\"map\":\"test\",\"seq\":20}");
}

/* With a daemon it is the daemon's work; without one, the tool does it. */
static void shut_down(void **state)
{
	static const struct cli_args none;

	(void)state;
	free(run(daemon_shutdown, &none, false, 0));
	assert_string_equal(calls, "remove all\nforget\n");
	/* what is still there may be wanted again */
	calls[0] = '\0';
	nothing_result = -EBUSY;
	free(run(daemon_shutdown, &none, false, -EBUSY));
	nothing_result = 0;
	assert_string_equal(calls, "remove all\n");
	daemon_runs = true;
	calls[0] = '\0';
	free(run(daemon_shutdown, &none, false, 0));
	assert_string_equal(last_request, "shutdown ");
	assert_string_equal(calls, "forget\n");
}

/* --- Clear ------------------------------------------------------------------------- */

static void clear_sa_without_daemon(void **state)
{
	struct cli_args map = named("map", "test", 0, NULL);
	struct cli_args peer = named("peer", "12.1.1.2", 0, "12.1.1.2");
	struct cli_args counters = keyword("counters");

	(void)state;
	free(run(clear_crypto_sa, &(struct cli_args){ 0 }, false, 0));
	free(run(clear_crypto_sa, &map, false, 0));
	free(run(clear_crypto_sa, &peer, false, 0));
	free(run(clear_crypto_sa, &counters, false, 0));
	assert_string_equal(calls, "flush\napply\n"
				   "flush map test\napply\n"
				   "flush peer 12.1.1.2\napply\n"
				   "reset all\n");
}

static void clear_sa_with_daemon(void **state)
{
	struct cli_args map = named("map", "test", 0, NULL);
	char *text;

	(void)state;
	daemon_runs = true;
	text = run(clear_crypto_sa, &map, true, 0);
	assert_string_equal(last_request, "ipsec-clear {\"map\":\"test\"}");
	assert_string_equal(calls, "flush owner 0 map test\napply\n");
	assert_non_null(strstr(text, "\"cleared\": 3"));
	free(text);
}

static struct cli_args spi_args(uint32_t spi, const char *address)
{
	struct cli_args args = named("address", address, 0, address);

	args.arg[args.n++] = (struct cli_arg){ .name = "spi", .text = "",
					       .number = spi };
	return args;
}

static void clear_sa_by_spi(void **state)
{
	struct cli_args manual = spi_args(1001, "12.1.1.2");
	struct cli_args other = spi_args(0x3d3, "12.1.1.2");
	struct cli_args none = spi_args(0x3d3, "12.1.1.1");

	(void)state;
	free(run(clear_crypto_sa, &manual, false, 0));
	assert_string_equal(calls, "delete 9\napply\n");
	free(run(clear_crypto_sa, &none, false, -ENOENT));
	daemon_runs = true;
	calls[0] = '\0';
	free(run(clear_crypto_sa, &other, false, 0));
	assert_string_equal(last_request,
			    "ipsec-clear {\"spi\":979,\"dst\":\"12.1.1.2\"}");
	assert_string_equal(calls, "apply\n");
}

static void clear_isakmp(void **state)
{
	struct cli_args one = named("conn-id", "5", 5, NULL);

	(void)state;
	free(run(clear_crypto_isakmp, &one, false, -ECONNREFUSED));
	daemon_runs = true;
	free(run(clear_crypto_isakmp, &one, false, 0));
	assert_string_equal(last_request, "isakmp-clear {\"conn_id\":5}");
	free(run(clear_crypto_isakmp, &(struct cli_args){ 0 }, false, 0));
	assert_string_equal(last_request, "isakmp-clear {}");
}

static void clear_hits(void **state)
{
	struct cli_args one = named("acl", "101", 0, NULL);

	(void)state;
	free(run(clear_access_list_counters, &one, false, 0));
	assert_string_equal(calls, "reset 101\n");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, build_world)
	const struct CMUnitTest tests[] = {
		TEST(ipsec_sa_without_daemon),
		TEST(ipsec_sa_with_daemon),
		TEST(ipsec_sa_ah),
		TEST(ipsec_sa_json),
		TEST(access_lists_by_family),
		TEST(ipsec_sa_of_nothing),
		TEST(isakmp_sa),
		TEST(configuration),
		TEST(padding_that_is_done),
		TEST(identities),
		TEST(dynamic_maps),
		TEST(algorithms),
		TEST(sessions_and_counters),
		TEST(profiles),
		TEST(vpn_sessions),
		TEST(logoff),
		TEST(ezvpn_shown),
		TEST(ezvpn_typed),
		TEST(statistics),
		TEST(statistics_of_every_reason),
		TEST(the_rest_in_json),
		TEST(initiate),
		TEST(shut_down),
		TEST(clear_sa_without_daemon),
		TEST(clear_sa_with_daemon),
		TEST(clear_sa_by_spi),
		TEST(clear_isakmp),
		TEST(clear_hits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
