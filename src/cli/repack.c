/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json.h"
#include "cli/leftover.h"
#include "cli/session.h"

static struct ks_error *print_json(const struct ks_repack_result *result)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_json json = ks_json_to(&out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_u64(&json, "before", result->before);
	ks_json_key_u64(&json, "after", result->after);
	ks_json_close(&json, '}');
	return ks_cli_print_json(&out);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	static const char *const beside[] = { "-repack", "-repack-wal", "-repack-shm",
					      "-repack-journal", NULL };
	(void)values;
	(void)argv;
	if (argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf repack");
	_cleanup_session_ struct ks_session session = { 0 };
	struct ks_repack_result result;
	KS_TRY(ks_session_open(cli, KS_STORE_WRITE, &session));
	struct ks_leftover_job job = { .cli = cli, .path = session.db, .tails = beside };
	const struct ks_progress progress = { .fn = ks_leftover_progress, .arg = &job };
	struct ks_error *err =
		ks_store_repack(session.store, ks_cli_threads(cli), &progress, &result);
	ks_leftover_forget();
	ks_draw_erase(&cli->draw);
	KS_TRY(err);
	if (!cli->quiet && !cli->json)
		ks_cli_say(stdout, "%.1f MB before, %.1f MB now", (double)result.before / 1e6,
			   (double)result.after / 1e6);
	return cli->json ? print_json(&result) : NULL;
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
	.json = true,
	.run = run,
};
