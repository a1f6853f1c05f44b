/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/session.h"

#include "source/net/http.h"
#include "store/choose.h"

static struct ks_error *open_remote(const struct ks_cli *cli, enum ks_store_mode mode,
				    struct ks_session *session)
{
	const struct ks_http_opts http = { .transport = cli->transport };
	if (mode != KS_STORE_READ)
		return ks_error_new(KS_ERR_USAGE,
				    "%s: a catalogue on a server is only read: name a store with "
				    "--db",
				    session->db);
	KS_TRY(ks_store_open_remote(session->db, &http, &session->store));
	return ks_store_snapshot_begin(session->store);
}

struct ks_error *ks_session_open(struct ks_cli *cli, enum ks_store_mode mode,
				 struct ks_session *session)
{
	KS_TRY(ks_cli_db_path(cli, &session->db));
	if (ks_http_serves(session->db))
		return open_remote(cli, mode, session);
	struct ks_error *err = ks_store_open_waiting(session->db, mode, cli->wait, &session->store);
	if (err && err->code == KS_ERR_NOTFOUND) {
		ks_error_free(err);
		err = ks_error_new(KS_ERR_NOTFOUND,
				   "%s: no store yet; 'ksurf add' or 'ksurf pull' makes one",
				   session->db);
	}
	KS_TRY(err);
	return mode == KS_STORE_READ ? ks_store_snapshot_begin(session->store) : NULL;
}

/** The labels of what words mean, with commas between. @param sel empty */
static struct ks_error *find_labels(struct ks_selection *sel, struct ks_store *store,
				    const char *words, struct ks_buf *out)
{
	struct ks_store_images images;
	KS_TRY(ks_selection_choose(sel, store, "*"));
	KS_TRY(ks_selection_group(sel, store));
	KS_TRY(ks_selection_words(sel, words, &sel->arena, &images));
	for (size_t i = 0; i < images.nr; i++)
		ks_buf_printf(out, "%s%s", i ? "," : "", images.at[i]->image.label);
	return ks_buf_text(out) ? NULL : &ks_nomem;
}

struct ks_error *ks_session_choose(struct ks_session *session, const char *words)
{
	struct ks_error *err = ks_selection_choose(&session->sel, session->store, words);
	if (!err || !words || err->code != KS_ERR_NOTFOUND)
		return err;
	_cleanup_buf_ struct ks_buf labels = { 0 };
	struct ks_selection all = { 0 };
	struct ks_error *other = find_labels(&all, session->store, words, &labels);
	ks_selection_deinit(&all);
	if (other && other->code == KS_ERR_NOTFOUND) { // the first one says more
		ks_error_free(other);
		return err;
	}
	ks_error_free(err);
	return other ? other : ks_selection_choose(&session->sel, session->store, labels.at);
}

void ks_session_close(struct ks_session *session)
{
	ks_selection_deinit(&session->sel);
	ks_store_close(session->store);
	*session = (struct ks_session){ 0 };
}
