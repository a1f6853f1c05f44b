/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/buf.h"
#include "kernel_list.h"

/** The unpacked file as text, or NULL. */
static char *unpack(const char *path)
{
	FILE *file = fopen(path, "re");
	ZSTD_DStream *stream = file ? ZSTD_createDStream() : NULL;
	struct ks_buf text = { 0 };
	char in[1 << 16], out[1 << 16];
	bool ok = stream != NULL;
	for (size_t n; ok && (n = fread(in, 1, sizeof(in), file));) {
		ZSTD_inBuffer from = { in, n, 0 };
		while (ok && from.pos < from.size) {
			ZSTD_outBuffer to = { out, sizeof(out), 0 };
			ok = !ZSTD_isError(ZSTD_decompressStream(stream, &to, &from));
			ks_buf_bytes(&text, out, to.pos);
		}
	}
	const char *whole = ok ? ks_buf_text(&text) : NULL;
	char *copy = whole ? strdup(whole) : NULL;
	ks_buf_deinit(&text);
	ZSTD_freeDStream(stream);
	if (file)
		fclose(file);
	return copy;
}

char *kernel_list_text(const char *release, const char *name)
{
	const char *shared = getenv("KSURF_SHARED");
	char path[4096];
	snprintf(path, sizeof(path), "%s/truth/facts/%s/%s.zst",
		 shared ? shared : KSURF_SOURCE_ROOT "/../shared", release, name);
	return unpack(path);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool kernel_list_read(const char *release, const char *name, struct kernel_list *ret)
{
	struct kernel_list list = { .text = kernel_list_text(release, name) };
	if (!list.text)
		return false;
	size_t lines = 0;
	for (const char *at = list.text; (at = strchr(at, '\n')); at++)
		lines++;
	list.at = calloc(lines + 1, sizeof(*list.at));
	char *save = NULL;
	for (char *line = strtok_r(list.text, "\n", &save); list.at && line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *word = strrchr(line, ' ');
		list.at[list.nr++] = word ? word + 1 : line;
	}
	if (list.nr)
		qsort(list.at, list.nr, sizeof(*list.at), compare);
	*ret = list;
	return list.at != NULL;
}

void kernel_list_free(struct kernel_list *list)
{
	free(list->at);
	free(list->text);
}

bool kernel_list_has(const struct kernel_list *list, const char *name)
{
	return list->nr && bsearch(&name, list->at, list->nr, sizeof(*list->at), compare);
}
