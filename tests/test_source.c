/* SPDX-License-Identifier: BSD-2-Clause */
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
#include "deb_builder.h"
#include "source/input.h"
#include "source/package/package.h"
#include "source/package/pair.h"
#include "source/package/stream.h"
#include "source/source.h"
#include "source/tmpfile.h"

enum { VMLINUX_BYTES = 1200 * 1000 + 123 }; // no multiple of a tar block

static const char vmlinux_path[] = "./usr/lib/debug/boot/vmlinux-6.1.0-50-amd64";
static const char new_vmlinux_path[] = "./usr/lib/debug/lib/modules/7.2.13+deb14-amd64/vmlinux";
static const char control[] = "Package: linux-image-6.1.0-50-amd64-dbg\nSource: linux\n"
			      "Version: 6.1.176-1\nArchitecture: amd64\n"
			      "Description: symbols\n Package: not-this\n";
// Small bounds, so that small packages take the ways of large ones.
static const struct ks_package_limits small = { .probe = 256 << 10 };

static struct ks_error *read_deb(const struct ks_buf *deb, enum ks_package_wish wish,
				 const struct ks_package_limits *limits, struct ks_package *ret,
				 uint64_t *taken)
{
	struct ks_input *in;
	assert_null(ks_input_memory(deb->at, deb->len, &in));
	struct ks_error *err = ks_package_read(in, wish, limits, NULL, ret);
	if (taken)
		*taken = in->taken;
	ks_input_close(in);
	return err;
}

static void assert_vmlinux(const struct ks_package *package, const uint8_t *expect)
{
	assert_non_null(package->vmlinux.at);
	assert_int_equal(package->vmlinux.len, VMLINUX_BYTES);
	assert_memory_equal(package->vmlinux.at, expect, VMLINUX_BYTES);
}

/** An error of the kind, whose text has a word in it. */
static void assert_error(struct ks_error *err, enum ks_errcode code, const char *word)
{
	assert_non_null(err);
	char *text = ks_error_text(err);
	if (err->code != code || !strstr(text, word) || strchr(text, '\n'))
		fail_msg("expected code %d and '%s', got code %d and '%s'", code, word, err->code,
			 text);
	free(text);
	ks_error_free(err);
}

static void vmlinux_comes_out_of_every_packing_and_place(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	for (int packing = 0; packing < PACKINGS; packing++)
		for (int place = 0; place < 3; place++) {
			struct file files[5] = {
				{ .path = "./usr/share/doc/x/copyright", .bytes = "x", .len = 1 },
				{ .path = "./usr/lib/debug/lib/modules/6.1/kernel/a.ko",
				  .len = 700000 },
				{ .path = "./usr/lib/debug/lib/modules/6.1/kernel/b.ko",
				  .len = 600000 },
			};
			memmove(&files[place + 1], &files[place],
				sizeof(files[0]) * (3 - (size_t)place));
			files[place] = (struct file){ vmlinux_path, vmlinux, VMLINUX_BYTES, NULL };
			struct ks_buf deb = { 0 };
			build_deb(control, files, packing, &deb);
			struct ks_package package = { 0 };
			assert_null(read_deb(&deb, KS_PACKAGE_VMLINUX, &small, &package, NULL));
			assert_vmlinux(&package, vmlinux);
			assert_string_equal(package.vmlinux_path, vmlinux_path);
			assert_string_equal(package.name, "linux-image-6.1.0-50-amd64-dbg");
			assert_string_equal(package.version, "6.1.176-1");
			assert_string_equal(package.arch, "amd64");
			ks_package_deinit(&package);
			ks_buf_deinit(&deb);
		}
	free(vmlinux);
}

static void nothing_behind_vmlinux_is_read(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	const struct file files[] = {
		{ vmlinux_path, vmlinux, VMLINUX_BYTES, NULL },
		{ .path = "./usr/lib/debug/lib/modules/6.1/kernel/a.ko", .len = 4 << 20 },
		{ 0 },
	};
	for (int packing = 0; packing < PACKINGS; packing++) {
		struct ks_buf deb = { 0 };
		build_deb(control, files, packing, &deb);
		struct ks_package package = { 0 };
		uint64_t taken;
		assert_null(read_deb(&deb, KS_PACKAGE_VMLINUX, NULL, &package, &taken));
		assert_vmlinux(&package, vmlinux);
		assert_in_range(taken, 1, 2 << 20);
		ks_package_deinit(&package);
		ks_buf_deinit(&deb);
	}
	free(vmlinux);
}

static void what_boots_is_found_and_nothing_read_far_ahead(void **state)
{
	(void)state;
	static const char *const boots[] = {
		"./boot/vmlinuz-6.1.0-50-amd64", "./lib/modules/6.1.0-50-amd64/vmlinuz",
		"./usr/lib/modules/7.2.13+deb14-amd64/vmlinuz",
		"./usr/lib/modules/7.2.13+deb14-amd64/vmlinuz.unsigned", "./boot/vmlinuz"
	};
	static const char *const names[] = { "linux-image-6.1.0-50-amd64",
					     "linux-binary-unsigned-7.2.13+deb14-amd64",
					     "kernel-image-6.1.0-50-amd64-di" };
	uint8_t *bytes = noise(VMLINUX_BYTES, 7); // packed already, as vmlinuz is
	for (size_t i = 0; i < KS_ARRAY_LEN(boots) * KS_ARRAY_LEN(names); i++) {
		const char *path = boots[i % KS_ARRAY_LEN(boots)];
		const struct file files[] = {
			{ path, bytes, VMLINUX_BYTES, NULL },
			{ .path = "./lib/modules/6.1/kernel/a.ko", .len = 2 << 20 },
			{ 0 },
		};
		char fields[128];
		snprintf(fields, sizeof(fields), "Package: %s\n", names[i / KS_ARRAY_LEN(boots)]);
		for (int packing = 0; packing < PACKINGS; packing++) {
			struct ks_buf deb = { 0 };
			struct ks_package package = { 0 };
			uint64_t taken;
			build_deb(fields, files, packing, &deb);
			assert_null(read_deb(&deb, KS_PACKAGE_VMLINUX, NULL, &package, &taken));
			assert_vmlinux(&package, bytes);
			assert_string_equal(package.vmlinux_path, path);
			assert_in_range(taken, VMLINUX_BYTES, VMLINUX_BYTES + (512 << 10));
			ks_package_deinit(&package);
			ks_buf_deinit(&deb);
		}
	}
	free(bytes);
}

/** Streams of xz with blocks, as dpkg writes them: threads take several at a time, one takes what it needs. */
static void sparing_stream_takes_what_is_asked_for(void **state)
{
	(void)state;
	enum { WHOLE = 4 << 20, PART = 1 << 20, BUFFER = 256 << 10 };
	uint8_t *bytes = noise(WHOLE, 7), *out = malloc(PART);
	assert_non_null(out);
	const struct ks_buf plain = { .at = (char *)bytes, .len = WHOLE };
	struct ks_buf packed = { 0 };
	pack(&plain, PACK_XZ_BLOCKS, &packed);
	struct ks_input *in;
	struct ks_stream *stream;
	assert_null(ks_input_memory(packed.at, packed.len, &in));
	assert_null(ks_stream_open_sparing(in, 0, packed.len, WHOLE, &stream));
	for (size_t got, done = 0; done < PART; done += got)
		assert_null(ks_stream_read(stream, out + done, PART - done, &got));
	assert_memory_equal(out, bytes, PART);
	assert_in_range(ks_stream_offset(stream), PART, PART + 2 * XZ_BLOCK_BYTES);
	assert_in_range(in->taken, PART, PART + 2 * BUFFER);
	ks_stream_close(stream);
	ks_input_close(in);
	ks_buf_deinit(&packed);
	free(bytes);
	free(out);
}

/** A package as Debian's of 7.2: modules first, vmlinux near the end, links behind it. */
static void build_late(const uint8_t *vmlinux, enum packing packing, struct ks_buf *deb)
{
	const struct file files[] = {
		{ .path = "./usr/lib/debug/lib/modules/7.2/kernel/a.ko", .len = 1 << 20 },
		{ .path = "./usr/lib/debug/lib/modules/7.2/kernel/b.ko", .len = 3 << 20 },
		{ .path = "./usr/lib/debug/lib/modules/7.2/kernel/c.ko", .len = 100 },
		{ new_vmlinux_path, vmlinux, VMLINUX_BYTES, NULL },
		{ .path = "./usr/share/lintian/overrides/x", .bytes = "text", .len = 4 },
		{ .path = "./usr/lib/debug/boot/vmlinux-7.2.13+deb14-amd64",
		  .symlink = "../lib/modules/7.2.13+deb14-amd64/vmlinux" },
		{ 0 },
	};
	build_deb(control, files, packing, deb);
}

static void late_vmlinux_is_reached_from_the_end(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	struct ks_buf deb = { 0 };
	build_late(vmlinux, PACK_XZ_BLOCKS, &deb);
	struct ks_package package = { 0 };
	uint64_t taken;
	assert_null(read_deb(&deb, KS_PACKAGE_VMLINUX, &small, &package, &taken));
	assert_vmlinux(&package, vmlinux);
	assert_string_equal(package.vmlinux_path, new_vmlinux_path);
	assert_in_range(taken, 1, deb.len / 2);
	ks_package_deinit(&package);
	ks_buf_deinit(&deb);
	free(vmlinux);
}

static void late_vmlinux_is_reached_in_order_where_the_end_is_no_help(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	// one block only; and blocks, but a search that gives up before it is there
	static const struct {
		enum packing packing;
		struct ks_package_limits limits;
	} ways[] = { { PACK_XZ, { .probe = 256 << 10 } },
		     { PACK_XZ_BLOCKS, { .probe = 256 << 10, .search_max = 512 << 10 } },
		     { PACK_ZSTD, { .probe = 1 } } };
	for (size_t i = 0; i < KS_ARRAY_LEN(ways); i++) {
		struct ks_buf deb = { 0 };
		build_late(vmlinux, ways[i].packing, &deb);
		struct ks_package package = { 0 };
		assert_null(read_deb(&deb, KS_PACKAGE_VMLINUX, &ways[i].limits, &package, NULL));
		assert_vmlinux(&package, vmlinux);
		ks_package_deinit(&package);
		ks_buf_deinit(&deb);
	}
	free(vmlinux);
}

static void archive_inside_the_package_does_not_mislead_the_search(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	// behind vmlinux: a tar file with a vmlinux that is none; before it: a plain tar file
	const struct file decoys[] = { { "boot/vmlinux-1", "no ELF", 6, NULL }, { 0 } };
	struct ks_buf decoy = { 0 }, deb = { 0 };
	build_tar(decoys, TAR_GNU, &decoy);
	const struct file files[] = {
		{ .path = "./usr/share/a.bin", .len = 2 << 20 },
		{ "./usr/share/a.tar", decoy.at, decoy.len, NULL },
		{ new_vmlinux_path, vmlinux, VMLINUX_BYTES, NULL },
		{ "./usr/share/b.tar", decoy.at, decoy.len, NULL },
		{ .path = "./usr/share/b.bin", .len = 300 << 10 },
		{ 0 },
	};
	build_deb(control, files, PACK_XZ_BLOCKS, &deb);
	struct ks_package package = { 0 };
	assert_null(read_deb(&deb, KS_PACKAGE_VMLINUX, &small, &package, NULL));
	assert_vmlinux(&package, vmlinux);
	assert_string_equal(package.vmlinux_path, new_vmlinux_path);
	ks_package_deinit(&package);
	ks_buf_deinit(&deb);
	ks_buf_deinit(&decoy);
	free(vmlinux);
}

static void tar_archives_of_other_kinds_are_read(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	char path[300] = "./usr/lib/debug/lib/modules/";
	memset(path + strlen(path), 'v', 150); // needs a GNU long name or a pax record
	strcat(path, "/vmlinux");
	const struct file files[] = { { path, vmlinux, VMLINUX_BYTES, NULL }, { 0 } };
	for (int kind = TAR_GNU; kind <= TAR_PAX; kind++)
		for (int packing = 0; packing < PACKINGS; packing++) {
			struct ks_buf tar = { 0 }, packed = { 0 };
			build_tar(files, kind, &tar);
			pack(&tar, packing, &packed);
			struct ks_package package = { 0 };
			assert_null(read_deb(&packed, KS_PACKAGE_VMLINUX, NULL, &package, NULL));
			assert_vmlinux(&package, vmlinux);
			assert_null(package.name);
			ks_package_deinit(&package);
			ks_buf_deinit(&tar);
			ks_buf_deinit(&packed);
		}
	free(vmlinux);
}

static void package_cut_off_anywhere_is_an_error_or_whole(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	for (int packing = 0; packing < PACKINGS; packing++)
		for (int late = 0; late < 2; late++) {
			const struct file files[] = {
				{ .path = "./a", .len = late ? 700000 : 10 },
				{ vmlinux_path, vmlinux, VMLINUX_BYTES, NULL },
				{ .path = "./b", .len = 1000 },
				{ 0 },
			};
			struct ks_buf deb = { 0 };
			build_deb(control, files, packing, &deb);
			size_t len = deb.len;
			for (size_t cut = 8; cut < len; cut += cut < 400 ? 7 : len / 37) {
				deb.len = cut;
				struct ks_package package = { 0 };
				struct ks_error *err =
					read_deb(&deb, KS_PACKAGE_VMLINUX, &small, &package, NULL);
				if (err)
					assert_error(err, KS_ERR_DATA, "truncated");
				else
					assert_vmlinux(&package, vmlinux);
				ks_package_deinit(&package);
			}
			ks_buf_deinit(&deb);
		}
	free(vmlinux);
}

static void damaged_bytes_never_pass_as_vmlinux_where_the_format_has_checks(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	struct ks_buf deb = { 0 };
	build_late(vmlinux, PACK_XZ_BLOCKS, &deb);
	for (size_t at = 9; at < deb.len; at += deb.len / 61) {
		deb.at[at] ^= 0x10;
		struct ks_package package = { 0 };
		struct ks_error *err = read_deb(&deb, KS_PACKAGE_VMLINUX, &small, &package, NULL);
		if (!err)
			assert_vmlinux(&package, vmlinux);
		ks_error_free(err);
		ks_package_deinit(&package);
		deb.at[at] ^= 0x10;
	}
	ks_buf_deinit(&deb);
	free(vmlinux);
}

static void package_without_vmlinux_says_which_one_has_it(void **state)
{
	(void)state;
	static const struct {
		const char *control, *path, *word;
	} cases[] = {
		{ "Package: linux-image-6.1.0-50-amd64\n", "./usr/share/x",
		  "add linux-image-6.1.0-50-amd64-dbg" },
		{ "Package: linux-image-5.15.0-25-generic-dbgsym\n", "./usr/share/x",
		  "linux-image-unsigned-" },
		{ "Package: linux-headers-6.1.0-50-amd64\n", "./usr/src/x", "headers" },
		{ "Package: linux-modules-6.8.0-31-generic\n", "./lib/modules/6.8/a.ko",
		  "modules" },
		{ "Package: coreutils\n", "./usr/bin/ls", "no kernel debug package" },
		{ "Package: linux-image-amd64-dbg\nDepends: linux-image-6.1.0-50-amd64-dbg\n",
		  "./usr/share/doc/linux-image-amd64-dbg/copyright",
		  "stands for: linux-image-6.1.0-50-amd64-dbg" },
		{ NULL, "./x", "no vmlinux inside" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		const struct file files[] = { { .path = cases[i].path, .bytes = "x", .len = 1 },
					      { 0 } };
		struct ks_buf deb = { 0 };
		struct ks_package package = { 0 };
		build_deb(cases[i].control, files, PACK_ZSTD, &deb);
		assert_error(read_deb(&deb, KS_PACKAGE_VMLINUX, NULL, &package, NULL),
			     KS_ERR_NOTFOUND, cases[i].word);
		ks_buf_deinit(&deb);
	}
}

static void second_control_archive_is_ignored(void **state)
{
	(void)state;
	const char *const texts[] = { "Package: first\n", "Package: second\n" };
	struct ks_buf deb = { 0 }, tar = { 0 };
	ar_begin(&deb);
	ar_add(&deb, "debian-binary", "2.0\n", 4);
	for (size_t i = 0; i < 2; i++) {
		const struct file files[] = { { "control", texts[i], strlen(texts[i]), NULL },
					      { 0 } };
		tar.len = 0;
		build_tar(files, TAR_GNU, &tar);
		ar_add(&deb, "control.tar", tar.at, tar.len);
	}
	const struct file files[] = { { vmlinux_path, "\177ELF", 4, NULL }, { 0 } };
	tar.len = 0;
	build_tar(files, TAR_GNU, &tar);
	ar_add(&deb, "data.tar", tar.at, tar.len);
	struct ks_package package = { 0 };
	assert_null(read_deb(&deb, KS_PACKAGE_VMLINUX, NULL, &package, NULL));
	assert_string_equal(package.name, "first");
	ks_package_deinit(&package);
	ks_buf_deinit(&deb);
	ks_buf_deinit(&tar);
}

static void what_unpacks_without_end_is_refused(void **state)
{
	(void)state;
	enum { BOMB_BYTES = 12 << 20 };
	uint8_t *zeros = calloc(1, BOMB_BYTES);
	const struct file bomb[] = { { "./a", zeros, BOMB_BYTES, NULL }, { 0 } };
	const struct file large[] = { { vmlinux_path, zeros, BOMB_BYTES, NULL }, { 0 } };
	const struct ks_package_limits limits = { .unpacked_max = 8 << 20, .vmlinux_max = 4 << 20 };
	for (int packing = 0; packing < PACKINGS; packing++) {
		struct ks_buf deb = { 0 };
		struct ks_package package = { 0 };
		build_deb(control, bomb, packing, &deb);
		assert_error(read_deb(&deb, KS_PACKAGE_VMLINUX, &limits, &package, NULL),
			     KS_ERR_DATA, "refused as endless");
		ks_buf_deinit(&deb);
		build_deb(control, large, packing, &deb);
		assert_error(read_deb(&deb, KS_PACKAGE_VMLINUX, &limits, &package, NULL),
			     KS_ERR_DATA, "refused");
		ks_buf_deinit(&deb);
	}
	free(zeros);
}

static void config_comes_from_the_package_or_from_another(void **state)
{
	(void)state;
	static const char text[] = "CONFIG_BPF=y\n# CONFIG_X is not set\n";
	char *dir = make_dir();
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	const struct file image[] = { { "./boot/config-6.1", text, strlen(text), NULL },
				      { .path = "./boot/vmlinuz-6.1", .len = 100000 },
				      { vmlinux_path, vmlinux, VMLINUX_BYTES, NULL },
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
	assert_error(ks_source_open(without_path, &opts, &src), KS_ERR_NOTFOUND, "configuration");
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
		assert_error(ks_source_open(path, NULL, &src), cases[i].code, cases[i].word);
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
	assert_error(ks_source_open("/nonexistent/vmlinux", NULL, &src), KS_ERR_IO, "No such file");
	remove_dir(dir);
}

static void directory_is_a_dataset_or_refused(void **state)
{
	(void)state;
	static const char *const folders[] = { "func_groups", "types_struct", "types_func" };
	char *dir = make_dir();
	struct ks_source *src;
	for (size_t i = 0; i < KS_ARRAY_LEN(folders); i++) {
		assert_error(ks_source_open(dir, NULL, &src), KS_ERR_UNSUPPORTED, "a directory");
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
	assert_error(ks_source_open(path, NULL, &src), KS_ERR_USAGE, "neither a file");
	free(path);
	remove_dir(dir);
}

struct seen {
	uint64_t last;
	unsigned int calls;
	bool backwards;
};

static void on_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct seen *seen = arg;
	if (strcmp(what, "unpacking vmlinux"))
		return;
	seen->calls++;
	seen->backwards = seen->backwards || done < seen->last || done > total;
	seen->last = done;
}

static void progress_goes_forward_to_the_end(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(5 << 20);
	const struct file files[] = { { vmlinux_path, vmlinux, 5 << 20, NULL }, { 0 } };
	struct ks_buf deb = { 0 };
	build_deb(control, files, PACK_ZSTD, &deb);
	struct seen seen = { 0 };
	const struct ks_progress progress = { on_progress, &seen };
	struct ks_input *in;
	struct ks_package package = { 0 };
	assert_null(ks_input_memory(deb.at, deb.len, &in));
	assert_null(ks_package_read(in, KS_PACKAGE_VMLINUX, NULL, &progress, &package));
	assert_true(seen.calls >= 5);
	assert_false(seen.backwards);
	assert_int_equal(seen.last, 5 << 20);
	ks_package_deinit(&package);
	ks_input_close(in);
	ks_buf_deinit(&deb);
	free(vmlinux);
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
	assert_error(ks_map_fd(fd, 0, 1 << 20, &map), KS_ERR_IO, "cannot map");
	assert_null(map.base);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vmlinux_comes_out_of_every_packing_and_place),
		cmocka_unit_test(nothing_behind_vmlinux_is_read),
		cmocka_unit_test(what_boots_is_found_and_nothing_read_far_ahead),
		cmocka_unit_test(sparing_stream_takes_what_is_asked_for),
		cmocka_unit_test(late_vmlinux_is_reached_from_the_end),
		cmocka_unit_test(late_vmlinux_is_reached_in_order_where_the_end_is_no_help),
		cmocka_unit_test(archive_inside_the_package_does_not_mislead_the_search),
		cmocka_unit_test(tar_archives_of_other_kinds_are_read),
		cmocka_unit_test(package_cut_off_anywhere_is_an_error_or_whole),
		cmocka_unit_test(damaged_bytes_never_pass_as_vmlinux_where_the_format_has_checks),
		cmocka_unit_test(package_without_vmlinux_says_which_one_has_it),
		cmocka_unit_test(second_control_archive_is_ignored),
		cmocka_unit_test(what_unpacks_without_end_is_refused),
		cmocka_unit_test(config_comes_from_the_package_or_from_another),
		cmocka_unit_test(sources_are_told_apart_by_content),
		cmocka_unit_test(directory_is_a_dataset_or_refused),
		cmocka_unit_test(pipe_is_refused_without_waiting),
		cmocka_unit_test(packages_of_one_kernel_are_paired),
		cmocka_unit_test(what_cannot_be_mapped_is_read),
		cmocka_unit_test(progress_goes_forward_to_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
