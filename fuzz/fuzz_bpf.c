/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a file with eBPF objects: each is read, what it needs is collected, and every index that the reader
 * hands out is followed. Seeds: the objects of tests/objects, without debug information.
 */
#include <stdlib.h>
#include <string.h>

#include "bpf/deps.h"
#include "bpf/find_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static bool is_index(uint32_t index, uint32_t nr)
{
	return index == KS_NO_INDEX || index < nr;
}

static void check_ref(const struct ks_bpf_object *object, const struct ks_bpf_program *program,
		      uint32_t insn)
{
	const struct ks_bpf_ref *ref = &object->refs[program->refs[insn]];
	switch (ref->kind) {
	case KS_REF_MAP:
		check(ref->index < object->nr_maps);
		break;
	case KS_REF_DATA:
		check(ref->index < object->nr_data);
		break;
	case KS_REF_KCONFIG:
	case KS_REF_KSYM:
	case KS_REF_KFUNC:
		check(ref->index < object->nr_externs);
		break;
	case KS_REF_CALL:
	case KS_REF_POINTER:
		check(ref->offset < program->nr);
		break;
	default:
		break;
	}
}

static void check_object(const struct ks_bpf_object *object)
{
	check(object->name != NULL);
	for (uint32_t i = 0; i < object->nr_programs; i++) {
		const struct ks_bpf_program *program = &object->programs[i];
		check(program->nr && program->nr_main <= program->nr);
		check(program->name && program->section);
		check(!program->func_type || program->func_type < object->btf->nr);
		for (uint32_t k = 0; k < program->nr; k++) {
			check(is_index(program->cores[k], object->nr_cores));
			check(is_index(program->lines[k], object->nr_lines));
			check(is_index(program->refs[k], object->nr_refs));
			if (program->refs[k] != KS_NO_INDEX)
				check_ref(object, program, k);
		}
	}
	for (uint32_t i = 0; i < object->nr_cores; i++)
		check(object->cores[i].type < object->btf->nr && object->cores[i].nr);
	for (uint32_t i = 0; i < object->nr_struct_ops; i++)
		check(object->struct_ops[i].map < object->nr_maps &&
		      object->struct_ops[i].program < object->nr_programs);
}

static void check_found(const struct ks_bpf_found *found, size_t len)
{
	check(found->name && found->offset <= len && found->size <= len - found->offset);
	check(!found->object != !found->error);
	if (!found->object)
		return;
	check_object(found->object);
	_cleanup_deps_ struct ks_deps *deps = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_dep_list list;
	struct ks_error *err = ks_deps_collect(found->object, &deps);
	if (!err)
		err = ks_deps_published(deps, &arena, &list);
	ks_error_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_finds_ struct ks_bpf_finds finds = { 0 };
	ks_bpf_find_begin(&finds);
	_cleanup_error_ struct ks_error *err = ks_bpf_find_in(&finds, "fuzz", bytes, len);
	for (size_t i = 0; !err && i < finds.len; i++)
		check_found(&finds.at[i], len);
	return 0;
}
