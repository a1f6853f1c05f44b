/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole image out of the store: its tables in their order, joined with the facts of its lists. */
#include <stdlib.h>

#include "store/image.h"
#include "store/kinds.h"
#include "store/layout.h"
#include "store/load.h"
#include "store/places.h"

/** The row of a function group, by the id of the group. */
struct group_row {
	uint64_t group, prototype, at;
	const struct ks_places *places;
	const struct ks_decl *listed;
};

struct load {
	const struct ks_store_image *image;
	struct ks_surface *surface;
	struct ks_arena *arena;
	KS_VECTOR(struct group_row) groups;
	KS_VECTOR(struct ks_places *) places; // of the segments
};

static struct ks_error *read_order(struct ks_store *store, struct load *load, int table,
				   struct ks_order *ret)
{
	return ks_part_order(store, load->image, table, load->arena, ret);
}

/** All definitions of a table, in its order. */
static struct ks_error *load_defs(struct ks_store *store, struct load *load, int table,
				  enum ks_def_class def_class, void **ret, size_t *ret_nr)
{
	struct ks_order ids;
	const struct ks_def_ops *ops = ks_def_ops_of(def_class);
	KS_TRY(read_order(store, load, table, &ids));
	char *values = ks_arena_array(load->arena, ids.nr + 1, ops->size);
	if (!values)
		return &ks_nomem;
	for (size_t i = 0; i < ids.nr; i++) {
		struct ks_cursor c;
		KS_TRY(ks_block_def(store, ids.at[i], def_class, load->arena, &c));
		KS_TRY(ops->get(&c, load->arena, values + i * ops->size));
	}
	*ret = values;
	*ret_nr = ids.nr;
	return NULL;
}

static struct ks_error *read_group_rows(struct load *load, const struct ks_places *places)
{
	struct ks_columns columns;
	KS_TRY(ks_columns_open(places->ids.at, places->ids.len, &columns));
	while (columns.at < columns.nr) {
		struct ks_row row;
		struct group_row group = { .places = places, .at = columns.at };
		KS_TRY(ks_columns_next(&columns, &row));
		group.group = row.second;
		group.prototype = row.first;
		if (group.group && !ks_vector_add(&load->groups, group))
			return &ks_nomem;
	}
	return NULL;
}

static int compare_groups(const void *a, const void *b)
{
	const struct group_row *x = a, *y = b;
	return (x->group > y->group) - (x->group < y->group);
}

/** All rows of the function list. */
static struct ks_error *load_group_rows(struct ks_store *store, struct load *load)
{
	_cleanup_run_ struct ks_run_walk list = { .store = store,
						  .image = load->image->id,
						  .name = ks_list_name(KS_FUNCTION) };
	for (;;) {
		bool row;
		KS_TRY(ks_run_next(&list, &row));
		if (!row)
			break;
		_cleanup_places_ struct ks_places *places = NULL;
		KS_TRY(ks_places_load(store, list.row.columns, KS_PLACES_ALL, &places));
		KS_TRY(read_group_rows(load, places));
		if (!ks_vector_add(&load->places, places))
			return &ks_nomem;
		places = NULL;
	}
	if (load->groups.len)
		qsort(load->groups.at, load->groups.len, sizeof(*load->groups.at), compare_groups);
	return NULL;
}

struct id_decl {
	uint64_t id;
	const struct ks_decl *decl;
};

static int compare_id_decls(const void *a, const void *b)
{
	const struct id_decl *x = a, *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

/** Tell each group the prototype that is listed for its name. */
static struct ks_error *join_prototypes(struct ks_store *store, struct load *load)
{
	struct ks_order ids;
	KS_TRY(read_order(store, load, KS_FUNCTION, &ids));
	struct id_decl *decls = ks_arena_array(load->arena, ids.nr + 1, sizeof(*decls));
	if (!decls)
		return &ks_nomem;
	for (size_t i = 0; i < ids.nr; i++)
		decls[i] = (struct id_decl){ ids.at[i], &load->surface->decls[KS_FUNCTION].at[i] };
	qsort(decls, ids.nr, sizeof(*decls), compare_id_decls);
	for (size_t i = 0; i < load->groups.len; i++) {
		struct id_decl key = { .id = load->groups.at[i].prototype };
		if (!key.id)
			continue;
		struct id_decl *hit =
			bsearch(&key, decls, ids.nr, sizeof(*decls), compare_id_decls);
		if (!hit)
			return ks_store_damaged("prototype of a function is missing");
		load->groups.at[i].listed = hit->decl;
	}
	return NULL;
}

static struct ks_error *load_functions(struct ks_store *store, struct load *load)
{
	struct ks_order ids;
	struct ks_moves moves;
	KS_TRY(load_group_rows(store, load));
	KS_TRY(join_prototypes(store, load));
	KS_TRY(read_order(store, load, KS_TABLE_FUNCTIONS, &ids));
	struct ks_function *fns = ks_arena_array(load->arena, ids.nr + 1, sizeof(*fns));
	if (!fns)
		return &ks_nomem;
	KS_TRY(ks_moves_load(store, load->image->id, &moves));
	for (size_t i = 0; i < ids.nr; i++) {
		struct group_row key = { .group = ids.at[i] }, *row = NULL;
		struct ks_cursor c;
		if (load->groups.len)
			row = bsearch(&key, load->groups.at, load->groups.len, sizeof(*row),
				      compare_groups);
		if (!row)
			return ks_store_damaged("facts of a function are missing");
		KS_TRY(ks_block_def(store, ids.at[i], KS_DEF_FUNCTION, load->arena, &c));
		KS_TRY(ks_codec_get_function(&c, load->arena, row->listed, &fns[i]));
		KS_TRY(ks_places_get(row->places, row->at, &moves, load->arena, &fns[i]));
	}
	load->surface->functions = fns;
	load->surface->nr_functions = ids.nr;
	return NULL;
}

static struct ks_error *load_ambiguities(struct ks_store *store, struct load *load)
{
	void *ambiguities;
	KS_TRY(load_defs(store, load, KS_TABLE_AMBIGUITIES, KS_DEF_AMBIGUITY, &ambiguities,
			 &load->surface->nr_ambiguities));
	load->surface->ambiguities = ambiguities;
	return NULL;
}

/** A part that is read once, as a copy in the arena. */
static struct ks_error *read_text(struct ks_store *store, struct load *load, enum ks_part which,
				  struct ks_cursor *ret, uint64_t *ret_nr)
{
	_cleanup_buf_ struct ks_buf raw = { 0 };
	KS_TRY(ks_part_read(store, load->image, which, &raw, ret_nr));
	char *copy = ks_arena_strndup(load->arena, raw.at ? raw.at : "", raw.len);
	if (!copy)
		return &ks_nomem;
	*ret = ks_cursor_over(copy, raw.len, false);
	return NULL;
}

static struct ks_error *load_names(struct ks_store *store, struct load *load, enum ks_part which,
				   const char *const **ret, size_t *ret_nr)
{
	struct ks_cursor c;
	uint64_t nr;
	KS_TRY(read_text(store, load, which, &c, &nr));
	const char **names = ks_arena_array(load->arena, (size_t)nr + 1, sizeof(*names));
	if (!names)
		return &ks_nomem;
	for (uint64_t i = 0; i < nr; i++)
		names[i] = ks_cursor_str(&c);
	*ret = names;
	*ret_nr = (size_t)nr;
	return c.why ? ks_store_damaged(c.why) : NULL;
}

static struct ks_error *load_offsets(struct ks_store *store, struct load *load,
				     struct ks_variable *variables, size_t nr_variables)
{
	struct ks_cursor c;
	uint64_t nr;
	uint32_t offset = 0;
	KS_TRY(read_text(store, load, KS_PART_VARIABLE_OFFSETS, &c, &nr));
	if (nr != nr_variables)
		return ks_store_damaged("variables have columns of different length");
	for (size_t i = 0; i < nr_variables; i++)
		variables[i].offset = offset += (uint32_t)ks_cursor_zigzag(&c);
	return c.why ? ks_store_damaged(c.why) : NULL;
}

/** Variables with their types, or of an image that knows no more their names. */
static struct ks_error *load_variables(struct ks_store *store, struct load *load)
{
	const char *const *names;
	void *typed;
	size_t nr;
	struct ks_variable *variables;
	if (load->surface->image.facts & KS_FACT_FORMS) {
		KS_TRY(load_defs(store, load, KS_TABLE_VARIABLES, KS_DEF_VARIABLE, &typed, &nr));
		variables = typed;
		KS_TRY(load_offsets(store, load, variables, nr));
	} else {
		KS_TRY(load_names(store, load, KS_PART_VARIABLES, &names, &nr));
		variables = ks_arena_array(load->arena, nr + 1, sizeof(*variables));
		if (!variables)
			return &ks_nomem;
		for (size_t i = 0; i < nr; i++)
			variables[i] = (struct ks_variable){ .name = names[i] };
	}
	load->surface->variables = variables;
	load->surface->nr_variables = nr;
	return NULL;
}

static struct ks_error *load_traced(struct ks_store *store, struct load *load,
				    struct ks_syscall *calls, uint64_t nr_calls)
{
	struct ks_cursor c;
	uint64_t nr;
	KS_TRY(read_text(store, load, KS_PART_TRACED, &c, &nr));
	if (nr && nr != nr_calls)
		return ks_store_damaged("system calls have columns of different length");
	for (uint64_t i = 0; i < nr; i++) {
		uint8_t trace = ks_cursor_u8(&c);
		calls[i].traced = trace != 0;
		calls[i].args = trace > 1 && trace - 2 <= KS_MAX_CALL_ARGS ? trace - 1 : 0;
	}
	return c.why ? ks_store_damaged(c.why) : NULL;
}

static struct ks_error *load_syscalls(struct ks_store *store, struct load *load, enum ks_part which)
{
	struct ks_cursor c;
	uint64_t nr;
	KS_TRY(read_text(store, load, which, &c, &nr));
	struct ks_syscall *calls = ks_arena_array(load->arena, (size_t)nr + 1, sizeof(*calls));
	if (!calls)
		return &ks_nomem;
	for (uint64_t i = 0; i < nr; i++) {
		uint32_t number = (uint32_t)ks_cursor_uleb(&c);
		calls[i] = (struct ks_syscall){ .number = number, .name = ks_cursor_str(&c) };
	}
	load->surface->syscalls = calls;
	load->surface->nr_syscalls = (size_t)nr;
	if (c.why)
		return ks_store_damaged(c.why);
	return load_traced(store, load, calls, nr);
}

static struct ks_error *load_config(struct ks_store *store, struct load *load)
{
	struct ks_cursor c;
	uint64_t nr;
	KS_TRY(read_text(store, load, KS_PART_CONFIG, &c, &nr));
	load->surface->config = nr ? ks_cursor_str(&c) : NULL;
	return c.why ? ks_store_damaged(c.why) : NULL;
}

/** The list of a kind. */
static struct ks_error *load_kind(struct ks_store *store, struct load *load, enum ks_kind kind)
{
	enum ks_def_class def_class = ks_kind_def_class(kind);
	enum ks_part part = KS_PART_LISTS + kind - KS_SYSCALL;
	const char *const *names;
	void *records;
	size_t nr;
	if (def_class) {
		KS_TRY(load_defs(store, load, ks_kind_table(kind), def_class, &records, &nr));
		ks_surface_set_list(load->surface, kind, records, nr);
	} else if (ks_kinds[kind].holds == KS_HOLDS_NUMBER) {
		KS_TRY(load_syscalls(store, load, part));
	} else if (ks_kinds[kind].holds == KS_HOLDS_NAME) {
		KS_TRY(load_names(store, load, part, &names, &nr));
		ks_surface_set_list(load->surface, kind, names, nr);
	}
	return NULL;
}

static struct ks_error *load_all(struct ks_store *store, void *arg)
{
	struct load *load = arg;
	struct ks_surface *surface = load->surface;
	for (enum ks_kind kind = 0; kind < KS_NR_KINDS; kind++)
		KS_TRY(load_kind(store, load, kind));
	KS_TRY(load_functions(store, load));
	KS_TRY(load_ambiguities(store, load));
	KS_TRY(load_variables(store, load));
	KS_TRY(ks_load_forms(store, load->image, surface));
	KS_TRY(load_config(store, load));
	return ks_part_symbols(store, load->image, surface);
}

/** The surface owns its image's text, like everything else. */
static struct ks_error *load_image(struct ks_store *store, struct load *load)
{
	struct ks_store_images images;
	KS_TRY(ks_image_all(store, load->arena, &images));
	for (size_t i = 0; i < images.nr; i++) {
		if (images.at[i]->id != load->image->id)
			continue;
		load->image = images.at[i];
		load->surface->image = load->image->image;
		load->surface->known = load->image->known;
		load->surface->symtab_known = load->image->symtab_known;
		return NULL;
	}
	return ks_error_new(KS_ERR_NOTFOUND, "image %s is no longer in the store",
			    load->image->image.label);
}

static struct ks_error *load_job(struct ks_store *store, void *arg)
{
	struct load *load = arg;
	KS_TRY(load_image(store, load));
	return load_all(store, load);
}

struct ks_error *ks_store_has_whole(const struct ks_store *store)
{
	if (store->layout->whole)
		return NULL;
	return ks_error_in_file(ks_error_new(KS_ERR_STORE,
					     "a published catalogue holds no whole images: ask "
					     "the store that it was made from"),
				store->path);
}

struct ks_error *ks_store_surface(struct ks_store *store, const struct ks_store_image *image,
				  struct ks_surface **ret)
{
	KS_TRY(ks_store_has_whole(store));
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	if (!surface)
		return &ks_nomem;
	struct load load = { .image = image, .surface = surface, .arena = &surface->arenas[0] };
	struct ks_error *err = ks_sql_read(store, load_job, &load);
	ks_vector_deinit(&load.groups);
	for (size_t i = 0; i < load.places.len; i++)
		ks_places_free(load.places.at[i]);
	ks_vector_deinit(&load.places);
	if (err)
		return err;
	*ret = ks_take(surface);
	return NULL;
}
