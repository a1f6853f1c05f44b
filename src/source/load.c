/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/load.h"

#include "arch/arch.h"
#include "elf/apart.h"
#include "extract/btf/btf_raw.h"

/** Copy a text of the source into the surface, which outlives it. */
static bool keep(struct ks_surface *surface, const char *text, const char **ret)
{
	if (!text)
		return true;
	*ret = ks_arena_strdup(&surface->arenas[0], text);
	return *ret != NULL;
}

/** A port that differs outside of the kernel alone shows in the package: armel's kernels are those of armhf to us. */
static bool keep_arch(struct ks_surface *surface, const char *package_arch)
{
	const struct ks_arch *arch = ks_arch_by_debian(package_arch);
	if (!arch || arch != ks_arch_by_debian(surface->image.arch))
		return true;
	return keep(surface, package_arch, &surface->image.arch);
}

struct ks_error *ks_source_elf(const struct ks_source *src, struct ks_elf **ret)
{
	if (src->is_btf)
		return ks_error_new(KS_ERR_UNSUPPORTED, "types alone, without the kernel");
	if (src->is_flat)
		return ks_elf_open_flat(src->map, src->len, &src->flat, 0, ret);
	_cleanup_elf_ struct ks_elf *elf = NULL;
	struct ks_elf *code;
	KS_TRY(ks_elf_open_memory(src->map, src->len, &elf));
	if (src->code) {
		KS_TRY(ks_elf_open_memory(src->code->map, src->code->len, &code));
		ks_elf_join(elf, code);
	} else if (ks_elf_is_apart(elf)) {
		return ks_error_new(
			KS_ERR_UNSUPPORTED,
			"debug information that was kept apart from its kernel: give the stripped "
			"kernel of the same build with it, or lay it beside");
	}
	*ret = ks_take(elf);
	return NULL;
}

/** What the source says of the kernel and the image does not. */
static struct ks_error *keep_package(const struct ks_source *src, struct ks_surface *surface)
{
	bool kept = keep(surface, src->package, &surface->image.package) &&
		    keep(surface, src->package_version, &surface->image.package_version) &&
		    keep_arch(surface, src->package_arch);
	return kept ? NULL : &ks_nomem;
}

static struct ks_error *read_btf(const struct ks_source *src, const struct ks_extract_opts *how,
				 struct ks_surface **ret)
{
	const struct ks_btf_raw raw = {
		.bytes = src->map,
		.len = src->len,
		.release = src->btf_owner.release,
		.arch = src->btf_owner.arch,
		.distribution = src->btf_owner.distribution,
	};
	struct ks_extract_opts opts = *how;
	opts.config = src->config;
	return ks_btf_raw_read(&raw, &opts, ret);
}

static struct ks_error *read(const struct ks_source *src, const struct ks_extract_opts *how,
			     struct ks_surface **ret)
{
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	KS_TRY(ks_source_elf(src, &elf));
	struct ks_extract_opts opts = *how;
	opts.config = src->config;
	opts.system_map = src->system_map;
	KS_TRY(ks_extract(elf, &opts, &surface));
	KS_TRY(keep_package(src, surface));
	*ret = ks_take(surface);
	return NULL;
}

struct ks_error *ks_source_surface(const struct ks_source *src, const struct ks_extract_opts *how,
				   struct ks_surface **ret)
{
	struct ks_error *err = src->is_btf ? read_btf(src, how, ret) : read(src, how, ret);
	return ks_error_in_file(err, src->path);
}
