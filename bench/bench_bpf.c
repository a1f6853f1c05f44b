/* SPDX-License-Identifier: BSD-2-Clause */
/* How long it takes to read eBPF objects and to collect what they need. Usage: bench-bpf FILE... */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bpf/deps.h"
#include "bpf/find.h"

enum { ROUNDS = 20 };

static double now_ms(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static void must(struct ks_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "%s\n", err->msg);
	exit(1);
}

/** Best of some rounds over all objects that were found. */
static double best(const struct ks_bpf_finds *finds, bool with_deps)
{
	double least = 1e9;
	for (int round = 0; round < ROUNDS; round++) {
		double start = now_ms();
		for (size_t i = 0; i < finds->len; i++) {
			_cleanup_bpf_ struct ks_bpf_object *object = NULL;
			_cleanup_deps_ struct ks_deps *deps = NULL;
			must(ks_bpf_open(finds->at[i].bytes, finds->at[i].size, "bench", &object));
			if (with_deps)
				must(ks_deps_collect(object, &deps));
		}
		double took = now_ms() - start;
		if (took < least)
			least = took;
	}
	return least;
}

int main(int argc, char **argv)
{
	_cleanup_finds_ struct ks_bpf_finds finds = { 0 };
	for (int i = 1; i < argc; i++)
		must(ks_bpf_find(argv[i], &finds));
	printf("%zu objects: read %.2f ms, read and collected %.2f ms\n", finds.len,
	       best(&finds, false), best(&finds, true));
	return 0;
}
