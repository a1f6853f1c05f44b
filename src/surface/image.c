/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <string.h>

#include "surface/image.h"

/** The number at *s, as large as it gets without overflow; *s moves behind it. */
static uint64_t number_take(const char **s)
{
	uint64_t v = 0;
	for (; isdigit((unsigned char)**s); (*s)++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(**s - '0'), &v))
			v = UINT64_MAX / 10; // longer numbers than any version has stay comparable
	return v;
}

/** Text order, but runs of digits compare by value. NULL is as "". */
static int natural_compare(const char *a, const char *b)
{
	a = a ? a : "";
	b = b ? b : "";
	while (*a && *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			uint64_t x = number_take(&a), y = number_take(&b);
			if (x != y)
				return x < y ? -1 : 1;
		} else if (*a != *b) {
			break;
		} else {
			a++, b++;
		}
	}
	return (unsigned char)*a - (unsigned char)*b;
}

int ks_version_compare(const char *a, const char *b)
{
	a = a ? a : "";
	b = b ? b : "";
	while (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
		uint64_t x = number_take(&a), y = number_take(&b);
		if (x != y)
			return x < y ? -1 : 1;
		bool more_a = *a == '.', more_b = *b == '.';
		if (more_a != more_b)
			return more_a - more_b;
		a += more_a;
		b += more_b;
	}
	return natural_compare(a, b);
}

static int text_compare(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

int ks_image_compare(const struct ks_image *a, const struct ks_image *b)
{
	int order = ks_version_compare(a->version, b->version);
	if (!order)
		order = text_compare(a->flavor, b->flavor);
	if (!order)
		order = text_compare(a->arch, b->arch);
	if (!order)
		order = natural_compare(a->revision, b->revision);
	return order ? order : text_compare(a->label, b->label);
}

bool ks_image_tells_inline(const struct ks_image *image)
{
	// stores of the first layout kept no facts, and had no images of other tiers
	return image->facts & KS_FACT_INLINE || image->tier == KS_TIER_FULL ||
	       image->tier == KS_TIER_IMPORTED;
}

bool ks_image_lists_all(const struct ks_image *image, enum ks_kind kind)
{
	if (image->modules_of && !(image->facts & KS_FACT_WHOLE))
		return false;
	bool read = image->tier == KS_TIER_BTF || image->tier == KS_TIER_LIVE;
	if (kind == KS_SYSCALL)
		return !read || image->facts & KS_FACT_TRACED;
	return kind != KS_FUNCTION || ks_image_tells_inline(image);
}

bool ks_image_gives_way(const struct ks_image *kept, const struct ks_image *now)
{
	return kept->tier > now->tier || (kept->tier == KS_TIER_LIVE && now->tier == KS_TIER_LIVE);
}
