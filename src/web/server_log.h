/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the server tells of its answers: a line for each in the common log format, and counts for monitors. */
#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>

#include "web/web.h"

struct ks_web_log {
	FILE *lines;		  // NULL: none are written
	atomic_ullong answers[6]; // by the first digit of the status
	atomic_ullong bytes;
};

/** An answer that was sent; all borrowed. */
struct ks_web_sent {
	struct MHD_Connection *connection;
	const char *method, *uri;
	unsigned int status;
	size_t bytes;
};
/** Count an answer, and write its line. Any thread. */
void ks_web_log_sent(struct ks_web_log *log, const struct ks_web_sent *sent);
/** Answer with the counts, in Prometheus' text form. */
void ks_web_log_metrics(struct ks_web_log *log, struct ks_web_response *response);
