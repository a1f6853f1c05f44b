/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/spare.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Such as what /dev/stdout is: behind it may be a file, which nobody means to have under that name. */
static bool leads_to_open_file(const char *path)
{
	static const char proc[] = "/proc/";
	char target[sizeof(proc) - 1];
	return readlink(path, target, sizeof(target)) == (ssize_t)sizeof(target) &&
	       memcmp(target, proc, sizeof(target)) == 0;
}

struct ks_error *ks_spare_special(const char *path)
{
	struct stat st;
	bool there = lstat(path, &st) == 0;
	bool open = there && S_ISLNK(st.st_mode) && leads_to_open_file(path);
	if (!open && there && S_ISLNK(st.st_mode))
		there = stat(path, &st) == 0;
	if (!there || (!open && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))))
		return NULL;
	return ks_error_new(KS_ERR_USAGE,
			    "%s: is no file, and what is written takes the place of one: name one",
			    path);
}
