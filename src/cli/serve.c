/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "source/net/http.h"
#include "web/server.h"

struct opts {
	const char *listen;
};

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *opts = values;
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
	const struct ks_web_server_opts server_opts = {
		.store = db,
		.listen = opts->listen ? opts->listen : "127.0.0.1:8080",
		.nr_threads = ks_cli_threads(cli),
		.log = cli->quiet ? NULL : stdout,
	};
	sigset_t stops;
	int signal;
	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &stops, NULL); // for the threads, too: this one waits for them
	struct ks_web_server *server;
	KS_TRY(ks_web_server_start(&server_opts, &server));
	const char *colon = strrchr(server_opts.listen, ':');
	ks_cli_say(stderr, "ksurf: serving %s at http://%.*s:%u/", db,
		   (int)(colon - server_opts.listen), server_opts.listen,
		   ks_web_server_port(server));
	sigwait(&stops, &signal);
	ks_web_server_stop(server);
	return NULL;
}

static const struct ks_opt options[] = {
	{ 0, "listen", "ADDRESS:PORT", "listen there; 127.0.0.1:8080 by default, port 0 is any",
	  KS_OPT_TEXT, offsetof(struct opts, listen), NULL },
	{ 0 },
};

const struct ks_cmd ks_cmd_serve = {
	.name = "serve",
	.args = "",
	.help = "show the store in a browser",
	.complete = "",
	.details = "Pages for every name and kernel, each as .json, too; /api lists the addresses. "
		   "The store\n"
		   "is only read; what others add to it shows at once. Each request is a line on "
		   "stdout,\n"
		   "unless --quiet. SIGINT or SIGTERM end it.\n",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.run = run,
};
