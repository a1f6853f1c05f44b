/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Modules: relocated, read for themselves, put together, out of folders and packages, into a store and back. What
 * they hold stands beside their sources ("Facts:" in tests/minis/module).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "deb_builder.h"
#include "elf/relocatable.h"
#include "elf_file.h"
#include "extract/extract.h"
#include "mini.h"
#include "same.h"
#include "source/modules.h"
#include "store/store.h"

static const char *const variants[] = {
	"amd64-gcc-dwarf4", "amd64-gcc-dwarf5", "amd64-clang-dwarf5", "i386-gcc-dwarf4",
	"armhf-gcc-dwarf5", "arm64-gcc-dwarf5", "s390x-gcc-dwarf5",
};
enum { NR_VARIANTS = KS_ARRAY_LEN(variants) };

static void succeed(struct ks_error *err)
{
	if (err)
		fail_msg("%s", ks_error_text(err));
}

/** A kernel, and where its modules go. */
struct bench {
	const char *variant;
	struct ks_surface *surface;
	struct ks_base_kernel *kernel;
	struct ks_modules *modules;
	char *dir;
};

static bool bench_open(struct bench *bench, const char *variant)
{
	*bench = (struct bench){ .variant = variant };
	bench->surface = getenv("KSURF_MINI_MODULES") ? mini_read(variant, 1) : NULL;
	if (!bench->surface)
		return false;
	succeed(ks_base_kernel_new(bench->surface, &bench->kernel));
	succeed(ks_modules_new(bench->kernel, &bench->modules));
	bench->dir = make_dir();
	return true;
}

static void bench_close(struct bench *bench)
{
	ks_modules_free(bench->modules);
	ks_base_kernel_free(bench->kernel);
	ks_surface_free(bench->surface);
	if (bench->dir)
		remove_dir(bench->dir);
}

/** The bytes of a mini module; the caller frees. */
static uint8_t *module_bytes(const char *variant, const char *name, size_t *len)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s-%s.ko", getenv("KSURF_MINI_MODULES"), variant, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	*len = (size_t)lseek(fd, 0, SEEK_END);
	uint8_t *bytes = malloc(*len);
	assert_non_null(bytes);
	assert_int_equal(pread(fd, bytes, *len, 0), *len);
	close(fd);
	return bytes;
}

static struct ks_error *home(void *arg, const struct ks_image *kernel, struct ks_modules **ret)
{
	struct bench *bench = arg;
	assert_string_equal(kernel->release, bench->surface->image.release);
	assert_string_equal(kernel->arch, bench->surface->image.arch);
	*ret = bench->modules;
	return NULL;
}

static struct ks_modules_report read_path(struct bench *bench, const char *path, const char *glob)
{
	const struct ks_modules_opts opts = {
		.globs = &glob,
		.nr_globs = glob != NULL,
		.nr_threads = 3,
		.home = home,
		.home_arg = bench,
	};
	struct ks_modules_report report = { 0 };
	succeed(ks_modules_path(path, &opts, &report));
	return report;
}

/** Both modules in a folder, and one of another kernel. */
static void fill_folder(const struct bench *bench)
{
	static const char *const names[] = { "alpha", "beta", "stray" };
	for (size_t i = 0; i < 3; i++) {
		size_t len;
		char file[64];
		uint8_t *bytes = module_bytes(bench->variant, names[i], &len);
		snprintf(file, sizeof(file), "%s.ko", names[i]);
		free(write_file(bench->dir, file, bytes, len));
		free(bytes);
	}
}

static struct ks_surface *read_folder(struct bench *bench)
{
	struct ks_surface *surface;
	fill_folder(bench);
	struct ks_modules_report report = read_path(bench, bench->dir, NULL);
	assert_int_equal(report.nr_added, 2);
	assert_int_equal(report.nr_failed, 1);
	assert_non_null(strstr(report.first->msg, "stray.ko: a module of kernel 9.9.9-stray"));
	ks_error_free(report.first);
	succeed(ks_modules_finish(bench->modules, &surface));
	return surface;
}

/* ---- what is in them ---- */

static void check_functions(const struct ks_surface *surface)
{
	const struct ks_function *open = find_function(surface, "alpha_open");
	assert_non_null(open);
	assert_int_equal(open->nr_entries, 1);
	const struct ks_entry *entry = &open->entries[0];
	assert_string_equal(entry->module, "alpha");
	assert_true(entry->external);
	assert_string_equal(entry->loc_file, "module/alpha.c");
	assert_int_equal(entry->line, mini_line("module/alpha.c", "int alpha_open("));
	assert_int_equal(open->nr_symbols, 1);
	assert_string_equal(open->symbols[0].module, "alpha");
	assert_true(entry->addr && (entry->addr & ~1ull) == (open->symbols[0].addr & ~1ull));

	const struct ks_function *helper = find_function(surface, "alpha_helper");
	assert_non_null(helper);
	assert_int_equal(helper->entries[0].nr_direct_callers, 1);
	assert_string_equal(helper->entries[0].direct_callers[0].function, "alpha_open");

	const struct ks_function *export = find_function(surface, "beta_export");
	assert_non_null(export);
	assert_int_equal(export->nr_entries, 1);
	assert_string_equal(export->entries[0].module, "beta");
	assert_int_equal(export->entries[0].nr_direct_callers, 1);
	assert_string_equal(export->entries[0].direct_callers[0].unit, "module/alpha.c");

	assert_null(find_function(surface, "global_call"));
	assert_null(find_function(surface, "header_plain"));
	const struct ks_function *big = find_function(surface, "header_big");
	assert_non_null(big);
	assert_int_equal(big->nr_entries, 1);
	assert_string_equal(big->entries[0].module, "alpha");
	assert_string_equal(find_decl(surface, KS_FUNCTION, "alpha_open")->module, "alpha");
}

static void check_types(const struct ks_surface *surface)
{
	assert_null(find_decl(surface, KS_STRUCT, "device"));
	assert_null(find_decl(surface, KS_STRUCT, "trace_event_call"));
	const struct ks_decl *state = find_decl(surface, KS_STRUCT, "alpha_state");
	assert_non_null(state);
	assert_string_equal(state->module, "alpha");
	assert_int_equal(state->nr, 4);
	assert_int_equal(state->members[1].type->inner->kind, KS_TYPE_STRUCT);
	assert_int_equal(state->members[2].type->inner->kind, KS_TYPE_FWD_STRUCT);
	assert_int_equal(surface->nr_ambiguities, 1);
	const struct ks_ambiguity *both = &surface->ambiguities[0];
	assert_string_equal(both->name, "both_have");
	assert_int_equal(both->nr_variants, 2);
	assert_string_equal(both->variants[0].decl->module, "alpha");
	assert_string_equal(both->variants[1].decl->module, "beta");
	assert_string_equal(both->variants[1].decl->members[0].name, "betas");
}

static void check_events(const struct ks_surface *surface)
{
	assert_int_equal(surface->nr_tracepoints, 1);
	const struct ks_tracepoint *event = &surface->tracepoints[0];
	assert_string_equal(event->event, "alpha_event");
	assert_string_equal(event->class_name, "alpha_class");
	assert_string_equal(event->system, "alpha");
	assert_string_equal(event->format, "\"dev=%d\", REC->dev");
	assert_string_equal(event->module, "alpha");
	assert_int_equal(event->record->nr, 2);
	assert_int_equal(event->func->type->nr_params, 2);
}

static void test_facts(void **state)
{
	(void)state;
	unsigned int nr = 0;
	for (size_t i = 0; i < NR_VARIANTS; i++) {
		struct bench bench;
		if (!bench_open(&bench, variants[i]))
			continue;
		print_message("%s\n", variants[i]);
		struct ks_surface *surface = read_folder(&bench);
		check_functions(surface);
		check_types(surface);
		check_events(surface);
		assert_int_equal(surface->image.nr_modules, 2);
		assert_string_equal(surface->image.modules_of, bench.surface->image.digest);
		ks_surface_free(surface);
		bench_close(&bench);
		nr++;
	}
	if (!nr)
		skip();
}

/** A pointer in a table is the address of the function it was set to. */
static void test_relocations(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_VARIANTS; i++) {
		struct bench bench;
		if (!bench_open(&bench, variants[i]))
			continue;
		size_t len;
		uint8_t *bytes = module_bytes(variants[i], "alpha", &len);
		struct ks_elf *elf;
		struct ks_surface *surface;
		succeed(ks_elf_open_memory(bytes, len, &elf));
		succeed(ks_elf_link(elf));
		struct ks_extract_opts opts = { .module_of = bench.kernel };
		succeed(ks_extract(elf, &opts, &surface));
		uint64_t table = 0, open = 1;
		for (size_t k = 0; k < surface->nr_symbols; k++) {
			if (strcmp(surface->symbols[k].name, "alpha_table") == 0)
				table = surface->symbols[k].addr;
			if (strcmp(surface->symbols[k].name, "alpha_open") == 0)
				open = surface->symbols[k].addr;
		}
		struct ks_cursor c = ks_elf_at(elf, table);
		assert_int_equal(ks_elf_word(elf, &c), open);
		ks_surface_free(surface);
		ks_elf_close(elf);
		free(bytes);
		bench_close(&bench);
	}
}

/* ---- where they come from ---- */

static void test_package(void **state)
{
	(void)state;
	for (enum packing packing = PACK_NONE; packing < PACKINGS; packing++) {
		struct bench bench;
		if (!bench_open(&bench, "amd64-gcc-dwarf5"))
			skip();
		size_t alpha_len, beta_len;
		uint8_t *alpha = module_bytes(bench.variant, "alpha", &alpha_len);
		uint8_t *beta = module_bytes(bench.variant, "beta", &beta_len);
		struct ks_buf plain = { beta == NULL ? NULL : (char *)beta, beta_len, beta_len,
					false };
		struct ks_buf packed = { 0 }, deb = { 0 };
		pack(&plain, packing, &packed); // modules are packed one by one, too
		const struct file files[] = {
			{ "./lib/modules/6.6.6/kernel/fs/alpha.ko", alpha, alpha_len, NULL },
			{ "./lib/modules/6.6.6/kernel/fs/beta.ko.xz", packed.at, packed.len, NULL },
			{ "./lib/modules/6.6.6/kernel/fs/readme.txt", "x", 1, NULL },
			{ 0 },
		};
		build_deb("Package: linux-modules-6.6.6\n", files, packing, &deb);
		char *path = write_file(bench.dir, "modules.deb", deb.at, deb.len);
		struct ks_modules_report report = read_path(&bench, path, NULL);
		assert_int_equal(report.nr_added, 2);
		assert_int_equal(report.nr_failed, 0);
		free(path);
		ks_buf_deinit(&packed);
		ks_buf_deinit(&deb);
		free(alpha);
		free(beta);
		bench_close(&bench);
	}
}

static void test_globs(void **state)
{
	(void)state;
	struct bench bench;
	if (!bench_open(&bench, "amd64-gcc-dwarf5"))
		skip();
	fill_folder(&bench);
	struct ks_modules_report report = read_path(&bench, bench.dir, "be*");
	assert_int_equal(report.nr_added, 1);
	assert_int_equal(report.nr_failed, 0);
	bench_close(&bench);
}

/** Broken modules are counted, and end nothing. */
static void test_damage(void **state)
{
	(void)state;
	struct bench bench;
	if (!bench_open(&bench, "amd64-gcc-dwarf5"))
		skip();
	size_t len;
	uint8_t *bytes = module_bytes(bench.variant, "alpha", &len);
	free(write_file(bench.dir, "alpha.ko", bytes, len));
	for (size_t i = 0; i < 40; i++) {
		char name[32];
		snprintf(name, sizeof(name), "cut_%02zu.ko", i);
		free(write_file(bench.dir, name, bytes, len * i / 40));
		uint8_t *flipped = memcpy(malloc(len), bytes, len);
		for (size_t k = i; k < len; k += 997)
			flipped[k] ^= (uint8_t)(1 << i % 8);
		snprintf(name, sizeof(name), "flip_%02zu.ko", i);
		free(write_file(bench.dir, name, flipped, len));
		free(flipped);
	}
	struct ks_modules_report report = read_path(&bench, bench.dir, NULL);
	assert_true(report.nr_added >= 1);
	assert_true(report.nr_failed >= 39);
	assert_int_equal(report.nr_added + report.nr_failed, 81);
	ks_error_free(report.first);
	free(bytes);
	bench_close(&bench);
}

/* ---- BTF that continues the kernel's ---- */

static void hide_debug_info(uint8_t *bytes, size_t len)
{
	static const char name[] = ".debug_info";
	for (uint8_t *at = bytes; (at = memmem(at, len - (size_t)(at - bytes), name, sizeof(name)));
	     at++)
		at[1] = 'x';
}

/** Read alpha with its BTF, and put it together with nothing else. @param base whether the kernel's is at hand */
static struct ks_surface *read_split(const char *variant, bool dwarf, bool base)
{
	char name[64];
	size_t len;
	snprintf(name, sizeof(name), "btf-%s", variant);
	struct ks_surface *kernel_surface = mini_read(name, 1);
	if (!kernel_surface)
		return NULL;
	struct ks_base_kernel *kernel;
	struct ks_modules *modules;
	struct ks_surface *module, *together;
	struct ks_elf *elf;
	succeed(ks_base_kernel_new(kernel_surface, &kernel));
	snprintf(name, sizeof(name), "%s/btf-%s", getenv("KSURF_MINIS"), variant);
	elf = elf_file_open(name);
	assert_non_null(elf);
	if (base)
		succeed(ks_base_kernel_read_btf(kernel, elf));
	assert_int_equal(kernel->btf != NULL, base);
	ks_elf_close(elf);
	uint8_t *bytes = module_bytes(variant, "alpha-btf", &len);
	if (!dwarf)
		hide_debug_info(bytes, len);
	const struct ks_extract_opts how = { .module_of = kernel };
	succeed(ks_elf_open_memory(bytes, len, &elf));
	succeed(ks_elf_link(elf));
	succeed(ks_extract(elf, &how, &module));
	ks_elf_close(elf);
	free(bytes);
	succeed(ks_modules_new(kernel, &modules));
	succeed(ks_modules_add(modules, module));
	ks_surface_free(module);
	succeed(ks_modules_finish(modules, &together));
	ks_modules_free(modules);
	ks_base_kernel_free(kernel);
	ks_surface_free(kernel_surface);
	return together;
}

static void check_split(const char *variant)
{
	struct ks_surface *surface = read_split(variant, false, true);
	if (!surface)
		return;
	print_message("%s\n", variant);
	assert_int_equal(surface->image.tier, KS_TIER_BTF);
	assert_true(surface->image.facts & KS_FACT_BTF);
	check_events(surface);
	assert_null(find_decl(surface, KS_STRUCT, "device"));
	const struct ks_decl *state = find_decl(surface, KS_STRUCT, "alpha_state");
	assert_non_null(state);
	assert_int_equal(state->nr, 4);
	assert_int_equal(state->members[1].type->inner->kind, KS_TYPE_STRUCT);
	const struct ks_function *open = find_function(surface, "alpha_open");
	assert_string_equal(open->symbols[0].module, "alpha");
	assert_int_equal(open->nr_btf, 1);
	assert_int_equal(find_decl(surface, KS_FUNCTION, "alpha_open")->type->nr_params, 2);
	ks_surface_free(surface);

	surface = read_split(variant, true,
			     true); // beside DWARF it says what fentry can be attached to
	assert_int_equal(surface->image.tier, KS_TIER_FULL);
	assert_int_equal(find_function(surface, "alpha_open")->nr_btf, 1);
	ks_surface_free(surface);

	surface =
		read_split(variant, false, false); // without the kernel's nothing can be made of it
	assert_int_equal(surface->decls[KS_STRUCT].nr, 0);
	assert_non_null(find_function(surface, "alpha_open"));
	ks_surface_free(surface);
}

static void test_split_btf(void **state)
{
	(void)state;
	static const char *const with[] = { "amd64-gcc-dwarf4", "amd64-gcc-dwarf5",
					    "arm64-gcc-dwarf5", "s390x-gcc-dwarf5" };
	char path[4096];
	snprintf(path, sizeof(path), "%s/amd64-gcc-dwarf5-alpha-btf.ko",
		 getenv("KSURF_MINI_MODULES") ? getenv("KSURF_MINI_MODULES") : "");
	if (access(path, R_OK) != 0) {
		print_message("no module with BTF: pahole was not there\n");
		skip();
	}
	for (size_t i = 0; i < KS_ARRAY_LEN(with); i++)
		check_split(with[i]);
}

/* ---- debug information that is spread ---- */

/** It is refused, and the message names what is missing. */
static void test_spread(void **state)
{
	(void)state;
	static const struct {
		const char *name, *text;
	} shapes[] = {
		{ "split4", "most of it is in tests/minis/module/shape-split4.dwo" },
		{ "split5", "most of it is in tests/minis/module/shape-split5.dwo" },
		{ "split5-clang", "most of it is in tests/minis/module/shape-split5-clang.dwo" },
		{ "types4", "type units" },
		{ "types5", "type units" },
	};
	const struct ks_base_kernel kernel = { 0 };
	if (!getenv("KSURF_MINI_MODULES"))
		skip();
	for (size_t i = 0; i < KS_ARRAY_LEN(shapes); i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/shape-%s.ko", getenv("KSURF_MINI_MODULES"),
			 shapes[i].name);
		if (access(path, R_OK) != 0)
			continue;
		size_t len;
		uint8_t *bytes = module_bytes("shape", shapes[i].name, &len);
		struct ks_elf *elf;
		struct ks_surface *surface = NULL;
		const struct ks_extract_opts how = { .module_of = &kernel };
		succeed(ks_elf_open_memory(bytes, len, &elf));
		succeed(ks_elf_link(elf));
		struct ks_error *err = ks_extract(elf, &how, &surface);
		assert_non_null(err);
		assert_int_equal(err->code, KS_ERR_UNSUPPORTED);
		if (!strstr(err->msg, shapes[i].text))
			fail_msg("%s: %s", shapes[i].name, err->msg);
		ks_error_free(err);
		ks_elf_close(elf);
		free(bytes);
	}
}

/* ---- one run after another ---- */

/** The modules of the names, read in that order, and behind them those of a run before. */
static struct ks_surface *read_run(const struct bench *bench, const char *const *names, size_t nr,
				   const struct ks_surface *before)
{
	struct bench run = *bench;
	struct ks_surface *surface;
	succeed(ks_modules_new(bench->kernel, &run.modules));
	for (size_t i = 0; i < nr; i++) {
		size_t len;
		char file[64];
		uint8_t *bytes = module_bytes(bench->variant, names[i], &len);
		snprintf(file, sizeof(file), "%s.ko", names[i]);
		char *path = write_file(bench->dir, file, bytes, len);
		assert_int_equal(read_path(&run, path, NULL).nr_added, 1);
		free(path);
		free(bytes);
	}
	if (before)
		succeed(ks_modules_join(run.modules, before));
	succeed(ks_modules_finish(run.modules, &surface));
	ks_modules_free(run.modules);
	return surface;
}

static void assert_same_modules(const struct ks_surface *got, const struct ks_surface *want)
{
	struct ks_surface copy = *got;
	assert_string_not_equal(got->image.digest, want->image.digest);
	copy.image.digest = want->image.digest;
	const char *difference = surface_difference(&copy, want);
	if (difference)
		fail_msg("another %s", difference);
}

static void test_join(void **state)
{
	(void)state;
	static const char *const names[] = { "alpha", "beta" };
	struct bench bench;
	if (!bench_open(&bench, "amd64-gcc-dwarf5"))
		skip();
	_cleanup_surface_ struct ks_surface *both = read_run(&bench, names, 2, NULL);
	_cleanup_surface_ struct ks_surface *beta = read_run(&bench, names + 1, 1, NULL);
	_cleanup_surface_ struct ks_surface *later = read_run(&bench, names, 1, beta);
	assert_int_equal(beta->image.nr_modules, 1);
	assert_int_equal(later->image.nr_modules, 2);
	assert_same_modules(later, both);
	// one of them read again: nothing of it counts twice
	_cleanup_surface_ struct ks_surface *again = read_run(&bench, names, 1, later);
	assert_same_modules(again, both);
	// all of them: nothing of before is left
	_cleanup_surface_ struct ks_surface *all = read_run(&bench, names, 2, later);
	assert_string_equal(all->image.digest, both->image.digest);
	assert_null(surface_difference(all, both));
	bench_close(&bench);
}

/* ---- the store ---- */

static struct ks_fact joined(struct ks_store *store, struct ks_arena *arena, enum ks_kind kind,
			     const char *name)
{
	struct ks_store_images images;
	struct ks_history history;
	succeed(ks_store_images(store, arena, &images));
	assert_int_equal(images.nr, 1);
	assert_int_equal(images.at[0]->modules->image.nr_modules, 2);
	succeed(ks_store_history(store, &images, kind, name, arena, &history));
	succeed(ks_history_join_modules(&images, arena, &history));
	return history.facts[0];
}

static void test_store(void **state)
{
	(void)state;
	struct bench bench;
	if (!bench_open(&bench, "amd64-gcc-dwarf5"))
		skip();
	struct ks_surface *surface = read_folder(&bench);
	struct ks_store *store;
	struct ks_put_result result;
	struct ks_arena arena = { 0 };
	char path[4096];
	snprintf(path, sizeof(path), "%s/store", bench.dir);
	succeed(ks_store_open(path, KS_STORE_CREATE, &store));
	succeed(ks_store_put(store, bench.surface, 1, &result));
	free(result.label);
	succeed(ks_store_put(store, surface, 1, &result));
	free(result.label);
	struct ks_fact fact = joined(store, &arena, KS_FUNCTION, "alpha_open");
	assert_true(fact.present);
	assert_string_equal(fact.function->entries[0].module, "alpha");
	assert_string_equal(fact.image->label, bench.surface->image.label);
	fact = joined(store, &arena, KS_STRUCT, "both_have");
	assert_int_equal(fact.ambiguity->nr_variants, 2);
	fact = joined(store, &arena, KS_TRACEPOINT, "alpha_event");
	assert_string_equal(fact.tracepoint->module, "alpha");
	fact = joined(store, &arena, KS_FUNCTION, "header_big"); // the kernel's, and alpha's
	assert_null(fact.function->entries[0].module);
	assert_string_equal(fact.modules->function->entries[0].module, "alpha");
	ks_arena_deinit(&arena);
	ks_store_close(store);
	ks_surface_free(surface);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),	  cmocka_unit_test(test_relocations),
		cmocka_unit_test(test_package),	  cmocka_unit_test(test_globs),
		cmocka_unit_test(test_damage),	  cmocka_unit_test(test_store),
		cmocka_unit_test(test_split_btf), cmocka_unit_test(test_spread),
		cmocka_unit_test(test_join),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
