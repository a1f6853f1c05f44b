/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>

#include "surface/codec_layout.h"
#include "surface/codec_private.h"
#include "surface/traits.h"

/** How many different suffixed names of one function are told apart; no compiler makes as many. */
enum { MAX_NAMES = 64 };

/** What reading a function keeps until its end. */
struct reading {
	struct ks_cursor *c;
	bool any_external, any_inlined, any_declared, same_file;
	bool any_plain, any_function, any_untold; // symbols without a suffix, and their types
	const char *names[MAX_NAMES];		  // suffixed ones
	size_t nr_names;
};

static void skip_callers(struct ks_cursor *c)
{
	uint64_t nr = ks_cursor_uleb(c);
	while (nr-- && !c->why) {
		uint8_t head = ks_cursor_u8(c);
		if (!(head & CALLER_SAME_UNIT))
			ks_cursor_str(c);
		if (!(head & CALLER_SAME_FUNCTION))
			ks_cursor_str(c);
		if (head & CALLER_VIA)
			ks_cursor_str(c);
		if (head & CALLER_CLONE)
			ks_cursor_uleb(c);
	}
}

static void skip_clones(struct ks_cursor *c)
{
	uint64_t nr = ks_cursor_uleb(c);
	while (nr-- && !c->why) {
		uint8_t head = ks_cursor_u8(c);
		ks_cursor_str(c);
		uint64_t nr_params = ks_cursor_uleb(c);
		while (head & CLONE_PARAMS && nr_params-- && !c->why)
			ks_cursor_uleb(c);
	}
}

/** @param first it is the first entry of the function */
static void read_entry(struct reading *r, bool first, bool *had_location)
{
	struct ks_cursor *c = r->c;
	uint8_t head = ks_cursor_u8(c), lists = ks_cursor_u8(c);
	enum ks_inline inlined = (enum ks_inline)(lists & ENTRY_INLINED);
	unsigned int location = (head >> ENTRY_LOC_SHIFT) & 3;
	bool has_location = location != HOW_NONE;
	r->any_external = r->any_external || head & ENTRY_EXTERNAL;
	r->any_inlined = r->any_inlined || inlined == KS_INLINE_INLINED ||
			 inlined == KS_INLINE_DECLARED_INLINED;
	r->any_declared = r->any_declared || inlined == KS_INLINE_DECLARED ||
			  inlined == KS_INLINE_DECLARED_INLINED;
	if (!first && (location == HOW_HERE || has_location != *had_location))
		r->same_file = false;
	*had_location = has_location;
	if (location == HOW_HERE)
		ks_cursor_str(c);
	if (head & ENTRY_FILE)
		ks_cursor_str(c);
	if (lists & ENTRY_MODULE)
		ks_cursor_str(c);
	if (head & ENTRY_INDIRECT)
		ks_cursor_uleb(c);
	if (((head >> ENTRY_PROTO_SHIFT) & 3) == HOW_HERE)
		ks_codec_skip_type(c, 0);
	if (lists & ENTRY_INLINE_CALLERS)
		skip_callers(c);
	if (lists & ENTRY_DIRECT_CALLERS)
		skip_callers(c);
	if (lists & ENTRY_CLONES)
		skip_clones(c);
}

/** Whether a suffixed name came before; it is remembered. */
static bool seen(struct reading *r, const char *name)
{
	for (size_t i = 0; i < r->nr_names; i++)
		if (strcmp(r->names[i], name) == 0)
			return true;
	if (r->nr_names < MAX_NAMES)
		r->names[r->nr_names++] = name;
	return false;
}

static void read_symbol(struct reading *r, struct ks_traits *traits)
{
	struct ks_cursor *c = r->c;
	uint8_t head = ks_cursor_u8(c);
	enum ks_transform transform = KS_TRANSFORM_NONE;
	const char *name = NULL;
	if ((head & SYMBOL_NAME) != SYMBOL_NAME_SAME) {
		name = ks_cursor_str(c);
		transform = ks_transform_of(name);
	}
	if (!(head & SYMBOL_SAME_SECTION))
		ks_codec_get_text(c);
	const uint8_t *attrs = ks_cursor_take(c, 4); // bind, type
	if (!name && attrs) {
		r->any_function = r->any_function || attrs[1] == STT_FUNC;
		r->any_untold = r->any_untold || attrs[1] == KS_STT_UNTOLD;
		r->any_plain = true;
	}
	if (head & SYMBOL_ATTACH)
		ks_cursor_u8(c);
	if (head & SYMBOL_MODULE)
		ks_cursor_str(c);
	bool again = transform == KS_TRANSFORM_NONE ? traits->names[transform] != 0 : seen(r, name);
	if (!again && traits->names[transform] < UINT16_MAX)
		traits->names[transform]++;
}

/** What the transformations of its symbols make of a function. */
static enum ks_transform join(const struct ks_traits *traits)
{
	enum ks_transform whole = KS_TRANSFORM_NONE;
	for (enum ks_transform t = KS_TRANSFORM_ISRA; t < KS_NR_TRANSFORMS; t++)
		if (traits->names[t])
			whole = whole == KS_TRANSFORM_NONE ? t : KS_TRANSFORM_SEVERAL;
	return whole;
}

/** As ks_function_code(). */
static enum ks_code code_of(const struct reading *r, uint64_t nr_entries, bool in_btf)
{
	if (nr_entries || in_btf || !r->any_plain || r->any_function)
		return KS_CODE_FUNCTION;
	return r->any_untold ? KS_CODE_UNTOLD : KS_CODE_LABEL;
}

static enum ks_collision collision(const struct reading *r, uint64_t nr_entries)
{
	if (nr_entries == 1)
		return r->any_external ? KS_UNIQUE_GLOBAL : KS_UNIQUE_STATIC;
	return r->any_external ? KS_STATIC_GLOBAL : KS_STATIC_STATIC;
}

struct ks_error *ks_codec_get_traits(struct ks_cursor *c, struct ks_traits *ret)
{
	struct reading r = { .c = c, .same_file = true };
	struct ks_traits traits = { 0 };
	ks_cursor_str(c);
	uint64_t nr_entries = ks_cursor_uleb(c);
	bool had_location = false;
	for (uint64_t i = 0; i < nr_entries && !c->why; i++)
		read_entry(&r, i == 0, &had_location);
	uint64_t nr_symbols = ks_cursor_uleb(c);
	for (uint64_t i = 0; i < nr_symbols && !c->why; i++)
		read_symbol(&r, &traits);
	bool in_btf = ks_cursor_more(c) && ks_cursor_u8(c);
	traits.code = (uint8_t)code_of(&r, nr_entries, in_btf);
	traits.grouped = nr_entries != 0;
	traits.declared = r.any_declared;
	traits.by_line = nr_entries > 1 && r.same_file;
	traits.collision = (uint8_t)collision(&r, nr_entries);
	traits.transform = (uint8_t)join(&traits);
	traits.inline_class = nr_symbols == 0 ? KS_CLASS_FULL
			      : r.any_inlined ? KS_CLASS_SELECTIVE
					      : KS_CLASS_NO;
	*ret = traits;
	return ks_codec_error(c, "function");
}

bool ks_codec_same_lines(struct ks_cursor lines)
{
	ks_cursor_uleb(&lines); // the first line, then distances
	while (ks_cursor_more(&lines))
		if (ks_cursor_uleb(&lines))
			return false;
	return !lines.why;
}
