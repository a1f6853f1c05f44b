/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/load.h"

#include "base/buf.h"
#include "extract/live/live.h"
#include "source/load.h"

/** How sure we are of the bytes, in words; NULL: nothing to say. */
static const char *const proofs[] = {
	[KS_PROOF_NONE] = NULL,
	[KS_PROOF_BLOCKS] = "checked by the archive's own checksums",
	[KS_PROOF_WHOLE] = "checked by its published SHA-256",
};

/** How much of a package was needed. */
static void note_bytes(const struct ks_source *src, struct ks_buf *out)
{
	const char *proof = proofs[src->proof];
	if (!src->member || !src->total)
		return;
	ks_buf_printf(out, "read %.1f of %.1f MB%s%s\n", (double)src->taken / 1e6,
		      (double)src->total / 1e6, proof ? "; " : "", proof ? proof : "");
}

/** What an image without debug information leaves open. */
static void note_tier(const struct ks_image *image, struct ks_buf *out)
{
	if (image->tier != KS_TIER_BTF)
		return;
	if (image->facts & KS_FACT_BTF)
		ks_buf_str(out,
			   "no debug information in it, types are from BTF: where functions are "
			   "inlined and called stays unknown\n");
	else
		ks_buf_str(out,
			   "neither debug information nor BTF in it: types, and where functions "
			   "are inlined and called, stay unknown\n");
}

struct ks_error *ks_load_source(const struct ks_source *src, const struct ks_extract_opts *how,
				struct ks_surface **ret, char **note)
{
	KS_TRY(ks_source_surface(src, how, ret));
	_cleanup_buf_ struct ks_buf out = { 0 };
	note_bytes(src, &out);
	note_tier(&(*ret)->image, &out);
	out.len -= out.len != 0; // lines are separated, not ended
	*note = out.len && ks_buf_text(&out) ? ks_take(out.at) : NULL;
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

struct ks_error *ks_load_live(const char *config, const struct ks_extract_opts *how,
			      struct ks_surface **ret, char **note)
{
	const struct ks_live_opts live = { 0 };
	_cleanup_buf_ struct ks_buf out = { 0 };
	_cleanup_free_ char *text = NULL;
	if (config)
		KS_TRY(ks_source_config(config, NULL, &text));
	struct ks_extract_opts opts = *how;
	opts.config = text;
	KS_TRY(ks_live_read(&live, &opts, &out, ret));
	out.len -= out.len != 0;
	*note = out.len && ks_buf_text(&out) ? ks_take(out.at) : NULL;
	return NULL;
}
