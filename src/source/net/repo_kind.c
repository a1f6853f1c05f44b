/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/repo_kind.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "source/net/mirror.h"

static const char *const names[KS_NR_REPO_KINDS] = {
	[KS_REPO_DEB] = "deb",
	[KS_REPO_RPM] = "rpm",
	[KS_REPO_PACMAN] = "pacman",
	[KS_REPO_APK] = "apk",
};

const char *ks_repo_kind_name(enum ks_repo_kind kind)
{
	return names[kind];
}

bool ks_repo_kind_of(const char *name, enum ks_repo_kind *ret)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++)
		if (strcmp(names[i], name) == 0) {
			*ret = (enum ks_repo_kind)i;
			return true;
		}
	return false;
}

static bool is_separator(char c)
{
	return c && !isalnum((unsigned char)c) && c != '~' && c != '^';
}

/** Length of the digits, or of the letters, that a text begins with. */
static size_t segment(const char *text, bool digits)
{
	size_t len = 0;
	while (digits ? isdigit((unsigned char)text[len]) : isalpha((unsigned char)text[len]))
		len++;
	return len;
}

/** Two segments of digits, or two of letters. */
static int compare_segment(const char *a, size_t a_len, const char *b, size_t b_len, bool digits)
{
	for (; digits && a_len && *a == '0'; a++)
		a_len--;
	for (; digits && b_len && *b == '0'; b++)
		b_len--;
	if (digits && a_len != b_len)
		return a_len < b_len ? -1 : 1;
	int diff = memcmp(a, b, a_len < b_len ? a_len : b_len);
	return diff ? diff : (a_len > b_len) - (a_len < b_len);
}

/** A tilde is before the end, a caret behind it and before all else. @return whether it decides */
static bool compare_mark(const char *a, const char *b, int *ret)
{
	if (*a == '~' || *b == '~') {
		*ret = (*b == '~') - (*a == '~');
		return *ret;
	}
	if (*a == '^' || *b == '^') {
		*ret = !*a ? -1 : !*b ? 1 : (*b == '^') - (*a == '^');
		return *ret;
	}
	return false;
}

/** rpmvercmp(): segments of digits and letters in turn, digits above letters. Pacman and apk order alike. */
static int compare_rpm(const char *a, const char *b)
{
	int diff;
	while (*a || *b) {
		while (is_separator(*a))
			a++;
		while (is_separator(*b))
			b++;
		if (compare_mark(a, b, &diff))
			return diff;
		if (*a == '~' || *a == '^') { // both
			a++;
			b++;
			continue;
		}
		if (!*a || !*b)
			break;
		bool digits = isdigit((unsigned char)*a);
		size_t a_len = segment(a, digits), b_len = segment(b, digits);
		if (!b_len)
			return digits ? 1 : -1;
		diff = compare_segment(a, a_len, b, b_len, digits);
		if (diff)
			return diff;
		a += a_len;
		b += b_len;
	}
	return (*a != '\0') - (*b != '\0');
}

/** Cut "EPOCH:" off. */
static unsigned long take_epoch(const char **version)
{
	size_t digits = strspn(*version, "0123456789");
	if (!digits || (*version)[digits] != ':')
		return 0;
	unsigned long epoch = strtoul(*version, NULL, 10);
	*version += digits + 1;
	return epoch;
}

int ks_repo_version_compare(enum ks_repo_kind kind, const char *a, const char *b)
{
	if (kind == KS_REPO_DEB)
		return ks_package_version_compare(a, b);
	unsigned long a_epoch = take_epoch(&a), b_epoch = take_epoch(&b);
	if (a_epoch != b_epoch)
		return a_epoch < b_epoch ? -1 : 1;
	return compare_rpm(a, b);
}
