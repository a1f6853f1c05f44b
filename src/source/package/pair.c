/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/input.h"
#include "source/package/kernel_name.h"
#include "source/package/package.h"
#include "source/package/pair.h"

/** The kernel that a package is of. */
struct member {
	char *package, *arch;	    // as the package says; NULL when it is no Debian package
	struct ks_kernel_name name; // in package; its kernel is NULL: it is of none
	char *release; // of RPM, where the name does not tell it: what kernel points to then
};

/** "kernel-core" is of the kernel that its version and architecture name. */
static void take_version(const struct ks_package *package, struct member *member)
{
	enum ks_kernel_role role;
	const char *name = member->package;
	if (!package->version || !member->arch || !ks_kernel_name_bare(name, strlen(name), &role))
		return;
	if (asprintf(&member->release, "%s.%s", package->version, member->arch) < 0)
		member->release = NULL;
	else
		member->name =
			(struct ks_kernel_name){ role, member->release, strlen(member->release) };
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
			ks_kernel_name_read(member->package, strlen(member->package),
					    &member->name);
		if (member->package)
			take_version(&package, member);
	}
	ks_error_free(err);
	ks_package_deinit(&package);
	ks_input_close(in);
	if (fd >= 0)
		close(fd);
}

static bool same_kernel(const struct member *a, const struct member *b)
{
	const struct ks_kernel_name *x = &a->name, *y = &b->name;
	return x->kernel && y->kernel && x->len == y->len &&
	       memcmp(x->kernel, y->kernel, x->len) == 0 &&
	       (!a->arch || !b->arch || strcmp(a->arch, b->arch) == 0);
}

/** Pair each package with those of its kernel that have less; what has the configuration for sure is preferred. */
static void pair(const struct member *members, size_t nr, size_t *config_of)
{
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < nr; k++) {
			if (members[k].name.role >= members[i].name.role ||
			    !same_kernel(&members[i], &members[k]))
				continue;
			size_t best = config_of[i];
			if (best >= nr || members[k].name.role < members[best].name.role)
				config_of[i] = k;
		}
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < nr; k++)
			if (members[k].name.role < members[i].name.role &&
			    same_kernel(&members[i], &members[k]))
				config_of[k] =
					members[i].name.role == KS_KERNEL_DEBUG ? KS_IS_COMPANION
					: config_of[k] == KS_IS_COMPANION	? KS_IS_COMPANION
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
		free(members[i].release);
	}
	free(members);
	return NULL;
}
