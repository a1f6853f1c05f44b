/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/edit_distance.h"

#include <stdio.h>
#include <string.h>

enum { MAX_LEN = 96 };

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;
	return m < c ? m : c;
}

unsigned int ks_edit_distance(const char *a, const char *b, unsigned int limit)
{
	size_t la = strlen(a), lb = strlen(b);
	if (la > MAX_LEN || lb > MAX_LEN || (la > lb ? la - lb : lb - la) > limit)
		return limit + 1;
	// Three rows of the table of distances between the beginnings of a and of b.
	unsigned int rows[3][MAX_LEN + 1];
	unsigned int *before = rows[0], *last = rows[1], *now = rows[2];
	for (unsigned int j = 0; j <= lb; j++)
		last[j] = j;
	for (unsigned int i = 1; i <= la; i++) {
		unsigned int best = now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned int change = last[j - 1] + (a[i - 1] != b[j - 1]);
			now[j] = min3(last[j] + 1, now[j - 1] + 1, change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
			best = now[j] < best ? now[j] : best;
		}
		if (best > limit)
			return limit + 1;
		unsigned int *spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[lb] <= limit ? last[lb] : limit + 1;
}

struct ks_near_word ks_near_word_of(const char *word)
{
	size_t len = strlen(word);
	return (struct ks_near_word){ .word = word, .best = len > 1 ? ks_edit_slips(len) + 1 : 0 };
}

void ks_near_word_see(struct ks_near_word *near, const char *known)
{
	unsigned int distance = near->best ? ks_edit_distance(near->word, known, near->best) : 0;
	if (distance >= near->best)
		return;
	near->best = distance;
	near->near = known;
}

const char *ks_near_word_hint(struct ks_near_word *near)
{
	if (near->near)
		snprintf(near->hint, sizeof(near->hint), "; did you mean %s?", near->near);
	return near->hint;
}
