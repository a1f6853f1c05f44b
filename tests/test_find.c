/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding eBPF objects in files of all kinds. The objects are those of tests/objects. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>
#include <elf.h>

#include "arch/arch.h"
#include "base/array.h"
#include "base/buf.h"
#include "check.h"
#include "check/inputs.h"

static char folder[] = "/tmp/ksurf-find-XXXXXX";
static struct ks_buf little, big;

static void read_object(const char *name, struct ks_buf *out)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s.o", getenv("KSURF_OBJECTS"), name);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	char piece[4096];
	for (size_t n; (n = fread(piece, 1, sizeof(piece), f)) > 0;)
		ks_buf_bytes(out, piece, n);
	fclose(f);
}

static int setup(void **state)
{
	(void)state;
	if (getenv("KSURF_OBJECTS")) {
		read_object("tracing.bpfel", &little);
		read_object("legacy.bpfeb", &big);
	}
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	char command[256];
	ks_buf_deinit(&little);
	ks_buf_deinit(&big);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void need_objects(void)
{
	if (little.len)
		return;
	print_message("no clang: the objects could not be compiled\n");
	skip();
}

/** Write a file into the folder. @return its path, valid until the next call */
static const char *write_file(const char *name, const struct ks_buf *bytes)
{
	static char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes->at, 1, bytes->len, f), bytes->len);
	fclose(f);
	return path;
}

static struct ks_bpf_finds find(const char *path)
{
	struct ks_bpf_finds finds = { 0 };
	struct ks_error *err = ks_bpf_find(path, &finds);
	if (err)
		fail_msg("%s", ks_error_text(err));
	return finds;
}

static void is_object(const struct ks_bpf_found *found, const struct ks_buf *bytes, uint64_t offset,
		      const char *name)
{
	assert_null(found->error);
	assert_non_null(found->object);
	assert_int_equal(found->offset, offset);
	assert_int_equal(found->size, bytes->len);
	assert_memory_equal(found->bytes, bytes->at, bytes->len);
	assert_string_equal(found->name, name);
}

/** A program as linkers and Go make them: objects at odd places among other bytes, ELF headers included. */
static void pack_program(struct ks_buf *out, uint64_t at[2])
{
	ks_buf_bytes(out,
		     "\x7f"
		     "ELF\2\1\1",
		     7);
	for (int i = 0; i < 1001; i++)
		ks_buf_char(out, (char)(i * 7));
	at[0] = out->len;
	ks_buf_bytes(out, little.at, little.len);
	ks_buf_str(out, "\x7f\x7f"
			"ELF go:buildid \x7f"
			"ELF");
	at[1] = out->len;
	ks_buf_bytes(out, big.at, big.len);
	ks_buf_str(out, "tail");
}

static void an_object_is_found_by_itself(void **state)
{
	(void)state;
	need_objects();
	struct ks_bpf_finds finds = find(write_file("mini.bpf.o", &big));
	assert_int_equal(finds.len, 1);
	is_object(&finds.at[0], &big, 0, "mini");
	assert_null(finds.at[0].object->carrier);
	ks_bpf_finds_deinit(&finds);
}

static void objects_inside_a_program_are_named(void **state)
{
	(void)state;
	need_objects();
	_cleanup_buf_ struct ks_buf program = { 0 };
	uint64_t at[2];
	pack_program(&program, at);
	struct ks_bpf_finds finds = find(write_file("tool.so", &program));
	assert_int_equal(finds.len, 2);
	is_object(&finds.at[0], &little, at[0], "tracing"); // as its source, tracing.bpf.c
	is_object(&finds.at[1], &big, at[1], "tool.1");	    // which tells nothing of its source
	assert_null(finds.at[0].object->carrier);	    // a machine that nobody knows
	ks_bpf_finds_deinit(&finds);
	program.at[18] = EM_X86_64;
	program.at[19] = 0;
	finds = find(write_file("tool.so", &program));
	assert_int_equal(finds.len, 2);
	for (size_t i = 0; i < finds.len; i++)
		assert_string_equal(finds.at[i].object->carrier->debian, "amd64");
	ks_bpf_finds_deinit(&finds);
}

static void a_truncated_object_is_named(void **state)
{
	(void)state;
	need_objects();
	_cleanup_buf_ struct ks_buf half = { 0 };
	ks_buf_str(&half, "front");
	ks_buf_bytes(&half, little.at, little.len / 2);
	struct ks_bpf_finds finds = find(write_file("half", &half));
	assert_int_equal(finds.len, 1);
	assert_null(finds.at[0].object);
	assert_int_equal(finds.at[0].error->code, KS_ERR_DATA);
	assert_non_null(strstr(finds.at[0].error->msg, "at byte 5"));
	ks_bpf_finds_deinit(&finds);
}

static void count_trouble(void *arg, struct ks_error *err)
{
	assert_int_equal(err->code, KS_ERR_DATA);
	++*(unsigned int *)arg;
	ks_error_free(err);
}

static void what_cannot_be_read_is_told_and_left_out_or_the_error(void **state)
{
	(void)state;
	need_objects();
	_cleanup_buf_ struct ks_buf half = { 0 };
	ks_buf_bytes(&half, little.at, little.len / 2);
	char good[4096];
	snprintf(good, sizeof(good), "%s", write_file("good.o", &big));
	const char *const paths[] = { write_file("damaged.o", &half), good };
	_cleanup_inputs_ struct ks_check_inputs told = { 0 }, strict = { 0 }, none = { 0 };
	unsigned int nr = 0;
	assert_ok(ks_check_inputs_open(paths, 2, count_trouble, &nr, &told));
	assert_int_equal(nr, 1);
	assert_int_equal(told.nr, 1);
	assert_string_equal(told.at[0].path, good);
	assert_int_equal(told.at[0].size, big.len);
	expect_error(ks_check_inputs_open(paths, 2, NULL, NULL, &strict), KS_ERR_DATA, "");
	expect_error(ks_check_inputs_open(paths, 1, count_trouble, &nr, &none), KS_ERR_NOTFOUND,
		     "");
	assert_int_equal(nr, 2);
	const char *const absent = "/nonexistent/file";
	struct ks_error *err = ks_check_inputs_open(&absent, 1, NULL, NULL, &none);
	char *text = ks_error_text(err);
	assert_ptr_equal(strstr(text, absent), text); // the file is named once
	assert_null(strstr(text + 1, absent));
	free(text);
	ks_error_free(err);
}

static void nothing_to_find_is_an_error(void **state)
{
	(void)state;
	struct ks_buf text = { .at = (char *)"no object here", .len = 14 };
	struct ks_bpf_finds finds = { 0 };
	expect_error(ks_bpf_find(write_file("text", &text), &finds), KS_ERR_NOTFOUND, "");
	expect_error(ks_bpf_find("/nonexistent/file", &finds), KS_ERR_IO, "");
	ks_bpf_finds_deinit(&finds);
}

static void add_member(struct archive *a, const char *name, const struct ks_buf *bytes)
{
	struct archive_entry *entry = archive_entry_new();
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)bytes->len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0755);
	assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, bytes->at, bytes->len), bytes->len);
	archive_entry_free(entry);
}

/** An archive in memory that holds one member. */
static void pack(int (*format)(struct archive *), int (*filter)(struct archive *), const char *name,
		 const struct ks_buf *bytes, struct ks_buf *out)
{
	size_t used, room = bytes->len + (1 << 20);
	assert_true(ks_buf_reserve(out, room));
	struct archive *a = archive_write_new();
	assert_int_equal(format(a), ARCHIVE_OK);
	assert_int_equal(filter(a), ARCHIVE_OK);
	archive_write_set_bytes_per_block(a, 512);
	assert_int_equal(archive_write_open_memory(a, out->at, room, &used), ARCHIVE_OK);
	add_member(a, name, bytes);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	out->len = used;
}

static void objects_are_found_in_packages(void **state)
{
	(void)state;
	need_objects();
	_cleanup_buf_ struct ks_buf program = { 0 }, data = { 0 }, deb = { 0 };
	uint64_t at[2];
	pack_program(&program, at);
	pack(archive_write_set_format_ustar, archive_write_add_filter_xz, "./usr/bin/tool",
	     &program, &data);
	pack(archive_write_set_format_ar_svr4, archive_write_add_filter_none, "data.tar.xz", &data,
	     &deb);
	struct ks_bpf_finds finds = find(write_file("mini.deb", &deb));
	assert_int_equal(finds.len, 2);
	is_object(&finds.at[0], &little, at[0], "tracing"); // as its source, tracing.bpf.c
	is_object(&finds.at[1], &big, at[1], "tool.1");	    // which tells nothing of its source
	assert_non_null(strstr(finds.at[0].path, "/mini.deb:usr/bin/tool"));
	ks_bpf_finds_deinit(&finds);
}

static void objects_are_found_in_archives(void **state)
{
	(void)state;
	need_objects();
	static const struct {
		const char *name;
		int (*format)(struct archive *), (*filter)(struct archive *);
	} cases[] = {
		{ "a.zip", archive_write_set_format_zip, archive_write_add_filter_none },
		{ "a.tar.gz", archive_write_set_format_gnutar, archive_write_add_filter_gzip },
		{ "a.tar.zst", archive_write_set_format_pax, archive_write_add_filter_zstd },
		{ "a.cpio.bz2", archive_write_set_format_cpio_newc,
		  archive_write_add_filter_bzip2 },
		{ "mini.o.gz", archive_write_set_format_raw, archive_write_add_filter_gzip },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		_cleanup_buf_ struct ks_buf bytes = { 0 };
		pack(cases[i].format, cases[i].filter, "sub/mini.bpf.o", &little, &bytes);
		struct ks_bpf_finds finds = find(write_file(cases[i].name, &bytes));
		assert_int_equal(finds.len, 1);
		is_object(&finds.at[0], &little, 0, i == 4 ? "mini.o.gz" : "mini");
		ks_bpf_finds_deinit(&finds);
	}
}

/** ar and rustc leave the type of a member out of its mode: "644", where others say "100644". */
static void objects_are_found_in_static_archives(void **state)
{
	(void)state;
	need_objects();
	_cleanup_buf_ struct ks_buf bytes = { 0 };
	const struct ks_buf *const members[] = { &little, &big };
	ks_buf_str(&bytes, "!<arch>\n");
	for (size_t i = 0; i < KS_ARRAY_LEN(members); i++) {
		ks_buf_printf(&bytes, "%-16s%-12d%-6d%-6d%-8s%-10zu`\n",
			      i ? "big.bpf.o/" : "little.bpf.o/", 0, 0, 0, "644", members[i]->len);
		ks_buf_bytes(&bytes, members[i]->at, members[i]->len);
		if (members[i]->len % 2)
			ks_buf_char(&bytes, '\n');
	}
	struct ks_bpf_finds finds = find(write_file("libmini.a", &bytes));
	assert_int_equal(finds.len, 2);
	is_object(&finds.at[0], &little, 0, "little");
	is_object(&finds.at[1], &big, 0, "big");
	ks_bpf_finds_deinit(&finds);
}

/** A thin archive names files; beside objects in a folder it is nobody's business. */
static void thin_archives_are_refused_by_their_kind(void **state)
{
	(void)state;
	need_objects();
	struct ks_buf bytes = { .at = (char *)"!<thin>\n", .len = 8 };
	char path[4096];
	snprintf(path, sizeof(path), "%s/thin", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	write_file("thin/a.bpf.o", &little);
	write_file("thin/libmini.a", &bytes);
	struct ks_bpf_finds finds = find(path);
	assert_int_equal(finds.len, 1);
	strncat(path, "/libmini.a", sizeof(path) - strlen(path) - 1);
	for (int in_memory = 0; in_memory < 2; in_memory++) {
		struct ks_error *err =
			in_memory ? ks_bpf_find_bytes(path, bytes.at, bytes.len, &finds)
				  : ks_bpf_find(path, &finds);
		assert_non_null(err);
		assert_int_equal(err->code, KS_ERR_DATA);
		assert_non_null(
			strstr(err->msg, "libmini.a: no eBPF object in it: a thin archive"));
		ks_error_free(err);
	}
	assert_int_equal(finds.len, 1);
	ks_bpf_finds_deinit(&finds);
}

static void a_folder_is_searched_in_order(void **state)
{
	(void)state;
	need_objects();
	char path[4096];
	snprintf(path, sizeof(path), "%s/tree", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/tree/sub", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	struct ks_buf bad = { .at = (char *)"\x1f\x8b no gzip at all", .len = 17 };
	write_file("tree/z.o", &big);
	write_file("tree/sub/a.bpf.o", &little);
	write_file("tree/broken.gz", &bad);
	snprintf(path, sizeof(path), "%s/tree/link.o", folder);
	assert_int_equal(symlink("z.o", path), 0);
	snprintf(path, sizeof(path), "%s/tree", folder);
	struct ks_bpf_finds finds = find(path);
	assert_int_equal(finds.len, 2);
	is_object(&finds.at[0], &little, 0, "a");
	is_object(&finds.at[1], &big, 0, "z");
	ks_bpf_finds_deinit(&finds);
}

static bool can_be_mapped(const char *path, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *map = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return map != MAP_FAILED && munmap(map, len) == 0;
}

static void holes_cost_nothing(void **state)
{
	(void)state;
	need_objects();
	const off_t tera = (off_t)1 << 40;
	const char *path = write_file("sparse", &little);
	if (truncate(path, tera) != 0 || !can_be_mapped(path, (size_t)tera)) { // valgrind cannot
		print_message("no such large files here: skipped\n");
		unlink(path);
		skip();
	}
	FILE *f = fopen(path, "r+b");
	assert_int_equal(fseeko(f, tera - (off_t)little.len - 7, SEEK_SET), 0);
	assert_int_equal(fwrite(little.at, 1, little.len, f), little.len);
	fclose(f);
	struct ks_bpf_finds finds = { .max_seconds = 60 };
	struct ks_error *err = ks_bpf_find(path, &finds);
	if (err)
		fail_msg("%s", err->msg);
	assert_int_equal(finds.len, 2);
	is_object(&finds.at[0], &little, 0, "sparse.0");
	is_object(&finds.at[1], &little, (uint64_t)tera - little.len - 7, "sparse.1");
	ks_bpf_finds_deinit(&finds);
	unlink(path);
}

static void expect_end(const char *path, uint64_t max_bytes, size_t found)
{
	struct ks_bpf_finds finds = { .max_bytes = max_bytes };
	struct ks_error *err = ks_bpf_find(path, &finds);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_UNSUPPORTED);
	assert_non_null(strstr(err->msg, "MiB to look through"));
	ks_error_free(err);
	assert_int_equal(finds.len, found);
	for (size_t i = 0; i < finds.len; i++)
		assert_non_null(finds.at[i].object); // what was found before is there
	ks_bpf_finds_deinit(&finds);
}

static void looking_through_files_has_an_end(void **state)
{
	(void)state;
	need_objects();
	const uint64_t slice = 64 << 20; // that is looked at between two counts
	const char *path = write_file("large", &little);
	assert_int_equal(truncate(path, (off_t)(4 * slice)), 0);
	int fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	if (posix_fallocate(fd, 0, (off_t)(4 * slice)) != 0)
		skip();
	// zeros that are there count, unless the file system knows better
	for (uint64_t at = 1 << 20; at < 4 * slice; at += 1 << 12)
		assert_int_equal(pwrite(fd, "x", 1, (off_t)at), 1);
	close(fd);
	expect_end(path, 2 * slice, 1);
	unlink(path);
}

static void packed_zeros_count(void **state)
{
	(void)state;
	need_objects();
	struct ks_buf zeros = { 0 };
	assert_true(ks_buf_reserve(&zeros, 256 << 20));
	memset(zeros.at, 0, 256 << 20);
	zeros.len = 256 << 20;
	char path[4096];
	snprintf(path, sizeof(path), "%s/zeros.tar.gz", folder);
	struct archive *a = archive_write_new();
	archive_write_set_format_ustar(a);
	archive_write_add_filter_gzip(a);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	add_member(a, "a.o", &little);
	add_member(a, "nothing", &zeros);
	add_member(a, "z", &zeros);
	archive_write_free(a);
	ks_buf_deinit(&zeros);
	expect_end(path, 128 << 20, 1);
	unlink(path);
}

static void count_left_out(void *arg, struct ks_error *err)
{
	++*(int *)arg;
	assert_non_null(strstr(err->msg, "left out"));
	ks_error_free(err);
}

static void links_and_depths_that_lead_nowhere_are_one_line(void **state)
{
	(void)state;
	need_objects();
	char path[4096];
	snprintf(path, sizeof(path), "%s/loops", folder);
	assert_int_equal(mkdir(path, 0755), 0);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/loops/a%d.o", folder, i);
		char to[16];
		snprintf(to, sizeof(to), "a%d.o", i);
		assert_int_equal(symlink(to, path), 0);
	}
	write_file("loops/z.o", &big);
	int len = snprintf(path, sizeof(path), "%s/loops/", folder);
	for (int i = 0; i < 40; i++) {
		len += snprintf(path + len, sizeof(path) - (size_t)len, "d/");
		assert_int_equal(mkdir(path, 0755), 0);
	}
	snprintf(path, sizeof(path), "%s/loops", folder);
	int told = 0;
	struct ks_bpf_finds finds = { .left_out = count_left_out, .left_out_arg = &told };
	struct ks_error *err = ks_bpf_find(path, &finds);
	if (err)
		fail_msg("%s", err->msg);
	assert_int_equal(told, 1);
	assert_int_equal(finds.len, 1);
	is_object(&finds.at[0], &big, 0, "z");
	ks_bpf_finds_deinit(&finds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_found_by_itself),
		cmocka_unit_test(objects_inside_a_program_are_named),
		cmocka_unit_test(a_truncated_object_is_named),
		cmocka_unit_test(what_cannot_be_read_is_told_and_left_out_or_the_error),
		cmocka_unit_test(nothing_to_find_is_an_error),
		cmocka_unit_test(objects_are_found_in_packages),
		cmocka_unit_test(objects_are_found_in_archives),
		cmocka_unit_test(objects_are_found_in_static_archives),
		cmocka_unit_test(thin_archives_are_refused_by_their_kind),
		cmocka_unit_test(a_folder_is_searched_in_order),
		cmocka_unit_test(holes_cost_nothing),
		cmocka_unit_test(looking_through_files_has_an_end),
		cmocka_unit_test(packed_zeros_count),
		cmocka_unit_test(links_and_depths_that_lead_nowhere_are_one_line),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
