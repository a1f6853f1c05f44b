/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of a catalogue by a pattern, or near to one: which rows can have them is known from where they begin, or from the index, or is
 * seen in the names alone; only then is read what the images say of these. Each step is one wave for all kinds.
 */
#include "store/catalogue_find.h"

enum {
	WAVE = 1024, // rows that are fetched at once
	FEW = 8,     // rows that are read rather than asked for in the index
};

/** Stands for an image that nobody asks of. */
#define NO_IMAGE UINT32_MAX

/* ---- which rows can have them ---- */

/** The rows whose names can begin as the pattern does. */
static struct ks_error *narrow(const struct ks_find_names *search, struct ks_find_part *part,
			       size_t prefix_len)
{
	const struct ks_catalogue_list *list = part->list;
	_cleanup_buf_ struct ks_buf prefix = { 0 };
	ks_buf_bytes(&prefix, search->find->glob, prefix_len);
	const char *text = ks_buf_text(&prefix);
	if (!text)
		return &ks_nomem;
	int64_t first = ks_catalogue_row_of(list, text);
	part->from = first < 0 ? 0 : (size_t)first;
	part->to = part->from;
	while (part->to < list->nr && strncmp(list->rows[part->to].first, text, prefix_len) <= 0)
		part->to++;
	return NULL;
}

static struct ks_error *add_part(struct ks_find_names *search, enum ks_kind kind, size_t prefix_len)
{
	struct ks_find_part *part = &search->parts[search->nr_parts];
	KS_TRY(ks_catalogue_list(search->store, ks_list_name((int)kind), &part->list));
	if (!part->list)
		return NULL;
	part->kind = kind;
	part->to = part->list->nr;
	if (prefix_len)
		KS_TRY(narrow(search, part, prefix_len));
	search->nr_parts++;
	search->nr_rows += part->to - part->from;
	return NULL;
}

/** All rows in which the beginning of the pattern can be. */
static struct ks_error *take_range(struct ks_find_part *part)
{
	for (size_t row = part->from; row < part->to; row++)
		if (!ks_vector_add(&part->ids, (int64_t)(part->list->from + row + 1)))
			return &ks_nomem;
	return NULL;
}

/** Of these the ones that the index tells of. */
static struct ks_error *take_indexed(struct ks_find_names *search,
				     const struct ks_trigrams *trigrams)
{
	struct ks_catalogue_rows rows = { UINT64_MAX, 0 };
	struct ks_catalogue_ids found = { 0 };
	for (size_t i = 0; i < search->nr_parts; i++) {
		const struct ks_find_part *part = &search->parts[i];
		uint64_t first = part->list->from + part->from + 1;
		uint64_t last = part->list->from + part->to;
		rows.first = first < rows.first ? first : rows.first;
		rows.last = last > rows.last ? last : rows.last;
	}
	struct ks_error *err = ks_catalogue_rows_with(search->store, trigrams, &rows, &found);
	for (size_t i = 0; !err && i < search->nr_parts * found.at.len; i++) {
		struct ks_find_part *part = &search->parts[i / found.at.len];
		int64_t id = found.at.at[i % found.at.len];
		size_t row = (size_t)id - 1 - part->list->from; // wraps when it is lower
		if (row >= part->from && row < part->to && !ks_vector_add(&part->ids, id))
			err = &ks_nomem;
	}
	ks_vector_deinit(&found.at);
	return err;
}

/** @param[out] ret_sure whether nearly all of the rows have such a name */
static struct ks_error *take_rows(struct ks_find_names *search, bool *ret_sure)
{
	const struct ks_find *find = search->find;
	struct ks_trigrams trigrams = { 0 };
	bool begins = false;
	size_t prefix_len = find->glob ? ks_glob_prefix(find->glob, &begins) : 0;
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++)
		if (ks_find_has_kind(find, kind))
			KS_TRY(add_part(search, kind, prefix_len));
	*ret_sure = search->nr_rows <= FEW || begins || (!find->glob && !find->wanted);
	if (find->glob)
		ks_trigrams_of_glob(find->glob, &trigrams);
	else if (find->near)
		ks_trigrams_of_near(find->near, find->edits, &trigrams);
	// one alone of those that a near name may lack is in most rows
	size_t least = find->glob ? 1 : 2;
	if (!*ret_sure && search->catalogue->indexed && trigrams.least >= least) {
		*ret_sure = find->glob != NULL;
		return take_indexed(search, &trigrams);
	}
	for (size_t i = 0; i < search->nr_parts; i++)
		KS_TRY(take_range(&search->parts[i]));
	return NULL;
}

/* ---- which images have them ---- */

/** Under which of the images that are asked of each of the catalogue counts: modules are part of their kernel. */
static struct ks_error *number_images(struct ks_find_names *search)
{
	const struct ks_store_images *images = search->find->images;
	size_t nr = search->catalogue->images.nr;
	search->in = ks_arena_array(&search->arena, (images->nr + 63) / 64 + 1, sizeof(uint64_t));
	search->counts_as = ks_arena_array(&search->arena, nr + 1, sizeof(uint32_t));
	if (!search->in || !search->counts_as)
		return &ks_nomem;
	memset(search->counts_as, 0xff, nr * sizeof(uint32_t));
	for (size_t i = 0; i < images->nr; i++) {
		const struct ks_store_image *image = images->at[i], *modules = image->modules;
		if (image->id > 0 && (uint64_t)image->id <= nr)
			search->counts_as[image->id - 1] = (uint32_t)i;
		if (modules && modules->id > 0 && (uint64_t)modules->id <= nr)
			search->counts_as[modules->id - 1] = (uint32_t)i;
	}
	return NULL;
}

static struct ks_error *tell(struct ks_find_names *search, enum ks_kind kind, const char *text,
			     struct ks_cursor record)
{
	const struct ks_find *find = search->find;
	size_t words = (find->images->nr + 63) / 64;
	struct ks_store_name name = { .kind = kind, .name = text, .in = search->in };
	struct ks_catalogue_holders holders =
		ks_catalogue_holders_of(record, search->catalogue->images.nr);
	memset(search->in, 0, (words + 1) * sizeof(*search->in));
	while (ks_catalogue_holders_next(&holders))
		for (uint64_t i = holders.from; i < holders.to; i++) {
			uint32_t at = search->counts_as[i];
			if (at != NO_IMAGE)
				search->in[at / 64] |= (uint64_t)1 << at % 64;
		}
	if (holders.record.why)
		return ks_store_damaged(holders.record.why);
	for (size_t i = 0; i < words; i++)
		name.nr_images += (size_t)__builtin_popcountll(search->in[i]);
	return name.nr_images ? find->fn(&name, find->arg) : NULL;
}

static struct ks_error *tell_row(struct ks_find_names *search, enum ks_kind kind, int64_t id)
{
	struct ks_catalogue_chunk chunk;
	const char *last = NULL;
	KS_TRY(ks_catalogue_chunk(search->store, (size_t)id - 1, &chunk));
	struct ks_segment_names names = ks_segment_names_over(chunk.names);
	for (; ks_segment_names_next(&names); last = names.name) {
		struct ks_cursor record;
		KS_TRY(ks_catalogue_record(&chunk, &record));
		bool again = last && strcmp(last, names.name) == 0;
		if (!again && ks_find_wants(search->find, kind, names.name))
			KS_TRY(tell(search, kind, names.name, record));
	}
	return NULL;
}

/** The rows of all kinds at once, when these are few. */
static struct ks_error *fetch_all(struct ks_find_names *search, bool *ret_fetched)
{
	size_t nr = 0;
	for (size_t i = 0; i < search->nr_parts; i++)
		nr += search->parts[i].ids.len;
	*ret_fetched = nr <= WAVE;
	return *ret_fetched ? ks_find_fetch(search, "names") : NULL;
}

static struct ks_error *tell_part(struct ks_find_names *search, const struct ks_find_part *part,
				  bool fetched)
{
	for (size_t i = 0; i < part->ids.len; i++) {
		size_t left = part->ids.len - i;
		if (!fetched && i % WAVE == 0)
			KS_TRY(ks_catalogue_fetch(search->store, "names", part->ids.at + i,
						  left < WAVE ? left : WAVE));
		KS_TRY(tell_row(search, part->kind, part->ids.at[i]));
	}
	return NULL;
}

static struct ks_error *find_names(struct ks_find_names *search)
{
	bool sure, fetched;
	KS_TRY(ks_catalogue_get(search->store, &search->catalogue));
	KS_TRY(take_rows(search, &sure));
	if (!sure)
		KS_TRY(ks_find_look(search));
	KS_TRY(number_images(search));
	KS_TRY(fetch_all(search, &fetched));
	for (size_t i = 0; i < search->nr_parts; i++)
		KS_TRY(tell_part(search, &search->parts[i], fetched));
	return NULL;
}

struct ks_error *ks_catalogue_find(struct ks_store *store, const struct ks_find *find)
{
	struct ks_find_names search = { .store = store, .find = find };
	struct ks_error *err = find_names(&search);
	for (size_t i = 0; i < search.nr_parts; i++)
		ks_vector_deinit(&search.parts[i].ids);
	ks_arena_deinit(&search.arena);
	return err;
}
