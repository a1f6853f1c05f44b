/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/inputs.h"

#include <stdlib.h>

/** Leave something out, or give up because of it. */
static struct ks_error *leave_out(ks_trouble_fn *trouble, void *arg, struct ks_error *err)
{
	if (!trouble || !err || err == &ks_nomem)
		return err;
	trouble(arg, err);
	return NULL;
}

struct ks_error *ks_check_inputs_open(const char *const *paths, size_t nr_paths,
				      ks_trouble_fn *trouble, void *arg,
				      struct ks_check_inputs *ret)
{
	ret->finds.left_out = trouble;
	ret->finds.left_out_arg = arg;
	for (size_t i = 0; i < nr_paths; i++)
		KS_TRY(leave_out(trouble, arg, ks_bpf_find(paths[i], &ret->finds)));
	return ks_check_inputs_take(trouble, arg, ret);
}

struct ks_error *ks_check_inputs_take(ks_trouble_fn *trouble, void *arg,
				      struct ks_check_inputs *ret)
{
	ret->at = calloc(ret->finds.len + 1, sizeof(*ret->at));
	if (!ret->at)
		return &ks_nomem;
	for (size_t i = 0; i < ret->finds.len; i++) {
		struct ks_bpf_found *found = &ret->finds.at[i];
		if (!found->object) {
			struct ks_error *err = ks_error_in_file(ks_take(found->error), found->path);
			KS_TRY(leave_out(trouble, arg, err));
			continue;
		}
		ret->at[ret->nr++] = (struct ks_check_input){ .object = found->object,
							      .path = found->path,
							      .offset = found->offset,
							      .size = found->size };
	}
	return ret->nr ? NULL : ks_error_new(KS_ERR_NOTFOUND, "there is nothing to check");
}

void ks_check_inputs_deinit(struct ks_check_inputs *inputs)
{
	free(inputs->at);
	ks_bpf_finds_deinit(&inputs->finds);
}
