/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* An archive of small kernels on loopback, of which more are released while the test goes on: the set mini:6. */
#include "base/buf.h"
#include "range_server.h"
#include "source/net/pull.h"

enum { MINI_RELEASES = 8 };

struct mini_archive {
	char *dir; // with the table of sets, and what is cached
	uint8_t *kernel;
	size_t kernel_len;
	bool bare; // packages without a configuration are built
	struct ks_buf debs[MINI_RELEASES + 1], packages, release;
	bool listed[MINI_RELEASES + 1], gone[MINI_RELEASES + 1];
	char paths[MINI_RELEASES + 1][64];
	struct served_file files[MINI_RELEASES + 4];
	struct range_server server;
};

/** Begin without any kernel. XDG_CONFIG_HOME has the table of sets then. @return false when there are no minis, or no loopback */
bool mini_archive_begin(struct mini_archive *archive);
void mini_archive_end(struct mini_archive *archive);
/** Release 6.6.NR-mini-amd64. @param gone its file is not there */
void mini_archive_release(struct mini_archive *archive, unsigned int nr, bool gone);
/** How to pull from it. */
struct ks_pull_opts mini_archive_opts(const struct mini_archive *archive);
