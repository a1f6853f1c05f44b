/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/objects.h"

#include <stdlib.h>

struct ks_error *ks_objects_open(struct ks_cli *cli, int nr_files, char **files,
				 struct ks_objects *ret)
{
	for (int i = 0; i < nr_files; i++) {
		struct ks_error *err = ks_bpf_find(files[i], &ret->finds);
		if (err)
			ks_cli_fail(cli, ks_error_in_file(err, files[i]));
	}
	ret->inputs = calloc(ret->finds.len + 1, sizeof(*ret->inputs));
	if (!ret->inputs)
		return &ks_nomem;
	for (size_t i = 0; i < ret->finds.len; i++) {
		struct ks_bpf_found *found = &ret->finds.at[i];
		if (!found->object)
			ks_cli_fail(cli, ks_error_in_file(ks_take(found->error), found->path));
		else
			ret->inputs[ret->nr++] = (struct ks_check_input){
				.object = found->object,
				.path = found->path,
				.offset = found->offset,
				.size = found->size,
			};
	}
	return ret->nr ? NULL : ks_error_new(KS_ERR_NOTFOUND, "there is nothing to check");
}

void ks_objects_deinit(struct ks_objects *objects)
{
	free(objects->inputs);
	ks_bpf_finds_deinit(&objects->finds);
}
