/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/input.h"
#include "source/package.h"
#include "source/pair.h"

/** The kernel that a package is of, and whether it is a debug package. */
struct member {
	char *package; // its name; NULL when it is no Debian package
	const char *kernel;
	size_t len;
	bool debug;
};

static const char *const prefixes[] = { "linux-image-unsigned-", "linux-image-", "linux-modules-" };
static const char *const debug_suffixes[] = { "-dbgsym", "-dbg" };

/** Cut "linux-image-6.1.0-50-amd64-dbg" down to "6.1.0-50-amd64". */
static void name_kernel(struct member *member)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]) && !member->kernel; i++)
		if (strncmp(member->package, prefixes[i], strlen(prefixes[i])) == 0)
			member->kernel = member->package + strlen(prefixes[i]);
	if (!member->kernel)
		return;
	member->len = strlen(member->kernel);
	for (size_t i = 0; i < sizeof(debug_suffixes) / sizeof(debug_suffixes[0]); i++) {
		size_t n = strlen(debug_suffixes[i]);
		if (member->len > n &&
		    strcmp(member->kernel + member->len - n, debug_suffixes[i]) == 0) {
			member->len -= n;
			member->debug = true;
			return;
		}
	}
}

/** Errors are left to whoever reads the file in earnest. */
static void look_at(const char *path, struct member *member)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct ks_input *in = NULL;
	struct ks_package package = { 0 };
	struct ks_error *err = fd < 0 ? &ks_nomem : ks_input_file(fd, &in);
	if (!err)
		err = ks_package_read(in, KS_PACKAGE_NAME, NULL, NULL, &package);
	if (!err) {
		member->package = ks_take(package.name);
		name_kernel(member);
	}
	ks_error_free(err);
	ks_package_deinit(&package);
	ks_input_close(in);
	if (fd >= 0)
		close(fd);
}

static bool same_kernel(const struct member *a, const struct member *b)
{
	return a->kernel && b->kernel && a->len == b->len &&
	       memcmp(a->kernel, b->kernel, a->len) == 0;
}

struct ks_error *ks_source_pair(const char *const *paths, size_t nr, size_t *config_of)
{
	struct member *members = calloc(nr ? nr : 1, sizeof(*members));
	if (!members)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		config_of[i] = KS_NO_PAIR;
		if (nr > 1)
			look_at(paths[i], &members[i]);
	}
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; members[i].debug && k < nr; k++)
			if (!members[k].debug && same_kernel(&members[i], &members[k])) {
				config_of[i] = k;
				config_of[k] = KS_IS_COMPANION;
			}
	for (size_t i = 0; i < nr; i++)
		free(members[i].package);
	free(members);
	return NULL;
}
