/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/check_excuses.h"
#include "cli/check_session.h"
#include "cli/format.h"
#include "cli/installed.h"
#include "report/check/check.h"
#include "report/check/since.h"
#include "report/check/upgrade.h"

struct opts {
	struct ks_check_session_opts checking;
	const char *format, *known, *write_known, *badge, *map;
	int fail_on; // a threshold
	bool as_compiled, upgrade, since, installed;
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
static int answer_of(const struct ks_tools *tools, const struct ks_excuses *excuses,
		     enum ks_verdict threshold)
{
	enum ks_verdict worst = ks_tools_counted(tools);
	if (excuses->nr_expired && threshold < KS_NR_VERDICTS)
		return 2;
	if (worst < threshold)
		return 0;
	return worst >= KS_VERDICT_NO_ATTACH ? 2 : 1;
}

/** An exit status, but for what --fail-on leaves out. */
static int upgrade_answer(const struct ks_upgrade *upgrade, enum ks_verdict threshold)
{
	int answer = ks_upgrade_answer(upgrade);
	if (threshold == KS_NR_VERDICTS || (answer == 1 && threshold == KS_VERDICT_NO_ATTACH))
		return 0;
	return answer;
}

/** Spans, and the badge where one is wanted. */
static struct ks_error *report_since(const struct opts *opts, const struct ks_check_report *report,
				     struct ks_arena *arena, struct ks_buf *out)
{
	struct ks_spans spans;
	_cleanup_buf_ struct ks_buf badge = { 0 };
	KS_TRY(ks_spans_make(report->tools, arena, &spans));
	KS_TRY(ks_since_write(report, &spans, out));
	if (!opts->badge)
		return NULL;
	KS_TRY(ks_since_badge(&spans, &badge));
	return ks_cli_write_file(opts->badge, &badge);
}

/** Write what was found out. */
static struct ks_error *report_check(struct ks_cli *cli, const struct opts *opts,
				     const struct ks_check_session *checking,
				     const struct ks_check_report *report, struct ks_arena *arena)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	if (opts->upgrade) {
		struct ks_upgrade upgrade;
		KS_TRY(ks_upgrade_make(report->tools, checking->old, checking->new, arena,
				       &upgrade));
		KS_TRY(ks_upgrade_write(report, &upgrade, &out));
		cli->answer = upgrade_answer(&upgrade, report->fail_on);
	} else if (opts->since) {
		KS_TRY(report_since(opts, report, arena, &out)); // no verdict: the status is 0
	} else {
		KS_TRY(ks_check_write(report, checking->result.check, &out));
		cli->answer = answer_of(report->tools, report->excuses, report->fail_on);
	}
	ks_cli_print(&out, "");
	return NULL;
}

/** Whether each of its parts says what stands for what. */
static bool is_map(const char *map)
{
	for (const char *at = map; at && *at;
	     at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
		if (at[strcspn(at, "=,")] != '=')
			return false;
	return true;
}

/** @param nr arguments of the command line */
static struct ks_error *check_options(const struct opts *opts, int nr)
{
	if (nr < (opts->upgrade ? 2 : 0) + !opts->installed)
		return ks_error_new(
			KS_ERR_USAGE,
			"usage: ksurf check FILE..., --upgrade OLD NEW FILE..., or --installed");
	if (opts->upgrade && opts->checking.on)
		return ks_error_new(KS_ERR_USAGE, "--upgrade names its images: --on is too much");
	if (opts->upgrade && opts->since)
		return ks_error_new(KS_ERR_USAGE, "--upgrade and --since are two questions");
	if (!is_map(opts->map))
		return ks_error_new(KS_ERR_USAGE, "--map wants OLD=NEW,..., not '%s'", opts->map);
	if (opts->badge && !opts->since)
		return ks_error_new(KS_ERR_USAGE, "--badge wants --since");
	return NULL;
}

/** Now, or what whoever builds reproducibly says. */
static int64_t time_of_report(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	return fixed && fixed[0] ? strtoll(fixed, NULL, 10) : (int64_t)time(NULL);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	struct ks_check_session_opts how = opts->checking;
	int first = opts->upgrade ? 2 : 0;
	KS_TRY(check_options(opts, cli->installed ? cli->installed->nr_given : argc));
	how.old = opts->upgrade ? argv[0] : NULL;
	how.new = opts->upgrade ? argv[1] : NULL;
	enum ks_format format;
	KS_TRY(ks_cli_format(cli, KS_DOCUMENT_BIT(KS_DOCUMENT_CHECK), opts->format, &format));
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_check_session_ struct ks_check_session checking = { 0 };
	_cleanup_tools_ struct ks_tools *tools = NULL;
	struct ks_excuses excuses = { 0 };
	KS_TRY(ks_check_session_run(cli, &how, argc - first, argv + first, &checking));
	KS_TRY(ks_tools_make(checking.result.check, opts->as_compiled, &tools));
	KS_TRY(ks_check_doubt(cli, tools, &checking.result.sel.all));
	KS_TRY(ks_check_excuse(tools, opts->known, &arena, &excuses));
	if (opts->write_known)
		KS_TRY(ks_check_known_write(tools, opts->write_known));
	_cleanup_free_ char *here = get_current_dir_name(); // NULL: paths stay as they are
	const char *store = NULL;
	ks_error_free(ks_cli_db_name(cli, &store)); // it was opened by that name
	const struct ks_check_report report = {
		.format = format,
		.store = store,
		.time = time_of_report(),
		.map = opts->map,
		.here = here,
		.tools = tools,
		.excuses = &excuses,
		.verbose = cli->verbose,
		.color = ks_cli_colored(cli, stdout),
		.columns = ks_cli_columns(),
		.fail_on = threshold_of(opts, checking.policy),
	};
	return report_check(cli, opts, &checking, &report, &arena);
}

static bool wants_installed(const void *values)
{
	return ((const struct opts *)values)->installed;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "on", "IMAGE,...", "the kernels: images, beginnings, globs, sets, groups or 'live'",
	  KS_OPT_TEXT, AT(checking.on), NULL },
	{ 0, "upgrade", NULL, "only what changes from one kernel to another: OLD NEW FILE...",
	  KS_OPT_FLAG, AT(upgrade), NULL },
	{ 0, "since", NULL, "on which kernels each tool works: all spans, with what ends them",
	  KS_OPT_FLAG, AT(since), NULL },
	{ 0, "installed", NULL,
	  "what this machine has: files of installed packages, and programs that are loaded",
	  KS_OPT_FLAG, AT(installed), NULL },
	{ 0, "badge", "FILE", "with --since: write an SVG that says where all tools work",
	  KS_OPT_RESULT, AT(badge), NULL },
	KS_CHECK_SESSION_OPTS(AT(checking)),
	{ 0, "as-compiled", NULL, "assume nothing of loaders: what an object has is needed",
	  KS_OPT_FLAG, AT(as_compiled), NULL },
	{ 0, "known", "FILE", "leave out what this file knows: only what is new counts",
	  KS_OPT_INPUT, AT(known), NULL },
	{ 0, "write-known", "FILE", "write what was found, for --known", KS_OPT_RESULT,
	  AT(write_known), NULL },
	KS_OPT_FORMAT(AT(format), KS_DOCUMENT_BIT(KS_DOCUMENT_CHECK)),
	{ 0, "map", "OLD=NEW,...",
	  "sarif, github: where paths of sources begin with OLD, say NEW instead", KS_OPT_TEXT,
	  AT(map), NULL },
	{ 0, "fail-on", "VERDICT",
	  "exit with 0 below it: unknown, risk, failure, never, or default: as ksurf.toml "
	  "says, else risk",
	  KS_OPT_CHOICE, AT(fail_on), threshold_names },
	{ 0 },
};

const struct ks_cmd ks_cmd_check = {
	.name = "check",
	.args = "FILE...",
	.help = "say whether eBPF tools work on the kernels of the store",
	.details =
		"Every eBPF object in FILE is taken: object files, executables, packages, "
		"directories; '-' is\nstandard input.\n"
		"The exit status is 0 when all tools work (parts that they do without do not "
		"count), 1\nwhen there are risks, 2 when a tool does not work, more when the check "
		"itself fails.\n"
		"A ksurf.toml beside FILE may declare optional programs, alternatives and waivers. "
		"With --upgrade the first two "
		"arguments\n"
		"are images, 'live', or files with a kernel, which are added to the store; the "
		"status is\n"
		"that of what is worse. With --installed no FILE is needed; only root sees what is "
		"loaded.\n",
	.complete = "file",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.answers = KS_ANSWERS_VERDICTS,
	.opens = KS_OPENS_STORE | KS_OPENS_POLICY | KS_OPENS_LIVE,
	.installed = wants_installed,
	.pages = true,
	.json = true,
	.run = run,
};
