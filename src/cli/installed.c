/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/installed.h"

#include <string.h>

static struct ks_error *find(struct ks_cli *cli, struct ks_cli_installed *installed)
{
	KS_TRY(ks_installed_find(NULL, &installed->files));
	if (installed->files.nr_closed && !cli->quiet)
		ks_cli_say(stderr, "ksurf: %zu installed files cannot be opened; root may",
			   installed->files.nr_closed);
	if (installed->files.unread && !cli->quiet)
		ks_cli_say(stderr, "ksurf: packages of rpm are left out: %s",
			   installed->files.unread->msg);
	struct ks_error *err = ks_bpf_loaded_find(&installed->loaded);
	if (err && err->code == KS_ERR_IO) { // what is installed can be told all the same
		ks_cli_say(stderr, "ksurf: %s", err->msg);
		ks_error_free(err);
		return NULL;
	}
	const struct ks_bpf_loaded *loaded = &installed->loaded;
	if (!err && loaded->nr_silent && !cli->quiet)
		ks_cli_say(
			stderr,
			"ksurf: of %zu programs that are loaded %zu cannot be told, because the "
			"kernel does not say what they are attached to, or they call functions of "
			"it: %s",
			loaded->nr_programs, loaded->nr_silent, loaded->silent);
	return err;
}

struct ks_error *ks_cli_installed_find(struct ks_cli *cli, int argc, char **argv)
{
	struct ks_cli_installed *installed = calloc(1, sizeof(*installed));
	if (!installed)
		return &ks_nomem;
	cli->installed = installed;
	installed->nr_given = argc;
	KS_TRY(find(cli, installed));
	size_t nr = (size_t)argc + installed->files.paths.len;
	installed->argv = calloc(nr + 1, sizeof(*installed->argv));
	if (!installed->argv)
		return &ks_nomem;
	for (int i = 0; i < argc; i++)
		installed->argv[i] = argv[i];
	for (size_t i = 0; i < installed->files.paths.len; i++)
		installed->argv[(size_t)argc + i] = (char *)installed->files.paths.at[i];
	installed->argc = (int)nr;
	return NULL;
}

void ks_cli_installed_free(struct ks_cli *cli)
{
	if (!cli->installed)
		return;
	ks_installed_files_deinit(&cli->installed->files);
	ks_bpf_loaded_deinit(&cli->installed->loaded);
	free(cli->installed->argv);
	free(cli->installed);
	cli->installed = NULL;
}

struct ks_error *ks_cli_installed_add(const struct ks_cli_installed *installed,
				      struct ks_bpf_finds *finds)
{
	for (size_t i = 0; i < installed->loaded.objects.len; i++) {
		const struct ks_bpf_loaded_object *object = &installed->loaded.objects.at[i];
		_cleanup_buf_ struct ks_buf path = { 0 };
		ks_buf_printf(&path, "%s (loaded)", object->name);
		if (!ks_buf_text(&path))
			return &ks_nomem;
		KS_TRY(ks_bpf_find_bytes(path.at, object->bytes.at, object->bytes.len, finds));
	}
	return NULL;
}
