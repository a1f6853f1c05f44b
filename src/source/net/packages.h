/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Lists of packages in Debian's control format (deb822(5)): a Packages file, or what `apt-cache show` prints. */
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/vector.h"
#include "source/net/repo_kind.h"

/** What a list says of one version of a package. Points into the list. */
struct ks_stanza {
	const char *name; // name_len bytes, not terminated
	size_t name_len;
	const char *text; // its fields, NUL-terminated; NULL: no such package
};

/** A zeroed struct is empty. */
struct ks_packages {
	enum ks_repo_kind kind; // decides which version is the newest
	KS_VECTOR(char *) texts;
	KS_VECTOR(struct ks_stanza) list; // as they stand in the texts
};

/** Take a list apart. @param text is taken over, also when this fails */
KS_MUST_CHECK struct ks_error *ks_packages_add(struct ks_packages *packages, struct ks_buf *text);

/**
 * @param name    len bytes
 * @param version NULL: the newest
 * @return its text is NULL when there is none
 */
struct ks_stanza ks_packages_find(const struct ks_packages *packages, const char *name, size_t len,
				  const char *version);
void ks_packages_deinit(struct ks_packages *packages);
#define _cleanup_packages_ __attribute__((__cleanup__(ks_packages_deinit)))

/** The value of the line "NAME: value" of a text in this format; not terminated, it ends with its line. NULL: there is none. */
const char *ks_stanza_value(const char *text, const char *name);
/** The same as a text of its own, which the caller frees. NULL also when memory runs out. */
char *ks_stanza_field(const char *text, const char *name);
