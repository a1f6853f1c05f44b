/* SPDX-License-Identifier: BSD-2-Clause */
/* What is put into a store comes out of it: images, histories, names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/array.h"
#include "place.h"
#include "same.h"
#include "sample.h"
#include "surface/config.h"

static void images_come_back_whole(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= 4; build++)
		assert_true(place_put(store, build).added);
	for (unsigned int build = 1; build <= 4; build++)
		place_check(store, build);
}

static void next_build_adds_only_what_differs(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	struct ks_put_result first = place_put(store, 1), second = place_put(store, 2);
	assert_int_equal(first.nr_definitions, second.nr_definitions);
	assert_in_range(second.nr_new_definitions, 1, first.nr_definitions / 2);
	assert_true(second.bytes < first.bytes / 2);
}

static void same_image_again_changes_nothing(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *surface = sample_surface(1, FILLERS);
	struct ks_put_result result;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	assert_true(place_put(store, 1).added);
	surface->image.label = "another-label";
	assert_ok(ks_store_put(store, surface, THREADS, &result));
	assert_false(result.added);
	assert_string_equal(result.label, "6.1.0-1"); // under which it is there
	free(result.label);
	assert_int_equal(place_count(place_path(state)), 1);
}

/** Of one kernel the store keeps what tells most, under the label it had. */
static void fuller_image_takes_the_place(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_put_result result = { 0 };
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	_cleanup_surface_ struct ks_surface *surface = sample_surface(1, FILLERS);
	static const enum ks_tier tiers[] = { KS_TIER_LIVE, KS_TIER_LIVE, KS_TIER_BTF,
					      KS_TIER_LIVE, KS_TIER_FULL, KS_TIER_FULL };
	static const bool added[] = { true, true, true, false, true, false };
	for (size_t i = 0; i < KS_ARRAY_LEN(tiers); i++) {
		surface->image.tier = tiers[i];
		assert_ok(ks_store_put(store, surface, THREADS, &result));
		assert_int_equal(result.added, added[i]);
		assert_int_equal(result.replaced, added[i] && i > 0);
		assert_string_equal(result.label, i ? "mine" : surface->image.label);
		if (!i)
			assert_ok(ks_store_relabel(store, result.label, "mine"));
		free(result.label);
	}
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	assert_ok(ks_store_images(store, &arena, &images));
	assert_int_equal(images.nr, 1);
	assert_int_equal(images.at[0]->image.tier, KS_TIER_FULL);
}

/** Put the sample of a build as one of a tier and a build id. @return what became of it; the label is to be freed */
static struct ks_put_result put_as(struct ks_store *store, unsigned int build, enum ks_tier tier,
				   const char *build_id)
{
	_cleanup_surface_ struct ks_surface *surface = sample_surface(build, FILLERS);
	struct ks_put_result result = { 0 };
	surface->image.tier = tier;
	surface->image.build_id = build_id;
	assert_ok(ks_store_put(store, surface, THREADS, &result));
	return result;
}

/** What the store is asked before a kernel is read. */
static void expect_known(struct ks_store *store, const struct ks_image *image, const char *want)
{
	char *label = NULL;
	assert_ok(ks_store_known(store, image, &label));
	assert_true(same_text(label, want));
	free(label);
}

static void build_id_alone_decides(void **state)
{
	static const struct {
		unsigned int build; // tells label and digest
		const char *build_id;
		enum ks_tier tier;
		bool added, replaced;
		const char *label;
	} steps[] = {
		{ 1, "aa", KS_TIER_BTF, true, false, "6.1.0-1" },
		{ 2, "aa", KS_TIER_BTF, false, false, "6.1.0-1" },
		{ 2, "bb", KS_TIER_BTF, true, false, "6.1.0-2" },
		{ 3, "aa", KS_TIER_FULL, true, true, "6.1.0-1" },
		{ 1, "aa", KS_TIER_BTF, false, false, "6.1.0-1" },
		{ 4, "aa", KS_TIER_LIVE, false, false, "6.1.0-1" },
		{ 2, NULL, KS_TIER_BTF, false, false, "6.1.0-2" }, // by its digest
		{ 3, NULL, KS_TIER_FULL, true, false, "6.1.0-3" },
		{ 3, "cc", KS_TIER_FULL, false, false, "6.1.0-3" }, // of which no build id is known
	};
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (size_t i = 0; i < KS_ARRAY_LEN(steps); i++) {
		struct ks_put_result result =
			put_as(store, steps[i].build, steps[i].tier, steps[i].build_id);
		assert_int_equal(result.added, steps[i].added);
		assert_int_equal(result.replaced, steps[i].replaced);
		assert_string_equal(result.label, steps[i].label);
		free(result.label);
	}
	assert_int_equal(place_count(place_path(state)), 3);
	struct ks_image image = { .build_id = "aa", .tier = KS_TIER_FULL };
	expect_known(store, &image, "6.1.0-1");
	image.build_id = "dd";
	expect_known(store, &image, NULL);
	image = (struct ks_image){ .build_id = "bb", .tier = KS_TIER_FULL };
	expect_known(store, &image, NULL); // it would take the place
}

/** What takes the place of a poorer image is called by modules as that was. */
static void digest_outlives_what_it_was_taken_from(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images before, after;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	free(put_as(store, 1, KS_TIER_BTF, "aa").label);
	assert_ok(ks_store_images(store, &arena, &before));
	free(put_as(store, 2, KS_TIER_FULL, "aa").label);
	assert_ok(ks_store_images(store, &arena, &after));
	assert_int_equal(after.nr, 1);
	assert_string_equal(after.at[0]->image.digest, before.at[0]->image.digest);
	_cleanup_surface_ struct ks_surface *want = sample_surface(2, FILLERS);
	want->image.build_id = "aa";
	want->image.label = "6.1.0-1";
	want->image.digest = before.at[0]->image.digest;
	place_check_surface(store, want);
}

/** Two images of one build id, as an older ksurf put them: the fuller one stands for both. */
static void twins_of_an_older_store_keep_working(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	free(put_as(store, 1, KS_TIER_BTF, "aa").label);
	free(put_as(store, 2, KS_TIER_FULL, "bb").label);
	place_sql(place_path(state), "UPDATE image SET build_id = 'aa'");
	for (enum ks_tier tier = KS_TIER_FULL; tier <= KS_TIER_LIVE; tier++) {
		struct ks_put_result result = put_as(store, 1, tier, "aa");
		assert_false(result.added);
		assert_string_equal(result.label, "6.1.0-2");
		free(result.label);
	}
	for (unsigned int build = 1; build <= 2; build++) {
		_cleanup_surface_ struct ks_surface *want = sample_surface(build, FILLERS);
		want->image.build_id = "aa";
		want->image.tier = build == 1 ? KS_TIER_BTF : KS_TIER_FULL;
		place_check_surface(store, want);
	}
	assert_ok(ks_store_remove(store, "6.1.0-2"));
	struct ks_put_result result = put_as(store, 2, KS_TIER_FULL, "aa");
	assert_true(result.replaced);
	assert_string_equal(result.label, "6.1.0-1");
	free(result.label);
}

static void taken_label_gets_a_number(void **state)
{
	static const char *const want[] = { "6.1.0-1", "6.1.0-1@2", "6.1.0-1@3" };
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (unsigned int i = 0; i < 3; i++) {
		_cleanup_surface_ struct ks_surface *surface = sample_surface(i + 1, 5);
		struct ks_put_result result;
		surface->image.label = "6.1.0-1";
		assert_ok(ks_store_put(store, surface, 1, &result));
		assert_string_equal(result.label, want[i]);
		free(result.label);
	}
}

static void bytes_do_not_depend_on_threads(void **state)
{
	_cleanup_surface_ struct ks_surface *surface = sample_surface(1, FILLERS);
	struct ks_put_result result[2];
	for (unsigned int i = 0; i < 2; i++) {
		_cleanup_store_ struct ks_store *store = NULL;
		assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
		assert_ok(ks_store_put(store, surface, i * 3 + 1, &result[i]));
		free(result[i].label);
		ks_store_close(ks_take(store));
		assert_int_equal(unlink(place_path(state)), 0);
	}
	assert_int_equal(result[0].bytes, result[1].bytes);
}

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

static void removed_base_leaves_the_others_whole(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= 4; build++)
		place_put(store, build);
	assert_ok(ks_store_remove(store, "6.1.0-1"));
	assert_int_equal(place_count(place_path(state)), 3);
	for (unsigned int build = 2; build <= 4; build++)
		place_check(store, build);
	assert_true(place_put(store, 1).added); // what was dropped with it comes back
	for (unsigned int build = 1; build <= 4; build++)
		place_check(store, build);
	for (unsigned int build = 1; build <= 4; build++) {
		char label[16];
		snprintf(label, sizeof(label), "6.1.0-%u", build);
		assert_ok(ks_store_remove(store, label));
	}
	expect_error(ks_store_remove(store, "6.1.0-1"), KS_ERR_NOTFOUND, "6.1.0-1");
	struct ks_put_result again = place_put(store, 1);
	assert_int_equal(again.nr_definitions, again.nr_new_definitions); // nothing was left
	place_check(store, 1);
}

static void labels_and_settings_change(void **state)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_arena arena = { 0 };
	const char *value;
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &store));
	place_put(store, 1);
	place_put(store, 2);
	assert_ok(ks_store_relabel(store, "6.1.0-1", "mine"));
	expect_error(ks_store_relabel(store, "6.1.0-2", "mine"), KS_ERR_USAGE, "mine");
	expect_error(ks_store_relabel(store, "6.1.0-1", "x"), KS_ERR_NOTFOUND, "6.1.0-1");
	assert_ok(ks_store_setting(store, &arena, "base", &value));
	assert_null(value);
	assert_ok(ks_store_set(store, "base", "mine"));
	assert_ok(ks_store_set(store, "base", "yours"));
	assert_ok(ks_store_setting(store, &arena, "base", &value));
	assert_string_equal(value, "yours");
	assert_ok(ks_store_set(store, "base", NULL));
	assert_ok(ks_store_setting(store, &arena, "base", &value));
	assert_null(value);
	ks_arena_deinit(&arena);
}

static void views_answer_in_plain_sql(void **state)
{
	const char *path = place_path(state);
	struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	ks_store_close(store);
	sqlite3 *db;
	sqlite3_stmt *stmt;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT (SELECT count(*) FROM sizes WHERE what ="
					    " 'names' AND bytes > 0), (SELECT names"
					    " FROM counts WHERE kind = 'function'), (SELECT tier"
					    " FROM images)",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(stmt, 0), 1);
	assert_int_equal(sqlite3_column_int(stmt, 1), FILLERS + 4);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 2), "full");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
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

/** Of one image the types of variables are known, of the other their names alone: neither is like the other. */
static void image_with_less_comes_behind_one_with_more(void **state)
{
	const char *path = place_path(state);
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_surface_ struct ks_surface *less = sample_surface_2(2, FILLERS);
	struct ks_put_result result;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	place_put(store, 1);
	assert_ok(ks_store_put(store, less, THREADS, &result));
	free(result.label);
	place_put(store, 3);
	place_check(store, 1);
	place_check_surface(store, less);
	place_check(store, 3);
}

static const char config_text[] = "CONFIG_BPF=y\n# CONFIG_BPF_JIT is not set\n";

/** The sample of a build as another source knows it. */
static struct ks_surface *known_otherwise(unsigned int build, enum ks_tier tier, bool config)
{
	struct ks_surface *surface = sample_surface(build, FILLERS);
	surface->image.tier = tier;
	surface->image.build_id = "0123456789abcdef";
	surface->config = NULL;
	surface->options = NULL;
	surface->nr_options = 0;
	surface->known &= ~KS_KNOWS(KS_CONFIG);
	if (config)
		assert_ok(ks_config_read(surface, &surface->arenas[0], config_text));
	return surface;
}

static void configuration_comes_to_the_image_that_lacks_it(void **state)
{
	static const enum ks_tier tiers[2] = { KS_TIER_FULL, KS_TIER_BTF };
	const char *path = place_path(state);
	for (int first = 0; first < 2; first++) {
		_cleanup_store_ struct ks_store *store = NULL;
		assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
		for (int i = 0; i < 3; i++) { // the third brings nothing new
			int which = i == 2 ? 1 : first ^ i;
			_cleanup_surface_ struct ks_surface *surface =
				known_otherwise(1, tiers[which], which == 1);
			struct ks_put_result result;
			assert_ok(ks_store_put(store, surface, THREADS, &result));
			assert_int_equal(result.added, i < 2);
			assert_int_equal(result.enriched, i == 1 && first == 0);
			assert_int_equal(result.replaced, i == 1 && first == 1);
			free(result.label);
		}
		_cleanup_surface_ struct ks_surface *both = known_otherwise(1, KS_TIER_FULL, true);
		place_check_surface(store, both);
		ks_store_close(ks_take(store));
		assert_int_equal(place_count(path), 1);
		unlink(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(images_come_back_whole),
		TEST(next_build_adds_only_what_differs),
		TEST(same_image_again_changes_nothing),
		TEST(fuller_image_takes_the_place),
		TEST(build_id_alone_decides),
		TEST(digest_outlives_what_it_was_taken_from),
		TEST(twins_of_an_older_store_keep_working),
		TEST(taken_label_gets_a_number),
		TEST(bytes_do_not_depend_on_threads),
		TEST(history_has_every_image),
		TEST(history_knows_every_kind),
		TEST(symbols_and_variables_are_found_by_name),
		TEST(what_is_kept_does_not_outlive_its_image),
		TEST(names_are_found_by_pattern),
		TEST(walk_gives_what_single_histories_give),
		TEST(removed_base_leaves_the_others_whole),
		TEST(labels_and_settings_change),
		TEST(views_answer_in_plain_sql),
		TEST(image_with_less_comes_behind_one_with_more),
		TEST(configuration_comes_to_the_image_that_lacks_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
