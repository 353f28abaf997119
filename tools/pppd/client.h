/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plugin's way to the daemon.  Headers of pppd define bool otherwise than C does, so that
 * plugin.c, which includes them, has this between it and the rest of us.
 */
#ifndef TOOLS_PPPD_CLIENT_H
#define TOOLS_PPPD_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#define CLIENT_TEXT	256

enum client_method {
	CLIENT_PAP,
	CLIENT_CHAP,
	CLIENT_MSCHAP1,
	CLIENT_MSCHAP2,
};

/* Who wants to come in.  Borrowed; challenge and response with their length in front. */
struct client_ask {
	enum client_method method;
	const char *user;
	const char *password;		/* of PAP, else "" */
	int id;
	const unsigned char *challenge;
	const unsigned char *response;
};

/* Addresses in network byte order; 0: none. */
struct client_terms {
	char message[CLIENT_TEXT];	/* for the client */
	uint32_t address, own;
	uint32_t dns[2], wins[2];
	uint32_t idle;			/* seconds; 0: without limit */
};

/* 0 or -errno. */
int client_open(const char *path);
/*
 * Waits for the answer: 1: granted, 0: not, or the daemon does not answer, as @terms->message
 * says.
 */
int client_ask(const struct client_ask *ask, struct client_terms *terms);
void client_up(const char *ifname);
/* Shall the session end?  Does not wait.  @reason: CLIENT_TEXT bytes. */
int client_is_over(char *reason);

#endif
