/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/sets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
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
	else if (strcmp(toml->name, "tried") == 0)
		set->tried = ks_toml_bool(toml);
	else
		ks_toml_fail(toml, "%s: no key of a set", toml->name);
}

static void check_set(struct ks_toml *toml, const struct ks_set *set)
{
	if (!set->name || !strchr(set->name, ':') || strchr(set->name, '@'))
		ks_toml_fail(toml, "a set above this line has no name such as debian:12");
	else if (!set->suites || !*set->suites || !set->package)
		ks_toml_fail(toml, "%s has no suites or no package", set->name);
	else if (set->kind != KS_REPO_DEB && !set->server && !set->mirrors)
		ks_toml_fail(toml, "%s has no server and no mirrors", set->name);
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
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	_cleanup_buf_ struct ks_buf text = { 0 };
	struct ks_error *err = NULL;
	if (ks_buf_reserve(&text, TABLE_MAX + 1))
		text.len = fread(text.at, 1, TABLE_MAX + 1, file);
	else
		err = &ks_nomem;
	if (!err && (ferror(file) || text.len > TABLE_MAX))
		err = ks_error_new(KS_ERR_DATA, "cannot be read, or is longer than 1 MiB");
	fclose(file);
	if (!err)
		err = ks_sets_add(sets, text.at, text.len);
	return ks_error_in_file(err, path);
}

struct ks_error *ks_sets_load(struct ks_sets *ret)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	KS_TRY(ks_sets_add(&sets, builtin, sizeof(builtin) - 1));
	KS_TRY(add_file(&sets, "/etc/ksurf/sets.toml"));
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	char path[4096];
	int len = xdg && *xdg == '/' ? snprintf(path, sizeof(path), "%s/ksurf/sets.toml", xdg)
		  : home ? snprintf(path, sizeof(path), "%s/.config/ksurf/sets.toml", home)
			 : 0;
	if (len > 0 && (size_t)len < sizeof(path))
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

bool ks_sets_may_be(const struct ks_sets *sets, const char *word)
{
	size_t len = strcspn(word, ":");
	for (size_t i = 0; word[len] && i < sets->list.len; i++)
		if (strncmp(sets->list.at[i].name, word, len + 1) == 0)
			return true;
	return false;
}

/** Whether a set is called so: "debian:12", or "debian:bookworm" with its alias. */
static bool is_called(const struct ks_set *set, const char *word, size_t len)
{
	size_t colon = strcspn(set->name, ":") + 1;
	if (strlen(set->name) == len && memcmp(set->name, word, len) == 0)
		return true;
	return set->alias && len > colon && strlen(set->alias) == len - colon &&
	       memcmp(set->name, word, colon) == 0 &&
	       memcmp(set->alias, word + colon, len - colon) == 0;
}

/** Of two the later one. */
static const struct ks_set *find_called(const struct ks_sets *sets, const char *word, size_t len)
{
	const struct ks_set *set = NULL;
	for (size_t i = 0; i < sets->list.len; i++)
		if (is_called(&sets->list.at[i], word, len))
			set = &sets->list.at[i];
	return set;
}

/** The sets of the same distribution, for who has mistaken one. */
static struct ks_error *no_set(const struct ks_sets *sets, const char *word)
{
	_cleanup_buf_ struct ks_buf names = { 0 };
	size_t colon = strcspn(word, ":") + 1;
	for (size_t i = 0; i < sets->list.len; i++)
		if (strncmp(sets->list.at[i].name, word, colon) == 0)
			ks_buf_printf(&names, "%s%s", names.len ? ", " : "", sets->list.at[i].name);
	const char *text = ks_buf_text(&names);
	return ks_error_new(KS_ERR_NOTFOUND, "no such set; there are %s", text ? text : "others");
}

struct ks_error *ks_sets_find(const struct ks_sets *sets, const char *word, struct ks_set_wish *ret)
{
	size_t len = strcspn(word, "@");
	*ret = (struct ks_set_wish){ 0 };
	ret->set = find_called(sets, word, len);
	if (!ret->set) { // some sets have a slash in their name, where flavours have archives of their own
		len = strcspn(word, "/@");
		ret->set = find_called(sets, word, len);
	}
	if (!ret->set)
		return ks_error_wrap(no_set(sets, word), "%s", word);
	if (word[len] == '/') {
		ret->flavour = word + len + 1;
		ret->flavour_len = strcspn(ret->flavour, "@");
		len += 1 + ret->flavour_len;
	}
	if (word[len] == '@') {
		ret->arch = word + len + 1;
		ret->arch_len = strlen(ret->arch);
	}
	return NULL;
}
