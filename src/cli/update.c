/* SPDX-License-Identifier: BSD-2-Clause */
#include "ingest/update.h"
#include "cli/intake.h"

struct opts {
	const char *mirror, *keyring, *modules;
	bool allow_unsigned, verify, debug;
	unsigned int timeout, keep;
};

static void fetches(const void *values, struct ks_fetches *ret)
{
	const struct opts *opts = values;
	*ret = (struct ks_fetches){
		.pull = {
			.mirror = opts->mirror,
			.keyring = opts->keyring,
			.allow_unsigned = opts->allow_unsigned,
			.verify = opts->verify,
			.http.total_s = opts->timeout,
		},
		.follows = true,
	};
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	struct ks_fetches all;
	fetches(values, &all);
	all.pull.http.transport = cli->transport;
	struct ks_update_opts how = {
		.ingest = {
			.modules = opts->modules,
			.pull = all.pull,
			.debug = opts->debug,
		},
		.keep = opts->keep,
	};
	return ks_intake_update(cli, (const char *const *)argv, (size_t)argc, &how);
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "keep", "N", "forget all but the newest N images of each set", KS_OPT_NUMBER, AT(keep),
	  NULL },
	{ 0, "debug", NULL,
	  "kernels with debug information where there are any; else as the newest here",
	  KS_OPT_FLAG, AT(debug), NULL },
	KS_OPT_MIRROR(AT(mirror)),
	KS_OPT_KEYRING(AT(keyring)),
	KS_OPT_ALLOW_UNSIGNED(AT(allow_unsigned)),
	KS_OPT_VERIFY(AT(verify)),
	KS_OPT_TIMEOUT(AT(timeout)),
	KS_OPT_MODULES(AT(modules)),
	{ 0 },
};

const struct ks_cmd ks_cmd_update = {
	.name = "update",
	.args = "[SET...]",
	.help = "add what has been released since of the sets that the store follows",
	.details =
		"Without a SET those that were pulled by their names, such as debian:12, and that "
		"there are\n"
		"images of. Nothing is said when nothing is new. With --keep older images go: from "
		"the\n"
		"store, when they are of no other set. What is stopped is done by the next "
		"update.\n",
	.complete = "package",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.fetches = fetches,
	.json = true,
	.run = run,
};
