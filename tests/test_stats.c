/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
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
#include "check.h"
#include "report/stats/stats.h"
#include "sample.h"
#include "store/census.h"
#include "surface/codec.h"
#include "surface/traits.h"

#define assert_contains(buf, part)                                                                 \
	do {                                                                                       \
		if (!strstr(ks_buf_text(buf), part))                                               \
			fail_msg("'%s' is missing in %s", part, (buf)->at);                        \
	} while (0)

/* ---- traits ---- */

static void a_symbol_name_tells_its_transformation(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum ks_transform transform;
	} cases[] = {
		{ "f", KS_TRANSFORM_NONE },
		{ "f.isra.0", KS_TRANSFORM_ISRA },
		{ "f.constprop.12", KS_TRANSFORM_CONSTPROP },
		{ "f.part.0", KS_TRANSFORM_PART },
		{ "f.cold", KS_TRANSFORM_COLD },
		{ "f.cold.5", KS_TRANSFORM_COLD },
		{ "f.isra.0.cold", KS_TRANSFORM_SEVERAL },
		{ "f.part.0.isra.1", KS_TRANSFORM_SEVERAL },
		{ "f.isra.0.isra.1", KS_TRANSFORM_SEVERAL },
		{ "f.localalias", KS_TRANSFORM_OTHER },
		{ "f.isra2", KS_TRANSFORM_OTHER },
		{ "f.", KS_TRANSFORM_OTHER },
		{ "f.1", KS_TRANSFORM_OTHER },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++)
		if (ks_transform_of(cases[i].name) != cases[i].transform)
			fail_msg("%s: not %s", cases[i].name,
				 ks_transform_texts[cases[i].transform]);
}

/** Encode a function and read its traits back. */
static struct ks_traits traits_of(const struct ks_function *fn, bool *same_lines)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	struct ks_facts_buf facts = { 0 };
	struct ks_traits traits;
	ks_codec_put_function(&buf, fn, NULL);
	ks_codec_put_facts(&facts, fn, 0);
	struct ks_cursor c = ks_cursor_over(buf.at, buf.len, false);
	assert_ok(ks_codec_get_traits(&c, &traits));
	assert_false(ks_cursor_more(&c));
	*same_lines = ks_codec_same_lines(ks_cursor_over(facts.lines.at, facts.lines.len, false));
	ks_facts_buf_deinit(&facts);
	return traits;
}

static void assert_traits_fit(const struct ks_function *fn)
{
	bool same_lines;
	struct ks_traits traits = traits_of(fn, &same_lines);
	assert_int_equal(traits.grouped, fn->nr_entries != 0);
	if (!fn->nr_entries)
		return;
	assert_int_equal(traits.inline_class, ks_function_inline_class(fn));
	assert_int_equal(traits.transform != KS_TRANSFORM_NONE, ks_function_transformed(fn));
	assert_int_equal(traits.by_line && same_lines ? KS_STATIC_DUPLICATION : traits.collision,
			 ks_function_collision(fn));
}

static void traits_agree_with_the_whole_function(void **state)
{
	(void)state;
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, 5);
	for (size_t i = 0; i < s->nr_functions; i++)
		assert_traits_fit(&s->functions[i]);
}

static void every_mix_of_entries_is_classed(void **state)
{
	(void)state;
	static const char *const files[] = { NULL, "a.h", "b.h" };
	// two entries of every location, line and linkage, inlined in every way
	for (unsigned int i = 0; i < 3 * 3 * 2 * 2 * 2 * KS_NR_INLINES; i++) {
		struct ks_entry entries[2] = {
			{ .loc_file = files[i % 3], .line = 7, .external = i / 18 % 2 },
			{ .loc_file = files[i / 3 % 3],
			  .line = 7 + i / 9 % 2,
			  .external = i / 36 % 2,
			  .inlined = (enum ks_inline)(i / 72) },
		};
		static const struct ks_symbol symbols[] = { { .name = "f" } };
		struct ks_function fn = { .name = "f", .entries = entries, .symbols = symbols };
		for (fn.nr_entries = 1; fn.nr_entries <= 2; fn.nr_entries++)
			for (fn.nr_symbols = 0; fn.nr_symbols <= 1; fn.nr_symbols++)
				assert_traits_fit(&fn);
	}
}

static void equal_symbol_names_count_once(void **state)
{
	(void)state;
	static const struct ks_symbol symbols[] = {
		{ .name = "f" },      { .name = "f" },	      { .name = "f.cold" },
		{ .name = "f.cold" }, { .name = "f.isra.0" }, { .name = "f.isra.1" }
	};
	static const struct ks_entry entry = { .loc_file = "a.c" };
	const struct ks_function fn = {
		.name = "f", .nr_entries = 1, .entries = &entry, .nr_symbols = 6, .symbols = symbols
	};
	bool same_lines;
	struct ks_traits traits = traits_of(&fn, &same_lines);
	assert_int_equal(traits.names[KS_TRANSFORM_NONE], 1);
	assert_int_equal(traits.names[KS_TRANSFORM_COLD], 1);
	assert_int_equal(traits.names[KS_TRANSFORM_ISRA], 2);
	assert_int_equal(traits.transform, KS_TRANSFORM_SEVERAL);
}

/** Functions of an image without debug information, and what their symbols make of them. */
static const struct ks_symbol coded[] = {
	{ .name = "function", .type = STT_FUNC },     { .name = "label", .type = STT_NOTYPE },
	{ .name = "either", .type = KS_STT_UNTOLD },  { .name = "in_btf", .type = KS_STT_UNTOLD },
	{ .name = "several", .type = KS_STT_UNTOLD }, { .name = "several", .type = STT_FUNC },
	{ .name = "piece.cold", .type = STT_FUNC },
};
static const struct ks_function coded_functions[] = {
	{ .name = "function", .nr_symbols = 1, .symbols = &coded[0] },
	{ .name = "label", .nr_symbols = 1, .symbols = &coded[1] },
	{ .name = "either", .nr_symbols = 1, .symbols = &coded[2] },
	{ .name = "in_btf", .nr_symbols = 1, .symbols = &coded[3], .nr_btf = 1 },
	{ .name = "several", .nr_symbols = 2, .symbols = &coded[4] },
	{ .name = "piece", .nr_symbols = 1, .symbols = &coded[6] },
	{ .name = "only_btf", .nr_btf = 1 },
};
static const enum ks_code codes[] = { KS_CODE_FUNCTION, KS_CODE_LABEL,	  KS_CODE_UNTOLD,
				      KS_CODE_FUNCTION, KS_CODE_FUNCTION, KS_CODE_FUNCTION,
				      KS_CODE_FUNCTION };

static void types_of_symbols_tell_labels(void **state)
{
	(void)state;
	const struct ks_image image = { .tier = KS_TIER_BTF, .facts = KS_FACT_LABELS };
	for (size_t i = 0; i < KS_ARRAY_LEN(codes); i++) {
		bool same_lines;
		assert_int_equal(traits_of(&coded_functions[i], &same_lines).code, codes[i]);
		assert_int_equal(ks_function_code(&coded_functions[i], &image), codes[i]);
	}
}

static void cut_functions_fail(void **state)
{
	(void)state;
	_cleanup_surface_ struct ks_surface *s = sample_surface(1, 3);
	for (size_t i = 0; i < s->nr_functions; i++) {
		_cleanup_buf_ struct ks_buf buf = { 0 };
		ks_codec_put_function(&buf, &s->functions[i], NULL);
		size_t whole =
			buf.len - (s->functions[i].nr_btf != 0); // its last byte may be left out
		for (size_t len = 0; len < whole; len++) {
			char *bytes = malloc(len + 1); // exact, so that a sanitizer sees the end
			assert_non_null(bytes);
			memcpy(bytes, buf.at, len);
			struct ks_cursor c = ks_cursor_over(bytes, len, false);
			struct ks_traits traits;
			expect_error(ks_codec_get_traits(&c, &traits), KS_ERR_DATA, "");
			free(bytes);
		}
	}
}

/* ---- census ---- */

static void count_surface(const struct ks_surface *s, struct ks_census *census)
{
	for (size_t i = 0; i < s->nr_functions; i++) {
		const struct ks_function *fn = &s->functions[i];
		bool declared = false;
		for (uint32_t k = 0; k < fn->nr_entries; k++)
			declared = declared || fn->entries[k].inlined == KS_INLINE_DECLARED ||
				   fn->entries[k].inlined == KS_INLINE_DECLARED_INLINED;
		if (!fn->nr_entries)
			continue;
		census->nr_groups++;
		census->inlined[ks_function_inline_class(fn)][declared]++;
		census->collisions[ks_function_collision(fn)]++;
	}
}

static void images_are_counted_as_they_were_put(void **state)
{
	(void)state;
	enum { IMAGES = 3 };
	char dir[] = "/tmp/ksurf-stats-XXXXXX", path[64];
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/store", dir);
	struct ks_census want[IMAGES] = { 0 }, got[IMAGES];
	{
		_cleanup_store_ struct ks_store *store = NULL;
		_cleanup_arena_ struct ks_arena arena = { 0 };
		struct ks_store_images images;
		assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
		for (unsigned int i = 0; i < IMAGES; i++) {
			_cleanup_surface_ struct ks_surface *s = sample_surface(i, 400 * (i + 1));
			struct ks_put_result result;
			assert_ok(ks_store_put(store, s, 2, &result));
			free(result.label);
			count_surface(s, &want[i]);
		}
		assert_ok(ks_store_images(store, &arena, &images));
		assert_int_equal(images.nr, IMAGES);
		for (unsigned int nr_threads = 1; nr_threads <= 4; nr_threads++) {
			assert_ok(ks_store_census(store, &images, nr_threads, got));
			for (size_t i = 0; i < IMAGES; i++) {
				size_t put =
					(size_t)images.at[i]->id - 1; // in the order of putting
				assert_true(got[i].groups_known);
				assert_int_equal(got[i].nr_groups, want[put].nr_groups);
				assert_memory_equal(got[i].inlined, want[put].inlined,
						    sizeof(want[put].inlined));
				assert_memory_equal(got[i].collisions, want[put].collisions,
						    sizeof(want[put].collisions));
			}
		}
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/** The census of an image with these functions. */
static void count_coded(const char *path, bool told, struct ks_census *ret)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_surface_ struct ks_surface *s = ks_surface_new(1);
	struct ks_store_images images;
	struct ks_put_result result;
	s->image = (struct ks_image){ .label = "blind",
				      .tier = KS_TIER_BTF,
				      .facts = told ? KS_FACT_LABELS : 0 };
	s->known = KS_KNOWS(KS_FUNCTION);
	s->functions = coded_functions;
	s->nr_functions = KS_ARRAY_LEN(coded_functions);
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	assert_ok(ks_store_put(store, s, 1, &result));
	free(result.label);
	assert_ok(ks_store_images(store, &arena, &images));
	assert_ok(ks_store_census(store, &images, 1, ret));
}

/** Labels are no symbols of functions, and what may be one is counted apart; of older images nobody knows. */
static void labels_are_counted_apart(void **state)
{
	(void)state;
	char dir[] = "/tmp/ksurf-stats-XXXXXX", path[64];
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/store", dir);
	for (int told = 0; told < 2; told++) {
		struct ks_census got;
		count_coded(path, told, &got);
		assert_true(got.symbols_known);
		assert_int_equal(got.untold_known, told);
		assert_int_equal(got.nr_untold, 1);
		assert_int_equal(got.symbols[KS_TRANSFORM_NONE], 3);
		assert_int_equal(got.symbols[KS_TRANSFORM_COLD], 1);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(dir), 0);
}

/* ---- tables ---- */

static void an_unknown_number_is_never_a_zero(void **state)
{
	(void)state;
	static const char *const wanted[KS_NR_FORMATS] = {
		[KS_FORMAT_TERMINAL] = "b      ?  7\n",
		[KS_FORMAT_CSV] = "b,,7\n",
		[KS_FORMAT_JSON] = "{\"image\": \"b\", \"x\": null, \"y\": 7}",
		[KS_FORMAT_MD] = "| b | ? | 7 |\n",
	};
	struct ks_table table = { .name = "t", .title = "T", .definition = "D." };
	assert_true(ks_table_column(&table, "image", "IMAGE", false));
	assert_true(ks_table_column(&table, "x", "X", false));
	assert_true(ks_table_column(&table, "y", "Y", false));
	assert_true(ks_table_text(&table, "a,\"|") && ks_table_number(&table, true, 1) &&
		    ks_table_number(&table, true, 2));
	assert_true(ks_table_text(&table, "b") && ks_table_number(&table, false, 0) &&
		    ks_table_number(&table, true, 7));
	for (enum ks_format format = 0; format < KS_NR_FORMATS; format++) {
		if (!ks_format_has(KS_DOCUMENT_STATS, format))
			continue;
		_cleanup_buf_ struct ks_buf out = { 0 };
		ks_table_write(&table, format, &out);
		assert_contains(&out, wanted[format]);
		if (format == KS_FORMAT_CSV)
			assert_contains(&out, "image,x,y\n\"a,\"\"|\",1,2\n");
		if (format == KS_FORMAT_MD)
			assert_contains(&out, "| a,\"\\| | 1 | 2 |\n");
	}
	ks_table_deinit(&table);
}

/** A column that nobody knows is left out beside others; where nobody knows any, all are there. */
static void what_no_image_tells_is_shown_where_nothing_else_is(void **state)
{
	(void)state;
	for (int known = 0; known < 2; known++) {
		_cleanup_buf_ struct ks_buf out = { 0 };
		struct ks_table table = { .name = "t", .title = "T", .definition = "D." };
		assert_true(ks_table_column(&table, "image", "IMAGE", false));
		assert_true(ks_table_column(&table, "x", "X", false));
		assert_true(ks_table_column(&table, "y", "Y", false));
		assert_true(ks_table_text(&table, "a") && ks_table_number(&table, false, 0) &&
			    ks_table_number(&table, known, 7));
		ks_table_write(&table, KS_FORMAT_TERMINAL, &out);
		assert_contains(&out,
				known ? "IMAGE  Y\na      7\n" : "IMAGE  X  Y\na      ?  ?\n");
		ks_table_deinit(&table);
	}
}

/* ---- pictures ---- */

#define LONG_LABEL "a name that is much too long to slant"

static void every_label_is_in_the_picture(void **state)
{
	(void)state;
	static const char *const labels[] = { "4.4", "a<b", LONG_LABEL };
	for (enum ks_plot_form form = KS_PLOT_BARS; form <= KS_PLOT_MATRIX; form++) {
		_cleanup_buf_ struct ks_buf out = { 0 };
		_cleanup_plot_ struct ks_plot plot = { .title = "Title & more",
						       .subtitle = "Subtitle",
						       .x_title = "versions",
						       .y_title = "share, %",
						       .x = labels };
		assert_true(ks_plot_init(&plot, form, 3, 2));
		plot.series[0].name = "first";
		plot.series[1].name = "second";
		plot.series[0].color = plot.series[1].color = "#0072b2";
		plot.series[0].values[0] = 40;
		plot.series[1].values[0] = 31.5;
		plot.series[1].values[1] = 120;
		ks_plot_svg(&plot, &out);
		static const char *const parts[] = {
			"Title &amp; more", ">Subtitle<", ">versions<", ">share, %<", ">4.4<",
			">a&lt;b<",	    LONG_LABEL,	  ">first<",	">second<",   "</svg>\n",
		};
		for (size_t i = 0; i < KS_ARRAY_LEN(parts); i++)
			assert_contains(&out, parts[i]);
		assert_null(strstr(out.at, "nan"));
		assert_null(strstr(out.at, "inf"));
		if (form == KS_PLOT_BARS || form == KS_PLOT_MATRIX)
			assert_contains(&out, ">?<"); // nobody knows anything of the third
	}
}

static void a_picture_of_nothing_is_a_picture(void **state)
{
	(void)state;
	for (enum ks_plot_form form = KS_PLOT_BARS; form <= KS_PLOT_MATRIX; form++) {
		_cleanup_buf_ struct ks_buf out = { 0 };
		_cleanup_plot_ struct ks_plot plot = {
			.title = "T", .subtitle = "S", .x_title = "X", .y_title = "Y"
		};
		assert_true(ks_plot_init(&plot, form, 0, 0));
		ks_plot_svg(&plot, &out);
		assert_contains(&out, "</svg>\n");
		assert_null(strstr(out.at, "nan"));
		assert_null(strstr(out.at, "inf"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_symbol_name_tells_its_transformation),
		cmocka_unit_test(traits_agree_with_the_whole_function),
		cmocka_unit_test(every_mix_of_entries_is_classed),
		cmocka_unit_test(equal_symbol_names_count_once),
		cmocka_unit_test(types_of_symbols_tell_labels),
		cmocka_unit_test(cut_functions_fail),
		cmocka_unit_test(images_are_counted_as_they_were_put),
		cmocka_unit_test(labels_are_counted_apart),
		cmocka_unit_test(an_unknown_number_is_never_a_zero),
		cmocka_unit_test(what_no_image_tells_is_shown_where_nothing_else_is),
		cmocka_unit_test(every_label_is_in_the_picture),
		cmocka_unit_test(a_picture_of_nothing_is_a_picture),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
