/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the store keeps of an image is compared with the image's own BTF, kind by kind: nothing that writing BTF needs is
 * lost. The store's side is a surface that was added and read back, the other side is the same file read by libbpf. Both are
 * spelled as lines of text, a line for each record that has a name. KSURF_TIERS names a real vmlinux.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bpf/btf.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/vector.h"
#include "check.h"
#include "elf/relocatable.h"
#include "extract/btf/btf_decls.h"
#include "extract/btf/btf_forms.h"
#include "extract/extract.h"
#include "extract/modules/modules.h"
#include "scratch.h"
#include "store/store.h"
#include "surface/form.h"

/** Lines of one side, and names that it defines. */
struct side {
	KS_VECTOR(char *) lines, defined;
	bool sorted;
};

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_line(struct side *side, struct ks_buf *line)
{
	char *text = strdup(ks_buf_text(line));
	assert_non_null(text);
	assert_true(ks_vector_add(&side->lines, text));
	line->len = 0;
}

static void side_free(struct side *side)
{
	for (size_t i = 0; i < side->lines.len; i++)
		free(side->lines.at[i]);
	for (size_t i = 0; i < side->defined.len; i++)
		free(side->defined.at[i]);
	ks_vector_deinit(&side->lines);
	ks_vector_deinit(&side->defined);
}

/* ---- what libbpf reads ---- */

struct own {
	const struct btf *btf;
	uint32_t first;	   // of its own types; 1 unless it is split
	unsigned int *nth; // which definition of its name each is
	unsigned int kinds[20];
	struct side side;
};

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

/** A number in so many bytes, as the sign says. */
static void put_value(struct ks_buf *out, const char *name, int64_t value, uint64_t size,
		      bool has_sign)
{
	unsigned int unused = size < 8 ? 64 - 8 * (unsigned int)size : 0;
	uint64_t bits = (uint64_t)value << unused;
	if (has_sign)
		ks_buf_printf(out, "%s=%lld, ", name, (long long)((int64_t)bits >> unused));
	else
		ks_buf_printf(out, "%s=%llu, ", name, (unsigned long long)(bits >> unused));
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
			put_value(out, name_of(own, small ? e->name_off : e64->name_off),
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

static struct own spell_own(const struct btf *btf, uint32_t first)
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
		add_line(&own.side, &line);
	}
	free(tagged);
	return own;
}

/* ---- what the store has kept ---- */

struct kept {
	const struct ks_surface *surface;
	const struct kept *kernel; // of a module, or NULL
	struct side side;
};

static const char *const spaces[KS_INT + 1] = {
	[KS_FUNCTION] = "func", [KS_STRUCT] = "struct",	  [KS_UNION] = "union",
	[KS_ENUM] = "enum",	[KS_TYPEDEF] = "typedef", [KS_INT] = "int",
};

static bool is_defined(const struct kept *kept, const char *space, const char *name)
{
	char text[512], *key = text;
	snprintf(text, sizeof(text), "%s %s", space, name);
	if (bsearch(&key, kept->side.defined.at, kept->side.defined.len, sizeof(key),
		    compare_lines))
		return true;
	return kept->kernel && is_defined(kept->kernel, space, name);
}

static void put_kept_content(const struct kept *kept, const struct ks_form *form,
			     struct ks_buf *out);

static void put_kept_name(const struct kept *kept, const char *space, const struct ks_type *type,
			  bool forward, struct ks_buf *out)
{
	unsigned int nth = (unsigned int)(type->n >> KS_TYPE_NTH);
	bool is_record = strcmp(space, "struct") == 0 || strcmp(space, "union") == 0;
	if (is_record && ((forward && nth) || !is_defined(kept, space, type->name)))
		ks_buf_printf(out, "fwd %s %s", space, type->name);
	else
		ks_buf_printf(out, nth ? "%s %s#%u" : "%s %s", space, type->name, nth);
}

static const char *as_in_btf(const char *name)
{
	return ks_form_unnamed(name) ? "" : name;
}

static void put_kept_type(const struct kept *kept, const struct ks_type *type, struct ks_buf *out)
{
	static const struct {
		const char *word, *space;
		bool forward;
	} kinds[KS_NR_TYPE_KINDS] = {
		[KS_TYPE_INT] = { .space = "int" },
		[KS_TYPE_FLOAT] = { .space = "int" },
		[KS_TYPE_TYPEDEF] = { .space = "typedef" },
		[KS_TYPE_STRUCT] = { .space = "struct" },
		[KS_TYPE_UNION] = { .space = "union" },
		[KS_TYPE_ENUM] = { .space = "enum" },
		[KS_TYPE_FWD_STRUCT] = { .space = "struct", .forward = true },
		[KS_TYPE_FWD_UNION] = { .space = "union", .forward = true },
		[KS_TYPE_PTR] = { .word = "ptr " },
		[KS_TYPE_CONST] = { .word = "const " },
		[KS_TYPE_VOLATILE] = { .word = "volatile " },
		[KS_TYPE_RESTRICT] = { .word = "restrict " },
	};
	const char *space = kinds[type->kind].space;
	if (type->kind == KS_TYPE_VOID) {
		ks_buf_str(out, "void");
	} else if (space && type->name) {
		put_kept_name(kept, space, type, kinds[type->kind].forward, out);
	} else if (space) {
		assert_non_null(type->body);
		uint64_t bits = type->n >> KS_TYPE_NTH;
		struct ks_form form = {
			.decl = type->body,
			.kind = ks_form_kind(type->body),
			.flag = ks_form_flag(type->body) != (bits & 1),
		};
		if (type->kind == KS_TYPE_ENUM)
			form.kind = bits & 2 ? BTF_KIND_ENUM64 : BTF_KIND_ENUM;
		put_kept_content(kept, &form, out);
	} else if (type->kind == KS_TYPE_PROTO) {
		ks_buf_str(out, "(");
		for (uint32_t i = 0; i < type->nr_params; i++) {
			ks_buf_printf(out, "%s ", as_in_btf(type->params[i].name));
			put_kept_type(kept, type->params[i].type, out);
			ks_buf_str(out, ", ");
		}
		ks_buf_str(out, ") ");
		put_kept_type(kept, type->inner, out);
	} else {
		if (type->kind == KS_TYPE_ARRAY)
			ks_buf_printf(out, "[%llu] ", (unsigned long long)type->n);
		else if (type->kind == KS_TYPE_TAG)
			ks_buf_printf(out, "tag(%s) ", type->name);
		else
			ks_buf_str(out, kinds[type->kind].word);
		put_kept_type(kept, type->inner, out);
	}
}

static void put_kept_content(const struct kept *kept, const struct ks_form *form,
			     struct ks_buf *out)
{
	const struct ks_decl *decl = form->decl;
	unsigned int size = (unsigned int)decl->size;
	switch (form->kind) {
	case BTF_KIND_INT:
		ks_buf_printf(out, "int %u bytes %x", size, form->encoding);
		return;
	case BTF_KIND_FLOAT:
		ks_buf_printf(out, "float %u bytes", size);
		return;
	case BTF_KIND_FUNC:
		ks_buf_printf(out, "func linkage %u ", form->linkage);
		put_kept_type(kept, decl->type, out);
		return;
	case BTF_KIND_TYPEDEF:
		ks_buf_str(out, "typedef ");
		put_kept_type(kept, decl->type, out);
		return;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		ks_buf_printf(out, "%s %u bytes, flag %d {",
			      form->kind == BTF_KIND_ENUM ? "enum" : "enum64", size, form->flag);
		for (uint32_t i = 0; i < decl->nr; i++)
			put_value(out, decl->values[i].name, decl->values[i].value, decl->size,
				  form->flag);
		ks_buf_str(out, "}");
		return;
	default:
		break;
	}
	assert_true(form->kind == BTF_KIND_STRUCT || form->kind == BTF_KIND_UNION);
	ks_buf_printf(out, "%s %u bytes, flag %d {",
		      form->kind == BTF_KIND_STRUCT ? "struct" : "union", size, form->flag);
	for (uint32_t i = 0; i < decl->nr; i++) {
		const struct ks_member *m = &decl->members[i];
		ks_buf_printf(out, "%s@%llu:%u ", as_in_btf(m->name),
			      (unsigned long long)m->bits_offset, m->bitfield_size);
		put_kept_type(kept, m->type, out);
		ks_buf_str(out, ", ");
	}
	ks_buf_str(out, "}");
}

static void put_kept_tags(const struct ks_tag *tags, uint32_t nr, struct ks_buf *out)
{
	for (uint32_t i = 0; i < nr; i++)
		ks_buf_printf(out, " tag(%s, %d)", tags[i].text, (int)tags[i].component);
}

static void spell_forms(struct kept *kept, const struct ks_forms *forms)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	for (uint32_t i = 0; i < forms->nr; i++) {
		bool unnamed = strcmp(forms->name, "(anon)") == 0;
		ks_buf_printf(&line, "%s %s#%u: ", spaces[forms->kind], unnamed ? "" : forms->name,
			      unnamed || kept->kernel ? 0 : i);
		put_kept_content(kept, &forms->at[i], &line);
		put_kept_tags(forms->at[i].tags, forms->at[i].nr_tags, &line);
		add_line(&kept->side, &line);
	}
}

static void spell_variable(struct kept *kept, const struct ks_variable *variable)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(&line, "var %s linkage %u ", variable->name, variable->linkage);
	put_kept_type(kept, variable->type, &line);
	if (variable->section)
		ks_buf_printf(&line, " in %s at %u, %u bytes", variable->section, variable->offset,
			      variable->size);
	put_kept_tags(variable->tags, variable->nr_tags, &line);
	add_line(&kept->side, &line);
}

typedef KS_VECTOR(char *) key_vector;

static char *key_of(enum ks_kind kind, const char *name)
{
	char text[512];
	snprintf(text, sizeof(text), "%s %s", spaces[kind], name);
	char *key = strdup(text);
	assert_non_null(key);
	return key;
}

static bool has_key(const key_vector *keys, char *key)
{
	return bsearch(&key, keys->at, keys->len, sizeof(key), compare_lines) != NULL;
}

static void sort_keys(char **at, size_t nr)
{
	if (nr)
		qsort(at, nr, sizeof(*at), compare_lines);
}

/** Functions that BTF has once: what is listed for these is what BTF says, unless a form says other. */
static void collect_functions(const struct ks_surface *surface, key_vector *once)
{
	for (size_t i = 0; i < surface->nr_functions; i++)
		if (surface->functions[i].nr_btf == 1)
			assert_true(ks_vector_add(once,
						  key_of(KS_FUNCTION, surface->functions[i].name)));
	sort_keys(once->at, once->len);
}

static void spell_listed(struct kept *kept, const key_vector *formed, const key_vector *once)
{
	struct kept all = *kept;
	KS_VECTOR(struct ks_forms) follow = { 0 };
	KS_VECTOR(struct ks_form) forms = { 0 };
	for (int kind = 0; kind <= KS_INT; kind++)
		for (size_t i = 0; i < kept->surface->decls[kind].nr; i++) {
			const struct ks_decl *decl = &kept->surface->decls[kind].at[i];
			char *key = key_of((enum ks_kind)kind, decl->name);
			bool there = !has_key(formed, key) &&
				     (kind != KS_FUNCTION || has_key(once, key));
			if (!there) {
				free(key);
				continue;
			}
			struct ks_form form = { .decl = decl,
						.kind = ks_form_kind(decl),
						.flag = ks_form_flag(decl) };
			struct ks_forms made = { .kind = (enum ks_kind)kind,
						 .nr = 1,
						 .name = decl->name };
			assert_true(ks_vector_add(&all.side.defined, key));
			assert_true(ks_vector_add(&forms, form) && ks_vector_add(&follow, made));
		}
	sort_keys(all.side.defined.at, all.side.defined.len);
	kept->side = all.side;
	for (size_t i = 0; i < follow.len; i++) {
		follow.at[i].at = &forms.at[i];
		spell_forms(kept, &follow.at[i]);
	}
	ks_vector_deinit(&follow);
	ks_vector_deinit(&forms);
}

/** @param kernel that the modules of the surface belong to, or NULL */
static struct kept spell_kept(const struct ks_surface *surface, const struct kept *kernel)
{
	struct kept kept = { .surface = surface, .kernel = kernel };
	key_vector formed = { 0 }, once = { 0 };
	for (size_t i = 0; i < surface->nr_forms; i++) {
		const struct ks_forms *forms = &surface->forms[i];
		assert_true(ks_vector_add(&formed, key_of(forms->kind, forms->name)));
		if (forms->nr)
			assert_true(ks_vector_add(&kept.side.defined,
						  key_of(forms->kind, forms->name)));
	}
	sort_keys(formed.at, formed.len);
	collect_functions(surface, &once);
	spell_listed(&kept, &formed, &once);
	for (size_t i = 0; i < surface->nr_forms; i++)
		spell_forms(&kept, &surface->forms[i]);
	for (size_t i = 0; i < surface->nr_variables; i++)
		spell_variable(&kept, &surface->variables[i]);
	for (size_t i = 0; i < formed.len; i++)
		free(formed.at[i]);
	for (size_t i = 0; i < once.len; i++)
		free(once.at[i]);
	ks_vector_deinit(&formed);
	ks_vector_deinit(&once);
	return kept;
}

/* ---- both ---- */

static void compare_sides(const char *path, struct side *own, struct side *kept)
{
	unsigned int nr = 0;
	sort_keys(own->lines.at, own->lines.len);
	sort_keys(kept->lines.at, kept->lines.len);
	for (size_t i = 0, k = 0; i < own->lines.len || k < kept->lines.len;) {
		int order = i == own->lines.len	   ? 1
			    : k == kept->lines.len ? -1
						   : strcmp(own->lines.at[i], kept->lines.at[k]);
		if (order && nr++ < 10)
			print_error("%s: %s: %.2000s\n", path,
				    order < 0 ? "BTF has" : "the store has",
				    order < 0 ? own->lines.at[i] : kept->lines.at[k]);
		i += order <= 0;
		k += order >= 0;
	}
	if (nr)
		fail_msg("%s: %u lines differ", path, nr);
}

/** Put a kernel, or the modules of one that is there, and read it back. */
static struct ks_surface *through_store(const char *dir, const struct ks_surface *surface)
{
	char at[256];
	struct ks_store *store = NULL;
	struct ks_put_result result;
	struct ks_surface *back = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	snprintf(at, sizeof(at), "%s/store", dir);
	assert_ok(ks_store_open(at, KS_STORE_CREATE, &store));
	assert_ok(ks_store_put(store, surface, 2, &result));
	assert_true(result.added);
	assert_ok(ks_store_images(store, &arena, &images));
	const struct ks_store_image *image = images.at[0];
	if (surface->image.modules_of)
		image = image->modules;
	assert_non_null(image);
	assert_ok(ks_store_surface(store, image, &back));
	free(result.label);
	ks_arena_deinit(&arena);
	ks_store_close(store);
	assert_true(back->image.facts & KS_FACT_FORMS);
	return back;
}

static struct ks_elf *open_elf(const char *path)
{
	struct ks_elf *elf = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_ok(ks_elf_open_fd(fd, &elf));
	close(fd);
	return elf;
}

static struct ks_surface *read_file(const char *path)
{
	struct ks_surface *surface = NULL;
	const struct ks_extract_opts opts = { .nr_threads = 2 };
	struct ks_elf *elf = open_elf(path);
	assert_ok(ks_extract(elf, &opts, &surface));
	ks_elf_close(elf);
	return surface;
}

static void print_counts(const char *path, const struct own *own, const struct ks_surface *surface)
{
	const unsigned int *kinds = own->kinds;
	const char *slash = strrchr(path, '/');
	print_message("%s: %u int, %u struct, %u union, %u enum, %u enum64, %u fwd, %u typedef, "
		      "%u func, %u var, %u datasec, %u decl_tag, %u type_tag; "
		      "%zu names with forms\n",
		      slash ? slash + 1 : path, kinds[BTF_KIND_INT], kinds[BTF_KIND_STRUCT],
		      kinds[BTF_KIND_UNION], kinds[BTF_KIND_ENUM], kinds[BTF_KIND_ENUM64],
		      kinds[BTF_KIND_FWD], kinds[BTF_KIND_TYPEDEF], kinds[BTF_KIND_FUNC],
		      kinds[BTF_KIND_VAR], kinds[BTF_KIND_DATASEC], kinds[BTF_KIND_DECL_TAG],
		      kinds[BTF_KIND_TYPE_TAG], surface->nr_forms);
}

/** What a BTF says itself, against what was read of it and went through a store. All is freed. */
static void check_read(const char *name, struct btf *btf, struct own *own, struct ks_surface *read)
{
	char *dir = make_dir();
	struct ks_surface *surface = through_store(dir, read);
	struct kept kept = spell_kept(surface, NULL);
	compare_sides(name, &own->side, &kept.side);
	print_counts(name, own, surface);
	side_free(&own->side);
	side_free(&kept.side);
	free(own->nth);
	ks_surface_free(read);
	ks_surface_free(surface);
	remove_dir(dir);
	btf__free(btf);
}

static void check_file(const char *path)
{
	struct btf *btf = btf__parse(path, NULL);
	assert_non_null(btf);
	struct own own = spell_own(btf, 1);
	assert_true(own.side.lines.len > 50);
	check_read(path, btf, &own, read_file(path));
}

/** A module of a mini kernel, put together alone. */
static struct ks_surface *read_module(const char *path, const char *kernel_path,
				      const struct ks_surface *kernel)
{
	struct ks_base_kernel *base;
	struct ks_modules *modules;
	struct ks_surface *module, *together;
	struct ks_elf *elf = open_elf(kernel_path);
	assert_ok(ks_base_kernel_new(kernel, &base));
	assert_ok(ks_base_kernel_read_btf(base, elf));
	ks_elf_close(elf);
	const struct ks_extract_opts opts = { .nr_threads = 1, .module_of = base };
	elf = open_elf(path);
	assert_ok(ks_elf_link(elf));
	assert_ok(ks_extract(elf, &opts, &module));
	ks_elf_close(elf);
	assert_ok(ks_modules_new(base, &modules));
	assert_ok(ks_modules_add(modules, module));
	assert_ok(ks_modules_finish(modules, &together));
	ks_surface_free(module);
	ks_modules_free(modules);
	ks_base_kernel_free(base);
	return together;
}

static void check_module(const char *path, const char *kernel_path)
{
	struct btf *base = btf__parse(kernel_path, NULL);
	struct btf *btf = btf__parse_split(path, base);
	assert_true(base && btf);
	struct own own = spell_own(btf, btf__type_cnt(base));
	assert_true(own.side.lines.len > 5);
	char *dir = make_dir();
	struct ks_surface *kernel = read_file(kernel_path);
	struct ks_surface *kernel_back = through_store(dir, kernel);
	struct ks_surface *modules = read_module(path, kernel_path, kernel);
	struct ks_surface *back = through_store(dir, modules);
	struct kept kept_kernel = spell_kept(kernel_back, NULL);
	struct kept kept = spell_kept(back, &kept_kernel);
	compare_sides(path, &own.side, &kept.side);
	print_counts(path, &own, back);
	side_free(&own.side);
	side_free(&kept.side);
	side_free(&kept_kernel.side);
	free(own.nth);
	ks_surface_free(kernel);
	ks_surface_free(kernel_back);
	ks_surface_free(modules);
	ks_surface_free(back);
	remove_dir(dir);
	btf__free(btf);
	btf__free(base);
}

static void nothing_of_split_btf_is_lost(void **state)
{
	(void)state;
	static const char *const variants[] = { "amd64-gcc-dwarf4", "amd64-gcc-dwarf5",
						"arm64-gcc-dwarf5", "s390x-gcc-dwarf5" };
	const char *minis = getenv("KSURF_MINIS"), *folder = getenv("KSURF_MINI_MODULES");
	unsigned int nr = 0;
	for (size_t i = 0; minis && folder && i < KS_ARRAY_LEN(variants); i++) {
		char module[4096], kernel[4096];
		snprintf(module, sizeof(module), "%s/%s-alpha-btf.ko", folder, variants[i]);
		snprintf(kernel, sizeof(kernel), "%s/btf-%s", minis, variants[i]);
		if (access(module, R_OK) || access(kernel, R_OK))
			continue;
		check_module(module, kernel);
		nr++;
	}
	if (!nr) {
		print_message("no module with BTF: pahole was not there\n");
		skip();
	}
}

static void nothing_of_btf_is_lost(void **state)
{
	(void)state;
	const char *folder = getenv("KSURF_MINIS"), *real = getenv("KSURF_TIERS");
	DIR *dir = folder ? opendir(folder) : NULL;
	unsigned int nr = 0;
	for (struct dirent *file; dir && (file = readdir(dir));) {
		char path[4096];
		if (strncmp(file->d_name, "btf-", 4) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, file->d_name);
		check_file(path);
		nr++;
	}
	if (dir)
		closedir(dir);
	if (real)
		check_file(real);
	if (!nr && !real) {
		print_message("no mini kernel with BTF (needs pahole), and no KSURF_TIERS\n");
		skip();
	}
}

/* ---- what no compiler here writes ---- */

/** Every kind, with all that tells one record from another. */
static struct btf *make_btf(void)
{
	struct btf *btf = btf__new_empty();
	assert_non_null(btf);
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int flag = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	int real = btf__add_float(btf, "double", 8);
	int text = btf__add_int(btf, "char", 1, BTF_INT_CHAR);
	btf__add_int(btf, "__ARRAY_SIZE_TYPE__", 4, 0);
	int user = btf__add_ptr(btf, btf__add_type_tag(btf, "user", text));
	int rcu =
		btf__add_ptr(btf, btf__add_type_tag(btf, "rcu", btf__add_type_tag(btf, "x", real)));
	int gone = btf__add_fwd(btf, "gone", BTF_FWD_UNION),
	    leftover = btf__add_fwd(btf, "twice", 0);

	int inner = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, "a", number, 0, 3);
	btf__add_field(btf, "b", real, 0, 0);
	int outer = btf__add_struct(btf, NULL, 16);
	btf__add_field(btf, NULL, inner, 0, 0);
	btf__add_field(btf, "c", user, 64, 0);
	int first = btf__add_struct(btf, "twice", 40);
	btf__add_field(btf, "head", number, 0, 0);
	btf__add_field(btf, NULL, outer, 64, 0);
	btf__add_field(btf, "tail", btf__add_array(btf, 1, btf__add_array(btf, 1, rcu, 2), 3), 192,
		       0);
	int second = btf__add_struct(btf, "twice", 8);
	btf__add_field(btf, "bits", flag, 1, 2);
	btf__add_field(btf, NULL, number, 8, 0);
	int plain = btf__add_union(btf, "plain", 8);
	btf__add_field(btf, "p", btf__add_ptr(btf, second), 0, 0);
	btf__add_field(btf, "q", btf__add_const(btf, btf__add_ptr(btf, first)), 0, 0);
	btf__add_field(btf, "r", btf__add_ptr(btf, gone), 0, 0);
	btf__add_field(btf, "s", btf__add_ptr(btf, leftover), 0, 0);

	btf__add_enum(btf, "unsigned_top", 4); // all bits, without a sign
	btf__add_enum_value(btf, "ALL", 0xffffffff);
	btf__add_enum(btf, NULL, 4);
	btf__add_enum_value(btf, "A", 1);
	btf__add_enum_value(btf, "B", 2);
	btf__add_enum(btf, NULL, 4);
	btf__add_enum_value(btf, "C", -1);
	int wide = btf__add_enum64(btf, "wide", 8, false);
	btf__add_enum64_value(btf, "TOP", UINT64_MAX);
	int small = btf__add_enum64(btf, "small", 4, true); // of 64 bits, without need
	btf__add_enum64_value(btf, "LESS", (uint64_t)-3);
	int unnamed = btf__add_enum64(btf, NULL, 8, true);
	btf__add_enum64_value(btf, "LEAST", (uint64_t)INT64_MIN);

	btf__add_typedef(btf, "outer_t", outer);
	int tagged = btf__add_typedef(btf, "tagged_t", btf__add_type_tag(btf, "kptr", first));
	btf__add_typedef(btf, "unnamed_t", unnamed);
	int proto = btf__add_func_proto(btf, btf__add_volatile(btf, btf__add_ptr(btf, wide)));
	btf__add_func_param(btf, "arg", user);
	btf__add_func_param(btf, NULL, small);
	btf__add_func_param(btf, NULL, 0);
	int other = btf__add_func_proto(btf, 0);
	btf__add_func_param(btf, "arg", btf__add_restrict(btf, btf__add_ptr(btf, second)));
	int global = btf__add_func(btf, "work", BTF_FUNC_GLOBAL, proto);
	btf__add_func(btf, "work", BTF_FUNC_STATIC, other);
	btf__add_func(btf, "far", BTF_FUNC_EXTERN, other);
	btf__add_func(btf, "work.isra.0", BTF_FUNC_STATIC, other);

	int variable = btf__add_var(btf, "per_cpu", BTF_VAR_GLOBAL_ALLOCATED,
				    btf__add_type_tag(btf, "percpu", first));
	int hidden = btf__add_var(btf, "per_cpu", BTF_VAR_STATIC, outer);
	btf__add_var(btf, "elsewhere", BTF_VAR_GLOBAL_EXTERN, number);
	btf__add_datasec(btf, ".data..percpu", 4096);
	btf__add_datasec_var_info(btf, variable, 64, 40);
	btf__add_datasec_var_info(btf, hidden, 4000, 16);
	btf__add_decl_tag(btf, "bpf_kfunc", global, -1);
	btf__add_decl_tag(btf, "bpf_fastcall", global, -1);
	btf__add_decl_tag(btf, "arg:nonnull", global, 1);
	btf__add_decl_tag(btf, "contains:twice:head", first, 0);
	btf__add_decl_tag(btf, "shared", variable, -1);
	btf__add_decl_tag(btf, "t", tagged, -1);
	btf__add_decl_tag(btf, "p", plain, 2);
	return btf;
}

/** A surface whose declarations are those of a blob. @param bytes outlive it */
static struct ks_surface *read_blob(const void *bytes, uint32_t len)
{
	struct ks_btf *btf;
	struct ks_btf_forming *forming;
	struct ks_surface *surface = ks_surface_new(1);
	assert_non_null(surface);
	assert_ok(ks_btf_open(bytes, len, NULL, &btf));
	surface->image = (struct ks_image){ .label = "made",
					    .release = "made",
					    .digest = "00",
					    .tier = KS_TIER_BTF,
					    .elf_class = 64,
					    .facts = KS_FACT_BTF | KS_FACT_FORMS };
	assert_ok(ks_btf_decls_read(btf, surface));
	assert_ok(ks_btf_forming_new(btf, NULL, surface, &forming));
	assert_ok(ks_btf_forming_run(forming, 1));
	ks_btf_forming_free(forming);
	ks_btf_close(btf);
	return surface;
}

static void no_kind_is_lost(void **state)
{
	(void)state;
	uint32_t len;
	struct btf *btf = make_btf();
	const void *bytes = btf__raw_data(btf, &len);
	assert_non_null(bytes);
	struct own own = spell_own(btf, 1);
	for (int kind = BTF_KIND_INT; kind <= BTF_KIND_ENUM64; kind++)
		if (!own.kinds[kind])
			fail_msg("kind %d is not tried", kind);
	check_read("made", btf, &own, read_blob(bytes, len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_btf_is_lost),
		cmocka_unit_test(nothing_of_split_btf_is_lost),
		cmocka_unit_test(no_kind_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
