/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of the sandbox, in builds that have none. */
#include "cli/sandbox.h"

struct ks_error *ks_sandbox_start(const struct ks_sandbox_start *start, struct ks_worker *ret)
{
	(void)start;
	(void)ret;
	return ks_error_new(KS_ERR_UNSUPPORTED, "no sandbox: ksurf was built without");
}

void ks_sandbox_look_at_folders(const char *path)
{
	(void)path;
}

int ks_sandbox_fetch(void)
{
	return -1;
}

int ks_sandbox_serve(const struct ks_sandbox_start *start, struct ks_worker *worker)
{
	(void)start;
	(void)worker;
	return 0;
}
