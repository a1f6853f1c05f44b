/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What can be attached to a function by its name, as far as one image tells. */
#include "surface/history.h"

/** An answer, or none. */
enum ks_answer { KS_ANSWER_NO, KS_ANSWER_YES, KS_ANSWER_UNKNOWN };

/** Ways to attach to a function. */
enum ks_attach_way {
	KS_WAY_FENTRY, // fexit alike
	KS_WAY_KPROBE, // by name, as perf_event_open() does it; kretprobe alike
	KS_WAY_KPROBE_MULTI,
	KS_WAY_FMOD_RET,
	KS_NR_WAYS,
};
struct ks_way_info {
	const char *name; // in JSON: "kprobe_multi"
	const char *text; // "kprobe.multi"
};
extern const struct ks_way_info ks_ways[KS_NR_WAYS];

/**
 * What the kernel answers to a program that names the function.
 * @param fact of a function that the image has
 * @return unknown where the image does not tell, or where it depends on options or on which of several functions of
 *	the name is taken
 */
enum ks_answer ks_attach_answer(const struct ks_fact *fact, enum ks_attach_way way);
