/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules of a kernel: an image of their own that goes with the kernel and shows in its histories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "place.h"
#include "same.h"
#include "sample.h"

/** The modules of sample_surface(build, …): a function and a struct that only they have, and a few of the kernel's. */
static struct ks_surface *sample_modules(unsigned int build, unsigned int version)
{
	static const struct ks_type number = { .kind = KS_TYPE_INT, .name = "int" };
	static const struct ks_member members[] = { { "in_module", &number, 0, 0 } };
	struct ks_surface *kernel = sample_surface(build, 0);
	struct ks_surface *s = sample_surface(1000 * version + build, 3);
	s->image.modules_of = ks_arena_strdup(&s->arenas[0], kernel->image.digest);
	s->image.label = NULL;
	((struct ks_function *)s->functions)[1].name = "module_init_only";
	((struct ks_decl *)s->decls[KS_STRUCT].at)[1] = (struct ks_decl){ .kind = KS_STRUCT,
									  .name = "module_state",
									  .module = "zoo",
									  .size = 4,
									  .nr = 1,
									  .members = members };
	ks_surface_free(kernel);
	return s;
}

static void put_modules(struct ks_store *store, unsigned int build, unsigned int version)
{
	_cleanup_surface_ struct ks_surface *surface = sample_modules(build, version);
	struct ks_put_result result;
	assert_ok(ks_store_put(store, surface, THREADS, &result));
	assert_true(result.added);
	free(result.label);
}

static void images_of(struct ks_store *store, struct ks_arena *arena, struct ks_store_images *ret)
{
	assert_ok(ks_store_images(store, arena, ret));
}

static void modules_go_with_their_kernel(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *want = sample_modules(1, 1), *got = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_put_result result;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	expect_error(ks_store_put(store, want, 1, &result), KS_ERR_NOTFOUND, "kernel");
	place_put(store, 1);
	place_put(store, 2);
	put_modules(store, 1, 1);
	images_of(store, &arena, &images);
	assert_int_equal(images.nr, 2);
	assert_non_null(images.at[0]->modules);
	assert_null(images.at[1]->modules);
	assert_string_equal(images.at[0]->modules->image.label, "6.1.0-1+modules");
	assert_ok(ks_store_surface(store, images.at[0]->modules, &got));
	want->image.label = "6.1.0-1+modules";
	const char *table = surface_difference(want, got);
	if (table)
		fail_msg("modules differ in %s", table);
	assert_ok(ks_store_relabel(store, "6.1.0-1", "mine"));
	images_of(store, &arena, &images);
	const struct ks_store_image *image;
	assert_ok(ks_store_image(&images, "mine", &image));
	assert_string_equal(image->modules->image.label, "mine+modules");
	assert_ok(ks_store_remove(store, "mine"));
	assert_ok(ks_store_remove(store, "6.1.0-2"));
	struct ks_put_result again = place_put(store, 1);
	assert_int_equal(again.nr_definitions, again.nr_new_definitions); // nothing was left
	images_of(store, &arena, &images);
	assert_null(images.at[0]->modules);
	ks_arena_deinit(&arena);
}

static void newer_modules_take_the_place_of_older_ones(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= 3; build++) {
		place_put(store, build);
		put_modules(store, build, 1); // those of 2 and 3 are a difference to those of 1
	}
	put_modules(store, 1, 2);
	images_of(store, &arena, &images);
	for (unsigned int build = 1; build <= 3; build++) {
		_cleanup_surface_ struct ks_surface *got = NULL, *want = sample_modules(
									 build, build == 1 ? 2 : 1);
		const struct ks_store_image *kernel = images.at[build - 1],
					    *modules = kernel->modules;
		assert_ok(ks_store_surface(store, modules, &got));
		want->image.label = modules->image.label;
		assert_null(surface_difference(want, got));
		assert_int_not_equal(kernel->base, modules->id);
		place_check(store, build);
	}
	ks_arena_deinit(&arena);
}

/** What was put together with older modules is not put when newer ones have come meanwhile. */
static void modules_that_came_meanwhile_are_not_lost(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *first = sample_modules(1, 1), *second = NULL;
	struct ks_put_result result;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	place_put(store, 1);
	assert_ok(ks_store_put_modules(store, first, NULL, THREADS, &result));
	assert_true(result.added && !result.outdated);
	free(result.label);
	second = sample_modules(1, 2);
	assert_ok(ks_store_put_modules(store, second, NULL, THREADS, &result));
	assert_true(!result.added && result.outdated);
	free(result.label);
	assert_ok(ks_store_put_modules(store, second, first->image.digest, THREADS, &result));
	assert_true(result.added && !result.outdated);
	free(result.label);
}

static void history(struct ks_store *store, const struct ks_store_images *images, enum ks_kind kind,
		    const char *name, struct ks_arena *arena, struct ks_history *ret)
{
	assert_ok(ks_store_history(store, images, kind, name, arena, ret));
	assert_int_equal(ret->nr, 2);
	assert_null(ret->facts[1].modules);
}

static void histories_tell_of_modules(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_history h;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	place_put(store, 1);
	place_put(store, 2);
	put_modules(store, 1, 1);
	images_of(store, &arena, &images);
	history(store, &images, KS_FUNCTION, "module_init_only", &arena, &h);
	assert_false(h.facts[0].present);
	assert_true(h.facts[0].modules->present);
	assert_string_equal(h.facts[0].modules->function->name, "module_init_only");
	assert_string_equal(h.facts[0].modules->image->label, "6.1.0-1+modules");
	history(store, &images, KS_FUNCTION, "special", &arena, &h);
	assert_true(h.facts[0].present);
	assert_true(h.facts[0].modules->present);
	assert_int_not_equal(h.facts[0].function->entries[0].addr,
			     h.facts[0].modules->function->entries[0].addr);
	history(store, &images, KS_FUNCTION, "filler_1001", &arena, &h);
	assert_true(h.facts[0].present);
	assert_null(h.facts[0].modules);
	history(store, &images, KS_FIELD, "module_state::in_module", &arena, &h);
	assert_false(h.facts[0].present);
	assert_string_equal(h.facts[0].modules->member->name, "in_module");
	assert_string_equal(h.facts[0].modules->decl->module, "zoo");
	history(store, &images, KS_FIELD, "module_state::nothing", &arena, &h);
	assert_null(h.facts[0].modules);
	history(store, &images, KS_SYSCALL, "read", &arena, &h);
	assert_true(h.facts[0].traced);
	history(store, &images, KS_SYSCALL, "ni_syscall", &arena, &h);
	assert_false(h.facts[0].traced);
	ks_arena_deinit(&arena);
}

struct noted {
	size_t nr, nr_images;
	uint64_t in;
};

static struct ks_error *note(const struct ks_store_name *name, void *arg)
{
	struct noted *noted = arg;
	noted->nr++;
	noted->nr_images = name->nr_images;
	noted->in = name->in[0];
	return NULL;
}

static void names_of_modules_are_their_kernels(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	place_put(store, 1);
	place_put(store, 2);
	put_modules(store, 2, 1);
	images_of(store, &arena, &images);
	struct noted only = { 0 }, both = { 0 };
	assert_ok(ks_store_names(store, &images, KS_NR_KINDS, "module_*", note, &only));
	assert_int_equal(only.nr, 2); // a function and a struct
	assert_int_equal(only.nr_images, 1);
	assert_int_equal(only.in, 2);
	assert_ok(ks_store_names(store, &images, KS_FUNCTION, "special", note, &both));
	assert_int_equal(both.nr, 1);
	assert_int_equal(both.nr_images, 2);
	ks_arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(modules_go_with_their_kernel),
		TEST(newer_modules_take_the_place_of_older_ones),
		TEST(modules_that_came_meanwhile_are_not_lost),
		TEST(histories_tell_of_modules),
		TEST(names_of_modules_are_their_kernels),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
