/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Pages over a store, and their addresses: a request becomes a response. Nothing here knows a connection, a thread or a clock;
 * docs/web.md lists the addresses.
 */
#include "base/buf.h"
#include "base/error.h"
#include "report/format.h"

/** What is asked for; everything is borrowed. */
struct ks_web_request {
	const char *method; // "GET", "HEAD"
	const char *path;   // as sent: percent-encoded, without the query
	const char *query;  // what stands behind the '?', as sent; NULL or "": nothing
	const char *known;  // If-None-Match; NULL: none
	const char *type;   // Content-Type of the body; NULL: none
	const void *body;   // whole
	size_t body_len;
	/** A number that is another one when another file may have taken the place of the store. 0: unknown, it is looked at each time */
	uint64_t place;
	/* What a browser says of the page that sends it: Sec-Fetch-Site, Origin, and Host of this site; NULL: nothing. */
	const char *site, *origin, *host;
};

enum { KS_WEB_TAG = 40 };
/** What is answered. A zeroed one is empty. */
struct ks_web_response {
	unsigned int status;
	const char *type;	// media type with its character set; static text
	char tag[KS_WEB_TAG];	// ETag with its quotes; "": none
	const char *allow;	// of 405: the methods that there are; static text, or NULL
	unsigned int retry;	// of 503: after so many seconds; 0: nothing is known
	struct ks_buf location; // where it is instead, of a redirection; else empty
	struct ks_buf body;
};
void ks_web_response_deinit(struct ks_web_response *response);

/** The header fields that every answer has: name and value, ends with NULL. No script and no style from elsewhere is run. */
extern const char *const ks_web_headers[][2];

/* ---- files that are checked: who runs the site brings what reads and keeps them ---- */

struct ks_web_file {
	const char *name; // without folders, never empty; anything else can be in it
	const uint8_t *bytes;
	size_t len;
};
struct ks_web_upload {
	const char *kernels; // words, as of `check --on`; NULL: those that the store has chosen
	size_t nr;	     // at least 1
	const struct ks_web_file *files;
};

/** The address of a report: digits and small letters. */
enum { KS_WEB_HASH = 32 };

/**
 * What checks files and keeps the reports. All may be called by several threads at once, and none hands over an error's text that is not
 * filtered by ks_error_text().
 */
struct ks_web_checks {
	void *arg;
	size_t max_bytes; // of a body
	/**
	 * Check the files, and keep the report.
	 * @return KS_ERR_STORE and KS_ERR_IO become 503 and 500: it is not the files' fault; all others 422
	 */
	struct ks_error *(*check)(void *arg, const struct ks_web_upload *upload,
				  char ret[KS_WEB_HASH + 1]);
	/**
	 * A report that is kept, in one of the formats HTML (as of ks_check_report.site), JSON, MD, TERMINAL, SARIF and JUNIT.
	 * @param hash KS_WEB_HASH characters @return KS_ERR_NOTFOUND
	 */
	struct ks_error *(*report)(void *arg, const char *hash, enum ks_format format,
				   struct ks_buf *out);
	/** What explains a program of it on one kernel, as lines of text. @return KS_ERR_NOTFOUND; else as check() */
	struct ks_error *(*explain)(void *arg, const char *hash, const char *program,
				    const char *label, struct ks_buf *out);
};

/** Whether a request only reads: GET and HEAD. */
bool ks_web_reads(const struct ks_web_request *request);
/** Whether the body of a request is wanted. It has an answer at once otherwise, and the body need not be read. */
bool ks_web_takes_body(const struct ks_web_request *request);
/** Whether its answer has to wait for ks_web_checks.check() or explain(). */
bool ks_web_waits(const struct ks_web_request *request);
/** Refuse a request by a page that says why. @param status as of HTTP, 400 and above */
void ks_web_refuse(unsigned int status, const char *why, struct ks_web_response *response);

/** A store behind the pages: one state of it, until it is asked whether there is a newer one. One thread at a time. */
struct ks_web;
/** @param path of the store, borrowed @return as ks_store_open() */
KS_MUST_CHECK struct ks_error *ks_web_open(const char *path, struct ks_web **ret);
void ks_web_close(struct ks_web *web); // NULL is allowed
/** From now on files are checked. @param checks borrowed as long as the store is open */
void ks_web_take_uploads(struct ks_web *web, const struct ks_web_checks *checks);
/** Answer a request. Failures are answers, too: 4xx for what was asked, 5xx for the rest. */
void ks_web_respond(struct ks_web *web, const struct ks_web_request *request,
		    struct ks_web_response *response);
