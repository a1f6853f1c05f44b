/* SPDX-License-Identifier: BSD-2-Clause */
#include "diff/scope.h"

#include <string.h>

#include "base/buf.h"
#include "base/edit_distance.h"

/** Call fn for each word of a list with commas. */
static struct ks_error *each_word(const char *list, struct ks_diff_scope *scope,
				  struct ks_error *(*fn)(struct ks_diff_scope *scope,
							 const char *word))
{
	while (list && *list) {
		char word[64];
		size_t len = strcspn(list, ",");
		if (len >= sizeof(word))
			return ks_error_new(KS_ERR_USAGE, "'%s' is too long a word", list);
		memcpy(word, list, len);
		word[len] = '\0';
		KS_TRY(fn(scope, word));
		list += len + (list[len] == ',');
	}
	return NULL;
}

static struct ks_error *take_kind(struct ks_diff_scope *scope, const char *word)
{
	enum ks_kind kind = ks_kind_by_name(word);
	if (kind == KS_NR_KINDS)
		return ks_kind_unknown(word);
	if (kind == KS_FIELD)
		return ks_error_new(KS_ERR_USAGE, "fields are compared as part of their struct: "
						  "--kind struct");
	scope->kinds |= KS_KNOWS(kind);
	return NULL;
}

/** All changes that count as one of the name. */
static uint64_t any_change(void)
{
	uint64_t bits = 0;
	for (int i = 0; i < KS_NR_CHANGES; i++)
		bits |= ks_changes_infos[i].extra ? 0 : KS_CHANGE_BIT(i);
	return bits;
}

static struct ks_error *unknown_change(const char *word)
{
	_cleanup_buf_ struct ks_buf all = { 0 };
	struct ks_near_word near = ks_near_word_of(word);
	ks_near_word_see(&near, "added");
	ks_near_word_see(&near, "removed");
	ks_near_word_see(&near, "changed");
	for (int i = 0; i < KS_NR_CHANGES; i++) {
		ks_buf_printf(&all, ", %s", ks_changes_infos[i].name);
		ks_near_word_see(&near, ks_changes_infos[i].name);
	}
	const char *text = ks_buf_text(&all);
	return ks_error_new(KS_ERR_USAGE,
			    "'%s' is no change; there are added, removed, changed%s%s", word,
			    text ? text : "", ks_near_word_hint(&near));
}

static struct ks_error *take_change(struct ks_diff_scope *scope, const char *word)
{
	uint64_t bits = strcmp(word, "added") == 0     ? KS_ADDED_BIT
			: strcmp(word, "removed") == 0 ? KS_REMOVED_BIT
			: strcmp(word, "changed") == 0 ? any_change()
						       : 0;
	for (int i = 0; i < KS_NR_CHANGES; i++) {
		if (strcmp(ks_changes_infos[i].name, word) != 0)
			continue;
		bits |= KS_CHANGE_BIT(i);
		scope->extras |= ks_changes_infos[i].extra;
	}
	scope->changes |= bits;
	return bits ? NULL : unknown_change(word);
}

struct ks_error *ks_diff_scope_kinds(struct ks_diff_scope *scope, const char *words)
{
	return each_word(words, scope, take_kind);
}

struct ks_error *ks_diff_scope_changes(struct ks_diff_scope *scope, const char *words)
{
	return each_word(words, scope, take_change);
}
