/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/prototype.h"

enum { DEEPEST = 8 };

/** What both have of a type, in the words of one. */
struct shape {
	enum ks_type_kind kind;
	const char *name;
};

static struct shape shape_of_btf(const struct ks_btf_type *type)
{
	static const enum ks_type_kind kinds[KS_NR_BTF_KINDS] = {
		[KS_BTF_INT] = KS_TYPE_INT,	      [KS_BTF_FLOAT] = KS_TYPE_FLOAT,
		[KS_BTF_TYPEDEF] = KS_TYPE_TYPEDEF,   [KS_BTF_STRUCT] = KS_TYPE_STRUCT,
		[KS_BTF_UNION] = KS_TYPE_UNION,	      [KS_BTF_ENUM] = KS_TYPE_ENUM,
		[KS_BTF_ENUM64] = KS_TYPE_ENUM,	      [KS_BTF_PTR] = KS_TYPE_PTR,
		[KS_BTF_CONST] = KS_TYPE_CONST,	      [KS_BTF_VOLATILE] = KS_TYPE_VOLATILE,
		[KS_BTF_RESTRICT] = KS_TYPE_RESTRICT, [KS_BTF_ARRAY] = KS_TYPE_ARRAY,
		[KS_BTF_FUNC_PROTO] = KS_TYPE_PROTO,  [KS_BTF_TYPE_TAG] = KS_TYPE_TAG,
	};
	struct shape shape = { KS_TYPE_VOID, type->name };
	if (type->kind == KS_BTF_FWD)
		shape.kind = type->kflag ? KS_TYPE_FWD_UNION : KS_TYPE_FWD_STRUCT;
	else if (type->kind < KS_NR_BTF_KINDS)
		shape.kind = kinds[type->kind];
	return shape;
}

/** A type that has a name or none inside it. @return false: what it refers to comes next */
static bool write_name(const struct shape *shape, struct ks_buf *out)
{
	const char *name = shape->name && *shape->name ? shape->name : "…";
	switch (shape->kind) {
	case KS_TYPE_STRUCT:
	case KS_TYPE_FWD_STRUCT:
		ks_buf_printf(out, "struct %s", name);
		return true;
	case KS_TYPE_UNION:
	case KS_TYPE_FWD_UNION:
		ks_buf_printf(out, "union %s", name);
		return true;
	case KS_TYPE_ENUM:
		ks_buf_printf(out, "enum %s", name);
		return true;
	case KS_TYPE_INT:
	case KS_TYPE_FLOAT:
	case KS_TYPE_TYPEDEF:
		ks_buf_str(out, name);
		return true;
	case KS_TYPE_VOID:
		ks_buf_str(out, "void");
		return true;
	case KS_TYPE_PROTO:
		ks_buf_str(out, "…()");
		return true;
	default:
		return false;
	}
}

/** What stands in front of the type that another refers to, and behind it. */
static const char *before(enum ks_type_kind kind)
{
	return kind == KS_TYPE_CONST ? "const " : kind == KS_TYPE_VOLATILE ? "volatile " : "";
}
static const char *behind(enum ks_type_kind kind, enum ks_type_kind inner)
{
	if (kind == KS_TYPE_ARRAY)
		return "[]";
	return kind != KS_TYPE_PTR ? "" : inner == KS_TYPE_PTR ? "*" : " *";
}

static void write_btf(const struct ks_btf *btf, uint32_t id, int left, struct ks_buf *out)
{
	struct ks_btf_type type = ks_btf_type(btf, id);
	struct shape shape = shape_of_btf(&type);
	if (!left || write_name(&shape, out))
		return;
	struct ks_btf_type inner = ks_btf_type(btf, type.type);
	ks_buf_str(out, before(shape.kind));
	write_btf(btf, type.type, left - 1, out);
	ks_buf_str(out, behind(shape.kind, shape_of_btf(&inner).kind));
}

static void write_type(const struct ks_type *type, int left, struct ks_buf *out)
{
	struct shape shape = { type ? type->kind : KS_TYPE_VOID, type ? type->name : NULL };
	if (!left || write_name(&shape, out))
		return;
	ks_buf_str(out, before(shape.kind));
	write_type(type->inner, left - 1, out);
	ks_buf_str(out, behind(shape.kind, type->inner ? type->inner->kind : KS_TYPE_VOID));
}

void ks_prototype_of_btf(const struct ks_btf *btf, uint32_t proto, struct ks_buf *out)
{
	struct ks_btf_type type = ks_btf_type(btf, proto);
	write_btf(btf, type.type, DEEPEST, out);
	ks_buf_char(out, '(');
	for (uint32_t i = 0; i < type.vlen; i++) {
		struct ks_btf_param param = ks_btf_param(btf, &type, i);
		ks_buf_str(out, i ? ", " : "");
		if (param.type)
			write_btf(btf, param.type, DEEPEST, out);
		else
			ks_buf_str(out, "...");
	}
	ks_buf_str(out, type.vlen ? ")" : "void)");
}

void ks_prototype_of_type(const struct ks_type *proto, struct ks_buf *out)
{
	write_type(proto->inner, DEEPEST, out);
	ks_buf_char(out, '(');
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		const struct ks_type *type = proto->params[i].type;
		ks_buf_str(out, i ? ", " : "");
		if (type && type->kind != KS_TYPE_VOID)
			write_type(type, DEEPEST, out);
		else
			ks_buf_str(out, "...");
	}
	ks_buf_str(out, proto->nr_params ? ")" : "void)");
}

void ks_type_text_of_btf(const struct ks_btf *btf, uint32_t id, struct ks_buf *out)
{
	write_btf(btf, id, DEEPEST, out);
}

void ks_type_text_of_type(const struct ks_type *type, struct ks_buf *out)
{
	write_type(type, DEEPEST, out);
}
