/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What most commands work on: the store of the command line, and a sel of it. */
#include "cli/cmd.h"
#include "store/selection.h"
#include "store/store.h"

/** A zeroed session is closed. */
struct ks_session {
	const char *db; // where the store is
	struct ks_store *store;
	struct ks_selection sel;
};

/** Open the store; for reading, all of the session sees one state of it. @return KS_ERR_NOTFOUND when there is none and mode is not CREATE */
KS_MUST_CHECK struct ks_error *ks_session_open(struct ks_cli *cli, enum ks_store_mode mode,
					       struct ks_session *session);
/**
 * Choose the images that words mean, as those of `check --on`: labels, globs, sets, groups, and else beginnings of labels.
 * @param words with commas between them; NULL: the members
 */
KS_MUST_CHECK struct ks_error *ks_session_choose(struct ks_session *session, const char *words);
void ks_session_close(struct ks_session *session);
#define _cleanup_session_ __attribute__((__cleanup__(ks_session_close)))
