/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "api/value.h"
#include "report/show/terminal.h"
#include "surface/issue.h"

void *ks_api_array(struct ks_arena *arena, size_t nr, size_t size, const void ***ret_at)
{
	char *elements = nr ? ks_arena_array(arena, nr, size) : NULL;
	const void **at = elements ? ks_arena_array(arena, nr, sizeof(*at)) : NULL;
	if (!at)
		return NULL;
	memset(elements, 0, nr * size);
	for (size_t i = 0; i < nr; i++)
		at[i] = elements + i * size;
	*ret_at = at;
	return elements;
}

bool ks_api_text(struct ks_arena *arena, const char *text, const char **ret)
{
	*ret = text ? ks_arena_strdup(arena, text) : NULL;
	return *ret || !text;
}

bool ks_api_take(struct ks_arena *arena, struct ks_buf *buf, const char **ret)
{
	const char *text = ks_buf_text(buf);
	*ret = text && buf->len ? ks_arena_strndup(arena, text, buf->len) : NULL;
	bool empty = !buf->len;
	buf->len = 0;
	return text && (*ret || empty);
}

/** A struct, union or enum, a member a line. */
static void write_record(const struct ks_decl *decl, struct ks_buf *out)
{
	if (decl->kind != KS_ENUM) {
		ks_c_text_record(out, &ks_c_text_valid, decl);
		return;
	}
	ks_buf_printf(out, "enum %s {\n", decl->name);
	for (uint32_t i = 0; i < decl->nr; i++)
		ks_buf_printf(out, "\t%s = %lld,\n", decl->values[i].name,
			      (long long)decl->values[i].value);
	ks_buf_str(out, "};");
}

struct ks_error *ks_api_declaration(struct ks_arena *arena, enum ks_kind kind,
				    const struct ks_fact *fact, const char **ret)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	*ret = NULL;
	if (!fact || !ks_fact_comparable(kind, fact))
		return NULL;
	if (!ks_terminal_declaration(&text, kind, fact) && fact->decl && kind != KS_INT &&
	    ks_kinds[kind].holds == KS_HOLDS_TYPE)
		write_record(fact->decl, &text);
	return ks_api_take(arena, &text, ret) ? NULL : &ks_nomem;
}

static bool take_change(struct ks_arena *arena, const struct ks_change *change, struct ks_buf *text,
			struct ksurf_change *ret)
{
	const struct ks_change_info *info = &ks_changes_infos[change->kind];
	ret->change = info->name;
	ret->title = info->title;
	ret->extra = info->extra != 0;
	if (!ks_api_text(arena, change->name, &ret->name))
		return false;
	if (info->has_old)
		ks_change_side(text, change, false);
	if (!ks_api_take(arena, text, &ret->old_text))
		return false;
	if (info->has_new)
		ks_change_side(text, change, true);
	return ks_api_take(arena, text, &ret->new_text);
}

struct ks_error *ks_api_changes(struct ks_arena *arena, const struct ks_changes *changes,
				size_t *ret_nr, const struct ksurf_change *const **ret)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	const void **at = NULL;
	*ret_nr = changes->nr;
	*ret = NULL;
	if (!changes->nr)
		return NULL;
	struct ksurf_change *all = ks_api_array(arena, changes->nr, sizeof(*all), &at);
	if (!all)
		return &ks_nomem;
	for (size_t i = 0; i < changes->nr; i++)
		if (!take_change(arena, &changes->at[i], &text, &all[i]))
			return &ks_nomem;
	*ret = (const struct ksurf_change *const *)at;
	return NULL;
}

struct ks_error *ks_api_issues(struct ks_arena *arena, uint32_t bits, size_t *ret_nr,
			       const char *const **ret)
{
	const char **names = ks_arena_array(arena, KS_NR_ISSUES, sizeof(*names));
	if (!names)
		return &ks_nomem;
	*ret_nr = 0;
	*ret = names;
	for (int i = 0; i < KS_NR_ISSUES; i++)
		if (bits & KS_ISSUE_BIT(i))
			names[(*ret_nr)++] = ks_issues[i].name;
	return NULL;
}
