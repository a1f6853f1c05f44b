/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which records of a BTF blob have which names. */
#include "base/hashmap.h"
#include "base/vector.h"
#include "btf/btf.h"
#include "surface/kind.h"

/** A name that the blob has. */
struct ks_btf_name {
	const char *text;     // "(anon)": all unnamed enums
	uint8_t kind;	      // enum ks_kind, KS_FUNCTION to KS_INT
	uint32_t nr;	      // records of it, those of the base included
	uint32_t first, last; // of its own
};

struct ks_btf_names {
	const struct ks_btf *btf;	 // borrowed, and so is the names' text
	const struct ks_btf_names *base; // borrowed; NULL unless the blob is split
	struct ks_hashmap map;		 // to places in all, + 1
	KS_VECTOR(struct ks_btf_name) all;
	uint32_t *nth;	// of its own records, by id - btf->first_id: what goes into KS_TYPE_NTH
	uint32_t *next; // the same: the next record of the name, 0: none
};

/**
 * List the names of a blob. @param base names of btf->base; the result must not outlive them
 * @param[out] names to be freed by ks_btf_names_deinit(), after a failure, too
 */
KS_MUST_CHECK struct ks_error *ks_btf_names_init(struct ks_btf_names *names,
						 const struct ks_btf *btf,
						 const struct ks_btf_names *base);
void ks_btf_names_deinit(struct ks_btf_names *names);

/** The place of a name in names->all, + 1; 0: the blob itself does not have it. */
uint32_t ks_btf_names_find(const struct ks_btf_names *names, uint8_t kind, const char *text);
/** What goes into KS_TYPE_NTH for any record of the blob or its base. */
uint32_t ks_btf_names_nth(const struct ks_btf_names *names, uint32_t id);
/** The next record of the same name, among the blob's own; 0: there is none. */
uint32_t ks_btf_names_next(const struct ks_btf_names *names, uint32_t id);
