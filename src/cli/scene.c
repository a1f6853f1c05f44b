/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/scene.h"

#include <errno.h>
#include <unistd.h>

struct ks_error *ks_scene_open(struct ks_cli *cli, enum ks_store_mode mode, struct ks_scene *scene)
{
	KS_TRY(ks_cli_db_path(cli, &scene->db));
	if (mode != KS_STORE_CREATE && access(scene->db, F_OK) != 0 && errno == ENOENT)
		return ks_error_new(KS_ERR_NOTFOUND,
				    "%s: no store yet; 'ksurf add' or 'ksurf pull' makes one",
				    scene->db);
	return ks_store_open(scene->db, mode, &scene->store);
}

void ks_scene_close(struct ks_scene *scene)
{
	ks_selection_deinit(&scene->sel);
	ks_store_close(scene->store);
	*scene = (struct ks_scene){ 0 };
}
