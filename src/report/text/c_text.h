/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Types and declarations as C text. */
#include "base/buf.h"
#include "surface/model.h"

/** One way to spell: the two published styles differ from each other and from C. */
struct ks_c_text_style {
	void (*type)(struct ks_buf *out, const struct ks_type *type);
	/** A parameter, member or return type with the name it belongs to. */
	void (*decl)(struct ks_buf *out, const struct ks_type *type, const char *name);
	/** A prototype on one line, with its end mark. */
	void (*proto)(struct ks_buf *out, const struct ks_type *proto, const char *name);
	const char *record_end; // last line of a struct or union
};
extern const struct ks_c_text_style ks_c_text_late;  // --format md
extern const struct ks_c_text_style ks_c_text_early; // --format md-full
extern const struct ks_c_text_style ks_c_text_valid; // what a compiler would accept

/** A struct or union, one member per line, each fit for KS_TEXT_LINE, without a newline at its end. */
void ks_c_text_record(struct ks_buf *out, const struct ks_c_text_style *style,
		      const struct ks_decl *decl);
