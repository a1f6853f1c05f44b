/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "extract/dwarf/path.h"

/** A path taken apart: components point into the text. */
enum {
	MAX_COMPONENTS = 128,
	MAX_BYTES = 4096
}; // more is no path; in a hostile file every unit may have one
struct parts {
	const char *at[MAX_COMPONENTS];
	size_t len[MAX_COMPONENTS];
	unsigned int nr;
	bool absolute;
};

static bool is(const struct parts *parts, unsigned int i, const char *text)
{
	return strlen(text) == parts->len[i] && memcmp(parts->at[i], text, parts->len[i]) == 0;
}

/** "." is dropped everywhere, ".." is resolved in absolute paths only. */
static void add_part(struct parts *parts, const char *text, size_t len)
{
	if (len == 0 || (len == 1 && text[0] == '.') || parts->nr == MAX_COMPONENTS)
		return;
	if (parts->absolute && len == 2 && memcmp(text, "..", 2) == 0) {
		parts->nr -= parts->nr > 0;
		return;
	}
	parts->at[parts->nr] = text;
	parts->len[parts->nr++] = len;
}

static void add_path(struct parts *parts, const char *path)
{
	const char *end = path + strnlen(path, MAX_BYTES);
	while (path < end) {
		const char *slash = memchr(path, '/', (size_t)(end - path));
		size_t len = (size_t)((slash ? slash : end) - path);
		add_part(parts, path, len);
		path += len + (slash != NULL);
	}
}

/**
 * How many leading components are not the kernel's own: /build/<dir>/linux-<version>/ of a package
 * build, then debian/build/build_<flavour>/ of an out-of-tree build inside it.
 */
static unsigned int foreign_parts(const struct parts *parts)
{
	unsigned int i = 0;
	if (parts->absolute && parts->nr >= 3 && parts->len[2] >= 6 &&
	    memcmp(parts->at[2], "linux-", 6) == 0)
		i = 3;
	if (parts->nr >= i + 3 && is(parts, i, "debian") && is(parts, i + 1, "build") &&
	    parts->len[i + 2] >= 6 && memcmp(parts->at[i + 2], "build_", 6) == 0)
		i += 3;
	return i;
}

static const char *spell(struct ks_arena *arena, const struct parts *parts, const char *tail)
{
	unsigned int first = foreign_parts(parts);
	size_t tail_len = tail ? strnlen(tail, MAX_BYTES) : 0, len = 1 + tail_len + 1;
	for (unsigned int i = first; i < parts->nr; i++)
		len += parts->len[i] + 1;
	char *path = ks_arena_alloc(arena, len + 1);
	if (!path)
		return NULL;
	char *p = path;
	if (parts->absolute && !first)
		*p++ = '/';
	for (unsigned int i = first; i < parts->nr; i++) {
		p = mempcpy(p, parts->at[i], parts->len[i]);
		*p++ = '/';
	}
	if (tail)
		p = mempcpy(p, tail, tail_len);
	else if (p > path)
		p--; // the last slash
	*p = '\0';
	return path;
}

const char *ks_path_join(struct ks_arena *arena, const char *dir, const char *name)
{
	struct parts parts = { .absolute = name[0] == '/' || dir[0] == '/' };
	if (name[0] != '/')
		add_path(&parts, dir);
	add_path(&parts, name);
	return spell(arena, &parts, NULL);
}

const char *ks_path_location(struct ks_arena *arena, const char *dir, const char *name)
{
	struct parts parts = { .absolute = dir[0] == '/' };
	add_path(&parts, dir);
	return spell(arena, &parts, name);
}
