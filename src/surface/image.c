/* SPDX-License-Identifier: BSD-2-Clause */
#include "surface/image.h"

#include <ctype.h>
#include <string.h>

static const char *text_of(const char *text)
{
	return text ? text : "";
}

/** The digits at *at without their leading zeros; *at moves behind them. */
static size_t take_number(const char **at, const char **digits)
{
	while (**at == '0')
		++*at;
	*digits = *at;
	while (isdigit((unsigned char)**at))
		++*at;
	return (size_t)(*at - *digits);
}

/** Runs of digits count as numbers of any length, everything else byte by byte. */
static int compare_natural(const char *a, const char *b)
{
	while (*a && *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			const char *x, *y;
			size_t nx = take_number(&a, &x), ny = take_number(&b, &y);
			int order = nx != ny ? (nx < ny ? -1 : 1) : memcmp(x, y, nx);
			if (order)
				return order;
			continue;
		}
		if (*a != *b)
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		a++;
		b++;
	}
	return (*a != '\0') - (*b != '\0');
}

/** Dotted numbers; a part that is missing counts as 0, what is no number ends the tuple. */
static int compare_versions(const char *a, const char *b)
{
	while (isdigit((unsigned char)*a) || isdigit((unsigned char)*b)) {
		const char *x, *y;
		size_t nx = take_number(&a, &x), ny = take_number(&b, &y);
		int order = nx != ny ? (nx < ny ? -1 : 1) : memcmp(x, y, nx);
		if (order)
			return order;
		a += *a == '.';
		b += *b == '.';
	}
	return compare_natural(a, b); // "-rc1" and the like
}

int ks_image_compare(const struct ks_image *a, const struct ks_image *b)
{
	int order = compare_versions(text_of(a->version), text_of(b->version));
	if (!order)
		order = strcmp(text_of(a->flavor), text_of(b->flavor));
	if (!order)
		order = strcmp(text_of(a->arch), text_of(b->arch));
	if (!order)
		order = compare_natural(text_of(a->revision), text_of(b->revision));
	if (!order)
		order = strcmp(text_of(a->label), text_of(b->label));
	return order;
}
