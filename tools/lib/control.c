// SPDX-License-Identifier: GPL-2.0-or-later
/* The control protocol: names of commands, frames, replies. */
#include <arpa/inet.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "tools/lib/control.h"

#define HEADER_BYTES	4	/* the length before each frame */
#define JSON_DEPTH	16

static const char *const command_names[] = {
#define X(id, name) [CONTROL_##id] = name,
	CONTROL_COMMANDS(X)
#undef X
};

const char *control_cmd_name(enum control_cmd cmd)
{
	return cmd < CONTROL_CMD_COUNT ? command_names[cmd] : "?";
}

enum control_cmd control_cmd_find(const char *name)
{
	unsigned int cmd = 0;

	while (cmd < CONTROL_CMD_COUNT && strcmp(name, command_names[cmd]))
		cmd++;
	return cmd;
}

enum control_cmd control_request_cmd(struct json_object *request)
{
	struct json_object *cmd;

	if (!json_object_object_get_ex(request, "cmd", &cmd) ||
	    !json_object_is_type(cmd, json_type_string))
		return CONTROL_CMD_COUNT;
	return control_cmd_find(json_object_get_string(cmd));
}

/* --- Frames in ----------------------------------------------------------------- */

static uint32_t announced(const struct control_frames *f)
{
	uint32_t len;

	memcpy(&len, f->mem, sizeof(len));
	return ntohl(len);
}

/* Growing by hand: realloc() would leave copies of keys behind. */
static int reserve(struct control_frames *f, size_t len)
{
	size_t cap = f->cap ? f->cap : 4096;
	uint8_t *mem;

	if (f->cap - f->len >= len)
		return 0;
	while (cap - f->len < len)
		cap *= 2;
	mem = malloc(cap);
	if (!mem)
		return -ENOMEM;
	if (f->len)
		memcpy(mem, f->mem, f->len);
	if (f->mem)
		explicit_bzero(f->mem, f->len);
	free(f->mem);
	f->mem = mem;
	f->cap = cap;
	return 0;
}

int control_frames_feed(struct control_frames *f, const void *data, size_t len,
			size_t max)
{
	int ret = reserve(f, len);

	if (ret)
		return ret;
	if (len)
		memcpy(f->mem + f->len, data, len);
	f->len += len;
	if (f->len >= HEADER_BYTES && announced(f) > max)
		return -EMSGSIZE;
	return 0;
}

static struct json_object *parse(const uint8_t *text, size_t len)
{
	struct json_tokener *tok = json_tokener_new_ex(JSON_DEPTH);
	struct json_object *msg = NULL;

	if (!tok)
		return NULL;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	msg = json_tokener_parse_ex(tok, (const char *)text, (int)len);
	if (json_tokener_get_error(tok) != json_tokener_success ||
	    !json_object_is_type(msg, json_type_object)) {
		json_object_put(msg);
		msg = NULL;
	}
	json_tokener_free(tok);
	return msg;
}

int control_frames_next(struct control_frames *f, struct json_object **msg)
{
	size_t len, whole;

	if (f->len < HEADER_BYTES)
		return 0;
	len = announced(f);
	if (len > CONTROL_FRAME_MAX)
		return -EBADMSG;
	whole = HEADER_BYTES + len;
	if (f->len < whole)
		return 0;
	*msg = parse(f->mem + HEADER_BYTES, len);
	memmove(f->mem, f->mem + whole, f->len - whole);
	explicit_bzero(f->mem + f->len - whole, whole);
	f->len -= whole;
	return *msg ? 1 : -EBADMSG;
}

void control_frames_free(struct control_frames *f)
{
	if (f->mem)
		explicit_bzero(f->mem, f->cap);
	free(f->mem);
	memset(f, 0, sizeof(*f));
}

/* --- Frames out ---------------------------------------------------------------- */

int control_frame_encode(struct json_object *msg, uint8_t **frame, size_t *len)
{
	size_t body = 0;
	const char *text;
	uint32_t header;

	text = json_object_to_json_string_length(msg,
						 JSON_C_TO_STRING_PLAIN |
						 JSON_C_TO_STRING_NOSLASHESCAPE,
						 &body);
	if (!text)
		return -ENOMEM;
	if (body > CONTROL_FRAME_MAX)
		return -EMSGSIZE;
	*frame = malloc(HEADER_BYTES + body);
	if (!*frame)
		return -ENOMEM;
	header = htonl((uint32_t)body);
	memcpy(*frame, &header, HEADER_BYTES);
	memcpy(*frame + HEADER_BYTES, text, body);
	*len = HEADER_BYTES + body;
	return 0;
}

void control_frame_free(uint8_t *frame, size_t len)
{
	if (frame)
		explicit_bzero(frame, len);
	free(frame);
}

/* --- Replies ------------------------------------------------------------------- */

struct json_object *control_reply_ok(struct json_object *data)
{
	struct json_object *reply = json_object_new_object();

	if (!reply) {
		json_object_put(data);
		return NULL;
	}
	json_object_object_add(reply, "ok", json_object_new_boolean(true));
	if (data)
		json_object_object_add(reply, "data", data);
	return reply;
}

struct json_object *control_reply_error(int code, const char *text)
{
	struct json_object *reply = json_object_new_object();

	if (!reply)
		return NULL;
	json_object_object_add(reply, "ok", json_object_new_boolean(false));
	json_object_object_add(reply, "errno",
			       json_object_new_int(code < 0 ? -code : code));
	json_object_object_add(reply, "error", json_object_new_string(text));
	return reply;
}
