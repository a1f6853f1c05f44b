/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "source/dataset/dataset_dir.h"
#include "source/dataset/dataset_file.h"
#include "source/dataset/dataset_read.h"
#include "surface/config.h"

/** One import under way. */
struct import {
	const struct ks_dataset_image *files;
	struct ks_surface *surface;
	struct ks_arena *arena; // the surface's
	struct ks_dataset_reader rd;
	XXH3_state_t *hash;
};

static void import_deinit(struct import *im)
{
	ks_surface_free(im->surface);
	ks_dataset_reader_deinit(&im->rd);
	XXH3_freeState(im->hash);
}

/* ---- files of one record a line ---- */

static bool row_function(struct import *im, const char *line, size_t len, enum ks_kind kind,
			 void *ret)
{
	(void)kind;
	return ks_dataset_read_function(&im->rd, line, len, ret);
}

static bool row_decl(struct import *im, const char *line, size_t len, enum ks_kind kind, void *ret)
{
	return ks_dataset_read_decl(&im->rd, line, len, kind, ret);
}

static bool row_symbol(struct import *im, const char *line, size_t len, enum ks_kind kind,
		       void *ret)
{
	(void)kind;
	return ks_dataset_read_symbol(&im->rd, line, len, ret);
}

static bool row_tracepoint(struct import *im, const char *line, size_t len, enum ks_kind kind,
			   void *ret)
{
	(void)kind;
	return ks_dataset_read_tracepoint(&im->rd, line, len, ret);
}

/** How the files of one kind become a table of the surface. */
static const struct row_kind {
	bool (*read)(struct import *im, const char *line, size_t len, enum ks_kind kind, void *ret);
	size_t size;	   // of a record
	enum ks_kind kind; // of a definition
} row_kinds[KS_NR_DATASET_FILES] = {
	[KS_DATASET_FUNC_GROUPS] = { row_function, sizeof(struct ks_function), 0 },
	[KS_DATASET_TYPES_FUNC] = { row_decl, sizeof(struct ks_decl), KS_FUNCTION },
	[KS_DATASET_TYPES_STRUCT] = { row_decl, sizeof(struct ks_decl), KS_STRUCT },
	[KS_DATASET_TYPES_UNION] = { row_decl, sizeof(struct ks_decl), KS_UNION },
	[KS_DATASET_TYPES_ENUM] = { row_decl, sizeof(struct ks_decl), KS_ENUM },
	[KS_DATASET_TYPES_INT] = { row_decl, sizeof(struct ks_decl), KS_INT },
	[KS_DATASET_SYMTAB] = { row_symbol, sizeof(struct ks_symbol), 0 },
	[KS_DATASET_TRACEPOINTS] = { row_tracepoint, sizeof(struct ks_tracepoint), 0 },
};

static struct ks_error *read_rows(struct import *im, struct ks_dataset_file *file,
				  const struct row_kind *row, void **table, size_t *nr)
{
	size_t cap = 0;
	for (uint64_t number = 1;; number++) {
		const char *line;
		size_t len;
		KS_TRY(ks_dataset_file_line(file, &line, &len));
		if (!line)
			return NULL;
		if (*nr == cap && !ks_vector_grow(table, &cap, *nr, 1, row->size))
			return &ks_nomem;
		void *record = (char *)*table + *nr * row->size;
		if (!row->read(im, line, len, row->kind, record))
			return ks_error_wrap(ks_jread_error(&im->rd.json), "line %llu",
					     (unsigned long long)number);
		++*nr;
	}
}

/** Where a table of rows belongs. */
static void place_rows(struct ks_surface *s, enum ks_dataset_file_kind which, const void *table,
		       size_t nr)
{
	switch (which) {
	case KS_DATASET_FUNC_GROUPS:
		s->functions = table;
		s->nr_functions = nr;
		break;
	case KS_DATASET_SYMTAB:
		s->symbols = table;
		s->nr_symbols = nr;
		break;
	case KS_DATASET_TRACEPOINTS:
		s->tracepoints = table;
		s->nr_tracepoints = nr;
		break;
	default:
		s->decls[row_kinds[which].kind].at = table;
		s->decls[row_kinds[which].kind].nr = nr;
	}
}

static struct ks_error *import_rows(struct import *im, enum ks_dataset_file_kind which,
				    struct ks_dataset_file *file)
{
	const struct row_kind *row = &row_kinds[which];
	void *table = NULL;
	size_t nr = 0;
	struct ks_error *err = read_rows(im, file, row, &table, &nr);
	void *copy = err ? NULL : ks_arena_array(im->arena, nr, row->size);
	if (copy && nr)
		memcpy(copy, table, nr * row->size);
	free(table);
	if (!err && !copy)
		err = &ks_nomem;
	if (!err)
		place_rows(im->surface, which, copy, nr);
	return err;
}

/* ---- files that are one value ---- */

static struct ks_error *import_text(struct import *im, enum ks_dataset_file_kind which,
				    struct ks_dataset_file *file)
{
	const char *text;
	size_t len;
	KS_TRY(ks_dataset_file_text(file, &text, &len));
	if (which == KS_DATASET_SYSCALLS) {
		ks_dataset_read_syscalls(&im->rd, text, len, &im->surface->syscalls,
					 &im->surface->nr_syscalls);
		return ks_jread_error(&im->rd.json);
	}
	const char *nul = memchr(text, 0, len);
	if (nul)
		return ks_error_new(KS_ERR_DATA, "byte %zu: NUL in a text", (size_t)(nul - text));
	if (which == KS_DATASET_CONFIG)
		return ks_config_read(im->surface, im->arena, text);
	im->surface->image.compiler = ks_arena_strdup(im->arena, text);
	return im->surface->image.compiler ? NULL : &ks_nomem;
}

/* ---- what follows from the tables ---- */

static int compare_pointers(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t) * (const char *const *)a,
		  y = (uintptr_t) * (const char *const *)b;
	return x < y ? -1 : x > y;
}

/** Names with a prototype; texts out of the pool, so that the same name is the same pointer. */
struct name_set {
	const char **at;
	size_t nr;
};

static struct ks_error *prototyped(const struct ks_surface *s, struct name_set *ret)
{
	size_t nr = s->decls[KS_FUNCTION].nr;
	ret->at = calloc(nr ? nr : 1, sizeof(*ret->at));
	if (!ret->at)
		return &ks_nomem;
	ret->nr = nr;
	for (size_t i = 0; i < nr; i++)
		ret->at[i] = s->decls[KS_FUNCTION].at[i].name;
	qsort(ret->at, nr, sizeof(*ret->at), compare_pointers);
	return NULL;
}

static bool has_name(const struct name_set *set, const char *name)
{
	return bsearch(&name, set->at, set->nr, sizeof(*set->at), compare_pointers) != NULL;
}

static struct ks_error *find_lsm(struct import *im, const struct name_set *protos)
{
	struct ks_surface *s = im->surface;
	const struct ks_decl *heads = NULL;
	for (size_t i = 0; i < s->decls[KS_STRUCT].nr && !heads; i++)
		if (strcmp(s->decls[KS_STRUCT].at[i].name, "security_hook_heads") == 0)
			heads = &s->decls[KS_STRUCT].at[i];
	if (!heads)
		return NULL; // a kernel that lists its hooks elsewhere: unknown, not none
	const char **hooks = ks_arena_array(im->arena, heads->nr, sizeof(*hooks));
	if (!hooks)
		return &ks_nomem;
	_cleanup_buf_ struct ks_buf name = { 0 };
	for (uint32_t i = 0; i < heads->nr; i++) {
		name.len = 0;
		ks_buf_str(&name, "security_");
		ks_buf_str(&name, heads->members[i].name);
		KS_TRY(ks_buf_error(&name));
		const char *text = ks_dataset_pool_text(&im->rd.pool, name.at, name.len);
		if (!text)
			return &ks_nomem;
		if (has_name(protos, text))
			hooks[s->nr_lsm++] = heads->members[i].name;
	}
	s->lsm = hooks;
	s->known |= KS_KNOWS(KS_LSM);
	return NULL;
}

/** The function of a "__BTF_ID__func__NAME__N" symbol, or NULL. */
static const char *btf_id_function(struct import *im, const char *symbol, struct ks_error **err)
{
	static const char prefix[] = "__BTF_ID__func__";
	if (strncmp(symbol, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	const char *name = symbol + sizeof(prefix) - 1;
	size_t len = strlen(name), digits = len;
	while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9')
		digits--;
	if (digits == len || digits < 3 || memcmp(name + digits - 2, "__", 2) != 0 ||
	    strncmp(name, "bpf_lsm_", 8) == 0)
		return NULL;
	const char *text = ks_dataset_pool_text(&im->rd.pool, name, digits - 2);
	if (!text)
		*err = &ks_nomem;
	return text;
}

/** In symbol order; a function that several sets list counts once. */
static struct ks_error *find_kfuncs(struct import *im, const struct name_set *protos)
{
	struct ks_surface *s = im->surface;
	KS_VECTOR(const char *) names = { 0 };
	struct ks_error *err = NULL;
	for (size_t i = 0; i < s->nr_symbols && !err; i++) {
		const char *name = btf_id_function(im, s->symbols[i].name, &err);
		bool wanted = name && has_name(protos, name);
		for (size_t k = 0; wanted && k < names.len; k++)
			wanted = names.at[k] != name;
		if (wanted && !ks_vector_add(&names, name))
			err = &ks_nomem;
	}
	const char **copy = err ? NULL : ks_arena_array(im->arena, names.len, sizeof(*copy));
	if (copy && names.len)
		memcpy(copy, names.at, names.len * sizeof(*copy));
	s->kfuncs = copy;
	s->nr_kfuncs = copy ? names.len : 0;
	ks_vector_deinit(&names);
	s->known |= KS_KNOWS(KS_KFUNC);
	return err || copy ? err : &ks_nomem;
}

static struct ks_error *find_hooks(struct import *im)
{
	const char *const *paths = im->files->paths;
	if (!paths[KS_DATASET_TYPES_FUNC])
		return NULL;
	struct name_set protos = { 0 };
	struct ks_error *err = prototyped(im->surface, &protos);
	if (!err && paths[KS_DATASET_TYPES_STRUCT])
		err = find_lsm(im, &protos);
	if (!err && paths[KS_DATASET_SYMTAB])
		err = find_kfuncs(im, &protos);
	free(protos.at);
	return err;
}

/* ---- one image ---- */

/** What a file that is there makes known. */
static const uint32_t file_knows[KS_NR_DATASET_FILES] = {
	[KS_DATASET_FUNC_GROUPS] = KS_KNOWS(KS_FUNCTION),
	[KS_DATASET_TYPES_STRUCT] = KS_KNOWS(KS_STRUCT),
	[KS_DATASET_TYPES_UNION] = KS_KNOWS(KS_UNION),
	[KS_DATASET_TYPES_ENUM] = KS_KNOWS(KS_ENUM),
	[KS_DATASET_TYPES_INT] = KS_KNOWS(KS_INT),
	[KS_DATASET_TRACEPOINTS] = KS_KNOWS(KS_TRACEPOINT),
	[KS_DATASET_SYSCALLS] = KS_KNOWS(KS_SYSCALL),
	[KS_DATASET_CONFIG] = KS_KNOWS(KS_CONFIG),
};

static struct ks_error *import_file(struct import *im, enum ks_dataset_file_kind which)
{
	const char *path = im->files->paths[which];
	const char *folder = ks_dataset_files[which].folder;
	XXH3_128bits_update(im->hash, folder, strlen(folder) + 1);
	_cleanup_dataset_file_ struct ks_dataset_file *file = NULL;
	KS_TRY(ks_dataset_file_open(path, im->hash, &file));
	struct ks_error *err =
		row_kinds[which].read ? import_rows(im, which, file) : import_text(im, which, file);
	if (err)
		return ks_error_in_file(err, path);
	im->surface->known |= file_knows[which];
	if (which == KS_DATASET_SYMTAB)
		im->surface->symtab_known = true;
	return NULL;
}

static struct ks_error *take_digest(struct import *im)
{
	char hex[33];
	XXH128_hash_t hash = XXH3_128bits_digest(im->hash);
	snprintf(hex, sizeof(hex), "%016llx%016llx", (unsigned long long)hash.high64,
		 (unsigned long long)hash.low64);
	im->surface->image.digest = ks_arena_strdup(im->arena, hex);
	return im->surface->image.digest ? NULL : &ks_nomem;
}

static struct ks_error *import_image(struct import *im)
{
	const char *label = im->files->label;
	im->surface->image.tier = KS_TIER_IMPORTED;
	im->surface->image.facts |= KS_FACT_INLINE;
	KS_TRY(ks_dataset_label_facts(label, im->arena, &im->surface->image));
	XXH3_128bits_reset(im->hash);
	XXH3_128bits_update(im->hash, label, strlen(label) + 1);
	for (enum ks_dataset_file_kind which = 0; which < KS_NR_DATASET_FILES; which++)
		if (im->files->paths[which])
			KS_TRY(import_file(im, which));
	KS_TRY(find_hooks(im));
	return take_digest(im);
}

struct ks_error *ks_dataset_image(const struct ks_dataset *ds, size_t i, struct ks_surface **ret)
{
	struct import im = { .files = &ds->images.at[i] };
	im.surface = ks_surface_new(1);
	im.hash = XXH3_createState();
	if (!im.surface || !im.hash) {
		import_deinit(&im);
		return &ks_nomem;
	}
	im.arena = im.rd.pool.arena = &im.surface->arenas[0];
	struct ks_error *err = import_image(&im);
	if (!err)
		*ret = ks_take(im.surface);
	import_deinit(&im);
	return err;
}
