/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench-lookup STORE [NAMES [ROUNDS]]: how long one name over all images of a store takes through one handle, as 'check' asks
 * for the names a program needs: the first time, and once more. Processor time, the best of several rounds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/vector.h"
#include "store/store.h"

/** Names of a kind that most images have, evenly spread over all of them. */
struct sample {
	struct ks_arena *arena;
	size_t nr_images, nr;
	KS_VECTOR(const char *) names;
};

static const struct {
	enum ks_kind kind;
	unsigned int percent; // of the names asked for
} mix[] = { { KS_FUNCTION, 50 }, { KS_STRUCT, 30 }, { KS_TRACEPOINT, 10 }, { KS_CONFIG, 10 } };

static double now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts); // the machine may be busy
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static struct ks_error *take(const struct ks_store_name *name, void *arg)
{
	struct sample *sample = arg;
	if (name->nr_images * 10 < sample->nr_images * 8)
		return NULL;
	const char *copy = ks_arena_strdup(sample->arena, name->name);
	return copy && ks_vector_add(&sample->names, copy) ? NULL : &ks_nomem;
}

static struct ks_error *ask(struct ks_store *store, const struct ks_store_images *images,
			    const struct sample *samples)
{
	struct ks_arena arena = { 0 };
	struct ks_error *err = NULL;
	for (size_t m = 0; m < KS_ARRAY_LEN(mix); m++) {
		const struct sample *sample = &samples[m];
		for (size_t i = 0; !err && i < sample->nr; i++) {
			const char *name = sample->names.at[i * sample->names.len / sample->nr];
			struct ks_history history;
			err = ks_store_history(store, images, mix[m].kind, name, &arena, &history);
		}
	}
	ks_arena_deinit(&arena);
	return err;
}

static struct ks_error *measure(const char *path, size_t nr, int rounds)
{
	struct sample samples[KS_ARRAY_LEN(mix)] = { 0 };
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	KS_TRY(ks_store_open(path, KS_STORE_READ, &store));
	KS_TRY(ks_store_images(store, &arena, &images));
	size_t asked = 0;
	for (size_t m = 0; m < KS_ARRAY_LEN(mix); m++) {
		samples[m].arena = &arena;
		samples[m].nr_images = images.nr;
		KS_TRY(ks_store_names(store, &images, mix[m].kind, NULL, take, &samples[m]));
		size_t want = nr * mix[m].percent / 100, have = samples[m].names.len;
		samples[m].nr = want < have ? want : have;
		asked += samples[m].nr;
	}
	double best[2] = { 1e9, 1e9 };
	for (int round = 0; round < rounds; round++) {
		ks_store_close(ks_take(store));
		KS_TRY(ks_store_open(path, KS_STORE_READ, &store));
		for (int again = 0; again < 2; again++) {
			double start = now();
			KS_TRY(ask(store, &images, samples));
			double took = now() - start;
			best[again] = took < best[again] ? took : best[again];
		}
	}
	for (int again = 0; again < 2; again++)
		printf("%zu names, %zu images, %-6s %8.3f ms  %.4f ms a name\n", asked, images.nr,
		       again ? "again" : "first", best[again], best[again] / (double)asked);
	for (size_t m = 0; m < KS_ARRAY_LEN(mix); m++)
		ks_vector_deinit(&samples[m].names);
	ks_arena_deinit(&arena);
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: bench-lookup STORE [NAMES [ROUNDS]]\n");
		return 2;
	}
	struct ks_error *err = measure(argv[1], argc > 2 ? strtoul(argv[2], NULL, 10) : 200,
				       argc > 3 ? atoi(argv[3]) : 5);
	if (!err)
		return 0;
	fprintf(stderr, "%s\n", ks_error_text(err));
	return 1;
}
