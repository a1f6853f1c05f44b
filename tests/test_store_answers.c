/* SPDX-License-Identifier: BSD-2-Clause */
/* What a store says of names, against the surfaces that were put. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "place.h"
#include "same.h"
#include "sample.h"
#include "store/forms.h"

/** A fact of a history against the surface it comes from. */
static void check_fact(const struct ks_surface *surface, const struct ks_history *history,
		       const struct ks_fact *fact)
{
	assert_true(fact->known);
	const struct ks_decl *decl = NULL;
	const struct ks_function *fn = NULL;
	for (size_t i = 0; i < surface->decls[KS_FUNCTION].nr; i++)
		if (same_text(surface->decls[KS_FUNCTION].at[i].name, history->name))
			decl = &surface->decls[KS_FUNCTION].at[i];
	for (size_t i = 0; i < surface->nr_functions; i++)
		if (same_text(surface->functions[i].name, history->name))
			fn = &surface->functions[i];
	assert_true(same_decl(fact->decl, decl));
	assert_true(fn ? fact->function && same_function(fn, fact->function) : !fact->function);
	assert_int_equal(fact->present, decl || fn);
	assert_string_equal(fact->image->label, surface->image.label);
}

static void history_has_every_image(void **state)
{
	static const char *const names[] = {
		"special",	"only_type", "asm_only",    "security_open",
		"get_filler_0", "filler_1",  "filler_1999", "get_filler_1998",
		"nothing",	"",	     "zzz"
	};
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	struct ks_surface *surfaces[3];
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	for (unsigned int i = 0; i < 3; i++) {
		place_put(store, 3 - i); // not in the order of versions
		surfaces[i] = sample_surface(i + 1, FILLERS);
	}
	assert_ok(ks_store_images(store, &arena, &images));
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		struct ks_history history;
		assert_ok(
			ks_store_history(store, &images, KS_FUNCTION, names[i], &arena, &history));
		assert_int_equal(history.nr, 3);
		for (size_t k = 0; k < 3; k++)
			check_fact(surfaces[k], &history, &history.facts[k]);
	}
	for (size_t i = 0; i < 3; i++)
		ks_surface_free(surfaces[i]);
	ks_arena_deinit(&arena);
}

static void history_knows_every_kind(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, FILLERS);
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_history h;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	place_put(store, 1);
	assert_ok(ks_store_images(store, &arena, &images));
#define LOOK(kind, name) assert_ok(ks_store_history(store, &images, kind, name, &arena, &h))
	LOOK(KS_STRUCT, "zoo");
	assert_true(same_decl(h.facts[0].decl, &s->decls[KS_STRUCT].at[0]));
	assert_true(same_ambiguity(h.facts[0].ambiguity, &s->ambiguities[0]));
	LOOK(KS_UNION, "zoo");
	assert_true(same_decl(h.facts[0].decl, &s->decls[KS_UNION].at[0]));
	assert_null(h.facts[0].ambiguity);
	LOOK(KS_ENUM, "(anon)");
	assert_true(same_decl(h.facts[0].decl, &s->decls[KS_ENUM].at[1]));
	LOOK(KS_TYPEDEF, "u32");
	assert_true(same_decl(h.facts[0].decl, &s->decls[KS_TYPEDEF].at[0]));
	LOOK(KS_INT, "int");
	assert_true(h.facts[0].present);
	assert_false(h.facts[0].known); // as the sample says
	LOOK(KS_TRACEPOINT, "open");
	assert_true(same_tracepoint(h.facts[0].tracepoint, &s->tracepoints[0]));
	LOOK(KS_SYSCALL, "read");
	assert_int_equal(h.facts[0].number, 0);
	LOOK(KS_SYSCALL, "ni_syscall");
	assert_int_equal(h.facts[0].number, 1);
	LOOK(KS_CONFIG, "CONFIG_NAME");
	assert_string_equal(h.facts[0].value, "\"a \\\" b\"");
	LOOK(KS_KFUNC, "special");
	assert_true(same_function(h.facts[0].function, &s->functions[0]));
	LOOK(KS_KFUNC, "only_type");
	assert_false(h.facts[0].present || h.facts[0].decl);
	LOOK(KS_LSM, "open");
	assert_string_equal(h.facts[0].decl->name, "security_open");
	LOOK(KS_LSM, "close"); // listed, but there is no such function
	assert_true(h.facts[0].present && !h.facts[0].decl && !h.facts[0].function);
	LOOK(KS_FIELD, "zoo::mode");
	assert_string_equal(h.facts[0].member->name, "mode");
	assert_int_equal(h.facts[0].decl->kind, KS_STRUCT);
	LOOK(KS_FIELD, "zoo::none");
	assert_true(h.facts[0].decl && !h.facts[0].member && !h.facts[0].present);
	expect_error(ks_store_history(store, &images, KS_FIELD, "zoo", &arena, &h), KS_ERR_USAGE,
		     "STRUCT::MEMBER");
#undef LOOK
	ks_arena_deinit(&arena);
}

struct found {
	size_t nr, nr_images;
	char last[64];
};

static struct ks_error *note(const struct ks_store_name *name, void *arg)
{
	struct found *found = arg;
	found->nr++;
	found->nr_images += name->nr_images;
	assert_true(strcmp(found->last, name->name) < 0);
	snprintf(found->last, sizeof(found->last), "%s", name->name);
	return NULL;
}

static void names_are_found_by_pattern(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct found all = { 0 }, some = { 0 };
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	place_put(store, 1);
	place_put(store, 2);
	assert_ok(ks_store_images(store, &arena, &images));
	assert_ok(ks_store_names(store, &images, KS_FUNCTION, NULL, note, &all));
	assert_int_equal(all.nr, FILLERS + 4); // special, asm_only, only_type, security_open
	assert_int_equal(all.nr_images, 2 * all.nr);
	assert_ok(ks_store_names(store, &images, KS_FUNCTION, "filler_199?", note, &some));
	assert_int_equal(some.nr, 5); // the odd ones
	ks_arena_deinit(&arena);
}

static void walk_gives_what_single_histories_give(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= 3; build++)
		place_put(store, build);
	assert_ok(ks_store_images(store, &arena, &images));
	for (enum ks_kind kind = 0; kind < KS_FIELD; kind++) {
		_cleanup_walk_ struct ks_walk *walk = NULL;
		assert_ok(ks_walk_new(store, &images, kind, &walk));
		for (size_t i = 0; i < ks_walk_nr(walk); i++) {
			struct ks_history a, b;
			assert_ok(ks_walk_history(walk, store, i, &arena, &a));
			assert_ok(ks_store_history(store, &images, kind, ks_walk_name(walk, i),
						   &arena, &b));
			assert_string_equal(a.name, b.name);
			for (size_t k = 0; k < 3; k++) {
				const struct ks_fact *x = &a.facts[k], *y = &b.facts[k];
				assert_true(x->present && y->present);
				assert_int_equal(x->known, y->known);
				assert_int_equal(x->decl_id, y->decl_id);
				assert_true(same_decl(x->decl, y->decl));
				assert_int_equal(!x->function, !y->function);
				assert_true(!x->function ||
					    same_function(x->function, y->function));
				assert_true(!x->tracepoint ||
					    same_tracepoint(x->tracepoint, y->tracepoint));
				assert_int_equal(x->number, y->number);
				assert_true(same_text(x->value, y->value));
			}
		}
	}
	ks_arena_deinit(&arena);
}

static void symbols_and_variables_are_found_by_name(void **state)
{
	static const struct {
		const char *name;
		bool symbol, variable;
	} cases[] = {
		{ "special", true },
		{ "special.isra.0", false }, // of the function alone: not in the sample's table
		{ "security_open", false },  // a function without a symbol
		{ "sym0", true },
		{ "sym17", true },
		{ "ym17", false },
		{ "sym", false },
		{ "sym99999", false },
		{ "", false },
		{ "runqueues", false, true },
		{ "bpf_prog_active", false, true },
		{ "bpf_prog_activ", false, false },
	};
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= 3; build++)
		place_put(store, build);
	assert_ok(ks_store_images(store, &arena, &images));
	for (size_t k = 0; k < 2 * images.nr; k++) { // the second time out of what is kept
		for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
			const struct ks_store_image *image = images.at[k % images.nr];
			bool symbol, variable;
			assert_ok(ks_store_symbol(store, image, cases[i].name, &symbol));
			assert_ok(ks_store_variable(store, image, cases[i].name, &variable));
			if (symbol != cases[i].symbol || variable != cases[i].variable)
				fail_msg("'%s': symbol %d, variable %d", cases[i].name, symbol,
					 variable);
		}
	}
	ks_arena_deinit(&arena);
}

static void forms_and_types_of_variables_are_found_by_name(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	place_put(store, 1);
	assert_ok(ks_store_images(store, &arena, &images));
	const struct ks_store_image *image = images.at[0];
	_cleanup_surface_ struct ks_surface *want = sample_surface(1, FILLERS);
	struct ks_store_forms forms = { 0 };
	for (size_t i = 0; i < want->nr_forms; i++) {
		const struct ks_forms *expected = &want->forms[i], *found = NULL;
		assert_ok(ks_store_forms_of(store, image, &forms, expected->kind, expected->name,
					    expected->module, expected->listed, &arena, &found));
		assert_non_null(found);
		assert_int_equal(found->nr, expected->nr);
		for (uint32_t k = 0; k < found->nr; k++)
			assert_int_equal(found->at[k].nr_tags, expected->at[k].nr_tags);
	}
	assert_true(forms.known);
	static const char *const none[] = { "zo", "zooo", "", "special" };
	for (size_t i = 0; i < KS_ARRAY_LEN(none); i++) {
		const struct ks_forms *found = NULL;
		assert_ok(ks_store_forms_of(store, image, &forms, KS_STRUCT, none[i], NULL, NULL,
					    &arena, &found));
		assert_null(found);
	}
	ks_store_forms_deinit(&forms);
	for (size_t i = 0; i < want->nr_variables; i++) {
		const struct ks_type *type;
		size_t first = 0; // of several of the name
		while (strcmp(want->variables[first].name, want->variables[i].name) != 0)
			first++;
		assert_ok(ks_store_variable_type(store, image, want->variables[i].name, &arena,
						 &type));
		assert_true(same_type(want->variables[first].type, type));
	}
	const struct ks_type *type;
	assert_ok(ks_store_variable_type(store, image, "nothing", &arena, &type));
	assert_null(type);
}

/** A handle that has kept things sees what another has changed under the same numbers. */
static void what_is_kept_does_not_outlive_its_image(void **state)
{
	_cleanup_store_ struct ks_store *reader = NULL, *writer = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &writer));
	place_put(writer, 1);
	assert_ok(ks_store_open(place_path(state), KS_STORE_READ, &reader));
	for (unsigned int build = 1; build <= 3; build++) {
		struct ks_arena arena = { 0 };
		struct ks_store_images images;
		struct ks_history history;
		struct ks_store *const handles[] = { reader, writer };
		for (size_t i = 0; i < 2; i++) {
			_cleanup_surface_ struct ks_surface *want = sample_surface(build, FILLERS);
			assert_ok(ks_store_images(handles[i], &arena, &images));
			assert_ok(ks_store_history(handles[i], &images, KS_FUNCTION, "special",
						   &arena, &history));
			assert_int_equal(history.nr, 1);
			assert_true(same_function(&want->functions[0], history.facts[0].function));
		}
		char label[16];
		snprintf(label, sizeof(label), "6.1.0-%u", build);
		assert_ok(ks_store_remove(writer, label)); // the next one gets its numbers
		place_put(writer, build + 1);
		ks_arena_deinit(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(history_has_every_image),
		TEST(history_knows_every_kind),
		TEST(names_are_found_by_pattern),
		TEST(walk_gives_what_single_histories_give),
		TEST(symbols_and_variables_are_found_by_name),
		TEST(forms_and_types_of_variables_are_found_by_name),
		TEST(what_is_kept_does_not_outlive_its_image),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
