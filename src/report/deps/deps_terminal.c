/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/array.h"
#include "bpf/names.h"
#include "report/deps/deps_sheet.h"
#include "report/show/terminal.h"

enum { TITLE = 18 };

/** Kinds that a table shows elsewhere: in its head, or behind the type they belong to. */
static bool is_elsewhere(enum ks_dep_kind kind)
{
	return kind == KS_DEP_PROGRAM_TYPE || kind == KS_DEP_ATTACH_TYPE || kind == KS_DEP_FIELD ||
	       kind == KS_DEP_UNION_FIELD;
}

/** May it be missing? Weak, or the program asks whether it is there. */
static bool is_asked_for(const struct ks_dep *dep)
{
	bool member = dep->kind == KS_DEP_FIELD || dep->kind == KS_DEP_UNION_FIELD;
	enum ks_core_kind asks = member				  ? KS_CORE_FIELD_EXISTS
				 : dep->kind == KS_DEP_ENUM_VALUE ? KS_CORE_ENUM_EXISTS
								  : KS_CORE_TYPE_EXISTS;
	return dep->weak || dep->cores & 1u << asks;
}

/** The first member of a list whose name is not before the key. */
static uint32_t find_member(const struct ks_dep_list *list, enum ks_dep_kind kind, const char *key)
{
	return (uint32_t)KS_FIRST_NOT(
		0, list->nr, i,
		list->at[i].kind < kind ||
			(list->at[i].kind == kind && strcmp(list->at[i].name, key) < 0));
}

/** The members that are used of a struct or union, behind its name. */
static void write_members(struct ks_buf *text, const struct ks_dep_list *list,
			  const struct ks_dep *record)
{
	enum ks_dep_kind kind = record->kind == KS_DEP_STRUCT ? KS_DEP_FIELD : KS_DEP_UNION_FIELD;
	_cleanup_buf_ struct ks_buf key = { 0 };
	ks_buf_printf(&key, "%s::", record->name);
	const char *prefix = ks_buf_text(&key), *separator = " (";
	for (uint32_t i = prefix ? find_member(list, kind, prefix) : list->nr; i < list->nr; i++) {
		const struct ks_dep *dep = &list->at[i];
		if (dep->kind != kind || strncmp(dep->name, prefix, key.len) != 0)
			break;
		ks_buf_printf(text, "%s%s%s", separator, dep->name + key.len,
			      is_asked_for(dep) ? "?" : "");
		separator = ", ";
	}
	if (separator[0] == ',')
		ks_buf_char(text, ')');
}

/** The names of one kind. @param ret_asked set when one of them may be missing */
static void write_kind(struct ks_terminal *terminal, const struct ks_dep_list *list, uint32_t first,
		       uint32_t end, bool *ret_asked)
{
	ks_terminal_blanks(terminal, 4);
	_cleanup_buf_ struct ks_buf title = { 0 };
	ks_buf_printf(&title, "%-*s", TITLE - 4, ks_dep_infos[list->at[first].kind].title);
	const char *text = ks_buf_text(&title);
	ks_terminal_paint(terminal, KS_PAINT_DIM, text ? text : "");
	for (uint32_t i = first; i < end; i++) {
		const struct ks_dep *dep = &list->at[i];
		bool asked = is_asked_for(dep);
		ks_buf_printf(&terminal->text, "%s%s%s", i > first ? ", " : "",
			      dep->name[0] ? dep->name : "set at run time", asked ? "?" : "");
		if (dep->kind == KS_DEP_STRUCT || dep->kind == KS_DEP_UNION)
			write_members(&terminal->text, list, dep);
		*ret_asked = *ret_asked || asked;
	}
	ks_terminal_wrap(terminal, TITLE, TITLE);
}

static void write_list(struct ks_terminal *terminal, const struct ks_dep_list *list,
		       bool *ret_asked)
{
	for (uint32_t i = 0, end; i < list->nr; i = end) {
		for (end = i; end < list->nr && list->at[end].kind == list->at[i].kind;)
			end++;
		if (!is_elsewhere(list->at[i].kind))
			write_kind(terminal, list, i, end, ret_asked);
		for (uint32_t k = i; k < end; k++) // of a field that is told behind its struct
			*ret_asked = *ret_asked || is_asked_for(&list->at[k]);
	}
}

/** "BPF_PROG_TYPE_SCHED_CLS" as "sched_cls". */
static void write_enum(struct ks_buf *out, const char *name, const char *prefix)
{
	for (const char *c = name + strlen(prefix); *c; c++)
		ks_buf_char(out, *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c);
}

static void write_program(struct ks_terminal *terminal, const struct ks_dep_list *list,
			  bool *ret_asked)
{
	const struct ks_bpf_program *program = list->program;
	ks_terminal_blanks(terminal, 2);
	ks_terminal_paint(terminal, KS_PAINT_HEAD, program->name);
	struct ks_buf *text = &terminal->text;
	ks_buf_printf(text, " SEC(\"%s\") ", program->section);
	if (program->hook.program_type)
		write_enum(text, program->hook.program_type, "BPF_PROG_TYPE_");
	else
		ks_buf_str(text, "unknown type");
	if (program->hook.attach_type) {
		ks_buf_char(text, '/');
		write_enum(text, program->hook.attach_type, "BPF_");
	}
	ks_buf_printf(text, ", %u instruction%s%s", program->nr, program->nr == 1 ? "" : "s",
		      program->autoload ? "" : ", not loaded by default");
	ks_terminal_wrap(terminal, 2 + strlen(program->name), 6);
	write_list(terminal, list, ret_asked);
}

static void write_head(struct ks_terminal *terminal, const struct ks_deps_sheet *sheet)
{
	const struct ks_bpf_object *object = sheet->deps->object;
	struct ks_buf *text = &terminal->text;
	ks_terminal_paint(terminal, KS_PAINT_HEAD, sheet->found->name);
	ks_buf_printf(text, ": %s", sheet->found->path);
	if (sheet->found->offset)
		ks_buf_printf(text, " at byte %llu", (unsigned long long)sheet->found->offset);
	ks_buf_printf(text, ", %llu bytes", (unsigned long long)sheet->found->size);
	if (object->legacy)
		ks_buf_str(text, ", without BTF: what it reads of the kernel cannot be told");
	ks_terminal_wrap(terminal, strlen(sheet->found->name), 2);
	if (!object->nr_maps)
		return;
	ks_terminal_blanks(terminal, 2);
	ks_terminal_paint(terminal, KS_PAINT_DIM, "maps");
	for (uint32_t i = 0; i < object->nr_maps; i++) {
		const char *type = ks_bpf_map_type_name(object->maps[i].type);
		ks_buf_printf(text, "%s%s (%s)", i ? ", " : " ", object->maps[i].name,
			      type ? type : "unknown type");
	}
	ks_terminal_wrap(terminal, 6, 7);
}

struct ks_error *ks_deps_terminal(const struct ks_deps_options *options,
				  const struct ks_deps_sheet *sheets, size_t nr, struct ks_buf *out)
{
	struct ks_report report = {
		.options = { .color = options->color,
			     .columns = options->columns ? options->columns : 80 },
	};
	struct ks_terminal terminal = { .report = &report, .out = out };
	bool asked = false;
	for (size_t i = 0; i < nr; i++) {
		if (i)
			ks_buf_char(out, '\n');
		write_head(&terminal, &sheets[i]);
		for (uint32_t k = 0; k < sheets[i].deps->nr; k++)
			write_program(&terminal, &sheets[i].deps->programs[k], &asked);
	}
	if (asked)
		ks_buf_str(out, "\n? may be missing: it is weak, or the program asks whether it is "
				"there\n");
	struct ks_error *err = ks_buf_error(&terminal.text);
	ks_buf_deinit(&terminal.text);
	return err ? err : ks_buf_error(out);
}
