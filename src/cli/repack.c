/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/session.h"

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	(void)values;
	(void)argv;
	if (argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf repack");
	_cleanup_session_ struct ks_session session = { 0 };
	struct ks_repack_result result;
	KS_TRY(ks_session_open(cli, KS_STORE_WRITE, &session));
	KS_TRY(ks_store_repack(session.store, ks_cli_threads(cli), &result));
	if (!cli->quiet)
		ks_cli_say(stdout, "%.1f MB before, %.1f MB now", (double)result.before / 1e6,
			   (double)result.after / 1e6);
	return NULL;
}

const struct ks_cmd ks_cmd_repack = {
	.name = "repack",
	.args = "",
	.help = "write the store anew in the least space",
	.details =
		"A store that an older ksurf made becomes one of this version, with all that "
		"saves space.\nOthers can read it meanwhile. When it is stopped, the store is as "
		"it was.\n",
	.complete = "",
	.run = run,
};
