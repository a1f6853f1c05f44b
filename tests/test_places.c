/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernels out of RPM packages, cpio archives and folders, and by build id from a server. Packages are put together
 * here after rpm's own documents (docs/manual/format_v4.md).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "check.h"
#include "deb_builder.h"
#include "range_server.h"
#include "source/net/debuginfod.h"
#include "source/scan.h"
#include "source/source.h"

enum { VMLINUX_BYTES = 300000 };
static const char debug_path[] = "./usr/lib/debug/lib/modules/6.5.6-300.fc39.x86_64/vmlinux";

static void build_cpio(const struct file *files, struct ks_buf *out)
{
	size_t used = 0;
	struct archive *a = archive_write_new();
	assert_true(ks_buf_reserve(out, 4 << 20));
	archive_write_set_format_cpio_newc(a);
	archive_write_set_bytes_in_last_block(a, 1);
	assert_int_equal(archive_write_open_memory(a, out->at, out->cap, &used), ARCHIVE_OK);
	for (const struct file *f = files; f->path; f++) {
		struct archive_entry *e = archive_entry_new();
		archive_entry_set_pathname(e, f->path);
		archive_entry_set_size(e, (la_int64_t)f->len);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0644);
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		assert_int_equal(archive_write_data(a, f->bytes, f->len), (int)f->len);
		archive_entry_free(e);
	}
	archive_write_free(a);
	out->len = used;
}

static void put32(struct ks_buf *out, uint32_t v)
{
	for (int i = 3; i >= 0; i--)
		ks_buf_char(out, (char)(v >> 8 * i));
}

/** A header of string tags. */
static void put_header(struct ks_buf *out, const char *const *texts, const uint32_t *tags,
		       uint32_t nr)
{
	struct ks_buf store = { 0 };
	ks_buf_bytes(out, "\x8e\xad\xe8\x01\0\0\0\0", 8);
	put32(out, nr);
	uint32_t len = 0;
	for (uint32_t i = 0; i < nr; i++)
		len += (uint32_t)strlen(texts[i]) + 1;
	put32(out, len);
	for (uint32_t i = 0; i < nr; i++) {
		put32(out, tags[i]);
		put32(out, 6); // a string
		put32(out, (uint32_t)store.len);
		put32(out, 1);
		ks_buf_strz(&store, texts[i]);
	}
	ks_buf_bytes(out, store.at, store.len);
	ks_buf_deinit(&store);
}

static void build_rpm(const char *name, const struct file *files, enum packing packing,
		      struct ks_buf *out)
{
	static const uint32_t tags[] = { 1000, 1001, 1002, 1022 };
	const char *const texts[] = { name, "6.5.6", "300.fc39", "x86_64" };
	static const uint32_t signature = 269;
	static const char *const digest = "0123456789";
	struct ks_buf cpio = { 0 }, packed = { 0 };
	ks_buf_bytes(out, "\xed\xab\xee\xdb\3\0\0\0", 8);
	while (out->len < 96)
		ks_buf_char(out, '\0');
	put_header(out, &digest, &signature, 1);
	while (out->len % 8)
		ks_buf_char(out, '\0');
	put_header(out, texts, tags, 4);
	build_cpio(files, &cpio);
	pack(&cpio, packing, &packed);
	ks_buf_bytes(out, packed.at, packed.len);
	ks_buf_deinit(&cpio);
	ks_buf_deinit(&packed);
}

static void rpm_packages_hold_kernels(void **state)
{
	(void)state;
	char *dir = make_dir();
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	const struct file files[] = { { "./usr/lib/debug/.dwz/x", "not this", 8, NULL },
				      { "./lib/modules/6.5.6-300.fc39.x86_64/config",
					"CONFIG_X=y\n", 11, NULL },
				      { debug_path, vmlinux, VMLINUX_BYTES, NULL },
				      { 0 } };
	for (int packing = PACK_NONE; packing < PACKINGS; packing++) {
		struct ks_buf rpm = { 0 };
		build_rpm("kernel-debuginfo", files, (enum packing)packing, &rpm);
		char *path = write_file(dir, "some.file", rpm.at, rpm.len);
		struct ks_source *src = NULL;
		struct ks_error *err = ks_source_open(path, NULL, &src);
		if (err)
			fail_msg("packing %d: %s", packing, ks_error_text(err));
		assert_string_equal(src->member, debug_path);
		assert_string_equal(src->package, "kernel-debuginfo");
		assert_string_equal(src->package_version, "6.5.6-300.fc39");
		assert_string_equal(src->package_arch, "x86_64");
		assert_string_equal(src->config, "CONFIG_X=y\n");
		assert_int_equal(src->len, VMLINUX_BYTES);
		assert_memory_equal(src->map, vmlinux, VMLINUX_BYTES);
		ks_source_close(src);
		free(path);
		ks_buf_deinit(&rpm);
	}
	free(vmlinux);
	remove_dir(dir);
}

static void damaged_rpm_packages_end_in_an_error(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	const struct file files[] = { { debug_path, vmlinux, VMLINUX_BYTES, NULL }, { 0 } };
	struct ks_buf rpm = { 0 };
	build_rpm("kernel-debuginfo", files, PACK_ZSTD, &rpm);
	for (size_t n = 0; n < 300; n++) {
		// the headers byte by byte, then further and further apart
		size_t at = n < 280 ? n : (n - 279) * rpm.len / 22, len = n % 2 ? rpm.len : at;
		struct ks_buf copy = { 0 };
		struct ks_input *in;
		struct ks_package package = { 0 };
		ks_buf_bytes(&copy, rpm.at, len);
		if (n % 2)
			copy.at[at] ^= (char)0xff;
		assert_null(ks_input_memory(copy.at ? copy.at : "", copy.len, &in));
		struct ks_error *err =
			ks_package_read(in, KS_PACKAGE_VMLINUX, NULL, NULL, &package);
		assert_true(err || n % 2);
		ks_error_free(err);
		ks_package_deinit(&package);
		ks_input_close(in);
		ks_buf_deinit(&copy);
	}
	ks_buf_deinit(&rpm);
	free(vmlinux);
}

static void rpm_without_a_kernel_says_which_one_has_it(void **state)
{
	(void)state;
	static const struct {
		const char *name, *word;
	} cases[] = { { "kernel-debuginfo-common-x86_64", "kernel-debuginfo" },
		      { "kernel-modules", "kernel-debuginfo" },
		      { "bash", "no kernel debug package" } };
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		const struct file files[] = { { "./usr/bin/x", "x", 1, NULL }, { 0 } };
		struct ks_buf rpm = { 0 };
		struct ks_input *in;
		struct ks_package package = { 0 };
		build_rpm(cases[i].name, files, PACK_XZ, &rpm);
		assert_null(ks_input_memory(rpm.at, rpm.len, &in));
		struct ks_error *err =
			ks_package_read(in, KS_PACKAGE_VMLINUX, NULL, NULL, &package);
		assert_non_null(err);
		assert_int_equal(err->code, KS_ERR_NOTFOUND);
		assert_non_null(strstr(err->msg, cases[i].word));
		ks_error_free(err);
		ks_input_close(in);
		ks_buf_deinit(&rpm);
	}
}

/** A path that leads out of the archive is only a name: nothing is written by it. */
static void paths_that_lead_outside_are_only_names(void **state)
{
	(void)state;
	char *dir = make_dir();
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	const struct file files[] = { { "../../../tmp/boot/vmlinux-1", vmlinux, 1000, NULL },
				      { "/boot/vmlinux-6.5", vmlinux, VMLINUX_BYTES, NULL },
				      { 0 } };
	struct ks_buf cpio = { 0 };
	build_cpio(files, &cpio);
	char *path = write_file(dir, "archive", cpio.at, cpio.len);
	struct ks_source *src = NULL;
	assert_null(ks_source_open(path, NULL, &src));
	assert_string_equal(src->member, "/boot/vmlinux-6.5");
	assert_int_equal(src->len, VMLINUX_BYTES);
	ks_source_close(src);
	ks_buf_deinit(&cpio);
	free(path);
	free(vmlinux);
	remove_dir(dir);
}

static void folders_are_looked_through(void **state)
{
	(void)state;
	char *dir = make_dir(), boot[4096], debug[4096];
	uint8_t *vmlinux = fake_vmlinux(1000);
	snprintf(boot, sizeof(boot), "%s/boot", dir);
	snprintf(debug, sizeof(debug), "%s/debug", dir);
	assert_int_equal(mkdir(boot, 0755) | mkdir(debug, 0755), 0);
	struct ks_scan scan = { 0 };
	expect_error(ks_scan_folder(dir, &scan), KS_ERR_UNSUPPORTED, "");
	free(write_file(boot, "vmlinuz-1", vmlinux, 1000));
	free(write_file(boot, "vmlinuz.txt", "only text", 9));
	free(write_file(boot, "initrd.img-1", vmlinux, 1000));
	free(write_file(debug, "vmlinux-1", vmlinux, 1000));
	free(write_file(boot, "vmlinux.cpio", "070701", 6)); // whatever is taken alone
	assert_null(ks_scan_folder(dir, &scan));
	assert_int_equal(scan.nr, 3);
	assert_non_null(strstr(scan.paths[0], "debug/vmlinux-1"));
	assert_non_null(strstr(scan.paths[1], "boot/vmlinux.cpio"));
	assert_non_null(strstr(scan.paths[2], "boot/vmlinuz-1"));
	ks_scan_deinit(&scan);
	free(vmlinux);
	remove_dir(dir);
}

static void configuration_lies_beside_what_boots(void **state)
{
	(void)state;
	char *dir = make_dir();
	uint8_t *vmlinux = fake_vmlinux(1000);
	char *path = write_file(dir, "vmlinuz-6.5", vmlinux, 1000);
	free(write_file(dir, "config-6.5", "CONFIG_Y=y\n", 11));
	free(write_file(dir, "System.map-6.5", "ffffffff81000000 T _text\n", 25));
	struct ks_source *src = NULL;
	assert_null(ks_source_open(path, NULL, &src));
	assert_string_equal(src->config, "CONFIG_Y=y\n");
	assert_string_equal(src->system_map, "ffffffff81000000 T _text\n");
	ks_source_close(src);
	free(path);
	free(vmlinux);
	remove_dir(dir);
}

/* ---- by build id ---- */

static const char id[] = "06f8bde3004698a1b2c3d4e5f60718293a4b5c6d";
static const char executable[] = "/buildid/0123456789abcdef0123/executable";

static void servers_are_asked_by_build_id(void **state)
{
	(void)state;
	uint8_t *vmlinux = fake_vmlinux(VMLINUX_BYTES);
	char path[128], urls[256];
	snprintf(path, sizeof(path), "/buildid/%s/debuginfo", id);
	const struct served_file files[] = { { path, vmlinux, VMLINUX_BYTES },
					     { executable, vmlinux, 1000 },
					     { 0 } };
	struct range_server s = { .files = files };
	if (!range_server_start(&s))
		skip();
	snprintf(urls, sizeof(urls), "http://127.0.0.1:1 %s/", s.url);
	struct ks_debuginfod_opts opts = { .urls = urls, .http = { .tries = 1, .backoff_ms = 1 } };
	struct ks_source *src = NULL;
	struct ks_error *err = ks_debuginfod_open(id, &opts, NULL, &src);
	if (err)
		fail_msg("%s", ks_error_text(err));
	assert_int_equal(src->len, VMLINUX_BYTES);
	assert_memory_equal(src->map, vmlinux, VMLINUX_BYTES);
	ks_source_close(src);
	assert_null(ks_debuginfod_open("0123456789abcdef0123", &opts, NULL, &src));
	assert_int_equal(src->len, 1000);
	ks_source_close(src);
	static const struct {
		const char *id;
		enum ks_errcode code;
	} wrong[] = { { "ffffffffffffffffffff", KS_ERR_NET },
		      { "../../etc/passwd", KS_ERR_USAGE },
		      { "abc", KS_ERR_USAGE } };
	for (size_t i = 0; i < KS_ARRAY_LEN(wrong); i++) {
		err = ks_debuginfod_open(wrong[i].id, &opts, NULL, &src);
		assert_non_null(err);
		assert_int_equal(err->code, wrong[i].code);
		ks_error_free(err);
	}
	opts.limits.vmlinux_max = 1000;
	err = ks_debuginfod_open(id, &opts, NULL, &src);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_NET); // of the first server; the second sends too much
	ks_error_free(err);
	range_server_stop(&s);
	free(vmlinux);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rpm_packages_hold_kernels),
		cmocka_unit_test(damaged_rpm_packages_end_in_an_error),
		cmocka_unit_test(rpm_without_a_kernel_says_which_one_has_it),
		cmocka_unit_test(paths_that_lead_outside_are_only_names),
		cmocka_unit_test(folders_are_looked_through),
		cmocka_unit_test(configuration_lies_beside_what_boots),
		cmocka_unit_test(servers_are_asked_by_build_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
