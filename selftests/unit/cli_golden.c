// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Golden sessions: golden/NAME.in is typed, golden/NAME.out must appear
 * (F-071, F-073, F-114, C-011 to C-043, S-01 to S-24); what the check of it warns of
 * (R-06 to, E-023, E-030, E-034, E-037,
 * E-055, E-109).
 *
 * A line ending in `?` asks for help and one ending in `<TAB>` for completion,
 * as at the prompt. Lines with `#` are for the test: `#running`, `#masked`,
 * `#check` print, `#load FILE` reads a configuration file of this directory,
 * `#merge FILE` does so on top of what is there, `#lint FILE` checks it.
 * After an intended change: GOLDEN_UPDATE=1 build/unit/cli_golden
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/cli/check.h"
#include "tools/cli/config.h"
#include "tools/cli/editor.h"
#include "tools/cli/running.h"

#define GOLDEN "selftests/unit/golden/"

struct session {
	struct cm_config *cfg;
	struct config_editor ed;
	FILE *out;
};

static const char *const prompts[] = {
#define X(id, prompt, title) [CLI_MODE_##id] = prompt,
	CLI_MODES(X)
#undef X
};

static const char *const handlers[] = {
#define X(id, fn) [CLI_EXEC_##id] = #fn,
	CLI_EXEC_COMMANDS(X)
#undef X
};

static void help(struct session *s, const char *line)
{
	struct cli_choices choices;

	assert_int_equal(editor_complete(&s->ed, line, s->cfg,
					 &choices), 0);
	if (choices.status != CLI_OK)
		fprintf(s->out, "%% unrecognized at column %u\n",
			choices.column);
	cli_choices_print(&choices, s->out);
	cli_choices_free(&choices);
}

static void tab(struct session *s, const char *line)
{
	struct cli_choices choices;
	unsigned int i;

	assert_int_equal(editor_complete(&s->ed, line, s->cfg,
					 &choices), 0);
	for (i = 0; i < choices.n; i++)
		if (choices.choice[i].keyword)
			fprintf(s->out, "  %s\n", choices.choice[i].text);
	cli_choices_free(&choices);
}

static void exec_command(struct session *s, const struct cli_result *r)
{
	unsigned int i;

	fprintf(s->out, "-> %s", handlers[r->command->exec]);
	for (i = 0; i < r->args.n; i++)
		if (r->args.arg[i].name)
			fprintf(s->out, " %s=%s", r->args.arg[i].name,
				r->args.arg[i].text);
	fprintf(s->out, "\n");
	if (r->command->exec == CLI_EXEC_CONFIGURE)
		s->ed.mode = CLI_MODE_CONFIG;
}

static void run(struct session *s, const char *line)
{
	unsigned int indent = strlen("r1# ") + strlen(prompts[s->ed.mode]);
	struct cli_result r;
	enum cli_status status;

	status = s->ed.mode == CLI_MODE_EXEC ?
		 cli_parse(CLI_MODE_EXEC, line, &r) :
		 editor_parse(&s->ed, line, &r);
	if (status != CLI_OK)
		cli_result_explain(&r, line, indent, s->out);
	else if (!r.command->config)
		exec_command(s, &r);
	else if (editor_apply(&s->ed, &r, 0))
		fprintf(s->out, "%*s^\n%% %s\n",
			(int)(indent + s->ed.column) - 1, "", s->ed.err.text);
	else if (s->ed.note[0])
		fprintf(s->out, "%% %s\n", s->ed.note);
	cli_result_wipe(&r);
}

/* What a file of this directory says, or NULL; base: merged into that. */
static struct cm_config *parse(struct session *s, const struct cm_config *base,
			       const char *file)
{
	struct cm_config *cfg;
	char path[256], *text;
	size_t len;

	snprintf(path, sizeof(path), GOLDEN "%s", file);
	assert_int_equal(config_read(path, stderr, &text, &len), 0);
	if (base)
		config_parse_onto(base, file, text, len, s->out, &cfg);
	else
		config_parse(file, text, len, s->out, &cfg);
	config_text_free(text, len);
	return cfg;
}

static void become(struct session *s, struct cm_config *cfg)
{
	if (!cfg)
		return;
	cm_config_free(s->cfg);
	s->cfg = cfg;
	editor_exchange(&s->ed, cfg);
}

static void lint(struct session *s, const char *file)
{
	struct check_print print = { .out = s->out, .name = file };
	struct cm_config *cfg = parse(s, NULL, file);

	if (cfg)
		config_check(cfg, check_print, &print);
	cm_config_free(cfg);
}

static void directive(struct session *s, const char *word)
{
	struct check_print print = { .out = s->out };

	if (!strcmp(word, "#running"))
		running_write(s->out, s->cfg, false);
	else if (!strcmp(word, "#masked"))
		running_write(s->out, s->cfg, true);
	else if (!strcmp(word, "#check"))
		config_check(s->cfg, check_print, &print);
	else if (!strncmp(word, "#load ", 6))
		become(s, parse(s, NULL, word + 6));
	else if (!strncmp(word, "#merge ", 7))
		become(s, parse(s, s->cfg, word + 7));
	else if (!strncmp(word, "#lint ", 6))
		lint(s, word + 6);
	else
		fail_msg("unknown directive %s", word);
}

static void type_line(struct session *s, char *line)
{
	size_t len = strlen(line);

	if (line[0] == '#') {
		fprintf(s->out, "%s\n", line);
		directive(s, line);
		return;
	}
	fprintf(s->out, "r1%s# %s\n", prompts[s->ed.mode], line);
	if (len && line[len - 1] == '?') {
		line[len - 1] = '\0';
		help(s, line);
	} else if (len >= 5 && !strcmp(line + len - 5, "<TAB>")) {
		line[len - 5] = '\0';
		tab(s, line);
	} else {
		run(s, line);
	}
}

static char *play(const char *name)
{
	struct session s = { .cfg = cm_config_new() };
	char path[256], *line = NULL, *output = NULL;
	size_t size = 0, len = 0;
	FILE *in;

	snprintf(path, sizeof(path), GOLDEN "%s.in", name);
	in = fopen(path, "r");
	s.out = open_memstream(&output, &len);
	assert_true(in && s.out && s.cfg);
	editor_init(&s.ed, s.cfg);
	s.ed.mode = CLI_MODE_EXEC;
	while (getline(&line, &size, in) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		type_line(&s, line);
	}
	free(line);
	fclose(in);
	fclose(s.out);
	editor_free(&s.ed);
	cm_config_free(s.cfg);
	return output;
}

static void update(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

/* The first line in which two texts differ. */
static void print_difference(const char *want, const char *got)
{
	unsigned int line = 1;
	size_t len;

	for (;; line++) {
		len = strcspn(want, "\n");
		if (len != strcspn(got, "\n") || strncmp(want, got, len) ||
		    !want[len] || !got[len])
			break;
		want += len + 1;
		got += len + 1;
	}
	print_error("line %u\n want: %.*s\n got:  %.*s\n", line, (int)len,
		    want, (int)strcspn(got, "\n"), got);
}

static void golden(void **state)
{
	const char *name = *state;
	char path[256], *want, *got = play(name), *text;
	size_t len;

	snprintf(path, sizeof(path), GOLDEN "%s.out", name);
	if (getenv("GOLDEN_UPDATE"))
		update(path, got);
	assert_int_equal(config_read(path, stderr, &text, &len), 0);
	want = strndup(text, len);
	config_text_free(text, len);
	if (strcmp(want, got))
		print_difference(want, got);
	assert_string_equal(want, got);
	free(want);
	free(got);
}

#define SESSION(file) \
	{ "golden " file, golden, NULL, NULL, (void *)(uintptr_t)file }

int main(void)
{
	const struct CMUnitTest tests[] = {
		SESSION("exec"),
		SESSION("help"),
		SESSION("isakmp"),
		SESSION("keyring"),
		SESSION("pki"),
		SESSION("fragmentation"),
		SESSION("ipsec"),
		SESSION("acl"),
		SESSION("ipv6"),
		SESSION("map"),
		SESSION("dynamic"),
		SESSION("routes"),
		SESSION("tunnel"),
		SESSION("nec"),
		SESSION("remote"),
		SESSION("radius"),
		SESSION("aaa"),
		SESSION("vpngroup"),
		SESSION("ezvpn"),
		SESSION("access"),
		SESSION("manual"),
		SESSION("check"),
		SESSION("files"),
		SESSION("spellings"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
