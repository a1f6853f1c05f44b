/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "check/kernels/expect.h"
#include "cli/leftover.h"
#include "cli/session.h"
#include "source/net/spawn.h"

struct opts {
	const char *sign;
};

static struct ks_error *run_gpg(const char *key, const char *out, const char *signature)
{
	const char *const argv[] = { "gpg",	      "--batch", "--yes", "--quiet",
				     "--detach-sign", "-u",	 key,	  "--output",
				     signature,	      "--",	 out,	  NULL };
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	KS_TRY(ks_spawn_run(argv, -1, &run));
	if (!run.status)
		return NULL;
	const char *text = ks_buf_text(&run.err);
	return ks_error_new(KS_ERR_IO, "gpg cannot sign it: %.*s",
			    (int)strcspn(text ? text : "", "\n"), text ? text : "");
}

/** A signature of what stood there before must not stay. @param key NULL: nobody signs it */
static struct ks_error *sign(const char *key, const char *out)
{
	_cleanup_buf_ struct ks_buf signature = { 0 };
	ks_buf_printf(&signature, "%s.sig", out);
	const char *path = ks_buf_text(&signature);
	if (!path)
		return &ks_nomem;
	if (unlink(path) != 0 && errno != ENOENT)
		return ks_error_new(KS_ERR_IO, "%s: cannot remove: %m", path);
	return key ? run_gpg(key, out, path) : NULL;
}

static struct ks_error *print_json(const char *path, const char *key,
				   const struct ks_publish_result *result)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_json json = ks_json_to(&out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_str(&json, "file", path);
	ks_json_key_u64(&json, "images", result->nr_images);
	ks_json_key_u64(&json, "names", result->nr_names);
	ks_json_key_u64(&json, "bytes", result->bytes);
	ks_json_key_str(&json, "content", result->content);
	ks_json_key_str(&json, "signed_by", key);
	ks_json_close(&json, '}');
	return ks_cli_print_json(&out);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	if (argc != 1)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf publish OUT");
	_cleanup_session_ struct ks_session session = { 0 };
	static const char *const beside[] = { "-publish", "-publish-new", "-publish-new-journal",
					      NULL };
	struct ks_leftover_job job = { .cli = cli, .path = argv[0], .tails = beside };
	const struct ks_progress progress = { .fn = ks_leftover_progress, .arg = &job };
	struct ks_publish_opts how = { .progress = &progress };
	struct ks_publish_result result;
	how.common = ks_expect_common(&how.nr_common);
	KS_TRY(ks_session_open(cli, KS_STORE_READ, &session));
	struct ks_error *err = ks_store_publish(session.store, argv[0], &how, &result);
	ks_leftover_forget();
	KS_TRY(err);
	KS_TRY(sign(opts->sign, argv[0]));
	ks_draw_erase(&cli->draw);
	if (cli->json)
		return print_json(argv[0], opts->sign, &result);
	if (!cli->quiet)
		ks_cli_say(stdout, "%s: %zu images, %zu names, %.1f MB, content %s", argv[0],
			   result.nr_images, result.nr_names, (double)result.bytes / 1e6,
			   result.content);
	return NULL;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "sign", "KEY", "sign OUT with that key of gpg, as OUT.sig", KS_OPT_TEXT, AT(sign),
	  NULL },
	{ 0 },
};

const struct ks_cmd ks_cmd_publish = {
	.name = "publish",
	.args = "OUT",
	.help = "write a catalogue: one file for looking names up, here or over the web",
	.details =
		"OUT holds what show, check, find, log, diff and stats ask of the store, laid out "
		"by names. Every\n"
		"command that reads takes it as --db OUT or, on a web server, as --db "
		"https://HOST/OUT. It appears\n"
		"whole or not at all.\n",
	.complete = "file",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.json = true,
	.run = run,
};
