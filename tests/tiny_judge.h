/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What a rule is given of one program and one made-up image. */
#include "check/prepare.h"
#include "check/rules/rules.h"
#include "check/trial.h"

/** Its parts point at each other: it stays where it is. */
struct tiny_judge {
	struct ks_prepared prepared;
	struct ks_resolution resolution;
	struct ks_site site;
	struct ks_reach reach;
	struct ks_judge judge; // the caller frees its reasons
};

/** The program of an object: nr instructions, all of them its own. */
static inline struct ks_bpf_program tiny_program(const char *section,
						 const struct ks_bpf_insn *insns, uint32_t nr)
{
	return (struct ks_bpf_program){ .name = "program",
					.section = section,
					.autoload = true,
					.nr = nr,
					.nr_main = nr,
					.insns = insns };
}

/**
 * Parse the program's section, prepare its object and resolve that on the first image of the view.
 * @param object has the program alone; all are borrowed
 */
void tiny_judge_prepare(struct tiny_judge *tiny, struct ks_arena *arena, struct ks_view *view,
			const struct ks_bpf_object *object, struct ks_bpf_program *program);

/** Follow the program; the judge is ready for rules then. @param input its object and program are those prepared */
void tiny_judge_follow(struct tiny_judge *tiny, struct ks_arena *arena,
		       const struct ks_interp_input *input);
/** Both, where nothing else is known of the program. */
void tiny_judge_plain(struct tiny_judge *tiny, struct ks_arena *arena, struct ks_view *view,
		      const struct ks_bpf_object *object, struct ks_bpf_program *program);

/** What a rule says of it, in one reason at most; "": nothing. It stays until the next call; the reasons are freed. */
const char *tiny_judge_said(struct tiny_judge *tiny, void (*rule)(struct ks_judge *));

/** What a check says of the program, of all stages. The outcome lies in the arena. */
struct ks_outcome tiny_outcome(struct ks_arena *arena, const struct ks_site *site,
			       const struct ks_bpf_object *object, struct ks_bpf_program *program);
