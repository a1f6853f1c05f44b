/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/pager.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

/** The pager and who waits for it: a signal has nobody else to ask. */
static struct {
	volatile sig_atomic_t pager, owner, worker;
} running;

static const int deadly[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
enum { NR_DEADLY = sizeof(deadly) / sizeof(*deadly) };

/** Whoever ends while the pager shows something would leave it alone with the terminal. */
static void end_by(int number)
{
	if (running.owner == getpid()) {
		close(STDOUT_FILENO);
		if (running.worker)
			kill(running.worker, SIGKILL);
		waitpid(running.pager, NULL, 0);
	}
	signal(number, SIG_DFL);
	raise(number);
}

/** The command of a shell; "" is less; NULL: none is wanted. */
static const char *choose(void)
{
	const char *names[] = { "KSURF_PAGER", "PAGER" }, *term = getenv("TERM");
	for (size_t i = 0; i < 2; i++) {
		const char *word = getenv(names[i]);
		if (word)
			return *word && strcmp(word, "cat") != 0 ? word : NULL;
	}
	return term && *term && strcmp(term, "dumb") != 0 ? "" : NULL;
}

/** What a pager would have shown, where there is none. */
static void copy(void)
{
	char bytes[4096];
	for (ssize_t n; (n = read(STDIN_FILENO, bytes, sizeof(bytes))) > 0;)
		if (write(STDOUT_FILENO, bytes, (size_t)n) != n)
			return;
}

/** Runs the command, its argument; where that is nothing that can be run, all is shown at once. It waits for pagers that take Ctrl-C. */
static const char shell[] = "trap : INT QUIT; eval \"$0\"; case $? in 126|127) exec cat;; esac";

/** In the child: wait for something to show, and show it. */
static _Noreturn void show(int in, const char *command)
{
	struct pollfd input = { .fd = in, .events = POLLIN };
	while (poll(&input, 1, -1) < 0 && errno == EINTR)
		;
	if (!(input.revents & POLLIN) || dup2(in, STDIN_FILENO) < 0)
		_exit(EXIT_SUCCESS);
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	if (*command)
		execl("/bin/sh", "sh", "-c", shell, command, (char *)NULL);
	else
		execlp("less", "less", (char *)NULL);
	copy();
	_exit(EXIT_SUCCESS);
}

/** What is asked of a terminal is asked before its place is taken. */
static void remember_columns(void)
{
	struct winsize size;
	char word[16];
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_col)
		return;
	snprintf(word, sizeof(word), "%u", size.ws_col);
	setenv("COLUMNS", word, 0);
}

void ks_pager_start(struct ks_cli *cli)
{
	int ends[2];
	const char *command = choose();
	if (cli->no_pager || !command || !isatty(STDOUT_FILENO) || pipe2(ends, O_CLOEXEC) != 0)
		return;
	remember_columns();
	fflush(NULL);
	pid_t pager = fork();
	if (!pager) {
		close(ends[1]);
		show(ends[0], command);
	}
	close(ends[0]);
	if (pager > 0 && dup2(ends[1], STDOUT_FILENO) >= 0) {
		cli->paged = true;
		running.pager = pager;
		running.owner = getpid();
		signal(SIGPIPE, SIG_IGN); // whoever has seen enough leaves; the exit status stays
		for (size_t i = 0; i < NR_DEADLY; i++)
			signal(deadly[i], end_by);
	}
	close(ends[1]);
}

void ks_pager_holds(pid_t worker)
{
	running.worker = worker;
}

void ks_pager_end(struct ks_cli *cli)
{
	if (!cli->paged)
		return;
	fflush(stdout);
	if (running.owner != getpid())
		return;
	close(STDOUT_FILENO);
	waitpid(running.pager, NULL, 0); // goes on after a signal, as signal(2) has it
	running.owner = 0;
}
