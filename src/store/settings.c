/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/settings.h"

#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "store/private.h"

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
	const char *base;
	KS_TRY(ks_store_setting(store, &arena, KS_SETTING_BASE, &base));
	KS_TRY(ks_store_relabel(store, job->label, job->new_label));
	return base && strcmp(base, job->label) == 0
		       ? ks_store_set(store, KS_SETTING_BASE, job->new_label)
		       : NULL;
}

struct ks_error *ks_selection_rename(struct ks_store *store, const char *label,
				     const char *new_label)
{
	struct rename job = { label, new_label };
	return ks_sql_write(store, rename_all, &job);
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
	return ks_store_set(store, KS_SETTING_BASE, label);
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
