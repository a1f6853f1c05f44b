/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>

#include "extract/btf/btf_raw.h"
#include "source/vmlinuz/vmlinuz_private.h"

enum { LAYERS_MAX = 6 }; // U-Boot around zImage around gzip around the kernel are three
// With debug information it may be large (the largest seen is 0.9 GiB); what machines boot never is (66 MiB).
static const uint64_t file_max = 4ull << 30, kernel_max = 1ull << 30;

bool ks_vmlinuz_is(const uint8_t *head, size_t len)
{
	const struct ks_layer layer = { .at = head, .len = len };
	struct ks_payload payload;
	struct ks_flat flat;
	bool is_elf = len >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0;
	return !is_elf &&
	       (ks_flat_of(head, len, &flat) || ks_payload_fit_is(head, len) ||
		ks_payload_of(&layer, &payload) || (len > 2 && memcmp(head, "MZ", 2) == 0));
}

/** Where a layer has come to, with what it lies in. */
struct walk {
	struct ks_layer layer;
	struct ks_map map;
	struct ks_unpacking unpacking;
};

static void go_into(struct walk *w, struct ks_map *map)
{
	ks_map_deinit(&w->map);
	w->map = *map;
	w->layer.at = map->at;
	w->layer.len = map->len;
}

/** One layer further in. @param[out] end there is none: this is the kernel */
static struct ks_error *step(struct walk *w, bool *end)
{
	struct ks_layer *layer = &w->layer;
	struct ks_map map = { 0 };
	struct ks_payload payload;
	*end = false;
	enum ks_codec codec = ks_codec_of(layer->at, layer->len);
	if (codec != KS_CODEC_NONE) {
		KS_TRY(ks_payload_unpack(layer->at, layer->len, codec, &w->unpacking, &map));
		go_into(w, &map);
		return NULL;
	}
	if (!ks_payload_of(layer, &payload)) {
		*end = true;
		return NULL;
	}
	if (payload.flat.machine)
		layer->flat = payload.flat;
	layer->at += payload.offset;
	layer->len = payload.len;
	if (w->unpacking.left > kernel_max)
		w->unpacking.left = kernel_max;
	if (payload.unknown) {
		KS_TRY(ks_payload_search(layer->at, layer->len, &w->unpacking, &map));
		go_into(w, &map);
	}
	return NULL;
}

/** The innermost layer is an ELF file, says itself what it is, or what is around it did. */
static struct ks_error *take(struct walk *w, struct ks_unpacked_kernel *ret)
{
	const struct ks_layer *layer = &w->layer;
	struct ks_unpacked_kernel kernel = { .at = layer->at,
					     .len = layer->len,
					     .flat = layer->flat };
	bool is_elf = layer->len >= SELFMAG && memcmp(layer->at, ELFMAG, SELFMAG) == 0;
	kernel.is_btf = ks_btf_raw_is(layer->at, layer->len);
	kernel.is_flat = !is_elf && !kernel.is_btf;
	if (kernel.is_flat && !ks_flat_of(layer->at, layer->len, &kernel.flat) &&
	    !(kernel.flat.machine && ks_holds_banner(layer->at, layer->len)))
		return ks_error_new(KS_ERR_NOTFOUND, "no Linux kernel inside");
	kernel.map = w->map;
	w->map = (struct ks_map){ 0 };
	*ret = kernel;
	return NULL;
}

struct ks_error *ks_vmlinuz_open(const uint8_t *bytes, size_t len,
				 const struct ks_package_limits *limits,
				 const struct ks_progress *progress, struct ks_unpacked_kernel *ret)
{
	uint64_t max = limits && limits->vmlinux_max ? limits->vmlinux_max : file_max;
	struct walk w = {
		.layer = { .at = bytes, .len = len },
		.unpacking = { .left = max, .progress = progress },
	};
	struct ks_error *err = NULL;
	bool end = false;
	for (int i = 0; !err && !end && i < LAYERS_MAX; i++)
		err = step(&w, &end);
	if (!err && !end)
		err = ks_error_new(KS_ERR_DATA, "more than %d layers around the kernel: refused",
				   LAYERS_MAX);
	if (!err)
		err = take(&w, ret);
	ks_map_deinit(&w.map);
	return err;
}

void ks_unpacked_kernel_deinit(struct ks_unpacked_kernel *kernel)
{
	ks_map_deinit(&kernel->map);
	*kernel = (struct ks_unpacked_kernel){ 0 };
}
