/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/load.h"

#include "extract/extract.h"

/** Copy a text of the source into the surface, which outlives it. */
static bool keep(struct ks_surface *surface, const char *text, const char **ret)
{
	if (!text)
		return true;
	*ret = ks_arena_strdup(&surface->arenas[0], text);
	return *ret != NULL;
}

static struct ks_error *read(const struct ks_source *src, unsigned int nr_threads,
			     struct ks_surface **ret)
{
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	KS_TRY(ks_elf_open_memory(src->map, src->len, &elf));
	KS_TRY(ks_extract(elf, src->config, nr_threads, &surface));
	if (!keep(surface, src->package, &surface->image.package) ||
	    !keep(surface, src->package_version, &surface->image.package_version))
		return &ks_nomem;
	*ret = ks_take(surface);
	return NULL;
}

struct ks_error *ks_source_surface(const struct ks_source *src, unsigned int nr_threads,
				   struct ks_surface **ret)
{
	return ks_error_in_file(read(src, nr_threads, ret), src->path);
}
