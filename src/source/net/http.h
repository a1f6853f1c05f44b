/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/progress.h"
#include "source/input.h"
#include "source/net/transport.h"

/**
 * Bytes from a web server, as an input: read in order it is one transfer, and only as far as it is read;
 * a jump is a range request. A transfer that breaks off goes on at the byte where it stopped.
 * No redirect leads from https to http.
 */
struct ks_http_opts {
	const char *proxy;	 // URL; NULL: what the environment says (http_proxy, …)
	unsigned int tries;	 // attempts without any progress before we give up; 0: 6
	unsigned int backoff_ms; // pause after the first failure, doubled after each; 0: 250
	unsigned int stall_s;	 // a transfer that is silent for so long counts as broken; 0: 30
	unsigned int total_s;	 // the most that is waited for one file; 0: an hour
	uint64_t size;		 // bytes the file must have; 0: whatever the server says
	/** Of the whole file, as hex, or its SHA512; checked when all of it has come. */
	const char *sha256;
	/** Bytes: sha256 is of what stands before, rest_sha256 of what follows; 0: of all. */
	uint64_t split;
	const char *rest_sha256;
	uint64_t first; // bytes to ask for at once; 0: as many as there are
	bool pinned; // every answer must be of the file that the first was of, as its ETag or date says
	const char *ca_file;		      // certificates to trust; NULL: those of the system
	const struct ks_transport *transport; // who fetches instead; NULL: this process
	const struct ks_cancel *cancel;	      // looked at while there is nothing to read; or NULL
};

/**
 * Ask for a file, or let the transport of opts do it. Blocks until the server's answer begins.
 * @param[out] ret its size is known if the server tells; can_jump if it takes range requests
 * @return KS_ERR_NET when there is no such file or server, KS_ERR_UNSUPPORTED when libcurl is missing
 * on this machine.
 */
KS_MUST_CHECK struct ks_error *ks_http_open(const char *url, const struct ks_http_opts *opts,
					    struct ks_input **ret);

/** Whether all bytes of the file came, in whatever order, and have the SHA256 of opts. */
bool ks_http_proven(const struct ks_input *in);

/**
 * Read on to the end when no more than max bytes have not come yet, so that the checksum can be compared. Does nothing when
 * there is none.
 * @param progress NULL for silence
 * @return KS_ERR_DATA when it does not hold
 */
KS_MUST_CHECK struct ks_error *ks_http_finish(struct ks_input *in, uint64_t max,
					      const struct ks_progress *progress);

/** A whole small file. @param max bytes; a longer file is an error */
KS_MUST_CHECK struct ks_error *ks_http_get(const char *url, const struct ks_http_opts *opts,
					   uint64_t max, struct ks_buf *ret);

/** What the server tells one state of the file from another by: its ETag or date; NULL when it tells neither. */
const char *ks_http_validator(const struct ks_input *in);

/** Whether a URL is for ks_http_open(): http:// or https://. */
bool ks_http_serves(const char *url);
