/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What is known about one kernel image, as plain values: nothing here knows where a fact came from or
 * how it is shown. Text is UTF-8, NUL-terminated and owned by an arena that outlives the record; equal
 * text need not be the same pointer. Facts marked [D] are those of the published dataset
 * (docs/surface.md); all others are ksurf's own and never change them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "surface/kind.h"

/* ---- types ---- */

enum ks_type_kind {
	KS_TYPE_VOID,
	KS_TYPE_INT,	    // name
	KS_TYPE_FLOAT,	    // name
	KS_TYPE_TYPEDEF,    // name
	KS_TYPE_STRUCT,	    // name, NULL if anonymous
	KS_TYPE_UNION,	    // name, NULL if anonymous
	KS_TYPE_ENUM,	    // name, NULL if anonymous; n is its size in bytes
	KS_TYPE_FWD_STRUCT, // name: only declared in the unit that uses it
	KS_TYPE_FWD_UNION,  // name
	KS_TYPE_PTR,	    // inner
	KS_TYPE_CONST,	    // inner
	KS_TYPE_VOLATILE,   // inner
	KS_TYPE_RESTRICT,   // inner
	KS_TYPE_ARRAY,	    // inner; n is the number of elements
	KS_TYPE_PROTO,	    // inner is the return type; params
	KS_TYPE_TAG, // inner; name is the tag: in forms and variables only, as n >> KS_TYPE_NTH is
	KS_NR_TYPE_KINDS,
};

/**
 * In what is spelled as BTF has it (struct ks_form), the upper bits of n tell of a named type which of the definitions of its
 * name it is, 0 the first; of a forward declaration 1 where BTF has a definition all the same; of an unnamed struct,
 * union or enum 1 where its flag is not what its content says (ks_form_flag()), plus 2 for an enum of 64 bits.
 */
enum { KS_TYPE_NTH = 8 };

struct ks_decl;

/** A type as it is spelled where it is used: named types by name only, the rest in full. */
struct ks_type {
	enum ks_type_kind kind;
	uint32_t nr_params;
	uint64_t n;
	const char *name;
	const struct ks_type *inner;
	const struct ks_param *params;
	/**
	 * What an anonymous struct, union or enum holds (its name is NULL, too); NULL when the image does not
	 * tell. CO-RE follows it (atomic_t is a typedef of such a struct); spelled texts and [D] leave it out.
	 */
	const struct ks_decl *body;
};

/** A parameter; a variadic tail is one of type void. Unnamed ones are "(anon)", "(anon-1)", … */
struct ks_param {
	const char *name;
	const struct ks_type *type;
};

struct ks_member {
	const char *name; // unnamed structs and unions are already flattened away
	const struct ks_type *type;
	uint64_t bits_offset;
	uint32_t bitfield_size; // bits; 0 when it is no bit-field
};

struct ks_enumerator {
	const char *name;
	int64_t value; // as the signed number of the enum's size
};

/** A definition by name: struct, union, enum, int, typedef, or the prototype of a function. */
struct ks_decl {
	enum ks_kind kind;
	uint32_t nr;		    // members or values
	uint64_t size;		    // bytes; 0 for functions and typedefs
	const char *name;	    // "(anon)" gathers the values of all unnamed enums
	const char *module;	    // that defines it; NULL: the kernel itself
	const struct ks_type *type; // function: a KS_TYPE_PROTO; typedef: what it stands for
	union {
		const struct ks_member *members;    // struct, union
		const struct ks_enumerator *values; // enum
	};
};

/** One of several differing definitions of a type name, and who uses it. */
struct ks_variant {
	const struct ks_decl *decl;
	uint32_t nr_units;
	const char *const *units; // compile units, in file order
};
/** A type name with more than one definition; the first variant is the one in the decl tables. */
struct ks_ambiguity {
	enum ks_kind kind;
	uint32_t nr_variants;
	const char *name;
	const struct ks_variant *variants;
};

/* ---- what BTF says beyond that ---- */

/** A tag on a declaration. */
struct ks_tag {
	const char *text;
	uint32_t component; // parameter or member it is about; UINT32_MAX: the whole
};

/** One record of a name in BTF. Nothing of this counts where declarations are compared. */
struct ks_form {
	/**
	 * What it holds. Members are not flattened, unnamed ones and parameters are called "", tags of types stand, forward
	 * declarations are such. Where it says the same as the declaration that is listed for the name, it is that.
	 */
	const struct ks_decl *decl;
	uint8_t kind;	   // enum ks_btf_kind
	uint8_t linkage;   // of a function, as BTF numbers it
	bool flag;	   // kflag: an enum has a sign, a record bit-fields
	uint32_t encoding; // of an int: its word in BTF, with encoding, offset and bits
	uint32_t nr_tags;
	const struct ks_tag *tags;
};

/**
 * All records of a name in BTF, where they are not one that follows from its declaration. Of modules: all that one of them has; a
 * name without forms is in the BTF of the module that its declaration names, and of no other.
 */
struct ks_forms {
	enum ks_kind kind;	      // KS_FUNCTION to KS_INT
	uint32_t nr;		      // 0: BTF does not have what is declared
	const char *name;	      // "(anon)" gathers unnamed enums
	const char *module;	      // in whose BTF; NULL: of the kernel
	const struct ks_decl *listed; // the declaration of the name in its surface, or NULL
	const struct ks_form *at;     // in the order of BTF
};

/** A variable that BTF describes: what a typed ksym can name. What follows the name is known as ks_image.facts says. */
struct ks_variable {
	const char *name;
	const char *module;
	const struct ks_type *type; // as in a form
	const char *section;	    // that BTF says it is in, or NULL
	uint32_t size, offset;	    // there
	uint32_t nr_tags;
	uint8_t linkage; // as BTF numbers it
	const struct ks_tag *tags;
};

/* ---- functions ---- */

/** What DW_AT_inline and the declarations say [D]; not whether the function was inlined. */
enum ks_inline {
	KS_INLINE_NO,		    // "not declared, not inlined"
	KS_INLINE_INLINED,	    // "not declared, inlined"
	KS_INLINE_DECLARED,	    // "declared, not inlined"
	KS_INLINE_DECLARED_INLINED, // "declared, inlined"
	KS_INLINE_NOT_SEEN,	    // "not seen": only declared
	KS_INLINE_UNKNOWN,	    // "seen, unknown": defined, without DW_AT_inline
	KS_NR_INLINES,
};
extern const char *const ks_inline_texts[KS_NR_INLINES];

enum {
	KS_CALLER_OWN = 1,     // seen by ksurf only: left out of [D]
	KS_CALLER_TAIL = 2,    // the call replaces the caller's frame
	KS_CALLER_NO_CODE = 4, // inlined, but nothing of it is left
};

/** One place where a function is called or inlined. */
struct ks_caller {
	const char *unit;     // compile unit of the caller
	const char *function; // the outermost real function around the place
	const char *via; // the function that was inlined there and holds the place itself, or NULL
	uint16_t clone;	 // 0: the function itself; n: calls go to clones[n - 1] of the entry
	uint8_t flags;	 // KS_CALLER_*
};

/** What a symbol's suffix makes of it. */
enum ks_suffix {
	KS_SUFFIX_NONE,
	KS_SUFFIX_CLONE, // .isra, .constprop, .specialized: the function with another signature; can be attached to
	KS_SUFFIX_FRAGMENT, // .part, .__part, .cold, .cfi_jt: a piece, not the function
	KS_SUFFIX_ALIAS,    // .localalias, .lto_priv, .llvm.<hash>: the function under another name
	KS_SUFFIX_OTHER,
};
extern const char *const ks_suffix_texts[];
/** The class of a symbol name; combinations count as the strongest part (fragment, clone, alias). */
enum ks_suffix ks_suffix_of(const char *symbol);

/** An out-of-line copy under a suffixed symbol. */
struct ks_clone {
	const char *symbol; // with its suffix
	uint64_t addr, size;
	uint16_t nr_params;
	bool params_known;
	const uint16_t *params; // indexes into the prototype, in the order the clone takes them
};

/** One identity of a function name: the external one, or a static one of one unit. */
struct ks_entry {
	uint64_t addr;	      // 0 when unknown
	const char *loc_file; // where it is declared; NULL when unknown
	const char *file;     // its compile unit; NULL when only declared
	uint32_t line;	      // KS_NO_LINE: the location is loc_file alone
	enum ks_inline inlined;
	bool external;
	bool calls_known; // its unit describes call sites: an empty caller list means none
	uint32_t nr_inline_callers, nr_direct_callers, nr_clones;
	uint32_t nr_indirect_calls;		// calls it makes through pointers
	const struct ks_caller *inline_callers; // in walking order, with repeats
	const struct ks_caller *direct_callers;
	const struct ks_clone *clones;
	const struct ks_type *proto; // its own prototype; NULL when unknown
	const char *module;	     // that it is part of; NULL: the kernel itself
};
#define KS_NO_LINE UINT32_MAX

/** What can be attached to a text symbol; a bit means something where ks_image.facts says it is known. */
enum {
	KS_ATTACH_FTRACE = 1,	  // it has an ftrace entry: fentry, fexit, kprobe.multi
	KS_ATTACH_NO_KPROBE = 2,  // on the kprobe blacklist, by name or by section
	KS_ATTACH_INJECT = 4,	  // on the error injection list: fmod_ret, bpf_override_return()
	KS_ATTACH_INIT = 8,	  // its memory is freed once the kernel has booted
	KS_ATTACH_DENIED = 16,	  // closed to fentry, fexit and fmod_ret; of bpf_lsm_NAME: to all
	KS_ATTACH_NO_RETURN = 32, // fexit and fmod_ret are refused: it does not return
	KS_ATTACH_SLEEPS = 64,	  // of bpf_lsm_NAME: programs that sleep are taken
	KS_ATTACH_AWAKE =
		128, // programs that sleep are refused, although it is on the error injection list
};

/**
 * Type of a symbol of code that may be a function or a label: kallsyms have names and addresses alone, and nothing else in
 * the image tells. No ELF file has that number.
 */
enum { KS_STT_UNTOLD = 16 };

/** One entry of .symtab, or of kallsyms. */
struct ks_symbol {
	const char *name;
	const char *section;		// "SHN_UNDEF", "SHN_ABS", "SHN_COMMON" for the special ones
	uint64_t addr, size;		// st_value, bytes
	uint8_t bind, type, visibility; // STB_*, STT_* or KS_STT_UNTOLD, STV_* of <elf.h>
	uint8_t other;			// st_other above the visibility bits
	uint8_t attach;			// KS_ATTACH_*
	const char *module;		// NULL: the kernel itself
};

enum ks_collision {
	KS_UNIQUE_GLOBAL,
	KS_UNIQUE_STATIC,
	KS_STATIC_DUPLICATION,
	KS_STATIC_STATIC,
	KS_STATIC_GLOBAL,
};
extern const char *const ks_collision_texts[];
enum ks_inline_class { KS_CLASS_NO, KS_CLASS_SELECTIVE, KS_CLASS_FULL };
extern const char *const ks_inline_class_texts[];

/** All functions of one name, and their symbols. */
struct ks_function {
	const char *name;
	uint32_t nr_entries, nr_symbols;
	/** In order of first appearance; none when only a symbol tells of it. */
	const struct ks_entry *entries;
	/** FUNC symbols of that name or with a suffix, in table order; see ks_function_code(). */
	const struct ks_symbol *symbols;
	uint8_t nr_btf; // BTF functions of exactly that name, 255 for more; known as ks_image.facts says
};
/** How many functions there are of the name, and of which linkage, by its entries [D]. */
enum ks_collision ks_function_collision(const struct ks_function *fn);
/** Whether it is inlined: everywhere, where there is no symbol, or somewhere, by its entries [D]. */
enum ks_inline_class ks_function_inline_class(const struct ks_function *fn);
/** Some symbol has a suffix [D]. */
bool ks_function_transformed(const struct ks_function *fn);

/** What stands under the name of a function. */
enum ks_code {
	KS_CODE_FUNCTION,
	KS_CODE_LABEL,	// a place in assembly, or data among code
	KS_CODE_UNTOLD, // one of the two
};
struct ks_image;
/** Symbols of a function in debug information or BTF, of modules, and copies that a compiler made are of functions. */
enum ks_code ks_function_code(const struct ks_function *fn, const struct ks_image *image);

/* ---- the rest ---- */

struct ks_tracepoint {
	const char *event;
	// all of these are NULL when unknown
	const char *class_name, *func_name, *struct_name;
	const char *format; // print_fmt
	const char *system;
	const struct ks_decl *func;   // of trace_event_raw_event_<class>
	const struct ks_decl *record; // struct trace_event_raw_<class>
	const char *module;	      // NULL: the kernel itself
};

struct ks_syscall {
	/** KS_NO_NUMBER: only events have that name, it is no call's; not in [D]. KS_NUMBER_UNTOLD: a call, of which it is not known. */
	uint32_t number;
	const char *name;
	bool traced;  // sys_enter_<name> and sys_exit_<name> exist; known as ks_image.facts says
	uint8_t args; // of one that is traced: 1 + the number of its arguments; 0: unknown
};
enum { KS_MAX_CALL_ARGS = 6 };
/** Whether a number of the table leads to a call: to more than what stands for all that is not there, and is no event alone. */
bool ks_syscall_implemented(uint32_t number, const char *name);
/** What is traced of a call, in one byte: 0 nothing, else 1 + args. */
static inline uint8_t ks_syscall_trace(const struct ks_syscall *call)
{
	return call->traced ? (uint8_t)(1 + call->args) : 0;
}
#define KS_NO_NUMBER UINT32_MAX
#define KS_NUMBER_UNTOLD (UINT32_MAX - 1)
static inline bool ks_syscall_has_number(uint32_t number)
{
	return number < KS_NUMBER_UNTOLD;
}

struct ks_option {
	const char *name;  // "CONFIG_BPF"
	const char *value; // as written, quotes included; "n" for "is not set"
};

enum ks_tier { KS_TIER_FULL, KS_TIER_BTF, KS_TIER_LIVE, KS_TIER_IMPORTED };
extern const char *const ks_tier_texts[];

/** What an image's tier and tables can tell beyond the kinds of names, and what stays unknown without. */
enum {
	KS_FACT_INLINE = 1 << 0,  // entries of functions: where they are inlined and called
	KS_FACT_FTRACE = 1 << 1,  // KS_ATTACH_FTRACE of symbols
	KS_FACT_KPROBE = 1 << 2,  // KS_ATTACH_NO_KPROBE
	KS_FACT_INJECT = 1 << 3,  // KS_ATTACH_INJECT
	KS_FACT_INIT = 1 << 4,	  // KS_ATTACH_INIT
	KS_FACT_BTF = 1 << 5,	  // ks_function.nr_btf and ks_surface.variables
	KS_FACT_TRACED = 1 << 6,  // ks_syscall.traced
	KS_FACT_WHOLE = 1 << 7,	  // of modules: these are all that their kernel has
	KS_FACT_FORMS = 1 << 8,	  // ks_surface.forms, and of variables more than names
	KS_FACT_LISTS = 1 << 9,	  // KS_ATTACH_DENIED and those behind it
	KS_FACT_TYPES = 1 << 10,  // it is made of types alone: which symbols there are is unknown
	KS_FACT_LABELS = 1 << 11, // types of symbols tell functions from labels
};

/** Which kernel it is. Text is NULL when unknown. */
struct ks_image {
	const char *label;   // unique in a store: "6.1.0-50-amd64", "5.4.0-26-generic-arm64"
	const char *release; // what uname -r prints
	const char *version; // "6.1.176", the dotted number in front of release when nothing better
	const char *arch;    // Debian's name
	const char *flavor;  // "generic", "cloud", "rt"; "" when it has none
	const char *revision; // "26", "50"
	const char *distribution, *package, *package_version;
	const char *build_id; // lower-case hex
	const char *compiler; // .comment, NUL as newline
	const char *banner;   // "Linux version …"
	const char *digest;   // 32 hex digits that tell whether it is the same image
	const char *sets;     // of kernels that it was had by, as in surface/image_sets.h
	enum ks_tier tier;
	uint8_t elf_class; // 32, 64; 0 unknown
	bool big_endian;
	uint32_t facts; // KS_FACT_* bits
	/**
	 * Digest of the kernel whose modules this surface holds, all of them together; NULL: a kernel. What a
	 * module repeats of its kernel is left out.
	 */
	const char *modules_of;
	uint32_t nr_modules; // that it holds; 0 for a kernel
};

/** Which tables of a surface hold facts; a kind that is not known is never shown as absent. */
#define KS_KNOWS(kind) (1u << (kind))

/** Everything about one image. Tables are in the order of the published dataset. */
struct ks_surface {
	struct ks_image image;
	uint32_t known; // KS_KNOWS() bits
	bool symtab_known;
	size_t nr_functions, nr_symbols, nr_tracepoints, nr_syscalls, nr_lsm, nr_kfuncs, nr_options;
	size_t nr_ambiguities, nr_variables, nr_forms;
	const struct ks_function *functions; // order of first appearance; symbol-only ones last
	const struct ks_symbol *symbols;     // .symtab order
	const struct ks_tracepoint *tracepoints;
	const struct ks_syscall *syscalls;
	const char *const *lsm; // hook names
	const char *const *kfuncs;
	const struct ks_variable *variables;
	const struct ks_option *options;
	const struct ks_ambiguity *ambiguities;
	const struct ks_forms *forms; // in the order of BTF
	/** KS_FUNCTION to KS_INT: the first definition of each name, in order of appearance. */
	struct {
		size_t nr;
		const struct ks_decl *at;
	} decls[KS_INT + 1];
	const char *config;	 // the whole text, NULL when unknown
	struct ks_arena *arenas; // what the tables live in; arenas[0] always exists
	size_t nr_arenas;
};
/** An empty surface with nr_arenas arenas to fill it from; NULL when memory runs out. */
struct ks_surface *ks_surface_new(size_t nr_arenas);
void ks_surface_free(struct ks_surface *surface); // NULL is allowed
static inline void ks_surface_freep(struct ks_surface **surface)
{
	ks_surface_free(*surface);
}
#define _cleanup_surface_ __attribute__((__cleanup__(ks_surface_freep)))
