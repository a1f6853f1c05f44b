/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the two processes of a command end, whoever is hit by what: with the right status, with no process left behind, and with
 * nothing half-written.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/array.h"
#include "base/buf.h"
#include "place.h"

enum { BUILD = 1, PATIENCE_MS = 60000, OPENING_MS = 2000, ARGUMENTS_MAX = 16, SECCOMP_FILTERS = 2 };

/** A command that runs; it is the first of a process group. */
struct run {
	pid_t parent, worker;
	int errors; // what it says
};

enum whom { PARENT, WORKER, GROUP };

/** A number of /proc/PID/status. @return -1: the process is gone */
static int status_number(pid_t pid, const char *name)
{
	char path[64], line[256];
	int number = -1;
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	FILE *file = fopen(path, "re");
	while (file && number < 0 && fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0)
			number = atoi(line + strlen(name));
	if (file)
		fclose(file);
	return number;
}

/** The child of a process that is locked up. @return 0: there is none */
static pid_t find_worker(pid_t parent)
{
	pid_t found = 0;
	DIR *proc = opendir("/proc");
	assert_non_null(proc);
	for (struct dirent *entry; !found && (entry = readdir(proc));) {
		pid_t pid = atoi(entry->d_name);
		if (pid > 0 && status_number(pid, "PPid:\t") == parent &&
		    status_number(pid, "Seccomp:\t") == SECCOMP_FILTERS)
			found = pid;
	}
	closedir(proc);
	return found;
}

/** Whether a process has the store open: its parent has told it all that it must know by then. */
static bool has_store(pid_t pid)
{
	char path[64], target[PATH_MAX];
	bool has = false;
	for (int fd = 0; fd < 64 && !has; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
		ssize_t len = readlink(path, target, sizeof(target) - 1);
		target[len > 0 ? len : 0] = '\0';
		has = len > 6 && strcmp(target + len - 6, "/store") == 0;
	}
	return has;
}

static void execute(const char *dir, const char *arguments, int errors)
{
	char text[256], *argv[ARGUMENTS_MAX] = { "ksurf", "--sandbox", "on", "--db", "store" },
			*rest;
	static const int ends[] = { SIGINT, SIGHUP, SIGQUIT, SIGTERM };
	const struct rlimit none = { 0, 0 };
	for (size_t i = 0; i < KS_ARRAY_LEN(ends); i++)
		signal(ends[i], SIG_DFL); // a shell ignores some for what runs in its background
	size_t nr = 5;
	snprintf(text, sizeof(text), "%s", arguments);
	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[nr++] = word;
	setrlimit(RLIMIT_CORE, &none);
	int null = open("/dev/null", O_WRONLY);
	if (chdir(dir) == 0 && setpgid(0, 0) == 0 && dup2(null, 1) >= 0 && dup2(errors, 2) >= 0)
		execv(getenv("KSURF_COMMAND"), argv);
	_exit(127);
}

/** Run a command in the folder until its worker is locked up, or until it has ended. */
static struct run begin(const char *dir, const char *arguments)
{
	int pipe[2];
	assert_int_equal(pipe2(pipe, O_CLOEXEC), 0);
	struct run run = { .parent = fork(), .errors = pipe[0] };
	assert_true(run.parent >= 0);
	if (!run.parent)
		execute(dir, arguments, pipe[1]);
	close(pipe[1]);
	siginfo_t info = { 0 };
	while (!(run.worker = find_worker(run.parent)) && !info.si_pid) {
		usleep(1000);
		waitid(P_PID, (id_t)run.parent, &info, WEXITED | WNOHANG | WNOWAIT);
	}
	for (int ms = 0; ms < OPENING_MS && !info.si_pid && !has_store(run.worker); ms++) {
		usleep(1000);
		waitid(P_PID, (id_t)run.parent, &info, WEXITED | WNOHANG | WNOWAIT);
	}
	return run;
}

static void hit(const struct run *run, int signal, enum whom whom)
{
	pid_t pid = whom == PARENT ? run->parent : whom == WORKER ? run->worker : -run->parent;
	if (pid) // a command may have ended by itself
		kill(pid, signal);
}

/** Wait until both processes are gone: this one inherits those whose parent died. @return the wait status of the first */
static int end(struct run *run, struct ks_buf *said)
{
	int status, result = -1;
	char text[256];
	for (int ms = 0; ms < PATIENCE_MS;) {
		pid_t pid = waitpid(-1, &status, WNOHANG);
		if (pid < 0)
			break;
		if (pid == run->parent)
			result = status;
		if (pid == 0 && ++ms)
			usleep(1000);
	}
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); // else one is left behind
	for (ssize_t n; (n = read(run->errors, text, sizeof(text))) > 0;)
		ks_buf_bytes(said, text, (size_t)n);
	close(run->errors);
	assert_non_null(ks_buf_text(said));
	return result;
}

/** Whether this build and this system have a sandbox. */
static bool has_sandbox(const char *dir)
{
	_cleanup_buf_ struct ks_buf said = { 0 };
	struct run run = begin(dir, "images");
	int status = end(&run, &said);
	if (strstr(said.at, "no sandbox: "))
		return false;
	if (status != 0)
		fail_msg("images: %s", said.at);
	return true;
}

static void make_store(const char *path)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, BUILD);
}

static const struct ending {
	int signal;
	enum whom whom;
	int exit; // 0: it dies by the signal
} endings[] = {
	{ SIGSEGV, WORKER, 9 }, { SIGBUS, WORKER, 9 },	{ SIGABRT, WORKER, 9 },
	{ SIGILL, WORKER, 9 },	{ SIGKILL, WORKER, 0 }, { SIGTERM, WORKER, 0 },
	{ SIGINT, GROUP, 0 },	{ SIGHUP, GROUP, 0 },	{ SIGQUIT, GROUP, 0 },
	{ SIGTERM, PARENT, 0 }, { SIGINT, PARENT, 0 },	{ SIGKILL, PARENT, 0 },
};

static void check_ending(const char *dir, const struct ending *ending)
{
	_cleanup_buf_ struct ks_buf said = { 0 };
	struct run run = begin(dir, "--wait 600 images --rename 6.1.0-1 other");
	assert_true(run.worker > 0);
	hit(&run, ending->signal, ending->whom);
	int status = end(&run, &said);
	if (ending->exit) {
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), ending->exit);
		assert_non_null(strstr(said.at, "the worker that reads files crashed"));
		assert_ptr_equal(strchr(said.at, '\n'), said.at + said.len - 1); // one line
	} else {
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), ending->signal);
		assert_int_equal(said.len, 0);
	}
}

/** The command waits for the store, which this process has locked. */
static void both_processes_end_as_they_were_told(void **state)
{
	struct place *place = *state;
	sqlite3 *db;
	make_store(place->path);
	if (!has_sandbox(place->dir))
		skip();
	assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	for (size_t i = 0; i < KS_ARRAY_LEN(endings); i++)
		check_ending(place->dir, &endings[i]);
	sqlite3_close(db);
	assert_int_equal(
		place_number(place->path, "SELECT count(*) FROM images WHERE label = '6.1.0-1'"),
		1);
}

/** @return what a shell prints in the folder; the caller frees it */
static char *shell(const char *dir, const char *text)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	char output[4096] = "";
	ks_buf_printf(&line, "cd %s && { %s; } 2>&1", dir, text);
	assert_non_null(ks_buf_text(&line));
	FILE *pipe = popen(line.at, "r");
	assert_non_null(pipe);
	output[fread(output, 1, sizeof(output) - 1, pipe)] = '\0';
	pclose(pipe);
	return strdup(output);
}

static void expect(const char *dir, const char *text, const char *want)
{
	char *got = shell(dir, text);
	assert_string_equal(got, want);
	free(got);
}

#define SHOW "show function --all --format md -o "

static void no_file_is_half_written(void **state)
{
	enum { KILLS = 16 };
	struct place *place = *state;
	make_store(place->path);
	if (!has_sandbox(place->dir))
		skip();
	expect(place->dir, "$KSURF_COMMAND -q --db store " SHOW "whole", "");
	for (unsigned int i = 0; i < KILLS; i++) {
		_cleanup_buf_ struct ks_buf said = { 0 };
		struct run run = begin(place->dir, SHOW "out");
		usleep(i * 2000);
		hit(&run, endings[i % KS_ARRAY_LEN(endings)].signal,
		    endings[i % KS_ARRAY_LEN(endings)].whom);
		end(&run, &said);
		expect(place->dir,
		       "mkdir -p out; cd out; find . -type f ! -name '.ksurf-*' | "
		       "while read f; do cmp $f ../whole/$f; done; rm -rf ../out",
		       "");
	}
	expect(place->dir, "rm -rf whole", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_processes_end_as_they_were_told),
		TEST(no_file_is_half_written),
	};
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
