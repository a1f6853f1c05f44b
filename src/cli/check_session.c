/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/check_session.h"

#include <string.h>

#include "check/policy_source.h"
#include "cli/load.h"
#include "store/choose.h"

/** The images that the command line names, else those the policy does, else all. */
static struct ks_error *choose_images(const char *on, struct ks_check_session *checking,
				      struct ks_store_images *ret)
{
	const struct ks_policy *policy = checking->policy;
	_cleanup_buf_ struct ks_buf words = { 0 };
	for (size_t i = 0; !on && i < policy->on.nr; i++)
		ks_buf_printf(&words, "%s,", policy->on.at[i]);
	const char *all = ks_buf_text(&words);
	if (!all)
		return &ks_nomem;
	return ks_selection_words(&checking->session.sel, on ? on : all, &checking->arena, ret);
}

/** Put the running kernel into the store, unless it is there. @param[out] label of it, from the arena */
static struct ks_error *add_live(struct ks_cli *cli, struct ks_check_session *checking,
				 const char **label)
{
	const struct ks_extract_opts how = { .nr_threads = ks_cli_threads(cli) };
	_cleanup_session_ struct ks_session session = { 0 };
	_cleanup_surface_ struct ks_surface *surface = NULL;
	_cleanup_free_ char *note = NULL;
	struct ks_put_result result = { 0 };
	KS_TRY(ks_error_wrap(ks_load_live(NULL, &how, &surface, &note), "running kernel"));
	KS_TRY(ks_session_open(cli, KS_STORE_CREATE, &session));
	KS_TRY(ks_store_put(session.store, surface, how.nr_threads, &result));
	*label = ks_arena_strdup(&checking->arena, result.label);
	if (note && result.added && !cli->quiet)
		fprintf(stderr, "%s: %s\n", result.label, note);
	free(result.label);
	return *label ? NULL : &ks_nomem;
}

/** The words with the running kernel's label in place of "live" and "running". */
static struct ks_error *name_live(struct ks_cli *cli, struct ks_check_session *checking,
				  const char **words)
{
	_cleanup_buf_ struct ks_buf named = { 0 };
	const char *label = NULL;
	for (const char *at = *words; at && *at;) {
		size_t len = strcspn(at, ",");
		bool live = (len == 4 && memcmp(at, "live", 4) == 0) ||
			    (len == 7 && memcmp(at, "running", 7) == 0);
		if (live && !label)
			KS_TRY(add_live(cli, checking, &label));
		ks_buf_printf(&named, "%.*s,", live ? (int)strlen(label) : (int)len,
			      live ? label : at);
		at += len + (at[len] == ',');
	}
	if (!label)
		return ks_buf_error(&named);
	const char *text = ks_buf_text(&named);
	*words = text ? ks_arena_strdup(&checking->arena, text) : NULL;
	return *words ? NULL : &ks_nomem;
}

/** What cannot be read is left out, and said. */
static void tell(void *arg, struct ks_error *err)
{
	ks_cli_fail(arg, err);
}

struct ks_error *ks_check_session_run(struct ks_cli *cli, const struct ks_check_session_opts *opts,
				      int nr_files, char **files, struct ks_check_session *checking)
{
	const char *on = opts->on;
	const struct ks_policy_source source = {
		.path = opts->policy,
		.beside = files[0],
		.here = true,
		.optional = opts->optional,
		.constants = opts->set,
	};
	KS_TRY(ks_policy_load(&source, &checking->policy));
	KS_TRY(name_live(cli, checking, &on));
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &checking->session));
	struct ks_session *session = &checking->session;
	KS_TRY(ks_selection_choose(&session->sel, session->store, on ? "*" : NULL));
	KS_TRY(ks_selection_group(&session->sel, session->store));
	struct ks_store_images images;
	KS_TRY(choose_images(on, checking, &images));
	struct ks_check_options options = {
		.policy = checking->policy,
		.modules = opts->modules || checking->policy->modules,
		.nr_threads = ks_cli_threads(cli),
	};
	const char *base = opts->base ? opts->base : checking->policy->base;
	bool exact;
	if (base)
		KS_TRY(ks_selection_pick(&session->sel, base, &options.base, &exact));
	const char *const *paths = (const char *const *)files;
	KS_TRY(ks_check_inputs_open(paths, (size_t)nr_files, tell, cli, &checking->inputs));
	return ks_check_run(session->store, &images, checking->inputs.at, checking->inputs.nr,
			    &options, &checking->check);
}

void ks_check_session_deinit(struct ks_check_session *checking)
{
	ks_check_free(checking->check);
	ks_check_inputs_deinit(&checking->inputs);
	ks_policy_free(checking->policy);
	ks_session_close(&checking->session);
	ks_arena_deinit(&checking->arena);
}
