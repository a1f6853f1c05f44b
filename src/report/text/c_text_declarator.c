/* SPDX-License-Identifier: BSD-2-Clause */
/* The style of C: a declarator grows around its name, pointers to the left, arrays and calls to the right. */
#include "report/text/c_text.h"

static const char *base_keyword(enum ks_type_kind kind)
{
	switch (kind) {
	case KS_TYPE_STRUCT:
	case KS_TYPE_FWD_STRUCT:
		return "struct ";
	case KS_TYPE_UNION:
	case KS_TYPE_FWD_UNION:
		return "union ";
	case KS_TYPE_ENUM:
		return "enum ";
	default:
		return "";
	}
}

static const char *qualifier(enum ks_type_kind kind)
{
	switch (kind) {
	case KS_TYPE_CONST:
		return "const ";
	case KS_TYPE_VOLATILE:
		return "volatile ";
	case KS_TYPE_RESTRICT:
		return "restrict ";
	default:
		return NULL;
	}
}

/** The type below its qualifiers. */
static const struct ks_type *unqualified(const struct ks_type *type)
{
	while (qualifier(type->kind))
		type = type->inner;
	return type;
}

static bool binds_right(const struct ks_type *type)
{
	return type->kind == KS_TYPE_ARRAY || type->kind == KS_TYPE_PROTO;
}

/** Everything that stands before the name. The text ends with a blank, '*' or '('. */
static void c_left(struct ks_buf *out, const struct ks_type *type)
{
	const char *word = qualifier(type->kind);
	if (word && unqualified(type)->kind == KS_TYPE_PTR) {
		c_left(out, type->inner); // "*const": behind the star
		ks_buf_str(out, word);
	} else if (word) {
		ks_buf_str(out, word);
		c_left(out, type->inner);
	} else if (type->kind == KS_TYPE_PTR) {
		c_left(out, type->inner);
		ks_buf_str(out, binds_right(unqualified(type->inner)) ? "(*" : "*");
	} else if (binds_right(type)) {
		c_left(out, type->inner);
	} else {
		ks_buf_str(out, base_keyword(type->kind));
		ks_buf_str(out, type->kind == KS_TYPE_VOID ? "void"
				: type->name		   ? type->name
							   : "(anon)");
		ks_buf_char(out, ' ');
	}
}

static bool is_variadic_tail(const struct ks_type *proto, uint32_t i)
{
	return i + 1 == proto->nr_params && i > 0 && proto->params[i].type->kind == KS_TYPE_VOID;
}

static void c_params(struct ks_buf *out, const struct ks_type *proto)
{
	ks_buf_char(out, '(');
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		const struct ks_param *param = &proto->params[i];
		if (i)
			ks_buf_str(out, ", ");
		if (is_variadic_tail(proto, i))
			ks_buf_str(out, "...");
		else if (param->name[0] == '(') // "(anon)"
			ks_c_text_valid.type(out, param->type);
		else
			ks_c_text_valid.decl(out, param->type, param->name);
	}
	ks_buf_str(out, proto->nr_params ? ")" : "void)");
}

/** Everything that stands behind the name. */
static void c_right(struct ks_buf *out, const struct ks_type *type)
{
	for (; type; type = type->inner) {
		if (type->kind == KS_TYPE_PTR && binds_right(unqualified(type->inner)))
			ks_buf_char(out, ')');
		else if (type->kind == KS_TYPE_PROTO)
			c_params(out, type);
		else if (type->kind == KS_TYPE_ARRAY)
			ks_buf_printf(out, "[%llu]", (unsigned long long)type->n);
	}
}

static void c_decl(struct ks_buf *out, const struct ks_type *type, const char *name)
{
	c_left(out, type);
	ks_buf_str(out, name);
	c_right(out, type);
}

static void c_type(struct ks_buf *out, const struct ks_type *type)
{
	size_t start = out->len;
	c_left(out, type);
	if (out->len > start && out->at[out->len - 1] == ' ' && !binds_right(unqualified(type)))
		out->len--; // no name follows the blank
	c_right(out, type);
}

static void c_proto(struct ks_buf *out, const struct ks_type *proto, const char *name)
{
	c_decl(out, proto, name);
	ks_buf_char(out, ';');
}

const struct ks_c_text_style ks_c_text_valid = { c_type, c_decl, c_proto, "};" };
