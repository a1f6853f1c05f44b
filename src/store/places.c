/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/places.h"

#include <stdlib.h>

#include "base/array.h"
#include "store/layout.h"
#include "store/part.h"
#include "surface/traits.h"

void ks_places_free(struct ks_places *places)
{
	if (!places || places->others--)
		return;
	ks_places_free(places->base);
	ks_buf_deinit(&places->ids);
	ks_buf_deinit(&places->raw);
	ks_vector_deinit(&places->at);
	free(places);
}

/* ---- which row of the base is which ---- */

enum {
	AHEAD = 512, // rows that are looked at; no honest segment has more names that differ
};

void ks_places_match_deinit(struct ks_places_match *match)
{
	ks_vector_deinit(&match->groups);
}

struct ks_error *ks_places_match_init(struct ks_places_match *match, struct ks_bytes ids_of_base)
{
	struct ks_columns columns;
	KS_TRY(ks_columns_open(ids_of_base.at, ids_of_base.len, &columns));
	*match = (struct ks_places_match){ 0 };
	if (columns.nr > KS_COLUMNS_MAX)
		return ks_store_damaged("a list of names is too long");
	while (columns.at < columns.nr) {
		struct ks_row row;
		KS_TRY(ks_columns_next(&columns, &row));
		if (!ks_vector_add(&match->groups, row.second))
			return &ks_nomem;
	}
	return NULL;
}

uint32_t ks_places_match(struct ks_places_match *match, uint64_t group)
{
	size_t end =
		match->next + AHEAD < match->groups.len ? match->next + AHEAD : match->groups.len;
	for (size_t i = match->next; group && i < end; i++)
		if (match->groups.at[i] == group) {
			match->next = i + 1;
			return (uint32_t)match->next;
		}
	return 0;
}

/** Tell each row its like. @param places base: all of its row */
static struct ks_error *find_likes(struct ks_places *places)
{
	struct ks_places_match match = { 0 };
	struct ks_columns columns;
	KS_TRY(ks_columns_open(places->ids.at, places->ids.len, &columns));
	if (columns.nr > KS_COLUMNS_MAX)
		return ks_store_damaged("a list of names is too long");
	struct ks_error *err = ks_places_match_init(&match, ks_bytes_of(&places->base->ids));
	for (size_t i = 0; !err && i < places->at.len; i++) {
		struct ks_row row;
		err = ks_columns_next(&columns, &row);
		if (!err)
			places->at.at[i].like = ks_places_match(&match, row.second);
	}
	ks_places_match_deinit(&match);
	return err;
}

/* ---- where each row begins ---- */

/** Read the lengths: c stands before the first stream. @param nr names @param wanted the first of them */
static struct ks_error *find_rows(struct ks_places *places, struct ks_cursor c, uint64_t nr,
				  uint64_t wanted, const uint64_t lens[3])
{
	const uint8_t *at = ks_cursor_take(&c, lens[0]);
	struct ks_cursor lengths = ks_cursor_over(at, at ? (size_t)lens[0] : 0, false);
	uint64_t room = (uint64_t)(c.end - c.pos);
	if (c.why || nr > lens[0] || lens[1] > room || lens[2] > room - lens[1])
		return ks_store_damaged("facts of an image end early");
	if (!ks_vector_reserve(&places->at, (size_t)wanted))
		return &ks_nomem;
	places->streams = (struct ks_bytes){ c.pos, (size_t)room };
	const uint64_t ends[] = { lens[1], lens[1] + lens[2], room };
	uint64_t starts[] = { 0, lens[1], lens[1] + lens[2] };
	for (uint64_t i = 0; i < wanted; i++) {
		uint64_t own[3];
		struct ks_place place = { .lines = (uint32_t)starts[0],
					  .sizes = (uint32_t)starts[1],
					  .addrs = (uint32_t)starts[2] };
		for (size_t k = 0; k < KS_ARRAY_LEN(own); k++) {
			own[k] = ks_cursor_uleb(&lengths);
			if (lengths.why || own[k] > ends[k] - starts[k])
				return ks_store_damaged("facts of an image end early");
			starts[k] += own[k];
		}
		place.lines_len = (uint32_t)own[0];
		place.sizes_len = (uint32_t)own[1];
		place.addrs_len = (uint32_t)own[2];
		places->at.at[places->at.len++] = place;
	}
	return NULL;
}

/** All is as foreseen: no row has bytes. */
static struct ks_error *empty_rows(struct ks_places *places, uint64_t nr)
{
	if (!ks_vector_reserve(&places->at, (size_t)nr))
		return &ks_nomem;
	places->streams = (struct ks_bytes){ "", 0 };
	for (uint64_t i = 0; i < nr; i++)
		places->at.at[places->at.len++] = (struct ks_place){ 0 };
	return NULL;
}

/** Of a row of two frames. */
static struct ks_error *find_streams(struct ks_places *places, const struct ks_columns *columns,
				     uint64_t wanted)
{
	uint64_t lens[3];
	if (!places->raw.len)
		return empty_rows(places, wanted);
	struct ks_cursor c = ks_cursor_over(places->raw.at, places->raw.len, false);
	for (size_t i = 0; i < KS_ARRAY_LEN(lens); i++)
		lens[i] = ks_cursor_uleb(&c);
	return find_rows(places, c, columns->nr, wanted, lens);
}

/** After ids and raw have been unpacked. @param only the last name that is wanted */
static struct ks_error *index_rows(struct ks_places *places, uint64_t only)
{
	struct ks_columns columns;
	KS_TRY(ks_columns_open(places->ids.at, places->ids.len, &columns));
	uint64_t wanted = only < columns.nr ? only + 1 : columns.nr;
	if (columns.whole)
		return find_rows(places, columns.places, columns.nr, wanted, columns.lens);
	KS_TRY(find_streams(places, &columns, wanted));
	return places->base ? find_likes(places) : NULL;
}

/* ---- unpacking ---- */

static struct ks_error *unpack(struct ks_zstd *zstd, struct ks_bytes data, struct ks_places *places)
{
	struct ks_bytes ids, rest;
	KS_TRY(ks_zstd_split(data, &ids, &rest));
	KS_TRY(ks_zstd_unpack(zstd, (struct ks_bytes){ 0 }, ids, &places->ids));
	if (rest.len)
		KS_TRY(ks_zstd_unpack(zstd, (struct ks_bytes){ 0 }, rest, &places->raw));
	return index_rows(places, KS_PLACES_ALL);
}

struct ks_error *ks_places_unpack(struct ks_zstd *zstd, struct ks_bytes data,
				  struct ks_places **ret)
{
	_cleanup_places_ struct ks_places *places = calloc(1, sizeof(*places));
	if (!places)
		return &ks_nomem;
	KS_TRY(unpack(zstd, data, places));
	*ret = ks_take(places);
	return NULL;
}

static struct ks_error *load(struct ks_store *store, int64_t id, uint64_t only, bool is_base,
			     struct ks_places **ret);

/** What rows are told by: often that of the last row, of another image. It is kept until the next one is asked for. */
static struct ks_error *load_base(struct ks_store *store, int64_t id, struct ks_places **ret)
{
	struct ks_places_kept *kept = &store->kept_base;
	if (!kept->places || kept->id != id) {
		struct ks_places *places;
		KS_TRY(load(store, id, KS_PLACES_ALL, true, &places));
		ks_places_free(kept->places);
		*kept = (struct ks_places_kept){ id, places };
	}
	kept->places->others++;
	*ret = kept->places;
	return NULL;
}

static struct ks_error *load(struct ks_store *store, int64_t id, uint64_t only, bool is_base,
			     struct ks_places **ret)
{
	_cleanup_places_ struct ks_places *places = calloc(1, sizeof(*places));
	_cleanup_buf_ struct ks_buf packed = { 0 };
	struct ks_bytes like = { 0 };
	int64_t base = 0;
	if (!places)
		return &ks_nomem;
	KS_TRY(ks_columns_frames(store, id, &places->ids, &packed, &base));
	if (base && is_base)
		return ks_store_damaged("a base is itself based on another");
	if (base)
		KS_TRY(load_base(store, base, &places->base));
	if (places->base)
		like = ks_bytes_of(&places->base->raw);
	if (packed.len)
		KS_TRY(ks_zstd_unpack(&store->zstd, like, ks_bytes_of(&packed), &places->raw));
	KS_TRY(index_rows(places, only));
	*ret = ks_take(places);
	return NULL;
}

struct ks_error *ks_rows_places(struct ks_store *store, int64_t columns, uint64_t only,
				struct ks_places **ret)
{
	return load(store, columns, only, false, ret);
}

struct ks_error *ks_places_load(struct ks_store *store, int64_t columns, uint64_t only,
				struct ks_places **ret)
{
	return store->layout->places(store, columns, only, ret);
}

/* ---- moves ---- */

/** Read all of them: every KS_MOVES_STEP-th stands in out then, and in behind where the next one is told. */
static struct ks_error *mark_moves(struct ks_cursor c, size_t nr, struct ks_buf *out,
				   struct ks_buf *behind)
{
	struct ks_move move = { 0 };
	for (size_t i = 0; i < nr; i++) {
		move.from += ks_cursor_uleb(&c);
		move.shift += (uint64_t)ks_cursor_zigzag(&c);
		if (i % KS_MOVES_STEP)
			continue;
		uint32_t offset = (uint32_t)ks_cursor_offset(&c);
		ks_buf_bytes(out, &move, sizeof(move));
		ks_buf_bytes(behind, &offset, sizeof(offset));
	}
	return c.why ? ks_store_damaged(c.why) : NULL;
}

struct ks_error *ks_rows_moves(struct ks_store *store, int64_t image, struct ks_buf *out)
{
	_cleanup_reset_ sqlite3_stmt *stmt = NULL;
	_cleanup_buf_ struct ks_buf raw = { 0 }, behind = { 0 };
	struct ks_part_row part;
	bool row;
	KS_TRY(ks_sql_find(store, KS_SQL_ANCHORS, image, &stmt, &row));
	struct ks_moves moves = { 0 };
	moves.anchor = row ? (uint64_t)sqlite3_column_int64(stmt, 0) : 0;
	moves.base_anchor = row ? (uint64_t)sqlite3_column_int64(stmt, 1) : 0;
	KS_TRY(ks_part_load(store, image, ks_part_name(KS_PART_MOVES), &raw, &part));
	if (part.nr > raw.len)
		return ks_store_damaged("part of an image is too short");
	moves.nr = ((size_t)part.nr + KS_MOVES_STEP - 1) / KS_MOVES_STEP;
	ks_buf_bytes(out, &moves, sizeof(moves));
	KS_TRY(mark_moves(ks_cursor_over(raw.at, raw.len, false), (size_t)part.nr, out, &behind));
	ks_buf_bytes(out, behind.at, behind.len);
	ks_buf_bytes(out, raw.at, raw.len);
	out->failed = out->failed || behind.failed;
	return ks_buf_error(out);
}

struct ks_error *ks_moves_load(struct ks_store *store, int64_t image, struct ks_moves *ret)
{
	enum { LIMIT = 64 << 20 }; // of a thousand images with ten thousand moves each
	struct ks_bytes kept;
	if (!ks_cache_get(&store->kept_moves, image, &kept)) {
		store->moves.len = 0;
		KS_TRY(store->layout->moves(store, image, &store->moves));
		kept = ks_bytes_of(&store->moves);
		store->kept_moves.limit = LIMIT;
		ks_cache_put(&store->kept_moves, image, kept);
	}
	const char *at = kept.at, *end = at + kept.len;
	memcpy(ret, at, sizeof(*ret));
	ret->at = (const void *)(at + sizeof(*ret));
	ret->behind = (const void *)(ret->at + ret->nr);
	at = (const char *)(ret->behind + ret->nr);
	ret->packed = ks_cursor_over(at, (size_t)(end - at), false);
	return NULL;
}

/* ---- facts ---- */

static struct ks_cursor cursor_at(const struct ks_places *places, uint32_t offset, uint32_t len)
{
	const char *streams = places->streams.at; // NULL: no place has any
	return ks_cursor_over(streams ? streams + offset : NULL, len, false);
}

static struct ks_error *facts_at(const struct ks_places *places, uint64_t at, struct ks_facts *ret)
{
	if (at >= places->at.len)
		return ks_store_damaged("facts of a function are missing");
	const struct ks_place *place = &places->at.at[at];
	*ret = (struct ks_facts){ .lines = cursor_at(places, place->lines, place->lines_len),
				  .sizes = cursor_at(places, place->sizes, place->sizes_len),
				  .addrs = cursor_at(places, place->addrs, place->addrs_len) };
	return NULL;
}

struct ks_error *ks_places_get(const struct ks_places *places, uint64_t at,
			       const struct ks_moves *moves, struct ks_arena *arena,
			       struct ks_function *fn)
{
	struct ks_facts facts, of_base;
	KS_TRY(facts_at(places, at, &facts));
	uint32_t like = places->at.at[at].like;
	if (!like)
		return ks_codec_get_facts(&facts, moves->anchor, fn);
	KS_TRY(facts_at(places->base, like - 1, &of_base));
	KS_TRY(ks_codec_get_facts(&of_base, moves->base_anchor, fn));
	return ks_codec_get_moved(&facts, moves, arena, fn);
}

bool ks_places_same_lines(const struct ks_places *places, uint64_t at)
{
	struct ks_facts facts, of_base;
	struct ks_error *err = facts_at(places, at, &facts);
	uint32_t like = err ? 0 : places->at.at[at].like;
	if (like)
		err = facts_at(places->base, like - 1, &of_base);
	if (err) {
		ks_error_free(err);
		return false;
	}
	if (!like)
		return ks_codec_same_lines(facts.lines);
	return ks_cursor_more(&facts.lines) ? ks_codec_same_lines_moved(facts.lines, of_base.lines)
					    : ks_codec_same_lines(of_base.lines);
}
