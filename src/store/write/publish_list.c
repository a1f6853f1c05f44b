/* SPDX-License-Identifier: BSD-2-Clause */
/* One list of a catalogue: the names of all images, and which of them says what of each. */
#include <stdlib.h>

#include "store/part.h"
#include "store/write/publish_list.h"

enum { WORD_ROWS = 16 }; // of names, in a row of words
enum { STEP = 512 };	 // names that are at work at once

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct ks_publish_name *)a)->name,
		      ((const struct ks_publish_name *)b)->name);
}

/** How often a name stands in a segment at most. */
static void count(struct ks_publish_listing *listing, const struct ks_index_row *row)
{
	const uint32_t *members = listing->index.members.at + row->from;
	for (size_t i = 0, run = 0; i < row->nr; i++) {
		run = i && members[i] == members[i - 1] ? run + 1 : 1;
		struct ks_publish_name *named = &listing->names[members[i]];
		named->nr = run > named->nr ? (uint32_t)run : named->nr;
	}
}

static struct ks_error *sort(struct ks_publish_listing *listing)
{
	size_t nr = listing->nr_names = listing->index.names.all.len;
	listing->names = calloc(nr + 1, sizeof(*listing->names));
	listing->place = calloc(nr + 1, sizeof(*listing->place));
	if (!listing->names || !listing->place)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		listing->names[i].name = ks_intern_at(&listing->index.names, (uint32_t)i + 1);
		listing->names[i].number = (uint32_t)i;
		listing->names[i].nr = listing->quiet;
	}
	for (size_t i = 0; i < listing->index.rows.len; i++)
		count(listing, &listing->index.rows.at[i]);
	qsort(listing->names, nr, sizeof(*listing->names), compare_names);
	uint32_t entry = 0;
	for (size_t i = 0; i < nr; i++) {
		listing->names[i].entry = entry;
		entry += listing->names[i].nr;
		listing->place[listing->names[i].number] = (uint32_t)i;
	}
	return NULL;
}

/* ---- what the images say of some names ---- */

/** The cells of a segment of an image whose names are among [from, to). @param places NULL: they have no facts */
static struct ks_error *take_row(struct ks_publish_listing *listing,
				 const struct ks_index_row *index_row, struct ks_bytes ids,
				 const struct ks_places *places, size_t from, size_t to)
{
	struct ks_publish *publish = listing->publish;
	const uint32_t *members = listing->index.members.at + index_row->from;
	struct ks_columns columns;
	struct ks_moves moves = { 0 };
	KS_TRY(ks_columns_open(ids.at, ids.len, &columns));
	if (places)
		KS_TRY(ks_moves_load(publish->from, publish->images->at[index_row->image]->id,
				     &moves));
	for (size_t i = 0, again = 0; i < index_row->nr; i++) {
		again = i && members[i] == members[i - 1] ? again + 1 : 0;
		uint32_t place = listing->place[members[i]];
		struct ks_row row = { .at = i };
		if (place < from || place >= to) {
			KS_TRY(ks_columns_skip(&columns, 1));
			continue;
		}
		KS_TRY(ks_columns_next(&columns, &row));
		struct ks_publish_cell cell = {
			.entry = listing->names[place].entry + (uint32_t)again,
			.image = index_row->image,
			.first = listing->classes ? row.first : 0,
			.second = listing->classes ? row.second : 0,
		};
		if (places && row.second)
			KS_TRY(ks_publish_facts(publish, places, &moves, &row, &cell.facts));
		if (!ks_vector_add(&publish->cells, cell))
			return &ks_nomem;
	}
	return NULL;
}

static int compare_cells(const void *a, const void *b)
{
	const struct ks_publish_cell *x = a, *y = b;
	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return (x->image > y->image) - (x->image < y->image);
}

static struct ks_error *take_columns(struct ks_publish_listing *listing,
				     const struct ks_index_row *row, size_t from, size_t to)
{
	struct ks_store *store = listing->publish->from;
	if (listing->functions) {
		_cleanup_places_ struct ks_places *places = NULL;
		KS_TRY(ks_places_load(store, row->columns, KS_PLACES_ALL, &places));
		return take_row(listing, row, ks_bytes_of(&places->ids), places, from, to);
	}
	_cleanup_buf_ struct ks_buf ids = { 0 };
	KS_TRY(ks_columns_load(store, row->columns, &ids));
	return take_row(listing, row, ks_bytes_of(&ids), NULL, from, to);
}

static struct ks_error *take_rows(struct ks_publish_listing *listing, size_t from, size_t to)
{
	for (size_t i = 0; i < listing->index.rows.len; i++) {
		const struct ks_index_row *row = &listing->index.rows.at[i];
		const uint32_t *members = listing->index.members.at + row->from;
		if (!row->nr || listing->place[members[0]] >= to ||
		    listing->place[members[row->nr - 1]] < from)
			continue;
		KS_TRY(take_columns(listing, row, from, to));
	}
	struct ks_publish *publish = listing->publish;
	if (publish->cells.len)
		qsort(publish->cells.at, publish->cells.len, sizeof(*publish->cells.at),
		      compare_cells);
	return NULL;
}

static struct ks_error *take_symbols(struct ks_publish_listing *listing, size_t from, size_t to)
{
	struct ks_publish *publish = listing->publish;
	for (size_t i = from; i < to; i++) {
		size_t number = listing->names[i].number;
		for (uint32_t image = 0; image < publish->images->nr; image++) {
			const struct ks_publish_held *held = &listing->held[image];
			struct ks_publish_cell cell = { .entry = listing->names[i].entry,
							.image = image };
			if (number >= held->nr || !(held->bits[number / 64] >> number % 64 & 1))
				continue;
			if (!ks_vector_add(&publish->cells, cell))
				return &ks_nomem;
		}
	}
	return NULL;
}

/* ---- rows ---- */

/** 0 stands for none. */
static void put_id(struct ks_buf *out, uint64_t id, uint64_t base)
{
	int64_t distance = (int64_t)(id - base);
	ks_buf_uleb(out, id ? ((uint64_t)distance << 1 ^ (uint64_t)(distance >> 63)) + 1 : 0);
}

struct ks_error *ks_publish_record(struct ks_buf *out, const struct ks_publish_cell *cells,
				   size_t nr_cells, uint64_t base)
{
	_cleanup_buf_ struct ks_buf values = { 0 }, runs = { 0 };
	KS_VECTOR(const struct ks_publish_cell *) seen = { 0 };
	size_t i = 0;
	while (i < nr_cells) {
		const struct ks_publish_cell *cell = &cells[i];
		size_t value = seen.len, end = i + 1;
		while (value && (seen.at[value - 1]->first != cell->first ||
				 seen.at[value - 1]->second != cell->second))
			value--;
		if (!value) {
			if (!ks_vector_add(&seen, cell))
				return &ks_nomem;
			put_id(&values, cell->first, base);
			put_id(&values, cell->second, base);
			value = seen.len;
		}
		while (end < nr_cells && cells[end].image == cells[end - 1].image + 1 &&
		       cells[end].first == cell->first && cells[end].second == cell->second)
			end++;
		uint64_t behind = i ? cells[i - 1].image + 1 : 0;
		if (cell->image > behind) {
			ks_buf_uleb(&runs, 0);
			ks_buf_uleb(&runs, cell->image - behind - 1);
		}
		ks_buf_uleb(&runs, value);
		ks_buf_uleb(&runs, end - i - 1);
		i = end;
	}
	ks_buf_uleb(out, seen.len);
	ks_vector_deinit(&seen);
	ks_buf_bytes(out, values.at, values.len);
	ks_buf_bytes(out, runs.at, runs.len);
	KS_TRY(ks_buf_error(&values));
	return ks_buf_error(&runs);
}

/** The cells of one entry get the ids that they have in the catalogue, and their definitions and places are written. */
static struct ks_error *place_entry(struct ks_publish_listing *listing, uint64_t name,
				    struct ks_publish_cell *cells, size_t nr)
{
	struct ks_publish *publish = listing->publish;
	for (int side = 0; side < 2; side++)
		if (listing->classes && listing->classes[side])
			KS_TRY(ks_publish_defs(publish, cells, nr, side, listing->classes[side]));
	return listing->functions ? ks_publish_places(publish, name, cells, nr) : NULL;
}

/** How many cells an entry has, which stand at the beginning. */
static size_t of_entry(const struct ks_publish_cell *cells, size_t nr, uint32_t entry)
{
	size_t i = 0;
	while (i < nr && cells[i].entry == entry)
		i++;
	return i;
}

static struct ks_error *end_words(struct ks_publish *publish)
{
	const int64_t values[] = { (int64_t)publish->nr_rows, (int64_t)publish->nr_words };
	if (!publish->nr_words)
		return NULL;
	KS_TRY(ks_buf_error(&publish->words));
	KS_TRY(ks_publish_row(publish, publish->add_word, values, 2, ks_bytes_of(&publish->words)));
	publish->words.len = publish->nr_words = 0;
	return NULL;
}

/** The names of the last row, once more: those who look for names need not read what is said of them. */
static struct ks_error *put_words(struct ks_publish *publish, struct ks_bytes names)
{
	ks_buf_bytes(&publish->words, names.at, names.len);
	return ++publish->nr_words == WORD_ROWS ? end_words(publish) : NULL;
}

void ks_publish_chunk(struct ks_buf *out, size_t nr, uint64_t base, const struct ks_buf *names,
		      const struct ks_buf *lengths, const struct ks_buf *records)
{
	ks_buf_uleb(out, nr);
	ks_buf_uleb(out, base);
	ks_buf_uleb(out, names->len);
	ks_buf_uleb(out, lengths->len);
	ks_buf_bytes(out, names->at, names->len);
	ks_buf_bytes(out, lengths->at, lengths->len);
	ks_buf_bytes(out, records->at, records->len);
}

/** Which group of the index a name of a row is in. */
static uint64_t group_of(int64_t row, size_t name)
{
	return (uint64_t)row * KS_CATALOGUE_GROUPS + name / KS_CATALOGUE_GROUP;
}

/** One row: names [from, to) of the list. @param cells theirs @return *ret_taken of them */
static struct ks_error *put_row(struct ks_publish_listing *listing, size_t from, size_t to,
				struct ks_publish_cell *cells, size_t nr_cells, size_t *ret_taken)
{
	struct ks_publish *publish = listing->publish;
	_cleanup_buf_ struct ks_buf names = { 0 }, lengths = { 0 }, records = { 0 }, raw = { 0 };
	uint64_t base = publish->nr_new;
	const int64_t id = (int64_t)++publish->nr_rows;
	uint32_t nr = 0;
	size_t at = 0;
	for (size_t i = from; i < to; i++) {
		const struct ks_publish_name *named = &listing->names[i];
		if (!listing->quiet)
			KS_TRY(ks_publish_trigrams(publish, named->name, group_of(id, i - from)));
		for (uint32_t k = 0; k < named->nr; k++, nr++) {
			size_t n = of_entry(cells + at, nr_cells - at, named->entry + k);
			size_t start = records.len;
			KS_TRY(place_entry(listing, listing->nr_entries + nr, cells + at, n));
			KS_TRY(ks_publish_record(&records, cells + at, n, base));
			KS_TRY(ks_publish_common_take(publish, listing->list, listing->classes,
						      named->name, cells + at, n));
			ks_buf_uleb(&lengths, records.len - start);
			ks_buf_strz(&names, named->name);
			at += n;
		}
	}
	ks_publish_chunk(&raw, nr, base, &names, &lengths, &records);
	KS_TRY(ks_buf_error(&records));
	KS_TRY(ks_buf_error(&raw));
	KS_TRY(ks_publish_row(publish, publish->add_names, &id, 1, ks_bytes_of(&raw)));
	if (!listing->quiet)
		KS_TRY(put_words(publish, ks_bytes_of(&names)));
	ks_buf_uleb(&listing->rows, nr);
	ks_buf_strz(&listing->rows, listing->names[from].name);
	listing->nr_entries += nr;
	publish->nr_names += nr;
	*ret_taken = at;
	return NULL;
}

/** Some names, as many rows as they take. */
static struct ks_error *put_step(struct ks_publish_listing *listing, size_t from, size_t to)
{
	struct ks_publish *publish = listing->publish;
	ks_arena_deinit(&publish->arena);
	ks_publish_facts_forget(publish);
	publish->cells.len = 0;
	KS_TRY(listing->take(listing, from, to));
	struct ks_publish_cell *cells = publish->cells.at;
	size_t nr = publish->cells.len, taken = 0;
	for (size_t i = from; i < to; i += KS_CATALOGUE_NAMES) {
		size_t end = i + KS_CATALOGUE_NAMES < to ? i + KS_CATALOGUE_NAMES : to;
		KS_TRY(put_row(listing, i, end, cells, nr, &taken));
		cells += taken;
		nr -= taken;
		KS_TRY(ks_progress_tell(publish->opts->progress, "publishing", publish->nr_names,
					0));
	}
	return NULL;
}

/** Which rows the list has: those of a short one stand in the row of all lists. */
static struct ks_error *put_head(struct ks_publish_listing *listing)
{
	struct ks_publish *publish = listing->publish;
	_cleanup_buf_ struct ks_buf key = { 0 };
	size_t nr = (listing->nr_names + KS_CATALOGUE_NAMES - 1) / KS_CATALOGUE_NAMES;
	KS_TRY(ks_buf_error(&listing->rows));
	ks_buf_strz(&publish->lists, listing->list);
	ks_buf_uleb(&publish->lists, nr);
	if (nr <= KS_CATALOGUE_INLINE || !listing->held) {
		ks_buf_bytes(&publish->lists, listing->rows.at, listing->rows.len);
		return NULL;
	}
	ks_buf_printf(&key, KS_CATALOGUE_HEAD_ROWS "%s", listing->list);
	const char *name = ks_buf_text(&key);
	return name ? ks_publish_head(publish, name, ks_bytes_of(&listing->rows)) : &ks_nomem;
}

struct ks_error *ks_publish_listing_put(struct ks_publish_listing *listing)
{
	struct ks_publish *publish = listing->publish;
	KS_TRY(sort(listing));
	if (!listing->nr_names && !listing->told_empty)
		return NULL;
	for (size_t i = 0; i < listing->nr_names; i += STEP)
		KS_TRY(put_step(listing, i,
				i + STEP < listing->nr_names ? i + STEP : listing->nr_names));
	KS_TRY(end_words(publish));
	return put_head(listing);
}

/* ---- lists ---- */

void ks_publish_listing_deinit(struct ks_publish_listing *listing)
{
	for (size_t i = 0; listing->held && i < listing->publish->images->nr; i++)
		free(listing->held[i].bits);
	free(listing->held);
	ks_vector_deinit(&listing->formed);
	ks_index_deinit(&listing->index);
	ks_buf_deinit(&listing->rows);
	free(listing->names);
	free(listing->place);
}

struct ks_error *ks_publish_list(struct ks_publish *publish, const char *list,
				 const enum ks_def_class classes[2])
{
	struct ks_publish_listing listing = { .publish = publish,
					      .list = list,
					      .classes = classes,
					      .functions =
						      strcmp(list, ks_list_name(KS_FUNCTION)) == 0,
					      .take = take_rows };
	const struct ks_index_ask ask = { .images = publish->images, .list = list };
	struct ks_error *err = ks_index_fill(&listing.index, publish->from, &ask);
	if (!err)
		err = ks_publish_listing_put(&listing);
	ks_publish_listing_deinit(&listing);
	return err;
}

/* ---- symbols: names without more ---- */

/** Names that an image has more than once count once. */
static struct ks_error *hold(struct ks_publish_listing *listing, size_t number, struct ks_cursor *c,
			     uint64_t nr)
{
	struct ks_publish_held *held = &listing->held[number];
	size_t most = listing->index.names.all.len + (size_t)nr;
	held->bits = calloc(most / 64 + 1, sizeof(*held->bits));
	if (!held->bits)
		return &ks_nomem;
	for (uint64_t i = 0; i < nr && !c->why; i++) {
		const char *name = ks_cursor_str(c);
		uint32_t own = ks_intern_number(&listing->index.names, name, strlen(name));
		if (!own)
			return &ks_nomem;
		held->bits[(own - 1) / 64] |= (uint64_t)1 << (own - 1) % 64;
	}
	held->nr = listing->index.names.all.len;
	return c->why ? ks_store_damaged(c->why) : NULL;
}

static struct ks_error *hold_all(struct ks_publish_listing *listing)
{
	struct ks_publish *publish = listing->publish;
	for (size_t i = 0; i < publish->images->nr; i++) {
		_cleanup_buf_ struct ks_buf raw = { 0 };
		uint64_t nr;
		KS_TRY(ks_part_read(publish->from, publish->images->at[i], KS_PART_SYMBOL_NAMES,
				    &raw, &nr));
		struct ks_cursor c = ks_cursor_over(raw.at, raw.len, false);
		KS_TRY(hold(listing, i, &c, nr));
	}
	return ks_publish_listing_put(listing);
}

struct ks_error *ks_publish_symbols(struct ks_publish *publish)
{
	struct ks_publish_listing listing = { .publish = publish,
					      .list = KS_CATALOGUE_SYMBOLS,
					      .take = take_symbols,
					      .quiet = true };
	listing.held = calloc(publish->images->nr + 1, sizeof(*listing.held));
	listing.index.names.arena = &listing.index.arena;
	struct ks_error *err = listing.held ? hold_all(&listing) : &ks_nomem;
	ks_publish_listing_deinit(&listing);
	return err;
}
