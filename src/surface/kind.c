/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/buf.h"
#include "base/edit_distance.h"
#include "surface/model.h"

/** A list of struct ks_surface, its counter, its type of record, and the member that is its name. */
#define LIST(at, nr, type, name)                                                                   \
	{                                                                                          \
		offsetof(struct ks_surface, at), offsetof(struct ks_surface, nr), sizeof(type),    \
			offsetof(type, name)                                                       \
	}
/** A list of names alone. */
#define NAMES(at, nr)                                                                              \
	{                                                                                          \
		offsetof(struct ks_surface, at), offsetof(struct ks_surface, nr),                  \
			sizeof(const char *), 0                                                    \
	}
#define DECLS(kind) LIST(decls[kind].at, decls[kind].nr, struct ks_decl, name)

const struct ks_kind_info ks_kinds[KS_NR_KINDS] = {
	[KS_FUNCTION] = { "function", "Function", "Function", false, KS_HOLDS_FUNCTION,
			  .part = "order.prototype", .list = DECLS(KS_FUNCTION) },
	[KS_STRUCT] = { "struct", "Struct", "Struct", false, KS_HOLDS_TYPE, .part = "order.struct",
			.list = DECLS(KS_STRUCT) },
	[KS_UNION] = { "union", "Union", "Union", false, KS_HOLDS_TYPE, .part = "order.union",
		       .list = DECLS(KS_UNION) },
	[KS_ENUM] = { "enum", "Enum", "Enum", false, KS_HOLDS_TYPE, .part = "order.enum",
		      .list = DECLS(KS_ENUM) },
	[KS_TYPEDEF] = { "typedef", "Typedef", "Typedef", false, KS_HOLDS_TYPE,
			 .part = "order.typedef", .list = DECLS(KS_TYPEDEF) },
	[KS_INT] = { "int", "Int", "Int", false, KS_HOLDS_TYPE, .part = "order.int",
		     .list = DECLS(KS_INT) },
	[KS_TRACEPOINT] = { "tracepoint", "Tracepoint", "Tracepoint", true, KS_HOLDS_TRACEPOINT,
			    .part = "order.tracepoint",
			    .list = LIST(tracepoints, nr_tracepoints, struct ks_tracepoint,
					 event) },
	[KS_SYSCALL] = { "syscall", "Syscall", "Syscall", true, KS_HOLDS_NUMBER,
			 .kernel_only = true, .part = "order.syscall",
			 .list = LIST(syscalls, nr_syscalls, struct ks_syscall, name) },
	[KS_LSM] = { "lsm", "LSM", "LSM", true, KS_HOLDS_NAME, .function = "security_",
		     .kernel_only = true, .part = "order.lsm", .list = NAMES(lsm, nr_lsm) },
	[KS_KFUNC] = { "kfunc", "kfunc", "kfunc", true, KS_HOLDS_NAME, .function = "",
		       .part = "order.kfunc", .list = NAMES(kfuncs, nr_kfuncs) },
	[KS_CONFIG] = { "config", "Config", "Config", true, KS_HOLDS_VALUE, .kernel_only = true,
			.part = "order.config",
			.list = LIST(options, nr_options, struct ks_option, name) },
	[KS_FIELD] = { "field", "Field", "Field", false, KS_HOLDS_MEMBER },
};

enum ks_kind ks_kind_by_name(const char *name)
{
	enum ks_kind kind = 0;
	while (kind < KS_NR_KINDS && strcmp(ks_kinds[kind].name, name) != 0)
		kind++;
	return kind;
}

bool ks_kind_of_functions(enum ks_kind kind)
{
	return ks_kinds[kind].function != NULL;
}

bool ks_kind_compared(enum ks_kind kind)
{
	enum ks_holds holds = ks_kinds[kind].holds;
	return holds == KS_HOLDS_NAME ? ks_kind_of_functions(kind) : holds != KS_HOLDS_NUMBER;
}

size_t ks_surface_count(const struct ks_surface *surface, enum ks_kind kind)
{
	const struct ks_kind_list *list = &ks_kinds[kind].list;
	return list->record ? *(const size_t *)((const char *)surface + list->nr) : 0;
}

const void *ks_surface_record(const struct ks_surface *surface, enum ks_kind kind, size_t i)
{
	const struct ks_kind_list *list = &ks_kinds[kind].list;
	const char *records; // of whatever type: pointers to all of them look alike
	memcpy(&records, (const char *)surface + list->at, sizeof(records));
	return records ? records + i * list->record : NULL;
}

const char *ks_surface_name(const struct ks_surface *surface, enum ks_kind kind, size_t i)
{
	const char *name, *record = ks_surface_record(surface, kind, i);
	memcpy(&name, record + ks_kinds[kind].list.name, sizeof(name));
	return name;
}

void ks_surface_set_list(struct ks_surface *surface, enum ks_kind kind, const void *records,
			 size_t nr)
{
	const struct ks_kind_list *list = &ks_kinds[kind].list;
	memcpy((char *)surface + list->at, &records, sizeof(records));
	*(size_t *)((char *)surface + list->nr) = nr;
}

struct ks_error *ks_kind_unknown(const char *word)
{
	_cleanup_buf_ struct ks_buf all = { 0 };
	struct ks_near_word near = ks_near_word_of(word);
	for (int kind = 0; kind < KS_NR_KINDS; kind++) {
		ks_buf_printf(&all, kind ? ", %s" : "%s", ks_kinds[kind].name);
		ks_near_word_see(&near, ks_kinds[kind].name);
	}
	const char *text = ks_buf_text(&all);
	return ks_error_new(KS_ERR_USAGE, "'%s' is no kind; there are %s%s", word,
			    text ? text : "those of --help", ks_near_word_hint(&near));
}
