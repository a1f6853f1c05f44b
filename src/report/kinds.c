/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/kinds.h"

#define PARAM_REASONS(detail)                                                                      \
	{ KS_PARAM_ADDED, "+PARAM", detail }, { KS_PARAM_REMOVED, "-PARAM", detail },              \
		{ KS_PARAM_REORDERED, "ORDER", detail },                                           \
		{ KS_PARAM_TYPE_CHANGED, "TYPE", detail },                                         \
	{                                                                                          \
		KS_RETURN_TYPE_CHANGED, "RET", detail                                              \
	}
#define FIELD_REASONS                                                                              \
	{ KS_FIELD_ADDED, "+FIELD", false }, { KS_FIELD_REMOVED, "-FIELD", false },                \
	{                                                                                          \
		KS_FIELD_TYPE_CHANGED, "TYPE", false                                               \
	}

static const struct ks_reason_column function_reasons[] = { PARAM_REASONS(false), { 0 } };
static const struct ks_reason_column field_reasons[] = { FIELD_REASONS, { 0 } };
static const struct ks_reason_column enum_reasons[] = { { KS_VALUE_ADDED, "+VALUE", false },
							{ KS_VALUE_REMOVED, "-VALUE", false },
							{ KS_VALUE_CHANGED, "VALUE", false },
							{ 0 } };
static const struct ks_reason_column tracepoint_reasons[] = { { KS_EVENT_CHANGED, "EVENT", false },
							      FIELD_REASONS,
							      { KS_FUNC_CHANGED, "FUNC", false },
							      PARAM_REASONS(true),
							      { 0 } };

#define PRESENCE_RULE                                                                              \
	" Added and removed are names that only the second or only the first image has."
#define PAIR_RULE PRESENCE_RULE " A changed name counts once under each of its reasons."

const struct ks_report_kind ks_report_kinds[KS_FIELD] = {
	[KS_FUNCTION] = { "FUNC", "changes-function", "Changes of functions",
			  "Functions with a prototype. Changed: parameters added, removed, in "
			  "another order or of "
			  "another "
			  "type, or another return type." PAIR_RULE,
			  function_reasons },
	[KS_STRUCT] = { "STRUCT", "changes-struct", "Changes of structs",
			"Changed: fields added, removed or of another type; offsets do not "
			"count." PAIR_RULE,
			field_reasons },
	[KS_UNION] = { "UNION", "changes-union", "Changes of unions",
		       "Changed: fields added, removed or of another type; offsets do not "
		       "count." PAIR_RULE,
		       field_reasons },
	[KS_ENUM] = { "ENUM", "changes-enum", "Changes of enums",
		      "Changed: values added, removed or changed." PAIR_RULE, enum_reasons },
	[KS_TYPEDEF] = { "TYPED", "changes-typedef", "Changes of typedefs",
			 "Changed: it stands for another type." PRESENCE_RULE },
	[KS_INT] = { "INT", "changes-int", "Changes of integer types",
		     "Changed: the size." PRESENCE_RULE },
	[KS_TRACEPOINT] = { "TP", "changes-tracepoint", "Changes of tracepoints",
			    "Changed: the fields of the event, or the parameters of its "
			    "function." PAIR_RULE,
			    tracepoint_reasons },
	[KS_SYSCALL] = { "SYSC", "changes-syscall", "Changes of system calls",
			 "Present or not; numbers do not count." PRESENCE_RULE },
	[KS_LSM] = { "LSM", "changes-lsm", "Changes of LSM hooks",
		     "Compared as the functions security_HOOK." PAIR_RULE, function_reasons },
	[KS_KFUNC] = { "KFUNC", "changes-kfunc", "Changes of kfuncs",
		       "Compared as functions." PAIR_RULE, function_reasons },
	[KS_CONFIG] = { "CONF", "changes-config", "Changes of the configuration",
			"Options; one that is not set has the value n. Changed: another "
			"value." PRESENCE_RULE },
};
