/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/array.h"
#include "extract/dwarf/decl_hash.h"
#include "extract/modules/modules_private.h"

/* ---- one module ---- */

static const struct ks_decl *copy_decl(struct ks_modules *m, const struct ks_decl *decl)
{
	struct ks_decl *copy = decl ? ks_arena_alloc(m->arena, sizeof(*copy)) : NULL;
	if (copy)
		*copy = ks_modules_decl(m, decl);
	m->failed = m->failed || (decl && !copy);
	return copy;
}

void ks_modules_add_tracepoint(struct ks_modules *m, const struct ks_tracepoint *from)
{
	struct ks_tracepoint event = {
		.event = ks_modules_text(m, from->event),
		.class_name = ks_modules_text(m, from->class_name),
		.func_name = ks_modules_text(m, from->func_name),
		.struct_name = ks_modules_text(m, from->struct_name),
		.format = ks_modules_text(m, from->format),
		.system = ks_modules_text(m, from->system),
		.func = copy_decl(m, from->func),
		.record = copy_decl(m, from->record),
		.module = m->module,
	};
	if (!ks_vector_add(&m->tracepoints, event))
		m->failed = true;
}

void ks_modules_add_kfunc(struct ks_modules *m, const char *name)
{
	uint64_t key = ks_name_hash(KS_KFUNC, name);
	if (ks_numbers_get(&m->kfunc_numbers, key))
		return;
	if (!ks_vector_add(&m->kfuncs, ks_modules_text(m, name)) ||
	    !ks_numbers_set(&m->kfunc_numbers, key, 1))
		m->failed = true;
}

/** What is known is what all modules know; as long as some are missing, what any of them knows. */
static void add_image(struct ks_modules *m, const struct ks_surface *module)
{
	struct ks_surface *surface = m->surface;
	surface->known = m->nr ? surface->known & module->known : module->known;
	m->known_once |= module->known;
	surface->image.facts =
		m->nr ? surface->image.facts & module->image.facts : module->image.facts;
	if (!m->nr || module->image.tier > surface->image.tier)
		surface->image.tier = module->image.tier;
	XXH3_128bits_update(m->digest, m->module, strlen(m->module) + 1);
	if (module->image.digest)
		XXH3_128bits_update(m->digest, module->image.digest, strlen(module->image.digest));
	m->nr++;
	if (!ks_numbers_set(&m->names, ks_text_hash(m->module), KS_MODULE_ADDED))
		m->failed = true;
}

struct ks_error *ks_modules_add(struct ks_modules *m, const struct ks_surface *module)
{
	m->module = ks_modules_text(m, module->image.label);
	if (m->failed)
		return &ks_nomem;
	ks_modules_add_types(m, module);
	ks_modules_add_functions(m, module);
	for (size_t i = 0; i < module->nr_tracepoints; i++)
		ks_modules_add_tracepoint(m, &module->tracepoints[i]);
	for (size_t i = 0; i < module->nr_kfuncs; i++)
		ks_modules_add_kfunc(m, module->kfuncs[i]);
	for (size_t i = 0; i < module->nr_forms; i++)
		ks_modules_add_forms(m, &module->forms[i]);
	for (size_t i = 0; i < module->nr_variables; i++)
		ks_modules_add_variable(m, &module->variables[i]);
	add_image(m, module);
	return m->failed ? &ks_nomem : NULL;
}

uint32_t ks_modules_nr(const struct ks_modules *m)
{
	return m->nr;
}

void ks_modules_are_whole(struct ks_modules *m)
{
	m->whole = true;
}

enum ks_tier ks_modules_tier(const struct ks_modules *m)
{
	return m->surface->image.tier;
}

const char *ks_modules_digest(struct ks_modules *m)
{
	XXH128_hash_t hash = XXH3_128bits_digest(m->digest);
	char digest[33];
	snprintf(digest, sizeof(digest), "%016llx%016llx", (unsigned long long)hash.high64,
		 (unsigned long long)hash.low64);
	const char *text = ks_modules_text(m, digest);
	return m->failed ? NULL : text;
}

const struct ks_base_kernel *ks_modules_kernel(const struct ks_modules *m)
{
	return m->kernel;
}

/* ---- all of them ---- */

static void finish_image(struct ks_modules *m)
{
	struct ks_image *image = &m->surface->image;
	const struct ks_image *kernel = &m->kernel->image;
	struct ks_image made = *kernel;
	const char **const texts[] = {
		&made.label,	       &made.release,  &made.version,	   &made.arch,
		&made.flavor,	       &made.revision, &made.distribution, &made.package,
		&made.package_version, &made.compiler, &made.banner,
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(texts); i++)
		*texts[i] = ks_modules_text(m, *texts[i]);
	made.build_id = NULL;
	made.tier = image->tier;
	made.facts = image->facts | (m->whole ? KS_FACT_WHOLE : 0);
	if (!m->whole)
		m->surface->known = m->known_once;
	made.modules_of = ks_modules_text(m, kernel->digest);
	made.nr_modules = m->nr;
	made.digest = ks_modules_digest(m);
	*image = made;
}

static void finish_lists(struct ks_modules *m)
{
	struct ks_surface *surface = m->surface;
	struct ks_symbol *symbols = ks_arena_array(m->arena, m->symbols.len, sizeof(*symbols));
	struct ks_tracepoint *events =
		ks_arena_array(m->arena, m->tracepoints.len, sizeof(*events));
	const char **kfuncs = ks_arena_array(m->arena, m->kfuncs.len, sizeof(*kfuncs));
	if (!symbols || !events || !kfuncs) {
		m->failed = true;
		return;
	}
	for (size_t i = 0; i < m->symbols.len; i++)
		symbols[i] = m->symbols.at[i].facts;
	if (m->tracepoints.len)
		memcpy(events, m->tracepoints.at, m->tracepoints.len * sizeof(*events));
	if (m->kfuncs.len)
		memcpy(kfuncs, m->kfuncs.at, m->kfuncs.len * sizeof(*kfuncs));
	surface->symbols = symbols;
	surface->nr_symbols = m->symbols.len;
	surface->symtab_known = true;
	surface->tracepoints = events;
	surface->nr_tracepoints = m->tracepoints.len;
	surface->kfuncs = kfuncs;
	surface->nr_kfuncs = m->kfuncs.len;
}

struct ks_error *ks_modules_finish(struct ks_modules *m, struct ks_surface **ret)
{
	ks_modules_finish_types(m);
	ks_modules_finish_functions(m);
	ks_modules_finish_forms(m);
	finish_lists(m);
	finish_image(m);
	if (m->failed)
		return &ks_nomem;
	*ret = ks_take(m->surface);
	return NULL;
}

struct ks_error *ks_modules_new(const struct ks_base_kernel *kernel, struct ks_modules **ret)
{
	_cleanup_modules_ struct ks_modules *m = calloc(1, sizeof(*m));
	if (!m)
		return &ks_nomem;
	m->kernel = kernel;
	m->surface = ks_surface_new(1);
	m->digest = XXH3_createState();
	if (!m->surface || !m->digest)
		return &ks_nomem;
	m->arena = m->texts.arena = &m->surface->arenas[0];
	XXH3_128bits_reset(m->digest);
	if (kernel->image.digest)
		XXH3_128bits_update(m->digest, kernel->image.digest, strlen(kernel->image.digest));
	*ret = ks_take(m);
	return NULL;
}

void ks_modules_free(struct ks_modules *m)
{
	if (!m)
		return;
	struct ks_numbers *const numbers[] = {
		&m->type_numbers,  &m->definitions,   &m->decl_numbers, &m->value_numbers,
		&m->group_numbers, &m->kfunc_numbers, &m->names,
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(numbers); i++)
		ks_numbers_deinit(numbers[i]);
	ks_intern_deinit(&m->texts);
	ks_vector_deinit(&m->types);
	ks_vector_deinit(&m->decls);
	ks_vector_deinit(&m->values);
	ks_vector_deinit(&m->protos);
	ks_vector_deinit(&m->groups);
	ks_vector_deinit(&m->entries);
	ks_vector_deinit(&m->slices);
	ks_vector_deinit(&m->symbols);
	ks_vector_deinit(&m->tracepoints);
	ks_vector_deinit(&m->kfuncs);
	ks_vector_deinit(&m->forms);
	ks_vector_deinit(&m->variables);
	XXH3_freeState(m->digest);
	ks_surface_free(m->surface);
	free(m);
}
