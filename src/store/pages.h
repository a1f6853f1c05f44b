/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * A catalogue on a web server: SQLite reads its pages through a file system of its own (a VFS), which asks the server for what it
 * does not have, neighbours at once. Inside store/ only.
 */
#include <sqlite3.h>

#include "base/error.h"
#include "source/net/http.h"
#include "store/pages_cache.h"

struct ks_pages;

/**
 * Ask for the first bytes of a file, and let SQLite find it.
 * @return KS_ERR_UNSUPPORTED when the server takes no range requests
 */
KS_MUST_CHECK struct ks_error *ks_pages_open(const char *url, const struct ks_http_opts *http,
					     struct ks_pages **ret);
/** SQLite's handle must be closed. NULL is allowed */
void ks_pages_close(struct ks_pages *pages);
/** The name of the VFS, under which any file name opens it. */
const char *ks_pages_vfs(const struct ks_pages *pages);
uint64_t ks_pages_size(const struct ks_pages *pages);
/** Why the last read failed; the caller frees. NULL: it did not */
struct ks_error *ks_pages_error(struct ks_pages *pages);

/** Fetch the blocks that are not here, neighbours in one request. @param numbers sorted here */
KS_MUST_CHECK struct ks_error *ks_pages_bring(struct ks_pages *pages, uint64_t *numbers, size_t nr);
/** A block that is here, valid until more are fetched; NULL: it is not. */
const uint8_t *ks_pages_block(struct ks_pages *pages, uint64_t number);
/** Forget what is in memory when that is much. */
void ks_pages_make_room(struct ks_pages *pages);

/** Rows of a table that are going to be read. */
struct ks_pages_want {
	uint32_t root; // page of the table
	const int64_t *keys;
	size_t nr;
};
/**
 * Fetch the pages that have these rows, those of all tables of one level in as few requests as they take. What the pages say is not
 * believed: at worst the wrong ones are fetched.
 */
KS_MUST_CHECK struct ks_error *ks_pages_fetch(struct ks_pages *pages,
					      const struct ks_pages_want *wants, size_t nr);
