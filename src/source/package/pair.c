/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "source/input.h"
#include "source/package/package.h"
#include "source/package/pair.h"

/** What a package has, the more the better. */
enum role {
	ROLE_CONFIG, // the configuration, and modules or not, but no kernel
	ROLE_IMAGE,  // what boots, and the configuration or not
	ROLE_DEBUG,  // vmlinux
};

/** The kernel that a package is of. */
struct member {
	char *package, *arch; // as the package says; NULL when it is no Debian package
	const char *kernel;   // in package; NULL: it is of none
	size_t len;
	enum role role;
};

static const struct prefix {
	const char *text;
	enum role role;
} prefixes[] = {
	{ "linux-image-unsigned-", ROLE_IMAGE }, { "linux-image-", ROLE_IMAGE },
	{ "linux-binary-", ROLE_IMAGE },	 { "linux-modules-", ROLE_CONFIG },
	{ "linux-base-", ROLE_CONFIG },
};
static const struct suffix {
	const char *text;
	enum role role;
} suffixes[] = { { "-dbgsym", ROLE_DEBUG }, { "-dbg", ROLE_DEBUG }, { "-unsigned", ROLE_IMAGE } };

/** Cut "linux-image-6.1.0-50-amd64-dbg" down to "6.1.0-50-amd64". */
static void name_kernel(struct member *member)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(prefixes) && !member->kernel; i++) {
		size_t n = strlen(prefixes[i].text);
		if (strncmp(member->package, prefixes[i].text, n) != 0)
			continue;
		member->kernel = member->package + n;
		member->role = prefixes[i].role;
	}
	if (!member->kernel)
		return;
	member->len = strlen(member->kernel);
	for (size_t i = 0; i < KS_ARRAY_LEN(suffixes); i++) {
		size_t n = strlen(suffixes[i].text);
		if (member->len > n &&
		    strcmp(member->kernel + member->len - n, suffixes[i].text) == 0) {
			member->len -= n;
			member->role = suffixes[i].role;
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
		member->arch = ks_take(package.arch);
		if (member->package)
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
	       memcmp(a->kernel, b->kernel, a->len) == 0 &&
	       (!a->arch || !b->arch || strcmp(a->arch, b->arch) == 0);
}

/** Pair each package with those of its kernel that have less; what has the configuration for sure is preferred. */
static void pair(const struct member *members, size_t nr, size_t *config_of)
{
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < nr; k++) {
			if (members[k].role >= members[i].role ||
			    !same_kernel(&members[i], &members[k]))
				continue;
			size_t best = config_of[i];
			if (best >= nr || members[k].role < members[best].role)
				config_of[i] = k;
		}
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < nr; k++)
			if (members[k].role < members[i].role &&
			    same_kernel(&members[i], &members[k]))
				config_of[k] = members[i].role == ROLE_DEBUG ? KS_IS_COMPANION
					       : config_of[k] == KS_IS_COMPANION
						       ? KS_IS_COMPANION
						       : KS_BRINGS_MODULES;
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
	pair(members, nr, config_of);
	for (size_t i = 0; i < nr; i++) {
		free(members[i].package);
		free(members[i].arch);
	}
	free(members);
	return NULL;
}
