/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What is asked of an image before it is said what can be attached there. */
#include "arch/arch.h"
#include "surface/history.h"

/** What an image says of something: it is not there, it is, or the image does not tell. */
enum ks_presence { KS_ABSENT, KS_PRESENT, KS_UNTOLD };

/** How a function takes a parameter or gives a result, once typedefs and qualifiers are gone. */
enum ks_passed_as {
	KS_PASSED_UNTOLD,
	KS_PASSED_NOTHING, // void
	KS_PASSED_WORD,	   // an integer, an enum or a pointer
	KS_PASSED_RECORD,  // a struct or union by value
	KS_PASSED_OTHER,
};
struct ks_passed {
	enum ks_passed_as as;
	uint64_t size; // bytes; 0 when unknown
};

/** Where the answers come from: what other names the image has. */
struct ks_attach_source {
	/** What the image says of a name; never NULL. */
	const struct ks_fact *(*fact)(const void *arg, enum ks_kind kind, const char *name);
	/** Whether there is any symbol of that name, a function or not. */
	enum ks_presence (*symbol)(const void *arg, const char *name);
	/** What becomes of a type when it is passed. @param type NULL is void */
	struct ks_passed (*passed)(const void *arg, const struct ks_type *type);
};

/** One image, as far as it matters to what attaches. */
struct ks_attach_facts {
	const struct ks_image *image;
	const struct ks_arch *arch; // NULL: not known, or a machine that ksurf does not know
	uint32_t version;	    // ks_version(); 0: not known
	bool modules;		    // those that the store has of it count as loaded
	bool module_types;	    // and the kernel tells their types
	const struct ks_attach_source *source; // NULL: nothing but the image is known
	const void *arg;		       // for it
};

/** An image of which nothing else is known. */
struct ks_attach_facts ks_attach_facts_of(const struct ks_image *image);
/** What the image says of a name; a fact that tells nothing where there is no source. */
const struct ks_fact *ks_attach_fact(const struct ks_attach_facts *facts, enum ks_kind kind,
				     const char *name);
/** Whether a configuration option is "y". One that a known configuration does not list is not. */
enum ks_presence ks_attach_option(const struct ks_attach_facts *facts, const char *name);
/** Whether an enum has the enumerator; KS_UNTOLD when the image has no such enum. */
enum ks_presence ks_attach_enumerator(const struct ks_attach_facts *facts, const char *name,
				      const char *enumerator);
/** Whether a symbol has an attach bit (KS_ATTACH_*). */
enum ks_presence ks_attach_bit(const struct ks_image *image, const struct ks_symbol *symbol,
			       uint8_t bit);
/**
 * Whether programs are compiled. Where they are not there are no trampolines, and no program may call functions of the kernel
 * or have its own called back. The option, and code that is there with it since 5.5.
 */
#define KS_JIT_OPTION "CONFIG_BPF_JIT"
#define KS_JIT_FUNCTION "bpf_trampoline_link_prog"
#define KS_JIT_UNTOLD "whether they are depends on " KS_JIT_OPTION " and net.core.bpf_jit_enable"
enum ks_presence ks_attach_jit(const struct ks_attach_facts *facts);
/** Whether they are as the kernel boots; KS_UNTOLD also where net.core.bpf_jit_enable has to be set first. */
enum ks_presence ks_attach_compiles(const struct ks_attach_facts *facts);
/** Whether programs may have tail calls beside functions of their own. */
enum ks_presence ks_attach_mixes_tail_calls(const struct ks_attach_facts *facts);
/** Whether the functions of eBPF programs can be replaced by others (freplace). */
enum ks_presence ks_attach_replaces(const struct ks_attach_facts *facts);
/**
 * Whether trampolines can be put on functions of the kernel. What the configuration says of direct calls counts more
 * than the version.
 */
enum ks_presence ks_attach_trampolines(const struct ks_attach_facts *facts);
