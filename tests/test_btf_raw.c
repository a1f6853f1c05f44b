/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The BTF of mini kernels as files of its own, under the paths that people and btfhub give them: what the types tell is what
 * they tell inside of the kernel, all else is unknown, and whose they are is never guessed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "attach/attach.h"
#include "base/array.h"
#include "deb_builder.h"
#include "elf/image.h"
#include "extract/extract.h"
#include "source/load.h"
#include "source/source.h"
#include "surface/codec.h"
#include "surface/image.h"

static struct ks_buf btf;	  // of a mini kernel
static struct ks_surface *kernel; // the same kernel, read by BTF and symbols
static char *dir;

/** A mini kernel with BTF, its DWARF hidden. */
static int setup(void **state)
{
	(void)state;
	char path[4096];
	struct ks_elf *elf = NULL;
	const struct ks_extract_opts opts = { 0 };
	snprintf(path, sizeof(path), "%s/btf-amd64-gcc-dwarf5", getenv("KSURF_MINIS") ?: "");
	FILE *file = fopen(path, "re");
	dir = make_dir();
	if (!file)
		return 0;
	struct ks_buf bytes = { 0 };
	must(ks_buf_reserve(&bytes, 64 << 20));
	bytes.len = fread(bytes.at, 1, bytes.cap, file);
	fclose(file);
	for (char *at = bytes.at;
	     (at = memmem(at, (size_t)(bytes.at + bytes.len - at), ".debug_", 7));)
		at[1] = 'D';
	must(!ks_elf_open_memory(bytes.at, bytes.len, &elf));
	const struct ks_section *section = ks_elf_section(elf, ".BTF");
	must(section && section->data);
	ks_buf_bytes(&btf, section->data, section->size);
	must(!ks_extract(elf, &opts, &kernel));
	ks_elf_close(elf);
	ks_buf_deinit(&bytes);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ks_buf_deinit(&btf);
	ks_surface_free(kernel);
	remove_dir(dir);
	return 0;
}

static void need_btf(void)
{
	if (!kernel) {
		print_message("no mini kernel with BTF (needs pahole)\n");
		skip();
	}
}

static struct ks_error *read_file(const char *path, const char *release, struct ks_surface **ret)
{
	const struct ks_source_opts opts = { .release = release };
	const struct ks_extract_opts how = { 0 };
	_cleanup_source_ struct ks_source *src = NULL;
	KS_TRY(ks_source_open(path, &opts, &src));
	assert_true(src->is_btf);
	return ks_source_surface(src, &how, ret);
}

/** Write bytes below the test's folder, under a path that may have folders. */
static char *write_at(const char *path, const void *bytes, size_t len)
{
	char folder[4096];
	snprintf(folder, sizeof(folder), "%s/%s", dir, path);
	for (char *slash = folder + strlen(dir); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		mkdir(folder, 0700);
		*slash = '/';
	}
	return write_file(dir, path, bytes, len);
}

static void expect_text(const char *expected, const char *got)
{
	if (!expected || !got)
		assert_true(!expected && !got);
	else
		assert_string_equal(expected, got);
}

static void same_decls(const struct ks_surface *a, const struct ks_surface *b, enum ks_kind kind)
{
	struct ks_buf x = { 0 }, y = { 0 };
	assert_int_equal(a->decls[kind].nr, b->decls[kind].nr);
	for (size_t i = 0; i < a->decls[kind].nr; i++) {
		ks_codec_put_decl(&x, &a->decls[kind].at[i]);
		ks_codec_put_decl(&y, &b->decls[kind].at[i]);
	}
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.at ? x.at : "", y.at ? y.at : "", x.len);
	ks_buf_deinit(&x);
	ks_buf_deinit(&y);
}

static void types_are_those_of_the_kernel(void **state)
{
	(void)state;
	need_btf();
	char *path = write_at("types", btf.at, btf.len);
	struct ks_surface *surface = NULL;
	assert_null(read_file(path, "6.1.0-50-amd64@x86_64", &surface));
	for (enum ks_kind kind = KS_FUNCTION; kind <= KS_INT; kind++)
		same_decls(kernel, surface, kind);
	assert_true(ks_image_is_types(&surface->image));
	assert_false(ks_image_is_types(&kernel->image));
	assert_int_equal(surface->image.facts, KS_FACT_TYPES | KS_FACT_BTF | KS_FACT_FORMS);
	assert_false(surface->symtab_known);
	assert_int_equal(surface->nr_functions, surface->decls[KS_FUNCTION].nr);
	const uint32_t told = KS_KNOWS(KS_TRACEPOINT) | KS_KNOWS(KS_SYSCALL) | KS_KNOWS(KS_CONFIG);
	assert_int_equal(surface->known & told, 0);
	ks_surface_free(surface);
	free(path);
}

/** A function of the types can neither be said to attach nor not to. */
static void what_symbols_would_tell_is_unknown(void **state)
{
	(void)state;
	need_btf();
	char *path = write_at("types", btf.at, btf.len);
	struct ks_surface *surface = NULL;
	assert_null(read_file(path, "6.1.0-50-amd64@x86_64", &surface));
	const struct ks_attach_facts facts = ks_attach_facts_of(&surface->image);
	const struct ks_fact fact = {
		.image = &surface->image,
		.known = true,
		.present = true,
		.decl = &surface->decls[KS_FUNCTION].at[0],
		.function = &surface->functions[0],
	};
	static const enum ks_attach_way ways[] = { KS_WAY_FENTRY, KS_WAY_KPROBE,
						   KS_WAY_KPROBE_MULTI };
	for (size_t i = 0; i < KS_ARRAY_LEN(ways); i++)
		assert_int_equal(ks_attach_answer(&facts, &fact, ways[i]), KS_ANSWER_UNKNOWN);
	ks_surface_free(surface);
	free(path);
}

static void paths_tell_whose_they_are(void **state)
{
	(void)state;
	need_btf();
	struct ks_buf tar = { 0 }, packed = { 0 };
	const struct file files[] = { { "./5.4.0-100-generic.btf", btf.at, btf.len, NULL }, { 0 } };
	build_tar(files, TAR_GNU, &tar);
	pack(&tar, PACK_XZ, &packed);
	static const struct {
		const char *path, *release; // release: as --release says it
		bool is_tar;
		const char *label, *flavor, *distribution;
	} cases[] = {
		{ "ubuntu/20.04/x86_64/5.4.0-100-generic.btf.tar.xz", NULL, true,
		  "5.4.0-100-generic-amd64", "generic", "Ubuntu" },
		{ "debian/10/x86_64/4.19.0-20-amd64.btf", NULL, false, "4.19.0-20-amd64", "",
		  "Debian" },
		{ "x86_64/vmlinux-6.6.1.btf", NULL, false, "6.6.1-amd64", "", NULL },
		{ "some.tar.xz", "5.4.0-100-generic@amd64", true, "5.4.0-100-generic-amd64",
		  "generic", NULL },
		{ "ubuntu/20.04/x86_64/9.9.9.btf", "6.1.0-3-rt", false, "6.1.0-3-rt-amd64", "rt",
		  "Ubuntu" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		const struct ks_buf *bytes = cases[i].is_tar ? &packed : &btf;
		char *path = write_at(cases[i].path, bytes->at, bytes->len);
		struct ks_surface *surface = NULL;
		struct ks_error *err = read_file(path, cases[i].release, &surface);
		if (err)
			fail_msg("%s", ks_error_text(err));
		expect_text(cases[i].label, surface->image.label);
		expect_text(cases[i].flavor, surface->image.flavor);
		expect_text(cases[i].distribution, surface->image.distribution);
		ks_surface_free(surface);
		free(path);
	}
	ks_buf_deinit(&tar);
	ks_buf_deinit(&packed);
}

static void what_cannot_be_told_is_refused(void **state)
{
	(void)state;
	need_btf();
	static const struct {
		const char *path, *release, *words;
		enum ks_errcode code;
		size_t cut;
	} cases[] = {
		{ "types", NULL, "--release", KS_ERR_USAGE, 0 },
		{ "types", "no", "no release", KS_ERR_USAGE, 0 },
		{ "types", "6.1@pdp11", "pdp11", KS_ERR_UNSUPPORTED, 0 },
		{ "types", "6.1@s390x", "another machine", KS_ERR_DATA, 0 },
		{ "types", "6.1@i386", "another machine", KS_ERR_DATA, 0 },
		{ "types", "6.1@amd64", "types alone", KS_ERR_DATA, 100 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		char *path = write_at(cases[i].path, btf.at, btf.len - cases[i].cut);
		struct ks_surface *surface = NULL;
		struct ks_error *err = read_file(path, cases[i].release, &surface);
		assert_non_null(err);
		char *text = ks_error_text(err);
		if (err->code != cases[i].code || (!cases[i].cut && !strstr(text, cases[i].words)))
			fail_msg("%zu: got code %d and '%s'", i, err->code, text);
		free(text);
		ks_error_free(err);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_those_of_the_kernel),
		cmocka_unit_test(what_symbols_would_tell_is_unknown),
		cmocka_unit_test(paths_tell_whose_they_are),
		cmocka_unit_test(what_cannot_be_told_is_refused),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
