/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This router as a client of remote access (F-037): which gateway is called and when,
 * with which user, and what becomes of what it tells.  An address and networks become a
 * crypto map of the interface outside (cfg_ezvpn_expand()), whose flows are negotiated
 * like any other.  Those stay bound when the gateway goes, so that what was protected is
 * not in clear before somebody says so.
 */
#ifndef IKE_POLICY_EZVPN_H
#define IKE_POLICY_EZVPN_H

#include <stdbool.h>
#include <stdint.h>

#include "ike-daemon/sa/list.h"
#include "ike-daemon/sa/timer.h"
#include "tools/cli/model.h"
#include "tools/lib/err.h"

struct engine;
struct ike_sa;
struct peer;

#define EZVPN_TEXT_SIZE		512

/* X(id, name in IOS) */
#define EZVPN_STEPS(X)							\
	X(REQUIRED, "CONNECT_REQUIRED")	/* somebody has to say so */	\
	X(PAUSE, "READY")		/* no gateway answers: later */	\
	X(CALLING, "READY")						\
	X(LOGIN, "XAUTH_REQ")		/* somebody has to type */	\
	X(REPLIED, "XAUTH_REPLIED")					\
	X(TOLD, "SS_OPEN")		/* to be made true */		\
	X(OPEN, "SS_OPEN")

enum ezvpn_step {
#define X(id, name) EZVPN_##id,
	EZVPN_STEPS(X)
#undef X
};

/* What the gateway says in mode configuration.  Texts are printable. */
struct ezvpn_told {
	struct addr address, mask;	/* unset: not told */
	struct addr dns[CFG_SERVERS_MAX], wins[CFG_SERVERS_MAX];
	char domain[CFG_FQDN_SIZE];
	char split_dns[EZVPN_TEXT_SIZE];
	char banner[EZVPN_TEXT_SIZE];
	char version[EZVPN_TEXT_SIZE];
	bool save_password;
	bool pfs;
	struct prefix split[CFG_EZVPN_SPLIT_MAX];
	size_t n_split;
	struct addr backup[CFG_BACKUP_MAX];
};

struct ezvpn {
	struct engine *e;
	struct list all;
	struct cfg_ezvpn conf;		/* when it began; its .live is what is bound */
	char outside[IF_NAMESIZE];
	enum ezvpn_step step;
	const char *event;		/* what happened last */
	char reason[240];		/* why it is not up, or what the gateway asks; "" */
	unsigned int at;		/* gateway */
	unsigned int tried;		/* in this round */
	unsigned int rounds;		/* that failed */
	uint64_t up_ms;			/* since when */
	uint64_t next_ms;		/* PAUSE: when it goes on */
	struct timer timer;
	struct ezvpn_lookup *lookup;	/* of a gateway's name; NULL: none under way */
	char user[CFG_NAME_SIZE];	/* typed; "": not */
	char password[CFG_KEY_MAX + 1];
	bool stored_refused;		/* what is configured is not to be used again */
	bool by_stored;			/* that was the last answer */
	unsigned int answers;		/* with one password, and no verdict on it */
	char who[CFG_NAME_SIZE];	/* who was let in, or tries */
	struct ezvpn_told told;
	struct cfg_ezvpn_live coming;	/* TOLD: what is to be bound */
};

/* --- the configuration ------------------------------------------------------- */

/* Before it is applied: what is up and stays goes with it. */
void ezvpn_prepare(struct engine *e, struct cm_config *cfg);
/*
 * It is in force: what is not in it any more ends, as long as there are keys to say so
 * with; and what is new begins.
 */
void ezvpn_leave(struct engine *e);
void ezvpn_applied(struct engine *e);
/* Before the first: what an earlier daemon has left bound. */
void ezvpn_take_over(struct engine *e, struct cm_config *cfg);
void ezvpn_free_all(struct engine *e);

/* --- what IKE asks and says ---------------------------------------------------- */

/* The one that calls this gateway, or NULL. */
struct ezvpn *ezvpn_of(const struct engine *e, const struct addr *gateway);
/* Is it one that is configured, or in use: not one that another has told of? */
bool ezvpn_names(const struct engine *e, const struct addr *gateway);
/*
 * Is it the gateway that was called?  A certificate must have its name, as it is
 * configured, or else its address; with `identity` there must be one, and a name of that
 * counts instead.
 */
bool ezvpn_admits(const struct ike_sa *sa, struct err *err);
/* Is there a user to answer with?  Valid until the next call of any kind. */
bool ezvpn_login(struct ike_sa *sa, const char **user, const char **password);
/* The gateway asks, and nobody answers; @text: what it says, "". */
void ezvpn_asked(struct ike_sa *sa, const char *text);
/* It lets nobody in: nothing is tried again before somebody says so. */
void ezvpn_refused(struct ike_sa *sa, const char *reason);
/*
 * What it tells, to be made true soon, which calls v1_client_done(); or why that is
 * not taken.  @err: the sentence.
 */
int ezvpn_take(struct ike_sa *sa, const struct ezvpn_told *told, struct err *err);

/* --- what happens --------------------------------------------------------------- */

/* A flow wants phase 1 with it: 0 if that is under way, -EAGAIN if not now, -ENOKEY. */
int ezvpn_want(struct engine *e, const struct addr *gateway);
void ezvpn_failed(struct engine *e, const struct addr *gateway,
		  const char *reason);
void ezvpn_lost(struct engine *e, const struct addr *gateway);
void ezvpn_dead(struct engine *e, const struct addr *gateway);

/* --- commands: 0 or a negative errno and the sentence ---------------------------- */

/* By name; "": the only one there is. */
struct ezvpn *ezvpn_find(const struct engine *e, const char *name,
			 struct err *err);
int ezvpn_connect(struct ezvpn *ez, struct err *err);
int ezvpn_type_login(struct ezvpn *ez, const char *user, const char *password,
		     struct err *err);
int ezvpn_clear(struct ezvpn *ez, struct err *err);
/* The name of its state as IOS has it. */
const char *ezvpn_state(const struct ezvpn *ez);
/* The gateway that is called, or NULL: there is none. */
const struct addr *ezvpn_gateway(const struct ezvpn *ez);

/* --- ezvpn_live.c ------------------------------------------------------------------ */

/*
 * Networks behind us, into @live, which has those of before: while an interface has none,
 * they stay, and then this is false.
 */
bool ezvpn_networks(struct engine *e, const struct cm_config *cfg,
		    const struct cfg_ezvpn *conf, struct cfg_ezvpn_live *live);
/* What is told as what is to be bound: 0, or a negative errno and why it is refused. */
int ezvpn_judge(const struct ezvpn *ez, const struct ike_sa *sa,
		const struct ezvpn_told *told, struct cfg_ezvpn_live *out,
		struct err *err);
bool ezvpn_live_equal(const struct cfg_ezvpn_live *a,
		      const struct cfg_ezvpn_live *b);
/* What is bound already, from an earlier daemon. */
void ezvpn_recover(struct engine *e, const struct cm_config *cfg,
		   const struct cfg_ezvpn *conf, struct cfg_ezvpn_live *out);

#endif
