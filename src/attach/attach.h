/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What can be attached where, and why not: the one place that says so, for every report and check. */
#include "attach/target.h"
#include "base/buf.h"

/** An answer, or none. */
enum ks_answer { KS_ANSWER_NO, KS_ANSWER_YES, KS_ANSWER_UNKNOWN };

/** Ways to attach a program. Those to a function by its name come first. */
enum ks_attach_way {
	KS_WAY_FENTRY, // fexit alike
	KS_WAY_KPROBE, // by name, as perf_event_open() does it; kretprobe alike
	KS_WAY_KPROBE_MULTI,
	KS_WAY_FMOD_RET,
	KS_NR_FUNCTION_WAYS,
	KS_WAY_LSM = KS_NR_FUNCTION_WAYS, // on a hook
	KS_WAY_TRACEPOINT,		  // on an event
	KS_WAY_RAW_TP,			  // on a tracepoint, with or without an event
	KS_WAY_TP_BTF,
	KS_WAY_SYSCALL_TP, // on the event of a system call
	KS_WAY_KSYSCALL,   // on its function
	KS_NR_WAYS,
};
struct ks_way_info {
	const char *name; // in JSON: "kprobe_multi"
	const char *text; // "kprobe.multi"
};
extern const struct ks_way_info ks_ways[KS_NR_WAYS];

struct ks_attach_question {
	enum ks_attach_way way;
	const char *name; // of a function, a hook, an event, a tracepoint or a system call
	const struct ks_target
		*target;    // what stands for the name; NULL: what the kernel finds by it
	const char *group;  // of an event; NULL: any
	const char *module; // of a function; NULL: any
	uint64_t offset;    // of a kprobe, from the function's first byte
	bool on_return;	    // when the function returns
	bool sleepable;
};

/** What stands against a program, or beside it. */
enum ks_attach_why {
	// no such function; the target tells more
	KS_WHY_NO_FUNCTION,	// absent, inlined, only with a suffix, or in a module
	KS_WHY_NOT_A_FUNCTION,	// a symbol that is data, or assembly
	KS_WHY_PADDING,		// a symbol in front of a function: __pfx_, __cfi_
	KS_WHY_NO_BTF_FUNCTION, // the image lists no functions, and its BTF has none of that name
	KS_WHY_NOT_IN_MODULE,	// the kernel has it, and not the module
	KS_WHY_BTF_UNTOLD,
	KS_WHY_NOT_IN_BTF,
	// what the kernel refuses when it loads a program
	KS_WHY_DENIED,
	KS_WHY_NEVER_RETURNS,
	KS_WHY_RESULT,		// text: what it returns
	KS_WHY_MANY_PARAMETERS, // nr, most
	KS_WHY_VARIADIC,
	KS_WHY_PARAMETER, // nr: which one; text: what it is
	KS_WHY_INJECT_UNTOLD,
	KS_WHY_NOT_INJECTABLE,
	KS_WHY_AWAKE, // no program that sleeps may be there
	KS_WHY_NO_JIT,
	// and when it attaches one
	KS_WHY_TRAMPOLINES_UNTOLD,
	KS_WHY_NO_TRAMPOLINES,
	KS_WHY_MANY_WORDS, // nr words of arguments, and most of them are passed on
	KS_WHY_RECORDS,	   // the machine's trampolines pass no structs by value on
	KS_WHY_FREED,	   // once the kernel has booted
	KS_WHY_FTRACE_UNTOLD,
	KS_WHY_NO_FTRACE,
	KS_WHY_ON_FTRACE, // what ftrace patches is no place for kprobes
	KS_WHY_ON_FTRACE_UNTOLD,
	KS_WHY_NO_KPROBE,
	KS_WHY_KPROBE_UNTOLD,
	KS_WHY_INSIDE,	 // whether an instruction begins there only the code tells
	KS_WHY_SEVERAL,	 // nr functions of the name; unknown: newer kernels refuse that
	KS_WHY_FIRST,	 // the first of nr functions is taken: nothing stands against it
	KS_WHY_NO_MULTI, // kprobe.multi is newer
	KS_WHY_FPROBE_UNTOLD,
	KS_WHY_NO_FPROBE,
	// hooks, events and system calls
	KS_WHY_HOOK_UNTOLD,
	KS_WHY_NO_HOOK,
	KS_WHY_NOT_A_HOOK, // the function is for something else
	KS_WHY_HOOK_CLOSED,
	KS_WHY_HOOK_LISTS_UNTOLD, // whether it is closed, or takes programs that sleep
	KS_WHY_EVENT_UNTOLD,
	KS_WHY_NO_EVENT,
	KS_WHY_EVENT_IN_MODULE, // that does not count as loaded
	KS_WHY_OTHER_GROUP,	// text: the event's own
	KS_WHY_NO_BTF,
	KS_WHY_CALL_UNTOLD,
	KS_WHY_NO_CALL,
	KS_WHY_CALL_UNTRACED, // it has no events
	KS_WHY_NO_CALL_EVENTS,
	KS_WHY_CALL_EVENTS_UNTOLD,
	KS_NR_WHYS,
};

/** Reasons that say the same of every program; NULL: they tell of names or numbers. */
extern const char *const ks_attach_whys[KS_NR_WHYS];

struct ks_attach_finding {
	enum ks_attach_why why;
	enum ks_answer answer; // what it makes of the whole; KS_ANSWER_YES: nothing
	bool at_load;	       // it is refused when it is loaded
	uint32_t nr, most;
	const char *text; // as long as the program runs, or as the image does
};
enum { KS_ATTACH_PARAMETERS = 12 }; // that a program can be shown: MAX_BPF_FUNC_ARGS
enum { KS_ATTACH_FINDINGS = 16 };

struct ks_attach_result {
	enum ks_answer answer; // no, where a finding says so; else unknown, where one does
	uint32_t nr;
	struct ks_attach_finding
		at[KS_ATTACH_FINDINGS]; // in the order in which the kernel would look
};

/** What the kernel answers to a program that is attached so. */
void ks_attach_ask(const struct ks_attach_facts *facts, const struct ks_attach_question *question,
		   struct ks_attach_result *ret);
/** The same of a program that names the function of a fact, which has one. @param facts of the fact's image */
void ks_attach_ask_fact(const struct ks_attach_facts *facts, const struct ks_fact *fact,
			enum ks_attach_way way, struct ks_attach_result *ret);
/** Append a finding in a few words; nothing for one of an offset or a module. Text of the image is as it is there. */
void ks_attach_why(const struct ks_attach_finding *finding, struct ks_buf *out);
/**
 * What it answers to a program that names the function of a fact.
 * @param facts of the fact's image
 * @return no when the fact has no function; unknown where the image does not tell
 */
enum ks_answer ks_attach_answer(const struct ks_attach_facts *facts, const struct ks_fact *fact,
				enum ks_attach_way way);
/** Whether kprobe.multi is there at all. @return the finding is filled in when it is not, or may not be */
enum ks_answer ks_attach_multi(const struct ks_attach_facts *facts, struct ks_attach_finding *ret);
