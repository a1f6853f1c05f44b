/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/** What a program said. Both texts are owned; a zeroed struct is empty. */
struct ks_spawn {
	struct ks_buf out, err;
	int status; // exit status; 128 + signal when one ended it
};

/**
 * Run a program to its end, found in PATH, without a shell, in the C locale.
 * @param argv     NULL-terminated; argv[0] is the program
 * @param stdin_fd read by the program; -1: nothing
 * @return KS_ERR_NOTFOUND when there is no such program, KS_ERR_UNSUPPORTED when it prints too much to be kept. A bad exit status is no error here.
 */
KS_MUST_CHECK struct ks_error *ks_spawn_run(const char *const argv[], int stdin_fd,
					    struct ks_spawn *ret);
void ks_spawn_deinit(struct ks_spawn *spawn);

static inline void ks_spawn_deinitp(struct ks_spawn *spawn)
{
	ks_spawn_deinit(spawn);
}
#define _cleanup_spawn_ __attribute__((__cleanup__(ks_spawn_deinitp)))
