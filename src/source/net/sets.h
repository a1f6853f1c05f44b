/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Sets of kernels by name, such as debian:12: a table (sets.toml) that users extend by files of their own. */
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vector.h"
#include "source/net/repo_kind.h"

/** A series of a distribution. Texts live as long as the table; NULL where a row does not say. sets.toml tells what each means. */
struct ks_set {
	const char *name, *alias;
	enum ks_repo_kind kind;
	const char *server, *ports, *mirrors;
	const char *suites, *debug_suites; // with commas between them
	const char *package, *debug, *flavour, *keyring;
	bool signs_packages, rolling, alone, tried;
};

struct ks_sets {
	struct ks_arena arena;
	KS_VECTOR(struct ks_set) list;
};

enum { KS_SETS_PATHS = 2, KS_SETS_PATH_MAX = 4096 };
/** Where a user's table may be. @return false: nowhere */
bool ks_sets_path(unsigned int nr, char *path, size_t size);

/**
 * Read the table, and behind it /etc/ksurf/sets.toml and ksurf/sets.toml in $XDG_CONFIG_HOME (or ~/.config), where they are.
 * @return KS_ERR_DATA with file and line when one cannot be understood
 */
KS_MUST_CHECK struct ks_error *ks_sets_load(struct ks_sets *ret);
/** Append the rows of a text in the form of sets.toml. */
KS_MUST_CHECK struct ks_error *ks_sets_add(struct ks_sets *sets, const char *text, size_t len);
void ks_sets_deinit(struct ks_sets *sets);
#define _cleanup_sets_ __attribute__((__cleanup__(ks_sets_deinit)))

/** A set as it was asked for: NAME[/FLAVOUR][@ARCH]. Points into the word. */
struct ks_set_wish {
	const struct ks_set *set;
	const char *flavour, *arch; // not terminated
	size_t flavour_len, arch_len;
};

/**
 * Whether a word is meant as a set: what stands before its colon begins the name of one, or nearly, or a number stands behind it.
 * Else it is apt's NAME:ARCH.
 */
bool ks_sets_may_be(const struct ks_sets *sets, const char *word);
/** @return KS_ERR_NOTFOUND when there is no such set; the text names the nearest, or those there are */
KS_MUST_CHECK struct ks_error *ks_sets_find(const struct ks_sets *sets, const char *word,
					    struct ks_set_wish *ret);
/** The set that a word would be with its distribution before it: "debian:12" for "bookworm" or "12". @return NULL: none */
const char *ks_sets_of_series(const struct ks_sets *sets, const char *word);
/** What images that are of the set keep of it (surface/image_sets.h). @return from the arena; NULL when memory runs out */
const char *ks_set_wish_name(struct ks_arena *arena, const struct ks_set_wish *wish,
			     const char *arch);
