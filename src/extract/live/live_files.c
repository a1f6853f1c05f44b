/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extract/live/live_files.h"

enum { MAX_BYTES = 512 << 20 }; // of one file: more is none of the kernel's

/** Where a file may be, what is lost without it, and what helps when it is not there. */
static const struct known_file {
	const char *paths[2];
	const char *lost, *help;
} known_files[KS_NR_LIVE_FILES] = {
	[KS_LIVE_VERSION] = { { "proc/version" }, "which kernel it is stays", "mount /proc" },
	[KS_LIVE_NOTES] = { { "sys/kernel/notes" }, "its build id stays", "mount /sys" },
	[KS_LIVE_BTF] = { { "sys/kernel/btf/vmlinux" },
			  "types and prototypes stay",
			  "the kernel needs CONFIG_DEBUG_INFO_BTF" },
	[KS_LIVE_SYMBOLS] = { { "proc/kallsyms" },
			      "symbols and system calls stay",
			      "the kernel needs CONFIG_KALLSYMS" },
	[KS_LIVE_EVENTS] = { { "sys/kernel/tracing/available_events",
			       "sys/kernel/debug/tracing/available_events" },
			     "tracepoints stay",
			     "as root: mount -t tracefs tracefs /sys/kernel/tracing" },
	[KS_LIVE_FTRACE] = { { "sys/kernel/tracing/available_filter_functions",
			       "sys/kernel/debug/tracing/available_filter_functions" },
			     "what fentry can attach to stays",
			     "as root: mount -t tracefs tracefs /sys/kernel/tracing; the kernel "
			     "needs "
			     "CONFIG_DYNAMIC_FTRACE" },
	[KS_LIVE_BLACKLIST] = { { "sys/kernel/debug/kprobes/blacklist" },
				"where kprobes are refused stays",
				"as root: mount -t debugfs debugfs /sys/kernel/debug; the kernel "
				"needs "
				"CONFIG_KPROBES" },
	[KS_LIVE_INJECT] = { { "sys/kernel/debug/error_injection/list" },
			     "what fmod_ret can attach to stays",
			     "as root: mount -t debugfs debugfs /sys/kernel/debug; the kernel "
			     "needs "
			     "CONFIG_FUNCTION_ERROR_INJECTION" },
	[KS_LIVE_CONFIG] = { { "proc/config.gz" },
			     "the configuration stays",
			     "give it by --config, or install the kernel's package" },
};

char *ks_live_path(const struct ks_live_files *files, const char *path)
{
	char *full;
	return asprintf(&full, "%s/%s", files->root, path) < 0 ? NULL : full;
}

/** Read to the end: files of /proc and /sys do not say how long they are. */
static int read_all(int fd, struct ks_buf *ret)
{
	while (ks_buf_reserve(ret, 1 << 16)) {
		ssize_t n = read(fd, ret->at + ret->len, ret->cap - ret->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		ret->len += (size_t)n;
		if (n == 0)
			return 0;
		if (ret->len > MAX_BYTES)
			return EFBIG;
	}
	return ENOMEM;
}

int ks_live_slurp(const char *path, struct ks_buf *ret)
{
	ret->len = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno;
	int error = read_all(fd, ret);
	close(fd);
	if (error)
		ret->len = 0;
	else
		ks_buf_text(ret);
	return error;
}

static bool is_forbidden(int error)
{
	return error == EACCES || error == EPERM;
}

void ks_live_note(const struct ks_live_files *files, enum ks_live_file which, const char *fmt, ...)
{
	char text[256];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ks_buf_printf(files->note, "%s/%s: %s\n", files->root, known_files[which].paths[0], text);
}

/** Read the first of its places that can be read. @param[out] error what stands against it, 0 when it was read */
static struct ks_error *look(const struct ks_live_files *files, enum ks_live_file which,
			     struct ks_buf *ret, int *error)
{
	const struct known_file *file = &known_files[which];
	*error = ENOENT;
	for (size_t i = 0; i < 2 && file->paths[i]; i++) {
		char *path = ks_live_path(files, file->paths[i]);
		int now = path ? ks_live_slurp(path, ret) : ENOMEM;
		free(path);
		if (now == ENOMEM)
			return &ks_nomem;
		if (!now && ret->len) {
			*error = 0;
			return NULL;
		}
		if (now && !is_forbidden(*error))
			*error = now;
	}
	return NULL;
}

struct ks_error *ks_live_peek(const struct ks_live_files *files, enum ks_live_file which,
			      struct ks_buf *ret)
{
	int error;
	return look(files, which, ret, &error);
}

struct ks_error *ks_live_file(const struct ks_live_files *files, enum ks_live_file which,
			      struct ks_buf *ret)
{
	int error;
	KS_TRY(look(files, which, ret, &error));
	if (error)
		ks_live_note(files, which, "%s: %s unknown; %s", strerror(error),
			     known_files[which].lost,
			     is_forbidden(error) ? "run as root" : known_files[which].help);
	return NULL;
}
