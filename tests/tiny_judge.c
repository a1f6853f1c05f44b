/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "check.h"
#include "tiny_judge.h"

void tiny_judge_prepare(struct tiny_judge *tiny, struct ks_arena *arena, struct ks_view *view,
			const struct ks_bpf_object *object, struct ks_bpf_program *program)
{
	tiny->site = ks_view_site(view, 0);
	assert_ok(ks_hook_parse(arena, program->section, &program->hook));
	assert_ok(ks_object_prepare(arena, object, NULL, &tiny->prepared));
	assert_ok(ks_resolution_make(arena, &tiny->prepared, &tiny->site, NULL, &tiny->resolution));
}

void tiny_judge_follow(struct tiny_judge *tiny, struct ks_arena *arena,
		       const struct ks_interp_input *input)
{
	assert_ok(ks_interp(input, arena, &tiny->reach));
	tiny->judge = (struct ks_judge){ .arena = arena,
					 .scratch = arena,
					 .resolution = &tiny->resolution,
					 .site = &tiny->site,
					 .program = input->program,
					 .hook = tiny->prepared.hooks,
					 .caller = tiny->prepared.callers,
					 .reach = &tiny->reach };
}

void tiny_judge_plain(struct tiny_judge *tiny, struct ks_arena *arena, struct ks_view *view,
		      const struct ks_bpf_object *object, struct ks_bpf_program *program)
{
	const struct ks_interp_input input = { .object = object, .program = program };
	tiny_judge_prepare(tiny, arena, view, object, program);
	tiny_judge_follow(tiny, arena, &input);
}

const char *tiny_judge_said(struct tiny_judge *tiny, void (*rule)(struct ks_judge *))
{
	static char said[256];
	rule(&tiny->judge);
	assert_true(tiny->judge.reasons.len <= 1);
	snprintf(said, sizeof(said), "%s",
		 tiny->judge.reasons.len ? tiny->judge.reasons.at[0]->detail : "");
	ks_vector_deinit(&tiny->judge.reasons);
	return said;
}

struct ks_outcome tiny_outcome(struct ks_arena *arena, const struct ks_site *site,
			       const struct ks_bpf_object *object, struct ks_bpf_program *program)
{
	struct ks_prepared prepared;
	struct ks_resolution resolution;
	uint64_t steps = 1000;
	const struct ks_trial trial = { &resolution, 0, &steps };
	struct ks_reach reach;
	struct ks_outcome outcome;
	assert_ok(ks_hook_parse(arena, program->section, &program->hook));
	assert_ok(ks_object_prepare(arena, object, NULL, &prepared));
	assert_ok(ks_resolution_make(arena, &prepared, site, NULL, &resolution));
	assert_ok(ks_trial_follow(&trial, arena, &reach));
	assert_ok(ks_trial_judge(&trial, &reach, NULL, arena, arena, &outcome));
	return outcome;
}
