/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/codec/xz_block.h"

#include <pthread.h>
#include <string.h>

#include "base/cursor.h"
#include "base/pool.h"

enum {
	STEP_BYTES = 1 << 20,  // from one thread to the other
	PIECE_BYTES = 1 << 16, // the most that LZMA2 takes unpacked
	PLAIN_DICT_BYTES = 4096,
};
// of the dictionary coder; of the unpacked bytes, which are in memory twice (a kernel has 66 MiB)
static const uint64_t memory_max = 512 << 20, block_max = 256 << 20;

/* ---- what the headers say ---- */

/** Go over the chunks of LZMA2 data by their headers. @return false when they run past the end */
static bool measure(struct ks_cursor *c, uint64_t *ret)
{
	enum { END = 0, PACKED = 0x80, PROPS = 0x40 };
	for (*ret = 0;;) {
		uint32_t control = ks_cursor_u8(c);
		if (control == END)
			return !c->why;
		uint32_t high = ks_cursor_u8(c);
		uint64_t len = (high << 8 | ks_cursor_u8(c)) + 1ull, packed = len;
		if (control & PACKED) {
			len += (control & 0x1f) << 16;
			high = ks_cursor_u8(c);
			packed = (high << 8 | ks_cursor_u8(c)) + 1ull + !!(control & PROPS);
		}
		ks_cursor_take(c, packed);
		if (c->why)
			return false;
		*ret += len;
	}
}

static bool read_header(struct ks_cursor *c, const lzma_stream_flags *flags,
			struct ks_xz_block *ret)
{
	const uint8_t *start = c->pos;
	uint8_t size = ks_cursor_u8(c);
	lzma_block block = {
		.check = flags->check,
		.header_size = lzma_block_header_size_decode(size),
		.filters = ret->filters,
	};
	c->pos = start;
	return size && ks_cursor_take(c, block.header_size) &&
	       lzma_block_header_decode(&block, NULL, start) == LZMA_OK &&
	       lzma_raw_decoder_memusage(ret->filters) <= memory_max;
}

/** Whether index and footer tell of one block of that size. @param total bytes of the block in the stream */
static bool ends_well(struct ks_cursor *c, const lzma_stream_flags *flags, uint64_t total,
		      uint64_t len)
{
	lzma_index *index = NULL;
	lzma_stream_flags footer;
	uint64_t limit = PIECE_BYTES; // of memory: enough for one block
	size_t pos = 0;
	if (lzma_index_buffer_decode(&index, &limit, NULL, c->pos, &pos,
				     (size_t)(c->end - c->pos)) != LZMA_OK)
		return false;
	ks_cursor_take(c, pos);
	const uint8_t *end = ks_cursor_take(c, LZMA_STREAM_HEADER_SIZE);
	bool good = end && lzma_index_block_count(index) == 1 &&
		    lzma_index_total_size(index) == total &&
		    lzma_index_uncompressed_size(index) == len &&
		    lzma_stream_footer_decode(&footer, end) == LZMA_OK &&
		    lzma_stream_flags_compare(flags, &footer) == LZMA_OK &&
		    footer.backward_size == lzma_index_size(index);
	lzma_index_end(index, NULL);
	return good;
}

static bool read_stream(struct ks_cursor *c, struct ks_xz_block *ret)
{
	lzma_stream_flags flags;
	const uint8_t *head = ks_cursor_take(c, LZMA_STREAM_HEADER_SIZE), *start = c->pos;
	if (!head || lzma_stream_header_decode(&flags, head) != LZMA_OK ||
	    (flags.check != LZMA_CHECK_CRC32 && flags.check != LZMA_CHECK_CRC64) ||
	    !read_header(c, &flags, ret))
		return false;
	ret->check = flags.check;
	ret->packed = c->pos;
	if (!measure(c, &ret->len) || !ret->len || ret->len > block_max)
		return false;
	ret->packed_len = (uint64_t)(c->pos - ret->packed);
	uint32_t padding = 0;
	while ((c->pos - start) % 4 && !c->why)
		padding |= ks_cursor_u8(c);
	ret->sum = ks_cursor_take(c, lzma_check_size(flags.check));
	return ret->sum && !padding && ends_well(c, &flags, (uint64_t)(c->pos - start), ret->len);
}

bool ks_xz_block_of(const uint8_t *bytes, size_t len, struct ks_xz_block *ret)
{
	struct ks_cursor c = ks_cursor_over(bytes, len, false);
	*ret = (struct ks_xz_block){ .filters[0].id = LZMA_VLI_UNKNOWN };
	if (read_stream(&c, ret))
		return true;
	ks_xz_block_deinit(ret);
	return false;
}

void ks_xz_block_deinit(struct ks_xz_block *block)
{
	lzma_filters_free(block->filters, NULL);
	*block = (struct ks_xz_block){ .filters[0].id = LZMA_VLI_UNKNOWN };
}

/* ---- two threads ---- */

struct work {
	const struct ks_xz_block *block;
	const struct ks_progress *progress;
	size_t nr_filters;
	uint8_t *plain,
		*out; // without the dictionary coder; without the filters, too (or the same)
	pthread_mutex_t lock; // guards the two below
	pthread_cond_t moved;
	uint64_t ready; // bytes of plain that are there
	bool over;	// no more will be
};

static struct ks_error *damaged(lzma_ret ret)
{
	return ret == LZMA_MEM_ERROR ? &ks_nomem
				     : ks_error_new(KS_ERR_DATA, "the xz data is damaged");
}

static void tell_ready(struct work *work, uint64_t ready, bool over)
{
	pthread_mutex_lock(&work->lock);
	work->ready = ready;
	work->over = over;
	pthread_cond_signal(&work->moved);
	pthread_mutex_unlock(&work->lock);
}

/** Wait for more than so many bytes. @return how many there are: no more when none will come */
static uint64_t wait_ready(struct work *work, uint64_t done)
{
	pthread_mutex_lock(&work->lock);
	while (work->ready == done && !work->over)
		pthread_cond_wait(&work->moved, &work->lock);
	uint64_t ready = work->ready;
	pthread_mutex_unlock(&work->lock);
	return ready;
}

/** The first thread: what the block holds, as its filters left it. */
static struct ks_error *undo_dictionary(struct work *work)
{
	const struct ks_xz_block *block = work->block;
	const lzma_filter last[] = { block->filters[work->nr_filters], { LZMA_VLI_UNKNOWN, NULL } };
	lzma_stream xz = LZMA_STREAM_INIT;
	lzma_ret ret = lzma_raw_decoder(&xz, last);
	xz.next_in = block->packed;
	xz.avail_in = (size_t)block->packed_len;
	xz.next_out = work->plain;
	struct ks_error *cancelled = NULL;
	while (ret == LZMA_OK && !cancelled) {
		uint64_t left = block->len - xz.total_out;
		xz.avail_out = left < STEP_BYTES ? (size_t)left : STEP_BYTES;
		ret = lzma_code(&xz, LZMA_FINISH);
		tell_ready(work, xz.total_out, false);
		cancelled = ks_progress_tell(work->progress, "unpacking vmlinuz", xz.total_in,
					     block->packed_len);
	}
	bool good = ret == LZMA_STREAM_END && xz.total_out == block->len;
	tell_ready(work, xz.total_out, true);
	lzma_end(&xz);
	return cancelled ? cancelled : good ? NULL : damaged(ret);
}

/** A decoder for all filters but the last. liblzma has them only in front of a dictionary coder: one that does nothing. */
static lzma_ret open_filters(const struct work *work, lzma_stream *xz)
{
	lzma_options_lzma options = { .dict_size = PLAIN_DICT_BYTES };
	lzma_filter filters[LZMA_FILTERS_MAX + 1];
	memcpy(filters, work->block->filters, sizeof(filters));
	filters[work->nr_filters].options = &options;
	xz->next_out = work->out;
	xz->avail_out = (size_t)work->block->len;
	return lzma_raw_decoder(xz, filters);
}

/** Pass bytes on as LZMA2 has what cannot be packed. */
static lzma_ret undo_filters(lzma_stream *xz, const uint8_t *plain, uint64_t from, uint64_t to)
{
	enum { RESET = 1, GO_ON = 2 };
	lzma_ret ret = LZMA_OK;
	while (ret == LZMA_OK && from < to) {
		size_t n = to - from < PIECE_BYTES ? (size_t)(to - from) : PIECE_BYTES;
		const uint8_t head[] = { from ? GO_ON : RESET, (uint8_t)((n - 1) >> 8),
					 (uint8_t)(n - 1) };
		xz->next_in = head;
		xz->avail_in = sizeof(head);
		ret = lzma_code(xz, LZMA_RUN);
		xz->next_in = plain + from;
		xz->avail_in = n;
		if (ret == LZMA_OK)
			ret = lzma_code(xz, LZMA_RUN);
		from += n;
	}
	return ret;
}

static lzma_ret end_filters(lzma_stream *xz)
{
	static const uint8_t end = 0;
	xz->next_in = &end;
	xz->avail_in = 1;
	lzma_ret ret = lzma_code(xz, LZMA_FINISH);
	return ret == LZMA_STREAM_END ? LZMA_OK : LZMA_DATA_ERROR;
}

static uint64_t add_up(lzma_check check, uint64_t sum, const uint8_t *at, uint64_t len)
{
	return check == LZMA_CHECK_CRC32 ? lzma_crc32(at, (size_t)len, (uint32_t)sum)
					 : lzma_crc64(at, (size_t)len, sum);
}

static bool sum_agrees(const struct ks_xz_block *block, uint64_t sum)
{
	uint8_t bytes[sizeof(sum)] = { 0 };
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(sum >> 8 * i);
	return memcmp(bytes, block->sum, lzma_check_size(block->check)) == 0;
}

/** The second thread: everything behind the dictionary coder. */
static struct ks_error *undo_rest(struct work *work)
{
	const struct ks_xz_block *block = work->block;
	lzma_stream xz = LZMA_STREAM_INIT;
	lzma_ret ret = work->nr_filters ? open_filters(work, &xz) : LZMA_OK;
	uint64_t done = 0, summed = 0, sum = 0;
	while (ret == LZMA_OK && done < block->len) {
		uint64_t ready = wait_ready(work, done);
		if (ready == done)
			break; // the other thread has an error
		if (work->nr_filters)
			ret = undo_filters(&xz, work->plain, done, ready);
		if (work->nr_filters && ret == LZMA_OK && ready == block->len)
			ret = end_filters(&xz);
		uint64_t out = work->nr_filters ? xz.total_out : ready;
		sum = add_up(block->check, sum, work->out + summed, out - summed);
		summed = out;
		done = ready;
	}
	lzma_end(&xz);
	return ret == LZMA_OK && summed == block->len && sum_agrees(block, sum) ? NULL
										: damaged(ret);
}

static struct ks_error *run(void *arg, size_t job, unsigned int thread)
{
	(void)thread;
	return job == 0 ? undo_dictionary(arg) : undo_rest(arg);
}

struct ks_error *ks_xz_block_unpack(const struct ks_xz_block *block,
				    const struct ks_progress *progress, struct ks_map *ret)
{
	struct work work = {
		.block = block,
		.progress = progress,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.moved = PTHREAD_COND_INITIALIZER,
	};
	while (block->filters[work.nr_filters + 1].id != LZMA_VLI_UNKNOWN)
		work.nr_filters++;
	struct ks_map plain = { 0 }, out = { 0 };
	struct ks_error *err = ks_map_memory(block->len, &plain, &work.plain);
	work.out = work.plain;
	if (!err && work.nr_filters)
		err = ks_map_memory(block->len, &out, &work.out);
	if (!err)
		err = ks_pool_run(2, 2, run, &work); // the second job waits for the first only
	if (!err) {
		*ret = work.nr_filters ? out : plain;
		*(work.nr_filters ? &out : &plain) = (struct ks_map){ 0 };
	}
	ks_map_deinit(&plain);
	ks_map_deinit(&out);
	return err;
}
