/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/image.h"

#include <stdlib.h>

#include "surface/image.h"

/** The text columns of table image, in the order of the statements in sql.c. */
static const size_t text_fields[] = {
	offsetof(struct ks_image, label),    offsetof(struct ks_image, digest),
	offsetof(struct ks_image, release),  offsetof(struct ks_image, version),
	offsetof(struct ks_image, arch),     offsetof(struct ks_image, flavor),
	offsetof(struct ks_image, revision), offsetof(struct ks_image, distribution),
	offsetof(struct ks_image, package),  offsetof(struct ks_image, package_version),
	offsetof(struct ks_image, build_id), offsetof(struct ks_image, compiler),
	offsetof(struct ks_image, banner),
};
enum { NR_TEXTS = sizeof(text_fields) / sizeof(text_fields[0]) };

static const char **text_field(struct ks_image *image, size_t i)
{
	return (const char **)((char *)image + text_fields[i]);
}

static struct ks_error *known_text(uint32_t known, struct ks_buf *out)
{
	for (int kind = 0; kind < KS_NR_KINDS; kind++)
		if (known & KS_KNOWS(kind))
			ks_buf_printf(out, "%s%s", out->len ? "," : "", ks_kinds[kind].name);
	return ks_buf_text(out) ? NULL : &ks_nomem;
}

static uint32_t known_bits(const char *text)
{
	uint32_t known = 0;
	for (int kind = 0; text && kind < KS_NR_KINDS; kind++) {
		size_t len = strlen(ks_kinds[kind].name);
		const char *hit = text;
		while ((hit = strstr(hit, ks_kinds[kind].name))) {
			bool whole = (hit == text || hit[-1] == ',') && strchr(",", hit[len]);
			known |= whole ? KS_KNOWS(kind) : 0;
			hit += len;
		}
	}
	return known;
}

struct ks_error *ks_image_add(struct ks_store *store, const struct ks_surface *surface,
			      const char *label, uint64_t anchor, int64_t *ret_id)
{
	struct ks_image image = surface->image;
	image.label = label;
	_cleanup_buf_ struct ks_buf known = { 0 };
	KS_TRY(known_text(surface->known, &known));
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGE_ADD, &stmt));
	int column = 1;
	for (size_t i = 0; i < NR_TEXTS; i++)
		ks_sql_bind_text(stmt, column++, *text_field(&image, i));
	ks_sql_bind_text(stmt, column++, ks_tier_texts[image.tier]);
	sqlite3_bind_int(stmt, column++, image.elf_class);
	sqlite3_bind_int(stmt, column++, image.big_endian);
	ks_sql_bind_text(stmt, column++, known.at);
	sqlite3_bind_int(stmt, column++, surface->symtab_known);
	sqlite3_bind_int64(stmt, column++, (int64_t)anchor);
	KS_TRY(ks_sql_run(store, stmt));
	*ret_id = sqlite3_last_insert_rowid(store->db);
	return NULL;
}

static struct ks_error *read_image(sqlite3_stmt *stmt, struct ks_arena *arena,
				   struct ks_store_image *ret)
{
	for (int i = 0; i < (int)NR_TEXTS; i++) {
		const char *text = (const char *)sqlite3_column_text(stmt, i);
		const char *copy = text ? ks_arena_strdup(arena, text) : NULL;
		if (text && !copy)
			return &ks_nomem;
		*text_field(&ret->image, (size_t)i) = copy;
	}
	if (!ret->image.label)
		return ks_store_damaged("image without a label");
	int column = NR_TEXTS;
	ret->id = sqlite3_column_int64(stmt, column++);
	const char *tier = (const char *)sqlite3_column_text(stmt, column++);
	for (int i = KS_TIER_FULL; tier && i <= KS_TIER_IMPORTED; i++)
		if (strcmp(tier, ks_tier_texts[i]) == 0)
			ret->image.tier = (enum ks_tier)i;
	ret->image.elf_class = (uint8_t)sqlite3_column_int(stmt, column++);
	ret->image.big_endian = sqlite3_column_int(stmt, column++) != 0;
	ret->known = known_bits((const char *)sqlite3_column_text(stmt, column++));
	ret->symtab_known = sqlite3_column_int(stmt, column++) != 0;
	ret->anchor = (uint64_t)sqlite3_column_int64(stmt, column++);
	ret->base = sqlite3_column_int64(stmt, column++);
	return NULL;
}

static int compare_images(const void *a, const void *b)
{
	const struct ks_store_image *const *x = a, *const *y = b;
	return ks_image_compare(&(*x)->image, &(*y)->image);
}

struct ks_error *ks_store_images(struct ks_store *store, struct ks_arena *arena,
				 struct ks_store_images *ret)
{
	KS_VECTOR(const struct ks_store_image *) images = { 0 };
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGES, &stmt));
	struct ks_error *err;
	bool row;
	while (!(err = ks_sql_row(store, stmt, &row)) && row) {
		struct ks_store_image *image = ks_arena_alloc(arena, sizeof(*image));
		if (!image || !ks_vector_add(&images, image)) {
			err = &ks_nomem;
			break;
		}
		*image = (struct ks_store_image){ 0 };
		err = read_image(stmt, arena, image);
		if (err)
			break;
	}
	const struct ks_store_image **at = ks_arena_array(arena, images.len + 1, sizeof(*at));
	if (!err && !at)
		err = &ks_nomem;
	if (!err && images.len) {
		memcpy(at, images.at, images.len * sizeof(*at));
		qsort(at, images.len, sizeof(*at), compare_images);
	}
	if (!err)
		*ret = (struct ks_store_images){ .nr = images.len, .at = at };
	ks_vector_deinit(&images);
	return err;
}

struct ks_error *ks_store_image(const struct ks_store_images *images, const char *label,
				const struct ks_store_image **ret)
{
	for (size_t i = 0; i < images->nr; i++) {
		if (strcmp(images->at[i]->image.label, label) == 0) {
			*ret = images->at[i];
			return NULL;
		}
	}
	return ks_error_new(KS_ERR_NOTFOUND,
			    "the store has no image '%s'; 'ksurf images' lists them", label);
}

struct ks_error *ks_image_find(struct ks_store *store, const char *label, int64_t *ret_id,
			       int64_t *ret_base)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGE_BY_LABEL, &stmt));
	ks_sql_bind_text(stmt, 1, label);
	bool row;
	KS_TRY(ks_sql_row(store, stmt, &row));
	*ret_id = row ? sqlite3_column_int64(stmt, 0) : 0;
	*ret_base = row ? sqlite3_column_int64(stmt, 1) : 0;
	return NULL;
}

struct relabel {
	const char *label, *new_label;
};

static struct ks_error *relabel(struct ks_store *store, void *arg)
{
	const struct relabel *job = arg;
	int64_t id, taken, base;
	KS_TRY(ks_image_find(store, job->label, &id, &base));
	if (!id)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "the store has no image '%s'; 'ksurf images' lists them",
				    job->label);
	KS_TRY(ks_image_find(store, job->new_label, &taken, &base));
	if (taken && taken != id)
		return ks_error_new(KS_ERR_USAGE, "another image has the label %s", job->new_label);
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGE_RELABEL, &stmt));
	sqlite3_bind_int64(stmt, 1, id);
	ks_sql_bind_text(stmt, 2, job->new_label);
	return ks_sql_run(store, stmt);
}

struct ks_error *ks_store_relabel(struct ks_store *store, const char *label, const char *new_label)
{
	if (!*new_label)
		return ks_error_new(KS_ERR_USAGE, "a label cannot be empty");
	struct relabel job = { label, new_label };
	return ks_sql_write(store, relabel, &job);
}

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
