/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "source/net/kernel_package.h"

enum {
	FOLLOWED_MAX = 8,   // packages that stand for another one, one behind the other
	CANDIDATES_MAX = 6, // packages that may have one thing
};

/** What the packages of kernels begin with, longer ones first. */
static const char *const prefixes[] = {
	"linux-image-unsigned-",
	"linux-image-",
	"linux-binary-unsigned-",
	"linux-binary-",
};
static const char *const suffixes[] = { "-dbgsym", "-dbg", "-unsigned" };

/** Where the kernel of a release may be, and what may be apart from it, in the order to try; %s is the release. */
static const char *const kernels[] = {
	"linux-image-%s",  "linux-image-unsigned-%s",  "linux-image-%s-unsigned",
	"linux-binary-%s", "linux-binary-unsigned-%s",
};
static const char *const companions[][CANDIDATES_MAX] = {
	[KS_COMPANION_CONFIG] = { "linux-base-%s", "linux-modules-%s", "linux-image-%s",
				  "linux-image-%s-unsigned", "linux-image-unsigned-%s" },
	[KS_COMPANION_MODULES] = { "linux-modules-%s" },
};

static bool begins(const char *text, size_t len, const char *with)
{
	size_t n = strlen(with);
	return len > n && memcmp(text, with, n) == 0;
}

static bool ends(const char *text, size_t len, const char *with)
{
	size_t n = strlen(with);
	return len > n && memcmp(text + len - n, with, n) == 0;
}

/** Length of the prefix that says that a package has a kernel; 0: it has none. */
static size_t prefix_len(const char *name, size_t len)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(prefixes); i++)
		if (begins(name, len, prefixes[i]))
			return strlen(prefixes[i]);
	return 0;
}

static bool has_debug_info(const char *name, size_t len)
{
	return ends(name, len, "-dbg") || ends(name, len, "-dbgsym");
}

bool ks_kernel_package_is(const struct ks_stanza *stanza)
{
	return prefix_len(stanza->name, stanza->name_len) &&
	       !ends(stanza->name, stanza->name_len, "-signed-template");
}

const char *ks_kernel_package_release(const char *name, size_t len, size_t *release_len)
{
	size_t prefix = prefix_len(name, len);
	const char *release = name + prefix;
	if (!prefix || !isdigit((unsigned char)*release))
		return NULL;
	len -= prefix;
	for (size_t i = 0; i < KS_ARRAY_LEN(suffixes); i++)
		if (ends(release, len, suffixes[i])) {
			len -= strlen(suffixes[i]);
			break;
		}
	*release_len = len;
	return release;
}

/** The name of a package of a release. @return false when it is too long to be one */
__attribute__((__format__(__printf__, 3, 0))) static bool
package_name(char *name, size_t size, const char *pattern, const char *release, size_t len)
{
	char text[128];
	if (len >= sizeof(text))
		return false;
	memcpy(text, release, len);
	text[len] = '\0';
	int n = snprintf(name, size, pattern, text);
	return n > 0 && (size_t)n < size;
}

/** The first package of a release by some patterns. @param skip this one is no answer; may be NULL */
static struct ks_error *find_first(struct ks_lookup *lookup, const char *const *patterns, size_t nr,
				   const char *release, size_t len, const char *version,
				   const struct ks_stanza *skip, struct ks_found *ret)
{
	*ret = (struct ks_found){ 0 };
	for (size_t i = 0; i < nr && patterns[i] && !ret->stanza.text; i++) {
		char name[256];
		if (!package_name(name, sizeof(name), patterns[i], release, len) ||
		    (skip && strlen(name) == skip->name_len &&
		     memcmp(name, skip->name, skip->name_len) == 0))
			continue;
		KS_TRY(ks_lookup_find_name(lookup, name, version, ret));
	}
	return NULL;
}

/* ---- packages that stand for others ---- */

/** A relation of a Depends field: "NAME (= VERSION)", the first of its alternatives. */
struct relation {
	const char *name;
	size_t len;
	char version[128]; // empty: any
};

/** @param text at the beginning of a relation @return behind its end, or NULL when it was the last */
static const char *read_relation(const char *text, struct relation *ret)
{
	text += strspn(text, " ");
	size_t whole = strcspn(text, ",\r\n"), first = strcspn(text, "|,\r\n");
	ret->name = text;
	ret->len = strcspn(text, " (|,:\r\n");
	ret->version[0] = '\0';
	const char *bracket = memchr(text, '(', first);
	if (!bracket || sscanf(bracket, "(= %127[^) ]", ret->version) != 1)
		ret->version[0] = '\0';
	return text[whole] == ',' ? text + whole + 1 : NULL;
}

/** The package with a kernel that another one depends on; with debug information when that has it. */
static bool depends_on_kernel(const struct ks_stanza *stanza, struct relation *ret)
{
	bool debug = has_debug_info(stanza->name, stanza->name_len);
	for (const char *at = ks_stanza_value(stanza->text, "Depends"); at;) {
		at = read_relation(at, ret);
		if (prefix_len(ret->name, ret->len) && has_debug_info(ret->name, ret->len) == debug)
			return true;
	}
	return false;
}

enum ks_kernel_package_role ks_kernel_package_role(const struct ks_stanza *stanza)
{
	struct relation relation;
	if (depends_on_kernel(stanza, &relation))
		return KS_KERNEL_PACKAGE_STANDS;
	return has_debug_info(stanza->name, stanza->name_len) ? KS_KERNEL_PACKAGE_DEBUG
							      : KS_KERNEL_PACKAGE_BOOTS;
}

bool ks_kernel_package_of(const struct ks_stanza *stanza, const char **release, size_t *len)
{
	struct relation relation;
	const char *at = NULL;
	if (depends_on_kernel(stanza, &relation))
		at = ks_kernel_package_release(relation.name, relation.len, len);
	if (!at)
		at = ks_kernel_package_release(stanza->name, stanza->name_len, len);
	*release = at ? at : *release;
	return at;
}

struct ks_error *ks_kernel_package_follow(struct ks_lookup *lookup, struct ks_found *found)
{
	struct relation relation;
	for (int i = 0; i < FOLLOWED_MAX && depends_on_kernel(&found->stanza, &relation); i++) {
		struct ks_found next;
		KS_TRY(ks_lookup_find(lookup, relation.name, relation.len,
				      relation.version[0] ? relation.version : NULL, &next));
		if (!next.stanza.text)
			return ks_error_new(KS_ERR_NOTFOUND,
					    "%.*s stands for %.*s, which is not there",
					    (int)found->stanza.name_len, found->stanza.name,
					    (int)relation.len, relation.name);
		*found = next;
	}
	return NULL;
}

struct ks_error *ks_kernel_package_choose(struct ks_lookup *lookup, const char *word,
					  struct ks_found *ret)
{
	size_t len = strcspn(word, "=");
	const char *version = word[len] ? word + len + 1 : NULL;
	KS_TRY(ks_lookup_find(lookup, word, len, version, ret));
	if (!ret->stanza.text && isdigit((unsigned char)*word))
		KS_TRY(find_first(lookup, kernels, KS_ARRAY_LEN(kernels), word, len, version, NULL,
				  ret));
	if (ret->stanza.text)
		return ks_kernel_package_follow(lookup, ret);
	_cleanup_free_ char *name = strndup(word, len);
	return name ? ks_lookup_nothing(lookup, name, version) : &ks_nomem;
}

struct ks_error *ks_kernel_package_companion(struct ks_lookup *lookup,
					     const struct ks_found *kernel, enum ks_companion what,
					     struct ks_found *ret)
{
	*ret = (struct ks_found){ 0 };
	size_t len;
	const struct ks_stanza *stanza = &kernel->stanza;
	const char *release = ks_kernel_package_release(stanza->name, stanza->name_len, &len);
	_cleanup_free_ char *version = ks_stanza_field(stanza->text, "Version");
	if (!release || !version)
		return NULL;
	return find_first(lookup, companions[what], CANDIDATES_MAX, release, len, version, stanza,
			  ret);
}
