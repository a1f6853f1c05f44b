/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "base/buf.h"
#include "base/edit_distance.h"
#include "base/pool.h"
#include "base/spare.h"
#include "base/text.h"
#include "base/trace.h"
#include "cli/installed.h"
#include "cli/pager.h"
#include "cli/sandbox.h"
#include "cli/status.h"
#include "cli/trace.h"

const struct ks_cmd *const ks_cmds[] = {
	&ks_cmd_add,	    &ks_cmd_pull,   &ks_cmd_update,  &ks_cmd_plan,  &ks_cmd_images,
	&ks_cmd_merge,	    &ks_cmd_repack, &ks_cmd_publish, &ks_cmd_fetch, &ks_cmd_find,
	&ks_cmd_show,	    &ks_cmd_diff,   &ks_cmd_log,     &ks_cmd_deps,  &ks_cmd_check,
	&ks_cmd_explain,    &ks_cmd_who,    &ks_cmd_impact,  &ks_cmd_stats, &ks_cmd_export,
#ifdef KSURF_SERVE
	&ks_cmd_serve,
#endif
	&ks_cmd_completion, &ks_cmd_help,   &ks_cmd_version, NULL,
};

static const char *const colors[] = { "auto", "always", "never", NULL };
static const char *const sandboxes[] = { "auto", "on", "off", NULL };

#define AT(field) offsetof(struct ks_cli, field)
const struct ks_opt ks_cli_opts[] = {
	{ 0, "db", "PATH", "the store to use", KS_OPT_TEXT, AT(db), NULL },
	{ 0, "json", NULL, "print JSON for programs; what has none refuses", KS_OPT_FLAG, AT(json),
	  NULL },
	{ 0, "no-pager", NULL, "print at once, not through a pager", KS_OPT_FLAG, AT(no_pager),
	  NULL },
	{ 'v', "verbose", NULL, "say more", KS_OPT_COUNT, AT(verbose), NULL },
	{ 'q', "quiet", NULL, "print results and errors only", KS_OPT_FLAG, AT(quiet), NULL },
	{ 0, "color", "WHEN", "auto, always or never", KS_OPT_CHOICE, AT(color), colors },
	{ 'j', "jobs", "N", "use N threads", KS_OPT_NUMBER, AT(nr_jobs), NULL },
	{ 0, "wait", "SECONDS", "wait so long for a locked store; 10 by default", KS_OPT_NUMBER,
	  AT(wait), NULL },
	{ 0, "sandbox", "WHEN", "read files in a locked up worker: auto, on or off", KS_OPT_CHOICE,
	  AT(sandbox), sandboxes },
	{ 'h', "help", NULL, "show help", KS_OPT_FLAG, AT(help), NULL },
	{ 0, "version", NULL, "show the version", KS_OPT_FLAG, AT(version), NULL },
	{ 0 },
};

const struct ks_cmd *ks_cmd_by_name(const char *name)
{
	for (size_t i = 0; ks_cmds[i]; i++)
		if (strcmp(ks_cmds[i]->name, name) == 0)
			return ks_cmds[i];
	return NULL;
}

void ks_cli_tell(struct ks_cli *cli, const struct ks_error *err)
{
	char *text = ks_error_text(err);
	ks_draw_erase(&cli->draw);
	fflush(stdout);
	ks_cli_say(stderr, "ksurf: %s", text ? text : err->msg);
	if (!cli->status)
		cli->status = ks_status_of(err->code, cli->answers);
	free(text);
}

void ks_cli_say(FILE *out, const char *fmt, ...)
{
	va_list args;
	char *text;
	va_start(args, fmt);
	int len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		return;
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_text_write(&line, KS_TEXT_LINE, text, (size_t)len);
	ks_buf_char(&line, '\n');
	fwrite(line.at, 1, line.len, out); // at once: threads do not write into each other's lines
	free(text);
}

void ks_cli_fail(struct ks_cli *cli, struct ks_error *err)
{
	ks_cli_tell(cli, err);
	ks_error_free(err);
}

void ks_cli_leave_out(void *cli, struct ks_error *err)
{
	ks_cli_fail(cli, err);
}

struct ks_error *ks_cli_make_dirs(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int failed = mkdir(path, 0755) != 0 && errno != EEXIST;
		struct ks_error *err =
			failed ? ks_error_new(KS_ERR_IO, "%s: cannot create: %m", path) : NULL;
		*slash = '/';
		KS_TRY(err);
	}
	return NULL;
}

struct ks_error *ks_cli_db_name(struct ks_cli *cli, const char **ret)
{
	if (cli->db && !*cli->db) // to SQLite a store that is gone in the end
		return ks_error_new(KS_ERR_USAGE, "--db needs a path");
	if (!cli->db && !cli->default_db) {
		const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
		bool own = data && data[0] == '/'; // the XDG rule: a relative one is to be ignored
		if (!own && (!home || !home[0]))
			return ks_error_new(KS_ERR_USAGE, "no HOME is set: name a store with --db");
		if (asprintf(&cli->default_db, "%s%s/ksurf/ksurf.db", own ? data : home,
			     own ? "" : "/.local/share") < 0) {
			cli->default_db = NULL;
			return &ks_nomem;
		}
	}
	*ret = cli->db ? cli->db : cli->default_db;
	return NULL;
}

struct ks_error *ks_cli_db_path(struct ks_cli *cli, const char **ret)
{
	KS_TRY(ks_cli_db_name(cli, ret));
	return cli->db ? NULL : ks_cli_make_dirs(cli->default_db);
}

void ks_cli_print(const struct ks_buf *text, const char *end)
{
	if (text->len)
		fwrite(text->at, 1, text->len, stdout); // errors stay with the stream until the end
	fputs(end, stdout);
}

struct ks_error *ks_cli_no_json(const struct ks_cli *cli, const char *what)
{
	return cli->json ? ks_error_new(KS_ERR_USAGE, "%s prints no JSON: leave --json out", what)
			 : NULL;
}

struct ks_error *ks_cli_print_json(const struct ks_buf *json)
{
	KS_TRY(ks_buf_error(json));
	ks_cli_print(json, "\n");
	return NULL;
}

bool ks_cli_write(int fd, const void *bytes, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, (const char *)bytes + done, len - done);
		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

struct ks_error *ks_cli_write_file(const char *path, const struct ks_buf *text)
{
	_cleanup_free_ char *temporary = NULL;
	KS_TRY(ks_spare_special(path));
	if (asprintf(&temporary, "%s" KS_RESULT_ENDING, path) < 0) {
		temporary = NULL;
		return &ks_nomem;
	}
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	bool written = fd >= 0 && ks_cli_write(fd, text->at, text->len);
	if (fd >= 0)
		written = close(fd) == 0 && written && rename(temporary, path) == 0;
	if (written)
		return NULL;
	struct ks_error *err = ks_error_new(KS_ERR_IO, "%s: cannot write: %m", path);
	if (fd >= 0)
		unlink(temporary);
	return err;
}

bool ks_cli_colored(const struct ks_cli *cli, FILE *out)
{
	if (cli->color != KS_COLOR_AUTO)
		return cli->color == KS_COLOR_ALWAYS;
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
	return !(none && none[0]) && term && strcmp(term, "dumb") != 0 &&
	       (isatty(fileno(out)) || (cli->paged && out == stdout));
}

unsigned int ks_cli_columns(void)
{
	enum { LEAST = 20, MOST = 10000 };
	struct winsize size;
	const char *word = getenv("COLUMNS"); // as for ls(1): what is set goes before what is there
	unsigned long columns = word ? strtoul(word, NULL, 10) : 0;
	if (columns >= LEAST && columns <= MOST)
		return (unsigned int)columns;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

unsigned int ks_cli_threads(const struct ks_cli *cli)
{
	return cli->nr_jobs ? cli->nr_jobs : ks_pool_default_threads();
}

/**
 * A catalogue that is replaced on its server while it is read is read anew from its beginning, as long as nothing has been said:
 * stdout is of bytes or of letters once something was written to it.
 */
static struct ks_error *run_anew(struct ks_cli *cli, const struct ks_cmd *cmd, const void *values,
				 int argc, char **argv)
{
	enum { TRIES = 3 };
	for (int try = 1;; try++) {
		struct ks_error *err = cmd->run(cli, values, argc, argv);
		bool silent = fwide(stdout, 0) == 0 && !cli->status;
		if (!err || !err->is_replaced || !silent || try == TRIES)
			return err;
		ks_error_free(err);
	}
}

/** Options behind the command name, then the command itself. */
static struct ks_error *run(struct ks_cli *cli, const struct ks_cmd *cmd, int argc, char **argv)
{
	_cleanup_free_ void *values = calloc(1, cmd->opts_size + 1);
	if (!values)
		return &ks_nomem;
	const struct ks_opts sets[] = { { cmd->opts, values }, { ks_cli_opts, cli } };
	int first;
	struct ks_error *err = ks_opts_parse(sets, 2, argc, argv, false, &first);
	if (err)
		return ks_error_wrap(err, "%s", cmd->name);
	if (cli->help) {
		ks_help_print(stdout, cmd);
		return NULL;
	}
	if (!cmd->json)
		KS_TRY(ks_cli_no_json(cli, cmd->name));
	if (cmd->pages)
		ks_pager_start(cli);
	bool done;
	struct ks_sandbox_job job = {
		.cmd = cmd,
		.opts = values,
		.argc = argc - first,
		.argv = argv + first,
		.use = cmd->begin ? KS_STORE_SHOWN : KS_STORE_CHANGED,
	};
	if (cmd->installed && cmd->installed(values)) {
		KS_TRY(ks_cli_installed_find(cli, job.argc, job.argv));
		job.argc = cli->installed->argc;
		job.argv = cli->installed->argv;
	}
	ks_error_free(ks_cli_db_name(cli, &job.db)); // the command says it, should it need one
	if (cmd->begin)
		KS_TRY(cmd->begin(cli, values));
	err = ks_sandbox_enter(cli, &job, &done);
	if (err || done)
		return err;
	ks_draw_init(&cli->draw, !cli->quiet && !ks_trace_on(KS_TRACE_ALL));
	err = run_anew(cli, cmd, values, job.argc, job.argv);
	ks_draw_erase(&cli->draw);
	return err;
}

struct ks_error *ks_cmd_unknown(const char *word)
{
	struct ks_near_word near = ks_near_word_of(word);
	near.best = strlen(word) > 2 ? 3 : 0; // commands are few, and unlike each other
	for (size_t i = 0; ks_cmds[i]; i++)
		ks_near_word_see(&near, ks_cmds[i]->name);
	return ks_error_new(KS_ERR_USAGE, "unknown command '%s'%s", word,
			    near.near ? ks_near_word_hint(&near) : "; try ksurf --help");
}

static struct ks_error *dispatch(struct ks_cli *cli, int argc, char **argv)
{
	const struct ks_opts sets[] = { { ks_cli_opts, cli } };
	int first;
	KS_TRY(ks_opts_parse(sets, 1, argc, argv, true, &first));
	if (cli->version)
		return ks_cmd_version.run(cli, NULL, 0, NULL);
	if (cli->help && first == argc) {
		ks_help_print(stdout, NULL);
		return NULL;
	}
	if (first == argc)
		return ks_error_new(KS_ERR_USAGE, "no command given; try ksurf --help");
	const struct ks_cmd *cmd = ks_cmd_by_name(argv[first]);
	if (!cmd)
		return ks_cmd_unknown(argv[first]);
	cli->answers = cmd->answers;
	return run(cli, cmd, argc - first, argv + first);
}

int ks_cli_main(int argc, char **argv)
{
	struct ks_cli cli = { 0 };
	struct ks_error *err = ks_cli_trace();
	if (!err)
		err = dispatch(&cli, argc, argv);
	if (cli.paged) // an error of stdout means that the reader has left
		ks_pager_end(&cli);
	else if (!err && ferror(stdout)) // an earlier write: errno has had other uses since
		err = ks_error_new(KS_ERR_IO, "cannot write all of the output");
	else if (!err && fflush(stdout) != 0)
		err = ks_error_new(KS_ERR_IO, "cannot write the output: %m");
	if (err)
		ks_cli_fail(&cli, err);
	ks_cli_installed_free(&cli);
	free(cli.default_db);
	return cli.status ? cli.status : cli.answer;
}
