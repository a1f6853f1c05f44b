/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "base/vector.h"

bool ks_vector_grow(void **at, size_t *cap, size_t len, size_t extra, size_t size)
{
	size_t want, bytes;
	if (__builtin_add_overflow(len, extra, &want))
		return false;
	if (want < *cap + *cap / 2)
		want = *cap + *cap / 2;
	if (want < 8)
		want = 8;
	if (__builtin_mul_overflow(want, size, &bytes))
		return false;
	void *grown = realloc(*at, bytes);
	if (!grown)
		return false;
	*at = grown;
	*cap = want;
	return true;
}

void ks_vector_free(void **at, size_t *len, size_t *cap)
{
	free(*at);
	*at = NULL;
	*len = *cap = 0;
}
