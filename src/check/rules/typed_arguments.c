/* SPDX-License-Identifier: BSD-2-Clause */
/* Arguments that the verifier does not let a program load at all, or not so (kernel/bpf/btf.c: btf_ctx_access()). */
#include <stdio.h>

#include "check/rules/pointers.h"
#include "check/rules/rules.h"

/** A load of an argument while it is judged. */
struct load {
	struct ks_judge *judge;
	const struct ks_pointers *pointers;
	struct ks_about about; // the argument
	uint32_t index;
	struct ks_pointee word;
	uint8_t size; // bytes that are read
};

/** Of other hooks the rules about what they are attached to count the arguments. @return whether there is no such one */
static bool judge_count(const struct load *load)
{
	struct ks_judge *judge = load->judge;
	const struct ks_type *proto = load->pointers->proto;
	const struct ks_about about = { .kind = KS_NR_KINDS,
					.name = judge->program->name,
					.insn = load->about.insn };
	if (!proto || load->index == UINT32_MAX || judge->hook->kind != KS_HOOK_STRUCT_OPS ||
	    load->index < proto->nr_params)
		return false;
	ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_SIGNATURE_CHANGED, &about,
		     "argument %u is read, there are %u", load->index + 1, proto->nr_params);
	return true;
}

/**
 * Pointers are read as a whole since then. Stable kernels got that, too: 6.12.6, for it was in the queue of 15 December
 * 2024, between 6.12.5 and 6.12.6. Booted: 6.12.117 and 6.12.118 have it, 6.1.176 has not.
 */
static enum ks_presence reads_whole(uint32_t version)
{
	static const struct ks_gate whole = { KS_SINCE(6, 13), "659b9ba7cb2d" };
	if (ks_gate_is_open(&whole, version) || version >= ks_version(6, 12, 6))
		return KS_PRESENT;
	return !version || version >= KS_SINCE(6, 2) ? KS_UNTOLD : KS_ABSENT;
}

static void judge_size(const struct load *load)
{
	const struct ks_site *site = load->pointers->site;
	struct ks_shape shape = ks_shape_of(site, load->word.type);
	if (!load->word.type || shape.kind != KS_BTF_PTR || load->size == 8)
		return;
	enum ks_presence whole = reads_whole(site->version);
	if (whole == KS_PRESENT)
		ks_judge_add(load->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &load->about,
			     "it is a pointer, of which %u bytes are read", load->size);
	else if (whole == KS_UNTOLD)
		ks_judge_add(
			load->judge, KS_STAGE_LOAD, KS_REASON_TIER, &load->about,
			"it is a pointer, of which %u bytes are read: whether this kernel lets "
			"that is not known",
			load->size);
}

static void judge_refused(const struct load *load)
{
	const struct ks_site *site = load->pointers->site;
	struct ks_shape shape = ks_shape_of(site, load->word.type);
	const char *what = "a struct by value";
	if (shape.kind == KS_BTF_PTR && shape.type) {
		struct ks_shape to = ks_shape_of(site, shape.type->inner);
		what = !to.untold && to.kind == KS_BTF_VOID
			       ? "a pointer to const void, or void by another name"
			       : "a pointer to neither a struct nor void";
	}
	ks_judge_add(load->judge, KS_STAGE_LOAD, KS_REASON_POINTER, &load->about,
		     "it is %s, which this kernel does not let programs have", what);
}

static void judge_load(struct ks_judge *judge, const struct ks_pointers *pointers, uint32_t insn)
{
	const struct ks_reached *at = &judge->reach->at[insn];
	char name[32];
	struct load load = { .judge = judge,
			     .pointers = pointers,
			     .about = { .kind = KS_NR_KINDS, .name = "context", .insn = insn },
			     .size = at->ctx_size };
	if (at->ctx_offset % 8) {
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_POINTER, &load.about,
			     "byte %d is read, where no argument begins", at->ctx_offset);
		return;
	}
	load.word = ks_argument_of(pointers, (uint32_t)at->ctx_offset, &load.index);
	if (judge_count(&load) || load.index == UINT32_MAX)
		return;
	snprintf(name, sizeof(name), "argument %u", load.index + 1);
	load.about.name = name;
	if (load.word.word == KS_WORD_REFUSED)
		judge_refused(&load);
	else
		judge_size(&load);
}

void ks_judge_typed_arguments(struct ks_judge *judge)
{
	const struct ks_pointers pointers = ks_judge_pointers(judge, judge->site);
	for (uint32_t i = 0; i < judge->program->nr; i++) {
		const struct ks_reached *at = &judge->reach->at[i];
		if (at->reached && at->ctx_size && !at->modified_ctx)
			judge_load(judge, &pointers, i);
	}
}
