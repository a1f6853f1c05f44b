/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/status.h"

#include <stddef.h>

enum { OK, FAILURE, USAGE, NOT_FOUND, BAD_INPUT, BAD_STORE, NETWORK, DIFF_FAILURE };

const struct ks_status ks_statuses[] = {
	{ OK, "success" },
	{ FAILURE,
	  "the system refused: no memory, no permission, disk full, no such file; of diff: "
	  "something differs" },
	{ USAGE, "the command line makes no sense" },
	{ NOT_FOUND, "no such name, image or package, or no store yet" },
	{ BAD_INPUT, "the input is damaged, or nothing that ksurf reads" },
	{ BAD_STORE, "the store is foreign, too new, locked or damaged" },
	{ NETWORK, "a server did not answer as it should" },
	{ DIFF_FAILURE, "of diff: the system refused" },
	{ 0, NULL },
};

int ks_status_of(enum ks_errcode code, bool compares)
{
	static const int statuses[] = {
		[KS_ERR_NOMEM] = FAILURE,   [KS_ERR_IO] = FAILURE,
		[KS_ERR_DATA] = BAD_INPUT,  [KS_ERR_UNSUPPORTED] = BAD_INPUT,
		[KS_ERR_USAGE] = USAGE,	    [KS_ERR_NOTFOUND] = NOT_FOUND,
		[KS_ERR_STORE] = BAD_STORE, [KS_ERR_NET] = NETWORK,
	};
	return compares && statuses[code] == FAILURE ? DIFF_FAILURE : statuses[code];
}
