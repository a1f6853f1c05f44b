/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "surface/model.h"
#include "surface/type.h"

const char *const ks_inline_texts[KS_NR_INLINES] = {
	[KS_INLINE_NO] = "not declared, not inlined",
	[KS_INLINE_INLINED] = "not declared, inlined",
	[KS_INLINE_DECLARED] = "declared, not inlined",
	[KS_INLINE_DECLARED_INLINED] = "declared, inlined",
	[KS_INLINE_NOT_SEEN] = "not seen",
	[KS_INLINE_UNKNOWN] = "seen, unknown",
};

const char *const ks_collision_texts[] = {
	[KS_UNIQUE_GLOBAL] = "Unique Global",
	[KS_UNIQUE_STATIC] = "Unique Static",
	[KS_STATIC_DUPLICATION] = "Static Duplication",
	[KS_STATIC_STATIC] = "Static-Static Collision",
	[KS_STATIC_GLOBAL] = "Static-Global Collision",
};

const char *const ks_inline_class_texts[] = {
	[KS_CLASS_NO] = "No",
	[KS_CLASS_SELECTIVE] = "Selective",
	[KS_CLASS_FULL] = "Full",
};

const char *const ks_suffix_texts[] = {
	[KS_SUFFIX_NONE] = "none",   [KS_SUFFIX_CLONE] = "clone", [KS_SUFFIX_FRAGMENT] = "fragment",
	[KS_SUFFIX_ALIAS] = "alias", [KS_SUFFIX_OTHER] = "other",
};

const char *const ks_tier_texts[] = {
	[KS_TIER_FULL] = "full",
	[KS_TIER_BTF] = "btf",
	[KS_TIER_LIVE] = "live",
	[KS_TIER_IMPORTED] = "imported",
};

/** The parts a compiler puts behind a symbol's name, strongest class first. */
static const struct {
	const char *part;
	enum ks_suffix suffix;
} suffix_parts[] = {
	// pieces; the last is an entry of clang's jump table for indirect calls, before 6.1
	{ ".cold", KS_SUFFIX_FRAGMENT },     { ".part", KS_SUFFIX_FRAGMENT },
	{ ".__part", KS_SUFFIX_FRAGMENT },   { ".cfi_jt", KS_SUFFIX_FRAGMENT },
	{ ".isra", KS_SUFFIX_CLONE },	     { ".constprop", KS_SUFFIX_CLONE },
	{ ".specialized", KS_SUFFIX_CLONE }, { ".localalias", KS_SUFFIX_ALIAS },
	{ ".lto_priv", KS_SUFFIX_ALIAS },    { ".llvm", KS_SUFFIX_ALIAS },
};

enum ks_suffix ks_suffix_of(const char *symbol)
{
	const char *dot = strchr(symbol, '.');
	if (!dot)
		return KS_SUFFIX_NONE;
	for (size_t i = 0; i < KS_ARRAY_LEN(suffix_parts); i++) {
		const char *hit = strstr(dot, suffix_parts[i].part);
		if (!hit)
			continue;
		char next = hit[strlen(suffix_parts[i].part)];
		if (next == '\0' || next == '.')
			return suffix_parts[i].suffix;
	}
	return KS_SUFFIX_OTHER;
}

static bool same_location(const struct ks_entry *a, const struct ks_entry *b)
{
	return a->line == b->line && ks_text_equal(a->loc_file, b->loc_file);
}

enum ks_collision ks_function_collision(const struct ks_function *fn)
{
	if (fn->nr_entries == 1)
		return fn->entries[0].external ? KS_UNIQUE_GLOBAL : KS_UNIQUE_STATIC;
	bool same_place = true, any_external = false;
	for (uint32_t i = 0; i < fn->nr_entries; i++) {
		same_place = same_place && same_location(&fn->entries[0], &fn->entries[i]);
		any_external = any_external || fn->entries[i].external;
	}
	if (same_place)
		return KS_STATIC_DUPLICATION;
	return any_external ? KS_STATIC_GLOBAL : KS_STATIC_STATIC;
}

enum ks_inline_class ks_function_inline_class(const struct ks_function *fn)
{
	if (fn->nr_symbols == 0)
		return KS_CLASS_FULL;
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		if (fn->entries[i].inlined == KS_INLINE_INLINED ||
		    fn->entries[i].inlined == KS_INLINE_DECLARED_INLINED)
			return KS_CLASS_SELECTIVE;
	return KS_CLASS_NO;
}

bool ks_function_transformed(const struct ks_function *fn)
{
	for (uint32_t i = 0; i < fn->nr_symbols; i++)
		if (strchr(fn->symbols[i].name, '.'))
			return true;
	return false;
}

enum ks_code ks_function_code(const struct ks_function *fn, const struct ks_image *image)
{
	enum ks_code code = KS_CODE_FUNCTION;
	bool told = image->facts & KS_FACT_LABELS;
	if (fn->nr_entries || fn->nr_btf || image->modules_of || image->tier == KS_TIER_FULL ||
	    image->tier == KS_TIER_IMPORTED)
		return code;
	for (uint32_t i = 0; i < fn->nr_symbols; i++) {
		const struct ks_symbol *symbol = &fn->symbols[i];
		if (strcmp(symbol->name, fn->name) != 0)
			continue;
		// images that were read before labels were looked for call all of them functions
		if (symbol->type == STT_FUNC && (told || symbol->attach & KS_ATTACH_FTRACE))
			return KS_CODE_FUNCTION;
		bool untold = code == KS_CODE_UNTOLD || symbol->type != STT_NOTYPE;
		code = untold ? KS_CODE_UNTOLD : KS_CODE_LABEL;
	}
	return code;
}

struct ks_surface *ks_surface_new(size_t nr_arenas)
{
	struct ks_surface *surface = calloc(1, sizeof(*surface));
	if (!surface)
		return NULL;
	surface->arenas = calloc(nr_arenas, sizeof(*surface->arenas));
	surface->nr_arenas = nr_arenas;
	if (!surface->arenas) {
		free(surface);
		return NULL;
	}
	return surface;
}

void ks_surface_free(struct ks_surface *surface)
{
	if (!surface)
		return;
	for (size_t i = 0; i < surface->nr_arenas; i++)
		ks_arena_deinit(&surface->arenas[i]);
	free(surface->arenas);
	free(surface);
}

bool ks_syscall_implemented(uint32_t number, const char *name)
{
	return number != KS_NO_NUMBER && strcmp(name, "ni_syscall") != 0;
}
