/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a JSON report: definitions, functions, symbols. Their keys are described above each. */
#include "report/show/json_sheet.h"
#include "surface/image.h"
#include "surface/issue.h"

/** Write what lies in text as a JSON string, and empty it. */
static void text_flush(struct ks_sheet *sheet, const char *key)
{
	ks_json_key(&sheet->json, key);
	ks_json_strn(&sheet->json, sheet->text.at, sheet->text.len);
	sheet->text.len = 0;
}

void ks_sheet_type(struct ks_sheet *sheet, const char *key, const struct ks_type *type)
{
	ks_c_text_valid.type(&sheet->text, type);
	text_flush(sheet, key);
}

/** An address; 0 is an unknown one. */
static void json_addr(struct ks_sheet *sheet, uint64_t addr)
{
	if (!addr) {
		ks_json_key_str(&sheet->json, "addr", NULL);
		return;
	}
	ks_buf_str(&sheet->text, "0x");
	ks_buf_hex(&sheet->text, addr);
	text_flush(sheet, "addr");
}

/* ---- definitions ---- */

static void json_params(struct ks_sheet *sheet, const struct ks_type *proto)
{
	struct ks_json *json = &sheet->json;
	ks_sheet_type(sheet, "returns", proto->inner);
	ks_json_key_open(json, "params", '[');
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		ks_json_open(json, '{');
		ks_json_key_str(json, "name", proto->params[i].name);
		ks_sheet_type(sheet, "type", proto->params[i].type);
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
}

void ks_sheet_member(struct ks_sheet *sheet, const struct ks_member *member)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_str(json, "name", member->name);
	ks_sheet_type(sheet, "type", member->type);
	ks_json_key_u64(json, "bits_offset", member->bits_offset);
	ks_json_key(json, "bitfield_bits");
	if (member->bitfield_size)
		ks_json_u64(json, member->bitfield_size);
	else
		ks_json_null(json);
}

static void json_members(struct ks_sheet *sheet, const struct ks_decl *decl)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_u64(json, "bytes", decl->size);
	ks_json_key_open(json, "members", '[');
	for (uint32_t i = 0; i < decl->nr; i++) {
		ks_json_open(json, '{');
		ks_sheet_member(sheet, &decl->members[i]);
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
}

static void json_values(struct ks_sheet *sheet, const struct ks_decl *decl)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_u64(json, "bytes", decl->size);
	ks_json_key_open(json, "values", '[');
	for (uint32_t i = 0; i < decl->nr; i++) {
		ks_json_open(json, '{');
		ks_json_key_str(json, "name", decl->values[i].name);
		ks_json_key_i64(json, "value", decl->values[i].value);
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
}

/** definition: name; module when it is of one; by kind text, returns, params | bytes, members | bytes, values | type | bytes. */
void ks_sheet_decl(struct ks_sheet *sheet, const char *key, const struct ks_decl *decl)
{
	struct ks_json *json = &sheet->json;
	ks_json_key(json, key);
	if (!decl) {
		ks_json_null(json);
		return;
	}
	ks_json_open(json, '{');
	ks_json_key_str(json, "name", decl->name);
	if (decl->module)
		ks_json_key_str(json, "module", decl->module);
	switch (decl->kind) {
	case KS_FUNCTION:
		ks_c_text_valid.proto(&sheet->text, decl->type, decl->name);
		text_flush(sheet, "text");
		json_params(sheet, decl->type);
		break;
	case KS_STRUCT:
	case KS_UNION:
		json_members(sheet, decl);
		break;
	case KS_ENUM:
		json_values(sheet, decl);
		break;
	case KS_TYPEDEF:
		ks_sheet_type(sheet, "type", decl->type);
		break;
	default:
		ks_json_key_u64(json, "bytes", decl->size);
	}
	ks_json_close(json, '}');
}

/** ambiguity[]: the differing definitions of a type name, each with the units that use it. */
void ks_sheet_ambiguity(struct ks_sheet *sheet, const struct ks_ambiguity *ambiguity)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_open(json, "ambiguity", '[');
	for (uint32_t i = 0; ambiguity && i < ambiguity->nr_variants; i++) {
		const struct ks_variant *variant = &ambiguity->variants[i];
		ks_json_open(json, '{');
		ks_sheet_decl(sheet, "definition", variant->decl);
		ks_json_key_open(json, "units", '[');
		for (uint32_t j = 0; j < variant->nr_units; j++)
			ks_json_str(json, variant->units[j]);
		ks_json_close(json, ']');
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
}

/* ---- functions ---- */

/**
 * A place where the function is called or inlined: unit, function; via is what was inlined there and holds the
 * place, clone the out-of-line copy that is called (both null as a rule); own: not in the published data.
 */
static void json_callers(struct ks_sheet *sheet, const char *key, const struct ks_entry *entry,
			 const struct ks_caller *callers, uint32_t nr)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_open(json, key, '[');
	for (uint32_t i = 0; i < nr; i++) {
		const struct ks_caller *caller = &callers[i];
		bool clone = caller->clone && caller->clone <= entry->nr_clones;
		ks_json_open(json, '{');
		ks_json_key_str(json, "unit", caller->unit);
		ks_json_key_str(json, "function", caller->function);
		ks_json_key_str(json, "via", caller->via);
		ks_json_key_str(json, "clone",
				clone ? entry->clones[caller->clone - 1].symbol : NULL);
		ks_json_key_bool(json, "tail_call", caller->flags & KS_CALLER_TAIL);
		ks_json_key_bool(json, "no_code", caller->flags & KS_CALLER_NO_CODE);
		ks_json_key_bool(json, "own", caller->flags & KS_CALLER_OWN);
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
}

/** clones[]: symbol, suffix, addr, bytes, and params: the names it still takes, in its order; null if unknown. */
static void json_clone(struct ks_sheet *sheet, const struct ks_entry *entry,
		       const struct ks_clone *clone)
{
	struct ks_json *json = &sheet->json;
	ks_json_open(json, '{');
	ks_json_key_str(json, "symbol", clone->symbol);
	ks_json_key_str(json, "suffix", ks_suffix_texts[ks_suffix_of(clone->symbol)]);
	json_addr(sheet, clone->addr);
	ks_json_key_u64(json, "bytes", clone->size);
	ks_json_key(json, "params");
	if (clone->params_known && entry->proto) {
		ks_json_open(json, '[');
		for (uint16_t i = 0; i < clone->nr_params; i++)
			if (clone->params[i] < entry->proto->nr_params)
				ks_json_str(json, entry->proto->params[clone->params[i]].name);
		ks_json_close(json, ']');
	} else {
		ks_json_null(json);
	}
	ks_json_close(json, '}');
}

static void json_entry(struct ks_sheet *sheet, const struct ks_entry *entry, const char *name)
{
	struct ks_json *json = &sheet->json;
	ks_json_open(json, '{');
	json_addr(sheet, entry->addr);
	if (entry->module)
		ks_json_key_str(json, "module", entry->module);
	ks_json_key_bool(json, "external", entry->external);
	ks_json_key_str(json, "unit", entry->file);
	ks_json_key_str(json, "file", entry->loc_file);
	ks_json_key(json, "line");
	if (entry->loc_file && entry->line != KS_NO_LINE)
		ks_json_u64(json, entry->line);
	else
		ks_json_null(json);
	ks_json_key_str(json, "inline_attribute", ks_inline_texts[entry->inlined]);
	ks_json_key(json, "prototype");
	if (entry->proto) {
		ks_c_text_valid.proto(&sheet->text, entry->proto, name);
		ks_json_strn(json, sheet->text.at, sheet->text.len);
		sheet->text.len = 0;
	} else {
		ks_json_null(json);
	}
	ks_json_key_bool(json, "calls_known", entry->calls_known);
	ks_json_key_u64(json, "indirect_calls", entry->nr_indirect_calls);
	json_callers(sheet, "inlined_in", entry, entry->inline_callers, entry->nr_inline_callers);
	json_callers(sheet, "called_from", entry, entry->direct_callers, entry->nr_direct_callers);
	ks_json_key_open(json, "clones", '[');
	for (uint32_t i = 0; i < entry->nr_clones; i++)
		json_clone(sheet, entry, &entry->clones[i]);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
}

/** A fact of a symbol, null when the image does not tell. */
static void json_attach(struct ks_json *json, const struct ks_image *image, const char *key,
			uint32_t fact, bool value)
{
	ks_json_key(json, key);
	if (image->facts & fact)
		ks_json_bool(json, value);
	else
		ks_json_null(json);
}

/** attach: what the program that names the function gets: fentry, kprobe, kprobe_multi, fmod_ret; null if unknown. */
static void json_ways(struct ks_sheet *sheet, const struct ks_fact *fact)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_open(json, "attach", '{');
	for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++) {
		enum ks_answer answer = ks_report_attach(sheet->report, sheet->history, fact, way);
		ks_json_key(json, ks_ways[way].name);
		if (answer == KS_ANSWER_UNKNOWN)
			ks_json_null(json);
		else
			ks_json_bool(json, answer == KS_ANSWER_YES);
	}
	ks_json_close(json, '}');
}

static void json_symbol(struct ks_sheet *sheet, const struct ks_image *image,
			const struct ks_symbol *symbol)
{
	struct ks_json *json = &sheet->json;
	ks_json_open(json, '{');
	ks_json_key_str(json, "name", symbol->name);
	ks_json_key_str(json, "suffix", ks_suffix_texts[ks_suffix_of(symbol->name)]);
	json_addr(sheet, symbol->addr);
	ks_json_key_u64(json, "bytes", symbol->size);
	ks_json_key_str(json, "section", symbol->section);
	ks_json_key_str(json, "bind", ks_bind_text(symbol->bind));
	if (symbol->module)
		ks_json_key_str(json, "module", symbol->module);
	json_attach(json, image, "ftrace", KS_FACT_FTRACE, symbol->attach & KS_ATTACH_FTRACE);
	json_attach(json, image, "kprobe", KS_FACT_KPROBE, !(symbol->attach & KS_ATTACH_NO_KPROBE));
	json_attach(json, image, "inject", KS_FACT_INJECT, symbol->attach & KS_ATTACH_INJECT);
	json_attach(json, image, "freed", KS_FACT_INIT, symbol->attach & KS_ATTACH_INIT);
	ks_json_close(json, '}');
}

/** usage: counts over all entries; places are inlined_subroutines or call sites, functions their holders. */
static struct ks_error *json_usage(struct ks_sheet *sheet, const struct ks_function *fn)
{
	struct ks_json *json = &sheet->json;
	struct ks_usage usage;
	KS_TRY(ks_function_usage(fn, &usage));
	ks_json_key_open(json, "usage", '{');
	ks_json_key_u64(json, "inlined_places", usage.inlined);
	ks_json_key_u64(json, "inlined_functions", usage.inliners);
	ks_json_key_u64(json, "inlined_without_code", usage.inlined_away);
	ks_json_key_u64(json, "called_places", usage.called);
	ks_json_key_u64(json, "called_functions", usage.callers);
	ks_json_key_u64(json, "tail_calls", usage.tail_called);
	ks_json_key_u64(json, "own_places", usage.own);
	ks_json_key_u64(json, "indirect_calls", usage.indirect_calls);
	ks_json_key_bool(json, "calls_known", usage.calls_known);
	ks_json_close(json, '}');
	return NULL;
}

void ks_sheet_issues(struct ks_json *json, const char *key, uint32_t issues)
{
	ks_json_key_open(json, key, '[');
	for (unsigned int i = 0; i < KS_NR_ISSUES; i++)
		if (issues & KS_ISSUE_BIT(i))
			ks_json_str(json, ks_issues[i].name);
	ks_json_close(json, ']');
}

/**
 * functions: null, or what one name means in this image: published (what the published data says), usage, attach, btf
 * (functions of the name in BTF), entries, symbols.
 */
struct ks_error *ks_sheet_function(struct ks_sheet *sheet, const struct ks_fact *fact)
{
	struct ks_json *json = &sheet->json;
	const struct ks_function *fn = fact->function;
	ks_json_key(json, "functions");
	if (!fn) {
		ks_json_null(json);
		return NULL;
	}
	ks_json_open(json, '{');
	ks_json_key(json, "published");
	if (fn->nr_entries) {
		ks_json_open(json, '{');
		ks_json_key_str(json, "collision", ks_collision_texts[ks_function_collision(fn)]);
		ks_json_key_str(json, "inline",
				ks_inline_class_texts[ks_function_inline_class(fn)]);
		ks_json_key_bool(json, "transformed", ks_function_transformed(fn));
		ks_sheet_issues(json, "issues", ks_function_issues(fn));
		ks_json_close(json, '}');
	} else {
		ks_json_null(json); // only symbols tell of it
	}
	if (fn->nr_entries || ks_image_tells_inline(fact->image))
		KS_TRY(json_usage(sheet, fn));
	else
		ks_json_key_str(json, "usage", NULL);
	json_ways(sheet, fact);
	ks_json_key(json, "btf");
	if (fact->image->facts & KS_FACT_BTF)
		ks_json_u64(json, fn->nr_btf);
	else
		ks_json_null(json);
	ks_json_key_open(json, "entries", '[');
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		json_entry(sheet, &fn->entries[i], fn->name);
	ks_json_close(json, ']');
	ks_json_key_open(json, "symbols", '[');
	for (uint32_t i = 0; i < fn->nr_symbols; i++)
		json_symbol(sheet, fact->image, &fn->symbols[i]);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	return NULL;
}
