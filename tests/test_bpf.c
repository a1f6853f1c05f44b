/* SPDX-License-Identifier: BSD-2-Clause */
/* The object reader against libbpf, and against what the sources of tests/objects say. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "bpf_object.h"

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level, (void)fmt, (void)args;
	return 0;
}

static void same_programs(const struct ks_bpf_object *ours, struct bpf_object *theirs)
{
	struct bpf_program *p;
	uint32_t nr = 0;
	bpf_object__for_each_program(p, theirs)
	{
		const struct ks_bpf_program *q = program_of(ours, bpf_program__name(p));
		assert_string_equal(q->section + (q->section[0] == '?'),
				    bpf_program__section_name(p));
		assert_int_equal(q->nr_main, bpf_program__insn_cnt(p));
		assert_int_equal(q->autoload, bpf_program__autoload(p));
		// of struct_ops libbpf keeps the member's number there
		if (q->hook.kind != KS_HOOK_NONE && q->hook.kind != KS_HOOK_STRUCT_OPS)
			same_hook(q->section, &q->hook, bpf_program__type(p),
				  bpf_program__expected_attach_type(p));
		nr++;
	}
	assert_int_equal(nr, ours->nr_programs);
}

static void same_maps(const struct ks_bpf_object *ours, struct bpf_object *theirs)
{
	struct bpf_map *m;
	uint32_t nr = 0;
	bpf_object__for_each_map(m, theirs)
	{
		if (bpf_map__is_internal(m))
			continue;
		const struct ks_bpf_map *map = NULL;
		for (uint32_t i = 0; i < ours->nr_maps; i++)
			if (strcmp(ours->maps[i].name, bpf_map__name(m)) == 0)
				map = &ours->maps[i];
		assert_non_null(map);
		assert_int_equal(map->type, bpf_map__type(m));
		assert_int_equal(map->key_size, bpf_map__key_size(m));
		assert_int_equal(map->value_size, bpf_map__value_size(m));
		assert_int_equal(map->max_entries, bpf_map__max_entries(m));
		assert_int_equal(map->flags, bpf_map__map_flags(m));
		nr++;
	}
	assert_int_equal(nr, ours->nr_maps);
}

static void objects_are_what_libbpf_sees(void **state)
{
	(void)state;
	static const char *const names[] = { "tracing.bpfel", "struct_ops.bpfel" };
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		struct file file = test_object(names[i]);
		struct ks_bpf_object *ours = open_object(&file, names[i]);
		struct bpf_object *theirs = bpf_object__open_mem(file.bytes, file.len, NULL);
		assert_non_null(theirs);
		same_programs(ours, theirs);
		same_maps(ours, theirs);
		bpf_object__close(theirs);
		ks_bpf_close(ours);
		free(file.bytes);
	}
}

/** Where a function begins in a program, by the calls that lead to it; UINT32_MAX: none. */
static uint32_t call_target(const struct ks_bpf_object *object,
			    const struct ks_bpf_program *program, const char *name,
			    enum ks_bpf_ref_kind kind)
{
	for (uint32_t i = 0; i < program->nr; i++) {
		if (program->refs[i] == KS_NO_INDEX)
			continue;
		const struct ks_bpf_ref *ref = &object->refs[program->refs[i]];
		if (ref->kind != kind || strcmp(ref->name, name) != 0)
			continue;
		assert_int_equal(i + 1 + (uint32_t)program->insns[i].imm, ref->offset);
		return (uint32_t)ref->offset;
	}
	return UINT32_MAX;
}

static const struct ks_bpf_ref *ref_to(const struct ks_bpf_object *object,
				       const struct ks_bpf_program *program,
				       enum ks_bpf_ref_kind kind)
{
	for (uint32_t i = 0; i < program->nr; i++)
		if (program->refs[i] != KS_NO_INDEX && object->refs[program->refs[i]].kind == kind)
			return &object->refs[program->refs[i]];
	return NULL;
}

static void check_calls(const struct ks_bpf_object *object)
{
	enum { CALL = 0x85, EXIT = 0x95 };
	const struct ks_bpf_program *program = program_of(object, "vfs_read_entry");
	uint32_t trunk = call_target(object, program, "trunk", KS_REF_CALL);
	uint32_t branch = call_target(object, program, "branch", KS_REF_CALL);
	uint32_t leaf = call_target(object, program, "leaf", KS_REF_CALL);
	// behind the program: the one that is called first, then what that calls
	assert_int_equal(trunk, program->nr_main);
	assert_true(branch > trunk && leaf > branch && leaf < program->nr);
	assert_int_equal(program->insns[branch - 1].code, EXIT);
	assert_int_equal(program->insns[leaf - 1].code, EXIT);
	assert_int_equal(program->insns[program->nr - 1].code, EXIT);
	program = program_of(object, "on_switch");
	assert_int_equal(call_target(object, program, "trunk", KS_REF_CALL), UINT32_MAX);
	assert_int_equal(call_target(object, program, "callback", KS_REF_POINTER),
			 program->nr_main);
}

static void check_refs(const struct ks_bpf_object *object)
{
	const struct ks_bpf_program *unlink = program_of(object, "on_unlink");
	const struct ks_bpf_program *entry = program_of(object, "vfs_read_entry");
	const struct ks_bpf_program *on_switch = program_of(object, "on_switch");
	const struct ks_bpf_ref *ref = ref_to(object, unlink, KS_REF_MAP);
	assert_string_equal(object->maps[ref->index].name, "counts");
	ref = ref_to(object, unlink, KS_REF_DATA);
	assert_string_equal(object->data[ref->index].name, ".rodata");
	assert_true(object->data[ref->index].constant);
	assert_string_equal(ref->name, "wanted");
	assert_int_equal(object->data[ref->index].bytes[ref->offset + (object->big_endian ? 3 : 0)],
			 5);
	ref = ref_to(object, entry, KS_REF_KCONFIG);
	assert_string_equal(object->externs[ref->index].name, "LINUX_KERNEL_VERSION");
	ref = ref_to(object, on_switch, KS_REF_KSYM);
	assert_string_equal(object->externs[ref->index].name, "runqueues");
	ref = ref_to(object, on_switch, KS_REF_KFUNC);
	assert_string_equal(object->externs[ref->index].name, "task_acquire");
	for (uint32_t i = 0; i < object->nr_refs; i++)
		assert_int_not_equal(object->refs[i].kind, KS_REF_LOST);
}

static void check_externs(const struct ks_bpf_object *object)
{
	static const struct {
		const char *name;
		enum ks_bpf_extern_kind kind;
		bool weak, typed;
		uint32_t size;
	} expected[] = {
		{ "LINUX_KERNEL_VERSION", KS_EXTERN_KCONFIG, false, true, 4 },
		{ "CONFIG_BPF_JIT", KS_EXTERN_KCONFIG, true, true, 1 },
		{ "runqueues", KS_EXTERN_KSYM, true, false, 0 },
		{ "cpu_number", KS_EXTERN_KSYM, false, true, 0 },
		{ "task_acquire", KS_EXTERN_KFUNC, false, true, 0 },
		{ "task_release", KS_EXTERN_KFUNC, true, true, 0 },
	};
	assert_int_equal(object->nr_externs, KS_ARRAY_LEN(expected));
	for (uint32_t i = 0; i < object->nr_externs; i++) {
		uint32_t k = 0;
		while (strcmp(object->externs[k].name, expected[i].name) != 0)
			assert_true(++k < object->nr_externs);
		assert_int_equal(object->externs[k].kind, expected[i].kind);
		assert_int_equal(object->externs[k].weak, expected[i].weak);
		assert_int_equal(object->externs[k].type != 0, expected[i].typed);
		assert_int_equal(object->externs[k].size, expected[i].size);
	}
}

/** Each kind of relocation of the source's on_unlink(), by its path. */
static void check_cores(const struct ks_bpf_object *object)
{
	static const struct {
		enum ks_core_kind kind;
		const char *type, *path;
	} expected[] = {
		{ KS_CORE_FIELD_OFFSET, "task_struct", "0:0" },
		{ KS_CORE_FIELD_OFFSET, "task_struct", "0:4" },
		{ KS_CORE_FIELD_OFFSET, "mm_struct", "0:1:0" },
		{ KS_CORE_FIELD_OFFSET, "task_struct", "0:5:2" },
		{ KS_CORE_FIELD_OFFSET, "pt_regs", "0:14" },
		{ KS_CORE_FIELD_EXISTS, "task_struct", "0:1:0" },
		{ KS_CORE_FIELD_OFFSET, "task_struct", "0:1:0" },
		{ KS_CORE_FIELD_OFFSET, "task_struct___old", "0:0" },
		{ KS_CORE_TYPE_EXISTS, "mm_struct", "0" },
		{ KS_CORE_ENUM_VALUE, "stage", "1" },
	};
	size_t nr = KS_ARRAY_LEN(expected);
	const struct ks_bpf_program *program = program_of(object, "on_unlink");
	bool found[KS_ARRAY_LEN(expected)] = { false };
	assert_int_equal(object->nr_cores, nr);
	for (uint32_t i = 0; i < program->nr; i++) {
		if (program->cores[i] == KS_NO_INDEX)
			continue;
		const struct ks_bpf_core *core = &object->cores[program->cores[i]];
		const char *type = ks_btf_type(object->btf, core->type).name;
		size_t k = 0;
		while (k < nr && (core->kind != expected[k].kind || found[k] ||
				  strcmp(type, expected[k].type) != 0 ||
				  strcmp(core->text, expected[k].path) != 0))
			k++;
		if (k == nr)
			fail_msg("%s %s %s", ks_core_texts[core->kind], type, core->text);
		found[k] = true;
	}
	for (size_t k = 0; k < nr; k++)
		assert_true(found[k]);
}

static void check_lines(const struct ks_bpf_object *object)
{
	const struct ks_bpf_program *program = program_of(object, "enter_openat");
	const struct ks_bpf_line *line = &object->lines[program->lines[program->nr - 1]];
	assert_string_equal(line->text, "return ctx[3] == 2;");
	assert_non_null(strstr(line->file, "tracing.bpf.c"));
	assert_true(line->line > 100 && line->column > 0);
	assert_int_equal(ks_btf_type(object->btf, program->func_type).kind, KS_BTF_FUNC_PROTO);
}

static void objects_say_what_their_source_says(void **state)
{
	(void)state;
	static const char *const names[] = { "tracing.bpfel", "tracing.bpfeb" };
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		struct file file = test_object(names[i]);
		struct ks_bpf_object *object = open_object(&file, "/some/folder/tracing.bpf.o");
		assert_string_equal(object->name, "tracing");
		assert_string_equal(object->license, "GPL");
		assert_int_equal(object->big_endian, i);
		assert_int_equal(object->nr_programs, 5);
		assert_false(program_of(object, "on_switch")->autoload);
		assert_true(program_of(object, "vfs_read_entry")->sleepable);
		check_calls(object);
		check_refs(object);
		check_externs(object);
		check_cores(object);
		check_lines(object);
		ks_bpf_close(object);
		free(file.bytes);
	}
}

static void objects_without_btf_degrade(void **state)
{
	(void)state;
	static const char *const names[] = { "legacy.bpfel", "legacy.bpfeb" };
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		struct file file = test_object(names[i]);
		struct ks_bpf_object *object = open_object(&file, names[i]);
		assert_true(object->legacy);
		assert_int_equal(object->nr_maps, 2);
		for (uint32_t k = 0; k < 2; k++) {
			const struct ks_bpf_map *map = &object->maps[k];
			bool first = strcmp(map->name, "first") == 0;
			assert_int_equal(map->type, first ? 1 : 2);
			assert_int_equal(map->value_size, first ? 8 : 16);
			assert_int_equal(map->max_entries, first ? 7 : 9);
			assert_int_equal(map->flags, first ? 0 : 4);
		}
		const struct ks_bpf_ref *ref =
			ref_to(object, program_of(object, "classify"), KS_REF_MAP);
		assert_non_null(ref);
		assert_string_equal(object->maps[ref->index].name, ref->name);
		ks_bpf_close(object);
		free(file.bytes);
	}
}

static void members_of_struct_ops_are_programs(void **state)
{
	(void)state;
	static const char *const names[] = { "struct_ops.bpfel", "struct_ops.bpfeb" };
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		struct file file = test_object(names[i]);
		struct ks_bpf_object *object = open_object(&file, names[i]);
		assert_int_equal(object->nr_struct_ops, 2);
		assert_string_equal(object->maps[0].struct_ops, "tcp_congestion_ops");
		const struct ks_bpf_program *init = program_of(object, "mini_init");
		assert_string_equal(init->hook.target, "init");
		assert_string_equal(init->hook.group, "tcp_congestion_ops");
		assert_true(init->autoload);
		assert_string_equal(program_of(object, "mini_ssthresh")->hook.target, "ssthresh");
		ks_bpf_close(object);
		free(file.bytes);
	}
}

/** Data that is declared to be code, and too short for an instruction: there is nothing to refer to. */
static void code_without_instructions_is_no_function(void **state)
{
	(void)state;
	struct file file = test_object("tracing.bpfel");
	Elf64_Ehdr *header = (Elf64_Ehdr *)file.bytes;
	Elf64_Shdr *sections = (Elf64_Shdr *)(file.bytes + header->e_shoff);
	const char *names = file.bytes + sections[header->e_shstrndx].sh_offset;
	size_t nr = 0;
	for (int i = 1; i < header->e_shnum; i++)
		if (strcmp(names + sections[i].sh_name, ".rodata") == 0) {
			assert_true(sections[i].sh_size < 8);
			sections[i].sh_flags |= SHF_EXECINSTR;
			nr++;
		}
	assert_int_equal(nr, 1);
	struct ks_bpf_object *object = open_object(&file, "damaged");
	assert_int_equal(object->nr_programs, 5);
	for (uint32_t i = 0; i < object->nr_programs; i++)
		for (uint32_t k = 0; k < object->programs[i].nr; k++) {
			uint32_t ref = object->programs[i].refs[k];
			if (ref != KS_NO_INDEX && object->refs[ref].kind == KS_REF_POINTER)
				assert_true(object->refs[ref].offset < object->programs[i].nr);
		}
	ks_bpf_close(object);
	free(file.bytes);
}

/** Every cut and many a flipped byte: an error or an object, never more. */
static void damaged_objects_are_refused_or_read(void **state)
{
	(void)state;
	struct file file = test_object("tracing.bpfel");
	for (size_t i = 0; i < 6000; i++) {
		struct ks_bpf_object *object = NULL;
		size_t at = (i * 2654435761U) % file.len, len = i % 3 ? file.len : at;
		char *copy = malloc(len + 1);
		assert_non_null(copy);
		memcpy(copy, file.bytes, len);
		if (len == file.len)
			copy[at] ^= (char)(1U << (i % 8));
		struct ks_error *err = ks_bpf_open(copy, len, "damaged", &object);
		ks_error_free(err);
		ks_bpf_close(object);
		free(copy);
	}
	free(file.bytes);
}

/** libbpf opens no object with symbols that are neither defined nor in .ksyms or .kconfig. */
static void what_is_defined_nowhere_is_listed(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum ks_bpf_extern_kind kind;
		bool weak;
	} expected[] = { { "stray", KS_EXTERN_KSYM, false },
			 { "weak_stray", KS_EXTERN_KSYM, true },
			 { "stray_function", KS_EXTERN_KFUNC, false } };
	struct file file = test_object("stray.bpfel");
	assert_null(bpf_object__open_mem(file.bytes, file.len, NULL));
	struct ks_bpf_object *object = open_object(&file, "stray.bpfel");
	assert_int_equal(object->nr_externs, 0);
	assert_int_equal(object->nr_strays, KS_ARRAY_LEN(expected));
	for (uint32_t i = 0; i < object->nr_strays; i++) {
		uint32_t k = 0;
		while (strcmp(object->strays[k].name, expected[i].name) != 0)
			assert_true(++k < object->nr_strays);
		assert_int_equal(object->strays[k].kind, expected[i].kind);
		assert_int_equal(object->strays[k].weak, expected[i].weak);
	}
	ks_bpf_close(object);
	free(file.bytes);
}

/** Whether something in an object keeps libbpf from opening it, as far as we see. */
static bool is_refused(const struct ks_bpf_object *object)
{
	return object->nr_refusals || object->nr_strays || object->legacy_maps ||
	       object->no_symbols;
}

static void what_libbpf_does_not_open_is_refused(void **state)
{
	(void)state;
	enum { CASES = 42 };
	unsigned int nr_refused = 0;
	for (unsigned int i = 1; i <= CASES; i++) {
		char name[32];
		snprintf(name, sizeof(name), "opening-%u", i);
		struct file file = test_object(name);
		struct ks_bpf_object *ours = open_object(&file, name);
		struct bpf_object *theirs = bpf_object__open_mem(file.bytes, file.len, NULL);
		if (is_refused(ours) != !theirs)
			fail_msg("%s: libbpf %s it, ours has %u refusals", name,
				 theirs ? "opens" : "refuses", ours->nr_refusals);
		nr_refused += !theirs;
		for (uint32_t k = 0; k < ours->nr_refusals; k++)
			assert_true(ours->refusals[k].name[0] && ours->refusals[k].why[0]);
		bpf_object__close(theirs);
		ks_bpf_close(ours);
		free(file.bytes);
	}
	assert_int_equal(nr_refused, 25);
}

int main(void)
{
	libbpf_set_print(quiet);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_are_what_libbpf_sees),
		cmocka_unit_test(objects_say_what_their_source_says),
		cmocka_unit_test(objects_without_btf_degrade),
		cmocka_unit_test(members_of_struct_ops_are_programs),
		cmocka_unit_test(what_is_defined_nowhere_is_listed),
		cmocka_unit_test(what_libbpf_does_not_open_is_refused),
		cmocka_unit_test(code_without_instructions_is_no_function),
		cmocka_unit_test(damaged_objects_are_refused_or_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
