/* SPDX-License-Identifier: BSD-2-Clause */
/* What verdicts and reasons are called, once for every report. */
#include "check/check.h"

const struct ks_verdict_info ks_verdicts[KS_NR_VERDICTS] = {
	[KS_VERDICT_OK] = { "ok", "works", "." },
	[KS_VERDICT_UNKNOWN] = { "unknown", "cannot be told", "?" },
	[KS_VERDICT_RISK] = { "risk", "runs but may be wrong", "!" },
	[KS_VERDICT_NO_ATTACH] = { "fails-to-attach", "fails to attach", "A" },
	[KS_VERDICT_NO_LOAD] = { "fails-to-load", "fails to load", "L" },
};

#define LOAD KS_VERDICT_NO_LOAD
#define ATTACH KS_VERDICT_NO_ATTACH
#define RISK KS_VERDICT_RISK
#define UNKNOWN KS_VERDICT_UNKNOWN

const struct ks_reason_info ks_reasons[KS_NR_REASONS] = {
	[KS_REASON_LOADER] = { "loader", "the loader refuses it", LOAD },
	[KS_REASON_MACHINE] = { "machine", "it is built for another machine", LOAD },
	[KS_REASON_CORE_RELO] = { "core-relo", "a CO-RE relocation has no target", LOAD },
	[KS_REASON_KSYM_MISSING] = { "ksym-missing", "the kernel has no such symbol", LOAD },
	[KS_REASON_HELPER] = { "helper", "the helper cannot be called here", LOAD },
	[KS_REASON_KFUNC] = { "kfunc", "the kernel function cannot be called here", LOAD },
	[KS_REASON_PROG_TYPE] = { "prog-type", "the kernel has no such program type", LOAD },
	[KS_REASON_ATTACH_TYPE] = { "attach-type", "the kernel has no such attach type", LOAD },
	[KS_REASON_MAP_TYPE] = { "map-type", "the kernel has no such map type", LOAD },
	[KS_REASON_KCONFIG] = { "kconfig", "the kernel is built without an option", LOAD },
	[KS_REASON_STRUCT_OPS] = { "struct-ops", "the kernel has no such operations", LOAD },
	[KS_REASON_INSN_SET] = { "insn-set", "the instructions are newer than the kernel", LOAD },
	[KS_REASON_POINTER] = { "pointer", "the pointer may not be used so", LOAD },
	[KS_REASON_RESULT] = { "result", "it ends with what the kernel does not take", LOAD },
	[KS_REASON_TARGET_ABSENT] = { "target-absent", "no such function", ATTACH },
	[KS_REASON_TARGET_INLINED] = { "target-inlined", "inlined everywhere", ATTACH },
	[KS_REASON_TARGET_SUFFIXED] = { "target-suffixed", "only pieces or clones are left",
					ATTACH },
	[KS_REASON_TARGET_NOT_IN_BTF] = { "target-not-in-btf", "BTF does not describe the function",
					  LOAD },
	[KS_REASON_TARGET_NO_FTRACE] = { "target-no-ftrace", "the function has no ftrace entry",
					 ATTACH },
	[KS_REASON_TARGET_BLACKLISTED] = { "target-blacklisted", "kprobes are forbidden there",
					   ATTACH },
	[KS_REASON_TARGET_AMBIGUOUS] = { "target-ambiguous", "several functions have that name",
					 ATTACH },
	[KS_REASON_TARGET_SIGNATURE] = { "target-signature",
					 "no trampoline fits the function's signature", LOAD },
	[KS_REASON_TARGET_REFUSED] = { "target-refused", "the kernel refuses that function", LOAD },
	[KS_REASON_TARGET_MODULE] = { "target-module", "the function is in a module", ATTACH },
	[KS_REASON_TRACEPOINT_MISSING] = { "tracepoint-missing", "no such tracepoint", ATTACH },
	[KS_REASON_SYSCALL_MISSING] = { "syscall-missing", "no such system call", ATTACH },
	[KS_REASON_LSM_MISSING] = { "lsm-missing", "no such LSM hook", LOAD },
	[KS_REASON_ITER_MISSING] = { "iter-missing", "nothing of that name is iterated over",
				     LOAD },
	[KS_REASON_SELECTIVE_INLINE] = { "selective-inline", "some calls are inlined", RISK },
	[KS_REASON_CLONES] = { "clones", "some calls go to clones of the function", RISK },
	[KS_REASON_DUPLICATED] = { "duplicated", "one of several copies is attached to", RISK },
	[KS_REASON_SIGNATURE_CHANGED] = { "signature-changed",
					  "an argument that is read has changed", RISK },
	[KS_REASON_FIELD_CHANGED] = { "field-changed", "a field that is read has changed", RISK },
	[KS_REASON_CONTEXT_CHANGED] = { "context-changed",
					"the event's fields lie elsewhere or mean something else",
					RISK },
	[KS_REASON_BLIND_READ] = { "blind-read", "reads a kernel struct without CO-RE", RISK },
	[KS_REASON_TARGET_AT_RUN_TIME] = { "target-at-run-time",
					   "the tool chooses what to attach to", UNKNOWN },
	[KS_REASON_TIER] = { "tier", "the image cannot tell", UNKNOWN },
	[KS_REASON_MATCHES] = { "matches", "functions that the pattern matches", KS_VERDICT_OK },
};
