/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/buf.h"
#include "bpf/deps_private.h"

/** A name up to "___", which begins a flavour: a second definition of the same type. */
static struct ks_error *plain_name(struct ks_arena *arena, const char *name, const char **ret)
{
	const char *flavour = strstr(name, "___");
	*ret = name;
	if (flavour && flavour > name)
		*ret = ks_arena_strndup(arena, name, (size_t)(flavour - name));
	return *ret ? NULL : &ks_nomem;
}

static struct ks_error *add_member(struct ks_dep_sink *sink, struct ks_dep dep, const char *member)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "%s::%s", dep.name, member);
	KS_TRY(ks_buf_error(&name));
	dep.name = ks_arena_strndup(sink->arena, name.at, name.len);
	return dep.name ? ks_dep_add(sink, dep) : &ks_nomem;
}

/** These are the machine's and not the kernel's. */
static bool is_registers(const char *name)
{
	return strcmp(name, "pt_regs") == 0 || strcmp(name, "user_pt_regs") == 0;
}

/** A struct or union with a name becomes what the members that follow belong to. */
static struct ks_error *enter_type(struct ks_dep_sink *sink, const struct ks_btf_type *type,
				   struct ks_dep *holder)
{
	bool is_union = type->kind == KS_BTF_UNION;
	if (!type->name[0])
		return NULL;
	KS_TRY(plain_name(sink->arena, type->name, &holder->name));
	holder->kind = is_union ? KS_DEP_UNION : KS_DEP_STRUCT;
	holder->published = !is_union && !is_registers(holder->name);
	return ks_dep_add(sink, *holder);
}

/** The type and each member on the way to a field; members of anonymous parts belong to what they are in. */
static struct ks_error *walk_path(struct ks_dep_sink *sink, const struct ks_bpf_core *core,
				  struct ks_dep holder)
{
	const struct ks_btf *btf = sink->object->btf;
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, core->type));
	// the first step is over whole elements, as in p[0]
	for (uint32_t i = 1; i < core->nr; i++) {
		uint32_t next = type.type;
		if (type.kind == KS_BTF_STRUCT || type.kind == KS_BTF_UNION) {
			KS_TRY(enter_type(sink, &type, &holder));
			if (core->path[i] >= type.vlen)
				return NULL; // no loader can follow it
			struct ks_btf_member member = ks_btf_member(btf, &type, core->path[i]);
			struct ks_dep field = holder;
			field.kind =
				holder.kind == KS_DEP_UNION ? KS_DEP_UNION_FIELD : KS_DEP_FIELD;
			if (member.name[0] && holder.name)
				KS_TRY(add_member(sink, field, member.name));
			if (member.name[0]) // what it is of has a name of its own, or none
				holder.name = NULL;
			next = member.type;
		} else if (type.kind != KS_BTF_ARRAY) {
			return NULL;
		}
		type = ks_btf_type(btf, ks_btf_strip(btf, next));
	}
	bool whole = type.kind == KS_BTF_STRUCT || type.kind == KS_BTF_UNION;
	return whole ? enter_type(sink, &type, &holder) : NULL;
}

/** A type as a whole. */
static struct ks_error *whole_type(struct ks_dep_sink *sink, const struct ks_bpf_core *core,
				   struct ks_dep dep)
{
	const struct ks_btf *btf = sink->object->btf;
	struct ks_btf_type type = ks_btf_type(btf, core->type);
	if (type.kind == KS_BTF_CONST || type.kind == KS_BTF_VOLATILE)
		type = ks_btf_type(btf, ks_btf_strip(btf, core->type));
	if (!type.name[0])
		return NULL;
	KS_TRY(plain_name(sink->arena, type.name, &dep.name));
	dep.kind = type.kind == KS_BTF_STRUCT				    ? KS_DEP_STRUCT
		   : type.kind == KS_BTF_UNION				    ? KS_DEP_UNION
		   : type.kind == KS_BTF_ENUM || type.kind == KS_BTF_ENUM64 ? KS_DEP_ENUM
									    : KS_DEP_TYPE;
	dep.published = dep.kind == KS_DEP_STRUCT && !is_registers(dep.name);
	return ks_dep_add(sink, dep);
}

static struct ks_error *enumerator(struct ks_dep_sink *sink, const struct ks_bpf_core *core,
				   struct ks_dep dep)
{
	const struct ks_btf *btf = sink->object->btf;
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_strip(btf, core->type));
	if ((type.kind != KS_BTF_ENUM && type.kind != KS_BTF_ENUM64) || !core->nr ||
	    core->path[0] >= type.vlen)
		return NULL;
	const char *value;
	KS_TRY(plain_name(sink->arena, type.name, &dep.name));
	KS_TRY(plain_name(sink->arena, ks_btf_enumerator(btf, &type, core->path[0]).name, &value));
	dep.kind = KS_DEP_ENUM_VALUE;
	return add_member(sink, dep, value);
}

struct ks_error *ks_deps_of_core(struct ks_dep_sink *sink, const struct ks_bpf_core *core,
				 uint32_t insn)
{
	struct ks_dep dep = { .cores = 1u << core->kind, .nr = 1, .insn = insn };
	switch (core->kind) {
	case KS_CORE_TYPE_ID_LOCAL: // a number of the object's own
		return NULL;
	case KS_CORE_TYPE_ID_TARGET:
	case KS_CORE_TYPE_EXISTS:
	case KS_CORE_TYPE_SIZE:
	case KS_CORE_TYPE_MATCHES:
		return whole_type(sink, core, dep);
	case KS_CORE_ENUM_EXISTS:
	case KS_CORE_ENUM_VALUE:
		return enumerator(sink, core, dep);
	default:
		return walk_path(sink, core, dep);
	}
}
