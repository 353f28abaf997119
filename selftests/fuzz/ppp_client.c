// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: what the plugin of pppd hears from the daemon, and the frames themselves.  The
 * input is what arrives on the socket; then it is at its end, so nothing is waited for.
 */
#include "tools/pppd/client.c"

#include "selftests/fuzz/fuzz.h"

/* A frame that is understood means the same when it is said again. */
static void again(const uint8_t *data, size_t len)
{
	uint8_t out[2 + PPP_WIRE_MAX];
	struct ppp_wire_msg msg, back;
	uint8_t *exact = input_copy(data, len);
	struct buf b;

	if (len > PPP_WIRE_MAX || ppp_wire_get(exact, len, &msg))
		goto out;
	buf_fixed(&b, out, sizeof(out));
	ppp_wire_put(&b, &msg);
	CHECK(!buf_err(&b) && buf_len(&b) == len + 2);
	CHECK(out[0] == len >> 8 && out[1] == (len & 0xff));
	CHECK(!ppp_wire_get(out + 2, len, &back));
	CHECK(!memcmp(&msg, &back, sizeof(msg)));
out:
	free(exact);
}

/* Texts end. */
static void ask(void)
{
	const struct client_ask who = {
		.method = CLIENT_MSCHAP2, .user = "alice", .password = "",
		.challenge = (const unsigned char *)"\x04" "abcd",
		.response = (const unsigned char *)"\x04" "efgh",
	};
	struct client_terms terms;

	client_ask(&who, &terms);
	CHECK(memchr(terms.message, '\0', sizeof(terms.message)));
}

static void is_over(void)
{
	char reason[CLIENT_TEXT] = "";

	while (client_is_over(reason)) {
		CHECK(memchr(reason, '\0', sizeof(reason)) && reason[0]);
		if (!strcmp(reason, "the daemon has gone"))
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int ends[2];

	if (len > 4 * PPP_WIRE_MAX)
		return 0;
	if (len >= 2)
		again(data + 2, len - 2);
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	CHECK(!len || write(ends[1], data, len) == (ssize_t)len);
	CHECK(!shutdown(ends[1], SHUT_WR));
	fd = ends[0];
	ask();
	is_over();
	close(ends[0]);
	close(ends[1]);
	return 0;
}
