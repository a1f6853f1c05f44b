/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A list of a catalogue while it is written. */
#include "store/write/publish.h"

/** A name among all of them: as many entries as the image has that has it most often. */
struct ks_publish_name {
	const char *name;
	uint32_t number, nr, entry; // as the index counts them, how often, the first of its entries
};

/** Which names of symbols an image has, by their numbers in the index. */
struct ks_publish_held {
	uint64_t *bits;
	size_t nr;
};

/** Forms of a name that an image has. */
struct ks_publish_formed {
	uint32_t number, image; // of the name in the index
	uint64_t id;
};

struct ks_publish_listing;
/** The cells of names [from, to), in the order of entries and images. */
typedef struct ks_error *ks_publish_take_fn(struct ks_publish_listing *listing, size_t from,
					    size_t to);

struct ks_publish_listing {
	struct ks_publish *publish;
	const char *list;
	const enum ks_def_class *classes;
	struct ks_index index;
	struct ks_publish_name *names; // sorted
	size_t nr_names;
	uint32_t *place; // where in names a number of the index stands
	bool functions;
	uint64_t nr_entries; // that are written
	struct ks_buf rows;  // of the head, as it grows
	ks_publish_take_fn *take;
	bool told_empty; // that it has no name is told, too
	bool quiet;	 // nobody looks for the names by a pattern; an image has each once
	struct ks_publish_held *held; // of symbols: one for each image
	KS_VECTOR(struct ks_publish_formed)
	formed;		 // of forms, in the order of names and images at the end
	size_t nr_taken; // of these
};

/** Sort the names and write all rows. */
KS_MUST_CHECK struct ks_error *ks_publish_listing_put(struct ks_publish_listing *listing);
void ks_publish_listing_deinit(struct ks_publish_listing *listing);
