/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "extract/extract.h"
#include "extract/kallsyms.h"
#include "extract/kernel.h"
#include "extract/place.h"
#include "extract/tiers.h"
#include "surface/config.h"

/** What the image's own tables hold, read with the types the image itself describes. */
static struct ks_error *read_tables(struct ks_finder *finder, const struct ks_btf *btf, bool module)
{
	bool types = finder->surface->known & KS_KNOWS(KS_STRUCT);
	struct ks_error *err = ks_finder_init(finder);
	if (!err)
		err = ks_extract_tracepoints(finder);
	if (!err && !module)
		err = ks_extract_syscalls(finder);
	if (!err && !module && types)
		err = ks_extract_lsm(finder);
	if (!err && types)
		err = ks_extract_kfuncs(finder);
	if (!err && btf)
		err = ks_extract_btf_kfuncs(finder, btf);
	ks_finder_deinit(finder);
	return err;
}

/** Functions and types, from the best that the image has. */
static struct ks_error *read_names(const struct ks_finder *finder, const struct ks_btf *btf,
				   unsigned int nr_threads)
{
	if (finder->surface->image.tier != KS_TIER_FULL)
		return ks_extract_btf(finder, btf);
	KS_TRY(ks_extract_full(finder, nr_threads));
	return btf ? ks_extract_btf_presence(finder, btf) : NULL;
}

static bool has_debug_info(const struct ks_elf *elf)
{
	const struct ks_section *info = ks_elf_section(elf, ".debug_info");
	return info && (info->data || info->packed);
}

/** Beside DWARF, broken BTF is as good as none. */
static struct ks_error *open_btf(const struct ks_finder *finder, struct ks_btf **ret)
{
	struct ks_error *err = ks_extract_btf_open(finder, ret);
	if (!err || err->code == KS_ERR_NOMEM || finder->surface->image.tier != KS_TIER_FULL)
		return err;
	ks_error_free(err);
	return NULL;
}

/** A section as BTF; its bytes are copied, for names point into them. */
static struct ks_error *open_section(const struct ks_finder *finder, const char *name,
				     const struct ks_btf *base, struct ks_btf **ret)
{
	const struct ks_section *section = ks_elf_section(finder->elf, name);
	if (!section || !section->data || !section->size)
		return NULL;
	uint8_t *copy = ks_arena_alloc(&finder->surface->arenas[0], section->size);
	if (!copy)
		return &ks_nomem;
	memcpy(copy, section->data, section->size);
	return ks_btf_open(copy, section->size, base, ret);
}

/**
 * The BTF of a module continues that of its kernel, or, built apart from it, what .BTF.base keeps of that. Without
 * either nothing can be read, and beside DWARF what does not fit is as good as none.
 */
static struct ks_error *open_module_btf(const struct ks_finder *finder,
					const struct ks_kernel *kernel, struct ks_btf **distilled,
					struct ks_btf **ret)
{
	struct ks_error *err = open_section(finder, ".BTF.base", NULL, distilled);
	const struct ks_btf *base = *distilled ? *distilled : kernel->btf;
	if (!err && base)
		err = open_section(finder, ".BTF", base, ret);
	if (!err || err->code == KS_ERR_NOMEM || finder->surface->image.tier != KS_TIER_FULL)
		return ks_error_wrap(err, "the module's BTF does not continue that of the kernel");
	ks_error_free(err);
	return NULL;
}

static struct ks_error *nothing_to_read(void)
{
	return ks_error_new(
		KS_ERR_UNSUPPORTED,
		"neither symbols nor types: the file is stripped of everything; take "
		"vmlinux out of the kernel's debug package (…-dbg, …-dbgsym, …-debuginfo)");
}

static struct ks_error *extract_all(struct ks_finder *finder, const struct ks_extract_opts *opts,
				    unsigned int nr_threads)
{
	_cleanup_btf_ struct ks_btf *btf = NULL;
	struct ks_surface *surface = finder->surface;
	surface->image.tier = has_debug_info(finder->elf) ? KS_TIER_FULL : KS_TIER_BTF;
	// before the long part: is it a kernel at all, and one that is not known yet?
	KS_TRY(opts->module_of ? ks_extract_module_image(finder) : ks_extract_image(finder));
	if (opts->known && opts->known(opts->known_arg, &surface->image))
		return NULL;
	_cleanup_btf_ struct ks_btf *distilled = NULL;
	KS_TRY(opts->module_of ? open_module_btf(finder, opts->module_of, &distilled, &btf)
			       : open_btf(finder, &btf));
	if (!btf && !surface->symtab_known)
		return nothing_to_read();
	KS_TRY(ks_extract_attach(finder));
	KS_TRY(read_names(finder, btf, nr_threads));
	return read_tables(finder, btf, opts->module_of != NULL);
}

/** Symbols from the best place that has some. @param[out] start where a flat image begins, 0: not known */
static struct ks_error *read_symbols(const struct ks_elf *elf, const struct ks_extract_opts *opts,
				     struct ks_surface *surface, uint64_t *start)
{
	*start = 0;
	KS_TRY(ks_symbols_read(elf, surface));
	if (surface->symtab_known || opts->module_of)
		return NULL;
	KS_TRY(ks_kallsyms_read(elf, surface, start));
	if (surface->symtab_known || !opts->system_map)
		return NULL;
	return ks_system_map_read(elf, opts->system_map, surface);
}

/** The image where its symbols say it is linked. @param[out] ret owned; NULL: elf itself is it */
static struct ks_error *place(const struct ks_elf *elf, const struct ks_surface *surface,
			      uint64_t start, struct ks_elf **ret)
{
	if (!elf->flat)
		return NULL;
	if (!surface->symtab_known)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "a kernel without symbols in it (no CONFIG_KALLSYMS): give its "
				    "System.map, or take its debug package");
	return ks_image_place(elf, surface, start, ret);
}

static struct ks_error *read_config(const struct ks_elf *elf, const struct ks_extract_opts *opts,
				    struct ks_surface *surface)
{
	const char *config = opts->config;
	if (!config && !opts->module_of)
		KS_TRY(ks_ikconfig_read(elf, &surface->arenas[0], &config));
	return config ? ks_config_read(surface, &surface->arenas[0], config) : NULL;
}

struct ks_error *ks_extract(const struct ks_elf *elf, const struct ks_extract_opts *opts,
			    struct ks_surface **ret)
{
	unsigned int nr_threads = opts->nr_threads ? opts->nr_threads : 1;
	// one arena for each thread, and one for the merge
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(nr_threads + 1);
	if (!surface)
		return &ks_nomem;
	_cleanup_elf_ struct ks_elf *placed = NULL;
	uint64_t start;
	KS_TRY(read_symbols(elf, opts, surface, &start));
	KS_TRY(place(elf, surface, start, &placed));
	elf = placed ? placed : elf;
	struct ks_symbol_index *symbols;
	KS_TRY(ks_symbol_index_new(surface, &symbols));
	struct ks_finder finder = { .elf = elf, .symbols = symbols, .surface = surface };
	if (opts->module_of && opts->module_of->events.class)
		finder.events = &opts->module_of->events;
	struct ks_error *err = extract_all(&finder, opts, nr_threads);
	if (!err)
		err = read_config(elf, opts, surface);
	ks_symbol_index_free(symbols);
	if (err)
		return err;
	*ret = ks_take(surface);
	return NULL;
}
