/* SPDX-License-Identifier: BSD-2-Clause */
/* Which helpers programs call that are loaded: by the addresses in their instructions, and the kernel's list of symbols. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bpf/loaded_private.h"
#include "bpf/names.h"

enum { CALL = 0x85, TO_KERNEL = 2 }; // an instruction, and its source register
enum { MAX_CODE = 8 << 20 }; // of a program, in bytes; it has a million instructions at most

/** A call, as far from __bpf_call_base as its instruction says. */
struct call {
	int64_t distance;
	uint32_t program;
};
typedef KS_VECTOR(struct call) call_vector;

static void look_at_code(const struct bpf_insn *code, size_t nr, struct ks_loaded_found *found,
			 call_vector *calls, bool *nomem)
{
	for (size_t i = 0; i < nr; i++) {
		const struct call call = { .distance = code[i].imm, .program = found->id };
		if (code[i].code != CALL)
			continue;
		found->calls_kernel = found->calls_kernel || code[i].src_reg == TO_KERNEL;
		if (!code[i].src_reg && call.distance && !ks_vector_add(calls, call))
			*nomem = true;
	}
}

static void read_code(struct ks_loaded_search *search, struct ks_loaded_found *found,
		      call_vector *calls)
{
	if (!found->size || found->size > MAX_CODE)
		return;
	struct bpf_insn *code = calloc(1, found->size);
	struct bpf_prog_info info = { .xlated_prog_len = found->size,
				      .xlated_prog_insns = (uint64_t)(uintptr_t)code };
	if (!code)
		search->nomem = true;
	else if (ks_loaded_info(BPF_PROG_GET_FD_BY_ID, found->id, &info, sizeof(info)) &&
		 info.xlated_prog_insns && info.xlated_prog_len <= found->size)
		look_at_code(code, info.xlated_prog_len / sizeof(*code), found, calls,
			     &search->nomem);
	free(code);
}

static uint32_t helper_called(const char *symbol)
{
	for (uint32_t i = 1; i < KS_LOADED_HELPERS; i++) {
		const char *name = ks_bpf_helper_name(i);
		if (name && strcmp(name, symbol) == 0)
			return i;
	}
	return 0;
}

static int by_distance(const void *a, const void *b)
{
	const struct call *x = a, *y = b;
	return (x->distance > y->distance) - (x->distance < y->distance);
}

/** All calls of a symbol. */
static void take_symbol(struct ks_loaded_search *search, const call_vector *calls, int64_t distance,
			const char *symbol)
{
	const struct call *all = calls->at;
	size_t i = KS_FIRST_NOT(0, calls->len, n, all[n].distance < distance);
	if (i == calls->len || all[i].distance != distance)
		return;
	uint32_t helper = helper_called(symbol);
	for (; helper && i < calls->len && all[i].distance == distance; i++) {
		struct ks_loaded_found *found = ks_loaded_program(search, all[i].program);
		if (found)
			found->helpers[helper / 8] |= (uint8_t)(1U << helper % 8);
	}
}

/** Go through the kernel's functions. @param wanted its address is returned; NULL: find out which of them are called */
static uint64_t read_symbols(struct ks_loaded_search *search, const call_vector *calls,
			     uint64_t base, const char *wanted)
{
	FILE *list = fopen("/proc/kallsyms", "re");
	char line[1024], name[512], type;
	unsigned long long at, ret = 0;
	while (list && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "%llx %c %511s", &at, &type, name) != 3 || !at ||
		    !strchr("tTwW", type))
			continue;
		if (wanted && strcmp(name, wanted) == 0)
			ret = at;
		else if (!wanted)
			take_symbol(search, calls, (int64_t)(at - base), name);
	}
	if (list)
		fclose(list);
	return ret;
}

void ks_loaded_look_at_calls(struct ks_loaded_search *search)
{
	call_vector calls = { 0 };
	for (size_t i = 0; i < search->programs.len; i++)
		read_code(search, &search->programs.at[i], &calls);
	uint64_t base = calls.len ? read_symbols(search, &calls, 0, "__bpf_call_base") : 0;
	if (base) {
		qsort(calls.at, calls.len, sizeof(*calls.at), by_distance);
		read_symbols(search, &calls, base, NULL);
	}
	ks_vector_deinit(&calls);
}
