/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* An archive with one package, for tests of what archives and servers of strangers do. */
#include "deb_builder.h"
#include "range_server.h"
#include "source/net/pull.h"

extern const char hostile_name[]; // of the package

struct hostile_world {
	uint8_t *vmlinux;
	size_t len;
	struct ks_buf deb, packages, release, signed_list;
	char hash[65]; // what the list says of the package
	struct served_file files[6], later[6];
	struct range_server server;
	char *dir, *keyring, *cache;
	struct ks_pull_opts opts;
};

/** @param len of the image, which does not pack @param late it stands behind the bulk; frees with hostile_world_free() */
struct hostile_world *hostile_world_new(size_t len, size_t bulk, bool late);
void hostile_world_free(struct hostile_world *w);

/** (Re)make its lists, unsigned, of that distribution and suite. */
void hostile_publish_as(struct hostile_world *w, const char *origin, const char *codename);
/** The same of "Test" and "test". */
void hostile_publish(struct hostile_world *w);
/** The package around an image. */
void hostile_make_deb(const uint8_t *vmlinux, size_t len, size_t bulk, bool late,
		      struct ks_buf *ret);

/** Pulling the package gives its image, proven so far. */
void hostile_expect_pull(struct hostile_world *w, enum ks_source_proof proof);
/** Pulling it fails, and the message has a word. */
void hostile_expect_refusal(struct hostile_world *w, const char *word);

/** Run a program. @param out what it prints; NULL: nobody wants that @return whether it ended with 0 */
bool hostile_run(const char *const argv[], struct ks_buf *out);
