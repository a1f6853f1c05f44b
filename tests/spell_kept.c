/* SPDX-License-Identifier: BSD-2-Clause */
/* What a store has kept. */
#include "spell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"

static const char *const spaces[KS_INT + 1] = {
	[KS_FUNCTION] = "func", [KS_STRUCT] = "struct",	  [KS_UNION] = "union",
	[KS_ENUM] = "enum",	[KS_TYPEDEF] = "typedef", [KS_INT] = "int",
};

static bool is_defined(const struct kept *kept, const char *space, const char *name)
{
	char text[512], *key = text;
	snprintf(text, sizeof(text), "%s %s", space, name);
	if (bsearch(&key, kept->side.defined.at, kept->side.defined.len, sizeof(key), side_compare))
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
			spell_value(out, decl->values[i].name, decl->values[i].value, decl->size,
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
		side_add(&kept->side, &line);
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
	side_add(&kept->side, &line);
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
	return bsearch(&key, keys->at, keys->len, sizeof(key), side_compare) != NULL;
}

static void collect_functions(const struct ks_surface *surface, key_vector *once)
{
	for (size_t i = 0; i < surface->nr_functions; i++)
		if (surface->functions[i].nr_btf == 1)
			assert_true(ks_vector_add(once,
						  key_of(KS_FUNCTION, surface->functions[i].name)));
	side_sort(once->at, once->len);
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
	side_sort(all.side.defined.at, all.side.defined.len);
	kept->side = all.side;
	for (size_t i = 0; i < follow.len; i++) {
		follow.at[i].at = &forms.at[i];
		spell_forms(kept, &follow.at[i]);
	}
	ks_vector_deinit(&follow);
	ks_vector_deinit(&forms);
}

struct kept spell_kept(const struct ks_surface *surface, const struct kept *kernel)
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
	side_sort(formed.at, formed.len);
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
