/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/pages.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "base/vector.h"
#include "store/pages_cache.h"

enum {
	BLOCK = KS_PAGES_BLOCK,
	FIRST = 12,	    // blocks at the beginning, which every question reads
	HEAD = 16,	    // and those that some read
	GAP = 9,	    // from one block to the next that is fetched with it, at most
	AT_ONCE_FEW = 4,    // requests, as long as blocks that nobody wants are few
	AT_ONCE_MOST = 512, // blocks in one request
	AHEAD_MOST = 32,    // blocks that are fetched when pages are read in order
	KEPT_MOST = 16384,  // blocks in memory
};
static const uint64_t most_bytes = 1ull << 36;

struct ks_pages {
	sqlite3_vfs vfs;
	char name[40];
	char *url;
	struct ks_input *in;
	struct ks_pages_cache cache;
	uint64_t size, nr; // bytes, blocks
	uint8_t **blocks;  // what has come; NULL: it has not
	size_t nr_kept;
	uint64_t next; // the block behind the last that was fetched
	unsigned int ahead;
	struct ks_error *err;
};

/** A file of SQLite's. */
struct page_file {
	sqlite3_file file;
	struct ks_pages *pages;
};

/* ---- blocks ---- */

static void forget(struct ks_pages *pages)
{
	for (uint64_t i = 0; i < pages->nr; i++)
		free(ks_take(pages->blocks[i]));
	pages->nr_kept = 0;
}

/** Room for a block in memory, zeroed. */
static uint8_t *make(struct ks_pages *pages, uint64_t number)
{
	if (!pages->blocks[number]) {
		pages->blocks[number] = calloc(1, BLOCK);
		pages->nr_kept += pages->blocks[number] != NULL;
	}
	return pages->blocks[number];
}

/** A block is in memory; it may have come from the cache. */
static bool is_here(struct ks_pages *pages, uint64_t number)
{
	if (pages->blocks[number])
		return true;
	uint8_t block[BLOCK];
	if (!ks_pages_cache_get(&pages->cache, number, block) || !make(pages, number))
		return false;
	memcpy(pages->blocks[number], block, BLOCK);
	return true;
}

/** One request for blocks [from, to). */
static struct ks_error *fetch(struct ks_pages *pages, uint64_t from, uint64_t to)
{
	uint64_t begin = from * BLOCK, end = to * BLOCK < pages->size ? to * BLOCK : pages->size;
	_cleanup_free_ char *bytes = malloc((size_t)(end - begin));
	size_t got;
	if (!bytes)
		return &ks_nomem;
	ks_input_want(pages->in, begin, end);
	KS_TRY(ks_input_read(pages->in, begin, bytes, (size_t)(end - begin), &got));
	if (got != end - begin)
		return ks_error_in_file(ks_error_new(KS_ERR_NET, "the file ends early"),
					pages->url);
	for (uint64_t i = from; i < to; i++) {
		uint8_t *block = make(pages, i);
		size_t at = (size_t)((i - from) * BLOCK), left = (size_t)(end - begin) - at;
		if (!block)
			return &ks_nomem;
		memcpy(block, bytes + at, left < BLOCK ? left : BLOCK);
		ks_pages_cache_put(&pages->cache, i, block);
	}
	pages->next = to;
	return NULL;
}

/** A page that nobody has announced: with those behind it when pages are read in order, as those of a long row are. */
static struct ks_error *fetch_page(struct ks_pages *pages, uint64_t number)
{
	uint64_t from = number, end = number + 1, to = number + 1;
	if (number < HEAD) {
		from = number && !is_here(pages, 1) ? 1 : number;
		end = HEAD;
	} else if (number == pages->next) {
		pages->ahead = pages->ahead < AHEAD_MOST ? 2 * pages->ahead : AHEAD_MOST;
		end = number + pages->ahead;
	} else {
		pages->ahead = 1;
	}
	end = end < pages->nr ? end : pages->nr;
	while (to < end && !is_here(pages, to))
		to++;
	return fetch(pages, from, to);
}

/** The blocks of one request. @return behind the last of them */
static size_t run_of(const uint64_t *numbers, size_t nr, size_t from, uint64_t gap)
{
	size_t end = from + 1;
	while (end < nr && numbers[end] - numbers[end - 1] <= gap &&
	       numbers[end] - numbers[from] < AT_ONCE_MOST)
		end++;
	return end;
}

/** A request costs as much as some blocks do that nobody wants; a few requests are made rather than fetching such. */
static uint64_t gap_for(const uint64_t *numbers, size_t nr)
{
	for (uint64_t gap = 2; gap < GAP; gap++) {
		size_t requests = 0;
		for (size_t i = 0; i < nr; i = run_of(numbers, nr, i, gap))
			requests++;
		if (requests <= AT_ONCE_FEW)
			return gap;
	}
	return GAP;
}

struct ks_error *ks_pages_bring(struct ks_pages *pages, uint64_t *numbers, size_t nr)
{
	size_t missing = 0;
	for (size_t i = 0; i < nr; i++)
		if (numbers[i] < pages->nr && !is_here(pages, numbers[i]))
			numbers[missing++] = numbers[i];
	ks_sort_numbers(numbers, missing);
	uint64_t gap = gap_for(numbers, missing);
	for (size_t i = 0, end; i < missing; i = end) {
		end = run_of(numbers, missing, i, gap);
		KS_TRY(fetch(pages, numbers[i], numbers[end - 1] + 1));
	}
	return NULL;
}

const uint8_t *ks_pages_block(struct ks_pages *pages, uint64_t number)
{
	return number < pages->nr && is_here(pages, number) ? pages->blocks[number] : NULL;
}

void ks_pages_make_room(struct ks_pages *pages)
{
	if (pages->nr_kept > KEPT_MOST)
		forget(pages);
}

/* ---- what SQLite asks ---- */

static int file_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *buf, int len, sqlite3_int64 offset)
{
	struct ks_pages *pages = ((struct page_file *)file)->pages;
	char *to = buf;
	if (len < 0 || offset < 0)
		return SQLITE_IOERR_READ;
	uint64_t at = (uint64_t)offset, left = (uint64_t)len;
	while (left && at < pages->size) {
		uint64_t number = at / BLOCK, in = at % BLOCK;
		uint64_t n = left < BLOCK - in ? left : BLOCK - in;
		n = n < pages->size - at ? n : pages->size - at;
		ks_pages_make_room(pages);
		struct ks_error *err = is_here(pages, number) ? NULL : fetch_page(pages, number);
		if (err) {
			ks_error_free(pages->err);
			pages->err = err;
			return SQLITE_IOERR_READ;
		}
		memcpy(to, pages->blocks[number] + in, (size_t)n);
		to += n;
		at += n;
		left -= n;
	}
	memset(to, 0, (size_t)left);
	return left ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *buf, int len, sqlite3_int64 offset)
{
	(void)file;
	(void)buf;
	(void)len;
	(void)offset;
	return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	(void)file;
	(void)size;
	return SQLITE_READONLY;
}

static int file_number(sqlite3_file *file, int number)
{
	(void)file;
	(void)number;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	*size = (sqlite3_int64)((struct page_file *)file)->pages->size;
	return SQLITE_OK;
}

static int file_reserved(sqlite3_file *file, int *reserved)
{
	(void)file;
	*reserved = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
	(void)file;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *file)
{
	(void)file;
	return BLOCK;
}

static int file_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_number,
	.xFileSize = file_size,
	.xLock = file_number,
	.xUnlock = file_number,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
		    int *ret_flags)
{
	(void)name;
	file->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN; // nothing is written, and nothing is large enough to need a file
	((struct page_file *)file)->pages = vfs->pAppData;
	file->pMethods = &methods;
	if (ret_flags)
		*ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_READONLY;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs;
	(void)name;
	(void)flags;
	*ret = 0; // no journal
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *name, int len, char *ret)
{
	(void)vfs;
	snprintf(ret, (size_t)len, "%s", name);
	return SQLITE_OK;
}

static void set_up_vfs(struct ks_pages *pages)
{
	const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
	pages->vfs = *usual; // its clock and its randomness
	pages->vfs.iVersion = 1;
	pages->vfs.szOsFile = sizeof(struct page_file);
	pages->vfs.pNext = NULL;
	snprintf(pages->name, sizeof(pages->name), "ksurf-%p", (void *)pages);
	pages->vfs.zName = pages->name;
	pages->vfs.pAppData = pages;
	pages->vfs.xOpen = vfs_open;
	pages->vfs.xDelete = vfs_delete;
	pages->vfs.xAccess = vfs_access;
	pages->vfs.xFullPathname = vfs_full_path;
}

/* ---- opening ---- */

static struct ks_error *open_all(struct ks_pages *pages, const struct ks_http_opts *http)
{
	struct ks_http_opts how = *http;
	how.first = ks_pages_cache_has(pages->url) ? BLOCK : FIRST * BLOCK;
	how.pinned = true;
	pages->cache.fd = -1;
	KS_TRY(ks_http_open(pages->url, &how, &pages->in));
	pages->size = pages->in->size;
	if (!pages->in->can_jump || pages->size == KS_INPUT_SIZE_UNKNOWN)
		return ks_error_in_file(
			ks_error_new(KS_ERR_UNSUPPORTED,
				     "the server does not send parts of files (range requests): "
				     "'ksurf fetch' takes the whole"),
			pages->url);
	if (pages->size > most_bytes)
		return ks_error_in_file(ks_error_new(KS_ERR_DATA, "too large for a catalogue"),
					pages->url);
	pages->nr = (pages->size + BLOCK - 1) / BLOCK;
	pages->blocks = calloc((size_t)pages->nr + 1, sizeof(*pages->blocks));
	if (!pages->blocks)
		return &ks_nomem;
	uint64_t head = how.first / BLOCK < pages->nr ? how.first / BLOCK : pages->nr;
	if (pages->nr)
		KS_TRY(fetch(pages, 0, head));
	ks_pages_cache_open(&pages->cache, pages->url, ks_http_validator(pages->in), pages->size);
	for (uint64_t i = 0; i < head; i++)
		ks_pages_cache_put(&pages->cache, i, pages->blocks[i]);
	set_up_vfs(pages);
	return sqlite3_vfs_register(&pages->vfs, 0) == SQLITE_OK ? NULL : &ks_nomem;
}

struct ks_error *ks_pages_open(const char *url, const struct ks_http_opts *http,
			       struct ks_pages **ret)
{
	struct ks_pages *pages = calloc(1, sizeof(*pages));
	if (!pages)
		return &ks_nomem;
	pages->url = strdup(url);
	struct ks_error *err = pages->url ? open_all(pages, http) : &ks_nomem;
	if (err)
		ks_pages_close(pages);
	else
		*ret = pages;
	return err;
}

void ks_pages_close(struct ks_pages *pages)
{
	if (!pages)
		return;
	if (pages->vfs.zName)
		sqlite3_vfs_unregister(&pages->vfs);
	if (pages->blocks)
		forget(pages);
	free(pages->blocks);
	if (pages->url)
		ks_pages_cache_close(&pages->cache);
	ks_input_close(pages->in);
	ks_error_free(pages->err);
	free(pages->url);
	free(pages);
}

const char *ks_pages_vfs(const struct ks_pages *pages)
{
	return pages->name;
}

uint64_t ks_pages_size(const struct ks_pages *pages)
{
	return pages->size;
}

struct ks_error *ks_pages_error(struct ks_pages *pages)
{
	return ks_take(pages->err);
}
