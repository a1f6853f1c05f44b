/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole copy of a catalogue. Its signature is checked, then all that it holds is compared with its hash: by a worker that is locked up. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cmd.h"
#include "cli/leftover.h"
#include "source/net/http.h"
#include "source/net/signature.h"
#include "source/net/spawn.h"
#include "store/store.h"

enum { PIECE = 256 << 10 };

struct opts {
	const char *keys;
};

static struct ks_error *receive(struct ks_cli *cli, const char *url, int fd, char *piece)
{
	_cleanup_input_ struct ks_input *in = NULL;
	const struct ks_http_opts http = { .pinned = true };
	struct ks_draw_job job = { &cli->draw, url };
	uint64_t at = 0;
	KS_TRY(ks_http_open(url, &http, &in));
	for (;;) {
		size_t got;
		KS_TRY(ks_input_read(in, at, piece, PIECE, &got));
		if (!at && !ks_catalogue_begins(piece, got))
			return ks_error_new(KS_ERR_DATA,
					    "no catalogue, as 'ksurf publish' makes it");
		if (!got)
			break;
		if (!ks_cli_write(fd, piece, got))
			return ks_error_new(KS_ERR_IO, "cannot write: %m");
		at += got;
		ks_draw_bytes(&job, "fetching", at,
			      in->size == KS_INPUT_SIZE_UNKNOWN ? 0 : in->size);
	}
	ks_draw_erase(&cli->draw);
	return fsync(fd) == 0 ? NULL : ks_error_new(KS_ERR_IO, "cannot write: %m");
}

static struct ks_error *receive_into(struct ks_cli *cli, const char *url, const char *path)
{
	_cleanup_free_ char *piece = malloc(PIECE);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return ks_error_new(KS_ERR_IO, "%s: cannot be written: %m", path);
	struct ks_error *err = piece ? receive(cli, url, fd, piece) : &ks_nomem;
	close(fd);
	return ks_error_in_file(err, url);
}

/** Whether one of the keys has signed it, by the signature at an address. */
static struct ks_error *verify(const char *path, const char *url, const struct opts *opts)
{
	enum { SIGNATURE_MAX = 1 << 20 };
	static const struct ks_http_opts http;
	_cleanup_keys_ struct ks_keys keys = { 0 };
	_cleanup_buf_ struct ks_buf signature = { 0 };
	KS_TRY(ks_keys_add_file(&keys, opts->keys));
	KS_TRY(ks_http_get(url, &http, SIGNATURE_MAX, &signature));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ks_error_new(KS_ERR_IO, "%s: cannot open: %m", path);
	struct ks_error *err = ks_signature_verify_file(&keys, &signature, fd);
	close(fd);
	if (!err || err->code != KS_ERR_DATA)
		return err;
	ks_error_free(err);
	return ks_error_new(KS_ERR_DATA, "%s: not signed by a key of %s", path, opts->keys);
}

/** Whether it holds what its hash is of: a process of its own reads it, as any other that is asked for a stranger's file. */
static struct ks_error *check_content(const struct ks_cli *cli, const char *copy)
{
	static const char *const words[] = {
		[KS_SANDBOX_AUTO] = "auto", [KS_SANDBOX_ON] = "on", [KS_SANDBOX_OFF] = "off"
	};
	const char *const argv[] = {
		"/proc/self/exe", "--quiet",  "--sandbox", words[cli->sandbox], "--db", copy,
		"images",	  "--verify", NULL
	};
	static const char begin[] = "ksurf: ";
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	KS_TRY(ks_error_wrap(ks_spawn_run(argv, -1, &run), "cannot check what has come"));
	if (!run.status)
		return NULL;
	const char *said = ks_buf_text(&run.err);
	said = said ? said : "";
	said += strncmp(said, begin, strlen(begin)) == 0 ? strlen(begin) : 0;
	size_t len = strlen(copy);
	said += strncmp(said, copy, len) == 0 && strncmp(said + len, ": ", 2) == 0 ? len + 2 : 0;
	return ks_error_new(KS_ERR_DATA, "not taken: %.*s", (int)strcspn(said, "\n"), said);
}

/** @param copy its name until it is whole */
static struct ks_error *fetch(struct ks_cli *cli, const struct opts *opts, const char *url,
			      const char *copy, const char *out)
{
	_cleanup_buf_ struct ks_buf signature_url = { 0 };
	KS_TRY(ks_store_spare(out));
	KS_TRY(receive_into(cli, url, copy));
	if (opts->keys) {
		ks_buf_printf(&signature_url, "%s.sig", url);
		KS_TRY(ks_buf_text(&signature_url) ? verify(copy, signature_url.at, opts)
						   : &ks_nomem);
	}
	KS_TRY(ks_error_in_file(check_content(cli, copy), url));
	return rename(copy, out) == 0 ? NULL
				      : ks_error_new(KS_ERR_IO, "%s: cannot be written: %m", out);
}

static struct ks_error *print_json(const char *url, const char *path, const struct opts *opts)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_json json = ks_json_to(&out, 2);
	struct stat made;
	if (stat(path, &made) != 0)
		return ks_error_new(KS_ERR_IO, "%s: is gone: %m", path);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_str(&json, "url", url);
	ks_json_key_str(&json, "file", path);
	ks_json_key_u64(&json, "bytes", (uint64_t)made.st_size);
	ks_json_key_str(&json, "signed_by", opts->keys);
	ks_json_close(&json, '}');
	return ks_cli_print_json(&out);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	_cleanup_buf_ struct ks_buf copy = { 0 };
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *out = argc == 2 ? argv[1] : slash ? slash + 1 : "";
	if (argc < 1 || argc > 2)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf fetch URL [OUT]");
	if (!ks_http_serves(argv[0]))
		return ks_error_new(KS_ERR_USAGE,
				    "'%s' is no address: http:// or https:// begins one", argv[0]);
	if (!*out || strpbrk(out, "?#%"))
		return ks_error_new(KS_ERR_USAGE, "say what the copy shall be called: ksurf fetch "
						  "URL OUT");
	ks_buf_printf(&copy, "%s-fetch", out);
	if (!ks_buf_text(&copy))
		return &ks_nomem;
	KS_TRY(ks_leftover_add(copy.at));
	struct ks_error *err = fetch(cli, values, argv[0], copy.at, out);
	if (err)
		unlink(copy.at);
	ks_leftover_forget();
	return err || !cli->json ? err : print_json(argv[0], out, values);
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "signed-by", "KEYS", "take it only when URL.sig is of one of these keys", KS_OPT_INPUT,
	  AT(keys), NULL },
	{ 0 },
};

const struct ks_cmd ks_cmd_fetch = {
	.name = "fetch",
	.args = "URL [OUT]",
	.help = "take a whole copy of a catalogue from a web server",
	.details = "Without OUT it is called as in URL. It appears whole or not at all, and only "
		   "when all that "
		   "it holds is\n"
		   "what its hash is of. A store is not replaced. KEYS are as 'gpg --export' "
		   "writes them; gpgv checks.\n",
	.complete = "file",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.json = true,
	.run = run,
};
