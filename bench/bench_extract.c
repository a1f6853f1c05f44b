/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor and the extraction in one run, best of several rounds:
 *	bench-extract VMLINUX [ROUNDS]
 * The floor is a bare walk over every DIE of the image: abbreviations compiled, attributes skipped,
 * nothing kept.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/pool.h"
#include "dwarf/die.h"
#include "extract/extract.h"
#include "source/load.h"

struct floor {
	struct ks_dwarf dwarf;
	struct ks_abbrevs abbrevs[8];
	atomic_size_t dies;
};

static struct ks_error *skip_unit(void *arg, size_t index, unsigned int thread)
{
	struct floor *floor = arg;
	const struct ks_unit *unit = &floor->dwarf.units.at[index];
	struct ks_abbrevs *abbrevs = &floor->abbrevs[thread];
	KS_TRY(ks_abbrevs_compile(abbrevs, unit));
	uint64_t v[KS_NR_VALUES];
	size_t dies = 0;
	for (const uint8_t *p = unit->start + unit->first_die; p && p < unit->end; dies++) {
		uint64_t code = ks_fast_uleb(&p, unit->end);
		if (p && code && code < abbrevs->by_code.len)
			p = ks_die_read(unit, abbrevs, &abbrevs->by_code.at[code], p, unit->end, v);
	}
	atomic_fetch_add(&floor->dies, dies);
	return NULL;
}

static double now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double time_floor(const struct ks_elf *elf, unsigned int threads, size_t *dies)
{
	static struct floor floor;
	floor = (struct floor){ 0 };
	double start = now();
	struct ks_error *err = ks_dwarf_open(elf, &floor.dwarf);
	for (int i = 0; i < 8; i++)
		floor.abbrevs[i].bare = true;
	if (!err)
		err = ks_pool_run(threads, floor.dwarf.units.len, skip_unit, &floor);
	double took = now() - start;
	for (int i = 0; i < 8; i++)
		ks_abbrevs_deinit(&floor.abbrevs[i]);
	ks_dwarf_close(&floor.dwarf);
	ks_error_free(err);
	*dies = floor.dies;
	return took;
}

static double time_extract(const struct ks_elf *elf, unsigned int threads)
{
	struct ks_surface *surface = NULL;
	double start = now();
	struct ks_error *err =
		ks_extract(elf, &(struct ks_extract_opts){ .nr_threads = threads }, &surface);
	double took = now() - start;
	if (err) {
		char *text = ks_error_text(err);
		fprintf(stderr, "%s\n", text);
		free(text);
		exit(1);
	}
	ks_surface_free(surface);
	return took;
}

static void keep_least(double *best, double value)
{
	if (*best == 0 || value < *best)
		*best = value;
}

int main(int argc, char **argv)
{
	struct ks_source *src = NULL;
	struct ks_elf *elf = NULL;
	if (argc < 2 || ks_source_open(argv[1], NULL, &src) || ks_source_elf(src, &elf)) {
		fprintf(stderr, "usage: bench-extract VMLINUX [ROUNDS]\n");
		return 2;
	}
	int rounds = argc > 2 ? atoi(argv[2]) : 5;
	double floor1 = 0, floor2 = 0, extract1 = 0, extract2 = 0;
	size_t dies = 0;
	struct rusage usage; // after one extraction: later ones find the heap in pieces
	keep_least(&extract2, time_extract(elf, 2));
	getrusage(RUSAGE_SELF, &usage);
	for (int i = 0; i < rounds; i++) {
		keep_least(&floor2, time_floor(elf, 2, &dies));
		keep_least(&extract2, time_extract(elf, 2));
		keep_least(&floor1, time_floor(elf, 1, &dies));
		keep_least(&extract1, time_extract(elf, 1));
	}
	printf("DIEs and ends of lists      %zu\n", dies);
	printf("bare walk, 2 threads        %.3f s\n", floor2);
	printf("bare walk, 1 thread         %.3f s\n", floor1);
	printf("surface, 2 threads          %.3f s   %.2f x the bare walk\n", extract2,
	       extract2 / floor2);
	printf("surface, 1 thread           %.3f s   %.2f x two threads\n", extract1,
	       extract1 / extract2);
	printf("peak memory, file included  %.0f MB\n", (double)usage.ru_maxrss / 1024);
	ks_elf_close(elf);
	ks_source_close(src);
	return 0;
}
