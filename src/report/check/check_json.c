/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/check-json.md tells the keys. */
#include "base/json.h"
#include "report/check/check_page.h"
#include "report/text/json_image.h"

static void write_reason(struct ks_json *json, const struct ks_reason *reason)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "reason", ks_reasons[reason->kind].name);
	ks_json_key_str(json, "verdict", ks_verdicts[reason->verdict].name);
	ks_json_key_bool(json, "reachable", !reason->soft);
	ks_json_key_str(json, "kind",
			reason->name_kind < KS_NR_KINDS ? ks_kinds[reason->name_kind].name : NULL);
	ks_json_key_str(json, "name", reason->name);
	ks_json_key_str(json, "detail", reason->detail);
	ks_json_key_str(json, "hint", reason->hint);
	ks_json_key(json, "instruction");
	if (reason->insn == KS_NO_INDEX)
		ks_json_null(json);
	else
		ks_json_u64(json, reason->insn);
	ks_json_key_str(json, "file", reason->line ? reason->line->file : NULL);
	ks_json_key(json, "line");
	if (reason->line && reason->line->line)
		ks_json_u64(json, reason->line->line);
	else
		ks_json_null(json);
	ks_json_key_str(json, "source", reason->line ? reason->line->text : NULL);
	ks_json_close(json, '}');
}

void ks_check_json_outcome(struct ks_json *json, const struct ks_image *image,
			   const struct ks_outcome *outcome)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "image", image->label);
	ks_json_key_str(json, "verdict", ks_verdicts[outcome->verdict].name);
	ks_json_key_str(json, "load", ks_verdicts[outcome->load].name);
	ks_json_key_str(json, "attach", ks_verdicts[outcome->attach].name);
	ks_json_key_bool(json, "optional", outcome->optional);
	ks_json_key_open(json, "reasons", '[');
	for (uint32_t i = 0; i < outcome->nr; i++)
		write_reason(json, &outcome->reasons[i]);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
}

void ks_check_json_program(struct ks_json *json, const struct ks_bpf_program *program)
{
	ks_json_key_str(json, "program", program->name);
	ks_json_key_str(json, "section", program->section);
	ks_json_key_str(json, "hook", ks_hooks[program->hook.kind].name);
	ks_json_key_str(json, "target", program->hook.target);
	ks_json_key_bool(json, "autoload", program->autoload);
}

static void write_program(struct ks_json *json, const struct ks_check *check, size_t row)
{
	ks_json_open(json, '{');
	ks_check_json_program(json, check->programs[row]);
	ks_json_key_open(json, "outcomes", '[');
	for (size_t i = 0; i < check->nr_images; i++)
		ks_check_json_outcome(json, check->images[i], ks_check_outcome(check, row, i));
	ks_json_close(json, ']');
	ks_json_close(json, '}');
}

static void write_object(struct ks_json *json, const struct ks_check *check,
			 const struct ks_check_object *object)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "object", object->object->name);
	ks_json_key_str(json, "path", object->path);
	ks_json_key_u64(json, "offset", object->offset);
	ks_json_key_u64(json, "size", object->size);
	ks_json_key_str(json, "base", object->base);
	ks_json_key_open(json, "verdicts", '{');
	for (size_t i = 0; i < check->nr_images; i++)
		ks_json_key_str(json, check->images[i]->label,
				ks_verdicts[ks_check_object_verdict(check, object, i)].name);
	ks_json_close(json, '}');
	ks_json_key_open(json, "programs", '[');
	for (size_t row = object->first; row < object->first + object->nr; row++)
		write_program(json, check, row);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
}

static void write_loss(struct ks_json *json, const struct ks_tools *tools,
		       const struct ks_loss *loss)
{
	const struct ks_check *check = tools->check;
	ks_json_open(json, '{');
	ks_json_key_str(json, "object", ks_row_object(check, loss->row)->object->name);
	ks_json_key_str(json, "program", check->programs[loss->row]->name);
	ks_json_key_bool(json, "fatal", loss->fatal);
	ks_json_key_str(json, "loses", loss->words);
	ks_json_key_str(json, "excuse",
			loss->excuse == KS_EXCUSE_KNOWN	   ? "known"
			: loss->excuse == KS_EXCUSE_WAIVED ? "waived"
							   : NULL);
	ks_json_key_str(json, "reason", loss->reason ? ks_reasons[loss->reason->kind].name : NULL);
	ks_json_key_str(json, "name", loss->reason ? loss->reason->name : NULL);
	ks_json_close(json, '}');
}

static void write_choice(struct ks_json *json, const struct ks_tool_choice *choice)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "basis", ks_bases[choice->basis]);
	ks_json_key_str(json, "source", choice->source);
	ks_json_key_open(json, "sides", '[');
	for (size_t i = 0; i < choice->nr_sides; i++)
		ks_json_str(json, choice->sides[i]);
	ks_json_close(json, ']');
	ks_json_close(json, '}');
}

static void write_tool(struct ks_json *json, const struct ks_tools *tools, size_t index)
{
	const struct ks_check *check = tools->check;
	const struct ks_tool *tool = &tools->at[index];
	ks_json_open(json, '{');
	ks_json_key_str(json, "tool", tool->name);
	ks_json_key_str(json, "path", tool->path);
	ks_json_key_str(json, "basis", ks_bases[tool->basis]);
	ks_json_key_open(json, "objects", '[');
	for (size_t i = 0; i < tool->nr_objects; i++)
		ks_json_str(json, check->objects[tool->objects[i]].object->name);
	ks_json_close(json, ']');
	ks_json_key_open(json, "choices", '[');
	for (size_t i = 0; i < tool->nr_choices; i++)
		write_choice(json, &tool->choices[i]);
	ks_json_close(json, ']');
	ks_json_key_open(json, "outcomes", '[');
	for (size_t i = 0; i < check->nr_images; i++) {
		const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, index, i);
		ks_json_open(json, '{');
		ks_json_key_str(json, "image", check->images[i]->label);
		ks_json_key_str(json, "verdict", ks_tool_verdicts[outcome->verdict].name);
		ks_json_key_str(json, "counted", ks_verdicts[outcome->counted].name);
		ks_json_key_bool(json, "spared", outcome->spared);
		ks_json_key_open(json, "losses", '[');
		for (uint32_t k = 0; k < outcome->nr; k++)
			write_loss(json, tools, &outcome->losses[k]);
		ks_json_close(json, ']');
		ks_json_close(json, '}');
	}
	ks_json_close(json, ']');
	ks_json_close(json, '}');
}

struct ks_error *ks_check_json(const struct ks_check_report *report, const struct ks_check *check,
			       struct ks_buf *out)
{
	const struct ks_tools *tools = report->tools;
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_open(&json, "images", '[');
	for (size_t i = 0; i < check->nr_images; i++) {
		ks_json_open(&json, '{');
		ks_json_image(&json, check->images[i]);
		ks_json_close(&json, '}');
	}
	ks_json_close(&json, ']');
	ks_json_key_bool(&json, "as-compiled", tools->as_compiled);
	ks_json_key_open(&json, "tools", '[');
	for (size_t i = 0; i < tools->nr; i++)
		write_tool(&json, tools, i);
	ks_json_close(&json, ']');
	ks_json_key_open(&json, "objects", '[');
	for (size_t i = 0; i < check->nr_objects; i++)
		write_object(&json, check, &check->objects[i]);
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	ks_buf_char(out, '\n');
	return NULL;
}
