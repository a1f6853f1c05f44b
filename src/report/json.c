/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --format json: everything that is known of one name. One object, indented by two blanks:
 *
 * ksurf         1, the version of this layout: raised when a key changes its meaning
 * kind, name    as on the command line
 * base          label of the base image, or null
 * images[]      one for each image of the groups, group by group (json_image)
 * differences[] one for each pair of images (json_pair)
 *
 * Addresses are text ("0xffffffff81000000"): many readers of JSON keep only 53 bits of a number. Types and
 * declarations are C text. What an image cannot tell is null.
 */
#include "base/json.h"
#include "report/spell.h"
#include "report/writer.h"
#include "surface/issue.h"

struct sheet {
	struct ks_report *report;
	const struct ks_history *history;
	struct ks_json json;
	struct ks_buf text; // a value before it is escaped
};

/** Write what lies in text as a JSON string, and empty it. */
static void text_flush(struct sheet *sheet, const char *key)
{
	ks_json_key(&sheet->json, key);
	ks_json_strn(&sheet->json, sheet->text.at, sheet->text.len);
	sheet->text.len = 0;
}

static void json_type(struct sheet *sheet, const char *key, const struct ks_type *type)
{
	ks_spell_c.type(&sheet->text, type);
	text_flush(sheet, key);
}

static void json_addr(struct sheet *sheet, uint64_t addr)
{
	ks_buf_str(&sheet->text, "0x");
	ks_buf_hex(&sheet->text, addr);
	text_flush(sheet, "addr");
}

/* ---- definitions ---- */

static void json_params(struct sheet *sheet, const struct ks_type *proto)
{
	struct ks_json *json = &sheet->json;
	json_type(sheet, "returns", proto->inner);
	ks_json_key_open(json, "params", '[');
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		ks_json_open(json, '{');
		ks_json_key_str(json, "name", proto->params[i].name);
		json_type(sheet, "type", proto->params[i].type);
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
}

static void json_member(struct sheet *sheet, const struct ks_member *member)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_str(json, "name", member->name);
	json_type(sheet, "type", member->type);
	ks_json_key_u64(json, "bits_offset", member->bits_offset);
	ks_json_key(json, "bitfield_bits");
	if (member->bitfield_size)
		ks_json_u64(json, member->bitfield_size);
	else
		ks_json_null(json);
}

static void json_members(struct sheet *sheet, const struct ks_decl *decl)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_u64(json, "bytes", decl->size);
	ks_json_key_open(json, "members", '[');
	for (uint32_t i = 0; i < decl->nr; i++) {
		ks_json_open(json, '{');
		json_member(sheet, &decl->members[i]);
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
}

static void json_values(struct sheet *sheet, const struct ks_decl *decl)
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

/** definition: name; by kind text, returns, params | bytes, members | bytes, values | type | bytes. */
static void json_decl(struct sheet *sheet, const char *key, const struct ks_decl *decl)
{
	struct ks_json *json = &sheet->json;
	ks_json_key(json, key);
	if (!decl) {
		ks_json_null(json);
		return;
	}
	ks_json_open(json, '{');
	ks_json_key_str(json, "name", decl->name);
	switch (decl->kind) {
	case KS_FUNCTION:
		ks_spell_c.proto(&sheet->text, decl->type, decl->name);
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
		json_type(sheet, "type", decl->type);
		break;
	default:
		ks_json_key_u64(json, "bytes", decl->size);
	}
	ks_json_close(json, '}');
}

/** ambiguity[]: the differing definitions of a type name, each with the units that use it. */
static void json_ambiguity(struct sheet *sheet, const struct ks_ambiguity *ambiguity)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_open(json, "ambiguity", '[');
	for (uint32_t i = 0; ambiguity && i < ambiguity->nr_variants; i++) {
		const struct ks_variant *variant = &ambiguity->variants[i];
		ks_json_open(json, '{');
		json_decl(sheet, "definition", variant->decl);
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
static void json_callers(struct sheet *sheet, const char *key, const struct ks_entry *entry,
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
static void json_clone(struct sheet *sheet, const struct ks_entry *entry,
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

static void json_entry(struct sheet *sheet, const struct ks_entry *entry, const char *name)
{
	struct ks_json *json = &sheet->json;
	ks_json_open(json, '{');
	json_addr(sheet, entry->addr);
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
		ks_spell_c.proto(&sheet->text, entry->proto, name);
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

static void json_symbol(struct sheet *sheet, const struct ks_symbol *symbol)
{
	struct ks_json *json = &sheet->json;
	ks_json_open(json, '{');
	ks_json_key_str(json, "name", symbol->name);
	ks_json_key_str(json, "suffix", ks_suffix_texts[ks_suffix_of(symbol->name)]);
	json_addr(sheet, symbol->addr);
	ks_json_key_u64(json, "bytes", symbol->size);
	ks_json_key_str(json, "section", symbol->section);
	ks_json_key_str(json, "bind", ks_bind_text(symbol->bind));
	ks_json_close(json, '}');
}

/** usage: counts over all entries; places are inlined_subroutines or call sites, functions their holders. */
static struct ks_error *json_usage(struct sheet *sheet, const struct ks_function *fn)
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

static void json_issues(struct ks_json *json, const char *key, uint32_t issues)
{
	ks_json_key_open(json, key, '[');
	for (unsigned int i = 0; i < KS_NR_ISSUES; i++)
		if (issues & KS_ISSUE_BIT(i))
			ks_json_str(json, ks_issues[i].name);
	ks_json_close(json, ']');
}

/** group: null, or what one name means in this image: published (what the published data says), entries, symbols. */
static struct ks_error *json_function(struct sheet *sheet, const struct ks_function *fn)
{
	struct ks_json *json = &sheet->json;
	ks_json_key(json, "group");
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
		json_issues(json, "issues", ks_function_issues(fn));
		ks_json_close(json, '}');
	} else {
		ks_json_null(json); // only symbols tell of it
	}
	KS_TRY(json_usage(sheet, fn));
	ks_json_key_open(json, "entries", '[');
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		json_entry(sheet, &fn->entries[i], fn->name);
	ks_json_close(json, ']');
	ks_json_key_open(json, "symbols", '[');
	for (uint32_t i = 0; i < fn->nr_symbols; i++)
		json_symbol(sheet, &fn->symbols[i]);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	return NULL;
}

/* ---- images and pairs ---- */

static void json_tracepoint(struct sheet *sheet, const struct ks_tracepoint *tracepoint)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_str(json, "system", tracepoint->system);
	ks_json_key_str(json, "class", tracepoint->class_name);
	ks_json_key_str(json, "format", tracepoint->format);
	json_decl(sheet, "record", tracepoint->record);
	json_decl(sheet, "function", tracepoint->func);
}

/** What the image says of the name, by kind. */
static struct ks_error *json_fact(struct sheet *sheet, const struct ks_fact *fact)
{
	struct ks_json *json = &sheet->json;
	switch (sheet->history->kind) {
	case KS_FUNCTION:
		json_decl(sheet, "definition", fact->decl);
		return json_function(sheet, fact->function);
	case KS_TRACEPOINT:
		if (fact->tracepoint)
			json_tracepoint(sheet, fact->tracepoint);
		return NULL;
	case KS_SYSCALL:
		ks_json_key_u64(json, "number", fact->number);
		return NULL;
	case KS_CONFIG:
		ks_json_key_str(json, "value", fact->value);
		return NULL;
	case KS_FIELD:
		ks_json_key_open(json, "definition", '{');
		if (fact->member)
			json_member(sheet, fact->member);
		ks_json_close(json, '}');
		return NULL;
	default:
		json_decl(sheet, "definition", fact->decl);
		json_ambiguity(sheet, fact->ambiguity);
		return NULL;
	}
}

/**
 * An image: image (its label), group, label (what the group calls it), release, version, arch, flavor, revision,
 * distribution, tier; status present | absent | unknown; issues as ksurf sees them; then by kind: definition and
 * group (function) | definition and ambiguity (types, LSM, kfunc) | system, class, format, record, function
 * (tracepoint) | number (syscall) | value (config), when the image has the name.
 */
static struct ks_error *json_image(struct sheet *sheet, const char *group, const char *label,
				   const struct ks_fact *fact)
{
	struct ks_json *json = &sheet->json;
	const struct ks_image *image = fact->image;
	ks_json_open(json, '{');
	ks_json_key_str(json, "image", image->label);
	ks_json_key_str(json, "group", group);
	ks_json_key_str(json, "label", label);
	ks_json_key_str(json, "release", image->release);
	ks_json_key_str(json, "version", image->version);
	ks_json_key_str(json, "arch", image->arch);
	ks_json_key_str(json, "flavor", image->flavor);
	ks_json_key_str(json, "revision", image->revision);
	ks_json_key_str(json, "distribution", image->distribution);
	ks_json_key_str(json, "tier", ks_tier_texts[image->tier]);
	ks_json_key_str(json, "status",
			!fact->known	? "unknown"
			: fact->present ? "present"
					: "absent");
	json_issues(json, "issues", ks_fact_issues(sheet->history->kind, fact));
	if (fact->present)
		KS_TRY(json_fact(sheet, fact));
	ks_json_close(json, '}');
	return NULL;
}

static void json_names(struct ks_json *json, const char *key, const struct ks_names *names)
{
	ks_json_key_open(json, key, '[');
	for (size_t i = 0; i < names->nr; i++)
		ks_json_str(json, names->at[i]);
	ks_json_close(json, ']');
}

static void json_change_side(struct sheet *sheet, const char *key, const struct ks_change *change,
			     bool new)
{
	struct ks_json *json = &sheet->json;
	switch (ks_changes_infos[change->kind].form) {
	case KS_FORM_DECL:
	case KS_FORM_TYPE:
		json_type(sheet, key, new ? change->new_type : change->old_type);
		break;
	case KS_FORM_NAMES:
		json_names(json, key, new ? &change->new_names : &change->old_names);
		break;
	case KS_FORM_NUMBER:
		ks_json_key_i64(json, key, new ? change->new_number : change->old_number);
		break;
	case KS_FORM_TEXT:
		ks_json_key_str(json, key, new ? change->new_text : change->old_text);
		break;
	case KS_FORM_NONE:
		break;
	}
}

/** changes[]: change, the kind of it; name, old and new as far as it has them. */
static void json_change(struct sheet *sheet, const struct ks_change *change)
{
	const struct ks_change_info *info = &ks_changes_infos[change->kind];
	ks_json_open(&sheet->json, '{');
	ks_json_key_str(&sheet->json, "change", info->name);
	ks_json_key_str(&sheet->json, "name", change->name);
	if (info->has_old)
		json_change_side(sheet, "old", change, false);
	if (info->has_new)
		json_change_side(sheet, "new", change, true);
	ks_json_close(&sheet->json, '}');
}

/** A pair: group, old and new (labels of the images), status same | changed | added | removed | absent | unknown,
 *  changes[]. */
static struct ks_error *json_pair(struct sheet *sheet, const char *group,
				  const struct ks_pair *pair)
{
	struct ks_json *json = &sheet->json;
	enum ks_kind kind = sheet->history->kind;
	const struct ks_fact *old = &sheet->history->facts[pair->old];
	const struct ks_fact *new = &sheet->history->facts[pair->new];
	struct ks_changes changes = { 0 };
	const char *status = "same";
	if (!old->known || !new->known)
		status = "unknown";
	else if (!old->present || !new->present)
		status = new->present ? "added" : old->present ? "removed" : "absent";
	else if (ks_fact_comparable(kind, old) && ks_fact_comparable(kind, new))
		KS_TRY(ks_diff_facts(sheet->report->diff, kind, old, new, &changes));
	else if (kind != KS_SYSCALL)
		status = "unknown"; // there, but without a type to compare
	ks_json_open(json, '{');
	ks_json_key_str(json, "group", group);
	ks_json_key_str(json, "old", old->image->label);
	ks_json_key_str(json, "new", new->image->label);
	ks_json_key_str(json, "status", changes.nr ? "changed" : status);
	ks_json_key_open(json, "changes", '[');
	for (size_t i = 0; i < changes.nr; i++)
		json_change(sheet, &changes.at[i]);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	return NULL;
}

static struct ks_error *json_sheet(struct sheet *sheet)
{
	const struct ks_groups *groups = sheet->report->groups;
	struct ks_json *json = &sheet->json;
	ks_json_open(json, '{');
	ks_json_key_u64(json, "ksurf", 1);
	ks_json_key_str(json, "kind", ks_kinds[sheet->history->kind].name);
	ks_json_key_str(json, "name", sheet->history->name);
	ks_json_key_str(json, "base",
			groups->base < groups->nr_images ? groups->images[groups->base]->label
							 : NULL);
	ks_json_key_open(json, "images", '[');
	for (enum ks_group_kind kind = 0; kind < KS_NR_PARTITION_GROUPS; kind++)
		for (size_t i = 0; i < groups->at[kind].nr; i++)
			KS_TRY(json_image(sheet, ks_groups_infos[kind].name,
					  groups->at[kind].labels[i],
					  &sheet->history->facts[groups->at[kind].images[i]]));
	ks_json_close(json, ']');
	ks_json_key_open(json, "differences", '[');
	for (enum ks_group_kind kind = 0; kind < KS_NR_PARTITION_GROUPS; kind++)
		for (size_t i = 0; i < groups->at[kind].nr_pairs; i++)
			KS_TRY(json_pair(sheet, ks_groups_infos[kind].name,
					 &groups->at[kind].pairs[i]));
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	ks_buf_char(sheet->json.out, '\n');
	return NULL;
}

struct ks_error *ks_report_json(struct ks_report *report, const struct ks_history *history,
				struct ks_buf *out)
{
	struct sheet sheet = { report, history, ks_json_to(out, 2), { 0 } };
	struct ks_error *err = json_sheet(&sheet);
	if (!err)
		err = ks_buf_error(&sheet.text);
	ks_buf_deinit(&sheet.text);
	return err;
}
