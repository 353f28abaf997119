// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Plugin of pppd 2.4.9: who may come in, and with which address, says ike-daemon, which knows
 * by which IPsec SA the client comes.  No file of pppd's with secrets is asked.
 */
#include <pppd/pppd.h>
#include <pppd/chap-new.h>
#include <pppd/fsm.h>
#include <pppd/ipcp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tools/pppd/client.h"
#include "tools/pppd/strict.h"

#define LOOK_S	1	/* how often the daemon may end the session */

/* What pppd looks for */
#define SHOWN	__attribute__((visibility("default")))

SHOWN char pppd_version[] = VERSION;
SHOWN void plugin_init(void);

static struct client_terms terms;
static int granted;

static void look(void *arg)
{
	char reason[CLIENT_TEXT];

	if (client_is_over(reason)) {
		notice("cryptomap: %s", reason);
		kill(getpid(), SIGTERM);
		return;
	}
	timeout(look, arg, LOOK_S, 0);
}

static int set_socket(char **argv)
{
	int err = client_open(*argv);

	if (err) {
		option_error("cryptomap: the daemon does not listen at %s: %s",
			     *argv, strerror(-err));
		return 0;
	}
	timeout(look, NULL, LOOK_S, 0);
	return 1;
}

static option_t options[] = {
	{
		.name = "cryptomap-socket", .type = o_special,
		.addr = (void *)set_socket,
		.description = "Where ike-daemon answers", .flags = OPT_PRIV | 1,
	},
	{ .name = NULL },
};

/* What the client is told is negotiated after it was let in. */
static int ask(const struct client_ask *what)
{
	ipcp_options *want = &ipcp_wantoptions[0], *allow = &ipcp_allowoptions[0];
	int i;

	granted = client_ask(what, &terms);
	if (!granted)
		return 0;
	want->ouraddr = terms.own;
	want->hisaddr = terms.address;
	idle_time_limit = terms.idle;
	want->accept_local = 0;
	want->accept_remote = 0;
	for (i = 0; i < 2; i++) {
		allow->dnsaddr[i] = terms.dns[i] ? terms.dns[i] : terms.dns[0];
		allow->winsaddr[i] = terms.wins[i] ? terms.wins[i] :
						     terms.wins[0];
	}
	strlcpy(peer_authname, what->user, MAXNAMELEN);
	return 1;
}

static int check(void)
{
	return 1;
}

static int pap_auth(char *user, char *password, char **message,
		    struct wordlist **addresses, struct wordlist **opts)
{
	struct client_ask what = {
		.method = CLIENT_PAP, .user = user, .password = password,
	};

	(void)addresses;
	(void)opts;
	*message = terms.message;
	return ask(&what);
}

static int chap_verify(char *user, char *ourname, int id,
		       struct chap_digest_type *digest,
		       unsigned char *challenge, unsigned char *response,
		       char *message, int size)
{
	struct client_ask what = {
		.method = digest->code == CHAP_MICROSOFT_V2 ? CLIENT_MSCHAP2 :
			  digest->code == CHAP_MICROSOFT ? CLIENT_MSCHAP1 :
							   CLIENT_CHAP,
		.user = user, .password = "", .id = id,
		.challenge = challenge, .response = response,
	};

	(void)ourname;
	ask(&what);
	strlcpy(message, terms.message, size);
	return granted;
}

static int allowed_address(u_int32_t address)
{
	return granted && address == terms.address;
}

static void choose_address(u_int32_t *address)
{
	if (granted)
		*address = terms.address;
}

static void up(void *arg, int unused)
{
	int err;

	(void)arg;
	(void)unused;
	err = strict_source(ifname);
	if (err)
		warn("cryptomap: %s: its client can send from any address: %s",
		     ifname, strerror(-err));
	client_up(ifname);
}

void plugin_init(void)
{
	add_options(options);
	pap_check_hook = check;
	pap_auth_hook = pap_auth;
	chap_check_hook = check;
	chap_verify_hook = chap_verify;
	allowed_address_hook = allowed_address;
	ip_choose_hook = choose_address;
	add_notifier(&ip_up_notifier, up, NULL);
}
