/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/inputs.h"
#include "cli/cmd.h"
#include "report/check/users.h"

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	(void)values;
	if (argc < 2)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf who NAME FILE...");
	_cleanup_inputs_ struct ks_check_inputs inputs = { 0 };
	_cleanup_users_ struct ks_users *users = NULL;
	_cleanup_buf_ struct ks_buf out = { 0 };
	const char *const *paths = (const char *const *)argv + 1;
	KS_TRY(ks_check_inputs_open(paths, (size_t)argc - 1, ks_cli_leave_out, cli, &inputs));
	KS_TRY(ks_users_make(inputs.at, inputs.nr, &users));
	const struct ks_users_report report = {
		.json = cli->json,
		.verbose = cli->verbose,
		.color = ks_cli_colored(cli, stdout),
		.columns = ks_cli_columns(),
	};
	KS_TRY(ks_who_write(&report, users, argv[0], &out));
	ks_cli_print(&out, "");
	return NULL;
}

const struct ks_cmd ks_cmd_who = {
	.name = "who",
	.args = "NAME FILE...",
	.help = "tell which eBPF tools depend on a name",
	.details = "NAME is a function, a struct, 'struct::field', an event, a helper, ..., or a "
		   "pattern.\n"
		   "FILE is what check takes. No store is needed; -v tells the programs, too.\n",
	.complete = "name file",
	.opens = KS_OPENS_STORE,
	.pages = true,
	.json = true,
	.run = run,
};
