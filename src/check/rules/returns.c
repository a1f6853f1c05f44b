/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs may end with (check_return_code(); since 6.8 also retval_range_within()). */
#include <stdio.h>
#include <string.h>

#include "arch/version.h"
#include "base/array.h"
#include "check/core/core_type.h"
#include "check/rules/pointers.h"
#include "check/rules/rules.h"
#include "check/rules/target.h"

struct range {
	int64_t least, most;
	bool narrow; // the lower 32 bits count
};

// clang-format off
/** Of the types and places that have one; the first row that fits. */
static const struct row {
	const char *program, *attach; // without what all begin with; attach: NULL is any
	struct range range;
	struct ks_gate gate; // of the row; none: as long as there is such a place
} rows[] = {
	{ "CGROUP_SKB", "CGROUP_INET_EGRESS", { 0, 3, false }, { KS_SINCE(5, 3), "5cf1e9145630" } },
	{ "CGROUP_SKB", NULL, { 0, 1, false }, { KS_SINCE(4, 15), "390ee7e29fc8" } },
	{ "CGROUP_SOCK", NULL, { 0, 1, false }, { KS_SINCE(4, 15), "390ee7e29fc8" } },
	{ "SOCK_OPS", NULL, { 0, 1, false }, { KS_SINCE(4, 15), "390ee7e29fc8" } },
	{ "CGROUP_DEVICE", NULL, { 0, 1, false }, { 0 } },
	{ "CGROUP_SYSCTL", NULL, { 0, 1, false }, { 0 } },
	{ "CGROUP_SOCKOPT", NULL, { 0, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_INET4_BIND", { 0, 3, false }, { KS_SINCE(5, 12), "772412176fb9" } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_INET6_BIND", { 0, 3, false }, { KS_SINCE(5, 12), "772412176fb9" } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_UDP4_RECVMSG", { 1, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_UDP6_RECVMSG", { 1, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_UNIX_RECVMSG", { 1, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_INET4_GETPEERNAME", { 1, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_INET6_GETPEERNAME", { 1, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_UNIX_GETPEERNAME", { 1, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_INET4_GETSOCKNAME", { 1, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_INET6_GETSOCKNAME", { 1, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", "CGROUP_UNIX_GETSOCKNAME", { 1, 1, false }, { 0 } },
	{ "CGROUP_SOCK_ADDR", NULL, { 0, 1, false }, { 0 } },
	{ "TRACING", "TRACE_FENTRY", { 0, 0, false }, { KS_SINCE(5, 7), "e92888c72fbd" } },
	{ "TRACING", "TRACE_FEXIT", { 0, 0, false }, { KS_SINCE(5, 7), "e92888c72fbd" } },
	{ "TRACING", "TRACE_ITER", { 0, 1, false }, { 0 } },
	{ "TRACING", "TRACE_FSESSION", { 0, 0, false }, { 0 } },
	{ "KPROBE", "TRACE_KPROBE_SESSION", { 0, 1, false }, { 0 } },
	{ "KPROBE", "TRACE_UPROBE_SESSION", { 0, 1, false }, { 0 } },
	{ "SK_LOOKUP", NULL, { 0, 1, false }, { 0 } },
	{ "NETFILTER", NULL, { 0, 1, false }, { 0 } },
};
// clang-format on

static bool fits(const struct row *row, const struct ks_hook *hook)
{
	const size_t type = strlen("BPF_PROG_TYPE_"), attach = strlen("BPF_");
	return strcmp(hook->program_type + type, row->program) == 0 &&
	       (!row->attach ||
		(hook->attach_type && strcmp(hook->attach_type + attach, row->attach) == 0));
}

static const struct range *find_row(const struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	for (size_t i = 0; hook->program_type && i < KS_ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		if (!fits(row, hook))
			continue;
		// a place that the kernel does not know is nothing to it
		if (row->attach && ks_site_has_enumerator(judge->site, "bpf_attach_type",
							  hook->attach_type) != KS_PRESENT)
			return NULL;
		if (!row->gate.since || ks_gate_is_open(&row->gate, judge->site->version))
			return &row->range;
	}
	return NULL;
}

/** bpf_lsm_get_retval_range(): no, or an error; of some hooks yes or no. Cgroups are asked otherwise. */
static bool lsm_range(const struct ks_judge *judge, struct range *ret)
{
	static const char *const bools[] = { "audit_rule_known", "inode_xattr_skipcap",
					     "xfrm_state_pol_flow_match" };
	char function[128];
	snprintf(function, sizeof(function), "bpf_lsm_%s", judge->hook->target);
	struct ks_target target = ks_target_find(judge->site, function);
	const struct ks_type *proto = ks_target_proto(&target);
	bool on_cgroup =
		judge->hook->attach_type && strcmp(judge->hook->attach_type, "BPF_LSM_CGROUP") == 0;
	if (!proto)
		return false;
	struct ks_shape result = ks_shape_of(judge->site, proto->inner);
	if (result.untold)
		return false;
	*ret = (struct range){ result.kind == KS_BTF_VOID, 1, false };
	if (on_cgroup)
		return true;
	struct ks_target check = ks_target_find(judge->site, "bpf_lsm_get_retval_range");
	// since 6.12 and in some before
	if (result.kind == KS_BTF_VOID || ks_target_code(&check) != KS_PRESENT)
		return false;
	*ret = (struct range){ -4095, 0, true };
	for (size_t i = 0; i < KS_ARRAY_LEN(bools); i++)
		if (strcmp(judge->hook->target, bools[i]) == 0)
			*ret = (struct range){ 0, 1, true };
	return true;
}

/** "0", "0 to 3" */
static void spell(const struct range *range, char *out, size_t room)
{
	if (range->least == range->most)
		snprintf(out, room, "%d", (int)range->least);
	else
		snprintf(out, room, "%d to %d", (int)range->least, (int)range->most);
}

/**
 * Whether a number of which these bits can be both can be outside of the range: 0 is, or the largest of them, where all
 * others are 0; or two of its values are further apart.
 */
static bool exceeds(const struct range *range, uint64_t varying, bool masked)
{
	int64_t all = range->narrow ? (int32_t)varying : (int64_t)varying;
	if (masked &&
	    (range->least > 0 || range->most < 0 || all < range->least || all > range->most))
		return true;
	while (varying & (varying - 1))
		varying &= varying - 1; // the highest
	return varying > (uint64_t)(range->most - range->least);
}

/** An argument is any number, or a pointer; of the result that an LSM program is shown the verifier knows the range. */
static void judge_passed_on(struct ks_judge *judge, const char *taken)
{
	const struct ks_ends *ends = &judge->reach->ends;
	const struct ks_pointers pointers = ks_judge_pointers(judge, judge->site);
	for (uint32_t i = 0; i < ends->nr_passed && pointers.proto; i++) {
		const struct ks_passed_on *passed = &ends->passed[i];
		const struct ks_about about = { .kind = KS_NR_KINDS,
						.name = judge->program->section,
						.insn = passed->insn };
		uint32_t index = UINT32_MAX;
		if (passed->offset >= 0)
			ks_argument_of(&pointers, (uint32_t)passed->offset, &index);
		if (passed->offset < 0)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_RESULT, &about,
				     "it ends with what is read of the kernel, which takes %s",
				     taken);
		else if (index != UINT32_MAX && index + pointers.skip < pointers.proto->nr_params)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_RESULT, &about,
				     "it ends with argument %u, the kernel takes %s", index + 1,
				     taken);
	}
}

/** @return whether it is refused for that */
static bool judge_varying(struct ks_judge *judge, const struct range *range, bool masked,
			  const char *taken)
{
	const struct ks_ends *ends = &judge->reach->ends;
	const struct ks_varying *varying = masked ? &ends->masked : &ends->some;
	uint64_t bits = range->narrow ? (uint32_t)varying->bits : varying->bits;
	const struct ks_about about = { .kind = KS_NR_KINDS,
					.name = judge->program->section,
					.insn = varying->insn - 1 };
	if (!varying->insn || !exceeds(range, bits, masked))
		return false;
	ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_RESULT, &about,
		     "it ends with a number that can be %s, the kernel takes %s",
		     bits >> 31 ? "anything" : "more", taken);
	return true;
}

void ks_judge_returns(struct ks_judge *judge)
{
	const struct ks_hook *hook = judge->hook;
	const struct ks_ends *ends = &judge->reach->ends;
	const struct range *row = find_row(judge);
	struct range range = row ? *row : (struct range){ 0 };
	bool is_lsm = hook->kind == KS_HOOK_LSM && hook->target && !hook->needs_target;
	if (!judge->reach->complete || (is_lsm ? !lsm_range(judge, &range) : !row))
		return;
	char taken[32];
	struct ks_about about = { .kind = KS_NR_KINDS, .name = judge->program->section };
	spell(&range, taken, sizeof(taken));
	for (uint32_t i = 0; i < ends->nr_exits; i++) {
		const struct ks_exit *exit = &ends->exits[i];
		int64_t value = range.narrow ? (int32_t)exit->value : (int64_t)exit->value;
		about.insn = exit->insn;
		if (value < range.least || value > range.most)
			ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_RESULT, &about,
				     "it ends with %lld, the kernel takes %s", (long long)value,
				     taken);
	}
	judge_passed_on(judge, taken);
	about.insn = ends->pointer - 1;
	if (ends->pointer)
		ks_judge_add(judge, KS_STAGE_LOAD, KS_REASON_RESULT, &about,
			     "it ends with a pointer, the kernel takes %s", taken);
	bool masked = ends->masked.bits > ends->some.bits; // the higher bits first
	if (!judge_varying(judge, &range, masked, taken))
		judge_varying(judge, &range, !masked, taken);
}
