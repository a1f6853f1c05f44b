/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels out of packages: every packing and place, cut off, damaged and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "deb_builder.h"
#include "source/input.h"
#include "source/package/package.h"
#include "source/package/stream.h"

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
		"./boot/vmlinuz-6.1.0-50-amd64",
		"./lib/modules/6.1.0-50-amd64/vmlinuz",
		"./usr/lib/modules/7.2.13+deb14-amd64/vmlinuz",
		"./usr/lib/modules/7.2.13+deb14-amd64/vmlinuz.unsigned",
		"./boot/vmlinuz",
		("./usr/lib/debian-installer/images/12/ppc64el/text/debian-installer/ppc64el/"
		 "vmlinux"),
		"./usr/lib/debian-installer/images/12/mips64el/octeon/vmlinux-6.1.0-50-octeon"
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
					expect_error(err, KS_ERR_DATA, "truncated");
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
		expect_error(read_deb(&deb, KS_PACKAGE_VMLINUX, NULL, &package, NULL),
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
		expect_error(read_deb(&deb, KS_PACKAGE_VMLINUX, &limits, &package, NULL),
			     KS_ERR_DATA, "refused as endless");
		ks_buf_deinit(&deb);
		build_deb(control, large, packing, &deb);
		expect_error(read_deb(&deb, KS_PACKAGE_VMLINUX, &limits, &package, NULL),
			     KS_ERR_DATA, "refused");
		ks_buf_deinit(&deb);
	}
	free(zeros);
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
		cmocka_unit_test(progress_goes_forward_to_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
