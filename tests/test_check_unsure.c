/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that ask for an option, on an image with the option, without it, and one that does not tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "check/trial.h"
#include "tiny_judge.h"
#include "tiny_view.h"

/* ---- the kernel: unsigned long two(unsigned long a, unsigned long b), and an event with a record of 16 bytes ---- */

static const struct ks_type t_long = { .kind = KS_TYPE_INT, .name = "long unsigned int" };
static const struct ks_type t_entry = { .kind = KS_TYPE_STRUCT, .name = "trace_entry" };
static const struct ks_type t_none = { .kind = KS_TYPE_ARRAY, .inner = &t_long, .n = 0 };
static const struct ks_param params[] = { { "a", &t_long }, { "b", &t_long } };
static const struct ks_type proto = {
	.kind = KS_TYPE_PROTO, .inner = &t_long, .nr_params = 2, .params = params
};
static const struct ks_decl d_two = { .kind = KS_FUNCTION, .name = "two", .type = &proto };
static const struct ks_decl d_long = { .kind = KS_INT, .name = "long unsigned int", .size = 8 };
static const struct ks_member entry[] = { { "type", &t_long, 0, 0 } };
static const struct ks_decl d_entry = {
	.kind = KS_STRUCT, .name = "trace_entry", .size = 8, .nr = 1, .members = entry
};
static const struct ks_member record[] = { { "ent", &t_entry, 0, 0 },
					   { "word", &t_long, 64, 0 },
					   { "__data", &t_none, 128, 0 } };
static const struct ks_decl d_record = {
	.kind = KS_STRUCT, .name = "trace_event_raw_freed", .size = 16, .nr = 3, .members = record
};
static const struct ks_enumerator types[] = { { "BPF_PROG_TYPE_KPROBE", 2 },
					      { "BPF_PROG_TYPE_TRACEPOINT", 5 },
					      { "BPF_PROG_TYPE_SOCK_OPS", 13 } };
static const struct ks_decl d_types = {
	.kind = KS_ENUM, .name = "bpf_prog_type", .nr = KS_ARRAY_LEN(types), .values = types
};
static const struct ks_enumerator places[] = { { "BPF_CGROUP_SOCK_OPS", 3 } };
static const struct ks_decl d_places = {
	.kind = KS_ENUM, .name = "bpf_attach_type", .nr = KS_ARRAY_LEN(places), .values = places
};
static const struct ks_decl *const decls[] = { &d_two,	  &d_long,  &d_entry,
					       &d_record, &d_types, &d_places };
static const struct ks_symbol symbol = { .name = "two", .attach = KS_ATTACH_FTRACE };
static const struct ks_function two = {
	.name = "two", .nr_symbols = 1, .symbols = &symbol, .nr_btf = 1
};
static const struct ks_function *const functions[] = { &two };
static const struct ks_tracepoint event = { .event = "freed",
					    .system = "sched",
					    .record = &d_record };

/** What the image says of the option. */
enum option { YES, NO, UNKNOWN };

static struct tiny_image kernel_with(enum option option)
{
	static const struct tiny_option yes[] = { { "CONFIG_DEBUG_INFO_BTF", "y" },
						  { "CONFIG_KPROBE_EVENTS", "y" },
						  { "CONFIG_CGROUP_BPF", "y" },
						  { "CONFIG_ASKED_FOR", "y" } };
	return (struct tiny_image){ .image = { .label = "6.1.50",
					       .version = "6.1.50",
					       .arch = "amd64",
					       .elf_class = 64,
					       .facts = UINT32_MAX },
				    .nr_decls = KS_ARRAY_LEN(decls),
				    .decls = decls,
				    .nr_functions = 1,
				    .functions = functions,
				    .nr_tracepoints = 1,
				    .tracepoints = &event,
				    .nr_options = KS_ARRAY_LEN(yes) - (option != YES),
				    .options = yes,
				    .no_config = option == UNKNOWN };
}

/* ---- programs ---- */

// clang-format off
#define ASK { 0x18, 2, 0, 0, 0 }, { 0, 0, 0, 0, 0 }, { 0x71, 2, 2, 0, 0 } // r2 = CONFIG_ASKED_FOR
#define SKIP(insns) { 0x15, 2, 0, insns, 0 } // if r2 == 0
#define READ(offset) { 0x79, 3, 1, offset, 0 } // r3 = *(u64 *)(r1 + offset)
#define GIVE(offset) { 0x79, 0, 1, offset, 0 } // r0 = *(u64 *)(r1 + offset)
#define NUMBER(imm) { 0xb7, 0, 0, 0, imm } // r0 = imm
#define END { 0x95, 0, 0, 0, 0 }
#define RETURN NUMBER(0), END
// clang-format on

/** What is said of a program whose first instruction refers to the option. */
static enum ks_verdict judge(const char *section, const struct ks_bpf_insn *insns, uint32_t nr,
			     enum option option)
{
	enum { MAX = 16 };
	const struct tiny_image tiny = kernel_with(option);
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
	uint32_t refs[MAX];
	const struct ks_bpf_ref ref = { .kind = KS_REF_KCONFIG };
	const struct ks_bpf_extern ext = {
		.kind = KS_EXTERN_KCONFIG, .name = "CONFIG_ASKED_FOR", .weak = true, .size = 1
	};
	for (uint32_t i = 0; i < MAX; i++)
		refs[i] = i ? KS_NO_INDEX : 0;
	assert_true(nr <= MAX);
	struct ks_bpf_program program = tiny_program(section, insns, nr);
	program.refs = refs;
	const struct ks_bpf_object object = { .name = "object",
					      .license = "GPL",
					      .nr_programs = 1,
					      .programs = &program,
					      .nr_refs = 1,
					      .refs = &ref,
					      .nr_externs = 1,
					      .externs = &ext };
	const struct ks_site site = ks_view_site(view, 0);
	return tiny_outcome(&arena, &site, &object, &program).verdict;
}

static void expect(const char *section, const struct ks_bpf_insn *insns, uint32_t nr,
		   enum ks_verdict yes, enum ks_verdict no, enum ks_verdict unknown)
{
	assert_int_equal(judge(section, insns, nr, YES), yes);
	assert_int_equal(judge(section, insns, nr, NO), no);
	assert_int_equal(judge(section, insns, nr, UNKNOWN), unknown);
}
#define EXPECT(section, insns, yes, no, unknown)                                                   \
	expect(section, insns, KS_ARRAY_LEN(insns), KS_VERDICT_##yes, KS_VERDICT_##no,             \
	       KS_VERDICT_##unknown)

enum { SECOND = 104, THIRD = 96 }; // parameters in struct pt_regs

static void a_risk_on_a_path_that_may_be_none_is_unknown(void **state)
{
	(void)state;
	static const struct ks_bpf_insn guarded[] = { ASK, NUMBER(0), SKIP(1), GIVE(THIRD), END };
	EXPECT("kprobe/two", guarded, RISK, OK, UNKNOWN);
	static const struct ks_bpf_insn in_any_case[] = { ASK, SKIP(1), READ(SECOND), GIVE(THIRD),
							  END };
	EXPECT("kprobe/two", in_any_case, RISK, RISK, RISK);
}

static void so_is_what_fails_when_it_is_attached(void **state)
{
	(void)state;
	static const struct ks_bpf_insn guarded[] = { ASK, SKIP(1), READ(16), READ(8), RETURN };
	EXPECT("tracepoint/sched/freed", guarded, NO_ATTACH, OK, UNKNOWN);
	static const struct ks_bpf_insn in_any_case[] = { ASK, SKIP(1), READ(8), READ(16), RETURN };
	EXPECT("tracepoint/sched/freed", in_any_case, NO_ATTACH, NO_ATTACH, NO_ATTACH);
}

static void so_is_what_is_reached_with_a_number_of_one_path(void **state)
{
	(void)state;
	static const struct ks_bpf_insn of_one[] = { ASK, NUMBER(5), SKIP(1), NUMBER(1), END };
	EXPECT("sockops", of_one, OK, NO_LOAD, UNKNOWN);
	static const struct ks_bpf_insn of_both[] = { ASK, SKIP(1), READ(0), NUMBER(5), END };
	EXPECT("sockops", of_both, NO_LOAD, NO_LOAD, NO_LOAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_risk_on_a_path_that_may_be_none_is_unknown),
		cmocka_unit_test(so_is_what_fails_when_it_is_attached),
		cmocka_unit_test(so_is_what_is_reached_with_a_number_of_one_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
