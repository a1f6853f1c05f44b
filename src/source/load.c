/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/load.h"

/** Copy a text of the source into the surface, which outlives it. */
static bool keep(struct ks_surface *surface, const char *text, const char **ret)
{
	if (!text)
		return true;
	*ret = ks_arena_strdup(&surface->arenas[0], text);
	return *ret != NULL;
}

struct ks_error *ks_source_elf(const struct ks_source *src, struct ks_elf **ret)
{
	if (src->is_flat)
		return ks_elf_open_flat(src->map, src->len, &src->flat, 0, ret);
	return ks_elf_open_memory(src->map, src->len, ret);
}

static struct ks_error *read(const struct ks_source *src, const struct ks_extract_opts *how,
			     struct ks_surface **ret)
{
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	KS_TRY(ks_source_elf(src, &elf));
	struct ks_extract_opts opts = *how;
	opts.config = src->config;
	opts.system_map = src->system_map;
	KS_TRY(ks_extract(elf, &opts, &surface));
	if (!keep(surface, src->package, &surface->image.package) ||
	    !keep(surface, src->package_version, &surface->image.package_version))
		return &ks_nomem;
	*ret = ks_take(surface);
	return NULL;
}

struct ks_error *ks_source_surface(const struct ks_source *src, const struct ks_extract_opts *how,
				   struct ks_surface **ret)
{
	return ks_error_in_file(read(src, how, ret), src->path);
}
