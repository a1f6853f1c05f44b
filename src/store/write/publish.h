/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Making a catalogue out of a store: list by list, some rows of names at a time. */
#include "store/catalogue_index.h"
#include "store/delta.h"
#include "store/index.h"

struct ks_publish_groups; // that have a trigram
struct ks_publish_common; // a name that is in the head, too

/** What an image says of a name. */
struct ks_publish_cell {
	uint32_t entry; // number of the name in its list
	uint32_t image;
	uint64_t first, second;
	struct ks_facts facts; // in ks_publish.arena
};

struct ks_publish {
	struct ks_store *from;
	sqlite3 *db; // of the new file
	const struct ks_store_images *images;
	const struct ks_publish_opts *opts;
	const char *out; // where it will be, for errors
	struct ks_zstd zstd;
	struct ks_buf lists; // the row of the head, as it grows
	uint64_t nr_names, nr_rows;

	// definitions
	uint32_t *ids; // new ones, by the old
	uint64_t nr_old, nr_new;
	struct ks_delta delta;
	struct ks_buf block, block_lengths; // the one that is being filled
	uint64_t block_nr;
	sqlite3_stmt *add_block;

	// places
	struct ks_numbers
		functions; // of the rows at work: groups' ids, to functions that hold facts
	KS_VECTOR(struct ks_function) at_functions;
	struct ks_facts_buf facts;	     // of one of them
	struct ks_buf places, place_lengths; // the row that is being filled
	uint64_t place_nr, place_last;
	sqlite3_stmt *add_place;

	struct ks_buf words; // names of the rows that one row of words will have
	uint64_t nr_words;
	sqlite3_stmt *add_names, *add_word;

	// what is in the head once more
	KS_VECTOR(struct ks_publish_common) common; // sorted
	KS_VECTOR(uint64_t) common_ids;		    // new ones, of their definitions

	// the index
	struct ks_numbers trigrams; // to groups, + 1
	KS_VECTOR(struct ks_publish_groups) groups;
	sqlite3_stmt *add_trigram;

	struct ks_arena arena; // of the rows at work: facts that cells point to
	KS_VECTOR(struct ks_publish_cell) cells;
};

/** The error of the last failing call on the new file. */
struct ks_error *ks_publish_error(struct ks_publish *publish);
/** Put a row of a name and a value in. @param text the statement */
KS_MUST_CHECK struct ks_error *ks_publish_named(struct ks_publish *publish, const char *text,
						const char *name, struct ks_bytes value);
/** Pack what a row holds and put it in. @param values of the integer columns before it */
KS_MUST_CHECK struct ks_error *ks_publish_row(struct ks_publish *publish, sqlite3_stmt *stmt,
					      const int64_t *values, size_t nr_values,
					      struct ks_bytes raw);

/** A row of the head, packed. */
KS_MUST_CHECK struct ks_error *ks_publish_head(struct ks_publish *publish, const char *name,
					       struct ks_bytes raw);
/** All rows of a list. @param list as ks_list_name() calls it @param classes of its two ids, 0 where they are numbers; NULL: only names count */
KS_MUST_CHECK struct ks_error *ks_publish_list(struct ks_publish *publish, const char *list,
					       const enum ks_def_class classes[2]);

/** Names that will be in the head, too. @param names of kinds without places */
KS_MUST_CHECK struct ks_error *
ks_publish_common_begin(struct ks_publish *publish, const struct ks_store_want *names, size_t nr);
/** What the images say of a name, if it is such a one. @param cells with the ids that are new */
KS_MUST_CHECK struct ks_error *ks_publish_common_take(struct ks_publish *publish, const char *list,
						      const enum ks_def_class *classes,
						      const char *name,
						      const struct ks_publish_cell *cells,
						      size_t nr);
/** Append them, and their definitions. */
KS_MUST_CHECK struct ks_error *ks_publish_common_end(struct ks_publish *publish,
						     struct ks_buf *out);
void ks_publish_common_deinit(struct ks_publish *publish);

/** A row of names, or what is laid out like one. */
void ks_publish_chunk(struct ks_buf *out, size_t nr, uint64_t base, const struct ks_buf *names,
		      const struct ks_buf *lengths, const struct ks_buf *records);
/** What is said of one name: the values that there are, then runs of images that have them. @param base the ids count from it */
KS_MUST_CHECK struct ks_error *ks_publish_record(struct ks_buf *out,
						 const struct ks_publish_cell *cells, size_t nr,
						 uint64_t base);

/** A name of a group is in the index. @param group not lower than that of the name before */
KS_MUST_CHECK struct ks_error *ks_publish_trigrams(struct ks_publish *publish, const char *name,
						   uint64_t group);
/** Write the index. */
KS_MUST_CHECK struct ks_error *ks_publish_trigrams_end(struct ks_publish *publish);
void ks_publish_trigrams_deinit(struct ks_publish *publish);

/** The names of all symbol tables. */
KS_MUST_CHECK struct ks_error *ks_publish_symbols(struct ks_publish *publish);
/** What BTF says beyond declarations, by the names of these. */
KS_MUST_CHECK struct ks_error *ks_publish_forms(struct ks_publish *publish);

/**
 * The new ids of the definitions of one name, whose cells stand one behind the other; the cells are changed to them.
 * @param side 0: first, 1: second
 */
KS_MUST_CHECK struct ks_error *ks_publish_defs(struct ks_publish *publish,
					       struct ks_publish_cell *cells, size_t nr, int side,
					       enum ks_def_class def_class);
/** Write the block that is not full yet. */
KS_MUST_CHECK struct ks_error *ks_publish_defs_end(struct ks_publish *publish);

/**
 * Facts of a function of one image as they are published: whole, whatever the store tells them by. They lie in the arena.
 * @param row of the function, whose facts are that of places
 */
KS_MUST_CHECK struct ks_error *ks_publish_facts(struct ks_publish *publish,
						const struct ks_places *places,
						const struct ks_moves *moves,
						const struct ks_row *row, struct ks_facts *ret);
/** Forget what was read for the last rows. */
void ks_publish_facts_forget(struct ks_publish *publish);

/** The places of one name. @param name its number in the list of functions */
KS_MUST_CHECK struct ks_error *ks_publish_places(struct ks_publish *publish, uint64_t name,
						 const struct ks_publish_cell *cells, size_t nr);
KS_MUST_CHECK struct ks_error *ks_publish_places_end(struct ks_publish *publish);
