/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/read_file.h"
#include "base/toml.h"

#include "source/sets.toml.h" // builtin: the table that is shipped

enum { TABLE_MAX = 1 << 20 }; // bytes of a user's file

static const struct text_key {
	const char *name;
	size_t at;
} text_keys[] = {
	{ "name", offsetof(struct ks_set, name) },
	{ "alias", offsetof(struct ks_set, alias) },
	{ "server", offsetof(struct ks_set, server) },
	{ "ports", offsetof(struct ks_set, ports) },
	{ "mirrors", offsetof(struct ks_set, mirrors) },
	{ "package", offsetof(struct ks_set, package) },
	{ "debug", offsetof(struct ks_set, debug) },
	{ "flavour", offsetof(struct ks_set, flavour) },
	{ "keyring", offsetof(struct ks_set, keyring) },
};

static const char **text_of(struct ks_set *set, const char *key)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(text_keys); i++)
		if (strcmp(text_keys[i].name, key) == 0)
			return (const char **)((char *)set + text_keys[i].at);
	return NULL;
}

static const char *read_suites(struct ks_toml *toml, struct ks_arena *arena)
{
	_cleanup_buf_ struct ks_buf suites = { 0 };
	ks_toml_enter(toml);
	while (ks_toml_more(toml))
		ks_buf_printf(&suites, "%s%s", suites.len ? "," : "", ks_toml_string(toml, arena));
	const char *text = ks_buf_text(&suites);
	text = text ? ks_arena_strdup(arena, text) : NULL;
	toml->nomem = toml->nomem || !text;
	return text;
}

static void read_kind(struct ks_toml *toml, struct ks_arena *arena, struct ks_set *set)
{
	const char *kind = ks_toml_string(toml, arena);
	if (kind && !ks_repo_kind_of(kind, &set->kind))
		ks_toml_fail(toml, "%s: no kind of archive (deb, rpm, pacman, apk)", kind);
}

static void read_signed(struct ks_toml *toml, struct ks_arena *arena, struct ks_set *set)
{
	const char *what = ks_toml_string(toml, arena);
	set->signs_packages = what && strcmp(what, "packages") == 0;
	if (what && !set->signs_packages && strcmp(what, "lists") != 0)
		ks_toml_fail(toml, "%s: nothing that is signed (lists, packages)", what);
}

static void read_key(struct ks_toml *toml, struct ks_arena *arena, struct ks_set *set)
{
	const char **text = text_of(set, toml->name);
	if (text)
		*text = ks_toml_string(toml, arena);
	else if (strcmp(toml->name, "suites") == 0)
		set->suites = read_suites(toml, arena);
	else if (strcmp(toml->name, "debug_suites") == 0)
		set->debug_suites = read_suites(toml, arena);
	else if (strcmp(toml->name, "archive") == 0)
		read_kind(toml, arena, set);
	else if (strcmp(toml->name, "signed") == 0)
		read_signed(toml, arena, set);
	else if (strcmp(toml->name, "rolling") == 0)
		set->rolling = ks_toml_bool(toml);
	else if (strcmp(toml->name, "alone") == 0)
		set->alone = ks_toml_bool(toml);
	else if (strcmp(toml->name, "tried") == 0)
		set->tried = ks_toml_bool(toml);
	else
		ks_toml_fail(toml, "%s: no key of a set", toml->name);
}

static void check_set(struct ks_toml *toml, const struct ks_set *set)
{
	if (!set->name || !strchr(set->name, ':') || strpbrk(set->name, "@,*?["))
		ks_toml_fail(toml, "a set above this line has no name such as debian:12");
	else if (!set->suites || !*set->suites || !set->package)
		ks_toml_fail(toml, "%s has no suites or no package", set->name);
	else if (set->kind != KS_REPO_DEB && !set->server && !set->mirrors)
		ks_toml_fail(toml, "%s has no server and no mirrors", set->name);
	else if (set->signs_packages && set->kind != KS_REPO_RPM && set->kind != KS_REPO_APK)
		ks_toml_fail(toml, "%s: only archives of RPM and apk have signed packages",
			     set->name);
}

struct ks_error *ks_sets_add(struct ks_sets *sets, const char *text, size_t len)
{
	struct ks_toml toml = ks_toml_over(text, len);
	struct ks_set *set = NULL;
	for (enum ks_toml_item item; (item = ks_toml_next(&toml)) != KS_TOML_END;) {
		if (item == KS_TOML_KEY && set) {
			read_key(&toml, &sets->arena, set);
			continue;
		}
		if (set)
			check_set(&toml, set);
		if (item != KS_TOML_ELEMENT || strcmp(toml.name, "set") != 0) {
			ks_toml_fail(&toml, "[[set]] is expected");
			continue;
		}
		set = ks_vector_push(&sets->list);
		if (!set)
			return &ks_nomem;
		*set = (struct ks_set){ 0 };
	}
	if (set)
		check_set(&toml, set);
	return ks_toml_error(&toml);
}

/** Append a user's file, if there is one. */
static struct ks_error *add_file(struct ks_sets *sets, const char *path)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	bool there;
	KS_TRY(ks_read_file(path, TABLE_MAX, &text, &there));
	return there ? ks_error_in_file(ks_sets_add(sets, text.at, text.len), path) : NULL;
}

bool ks_sets_path(unsigned int nr, char *path, size_t size)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	bool of_xdg = xdg && *xdg == '/';
	int len = nr == 0  ? snprintf(path, size, "/etc/ksurf/sets.toml")
		  : of_xdg ? snprintf(path, size, "%s/ksurf/sets.toml", xdg)
		  : home   ? snprintf(path, size, "%s/.config/ksurf/sets.toml", home)
			   : 0;
	return len > 0 && (size_t)len < size;
}

struct ks_error *ks_sets_load(struct ks_sets *ret)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	char path[KS_SETS_PATH_MAX];
	KS_TRY(ks_sets_add(&sets, builtin, sizeof(builtin) - 1));
	for (unsigned int i = 0; i < KS_SETS_PATHS; i++)
		if (ks_sets_path(i, path, sizeof(path)))
			KS_TRY(add_file(&sets, path));
	*ret = sets;
	sets = (struct ks_sets){ 0 };
	return NULL;
}

void ks_sets_deinit(struct ks_sets *sets)
{
	ks_arena_deinit(&sets->arena);
	ks_vector_deinit(&sets->list);
}
