/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What most commands work on: the store of the command line, and a sel of it. */
#include "cli/cmd.h"
#include "store/store.h"
#include "store/selection.h"

/** A zeroed scene is closed. */
struct ks_scene {
	const char *db; // where the store is
	struct ks_store *store;
	struct ks_selection sel;
};

/** Open the store. @return KS_ERR_NOTFOUND when there is none and mode is not CREATE */
KS_MUST_CHECK struct ks_error *ks_scene_open(struct ks_cli *cli, enum ks_store_mode mode,
					     struct ks_scene *scene);
void ks_scene_close(struct ks_scene *scene);
#define _cleanup_scene_ __attribute__((__cleanup__(ks_scene_close)))
