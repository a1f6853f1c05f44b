/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * From the values of the rooms to those of callers: inside api/ only. Everything that is made lies in an arena; NULL or
 * false tells that memory ran out.
 */
#include "api/api.h"
#include "diff/diff.h"

/** Room for an array of pointers and what they point to, cleared: at[i] is the i-th element. NULL when nr is 0, too. */
void *ks_api_array(struct ks_arena *arena, size_t nr, size_t size, const void ***ret_at);

/** A text that is borrowed no longer; NULL stays NULL. */
bool ks_api_text(struct ks_arena *arena, const char *text, const char **ret);
/** What was written to a buffer, which is emptied; NULL when it is empty. */
bool ks_api_take(struct ks_arena *arena, struct ks_buf *buf, const char **ret);

/** What an image is and can tell. @param modules what the store has of its modules, or NULL */
KS_MUST_CHECK struct ks_error *
ks_api_image(struct ks_arena *arena, const struct ks_store_image *image, struct ksurf_image *ret);

/** The declaration of a fact in C; NULL when it has none. */
KS_MUST_CHECK struct ks_error *ks_api_declaration(struct ks_arena *arena, enum ks_kind kind,
						  const struct ks_fact *fact, const char **ret);
/** Changes, with both sides as texts. */
KS_MUST_CHECK struct ks_error *ks_api_changes(struct ks_arena *arena,
					      const struct ks_changes *changes, size_t *ret_nr,
					      const struct ksurf_change *const **ret);
/** Names of issues. */
KS_MUST_CHECK struct ks_error *ks_api_issues(struct ks_arena *arena, uint32_t bits, size_t *ret_nr,
					     const char *const **ret);
