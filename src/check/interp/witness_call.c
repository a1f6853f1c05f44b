/* SPDX-License-Identifier: BSD-2-Clause */
/* What helpers do to what the verifier knows, and the sizes that they are given. */
#include <errno.h>

#include "base/array.h"
#include "bpf/names.h"
#include "check/interp/results.h"
#include "check/interp/witness_private.h"

enum {
	UNBOUNDED = 1 << 29, // BPF_MAX_VAR_SIZ
	GET_SMP_PROCESSOR_ID = 8,
	PROBE_READ_STR = 45,
	GET_STACK = 67,
	PROBE_READ_USER_STR = 114,
	PROBE_READ_KERNEL_STR = 115,
	RINGBUF_RESERVE = 131,
};

/** Sizes (ARG_CONST_SIZE, ARG_CONST_SIZE_OR_ZERO) in registers; the pointer is in the one before. */
static const struct {
	uint8_t id, sizes[2];
} sized[] = {
	{ 4, { 2 } },	  // bpf_probe_read
	{ 6, { 2 } },	  // bpf_trace_printk
	{ 9, { 4 } },	  // bpf_skb_store_bytes
	{ 16, { 2 } },	  // bpf_get_current_comm
	{ 25, { 5 } },	  // bpf_perf_event_output
	{ 26, { 4 } },	  // bpf_skb_load_bytes
	{ 28, { 2, 4 } }, // bpf_csum_diff
	{ 36, { 3 } },	  // bpf_probe_write_user
	{ 45, { 2 } },	  // bpf_probe_read_str
	{ 67, { 3 } },	  // bpf_get_stack
	{ 68, { 4 } },	  // bpf_skb_load_bytes_relative
	{ 112, { 2 } },	  // bpf_probe_read_user
	{ 113, { 2 } },	  // bpf_probe_read_kernel
	{ 114, { 2 } },	  // bpf_probe_read_user_str
	{ 115, { 2 } },	  // bpf_probe_read_kernel_str
	{ 130, { 3 } },	  // bpf_ringbuf_output
};

/** Helpers that give a number of which the verifier knows nothing, besides those of ks_helper_gives_number(). */
static bool gives_number(int32_t id)
{
	static const uint8_t ids[] = {
		2,   // bpf_map_update_elem
		3,   // bpf_map_delete_elem
		4,   // bpf_probe_read
		6,   // bpf_trace_printk
		16,  // bpf_get_current_comm
		25,  // bpf_perf_event_output
		26,  // bpf_skb_load_bytes
		27,  // bpf_get_stackid
		35,  // bpf_get_current_task
		37,  // bpf_current_task_under_cgroup
		46,  // bpf_get_socket_cookie
		47,  // bpf_get_socket_uid
		56,  // bpf_perf_prog_read_value
		87,  // bpf_map_push_elem
		88,  // bpf_map_pop_elem
		89,  // bpf_map_peek_elem
		109, // bpf_send_signal
		112, // bpf_probe_read_user
		113, // bpf_probe_read_kernel
		117, // bpf_send_signal_thread
		120, // bpf_get_ns_current_pid_tgid
		123, // bpf_get_current_ancestor_cgroup_id
		130, // bpf_ringbuf_output
		134, // bpf_ringbuf_query
		148, // bpf_copy_from_user
		173, // bpf_get_func_ip
		174, // bpf_get_attach_cookie
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(ids); i++)
		if (ids[i] == id)
			return true;
	return ks_helper_gives_number(id);
}

static void judge_size(struct ks_witnessing *run, uint32_t at, const struct ks_held *pointer,
		       const struct ks_held *size)
{
	bool stack = pointer->kind == KS_HELD_STACK && pointer->exact;
	if (size->kind != KS_HELD_NUMBER || run->found.how)
		return;
	for (uint32_t i = 0; i < size->samples->nr; i++) {
		uint64_t number = size->samples->at[i];
		int64_t begin = stack ? (int64_t)pointer->samples->at[0] : INT64_MIN;
		bool outside = number <= UINT32_MAX && begin > -(int64_t)number;
		if ((number >= UNBOUNDED && (uint32_t)number >= UNBOUNDED) || outside) {
			run->found = (struct ks_witness){ .how = KS_WITNESS_SIZE,
							  .insn = at,
							  .number = number };
			return;
		}
	}
}

static void judge_sizes(struct ks_witnessing *run, uint32_t at, int32_t id,
			const struct ks_held *regs)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(sized); i++)
		for (size_t j = 0; sized[i].id == id && j < KS_ARRAY_LEN(sized[i].sizes); j++)
			if (sized[i].sizes[j])
				judge_size(run, at, &regs[sized[i].sizes[j] - 1],
					   &regs[sized[i].sizes[j]]);
	if (id == RINGBUF_RESERVE && regs[2].kind == KS_HELD_NUMBER && regs[2].samples->nr > 1 &&
	    !run->found.how)
		run->found = (struct ks_witness){ .how = KS_WITNESS_RESERVED, .insn = at };
}

/** What the helper does to the stack that a register points to. */
static void give(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state, int reg)
{
	const struct ks_bpf_insn *insn = &run->input->interp->program->insns[at];
	const struct ks_held *regs = ks_held_top(state)->regs, *held = &regs[reg];
	enum ks_given given = ks_helper_is_given(insn, reg);
	if (held->kind != KS_HELD_STACK || given == KS_GIVEN_NONE || given == KS_GIVEN_READ)
		return;
	struct ks_held_frame *frame = &state->frames[held->index];
	const struct ks_held *size = reg < 5 ? &regs[reg + 1] : NULL;
	if (given == KS_GIVEN_WRITTEN && held->exact && size->kind == KS_HELD_NUMBER && size->exact)
		ks_held_overwrite(frame, (int64_t)held->samples->at[0], size->samples->at[0]);
	else
		ks_held_forget(frame);
}

/** Maps whose values a lookup gives a pointer to. */
static bool has_values(const struct ks_bpf_map *map)
{
	static const uint8_t types[] = { KS_MAP_HASH,	     KS_MAP_ARRAY,
					 KS_MAP_PERCPU_HASH, KS_MAP_PERCPU_ARRAY,
					 KS_MAP_LRU_HASH,    KS_MAP_LRU_PERCPU_HASH,
					 KS_MAP_LPM_TRIE };
	for (size_t i = 0; i < KS_ARRAY_LEN(types); i++)
		if (map->type == types[i])
			return true;
	return false;
}

static struct ks_held nullable(struct ks_witnessing *run, uint32_t map)
{
	struct ks_held held = { .kind = KS_HELD_NULLABLE,
				.exact = true,
				.index = map,
				.id = ++run->ids,
				.samples = ks_samples_one(&run->sampler, 0) };
	run->nomem |= !held.samples;
	return held.samples ? held : (struct ks_held){ 0 };
}

/** What may come of a copy of up to so many bytes: that many, or an error (do_refine_retval_range()). */
static struct ks_held copied(struct ks_witnessing *run, const struct ks_held *size)
{
	const struct ks_samples *any = ks_samples_of_bytes(&run->sampler, 8);
	uint64_t numbers[KS_MAX_SAMPLES + 2], most = 0;
	uint32_t nr = 0;
	if (size->kind == KS_HELD_NUMBER)
		most = size->samples->at[size->samples->nr - 1];
	if (!any || !most || most >= UNBOUNDED)
		return (struct ks_held){ 0 };
	for (uint32_t i = 0; i < any->nr; i++)
		if (any->at[i] && any->at[i] < most)
			numbers[nr++] = any->at[i];
	numbers[nr++] = most;
	numbers[nr++] = (uint64_t)-EFAULT;
	return ks_held_number(run, ks_samples_of(&run->sampler, numbers, nr));
}

static struct ks_held result_of(struct ks_witnessing *run, int32_t id, const struct ks_held *regs)
{
	const struct ks_bpf_object *object = run->input->interp->object;
	if (id == KS_HELPER_MAP_LOOKUP && regs[1].kind == KS_HELD_MAP &&
	    has_values(&object->maps[regs[1].index - 1]))
		return nullable(run, regs[1].index);
	if (id == RINGBUF_RESERVE)
		return nullable(run, 0);
	if (id == GET_STACK)
		return copied(run, &regs[3]);
	if (id == PROBE_READ_STR || id == PROBE_READ_USER_STR || id == PROBE_READ_KERNEL_STR)
		return copied(run, &regs[2]);
	if (id == GET_SMP_PROCESSOR_ID && run->input->learns)
		return (struct ks_held){ 0 }; // below the number of processors
	return id == GET_SMP_PROCESSOR_ID || gives_number(id) ? ks_held_bytes(run, 8)
							      : (struct ks_held){ 0 };
}

bool ks_held_call_helper(struct ks_witnessing *run, uint32_t at, struct ks_held_state *state)
{
	int32_t id = run->input->interp->program->insns[at].imm;
	struct ks_held *regs = ks_held_top(state)->regs;
	for (int i = 1; i <= 5; i++)
		if (regs[i].kind == KS_HELD_CALLBACK)
			return false;
	judge_sizes(run, at, id, regs);
	const struct ks_held result = result_of(run, id, regs);
	for (int i = 1; i <= 5; i++)
		give(run, at, state, i);
	regs[0] = result;
	return true;
}
