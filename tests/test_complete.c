/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the store keeps of an image is compared with the image's own BTF, kind by kind: nothing that writing BTF needs is
 * lost. The store's side is a surface that was added and read back, the other side is the same file read by libbpf. Both are
 * spelled as lines of text, a line for each record that has a name. KSURF_TIERS names a real vmlinux.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "check.h"
#include "elf/relocatable.h"
#include "elf_file.h"
#include "extract/btf/btf_decls.h"
#include "extract/btf/btf_forms.h"
#include "extract/extract.h"
#include "extract/modules/modules.h"
#include "scratch.h"
#include "spell.h"
#include "store/store.h"

static void compare_sides(const char *path, struct side *own, struct side *kept)
{
	unsigned int nr = 0;
	side_sort(own->lines.at, own->lines.len);
	side_sort(kept->lines.at, kept->lines.len);
	for (size_t i = 0, k = 0; i < own->lines.len || k < kept->lines.len;) {
		int order = i == own->lines.len	   ? 1
			    : k == kept->lines.len ? -1
						   : strcmp(own->lines.at[i], kept->lines.at[k]);
		if (order && nr++ < 10)
			print_error("%s: %s: %.2000s\n", path,
				    order < 0 ? "BTF has" : "the store has",
				    order < 0 ? own->lines.at[i] : kept->lines.at[k]);
		i += order <= 0;
		k += order >= 0;
	}
	if (nr)
		fail_msg("%s: %u lines differ", path, nr);
}

/** Put a kernel, or the modules of one that is there, and read it back. */
static struct ks_surface *through_store(const char *dir, const struct ks_surface *surface)
{
	char at[256];
	struct ks_store *store = NULL;
	struct ks_put_result result;
	struct ks_surface *back = NULL;
	struct ks_arena arena = { 0 };
	struct ks_store_images images;
	snprintf(at, sizeof(at), "%s/store", dir);
	assert_ok(ks_store_open(at, KS_STORE_CREATE, &store));
	assert_ok(ks_store_put(store, surface, 2, &result));
	assert_true(result.added);
	assert_ok(ks_store_images(store, &arena, &images));
	const struct ks_store_image *image = images.at[0];
	if (surface->image.modules_of)
		image = image->modules;
	assert_non_null(image);
	assert_ok(ks_store_surface(store, image, &back));
	free(result.label);
	ks_arena_deinit(&arena);
	ks_store_close(store);
	assert_true(back->image.facts & KS_FACT_FORMS);
	return back;
}

static struct ks_surface *read_file(const char *path)
{
	struct ks_surface *surface = NULL;
	const struct ks_extract_opts opts = { .nr_threads = 2 };
	struct ks_elf *elf = elf_file_open(path);
	assert_ok(ks_extract(elf, &opts, &surface));
	ks_elf_close(elf);
	return surface;
}

static void print_counts(const char *path, const struct own *own, const struct ks_surface *surface)
{
	const unsigned int *kinds = own->kinds;
	const char *slash = strrchr(path, '/');
	print_message("%s: %u int, %u struct, %u union, %u enum, %u enum64, %u fwd, %u typedef, "
		      "%u func, %u var, %u datasec, %u decl_tag, %u type_tag; "
		      "%zu names with forms\n",
		      slash ? slash + 1 : path, kinds[BTF_KIND_INT], kinds[BTF_KIND_STRUCT],
		      kinds[BTF_KIND_UNION], kinds[BTF_KIND_ENUM], kinds[BTF_KIND_ENUM64],
		      kinds[BTF_KIND_FWD], kinds[BTF_KIND_TYPEDEF], kinds[BTF_KIND_FUNC],
		      kinds[BTF_KIND_VAR], kinds[BTF_KIND_DATASEC], kinds[BTF_KIND_DECL_TAG],
		      kinds[BTF_KIND_TYPE_TAG], surface->nr_forms);
}

/** What a BTF says itself, against what was read of it and went through a store. All is freed. */
static void check_read(const char *name, struct btf *btf, struct own *own, struct ks_surface *read)
{
	char *dir = make_dir();
	struct ks_surface *surface = through_store(dir, read);
	struct kept kept = spell_kept(surface, NULL);
	compare_sides(name, &own->side, &kept.side);
	print_counts(name, own, surface);
	side_free(&own->side);
	side_free(&kept.side);
	free(own->nth);
	ks_surface_free(read);
	ks_surface_free(surface);
	remove_dir(dir);
	btf__free(btf);
}

static void check_file(const char *path)
{
	struct btf *btf = btf__parse(path, NULL);
	assert_non_null(btf);
	struct own own = spell_own(btf, 1);
	assert_true(own.side.lines.len > 50);
	check_read(path, btf, &own, read_file(path));
}

/** A module of a mini kernel, put together alone. */
static struct ks_surface *read_module(const char *path, const char *kernel_path,
				      const struct ks_surface *kernel)
{
	struct ks_base_kernel *base;
	struct ks_modules *modules;
	struct ks_surface *module, *together;
	struct ks_elf *elf = elf_file_open(kernel_path);
	assert_ok(ks_base_kernel_new(kernel, &base));
	assert_ok(ks_base_kernel_read_btf(base, elf));
	ks_elf_close(elf);
	const struct ks_extract_opts opts = { .nr_threads = 1, .module_of = base };
	elf = elf_file_open(path);
	assert_ok(ks_elf_link(elf));
	assert_ok(ks_extract(elf, &opts, &module));
	ks_elf_close(elf);
	assert_ok(ks_modules_new(base, &modules));
	assert_ok(ks_modules_add(modules, module));
	assert_ok(ks_modules_finish(modules, &together));
	ks_surface_free(module);
	ks_modules_free(modules);
	ks_base_kernel_free(base);
	return together;
}

static void check_module(const char *path, const char *kernel_path)
{
	struct btf *base = btf__parse(kernel_path, NULL);
	struct btf *btf = btf__parse_split(path, base);
	assert_true(base && btf);
	struct own own = spell_own(btf, btf__type_cnt(base));
	assert_true(own.side.lines.len > 5);
	char *dir = make_dir();
	struct ks_surface *kernel = read_file(kernel_path);
	struct ks_surface *kernel_back = through_store(dir, kernel);
	struct ks_surface *modules = read_module(path, kernel_path, kernel);
	struct ks_surface *back = through_store(dir, modules);
	struct kept kept_kernel = spell_kept(kernel_back, NULL);
	struct kept kept = spell_kept(back, &kept_kernel);
	compare_sides(path, &own.side, &kept.side);
	print_counts(path, &own, back);
	side_free(&own.side);
	side_free(&kept.side);
	side_free(&kept_kernel.side);
	free(own.nth);
	ks_surface_free(kernel);
	ks_surface_free(kernel_back);
	ks_surface_free(modules);
	ks_surface_free(back);
	remove_dir(dir);
	btf__free(btf);
	btf__free(base);
}

static void nothing_of_split_btf_is_lost(void **state)
{
	(void)state;
	static const char *const variants[] = { "amd64-gcc-dwarf4", "amd64-gcc-dwarf5",
						"arm64-gcc-dwarf5", "s390x-gcc-dwarf5" };
	const char *minis = getenv("KSURF_MINIS"), *folder = getenv("KSURF_MINI_MODULES");
	unsigned int nr = 0;
	for (size_t i = 0; minis && folder && i < KS_ARRAY_LEN(variants); i++) {
		char module[4096], kernel[4096];
		snprintf(module, sizeof(module), "%s/%s-alpha-btf.ko", folder, variants[i]);
		snprintf(kernel, sizeof(kernel), "%s/btf-%s", minis, variants[i]);
		if (access(module, R_OK) || access(kernel, R_OK))
			continue;
		check_module(module, kernel);
		nr++;
	}
	if (!nr) {
		print_message("no module with BTF: pahole was not there\n");
		skip();
	}
}

static void nothing_of_btf_is_lost(void **state)
{
	(void)state;
	const char *folder = getenv("KSURF_MINIS"), *real = getenv("KSURF_TIERS");
	DIR *dir = folder ? opendir(folder) : NULL;
	unsigned int nr = 0;
	for (struct dirent *file; dir && (file = readdir(dir));) {
		char path[4096];
		if (strncmp(file->d_name, "btf-", 4) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, file->d_name);
		check_file(path);
		nr++;
	}
	if (dir)
		closedir(dir);
	if (real)
		check_file(real);
	if (!nr && !real) {
		print_message("no mini kernel with BTF (needs pahole), and no KSURF_TIERS\n");
		skip();
	}
}

/* ---- what no compiler here writes ---- */

/** Every kind, with all that tells one record from another. */
static struct btf *make_btf(void)
{
	struct btf *btf = btf__new_empty();
	assert_non_null(btf);
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int flag = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	int real = btf__add_float(btf, "double", 8);
	int text = btf__add_int(btf, "char", 1, BTF_INT_CHAR);
	btf__add_int(btf, "__ARRAY_SIZE_TYPE__", 4, 0);
	int user = btf__add_ptr(btf, btf__add_type_tag(btf, "user", text));
	int rcu =
		btf__add_ptr(btf, btf__add_type_tag(btf, "rcu", btf__add_type_tag(btf, "x", real)));
	int gone = btf__add_fwd(btf, "gone", BTF_FWD_UNION),
	    leftover = btf__add_fwd(btf, "twice", 0);

	int inner = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, "a", number, 0, 3);
	btf__add_field(btf, "b", real, 0, 0);
	int outer = btf__add_struct(btf, NULL, 16);
	btf__add_field(btf, NULL, inner, 0, 0);
	btf__add_field(btf, "c", user, 64, 0);
	int first = btf__add_struct(btf, "twice", 40);
	btf__add_field(btf, "head", number, 0, 0);
	btf__add_field(btf, NULL, outer, 64, 0);
	btf__add_field(btf, "tail", btf__add_array(btf, 1, btf__add_array(btf, 1, rcu, 2), 3), 192,
		       0);
	int second = btf__add_struct(btf, "twice", 8);
	btf__add_field(btf, "bits", flag, 1, 2);
	btf__add_field(btf, NULL, number, 8, 0);
	int plain = btf__add_union(btf, "plain", 8);
	btf__add_field(btf, "p", btf__add_ptr(btf, second), 0, 0);
	btf__add_field(btf, "q", btf__add_const(btf, btf__add_ptr(btf, first)), 0, 0);
	btf__add_field(btf, "r", btf__add_ptr(btf, gone), 0, 0);
	btf__add_field(btf, "s", btf__add_ptr(btf, leftover), 0, 0);

	btf__add_enum(btf, "unsigned_top", 4); // all bits, without a sign
	btf__add_enum_value(btf, "ALL", 0xffffffff);
	btf__add_enum(btf, NULL, 4);
	btf__add_enum_value(btf, "A", 1);
	btf__add_enum_value(btf, "B", 2);
	btf__add_enum(btf, NULL, 4);
	btf__add_enum_value(btf, "C", -1);
	int wide = btf__add_enum64(btf, "wide", 8, false);
	btf__add_enum64_value(btf, "TOP", UINT64_MAX);
	int small = btf__add_enum64(btf, "small", 4, true); // of 64 bits, without need
	btf__add_enum64_value(btf, "LESS", (uint64_t)-3);
	int unnamed = btf__add_enum64(btf, NULL, 8, true);
	btf__add_enum64_value(btf, "LEAST", (uint64_t)INT64_MIN);

	btf__add_typedef(btf, "outer_t", outer);
	int tagged = btf__add_typedef(btf, "tagged_t", btf__add_type_tag(btf, "kptr", first));
	btf__add_typedef(btf, "unnamed_t", unnamed);
	int proto = btf__add_func_proto(btf, btf__add_volatile(btf, btf__add_ptr(btf, wide)));
	btf__add_func_param(btf, "arg", user);
	btf__add_func_param(btf, NULL, small);
	btf__add_func_param(btf, NULL, 0);
	int other = btf__add_func_proto(btf, 0);
	btf__add_func_param(btf, "arg", btf__add_restrict(btf, btf__add_ptr(btf, second)));
	int global = btf__add_func(btf, "work", BTF_FUNC_GLOBAL, proto);
	btf__add_func(btf, "work", BTF_FUNC_STATIC, other);
	btf__add_func(btf, "far", BTF_FUNC_EXTERN, other);
	btf__add_func(btf, "work.isra.0", BTF_FUNC_STATIC, other);

	int variable = btf__add_var(btf, "per_cpu", BTF_VAR_GLOBAL_ALLOCATED,
				    btf__add_type_tag(btf, "percpu", first));
	int hidden = btf__add_var(btf, "per_cpu", BTF_VAR_STATIC, outer);
	btf__add_var(btf, "elsewhere", BTF_VAR_GLOBAL_EXTERN, number);
	btf__add_datasec(btf, ".data..percpu", 4096);
	btf__add_datasec_var_info(btf, variable, 64, 40);
	btf__add_datasec_var_info(btf, hidden, 4000, 16);
	btf__add_decl_tag(btf, "bpf_kfunc", global, -1);
	btf__add_decl_tag(btf, "bpf_fastcall", global, -1);
	btf__add_decl_tag(btf, "arg:nonnull", global, 1);
	btf__add_decl_tag(btf, "contains:twice:head", first, 0);
	btf__add_decl_tag(btf, "shared", variable, -1);
	btf__add_decl_tag(btf, "t", tagged, -1);
	btf__add_decl_tag(btf, "p", plain, 2);
	return btf;
}

/** A surface whose declarations are those of a blob. @param bytes outlive it */
static struct ks_surface *read_blob(const void *bytes, uint32_t len)
{
	struct ks_btf *btf;
	struct ks_btf_forming *forming;
	struct ks_surface *surface = ks_surface_new(1);
	assert_non_null(surface);
	assert_ok(ks_btf_open(bytes, len, NULL, &btf));
	surface->image = (struct ks_image){ .label = "made",
					    .release = "made",
					    .digest = "00",
					    .tier = KS_TIER_BTF,
					    .elf_class = 64,
					    .facts = KS_FACT_BTF | KS_FACT_FORMS };
	assert_ok(ks_btf_decls_read(btf, surface));
	assert_ok(ks_btf_forming_new(btf, NULL, surface, &forming));
	assert_ok(ks_btf_forming_run(forming, 1));
	ks_btf_forming_free(forming);
	ks_btf_close(btf);
	return surface;
}

static void no_kind_is_lost(void **state)
{
	(void)state;
	uint32_t len;
	struct btf *btf = make_btf();
	const void *bytes = btf__raw_data(btf, &len);
	assert_non_null(bytes);
	struct own own = spell_own(btf, 1);
	for (int kind = BTF_KIND_INT; kind <= BTF_KIND_ENUM64; kind++)
		if (!own.kinds[kind])
			fail_msg("kind %d is not tried", kind);
	check_read("made", btf, &own, read_blob(bytes, len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_btf_is_lost),
		cmocka_unit_test(nothing_of_split_btf_is_lost),
		cmocka_unit_test(no_kind_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
