/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Names of a store that are near to one that is not in it. */
#include "base/buf.h"
#include "store/store.h"

enum { KS_NR_SUGGESTIONS = 4, KS_SUGGESTION_MAX = 96 };

/** Known names, nearest first; of equals the one that more images have. */
struct ks_suggestions {
	size_t nr;
	struct {
		enum ks_kind kind;
		size_t nr_images;
		char name[KS_SUGGESTION_MAX + 1];
	} at[KS_NR_SUGGESTIONS];
};

/** Names that are looked at one by one for the nearest. */
struct ks_suggesting {
	const char *wanted; // borrowed
	unsigned int limit; // of letters to change
	struct ks_suggestions *found;
	unsigned int scores[KS_NR_SUGGESTIONS];
};
/** @return false: nothing is near a word that is so short or so long */
bool ks_suggesting_begin(struct ks_suggesting *suggesting, const char *wanted,
			 struct ks_suggestions *ret);
void ks_suggesting_take(struct ks_suggesting *suggesting, enum ks_kind kind, const char *name,
			size_t nr_images);

/** The known names that are nearest. @param kind where to look; KS_NR_KINDS: in all */
KS_MUST_CHECK struct ks_error *ks_suggest_names(struct ks_store *store,
						const struct ks_store_images *images,
						enum ks_kind kind, const char *name,
						struct ks_suggestions *ret);

/**
 * Append them for an error message: "; did you mean vfs_read, vfs_readv?". Nothing when no name is near. Where no
 * image can tell of the kind, that is said instead.
 */
KS_MUST_CHECK struct ks_error *ks_suggest(struct ks_store *store,
					  const struct ks_store_images *images, enum ks_kind kind,
					  const char *name, struct ks_buf *out);

/** Append the same of names that were looked for elsewhere. */
void ks_suggest_say(const struct ks_store_images *images, enum ks_kind kind,
		    const struct ks_suggestions *found, struct ks_buf *out);

/** Some kernel comes without its modules, and a name of that kind may be in one of them: hint at it then. */
bool ks_may_be_in_module(const struct ks_store_images *images, enum ks_kind kind);
extern const char ks_module_hint[];
