/* SPDX-License-Identifier: BSD-2-Clause */
/* What a path may be: told apart by content, or refused. */
#include <fcntl.h>
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

#include "base/array.h"
#include "check.h"
#include "deb_builder.h"
#include "source/package/pair.h"
#include "source/source.h"
#include "source/tmpfile.h"

enum { VMLINUX_BYTES = 1200 * 1000 + 123 }; // no multiple of a tar block

static void config_comes_from_the_package_or_from_another(void **state)
{
	(void)state;
	static const char text[] = "CONFIG_BPF=y\n# CONFIG_X is not set\n";
	static const char control[] = "Package: linux-image-6.1.0-50-amd64-dbg\nVersion: "
				      "6.1.176-1\nArchitecture: amd64\n";
	char *dir = make_dir();
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	const struct file image[] = { { "./boot/config-6.1", text, strlen(text), NULL },
				      { .path = "./boot/vmlinuz-6.1", .len = 100000 },
				      { "./usr/lib/debug/boot/vmlinux-6.1", vmlinux, VMLINUX_BYTES,
					NULL },
				      { 0 } };
	struct ks_buf with = { 0 }, without = { 0 };
	build_deb(control, image, PACK_XZ, &with);
	build_deb(control, image + 1, PACK_XZ, &without);
	char *with_path = write_file(dir, "with.deb", with.at, with.len);
	char *without_path = write_file(dir, "without.deb", without.at, without.len);
	char *text_path = write_file(dir, "config", text, strlen(text));
	const struct {
		const char *path, *config;
	} ways[] = { { with_path, NULL },
		     { without_path, with_path },
		     { without_path, text_path } };
	for (size_t i = 0; i < KS_ARRAY_LEN(ways); i++) {
		const struct ks_source_opts opts = { .config = ways[i].config };
		struct ks_source *src;
		assert_null(ks_source_open(ways[i].path, &opts, &src));
		assert_non_null(src->config);
		assert_string_equal(src->config, text);
		ks_source_close(src);
	}
	const struct ks_source_opts opts = { .config = without_path };
	struct ks_source *src = NULL;
	expect_error(ks_source_open(without_path, &opts, &src), KS_ERR_NOTFOUND, "configuration");
	free(with_path);
	free(without_path);
	free(text_path);
	free(vmlinux);
	ks_buf_deinit(&with);
	ks_buf_deinit(&without);
	remove_dir(dir);
}

static void packages_of_one_kernel_are_paired(void **state)
{
	(void)state;
	static const char *const names[] = { "linux-image-6.1.0-50-amd64",
					     "linux-image-6.1.0-50-amd64-dbg",
					     "linux-image-6.1.0-47-amd64-dbg",
					     "linux-modules-5.4.0-26-generic",
					     "linux-image-unsigned-5.4.0-26-generic-dbgsym",
					     "linux-image-unsigned-6.8.0-31-generic",
					     "linux-modules-6.8.0-31-generic",
					     "linux-modules-extra-6.8.0-31-generic",
					     "linux-binary-7.2.13+deb14-amd64",
					     "linux-base-7.2.13+deb14-amd64",
					     "linux-image-5.4.0-26-generic",
					     "linux-binary-unsigned-7.3.4-amd64",
					     "linux-base-7.3.4-amd64" };
	enum { NR = KS_ARRAY_LEN(names), TEXT = NR };
	const struct file nothing[] = { { 0 } };
	const char *paths[NR + 1];
	char *dir = make_dir();
	for (size_t i = 0; i < NR; i++) {
		char fields[128];
		snprintf(fields, sizeof(fields), "Package: %s\n", names[i]);
		struct ks_buf deb = { 0 };
		build_deb(fields, nothing, PACK_XZ, &deb);
		char name[] = { (char)('a' + i), '\0' }; // file names say nothing
		paths[i] = write_file(dir, name, deb.at, deb.len);
		ks_buf_deinit(&deb);
	}
	paths[TEXT] = write_file(dir, "text", "text", 4);
	size_t config_of[NR + 1];
	assert_null(ks_source_pair(paths, NR + 1, config_of));
	assert_int_equal(config_of[0], KS_IS_COMPANION);
	assert_int_equal(config_of[1], 0);
	assert_int_equal(config_of[2], KS_NO_PAIR);
	assert_int_equal(config_of[3], KS_IS_COMPANION);
	assert_int_equal(config_of[4], 3);
	assert_int_equal(config_of[5], 6); // what boots has it in another package
	assert_int_equal(config_of[6], KS_BRINGS_MODULES);
	assert_int_equal(config_of[7], KS_NO_PAIR);
	assert_int_equal(config_of[8], 9);
	assert_int_equal(config_of[9], KS_BRINGS_MODULES);
	assert_int_equal(config_of[10], KS_IS_COMPANION); // beside debug information
	assert_int_equal(config_of[11], 12);
	assert_int_equal(config_of[12], KS_BRINGS_MODULES);
	assert_int_equal(config_of[TEXT], KS_NO_PAIR);
	for (size_t i = 0; i <= NR; i++)
		free((char *)(uintptr_t)paths[i]);
	remove_dir(dir);
}

static void sources_are_told_apart_by_content(void **state)
{
	(void)state;
	char *dir = make_dir();
	static const struct {
		const char *bytes;
		size_t len;
		enum ks_errcode code;
		const char *word;
	} cases[] = {
		{ "", 0, KS_ERR_DATA, "an empty file" },
		{ "hello, kernel\n", 14, KS_ERR_UNSUPPORTED, "a text file" },
		{ "\0\1\2\3\4\5\6\7", 8, KS_ERR_UNSUPPORTED, "neither a kernel" },
		{ "\xed\xab\xee\xdb\3\0\0\0", 8, KS_ERR_DATA, "RPM" },
		{ "!<arch>\n", 8, KS_ERR_DATA, "truncated" },
		{ "!<thin>\n", 8, KS_ERR_UNSUPPORTED, "a thin archive" },
		{ "!<arch>\nnonsense", 16, KS_ERR_DATA, "truncated" },
		{ "!<arch>\n/               0           0     0     0       4         `\nabcd", 72,
		  KS_ERR_UNSUPPORTED, "not a Debian package" },
		{ "\xfd"
		  "7zXZ\0\0\0",
		  8, KS_ERR_DATA, "truncated" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		char *path = write_file(dir, "linux.deb", cases[i].bytes, cases[i].len);
		struct ks_source *src;
		expect_error(ks_source_open(path, NULL, &src), cases[i].code, cases[i].word);
		free(path);
	}
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	char *path = write_file(dir, "some.txt", vmlinux, VMLINUX_BYTES);
	struct ks_source *src;
	assert_null(ks_source_open(path, NULL, &src));
	assert_int_equal(src->type, KS_SOURCE_VMLINUX);
	assert_int_equal(src->len, VMLINUX_BYTES);
	assert_memory_equal(src->map, vmlinux, VMLINUX_BYTES);
	assert_null(src->package);
	ks_source_close(src);
	free(path);
	free(vmlinux);
	expect_error(ks_source_open("/nonexistent/vmlinux", NULL, &src), KS_ERR_IO, "No such file");
	remove_dir(dir);
}

static void directory_is_a_dataset_or_refused(void **state)
{
	(void)state;
	static const char *const folders[] = { "func_groups", "types_struct", "types_func" };
	char *dir = make_dir();
	struct ks_source *src;
	for (size_t i = 0; i < KS_ARRAY_LEN(folders); i++) {
		expect_error(ks_source_open(dir, NULL, &src), KS_ERR_UNSUPPORTED, "a directory");
		char *path;
		assert_true(asprintf(&path, "%s/%s", dir, folders[i]) > 0);
		assert_int_equal(mkdir(path, 0700), 0);
		free(path);
	}
	assert_null(ks_source_open(dir, NULL, &src));
	assert_int_equal(src->type, KS_SOURCE_DATASET);
	assert_null(src->map);
	ks_source_close(src);
	remove_dir(dir);
}

static void pipe_is_refused_without_waiting(void **state)
{
	(void)state;
	char *dir = make_dir(), *path;
	assert_true(asprintf(&path, "%s/fifo", dir) > 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	struct ks_source *src;
	expect_error(ks_source_open(path, NULL, &src), KS_ERR_USAGE, "neither a file");
	free(path);
	remove_dir(dir);
}

static void what_cannot_be_mapped_is_read(void **state)
{
	(void)state;
	struct ks_map map = { 0 };
	int fd = open("/proc/version", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		skip();
	assert_null(ks_map_fd(fd, 6, 7, &map));
	assert_int_equal(map.len, 7);
	assert_memory_equal(map.at, "version", 7); // "Linux version ..."
	ks_map_deinit(&map);
	expect_error(ks_map_fd(fd, 0, 1 << 20, &map), KS_ERR_IO, "cannot map");
	assert_null(map.base);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(config_comes_from_the_package_or_from_another),
		cmocka_unit_test(sources_are_told_apart_by_content),
		cmocka_unit_test(directory_is_a_dataset_or_refused),
		cmocka_unit_test(pipe_is_refused_without_waiting),
		cmocka_unit_test(packages_of_one_kernel_are_paired),
		cmocka_unit_test(what_cannot_be_mapped_is_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
