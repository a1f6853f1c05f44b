/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* From files to what is checked: one answer to objects that cannot be read, for every caller. */
#include "bpf/find.h"
#include "check/check.h"

/** Told of a file or an object that is left out; the error is its own from then on. */
typedef void ks_trouble_fn(void *arg, struct ks_error *err);

/** A zeroed struct is empty. */
struct ks_check_inputs {
	struct ks_bpf_finds finds;
	size_t nr;
	struct ks_check_input *at; // those that could be read
};
void ks_check_inputs_deinit(struct ks_check_inputs *inputs);
#define _cleanup_inputs_ __attribute__((__cleanup__(ks_check_inputs_deinit)))

/**
 * Find and read the objects in files.
 * @param trouble NULL: the first file or object that cannot be read is the error returned
 * @return KS_ERR_NOTFOUND when nothing is left
 */
KS_MUST_CHECK struct ks_error *ks_check_inputs_open(const char *const *paths, size_t nr_paths,
						    ks_trouble_fn *trouble, void *arg,
						    struct ks_check_inputs *ret);
/** The same for what was found already: for ret->finds. */
KS_MUST_CHECK struct ks_error *ks_check_inputs_take(ks_trouble_fn *trouble, void *arg,
						    struct ks_check_inputs *ret);
