/* SPDX-License-Identifier: BSD-2-Clause */
/* Any text as what archives of RPM and apk packages say of themselves: repomd.xml, an index, a list of mirrors; and as a version. */
#include <stdlib.h>
#include <string.h>

#include "source/net/mirror_list.h"
#include "source/net/repo.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_repomd(const char *text)
{
	struct ks_repomd repomd;
	struct ks_error *err = ks_repomd_read(text, &repomd);
	if (!err && (!*repomd.path || strpbrk(repomd.path, "\n&") || strstr(repomd.path, "..")))
		abort(); // it leads to one file below the suite
	ks_error_free(err);
}

static void read_index(const char *text)
{
	static const struct ks_mirror mirror = { .kind = KS_REPO_APK, .url = "", .suite = "s" };
	struct ks_repo_rows rows = { .mirror = &mirror, .machine = "x86_64" };
	struct ks_packages packages = { 0 };
	struct ks_error *err = ks_apkindex_read(text, &rows);
	if (!err)
		err = ks_packages_add(&packages, &rows.text);
	for (size_t i = 0; !err && i < packages.list.len; i++) {
		const char *path = ks_stanza_value(packages.list.at[i].text, "Filename");
		if (!path || strncmp(path, "s/", 2) != 0)
			abort(); // a row is one stanza, with a path of its own
	}
	ks_error_free(err);
	ks_packages_deinit(&packages);
	ks_buf_deinit(&rows.text);
	ks_vector_deinit(&rows.newest);
	ks_arena_deinit(&rows.arena);
}

static void read_mirrors(const char *text)
{
	struct ks_buf url = { 0 };
	for (const char *at = text; ks_mirror_list_next(&at, &url);)
		if (strncmp(url.at, "http", 4) != 0 || strpbrk(url.at, " \n<"))
			abort();
	ks_buf_deinit(&url);
}

/** Two versions in a text order one way, and the other way round. */
static void compare(const char *text)
{
	size_t half = strlen(text) / 2;
	char *first = strndup(text, half);
	int one = first ? ks_repo_version_compare(KS_REPO_RPM, first, text + half) : 0;
	int other = first ? ks_repo_version_compare(KS_REPO_RPM, text + half, first) : 0;
	if ((one > 0) != (other < 0) || (one < 0) != (other > 0))
		abort();
	free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1);
	if (!text)
		return 0;
	if (len)
		memcpy(text, bytes, len);
	text[len] = '\0';
	read_repomd(text);
	read_index(text);
	read_mirrors(text);
	compare(text);
	free(text);
	return 0;
}
