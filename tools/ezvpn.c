// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `crypto ipsec client ezvpn connect|xauth`, `clear crypto ipsec client ezvpn` (F-037).
 * User and password are typed at the terminal, or two lines of what comes in: never
 * words of a command, which others see and the history keeps.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tools/cli/exec.h"
#include "tools/cli/model_base.h"
#include "tools/lib/control.h"
#include "tools/lib/printable.h"
#include "tools/lib/secret.h"
#include "tools/lib/writer.h"

static struct json_object *request_of(const struct cli_args *args)
{
	struct json_object *req = rec_new();

	if (cli_text(args, "ezvpn"))
		rec_str(req, "name", cli_text(args, "ezvpn"));
	return req;
}

int ezvpn_connect_command(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct err err = { "" };

	return err_print(stderr, control_request(ctx->socket, CONTROL_EZVPN_CONNECT,
						 request_of(args), NULL, &err),
			 &err);
}

int clear_crypto_ezvpn(struct exec_ctx *ctx, const struct cli_args *args)
{
	struct json_object *data = NULL, *rec;
	struct err err = { "" };
	struct writer w;
	int ret = control_request(ctx->socket, CONTROL_EZVPN_CLEAR,
				  request_of(args), &data, &err);

	if (ret)
		return err_print(stderr, ret, &err);
	if (ctx->json) {
		rec = rec_new();
		rec_num(rec, "cleared", rec_get_num(data, "cleared"));
		writer_open(&w, ctx->out, true, "clear_ezvpn");
		writer_record(&w, rec, NULL);
		ret = writer_close(&w);
	}
	json_object_put(data);
	return ret;
}

/* --- typing ------------------------------------------------------------------------ */

#define CTRL_C	3

/* One byte after the other: what follows the line is not ours. */
static int read_line(char *out, size_t size)
{
	size_t n = 0;
	char c;

	while (read(STDIN_FILENO, &c, 1) == 1) {
		if (c == CTRL_C)
			return -EINTR;
		if (c == '\n') {
			out[n] = '\0';
			return 0;
		}
		if (n + 1 == size)
			return -E2BIG;
		out[n++] = c;
	}
	out[n] = '\0';
	return n ? 0 : -EIO;
}

/* @echo: what is typed may be seen. */
static int prompt(FILE *out, const char *text, bool echo, char *to, size_t size)
{
	struct termios before, quiet;
	bool terminal = !tcgetattr(STDIN_FILENO, &before);
	int ret;

	fputs(text, out);
	fflush(out);
	if (terminal && !echo) {
		quiet = before;
		/* A signal would leave the terminal like this: ^C is read instead. */
		quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
		quiet.c_lflag |= ICANON;
		quiet.c_cc[VEOL] = CTRL_C;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	ret = read_line(to, size);
	if (terminal && !echo)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	if (!echo || !terminal)
		fputc('\n', out);
	return ret;
}

/* What the gateway says of it: of this tunnel, or the only one. */
static void say_question(const struct exec_ctx *ctx, const struct cli_args *args)
{
	const char *name = cli_text(args, "ezvpn");
	struct json_object *data = NULL;
	const char *text = "";

	if (control_request(ctx->socket, CONTROL_EZVPN, NULL, &data, NULL))
		return;
	for (size_t i = 0; i < rec_len(data); i++)
		if (name ? !strcmp(name, rec_get_str(rec_at(data, i), "name")) :
			   rec_len(data) == 1)
			text = rec_get_str(rec_at(data, i), "reason");
	if (*text) {
		printable_puts(ctx->out, text);
		fputc('\n', ctx->out);
	}
	json_object_put(data);
}

int ezvpn_xauth_command(struct exec_ctx *ctx, const struct cli_args *args)
{
	char user[CFG_NAME_SIZE], password[CFG_KEY_MAX + 1];
	struct err err = { "" };
	struct json_object *req;
	int ret;

	say_question(ctx, args);
	ret = prompt(ctx->out, "Username: ", true, user, sizeof(user));
	if (!ret)
		ret = prompt(ctx->out, "Password: ", false, password,
			     sizeof(password));
	if (ret) {
		fprintf(stderr, ret == -E2BIG ?
			"%% a user has at most %u characters, a password %u\n" :
			"%% neither user nor password was typed\n",
			CFG_NAME_SIZE - 1, CFG_KEY_MAX);
		goto out;
	}
	req = request_of(args);
	rec_str(req, "user", user);
	rec_str(req, "password", password);
	ret = err_print(stderr, control_request(ctx->socket, CONTROL_EZVPN_LOGIN,
						req, NULL, &err), &err);
out:
	secret_wipe(password, sizeof(password));
	return ret;
}
