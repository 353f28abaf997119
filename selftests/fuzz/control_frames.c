// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fuzz target: bytes on the control socket, in pieces whose sizes the input
 * says. However they are cut, the same messages come out, and what comes out can
 * be framed again.
 */
#include <errno.h>
#include <json-c/json.h>

#include "selftests/fuzz/fuzz.h"
#include "tools/lib/control.h"

#define LIMIT 4096

/* All whole messages there are; how the stream is afterwards. */
static int drain(struct control_frames *f, unsigned int *count)
{
	struct json_object *msg = NULL, *back = NULL;
	struct control_frames again = { 0 };
	uint8_t *frame;
	size_t len;
	int ret;

	while ((ret = control_frames_next(f, &msg)) > 0) {
		++*count;
		control_request_cmd(msg);
		CHECK(!control_frame_encode(msg, &frame, &len));
		CHECK(!control_frames_feed(&again, frame, len, CONTROL_FRAME_MAX));
		CHECK(control_frames_next(&again, &back) == 1);
		json_object_put(back);
		control_frames_free(&again);
		memset(&again, 0, sizeof(again));
		control_frame_free(frame, len);
		json_object_put(msg);
		msg = NULL;
	}
	json_object_put(msg);
	return ret;
}

static int feed(const uint8_t *data, size_t len, size_t piece, unsigned int *count)
{
	struct control_frames f = { 0 };
	int ret = 0;
	size_t n;

	for (; len && !ret; data += n, len -= n) {
		n = piece < len ? piece : len;
		ret = control_frames_feed(&f, data, n, LIMIT);
		if (!ret)
			ret = drain(&f, count);
	}
	control_frames_free(&f);
	return ret;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	unsigned int cut = 0, bytes = 0;
	int ret, one;

	if (len < 1 || len > 2 * LIMIT)
		return 0;
	ret = feed(data + 1, len - 1, 1 + data[0] % 64, &cut);
	one = feed(data + 1, len - 1, 1, &bytes);
	CHECK(cut == bytes);
	/* A frame that is too long may be noticed with the next piece only. */
	CHECK(!ret == !one || one == -EMSGSIZE);
	return 0;
}
