/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/sandbox.h"
#include "cli/sandbox_private.h"

/** Put the channel and what is kept where they belong, and close everything else. @return 0 or an errno */
static int keep_files(const struct ks_sandbox_start *start, int channel)
{
	enum { ASIDE = 64 }; // where nothing is that is still needed
	int from[KS_SANDBOX_KEEPS + 1] = { channel };
	for (size_t i = 0; i < start->nr_keep; i++)
		from[i + 1] = start->keep[i];
	for (size_t i = 0; i <= start->nr_keep; i++) {
		from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, ASIDE);
		if (from[i] < 0)
			return errno;
	}
	for (size_t i = 0; i <= start->nr_keep; i++)
		if (dup3(from[i], KS_SANDBOX_FD + (int)i, O_CLOEXEC) < 0)
			return errno;
	closefrom(KS_SANDBOX_KEPT + (int)start->nr_keep);
	return 0;
}

/** The worker locks itself up. Libraries come first, no file stays beside the standard ones but the channel and what is kept. */
static struct ks_error *lock_up(const struct ks_sandbox_start *start, int channel, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL); // nobody is there to answer
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	if (start->prepare)
		start->prepare(start->prepare_arg);
	int why = keep_files(start, channel);
	why = why ? why : ks_sandbox_trap();
	if (why || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return ks_error_new(KS_ERR_UNSUPPORTED, "the system refused: %s",
				    strerror(why ? why : errno));
	if (!start->no_landlock)
		ks_sandbox_landlock();
	return ks_sandbox_filter(start->answers);
}

/** The first message tells how it went: nothing but NUL, or why not. */
static void tell(const struct ks_error *err)
{
	const char *text = err ? err->msg : "";
	(void)!send(KS_SANDBOX_FD, text, strlen(text) + 1, MSG_NOSIGNAL);
}

/** @return why the worker could not lock itself up; it is gone then */
static struct ks_error *hear(struct ks_worker *worker)
{
	char text[256];
	ssize_t n;
	while ((n = recv(worker->channel, text, sizeof(text) - 1, 0)) < 0 && errno == EINTR)
		;
	if (n == 1 && !text[0])
		return NULL;
	text[n > 0 ? n : 0] = '\0';
	close(worker->channel);
	kill(worker->pid, SIGKILL);
	waitpid(worker->pid, NULL, 0);
	return ks_error_new(KS_ERR_UNSUPPORTED, "no sandbox: %s",
			    text[0] ? text : "the worker did not start");
}

/** valgrind can neither follow what the filter stops, nor do its own work behind it. */
static bool is_watched(void)
{
	const char *preloaded = getenv("LD_PRELOAD");
	return preloaded && strstr(preloaded, "/vgpreload_");
}

struct ks_error *ks_sandbox_start(const struct ks_sandbox_start *start, struct ks_worker *ret)
{
	int pair[2];
	pid_t parent = getpid();
	if (is_watched())
		return ks_error_new(KS_ERR_UNSUPPORTED, "no sandbox: not under valgrind");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return ks_error_new(KS_ERR_UNSUPPORTED, "no sandbox: %m");
	fflush(NULL); // or both would write what is waiting
	*ret = (struct ks_worker){ .pid = fork(), .channel = pair[0] };
	if (ret->pid < 0) {
		struct ks_error *err = ks_error_new(KS_ERR_UNSUPPORTED, "no sandbox: %m");
		close(pair[0]);
		close(pair[1]);
		return err;
	}
	if (ret->pid) {
		close(pair[1]);
		return hear(ret);
	}
	struct ks_error *err = lock_up(start, pair[1], parent);
	tell(err);
	if (err)
		_exit(EXIT_FAILURE);
	return NULL;
}
