/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/repo.h"

#include "arch/arch.h"

/** Each name stands for its newest package. */
static void add_standing(struct ks_repo_rows *rows)
{
	for (size_t i = 0; i < rows->newest.len; i++) {
		const struct ks_repo_newest *newest = &rows->newest.at[i];
		ks_buf_printf(&rows->text, "Package: %s\nVersion: %s\nDepends: %s (= %s)\n\n",
			      newest->name, newest->version, newest->package, newest->version);
	}
}

struct ks_error *ks_repo_read(const struct ks_mirror *mirror, struct ks_packages *packages)
{
	static struct ks_error *(*const readers[KS_NR_REPO_KINDS])(struct ks_repo_rows *) = {
		[KS_REPO_RPM] = ks_repo_read_rpm,
		[KS_REPO_PACMAN] = ks_repo_read_pacman,
		[KS_REPO_APK] = ks_repo_read_apk,
	};
	const struct ks_arch *arch = ks_arch_by_debian(mirror->arch);
	struct ks_repo_rows rows = {
		.mirror = mirror,
		.machine = arch ? arch->uname[0] : mirror->arch,
	};
	struct ks_error *err = readers[mirror->kind](&rows);
	if (!err && !rows.newest.len)
		err = ks_error_new(KS_ERR_NOTFOUND, "no kernels for %s", rows.machine);
	if (!err)
		add_standing(&rows);
	if (!err)
		err = ks_packages_add(packages, &rows.text);
	ks_buf_deinit(&rows.text);
	ks_vector_deinit(&rows.newest);
	ks_arena_deinit(&rows.arena);
	return ks_error_wrap(err, "%s", mirror->suite);
}
