/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a flat kernel image: its kallsyms are looked for, then what is found by their addresses, and which of them are
 * labels. Bit 3 of the first byte makes tables of frames of what lies in front of the first symbol. The first byte
 * of an input says what machine it is of: bit 0 for 64 bits, bit 1 for big-endian.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "elf/flat.h"
#include "extract/symbols/kallsyms.h"
#include "extract/symbols/labels.h"
#include "extract/symbols/link_address.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/** @param framed the first bytes are tables of frames, too */
static struct ks_error *tell_labels(const struct ks_elf *elf, struct ks_surface *surface,
				    bool framed)
{
	enum { NR = 64 };
	struct ks_section sections[4] = {
		{ .name = "" }, elf->sections[1], elf->sections[1], elf->sections[1]
	};
	struct ks_elf view = *elf;
	struct ks_symbol_index *index;
	view.sections = sections;
	view.nr_sections = framed && sections[1].size >= (size_t)10 * NR ? 4 : 2;
	sections[2].name = ".orc_unwind_ip";
	sections[2].size = (size_t)4 * NR;
	sections[3].name = ".orc_unwind";
	sections[3].data += sections[2].size;
	sections[3].size = (size_t)6 * NR;
	KS_TRY(ks_symbol_index_new(surface, &index));
	struct ks_error *err = ks_labels_tell(&view, index, surface);
	ks_symbol_index_free(index);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len == 0)
		return 0;
	const struct ks_flat flat = {
		.machine = bytes[0] & 1 ? bytes[0] & 4 ? EM_AARCH64 : EM_S390 : EM_ARM,
		.is64 = bytes[0] & 1,
		.big_endian = bytes[0] & 2,
	};
	uint8_t *copy = malloc(len); // so that a read behind its end is seen
	if (!copy)
		return 0;
	memcpy(copy, bytes + 1, len - 1);
	_cleanup_elf_ struct ks_elf *raw = NULL, *placed = NULL;
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	uint64_t start = 0;
	struct ks_error *err = ks_elf_open_flat(copy, len - 1, &flat, 0, &raw);
	if (!err && surface)
		err = ks_kallsyms_read(raw, surface, &start);
	if (!err && surface && surface->symtab_known)
		err = ks_link_address_apply(raw, surface, start, &placed);
	if (!err && placed)
		err = tell_labels(placed, surface, bytes[0] & 8);
	ks_error_free(err);
	free(copy);
	return 0;
}
