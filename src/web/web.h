/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Pages over a store, and their addresses: a request becomes a response. Nothing here knows a connection, a thread or a clock;
 * docs/web.md lists the addresses.
 */
#include "base/buf.h"
#include "base/error.h"

/** What is asked for; everything is borrowed. */
struct ks_web_request {
	const char *method; // "GET", "HEAD"
	const char *path;   // as sent: percent-encoded, without the query
	const char *query;  // what stands behind the '?', as sent; NULL or "": nothing
	const char *known;  // If-None-Match; NULL: none
};

enum { KS_WEB_TAG = 40 };
/** What is answered. A zeroed one is empty. */
struct ks_web_response {
	unsigned int status;
	const char *type;	// media type with its character set; static text
	char tag[KS_WEB_TAG];	// ETag with its quotes; "": none
	struct ks_buf location; // where it is instead, of a redirection; else empty
	struct ks_buf body;
};
void ks_web_response_deinit(struct ks_web_response *response);

/** The header fields that every answer has: name and value, ends with NULL. No script and no style from elsewhere is run. */
extern const char *const ks_web_headers[][2];

/** A store behind the pages: one state of it, until it is asked whether there is a newer one. One thread at a time. */
struct ks_web;
/** @param path of the store, borrowed @return as ks_store_open() */
KS_MUST_CHECK struct ks_error *ks_web_open(const char *path, struct ks_web **ret);
void ks_web_close(struct ks_web *web); // NULL is allowed
/** Answer a request. Failures are answers, too: 4xx for what was asked, 5xx for the rest. */
void ks_web_respond(struct ks_web *web, const struct ks_web_request *request,
		    struct ks_web_response *response);
