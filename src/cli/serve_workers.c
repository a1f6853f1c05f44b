/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes: one that has no threads and looks into nothing forks the workers, and what answers each of them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/sandbox.h"
#include "cli/sandbox_beside.h"
#include "cli/serve.h"
#include "source/codec/codec.h"
#include "source/package/archive.h"

/** End with whoever started this. */
static void end_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
}

/** Signals are as in a process that was just started. */
static void reset_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The address sanitizer has more memory than any limit, all of it for nothing. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_SHADOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_SHADOW 1
#endif
#endif
#ifndef HAS_SHADOW
#define HAS_SHADOW 0
#endif

/** Time runs out for this process, with which its worker ends; memory and files for the worker, too. */
static void set_limits(void)
{
	const struct rlimit memory = { KS_SERVE_MEMORY, KS_SERVE_MEMORY }, none = { 0, 0 };
	if (!HAS_SHADOW)
		setrlimit(RLIMIT_DATA, &memory);
	setrlimit(RLIMIT_FSIZE, &memory);
	setrlimit(RLIMIT_CORE, &none);
	alarm(KS_SERVE_SECONDS);
}

static struct ks_error *find_grants(const struct ks_serve_opts *opts,
				    struct ks_sandbox_files *files)
{
	static const struct ks_cmd nothing = { .name = "serve", .complete = "" };
	const struct ks_sandbox_job job = {
		.cmd = &nothing,
		.db = opts->db,
		.use = KS_STORE_LOOKED_AT,
	};
	return ks_sandbox_files_find(&job, false, files);
}

/** A worker of its own process, and this one answers it; where nothing can be locked up, and need not be, this one is the worker. */
static void run_worker(const struct ks_serve_opts *opts, int stream)
{
	struct ks_sandbox_files files = { 0 };
	struct ks_error *err = find_grants(opts, &files);
	const struct ks_sandbox_start start = {
		.grants = &files.grants,
		.keep = &stream,
		.nr_keep = 1,
	};
	struct ks_worker worker = { 0 };
	bool locks = opts->sandbox != KS_SANDBOX_OFF;
	if (!err && locks)
		err = ks_sandbox_start(&start, &worker);
	if (!err && locks && worker.pid) {
		close(stream);
		ks_sandbox_serve(&start, &worker);
		return;
	}
	bool may_do_without =
		err && err->code == KS_ERR_UNSUPPORTED && opts->sandbox == KS_SANDBOX_AUTO;
	if (!err || may_do_without)
		ks_serve_work(opts, !err && locks ? KS_SANDBOX_KEPT : stream);
	ks_error_free(err);
}

/** Fork, and send the way to what was forked. @return whether somebody is there to take it */
static bool start_one(const struct ks_serve_opts *opts, int channel)
{
	int pair[2];
	pid_t self = getpid();
	char nothing = 0;
	union ks_ask_beside beside;
	struct iovec out = { &nothing, 1 };
	struct msghdr msg = { .msg_iov = &out, .msg_iovlen = 1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return sendmsg(channel, &msg, MSG_NOSIGNAL) > 0;
	pid_t forked = fork();
	if (forked == 0) {
		end_with(self);
		reset_signals();
		close(channel);
		close(pair[0]);
		set_limits();
		run_worker(opts, pair[1]);
		_exit(EXIT_SUCCESS);
	}
	ks_ask_attach(&msg, &beside, forked > 0 ? pair[0] : -1);
	bool taken = sendmsg(channel, &msg, MSG_NOSIGNAL) > 0;
	close(pair[0]);
	close(pair[1]);
	return taken;
}

/** Fork a worker whenever one is asked for, until nobody can ask any more. */
static void serve(const struct ks_serve_opts *opts, int channel)
{
	char any;
	ssize_t n;
	const struct ks_archive *archive;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd); // whatever a worker becomes, it writes nothing into the log
	ks_codecs_load();	// once for all of them
	ks_error_free(ks_archive_get(&archive));
	signal(SIGCHLD, SIG_IGN); // nobody waits for them
	while ((n = recv(channel, &any, 1, 0)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0 && !start_one(opts, channel))
			break;
}

struct ks_error *ks_serve_workers_begin(const struct ks_serve_opts *opts, int *ret)
{
	int pair[2];
	pid_t self = getpid();
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return ks_error_new(KS_ERR_IO, "cannot make a pair of sockets: %m");
	fflush(NULL);
	pid_t forked = fork();
	if (forked == 0) {
		end_with(self);
		dup2(pair[1], STDERR_FILENO + 1);
		closefrom(STDERR_FILENO +
			  2); // neither the socket that is listened on, nor the other end
		serve(opts, STDERR_FILENO + 1);
		_exit(EXIT_SUCCESS);
	}
	close(pair[1]);
	if (forked > 0) {
		*ret = pair[0];
		return NULL;
	}
	close(pair[0]);
	return ks_error_new(KS_ERR_IO, "cannot start a process: %m");
}

int ks_serve_worker(int workers)
{
	char any = 0;
	union ks_ask_beside beside;
	struct iovec in = { &any, 1 };
	struct msghdr msg = { .msg_iov = &in,
			      .msg_iovlen = 1,
			      .msg_control = &beside,
			      .msg_controllen = sizeof(beside) };
	ssize_t n;
	if (send(workers, &any, 1, MSG_NOSIGNAL) != 1)
		return -1;
	while ((n = recvmsg(workers, &msg, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		;
	return n > 0 ? ks_ask_attached(&msg) : -1;
}
