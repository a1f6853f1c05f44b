/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "extract/dwarf/decl_hash.h"
#include "extract/modules/base_kernel.h"
#include "extract/tiers.h"

static bool add_definitions(struct ks_base_kernel *kernel, const struct ks_surface *surface)
{
	for (int kind = KS_STRUCT; kind <= KS_INT; kind++)
		for (size_t i = 0; i < surface->decls[kind].nr; i++) {
			const struct ks_decl *decl = &surface->decls[kind].at[i];
			if (!ks_numbers_set(&kernel->definitions, ks_decl_hash(decl), 1) ||
			    !ks_numbers_set(&kernel->names, ks_name_hash(decl->kind, decl->name),
					    1))
				return false;
			bool gathered = kind == KS_ENUM && strcmp(decl->name, "(anon)") == 0;
			for (uint32_t k = 0; gathered && k < decl->nr; k++)
				if (!ks_numbers_set(&kernel->values,
						    ks_enumerator_hash(&decl->values[k]), 1))
					return false;
		}
	for (size_t i = 0; i < surface->nr_ambiguities; i++) {
		const struct ks_ambiguity *name = &surface->ambiguities[i];
		if (!ks_numbers_set(&kernel->names, ks_name_hash(name->kind, name->name), 2))
			return false;
		for (uint32_t k = 0; k < name->nr_variants; k++)
			if (!ks_numbers_set(&kernel->definitions,
					    ks_decl_hash(name->variants[k].decl), 1))
				return false;
	}
	return true;
}

static bool add_functions(struct ks_base_kernel *kernel, const struct ks_surface *surface)
{
	for (size_t i = 0; i < surface->nr_functions; i++) {
		const struct ks_function *fn = &surface->functions[i];
		bool defined = fn->nr_symbols != 0;
		for (uint32_t e = 0; e < fn->nr_entries; e++) {
			defined = defined || fn->entries[e].file;
			if (fn->entries[e].file &&
			    !ks_numbers_set(&kernel->places,
					    ks_place_hash(fn->name, &fn->entries[e]), 1))
				return false;
		}
		if (defined &&
		    !ks_numbers_set(&kernel->functions, ks_name_hash(KS_FUNCTION, fn->name), 1))
			return false;
	}
	return true;
}

static bool keep_image(struct ks_base_kernel *kernel)
{
	struct ks_image *image = &kernel->image;
	const char **const texts[] = {
		&image->label,	  &image->release,	   &image->version,	 &image->arch,
		&image->flavor,	  &image->revision,	   &image->distribution, &image->package,
		&image->build_id, &image->package_version, &image->compiler,	 &image->banner,
		&image->digest,
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(texts); i++) {
		if (*texts[i] && !(*texts[i] = ks_arena_strdup(&kernel->arena, *texts[i])))
			return false;
	}
	return true;
}

/** Members that outlive the surface they were found in. */
static bool keep_layout(struct ks_base_kernel *kernel)
{
	const struct ks_member **const members[] = {
		&kernel->events.class,
		&kernel->events.print_fmt,
		&kernel->events.flags,
		&kernel->events.system,
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(members); i++) {
		if (!*members[i])
			continue;
		struct ks_member *copy = ks_arena_alloc(&kernel->arena, sizeof(*copy));
		if (!copy)
			return false;
		*copy = (struct ks_member){ .bits_offset = (*members[i])->bits_offset };
		*members[i] = copy;
	}
	return true;
}

struct ks_error *ks_base_kernel_new(const struct ks_surface *surface, struct ks_base_kernel **ret)
{
	_cleanup_base_kernel_ struct ks_base_kernel *kernel = calloc(1, sizeof(*kernel));
	if (!kernel)
		return &ks_nomem;
	kernel->image = surface->image;
	struct ks_finder finder = { .surface = (struct ks_surface *)(uintptr_t)surface };
	KS_TRY(ks_finder_init(&finder));
	if (!ks_event_layout_find(&finder, surface->image.elf_class == 32 ? 4 : 8, &kernel->events))
		kernel->events = (struct ks_event_layout){ 0 };
	ks_finder_deinit(&finder);
	if (!keep_image(kernel) || !keep_layout(kernel) || !add_definitions(kernel, surface) ||
	    !add_functions(kernel, surface))
		return &ks_nomem;
	*ret = ks_take(kernel);
	return NULL;
}

static void free_btf(struct ks_base_kernel *kernel)
{
	if (kernel->btf_names)
		ks_btf_names_deinit(kernel->btf_names);
	free(kernel->btf_names);
	ks_btf_close(kernel->btf);
	ks_surface_free(kernel->btf_home);
}

struct ks_error *ks_base_kernel_read_btf(struct ks_base_kernel *kernel, const struct ks_elf *elf)
{
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	struct ks_symbol_index *symbols;
	if (!surface)
		return &ks_nomem;
	surface->image.tier = KS_TIER_BTF; // look for it wherever it may be
	KS_TRY(ks_symbol_index_new(surface, &symbols));
	struct ks_finder finder = { .elf = elf, .symbols = symbols, .surface = surface };
	struct ks_btf *btf = NULL;
	struct ks_error *err = ks_extract_btf_open(&finder, &btf);
	ks_symbol_index_free(symbols);
	if (err || !btf)
		return err;
	free_btf(kernel);
	kernel->btf = btf;
	kernel->btf_home = ks_take(surface);
	kernel->btf_names = calloc(1, sizeof(*kernel->btf_names));
	return kernel->btf_names ? ks_btf_names_init(kernel->btf_names, btf, NULL) : &ks_nomem;
}

void ks_base_kernel_free(struct ks_base_kernel *kernel)
{
	if (!kernel)
		return;
	free_btf(kernel);
	ks_numbers_deinit(&kernel->names);
	ks_numbers_deinit(&kernel->definitions);
	ks_numbers_deinit(&kernel->values);
	ks_numbers_deinit(&kernel->functions);
	ks_numbers_deinit(&kernel->places);
	ks_arena_deinit(&kernel->arena);
	free(kernel);
}
