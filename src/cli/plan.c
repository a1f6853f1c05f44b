/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/intake.h"
#include "source/net/pull_plan.h"
#include "source/net/suites_share.h"

struct opts {
	const char *mirror, *suite, *arch, *keyring;
	bool allow_unsigned, debug;
	unsigned int timeout, last;
};

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	_cleanup_pull_plan_ struct ks_pull_plan plan = { 0 };
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct opts *opts = values;
	const struct ks_set_extent extent = { opts->last, opts->debug };
	struct ks_pull_opts pull = {
		.mirror = opts->mirror,
		.suite = opts->suite,
		.arch = opts->arch,
		.keyring = opts->keyring,
		.allow_unsigned = opts->allow_unsigned,
		.http.total_s = opts->timeout,
	};
	if (argc < 1)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf plan SET...");
	struct ks_error *err = NULL;
	pull.shared = ks_suites_share();
	if (!pull.shared)
		return &ks_nomem;
	for (int i = 0; i < argc && !err; i++) {
		struct ks_draw_job job = { .draw = &cli->draw, .target = argv[i] };
		const struct ks_progress progress = { .fn = ks_draw_bytes, .arg = &job };
		err = ks_pull_plan_add(&plan, argv[i], &extent, &pull, &progress);
		ks_draw_done(&cli->draw, argv[i]);
	}
	ks_suites_unshare(pull.shared);
	KS_TRY(err);
	ks_draw_erase(&cli->draw);
	ks_pull_plan_write(&plan, &out);
	KS_TRY(ks_buf_error(&out));
	ks_cli_print(&out, "");
	if (plan.note)
		ks_cli_say(stderr, "ksurf: %s", plan.note);
	return NULL;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	KS_OPT_LAST(AT(last)),
	KS_OPT_DEBUG(AT(debug)),
	KS_OPT_MIRROR(AT(mirror)),
	KS_OPT_SUITE(AT(suite)),
	KS_OPT_ARCH(AT(arch)),
	KS_OPT_KEYRING(AT(keyring)),
	KS_OPT_ALLOW_UNSIGNED(AT(allow_unsigned)),
	KS_OPT_TIMEOUT(AT(timeout)),
	{ 0 },
};

const struct ks_cmd ks_cmd_plan = {
	.name = "plan",
	.args = "SET...",
	.help = "list the kernels of sets, for many machines to add",
	.details =
		"One line of JSON a kernel, on the standard output: the checksum of its package, "
		"and where it\n"
		"and its configuration are. A SET is as for pull, or a package. 'ksurf add --plan' "
		"fetches what a\n"
		"plan says, all of it or a part, and needs no list of packages for that; 'ksurf "
		"merge' puts the\n"
		"stores of the parts together. The same lists give the same plan.\n",
	.complete = "package",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.run = run,
};
