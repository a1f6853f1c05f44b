/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tags of types, which a kernel that clang built tells in its BTF alone: of parameters of functions, of operations and of functions of
 * modules, and of members. A store and the catalogue that is made of it say the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "check/rules/pointers.h"
#include "place.h"
#include "records.h"
#include "tiny_judge.h"
#include "typed_kernel.h"

/* ---- struct thing { long a; struct thing *mine; }: the tags stand in the forms alone ---- */

static const struct ks_type t_long = { .kind = KS_TYPE_INT, .name = "long" },
			    t_thing = { .kind = KS_TYPE_STRUCT, .name = "thing" },
			    p_thing = { .kind = KS_TYPE_PTR, .inner = &t_thing },
			    g_user = { .kind = KS_TYPE_TAG, .name = "user", .inner = &t_thing },
			    p_user = { .kind = KS_TYPE_PTR, .inner = &g_user };
static const struct ks_param params[] = { { "mine", &p_thing }, { "yours", &p_thing } },
			     tagged_params[] = { { "mine", &p_thing }, { "yours", &p_user } };
static const struct ks_type proto = { .kind = KS_TYPE_PROTO,
				      .inner = &t_long,
				      .nr_params = 2,
				      .params = params },
			    tagged_proto = { .kind = KS_TYPE_PROTO,
					     .inner = &t_long,
					     .nr_params = 2,
					     .params = tagged_params },
			    p_proto = { .kind = KS_TYPE_PTR, .inner = &proto },
			    p_tagged_proto = { .kind = KS_TYPE_PTR, .inner = &tagged_proto };
static const struct ks_member members[] = { MEMBER("a", &t_long, 0), MEMBER("yours", &p_thing, 8) },
			      tagged_members[] = { MEMBER("a", &t_long, 0),
						   MEMBER("yours", &p_user, 8) },
			      run[] = { MEMBER("run", &p_proto, 0) },
			      tagged_run[] = { MEMBER("run", &p_tagged_proto, 0) };

static const struct ks_decl
	records[] = { RECORD("operations", 8, run), RECORD("thing", 16, members) },
	tagged[] = { RECORD("operations", 8, tagged_run), RECORD("thing", 16, tagged_members) },
	ints[] = { { .kind = KS_INT, .name = "long", .size = 8 } },
	functions[] = { { .name = "take", .type = &proto } },
	tagged_take = { .name = "take", .type = &tagged_proto },
	of_module[] = { { .name = "take_in", .module = "zoo", .type = &proto } },
	tagged_in = { .name = "take_in", .type = &tagged_proto };

static const struct ks_form form_of[] = {
	{ .decl = &tagged[0], .kind = KS_BTF_STRUCT },
	{ .decl = &tagged[1], .kind = KS_BTF_STRUCT },
	{ .decl = &tagged_take, .kind = KS_BTF_FUNC, .linkage = 1 },
	{ .decl = &tagged_in, .kind = KS_BTF_FUNC, .linkage = 1 },
};
static const struct ks_forms forms[] = { { KS_STRUCT, 1, "operations", NULL, &records[0],
					   &form_of[0] },
					 { KS_STRUCT, 1, "thing", NULL, &records[1], &form_of[1] },
					 { KS_FUNCTION, 1, "take", NULL, &functions[0],
					   &form_of[2] } },
			     forms_of_module[] = { { KS_FUNCTION, 1, "take_in", "zoo",
						     &of_module[0], &form_of[3] } };
static const struct ks_symbol symbols[] = {
	{ .name = "take", .attach = KS_ATTACH_FTRACE },
	{ .name = "take_in", .module = "zoo", .attach = KS_ATTACH_FTRACE }
};
static const struct ks_function kernel_functions[] = { { .name = "take",
							 .nr_symbols = 1,
							 .symbols = &symbols[0],
							 .nr_btf = 1 } },
				module_functions[] = { { .name = "take_in",
							 .nr_symbols = 1,
							 .symbols = &symbols[1],
							 .nr_btf = 1 } };
static const struct ks_option options[] = { { "CONFIG_PAHOLE_HAS_BTF_TAG", "y" } };

static struct ks_surface *surface_of(const char *digest)
{
	struct ks_surface *s = ks_surface_new(1);
	assert_non_null(s);
	s->image = (struct ks_image){ .label = "6.1.0-1-amd64",
				      .release = "6.1.0-1-amd64",
				      .version = "6.1.50",
				      .arch = "amd64",
				      .flavor = "",
				      .digest = digest,
				      .compiler = "clang",
				      .tier = KS_TIER_FULL,
				      .facts = KS_FACT_FORMS | KS_FACT_FTRACE | KS_FACT_BTF,
				      .elf_class = 64 };
	s->known = KS_KNOWS(KS_FUNCTION) | KS_KNOWS(KS_STRUCT) | KS_KNOWS(KS_UNION) |
		   KS_KNOWS(KS_ENUM) | KS_KNOWS(KS_TYPEDEF) | KS_KNOWS(KS_INT) |
		   KS_KNOWS(KS_CONFIG);
	return s;
}

static void set_decls(struct ks_surface *s, enum ks_kind kind, size_t nr, const struct ks_decl *at)
{
	s->decls[kind].nr = nr;
	s->decls[kind].at = at;
}

static void put(struct ks_store *store, const struct ks_surface *surface)
{
	struct ks_put_result result;
	assert_ok(ks_store_put(store, surface, 1, &result));
	assert_true(result.added);
	free(result.label);
}

static void put_kernel(struct ks_store *store)
{
	_cleanup_surface_ struct ks_surface *s = surface_of("0123456789abcdef0123456789abcdef");
	set_decls(s, KS_FUNCTION, 1, functions);
	set_decls(s, KS_STRUCT, 2, records);
	set_decls(s, KS_INT, 1, ints);
	s->functions = kernel_functions;
	s->nr_functions = 1;
	s->options = options;
	s->nr_options = 1;
	s->config = "CONFIG_PAHOLE_HAS_BTF_TAG=y\n";
	s->forms = forms;
	s->nr_forms = KS_ARRAY_LEN(forms);
	put(store, s);
}

static void put_modules(struct ks_store *store)
{
	_cleanup_surface_ struct ks_surface *s = surface_of("fedcba9876543210fedcba9876543210");
	s->image.label = NULL;
	s->image.modules_of = "0123456789abcdef0123456789abcdef";
	s->known &= ~KS_KNOWS(KS_CONFIG);
	set_decls(s, KS_FUNCTION, 1, of_module);
	s->functions = module_functions;
	s->nr_functions = 1;
	s->forms = forms_of_module;
	s->nr_forms = 1;
	put(store, s);
}

/* ---- programs that read through a parameter ---- */

static const char refused[] = "points to memory of user space, which programs do not read so";

/** What is said of reading through argument 1 and 2 of a program over a file. @param part NULL: nothing */
static void expect_read(struct ks_store *store, const char *section,
			const struct ks_bpf_insn *insns, uint32_t nr, const char *part)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images; // as long as the view over it
	_cleanup_view_ struct ks_view *view = NULL;
	static const struct ks_bpf_map map = { .name = "map",
					       .struct_ops = "operations",
					       .autocreate = true };
	static const struct ks_bpf_struct_op operation = { .member = "run" };
	struct ks_bpf_program program = tiny_program(section, insns, nr);
	const struct ks_bpf_object object = { .license = "GPL",
					      .nr_programs = 1,
					      .programs = &program,
					      .nr_maps = 1,
					      .maps = &map,
					      .nr_struct_ops = 1,
					      .struct_ops = &operation };
	struct tiny_judge frame;
	assert_ok(ks_store_images(store, &arena, &images));
	assert_ok(ks_view_over_store(store, &images, true, &view));
	tiny_judge_prepare(&frame, &arena, view, &object, &program);
	const struct ks_pointers pointers =
		ks_pointers_of(&object, &program, frame.prepared.hooks, false, &frame.site);
	const struct ks_interp_input input = { .object = &object,
					       .program = &program,
					       .paths = true,
					       .typed = true,
					       .may_be_null = ks_pointer_may_be_null,
					       .is_never_null = ks_pointer_is_never_null,
					       .types = &pointers };
	tiny_judge_follow(&frame, &arena, &input);
	ks_judge_typed_reads(&frame.judge);
	assert_int_equal(frame.judge.reasons.len, part != NULL);
	if (part) {
		assert_int_equal(frame.judge.reasons.at[0]->kind, KS_REASON_POINTER);
		assert_non_null(strstr(frame.judge.reasons.at[0]->detail, part));
	}
	ks_vector_deinit(&frame.judge.reasons);
	assert_ok(ks_view_error(view));
}

static void expect_all(struct ks_store *store)
{
	static const struct ks_bpf_insn plain[] = { LOAD(6, 1, 0), LOAD(2, 6, 0), END },
					user[] = { LOAD(6, 1, 8), LOAD(2, 6, 0), END },
					member[] = { LOAD(6, 1, 0), LOAD(2, 6, 8), LOAD(3, 2, 0),
						     END };
	static const char *const sections[] = { "fentry/take", "fentry/take_in", "struct_ops/run" };
	for (size_t i = 0; i < KS_ARRAY_LEN(sections); i++) {
		expect_read(store, sections[i], plain, KS_ARRAY_LEN(plain), NULL);
		expect_read(store, sections[i], user, KS_ARRAY_LEN(user), refused);
		expect_read(store, sections[i], member, KS_ARRAY_LEN(member), refused);
	}
}

static void a_store_and_its_catalogue_know_tags(void **state)
{
	char path[100];
	struct ks_publish_result result;
	_cleanup_store_ struct ks_store *store = NULL, *catalogue = NULL;
	snprintf(path, sizeof(path), "%s.ksurf", place_path(state));
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	put_kernel(store);
	put_modules(store);
	expect_all(store);
	assert_ok(ks_store_publish(store, path, NULL, &result));
	assert_ok(ks_store_open(path, KS_STORE_READ, &catalogue));
	expect_all(catalogue);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_store_and_its_catalogue_know_tags),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
