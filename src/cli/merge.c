/* SPDX-License-Identifier: BSD-2-Clause */
#include "ingest/merge.h"
#include "base/json.h"
#include "cli/session.h"

static struct ks_error *open_from(const struct ks_cli *cli, const char *path, struct ks_store **ret)
{
	KS_TRY(ks_store_open_waiting(path, KS_STORE_READ, cli->wait, ret));
	return ks_store_has_whole(*ret);
}

static void say(const char *path, const char *what, const struct ks_merge_counts *counts)
{
	ks_cli_say(stdout, "%s: %s: %zu added, %zu replaced, %zu in the store already", path, what,
		   counts->added, counts->replaced, counts->kept);
}

static void write_counts(struct ks_json *json, const char *key,
			 const struct ks_merge_counts *counts)
{
	ks_json_key_open(json, key, '{');
	ks_json_key_u64(json, "added", counts->added);
	ks_json_key_u64(json, "replaced", counts->replaced);
	ks_json_key_u64(json, "kept", counts->kept);
	ks_json_close(json, '}');
}

/** @param json an array of what was taken */
static struct ks_error *merge(struct ks_cli *cli, struct ks_store *into, const char *path,
			      struct ks_json *json)
{
	_cleanup_store_ struct ks_store *from = NULL;
	struct ks_merge_result result;
	KS_TRY(open_from(cli, path, &from));
	KS_TRY(ks_ingest_merge(into, from, ks_cli_threads(cli), &result));
	const struct ks_merge_counts *modules = &result.modules;
	ks_json_open(json, '{');
	ks_json_key_str(json, "from", path);
	write_counts(json, "images", &result.kernels);
	write_counts(json, "modules", modules);
	ks_json_close(json, '}');
	if (cli->quiet || cli->json)
		return NULL;
	say(path, "images", &result.kernels);
	if (modules->added || modules->replaced || modules->kept)
		say(path, "modules of a kernel", modules);
	fflush(stdout);
	return NULL;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	_cleanup_store_ struct ks_store *into = NULL;
	(void)values;
	if (argc < 2)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf merge INTO FROM...");
	if (cli->db)
		return ks_error_new(KS_ERR_USAGE,
				    "merge takes the stores as its arguments, not by --db");
	for (int i = 1; i < argc; i++) { // before a store is made for them
		_cleanup_store_ struct ks_store *from = NULL;
		KS_TRY(open_from(cli, argv[i], &from));
	}
	KS_TRY(ks_store_open_waiting(argv[0], KS_STORE_CREATE, cli->wait, &into));
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_json json = ks_json_to(&out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_str(&json, "into", argv[0]);
	ks_json_key_open(&json, "taken", '[');
	for (int i = 1; i < argc; i++)
		KS_TRY(merge(cli, into, argv[i], &json));
	ks_json_close(&json, ']');
	ks_json_close(&json, '}');
	return cli->json ? ks_cli_print_json(&out) : NULL;
}

const struct ks_cmd ks_cmd_merge = {
	.name = "merge",
	.args = "INTO FROM...",
	.help = "take the images of other stores into one",
	.details =
		"INTO is made when it is missing. It becomes what it would be if all images of the "
		"FROM had been\n"
		"added to it: a kernel that is there already stays, unless what is there tells "
		"less, modules\n"
		"are joined, a label that is taken becomes LABEL@2. The base and the groups are "
		"those of INTO,\n"
		"or of the first FROM where some were chosen. Each FROM is taken whole or not at "
		"all, and\n"
		"again it changes nothing.\n",
	.complete = "store",
	.opens = KS_OPENS_STORE,
	.json = true,
	.run = run,
};
