/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/pull_list.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "source/net/pull_list.h"
#include "source/net/repo_kind.h"
#include "source/net/set_kernels.h"
#include "source/net/suites_share.h"

/* ---- the kernels of an archive ---- */

/** Patterns of releases and packages. */
struct globs {
	const char *const *at;
	int nr;
};

static bool is_wanted(const struct ks_pull_kernel *kernel, const struct globs *globs)
{
	bool wanted = globs->nr == 0;
	for (int i = 0; i < globs->nr && !wanted; i++)
		wanted = fnmatch(globs->at[i], kernel->release, 0) == 0 ||
			 (kernel->name && fnmatch(globs->at[i], kernel->name, 0) == 0);
	return wanted;
}

/** Keep what is wanted. @param only those of a set; NULL: any */
static void filter(struct ks_pull_list *list, const struct globs *globs,
		   const struct ks_set_kernels *only)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->kernels.len; i++)
		if (is_wanted(&list->kernels.at[i], globs) &&
		    (!only || ks_set_kernels_have(only, list->kernels.at[i].release)))
			list->kernels.at[kept++] = list->kernels.at[i];
	list->kernels.len = kept;
}

/** @param width columns */
static void write_size(struct ks_buf *out, int width, uint64_t bytes)
{
	if (bytes)
		ks_buf_printf(out, "  %*.1f", width, (double)bytes / 1e6);
	else
		ks_buf_printf(out, "  %*s", width, "-");
}

static void write_table(const struct ks_pull_list *list, struct ks_buf *out)
{
	int release = (int)strlen("RELEASE"), version = (int)strlen("VERSION");
	for (size_t i = 0; i < list->kernels.len; i++) {
		int len = (int)strlen(list->kernels.at[i].release);
		release = len > release ? len : release;
		len = (int)strlen(list->kernels.at[i].version);
		version = len > version ? len : version;
	}
	ks_buf_printf(out, "%-*s  %-*s  %7s  %8s  %s\n", release, "RELEASE", version, "VERSION",
		      "MB", "DEBUG MB", "ALSO CALLED");
	for (size_t i = 0; i < list->kernels.len; i++) {
		const struct ks_pull_kernel *kernel = &list->kernels.at[i];
		size_t start = out->len;
		ks_buf_printf(out, "%-*s  %-*s", release, kernel->release, version,
			      kernel->version);
		write_size(out, 7, kernel->boots);
		write_size(out, 8, kernel->debug);
		if (kernel->name)
			ks_buf_printf(out, "  %s", kernel->name);
		ks_text_tail(out, start, KS_TEXT_LINE);
		ks_buf_char(out, '\n');
	}
}

static void write_json(const struct ks_pull_list *list, struct ks_json *json)
{
	for (size_t i = 0; i < list->kernels.len; i++) {
		const struct ks_pull_kernel *kernel = &list->kernels.at[i];
		ks_json_open(json, '{');
		ks_json_key_str(json, "release", kernel->release);
		ks_json_key_str(json, "version", kernel->version);
		ks_json_key_u64(json, "bytes", kernel->boots);
		ks_json_key_u64(json, "debug_bytes", kernel->debug);
		ks_json_key_str(json, "package", kernel->name);
		ks_json_close(json, '}');
	}
}

/* ---- the sets ---- */

static void write_set(const struct ks_set *set, struct ks_buf *out)
{
	size_t start = out->len;
	const char *server = set->server ? set->server : set->mirrors;
	ks_buf_printf(out, "%-20s  %-18s  %-6s  %-5s  %s: ", set->name,
		      set->alias ? set->alias : "", ks_repo_kind_name(set->kind),
		      set->tried ? "yes" : "no", server ? server : "the servers of apt");
	for (const char *at = set->suites; *at; at++)
		ks_buf_printf(out, *at == ',' ? ", " : "%c", *at);
	ks_text_tail(out, start, KS_TEXT_LINE);
	ks_buf_char(out, '\n');
}

/** Above the kernels of a set, apart from what stands there. */
static void write_title(const struct ks_set *set, struct ks_buf *out)
{
	ks_buf_str(out, out->len ? "\n" : "");
	size_t start = out->len;
	ks_buf_printf(out, "%s%s", set->name, set->tried ? "" : " (not tried)");
	ks_text_tail(out, start, KS_TEXT_LINE);
	ks_buf_char(out, '\n');
}

static void write_set_json(const struct ks_set *set, struct ks_json *json)
{
	ks_json_open(json, '{');
	ks_json_key_str(json, "name", set->name);
	ks_json_key_str(json, "alias", set->alias);
	ks_json_key_str(json, "archive", ks_repo_kind_name(set->kind));
	ks_json_key_str(json, "server", set->server);
	ks_json_key_str(json, "mirrors", set->mirrors);
	ks_json_key_str(json, "suites", set->suites);
	ks_json_key(json, "rolling");
	ks_json_bool(json, set->rolling);
	ks_json_key(json, "tried");
	ks_json_bool(json, set->tried);
	ks_json_close(json, '}');
}

/** What is printed: a table for each archive, or one array. */
struct listing {
	struct ks_cli *cli;
	struct globs globs;
	struct ks_buf out;
	struct ks_json json;
};

/** @param only NULL: all kernels of the archive */
static struct ks_error *list_archive(struct listing *listing, const struct ks_pull_opts *opts,
				     const struct ks_set_kernels *only)
{
	_cleanup_pull_list_ struct ks_pull_list list = { 0 };
	struct ks_draw_job job = { .draw = &listing->cli->draw, .target = "kernels" };
	const struct ks_progress progress = { .fn = ks_draw_bytes, .arg = &job };
	KS_TRY(ks_pull_list(opts, &progress, &list));
	ks_draw_erase(&listing->cli->draw);
	filter(&list, &listing->globs, only);
	if (!list.kernels.len)
		return ks_error_new(KS_ERR_NOTFOUND, listing->globs.nr ? "no kernel there matches"
								       : "no kernel there");
	if (listing->cli->json)
		write_json(&list, &listing->json);
	else
		write_table(&list, &listing->out);
	return NULL;
}

static struct ks_error *list_set(struct listing *listing, const struct ks_sets *sets,
				 const char *word, const struct ks_pull_opts *opts)
{
	_cleanup_set_kernels_ struct ks_set_kernels kernels = { 0 };
	const struct ks_set_extent all = { .last = UINT_MAX };
	struct ks_set_wish wish;
	KS_TRY(ks_sets_find(sets, word, &wish));
	if (wish.flavour_len)
		KS_TRY(ks_set_kernels(&wish, &all, opts, NULL, &kernels));
	else
		KS_TRY(ks_set_archive(&wish, opts, &kernels));
	if (!listing->cli->json)
		write_title(wish.set, &listing->out);
	return ks_error_wrap(
		list_archive(listing, &kernels.pull, wish.flavour_len ? &kernels : NULL), "%s",
		word);
}

static void list_sets(struct listing *listing, const struct ks_sets *sets)
{
	if (!listing->cli->json)
		ks_buf_printf(&listing->out, "%-20s  %-18s  %-6s  %-5s  %s\n", "SET", "ALSO CALLED",
			      "KIND", "TRIED", "FROM");
	for (size_t i = 0; i < sets->list.len; i++)
		if (listing->cli->json)
			write_set_json(&sets->list.at[i], &listing->json);
		else
			write_set(&sets->list.at[i], &listing->out);
	if (!listing->cli->json)
		ks_buf_str(&listing->out, "\n'ksurf pull --list SET' lists its kernels, "
					  "'ksurf pull --list \"*\"' those of apt's suites.\n");
}

static struct ks_error *list_all(struct listing *listing, const struct ks_sets *sets,
				 const struct ks_pull_opts *opts, char *const *words, int nr)
{
	bool has_set = false;
	if (!nr && !opts->mirror && !opts->suite) { // no archive is meant
		list_sets(listing, sets);
		return NULL;
	}
	for (int i = 0; i < nr; i++) {
		if (!ks_sets_may_be(sets, words[i]))
			continue;
		has_set = true;
		KS_TRY(list_set(listing, sets, words[i], opts));
	}
	if (has_set)
		return NULL;
	struct ks_error *err = list_archive(listing, opts, NULL);
	for (int i = 0; i < nr && err && err->code == KS_ERR_NOTFOUND; i++) {
		const char *set = ks_sets_of_series(sets, words[i]);
		if (!set)
			continue;
		ks_error_free(err);
		return ks_error_new(KS_ERR_NOTFOUND, "no kernel there matches; did you mean %s?",
				    set);
	}
	return err;
}

struct ks_error *ks_cli_pull_list(struct ks_cli *cli, const struct ks_pull_opts *opts,
				  char *const *words, int nr)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	_cleanup_free_ const char **globs = calloc((size_t)nr + 1, sizeof(*globs));
	struct listing listing = { .cli = cli, .globs = { globs, 0 } };
	if (!globs)
		return &ks_nomem;
	KS_TRY(ks_sets_load(&sets));
	for (int i = 0; i < nr; i++)
		if (!ks_sets_may_be(&sets, words[i]))
			globs[listing.globs.nr++] = words[i];
	listing.json = ks_json_to(&listing.out, 2);
	if (cli->json)
		ks_json_open(&listing.json, '[');
	struct ks_pull_opts pull = *opts;
	pull.shared = ks_suites_share();
	struct ks_error *err =
		pull.shared ? list_all(&listing, &sets, &pull, words, nr) : &ks_nomem;
	ks_suites_unshare(pull.shared);
	if (!err && cli->json)
		ks_json_close(&listing.json, ']');
	if (!err)
		err = ks_buf_error(&listing.out);
	if (!err)
		ks_cli_print(&listing.out, cli->json ? "\n" : "");
	ks_buf_deinit(&listing.out);
	return err;
}
