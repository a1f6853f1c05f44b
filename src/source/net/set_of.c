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
#include "source/net/set_kernels.h"
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

/** What a package is of: the arguments of what follows. */
struct package {
	struct ks_lookup *lookup;
	const struct ks_sets *sets;
	const struct ks_stanza *stanza;
	const char *arch, *release;
	size_t release_len;
};

/** Whether the package that stands for the newest kernel of a flavour stands for one of that series. */
static struct ks_error *is_series_of(const struct package *package, const struct ks_set_wish *wish,
				     bool *ret)
{
	struct ks_found found;
	const char *release = NULL;
	size_t len;
	*ret = false;
	KS_TRY(ks_set_find_standing(package->lookup, wish, package->arch, false, &found));
	if (found.stanza.text && ks_kernel_package_of(&found.stanza, &release, &len))
		*ret = ks_kernel_package_same_series(release, package->release);
	return NULL;
}

/**
 * The flavour of a series beside the usual one: "6.1-cloud", where linux-image-6.1-cloud-amd64 stands for its newest kernel and
 * linux-image-cloud-amd64 for one of another series.
 * @param[in,out] wish its flavour, which goes to the arena
 */
static struct ks_error *add_series(const struct package *package, struct ks_arena *arena,
				   struct ks_set_wish *wish)
{
	bool is_usual, is_beside;
	struct ks_set_wish beside = *wish;
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_bytes(&text, package->release, ks_kernel_package_series(package->release));
	if (wish->flavour_len)
		ks_buf_printf(&text, "-%.*s", (int)wish->flavour_len, wish->flavour);
	if (!ks_buf_text(&text) || !(beside.flavour = ks_arena_strdup(arena, text.at)))
		return &ks_nomem;
	beside.flavour_len = text.len;
	KS_TRY(is_series_of(package, wish, &is_usual));
	if (is_usual)
		return NULL;
	KS_TRY(is_series_of(package, &beside, &is_beside));
	if (is_beside)
		*wish = beside;
	return NULL;
}

/** The set whose suites a signed list is one of, with the flavour and machine of a package. @param[out] ret "": none */
static struct ks_error *name_of(const struct package *package, struct piece origin,
				struct piece suite, struct ks_arena *arena, const char **ret)
{
	const struct ks_sets *sets = package->sets;
	struct ks_set_wish wish = { 0 };
	for (size_t i = 0; i < sets->list.len; i++)
		if (is_origin_of(origin, &sets->list.at[i]) &&
		    lists_suite(&sets->list.at[i], suite))
			wish.set = &sets->list.at[i];
	*ret = "";
	if (!wish.set || !package->arch || !package->release)
		return NULL;
	struct piece flavour =
		flavour_of(wish.set, package->arch, package->release, package->release_len);
	wish.flavour = flavour.at;
	wish.flavour_len = flavour.len;
	KS_TRY(add_series(package, arena, &wish));
	*ret = ks_set_wish_name(arena, &wish, package->arch);
	return *ret ? NULL : &ks_nomem;
}

/** Those of all suites of apt's that have the package. */
static struct ks_error *join_of_apt(const struct package *package, struct ks_arena *arena,
				    const char **ret)
{
	const struct ks_stanza *stanza = package->stanza;
	const char *arch = package->arch;
	_cleanup_apt_origins_ struct ks_apt_origins origins = { 0 };
	_cleanup_free_ char *version = ks_stanza_field(stanza->text, "Version");
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "%.*s:%s", (int)stanza->name_len, stanza->name, arch ? arch : "");
	if (!version || !arch || !ks_buf_text(&name))
		return NULL;
	struct ks_error *err = ks_apt_origins(name.at, version, &origins);
	ks_error_free(err); // the package is had all the same
	for (size_t i = 0; i < origins.list.len; i++) {
		const struct ks_apt_origin *origin = &origins.list.at[i];
		const char *one;
		KS_TRY(name_of(package, (struct piece){ origin->origin, strlen(origin->origin) },
			       (struct piece){ origin->codename, strlen(origin->codename) }, arena,
			       &one));
		if (!ks_image_sets_join(arena, *ret, *one ? one : NULL, ret))
			return &ks_nomem;
	}
	return NULL;
}

struct ks_error *ks_set_of_package(struct ks_lookup *lookup, const struct ks_sets *sets,
				   const struct ks_found *found, char **ret)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_free_ char *arch = ks_stanza_field(found->stanza.text, "Architecture");
	struct package package = {
		.lookup = lookup,
		.sets = sets,
		.stanza = &found->stanza,
		.arch = arch,
	};
	const char *names = NULL;
	package.release = ks_kernel_package_release(found->stanza.name, found->stanza.name_len,
						    &package.release_len);
	*ret = NULL;
	if (found->suite)
		KS_TRY(name_of(&package, signed_field(found->suite, "Origin"),
			       signed_field(found->suite, "Codename"), &arena, &names));
	else
		KS_TRY(join_of_apt(&package, &arena, &names));
	*ret = names && *names ? strdup(names) : NULL;
	return names && *names && !*ret ? &ks_nomem : NULL;
}
