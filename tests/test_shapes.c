/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debug information in the shapes of other builders. The mini kernels in type units and shortened by dwz are read by
 * all the other tests as well; here link-time optimisation is compared with the plain build of the same sources, and
 * what cannot be read is refused by name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf_file.h"
#include "extract/extract.h"
#include "mini.h"
#include "same.h"

static struct ks_surface *read_or_skip(const char *name)
{
	struct ks_surface *surface = mini_read(name, 2);
	if (!surface) {
		print_message("%s was not built\n", name);
		skip();
	}
	return surface;
}

/** The entry that was compiled from the same source, at the same place. */
static const struct ks_entry *find_entry(const struct ks_function *fn, const struct ks_entry *like)
{
	for (uint32_t i = 0; fn && i < fn->nr_entries; i++) {
		const struct ks_entry *entry = &fn->entries[i];
		if (entry->external == like->external && same_text(entry->file, like->file) &&
		    same_text(entry->loc_file, like->loc_file) && entry->line == like->line)
			return entry;
	}
	return NULL;
}

static bool calls(const struct ks_caller *callers, uint32_t nr, const struct ks_caller *like)
{
	for (uint32_t i = 0; i < nr; i++)
		if ((same_text(callers[i].unit, like->unit) &&
		     same_text(callers[i].function, like->function)) ||
		    same_text(callers[i].via, like->function)) // it is inlined itself now
			return true;
	return false;
}

static bool has_caller(const struct ks_entry *entry, const struct ks_caller *like)
{
	return calls(entry->direct_callers, entry->nr_direct_callers, like) ||
	       calls(entry->inline_callers, entry->nr_inline_callers, like);
}

/** Two builds of the same sources. */
struct pair {
	const char *odd_name;
	struct ks_surface *odd, *plain;
	bool nameless; // callees in other units may have no name
	unsigned int nr, nr_calls;
};

static void check_entry(struct pair *pair, const char *name, const struct ks_entry *entry)
{
	const struct ks_entry *other = find_entry(find_function(pair->odd, name), entry);
	if (!other)
		fail_msg("%s: no %s of %s:%u", pair->odd_name, name, entry->loc_file, entry->line);
	pair->nr++;
	assert_true(same_type(entry->proto, other->proto));
	assert_true(other->calls_known);
	for (uint32_t i = 0; i < entry->nr_direct_callers; i++) {
		if (has_caller(other, &entry->direct_callers[i]))
			pair->nr_calls++;
		else if (!pair->nameless || strcmp(entry->direct_callers[i].function, "weigh") != 0)
			fail_msg("%s: %s is not called by %s", pair->odd_name, name,
				 entry->direct_callers[i].function);
	}
}

/** What the optimiser may change is who is inlined where; not who there is, where, and of which type. */
static void check_same_sources(const char *odd_name, const char *plain_name, bool nameless)
{
	struct pair pair = { .odd_name = odd_name, .nameless = nameless };
	pair.plain = read_or_skip(plain_name);
	pair.odd = read_or_skip(odd_name);
	for (size_t i = 0; i < pair.plain->nr_functions; i++)
		for (uint32_t k = 0; k < pair.plain->functions[i].nr_entries; k++)
			if (pair.plain->functions[i].entries[k].loc_file)
				check_entry(&pair, pair.plain->functions[i].name,
					    &pair.plain->functions[i].entries[k]);
	assert_true(pair.nr > 50 && pair.nr_calls > 20);
	for (enum ks_kind kind = KS_STRUCT; kind <= KS_INT; kind++) {
		assert_int_equal(pair.plain->decls[kind].nr, pair.odd->decls[kind].nr);
		for (size_t i = 0; i < pair.plain->decls[kind].nr; i++) {
			const struct ks_decl *decl = &pair.plain->decls[kind].at[i];
			const struct ks_decl *other = find_decl(pair.odd, kind, decl->name);
			if (strcmp(decl->name, "(anon)") != 0 &&
			    (!other || !same_decl(decl, other)))
				fail_msg("%s: %s differs", odd_name, decl->name);
		}
	}
	ks_surface_free(pair.odd);
	ks_surface_free(pair.plain);
}

static void gcc_lto_is_the_same_kernel(void **state)
{
	(void)state;
	check_same_sources("shape-gcc-lto", "amd64-gcc-dwarf5", false);
}

static void clang_thinlto_is_the_same_kernel(void **state)
{
	(void)state;
	check_same_sources("shape-clang-thinlto", "amd64-clang-dwarf5", false);
}

/** A static function that units import the callers of is kept under another name; its facts stay its own. */
static void promoted_functions_have_a_hash(void **state)
{
	(void)state;
	struct ks_surface *surface = read_or_skip("shape-clang-thinlto");
	const struct ks_function *fn = find_function(surface, "promoted");
	assert_non_null(fn);
	assert_int_equal(fn->nr_entries, 1);
	assert_int_equal(fn->nr_symbols, 1);
	assert_memory_equal(fn->symbols[0].name, "promoted.llvm.", 14);
	assert_int_equal(ks_suffix_of(fn->symbols[0].name), KS_SUFFIX_ALIAS);
	assert_int_equal(ks_function_inline_class(fn), KS_CLASS_NO);
	const struct ks_entry *entry = &fn->entries[0];
	const struct ks_caller own = { .unit = "kernel/unit_a.c", .function = "importable" };
	const struct ks_caller import = { .unit = "kernel/unit_b.c", .function = "import_user" };
	assert_false(entry->external);
	assert_string_equal(entry->file, "kernel/unit_a.c");
	assert_true(
		has_caller(entry, &own)); // LLVM describes no calls of what another unit made known
	fn = find_function(surface, "importable");
	assert_non_null(fn);
	assert_int_equal(fn->nr_entries, 1);
	assert_true(has_caller(&fn->entries[0], &import));
	ks_surface_free(surface);
}

/** Names of C that Rust has, too, stay those of C; of Rust's own functions there are the symbols. */
static void check_rust(const char *odd_name, const char *plain_name)
{
	struct ks_surface *odd = read_or_skip(odd_name), *plain = read_or_skip(plain_name);
	assert_int_equal(odd->nr_functions, plain->nr_functions + 1);
	const struct ks_function *fn = find_function(odd, "rust_sum");
	assert_non_null(fn);
	assert_int_equal(fn->nr_entries, 0);
	assert_int_equal(fn->nr_symbols, 1);
	const struct ks_function *inlined = find_function(odd, "header_plain");
	const struct ks_function *before = find_function(plain, "header_plain");
	assert_int_equal(inlined->nr_entries, before->nr_entries);
	for (uint32_t i = 0; i < inlined->nr_entries; i++)
		assert_int_equal(inlined->entries[i].nr_inline_callers,
				 before->entries[i].nr_inline_callers);
	assert_int_equal(odd->nr_ambiguities, plain->nr_ambiguities);
	assert_null(find_decl(odd, KS_INT, "DW_ATE_unsigned_33"));
	ks_surface_free(odd);
	ks_surface_free(plain);
	check_same_sources(odd_name, plain_name, false);
}

static void units_of_rust_are_left_out(void **state)
{
	(void)state;
	check_rust("shape-gcc-rust", "amd64-gcc-dwarf5");
	check_rust("shape-clang-rust", "amd64-clang-dwarf5");
}

/** LLVM 14 gives calls of what another unit defines a DIE without any attribute as their origin. */
static void clang_lto_is_the_same_kernel(void **state)
{
	(void)state;
	check_same_sources("shape-clang-lto", "amd64-clang-dwarf5", true);
}

/** The compiler did the same: every caller, clone, symbol and address. */
static void check_same_functions(const char *odd_name, const char *plain_name)
{
	struct ks_surface *plain = read_or_skip(plain_name), *odd = read_or_skip(odd_name);
	assert_int_equal(plain->nr_functions, odd->nr_functions);
	for (size_t i = 0; i < plain->nr_functions; i++) {
		const struct ks_function *fn = &plain->functions[i];
		const struct ks_function *other = find_function(odd, fn->name);
		if (!other || !same_function(fn, other))
			fail_msg("%s: %s differs", odd_name, fn->name);
	}
	assert_int_equal(plain->nr_ambiguities, odd->nr_ambiguities);
	ks_surface_free(odd);
	ks_surface_free(plain);
}

static void type_units_and_dwz_and_compression_change_nothing(void **state)
{
	(void)state;
	static const char *const same[][2] = {
		{ "amd64-gcc-dwarf4-dwz", "amd64-gcc-dwarf4" },
		{ "amd64-gcc-dwarf5-dwz", "amd64-gcc-dwarf5" },
		{ "amd64-gcc-dwarf4-types", "amd64-gcc-dwarf4" },
		{ "amd64-gcc-dwarf5-types", "amd64-gcc-dwarf5" },
		{ "amd64-gcc-dwarf4-types-dwz", "amd64-gcc-dwarf4" },
		{ "amd64-gcc-dwarf5-zlib", "amd64-gcc-dwarf5" },
		{ "amd64-gcc-dwarf5-zstd", "amd64-gcc-dwarf5" },
		{ "s390x-gcc-dwarf5-types", "s390x-gcc-dwarf5" },
	};
	unsigned int nr = 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(same); i++) {
		struct ks_surface *odd = mini_read(same[i][0], 2);
		ks_surface_free(odd);
		if (!odd)
			continue;
		check_same_sources(same[i][0], same[i][1], false);
		check_same_functions(same[i][0], same[i][1]);
		nr++;
	}
	if (!nr)
		skip();
}

/** Read what cannot be read; the error must say all of the words. */
static void check_refused(const char *name, const char *const *words)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", getenv("KSURF_MINIS") ? getenv("KSURF_MINIS") : "",
		 name);
	_cleanup_elf_ struct ks_elf *elf = elf_file_open(path);
	_cleanup_surface_ struct ks_surface *surface = NULL;
	if (!elf) {
		print_message("%s was not built\n", name);
		return;
	}
	_cleanup_error_ struct ks_error *err =
		ks_extract(elf, &(struct ks_extract_opts){ 0 }, &surface);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_UNSUPPORTED);
	char *text = ks_error_text(err);
	for (; *words; words++)
		if (!strstr(text, *words))
			fail_msg("%s: \"%s\" is not in: %s", name, *words, text);
	free(text);
}

static void what_is_in_other_files_is_refused_by_name(void **state)
{
	(void)state;
	static const char *const common[] = { "mini-common.debug", "build id ", "vmlinuz", NULL };
	static const char *const split[] = { "unit_a.dwo", "CONFIG_DEBUG_INFO_SPLIT=n", NULL };
	check_refused("shape-common-amd64-gcc-dwarf4", common);
	check_refused("shape-common-amd64-gcc-dwarf5", common);
	check_refused("shape-gcc-split4", split);
	check_refused("shape-gcc-split5", split);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gcc_lto_is_the_same_kernel),
		cmocka_unit_test(clang_thinlto_is_the_same_kernel),
		cmocka_unit_test(promoted_functions_have_a_hash),
		cmocka_unit_test(clang_lto_is_the_same_kernel),
		cmocka_unit_test(units_of_rust_are_left_out),
		cmocka_unit_test(type_units_and_dwz_and_compression_change_nothing),
		cmocka_unit_test(what_is_in_other_files_is_refused_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
