/* SPDX-License-Identifier: BSD-2-Clause */
/* What the worker takes from itself. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "cli/sandbox_filter_made.h" // by sandbox_filter_make.c
#include "cli/sandbox_private.h"

/* ---- Landlock ---- */

/** The arguments of landlock_create_ruleset(2), as far as they have come: linux/landlock.h may be older than the kernel. */
struct landlock_ruleset {
	uint64_t fs, net, scoped;
};

/** What each version of Landlock brought that can be given up: the highest bits, of 1 on each. */
static const struct {
	int abi;
	struct landlock_ruleset rights;
	size_t size; // of the struct that it takes
} landlocks[] = {
	{ 6, { 0xffff, 3, 3 }, 24 }, // abstract sockets, signals
	{ 5, { 0xffff, 3, 0 }, 16 }, // ioctl of devices
	{ 4, { 0x7fff, 3, 0 }, 16 }, // TCP
	{ 3, { 0x7fff, 0, 0 }, 8 },  // truncate
	{ 2, { 0x3fff, 0, 0 }, 8 },  // move between folders
	{ 1, { 0x1fff, 0, 0 }, 8 },
};

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

void ks_sandbox_landlock(void)
{
	enum { ASK_VERSION = 1 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, ASK_VERSION);
	size_t i = 0;
	while (i < KS_ARRAY_LEN(landlocks) && landlocks[i].abi > abi)
		i++;
	if (i == KS_ARRAY_LEN(landlocks))
		return;
	long rules =
		syscall(SYS_landlock_create_ruleset, &landlocks[i].rights, landlocks[i].size, 0);
	if (rules < 0)
		return;
	syscall(SYS_landlock_restrict_self, (int)rules, 0); // without a rule that allows anything
	close((int)rules);
}

/* ---- seccomp ---- */

struct ks_error *ks_sandbox_filter(bool answers)
{
	enum { MOST = KS_ARRAY_LEN(server_filter) };
	_Static_assert(KS_ARRAY_LEN(reader_filter) <= MOST, "the server's has more rules");
	struct sock_filter steps[MOST];
	const struct sock_fprog filter = {
		.len = answers ? MOST : KS_ARRAY_LEN(reader_filter),
		.filter = steps,
	};
	memcpy(steps, answers ? server_filter : reader_filter, filter.len * sizeof(*steps));
	steps[answers ? server_own_pid : reader_own_pid].k = (uint32_t)getpid();
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
		return NULL;
	return ks_error_new(KS_ERR_UNSUPPORTED, "seccomp: %s", strerror(errno));
}
