/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/check_session.h"

#include <string.h>
#include <unistd.h>

#include "check/policy_names.h"
#include "check/policy_source.h"
#include "cli/installed.h"
#include "ingest/ingest.h"
#include "store/choose.h"

/*
 * The word for the running kernel stays with the command: it writes to the user's store, which a check of the library never
 * does. A program does the same with ksurf_ingest() and KSURF_FROM_RUNNING.
 */

const char *const ks_btf_choices[] = { "kernel", "custom", NULL };

/** The running kernel on its way into the store. */
struct live {
	struct ks_cli *cli;
	struct ks_arena *arena;
	const char *label;   // in the store, from the arena
	struct ks_buf notes; // lines that are separated, not ended
};

static bool take_live(void *arg, const struct ks_ingest_event *event)
{
	struct live *live = arg;
	if (event->type == KS_INGEST_NOTE) {
		ks_buf_printf(&live->notes, "%s%s", live->notes.len ? "\n" : "", event->note);
		return true;
	}
	if (!event->put)
		return true;
	live->label = ks_arena_strdup(live->arena, event->label);
	bool told = event->put->added && !live->cli->quiet;
	const char *note = told && live->notes.len ? ks_buf_text(&live->notes) : NULL;
	if (told)
		ks_cli_say(stderr, "%s: added to the store", event->label);
	for (size_t len; note && *note; note += len + (note[len] != '\0')) {
		len = strcspn(note, "\n");
		ks_cli_say(stderr, "    %.*s", (int)len, note);
	}
	return true;
}

/** Put a kernel into the store, unless it is there. @param[out] label of it, from the arena */
static struct ks_error *add_kernel(struct ks_cli *cli, struct ks_check_session *checking,
				   const struct ks_ingest_source *source, const char **label)
{
	struct live live = { .cli = cli, .arena = &checking->arena };
	const struct ks_ingest_opts opts = {
		.nr_threads = ks_cli_threads(cli),
		.strict = true,
		.event = take_live,
		.event_arg = &live,
	};
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, KS_STORE_CREATE, &session));
	struct ks_error *err = ks_ingest_into(session.store, source, 1, &opts);
	ks_buf_deinit(&live.notes);
	*label = live.label;
	if (err || live.label)
		return err;
	return ks_error_new(KS_ERR_NOTFOUND, "%s: there is no kernel in it", source->name);
}

static bool is_live(const char *word, size_t len)
{
	return (len == 4 && memcmp(word, "live", 4) == 0) ||
	       (len == 7 && memcmp(word, "running", 7) == 0);
}

static const struct ks_ingest_source running = { KS_INGEST_LIVE, "running" };

/** The words with the running kernel's label in place of "live" and "running". */
static struct ks_error *name_live(struct ks_cli *cli, struct ks_check_session *checking,
				  const char **words)
{
	_cleanup_buf_ struct ks_buf named = { 0 };
	const char *label = NULL;
	for (const char *at = *words; at && *at;) {
		size_t len = strcspn(at, ",");
		bool live = is_live(at, len);
		if (live && !label)
			KS_TRY(add_kernel(cli, checking, &running, &label));
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

/** One of two images: the label of what was put into the store for it, or the word itself. A word that is a file is one. */
static struct ks_error *name_side(struct ks_cli *cli, struct ks_check_session *checking,
				  const char *word, const char **ret)
{
	*ret = word;
	if (is_live(word, strlen(word)))
		return add_kernel(cli, checking, &running, ret);
	const struct ks_ingest_source file = { KS_INGEST_PATH, word };
	return access(word, F_OK) == 0 ? add_kernel(cli, checking, &file, ret) : NULL;
}

/** The words of both as one list. */
static struct ks_error *name_pair(struct ks_cli *cli, struct ks_check_session *checking,
				  const struct ks_check_session_opts *opts, const char *words[2],
				  const char **on)
{
	_cleanup_buf_ struct ks_buf list = { 0 };
	const char *given[2] = { opts->old, opts->new };
	for (int i = 0; i < 2; i++) {
		if (strchr(given[i], ','))
			return ks_error_new(KS_ERR_USAGE, "'%s' is not one image", given[i]);
		KS_TRY(name_side(cli, checking, given[i], &words[i]));
		ks_buf_printf(&list, "%s,", words[i]);
	}
	const char *text = ks_buf_text(&list);
	*on = text ? ks_arena_strdup(&checking->arena, text) : NULL;
	return *on ? NULL : &ks_nomem;
}

/** The columns of both: words are looked up as those of `diff` are. */
static struct ks_error *find_pair(struct ks_check_session *checking, const char *const words[2])
{
	const struct ks_store_image *found[2];
	size_t *columns[2] = { &checking->old, &checking->new };
	bool exact;
	for (int i = 0; i < 2; i++)
		KS_TRY(ks_selection_pick(&checking->result.sel, words[i], &found[i], &exact));
	const struct ks_store_image **at =
		ks_arena_array(&checking->arena, 2, sizeof(struct ks_store_image *));
	if (!at)
		return &ks_nomem;
	at[0] = found[0];
	at[1] = found[1];
	bool same = found[0]->id == found[1]->id;
	checking->result.images = (struct ks_store_images){ .nr = same ? 1 : 2, .at = at };
	*columns[0] = 0;
	*columns[1] = same ? 0 : 1;
	return NULL;
}

/** Most files have no objects in them. */
static void leave_out_installed(void *cli, struct ks_error *err)
{
	if (err->code == KS_ERR_NOTFOUND)
		ks_error_free(err);
	else
		ks_cli_leave_out(cli, err);
}

/** Names in ksurf.toml that nothing has; what a package says of itself is about more than is found in it. */
static struct ks_error *look_for_slips(const struct ks_cli *cli,
				       const struct ks_check_session *checking)
{
	_cleanup_buf_ struct ks_buf unknown = { 0 };
	const struct ks_policy *policy = checking->policy;
	if (policy->packaged)
		return NULL;
	KS_TRY(ks_policy_slips(policy, checking->inputs.at, checking->inputs.nr, &unknown));
	if (unknown.len && !cli->quiet)
		ks_cli_say(stderr, "ksurf: %s: nothing here is called %s",
			   policy->path ? policy->path : "policy", ks_buf_text(&unknown));
	return NULL;
}

struct ks_error *ks_check_session_run(struct ks_cli *cli, const struct ks_check_session_opts *opts,
				      int nr_files, char **files, struct ks_check_session *checking)
{
	const char *on = opts->on, *pair[2] = { NULL, NULL };
	const char *const *paths = (const char *const *)files;
	ks_trouble_fn *trouble = ks_cli_leave_out;
	if (cli->installed) {
		KS_TRY(ks_cli_installed_add(cli->installed, &checking->inputs.finds));
		trouble = leave_out_installed;
	}
	KS_TRY(ks_check_inputs_open(paths, (size_t)nr_files, trouble, cli, &checking->inputs));
	KS_TRY(ks_policy_names_check(opts->optional, opts->set, checking->inputs.at,
				     checking->inputs.nr));
	const struct ks_policy_source source = {
		.path = opts->policy,
		.beside = cli->installed ? NULL : files[0],
		.here = true,
		.optional = opts->optional,
		.brings_btf = opts->btf == KS_BTF_CUSTOM,
		.constants = opts->set,
		.packaged = checking->inputs.finds.policy,
		.packaged_path = checking->inputs.finds.policy_path,
	};
	KS_TRY(ks_policy_load(&source, &checking->policy));
	KS_TRY(look_for_slips(cli, checking));
	if (checking->policy->packaged && !cli->quiet)
		ks_cli_say(stderr,
			   "ksurf: %s says how its tools load; --policy FILE goes before it",
			   source.packaged_path);
	if (opts->old)
		KS_TRY(name_pair(cli, checking, opts, pair, &on));
	else
		KS_TRY(name_live(cli, checking, &on));
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &checking->session));
	struct ks_store *store = checking->session.store;
	const struct ks_checking_options how = {
		.policy = checking->policy,
		.on = on,
		.base = opts->base,
		.modules = opts->modules,
		.nr_threads = ks_cli_threads(cli),
	};
	KS_TRY(ks_checking_choose(store, &how, &checking->result));
	if (opts->old)
		KS_TRY(find_pair(checking, pair));
	return ks_checking_run(store, &how, checking->inputs.at, checking->inputs.nr,
			       &checking->result);
}

void ks_check_session_deinit(struct ks_check_session *checking)
{
	ks_checking_deinit(&checking->result);
	ks_check_inputs_deinit(&checking->inputs);
	ks_policy_free(checking->policy);
	ks_session_close(&checking->session);
	ks_arena_deinit(&checking->arena);
}
