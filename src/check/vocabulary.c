/* SPDX-License-Identifier: BSD-2-Clause */
/* What verdicts and reasons are called, what they mean and what to do about them, once for every report. */
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

// clang-format off
const struct ks_reason_info ks_reasons[KS_NR_REASONS] = {
	[KS_REASON_LOADER] = {
		"loader", "the loader refuses it", LOAD,
		"libbpf refuses the object or the program before the kernel is asked.",
		"Build it as the detail says, or declare loader = \"own\" in ksurf.toml where another loader takes it." },
	[KS_REASON_MACHINE] = {
		"machine", "it is built for another machine", LOAD,
		"The object was compiled for the registers of another machine.",
		"Build it once for each machine, with its -D__TARGET_ARCH_…" },
	[KS_REASON_CORE_RELO] = {
		"core-relo", "a CO-RE relocation has no target", LOAD,
		"A CO-RE relocation that can be reached has no target in this kernel's types: the instruction is replaced by one "
		 "that the verifier refuses.",
		"Guard the access with bpf_core_field_exists(), bpf_core_type_exists() or bpf_core_enum_value_exists(), and read "
		 "the name of the other kernels behind the guard." },
	[KS_REASON_KSYM_MISSING] = {
		"ksym-missing", "the kernel has no such symbol", LOAD,
		"The object wants a symbol or function that this kernel does not have.",
		"Declare it __weak, and ask with bpf_ksym_exists() before it is used." },
	[KS_REASON_HELPER] = {
		"helper", "the helper cannot be called here", LOAD,
		"The helper is newer than this kernel, or it does not offer it to programs of this type.",
		"Ask with bpf_core_enum_value_exists(enum bpf_func_id, …), or use an older helper." },
	[KS_REASON_KFUNC] = {
		"kfunc", "the kernel function cannot be called here", LOAD,
		"This kernel does not let a program of this type call that kernel function.",
		"Ask with bpf_ksym_exists(), or keep the call in programs of a type that may." },
	[KS_REASON_PROG_TYPE] = {
		"prog-type", "the kernel has no such program type", LOAD,
		"This kernel does not know programs of this type.",
		"Leave the program out where the loader finds that: bpf_program__set_autoload()." },
	[KS_REASON_ATTACH_TYPE] = {
		"attach-type", "the kernel has no such attach type", LOAD,
		"This kernel does not know this way to attach a program.",
		"Load another program there: bpf_program__set_autoload()." },
	[KS_REASON_MAP_TYPE] = {
		"map-type", "the kernel makes no such map", LOAD,
		"This kernel does not know maps of this type, or makes none with such keys, values "
		"or flags.",
		"Choose the type before loading: bpf_map__set_type(). Give it what its type has." },
	[KS_REASON_KCONFIG] = {
		"kconfig", "the kernel is built without an option", LOAD,
		"The kernel was built without an option that the program needs.",
		"Declare the extern __weak, or ask for a kernel with the option." },
	[KS_REASON_STRUCT_OPS] = {
		"struct-ops", "the kernel has no such operations", LOAD,
		"The kernel has no such operations, or none with that member.",
		"Leave the member or the map out where the loader finds that." },
	[KS_REASON_INSN_SET] = {
		"insn-set", "the instructions are newer than the kernel", LOAD,
		"The program has instructions that this kernel's verifier does not know.",
		"Build it for an older set: -mcpu=v2 or -mcpu=v3." },
	[KS_REASON_POINTER] = {
		"pointer", "the pointer may not be used so", LOAD,
		"The verifier knows the pointer's type and does not let the program use it so.",
		"Compare it with NULL before, or read through it by bpf_probe_read_kernel()." },
	[KS_REASON_BOUNDS] = {
		"bounds", "the verifier knows no bounds of it", LOAD,
		"An offset or a size may be out of bounds as far as this kernel's verifier knows.",
		"Compare it with a constant, or mask it, right before it is used." },
	[KS_REASON_RESULT] = {
		"result", "it ends with what the kernel does not take", LOAD,
		"The program ends with a number that the kernel does not take from programs of this type.",
		"Return what the type allows, on every path." },
	[KS_REASON_TARGET_ABSENT] = {
		"target-absent", "no such function", ATTACH,
		"The kernel has no function of that name.",
		"Attach to what took its place, and choose by what is there when the tool starts." },
	[KS_REASON_TARGET_INLINED] = {
		"target-inlined", "inlined everywhere", ATTACH,
		"The compiler inlined all calls of the function: no code of its own is left to attach to.",
		"Attach to a tracepoint, or to the functions that took it in." },
	[KS_REASON_TARGET_SUFFIXED] = {
		"target-suffixed", "only pieces or clones are left", ATTACH,
		"The compiler left clones or pieces of the function only, under other names.",
		"Attach to a tracepoint, or to a function that is called from elsewhere." },
	[KS_REASON_TARGET_NOT_IN_BTF] = {
		"target-not-in-btf", "BTF does not describe the function", LOAD,
		"fentry and its kind need the function's prototype, and BTF does not have it.",
		"Attach a kprobe there." },
	[KS_REASON_TARGET_NO_FTRACE] = {
		"target-no-ftrace", "the function has no ftrace entry", ATTACH,
		"The function has no ftrace entry, where programs are hooked in.",
		"Attach to a function that calls it, or to a tracepoint." },
	[KS_REASON_TARGET_BLACKLISTED] = {
		"target-blacklisted", "kprobes are forbidden there", ATTACH,
		"The kernel protects the function from kprobes.",
		"Attach to a function that calls it, or to a tracepoint." },
	[KS_REASON_TARGET_AMBIGUOUS] = {
		"target-ambiguous", "several functions have that name", ATTACH,
		"Several functions have the name, and the kernel does not choose among them.",
		"Attach to all of them by kprobe.multi, or to a function that calls it." },
	[KS_REASON_TARGET_SIGNATURE] = {
		"target-signature", "no trampoline fits the function's signature", LOAD,
		"The function has arguments that no trampoline passes on: too many, variadic, or structs by value.",
		"Attach a kprobe there." },
	[KS_REASON_TARGET_REFUSED] = {
		"target-refused", "the kernel refuses that function", LOAD,
		"The function exists, and the kernel lets no program of this kind attach to it.",
		"Attach in another way, or to a function that calls it." },
	[KS_REASON_TARGET_MODULE] = {
		"target-module", "the function is in a module", ATTACH,
		"The function is in a module, and can be attached to while that is loaded.",
		"Load the module first; --modules counts those in the store as loaded." },
	[KS_REASON_TRACEPOINT_MISSING] = {
		"tracepoint-missing", "no such tracepoint", ATTACH,
		"The kernel has no tracepoint of that name.",
		"Choose by what is there when the tool starts." },
	[KS_REASON_SYSCALL_MISSING] = {
		"syscall-missing", "no such system call", ATTACH,
		"The kernel has no system call of that name on this machine.",
		"Attach to the calls that there are: machines differ." },
	[KS_REASON_LSM_MISSING] = {
		"lsm-missing", "no such LSM hook", LOAD,
		"The kernel has no LSM hook of that name, or none that programs may attach to.",
		"Choose by what is there when the tool starts." },
	[KS_REASON_ITER_MISSING] = {
		"iter-missing", "nothing of that name is iterated over", LOAD,
		"The kernel iterates over nothing of that name.",
		"Choose by what is there when the tool starts." },
	[KS_REASON_SELECTIVE_INLINE] = {
		"selective-inline", "some calls are inlined", RISK,
		"Some callers have the function inlined: the program does not see their calls.",
		"Attach to a tracepoint, or to the callers as well." },
	[KS_REASON_CLONES] = {
		"clones", "some calls go to clones of the function", RISK,
		"Some calls go to clones of the function, which have other names: the program does not see them.",
		"Attach to the clones as well, or to a tracepoint." },
	[KS_REASON_DUPLICATED] = {
		"duplicated", "one of several copies is attached to", RISK,
		"The function was compiled several times, and the program is attached to one of the copies.",
		"Attach to all of them by kprobe.multi, or to a function that is there once." },
	[KS_REASON_SIGNATURE_CHANGED] = {
		"signature-changed", "an argument that is read has changed", RISK,
		"An argument or a result that the program reads is something else than in the kernel it was written against.",
		"Read it in two ways, and choose by what the kernel's types say." },
	[KS_REASON_FIELD_CHANGED] = {
		"field-changed", "a field that is read has changed", RISK,
		"A field that the program reads has another type than in its own types: what it reads is cut, or is something "
		 "else.",
		"Read it by CO-RE, in two ways, and choose by bpf_core_field_size() or bpf_core_type_matches()." },
	[KS_REASON_CONTEXT_CHANGED] = {
		"context-changed", "the event's fields lie elsewhere or mean something else", RISK,
		"The event's record has other fields where the program reads.",
		"Read it by CO-RE from the record's struct." },
	[KS_REASON_BLIND_READ] = {
		"blind-read", "reads a kernel struct without CO-RE", RISK,
		"The program reads a struct of the kernel at a fixed place, and another field stands there.",
		"Read it by BPF_CORE_READ()." },
	[KS_REASON_TARGET_AT_RUN_TIME] = {
		"target-at-run-time", "the tool chooses what to attach to", UNKNOWN,
		"The section names no target: the tool sets it when it runs.",
		"Say what it attaches to: [object.targets] in ksurf.toml." },
	[KS_REASON_TIER] = {
		"tier", "the image cannot tell", UNKNOWN,
		"What is in the store of this kernel does not tell.",
		"Add the kernel with what it lacks: `ksurf images` says what brings it." },
	[KS_REASON_MATCHES] = {
		"matches", "functions that the pattern matches", KS_VERDICT_OK,
		"The pattern that the program attaches by matches functions of the kernel.",
		"Nothing has to be done." },
};
// clang-format on
