/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker of the server answers, and files of reports, in pieces: none is more than there is, and they end. */
#include <stdlib.h>

#include "cli/serve.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct ks_pieces pieces = { .at = bytes, .end = bytes + len };
	size_t sum = 0;
	for (int questions = 0; questions < 2; questions++)
		while (ks_pieces_next(&pieces)) {
			if (pieces.what >= KS_NR_PIECES || pieces.bytes < bytes ||
			    pieces.bytes + pieces.len != pieces.at || pieces.at > bytes + len)
				abort();
			for (size_t i = 0; i < pieces.len; i++)
				sum += pieces.bytes[i];
		}
	pieces = (struct ks_pieces){ .at = bytes, .end = bytes + len };
	if (ks_pieces_find(&pieces, KS_PIECE_HTML) && pieces.what != KS_PIECE_HTML)
		abort();
	return sum > SIZE_MAX - 1;
}
