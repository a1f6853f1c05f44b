/* SPDX-License-Identifier: BSD-2-Clause */
#include "api/comparison.h"
#include "check/inputs.h"
#include "cli/session.h"
#include "report/check/users.h"

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	(void)values;
	if (argc < 3)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf impact OLD NEW FILE...");
	_cleanup_session_ struct ks_session session = { 0 };
	_cleanup_comparison_ struct ks_comparison pair = { 0 };
	_cleanup_inputs_ struct ks_check_inputs inputs = { 0 };
	_cleanup_users_ struct ks_users *users = NULL;
	_cleanup_impact_ struct ks_impact impact = { 0 };
	_cleanup_buf_ struct ks_buf out = { 0 };
	const char *const *paths = (const char *const *)argv + 2;
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	KS_TRY(ks_comparison_choose(session.store, argv[0], argv[1], &pair));
	KS_TRY(ks_check_inputs_open(paths, (size_t)argc - 2, ks_cli_leave_out, cli, &inputs));
	KS_TRY(ks_users_make(inputs.at, inputs.nr, &users));
	impact.users = users;
	KS_TRY(ks_impact_make(session.store, pair.old, pair.new, &impact));
	const struct ks_users_report report = {
		.json = cli->json,
		.verbose = cli->verbose,
		.color = ks_cli_colored(cli, stdout),
		.columns = ks_cli_columns(),
	};
	KS_TRY(ks_impact_write(&report, &impact, pair.old->image.label, pair.new->image.label,
			       &out));
	ks_cli_print(&out, "");
	cli->answer = impact.nr != 0;
	return NULL;
}

const struct ks_cmd ks_cmd_impact = {
	.name = "impact",
	.args = "OLD NEW FILE...",
	.help = "tell which eBPF tools depend on what changed between two images",
	.details = "OLD and NEW are images, or the beginnings of their names; FILE is what check "
		   "takes.\n"
		   "Whether a tool minds a change is what 'check --upgrade' tells. The exit status "
		   "is 0\n"
		   "when no tool is touched, 1 when one is; -v tells the programs, too.\n",
	.complete = "image image file",
	.answers = KS_ANSWERS_DIFFERS,
	.opens = KS_OPENS_STORE,
	.pages = true,
	.json = true,
	.run = run,
};
