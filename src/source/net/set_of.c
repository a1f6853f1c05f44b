/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/set_of.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arch/arch.h"
#include "base/array.h"
#include "base/buf.h"
#include "base/memory.h"
#include "source/net/apt.h"
#include "source/net/kernel_package.h"
#include "surface/image_sets.h"

/** A piece of a text. */
struct piece {
	const char *at;
	size_t len;
};

static struct piece signed_field(const struct ks_suite *suite, const char *name)
{
	const char *at = ks_suite_signed_field(suite, name);
	return (struct piece){ at, at ? strcspn(at, "\r\n") : 0 };
}

/** "Debian" and "Debian Backports" are the archives of "debian:12". */
static bool is_origin_of(struct piece origin, const struct ks_set *set)
{
	size_t len = strcspn(set->name, ":");
	return origin.len >= len && strncasecmp(origin.at, set->name, len) == 0 &&
	       (origin.len == len || origin.at[len] == ' ');
}

static bool lists_suite(const struct ks_set *set, struct piece suite)
{
	for (const char *at = set->suites; *at;) {
		size_t len = strcspn(at, ",");
		if (len == suite.len && memcmp(at, suite.at, len) == 0)
			return true;
		at += len + (at[len] == ',');
	}
	return false;
}

/** What the set calls the flavour of a release: "cloud" of 6.1.0-50-cloud-amd64. */
static struct piece flavour_of(const struct ks_set *set, const char *arch, const char *release,
			       size_t release_len)
{
	struct piece tail;
	const struct ks_arch *row = ks_arch_by_debian(arch);
	const char *machines[] = { arch, row ? row->flavors[0] : NULL,
				   row ? row->flavors[1] : NULL };
	tail.at = ks_kernel_package_tail(release, release_len, &tail.len);
	for (size_t i = 0; i < KS_ARRAY_LEN(machines) && strstr(set->package, "{machine}"); i++) {
		size_t len = machines[i] ? strlen(machines[i]) : 0;
		const char *end = tail.at + tail.len - len;
		if (!len || tail.len < len || memcmp(end, machines[i], len) != 0)
			continue;
		if (tail.len == len)
			return (struct piece){ tail.at, 0 };
		if (end[-1] == '-')
			return (struct piece){ tail.at, tail.len - len - 1 };
	}
	return tail;
}

/** The set whose suites a signed list is one of, with the flavour and machine of a package. @return NULL when memory runs out */
static const char *name_of(const struct ks_sets *sets, struct piece origin, struct piece suite,
			   const struct ks_stanza *stanza, struct ks_arena *arena)
{
	size_t release_len;
	const char *release =
		ks_kernel_package_release(stanza->name, stanza->name_len, &release_len);
	_cleanup_free_ char *arch = ks_stanza_field(stanza->text, "Architecture");
	const struct ks_set *set = NULL;
	for (size_t i = 0; i < sets->list.len; i++)
		if (is_origin_of(origin, &sets->list.at[i]) &&
		    lists_suite(&sets->list.at[i], suite))
			set = &sets->list.at[i];
	if (!set || !arch || !release)
		return "";
	struct piece flavour = flavour_of(set, arch, release, release_len);
	const struct ks_set_wish wish = {
		.set = set,
		.flavour = flavour.at,
		.flavour_len = flavour.len,
	};
	return ks_set_wish_name(arena, &wish, arch);
}

/** Those of all suites of apt's that have the package. */
static struct ks_error *join_of_apt(const struct ks_sets *sets, const struct ks_stanza *stanza,
				    struct ks_arena *arena, const char **ret)
{
	_cleanup_apt_origins_ struct ks_apt_origins origins = { 0 };
	_cleanup_free_ char *version = ks_stanza_field(stanza->text, "Version");
	_cleanup_free_ char *arch = ks_stanza_field(stanza->text, "Architecture");
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "%.*s:%s", (int)stanza->name_len, stanza->name, arch ? arch : "");
	if (!version || !arch || !ks_buf_text(&name))
		return NULL;
	struct ks_error *err = ks_apt_origins(name.at, version, &origins);
	ks_error_free(err); // the package is had all the same
	for (size_t i = 0; i < origins.list.len; i++) {
		const struct ks_apt_origin *origin = &origins.list.at[i];
		const char *one =
			name_of(sets, (struct piece){ origin->origin, strlen(origin->origin) },
				(struct piece){ origin->codename, strlen(origin->codename) },
				stanza, arena);
		if (!one || !ks_image_sets_join(arena, *ret, *one ? one : NULL, ret))
			return &ks_nomem;
	}
	return NULL;
}

struct ks_error *ks_set_of_package(const struct ks_sets *sets, const struct ks_found *found,
				   char **ret)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const char *names = NULL;
	*ret = NULL;
	if (found->suite)
		names = name_of(sets, signed_field(found->suite, "Origin"),
				signed_field(found->suite, "Codename"), &found->stanza, &arena);
	else
		KS_TRY(join_of_apt(sets, &found->stanza, &arena, &names));
	if (found->suite && !names)
		return &ks_nomem;
	*ret = names && *names ? strdup(names) : NULL;
	return names && *names && !*ret ? &ks_nomem : NULL;
}
