/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The router behind sockets, by libmicrohttpd: a pool of threads, each answer from a store handle of its own. */
#include <stdio.h>

#include "base/error.h"

struct ks_web_server_opts {
	const char *store;	 // path
	const char *listen;	 // "127.0.0.1:8080", "[::1]:0": port 0 is any that is free
	unsigned int nr_threads; // at least 1
	FILE *log;		 // a line for each request, in the common form; NULL: none
};

struct ks_web_server;
/**
 * Listen, and answer until it is stopped. Where systemd hands over a socket (LISTEN_FDS), that one is used.
 * @return KS_ERR_USAGE for an address that is none; KS_ERR_IO when it is taken; as ks_web_open()
 */
KS_MUST_CHECK struct ks_error *ks_web_server_start(const struct ks_web_server_opts *opts,
						   struct ks_web_server **ret);
/** The port that it listens on. */
unsigned int ks_web_server_port(const struct ks_web_server *server);
/** End the connections and free all; NULL is allowed. */
void ks_web_server_stop(struct ks_web_server *server);
