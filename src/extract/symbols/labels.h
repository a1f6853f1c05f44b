/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Which symbols of code are functions, where symbols are names, addresses and letters alone. */
#include "elf/image.h"
#include "extract/symbols/symbols.h"

/** What is known of a symbol. */
enum ks_evidence {
	KS_EVIDENCE_NONE,
	KS_EVIDENCE_BOUND, // it may be the bound of something: what its address tells may be of another symbol
	KS_EVIDENCE_FUNCTION,
	KS_EVIDENCE_LABEL,
};

/** An image while its labels are looked for. */
struct ks_labels {
	const struct ks_elf *elf; // NULL: nothing but its symbols is known
	const struct ks_symbol_index *index;
	const struct ks_surface *surface;
	bool assembly;	 // BTF lists functions, those in assembly, too
	bool prefixed;	 // functions have symbols in front of them
	uint8_t *symbol; // enum ks_evidence of each
};

/**
 * Tell functions from labels: FUNC symbols that are none become NOTYPE, and KS_STT_UNTOLD where nothing tells. Of the tiers without
 * debug information, when functions and what can be attached to them are filled in; nothing else reads types after that.
 * KS_FACT_LABELS then holds.
 * @param elf NULL: the code cannot be read
 */
KS_MUST_CHECK struct ks_error *ks_labels_tell(const struct ks_elf *elf,
					      const struct ks_symbol_index *index,
					      struct ks_surface *surface);

/** Of what is no function as far as known: labels by the tables that tell how to get from an instruction to the caller's (x86: ORC). */
void ks_labels_by_frames(struct ks_labels *labels);
/** Of what nothing is known yet: functions that some code calls. */
void ks_labels_by_calls(struct ks_labels *labels);
