/* SPDX-License-Identifier: BSD-2-Clause */
/* --format json: everything that is known of one name. docs/report-json.md tells the keys. */
#include "report/show/json_sheet.h"
#include "surface/image.h"
#include "surface/issue.h"

static void json_syscall(struct ks_json *json, const struct ks_fact *fact)
{
	ks_json_key(json, "number");
	if (ks_syscall_has_number(fact->number))
		ks_json_u64(json, fact->number);
	else
		ks_json_null(json);
	ks_json_key(json, "traced");
	if (fact->image->facts & KS_FACT_TRACED)
		ks_json_bool(json, fact->traced);
	else
		ks_json_null(json);
	ks_json_key(json, "arguments");
	if (fact->args)
		ks_json_u64(json, fact->args - 1u);
	else
		ks_json_null(json);
}

static void json_tracepoint(struct ks_sheet *sheet, const struct ks_tracepoint *tracepoint)
{
	struct ks_json *json = &sheet->json;
	ks_json_key_str(json, "system", tracepoint->system);
	ks_json_key_str(json, "class", tracepoint->class_name);
	ks_json_key_str(json, "format", tracepoint->format);
	if (tracepoint->module)
		ks_json_key_str(json, "module", tracepoint->module);
	ks_sheet_decl(sheet, "record", tracepoint->record);
	ks_sheet_decl(sheet, "function", tracepoint->func);
}

/** What the image says of the name, by kind. */
static struct ks_error *json_fact(struct ks_sheet *sheet, const struct ks_fact *fact)
{
	struct ks_json *json = &sheet->json;
	switch (ks_kinds[sheet->history->kind].holds) {
	case KS_HOLDS_FUNCTION:
		ks_sheet_decl(sheet, "definition", fact->decl);
		return ks_sheet_function(sheet, fact);
	case KS_HOLDS_TYPE:
	case KS_HOLDS_NAME:
		ks_sheet_decl(sheet, "definition", fact->decl);
		ks_sheet_ambiguity(sheet, fact->ambiguity);
		break;
	case KS_HOLDS_TRACEPOINT:
		if (fact->tracepoint)
			json_tracepoint(sheet, fact->tracepoint);
		break;
	case KS_HOLDS_NUMBER:
		json_syscall(json, fact);
		break;
	case KS_HOLDS_VALUE:
		ks_json_key_str(json, "value", fact->value);
		break;
	case KS_HOLDS_MEMBER:
		ks_json_key_open(json, "definition", '{');
		if (fact->member)
			ks_sheet_member(sheet, fact->member);
		ks_json_close(json, '}');
		break;
	case KS_NR_HOLDS:
		break;
	}
	return NULL;
}

/** unknown: the issues that this image cannot tell of a function, whether it has them or not. */
static void json_unknown(struct ks_json *json, enum ks_kind kind, const struct ks_image *image)
{
	uint32_t all = KS_ISSUE_BIT(KS_NR_ISSUES) - 1, told = ks_issues_told(image);
	// it stands for two others, or they for it
	told |= KS_ISSUE_BIT(KS_ISSUE_AMBIGUOUS);
	ks_sheet_issues(json, "unknown", kind == KS_FUNCTION ? all & ~told : 0);
}

/**
 * An image: image (its label), group, label (what the group calls it), release, version, arch, flavor, revision,
 * distribution, tier; status present | absent | unknown; issues as ksurf sees them; unknown[]; then by kind: definition and
 * functions (function) | definition and ambiguity (types, LSM, kfunc) | system, class, format, record, function
 * (tracepoint) | number (syscall) | value (config), when the image has the name; then modules: the same of the kernel's
 * modules, when they have the name besides the kernel itself.
 */
static struct ks_error *json_image(struct ks_sheet *sheet, const char *group, const char *label,
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
	ks_json_key_str(json, "tier", ks_image_tier_text(image));
	ks_json_key_str(json, "status",
			!fact->known	? "unknown"
			: fact->present ? "present"
					: "absent");
	ks_sheet_issues(json, "issues", ks_fact_issues(sheet->history->kind, fact));
	json_unknown(json, sheet->history->kind, fact->image);
	if (fact->present)
		KS_TRY(json_fact(sheet, fact));
	if (fact->modules) {
		ks_json_key_open(json, "modules", '{');
		KS_TRY(json_fact(sheet, fact->modules));
		ks_json_close(json, '}');
	}
	ks_json_close(json, '}');
	return NULL;
}

static void json_names(struct ks_json *json, const char *key, const struct ks_name_list *names)
{
	ks_json_key_open(json, key, '[');
	for (size_t i = 0; i < names->nr; i++)
		ks_json_str(json, names->at[i]);
	ks_json_close(json, ']');
}

static void json_change_side(struct ks_sheet *sheet, const char *key,
			     const struct ks_change *change, bool new)
{
	struct ks_json *json = &sheet->json;
	switch (ks_changes_infos[change->kind].form) {
	case KS_FORM_DECL:
	case KS_FORM_TYPE:
		ks_sheet_type(sheet, key, new ? change->new_type : change->old_type);
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
void ks_sheet_change(struct ks_sheet *sheet, const struct ks_change *change)
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
static struct ks_error *json_pair(struct ks_sheet *sheet, const char *group,
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
	else if (ks_kind_compared(kind))
		status = "unknown"; // there, but without a type to compare
	ks_json_open(json, '{');
	ks_json_key_str(json, "group", group);
	ks_json_key_str(json, "old", old->image->label);
	ks_json_key_str(json, "new", new->image->label);
	ks_json_key_str(json, "status", changes.nr ? "changed" : status);
	ks_json_key_open(json, "changes", '[');
	for (size_t i = 0; i < changes.nr; i++)
		ks_sheet_change(sheet, &changes.at[i]);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
	return NULL;
}

static struct ks_error *json_sheet(struct ks_sheet *sheet)
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
	struct ks_sheet sheet = { report, history, ks_json_to(out, 2), { 0 } };
	struct ks_error *err = json_sheet(&sheet);
	if (!err)
		err = ks_buf_error(&sheet.text);
	ks_buf_deinit(&sheet.text);
	return err;
}
