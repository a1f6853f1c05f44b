/* SPDX-License-Identifier: BSD-2-Clause */
/* Variables of the kernel that BTF describes: the verifier asks kallsyms for their addresses, which may have no data. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <bpf/btf.h>

#include "base/array.h"
#include "check.h"
#include "check/rules/prototype.h"
#include "tiny_judge.h"
#include "tiny_view.h"

static const struct ks_decl d_int = { .kind = KS_INT, .name = "int", .size = 4 };
static const struct ks_decl *const decls[] = { &d_int };
static const char *const with_data[] = { "_stext", "runqueues", NULL };
static const char *const text_only[] = { "_stext", NULL };
static const struct tiny_option all[] = { { "CONFIG_KALLSYMS_ALL", "y" },
					  { "CONFIG_DEBUG_INFO_BTF", "y" } },
				some[] = { { "CONFIG_KALLSYMS_ALL", "n" },
					   { "CONFIG_DEBUG_INFO_BTF", "y" } };

/** The same where BTF has the variable with a type; NULL: which one is not known. */
static char said_of_type(enum ks_tier tier, const struct tiny_option *options,
			 const char *const *symbols, bool uses, bool dead,
			 const struct ks_type *variable)
{
	const struct tiny_image tiny = { .image = { .label = "6.1.1",
						    .version = "6.1.1",
						    .arch = "amd64",
						    .elf_class = 64,
						    .tier = tier,
						    .facts = UINT32_MAX },
					 .nr_decls = 1,
					 .decls = decls,
					 .nr_options = options ? 2 : 0,
					 .options = options,
					 .no_config = !options,
					 .variable = "runqueues",
					 .variable_type = variable,
					 .symbols = symbols };
	// r0 = 0; if (true) goto exit, or not; r1 = &runqueues; exit
	const struct ks_bpf_insn insns[] = { { 0xb7, 0, 0, 0, 0 },
					     { 0x05, 0, 0, dead ? 2 : 0, 0 },
					     { 0x18, 1, 0, 0, 0 },
					     { 0, 0, 0, 0, 0 },
					     { 0x95, 0, 0, 0, 0 } };
	const uint32_t refs[] = { KS_NO_INDEX, KS_NO_INDEX, uses ? 0 : KS_NO_INDEX, KS_NO_INDEX,
				  KS_NO_INDEX };
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
	struct btf *btf = btf__new_empty();
	uint32_t type = (uint32_t)btf__add_int(btf, "int", 4, BTF_INT_SIGNED), size;
	const void *bytes = btf__raw_data(btf, &size);
	const struct ks_bpf_extern ext = { .kind = KS_EXTERN_KSYM,
					   .name = "runqueues",
					   .type = type };
	const struct ks_bpf_ref ref = { .kind = KS_REF_KSYM, .name = "runqueues" };
	struct ks_bpf_program program = tiny_program("kprobe/vfs_read", insns, KS_ARRAY_LEN(insns));
	program.refs = refs;
	struct ks_bpf_object object = { .nr_programs = 1,
					.programs = &program,
					.nr_externs = 1,
					.externs = &ext,
					.nr_refs = 1,
					.refs = &ref };
	assert_ok(ks_btf_open(bytes, size, NULL, &object.btf));
	struct tiny_judge frame;
	tiny_judge_prepare(&frame, &arena, view, &object, &program);
	struct ks_interp_input input = { .object = &object,
					 .program = &program,
					 .externs = frame.resolution.extern_values };
	tiny_judge_follow(&frame, &arena, &input);
	struct ks_judge *judge = &frame.judge;
	ks_judge_externs(judge);
	ks_judge_references(judge);
	enum ks_verdict worst = KS_VERDICT_OK;
	for (size_t i = 0; i < judge->reasons.len; i++)
		if (!judge->reasons.at[i]->soft && judge->reasons.at[i]->verdict > worst)
			worst = judge->reasons.at[i]->verdict;
	ks_vector_deinit(&judge->reasons);
	ks_btf_close(object.btf);
	btf__free(btf);
	return ks_verdicts[worst].symbol[0];
}

/** What is said of a program that has, or has not, the address of a variable, an int: "L", "?" or ".". */
static char said(enum ks_tier tier, const struct tiny_option *options, const char *const *symbols,
		 bool uses, bool dead)
{
	return said_of_type(tier, options, symbols, uses, dead, NULL);
}

static void variables_have_the_type_that_is_declared(void **state)
{
	(void)state;
	static const struct ks_type t_int = { .kind = KS_TYPE_INT, .name = "int" },
				    t_tag = { .kind = KS_TYPE_TAG,
					      .name = "percpu",
					      .inner = &t_int },
				    t_pointer = { .kind = KS_TYPE_PTR, .inner = &t_int },
				    t_rq = { .kind = KS_TYPE_STRUCT, .name = "rq" };
	assert_int_equal(said_of_type(KS_TIER_BTF, all, with_data, true, false, &t_int), '.');
	assert_int_equal(said_of_type(KS_TIER_BTF, all, with_data, true, false, &t_tag), '.');
	assert_int_equal(said_of_type(KS_TIER_BTF, all, with_data, true, false, &t_pointer), 'L');
	// libbpf compares before it knows who uses it
	assert_int_equal(said_of_type(KS_TIER_BTF, all, with_data, false, false, &t_rq), 'L');
}

static void the_configuration_tells(void **state)
{
	(void)state;
	for (enum ks_tier tier = KS_TIER_FULL; tier <= KS_TIER_IMPORTED; tier++) {
		assert_int_equal(said(tier, all, with_data, true, false), '.');
		assert_int_equal(said(tier, some, with_data, true, false), 'L');
	}
	assert_int_equal(said(KS_TIER_BTF, some, text_only, false, false), '.');
	// no path needs to lead there
	assert_int_equal(said(KS_TIER_BTF, some, text_only, true, true), 'L');
}

static void or_the_symbols_of_what_boots(void **state)
{
	(void)state;
	assert_int_equal(said(KS_TIER_BTF, NULL, with_data, true, false), '.');
	assert_int_equal(said(KS_TIER_BTF, NULL, text_only, true, false), 'L');
	assert_int_equal(said(KS_TIER_LIVE, NULL, text_only, true, false), 'L');
	assert_int_equal(said(KS_TIER_BTF, NULL, NULL, true, false), '?');
	// those of a debug kernel are all there, whatever kallsyms has
	assert_int_equal(said(KS_TIER_FULL, NULL, with_data, true, false), '?');
}

static void prototypes_read_like_each_other(void **state)
{
	(void)state;
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int name = btf__add_typedef(btf, "u32", number);
	int record = btf__add_fwd(btf, "file", BTF_FWD_STRUCT);
	int pointer = btf__add_ptr(btf, btf__add_const(btf, record));
	int twice = btf__add_ptr(btf, pointer);
	int proto = btf__add_func_proto(btf, pointer);
	assert_int_equal(btf__add_func_param(btf, "a", name), 0);
	assert_int_equal(btf__add_func_param(btf, "b", twice), 0);
	assert_int_equal(btf__add_func_param(btf, "", 0), 0);
	int none = btf__add_func_proto(btf, 0);
	uint32_t size;
	const void *bytes = btf__raw_data(btf, &size);
	_cleanup_btf_ struct ks_btf *local = NULL;
	assert_null(ks_btf_open(bytes, size, NULL, &local));
	const struct ks_type t_u32 = { .kind = KS_TYPE_TYPEDEF, .name = "u32" },
			     t_file = { .kind = KS_TYPE_STRUCT, .name = "file" },
			     c_file = { .kind = KS_TYPE_CONST, .inner = &t_file },
			     p_file = { .kind = KS_TYPE_PTR, .inner = &c_file },
			     pp_file = { .kind = KS_TYPE_PTR, .inner = &p_file },
			     nothing = { .kind = KS_TYPE_VOID };
	const struct ks_param params[] = { { "a", &t_u32 }, { "b", &pp_file }, { "", &nothing } };
	const struct ks_type full = { .kind = KS_TYPE_PROTO,
				      .inner = &p_file,
				      .nr_params = 3,
				      .params = params },
			     empty = { .kind = KS_TYPE_PROTO, .inner = &nothing };
	static const char *const expected[] = {
		"const struct file *(u32, const struct file **, ...)", "void(void)"
	};
	for (int i = 0; i < 2; i++) {
		_cleanup_buf_ struct ks_buf a = { 0 }, b = { 0 };
		ks_prototype_of_btf(local, (uint32_t)(i ? none : proto), &a);
		ks_prototype_of_type(i ? &empty : &full, &b);
		assert_string_equal(ks_buf_text(&a), expected[i]);
		assert_string_equal(ks_buf_text(&b), expected[i]);
	}
	btf__free(btf);
}

/** Expected outcomes are those of libbpf 1.7 in a booted 7.2, of options that it has so. */
static void options_have_the_type_that_is_declared(void **state)
{
	(void)state;
	static const struct {
		const char *name, *value; // NULL: the image's configuration does not have it
		enum ks_kconfig_type type;
		uint32_t size;
		bool is_signed, weak;
		enum ks_extern_state expected;
		uint64_t known;
	} all_of[] = {
		{ "CONFIG_HZ", "250", KS_KCONFIG_NUMBER, 4, true, false, KS_EXTERN_FOUND, 250 },
		{ "CONFIG_HZ", "250", KS_KCONFIG_BOOL, 1, false, false, KS_EXTERN_UNFIT, 250 },
		{ "CONFIG_HZ", "250", KS_KCONFIG_CHAR, 1, true, false, KS_EXTERN_UNFIT, 250 },
		{ "CONFIG_HZ", "250", KS_KCONFIG_CHAR, 1, false, false, KS_EXTERN_FOUND, 250 },
		{ "CONFIG_HZ", "250", KS_KCONFIG_TEXT, 8, false, false, KS_EXTERN_UNFIT, 250 },
		{ "CONFIG_NR_CPUS", "8192", KS_KCONFIG_CHAR, 1, false, true, KS_EXTERN_UNFIT,
		  8192 },
		{ "CONFIG_NR_CPUS", "8192", KS_KCONFIG_NUMBER, 2, true, true, KS_EXTERN_FOUND,
		  8192 },
		{ "CONFIG_LEVEL", "-1", KS_KCONFIG_NUMBER, 4, true, false, KS_EXTERN_FOUND,
		  UINT64_MAX },
		{ "CONFIG_LEVEL", "-1", KS_KCONFIG_NUMBER, 4, false, false, KS_EXTERN_UNFIT,
		  UINT64_MAX },
		{ "CONFIG_LEVEL", "-1", KS_KCONFIG_NUMBER, 8, false, false, KS_EXTERN_FOUND,
		  UINT64_MAX },
		{ "CONFIG_LEVEL", "1", KS_KCONFIG_BOOL, 1, false, false, KS_EXTERN_FOUND, 1 },
		{ "CONFIG_NF_CONNTRACK", "m", KS_KCONFIG_BOOL, 1, false, true, KS_EXTERN_UNFIT, 2 },
		{ "CONFIG_NF_CONNTRACK", "m", KS_KCONFIG_TRISTATE, 4, false, true, KS_EXTERN_FOUND,
		  2 },
		{ "CONFIG_NF_CONNTRACK", "m", KS_KCONFIG_CHAR, 1, true, true, KS_EXTERN_FOUND,
		  'm' },
		{ "CONFIG_BPF", "y", KS_KCONFIG_CHAR, 1, true, false, KS_EXTERN_FOUND, 'y' },
		{ "CONFIG_BPF", "y", KS_KCONFIG_BOOL, 1, false, false, KS_EXTERN_FOUND, 1 },
		{ "CONFIG_BPF", "y", KS_KCONFIG_NUMBER, 4, true, false, KS_EXTERN_UNFIT, 1 },
		{ "CONFIG_NAME", "\"(none)\"", KS_KCONFIG_TEXT, 8, false, false, KS_EXTERN_FOUND,
		  0 },
		{ "CONFIG_NAME", "\"(none)\"", KS_KCONFIG_NUMBER, 4, true, false, KS_EXTERN_UNFIT,
		  0 },
		{ "CONFIG_OFF", "n", KS_KCONFIG_NUMBER, 4, true, true, KS_EXTERN_WEAK, 0 },
		{ "CONFIG_NONE", NULL, KS_KCONFIG_BOOL, 1, false, true, KS_EXTERN_WEAK, 0 },
		{ "CONFIG_NONE", NULL, KS_KCONFIG_BOOL, 1, false, false, KS_EXTERN_MISSING, 0 },
		{ "LINUX_NONE", NULL, KS_KCONFIG_BOOL, 1, false, true, KS_EXTERN_WEAK, 0 },
		{ "OTHER", NULL, KS_KCONFIG_BOOL, 1, false, true, KS_EXTERN_MISSING, 0 },
		{ "LINUX_KERNEL_VERSION", NULL, KS_KCONFIG_NUMBER, 4, true, false, KS_EXTERN_FOUND,
		  393473 },
		{ "LINUX_KERNEL_VERSION", NULL, KS_KCONFIG_NUMBER, 2, false, false, KS_EXTERN_UNFIT,
		  393473 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(all_of); i++) {
		const struct tiny_option option = { all_of[i].name, all_of[i].value };
		const struct tiny_image tiny = { .image = { .label = "6.1.1",
							    .release = "6.1.1",
							    .version = "6.1.1",
							    .arch = "amd64" },
						 .nr_options = all_of[i].value ? 1 : 0,
						 .options = &option };
		const struct ks_bpf_extern ext = { .kind = KS_EXTERN_KCONFIG,
						   .name = all_of[i].name,
						   .weak = all_of[i].weak,
						   .size = all_of[i].size,
						   .is_signed = all_of[i].is_signed,
						   .value = all_of[i].type };
		const struct ks_bpf_object object = { .nr_externs = 1, .externs = &ext };
		const struct ks_prepared prepared = { .object = &object };
		_cleanup_arena_ struct ks_arena arena = { 0 };
		_cleanup_view_ struct ks_view *view = tiny_view(&tiny);
		struct ks_site site = ks_view_site(view, 0);
		struct ks_resolution resolution;
		assert_ok(ks_resolution_make(&arena, &prepared, &site, NULL, &resolution));
		if (resolution.externs[0] != all_of[i].expected)
			fail_msg("%s=%s: %d", option.name, option.value ? option.value : "",
				 resolution.externs[0]);
		if (resolution.extern_values[0].how == KS_KNOWN_VALUE)
			assert_int_equal(resolution.extern_values[0].value, all_of[i].known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variables_have_the_type_that_is_declared),
		cmocka_unit_test(options_have_the_type_that_is_declared),
		cmocka_unit_test(the_configuration_tells),
		cmocka_unit_test(or_the_symbols_of_what_boots),
		cmocka_unit_test(prototypes_read_like_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
