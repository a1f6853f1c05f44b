/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/buf.h"
#include "surface/kind.h"

const struct ks_kind_info ks_kinds[KS_NR_KINDS] = {
	[KS_FUNCTION] = { "function", "Function", "Function", false },
	[KS_STRUCT] = { "struct", "Struct", "Struct", false },
	[KS_UNION] = { "union", "Union", "Union", false },
	[KS_ENUM] = { "enum", "Enum", "Enum", false },
	[KS_TYPEDEF] = { "typedef", "Typedef", "Typedef", false },
	[KS_INT] = { "int", "Int", "Int", false },
	[KS_TRACEPOINT] = { "tracepoint", "Tracepoint", "Tracepoint", true },
	[KS_SYSCALL] = { "syscall", "Syscall", "Syscall", true },
	[KS_LSM] = { "lsm", "LSM", "LSM", true },
	[KS_KFUNC] = { "kfunc", "kfunc", "kfunc", true },
	[KS_CONFIG] = { "config", "Config", "Config", true },
	[KS_FIELD] = { "field", "Field", "Field", false },
};

enum ks_kind ks_kind_by_name(const char *name)
{
	enum ks_kind kind = 0;
	while (kind < KS_NR_KINDS && strcmp(ks_kinds[kind].name, name) != 0)
		kind++;
	return kind;
}

struct ks_error *ks_kind_unknown(const char *word)
{
	_cleanup_buf_ struct ks_buf all = { 0 };
	for (int kind = 0; kind < KS_NR_KINDS; kind++)
		ks_buf_printf(&all, kind ? ", %s" : "%s", ks_kinds[kind].name);
	const char *text = ks_buf_text(&all);
	return ks_error_new(KS_ERR_USAGE, "'%s' is no kind; there are %s", word,
			    text ? text : "those of --help");
}
