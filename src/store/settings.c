/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/settings.h"

#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "store/private.h"

/* ---- any ---- */

struct ks_error *ks_store_setting(struct ks_store *store, struct ks_arena *arena, const char *name,
				  const char **ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_SETTING, &stmt));
	ks_sql_bind_text(stmt, 1, name);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	const char *value = row ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
	const char *copy = value ? ks_arena_strdup(arena, value) : NULL;
	if (value && !copy)
		return &ks_nomem;
	*ret = copy;
	return NULL;
}

struct setting {
	const char *name, *value;
};

static struct ks_error *set(struct ks_store *store, void *arg)
{
	const struct setting *job = arg;
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, job->value ? KS_SQL_SETTING_SET : KS_SQL_SETTING_REMOVE, &stmt));
	ks_sql_bind_text(stmt, 1, job->name);
	if (job->value)
		ks_sql_bind_text(stmt, 2, job->value);
	return ks_sql_run(store, stmt);
}

struct ks_error *ks_store_set(struct ks_store *store, const char *name, const char *value)
{
	struct setting job = { name, value };
	return ks_sql_write(store, set, &job);
}

/* ---- those of reports ---- */

static const struct {
	const char *group, *setting;
} settings[] = {
	{ "members", KS_SETTING_MEMBERS },
	{ "lts", KS_SETTING_LTS },
};

const char *ks_selection_setting(const char *group)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(settings); i++)
		if (strcmp(settings[i].group, group) == 0)
			return settings[i].setting;
	return NULL;
}

struct rename {
	const char *label, *new_label;
};

static struct ks_error *rename_all(struct ks_store *store, void *arg)
{
	const struct rename *job = arg;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	static const char *const bases[] = { KS_SETTING_BASE, KS_SETTING_KEPT };
	KS_TRY(ks_store_relabel(store, job->label, job->new_label));
	for (size_t i = 0; i < KS_ARRAY_LEN(bases); i++) {
		const char *base;
		KS_TRY(ks_store_setting(store, &arena, bases[i], &base));
		if (base && strcmp(base, job->label) == 0)
			KS_TRY(ks_store_set(store, bases[i], job->new_label));
	}
	return NULL;
}

struct ks_error *ks_selection_rename(struct ks_store *store, const char *label,
				     const char *new_label)
{
	struct rename job = { label, new_label };
	return ks_sql_write(store, rename_all, &job);
}

static bool has_label(const struct ks_store_images *images, const char *label)
{
	for (size_t i = 0; label && i < images->nr; i++)
		if (strcmp(images->at[i]->image.label, label) == 0)
			return true;
	return false;
}

/** The label to keep; NULL: there is one already, or there is nothing to compare with. */
static struct ks_error *find_base(struct ks_selection *sel, struct ks_store *store,
				  const char **ret)
{
	const char *base, *kept;
	*ret = NULL;
	KS_TRY(ks_store_images(store, &sel->arena, &sel->all));
	KS_TRY(ks_store_setting(store, &sel->arena, KS_SETTING_BASE, &base));
	KS_TRY(ks_store_setting(store, &sel->arena, KS_SETTING_KEPT, &kept));
	if (!sel->all.nr || has_label(&sel->all, base) || has_label(&sel->all, kept))
		return NULL;
	KS_TRY(ks_selection_choose(sel, store, "*"));
	KS_TRY(ks_selection_group(sel, store));
	const struct ks_groups *groups = sel->groups;
	if (groups->at[KS_GROUP_ARCH].nr || groups->at[KS_GROUP_FLAVOR].nr)
		*ret = sel->images.at[groups->base]->image.label;
	return NULL;
}

static struct ks_error *keep_base(struct ks_store *store, void *arg)
{
	(void)arg;
	_cleanup_selection_ struct ks_selection sel = { 0 };
	const char *label;
	KS_TRY(find_base(&sel, store, &label));
	return label ? ks_store_set(store, KS_SETTING_KEPT, label) : NULL;
}

struct ks_error *ks_selection_keep_base(struct ks_store *store)
{
	_cleanup_selection_ struct ks_selection sel = { 0 };
	const char *label;
	KS_TRY(find_base(&sel, store, &label)); // most of the time nothing is to be written
	return label ? ks_sql_write(store, keep_base, NULL) : NULL;
}

static struct ks_error *renew_base(struct ks_store *store, void *arg)
{
	KS_TRY(ks_store_set(store, KS_SETTING_BASE, NULL));
	KS_TRY(ks_store_set(store, KS_SETTING_KEPT, NULL));
	return keep_base(store, arg);
}

struct ks_error *ks_selection_set_base(struct ks_store *store, const char *label)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	const struct ks_store_image *image;
	if (label) {
		KS_TRY(ks_store_images(store, &arena, &images));
		KS_TRY(ks_store_image(&images, label, &image));
	}
	return label ? ks_store_set(store, KS_SETTING_BASE, label)
		     : ks_sql_write(store, renew_base, NULL);
}

struct ks_error *ks_selection_set_group(struct ks_store *store, const char *group,
					const char *const *globs, size_t nr)
{
	const char *setting = ks_selection_setting(group);
	if (!setting)
		return ks_error_new(KS_ERR_USAGE, "there is no group '%s' to choose", group);
	if (!nr)
		return ks_store_set(store, setting, NULL);
	_cleanup_buf_ struct ks_buf lines = { 0 };
	_cleanup_selection_ struct ks_selection sel = { 0 };
	for (size_t i = 0; i < nr; i++) {
		KS_TRY(ks_selection_choose(&sel, store, globs[i]));
		ks_buf_printf(&lines, "%s%s", i ? "\n" : "", globs[i]);
	}
	const char *text = ks_buf_text(&lines);
	return text ? ks_store_set(store, setting, text) : &ks_nomem;
}
