/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/image.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/text.h"
#include "store/kept.h"
#include "store/layout.h"
#include "surface/image.h"

enum ks_tier ks_image_tier_of(const char *text)
{
	for (int i = KS_TIER_FULL; text && i <= KS_TIER_IMPORTED; i++)
		if (strcmp(text, ks_tier_texts[i]) == 0)
			return (enum ks_tier)i;
	return KS_TIER_FULL;
}

enum ks_tier ks_image_tier(sqlite3_stmt *stmt, int column)
{
	return ks_image_tier_of((const char *)sqlite3_column_text(stmt, column));
}

/** The text columns of table image, in the order of the statements in sql.c. */
static const size_t text_fields[] = {
	offsetof(struct ks_image, label),    offsetof(struct ks_image, digest),
	offsetof(struct ks_image, release),  offsetof(struct ks_image, version),
	offsetof(struct ks_image, arch),     offsetof(struct ks_image, flavor),
	offsetof(struct ks_image, revision), offsetof(struct ks_image, distribution),
	offsetof(struct ks_image, package),  offsetof(struct ks_image, package_version),
	offsetof(struct ks_image, build_id), offsetof(struct ks_image, compiler),
	offsetof(struct ks_image, banner),   offsetof(struct ks_image, modules_of),
	offsetof(struct ks_image, sets),
};
enum { NR_TEXTS = KS_IMAGE_NR_TEXTS };
_Static_assert(KS_ARRAY_LEN(text_fields) == NR_TEXTS, "a text is not counted");

const char **ks_image_text(const struct ks_image *image, size_t i)
{
	return (const char **)((const char *)image + text_fields[i]);
}

/** What the bits of a set are called on disk. */
typedef const char *bit_name(int bit);

static const char *kind_name(int bit)
{
	return bit < KS_NR_KINDS ? ks_kinds[bit].name : NULL;
}

static const char *fact_name(int bit)
{
	static const char *const names[] = { "inline", "ftrace", "kprobe", "inject",
					     "init",   "btf",	 "traced", "whole",
					     "forms",  "lists",	 "types",  "labels" };
	_Static_assert(KS_FACT_LABELS == 1 << (KS_ARRAY_LEN(names) - 1),
		       "not every fact has a name");
	return bit < (int)(KS_ARRAY_LEN(names)) ? names[bit] : NULL;
}

/** The names of the bits that are set, separated by commas. */
static struct ks_error *bits_text(uint32_t bits, bit_name *name_of, struct ks_buf *out)
{
	size_t start = out->len;
	for (int bit = 0; name_of(bit); bit++)
		if (bits & 1u << bit)
			ks_buf_printf(out, "%s%s", out->len > start ? "," : "", name_of(bit));
	return ks_buf_text(out) ? NULL : &ks_nomem;
}

static uint32_t text_bits(const char *text, bit_name *name_of)
{
	uint32_t bits = 0;
	for (int bit = 0; text && name_of(bit); bit++) {
		size_t len = strlen(name_of(bit));
		const char *hit = text;
		while ((hit = strstr(hit, name_of(bit)))) {
			bool whole = (hit == text || hit[-1] == ',') && strchr(",", hit[len]);
			bits |= whole ? 1u << bit : 0;
			hit += len;
		}
	}
	return bits;
}

struct ks_error *ks_image_put_known(uint32_t known, struct ks_buf *out)
{
	return bits_text(known, kind_name, out);
}

struct ks_error *ks_image_put_facts(uint32_t facts, struct ks_buf *out)
{
	return bits_text(facts, fact_name, out);
}

uint32_t ks_image_get_known(const char *text)
{
	return text_bits(text, kind_name);
}

uint32_t ks_image_get_facts(const char *text)
{
	return text_bits(text, fact_name);
}

struct ks_error *ks_image_add(struct ks_store *store, const struct ks_surface *surface,
			      const struct ks_image_key *key, uint64_t anchor, int64_t *ret_id)
{
	struct ks_image image = surface->image;
	image.label = key->label;
	image.digest = key->digest;
	_cleanup_buf_ struct ks_buf known = { 0 }, facts = { 0 };
	KS_TRY(bits_text(surface->known, kind_name, &known));
	KS_TRY(bits_text(image.facts, fact_name, &facts));
	KS_TRY(ks_counter_next(store, KS_COUNTER_IMAGE, ret_id));
	KS_TRY(ks_counter_set(store, KS_COUNTER_IMAGE, *ret_id + 1));
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGE_ADD, &stmt));
	int column = 1;
	for (size_t i = 0; i < NR_TEXTS; i++)
		ks_sql_bind_text(stmt, column++, *ks_image_text(&image, i));
	sqlite3_bind_int64(stmt, column++, *ret_id);
	ks_sql_bind_text(stmt, column++, ks_tier_texts[image.tier]);
	sqlite3_bind_int(stmt, column++, image.elf_class);
	sqlite3_bind_int(stmt, column++, image.big_endian);
	ks_sql_bind_text(stmt, column++, known.at);
	sqlite3_bind_int(stmt, column++, surface->symtab_known);
	sqlite3_bind_int64(stmt, column++, (int64_t)anchor);
	ks_sql_bind_text(stmt, column++, facts.at);
	sqlite3_bind_int64(stmt, column++, image.nr_modules);
	return ks_sql_run(store, stmt);
}

static struct ks_error *read_image(sqlite3_stmt *stmt, struct ks_arena *arena,
				   struct ks_store_image *ret)
{
	for (int i = 0; i < (int)NR_TEXTS; i++) {
		const char *text = (const char *)sqlite3_column_text(stmt, i);
		const char *copy = text ? ks_arena_strdup(arena, text) : NULL;
		if (text && !copy)
			return &ks_nomem;
		*ks_image_text(&ret->image, (size_t)i) = copy;
	}
	if (!ret->image.label)
		return ks_store_damaged("image without a label");
	int column = NR_TEXTS;
	ret->id = sqlite3_column_int64(stmt, column++);
	ret->image.tier = ks_image_tier(stmt, column++);
	ret->image.elf_class = (uint8_t)sqlite3_column_int(stmt, column++);
	ret->image.big_endian = sqlite3_column_int(stmt, column++) != 0;
	ret->known = text_bits((const char *)sqlite3_column_text(stmt, column++), kind_name);
	ret->symtab_known = sqlite3_column_int(stmt, column++) != 0;
	ret->anchor = (uint64_t)sqlite3_column_int64(stmt, column++);
	ret->base = sqlite3_column_int64(stmt, column++);
	ret->image.facts = text_bits((const char *)sqlite3_column_text(stmt, column++), fact_name);
	ret->image.nr_modules = (uint32_t)sqlite3_column_int64(stmt, column++);
	return NULL;
}

static int compare_images(const void *a, const void *b)
{
	const struct ks_store_image *const *x = a, *const *y = b;
	return ks_image_compare(&(*x)->image, &(*y)->image);
}

struct list_images {
	struct ks_arena *arena;
	KS_VECTOR(struct ks_store_image *) images;
};

static struct ks_error *list_images(struct ks_store *store, void *arg)
{
	struct list_images *list = arg;
	int64_t version, has_sets;
	KS_TRY(ks_sql_number(store, KS_SQL_VERSION, &version));
	KS_TRY(ks_sql_number(store, KS_SQL_HAS_SETS, &has_sets));
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store,
			  version == 1 ? KS_SQL_IMAGES_1
			  : has_sets   ? KS_SQL_IMAGES
				       : KS_SQL_IMAGES_EARLY,
			  &stmt));
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			return NULL;
		struct ks_store_image *image = ks_arena_alloc(list->arena, sizeof(*image));
		if (!image || !ks_vector_add(&list->images, image))
			return &ks_nomem;
		*image = (struct ks_store_image){ 0 };
		KS_TRY(read_image(stmt, list->arena, image));
	}
}

struct ks_error *ks_rows_images(struct ks_store *store, struct ks_arena *arena,
				struct ks_store_images *ret)
{
	struct list_images list = { .arena = arena };
	struct ks_error *err = ks_sql_read(store, list_images, &list);
	const struct ks_store_image **at = ks_arena_array(arena, list.images.len + 1, sizeof(*at));
	if (!err && !at)
		err = &ks_nomem;
	for (size_t i = 0; !err && i < list.images.len; i++)
		at[i] = list.images.at[i];
	if (!err)
		*ret = (struct ks_store_images){ .nr = list.images.len, .at = at };
	ks_vector_deinit(&list.images);
	return err;
}

struct ks_error *ks_image_all(struct ks_store *store, struct ks_arena *arena,
			      struct ks_store_images *ret)
{
	return store->layout->images(store, arena, ret);
}

/** An image of modules, and where it stands among all. */
struct modules {
	const struct ks_store_image *image;
	size_t at;
};

static int compare_modules(const void *a, const void *b)
{
	const struct modules *x = a, *y = b;
	int order = strcmp(x->image->image.modules_of, y->image->image.modules_of);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

/** The modules among all images, by the kernels that they are of. @param ret room for them @return how many */
static size_t list_modules(const struct ks_store_images *all, struct modules *ret)
{
	size_t nr = 0;
	for (size_t i = 0; i < all->nr; i++)
		if (all->at[i]->image.modules_of)
			ret[nr++] = (struct modules){ all->at[i], i };
	if (nr)
		qsort(ret, nr, sizeof(*ret), compare_modules);
	return nr;
}

/** The modules of a kernel, the first of them; NULL: there are none. */
static const struct ks_store_image *modules_of(const struct modules *modules, size_t nr,
					       const struct ks_image *kernel)
{
	const char *home = kernel->digest;
	if (!home)
		return NULL;
	size_t at = KS_FIRST_NOT(0, nr, i, strcmp(modules[i].image->image.modules_of, home) < 0);
	bool found = at < nr && strcmp(modules[at].image->image.modules_of, home) == 0;
	return found ? modules[at].image : NULL;
}

struct ks_error *ks_store_images(struct ks_store *store, struct ks_arena *arena,
				 struct ks_store_images *ret)
{
	struct ks_store_images all;
	KS_TRY(ks_image_all(store, arena, &all));
	const struct ks_store_image **at = ks_arena_array(arena, all.nr + 1, sizeof(*at));
	struct modules *modules = ks_arena_array(arena, all.nr + 1, sizeof(*modules));
	if (!at || !modules)
		return &ks_nomem;
	size_t nr = 0, nr_modules = list_modules(&all, modules);
	for (size_t i = 0; i < all.nr; i++) {
		if (all.at[i]->image.modules_of)
			continue;
		struct ks_store_image *kernel = ks_arena_alloc(arena, sizeof(*kernel));
		if (!kernel)
			return &ks_nomem;
		*kernel = *all.at[i];
		kernel->modules = modules_of(modules, nr_modules, &kernel->image);
		at[nr++] = kernel;
	}
	if (nr)
		qsort(at, nr, sizeof(*at), compare_images);
	*ret = (struct ks_store_images){ .nr = nr, .at = at };
	return NULL;
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

static int compare_ages(const void *a, const void *b)
{
	const struct ks_store_image *x = *(const struct ks_store_image *const *)a;
	const struct ks_store_image *y = *(const struct ks_store_image *const *)b;
	bool x_modules = x->image.modules_of != NULL, y_modules = y->image.modules_of != NULL;
	if (x_modules != y_modules)
		return x_modules ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

void ks_images_sort_by_age(struct ks_store_images *images)
{
	if (images->nr)
		qsort(images->at, images->nr, sizeof(*images->at), compare_ages);
}

struct ks_error *ks_image_digest(struct ks_store *store, int64_t id, char **ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	bool row;
	KS_TRY(ks_sql_find(store, KS_SQL_IMAGE_DIGEST, id, &stmt, &row));
	const char *digest = row ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
	*ret = digest ? strdup(digest) : NULL;
	return digest && !*ret ? &ks_nomem : NULL;
}

struct ks_error *ks_image_free_label(struct ks_store *store, const char *wanted, char **ret)
{
	char *label = strdup(wanted);
	for (unsigned int n = 2; label; n++) {
		int64_t id, base;
		struct ks_error *err = ks_image_find(store, label, &id, &base);
		if (!err && !id) {
			*ret = label;
			return NULL;
		}
		free(label);
		if (err)
			return err;
		if (asprintf(&label, "%s@%u", wanted, n) < 0)
			return &ks_nomem;
	}
	return &ks_nomem;
}

struct ks_error *ks_image_modules_label(struct ks_store *store, const char *kernel, char **ret)
{
	_cleanup_buf_ struct ks_buf wanted = { 0 };
	ks_buf_printf(&wanted, "%s+modules", kernel);
	KS_TRY(ks_buf_error(&wanted));
	return ks_image_free_label(store, ks_buf_text(&wanted), ret);
}

struct ks_error *ks_image_choose_label(struct ks_store *store, const struct ks_image *image,
				       char **ret)
{
	if (!image->modules_of) {
		_cleanup_buf_ struct ks_buf wanted = { 0 };
		ks_text_str(&wanted, KS_TEXT_LINE,
			    image->label); // a kernel may say anything of itself
		KS_TRY(ks_buf_error(&wanted));
		return ks_image_free_label(store, ks_buf_text(&wanted), ret);
	}
	_cleanup_kept_ struct ks_kept kernel = { 0 };
	KS_TRY(ks_kept_find_digest(store, image->modules_of, &kernel));
	if (!kernel.label)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "the store does not have the kernel that these modules belong "
				    "to: add it first");
	return ks_image_modules_label(store, kernel.label, ret);
}

struct ks_error *ks_image_set_base(struct ks_store *store, int64_t image, int64_t base)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	if (!base)
		return NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGE_SET_BASE, &stmt));
	sqlite3_bind_int64(stmt, 1, image);
	sqlite3_bind_int64(stmt, 2, base);
	return ks_sql_run(store, stmt);
}

struct ks_error *ks_image_modules(struct ks_store *store, const char *digest,
				  struct ks_image_ids *ret)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGES_AT_HOME, &stmt));
	ks_sql_bind_text(stmt, 1, digest);
	for (;;) {
		bool row;
		KS_TRY(ks_sql_row(store, stmt, &row));
		if (!row)
			return NULL;
		if (!ks_vector_add(&ret->at, sqlite3_column_int64(stmt, 0)))
			return &ks_nomem;
	}
}

struct relabel {
	const char *label, *new_label;
};

static struct ks_error *set_label(struct ks_store *store, int64_t id, const char *label)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	KS_TRY(ks_sql_get(store, KS_SQL_IMAGE_RELABEL, &stmt));
	sqlite3_bind_int64(stmt, 1, id);
	ks_sql_bind_text(stmt, 2, label);
	return ks_sql_run(store, stmt);
}

/** The modules of a kernel are called after it. */
static struct ks_error *relabel_modules(struct ks_store *store, int64_t kernel, const char *label)
{
	struct ks_image_ids ids = { 0 };
	char *digest, *modules_label = NULL;
	KS_TRY(ks_image_digest(store, kernel, &digest));
	struct ks_error *err = digest ? ks_image_modules(store, digest, &ids) : NULL;
	for (size_t i = 0; !err && i < ids.at.len; i++) {
		err = ks_image_modules_label(store, label, &modules_label);
		if (!err)
			err = set_label(store, ids.at.at[i], modules_label);
		free(ks_take(modules_label));
	}
	ks_vector_deinit(&ids.at);
	free(digest);
	return err;
}

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
	KS_TRY(set_label(store, id, job->new_label));
	return relabel_modules(store, id, job->new_label);
}

struct ks_error *ks_store_relabel(struct ks_store *store, const char *label, const char *new_label)
{
	if (!*new_label)
		return ks_error_new(KS_ERR_USAGE, "a label cannot be empty");
	if (!ks_text_is_plain(new_label, strlen(new_label)))
		return ks_error_new(KS_ERR_USAGE,
				    "a label cannot have control characters or others that are not "
				    "seen: '%s'",
				    new_label);
	struct relabel job = { label, new_label };
	return ks_sql_write(store, relabel, &job);
}
