/* SPDX-License-Identifier: BSD-2-Clause */
/* CO-RE relocations on made-up kernels; what each comes out as follows from libbpf's relo_core.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "check/core/core.h"
#include "check/rules/rules.h"
#include "tiny_view.h"

/* ---- the kernel ---- */

static const struct ks_type t_int = { .kind = KS_TYPE_INT, .name = "int" };
static const struct ks_type t_u64 = { .kind = KS_TYPE_INT, .name = "long unsigned int" };
static const struct ks_type t_u32 = { .kind = KS_TYPE_INT, .name = "unsigned int" };
static const struct ks_type t_const_int = { .kind = KS_TYPE_CONST, .inner = &t_int };
static const struct ks_type t_table = { .kind = KS_TYPE_ARRAY, .n = 4, .inner = &t_u32 };
static const struct ks_type t_tail = { .kind = KS_TYPE_ARRAY, .n = 0, .inner = &t_u32 };
static const struct ks_member counter_member[] = { { "counter", &t_int, 0, 0 } };
static const struct ks_decl counter_body = {
	.kind = KS_STRUCT, .nr = 1, .size = 4, .members = counter_member
};
static const struct ks_type t_counter_struct = { .kind = KS_TYPE_STRUCT, .body = &counter_body };
static const struct ks_type t_atomic = { .kind = KS_TYPE_TYPEDEF, .name = "atomic_t" };
static const struct ks_type t_stage = { .kind = KS_TYPE_ENUM, .name = "stage", .n = 4 };

static const struct ks_member thing_members[] = {
	{ "pid", &t_const_int, 64, 0 }, { "refs", &t_atomic, 96, 0 },
	{ "low", &t_u32, 128, 5 },	{ "high", &t_u32, 133, 20 },
	{ "table", &t_table, 192, 0 },	{ "was_pointer", &t_u64, 320, 0 },
	{ "grown", &t_u64, 384, 0 },	{ "stage", &t_stage, 448, 0 },
	{ "tail", &t_tail, 480, 0 },
};
static const struct ks_decl d_thing = {
	.kind = KS_STRUCT, .name = "thing", .size = 60, .nr = 9, .members = thing_members
};
static const struct ks_decl d_int = { .kind = KS_INT, .name = "int", .size = 4 };
static const struct ks_decl d_u32 = { .kind = KS_INT, .name = "unsigned int", .size = 4 };
static const struct ks_decl d_u64 = { .kind = KS_INT, .name = "long unsigned int", .size = 8 };
static const struct ks_decl d_atomic = { .kind = KS_TYPEDEF,
					 .name = "atomic_t",
					 .type = &t_counter_struct };
static const struct ks_enumerator stage_values[] = { { "STAGE_A", 4 }, { "STAGE_C", 9 } };
static const struct ks_decl d_stage = {
	.kind = KS_ENUM, .name = "stage", .size = 4, .nr = 2, .values = stage_values
};
/** Two definitions that agree on `same` and not on `moved`. */
static const struct ks_member twin_a[] = { { "same", &t_int, 32, 0 }, { "moved", &t_int, 64, 0 } };
static const struct ks_member twin_b[] = { { "same", &t_int, 32, 0 }, { "moved", &t_int, 96, 0 } };
static const struct ks_decl d_twin_a = {
	.kind = KS_STRUCT, .name = "twin", .size = 16, .nr = 2, .members = twin_a
};
static const struct ks_decl d_twin_b = {
	.kind = KS_STRUCT, .name = "twin", .size = 16, .nr = 2, .members = twin_b
};
static const struct ks_variant twins[] = { { .decl = &d_twin_a }, { .decl = &d_twin_b } };
static const struct ks_ambiguity ambiguous_twin = { KS_STRUCT, 2, "twin", twins };

/** Functions that take and give nothing, or something whose type is void. */
static const struct ks_type t_void = { .kind = KS_TYPE_VOID, .name = "void" };
static const struct ks_type t_void_ptr = { .kind = KS_TYPE_PTR, .inner = &t_void };
static const struct ks_param call_params[] = { { "data", &t_void_ptr } };
static const struct ks_type t_call = {
	.kind = KS_TYPE_PROTO, .inner = &t_void, .nr_params = 1, .params = call_params
};
static const struct ks_type t_call_ptr = { .kind = KS_TYPE_PTR, .inner = &t_call };
static const struct ks_member calls_members[] = { { "call", &t_call_ptr, 0, 0 } };
static const struct ks_decl d_calls = {
	.kind = KS_STRUCT, .name = "calls", .size = 8, .nr = 1, .members = calls_members
};

static const struct ks_decl *const decls[] = { &d_calls, &d_thing,  &d_int,   &d_u32,
					       &d_u64,	 &d_atomic, &d_stage, &d_twin_a };
static const struct ks_ambiguity *const ambiguities[] = { &ambiguous_twin };
static const struct tiny_image kernel = {
	.image = { .label = "tiny", .arch = "amd64", .elf_class = 64 },
	.nr_decls = KS_ARRAY_LEN(decls),
	.decls = decls,
	.nr_ambiguities = 1,
	.ambiguities = ambiguities,
};

/* ---- the object ---- */

struct local {
	struct btf *btf;
	struct ks_btf *read;
	int u32, s32, u64, ptr, array, tail, counter, atomic, thing, flavour, twin, stage, gone;
	int calls, calls_of_int, calls_of_two, wide;
};

/** A struct with a pointer to a function that takes pointers to void. @param result 0: void */
static int add_calls(struct btf *btf, const char *name, int result, int nr_params)
{
	int data = btf__add_ptr(btf, 0), proto = btf__add_func_proto(btf, result);
	for (int i = 0; i < nr_params; i++)
		btf__add_func_param(btf, "data", data);
	int call = btf__add_ptr(btf, proto), calls = btf__add_struct(btf, name, 8);
	btf__add_field(btf, "call", call, 0, 0);
	return calls;
}

static void add_types(struct local *at)
{
	struct btf *btf = at->btf;
	at->u32 = btf__add_int(btf, "unsigned int", 4, 0);
	at->s32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	at->u64 = btf__add_int(btf, "long unsigned int", 8, 0);
	at->ptr = btf__add_ptr(btf, at->s32);
	at->array = btf__add_array(btf, at->u32, at->u32, 8);
	at->tail = btf__add_array(btf, at->u32, at->u32, 0);
	at->counter = btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "counter", at->s32, 0, 0);
	at->atomic = btf__add_typedef(btf, "atomic_t", at->counter);
	at->stage = btf__add_enum(btf, "stage", 4);
	btf__add_enum_value(btf, "STAGE_A", 1);
	btf__add_enum_value(btf, "STAGE_B", 2);
	btf__add_enum_value(btf, "STAGE_C___later", 3);
	int anonymous = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, "grown", at->u32, 0, 0);
	at->thing = btf__add_struct(btf, "thing", 128);
	btf__add_field(btf, "pid", at->s32, 0, 0);	     // 0
	btf__add_field(btf, "refs", at->atomic, 32, 0);	     // 1
	btf__add_field(btf, "low", at->u32, 64, 5);	     // 2
	btf__add_field(btf, "high", at->u32, 69, 20);	     // 3
	btf__add_field(btf, "table", at->array, 128, 0);     // 4
	btf__add_field(btf, "was_pointer", at->ptr, 384, 0); // 5
	btf__add_field(btf, NULL, anonymous, 448, 0);	     // 6
	btf__add_field(btf, "missing", at->s32, 512, 0);     // 7
	btf__add_field(btf, "stage", at->stage, 544, 0);     // 8
	btf__add_field(btf, "tail", at->tail, 576, 0);	     // 9
	at->flavour = btf__add_struct(btf, "thing___v2", 4);
	btf__add_field(btf, "pid", at->s32, 0, 0);
	at->twin = btf__add_struct(btf, "twin", 16);
	btf__add_field(btf, "same", at->s32, 0, 0);
	btf__add_field(btf, "moved", at->s32, 32, 0);
	at->gone = btf__add_struct(btf, "gone", 4);
	btf__add_field(btf, "pid", at->s32, 0, 0);
	at->calls = add_calls(btf, "calls", 0, 1);
	at->calls_of_int = add_calls(btf, "calls___of_int", at->s32, 1);
	at->calls_of_two = add_calls(btf, "calls___of_two", 0, 2);
	int s64 = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	at->wide = btf__add_struct(btf, "thing___wide", 8);
	btf__add_field(btf, "pid", s64, 0, 0);
}

static int set_up(void **state)
{
	struct local *at = calloc(1, sizeof(*at));
	assert_non_null(at);
	at->btf = btf__new_empty();
	assert_non_null(at->btf);
	add_types(at);
	uint32_t size;
	const void *bytes = btf__raw_data(at->btf, &size);
	assert_ok(ks_btf_open(bytes, size, NULL, &at->read));
	*state = at;
	return 0;
}

static int tear_down(void **state)
{
	struct local *at = *state;
	ks_btf_close(at->read);
	btf__free(at->btf);
	free(at);
	return 0;
}

/** The outcome of one relocation on the kernel. @param path ends with -1 */
static struct ks_core_result resolve(const struct local *at, enum ks_core_kind kind, int type,
				     const int *path)
{
	uint32_t numbers[8], nr = 0;
	for (; path[nr] >= 0; nr++)
		numbers[nr] = (uint32_t)path[nr];
	struct ks_bpf_object object = { .btf = at->read };
	struct ks_bpf_core core = {
		.kind = kind, .type = (uint32_t)type, .nr = nr, .path = numbers
	};
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(&kernel);
	struct ks_site site = ks_view_site(view, 0);
	const struct ks_core_spec *spec = ks_core_spec(&arena, &object, &core);
	assert_non_null(spec);
	struct ks_core_result result = ks_core_resolve(&site, spec);
	assert_null(ks_view_error(view));
	return result;
}
#define PATH(...) ((const int[]){ __VA_ARGS__, -1 })

static void expect_number(const struct local *at, enum ks_core_kind kind, int type, const int *path,
			  uint64_t value)
{
	struct ks_core_result result = resolve(at, kind, type, path);
	assert_int_equal(result.state, KS_CORE_VALUE);
	assert_int_equal(result.value, value);
}

static void expect_poison_of(const struct local *at, enum ks_core_kind kind, int type,
			     const int *path, enum ks_core_why why)
{
	struct ks_core_result result = resolve(at, kind, type, path);
	assert_int_equal(result.state, KS_CORE_POISON);
	assert_int_equal(result.why, why);
}

static void a_field_is_found_by_name_wherever_it_moved(void **state)
{
	const struct local *at = *state;
	expect_number(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 0), 8);
	expect_number(at, KS_CORE_FIELD_OFFSET, at->flavour, PATH(0, 0), 8);
	expect_number(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 1, 0), 12); // through a typedef
	expect_number(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 6, 0),
		      48);						    // of an unnamed union
	expect_number(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(1, 0), 68); // of the next element
	expect_number(at, KS_CORE_FIELD_EXISTS, at->thing, PATH(0, 0), 1);
	expect_number(at, KS_CORE_FIELD_SIZE, at->thing, PATH(0, 4), 16);
	expect_number(at, KS_CORE_FIELD_SIGNED, at->thing, PATH(0, 0), 1);
	expect_number(at, KS_CORE_FIELD_SIGNED, at->thing, PATH(0, 2), 0);
}

static void what_is_missing_poisons_and_does_not_exist(void **state)
{
	const struct local *at = *state;
	expect_poison_of(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 7), KS_CORE_NO_FIELD);
	expect_poison_of(at, KS_CORE_FIELD_SIZE, at->thing, PATH(0, 7), KS_CORE_NO_FIELD);
	expect_number(at, KS_CORE_FIELD_EXISTS, at->thing, PATH(0, 7), 0);
	expect_poison_of(at, KS_CORE_FIELD_OFFSET, at->gone, PATH(0, 0), KS_CORE_NO_TYPE);
	expect_number(at, KS_CORE_FIELD_EXISTS, at->gone, PATH(0, 0), 0);
	expect_number(at, KS_CORE_TYPE_SIZE, at->gone, PATH(0), 0);
	expect_number(at, KS_CORE_TYPE_EXISTS, at->gone, PATH(0), 0);
	expect_poison_of(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 5), KS_CORE_INCOMPATIBLE);
	expect_number(at, KS_CORE_FIELD_EXISTS, at->thing, PATH(0, 5), 0);
}

static void an_element_must_lie_in_the_array_unless_it_is_the_flexible_tail(void **state)
{
	const struct local *at = *state;
	expect_number(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 4, 3), 24 + 12);
	assert_int_equal(resolve(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 4, 4)).state,
			 KS_CORE_POISON); // the kernel's has four
	expect_number(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 9, 5), 60 + 20);
	assert_int_equal(resolve(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 4, 9)).state,
			 KS_CORE_REFUSED); // the object's own has eight
}

/** How many reasons there are when an instruction has the offset of the first field. */
static size_t reasons_of(const struct local *at, int type, uint8_t code)
{
	uint32_t numbers[] = { 0, 0 }, of_core = 0;
	struct ks_bpf_core core = {
		.kind = KS_CORE_FIELD_OFFSET, .type = (uint32_t)type, .nr = 2, .path = numbers
	};
	struct ks_bpf_insn insn = { .code = code };
	struct ks_bpf_program program = {
		.name = "program", .nr = 1, .insns = &insn, .cores = &of_core
	};
	struct ks_bpf_object object = { .btf = at->read,
					.nr_cores = 1,
					.cores = &core,
					.nr_programs = 1,
					.programs = &program };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(&kernel);
	const struct ks_core_spec *spec = ks_core_spec(&arena, &object, &core);
	assert_non_null(spec);
	struct ks_resolution resolution = { .site = ks_view_site(view, 0) };
	const struct ks_core_result result = ks_core_resolve(&resolution.site, spec);
	const struct ks_prepared prepared = { .object = &object, .specs = &spec };
	struct ks_reached reached = { .reached = true };
	const struct ks_reach reach = { .at = &reached };
	resolution.prepared = &prepared;
	resolution.cores = &result;
	struct ks_judge judge = { .arena = &arena,
				  .scratch = &arena,
				  .resolution = &resolution,
				  .site = &resolution.site,
				  .program = &program,
				  .hook = &program.hook,
				  .reach = &reach };
	ks_judge_fields(&judge);
	size_t nr = judge.reasons.len;
	ks_vector_deinit(&judge.reasons);
	return nr;
}

static void a_field_of_another_size_is_told_unless_the_loader_sees_to_it(void **state)
{
	enum { ADD = 0x07, LOAD = 0x79, STORE = 0x7b };
	const struct local *at = *state;
	assert_int_equal(reasons_of(at, at->wide, ADD), 1);
	assert_int_equal(reasons_of(at, at->wide, LOAD), 0);
	assert_int_equal(reasons_of(at, at->wide, STORE),
			 0); // it is refused, which another rule tells
	assert_int_equal(reasons_of(at, at->thing, ADD), 0);
}

static void bit_fields_are_read_with_their_storage(void **state)
{
	const struct local *at = *state;
	// low: bits 128..132 in the word at byte 16; high: bits 133..152 in the same word
	expect_number(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 3), 16);
	expect_number(at, KS_CORE_FIELD_SIZE, at->thing, PATH(0, 3), 4);
	expect_number(at, KS_CORE_FIELD_LSHIFT, at->thing, PATH(0, 3), 64 - (5 + 20));
	expect_number(at, KS_CORE_FIELD_RSHIFT, at->thing, PATH(0, 3), 64 - 20);
	expect_number(at, KS_CORE_FIELD_LSHIFT, at->thing, PATH(0, 2), 64 - 5);
}

static void a_load_follows_the_size_only_of_unsigned_numbers_and_pointers(void **state)
{
	const struct local *at = *state;
	assert_false(resolve(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 6, 0)).bad_access);
	assert_true(resolve(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 4)).bad_access);
	assert_false(resolve(at, KS_CORE_FIELD_OFFSET, at->thing, PATH(0, 0)).bad_access);
}

static void enum_values_are_found_by_name(void **state)
{
	const struct local *at = *state;
	expect_number(at, KS_CORE_ENUM_VALUE, at->stage, PATH(0), 4);
	expect_number(at, KS_CORE_ENUM_EXISTS, at->stage, PATH(0), 1);
	expect_poison_of(at, KS_CORE_ENUM_VALUE, at->stage, PATH(1), KS_CORE_NO_VALUE);
	expect_number(at, KS_CORE_ENUM_EXISTS, at->stage, PATH(1), 0);
	expect_number(at, KS_CORE_ENUM_VALUE, at->stage, PATH(2), 9); // up to "___"
}

static void types_exist_by_kind_and_name(void **state)
{
	const struct local *at = *state;
	expect_number(at, KS_CORE_TYPE_EXISTS, at->thing, PATH(0), 1);
	expect_number(at, KS_CORE_TYPE_SIZE, at->flavour, PATH(0), 60);
	expect_number(at, KS_CORE_TYPE_EXISTS, at->atomic, PATH(0), 1);
	expect_number(at, KS_CORE_TYPE_MATCHES, at->flavour, PATH(0), 1);
	expect_number(at, KS_CORE_TYPE_MATCHES, at->thing, PATH(0), 0); // a member is missing
	expect_number(at, KS_CORE_TYPE_ID_LOCAL, at->gone, PATH(0), (uint64_t)at->gone);
}

static void void_matches_void_alone(void **state)
{
	const struct local *at = *state;
	expect_number(at, KS_CORE_TYPE_MATCHES, at->calls, PATH(0), 1);
	expect_number(at, KS_CORE_TYPE_MATCHES, at->calls_of_int, PATH(0), 0);
	expect_number(at, KS_CORE_TYPE_MATCHES, at->calls_of_two, PATH(0), 0);
}

/* ---- struct lists, with the members of its unnamed structs in their place, and struct texts ---- */

static const struct ks_type t_char = { .kind = KS_TYPE_INT, .name = "char" };
static const struct ks_type t_text = { .kind = KS_TYPE_ARRAY, .n = 16, .inner = &t_char };
static const struct ks_decl nothing = { .kind = KS_STRUCT };
static const struct ks_type t_nothing = { .kind = KS_TYPE_STRUCT, .body = &nothing };
static const struct ks_member lists_members[] = {
	{ "__empty_list", &t_nothing, 0, 0 }, { "list", &t_tail, 0, 0 },  { "first", &t_u32, 0, 0 },
	{ "mark", &t_tail, 32, 0 },	      { "after", &t_int, 32, 0 },
};
static const struct ks_member texts_members[] = { { "name", &t_text, 0, 0 } };
static const struct ks_decl d_lists = { .kind = KS_STRUCT,
					.name = "lists",
					.size = 8,
					.nr = 5,
					.members = lists_members },
			    d_texts = { .kind = KS_STRUCT,
					.name = "texts",
					.size = 16,
					.nr = 1,
					.members = texts_members },
			    d_char = { .kind = KS_INT, .name = "char", .size = 1 };
static const struct ks_decl *const hidden_decls[] = { &d_lists, &d_texts, &d_char, &d_int, &d_u32 };

/** A relocation of a struct that has one member, or an unnamed struct with it. @param index of its element; -1: of the struct itself */
static struct ks_core_result resolve_on(const struct tiny_image *image, const char *record,
					const char *member, bool unnamed, int encoding, int index,
					enum ks_core_kind kind)
{
	struct btf *theirs = btf__new_empty();
	int number = encoding < 0 ? btf__add_int(theirs, "int", 4, BTF_INT_SIGNED)
				  : btf__add_int(theirs, "char", 1, encoding);
	int plain = btf__add_int(theirs, "unsigned int", 4, 0);
	int array =
		btf__add_array(theirs, plain, encoding < 0 ? plain : number, encoding < 0 ? 8 : 16);
	int type = unnamed ? number : array, inner = 0;
	if (unnamed) {
		inner = btf__add_struct(theirs, NULL, 4);
		btf__add_field(theirs, member, type, 0, 0);
	}
	int whole = btf__add_struct(theirs, record, 64);
	btf__add_field(theirs, unnamed ? NULL : member, unnamed ? inner : type, 0, 0);
	uint32_t size, path[] = { 0, 0, (uint32_t)index };
	const void *bytes = btf__raw_data(theirs, &size);
	_cleanup_btf_ struct ks_btf *btf = NULL;
	assert_ok(ks_btf_open(bytes, size, NULL, &btf));
	struct ks_bpf_object object = { .btf = btf };
	struct ks_bpf_core core = {
		.kind = kind, .type = (uint32_t)whole, .nr = index < 0 ? 1 : 3, .path = path
	};
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(image);
	struct ks_site site = ks_view_site(view, 0);
	const struct ks_core_spec *spec = ks_core_spec(&arena, &object, &core);
	assert_non_null(spec);
	struct ks_core_result result = ks_core_resolve(&site, spec);
	assert_null(ks_view_error(view));
	btf__free(theirs);
	return result;
}

static struct tiny_image hidden_kernel(const char *version, const char *arch,
				       const struct tiny_option *option)
{
	return (struct tiny_image){
		.image = { .label = version, .version = version, .arch = arch, .elf_class = 64 },
		.nr_decls = KS_ARRAY_LEN(hidden_decls),
		.decls = hidden_decls,
		.nr_options = option != NULL,
		.options = option,
	};
}

/** As struct cgroup has its ancestors since 7.0, and struct bpf_prog its instructions. */
static void arrays_of_unnamed_structs_are_flexible(void **state)
{
	(void)state;
	const struct tiny_image image = hidden_kernel("7.2.1", "amd64", NULL);
#define EXISTS(member) resolve_on(&image, "lists", member, false, -1, 3, KS_CORE_FIELD_EXISTS)
	assert_int_equal(EXISTS("list").value, 1);
	assert_int_equal(EXISTS("mark").value, 0); // behind it there is a member
}

static void members_of_unnamed_structs_are_not_told(void **state)
{
	(void)state;
	const struct tiny_image image = hidden_kernel("7.2.1", "amd64", NULL);
#define INSIDE(member) resolve_on(&image, "lists", member, true, -1, -1, KS_CORE_TYPE_MATCHES)
	assert_int_equal(INSIDE("after").state, KS_CORE_UNTOLD);
	assert_int_equal(INSIDE("nowhere").state, KS_CORE_VALUE);
	assert_int_equal(INSIDE("nowhere").value, 0);
}

/** BTF of 5.10.0-46, 6.1.0-50, 6.12.118 and 7.2.13 were asked by libbpf. */
static void chars_have_the_sign_of_the_kernel(void **state)
{
	(void)state;
	static const struct tiny_option pahole = { "CONFIG_PAHOLE_VERSION", "124" };
	static const struct {
		const char *version, *arch;
		const struct tiny_option *option;
		enum ks_core_state state;
		uint64_t is_signed, is_unsigned;
	} all[] = {
		{ "6.12.1", "amd64", NULL, KS_CORE_VALUE, 0, 1 },
		{ "6.1.50", "amd64", &pahole, KS_CORE_VALUE, 1, 0 },
		{ "6.1.50", "amd64", NULL, KS_CORE_UNTOLD, 0, 0 },
		{ "6.1.50", "arm64", NULL, KS_CORE_VALUE, 0, 1 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		const struct tiny_image image =
			hidden_kernel(all[i].version, all[i].arch, all[i].option);
		struct ks_core_result with = resolve_on(&image, "texts", "name", false,
							BTF_INT_SIGNED, -1, KS_CORE_TYPE_MATCHES),
				      without = resolve_on(&image, "texts", "name", false, 0, -1,
							   KS_CORE_TYPE_MATCHES);
		assert_int_equal(with.state, all[i].state);
		assert_int_equal(without.state, all[i].state);
		if (all[i].state != KS_CORE_VALUE)
			continue;
		assert_int_equal(with.value, all[i].is_signed);
		assert_int_equal(without.value, all[i].is_unsigned);
	}
}

static void several_definitions_must_agree(void **state)
{
	const struct local *at = *state;
	expect_number(at, KS_CORE_FIELD_OFFSET, at->twin, PATH(0, 0), 4);
	struct ks_core_result result = resolve(at, KS_CORE_FIELD_OFFSET, at->twin, PATH(0, 1));
	assert_int_equal(result.state, KS_CORE_REFUSED);
	assert_int_equal(result.why, KS_CORE_AMBIGUOUS);
}

static void flavours_are_cut_as_libbpf_cuts_them(void **state)
{
	(void)state;
	assert_int_equal(ks_core_name_len("task_struct"), 11);
	assert_int_equal(ks_core_name_len("task_struct___old"), 11);
	assert_int_equal(ks_core_name_len("a___b___c"), 5);
	assert_int_equal(ks_core_name_len("___b"), 4);
	assert_int_equal(ks_core_name_len("a___"), 4);
	assert_int_equal(ks_core_name_len(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_found_by_name_wherever_it_moved),
		cmocka_unit_test(what_is_missing_poisons_and_does_not_exist),
		cmocka_unit_test(an_element_must_lie_in_the_array_unless_it_is_the_flexible_tail),
		cmocka_unit_test(bit_fields_are_read_with_their_storage),
		cmocka_unit_test(a_field_of_another_size_is_told_unless_the_loader_sees_to_it),
		cmocka_unit_test(a_load_follows_the_size_only_of_unsigned_numbers_and_pointers),
		cmocka_unit_test(enum_values_are_found_by_name),
		cmocka_unit_test(types_exist_by_kind_and_name),
		cmocka_unit_test(void_matches_void_alone),
		cmocka_unit_test(several_definitions_must_agree),
		cmocka_unit_test(flavours_are_cut_as_libbpf_cuts_them),
		cmocka_unit_test(arrays_of_unnamed_structs_are_flexible),
		cmocka_unit_test(members_of_unnamed_structs_are_not_told),
		cmocka_unit_test(chars_have_the_sign_of_the_kernel),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
