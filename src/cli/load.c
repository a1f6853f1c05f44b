/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/load.h"

#include "source/load.h"

/** How sure we are of the bytes, in words; NULL: nothing to say. */
static const char *const proofs[] = {
	[KS_PROOF_NONE] = NULL,
	[KS_PROOF_BLOCKS] = "checked by the archive's own checksums",
	[KS_PROOF_WHOLE] = "checked by its published SHA-256",
};

/** How much of a package was needed. */
static char *make_note(const struct ks_source *src)
{
	const char *proof = proofs[src->proof];
	char *note;
	if (!src->member || !src->total)
		return NULL;
	int len = asprintf(&note, "read %.1f of %.1f MB%s%s", (double)src->taken / 1e6,
			   (double)src->total / 1e6, proof ? "; " : "", proof ? proof : "");
	return len < 0 ? NULL : note;
}

struct ks_error *ks_load_source(const struct ks_source *src, const struct ks_extract_opts *how,
				struct ks_surface **ret, char **note)
{
	KS_TRY(ks_source_surface(src, how, ret));
	*note = make_note(src);
	return NULL;
}

struct ks_error *ks_load_path(struct ks_cli *cli, const char *path, const char *config,
			      const struct ks_extract_opts *how, struct ks_surface **ret,
			      char **note)
{
	struct ks_draw_job job = { .draw = &cli->draw, .target = path };
	const struct ks_source_opts opts = {
		.config = config,
		.progress = { .fn = ks_draw_bytes, .arg = &job },
	};
	_cleanup_source_ struct ks_source *src = NULL;
	KS_TRY(ks_source_open(path, &opts, &src));
	return ks_load_source(src, how, ret, note);
}
