/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the worker and its parent say to each other: one message a question, one an answer, over a pair of sockets. */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "cli/sandbox_beside.h"

/** Where the worker's end of the pair is; what was open above is closed. */
enum { KS_SANDBOX_FD = 3 };

enum ks_ask_what {
	KS_ASK_OPEN,   // flags, mode
	KS_ASK_STAT,   // flags of fstatat(2)
	KS_ASK_STATX,  // flags, mask
	KS_ASK_ACCESS, // flags, mode
	KS_ASK_READLINK,
	KS_ASK_MKDIR,  // mode
	KS_ASK_UNLINK, // flags
	KS_ASK_RENAME, // flags; it has two paths
	KS_ASK_CHMOD,  // mode; of the descriptor beside it, the path means nothing
	KS_ASK_CHOWN,  // the same; flags is the user, mode the group
	KS_ASK_FETCH,  // a stream; the path means nothing
	KS_NR_ASKS,
};

/** A question. Behind it stand the paths, each ended by NUL, and beside it the folder of the first when that is a descriptor, or the file. */
struct ks_ask {
	uint32_t what;
	uint32_t flags;
	uint32_t mode;
	uint32_t has_dir;
};

/** What comes back besides the result. */
union ks_ask_data {
	struct stat stat;
	struct statx statx;
	char link[PATH_MAX];
};

/** An answer. Behind it stands what was asked for; an opened file comes beside it. */
struct ks_ask_reply {
	int32_t result; // negative: -errno
	uint32_t len;	// of the data
};

/** Answer calls that the filter stops by asking the parent; for all threads of the process. @return 0 or an errno */
int ks_sandbox_trap(void);

/** Give up all rights to name files, as far as the kernel knows how. Where it has no Landlock nothing happens. */
void ks_sandbox_landlock(void);

/** Allow this process the system calls that it needs, and no others, for ever. @param answers it answers connections */
KS_MUST_CHECK struct ks_error *ks_sandbox_filter(bool answers);
