/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the parts of the object reader share while one object is read. */
#include "base/vector.h"
#include "bpf/object.h"
#include "elf/image.h"

/** That something lies at a place of a section; lists of them are sorted by section, then offset. */
struct ks_bpf_place {
	uint32_t section, index;
	uint64_t offset; // bytes
};
struct ks_bpf_places {
	struct ks_bpf_place *at;
	size_t len, cap;
};
void ks_bpf_places_sort(struct ks_bpf_places *places);
/** How many lie before a place: the position of the first that does not. */
size_t ks_bpf_places_before(const struct ks_bpf_places *places, uint32_t section, uint64_t offset);
/** The index of what lies exactly there, or KS_NO_INDEX. */
uint32_t ks_bpf_places_find(const struct ks_bpf_places *places, uint32_t section, uint64_t offset);

struct ks_bpf_symbol {
	const char *name;
	uint64_t value, size; // bytes
	uint32_t section;     // SHN_* or index
	uint8_t type, binding;
};
struct ks_bpf_reloc {
	uint32_t symbol;
	int64_t addend; // of RELA; else 0, what is added stands in the instruction
};
/** A function, or what a section without functions holds. */
struct ks_bpf_function {
	const char *name;
	uint32_t section, first, nr; // instructions
	uint32_t func_type;
	bool program;	// one that a loader loads: global, and not in .text
	uint32_t index; // of that program, once it is read
};

struct ks_bpf_reader {
	struct ks_bpf_object *object;	 // under construction
	struct ks_bpf_program *programs; // of it, while they may still be changed
	struct ks_elf *elf;
	uint32_t nr_symbols, nr_functions;
	struct ks_bpf_symbol *symbols;
	uint32_t *by_name;		   // symbols, sorted
	uint32_t *extern_of;		   // of each symbol: index of the extern, or KS_NO_INDEX
	uint32_t *data_of;		   // of each section: index of the data, or KS_NO_INDEX
	struct ks_bpf_function *functions; // sorted by section and offset
	KS_VECTOR(struct ks_bpf_reloc) relocs;
	KS_VECTOR(struct ks_bpf_map) maps;
	KS_VECTOR(struct ks_bpf_struct_op) struct_ops;
	KS_VECTOR(struct ks_bpf_struct_member) members;
	KS_VECTOR(struct ks_bpf_ref) refs;
	KS_VECTOR(struct ks_bpf_refusal) refusals;
	// where these lie
	struct ks_bpf_places reloc_places, map_places, function_places, core_places, line_places,
		type_places;
};

/** Symbols and relocations. */
KS_MUST_CHECK struct ks_error *ks_bpf_read_symbols(struct ks_bpf_reader *reader);
KS_MUST_CHECK struct ks_error *ks_bpf_read_relocs(struct ks_bpf_reader *reader);
/** The symbol of that name in a section, or NULL. */
const struct ks_bpf_symbol *ks_bpf_find_symbol(const struct ks_bpf_reader *reader, const char *name,
					       uint32_t section);
/** .BTF.ext: prototypes of functions, source lines, CO-RE relocations. */
KS_MUST_CHECK struct ks_error *ks_bpf_read_ext(struct ks_bpf_reader *reader);
/** Sections of data. */
KS_MUST_CHECK struct ks_error *ks_bpf_read_data(struct ks_bpf_reader *reader);
/** Maps of both forms. */
KS_MUST_CHECK struct ks_error *ks_bpf_read_maps(struct ks_bpf_reader *reader);
/** The bytes of a type; 0 when it has no size that fits. */
uint32_t ks_bpf_type_size(const struct ks_btf *btf, uint32_t id);
/** Whether the section is one of maps that no BTF describes. */
bool ks_bpf_holds_legacy_maps(const char *section);
/** What a member of a map's definition says: a number, the size of a type, of "values" the struct of the maps in it. */
uint32_t ks_bpf_map_member(const struct ks_btf *btf, const char *name, uint32_t type);
/** Symbols that the kernel is to define. */
KS_MUST_CHECK struct ks_error *ks_bpf_read_externs(struct ks_bpf_reader *reader);
/** The functions of all executable sections. */
KS_MUST_CHECK struct ks_error *ks_bpf_read_functions(struct ks_bpf_reader *reader);
/** Programs, each with the functions it calls. */
KS_MUST_CHECK struct ks_error *ks_bpf_read_programs(struct ks_bpf_reader *reader);
/** The maps of struct_ops sections, and which programs their members are. */
KS_MUST_CHECK struct ks_error *ks_bpf_read_struct_ops(struct ks_bpf_reader *reader);
/** What libbpf does not open, once the other parts are read. */
KS_MUST_CHECK struct ks_error *ks_bpf_read_refusals(struct ks_bpf_reader *reader);

/** A place as an error: the section by its name, which the error keeps in its text. */
struct ks_error *ks_bpf_damaged(const struct ks_bpf_reader *reader, uint32_t section,
				uint64_t offset, const char *why);
