/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "source/net/mirror.h"

/** Rank of a character outside numbers: ~ before the end, the end before letters, letters before the rest. */
static int rank(char c)
{
	if (c == '~')
		return -1;
	if (!c || isdigit((unsigned char)c))
		return 0;
	return isalpha((unsigned char)c) ? (unsigned char)c : (unsigned char)c + 256;
}

/** deb-version(7): runs of other characters and runs of digits in turn. */
static int compare_part(const char *a, size_t a_len, const char *b, size_t b_len)
{
	const char *a_end = a + a_len, *b_end = b + b_len;
	while (a < a_end || b < b_end) {
		while ((a < a_end && !isdigit((unsigned char)*a)) ||
		       (b < b_end && !isdigit((unsigned char)*b))) {
			int diff = rank(a < a_end ? *a : '\0') - rank(b < b_end ? *b : '\0');
			if (diff)
				return diff;
			a += a < a_end;
			b += b < b_end;
		}
		while (a < a_end && *a == '0')
			a++;
		while (b < b_end && *b == '0')
			b++;
		int first = 0;
		for (; a < a_end && b < b_end && isdigit((unsigned char)*a) &&
		       isdigit((unsigned char)*b);
		     a++, b++)
			if (!first)
				first = *a - *b;
		if (a < a_end && isdigit((unsigned char)*a))
			return 1;
		if (b < b_end && isdigit((unsigned char)*b))
			return -1;
		if (first)
			return first;
	}
	return 0;
}

/** Split off "epoch:"; 0 when there is none. */
static unsigned long epoch(const char **version)
{
	const char *colon = strchr(*version, ':');
	if (!colon)
		return 0;
	unsigned long n = strtoul(*version, NULL, 10);
	*version = colon + 1;
	return n;
}

int ks_package_version_compare(const char *a, const char *b)
{
	unsigned long a_epoch = epoch(&a), b_epoch = epoch(&b);
	if (a_epoch != b_epoch)
		return a_epoch < b_epoch ? -1 : 1;
	const char *a_dash = strrchr(a, '-'), *b_dash = strrchr(b, '-');
	size_t a_len = a_dash ? (size_t)(a_dash - a) : strlen(a);
	size_t b_len = b_dash ? (size_t)(b_dash - b) : strlen(b);
	int diff = compare_part(a, a_len, b, b_len);
	if (diff)
		return diff;
	a_dash = a_dash ? a_dash + 1 : "";
	b_dash = b_dash ? b_dash + 1 : "";
	return compare_part(a_dash, strlen(a_dash), b_dash, strlen(b_dash));
}
