/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the files of this room share. */
#include <byteswap.h>
#include <string.h>

#include "btf/btf.h"

enum { KS_BTF_COMMON_BYTES = 12 }; // name, info, size or type

/** The number at p, which was checked to lie inside. */
static inline uint32_t ks_btf_word(const struct ks_btf *btf, const uint8_t *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v)); // may be unaligned
	return btf->swap ? bswap_32(v) : v;
}

/*
 * The info word: vlen, kind, flag. Before Linux 7.1 eight bits less of vlen and two less of kind were
 * defined, and written as zero.
 */
static inline uint32_t ks_btf_info_vlen(uint32_t info)
{
	return info & 0xffffff;
}
static inline uint8_t ks_btf_info_kind(uint32_t info)
{
	return info >> 24 & 0x7f;
}
