/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "hand_check.h"

static void set(struct sample *sample, size_t cell, const char *program, char letter)
{
	static const struct {
		char letter;
		enum ks_verdict verdict;
		enum ks_reason_kind kind;
	} kinds[] = {
		{ '.', KS_VERDICT_OK, KS_REASON_MATCHES },
		{ '?', KS_VERDICT_UNKNOWN, KS_REASON_TIER },
		{ '!', KS_VERDICT_RISK, KS_REASON_FIELD_CHANGED },
		{ 'A', KS_VERDICT_NO_ATTACH, KS_REASON_TARGET_NO_FTRACE },
		{ 'a', KS_VERDICT_NO_ATTACH, KS_REASON_TARGET_ABSENT },
		{ 's', KS_VERDICT_NO_ATTACH, KS_REASON_SYSCALL_MISSING },
		{ 'l', KS_VERDICT_NO_LOAD, KS_REASON_LOADER },
		{ 'L', KS_VERDICT_NO_LOAD, KS_REASON_CORE_RELO },
		{ 'm', KS_VERDICT_NO_LOAD, KS_REASON_MACHINE },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++)
		if (kinds[i].letter == letter) {
			sample->reasons[cell] = (struct ks_reason){ .kind = kinds[i].kind,
								    .verdict = kinds[i].verdict,
								    .name = program,
								    .insn = KS_NO_INDEX };
			sample->outcomes[cell] = (struct ks_outcome){
				.verdict = kinds[i].verdict,
				.nr = 1,
				.reasons = &sample->reasons[cell],
			};
			return;
		}
	fail_msg("what is '%c'?", letter);
}

struct sample *sample_new(const struct row *rows, size_t nr)
{
	static const char *const labels[] = { "6.1.0-47-amd64", "6.1.0-50-amd64", "6.12.1-amd64",
					      "7.2.1-amd64" };
	struct sample *sample = calloc(1, sizeof(*sample));
	assert_non_null(sample);
	size_t nr_images = strlen(rows[0].verdicts);
	for (size_t i = 0; i < nr_images; i++) {
		sample->images[i] = (struct ks_image){ .label = labels[i], .version = labels[i] };
		sample->columns[i] = &sample->images[i];
	}
	for (size_t i = 0; i < nr; i++) {
		sample->programs[i] = (struct ks_bpf_program){ .name = rows[i].program,
							       .section = "x",
							       .autoload = true };
		sample->rows[i] = &sample->programs[i];
		for (size_t k = 0; k < nr_images; k++)
			set(sample, i * nr_images + k, rows[i].program, rows[i].verdicts[k]);
	}
	sample->objects[0] = (struct ks_bpf_object){ .name = "tool",
						     .programs = sample->programs,
						     .nr_programs = (uint32_t)nr };
	sample->checked[0] = (struct ks_check_object){ .object = &sample->objects[0],
						       .path = "tool.bpf.o",
						       .nr = nr };
	sample->check = (struct ks_check){
		.nr_objects = 1,
		.nr_rows = nr,
		.nr_images = nr_images,
		.objects = sample->checked,
		.images = sample->columns,
		.programs = sample->rows,
		.outcomes = sample->outcomes,
	};
	return sample;
}

void sample_split(struct sample *sample, const char *path)
{
	size_t nr = sample->check.nr_rows;
	assert_true(nr <= MAX_OBJECTS);
	for (size_t i = 0; i < nr; i++) {
		sample->objects[i] = (struct ks_bpf_object){ .name = sample->programs[i].name,
							     .programs = &sample->programs[i],
							     .nr_programs = 1 };
		sample->checked[i] =
			(struct ks_check_object){ .object = &sample->objects[i],
						  .path = path ? path : sample->programs[i].name,
						  .first = i,
						  .nr = 1 };
	}
	sample->check.nr_objects = nr;
}
