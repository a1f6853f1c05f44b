/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Checks made by hand: a letter for each program and image. Include <cmocka.h> first. */
#include "check/tools/tools.h"

enum { MAX_ROWS = 8, MAX_IMAGES = 4, MAX_OBJECTS = 4 };

/** One program: its name, and a letter for each image. */
struct row {
	const char *program;
	/** As in the matrix; "a": what it attaches to is not there; "s": no such system call; "m": another machine; "l": libbpf refuses it. */
	const char *verdicts;
};

/** A check made by hand. */
struct sample {
	struct ks_bpf_object objects[MAX_OBJECTS];
	struct ks_bpf_program programs[MAX_ROWS];
	const struct ks_bpf_program *rows[MAX_ROWS];
	struct ks_image images[MAX_IMAGES];
	const struct ks_image *columns[MAX_IMAGES];
	struct ks_check_object checked[MAX_OBJECTS];
	struct ks_reason reasons[MAX_ROWS * MAX_IMAGES];
	struct ks_outcome outcomes[MAX_ROWS * MAX_IMAGES];
	struct ks_check check;
};

/** Programs of one object, to be freed with free(). The images are 6.1.0-47-amd64, 6.1.0-50-amd64, 6.12.1-amd64 and 7.2.1-amd64. */
struct sample *sample_new(const struct row *rows, size_t nr);
/** Cut the object into one for each program, all in files of that name; NULL: each in one of its own. */
void sample_split(struct sample *sample, const char *path);
