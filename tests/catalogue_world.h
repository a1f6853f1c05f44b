/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A store, its catalogue, and a server on loopback that has that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vector.h"
#include "place.h"
#include "range_server.h"
#include "source/net/http.h"

enum { BUILDS = 5 };

/** A store, its catalogue in memory, and a server that has that. */
struct world {
	struct ks_store *store;
	char path[80], url[96];
	struct ks_buf bytes, other; // of two catalogues
	struct served_file files[3], later[2];
	struct range_server server;
	char cache[64];
	struct ks_http_opts http;
};

/** @param state of a test between place_make() and place_drop() */
void world_make(struct world *world, void **state);
void world_serve(struct world *world);
/** The end of it, served or not. */
void world_stop(struct world *world);
/** Publish the store to its path. @param out replaced by the bytes */
void world_publish(struct world *world, struct ks_buf *out);
/** What the command prints over a store or a URL, and how it ends: out is replaced. */
void world_command(const char *db, const char *words, struct ks_buf *out);

/** Names that were told. */
struct world_names {
	struct ks_arena arena;
	KS_VECTOR(struct ks_store_name) at;
};
/** For ks_store_names(). @param arg a struct world_names */
struct ks_error *world_note(const struct ks_store_name *name, void *arg);
void world_names_deinit(struct world_names *names);
