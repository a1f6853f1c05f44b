/* SPDX-License-Identifier: BSD-2-Clause */
#include <ftw.h>
#include <unistd.h>

#include "scratch.h"

char *write_file(const char *dir, const char *name, const void *bytes, size_t len)
{
	char *path;
	must(asprintf(&path, "%s/%s", dir, name) >= 0);
	FILE *f = fopen(path, "we");
	must(f && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
	return path;
}

char *make_dir(void)
{
	const char *base = getenv("TMPDIR");
	char *dir;
	must(asprintf(&dir, "%s/ksurf-test-XXXXXX", base && *base ? base : "/tmp") >= 0);
	must(mkdtemp(dir));
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void remove_dir(char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(dir);
}
