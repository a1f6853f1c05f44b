/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/status.h"

#include <stddef.h>

enum { OK, FAILURE, USAGE, NOT_FOUND, BAD_INPUT, BAD_STORE, NETWORK, MOVED_FAILURE, MOVED_USAGE };
_Static_assert(KS_STATUS_CRASH == MOVED_USAGE + 1, "each status means one thing");

const struct ks_status ks_statuses[] = {
	{ OK, "success" },
	{ FAILURE,
	  "the system refused: no memory, no permission, disk full, no such file; of diff: "
	  "something differs; of impact: a tool is touched; of check: there are risks" },
	{ USAGE, "the command line makes no sense; of check: a tool does not work" },
	{ NOT_FOUND, "no such name, image or package, or no store yet" },
	{ BAD_INPUT, "the input is damaged, or nothing that ksurf reads" },
	{ BAD_STORE, "the store is foreign, too new, locked or damaged" },
	{ NETWORK, "a server did not answer as it should" },
	{ MOVED_FAILURE, "of diff, impact and check: the system refused" },
	{ MOVED_USAGE, "of check: the command line makes no sense" },
	{ KS_STATUS_CRASH,
	  "the worker that reads files crashed; what it was writing is not in the store" },
	{ 0, NULL },
};

int ks_status_of(enum ks_errcode code, enum ks_answers answers)
{
	static const int statuses[] = {
		[KS_ERR_NOMEM] = FAILURE,     [KS_ERR_IO] = FAILURE,
		[KS_ERR_DATA] = BAD_INPUT,    [KS_ERR_UNSUPPORTED] = BAD_INPUT,
		[KS_ERR_USAGE] = USAGE,	      [KS_ERR_NOTFOUND] = NOT_FOUND,
		[KS_ERR_STORE] = BAD_STORE,   [KS_ERR_NET] = NETWORK,
		[KS_ERR_CANCELLED] = FAILURE,
	};
	int status = statuses[code];
	if (status == FAILURE && answers != KS_ANSWERS_NONE)
		return MOVED_FAILURE;
	if (status == USAGE && answers == KS_ANSWERS_VERDICTS)
		return MOVED_USAGE;
	return status;
}
