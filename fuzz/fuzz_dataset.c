/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of a DepSurf dataset. The first byte of an input picks the file it would stand in (the letters
 * below), the rest is the line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "source/dataset/dataset_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Letters of the types_* files. */
static const char decl_letters[] = {
	[KS_FUNCTION] = 'p', [KS_STRUCT] = 's', [KS_UNION] = 'u', [KS_ENUM] = 'e', [KS_INT] = 'i',
};

static void read_line(struct ks_dataset_reader *rd, char which, const char *line, size_t len)
{
	struct ks_function fn;
	struct ks_tracepoint tp;
	struct ks_symbol sym;
	struct ks_decl decl;
	const struct ks_syscall *calls;
	size_t nr_calls;
	const char *hit = memchr(decl_letters, which, sizeof(decl_letters));
	if (which == 'f' && ks_dataset_read_function(rd, line, len, &fn)) {
		// What a report asks of a group next.
		ks_function_collision(&fn);
		ks_function_inline_class(&fn);
		ks_function_transformed(&fn);
	} else if (which == 't') {
		ks_dataset_read_tracepoint(rd, line, len, &tp);
	} else if (which == 'y') {
		ks_dataset_read_symbol(rd, line, len, &sym);
	} else if (which == 'c') {
		ks_dataset_read_syscalls(rd, line, len, &calls, &nr_calls);
	} else if (hit && *hit) {
		ks_dataset_read_decl(rd, line, len, (enum ks_kind)(hit - decl_letters), &decl);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	// A copy of its own, so that a read behind its end is seen.
	char *line = malloc(size > 1 ? size - 1 : 1);
	if (!line)
		return 0;
	memcpy(line, data + 1, size - 1);
	struct ks_arena arena = { 0 };
	struct ks_dataset_reader rd = { .pool.arena = &arena };
	read_line(&rd, (char)data[0], line, size - 1);
	// The reader must be as good as new afterwards.
	read_line(&rd, (char)data[0], line, size - 1);
	ks_error_free(ks_jread_error(&rd.json));
	ks_dataset_reader_deinit(&rd);
	ks_arena_deinit(&arena);
	free(line);
	return 0;
}
