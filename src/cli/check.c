/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli/check_session.h"
#include "cli/format.h"
#include "report/check/check.h"

struct opts {
	struct ks_check_session_opts checking;
	const char *format;
	int fail_on; // a threshold
};

/** From which verdict on the exit status tells of it. */
enum { BY_POLICY, NR_THRESHOLDS = 5 };
static const char *const threshold_names[] = { "default", "unknown", "risk",
					       "failure", "never",   NULL };
static const enum ks_verdict thresholds[NR_THRESHOLDS] = {
	KS_VERDICT_RISK, KS_VERDICT_UNKNOWN, KS_VERDICT_RISK, KS_VERDICT_NO_ATTACH, KS_NR_VERDICTS,
};

static enum ks_verdict threshold_of(const struct opts *opts, const struct ks_policy *policy)
{
	int chosen = opts->fail_on;
	for (int i = 0; chosen == BY_POLICY && policy->fail_on && i < NR_THRESHOLDS; i++)
		if (strcmp(policy->fail_on, threshold_names[i]) == 0)
			chosen = i;
	return thresholds[chosen];
}

/** 0: nothing of the threshold or worse; 1: nothing that fails; 2: something fails. */
static int answer_of(const struct ks_check *check, enum ks_verdict threshold)
{
	enum ks_verdict worst = KS_VERDICT_OK;
	for (size_t o = 0; o < check->nr_objects; o++)
		for (size_t i = 0; i < check->nr_images; i++) {
			enum ks_verdict verdict =
				ks_check_object_verdict(check, &check->objects[o], i);
			worst = verdict > worst ? verdict : worst;
		}
	if (worst < threshold)
		return 0;
	return worst >= KS_VERDICT_NO_ATTACH ? 2 : 1;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	if (argc < 1)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf check FILE...");
	enum ks_format format;
	KS_TRY(ks_cli_format(cli, KS_DOCUMENT_BIT(KS_DOCUMENT_CHECK), opts->format, &format));
	_cleanup_check_session_ struct ks_check_session checking = { 0 };
	KS_TRY(ks_check_session_run(cli, &opts->checking, argc, argv, &checking));
	struct ks_check_report report = {
		.format = format,
		.verbose = cli->verbose,
		.color = ks_cli_colored(cli, stdout),
		.columns = ks_cli_columns(),
		.fail_on = threshold_of(opts, checking.policy),
	};
	_cleanup_buf_ struct ks_buf out = { 0 };
	KS_TRY(ks_check_write(&report, checking.result.check, &out));
	ks_cli_print(&out, "");
	cli->answer = answer_of(checking.result.check, report.fail_on);
	return NULL;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "on", "IMAGE,...", "the kernels: images, beginnings, globs, groups or 'live'",
	  KS_OPT_TEXT, AT(checking.on), NULL },
	KS_CHECK_SESSION_OPTS(AT(checking)),
	KS_OPT_FORMAT(AT(format), KS_DOCUMENT_BIT(KS_DOCUMENT_CHECK)),
	{ 0, "fail-on", "VERDICT", "exit with 0 below it: unknown, risk, failure or never",
	  KS_OPT_CHOICE, AT(fail_on), threshold_names },
	{ 0 },
};

const struct ks_cmd ks_cmd_check = {
	.name = "check",
	.args = "FILE...",
	.help = "say whether eBPF programs work on the kernels of the store",
	.details = "Every eBPF object in FILE is taken: object files, executables, packages, "
		   "directories; '-' is standard input.\n"
		   "The exit status is 0 when all works, 1 when there are risks, 2 when a program "
		   "fails to\n"
		   "load or to attach, more when the check itself fails. A ksurf.toml beside FILE "
		   "may\n"
		   "declare optional programs and alternatives.\n",
	.complete = "file",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.answers = KS_ANSWERS_VERDICTS,
	.opens = KS_OPENS_STORE | KS_OPENS_POLICY | KS_OPENS_LIVE,
	.run = run,
};
