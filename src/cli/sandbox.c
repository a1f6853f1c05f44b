/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/sandbox.h"
#include "cli/pager.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "report/stats/plot.h"
#include "source/codec/codec.h"
#include "source/net/suites_share.h"
#include "source/package/archive.h"

/** What of the libraries is missing is said when it is needed. */
static void prepare(const void *arg)
{
	const struct ks_sandbox_files *files = arg;
	const struct ks_archive *archive;
	if (files->store)
		ks_sandbox_look_at_folders(files->store);
	if (files->pictures)
		ks_plot_png_load();
	if (!files->packed && !files->fetched)
		return;
	ks_codecs_load();
	ks_error_free(ks_archive_get(&archive));
}

/** Signals that end a process by what it does itself. */
static bool is_crash(int signal)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP };
	for (size_t i = 0; i < KS_ARRAY_LEN(crashes); i++)
		if (crashes[i] == signal)
			return true;
	return false;
}

/** End as the worker did. */
static struct ks_error *end_like(struct ks_cli *cli, int status)
{
	if (WIFEXITED(status)) {
		cli->status = WEXITSTATUS(status);
		return NULL;
	}
	int ended_by = WTERMSIG(status);
	if (!is_crash(ended_by)) { // somebody wanted that
		ks_pager_end(cli);
		signal(ended_by, SIG_DFL);
		raise(ended_by);
	}
	cli->status = KS_STATUS_CRASH;
	return ks_error_new(
		KS_ERR_DATA,
		"the worker that reads files crashed (%s); what it was writing is not in "
		"the store. Please report it, with the file",
		strsignal(ended_by));
}

/** Wait for signals that end the command, and pass them on to the worker: it ends as it should, and so the command does. */
static void *pass_signals_on(void *arg)
{
	sigset_t stops;
	int got;
	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	while (sigwait(&stops, &got) == 0)
		kill((pid_t)(intptr_t)arg, SIGTERM);
	return NULL;
}

/** Answer a worker that answers connections. @return its wait status */
static int serve_server(const struct ks_sandbox_start *how, struct ks_worker *worker)
{
	pthread_t thread;
	for (size_t i = 0; i < how->nr_keep; i++)
		close(how->keep[i]); // they are the worker's alone
	bool passes =
		pthread_create(&thread, NULL, pass_signals_on, (void *)(intptr_t)worker->pid) == 0;
	if (!passes)
		kill(worker->pid, SIGKILL); // nobody could end it
	int status = ks_sandbox_serve(how, worker);
	if (passes) {
		pthread_cancel(thread);
		pthread_join(thread, NULL);
	}
	return status;
}

/** How many files the worker of a server keeps. */
static size_t nr_kept(const struct ks_cli *cli)
{
	size_t nr = 0;
	while (nr < KS_ARRAY_LEN(cli->serving) && cli->serving[nr] >= 0)
		nr++;
	return nr;
}

/** @param files, server  until the process ends: threads that fetch may look at them when the worker is gone */
static struct ks_error *start(struct ks_cli *cli, const struct ks_sandbox_job *job,
			      struct ks_sandbox_files *files, struct ks_fetch_server *server,
			      bool *done)
{
	if (job->cmd->fetches)
		job->cmd->fetches(job->opts, &server->how);
	if (server->how.only_lists) // the parent's to read, always
		return NULL;
	if (server->how.plan)
		KS_TRY(ks_pull_plan_read(server->how.plan, &server->plan));
	bool fetches = job->cmd->fetches && !server->how.nothing;
	KS_TRY(ks_sandbox_files_find(job, fetches, files));
	server->job = job;
	server->grants = &files->grants;
	if (fetches && !(server->how.pull.shared = ks_suites_share()))
		return &ks_nomem;
	const struct ks_sandbox_start how = {
		.grants = &files->grants,
		.fetch = fetches || (job->db && ks_http_serves(job->db)) ? ks_fetch_server_begin
									 : NULL,
		.fetch_arg = server,
		.prepare = prepare,
		.prepare_arg = files,
		.keep = cli->serving,
		.nr_keep = job->cmd->begin ? nr_kept(cli) : 0,
		.answers = job->cmd->begin,
	};
	struct ks_worker worker;
	struct ks_error *err = ks_sandbox_start(&how, &worker);
	if (err && err->code == KS_ERR_UNSUPPORTED && cli->sandbox == KS_SANDBOX_AUTO) {
		ks_error_free(err);
		return NULL;
	}
	if (!err && !worker.pid) {
		cli->transport = ks_sandbox_transport();
		for (size_t i = 0; i < how.nr_keep; i++)
			cli->serving[i] = KS_SANDBOX_KEPT + (int)i;
	}
	if (err || !worker.pid)
		return err;
	*done = true;
	ks_pager_holds(worker.pid);
	return end_like(cli, how.answers ? serve_server(&how, &worker)
					 : ks_sandbox_serve(&how, &worker));
}

struct ks_error *ks_sandbox_enter(struct ks_cli *cli, const struct ks_sandbox_job *job, bool *done)
{
	*done = false;
	if (!job->cmd->opens || cli->sandbox == KS_SANDBOX_OFF)
		return NULL;
	static struct ks_sandbox_files files;
	static struct ks_fetch_server server;
	struct ks_error *err = start(cli, job, &files, &server, done);
	if (!*done) { // in the worker nobody asks them
		ks_pull_plan_deinit(&server.plan);
		ks_suites_unshare(server.how.pull.shared);
		ks_grants_deinit(&files.grants);
		free(files.store);
	}
	return err;
}
