/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Bytes of one file on a web server, from wherever they are wanted, through libcurl: tried again when they break off, and not for ever. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "source/input.h"
#include "source/net/curl.h"
#include "source/net/http.h"

enum { KS_VALIDATOR_MAX = 200 };

/** One that was zeroed may be freed. */
struct ks_http_transfer {
	struct ks_input *in; // whose size, can_jump and taken are told here
	const struct ks_curl *curl;
	CURLM *multi;
	CURL *easy;
	char *url;
	struct ks_error *err; // what is wrong with the answer
	bool err_again;	      // ... and whether it may be gone at the next try
	unsigned int tries, backoff_ms, total_s;
	uint64_t waited_us, deadline_us; // for the server, all in all
	const struct ks_cancel *cancel;
	uint64_t want_begin, want_end; // announced range; empty when none was

	// the transfer under way
	bool running, answered, paused;
	CURLcode result; // once it does not run any more
	uint64_t pos;	 // offset in the file of the first byte in buf
	uint64_t skip;	 // bytes still to be thrown away: the server ignored the range
	size_t buf_at, buf_len;
	uint8_t *buf;

	// its answer
	uint64_t range_begin, range_total, length, end;	     // end: of the range asked for
	bool has_range, has_length, takes_ranges, known;     // known: some answer was good
	char etag[KS_VALIDATOR_MAX], date[KS_VALIDATOR_MAX]; // empty: it has none
	char *validator;				     // of the first
	bool pinned;
};

/** Bytes: a jump no longer than this reads on instead of asking anew. */
enum { KS_TRANSFER_SKIP = 64 << 10 };

/** @param t zeroed @param in borrowed as long as t @return KS_ERR_UNSUPPORTED when there is no libcurl */
KS_MUST_CHECK struct ks_error *ks_http_transfer_init(struct ks_http_transfer *t, const char *url,
						     struct ks_input *in,
						     const struct ks_http_opts *opts);
void ks_http_transfer_deinit(struct ks_http_transfer *t);

/**
 * Wait until the next bytes to take are those at offset, or in->size says that the file ends there, within the time that there is for
 * the whole file.
 * @return KS_ERR_NET when the server fails for good, KS_ERR_CANCELLED
 */
KS_MUST_CHECK struct ks_error *ks_http_transfer_fill(struct ks_http_transfer *t, uint64_t offset);
/** Take bytes that have come, from t->pos on. @return how many */
size_t ks_http_transfer_take(struct ks_http_transfer *t, void *ret, size_t len);
