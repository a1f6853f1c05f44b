/* SPDX-License-Identifier: BSD-2-Clause */
/* What a machine has: files of its packages, and objects made of programs that are loaded. */
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
#include "bpf/installed.h"
#include "bpf/loaded.h"
#include "bpf/object.h"
#include "check.h"
#include "scratch.h"

static void put(const char *dir, const char *path, const char *text)
{
	char whole[512];
	snprintf(whole, sizeof(whole), "%s/%s", dir, path);
	for (char *slash = strchr(whole + strlen(dir) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	FILE *file = fopen(whole, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void files_of_packages_are_found(void **state)
{
	(void)state;
	char *dir = make_dir();
	struct ks_installed_files files = { 0 };
	expect_error(ks_installed_find(dir, &files), KS_ERR_NOTFOUND, "no lists of packages");
	put(dir, "var/lib/dpkg/info/a.list",
	    "/.\n/usr\n/usr/bin/tool\n/usr/bin/script\n/usr/bin/gone\n/usr/lib/modules/6/x.ko\n");
	put(dir, "var/lib/dpkg/info/b:amd64.list", "/usr/lib/liba.so\n/usr/bin/tool\nno path\n\n");
	put(dir, "var/lib/dpkg/info/b.md5sums", "/usr/lib/libb.so\n");
	put(dir, "usr/bin/tool", "\177ELFxxxx");
	put(dir, "usr/bin/script", "#!/bin/sh\n");
	put(dir, "usr/lib/liba.so", "\177ELF");
	put(dir, "usr/lib/libb.so", "\177ELF");
	put(dir, "usr/lib/modules/6/x.ko", "\177ELF");
	assert_ok(ks_installed_find(dir, &files));
	assert_int_equal(files.paths.len, 2);
	assert_string_equal(files.paths.at[0] + strlen(dir), "/usr/bin/tool");
	assert_string_equal(files.paths.at[1] + strlen(dir), "/usr/lib/liba.so");
	ks_installed_files_deinit(&files);
	remove_dir(dir);
}

/** A database of rpm's own, with a package of two files. */
static bool make_rpm(const char *dir)
{
	static const char spec[] =
		"Name: tool\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\n"
		"%description\nx\n%install\nmkdir -p %{buildroot}/usr/lib\n"
		"printf '\\177ELF' >%{buildroot}/usr/lib/tool.bpf.o\n"
		"echo x "
		">%{buildroot}/usr/lib/script\n%files\n/usr/lib/tool.bpf.o\n/usr/lib/script\n";
	char command[2048];
	put(dir, "tool.spec", spec);
	put(dir, "var/lib/rpm/none", "");
	snprintf(command, sizeof(command),
		 "cd %s && rm -f var/lib/rpm/* && rpmbuild -bb --define \"_topdir $PWD/b\" "
		 "tool.spec >log 2>&1 && "
		 "rpm -i --justdb --nodeps --dbpath \"$PWD/var/lib/rpm\" b/RPMS/noarch/*.rpm",
		 dir);
	return system(command) == 0; // NOLINT(cert-env33-c)
}

static void files_of_rpm_are_found(void **state)
{
	(void)state;
	char *dir = make_dir();
	struct ks_installed_files files = { 0 };
	if (access("/usr/bin/rpmbuild", X_OK) != 0) {
		remove_dir(dir);
		skip();
	}
	put(dir, "var/lib/rpm/rpmdb.sqlite", "no database");
	expect_error(ks_installed_find(dir, &files), KS_ERR_DATA, "rpm cannot read it");
	assert_true(make_rpm(dir));
	put(dir, "usr/lib/tool.bpf.o", "\177ELF");
	put(dir, "usr/lib/script", "x");
	put(dir, "usr/lib/other.bpf.o", "\177ELF");
	assert_ok(ks_installed_find(dir, &files));
	assert_int_equal(files.paths.len, 1);
	assert_string_equal(files.paths.at[0] + strlen(dir), "/usr/lib/tool.bpf.o");
	ks_installed_files_deinit(&files);
	remove_dir(dir);
}

/** A list of rpm's that is too long to be kept is told, and nothing of it is taken; dpkg's beside it is. */
static void half_a_list_is_none(void **state)
{
	(void)state;
	char *dir = make_dir(), path[4096], whole[256];
	struct ks_installed_files files = { 0 };
	const char *before = getenv("PATH");
	put(dir, "var/lib/rpm/rpmdb.sqlite", "");
	put(dir, "bin/rpm", "#!/bin/sh\nhead -c 70000000 /dev/zero\n");
	snprintf(whole, sizeof(whole), "%s/bin/rpm", dir);
	assert_int_equal(chmod(whole, 0755), 0);
	snprintf(path, sizeof(path), "%s/bin:%s", dir, before);
	char *kept = strdup(before);
	assert_non_null(kept);
	setenv("PATH", path, 1);
	struct ks_error *alone = ks_installed_find(dir, &files);
	put(dir, "var/lib/dpkg/info/a.list", "/usr/bin/tool\n");
	put(dir, "usr/bin/tool", "\177ELF");
	struct ks_error *beside = ks_installed_find(dir, &files);
	setenv("PATH", kept, 1);
	free(kept);
	expect_error(alone, KS_ERR_UNSUPPORTED, "rpm prints more than");
	assert_ok(beside);
	assert_non_null(files.unread);
	assert_non_null(strstr(files.unread->msg, "rpm prints more than"));
	assert_int_equal(files.paths.len, 1);
	ks_installed_files_deinit(&files);
	remove_dir(dir);
}

/** What is written is read as any other object. */
static void loaded_programs_are_an_object(void **state)
{
	(void)state;
	static const uint8_t helpers[KS_LOADED_HELPERS / 8] = { [0] = 1 << 5, [23] = 1 << 5 };
	static const struct ks_bpf_loaded_program programs[] = {
		{ .id = 7, .name = "on_open", .section = "kprobe/do_sys_openat2" },
		{ .id = 9, .name = "on_open", .section = "kretprobe/do_sys_openat2" },
		{ .id = 12, .name = "", .section = "lsm/file_open" },
		{ .id = 13, .name = "m", .section = "kprobe.multi/f", .target = "f" },
		{ .id = 14, .name = "x", .section = "xdp", .helpers = helpers },
	};
	_cleanup_buf_ struct ks_buf bytes = { 0 };
	_cleanup_bpf_ struct ks_bpf_object *object = NULL;
	ks_bpf_loaded_write(programs, KS_ARRAY_LEN(programs), &bytes);
	assert_non_null(ks_buf_text(&bytes));
	assert_ok(ks_bpf_open(bytes.at, bytes.len, "some", &object));
	assert_int_equal(object->nr_programs, 5);
	assert_string_equal(object->license, "GPL");
	assert_string_equal(object->programs[0].name, "on_open#7");
	assert_int_equal(object->programs[0].hook.kind, KS_HOOK_KPROBE);
	assert_string_equal(object->programs[0].hook.target, "do_sys_openat2");
	assert_int_equal(object->programs[0].nr, 2);
	assert_string_equal(object->programs[1].name, "on_open#9");
	assert_true(object->programs[1].hook.on_return);
	assert_string_equal(object->programs[2].name, "#12");
	assert_string_equal(object->programs[2].hook.target, "file_open");
	assert_string_equal(object->programs[3].name, "m#13:f");
	assert_int_equal(object->programs[3].hook.kind, KS_HOOK_KPROBE_MULTI);
	assert_int_equal(object->programs[4].nr, 4); // bpf_ktime_get_ns, bpf_xdp_load_bytes
	assert_int_equal(object->programs[4].insns[0].imm, 5);
	assert_int_equal(object->programs[4].insns[1].imm, 189);
	assert_string_equal(object->programs[4].hook.program_type, "BPF_PROG_TYPE_XDP");
}

/** Whoever is not allowed to see them is told so; whoever is sees as many as there are. */
static void loaded_programs_are_seen_or_refused(void **state)
{
	(void)state;
	struct ks_bpf_loaded loaded = { 0 };
	struct ks_error *err = ks_bpf_loaded_find(&loaded);
	if (err)
		assert_int_equal(err->code, KS_ERR_IO);
	else
		assert_true(loaded.nr_silent <= loaded.nr_programs);
	ks_error_free(err);
	ks_bpf_loaded_deinit(&loaded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_packages_are_found),
		cmocka_unit_test(files_of_rpm_are_found),
		cmocka_unit_test(half_a_list_is_none),
		cmocka_unit_test(loaded_programs_are_an_object),
		cmocka_unit_test(loaded_programs_are_seen_or_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
