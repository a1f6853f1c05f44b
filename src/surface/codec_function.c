/* SPDX-License-Identifier: BSD-2-Clause */
#include "surface/codec.h"

#include "surface/codec_layout.h"
#include "surface/codec_private.h"
#include "surface/type.h"

static void put_callers(struct ks_buf *buf, const struct ks_caller *callers, uint32_t nr,
			const char *unit)
{
	const char *function = NULL;
	ks_buf_uleb(buf, nr);
	for (uint32_t i = 0; i < nr; i++) {
		const struct ks_caller *call = &callers[i];
		bool same_unit = ks_text_equal(call->unit, unit);
		bool same_function = ks_text_equal(call->function, function);
		ks_buf_char(
			buf,
			(char)((call->flags & CALLER_FLAGS) | (same_unit ? CALLER_SAME_UNIT : 0) |
			       (same_function ? CALLER_SAME_FUNCTION : 0) |
			       (call->via ? CALLER_VIA : 0) | (call->clone ? CALLER_CLONE : 0)));
		if (!same_unit)
			ks_buf_strz(buf, call->unit);
		if (!same_function)
			ks_buf_strz(buf, call->function);
		if (call->via)
			ks_buf_strz(buf, call->via);
		if (call->clone)
			ks_buf_uleb(buf, call->clone);
		unit = call->unit;
		function = call->function;
	}
}

static const struct ks_caller *get_callers(struct ks_cursor *c, struct ks_arena *arena,
					   uint32_t *nr, const char *unit)
{
	const char *function = NULL;
	struct ks_caller *callers = ks_codec_get_array(c, arena, sizeof(*callers), 1, nr);
	for (uint32_t i = 0; callers && i < *nr && !c->why; i++) {
		uint8_t head = ks_cursor_u8(c);
		if (head > CALLER_BITS || (!unit && (head & CALLER_SAME_UNIT)) ||
		    (!function && (head & CALLER_SAME_FUNCTION)))
			ks_cursor_fail(c, "caller repeats what is not there");
		if (!(head & CALLER_SAME_UNIT))
			unit = ks_cursor_str(c);
		if (!(head & CALLER_SAME_FUNCTION))
			function = ks_cursor_str(c);
		callers[i].flags = head & CALLER_FLAGS;
		callers[i].unit = unit;
		callers[i].function = function;
		if (head & CALLER_VIA)
			callers[i].via = ks_cursor_str(c);
		if (head & CALLER_CLONE)
			callers[i].clone = (uint16_t)ks_cursor_uleb(c);
	}
	return callers;
}

static void put_clones(struct ks_buf *buf, const struct ks_entry *entry)
{
	ks_buf_uleb(buf, entry->nr_clones);
	for (uint32_t i = 0; i < entry->nr_clones; i++) {
		const struct ks_clone *clone = &entry->clones[i];
		bool params = clone->params && clone->nr_params;
		ks_buf_char(buf, (char)((clone->params_known ? CLONE_PARAMS_KNOWN : 0) |
					(params ? CLONE_PARAMS : 0)));
		ks_buf_strz(buf, clone->symbol);
		ks_buf_uleb(buf, clone->nr_params);
		for (uint32_t k = 0; params && k < clone->nr_params; k++)
			ks_buf_uleb(buf, clone->params[k]);
	}
}

static void get_clone(struct ks_cursor *c, struct ks_arena *arena, struct ks_clone *clone)
{
	uint8_t head = ks_cursor_u8(c);
	if (head > CLONE_BITS)
		ks_cursor_fail(c, "unknown mark of a clone");
	clone->params_known = head & CLONE_PARAMS_KNOWN;
	clone->symbol = ks_cursor_str(c);
	uint32_t nr = 0;
	uint16_t *params = NULL;
	if (head & CLONE_PARAMS)
		params = ks_codec_get_array(c, arena, sizeof(*params), 1, &nr);
	else
		nr = (uint32_t)ks_cursor_uleb(c);
	if (nr > UINT16_MAX)
		ks_cursor_fail(c, "clone has too many parameters");
	for (uint32_t k = 0; params && k < nr; k++)
		params[k] = (uint16_t)ks_cursor_uleb(c);
	clone->nr_params = c->why ? 0 : (uint16_t)nr;
	clone->params = params;
}

static const struct ks_clone *get_clones(struct ks_cursor *c, struct ks_arena *arena, uint32_t *nr)
{
	struct ks_clone *clones = ks_codec_get_array(c, arena, sizeof(*clones), 3, nr);
	for (uint32_t i = 0; clones && i < *nr; i++)
		get_clone(c, arena, &clones[i]);
	return clones;
}

static unsigned int how_proto(const struct ks_entry *entry, const struct ks_entry *previous,
			      const struct ks_type *listed)
{
	if (!entry->proto)
		return HOW_NONE;
	if (listed && ks_type_equal(entry->proto, listed))
		return HOW_LISTED;
	if (previous && ks_type_equal(entry->proto, previous->proto))
		return HOW_PREVIOUS;
	return HOW_HERE;
}

static unsigned int how_location(const struct ks_entry *entry, const struct ks_entry *previous)
{
	if (!entry->loc_file)
		return HOW_NONE;
	return previous && ks_text_equal(entry->loc_file, previous->loc_file) ? HOW_PREVIOUS
									      : HOW_HERE;
}

static void put_entry(struct ks_buf *buf, const struct ks_entry *entry,
		      const struct ks_entry *previous, const struct ks_type *listed)
{
	unsigned int loc = how_location(entry, previous);
	unsigned int proto = how_proto(entry, previous, listed);
	ks_buf_char(buf, (char)((entry->external ? ENTRY_EXTERNAL : 0) |
				(entry->calls_known ? ENTRY_CALLS_KNOWN : 0) |
				(entry->file ? ENTRY_FILE : 0) |
				(entry->nr_indirect_calls ? ENTRY_INDIRECT : 0) |
				loc << ENTRY_LOC_SHIFT | proto << ENTRY_PROTO_SHIFT));
	ks_buf_char(buf, (char)((entry->inlined & ENTRY_INLINED) |
				(entry->nr_inline_callers ? ENTRY_INLINE_CALLERS : 0) |
				(entry->nr_direct_callers ? ENTRY_DIRECT_CALLERS : 0) |
				(entry->nr_clones ? ENTRY_CLONES : 0) |
				(entry->module ? ENTRY_MODULE : 0)));
	if (loc == HOW_HERE)
		ks_buf_strz(buf, entry->loc_file);
	if (entry->file)
		ks_buf_strz(buf, entry->file);
	if (entry->module)
		ks_buf_strz(buf, entry->module);
	if (entry->nr_indirect_calls)
		ks_buf_uleb(buf, entry->nr_indirect_calls);
	if (proto == HOW_HERE)
		ks_codec_put_type(buf, entry->proto);
	if (entry->nr_inline_callers)
		put_callers(buf, entry->inline_callers, entry->nr_inline_callers, entry->file);
	if (entry->nr_direct_callers)
		put_callers(buf, entry->direct_callers, entry->nr_direct_callers, entry->file);
	if (entry->nr_clones)
		put_clones(buf, entry);
}

static const char *get_location(struct ks_cursor *c, unsigned int how,
				const struct ks_entry *previous)
{
	if (how == HOW_HERE)
		return ks_cursor_str(c);
	if (how == HOW_PREVIOUS && previous)
		return previous->loc_file;
	if (how != HOW_NONE)
		ks_cursor_fail(c, "entry repeats what is not there");
	return NULL;
}

static const struct ks_type *get_proto(struct ks_cursor *c, struct ks_arena *arena,
				       unsigned int how, const struct ks_entry *previous,
				       const struct ks_type *listed)
{
	if (how == HOW_HERE) {
		const struct ks_type *proto = ks_codec_get_type(c, arena, 0);
		ks_codec_check_proto(c, proto);
		return proto;
	}
	if (how == HOW_PREVIOUS && previous)
		return previous->proto;
	if (how == HOW_LISTED && listed)
		return listed;
	if (how != HOW_NONE)
		ks_cursor_fail(c, "entry repeats what is not there");
	return NULL;
}

static void get_entry(struct ks_cursor *c, struct ks_arena *arena, struct ks_entry *entry,
		      const struct ks_entry *previous, const struct ks_type *listed)
{
	uint8_t head = ks_cursor_u8(c), lists = ks_cursor_u8(c);
	if ((lists & ENTRY_INLINED) >= KS_NR_INLINES || lists > ENTRY_BITS)
		ks_cursor_fail(c, "unknown inline status");
	if (c->why)
		return;
	entry->external = head & ENTRY_EXTERNAL;
	entry->calls_known = head & ENTRY_CALLS_KNOWN;
	entry->inlined = (enum ks_inline)(lists & ENTRY_INLINED);
	entry->loc_file = get_location(c, (head >> ENTRY_LOC_SHIFT) & 3, previous);
	if (head & ENTRY_FILE)
		entry->file = ks_cursor_str(c);
	if (lists & ENTRY_MODULE)
		entry->module = ks_cursor_str(c);
	if (head & ENTRY_INDIRECT)
		entry->nr_indirect_calls = (uint32_t)ks_cursor_uleb(c);
	entry->proto = get_proto(c, arena, (head >> ENTRY_PROTO_SHIFT) & 3, previous, listed);
	if (lists & ENTRY_INLINE_CALLERS)
		entry->inline_callers =
			get_callers(c, arena, &entry->nr_inline_callers, entry->file);
	if (lists & ENTRY_DIRECT_CALLERS)
		entry->direct_callers =
			get_callers(c, arena, &entry->nr_direct_callers, entry->file);
	if (lists & ENTRY_CLONES)
		entry->clones = get_clones(c, arena, &entry->nr_clones);
}

static void put_symbol(struct ks_buf *buf, const struct ks_symbol *sym, const char *name,
		       const char *section)
{
	size_t len = strlen(name);
	int how = strncmp(sym->name, name, len) != 0 ? SYMBOL_NAME_OTHER
		  : sym->name[len]		     ? SYMBOL_NAME_LONGER
						     : SYMBOL_NAME_SAME;
	bool same_section = ks_text_equal(sym->section, section);
	ks_buf_char(buf,
		    (char)(how | (same_section ? SYMBOL_SAME_SECTION : 0) |
			   (sym->attach ? SYMBOL_ATTACH : 0) | (sym->module ? SYMBOL_MODULE : 0)));
	if (how == SYMBOL_NAME_LONGER)
		ks_buf_strz(buf, sym->name + len);
	else if (how == SYMBOL_NAME_OTHER)
		ks_buf_strz(buf, sym->name);
	if (!same_section)
		ks_codec_put_text(buf, sym->section);
	const uint8_t attrs[] = { sym->bind, sym->type, sym->visibility, sym->other };
	ks_buf_bytes(buf, attrs, sizeof(attrs));
	if (sym->attach)
		ks_buf_char(buf, (char)sym->attach);
	if (sym->module)
		ks_buf_strz(buf, sym->module);
}

static const char *get_symbol_name(struct ks_cursor *c, struct ks_arena *arena, unsigned int how,
				   const char *name)
{
	if (how == SYMBOL_NAME_SAME)
		return name;
	const char *text = ks_cursor_str(c);
	if (how == SYMBOL_NAME_OTHER || c->why)
		return text;
	size_t head = strlen(name), tail = strlen(text);
	char *whole = ks_arena_alloc(arena, head + tail + 1);
	if (!whole) {
		ks_cursor_fail(c, ks_codec_nomem);
		return "";
	}
	memcpy(whole, name, head);
	memcpy(whole + head, text, tail + 1);
	return whole;
}

static void get_symbol(struct ks_cursor *c, struct ks_arena *arena, struct ks_symbol *sym,
		       const char *name, const char *section)
{
	uint8_t head = ks_cursor_u8(c);
	if ((head & SYMBOL_NAME) == SYMBOL_NAME || head > SYMBOL_BITS)
		ks_cursor_fail(c, "unknown mark of a symbol");
	sym->name = get_symbol_name(c, arena, head & SYMBOL_NAME, name);
	sym->section = head & SYMBOL_SAME_SECTION ? section : ks_codec_get_text(c);
	const uint8_t *attrs = ks_cursor_take(c, 4);
	if (!attrs)
		return;
	sym->bind = attrs[0];
	sym->type = attrs[1];
	sym->visibility = attrs[2];
	sym->other = attrs[3];
	if (head & SYMBOL_ATTACH)
		sym->attach = ks_cursor_u8(c);
	if (head & SYMBOL_MODULE)
		sym->module = ks_cursor_str(c);
}

void ks_codec_put_function(struct ks_buf *buf, const struct ks_function *fn,
			   const struct ks_decl *listed)
{
	const struct ks_type *type = listed ? listed->type : NULL;
	ks_buf_strz(buf, fn->name);
	ks_buf_uleb(buf, fn->nr_entries);
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		put_entry(buf, &fn->entries[i], i ? &fn->entries[i - 1] : NULL, type);
	ks_buf_uleb(buf, fn->nr_symbols);
	for (uint32_t i = 0; i < fn->nr_symbols; i++)
		put_symbol(buf, &fn->symbols[i], fn->name,
			   i ? fn->symbols[i - 1].section : ".text");
	if (fn->nr_btf) // nothing else follows a function
		ks_buf_char(buf, (char)fn->nr_btf);
}

struct ks_error *ks_codec_get_function(struct ks_cursor *c, struct ks_arena *arena,
				       const struct ks_decl *listed, struct ks_function *ret)
{
	const struct ks_type *type = listed ? listed->type : NULL;
	*ret = (struct ks_function){ .name = ks_cursor_str(c) };
	struct ks_entry *entries =
		ks_codec_get_array(c, arena, sizeof(*entries), 2, &ret->nr_entries);
	for (uint32_t i = 0; entries && i < ret->nr_entries; i++)
		get_entry(c, arena, &entries[i], i ? &entries[i - 1] : NULL, type);
	struct ks_symbol *symbols =
		ks_codec_get_array(c, arena, sizeof(*symbols), 5, &ret->nr_symbols);
	for (uint32_t i = 0; symbols && i < ret->nr_symbols; i++)
		get_symbol(c, arena, &symbols[i], ret->name, i ? symbols[i - 1].section : ".text");
	ret->entries = entries;
	ret->symbols = symbols;
	ret->nr_btf = ks_cursor_more(c) ? ks_cursor_u8(c) : 0;
	return ks_codec_error(c, "function");
}
