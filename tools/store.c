// SPDX-License-Identifier: GPL-2.0-or-later
/* Where the running configuration lives. */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "tools/cli/config.h"
#include "tools/cli/model.h"
#include "tools/cli/running.h"
#include "tools/cli/state.h"
#include "tools/lib/apply.h"
#include "tools/lib/control.h"
#include "tools/lib/kmod.h"
#include "tools/lib/printable.h"
#include "tools/store.h"

/* Nobody listens at the socket: the tool works on the module itself. */
static bool no_daemon(int error)
{
	return error == -ENOENT || error == -ECONNREFUSED;
}

int store_lock(const char *socket)
{
	char path[PATH_MAX];
	int fd;

	if (state_path(socket, path, sizeof(path) - strlen(".lock")))
		return -1;
	strcat(path, ".lock");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		flock(fd, LOCK_EX);
	return fd;
}

void store_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}

static int parse_reply(const char *text, struct cm_config **cfg,
		       struct err *err)
{
	char *why = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&why, &len);
	int ret;

	if (!out)
		return err_set(err, -ENOMEM, "out of memory");
	ret = config_parse("running-config", text, strlen(text), out, cfg);
	fclose(out);
	if (ret)
		err_set(err, ret, "the daemon's configuration is not understood: %s",
			why);
	free(why);
	return ret;
}

static int get_from_daemon(int fd, struct cm_config **cfg, struct err *err)
{
	struct json_object *data = NULL, *text;
	int ret = control_call(fd, CONTROL_CONFIG_GET, NULL, &data, err);

	if (ret)
		return ret;
	if (json_object_object_get_ex(data, "text", &text))
		ret = parse_reply(json_object_get_string(text), cfg, err);
	else
		ret = err_set(err, -EBADMSG, "the daemon sent no configuration");
	json_object_put(data);
	return ret;
}

static int count_binding(void *arg, const struct kmod_binding *binding)
{
	(void)binding;
	++*(unsigned int *)arg;
	return 0;
}

/*
 * No state file: then nothing was configured, unless the kernel says
 * otherwise. Changing a configuration that is not known would remove it.
 */
static int empty_config(struct cm_config **cfg, struct err *err)
{
	unsigned int bindings = 0;
	struct kmod *k;

	if (!kmod_open(&k, NULL)) {
		kmod_bind_dump(k, count_binding, &bindings);
		kmod_close(k);
	}
	if (bindings)
		return err_set(err, -ENOENT,
			       "no daemon answers and the running configuration is not known, but the kernel has crypto maps bound: start ike-daemon, or load a file with ipsecctl -f");
	*cfg = cm_config_new();
	return *cfg ? 0 : err_set(err, -ENOMEM, "out of memory");
}

int store_get(const char *socket, struct cm_config **cfg, struct err *err)
{
	int fd, ret;

	*cfg = NULL;
	fd = control_connect(socket, err);
	if (fd >= 0) {
		ret = get_from_daemon(fd, cfg, err);
		close(fd);
		return ret;
	}
	if (!no_daemon(fd))
		return fd;
	ret = state_load(socket, cfg, err);
	return ret == -ENOENT ? empty_config(cfg, err) : ret;
}

/* What the daemon did; its warnings are those that the tool finds by itself. */
static void print_reply(struct json_object *data, FILE *out)
{
	struct json_object *list;
	size_t i;

	if (!out || !json_object_object_get_ex(data, "report", &list) ||
	    !json_object_is_type(list, json_type_array))
		return;
	for (i = 0; i < json_object_array_length(list); i++) {
		fputs("% ", out);
		printable_puts(out, json_object_get_string(
				json_object_array_get_idx(list, i)));
		fputc('\n', out);
	}
}

static int put_to_daemon(int fd, const struct cm_config *new, FILE *out,
			 struct err *err)
{
	struct json_object *args, *data = NULL;
	char *text = running_text(new, false);
	int ret;

	args = text ? json_object_new_object() : NULL;
	if (!args) {
		running_free(text);
		return err_set(err, -ENOMEM, "out of memory");
	}
	json_object_object_add(args, "text", json_object_new_string(text));
	running_free(text);
	ret = control_call(fd, CONTROL_CONFIG_APPLY, args, &data, err);
	if (!ret)
		print_reply(data, out);
	json_object_put(data);
	return ret;
}

static void print_report(void *arg, const char *sentence)
{
	fprintf(arg, "%% %s\n", sentence);
}

static int put_to_kernel(const struct cm_config *old,
			 const struct cm_config *new, FILE *out,
			 struct err *err)
{
	struct apply apply = {
		.ops = &apply_kmod_ops, .report = out ? print_report : NULL,
		.report_arg = out,
	};
	struct kmod *k;
	int ret = kmod_open(&k, err);

	if (ret)
		return ret;
	apply.ctx = k;
	ret = apply_config(&apply, old, new, err);
	kmod_close(k);
	return ret;
}

int store_put(const char *socket, const struct cm_config *old,
	      const struct cm_config *new, FILE *out, struct err *err)
{
	int fd = control_connect(socket, err);
	int ret;

	if (fd >= 0) {
		ret = put_to_daemon(fd, new, out, err);
		close(fd);
	} else if (no_daemon(fd)) {
		ret = put_to_kernel(old, new, out, err);
	} else {
		return fd;
	}
	return ret ? ret : state_save(socket, new, err);
}
