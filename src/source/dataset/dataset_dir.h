/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which files a dataset directory holds for which image. For dataset.c. */
#include "base/vector.h"
#include "source/dataset/dataset.h"
#include "source/dataset/dataset_vocabulary.h"

struct ks_dataset_image {
	const char *label;
	const char *paths[KS_NR_DATASET_FILES]; // NULL: not there
};

struct ks_dataset {
	struct ks_arena arena;
	KS_VECTOR(struct ks_dataset_image) images;
};

/** Fill the image facts that a label tells: "VERSION-REVISION[-FLAVOR]-ARCH". */
KS_MUST_CHECK struct ks_error *ks_dataset_label_facts(const char *label, struct ks_arena *arena,
						      struct ks_image *image);
