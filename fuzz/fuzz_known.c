/* SPDX-License-Identifier: BSD-2-Clause */
/* Any text as a list of what is known: an error with a line, or findings that are left out. */
#include <stdlib.h>
#include <string.h>

#include "check/tools/excuses.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct ks_reason reason = { .kind = KS_REASON_TARGET_ABSENT,
						 .verdict = KS_VERDICT_NO_ATTACH,
						 .name = "vfs_read",
						 .insn = KS_NO_INDEX };
	static const struct ks_bpf_program program = { .name = "probe",
						       .section = "kprobe/vfs_read",
						       .autoload = true };
	static const struct ks_bpf_object object = { .name = "tool",
						     .programs = &program,
						     .nr_programs = 1 };
	static const struct ks_bpf_program *rows[] = { &program };
	static const struct ks_image image = { .label = "6.1",
					       .version = "6.1.1",
					       .arch = "amd64" };
	static const struct ks_image *images[] = { &image };
	struct ks_check_object checked = { .object = &object, .path = "tool", .nr = 1 };
	struct ks_outcome outcome = { .verdict = KS_VERDICT_NO_ATTACH,
				      .nr = 1,
				      .reasons = &reason };
	const struct ks_check check = { .nr_objects = 1,
					.nr_rows = 1,
					.nr_images = 1,
					.objects = &checked,
					.images = images,
					.programs = rows,
					.outcomes = &outcome };
	_cleanup_tools_ struct ks_tools *tools = NULL;
	char *copy = malloc(len ? len : 1); // so that a read behind its end is seen
	struct ks_excuses excuses = { 0 };
	struct ks_error *err = ks_tools_make(&check, true, &tools);
	if (len && copy)
		memcpy(copy, bytes, len);
	if (!err && copy)
		err = ks_excuse_known(tools, copy, len, &excuses);
	ks_error_free(err);
	free(copy);
	return 0;
}
