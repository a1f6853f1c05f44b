/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Serve the files of a folder on loopback, as they are when it begins: prints the URL, and ends with its standard input. @URL@ in a small
 * file is the URL.
 */
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vector.h"
#include "range_server.h"
#include "scratch.h"

static KS_VECTOR(struct served_file) files;

enum { TEXT_MAX = 4096 };

static void add(const char *path, const char *below, size_t len, const char *url)
{
	FILE *file = fopen(path, "re");
	char *bytes = calloc(1, len + 1);
	struct ks_buf out = { 0 };
	must(file && bytes && fread(bytes, 1, len, file) == len);
	fclose(file);
	const char *at = bytes;
	for (const char *word; len < TEXT_MAX && (word = strstr(at, "@URL@")); at = word + 5) {
		ks_buf_bytes(&out, at, (size_t)(word - at));
		ks_buf_str(&out, url);
	}
	ks_buf_bytes(&out, at, len - (size_t)(at - bytes));
	must(ks_buf_text(&out));
	free(bytes);
	const struct served_file served = { strdup(below), out.at, out.len };
	must(served.path && ks_vector_add(&files, served));
}

int main(int argc, char **argv)
{
	must(argc == 2);
	static const struct served_file nothing[1];
	struct range_server server = { .files = nothing };
	if (!range_server_start(&server))
		return 1;
	char *roots[] = { argv[1], NULL };
	size_t root = strlen(argv[1]);
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	must(tree);
	for (FTSENT *file; (file = fts_read(tree));)
		if (file->fts_info == FTS_F)
			add(file->fts_path, file->fts_path + root, (size_t)file->fts_statp->st_size,
			    server.url);
	fts_close(tree);
	must(ks_vector_add(&files, (struct served_file){ 0 }));
	server.files = files.at; // nobody has asked for anything yet
	puts(server.url);
	fflush(stdout);
	for (char byte; read(STDIN_FILENO, &byte, 1) > 0;)
		;
	range_server_stop(&server);
	return 0;
}
