/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/session.h"

#include "source/net/http.h"

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

void ks_session_close(struct ks_session *session)
{
	ks_selection_deinit(&session->sel);
	ks_store_close(session->store);
	*session = (struct ks_session){ 0 };
}
