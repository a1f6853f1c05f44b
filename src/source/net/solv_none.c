/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of solv.c and solv_rows.c, where libsolv was not there when ksurf was built. */
#include "source/net/solv_rows.h"

struct ks_error *ks_solv_rows(struct ks_repo_rows *rows, enum ks_solv_list which,
			      const struct ks_buf *packed)
{
	(void)rows;
	(void)which;
	(void)packed;
	return ks_error_new(KS_ERR_UNSUPPORTED,
			    "ksurf was built without libsolv, which lists of RPM "
			    "and pacman archives need");
}
