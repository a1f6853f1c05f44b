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

#include "base/buf.h"
#include "base/vector.h"
#include "check.h"
#include "extract/extract.h"
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
	uint32_t first;	   // of its own types
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
			ks_buf_printf(&line, "%s %s#%u: ", space_of(t), name, own.nth[id]);
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
	return bsearch(&key, kept->side.defined.at, kept->side.defined.len, sizeof(key),
		       compare_lines) != NULL;
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
			      unnamed ? 0 : i);
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

static struct kept spell_kept(const struct ks_surface *surface)
{
	struct kept kept = { .surface = surface };
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

/** Add it to a store and read it back from there. */
static struct ks_surface *through_store(const char *path)
{
	struct ks_elf *elf = NULL;
	struct ks_surface *surface = NULL, *back = NULL;
	const struct ks_extract_opts opts = { .nr_threads = 2 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct ks_error *err = ks_elf_open_fd(fd, &elf);
	if (!err)
		err = ks_extract(elf, &opts, &surface);
	if (err)
		fail_msg("%s: %s", path, ks_error_text(err));
	char *dir = make_dir(), at[256];
	snprintf(at, sizeof(at), "%s/store", dir);
	struct ks_store *store = NULL;
	struct ks_put_result result;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_open(at, KS_STORE_CREATE, &store));
	assert_ok(ks_store_put(store, surface, 2, &result));
	assert_ok(ks_store_images(store, &arena, &images));
	assert_int_equal(images.nr, 1);
	assert_ok(ks_store_surface(store, images.at[0], &back));
	ks_surface_free(surface);
	ks_elf_close(elf);
	close(fd);
	free(result.label);
	ks_arena_deinit(&arena);
	ks_store_close(store);
	remove_dir(dir);
	return back;
}

static void check_file(const char *path)
{
	struct btf *btf = btf__parse(path, NULL);
	assert_non_null(btf);
	struct own own = spell_own(btf, 1);
	struct ks_surface *surface = through_store(path);
	assert_true(surface->image.facts & KS_FACT_FORMS);
	struct kept kept = spell_kept(surface);
	compare_sides(path, &own.side, &kept.side);
	print_message(
		"%s: %u int, %u struct, %u union, %u enum, %u enum64, %u fwd, %u typedef, "
		"%u func, %u var, %u datasec, %u decl_tag, %u type_tag; %zu names with forms\n",
		strrchr(path, '/') + 1, own.kinds[BTF_KIND_INT], own.kinds[BTF_KIND_STRUCT],
		own.kinds[BTF_KIND_UNION], own.kinds[BTF_KIND_ENUM], own.kinds[BTF_KIND_ENUM64],
		own.kinds[BTF_KIND_FWD], own.kinds[BTF_KIND_TYPEDEF], own.kinds[BTF_KIND_FUNC],
		own.kinds[BTF_KIND_VAR], own.kinds[BTF_KIND_DATASEC], own.kinds[BTF_KIND_DECL_TAG],
		own.kinds[BTF_KIND_TYPE_TAG], surface->nr_forms);
	side_free(&own.side);
	side_free(&kept.side);
	free(own.nth);
	ks_surface_free(surface);
	btf__free(btf);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_btf_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
