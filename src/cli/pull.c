/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli/intake.h"
#include "cli/pull_list.h"

struct opts {
	const char *mirror, *suite, *arch, *config, *modules;
	const char *debuginfod; // servers, or "default"
	const char *keyring;
	bool allow_unsigned, verify, list, debug;
	unsigned int timeout, last;
};

static void fetches(const void *values, struct ks_fetches *ret)
{
	const struct opts *opts = values;
	bool asks_default = opts->debuginfod && strcmp(opts->debuginfod, "default") == 0;
	*ret = (struct ks_fetches){
		.pull = {
			.mirror = opts->mirror,
			.suite = opts->suite,
			.arch = opts->arch,
			.keyring = opts->keyring,
			.allow_unsigned = opts->allow_unsigned,
			.verify = opts->verify,
			.http.total_s = opts->timeout,
			.config = opts->config,
		},
		.extent = { opts->last, opts->debug },
		.only_lists = opts->list,
		.by_build_id = opts->debuginfod != NULL,
		.debuginfod = asks_default ? NULL : opts->debuginfod,
	};
}

static struct ks_error *check(const struct opts *opts, int argc)
{
	if (argc < 1 && !opts->list)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf pull PACKAGE...; pull --list "
						  "shows what there is");
	if (opts->debuginfod && (opts->verify || opts->keyring))
		return ks_error_new(KS_ERR_USAGE, "debuginfod servers sign nothing and have no "
						  "checksums to verify");
	if (opts->debuginfod && opts->list)
		return ks_error_new(KS_ERR_USAGE, "debuginfod servers do not tell what they have");
	return NULL;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	struct ks_fetches all;
	KS_TRY(check(opts, argc));
	fetches(values, &all);
	if (opts->list)
		return ks_cli_pull_list(cli, &all.pull, argv, argc);
	_cleanup_free_ struct ks_ingest_source *sources = calloc((size_t)argc, sizeof(*sources));
	if (!sources)
		return &ks_nomem;
	for (int i = 0; i < argc; i++)
		sources[i] = (struct ks_ingest_source){
			opts->debuginfod ? KS_INGEST_BUILD_ID : KS_INGEST_PACKAGE,
			argv[i],
		};
	all.pull.http.transport = cli->transport;
	const struct ks_ingest_opts how = {
		.config = opts->config,
		.modules = opts->modules,
		.pull = all.pull,
		.last = opts->last,
		.debug = opts->debug,
		.debuginfod = all.debuginfod,
	};
	return ks_intake_run(cli, sources, (size_t)argc, &how);
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "list", NULL,
	  "list the sets there are, or the kernels of a set, or those that a GLOB matches",
	  KS_OPT_FLAG, AT(list), NULL },
	KS_OPT_LAST(AT(last)),
	KS_OPT_DEBUG(AT(debug)),
	KS_OPT_MIRROR(AT(mirror)),
	KS_OPT_SUITE(AT(suite)),
	KS_OPT_ARCH(AT(arch)),
	{ 0, "config", "PACKAGE", "take the configuration from this package or file", KS_OPT_INPUT,
	  AT(config), NULL },
	{ 0, "debuginfod", "URL", "ask such a server for build ids; \"default\": DEBUGINFOD_URLS",
	  KS_OPT_TEXT, AT(debuginfod), NULL },
	KS_OPT_KEYRING(AT(keyring)),
	KS_OPT_ALLOW_UNSIGNED(AT(allow_unsigned)),
	KS_OPT_VERIFY(AT(verify)),
	KS_OPT_TIMEOUT(AT(timeout)),
	KS_OPT_MODULES(AT(modules)),
	{ 0 },
};

const struct ks_cmd ks_cmd_pull = {
	.name = "pull",
	.args = "PACKAGE...",
	.help = "fetch kernel packages and add the images in them",
	.details =
		"A PACKAGE is a set of kernels, such as debian:12 or debian:13/cloud@arm64: the "
		"newest\n"
		"of each, from the servers that apt uses. Or it is a kernel's release, such as\n"
		"6.1.0-50-amd64, or a package of it: linux-image-amd64 is the newest,\n"
		"linux-image-6.1.0-50-amd64-dbg has debug information; NAME=VERSION is one of\n"
		"several. Its configuration comes along. No more is transferred than is needed to\n"
		"have its image. With --debuginfod a PACKAGE is the build id of a kernel, with\n"
		"--list a set or a pattern such as '6.1.*'.\n",
	.complete = "package",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.fetches = fetches,
	.json = true,
	.run = run,
};
