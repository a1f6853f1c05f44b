/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Looking up what the merges found, for the readers of tables in the image. */
#include "base/hashmap.h"
#include "btf/btf.h"
#include "elf/image.h"
#include "extract/symbols/symbols.h"

/** Where struct trace_event_call keeps what is read of it; only the offsets of members count. */
struct ks_event_layout {
	const struct ks_member *class, *print_fmt, *flags,
		*system;		      // system: NULL when it is not there
	int64_t is_tracepoint, ignore_enable; // values of enumerators
	unsigned int word;		      // bytes of a pointer
};

/** An image while its tables are read: everything is borrowed. */
struct ks_finder {
	const struct ks_elf *elf;
	const struct ks_symbol_index *symbols;
	struct ks_surface *surface;	      // functions and types are filled
	struct ks_hashmap decls;	      // by name: position in the kind's table, see find.c
	const struct ks_event_layout *events; // of the kernel that a module is for, else NULL
};

/** Make the map of names, of the types that the surface has now. @param finder its other members are set */
KS_MUST_CHECK struct ks_error *ks_finder_init(struct ks_finder *finder);
void ks_finder_deinit(struct ks_finder *finder);

/** The first definition of that name (KS_FUNCTION: the listed prototype), or NULL. */
const struct ks_decl *ks_find_decl(const struct ks_finder *finder, enum ks_kind kind,
				   const char *name);
/**
 * Whether the image has the function: it has a prototype, or at least a symbol where what has a prototype is not the
 * whole truth. BTF leaves out what cannot be traced.
 */
bool ks_find_function(const struct ks_finder *finder, const char *name);
/** The member of a struct or union, or NULL. */
const struct ks_member *ks_find_member(const struct ks_decl *decl, const char *name);
/** The value of an enumerator of any enum of the image; false when there is none. */
bool ks_find_enumerator(const struct ks_finder *finder, const char *name, int64_t *ret);
/** The address of a symbol of any type; false when there is none. */
bool ks_find_address(const struct ks_finder *finder, const char *name, uint64_t *ret);
/** A copy of the text at an address in the surface's arena; NULL: none that ends within max bytes, or no memory. */
const char *ks_find_text(const struct ks_finder *finder, uint64_t addr, size_t max);
/** Whether symbols name data, too. Without CONFIG_KALLSYMS_ALL those of kallsyms do not: what is missing may be there. */
bool ks_find_tells_data(const struct ks_finder *finder);
/** A member's value in a struct at a virtual address, as an unsigned number of size bytes. */
uint64_t ks_find_field(const struct ks_finder *finder, uint64_t addr,
		       const struct ks_member *member, unsigned int size);

/** The layout of events, by the types of the image or of its kernel. @param word bytes of a pointer */
bool ks_event_layout_find(const struct ks_finder *finder, unsigned int word,
			  struct ks_event_layout *ret);

/** Fill one kind of construct each; a kind that the image cannot tell stays unknown. */
KS_MUST_CHECK struct ks_error *ks_extract_tracepoints(const struct ks_finder *finder);
KS_MUST_CHECK struct ks_error *ks_extract_syscalls(const struct ks_finder *finder);
KS_MUST_CHECK struct ks_error *ks_extract_lsm(const struct ks_finder *finder);
KS_MUST_CHECK struct ks_error *ks_extract_kfuncs(const struct ks_finder *finder);
/**
 * What can be attached to each function symbol, and the image's facts of that. Needs nothing but symbols and the
 * image's description; functions copy their symbols, so this comes before they are filled.
 */
KS_MUST_CHECK struct ks_error *ks_extract_attach(const struct ks_finder *finder);
/** The part of that which needs symbols alone: whose memory is freed once the kernel has booted. */
void ks_extract_init(const struct ks_finder *finder);
/**
 * The part that is told by ids in the kernel's BTF: lists of functions that are closed to some programs. KS_FACT_LISTS
 * when all lists that the kernel has could be read.
 */
void ks_extract_lists(const struct ks_finder *finder, const struct ks_btf *btf);
/** Which kernel it is: release, architecture, build id, compiler. */
KS_MUST_CHECK struct ks_error *ks_extract_image(const struct ks_finder *finder);
/** The same of an image that has types only, and does not say which kernel it is. @param distribution or NULL */
KS_MUST_CHECK struct ks_error *ks_extract_image_told(const struct ks_finder *finder,
						     const char *release, const char *distribution);
/** The same of a module: its name as the label, and the release of the kernel that it is for. */
KS_MUST_CHECK struct ks_error *ks_extract_module_image(const struct ks_finder *finder);
/** What any linked or relocatable file says of how it was built: architecture, build id, compiler. */
void ks_extract_build(const struct ks_finder *finder);
/** Debian's name of the architecture. */
const char *ks_extract_arch(const struct ks_elf *elf);
