/* SPDX-License-Identifier: BSD-2-Clause */
#include "surface/image_sets.h"

#include <fnmatch.h>
#include <string.h>

#include "base/buf.h"

enum { NAME_MAX_LEN = 128 };

void ks_set_name_read(const char *text, size_t len, struct ks_set_name *ret)
{
	const char *at = memchr(text, '@', len);
	size_t front = at ? (size_t)(at - text) : len;
	const char *slash = memchr(text, '/', front);
	*ret = (struct ks_set_name){ .name = text, .name_len = front };
	if (at) {
		ret->arch = at + 1;
		ret->arch_len = len - front - 1;
	}
	if (slash) {
		ret->name_len = (size_t)(slash - text);
		ret->flavour = slash + 1;
		ret->flavour_len = front - ret->name_len - 1;
	}
}

bool ks_image_sets_next(const char **at, struct ks_set_name *ret)
{
	const char *text = *at;
	if (!text || !*text)
		return false;
	size_t len = strcspn(text, ",");
	ks_set_name_read(text, len, ret);
	*at = text + len + (text[len] == ',');
	return true;
}

static bool same_piece(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && (!a_len || memcmp(a, b, a_len) == 0);
}

static bool name_fits(const struct ks_set_name *has, const struct ks_set_name *wanted)
{
	char pattern[NAME_MAX_LEN], name[NAME_MAX_LEN];
	if (has->name_len >= sizeof(name) || wanted->name_len >= sizeof(pattern))
		return false;
	*(char *)mempcpy(pattern, wanted->name, wanted->name_len) = '\0';
	*(char *)mempcpy(name, has->name, has->name_len) = '\0';
	return fnmatch(pattern, name, 0) == 0;
}

bool ks_image_is_of_set(const struct ks_image *image, const struct ks_set_name *wanted)
{
	struct ks_set_name has;
	for (const char *at = image->sets; ks_image_sets_next(&at, &has);)
		if (name_fits(&has, wanted) &&
		    (!wanted->flavour || same_piece(has.flavour, has.flavour_len, wanted->flavour,
						    wanted->flavour_len)) &&
		    (!wanted->arch_len ||
		     same_piece(has.arch, has.arch_len, wanted->arch, wanted->arch_len)))
			return true;
	return false;
}

static bool lists(const char *sets, const char *set, size_t len)
{
	for (const char *at = sets; at && *at;) {
		size_t own = strcspn(at, ",");
		if (same_piece(at, own, set, len))
			return true;
		at += own + (at[own] == ',');
	}
	return false;
}

bool ks_image_sets_join(struct ks_arena *arena, const char *a, const char *b, const char **ret)
{
	_cleanup_buf_ struct ks_buf all = { 0 };
	*ret = a && *a ? a : b;
	if (!a || !*a || !b)
		return true;
	ks_buf_str(&all, a);
	size_t before = all.len;
	for (const char *at = b; *at;) {
		size_t len = strcspn(at, ",");
		if (len && !lists(a, at, len))
			ks_buf_printf(&all, ",%.*s", (int)len, at);
		at += len + (at[len] == ',');
	}
	if (all.len == before && !all.failed)
		return true;
	const char *text = ks_buf_text(&all);
	*ret = text ? ks_arena_strdup(arena, text) : NULL;
	return *ret;
}
