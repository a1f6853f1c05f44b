/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Connections, and how long each may take for a request: who drips bytes is not heard for ever. What has to be done now and then is done here. */
#include <microhttpd.h>
#include <stdint.h>

#include "base/error.h"

struct ks_web_clients;
/** Begin to watch, in a thread of its own. @param store the path of a file, which is watched, too; borrowed */
KS_MUST_CHECK struct ks_error *ks_web_clients_watch(const char *store, struct ks_web_clients **ret);
/** As of ks_web_request.place, of the store: it is looked at once a second, not for each request. */
uint64_t ks_web_clients_place(struct ks_web_clients *clients);
/** End it; no connection is left. NULL is allowed. */
void ks_web_clients_end(struct ks_web_clients *clients);
/** For MHD_OPTION_NOTIFY_CONNECTION. @param arg a struct ks_web_clients */
void ks_web_client_notify(void *arg, struct MHD_Connection *connection, void **slot,
			  enum MHD_ConnectionNotificationCode code);

/* What a connection does next, each with its time. */
void ks_web_client_asks(struct MHD_Connection *connection);	  // sends the head of a request
void ks_web_client_reads_body(struct MHD_Connection *connection); // sends the body
void ks_web_client_waits(struct MHD_Connection *connection);	  // has sent all
