/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EXPECT_H
#define EXPECT_H
/* A check that ends the program and says where. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ksurf/ksurf.h>

#define EXPECT(what)                                                                               \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);         \
			exit(99);                                                                  \
		}                                                                                  \
	} while (0)

/** It succeeds. */
#define SUCCEED(call) succeed(call, __FILE__, __LINE__)
static inline void succeed(struct ksurf_error *err, const char *file, int line)
{
	if (!err)
		return;
	fprintf(stderr, "%s:%d: %s\n", file, line, ksurf_error_text(err));
	exit(99);
}

/** It fails in that way, and says that. */
#define FAIL(call, code, text) fail(call, code, text, __FILE__, __LINE__)
static inline void fail(struct ksurf_error *err, enum ksurf_code code, const char *text,
			const char *file, int line)
{
	if (err && ksurf_error_code(err) == code && strstr(ksurf_error_text(err), text)) {
		ksurf_error_free(err);
		return;
	}
	fprintf(stderr, "%s:%d: not %d '%s' but %s\n", file, line, (int)code, text,
		err ? ksurf_error_text(err) : "success");
	exit(99);
}

static inline int same_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/** What the program was started with. */
struct given {
	const char *store, *one, *two; // a store to be made, two kernels
	const char *object, *dir;
};

void use_ingest(const struct given *given);
void use_images(struct ksurf_store *store);
void use_names(struct ksurf_store *store);
void use_history(struct ksurf_store *store);
void use_diff(struct ksurf_store *store);
void use_objects(const struct given *given);
void use_verdicts(struct ksurf_store *store, const struct given *given);
void use_reports(struct ksurf_store *store, const struct given *given);
void use_merge(struct ksurf_store *store, const struct given *given);
void use_settings(const struct given *given);
void use_options(struct ksurf_store *store);

#endif
