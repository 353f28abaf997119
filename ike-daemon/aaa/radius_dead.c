// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "ike-daemon/aaa/radius_dead.h"
#include "tools/lib/log.h"
#include "tools/lib/secret.h"

#define MINUTE_MS	60000

static bool is_at(const struct radius_dead *dead, unsigned int i,
		  const struct addr *server)
{
	return addr_is_set(&dead->of[i].server) &&
	       addr_port_equal(&dead->of[i].server, server);
}

static bool is_dead(const struct radius_dead *dead, uint64_t now_ms,
		    const struct addr *server)
{
	unsigned int i = 0;

	while (i < RADIUS_DEAD_MAX && !is_at(dead, i, server))
		i++;
	return i < RADIUS_DEAD_MAX && now_ms < dead->of[i].until_ms;
}

void radius_dead_last(const struct radius_dead *dead, uint64_t now_ms,
		      struct radius_request *rq)
{
	struct radius_server sorted[CFG_RADIUS_MAX];
	unsigned int i, pass, n = 0;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < rq->n; i++)
			if (is_dead(dead, now_ms, &rq->servers[i].address) ==
			    pass)
				sorted[n++] = rq->servers[i];
	memcpy(rq->servers, sorted, n * sizeof(*sorted));
	secret_wipe(sorted, sizeof(sorted));
}

/* Its place, or one that it can have: free, or of whom is so no longer than others. */
static unsigned int place_of(const struct radius_dead *dead,
			     const struct addr *server)
{
	unsigned int i, best = 0;

	for (i = 0; i < RADIUS_DEAD_MAX; i++) {
		if (is_at(dead, i, server))
			return i;
		if (dead->of[i].until_ms < dead->of[best].until_ms)
			best = i;
	}
	return best;
}

static void note_dead(struct radius_dead *dead, uint64_t now_ms,
		      uint64_t dead_ms, const struct addr *server)
{
	unsigned int i = place_of(dead, server);
	char text[ADDR_STRLEN];

	if (!is_dead(dead, now_ms, server))
		log_warning(ike, "RADIUS: %s does not answer, and is asked last for %llu min",
			    addr_format_port(server, text, sizeof(text)),
			    (unsigned long long)dead_ms / MINUTE_MS);
	dead->of[i].server = *server;
	dead->of[i].until_ms = now_ms + dead_ms;
}

static void note_alive(struct radius_dead *dead, const struct addr *server)
{
	unsigned int i = place_of(dead, server);
	char text[ADDR_STRLEN];

	if (!is_at(dead, i, server))
		return;
	log_info(ike, "RADIUS: %s answers again",
		 addr_format_port(server, text, sizeof(text)));
	memset(&dead->of[i], 0, sizeof(dead->of[i]));
}

void radius_dead_note(struct radius_dead *dead, uint64_t now_ms,
		      uint64_t dead_ms, const struct radius_reply *reply)
{
	unsigned int i;

	for (i = 0; i < CFG_RADIUS_MAX; i++) {
		const struct addr *server = &reply->servers[i];

		if (!addr_is_set(server))
			continue;
		if (!reply->trouble[i])
			note_alive(dead, server);
		else if (dead_ms)
			note_dead(dead, now_ms, dead_ms, server);
	}
}
