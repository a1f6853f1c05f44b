/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/fact.h"

#include "store/kinds.h"
#include "store/places.h"

/** A definition that has been read, as a value or, for function groups, as bytes. */
struct ks_seen {
	uint64_t id;
	enum ks_def_class def_class;
	void *value;
	struct ks_cursor bytes;
};

void ks_fact_reader_deinit(struct ks_fact_reader *reader)
{
	ks_vector_deinit(&reader->seen);
}

static struct ks_error *decode(struct ks_cursor c, struct ks_arena *arena, enum ks_def_class which,
			       void **ret)
{
	const struct ks_def_ops *ops = ks_def_ops_of(which);
	if (!ops->size)
		return NULL; // needs the facts of one image
	void *value = ks_arena_alloc(arena, ops->size);
	if (!value)
		return &ks_nomem;
	*ret = value;
	return ops->get(&c, arena, value);
}

struct ks_error *ks_fact_reader_give(struct ks_fact_reader *reader, uint64_t id,
				     enum ks_def_class def_class, struct ks_cursor bytes)
{
	struct ks_seen seen = { .id = id, .def_class = def_class, .bytes = bytes };
	KS_TRY(decode(bytes, reader->arena, def_class, &seen.value));
	return ks_vector_add(&reader->seen, seen) ? NULL : &ks_nomem;
}

static struct ks_error *see(struct ks_fact_reader *reader, uint64_t id, enum ks_def_class which,
			    struct ks_seen *ret)
{
	for (size_t i = 0; i < reader->seen.len; i++) {
		if (reader->seen.at[i].id == id && reader->seen.at[i].def_class == which) {
			*ret = reader->seen.at[i];
			return NULL;
		}
	}
	struct ks_cursor bytes;
	KS_TRY(ks_block_def(reader->store, id, which, reader->arena, &bytes));
	KS_TRY(ks_fact_reader_give(reader, id, which, bytes));
	*ret = reader->seen.at[reader->seen.len - 1];
	return NULL;
}

static struct ks_error *fill_decl(struct ks_fact_reader *reader, const struct ks_row *row,
				  struct ks_fact *fact)
{
	struct ks_seen seen;
	if (!row->first)
		return NULL;
	KS_TRY(see(reader, row->first, KS_DEF_DECL, &seen));
	fact->decl = seen.value;
	fact->decl_id = row->first;
	return NULL;
}

static struct ks_error *fill_places(struct ks_fact_reader *reader,
				    const struct ks_store_image *image, const struct ks_row *row,
				    struct ks_function *fn)
{
	_cleanup_places_ struct ks_places *own = NULL;
	struct ks_moves moves;
	if (!row->places)
		KS_TRY(ks_places_load(reader->store, row->columns, row->at, &own));
	KS_TRY(ks_moves_load(reader->store, image->id, &moves));
	return ks_places_get(own ? own : row->places, row->at, &moves, reader->arena, fn);
}

static struct ks_error *fill_function(struct ks_fact_reader *reader,
				      const struct ks_store_image *image, const struct ks_row *row,
				      struct ks_fact *fact)
{
	KS_TRY(fill_decl(reader, row, fact));
	if (!row->second)
		return NULL;
	struct ks_seen seen;
	KS_TRY(see(reader, row->second, KS_DEF_FUNCTION, &seen));
	struct ks_function *fn = ks_arena_alloc(reader->arena, sizeof(*fn));
	if (!fn)
		return &ks_nomem;
	KS_TRY(ks_codec_get_function(&seen.bytes, reader->arena, fact->decl, fn));
	KS_TRY(fill_places(reader, image, row, fn));
	fact->function = fn;
	return NULL;
}

static struct ks_error *fill_type(struct ks_fact_reader *reader, const struct ks_row *row,
				  struct ks_fact *fact)
{
	KS_TRY(fill_decl(reader, row, fact));
	if (!row->second)
		return NULL;
	struct ks_seen seen;
	KS_TRY(see(reader, row->second, KS_DEF_AMBIGUITY, &seen));
	fact->ambiguity = seen.value;
	return NULL;
}

struct ks_error *ks_fact_fill(struct ks_fact_reader *reader, const struct ks_store_image *image,
			      enum ks_kind kind, const struct ks_row *row, struct ks_fact *fact)
{
	struct ks_seen seen;
	fact->present = true;
	switch (ks_kinds[kind].holds) {
	case KS_HOLDS_FUNCTION:
		return fill_function(reader, image, row, fact);
	case KS_HOLDS_TYPE:
		return fill_type(reader, row, fact);
	case KS_HOLDS_TRACEPOINT:
		KS_TRY(see(reader, row->first, KS_DEF_TRACEPOINT, &seen));
		fact->tracepoint = seen.value;
		break;
	case KS_HOLDS_VALUE:
		KS_TRY(see(reader, row->first, KS_DEF_OPTION, &seen));
		fact->value = ((struct ks_option *)seen.value)->value;
		break;
	case KS_HOLDS_NUMBER:
		fact->number = (uint32_t)row->first;
		fact->traced = row->second != 0;
		fact->args = row->second > 1 && row->second - 2 <= KS_MAX_CALL_ARGS
				     ? (uint8_t)(row->second - 1)
				     : 0;
		break;
	case KS_HOLDS_NAME:
	case KS_HOLDS_MEMBER:
	case KS_NR_HOLDS:
		break;
	}
	return NULL;
}
