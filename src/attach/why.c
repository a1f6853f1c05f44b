/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands against a program, in a few words. */
#include "attach/attach.h"

const char *const ks_attach_whys[KS_NR_WHYS] = {
	[KS_WHY_NOT_A_FUNCTION] = "a symbol of that name is no function: data, or assembly",
	[KS_WHY_PADDING] = "it is padding in front of a function",
	[KS_WHY_NO_BTF_FUNCTION] = "its BTF has no function of that name",
	[KS_WHY_BTF_UNTOLD] = "whether BTF describes it is not known: an image with its .BTF tells",
	[KS_WHY_DENIED] = "no tracing program may be there",
	[KS_WHY_NEVER_RETURNS] = "it does not return",
	[KS_WHY_INJECT_UNTOLD] = "the error injection list is not known",
	[KS_WHY_NOT_INJECTABLE] = "not on the error injection list",
	[KS_WHY_AWAKE] = "no sleepable program may be there",
	[KS_WHY_NO_JIT] = "it has no trampolines, for " KS_JIT_OPTION " is not set",
	[KS_WHY_TRAMPOLINES_UNTOLD] =
		"trampolines depend on version and machine, which are not known",
	[KS_WHY_NO_TRAMPOLINES] =
		"there are no trampolines for eBPF on this kernel and architecture",
	[KS_WHY_FREED] = "its memory is freed once the kernel has booted",
	[KS_WHY_ON_FTRACE] =
		"ftrace patches its first instruction, and CONFIG_KPROBES_ON_FTRACE is "
		"not set",
	[KS_WHY_ON_FTRACE_UNTOLD] =
		"ftrace may patch its first instruction, where kprobes depend on "
		"CONFIG_KPROBES_ON_FTRACE",
	[KS_WHY_FTRACE_UNTOLD] = "what ftrace traces is not known: an image with its data tells",
	[KS_WHY_KPROBE_UNTOLD] = "what can be probed is not known of this image",
	[KS_WHY_FPROBE_UNTOLD] = "whether CONFIG_FPROBE is set is not known",
	[KS_WHY_NO_FPROBE] = "CONFIG_FPROBE is not set",
	[KS_WHY_HOOK_UNTOLD] =
		"whether BTF describes the hook is not known: an image with its .BTF tells",
	[KS_WHY_HOOK_CLOSED] = "the hook is closed to programs",
	[KS_WHY_HOOK_LISTS_UNTOLD] =
		"which hooks are closed, and where programs may sleep, is not known: an image "
		"with .BTF and symbols of data tells",
	[KS_WHY_EVENT_UNTOLD] = "the image does not list its tracepoints: one with types tells",
	[KS_WHY_EVENT_IN_MODULE] = "in a module",
	[KS_WHY_NO_BTF] = "CONFIG_DEBUG_INFO_BTF is not set",
	[KS_WHY_CALL_UNTOLD] =
		"the image does not list its system calls: one with symbols and data tells",
	[KS_WHY_CALL_UNTRACED] = "it has no tracepoint",
	[KS_WHY_CALL_EVENTS_UNTOLD] = "whether CONFIG_FTRACE_SYSCALLS is set is not known",
	[KS_WHY_NO_CALL_EVENTS] = "CONFIG_FTRACE_SYSCALLS is not set",
	[KS_WHY_VARIADIC] = "it takes a variable number of arguments",
	[KS_WHY_RECORDS] = "a parameter is a struct by value, which is not traced here",
	[KS_WHY_NO_FTRACE] = "it is notrace, as inline functions are",
	[KS_WHY_NO_MULTI] = "there is no kprobe.multi before 5.18",
};

/** Those that tell of the finding itself. */
static void write_counted(const struct ks_attach_finding *finding, struct ks_buf *out)
{
	switch (finding->why) {
	case KS_WHY_RESULT:
		ks_buf_printf(out, "it returns %s", finding->text);
		break;
	case KS_WHY_MANY_PARAMETERS:
		ks_buf_printf(out, "%u parameters, %u can be traced", finding->nr, finding->most);
		break;
	case KS_WHY_PARAMETER:
		ks_buf_printf(out, "parameter %u is %s", finding->nr, finding->text);
		break;
	case KS_WHY_MANY_WORDS:
		ks_buf_printf(out, "%u words of arguments, %u can be traced", finding->nr,
			      finding->most);
		break;
	case KS_WHY_SEVERAL:
		ks_buf_printf(out, "%u functions have this name", finding->nr);
		ks_buf_str(out, finding->answer == KS_ANSWER_UNKNOWN
					? ", which newer kernels refuse"
					: "");
		break;
	case KS_WHY_FIRST:
		ks_buf_printf(out, "one of %u functions is attached to", finding->nr);
		break;
	case KS_WHY_NO_FUNCTION:
		ks_buf_str(out, "no function of exactly that name");
		break;
	case KS_WHY_NOT_IN_BTF:
		ks_buf_str(out, "the kernel has it, its BTF has not");
		break;
	case KS_WHY_NO_HOOK:
		ks_buf_str(out, "no function of the hook in BTF");
		break;
	case KS_WHY_NOT_A_HOOK:
		ks_buf_str(out, "the function is there, but for something else");
		break;
	case KS_WHY_NO_EVENT:
		ks_buf_str(out, "no such tracepoint");
		break;
	case KS_WHY_OTHER_GROUP:
		ks_buf_printf(out, "it is in %s here", finding->text);
		break;
	case KS_WHY_NO_CALL:
		ks_buf_str(out, "no such system call");
		break;
	case KS_WHY_NO_KPROBE:
		ks_buf_str(out, "the kernel protects it from kprobes");
		break;
	default: // asked of offsets and modules alone
		break;
	}
}

void ks_attach_why(const struct ks_attach_finding *finding, struct ks_buf *out)
{
	if (ks_attach_whys[finding->why])
		ks_buf_str(out, ks_attach_whys[finding->why]);
	else
		write_counted(finding, out);
}
