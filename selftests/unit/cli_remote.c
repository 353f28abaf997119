// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The model of remote access: what is written can be read, each line makes a
 * difference, copies stand alone.  C-019 C-080 F-114
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "selftests/unit/core_random.h"
#include "tools/cli/config.h"
#include "tools/cli/model.h"
#include "tools/cli/running.h"
#include "tools/lib/password.h"

#define SALTED	"$6$saltsalt$Y4mMAaWU.hm1kEXQxIG/B2RFU5IwQbZL0XMVAYWo/"	\
		"bJ5mLvjKOiML2YnP3DRa6FHW/c5lLoPxRcxLg1T4lXtk."

static const char base[] =
	"aaa authentication login USERS local\n"
	"aaa authorization network GROUPS local\n"
	"aaa authentication login SERVERS group radius\n"
	"aaa authentication login BOTH group radius local\n"
	"radius-server host 10.1.0.9 auth-port 1812 timeout 2 retransmit 1 key S\n"
	"radius-server host 10.1.0.9\n"
	"radius-server timeout 7\nradius-server retransmit 0\n"
	"radius-server key Common\n"
	"username alice secret 5 " SALTED "\n"
	"ip local pool EZ 10.99.0.10 10.99.0.250\n"
	"access-list 150 permit ip 10.1.0.0 0.0.0.255 any\n"
	"crypto isakmp client configuration group G\n"
	" key Secret\n dns 10.1.0.53\n wins 10.1.0.54\n domain example.test\n"
	" pool EZ\n acl 150\n netmask 255.255.255.0\n banner hello\n"
	" pfs\n split-dns a.test\n split-dns b.test\n split-dns c.test\n"
	" backup-gateway 192.0.2.8\n backup-gateway 192.0.2.9\n include-local-lan\n"
	" max-logins 3\n max-users 50\n"
	"crypto map M client authentication list USERS\n"
	"crypto map M isakmp authorization list GROUPS\n"
	"crypto map M client configuration address respond\n"
	"crypto map M 10 ipsec-isakmp\n";

static struct cm_config *read_onto(const struct cm_config *cfg, const char *text)
{
	struct cm_config *out = NULL;
	int err = cfg ? config_parse_onto(cfg, "text", text, strlen(text), stderr, &out) :
			config_parse("text", text, strlen(text), stderr, &out);

	if (err)
		fail_msg("not understood:\n%s", text);
	return out;
}

static void what_is_written_can_be_read(void **state)
{
	struct cm_config *cfg = read_onto(NULL, base), *back, *copy;
	char *text = running_text(cfg, false), *again;

	(void)state;
	back = read_onto(NULL, text);
	again = running_text(back, false);
	assert_string_equal(text, again);
	assert_true(cm_config_equal(cfg, back));
	copy = cm_config_copy(back);
	cm_config_free(back);
	assert_true(cm_config_equal(cfg, copy));
	running_free(text);
	running_free(again);
	cm_config_free(cfg);
	cm_config_free(copy);
}

static void each_line_makes_a_difference(void **state)
{
	static const char *const lines[] = {
		"aaa authentication login OTHER local",
		"no aaa authentication login USERS",
		"aaa authorization network USERS local",
		"username bob password x", "no username alice",
		"aaa authentication login SERVERS local",
		"aaa authentication login SERVERS group radius local",
		"aaa authentication login BOTH group radius",
		"radius-server host 10.1.0.8", "no radius-server host 10.1.0.9",
		"radius-server host 10.1.0.9 auth-port 1813",
		"radius-server host 10.1.0.9 timeout 5",
		"radius-server host 10.1.0.9 retransmit 3",
		"radius-server host 10.1.0.9 key Common",
		"radius-server host 10.1.0.9 auth-port 1812 timeout 2 retransmit 1 key T",
		"radius-server timeout 8", "no radius-server timeout",
		"no radius-server retransmit", "radius-server key Other",
		"no radius-server key",
		"no radius-server message-authenticator-required",
		"username alice password other",
		"ip local pool EZ 10.99.0.11 10.99.0.250",
		"ip local pool EZ 10.99.0.10 10.99.0.251",
		"ip local pool TWO 10.98.0.1", "no ip local pool EZ",
		"crypto isakmp client configuration group H",
		"no crypto isakmp client configuration group G",
		"crypto isakmp client configuration group G\n key Other",
		"crypto isakmp client configuration group G\n dns 10.1.0.5",
		"crypto isakmp client configuration group G\n dns 10.1.0.53 10.1.0.5",
		"crypto isakmp client configuration group G\n no wins",
		"crypto isakmp client configuration group G\n domain other.test",
		"crypto isakmp client configuration group G\n no pool",
		"crypto isakmp client configuration group G\n acl 151",
		"crypto isakmp client configuration group G\n netmask 255.255.0.0",
		"crypto isakmp client configuration group G\n banner hallo",
		"crypto isakmp client configuration group G\n save-password",
		"crypto isakmp client configuration group G\n no pfs",
		"crypto isakmp client configuration group G\n split-dns d.test",
		"crypto isakmp client configuration group G\n no split-dns a.test",
		"crypto isakmp client configuration group G\n no split-dns B.test",
		"crypto isakmp client configuration group G\n no split-dns c.test",
		"crypto isakmp client configuration group G\n no split-dns",
		"crypto isakmp client configuration group G\n backup-gateway 192.0.2.7",
		"crypto isakmp client configuration group G\n no backup-gateway 192.0.2.8",
		"crypto isakmp client configuration group G\n no backup-gateway",
		"crypto isakmp client configuration group G\n no include-local-lan",
		"crypto isakmp client configuration group G\n max-logins 4",
		"crypto isakmp client configuration group G\n no max-users",
		"crypto map M client authentication list OTHER",
		"no crypto map M client authentication list",
		"no crypto map M isakmp authorization list",
		"no crypto map M client configuration address",
		"no crypto map M client configuration address respond",
		"crypto map M client configuration address initiate",
	};
	struct cm_config *cfg = read_onto(NULL, base), *other;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		other = read_onto(cfg, lines[i]);
		if (cm_config_equal(cfg, other))
			fail_msg("no difference: %s", lines[i]);
		cm_config_free(other);
	}
	other = read_onto(cfg, base);
	assert_true(cm_config_equal(cfg, other));
	cm_config_free(other);
	cm_config_free(cfg);
}

/* Only a hash is kept, and with masked keys not even that is shown. */
static void passwords_are_not_kept(void **state)
{
	struct cm_config *cfg = read_onto(NULL,
		"username alice password alicepw\nusername bob secret 0 bobpw\n"
		"crypto isakmp client configuration group G\n key GroupSecret\n");
	char *text = running_text(cfg, false), *masked = running_text(cfg, true);

	(void)state;
	assert_null(strstr(text, "alicepw"));
	assert_null(strstr(text, "bobpw"));
	assert_non_null(strstr(text, "username alice secret 5 $6$"));
	assert_true(password_fits("alicepw", cfg_user_find(cfg, "alice")->hash));
	assert_true(password_fits("bobpw", cfg_user_find(cfg, "bob")->hash));
	assert_null(strstr(masked, "$6$"));
	assert_null(strstr(masked, "GroupSecret"));
	running_free(text);
	running_free(masked);
	cm_config_free(cfg);
}

static void terms_of_servers(void **state)
{
	struct cm_config *cfg = read_onto(NULL, base);
	char *masked = running_text(cfg, true);
	const struct cfg_radius *own = &cfg->radius[0], *common = &cfg->radius[1];

	(void)state;
	assert_int_equal(cfg->n_radius, 2);
	assert_int_equal(own->address.port, 1812);
	assert_int_equal(common->address.port, 1645);
	assert_int_equal(cfg_radius_timeout(cfg, own), 2);
	assert_int_equal(cfg_radius_timeout(cfg, common), 7);
	assert_int_equal(cfg_radius_retransmit(cfg, own), 1);
	assert_int_equal(cfg_radius_retransmit(cfg, common), 0);
	assert_string_equal(cfg_radius_secret(cfg, own), "S");
	assert_string_equal(cfg_radius_secret(cfg, common), "Common");
	assert_null(strstr(masked, "Common"));
	assert_null(strstr(masked, "key S"));
	running_free(masked);
	cm_config_free(cfg);
}

static void keys_of_groups(void **state)
{
	struct cm_config *cfg = read_onto(NULL, base), *other;

	(void)state;
	assert_string_equal(cfg_secret_for_name(cfg, "G"), "Secret");
	assert_string_equal(cfg_secret_for_name(cfg, "g"), "Secret");
	assert_null(cfg_secret_for_name(cfg, "H"));
	assert_true(cfg_has_name_key(cfg) && cfg_aggressive_on(cfg));
	/* Without the list that the map names groups are not used. */
	other = read_onto(cfg, "no aaa authorization network GROUPS");
	assert_null(cfg_secret_for_name(other, "G"));
	assert_false(cfg_has_name_key(other));
	cm_config_free(other);
	/* A key of the name itself comes first. */
	other = read_onto(cfg, "crypto isakmp key Own hostname G");
	assert_string_equal(cfg_secret_for_name(other, "G"), "Own");
	cm_config_free(other);
	cm_config_free(cfg);
}

static void groups_of_names(void **state)
{
	struct cm_config *cfg = read_onto(NULL, base);

	(void)state;
	assert_string_equal(cfg_group_of(cfg, "G")->name, "G");
	assert_null(cfg_group_of(cfg, "H"));
	assert_non_null(cfg_group_get(cfg, "default"));
	assert_string_equal(cfg_group_of(cfg, "H")->name, "default");
	assert_string_equal(cfg_group_of(cfg, "")->name, "default");
	assert_string_equal(cfg_group_of(cfg, "g")->name, "G");
	cm_config_free(cfg);
}

static void many_users_are_found(void **state)
{
	struct cm_config *cfg = cm_config_new();
	struct rng rng = rng_start(1);
	char name[16];
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "u%u", rng_below(&rng, 500));
		assert_non_null(cfg_user_get(cfg, name));
		assert_string_equal(cfg_user_find(cfg, name)->name, name);
	}
	assert_null(cfg_user_find(cfg, "u500"));
	for (i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		if (cfg_user_find(cfg, name))
			cfg_user_del(cfg, cfg_user_find(cfg, name));
		assert_null(cfg_user_find(cfg, name));
	}
	assert_int_equal(cfg->n_users, 0);
	cm_config_free(cfg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_can_be_read),
		cmocka_unit_test(each_line_makes_a_difference),
		cmocka_unit_test(passwords_are_not_kept),
		cmocka_unit_test(terms_of_servers),
		cmocka_unit_test(keys_of_groups),
		cmocka_unit_test(groups_of_names),
		cmocka_unit_test(many_users_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
