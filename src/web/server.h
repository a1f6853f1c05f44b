/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The router behind sockets, by libmicrohttpd: a pool of threads, each answer from a store handle of its own. */
#include <stdio.h>

#include "base/error.h"
#include "web/web.h"

/**
 * Listen at "127.0.0.1:8080", "[::1]:0": port 0 is any that is free. Where systemd hands over a socket (LISTEN_FDS), that one is it.
 * @return KS_ERR_USAGE for an address that is none; KS_ERR_IO when it is taken
 */
KS_MUST_CHECK struct ks_error *ks_web_listen(const char *address, int *ret);
enum { KS_WEB_WHERE = 160 };
/** Where a socket listens: "127.0.0.1:8080", "[::1]:8080", "unix:/run/ksurf". */
void ks_web_where(int socket, char ret[KS_WEB_WHERE]);
/** Whether nobody but this machine can connect to it. */
bool ks_web_is_local(int socket);

struct ks_web_server_opts {
	const char *store;	 // path
	int socket;		 // that is listened on; it is the server's from now on
	unsigned int nr_threads; // at least 1
	FILE *log;		 // a line for each request, in the common form; NULL: none
	const struct ks_web_checks *checks; // NULL: no files are taken; borrowed
};

struct ks_web_server;
/** Answer until it is stopped. @return as ks_web_open(); KS_ERR_IO */
KS_MUST_CHECK struct ks_error *ks_web_server_start(const struct ks_web_server_opts *opts,
						   struct ks_web_server **ret);
/** End the connections and free all; NULL is allowed. Waits for checks that are under way. */
void ks_web_server_stop(struct ks_web_server *server);
