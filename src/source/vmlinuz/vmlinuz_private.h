/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the files that take boot images apart share. */
#include "source/codec/codec.h"
#include "source/vmlinuz/vmlinuz.h"

/** One layer of a boot image. */
struct ks_layer {
	const uint8_t *at;
	size_t len;
	struct ks_flat flat; // what the layers around it said; machine 0: nothing
};

/** Where the next layer lies in one, as its header says. */
struct ks_payload {
	size_t offset, len;
	bool unknown;	     // somewhere in there: it has to be looked for
	struct ks_flat flat; // machine 0: not told
};

/** Read the header of a layer; false when it has none of a known kind. */
bool ks_payload_of(const struct ks_layer *layer, struct ks_payload *ret);

/* ---- vmlinuz_header.c ---- */

/** From an offset of the layer on. */
struct ks_cursor ks_layer_cursor(const struct ks_layer *layer, uint64_t offset, bool big_endian);
/** Take a part of the layer, cut to what is there: the end of a signed image may be wrong by its padding. */
bool ks_payload_part(const struct ks_layer *layer, uint64_t offset, uint64_t len,
		     struct ks_payload *ret);

/* ---- vmlinuz_device.c ---- */

/** The kernel of an Android boot image. */
bool ks_payload_android(const struct ks_layer *layer, struct ks_payload *ret);
/** The first kernel of a FIT image. */
bool ks_payload_fit(const struct ks_layer *layer, struct ks_payload *ret);
/** Whether a file begins as a device tree does; what is in it may lie far behind. */
bool ks_payload_fit_is(const uint8_t *head, size_t len);

/** What the attempts to unpack something share. */
struct ks_unpacking {
	uint64_t left; // bytes that may still be unpacked
	const struct ks_progress *progress;
};

/** Unpack what begins at the first byte. @param[out] ret written on success only */
KS_MUST_CHECK struct ks_error *ks_payload_unpack(const uint8_t *bytes, size_t len,
						 enum ks_codec codec,
						 struct ks_unpacking *unpacking,
						 struct ks_map *ret);
/** Look for packed data that holds a kernel. KS_ERR_NOTFOUND when there is none. */
KS_MUST_CHECK struct ks_error *ks_payload_search(const uint8_t *bytes, size_t len,
						 struct ks_unpacking *unpacking,
						 struct ks_map *ret);
/** Whether bytes hold the text that says which kernel it is. */
bool ks_holds_banner(const uint8_t *bytes, size_t len);
