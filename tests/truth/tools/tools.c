/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The init of a virtual machine in which tools are started: below /objects a folder for each suite has a root file system
 * with them in usr/sbin. Each runs alone in its suite's root, with what /objects/arguments says; when its programs are loaded, the
 * workload runs beside it for two seconds, and it is interrupted. A line of JSON for each tells whether it started and what it printed. It goes
 * to the serial port that RESULTS names. tests/truth/run-vm builds and boots it.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "../calls/workload.h"
#include "../guest.h"

enum { LOAD_SECONDS = 40, RUN_SECONDS = 2, END_SECONDS = 8, MAX_ARGUMENTS = 8, KEPT = 600 };

static FILE *out;

static double now(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static unsigned int nr_loaded(void)
{
	unsigned int nr = 0;
	for (__u32 id = 0; bpf_prog_get_next_id(id, &id) == 0;)
		nr++;
	return nr;
}

/** What a tool is started with. */
static void read_arguments(const char *name, char *line, size_t size, char *argv[MAX_ARGUMENTS + 2])
{
	int nr = 1;
	FILE *in = fopen("/objects/arguments", "r");
	while (in && fgets(line, (int)size, in)) {
		char *rest = line, *word = strsep(&rest, " \n");
		size_t len = strlen(word);
		if (strncmp(name, word, len) != 0 || (name[len] && strcmp(name + len, "-libbpf")))
			continue;
		while (rest && (word = strsep(&rest, " \n")) && *word && nr <= MAX_ARGUMENTS)
			argv[nr++] = word;
		break;
	}
	argv[nr] = NULL;
	if (in)
		fclose(in);
}

static pid_t start_tool(const char *suite, const char *path)
{
	pid_t pid = fork();
	if (pid)
		return pid;
	char line[256], *argv[MAX_ARGUMENTS + 2] = { (char *)path + strlen(suite) };
	read_arguments(strrchr(path, '/') + 1, line, sizeof(line), argv);
	freopen("/said", "w", stdout);
	freopen("/complained", "w", stderr);
	if (chroot(suite) || chdir("/"))
		_exit(126);
	execv(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

/** All steps, over and over, and the start of a program. */
static void work(void)
{
	pid_t pid = fork();
	if (pid)
		return (void)waitpid(pid, NULL, 0);
	double end = now() + RUN_SECONDS;
	workload_set_up();
	do {
		workload_make_all();
		if ((pid = fork()) == 0) {
			execl("/init", "true", "true", NULL);
			_exit(1);
		}
		waitpid(pid, NULL, 0);
		mount("none", "/mnt", "tmpfs", 0, NULL);
		umount("/mnt");
		kill(getpid(), SIGCHLD);
		sync();
	} while (now() < end);
	_exit(0);
}

/** Whether it ended by itself within a time. */
static bool ended(pid_t pid, double seconds, int *ret_status)
{
	for (double end = now() + seconds; now() < end; pause_ms(50))
		if (waitpid(pid, ret_status, WNOHANG) == pid)
			return true;
	return false;
}

/** Until its programs are loaded: there are some, and no more come. Their number; 0 when it ended before. */
static unsigned int wait_loaded(pid_t pid, bool *ret_ended, int *ret_status)
{
	unsigned int last = 0;
	for (double end = now() + LOAD_SECONDS, since = now(); now() < end;) {
		*ret_ended = ended(pid, 0.2, ret_status);
		unsigned int nr = nr_loaded();
		if (*ret_ended)
			return last;
		if (nr != last)
			since = now();
		last = nr;
		if (nr && now() - since > 1)
			return nr;
	}
	return last;
}

static void put_file(const char *key, const char *path)
{
	char text[KEPT];
	size_t lines = 0, kept = 0;
	FILE *in = fopen(path, "r");
	for (int c; in && (c = getc(in)) != EOF;) {
		lines += c == '\n';
		if (kept < sizeof(text))
			text[kept++] = (char)c;
	}
	if (in)
		fclose(in);
	fprintf(out, ", \"%s_lines\": %zu", key, lines);
	guest_put_text(out, key, text, kept);
}

static void try_tool(const char *suite, const char *path)
{
	int status = 0;
	bool early = false, late = false;
	unlink("/said");
	unlink("/complained");
	pid_t pid = start_tool(suite, path);
	unsigned int nr = wait_loaded(pid, &early, &status);
	if (!early) {
		work();
		late = ended(pid, 0.1, &status);
		if (!late)
			kill(pid, SIGINT);
		if (!late && !ended(pid, END_SECONDS, &status)) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
		}
	}
	fprintf(out, "{\"obj\": \"%s\", \"loaded\": %u, \"ended\": \"%s\", ",
		path + strlen("/objects/"), nr,
		early  ? "early"
		: late ? "late"
		       : "interrupted");
	fprintf(out, WIFEXITED(status) ? "\"status\": %d" : "\"signal\": %d",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	put_file("said", "/said");
	put_file("complained", "/complained");
	fputs("}\n", out);
	fflush(out);
}

/** A suite's root sees this machine. */
static void join(const char *suite)
{
	static const char *const seen[] = { "/proc", "/sys", "/dev", "/boot", "/tmp" };
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		char path[256];
		snprintf(path, sizeof(path), "%s%s", suite, seen[i]);
		mkdir(path, 0755);
		mount(seen[i], path, NULL, MS_BIND | MS_REC, NULL);
	}
}

static void set_up(void)
{
	out = guest_set_up();
	mkdir("/tmp", 01777);
	mkdir("/mnt", 0755);
}

int main(int argc, char **argv)
{
	if (argc && strcmp(argv[0], "true") == 0)
		return 0;
	glob_t suites = { 0 }, tools = { 0 };
	set_up();
	guest_put_version(out);
	glob("/objects/*", GLOB_ONLYDIR, NULL, &suites);
	for (size_t i = 0; i < suites.gl_pathc; i++) {
		char pattern[256];
		snprintf(pattern, sizeof(pattern), "%s/usr/sbin/*", suites.gl_pathv[i]);
		join(suites.gl_pathv[i]);
		glob(pattern, 0, NULL, &tools);
		for (size_t k = 0; k < tools.gl_pathc; k++) {
			fprintf(out, "@object %s\n", tools.gl_pathv[k] + strlen("/objects/"));
			fflush(out);
			try_tool(suites.gl_pathv[i], tools.gl_pathv[k]);
			printf("%zu of %zu tools\r", k + 1, tools.gl_pathc);
			fflush(stdout);
		}
		globfree(&tools);
	}
	guest_end(out);
	return 0;
}
