/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths that objects and compilers tell, as they are called where a report is read. */
#include <string.h>

#include "report/check/check_page.h"

/** What is left of a path behind a folder; NULL when it is not below it. */
static const char *below(const char *path, const char *folder, size_t len)
{
	while (len > 1 && folder[len - 1] == '/')
		len--;
	if (!len || strncmp(path, folder, len) != 0)
		return NULL;
	if (path[len] == '\0' || folder[len - 1] == '/')
		return path + len;
	return path[len] == '/' ? path + len + 1 : NULL;
}

/** Append what the map makes of a path. @return whether it says anything of it */
static bool map_path(const char *map, const char *path, struct ks_buf *out)
{
	for (const char *at = map; at && *at;) {
		size_t len = strcspn(at, ","), old = strcspn(at, "=,");
		const char *rest = old < len ? below(path, at, old) : NULL;
		if (rest) {
			size_t new = len - old - 1;
			ks_buf_bytes(out, at + old + 1, new);
			if (new &&*rest && at[len - 1] != '/')
				ks_buf_char(out, '/');
			ks_buf_str(out, rest);
			return true;
		}
		at += len + (at[len] == ',');
	}
	return false;
}

void ks_check_path(const struct ks_check_report *report, const char *path, struct ks_buf *out)
{
	if (map_path(report->map, path, out))
		return;
	const char *here = report->here ? below(path, report->here, strlen(report->here)) : NULL;
	if (here && *here)
		path = here;
	while (strncmp(path, "./", 2) == 0 && path[2])
		path += 2;
	ks_buf_str(out, path);
}
