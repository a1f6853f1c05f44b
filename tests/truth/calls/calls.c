/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The init of a virtual machine in which programs count calls: each program of each object below /objects, which is named after
 * the function that it counts, is loaded and attached alone, in a process that then makes every step of /objects/chains in which the
 * function stands. A line of JSON for each goes to the serial port that RESULTS names. tests/truth/run-vm builds and boots it.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../guest.h"
#include "count.h"
#include "workload.h"

enum { TIMES = 20, PROGRAM_SECONDS = 120, MAX_OBJECTS = 4096 };

static const char root[] = "/objects/";
static FILE *out;
static char *paths[MAX_OBJECTS];
static size_t nr_paths;

static int keep_path(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (type == FTW_F && strstr(path, ".bpf.o") && nr_paths < MAX_OBJECTS)
		paths[nr_paths++] = strdup(path);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/** Of the open object only the nr-th program is loaded; NULL when there are no more. */
static struct bpf_program *select_program(struct bpf_object *object, size_t nr)
{
	struct bpf_program *prog, *found = NULL;
	size_t i = 0;
	bpf_object__for_each_program(prog, object)
	{
		if (i == nr)
			found = prog;
		bpf_program__set_autoload(prog, i++ == nr);
	}
	return found;
}

/** The steps of whose line in a list a name is one; how often the program ran, and how often it read something wrong. */
static void make_steps(int map, const char *list, const char *function)
{
	char line[1024];
	const __u32 key = 0;
	bool first = true;
	FILE *chains = fopen(list, "r");
	while (chains && fgets(line, sizeof(line), chains)) {
		char *rest = line, *step = strsep(&rest, ":"), *name;
		while (rest && (name = strsep(&rest, " \n")))
			if (strcmp(name, function) == 0)
				break;
		if (!rest)
			continue;
		struct count count = { .process = (unsigned long long)getpid(),
				       .inode = workload_inode() };
		bpf_map_update_elem(map, &key, &count, BPF_ANY);
		bool made = workload_make(step, TIMES);
		bpf_map_lookup_elem(map, &key, &count);
		if (!made)
			continue;
		fprintf(out, "%s\"%s\": ", first ? "" : ", ", step);
		fprintf(out, count.wrong ? "[%llu, %llu]" : "%llu", count.calls, count.wrong);
		first = false;
	}
	if (chains)
		fclose(chains);
}

static void count_program(const char *path, size_t nr)
{
	char function[256];
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *prog = object ? select_program(object, nr) : NULL;
	if (!prog)
		return;
	snprintf(function, sizeof(function), "%s", strrchr(path, '/') + 1);
	*strstr(function, ".bpf.o") = '\0';
	int err = bpf_object__load(object);
	fprintf(out, "{\"obj\": \"%s\", \"prog\": \"%s\", \"function\": \"%s\", \"load\": %d",
		path + strlen(root), bpf_program__name(prog), function, err);
	struct bpf_link *link = err ? NULL : bpf_program__attach(prog);
	if (!err)
		fprintf(out, ", \"attach\": %d", link ? 0 : -errno);
	if (link) {
		fprintf(out, ", \"times\": %d, \"steps\": {", TIMES);
		workload_set_up();
		bool values = strncmp(function, "values-", 7) == 0;
		make_steps(bpf_object__find_map_fd_by_name(object, "counts"),
			   values ? "/objects/values" : "/objects/chains",
			   values ? bpf_program__name(prog) : function);
		fputs("}", out);
	}
	fputs("}\n", out);
}

/** In a process of its own, so that each finds the machine as the others did. */
static void count_in_child(const char *path, size_t nr)
{
	fflush(out);
	pid_t pid = fork();
	if (pid == 0) {
		alarm(PROGRAM_SECONDS);
		count_program(path, nr);
		fflush(out);
		_exit(0);
	}
	int status = -1;
	if (pid > 0)
		waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		fputs(", \"stopped\": true}\n", out);
}

static size_t count_programs(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *prog;
	size_t nr = 0;
	if (object)
		bpf_object__for_each_program(prog, object) nr++;
	bpf_object__close(object);
	return nr;
}

static int no_log(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

int main(void)
{
	out = guest_set_up();
	libbpf_set_print(no_log);
	nftw("/objects", keep_path, 16, FTW_PHYS);
	qsort(paths, nr_paths, sizeof(*paths), by_name);
	guest_put_version(out);
	for (size_t i = 0; i < nr_paths; i++) {
		fprintf(out, "@object %s\n", paths[i] + strlen(root));
		size_t nr = count_programs(paths[i]);
		for (size_t k = 0; k < nr; k++)
			count_in_child(paths[i], k);
		printf("%zu of %zu objects\r", i + 1, nr_paths);
		fflush(stdout);
	}
	guest_end(out);
	return 0;
}
