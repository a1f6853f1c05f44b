/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What `serve` does with files that are sent. The server reads none of them: a process that was forked before there were threads
 * (serve_workers.c) forks a worker for each upload, which is locked up as those of other commands are, reads the files, checks, and
 * sends the reports back (serve_work.c). The server keeps them, and the files, which are read again when a verdict is to be explained
 * (serve_reports.c).
 */
#include "base/buf.h"
#include "cli/cmd.h"
#include "web/web.h"

/* ---- serve_pieces.c: what they say to each other, and what is kept ---- */

enum ks_piece {
	KS_PIECE_END, // the last one, empty
	/* to the worker */
	KS_PIECE_KERNELS, // words; missing: those of the store
	KS_PIECE_SITE,	  // where the report will be: "/r/HASH"
	KS_PIECE_NAME,	  // of the file whose bytes come next
	KS_PIECE_BYTES,
	KS_PIECE_PROGRAM, // with a label, what is to be explained; missing: all is checked
	KS_PIECE_LABEL,
	/* from it */
	KS_PIECE_HTML,
	KS_PIECE_JSON,
	KS_PIECE_MD,
	KS_PIECE_TEXT,	 // also what explains
	KS_PIECE_FAILED, // a line, why not; first a letter for the code
	KS_PIECE_SARIF,
	KS_PIECE_JUNIT,
	KS_NR_PIECES,
};

/** Append a piece. */
void ks_pieces_add(struct ks_buf *out, enum ks_piece what, const void *bytes, size_t len);

/** Parts in memory, one after the other; hostile. Zeroed but for the first two, it is before the first. */
struct ks_pieces {
	const uint8_t *at, *end;
	enum ks_piece what;
	const uint8_t *bytes;
	size_t len;
};
/** Go to the next. @return false behind KS_PIECE_END, and where there is none */
bool ks_pieces_next(struct ks_pieces *pieces);
/** Go to the next of that sort before KS_PIECE_END. */
bool ks_pieces_find(struct ks_pieces *pieces, enum ks_piece what);

/** Read pieces up to KS_PIECE_END. @param seconds at most; 0: any time @return false when they do not end, or are too many bytes */
bool ks_pieces_receive(int stream, struct ks_buf *ret, size_t max, unsigned int seconds);
/** Send bytes. @return false when the other side has gone, or takes longer */
bool ks_pieces_send(int stream, const struct ks_buf *bytes, unsigned int seconds);

/* ---- serve_workers.c, serve_work.c ---- */

struct ks_serve_opts {
	const char *db;	      // borrowed
	int sandbox;	      // enum ks_sandbox
	unsigned int threads; // of a worker
};
enum { KS_SERVE_SECONDS = 20, KS_SERVE_MEMORY = 1 << 30 }; // of a worker

/** Fork what forks workers; called before there are threads. @param[out] ret the way to it: when that is closed, it ends */
KS_MUST_CHECK struct ks_error *ks_serve_workers_begin(const struct ks_serve_opts *opts, int *ret);
/** A new worker. @return a stream to it, or -1 */
int ks_serve_worker(int workers);
/** In the worker: answer what is asked over the stream. */
void ks_serve_work(const struct ks_serve_opts *opts, int stream);

/* ---- serve_reports.c ---- */

struct ks_serve_reports_opts {
	const char *dir; // made when it is missing; borrowed
	unsigned int days;
	uint64_t max_bytes; // of all
	size_t max_upload;  // bytes of one
	int workers;
};
struct ks_serve_reports;
KS_MUST_CHECK struct ks_error *ks_serve_reports_open(const struct ks_serve_reports_opts *opts,
						     struct ks_serve_reports **ret);
const struct ks_web_checks *ks_serve_reports_checks(const struct ks_serve_reports *reports);
void ks_serve_reports_close(struct ks_serve_reports *reports); // NULL is allowed
