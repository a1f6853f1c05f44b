/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/load.h"

#include "arch/arch.h"

/** Copy a text of the source into the surface, which outlives it. */
static bool keep(struct ks_surface *surface, const char *text, const char **ret)
{
	if (!text)
		return true;
	*ret = ks_arena_strdup(&surface->arenas[0], text);
	return *ret != NULL;
}

/** A port that differs outside of the kernel alone shows in the package: armel's kernels are those of armhf to us. */
static bool keep_arch(struct ks_surface *surface, const char *package_arch)
{
	const struct ks_arch *arch = ks_arch_by_debian(package_arch);
	if (!arch || arch != ks_arch_by_debian(surface->image.arch))
		return true;
	return keep(surface, package_arch, &surface->image.arch);
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
	    !keep(surface, src->package_version, &surface->image.package_version) ||
	    !keep_arch(surface, src->package_arch))
		return &ks_nomem;
	*ret = ks_take(surface);
	return NULL;
}

struct ks_error *ks_source_surface(const struct ks_source *src, const struct ks_extract_opts *how,
				   struct ks_surface **ret)
{
	return ks_error_in_file(read(src, how, ret), src->path);
}
