// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl: command-line arguments, then one command, a file, or the prompt. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/lib/control.h"
#include "tools/lib/secret.h"
#include "tools/lib/version.h"
#include "tools/shell.h"

enum { EXIT_USAGE = 2 };

struct options {
	const char *file;
	const char *socket;
	const char *startup;
	const char *complete;
	bool json;
	bool manual;
};

static const struct option long_options[] = {
	{ "file", required_argument, NULL, 'f' },
	{ "socket", required_argument, NULL, 's' },
	{ "startup", required_argument, NULL, 'S' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "complete", required_argument, NULL, 'c' },
	{ "manual", no_argument, NULL, 'm' },
	{ NULL, 0, NULL, 0 }
};

static void usage(FILE *out)
{
	fprintf(out,
		"Usage: ipsecctl [OPTION]... [COMMAND...]\n"
		"Configure and watch a cryptomap IPsec gateway.\n"
		"\n"
		"Without COMMAND: a router prompt; lines of standard input when that is no terminal.\n"
		"\n"
		"  -f, --file FILE     make FILE (- is standard input) the running configuration\n"
		"  -j, --json          show commands print JSON\n"
		"  -s, --socket PATH   control socket of the daemon (%s)\n"
		"      --startup PATH  startup configuration (%s)\n"
		"      --complete LINE print what may complete LINE\n"
		"      --manual        print the command reference as a manual page section\n"
		"  -h, --help          print this\n"
		"  -V, --version       print the version\n"
		"\n"
		"  ipsecctl show crypto ipsec sa\n"
		"  ipsecctl check FILE\n"
		"  ipsecctl clear crypto sa peer 192.0.2.1\n",
		CONTROL_PATH_DEFAULT, STARTUP_DEFAULT);
}

/* Returns -1 to go on, or an exit status. */
static int parse_options(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = getopt_long(argc, argv, "f:s:jhV", long_options, NULL)) >= 0) {
		switch (c) {
		case 'f':
			o->file = optarg;
			break;
		case 's':
			o->socket = optarg;
			break;
		case 'S':
			o->startup = optarg;
			break;
		case 'c':
			o->complete = optarg;
			break;
		case 'j':
			o->json = true;
			break;
		case 'm':
			o->manual = true;
			break;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		case 'V':
			printf("ipsecctl %s\n", CRYPTOMAP_VERSION);
			return EXIT_SUCCESS;
		default:
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	return -1;
}

/* The remaining arguments as one line. */
static char *join(char **words)
{
	char *line = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&line, &len);

	if (!out)
		return NULL;
	for (; *words; words++)
		fprintf(out, "%s%s", *words, words[1] ? " " : "");
	fclose(out);
	return line;
}

static int run_command(struct shell *sh, char **words)
{
	char *line = join(words);
	int ret = line ? shell_exec(sh, line) : -ENOMEM;

	free(line);
	return ret;
}

/* For the completion of the user's shell: one word a line. */
static int print_completions(struct shell *sh, const char *line)
{
	struct cli_choices choices;
	unsigned int i;
	int ret = shell_choices(sh, line, &choices);

	if (ret)
		return ret;
	for (i = 0; i < choices.n; i++)
		if (choices.choice[i].keyword)
			printf("%s\n", choices.choice[i].text);
	cli_choices_free(&choices);
	return 0;
}

static int run(struct shell *sh, const struct options *o, char **words)
{
	int ret = 0;

	if (o->complete)
		return print_completions(sh, o->complete);
	if (o->file)
		ret = shell_load(sh, o->file);
	if (ret || (o->file && !*words))
		return ret;
	if (*words)
		return run_command(sh, words);
	return isatty(STDIN_FILENO) ? shell_interactive(sh) :
				      shell_batch(sh, stdin);
}

int main(int argc, char **argv)
{
	struct options o = {
		.socket = CONTROL_PATH_DEFAULT, .startup = STARTUP_DEFAULT,
	};
	struct shell sh;
	int ret = parse_options(argc, argv, &o);

	if (ret >= 0)
		return ret;
	/* Others could not open /dev/fd/N any more, and have files to check. */
	if (!geteuid())
		secret_no_dumps();
	if (o.manual) {
		cli_manual(stdout);
		return EXIT_SUCCESS;
	}
	shell_init(&sh, o.socket, o.startup);
	sh.ctx.json = o.json;
	ret = run(&sh, &o, argv + optind);
	shell_free(&sh);
	if (fflush(stdout) || ferror(stdout))
		ret = -EIO;
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
