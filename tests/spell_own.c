/* SPDX-License-Identifier: BSD-2-Clause */
/* What libbpf reads in BTF, and the lines of both sides. */
#include "spell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- lines ---- */

int side_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void side_add(struct side *side, struct ks_buf *line)
{
	char *text = strdup(ks_buf_text(line));
	assert_non_null(text);
	assert_true(ks_vector_add(&side->lines, text));
	line->len = 0;
}

void side_free(struct side *side)
{
	for (size_t i = 0; i < side->lines.len; i++)
		free(side->lines.at[i]);
	for (size_t i = 0; i < side->defined.len; i++)
		free(side->defined.at[i]);
	ks_vector_deinit(&side->lines);
	ks_vector_deinit(&side->defined);
}

void side_sort(char **at, size_t nr)
{
	if (nr)
		qsort(at, nr, sizeof(*at), side_compare);
}

/** Functions that BTF has once: what is listed for these is what BTF says, unless a form says other. */

void spell_value(struct ks_buf *out, const char *name, int64_t value, uint64_t size, bool has_sign)
{
	unsigned int unused = size < 8 ? 64 - 8 * (unsigned int)size : 0;
	uint64_t bits = (uint64_t)value << unused;
	if (has_sign)
		ks_buf_printf(out, "%s=%lld, ", name, (long long)((int64_t)bits >> unused));
	else
		ks_buf_printf(out, "%s=%llu, ", name, (unsigned long long)(bits >> unused));
}

/* ---- BTF ---- */

static const char *name_of(const struct own *own, uint32_t offset)
{
	return btf__name_by_offset(own->btf, offset);
}

/** Kinds of names, as C has them. */
static const char *space_of(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
		return "struct";
	case BTF_KIND_UNION:
		return "union";
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return "enum";
	case BTF_KIND_TYPEDEF:
		return "typedef";
	case BTF_KIND_INT:
	case BTF_KIND_FLOAT:
		return "int";
	case BTF_KIND_FUNC:
		return "func";
	default:
		return NULL;
	}
}

static void put_own_record(const struct own *own, const struct btf_type *t, struct ks_buf *out);

static void put_own_type(const struct own *own, uint32_t id, struct ks_buf *out)
{
	static const char *const words[20] = { [BTF_KIND_PTR] = "ptr ",
					       [BTF_KIND_CONST] = "const ",
					       [BTF_KIND_VOLATILE] = "volatile ",
					       [BTF_KIND_RESTRICT] = "restrict " };
	const struct btf_type *t = btf__type_by_id(own->btf, id);
	assert_non_null(t);
	const char *name = name_of(own, t->name_off), *space = space_of(t);
	if (!id) {
		ks_buf_str(out, "void");
	} else if (btf_kind(t) == BTF_KIND_FWD) {
		ks_buf_printf(out, "fwd %s %s", btf_kflag(t) ? "union" : "struct", name);
	} else if (btf_kind(t) == BTF_KIND_ARRAY) {
		const struct btf_array *array = btf_array(t);
		ks_buf_printf(out, "[%u] ", array->nelems);
		put_own_type(own, array->type, out);
	} else if (btf_kind(t) == BTF_KIND_FUNC_PROTO) {
		ks_buf_str(out, "(");
		for (int i = 0; i < btf_vlen(t); i++) {
			ks_buf_printf(out, "%s ", name_of(own, btf_params(t)[i].name_off));
			put_own_type(own, btf_params(t)[i].type, out);
			ks_buf_str(out, ", ");
		}
		ks_buf_str(out, ") ");
		put_own_type(own, t->type, out);
	} else if (btf_kind(t) == BTF_KIND_TYPE_TAG) {
		ks_buf_printf(out, "tag(%s) ", name);
		put_own_type(own, t->type, out);
	} else if (space && *name) {
		ks_buf_printf(out, "%s %s", space, name);
		if (own->nth[id])
			ks_buf_printf(out, "#%u", own->nth[id]);
	} else if (space) {
		put_own_record(own, t, out);
	} else {
		assert_non_null(words[btf_kind(t)]);
		ks_buf_str(out, words[btf_kind(t)]);
		put_own_type(own, t->type, out);
	}
}

/** What stands in a record, behind its name. */
static void put_own_record(const struct own *own, const struct btf_type *t, struct ks_buf *out)
{
	unsigned int kind = btf_kind(t);
	if (kind == BTF_KIND_INT) {
		ks_buf_printf(out, "int %u bytes %x", t->size, *(const uint32_t *)(t + 1));
	} else if (kind == BTF_KIND_FLOAT) {
		ks_buf_printf(out, "float %u bytes", t->size);
	} else if (kind == BTF_KIND_FUNC) {
		ks_buf_printf(out, "func linkage %u ", btf_vlen(t));
		put_own_type(own, t->type, out);
	} else if (kind == BTF_KIND_TYPEDEF) {
		ks_buf_str(out, "typedef ");
		put_own_type(own, t->type, out);
	} else if (kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64) {
		ks_buf_printf(out, "%s %u bytes, flag %d {",
			      kind == BTF_KIND_ENUM ? "enum" : "enum64", t->size, btf_kflag(t));
		for (int i = 0; i < btf_vlen(t); i++) {
			const struct btf_enum *e = &btf_enum(t)[i];
			const struct btf_enum64 *e64 = &btf_enum64(t)[i];
			bool small = kind == BTF_KIND_ENUM;
			spell_value(out, name_of(own, small ? e->name_off : e64->name_off),
				    small ? e->val : (int64_t)btf_enum64_value(e64), t->size,
				    btf_kflag(t));
		}
		ks_buf_str(out, "}");
	} else {
		assert_true(btf_is_composite(t));
		ks_buf_printf(out, "%s %u bytes, flag %d {",
			      kind == BTF_KIND_STRUCT ? "struct" : "union", t->size, btf_kflag(t));
		for (int i = 0; i < btf_vlen(t); i++) {
			const struct btf_member *m = &btf_members(t)[i];
			ks_buf_printf(out, "%s@%u:%u ", name_of(own, m->name_off),
				      btf_member_bit_offset(t, (uint32_t)i),
				      btf_member_bitfield_size(t, (uint32_t)i));
			put_own_type(own, m->type, out);
			ks_buf_str(out, ", ");
		}
		ks_buf_str(out, "}");
	}
}

static void put_own_tags(const struct own *own, uint32_t id, struct ks_buf *out)
{
	for (uint32_t tag = own->first; tag < btf__type_cnt(own->btf); tag++) {
		const struct btf_type *t = btf__type_by_id(own->btf, tag);
		if (btf_kind(t) == BTF_KIND_DECL_TAG && t->type == id)
			ks_buf_printf(out, " tag(%s, %d)", name_of(own, t->name_off),
				      btf_decl_tag(t)->component_idx);
	}
}

/** The first variable of a section's entries that is this one. */
static void put_own_place(const struct own *own, uint32_t id, struct ks_buf *out)
{
	for (uint32_t section = own->first; section < btf__type_cnt(own->btf); section++) {
		const struct btf_type *t = btf__type_by_id(own->btf, section);
		for (int i = 0; btf_kind(t) == BTF_KIND_DATASEC && i < btf_vlen(t); i++) {
			const struct btf_var_secinfo *place = &btf_var_secinfos(t)[i];
			if (place->type == id)
				ks_buf_printf(out, " in %s at %u, %u bytes",
					      name_of(own, t->name_off), place->offset,
					      place->size);
		}
	}
}

struct counted {
	const char *space, *name;
	uint32_t id;
};

static int compare_counted(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;
	int order = strcmp(x->space, y->space);
	order = order ? order : strcmp(x->name, y->name);
	return order ? order : (x->id > y->id) - (x->id < y->id);
}

/** Number the definitions of each name. */
static void number_names(struct own *own)
{
	uint32_t nr = btf__type_cnt(own->btf);
	struct counted *all = calloc(nr, sizeof(*all));
	size_t n = 0;
	own->nth = calloc(nr, sizeof(*own->nth));
	assert_true(all && own->nth);
	for (uint32_t id = 1; id < nr; id++) {
		const struct btf_type *t = btf__type_by_id(own->btf, id);
		const char *name = name_of(own, t->name_off);
		if (space_of(t) && *name)
			all[n++] = (struct counted){ space_of(t), name, id };
	}
	qsort(all, n, sizeof(*all), compare_counted);
	for (size_t i = 1; i < n; i++)
		if (strcmp(all[i].space, all[i - 1].space) == 0 &&
		    strcmp(all[i].name, all[i - 1].name) == 0)
			own->nth[all[i].id] = own->nth[all[i - 1].id] + 1;
	free(all);
}

struct own spell_own(const struct btf *btf, uint32_t first)
{
	struct own own = { .btf = btf, .first = first };
	_cleanup_buf_ struct ks_buf line = { 0 };
	bool *tagged = calloc(btf__type_cnt(btf), sizeof(*tagged));
	assert_non_null(tagged);
	number_names(&own);
	for (uint32_t id = first; id < btf__type_cnt(btf); id++)
		if (btf_kind(btf__type_by_id(btf, id)) == BTF_KIND_DECL_TAG)
			tagged[btf__type_by_id(btf, id)->type] = true;
	for (uint32_t id = first; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = name_of(&own, t->name_off);
		own.kinds[btf_kind(t)]++;
		if (btf_kind(t) == BTF_KIND_VAR) {
			ks_buf_printf(&line, "var %s linkage %u ", name, btf_var(t)->linkage);
			put_own_type(&own, t->type, &line);
			put_own_place(&own, id, &line);
		} else if (space_of(t) && (*name || btf_is_any_enum(t))) {
			ks_buf_printf(&line, "%s %s#%u: ", space_of(t), name,
				      first == 1 ? own.nth[id] : 0);
			put_own_record(&own, t, &line);
		} else {
			continue;
		}
		if (tagged[id])
			put_own_tags(&own, id, &line);
		side_add(&own.side, &line);
	}
	free(tagged);
	return own;
}
