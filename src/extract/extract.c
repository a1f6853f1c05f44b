/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/pool.h"
#include "base/trace.h"
#include "extract/extract.h"
#include "extract/modules/base_kernel.h"
#include "extract/symbols/kallsyms.h"
#include "extract/symbols/labels.h"
#include "extract/symbols/link_address.h"
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
					const struct ks_base_kernel *kernel,
					struct ks_btf **distilled, struct ks_btf **ret)
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

/** An image while it is read. */
struct extraction {
	struct ks_finder *finder;
	const struct ks_extract_opts *opts;
	struct ks_btf *btf, *distilled; // owned; NULL: none
	struct ks_btf_forming *forming; // the same
	bool has_forms;
};

static void extraction_deinit(struct extraction *x)
{
	ks_btf_forming_free(x->forming);
	ks_btf_close(x->btf);
	ks_btf_close(x->distilled);
}

/** What functions and types are read with. */
static struct ks_error *prepare(void *arg, size_t job, unsigned int thread)
{
	(void)thread;
	struct extraction *x = arg;
	if (job == 1)
		return ks_extract_attach(x->finder);
	return x->opts->module_of
		       ? open_module_btf(x->finder, x->opts->module_of, &x->distilled, &x->btf)
		       : open_btf(x->finder, &x->btf);
}

/**
 * Most kernels carry no configuration, and to know that by their bytes means to look through all of them. Its symbol is one of data, so
 * symbols that tell of some tell of it.
 */
static bool may_have_config(const struct ks_finder *finder)
{
	uint64_t addr;
	return !finder->surface->symtab_known || !ks_find_tells_data(finder) ||
	       ks_find_address(finder, "kernel_config_data", &addr);
}

static struct ks_error *read_config(const struct extraction *x)
{
	struct ks_surface *surface = x->finder->surface;
	const char *config = x->opts->config;
	if (!config && !x->opts->module_of && may_have_config(x->finder))
		KS_TRY(ks_ikconfig_read(x->finder->elf, &surface->arenas[0], &config));
	return config ? ks_config_read(surface, &surface->arenas[0], config) : NULL;
}

/**
 * What BTF says beyond functions and types: which there are, and what that takes which it says besides. Its presence is of the full
 * tier: in the other they come from there.
 */
static struct ks_error *complete_btf(struct extraction *x)
{
	if (!x->btf)
		return NULL;
	if (x->finder->surface->image.tier == KS_TIER_FULL)
		KS_TRY(ks_extract_btf_presence(x->finder, x->btf));
	const struct ks_btf_names *base =
		x->opts->module_of && !x->distilled ? x->opts->module_of->btf_names : NULL;
	return ks_btf_forming_new(x->btf, base, x->finder->surface, &x->forming);
}

/** What is read with functions and types. */
static struct ks_error *complete(void *arg, size_t job, unsigned int thread)
{
	(void)thread;
	struct extraction *x = arg;
	if (job == 1)
		return complete_btf(x);
	KS_TRY(read_tables(x->finder, x->btf, x->opts->module_of != NULL));
	return read_config(x);
}

/** A symbol table has types; other symbols only have letters, and debug information tells more than what is looked for here. */
static struct ks_error *tell_labels(struct extraction *x)
{
	const struct ks_finder *finder = x->finder;
	struct ks_image *image = &finder->surface->image;
	if (!finder->surface->symtab_known)
		return NULL;
	const struct ks_section *symtab = ks_elf_section(finder->elf, ".symtab");
	if (symtab && symtab->data)
		image->facts |= KS_FACT_LABELS;
	if (image->facts & KS_FACT_LABELS || image->tier != KS_TIER_BTF)
		return NULL;
	int64_t start = ks_trace_begin(KS_TRACE_INGEST);
	struct ks_error *err = ks_labels_tell(finder->elf, finder->symbols, finder->surface);
	ks_trace_end(KS_TRACE_INGEST, start, "labels");
	return err;
}

static struct ks_error *extract_all(struct extraction *x, unsigned int nr_threads)
{
	struct ks_surface *surface = x->finder->surface;
	surface->image.tier = has_debug_info(x->finder->elf) ? KS_TIER_FULL : KS_TIER_BTF;
	// before the long part: is it a kernel at all, and one that is not known yet?
	KS_TRY(x->opts->module_of ? ks_extract_module_image(x->finder)
				  : ks_extract_image(x->finder));
	if (x->opts->known && x->opts->known(x->opts->known_arg, &surface->image))
		return NULL;
	int64_t start = ks_trace_begin(KS_TRACE_INGEST);
	KS_TRY(ks_pool_run(nr_threads, 2, prepare, x));
	if (!x->btf && !surface->symtab_known)
		return nothing_to_read();
	if (x->btf && !x->opts->module_of)
		ks_extract_lists(x->finder, x->btf);
	KS_TRY(ks_cancel_check(x->opts->cancel));
	ks_trace_end(KS_TRACE_INGEST, start, "BTF and what can be attached");
	start = ks_trace_begin(KS_TRACE_INGEST);
	KS_TRY(surface->image.tier == KS_TIER_FULL
		       ? ks_extract_full(x->finder, nr_threads, x->opts->cancel)
		       : ks_extract_btf(x->finder, x->btf));
	ks_trace_end(KS_TRACE_INGEST, start, "types and functions: %zu functions",
		     surface->nr_functions);
	start = ks_trace_begin(KS_TRACE_INGEST);
	KS_TRY(ks_pool_run(nr_threads, 2, complete, x));
	ks_trace_end(KS_TRACE_INGEST, start,
		     "tables: %zu tracepoints, %zu system calls, %zu kfuncs",
		     surface->nr_tracepoints, surface->nr_syscalls, surface->nr_kfuncs);
	start = ks_trace_begin(KS_TRACE_INGEST);
	if (x->forming)
		KS_TRY(ks_extract_btf_forms(x->forming, nr_threads, &x->has_forms));
	surface->image.facts |= x->has_forms ? KS_FACT_FORMS : 0;
	ks_trace_end(KS_TRACE_INGEST, start, "what BTF says besides: %zu names", surface->nr_forms);
	return tell_labels(x);
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
		return ks_error_new(KS_ERR_UNSUPPORTED, "a kernel without symbols in it (no "
							"CONFIG_KALLSYMS, or cut short): give its "
							"System.map, or take its debug package");
	return ks_link_address_apply(elf, surface, start, ret);
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
	int64_t begun = ks_trace_begin(KS_TRACE_INGEST);
	KS_TRY(read_symbols(elf, opts, surface, &start));
	KS_TRY(place(elf, surface, start, &placed));
	elf = placed ? placed : elf;
	struct ks_symbol_index *symbols;
	KS_TRY(ks_symbol_index_new(surface, &symbols));
	ks_trace_end(KS_TRACE_INGEST, begun, "symbols: %zu", surface->nr_symbols);
	struct ks_finder finder = { .elf = elf, .symbols = symbols, .surface = surface };
	if (opts->module_of && opts->module_of->events.class)
		finder.events = &opts->module_of->events;
	struct extraction x = { .finder = &finder, .opts = opts };
	struct ks_error *err = extract_all(&x, nr_threads);
	extraction_deinit(&x);
	ks_symbol_index_free(symbols);
	if (err)
		return err;
	ks_trace_end(KS_TRACE_INGEST, begun, "extract, all of it: %s",
		     surface->image.release ? surface->image.release : "");
	*ret = ks_take(surface);
	return NULL;
}
