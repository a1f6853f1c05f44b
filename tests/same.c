/* SPDX-License-Identifier: BSD-2-Clause */
#include "same.h"

bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool same_type(const struct ks_type *a, const struct ks_type *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->n != b->n || a->nr_params != b->nr_params ||
	    !same_text(a->name, b->name) || !same_type(a->inner, b->inner) ||
	    !same_decl(a->body, b->body))
		return false;
	for (uint32_t i = 0; i < a->nr_params; i++)
		if (!same_text(a->params[i].name, b->params[i].name) ||
		    !same_type(a->params[i].type, b->params[i].type))
			return false;
	return true;
}

static bool same_member(const struct ks_member *a, const struct ks_member *b)
{
	return same_text(a->name, b->name) && same_type(a->type, b->type) &&
	       a->bits_offset == b->bits_offset && a->bitfield_size == b->bitfield_size;
}

bool same_decl(const struct ks_decl *a, const struct ks_decl *b)
{
	if (!a || !b)
		return a == b;
	if (a->kind != b->kind || a->nr != b->nr || a->size != b->size ||
	    !same_text(a->name, b->name) || !same_text(a->module, b->module) ||
	    !same_type(a->type, b->type))
		return false;
	for (uint32_t i = 0; i < a->nr; i++) {
		if (a->kind == KS_ENUM && (!same_text(a->values[i].name, b->values[i].name) ||
					   a->values[i].value != b->values[i].value))
			return false;
		if (a->kind != KS_ENUM && !same_member(&a->members[i], &b->members[i]))
			return false;
	}
	return true;
}

static bool same_callers(const struct ks_caller *a, const struct ks_caller *b, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		if (!same_text(a[i].unit, b[i].unit) || !same_text(a[i].function, b[i].function) ||
		    !same_text(a[i].via, b[i].via) || a[i].clone != b[i].clone ||
		    a[i].flags != b[i].flags)
			return false;
	return true;
}

static bool same_clone(const struct ks_clone *a, const struct ks_clone *b)
{
	if (!same_text(a->symbol, b->symbol) || a->addr != b->addr || a->size != b->size ||
	    a->nr_params != b->nr_params || a->params_known != b->params_known ||
	    !a->params != !b->params)
		return false;
	for (uint16_t i = 0; a->params && i < a->nr_params; i++)
		if (a->params[i] != b->params[i])
			return false;
	return true;
}

static bool same_entry(const struct ks_entry *a, const struct ks_entry *b)
{
	if (a->addr != b->addr || !same_text(a->loc_file, b->loc_file) ||
	    !same_text(a->file, b->file) || a->line != b->line || a->inlined != b->inlined ||
	    a->external != b->external || a->calls_known != b->calls_known ||
	    a->nr_inline_callers != b->nr_inline_callers ||
	    a->nr_direct_callers != b->nr_direct_callers || a->nr_clones != b->nr_clones ||
	    a->nr_indirect_calls != b->nr_indirect_calls || !same_text(a->module, b->module) ||
	    !same_type(a->proto, b->proto))
		return false;
	for (uint32_t i = 0; i < a->nr_clones; i++)
		if (!same_clone(&a->clones[i], &b->clones[i]))
			return false;
	return same_callers(a->inline_callers, b->inline_callers, a->nr_inline_callers) &&
	       same_callers(a->direct_callers, b->direct_callers, a->nr_direct_callers);
}

bool same_symbol(const struct ks_symbol *a, const struct ks_symbol *b)
{
	return same_text(a->name, b->name) && same_text(a->section, b->section) &&
	       a->addr == b->addr && a->size == b->size && a->bind == b->bind &&
	       a->type == b->type && a->visibility == b->visibility && a->other == b->other &&
	       a->attach == b->attach && same_text(a->module, b->module);
}

bool same_function(const struct ks_function *a, const struct ks_function *b)
{
	if (!same_text(a->name, b->name) || a->nr_entries != b->nr_entries ||
	    a->nr_symbols != b->nr_symbols || a->nr_btf != b->nr_btf)
		return false;
	for (uint32_t i = 0; i < a->nr_entries; i++)
		if (!same_entry(&a->entries[i], &b->entries[i]))
			return false;
	for (uint32_t i = 0; i < a->nr_symbols; i++)
		if (!same_symbol(&a->symbols[i], &b->symbols[i]))
			return false;
	return true;
}

bool same_tracepoint(const struct ks_tracepoint *a, const struct ks_tracepoint *b)
{
	return same_text(a->event, b->event) && same_text(a->class_name, b->class_name) &&
	       same_text(a->func_name, b->func_name) && same_text(a->struct_name, b->struct_name) &&
	       same_text(a->format, b->format) && same_text(a->system, b->system) &&
	       same_text(a->module, b->module) && same_decl(a->func, b->func) &&
	       same_decl(a->record, b->record);
}

bool same_ambiguity(const struct ks_ambiguity *a, const struct ks_ambiguity *b)
{
	if (a->kind != b->kind || a->nr_variants != b->nr_variants || !same_text(a->name, b->name))
		return false;
	for (uint32_t i = 0; i < a->nr_variants; i++) {
		const struct ks_variant *x = &a->variants[i], *y = &b->variants[i];
		if (!same_decl(x->decl, y->decl) || x->nr_units != y->nr_units)
			return false;
		for (uint32_t k = 0; k < x->nr_units; k++)
			if (!same_text(x->units[k], y->units[k]))
				return false;
	}
	return true;
}

bool same_image(const struct ks_image *a, const struct ks_image *b)
{
	return same_text(a->label, b->label) && same_text(a->release, b->release) &&
	       same_text(a->version, b->version) && same_text(a->arch, b->arch) &&
	       same_text(a->flavor, b->flavor) && same_text(a->revision, b->revision) &&
	       same_text(a->distribution, b->distribution) && same_text(a->package, b->package) &&
	       same_text(a->package_version, b->package_version) &&
	       same_text(a->build_id, b->build_id) && same_text(a->compiler, b->compiler) &&
	       same_text(a->banner, b->banner) && same_text(a->digest, b->digest) &&
	       same_text(a->modules_of, b->modules_of) && a->facts == b->facts &&
	       a->tier == b->tier && a->elf_class == b->elf_class && a->big_endian == b->big_endian;
}

#define SAME_TABLE(nr, table, same)                                                                \
	do {                                                                                       \
		if (a->nr != b->nr)                                                                \
			return #nr;                                                                \
		for (size_t i_ = 0; i_ < a->nr; i_++)                                              \
			if (!same(&a->table[i_], &b->table[i_]))                                   \
				return #table;                                                     \
	} while (0)

static bool same_name(const char *const *a, const char *const *b)
{
	return same_text(*a, *b);
}

static bool same_tags(const struct ks_tag *a, const struct ks_tag *b, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++)
		if (!same_text(a[i].text, b[i].text) || a[i].component != b[i].component)
			return false;
	return true;
}

bool same_variable(const struct ks_variable *a, const struct ks_variable *b)
{
	return same_text(a->name, b->name) && same_text(a->module, b->module) &&
	       same_text(a->section, b->section) && same_type(a->type, b->type) &&
	       a->size == b->size && a->offset == b->offset && a->linkage == b->linkage &&
	       a->nr_tags == b->nr_tags && same_tags(a->tags, b->tags, a->nr_tags);
}

static bool same_form(const struct ks_form *a, const struct ks_form *b)
{
	return same_decl(a->decl, b->decl) && a->kind == b->kind && a->linkage == b->linkage &&
	       a->flag == b->flag && a->encoding == b->encoding && a->nr_tags == b->nr_tags &&
	       same_tags(a->tags, b->tags, a->nr_tags);
}

bool same_forms(const struct ks_forms *a, const struct ks_forms *b)
{
	if (a->kind != b->kind || a->nr != b->nr || !same_text(a->name, b->name) ||
	    !same_text(a->module, b->module))
		return false;
	for (uint32_t i = 0; i < a->nr; i++)
		if (!same_form(&a->at[i], &b->at[i]))
			return false;
	return true;
}

static bool same_syscall(const struct ks_syscall *a, const struct ks_syscall *b)
{
	return a->number == b->number && a->traced == b->traced && a->args == b->args &&
	       same_text(a->name, b->name);
}

static bool same_option(const struct ks_option *a, const struct ks_option *b)
{
	return same_text(a->name, b->name) && same_text(a->value, b->value);
}

const char *surface_difference(const struct ks_surface *a, const struct ks_surface *b)
{
	if (!same_image(&a->image, &b->image))
		return "image";
	if (a->known != b->known || a->symtab_known != b->symtab_known)
		return "known";
	SAME_TABLE(nr_functions, functions, same_function);
	SAME_TABLE(nr_symbols, symbols, same_symbol);
	SAME_TABLE(nr_tracepoints, tracepoints, same_tracepoint);
	SAME_TABLE(nr_syscalls, syscalls, same_syscall);
	SAME_TABLE(nr_lsm, lsm, same_name);
	SAME_TABLE(nr_kfuncs, kfuncs, same_name);
	SAME_TABLE(nr_variables, variables, same_variable);
	SAME_TABLE(nr_forms, forms, same_forms);
	SAME_TABLE(nr_options, options, same_option);
	SAME_TABLE(nr_ambiguities, ambiguities, same_ambiguity);
	for (int kind = 0; kind <= KS_INT; kind++)
		SAME_TABLE(decls[kind].nr, decls[kind].at, same_decl);
	return same_text(a->config, b->config) ? NULL : "config";
}
