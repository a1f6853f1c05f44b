/* SPDX-License-Identifier: BSD-2-Clause */
/* Databases of pacman: "core/os/x86_64" has core.db, a packed tar archive, and core.db.sig where somebody signs it. */
#include <string.h>

#include "source/net/solv_rows.h"

struct ks_error *ks_repo_read_pacman(struct ks_repo_rows *rows)
{
	_cleanup_buf_ struct ks_buf path = { 0 }, list = { 0 };
	const struct ks_mirror *mirror = rows->mirror;
	ks_buf_printf(&path, "%.*s.db", (int)strcspn(mirror->suite, "/"), mirror->suite);
	if (!ks_buf_text(&path))
		return &ks_nomem;
	KS_TRY(ks_repo_fetch(mirror, path.at, KS_REPO_LIST_MAX, &list));
	KS_TRY(ks_repo_prove(mirror, path.at, ".sig", &list));
	return ks_error_wrap(ks_solv_rows(rows, KS_SOLV_PACMAN, &list), "%s", path.at);
}
