/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Kinds of archives that packages are in, and how versions are ordered there. */
#include <stdbool.h>

enum ks_repo_kind {
	KS_REPO_DEB,	// suites with Packages files, of Debian and Ubuntu
	KS_REPO_RPM,	// rpm-md: repomd.xml
	KS_REPO_PACMAN, // databases of Arch's pacman
	KS_REPO_APK,	// Alpine's APKINDEX
	KS_NR_REPO_KINDS,
};

/** How a table of sets calls it. */
const char *ks_repo_kind_name(enum ks_repo_kind kind);
/** "deb", "rpm", "pacman", "apk". @return false when it is none of these */
bool ks_repo_kind_of(const char *name, enum ks_repo_kind *ret);
/** Order of two version numbers of such an archive: below, equal to or above zero. */
int ks_repo_version_compare(enum ks_repo_kind kind, const char *a, const char *b);
