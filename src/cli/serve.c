/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/serve.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "source/net/http.h"
#include "web/server.h"

struct opts {
	const char *listen, *reports;
	unsigned int keep, total, upload; // days, MiB, MiB; 0: not said
};

/** Places in cli->serving. */
enum { SOCKET, WORKERS };
enum { KEEP = 7, TOTAL = 256, UPLOAD = 32, MIB = 1 << 20 };

/** SIGINT and SIGTERM, which end it: they are waited for, in one thread. */
static void block_stops(sigset_t *stops)
{
	sigemptyset(stops);
	sigaddset(stops, SIGINT);
	sigaddset(stops, SIGTERM);
	pthread_sigmask(SIG_BLOCK, stops, NULL);
}

static struct ks_error *begin(struct ks_cli *cli, const void *values)
{
	const struct opts *opts = values;
	sigset_t stops;
	cli->serving[SOCKET] = cli->serving[WORKERS] = -1;
	if (!opts->reports && (opts->keep || opts->total || opts->upload))
		return ks_error_new(KS_ERR_USAGE,
				    "no files are taken without --reports: the other option is "
				    "too much");
	KS_TRY(ks_web_listen(opts->listen ? opts->listen : "127.0.0.1:8080",
			     &cli->serving[SOCKET]));
	block_stops(&stops);
	if (!opts->reports)
		return NULL;
	struct ks_serve_opts workers = { .sandbox = cli->sandbox, .threads = ks_cli_threads(cli) };
	KS_TRY(ks_cli_db_name(cli, &workers.db));
	return ks_serve_workers_begin(&workers, &cli->serving[WORKERS]);
}

/** What checks files; NULL: nothing does. */
static struct ks_error *open_reports(const struct ks_cli *cli, const struct opts *opts,
				     struct ks_serve_reports **ret)
{
	const struct ks_serve_reports_opts reports = {
		.dir = opts->reports,
		.days = opts->keep ? opts->keep : KEEP,
		.max_bytes = (uint64_t)(opts->total ? opts->total : TOTAL) * MIB,
		.max_upload = (size_t)(opts->upload ? opts->upload : UPLOAD) * MIB,
		.workers = cli->serving[WORKERS],
	};
	return opts->reports ? ks_serve_reports_open(&reports, ret) : NULL;
}

/**
 * Large pieces of memory are the system's again when they are freed, and few threads have few heaps: what is kept and what a page
 * needs for a moment lie between each other otherwise.
 */
static void keep_memory_small(unsigned int nr_threads)
{
	enum { LARGE = 256 << 10, SPARE = 1 << 20 };
	mallopt(M_ARENA_MAX, (int)nr_threads);
	mallopt(M_MMAP_THRESHOLD, LARGE);
	mallopt(M_TRIM_THRESHOLD, SPARE);
}

/** Serve until a signal comes. */
static struct ks_error *serve(struct ks_cli *cli, const char *db,
			      const struct ks_serve_reports *reports)
{
	const struct ks_web_server_opts server_opts = {
		.store = db,
		.socket = cli->serving[SOCKET],
		.nr_threads = ks_cli_threads(cli),
		.log = cli->quiet ? NULL : stdout,
		.checks = reports ? ks_serve_reports_checks(reports) : NULL,
	};
	char where[KS_WEB_WHERE];
	struct ks_web_server *server;
	sigset_t stops;
	int signal;
	block_stops(&stops);
	keep_memory_small(server_opts.nr_threads);
	KS_TRY(ks_web_server_start(&server_opts, &server));
	ks_web_where(server_opts.socket, where);
	ks_cli_say(stderr, "ksurf: serving %s at http://%s/", db, where);
	sigwait(&stops, &signal);
	if (reports)
		shutdown(cli->serving[WORKERS],
			 SHUT_RDWR); // workers end, and nobody waits for them
	ks_web_server_stop(server);
	return NULL;
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
	struct ks_serve_reports *reports = NULL;
	const char *db;
	(void)argv;
	if (argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf serve [--listen ADDRESS:PORT]");
	KS_TRY(ks_cli_db_path(cli, &db));
	if (ks_http_serves(db))
		return ks_error_new(KS_ERR_USAGE,
				    "%s: what is shown must be a file: 'ksurf fetch' takes a copy",
				    db);
	if (access(db, F_OK) != 0 && errno == ENOENT)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "%s: no store yet; 'ksurf add' or 'ksurf pull' makes one", db);
	KS_TRY(open_reports(cli, opts, &reports));
	struct ks_error *err = serve(cli, db, reports);
	ks_serve_reports_close(reports);
	return err;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "listen", "ADDRESS:PORT", "listen there; 127.0.0.1:8080 by default, port 0 is any",
	  KS_OPT_TEXT, AT(listen), NULL },
	{ 0, "reports", "DIR", "take files, check them, and keep the reports there", KS_OPT_OUTPUT,
	  AT(reports), NULL },
	{ 0, "keep-reports", "DAYS", "so long; 7 by default", KS_OPT_NUMBER, AT(keep), NULL },
	{ 0, "reports-total", "MIB", "the oldest go when they are more; 256 by default",
	  KS_OPT_NUMBER, AT(total), NULL },
	{ 0, "upload-max", "MIB", "the most that is taken at once; 32 by default", KS_OPT_NUMBER,
	  AT(upload), NULL },
	{ 0 },
};

const struct ks_cmd ks_cmd_serve = {
	.name = "serve",
	.args = "",
	.help = "show the store in a browser",
	.complete = "",
	.details =
		"Pages for every name and kernel, each as .json, too; /api lists the addresses. "
		"The store\n"
		"is only read; what others add to it shows at once. With --reports the page "
		"/check takes\n"
		"what 'ksurf check' does; a locked up worker reads it. Each request is a line on "
		"stdout,\n"
		"unless --quiet. SIGINT or SIGTERM end it.\n",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.begin = begin,
	.run = run,
};
