// SPDX-License-Identifier: GPL-2.0-or-later
/* The running configuration beside the control socket. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/cli/config.h"
#include "tools/cli/running.h"
#include "tools/cli/state.h"

#define STATE_FILE	"running-config"
#define USUAL_SOCKET	"control"

/* Daemons of several namespaces may have their sockets in one directory. */
int state_path(const char *socket, char *path, size_t size)
{
	const char *slash = strrchr(socket, '/');
	const char *name = slash ? slash + 1 : socket;
	bool usual = !strcmp(name, USUAL_SOCKET);

	if ((size_t)snprintf(path, size, "%.*s" STATE_FILE "%s%s",
			     (int)(name - socket), socket, usual ? "" : "-",
			     usual ? "" : name) >= size)
		return -ENAMETOOLONG;
	return 0;
}

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			len -= n;
		}
	}
	return fsync(fd) ? -errno : 0;
}

static void make_directory_of(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path || slash - path >= (ptrdiff_t)sizeof(dir))
		return;
	memcpy(dir, path, slash - path);
	dir[slash - path] = '\0';
	mkdir(dir, 0755);	/* if it fails, opening the file tells why */
}

int state_write_file(const char *path, const char *text, struct err *err)
{
	char temporary[PATH_MAX];
	int fd, ret;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >=
	    sizeof(temporary))
		return err_set(err, -ENAMETOOLONG, "%s: the name is too long",
			       path);
	make_directory_of(path);
	fd = mkostemp(temporary, O_CLOEXEC);	/* mode 0600 */
	if (fd < 0) {
		ret = -errno;
		return err_set(err, ret, "%s: %s", path, strerror(-ret));
	}
	ret = write_all(fd, text);
	close(fd);
	if (!ret && rename(temporary, path))
		ret = -errno;
	if (!ret)
		return 0;
	unlink(temporary);
	return err_set(err, ret, "%s: %s", path, strerror(-ret));
}

int state_save(const char *socket, const struct cm_config *cfg,
	       struct err *err)
{
	char path[PATH_MAX];
	char *text;
	int ret = state_path(socket, path, sizeof(path));

	if (ret)
		return err_set(err, ret, "%s: the name is too long", socket);
	text = running_text(cfg, false);
	if (!text)
		return err_set(err, -ENOMEM, "out of memory");
	ret = state_write_file(path, text, err);
	running_free(text);
	return ret;
}

int state_load(const char *socket, struct cm_config **cfg, struct err *err)
{
	char path[PATH_MAX];
	char *why = NULL;
	size_t len = 0;
	FILE *out;
	int ret = state_path(socket, path, sizeof(path));

	*cfg = NULL;
	if (ret)
		return err_set(err, ret, "%s: the name is too long", socket);
	if (access(path, F_OK))
		return err_set(err, -errno, "%s: %s", path, strerror(errno));
	out = open_memstream(&why, &len);
	if (!out)
		return err_set(err, -ENOMEM, "out of memory");
	ret = config_load(path, out, cfg);
	fclose(out);
	if (ret)
		err_set(err, ret, "%s", why);
	free(why);
	return ret;
}

void state_remove(const char *socket)
{
	char path[PATH_MAX];

	if (!state_path(socket, path, sizeof(path)))
		unlink(path);
}
