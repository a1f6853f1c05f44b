/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/set_kernels.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "base/memory.h"
#include "source/net/apt.h"
#include "source/net/kernel_package.h"
#include "source/net/lookup.h"

/* ---- where ---- */

/** The machines whose packages are on the main server of archives that have two. */
static bool is_on_main_server(const char *arch)
{
	return strcmp(arch, "amd64") == 0 || strcmp(arch, "i386") == 0;
}

/** A text of the table with the machine in place of {uname}, as uname -m prints it. */
static const char *for_machine(struct ks_set_kernels *kernels, const char *text)
{
	static const char word[] = "{uname}";
	const struct ks_arch *arch = ks_arch_by_debian(kernels->pull.arch);
	_cleanup_buf_ struct ks_buf out = { 0 };
	for (const char *at; (at = strstr(text, word)); text = at + sizeof(word) - 1) {
		ks_buf_bytes(&out, text, (size_t)(at - text));
		ks_buf_str(&out, arch ? arch->uname[0] : kernels->pull.arch);
	}
	ks_buf_str(&out, text);
	const char *whole = ks_buf_text(&out);
	return whole ? ks_arena_strdup(&kernels->arena, whole) : NULL;
}

/** Where packages with debug information are in suites of their own, ask those, too. */
static struct ks_error *add_debug_suites(const struct ks_set *set, const struct ks_pull_opts *opts,
					 struct ks_set_kernels *kernels)
{
	if (!set->debug_suites || opts->suite)
		return NULL;
	const char *more = for_machine(kernels, set->debug_suites);
	char *both = more ? ks_arena_alloc(&kernels->arena,
					   strlen(kernels->pull.suite) + strlen(more) + 2)
			  : NULL;
	if (!both)
		return &ks_nomem;
	sprintf(both, "%s,%s", kernels->pull.suite, more);
	kernels->pull.suite = both;
	return NULL;
}

struct ks_error *ks_set_archive(const struct ks_set_wish *wish, const struct ks_pull_opts *opts,
				struct ks_set_kernels *ret)
{
	_cleanup_set_kernels_ struct ks_set_kernels kernels = { .pull = *opts };
	_cleanup_free_ char *native = NULL;
	const struct ks_set *set = wish->set;
	struct ks_pull_opts *pull = &kernels.pull;
	if (wish->arch_len)
		pull->arch = ks_arena_strndup(&kernels.arena, wish->arch, wish->arch_len);
	else if (!opts->arch && (native = ks_apt_native_arch()))
		pull->arch = ks_arena_strdup(&kernels.arena, native);
	pull->set = pull->arch ? ks_set_wish_name(&kernels.arena, wish, pull->arch) : NULL;
	if (!pull->set)
		return &ks_nomem;
	pull->kind = set->kind;
	// Alpine's lists have no checksums of whole packages, signed or not
	pull->signs_packages =
		!opts->allow_unsigned && (set->signs_packages || set->kind == KS_REPO_APK);
	pull->suite = opts->suite ? opts->suite : for_machine(&kernels, set->suites);
	if (!pull->suite)
		return &ks_nomem;
	const char *server =
		set->ports && !is_on_main_server(pull->arch) ? set->ports : set->server;
	if (!opts->mirror && (server || set->mirrors)) { // the table does not live as long
		pull->mirror = server ? for_machine(&kernels, server) : NULL;
		pull->mirrors = set->mirrors ? for_machine(&kernels, set->mirrors) : NULL;
		bool has_keys = set->keyring && !opts->keyring && !opts->allow_unsigned;
		if (has_keys)
			pull->keyring = for_machine(&kernels, set->keyring);
		if ((server && !pull->mirror) || (set->mirrors && !pull->mirrors) ||
		    (has_keys && !pull->keyring))
			return &ks_nomem;
	}
	*ret = kernels;
	kernels = (struct ks_set_kernels){ 0 };
	return NULL;
}

/* ---- which package stands for the newest ---- */

/** A pattern with its words filled in; a dash beside an empty one is left out. */
static void fill_in(const char *pattern, const struct ks_set_wish *wish, const char *machine,
		    struct ks_buf *out)
{
	const char *flavour = wish->flavour_len ? wish->flavour : wish->set->flavour;
	size_t flavour_len = wish->flavour_len ? wish->flavour_len : flavour ? strlen(flavour) : 0;
	const struct {
		const char *key, *text;
		size_t len;
	} words[] = { { "{flavour}", flavour, flavour_len },
		      { "{machine}", machine, strlen(machine) } };
	out->len = 0;
	for (const char *at = pattern; *at;) {
		size_t i = 0;
		while (i < KS_ARRAY_LEN(words) &&
		       strncmp(at, words[i].key, strlen(words[i].key)) != 0)
			i++;
		if (i == KS_ARRAY_LEN(words)) {
			ks_buf_char(out, *at++);
			continue;
		}
		ks_buf_bytes(out, words[i].text, words[i].len);
		at += strlen(words[i].key);
		if (!words[i].len && out->len && out->at[out->len - 1] == '-')
			out->len--;
	}
}

/** Look one name up, with debug information when that is wanted and there. @param debug the name of that; NULL: not wanted */
static struct ks_error *find_named(struct ks_lookup *lookup, struct ks_buf *name,
				   struct ks_buf *debug, struct ks_found *ret)
{
	*ret = (struct ks_found){ 0 };
	if (debug)
		KS_TRY(ks_buf_text(debug) ? ks_lookup_find_name(lookup, debug->at, NULL, ret)
					  : &ks_nomem);
	if (ret->stanza.text)
		return NULL;
	return ks_buf_text(name) ? ks_lookup_find_name(lookup, name->at, NULL, ret) : &ks_nomem;
}

struct ks_error *ks_set_find_standing(struct ks_lookup *lookup, const struct ks_set_wish *wish,
				      const char *arch, bool debug, struct ks_found *ret)
{
	*ret = (struct ks_found){ 0 };
	const struct ks_arch *row = ks_arch_by_debian(arch);
	const char *machines[] = { arch, row ? row->flavors[0] : NULL, row ? row->flavors[1] : NULL,
				   "" };
	_cleanup_buf_ struct ks_buf name = { 0 }, debug_name = { 0 };
	for (size_t i = 0; i < KS_ARRAY_LEN(machines); i++) {
		bool is_last = i + 1 == KS_ARRAY_LEN(machines);
		if (!machines[i] || (is_last && !wish->flavour_len))
			continue;
		fill_in(wish->set->package, wish, machines[i], &name);
		fill_in(wish->set->debug ? wish->set->debug : wish->set->package, wish, machines[i],
			&debug_name);
		if (!wish->set->debug)
			ks_buf_str(&debug_name, "-dbg");
		KS_TRY(find_named(lookup, &name, debug ? &debug_name : NULL, ret));
		if (ret->stanza.text)
			return NULL;
	}
	return NULL;
}

static struct ks_error *nothing_stands(struct ks_lookup *lookup, const struct ks_set_wish *wish,
				       const char *arch)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	fill_in(wish->set->package, wish, arch, &name);
	return ks_buf_text(&name) ? ks_lookup_nothing(lookup, name.at, NULL) : &ks_nomem;
}

/* ---- the releases before it ---- */

enum { SPARES = 31 }; // older kernels, for when the newest is gone

/** A kernel of the same sort as the newest, and its package. */
struct kernel {
	const char *release, *name, *version;
};

struct gathering {
	struct ks_lookup *lookup;
	const char *before; // of another archive than Debian's: what must stand before the release
	size_t before_len;
	const char *release; // of the newest, with its length
	size_t len;
	enum ks_kernel_package_role role;
	bool any_series;
	struct ks_arena *arena;
	KS_VECTOR(struct kernel) kernels;
};

static bool is_after(const struct gathering *g, const char *release)
{
	_cleanup_free_ char *newest = strndup(g->release, g->len);
	return newest && ks_repo_version_compare(ks_lookup_kind(g->lookup), release, newest) > 0;
}

static bool is_alike(const struct gathering *g, const char *release, size_t len)
{
	size_t tail, own_tail;
	const char *at = ks_kernel_package_tail(release, len, &tail),
		   *own = ks_kernel_package_tail(g->release, g->len, &own_tail);
	return (g->any_series || ks_kernel_package_same_series(g->release, release)) &&
	       tail == own_tail && memcmp(at, own, tail) == 0;
}

static struct ks_error *gather(void *arg, const struct ks_found *found)
{
	struct gathering *g = arg;
	const struct ks_stanza *stanza = &found->stanza;
	const char *release, *version = ks_stanza_value(stanza->text, "Version");
	size_t len;
	if (!ks_kernel_package_is(stanza) || !version ||
	    ks_kernel_package_role(stanza) != g->role ||
	    !ks_kernel_package_of(stanza, &release, &len) || !is_alike(g, release, len))
		return NULL;
	if (g->before && ((size_t)(release - stanza->name) != g->before_len ||
			  memcmp(stanza->name, g->before, g->before_len) != 0))
		return NULL; // kernel-rt-core is not kernel-core
	const struct kernel kernel = {
		.release = ks_arena_strndup(g->arena, release, len),
		.name = ks_arena_strndup(g->arena, stanza->name, stanza->name_len),
		.version = ks_arena_strndup(g->arena, version, strcspn(version, "\r\n")),
	};
	if (!kernel.release || !kernel.name || !kernel.version)
		return &ks_nomem;
	if (g->any_series && !ks_kernel_package_same_series(g->release, release) &&
	    is_after(g, kernel.release))
		return NULL; // what stands for the newest has not gone on to it
	return ks_vector_add(&g->kernels, kernel) ? NULL : &ks_nomem;
}

/** Newest first; of one release the newest package, and of signed and unsigned ones the signed. */
static int compare_kernels(const void *left, const void *right, void *arg)
{
	const struct kernel *a = left, *b = right;
	const enum ks_repo_kind *kind = arg;
	int diff = ks_repo_version_compare(*kind, b->release, a->release);
	if (!diff)
		diff = ks_repo_version_compare(*kind, b->version, a->version);
	if (!diff)
		diff = !!strstr(a->name, "unsigned") - !!strstr(b->name, "unsigned");
	return diff;
}

static struct ks_error *add_package(struct ks_set_kernels *kernels, const char *name,
				    size_t name_len, const char *version, size_t version_len)
{
	char *package = ks_arena_alloc(&kernels->arena, name_len + version_len + 2);
	if (!package)
		return &ks_nomem;
	sprintf(package, "%.*s=%.*s", (int)name_len, name, (int)version_len, version);
	return ks_vector_add(&kernels->packages, package) ? NULL : &ks_nomem;
}

/** Add the newest kernels, with those that are there already up to a number. */
static struct ks_error *add_last(struct gathering *g, unsigned int last,
				 struct ks_set_kernels *kernels)
{
	enum ks_repo_kind kind = ks_lookup_kind(g->lookup);
	struct ks_error *err = ks_lookup_walk(g->lookup, gather, g);
	if (!err && g->kernels.len)
		qsort_r(g->kernels.at, g->kernels.len, sizeof(*g->kernels.at), compare_kernels,
			&kind);
	for (size_t i = 0; !err && i < g->kernels.len && kernels->packages.len < last; i++) {
		const struct kernel *kernel = &g->kernels.at[i];
		if (ks_set_kernels_have(kernels, kernel->release))
			continue;
		err = add_package(kernels, kernel->name, strlen(kernel->name), kernel->version,
				  strlen(kernel->version));
	}
	ks_vector_deinit(&g->kernels);
	return err;
}

static struct ks_error *add_newest(const struct ks_stanza *stanza, struct ks_set_kernels *kernels)
{
	const char *version = ks_stanza_value(stanza->text, "Version");
	if (!version)
		return ks_error_new(KS_ERR_DATA, "the list of packages has no version of %.*s",
				    (int)stanza->name_len, stanza->name);
	return add_package(kernels, stanza->name, stanza->name_len, version,
			   strcspn(version, "\r\n"));
}

/** @param newest the package that the archive calls the newest */
static struct ks_error *choose(struct gathering *g, const struct ks_stanza *newest,
			       unsigned int last, struct ks_set_kernels *kernels)
{
	if (last <= 1 || !g->release)
		KS_TRY(add_newest(newest, kernels));
	kernels->nr_wanted = kernels->packages.len;
	if (last == 1 || !g->release)
		return NULL;
	KS_TRY(add_last(g, last ? last : 1 + SPARES, kernels));
	if (last)
		kernels->nr_wanted = kernels->packages.len;
	return NULL;
}

/** "7.2" and "7.2-cloud" are flavours that stay with their series. */
static bool names_series(const struct ks_set_wish *wish)
{
	return wish->flavour_len && isdigit((unsigned char)*wish->flavour);
}

struct ks_error *ks_set_kernels(const struct ks_set_wish *wish, const struct ks_set_extent *extent,
				const struct ks_pull_opts *opts, const struct ks_progress *progress,
				struct ks_set_kernels *ret)
{
	_cleanup_set_kernels_ struct ks_set_kernels kernels = { 0 };
	_cleanup_lookup_ struct ks_lookup *lookup = NULL;
	struct ks_found found;
	KS_TRY(ks_set_archive(wish, opts, &kernels));
	if (extent->debug)
		KS_TRY(add_debug_suites(wish->set, opts, &kernels));
	KS_TRY(ks_lookup_open(&kernels.pull, progress, &lookup));
	KS_TRY(ks_set_find_standing(lookup, wish, kernels.pull.arch, extent->debug, &found));
	if (!found.stanza.text)
		return nothing_stands(lookup, wish, kernels.pull.arch);
	KS_TRY(ks_kernel_package_follow(lookup, &found));
	struct gathering g = {
		.lookup = lookup,
		.role = ks_kernel_package_role(&found.stanza),
		.any_series = wish->set->rolling && !names_series(wish),
		.arena = &kernels.arena,
	};
	g.release = ks_kernel_package_release(found.stanza.name, found.stanza.name_len, &g.len);
	if (g.release && kernels.pull.kind != KS_REPO_DEB) {
		g.before = found.stanza.name;
		g.before_len = (size_t)(g.release - found.stanza.name);
	}
	KS_TRY(choose(&g, &found.stanza, extent->last, &kernels));
	*ret = kernels;
	kernels = (struct ks_set_kernels){ 0 };
	return NULL;
}

static struct ks_error *expand(const char *word, const struct ks_set_extent *extent,
			       const struct ks_pull_opts *opts, const struct ks_progress *progress,
			       bool *is_set, struct ks_set_kernels *ret)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	struct ks_set_wish wish;
	KS_TRY(ks_sets_load(&sets));
	*is_set = ks_sets_may_be(&sets, word);
	if (!*is_set)
		return NULL;
	KS_TRY(ks_sets_find(&sets, word, &wish));
	return ks_error_wrap(ks_set_kernels(&wish, extent, opts, progress, ret), "%s", word);
}

struct ks_error *ks_set_expand(const char *word, const struct ks_set_extent *extent,
			       const struct ks_pull_opts *opts, const struct ks_progress *progress,
			       bool *is_set, struct ks_set_kernels *ret)
{
	const struct ks_transport *transport = opts->http.transport;
	*is_set = false;
	if (!transport)
		return expand(word, extent, opts, progress, is_set, ret);
	KS_TRY(transport->expand(transport->arg, word, extent, progress, is_set, ret));
	const char *set = ret->pull.set;
	if (*is_set)
		ret->pull = *opts;
	ret->pull.set = set;
	return NULL;
}

bool ks_set_kernels_have(const struct ks_set_kernels *kernels, const char *release)
{
	for (size_t i = 0; i < kernels->packages.len; i++) {
		const char *package = kernels->packages.at[i];
		size_t len;
		const char *own = ks_kernel_package_release(package, strcspn(package, "="), &len);
		if (own && strlen(release) == len && memcmp(own, release, len) == 0)
			return true;
	}
	return false;
}

void ks_set_kernels_deinit(struct ks_set_kernels *kernels)
{
	ks_arena_deinit(&kernels->arena);
	ks_vector_deinit(&kernels->packages);
}
