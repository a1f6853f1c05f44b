/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Judges of text that holds names nobody vouches for. They know the rules of where it goes and nothing of the code that
 * wrote it. Each says NULL, or what is wrong.
 */
#include <stddef.h>

#include "base/buf.h"

enum judged {
	JUDGED_LINES,
	JUDGED_MARKUP,
	JUDGED_MARKDOWN,
	JUDGED_CSV,
	JUDGED_GITHUB,
	JUDGED_JSON
};

/**
 * @param text with a NUL behind it
 * @param calm what the same writer makes of the name "harmless" in all the same places: the one must have as many lines, tags,
 *	cells, code spans and annotations as the other
 */
const char *judge(enum judged as, const char *text, size_t len, const char *calm);
/** Fail unless that says NULL of what was written of a name. @param what wrote it */
void expect_calm(enum judged as, const char *what, const char *name, struct ks_buf *text,
		 struct ks_buf *calm);

/** Names that have done harm somewhere, and every byte from 1 to 255 alone and within a word. */
size_t nasty_nr(void);
/** Valid until the next call but one. */
const char *nasty(size_t i);
