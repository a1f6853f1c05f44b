/* SPDX-License-Identifier: BSD-2-Clause */
/* A catalogue says of every name what its store says, from a file and from a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "catalogue_world.h"
#include "same.h"
#include "store/forms.h"
#include "store/suggest.h"
#include "surface/codec.h"

static void check_fact(const struct ks_fact *a, const struct ks_fact *b)
{
	assert_int_equal(a->known, b->known);
	assert_int_equal(a->present, b->present);
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->traced, b->traced);
	assert_true(same_text(a->value, b->value));
	assert_int_equal(!a->decl, !b->decl);
	assert_int_equal(!a->function, !b->function);
	assert_int_equal(!a->ambiguity, !b->ambiguity);
	assert_int_equal(!a->tracepoint, !b->tracepoint);
	assert_true(!a->decl || same_decl(a->decl, b->decl));
	assert_true(!a->function || same_function(a->function, b->function));
	assert_true(!a->ambiguity || same_ambiguity(a->ambiguity, b->ambiguity));
	assert_true(!a->tracepoint || same_tracepoint(a->tracepoint, b->tracepoint));
}

/** What a file tells of a name beyond its declaration. @param out the bytes of it @return whether that is known at all */
static bool forms_of(struct ks_store *store, const struct ks_store_image *image, enum ks_kind kind,
		     const char *name, const char *module, const struct ks_decl *listed,
		     struct ks_buf *out)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_forms kept = { 0 };
	const struct ks_forms *forms;
	assert_ok(
		ks_store_forms_of(store, image, &kept, kind, name, module, listed, &arena, &forms));
	bool known = kept.known;
	out->len = 0;
	if (forms)
		ks_codec_put_forms(out, forms);
	ks_store_forms_deinit(&kept);
	return known;
}

/** @return whether there are any */
static bool check_forms(struct ks_store *a, struct ks_store *b, const struct ks_fact *fact,
			const struct ks_store_image *of_a, const struct ks_store_image *of_b,
			enum ks_kind kind, const char *name, const char *module)
{
	_cleanup_buf_ struct ks_buf in_a = { 0 }, in_b = { 0 };
	const struct ks_decl *listed = fact ? fact->decl : NULL;
	bool known = forms_of(a, of_a, kind, name, module, listed, &in_a);
	assert_int_equal(forms_of(b, of_b, kind, name, module, listed, &in_b), known);
	assert_int_equal(in_a.len, in_b.len);
	assert_true(!in_a.len || memcmp(in_a.at, in_b.at, in_a.len) == 0);
	return in_a.len > 0;
}

static bool without_forms; // one of both is a catalogue of before they were kept
static size_t nr_forms;	   // that were compared

static void check_name(struct ks_store *a, struct ks_store *b, const struct ks_store_images *of_a,
		       const struct ks_store_images *of_b, const struct ks_store_name *name)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_history x, y;
	assert_ok(ks_store_history(a, of_a, name->kind, name->name, &arena, &x));
	assert_ok(ks_store_history(b, of_b, name->kind, name->name, &arena, &y));
	for (size_t i = 0; i < x.nr; i++) {
		check_fact(&x.facts[i], &y.facts[i]);
		if (!without_forms && x.kind <= KS_INT)
			nr_forms += check_forms(a, b, &x.facts[i], of_a->at[i], of_b->at[i], x.kind,
						x.name, NULL);
		bool in_a, in_b;
		assert_ok(ks_store_symbol(a, of_a->at[i], name->name, &in_a));
		assert_ok(ks_store_symbol(b, of_b->at[i], name->name, &in_b));
		assert_int_equal(in_a, in_b);
		assert_ok(ks_store_variable(a, of_a->at[i], name->name, &in_a));
		assert_ok(ks_store_variable(b, of_b->at[i], name->name, &in_b));
		assert_int_equal(in_a, in_b);
	}
}

/** Names of both by a pattern are the same; every step-th is looked up. */
static void check_same(struct ks_store *a, struct ks_store *b, const char *glob, size_t step)
{
	struct ks_arena arena = { 0 };
	struct ks_store_images of_a, of_b;
	struct world_names in_a = { 0 }, in_b = { 0 };
	assert_ok(ks_store_images(a, &arena, &of_a));
	assert_ok(ks_store_images(b, &arena, &of_b));
	assert_int_equal(of_a.nr, of_b.nr);
	for (size_t i = 0; i < of_a.nr; i++) {
		assert_true(same_image(&of_a.at[i]->image, &of_b.at[i]->image));
		assert_true(same_text(of_a.at[i]->image.sets, of_b.at[i]->image.sets));
	}
	assert_ok(ks_store_names(a, &of_a, KS_NR_KINDS, glob, world_note, &in_a));
	assert_ok(ks_store_names(b, &of_b, KS_NR_KINDS, glob, world_note, &in_b));
	assert_int_equal(in_a.at.len, in_b.at.len);
	assert_true(in_a.at.len > 0);
	for (size_t i = 0; i < in_a.at.len; i++) {
		assert_string_equal(in_a.at.at[i].name, in_b.at.at[i].name);
		assert_int_equal(in_a.at.at[i].kind, in_b.at.at[i].kind);
		assert_int_equal(in_a.at.at[i].nr_images, in_b.at.at[i].nr_images);
		assert_int_equal(in_a.at.at[i].in[0], in_b.at.at[i].in[0]);
		if (i % step == 0)
			check_name(a, b, &of_a, &of_b, &in_a.at.at[i]);
	}
	world_names_deinit(&in_a);
	world_names_deinit(&in_b);
	ks_arena_deinit(&arena);
}

static void file_says_the_same(void **state)
{
	struct world world;
	_cleanup_store_ struct ks_store *catalogue = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images, of_store;
	world_make(&world, state);
	world_serve(&world);
	// of some functions the store tells what moved: the catalogue has no base to tell it by
	assert_true(place_number(place_path(state), "SELECT count(*) FROM part WHERE name ="
						    " 'function.moves' AND nr > 0") > 0);
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &catalogue));
	nr_forms = 0;
	check_same(world.store, catalogue, NULL, 1);
	assert_true(nr_forms > BUILDS); // several in each image
	assert_ok(ks_store_images(world.store, &arena, &of_store));
	assert_ok(ks_store_images(catalogue, &arena, &images));
	assert_true(check_forms(world.store, catalogue, NULL, of_store.at[0], images.at[0],
				KS_FUNCTION, "open.isra.0", "zoo"));
	assert_false(check_forms(world.store, catalogue, NULL, of_store.at[0], images.at[0],
				 KS_FUNCTION, "open.isra.0", NULL));
	check_same(world.store, catalogue, "filler_1*", 1);
	check_same(world.store, catalogue, "[fs]*_1?", 1);
	check_same(world.store, catalogue, "*_12*", 1);
	check_same(world.store, catalogue, "*iller_7?3", 1);
	check_same(world.store, catalogue, "*get*er_1*6", 1);
	check_same(world.store, catalogue, "*il[l]er_17*", 1);
	check_same(world.store, catalogue, "*iller\\_55*", 1);
	assert_int_equal(place_number(world.path, "PRAGMA freelist_count"), 0);
	assert_int_equal(place_number(world.path, "PRAGMA page_size"), 16384);
	ks_store_close(ks_take(catalogue));
	expect_error(ks_store_open(world.path, KS_STORE_WRITE, &catalogue), KS_ERR_STORE,
		     "a published catalogue, which is only read");
	world_stop(&world);
}

/** Names that are in the head, too, are known of these bytes alone: what is in their rows is not asked. */
static void common_names_are_in_the_head(void **state)
{
	static const struct {
		enum ks_kind kind;
		const char *name;
		bool there;
	} cases[] = { { KS_STRUCT, "zoo", true },
		      { KS_CONFIG, "CONFIG_BPF", true },
		      { KS_STRUCT, "no_such", false },
		      { KS_STRUCT, "empty", true } };
	struct world world;
	char command[256];
	world_make(&world, state);
	world_serve(&world);
	snprintf(command, sizeof(command), "sqlite3 %s 'DELETE FROM names; DELETE FROM block'",
		 world.path);
	if (system("command -v sqlite3 >/dev/null") != 0) {
		world_stop(&world);
		skip();
	}
	assert_int_equal(system(command), 0);
	_cleanup_store_ struct ks_store *catalogue = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images, of_store;
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &catalogue));
	assert_ok(ks_store_images(catalogue, &arena, &images));
	assert_ok(ks_store_images(world.store, &arena, &of_store));
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct ks_history x, y;
		struct ks_error *err = ks_store_history(catalogue, &images, cases[i].kind,
							cases[i].name, &arena, &x);
		if (i + 1 == KS_ARRAY_LEN(cases)) {
			expect_error(err, KS_ERR_STORE, "names of the catalogue are missing");
			break;
		}
		assert_ok(err);
		assert_ok(ks_store_history(world.store, &of_store, cases[i].kind, cases[i].name,
					   &arena, &y));
		assert_int_equal(ks_history_present(&x), cases[i].there);
		for (size_t k = 0; k < x.nr; k++)
			check_fact(&x.facts[k], &y.facts[k]);
	}
	world_stop(&world);
}

static void old_stores_are_published(void **state)
{
	static const char *const names[] = { "v1", "v1-2", "v2", "v3-1" };
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		struct world world = { 0 };
		_cleanup_store_ struct ks_store *catalogue = NULL;
		snprintf(world.path, sizeof(world.path), "%s.ksurf", place_path(state));
		assert_ok(ks_store_open(place_copy_old(place_path(state), names[i]), KS_STORE_READ,
					&world.store));
		world_publish(&world, &world.bytes);
		assert_ok(ks_store_open(world.path, KS_STORE_READ, &catalogue));
		check_same(world.store, catalogue, NULL, 1);
		ks_store_close(world.store);
		ks_buf_deinit(&world.bytes);
		unlink(world.path);
	}
}

/** One of format 1, made of the store v1 when there was no other. */
static void old_catalogues_are_read(void **state)
{
	char path[100], hex[65];
	_cleanup_store_ struct ks_store *store = NULL, *catalogue = NULL;
	snprintf(path, sizeof(path), "%s.c1", place_path(state));
	assert_ok(ks_store_open(place_copy_old(place_path(state), "v1"), KS_STORE_READ, &store));
	assert_ok(ks_store_open(place_copy_old(path, "c1"), KS_STORE_READ, &catalogue));
	check_same(store, catalogue, NULL, 1);
	check_same(store, catalogue, "*iller_1*", 1);
	expect_error(ks_store_verify(catalogue, hex), KS_ERR_UNSUPPORTED, "format 1");
	unlink(path);
}

/** One of format 2, made of the store v3-1 by what kept no forms: what they say is unknown, and all else is there. */
static void catalogues_without_forms_are_read(void **state)
{
	char path[100], hex[65];
	_cleanup_store_ struct ks_store *store = NULL, *catalogue = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf forms = { 0 };
	struct ks_store_images images;
	snprintf(path, sizeof(path), "%s.c2", place_path(state));
	assert_ok(ks_store_open(place_copy_old(place_path(state), "v3-1"), KS_STORE_READ, &store));
	assert_ok(ks_store_open(place_copy_old(path, "c2"), KS_STORE_READ, &catalogue));
	without_forms = true;
	check_same(store, catalogue, NULL, 1);
	without_forms = false;
	assert_ok(ks_store_verify(catalogue, hex));
	assert_ok(ks_store_images(store, &arena, &images));
	assert_true(forms_of(store, images.at[0], KS_TYPEDEF, "nothing", NULL, NULL, &forms));
	assert_ok(ks_store_images(catalogue, &arena, &images));
	assert_false(forms_of(catalogue, images.at[0], KS_TYPEDEF, "nothing", NULL, NULL, &forms));
	unlink(path);
}

static void server_says_the_same(void **state)
{
	struct world world;
	world_make(&world, state);
	world_serve(&world);
	for (int turn = 0; turn < 2; turn++) {
		_cleanup_store_ struct ks_store *catalogue = NULL;
		int before = atomic_load(&world.server.requests);
		assert_ok(ks_store_open_remote(world.url, &world.http, &catalogue));
		check_same(world.store, catalogue, NULL, 7);
		int asked = atomic_load(&world.server.requests) - before;
		if (turn) // to see that it is the same file
			assert_int_equal(asked, 1);
		else
			assert_true(asked > 1);
	}
	world_stop(&world);
}

static void one_name_reads_little(void **state)
{
	struct world world;
	_cleanup_store_ struct ks_store *catalogue = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	struct ks_history history;
	world_make(&world, state);
	world_serve(&world);
	assert_ok(ks_store_open_remote(world.url, &world.http, &catalogue));
	assert_ok(ks_store_images(catalogue, &arena, &images));
	assert_ok(
		ks_store_history(catalogue, &images, KS_FUNCTION, "filler_1999", &arena, &history));
	assert_true(ks_history_present(&history));
	assert_true(atomic_load(&world.server.requests) <= 5);
	ks_arena_deinit(&arena);
	world_stop(&world);
}

/** What is near is the same from both; the names are long enough for the index. */
static void suggestions_are_the_same(void **state)
{
	static const char *const names[] = { "get_filler_1oo0", "__get_filler_1234", "filer_17",
					     "get_fillre_15", "nothing_is_near_to_this_name" };
	struct world world;
	_cleanup_store_ struct ks_store *catalogue = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images of_a, of_b;
	world_make(&world, state);
	world_serve(&world);
	assert_ok(ks_store_open(world.path, KS_STORE_READ, &catalogue));
	assert_ok(ks_store_images(world.store, &arena, &of_a));
	assert_ok(ks_store_images(catalogue, &arena, &of_b));
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++) {
		struct ks_suggestions a, b;
		assert_ok(ks_suggest_names(world.store, &of_a, KS_NR_KINDS, names[i], &a));
		assert_ok(ks_suggest_names(catalogue, &of_b, KS_NR_KINDS, names[i], &b));
		assert_int_equal(a.nr, b.nr);
		for (size_t k = 0; k < a.nr; k++) {
			assert_string_equal(a.at[k].name, b.at[k].name);
			assert_int_equal(a.at[k].kind, b.at[k].kind);
			assert_int_equal(a.at[k].nr_images, b.at[k].nr_images);
		}
	}
	ks_arena_deinit(&arena);
	world_stop(&world);
}

/** The worker that is locked up has no network, and its parent only this URL. */
static void command_says_the_same(void **state)
{
	static const char *const commands[] = {
		"images --json",	   "show function special --json", "show struct no_such",
		"find --json 'filler_1?'", "log function special",	   "stats --json",
		"diff 6.1.0-1 6.1.0-5"
	};
	struct world world;
	struct ks_buf file = { 0 }, server = { 0 };
	if (!getenv("KSURF_COMMAND"))
		skip();
	world_make(&world, state);
	world_serve(&world);
	for (size_t i = 0; i < KS_ARRAY_LEN(commands); i++) {
		world_command(world.path, commands[i], &file);
		world_command(world.url, commands[i], &server);
		assert_string_equal(file.at, server.at);
	}
	world_command(world.url, "images --base 6.1.0-1", &server);
	assert_non_null(strstr(server.at, "a catalogue on a server is only read"));
	world_command(world.url, "add /dev/null", &server);
	assert_non_null(strstr(server.at, "a catalogue on a server is only read"));
	ks_buf_deinit(&file);
	ks_buf_deinit(&server);
	world_stop(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(file_says_the_same),
		TEST(common_names_are_in_the_head),
		TEST(old_stores_are_published),
		TEST(old_catalogues_are_read),
		TEST(catalogues_without_forms_are_read),
		TEST(server_says_the_same),
		TEST(one_name_reads_little),
		TEST(suggestions_are_the_same),
		TEST(command_says_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
