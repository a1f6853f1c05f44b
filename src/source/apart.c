/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/apart.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "elf/apart.h"

/** What cannot be opened or is another kernel is none of ours. */
static struct ks_error *try_file(struct ks_source *src, const struct ks_elf *debug,
				 const struct ks_source_opts *opts, const char *path)
{
	const struct ks_source_opts plain = { .limits = opts->limits, .progress = opts->progress };
	_cleanup_source_ struct ks_source *code = NULL;
	_cleanup_elf_ struct ks_elf *elf = NULL;
	if (src->code || strcmp(path, src->path) == 0 || access(path, R_OK) != 0)
		return NULL;
	struct ks_error *err = ks_source_open(path, &plain, &code);
	if (!err && (code->type != KS_SOURCE_VMLINUX || code->is_flat || code->is_btf))
		return NULL;
	if (!err)
		err = ks_elf_open_memory(code->map, code->len, &elf);
	if (err && (err == &ks_nomem || err->code == KS_ERR_CANCELLED))
		return err;
	bool same = !err && !ks_elf_is_apart(elf) && ks_elf_same_build(debug, elf);
	ks_error_free(err);
	if (same)
		src->code = ks_take(code);
	return NULL;
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);
	return len > n && strcmp(text + len - n, end) == 0;
}

/** The paths that the kernel may lie at. */
static struct ks_error *try_beside(struct ks_source *src, const struct ks_elf *debug,
				   const struct ks_source_opts *opts)
{
	static const char root[] = "/usr/lib/debug";
	size_t len = strlen(src->path) - (ends_in(src->path, ".debug") ? strlen(".debug") : 0);
	_cleanup_free_ char *path = strndup(src->path, len);
	if (!path)
		return &ks_nomem;
	KS_TRY(try_file(src, debug, opts, path));
	return strncmp(path, root, sizeof(root) - 1) == 0 && path[sizeof(root) - 1] == '/'
		       ? try_file(src, debug, opts, path + sizeof(root) - 1)
		       : NULL;
}

struct ks_error *ks_source_find_code(struct ks_source *src, const struct ks_source_opts *opts)
{
	_cleanup_elf_ struct ks_elf *elf = NULL;
	bool may_be = opts->nr_others || ends_in(src->path, ".debug") ||
		      strncmp(src->path, "/usr/lib/debug/", 15) == 0;
	if (!may_be || src->len < SELFMAG || memcmp(src->map, ELFMAG, SELFMAG) != 0)
		return NULL;
	KS_TRY(ks_elf_open_memory(src->map, src->len, &elf));
	if (!ks_elf_is_apart(elf))
		return NULL;
	for (size_t i = 0; i < opts->nr_others; i++)
		KS_TRY(try_file(src, elf, opts, opts->others[i]));
	return try_beside(src, elf, opts);
}
