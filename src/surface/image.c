/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "arch/arch.h"
#include "base/array.h"
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

size_t ks_series_len(const char *version)
{
	const char *dot = version ? strchr(version, '.') : NULL;
	return dot ? (size_t)(dot - version) + 1 + strspn(dot + 1, "0123456789") : 0;
}

bool ks_version_same_series(const char *a, const char *b)
{
	size_t len = ks_series_len(a);
	return len && len == ks_series_len(b) && memcmp(a, b, len) == 0;
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

const char *ks_image_tier_text(const struct ks_image *image)
{
	bool has_types = image->tier != KS_TIER_BTF || image->facts & KS_FACT_BTF;
	return has_types ? ks_tier_texts[image->tier] : "symbols";
}

bool ks_image_is_types(const struct ks_image *image)
{
	return image->facts & KS_FACT_TYPES;
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

/** A piece of a text. */
struct piece {
	const char *at;
	size_t len;
};

/** Take a word off that stands for itself, or before or behind a dash. */
static void drop_word(struct piece *text, const char *word)
{
	size_t n = word ? strlen(word) : 0;
	if (!n || text->len < n)
		return;
	if (text->len == n && memcmp(text->at, word, n) == 0) {
		text->len = 0;
	} else if (text->at[n] == '-' && memcmp(text->at, word, n) == 0) {
		text->at += n + 1;
		text->len -= n + 1;
	} else if (text->len > n && text->at[text->len - n - 1] == '-' &&
		   memcmp(text->at + text->len - n, word, n) == 0) {
		text->len -= n + 1;
	}
}

static struct piece flavor_of(const struct ks_image *image)
{
	const struct ks_arch *arch = ks_arch_by_debian(image->arch);
	struct piece flavor = { image->flavor ? image->flavor : "", 0 };
	flavor.len = strlen(flavor.at);
	if (!arch)
		return flavor;
	drop_word(&flavor, image->arch);
	for (size_t i = 0; i < KS_ARRAY_LEN(arch->flavors); i++)
		drop_word(&flavor, arch->flavors[i]);
	return flavor;
}

bool ks_image_same_flavor(const struct ks_image *a, const struct ks_image *b)
{
	struct piece x = flavor_of(a), y = flavor_of(b);
	return x.len == y.len && memcmp(x.at, y.at, x.len) == 0;
}

const char *ks_image_distribution(const struct ks_image *image, size_t *len)
{
	const char *banner = image->distribution, *colon = NULL;
	if (image->sets)
		colon = strpbrk(image->sets, ":,");
	size_t in_set = colon && *colon == ':' ? (size_t)(colon - image->sets) : 0;
	bool same =
		banner && strlen(banner) == in_set && strncasecmp(banner, image->sets, in_set) == 0;
	*len = in_set && !same ? in_set : banner ? strlen(banner) : 0;
	return in_set && !same ? image->sets : banner; // which writes it with a capital
}

bool ks_image_same_distribution(const struct ks_image *a, const struct ks_image *b)
{
	size_t a_len, b_len;
	const char *x = ks_image_distribution(a, &a_len), *y = ks_image_distribution(b, &b_len);
	return a_len == b_len && (!a_len || strncasecmp(x, y, a_len) == 0);
}

/** The third number of a version; 0: there is none. */
static unsigned int third_number(const char *version)
{
	unsigned int major, minor, point = 0;
	if (version && sscanf(version, "%u.%u.%u", &major, &minor, &point) != 3)
		point = 0;
	return point;
}

unsigned int ks_image_point_release(const struct ks_image *image)
{
	unsigned int own = third_number(image->version);
	return own ? own : third_number(image->package_version);
}

bool ks_image_counts(uint32_t known, enum ks_kind kind)
{
	return known & KS_KNOWS(kind) && (kind != KS_FUNCTION || known & KS_KNOWS(KS_STRUCT));
}

/* ---- when it was built ---- */

/** A number of so many digits, which nothing but digits may be; -1: it is none. */
static int digits(const char *text, int nr)
{
	int number = 0;
	for (int i = 0; i < nr; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + text[i] - '0';
	}
	return number;
}

static bool write_day(char *ret, int year, int month, int day)
{
	enum { FIRST_YEAR = 1991, LAST_YEAR = 9999, MONTHS = 12, DAYS = 31 };
	if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > MONTHS || day < 1 ||
	    day > DAYS)
		return false;
	snprintf(ret, sizeof("2026-07-02"), "%04d-%02d-%02d", year, month, day);
	return true;
}

/** "(2026-07-02)" at the end, as Debian has it. */
static bool read_day(const char *text, char *ret)
{
	const char *at = strrchr(text, '(');
	if (!at || strlen(at) < sizeof("(2026-07-02)") - 1 || at[5] != '-' || at[8] != '-' ||
	    at[11] != ')')
		return false;
	return write_day(ret, digits(at + 1, 4), digits(at + 6, 2), digits(at + 9, 2));
}

/** "Fri Nov  3 10:11:12 UTC 2023", which the kernel's own build has. */
static bool read_date(const char *text, char *ret)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (const char *colon = strchr(text, ':'); colon; colon = strchr(colon + 1, ':')) {
		enum { BEFORE = 9, TIME = 6 }; // "Nov  3 10" and ":11:12"
		if (colon - text < BEFORE || strlen(colon) < TIME + 1 || colon[3] != ':' ||
		    digits(colon + 1, 2) < 0 || colon[TIME] != ' ')
			continue;
		const char *month = colon - BEFORE;
		char name[4] = { month[0], month[1], month[2], 0 };
		const char *found = strstr(months, name);
		const char *year = colon + TIME + 1 + strcspn(colon + TIME + 1, " ");
		int day = month[4] == ' ' ? digits(month + 5, 1) : digits(month + 4, 2);
		if (found && (found - months) % 3 == 0 && *year == ' ' && strlen(year) >= 5 &&
		    write_day(ret, digits(year + 1, 4), (int)(found - months) / 3 + 1, day))
			return true;
	}
	return false;
}

bool ks_image_built(const struct ks_image *image, char *ret)
{
	return image->banner && (read_day(image->banner, ret) || read_date(image->banner, ret));
}
