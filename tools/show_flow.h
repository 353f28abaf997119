/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's flows and SAs in order, for the commands that show them. */
#ifndef TOOLS_SHOW_FLOW_H
#define TOOLS_SHOW_FLOW_H

#include "tools/cli/exec.h"
#include "tools/lib/kmod.h"

struct json_object;

struct show_flows {
	struct kmod *flow_client, *sa_client;	/* own what names point to */
	struct kmod_flow *flows;	/* by interface, map, entry, line */
	size_t n_flows, cap_flows;
	struct kmod_sa *sas;		/* by flow, then id; no larval ones */
	size_t n_sas, cap_sas;
	struct kmod_map *maps;		/* for their local addresses */
	size_t n_maps, cap_maps;
	struct kmod_binding *shares;	/* those that use the flows of another */
	size_t n_shares, cap_shares;
	struct json_object *reasons;	/* the daemon's; NULL: it is silent */
};

/* A client of the module; failures are explained on stderr. */
int show_kernel_open(struct kmod **kp);
/* Explain the client's last failure on stderr; returns @ret. */
int show_kernel_failed(const struct kmod *k, int ret);

/*
 * Read flows and SAs from the kernel, and from the daemon, if it answers, why
 * flows are down.  0 or a negative errno, explained.  Free in any case.
 */
int show_flows_load(struct show_flows *s, const struct exec_ctx *ctx);
void show_flows_free(struct show_flows *s);

/* Do packets of this interface use the flow? */
bool show_flow_is_on(const struct show_flows *s, const struct kmod_flow *flow,
		     const char *ifname);
/* The flow's SAs: *n of them from the returned one on. */
const struct kmod_sa *show_flow_sas(const struct show_flows *s,
				    const struct kmod_flow *flow, size_t *n);
/* Its current outbound SA, or NULL. */
const struct kmod_sa *show_flow_out(const struct show_flows *s,
				    const struct kmod_flow *flow);
/* The peer that it uses, or would use first; unset without any. */
struct addr show_flow_peer(const struct show_flows *s,
			   const struct kmod_flow *flow);
/* The address outside: its SA's, or its map's; unset when there is none yet. */
struct addr show_flow_local(const struct show_flows *s,
			    const struct kmod_flow *flow);
/* Why it is down, one sentence; "" when it is up. */
void show_flow_reason(const struct show_flows *s, const struct kmod_flow *flow,
		      char *text, size_t size);

/* The named losses of an object, as the list "losses". */
void show_losses(struct json_object *rec, const struct kmod_counters *counters);
/* One side of a selector: {"addr", "mask", "prot", "port"}; IPv6: its length. */
struct json_object *show_ident(const struct kmod_sel *sel, bool remote);
/* Its algorithms alone: "aes-256" (AH: "none"), "sha" ("" with a cipher that does both). */
void show_algorithms(const struct kmod_sa *sa, char *encryption, char *hash, size_t size);
/* The transform words of an SA: "esp-256-aes esp-sha-hmac", "ah-sha-hmac". */
void show_transform(const struct kmod_sa *sa, char *text, size_t size);

#endif
