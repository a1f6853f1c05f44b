/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/check_session.h"

#include <errno.h>
#include <string.h>

#include "cli/kernels.h"
#include "cli/pick.h"
#include "ingest/ingest.h"

enum { POLICY_MAX = 1 << 20 };

/** Append the text of a file. @return false and errno when it cannot be opened */
static bool append_file(const char *path, struct ks_buf *text)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	char block[4096];
	for (size_t n; text->len < POLICY_MAX && (n = fread(block, 1, sizeof(block), file)) > 0;)
		ks_buf_bytes(text, block, n);
	fclose(file);
	return true;
}

/** The ksurf.toml beside the first file, else in the current folder. @return its path, NULL when there is none */
static const char *append_found(const char *file, struct ks_arena *arena, struct ks_buf *text)
{
	static const char name[] = "ksurf.toml";
	const char *slash = strrchr(file, '/');
	size_t len = slash ? (size_t)(slash - file) + 1 : 0;
	char *path = ks_arena_alloc(arena, len + sizeof(name));
	if (!path)
		return NULL;
	strcpy(mempcpy(path, file, len), name);
	return append_file(path, text) ? path : append_file(name, text) ? name : NULL;
}

/** A word between single quotes, as TOML wants it. */
static struct ks_error *append_word(struct ks_buf *text, const char *word, size_t len)
{
	if (!len || memchr(word, '\'', len) || memchr(word, '\n', len))
		return ks_error_new(KS_ERR_USAGE, "'%.*s' cannot be a name", (int)len, word);
	ks_buf_char(text, '\'');
	ks_buf_bytes(text, word, len);
	ks_buf_char(text, '\'');
	return NULL;
}

/** What the command line declares, in the words of the file. */
static struct ks_error *append_options(const struct ks_check_session_opts *opts,
				       struct ks_buf *text)
{
	if (opts->optional || opts->set)
		ks_buf_str(text, "\n[[object]]\noptional = [");
	for (const char *at = opts->optional; at && *at;) {
		size_t len = strcspn(at, ",");
		KS_TRY(append_word(text, at, len));
		ks_buf_char(text, ',');
		at += len + (at[len] == ',');
	}
	if (opts->optional || opts->set)
		ks_buf_str(text, "]\n[object.constants]\n");
	for (const char *at = opts->set; at && *at;) {
		size_t len = strcspn(at, ","), name = strcspn(at, "=");
		if (name >= len)
			return ks_error_new(KS_ERR_USAGE, "--set wants NAME=NUMBER, not '%.*s'",
					    (int)len, at);
		KS_TRY(append_word(text, at, name));
		ks_buf_printf(text, " = %.*s\n", (int)(len - name - 1), at + name + 1);
		at += len + (at[len] == ',');
	}
	return NULL;
}

static struct ks_error *read_policy(const struct ks_check_session_opts *opts, const char *file,
				    struct ks_check_session *checking)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	const char *path = opts->policy;
	if (path && !append_file(path, &text))
		return ks_error_new(KS_ERR_IO, "%s: cannot open: %m", path);
	if (!path)
		path = append_found(file, &checking->arena, &text);
	KS_TRY(append_options(opts, &text));
	KS_TRY(ks_buf_error(&text));
	struct ks_error *err = ks_policy_read(text.at ? text.at : "", text.len, &checking->policy);
	return ks_error_in_file(err, path ? path : "command line");
}

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
	return ks_kernels_choose(&checking->session, on ? on : all, &checking->arena, ret);
}

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
	if (live->notes.len && event->put->added && !live->cli->quiet)
		fprintf(stderr, "%s: %s\n", event->label, ks_buf_text(&live->notes));
	return true;
}

/** Put the running kernel into the store, unless it is there. @param[out] label of it, from the arena */
static struct ks_error *add_live(struct ks_cli *cli, struct ks_check_session *checking,
				 const char **label)
{
	const struct ks_ingest_source source = { KS_INGEST_LIVE, "running" };
	struct live live = { .cli = cli, .arena = &checking->arena };
	const struct ks_ingest_opts opts = {
		.nr_threads = ks_cli_threads(cli),
		.strict = true,
		.event = take_live,
		.event_arg = &live,
	};
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, KS_STORE_CREATE, &session));
	struct ks_error *err = ks_ingest_into(session.store, &source, 1, &opts);
	ks_buf_deinit(&live.notes);
	*label = live.label;
	return err || live.label ? err : &ks_nomem;
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
	KS_TRY(read_policy(opts, files[0], checking));
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
		KS_TRY(ks_pick_image(session, base, &options.base, &exact));
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
