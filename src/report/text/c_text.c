/* SPDX-License-Identifier: BSD-2-Clause */
/* The two published spellings. They are no C, but they are what 285,000 documents hold. */
#include "report/text/c_text.h"
#include "base/text.h"

static const char *const keywords[KS_NR_TYPE_KINDS] = {
	[KS_TYPE_STRUCT] = "struct ",	  [KS_TYPE_UNION] = "union ",
	[KS_TYPE_ENUM] = "enum ",	  [KS_TYPE_FWD_STRUCT] = "struct ",
	[KS_TYPE_FWD_UNION] = "union ",	  [KS_TYPE_CONST] = "const ",
	[KS_TYPE_VOLATILE] = "volatile ", [KS_TYPE_RESTRICT] = "restrict ",
};

/** The types of parameters, or with names their declarations, between parentheses. */
static void write_params(struct ks_buf *out, const struct ks_c_text_style *style,
			 const struct ks_type *proto, bool names)
{
	ks_buf_char(out, '(');
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		if (i)
			ks_buf_str(out, ", ");
		if (names)
			style->decl(out, proto->params[i].type, proto->params[i].name);
		else
			style->type(out, proto->params[i].type);
	}
	ks_buf_char(out, ')');
}

static void write_array_len(struct ks_buf *out, const struct ks_type *array)
{
	ks_buf_char(out, '[');
	ks_buf_dec(out, array->n);
	ks_buf_char(out, ']');
}

/** What both styles write alike: everything but pointers and prototypes. */
static void write_plain(struct ks_buf *out, const struct ks_c_text_style *style,
			const struct ks_type *type)
{
	switch (type->kind) {
	case KS_TYPE_VOID:
		ks_buf_str(out, "void");
		break;
	case KS_TYPE_CONST:
	case KS_TYPE_VOLATILE:
	case KS_TYPE_RESTRICT:
		ks_buf_str(out, keywords[type->kind]);
		style->type(out, type->inner);
		break;
	case KS_TYPE_ARRAY:
		style->type(out, type->inner);
		write_array_len(out, type);
		break;
	default:
		if (keywords[type->kind])
			ks_buf_str(out, keywords[type->kind]);
		ks_buf_str(out, type->name ? type->name : "(anon)");
	}
}

static void late_type(struct ks_buf *out, const struct ks_type *type)
{
	if (type->kind == KS_TYPE_PTR) {
		late_type(out, type->inner);
		if (type->inner->kind == KS_TYPE_PTR)
			ks_buf_char(out, '*');
		else if (type->inner->kind != KS_TYPE_PROTO)
			ks_buf_str(out, " *");
	} else if (type->kind == KS_TYPE_PROTO) {
		late_type(out, type->inner);
		ks_buf_str(out, "(*)");
		write_params(out, &ks_c_text_late, type, false);
	} else {
		write_plain(out, &ks_c_text_late, type);
	}
}

static void late_decl(struct ks_buf *out, const struct ks_type *type, const char *name)
{
	if (type->kind == KS_TYPE_PTR && type->inner->kind == KS_TYPE_PROTO) {
		late_type(out, type->inner->inner);
		ks_buf_str(out, " (*");
		ks_buf_str(out, name);
		ks_buf_char(out, ')');
		write_params(out, &ks_c_text_late, type->inner, false);
		return;
	}
	late_type(out, type->kind == KS_TYPE_ARRAY ? type->inner : type);
	if (type->kind != KS_TYPE_PTR)
		ks_buf_char(out, ' ');
	ks_buf_str(out, name);
	if (type->kind == KS_TYPE_ARRAY)
		write_array_len(out, type);
}

static void late_proto(struct ks_buf *out, const struct ks_type *proto, const char *name)
{
	late_decl(out, proto->inner, name);
	write_params(out, &ks_c_text_late, proto, true);
	ks_buf_char(out, ';');
}

static void early_type(struct ks_buf *out, const struct ks_type *type)
{
	if (type->kind == KS_TYPE_PTR) {
		early_type(out, type->inner);
		if (type->inner->kind != KS_TYPE_PROTO)
			ks_buf_str(out, " *");
	} else if (type->kind == KS_TYPE_PROTO) {
		early_type(out, type->inner);
		ks_buf_str(out, " (*)");
		write_params(out, &ks_c_text_early, type, false);
	} else {
		write_plain(out, &ks_c_text_early, type);
	}
}

static void early_decl(struct ks_buf *out, const struct ks_type *type, const char *name)
{
	early_type(out, type);
	ks_buf_char(out, ' ');
	ks_buf_str(out, name);
}

static void early_proto(struct ks_buf *out, const struct ks_type *proto, const char *name)
{
	early_decl(out, proto->inner, name);
	write_params(out, &ks_c_text_early, proto, true);
}

const struct ks_c_text_style ks_c_text_late = { late_type, late_decl, late_proto, "};" };
const struct ks_c_text_style ks_c_text_early = { early_type, early_decl, early_proto, "}" };

void ks_c_text_record(struct ks_buf *out, const struct ks_c_text_style *style,
		      const struct ks_decl *decl)
{
	ks_buf_str(out, decl->kind == KS_UNION ? "union " : "struct ");
	ks_text_str(out, KS_TEXT_LINE, decl->name);
	ks_buf_str(out, " {\n");
	for (uint32_t i = 0; i < decl->nr; i++) {
		ks_buf_str(out, "    ");
		size_t start = out->len;
		style->decl(out, decl->members[i].type, decl->members[i].name);
		ks_text_tail(out, start, KS_TEXT_LINE);
		ks_buf_str(out, ";\n");
	}
	ks_buf_str(out, style->record_end);
}
