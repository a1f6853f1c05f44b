/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A small archive of Debian's kind for the tests of pulling: one suite, two packages, and the server in front of it. */
#include "deb_builder.h"
#include "range_server.h"
#include "source/net/pull.h"

enum { VMLINUX_BYTES = 1200 * 1000 + 123 };

extern const char pull_world_name[];   // of the package with vmlinux
extern const char pull_world_path[];   // of vmlinux in it
extern const char pull_world_config[]; // text of the configuration in the other package

struct pull_world {
	uint8_t *vmlinux;
	struct ks_buf deb, image, packages, packed, release;
	char by_hash[256], other_by_hash[256], hash[65];
	struct served_file files[8];
	struct range_server server;
	char *dir;
	struct ks_pull_opts opts;
};

/** @param late vmlinux stands last, behind many megabytes; frees with pull_world_free() */
struct pull_world *pull_world_new(enum packing packing, bool late, size_t bulk);
void pull_world_free(struct pull_world *w);

/** Add a package with a file to a list of packages. */
void pull_world_add(struct ks_buf *packages, const char *package, const char *version,
		    const char *file, const struct ks_buf *deb);
/** Add a package without files, which depends on others. */
void pull_world_add_standing(struct ks_buf *packages, const char *package, const char *version,
			     const char *depends);
/** (Re)make the suite from the packages. */
void pull_world_publish(struct pull_world *w);
/** (Re)make the lists of the suite from what stands in packages. */
void pull_world_publish_lists(struct pull_world *w);

/** Pull a package, which has the vmlinux of the world; the caller closes. */
struct ks_source *pull_world_pull(struct pull_world *w, const char *package);
/** Pulling it fails so. */
void pull_world_refuses(struct pull_world *w, const char *package, enum ks_errcode code,
			const char *word);
