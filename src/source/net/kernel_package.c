/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "source/net/kernel_package.h"
#include "source/package/kernel_name.h"

enum {
	FOLLOWED_MAX = 8,   // packages that stand for another one, one behind the other
	CANDIDATES_MAX = 6, // packages that may have one thing
};

/** Where the kernel of a release may be, and what may be apart from it, in the order to try; %s is the release. */
static const char *const kernels[KS_NR_REPO_KINDS][CANDIDATES_MAX] = {
	[KS_REPO_DEB] = { "linux-image-%s", "linux-image-unsigned-%s", "linux-image-%s-unsigned",
			  "linux-binary-%s", "linux-binary-unsigned-%s" },
	[KS_REPO_RPM] = { "kernel-core-%s", "kernel-uek-core-%s", "kernel-%s", "kernel-uek-%s" },
	[KS_REPO_PACMAN] = { "linux-%s", "linux-lts-%s" },
	[KS_REPO_APK] = { "linux-lts-%s", "linux-virt-%s" },
};
static const char *const companions[][CANDIDATES_MAX] = {
	[KS_COMPANION_CONFIG] = { "linux-base-%s", "linux-modules-%s", "linux-image-%s",
				  "linux-image-%s-unsigned", "linux-image-unsigned-%s" },
	[KS_COMPANION_MODULES] = { "linux-modules-%s" },
};
/** The same where the name of the kernel itself goes in front of these: "kernel-rt" and "-core". */
static const char *const companion_tails[][CANDIDATES_MAX] = {
	[KS_COMPANION_CONFIG] = { "-core", "" },
	[KS_COMPANION_MODULES] = { "-modules-core", "-modules" },
};

/** Take the name of a package apart that has a kernel, or stands for one that has. @return false: it is none */
static bool read_name(const char *name, size_t len, struct ks_kernel_name *ret)
{
	return ks_kernel_name_read(name, len, ret) && ret->role != KS_KERNEL_CONFIG;
}

bool ks_kernel_package_is(const struct ks_stanza *stanza)
{
	static const char template[] = "-signed-template"; // what signed packages are made from
	const size_t n = sizeof(template) - 1;
	struct ks_kernel_name name;
	return read_name(stanza->name, stanza->name_len, &name) &&
	       (name.len < n || memcmp(name.kernel + name.len - n, template, n) != 0);
}

const char *ks_kernel_package_release(const char *name, size_t len, size_t *release_len)
{
	struct ks_kernel_name read;
	if (!read_name(name, len, &read) || !isdigit((unsigned char)*read.kernel))
		return NULL;
	*release_len = read.len;
	return read.kernel;
}

size_t ks_kernel_package_series(const char *release)
{
	size_t major = strspn(release, "0123456789");
	return release[major] == '.' ? major + 1 + strspn(release + major + 1, "0123456789")
				     : major;
}

bool ks_kernel_package_same_series(const char *a, const char *b)
{
	size_t len = ks_kernel_package_series(a);
	return ks_kernel_package_series(b) == len && memcmp(a, b, len) == 0;
}

const char *ks_kernel_package_tail(const char *release, size_t len, size_t *tail_len)
{
	const char *end = release + len, *at = release + strspn(release, "0123456789.");
	at = at < end ? memchr(at + 1, '-', (size_t)(end - at - 1)) : NULL;
	*tail_len = at ? (size_t)(end - at - 1) : 0;
	return at ? at + 1 : end;
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
	struct ks_kernel_name own, other;
	if (!read_name(stanza->name, stanza->name_len, &own))
		own.role = KS_KERNEL_IMAGE; // linux-generic
	for (const char *at = ks_stanza_value(stanza->text, "Depends"); at;) {
		at = read_relation(at, ret);
		if (read_name(ret->name, ret->len, &other) && other.role == own.role)
			return true;
	}
	return false;
}

enum ks_kernel_package_role ks_kernel_package_role(const struct ks_stanza *stanza)
{
	struct relation relation;
	if (depends_on_kernel(stanza, &relation))
		return KS_KERNEL_PACKAGE_STANDS;
	struct ks_kernel_name name;
	bool debug =
		read_name(stanza->name, stanza->name_len, &name) && name.role == KS_KERNEL_DEBUG;
	return debug ? KS_KERNEL_PACKAGE_DEBUG : KS_KERNEL_PACKAGE_BOOTS;
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
		KS_TRY(find_first(lookup, kernels[ks_lookup_kind(lookup)], CANDIDATES_MAX, word,
				  len, version, NULL, ret));
	if (ret->stanza.text)
		return ks_kernel_package_follow(lookup, ret);
	_cleanup_free_ char *name = strndup(word, len);
	return name ? ks_lookup_nothing(lookup, name, version) : &ks_nomem;
}

/** Length of "kernel-rt" of "kernel-rt-debuginfo". */
static size_t base_len(const char *name, size_t len)
{
	static const char *const tails[] = { "-core", "-debuginfo" };
	for (size_t i = 0; i < KS_ARRAY_LEN(tails); i++) {
		size_t n = strlen(tails[i]);
		if (len > n && memcmp(name + len - n, tails[i], n) == 0)
			return len - n;
	}
	return len;
}

/** A package of RPM's kind, with the same name in front. @param before length of the name and a dash, up to the release */
static struct ks_error *find_beside(struct ks_lookup *lookup, const struct ks_stanza *kernel,
				    size_t before, enum ks_companion what, const char *version,
				    struct ks_found *ret)
{
	size_t base = base_len(kernel->name, before - 1);
	const char *const *tails = companion_tails[what];
	for (size_t i = 0; i < CANDIDATES_MAX && tails[i]; i++) {
		_cleanup_buf_ struct ks_buf name = { 0 };
		ks_buf_bytes(&name, kernel->name, base);
		ks_buf_str(&name, tails[i]);
		ks_buf_bytes(&name, kernel->name + before - 1, kernel->name_len - before + 1);
		if (!ks_buf_text(&name))
			return &ks_nomem;
		if (name.len == kernel->name_len && memcmp(name.at, kernel->name, name.len) == 0)
			continue;
		KS_TRY(ks_lookup_find(lookup, name.at, name.len, version, ret));
		if (ret->stanza.text)
			return NULL;
	}
	return NULL;
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
	if (ks_lookup_kind(lookup) != KS_REPO_DEB)
		return find_beside(lookup, stanza, (size_t)(release - stanza->name), what, version,
				   ret);
	KS_TRY(find_first(lookup, companions[what], CANDIDATES_MAX, release, len, version, stanza,
			  ret));
	// in 7.x linux-image-RELEASE is empty: what it depends on is what there is
	if (ret->stanza.text && ks_kernel_package_role(&ret->stanza) == KS_KERNEL_PACKAGE_STANDS)
		*ret = (struct ks_found){ 0 };
	return NULL;
}
