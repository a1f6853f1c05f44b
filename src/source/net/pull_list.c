/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "source/net/kernel_package.h"
#include "source/net/pull_list.h"

static const char *copy_field(struct ks_arena *arena, const char *text, const char *name)
{
	const char *value = ks_stanza_value(text, name);
	return value ? ks_arena_strndup(arena, value, strcspn(value, "\r\n")) : "";
}

static uint64_t size_of(const char *text)
{
	const char *value = ks_stanza_value(text, "Size");
	return value ? strtoull(value, NULL, 10) : 0;
}

static struct ks_error *add_kernel(struct ks_pull_list *list, const struct ks_stanza *stanza,
				   const char *release, size_t len)
{
	struct ks_pull_kernel kernel = {
		.release = ks_arena_strndup(&list->arena, release, len),
		.version = copy_field(&list->arena, stanza->text, "Version"),
	};
	enum ks_kernel_package_role role = ks_kernel_package_role(stanza);
	if (role == KS_KERNEL_PACKAGE_STANDS)
		kernel.name = ks_arena_strndup(&list->arena, stanza->name, stanza->name_len);
	else
		*(role == KS_KERNEL_PACKAGE_DEBUG ? &kernel.debug : &kernel.boots) =
			size_of(stanza->text);
	bool failed = !kernel.release || !kernel.version ||
		      (role == KS_KERNEL_PACKAGE_STANDS && !kernel.name);
	return !failed && ks_vector_add(&list->kernels, kernel) ? NULL : &ks_nomem;
}

static struct ks_error *take_package(void *arg, const struct ks_found *found)
{
	const char *release;
	size_t len;
	if (!ks_kernel_package_is(&found->stanza) ||
	    !ks_kernel_package_of(&found->stanza, &release, &len))
		return NULL;
	return add_kernel(arg, &found->stanza, release, len);
}

static int compare_kernels(const void *left, const void *right, void *arg)
{
	const struct ks_pull_kernel *a = left, *b = right;
	const enum ks_repo_kind *kind = arg;
	int diff = ks_repo_version_compare(*kind, b->version, a->version);
	return diff ? diff : strcmp(a->release, b->release);
}

/** Make one of what several packages told of a kernel. */
static void join(struct ks_pull_kernel *kernel, const struct ks_pull_kernel *more)
{
	if (more->name && (!kernel->name || strlen(more->name) < strlen(kernel->name)))
		kernel->name = more->name;
	kernel->boots = kernel->boots > more->boots ? kernel->boots : more->boots;
	kernel->debug = kernel->debug > more->debug ? kernel->debug : more->debug;
}

struct ks_error *ks_pull_list(const struct ks_pull_opts *opts, const struct ks_progress *progress,
			      struct ks_pull_list *ret)
{
	static const struct ks_pull_opts none;
	_cleanup_lookup_ struct ks_lookup *lookup = NULL;
	_cleanup_pull_list_ struct ks_pull_list list = { 0 };
	KS_TRY(ks_lookup_open(opts ? opts : &none, progress, &lookup));
	KS_TRY(ks_lookup_walk(lookup, take_package, &list));
	enum ks_repo_kind kind = ks_lookup_kind(lookup);
	struct ks_pull_kernel *kernels = list.kernels.at;
	if (list.kernels.len)
		qsort_r(kernels, list.kernels.len, sizeof(*kernels), compare_kernels, &kind);
	size_t nr = 0;
	for (size_t i = 0; i < list.kernels.len; i++)
		if (nr && compare_kernels(&kernels[nr - 1], &kernels[i], &kind) == 0)
			join(&kernels[nr - 1], &kernels[i]);
		else
			kernels[nr++] = kernels[i];
	list.kernels.len = nr;
	for (size_t i = 0; i < nr;
	     i++) // linux-image-7.2.13+deb14-amd64 of that release says nothing new
		if (kernels[i].name && strstr(kernels[i].name, kernels[i].release))
			kernels[i].name = NULL;
	*ret = list;
	list = (struct ks_pull_list){ 0 };
	return NULL;
}

void ks_pull_list_deinit(struct ks_pull_list *list)
{
	ks_arena_deinit(&list->arena);
	ks_vector_deinit(&list->kernels);
}
