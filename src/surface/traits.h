/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What statistics count about a function group, without its texts, callers and types. */
#include "base/cursor.h"
#include "base/error.h"
#include "surface/model.h"

/** What a compiler did to a function or a symbol, by the suffixes of the symbol names. */
enum ks_transform {
	KS_TRANSFORM_NONE,	// no suffix
	KS_TRANSFORM_ISRA,	//
	KS_TRANSFORM_CONSTPROP, //
	KS_TRANSFORM_PART,	//
	KS_TRANSFORM_COLD,	//
	KS_TRANSFORM_SEVERAL,	// a symbol with several suffixes, or symbols with different ones
	KS_TRANSFORM_OTHER,	// .localalias, .lto_priv, ...
	KS_NR_TRANSFORMS,
};
/** How they are called, in tables: "isra". */
extern const char *const ks_transform_texts[KS_NR_TRANSFORMS];

/** The transformation that a symbol's name tells of; digits between dots do not count. */
enum ks_transform ks_transform_of(const char *symbol);
/** Padding and type-check symbols in front of a function: __pfx_, __cfi_. */
bool ks_symbol_is_prefix(const char *name);

enum { KS_NR_COLLISIONS = KS_STATIC_GLOBAL + 1, KS_NR_INLINE_CLASSES = KS_CLASS_FULL + 1 };

/** Of one function name. All but by_line is the same for every image that shares the definition. */
struct ks_traits {
	uint8_t inline_class; // enum ks_inline_class
	uint8_t collision;    // enum ks_collision, when the lines differ
	uint8_t transform;    // enum ks_transform
	uint8_t code;	      // enum ks_code, where the image looked for labels
	bool grouped;	      // some unit mentions it: symbol-only functions are no groups [D]
	bool declared;	      // some entry is declared inline (DW_AT_inline 2 or 3)
	bool by_line;	      // it is a Static Duplication when the entries' lines are equal
	uint16_t names[KS_NR_TRANSFORMS]; // different symbol names, by transformation
};

/**
 * Read the traits of what ks_codec_put_function() wrote. Nothing is allocated.
 * @return NULL or KS_ERR_DATA
 */
KS_MUST_CHECK struct ks_error *ks_codec_get_traits(struct ks_cursor *c, struct ks_traits *ret);

/**
 * Whether all the entries of a function stand on the same line, read from its lines as ks_codec_put_facts() wrote
 * them. Failing cursors count as different.
 */
bool ks_codec_same_lines(struct ks_cursor lines);
/** The same of what ks_codec_put_moved() wrote. @param of_base the lines of the base; as these, where there are no others */
bool ks_codec_same_lines_moved(struct ks_cursor lines, struct ks_cursor of_base);
