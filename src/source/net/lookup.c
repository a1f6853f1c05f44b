/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "source/net/apt.h"
#include "source/net/kernel_package.h"
#include "source/net/lookup.h"
#include "source/net/suites_share.h"

enum { NAMED_MAX = 4 }; // packages that an error names

struct ks_lookup {
	const struct ks_pull_opts *opts;
	const struct ks_progress *progress;
	struct ks_suites_shared *shared;
	struct ks_suites *suites;    // which others may have, too
	bool asks_apt;		     // its own lists, before any server
	struct ks_packages from_apt; // what it told
	struct ks_error *lost; // the first list that could not be had from a server that was asked
};

static struct ks_error *check_opts(const struct ks_pull_opts *opts)
{
	if (opts->mirror && !opts->suite)
		return ks_error_new(KS_ERR_USAGE, "a mirror needs a suite, such as bookworm");
	if (opts->keyring && opts->allow_unsigned)
		return ks_error_new(KS_ERR_USAGE, "a keyring, and unsigned lists allowed: one of "
						  "them");
	if (opts->keyring && !opts->mirror && !opts->suite)
		return ks_error_new(KS_ERR_USAGE,
				    "a keyring needs a suite: without one apt decides "
				    "by its own keys");
	return NULL;
}

static struct ks_error *open_suites(struct ks_lookup *lookup)
{
	ks_suites_enter(lookup->suites, lookup->progress);
	struct ks_error *err = ks_suites_open(lookup->suites);
	ks_suites_leave(lookup->suites);
	return err;
}

struct ks_error *ks_lookup_open(const struct ks_pull_opts *opts, const struct ks_progress *progress,
				struct ks_lookup **ret)
{
	KS_TRY(check_opts(opts));
	KS_TRY(ks_progress_tell(progress, "resolving", 0, 0));
	_cleanup_lookup_ struct ks_lookup *lookup = calloc(1, sizeof(*lookup));
	if (!lookup)
		return &ks_nomem;
	lookup->opts = opts;
	lookup->progress = progress;
	lookup->shared = opts->shared;
	lookup->asks_apt = !opts->mirror && !opts->mirrors && !opts->suite;
	KS_TRY(ks_suites_take(opts->shared, opts, &lookup->suites));
	if (!lookup->asks_apt)
		KS_TRY(open_suites(lookup));
	*ret = ks_take(lookup);
	return NULL;
}

/* ---- finding ---- */

/** The name as apt takes it: NAME:ARCH=VERSION, without what is not asked for. NULL when memory runs out. */
static char *apt_name(const struct ks_lookup *lookup, const char *name, size_t len,
		      const char *version)
{
	const char *arch = lookup->opts->arch;
	char *full;
	if (asprintf(&full, "%.*s%s%s%s%s", (int)len, name, arch ? ":" : "", arch ? arch : "",
		     version ? "=" : "", version ? version : "") < 0)
		return NULL;
	return full;
}

static struct ks_error *find_by_apt(struct ks_lookup *lookup, const char *name, size_t len,
				    const char *version, struct ks_stanza *ret)
{
	_cleanup_free_ char *full = apt_name(lookup, name, len, version);
	_cleanup_buf_ struct ks_buf text = { 0 };
	if (!full)
		return &ks_nomem;
	KS_TRY(ks_apt_show(full, &text));
	size_t nr = lookup->from_apt.list.len;
	KS_TRY(ks_packages_add(&lookup->from_apt, &text));
	if (lookup->from_apt.list.len == nr)
		return NULL;
	const struct ks_stanza *first =
		&lookup->from_apt.list.at[nr]; // the one that apt would take
	if (first->name_len == len && memcmp(first->name, name, len) == 0)
		*ret = *first; // and no other: a name that apt does not know is a pattern to it
	return NULL;
}

static bool is_newer(enum ks_repo_kind kind, const struct ks_stanza *a, const struct ks_stanza *b)
{
	_cleanup_free_ char *version_a = ks_stanza_field(a->text, "Version");
	_cleanup_free_ char *version_b = ks_stanza_field(b->text, "Version");
	return version_a && version_b && ks_repo_version_compare(kind, version_a, version_b) > 0;
}

/** A list that a server fails to send is left to the others, where there are any, and remembered. */
static struct ks_error *pass_over(struct ks_lookup *lookup, struct ks_error *err)
{
	if (!err || err->code != KS_ERR_NET || ks_suites_nr(lookup->suites) < 2)
		return err;
	if (lookup->lost)
		ks_error_free(err);
	else
		lookup->lost = err;
	return NULL;
}

static struct ks_error *find_in_suites(struct ks_lookup *lookup, const char *name, size_t len,
				       const char *version, struct ks_found *ret)
{
	struct ks_suites *suites = lookup->suites;
	KS_TRY(ks_suites_open(suites));
	for (size_t i = 0; i < ks_suites_nr(suites); i++) {
		struct ks_found found = { .suite = ks_suites_at(suites, i) };
		KS_TRY(pass_over(lookup,
				 ks_suites_find(suites, i, name, len, version, &found.stanza)));
		if (found.stanza.text &&
		    (!ret->stanza.text ||
		     is_newer(lookup->opts->kind, &found.stanza, &ret->stanza)))
			*ret = found;
	}
	return NULL;
}

struct ks_error *ks_lookup_find(struct ks_lookup *lookup, const char *name, size_t len,
				const char *version, struct ks_found *ret)
{
	*ret = (struct ks_found){ 0 };
	if (lookup->asks_apt)
		KS_TRY(find_by_apt(lookup, name, len, version, &ret->stanza));
	// of an architecture that is not this machine's, apt may know servers and no lists
	if (ret->stanza.text || (lookup->asks_apt && !lookup->opts->arch))
		return NULL;
	ks_suites_enter(lookup->suites, lookup->progress);
	struct ks_error *err = find_in_suites(lookup, name, len, version, ret);
	ks_suites_leave(lookup->suites);
	return err;
}

struct ks_error *ks_lookup_find_name(struct ks_lookup *lookup, const char *name,
				     const char *version, struct ks_found *ret)
{
	return ks_lookup_find(lookup, name, strlen(name), version, ret);
}

static struct ks_error *apt_trusts(struct ks_lookup *lookup, const char *url, bool *ret)
{
	const struct ks_apt_repos *repos;
	ks_suites_enter(lookup->suites, lookup->progress);
	struct ks_error *err = ks_suites_repos(lookup->suites, &repos);
	*ret = !err && ks_apt_trusts(repos, url);
	ks_suites_leave(lookup->suites);
	return err;
}

/** By apt itself, which checks signatures when it updates its lists, unless it is told not to. */
static struct ks_error *remote_by_apt(struct ks_lookup *lookup, const struct ks_stanza *stanza,
				      struct ks_remote *ret)
{
	_cleanup_free_ char *version = ks_stanza_field(stanza->text, "Version");
	_cleanup_free_ char *name = apt_name(lookup, stanza->name, stanza->name_len, version);
	_cleanup_remote_ struct ks_remote remote = { 0 };
	if (!name)
		return &ks_nomem;
	KS_TRY(ks_apt_resolve(name, &remote));
	if (!lookup->opts->allow_unsigned) {
		bool trusts;
		KS_TRY(apt_trusts(lookup, remote.url, &trusts));
		if (!trusts)
			return ks_error_new(KS_ERR_DATA, "apt has it from a list that nobody "
							 "signed");
		if (!remote.sha256)
			return ks_error_new(KS_ERR_DATA, "apt has no SHA256 of it");
	}
	*ret = remote;
	remote = (struct ks_remote){ 0 };
	return NULL;
}

struct ks_error *ks_lookup_remote(struct ks_lookup *lookup, const struct ks_found *found,
				  struct ks_remote *ret)
{
	return found->suite ? ks_suite_remote(found->suite, &found->stanza, ret)
			    : remote_by_apt(lookup, &found->stanza, ret);
}

static struct ks_error *walk_suites(struct ks_lookup *lookup, ks_lookup_fn *fn, void *arg)
{
	struct ks_suites *suites = lookup->suites;
	KS_TRY(ks_suites_open(suites));
	if (!ks_suites_nr(suites))
		return ks_error_new(KS_ERR_NOTFOUND, "apt has no repository to ask: give a "
						     "mirror, a suite and an architecture");
	for (size_t i = 0; i < ks_suites_nr(suites); i++) {
		const struct ks_packages *packages = NULL;
		KS_TRY(pass_over(lookup, ks_suites_packages(suites, i, &packages)));
		for (size_t k = 0; packages && k < packages->list.len; k++)
			KS_TRY(fn(arg, &(const struct ks_found){ packages->list.at[k],
								 ks_suites_at(suites, i) }));
	}
	return NULL;
}

struct ks_error *ks_lookup_walk(struct ks_lookup *lookup, ks_lookup_fn *fn, void *arg)
{
	ks_suites_enter(lookup->suites, lookup->progress);
	struct ks_error *err = walk_suites(lookup, fn, arg);
	ks_suites_leave(lookup->suites);
	return err;
}

/* ---- what there is instead ---- */

/** Names of kernels, those first that begin like the one that was asked for. */
struct likely {
	const char *name;
	struct {
		struct ks_stanza stanza;
		size_t alike; // bytes
	} at[NAMED_MAX];
	size_t nr, seen;
};

static size_t bytes_alike(const char *name, const struct ks_stanza *stanza)
{
	size_t nr = 0;
	while (nr < stanza->name_len && name[nr] && name[nr] == stanza->name[nr])
		nr++;
	return nr;
}

/** Several suites may have a package. */
static bool is_named(const struct likely *likely, const struct ks_stanza *stanza)
{
	for (size_t i = 0; i < likely->nr; i++)
		if (likely->at[i].stanza.name_len == stanza->name_len &&
		    memcmp(likely->at[i].stanza.name, stanza->name, stanza->name_len) == 0)
			return true;
	return false;
}

static struct ks_error *note_likely(void *arg, const struct ks_found *found)
{
	struct likely *likely = arg;
	if (!ks_kernel_package_is(&found->stanza) || is_named(likely, &found->stanza))
		return NULL;
	size_t alike = bytes_alike(likely->name, &found->stanza), i = likely->nr;
	likely->seen++;
	while (i && likely->at[i - 1].alike < alike)
		i--;
	if (i == NAMED_MAX)
		return NULL;
	likely->nr += likely->nr < NAMED_MAX;
	memmove(&likely->at[i + 1], &likely->at[i], (likely->nr - 1 - i) * sizeof(likely->at[0]));
	likely->at[i].stanza = found->stanza;
	likely->at[i].alike = alike;
	return NULL;
}

struct ks_error *ks_lookup_nothing(struct ks_lookup *lookup, const char *name, const char *version)
{
	struct ks_remote remote = { 0 };
	if (lookup->asks_apt && !lookup->opts->arch) {
		_cleanup_free_ char *full = apt_name(lookup, name, strlen(name), version);
		struct ks_error *err = full ? ks_apt_resolve(full, &remote) : &ks_nomem;
		const char *slash = err ? NULL : strrchr(remote.url, '/');
		const char *file = slash ? slash + 1 : "another";
		if (!err) // names with dots are patterns to it
			err = ks_error_new(KS_ERR_NOTFOUND,
					   "no package is called just so; apt takes it for %.*s",
					   (int)strcspn(file, "_"), file);
		ks_remote_deinit(&remote);
		return err;
	}
	struct likely likely = { .name = name };
	struct ks_error *err = ks_lookup_walk(lookup, note_likely, &likely);
	if (err)
		return err;
	if (ks_lookup_lost(lookup))
		return ks_error_copy(ks_lookup_lost(lookup));
	_cleanup_buf_ struct ks_buf names = { 0 };
	for (size_t i = 0; i < likely.nr; i++)
		ks_buf_printf(&names, "%s%.*s", i ? ", " : "; it has ",
			      (int)likely.at[i].stanza.name_len, likely.at[i].stanza.name);
	if (likely.seen > likely.nr)
		ks_buf_str(&names, ", … (pull --list '*' shows all)");
	const char *text = ks_buf_text(&names);
	return ks_error_new(KS_ERR_NOTFOUND, "%s has no %s%s%s for %s%s",
			    ks_suite_name(ks_suites_at(lookup->suites, 0)), name,
			    version ? " of version " : "", version ? version : "",
			    ks_suites_arch(lookup->suites), text ? text : "");
}

const struct ks_error *ks_lookup_lost(const struct ks_lookup *lookup)
{
	return lookup->lost ? lookup->lost : ks_suites_left_out(lookup->suites);
}

enum ks_repo_kind ks_lookup_kind(const struct ks_lookup *lookup)
{
	return lookup->opts->kind;
}

void ks_lookup_close(struct ks_lookup *lookup)
{
	if (!lookup)
		return;
	ks_suites_drop(lookup->shared, lookup->suites);
	ks_packages_deinit(&lookup->from_apt);
	ks_error_free(lookup->lost);
	free(lookup);
}
