/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/trigrams.h"

#include <string.h>

static void add(struct ks_trigrams *trigrams, const char *text)
{
	if (trigrams->nr < KS_TRIGRAMS_MOST)
		trigrams->at[trigrams->nr++] = ks_trigram_at(text);
}

/** Every byte of a run is in some of its trigrams: more would say little more. */
static void add_run(struct ks_trigrams *trigrams, const char *text, size_t len)
{
	enum { STEP = 3 };
	if (len < STEP)
		return;
	for (size_t i = 0; i + STEP <= len; i += STEP)
		add(trigrams, text + i);
	if (len % STEP)
		add(trigrams, text + len - STEP);
}

void ks_trigrams_of_glob(const char *glob, struct ks_trigrams *ret)
{
	*ret = (struct ks_trigrams){ 0 };
	for (const char *p = glob; *p;) {
		size_t len = strcspn(p, "*?[\\");
		add_run(ret, p, len);
		p += len;
		if (*p == '[') // where it ends, and whether it does, is fnmatch(3)'s to know
			break;
		p += *p == '\\' && p[1] ? 2 : *p != '\0';
	}
	ret->least = ret->nr;
}

/**
 * Trigrams with a byte between them: an edit changes one byte, puts one in, takes one out or lets two neighbours change places, and
 * that touches one trigram at most.
 */
void ks_trigrams_of_near(const char *text, unsigned int edits, struct ks_trigrams *ret)
{
	enum { STEP = 4 };
	size_t len = strlen(text);
	*ret = (struct ks_trigrams){ 0 };
	for (size_t i = 0; i + 3 <= len; i += STEP)
		add(ret, text + i);
	ret->least = ret->nr > edits ? ret->nr - edits : 0;
}

size_t ks_glob_prefix(const char *glob, bool *ret_only)
{
	size_t len = strcspn(glob, "*?[\\");
	*ret_only = strcmp(glob + len, "*") == 0;
	return len;
}
