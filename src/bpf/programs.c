/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>

#include "bpf/reader.h"

/*
 * A program is handed to the kernel in one piece: its own instructions, and behind them each function it calls,
 * in the order of the first calls. The bytes of an instruction are u8 code, two registers of 4 bits, s16 off,
 * s32 imm; of the registers the one in the lower bits is dst, or src in big-endian objects.
 */

enum {
	CALL = 0x85,	 // BPF_JMP | BPF_CALL
	LD_IMM64 = 0x18, // BPF_LD | BPF_DW | BPF_IMM
	PSEUDO_CALL = 1, // in src: of a function of the program
	INSN_BYTES = 8,
	// Every program repeats what it calls. Large objects of today have some 200,000 instructions.
	MAX_TOTAL = 4 << 20,
	NOT_PLACED = 0,
};

/** A function that is being worked on. */
struct frame {
	uint32_t function, base, next; // base, next: in the program
};

/** The program under construction. */
struct link {
	struct ks_bpf_reader *reader;
	uint32_t *placed; // of each function: 1 + where it begins in the program, or NOT_PLACED
	uint64_t total;	  // instructions of all programs so far
	KS_VECTOR(struct ks_bpf_insn) insns;
	KS_VECTOR(uint32_t) refs;
	KS_VECTOR(uint32_t) cores;
	KS_VECTOR(uint32_t) lines;
	KS_VECTOR(struct frame) frames;
	KS_VECTOR(uint32_t) used; // functions in it
};

static void free_link(struct link *link)
{
	ks_vector_deinit(&link->insns);
	ks_vector_deinit(&link->refs);
	ks_vector_deinit(&link->cores);
	ks_vector_deinit(&link->lines);
	ks_vector_deinit(&link->frames);
	ks_vector_deinit(&link->used);
}

static struct ks_bpf_insn read_insn(struct ks_cursor *c, bool big_endian)
{
	struct ks_bpf_insn insn = { .code = ks_cursor_u8(c) };
	uint8_t registers = ks_cursor_u8(c);
	insn.dst = big_endian ? registers >> 4 : registers & 0xf;
	insn.src = big_endian ? registers & 0xf : registers >> 4;
	insn.off = (int16_t)ks_cursor_u16(c);
	insn.imm = (int32_t)ks_cursor_u32(c);
	return insn;
}

static bool reserve(struct link *link, uint32_t nr)
{
	return ks_vector_reserve(&link->insns, nr) && ks_vector_reserve(&link->refs, nr) &&
	       ks_vector_reserve(&link->cores, nr) && ks_vector_reserve(&link->lines, nr);
}

/** Instructions of a function, with what .BTF.ext says about each. A line holds up to the next. */
static void copy_code(struct link *link, const struct ks_bpf_function *function)
{
	const struct ks_bpf_reader *reader = link->reader;
	const struct ks_bpf_places *lines = &reader->line_places, *cores = &reader->core_places;
	uint64_t offset = (uint64_t)function->first * INSN_BYTES;
	size_t line = ks_bpf_places_before(lines, function->section, offset);
	size_t core = ks_bpf_places_before(cores, function->section, offset);
	uint32_t current = KS_NO_INDEX;
	struct ks_cursor c = ks_elf_cursor(reader->elf, &reader->elf->sections[function->section]);
	ks_cursor_take(&c, offset);
	for (uint32_t i = 0; i < function->nr; i++, offset += INSN_BYTES) {
		uint32_t relo = KS_NO_INDEX;
		for (; line < lines->len && lines->at[line].section == function->section &&
		       lines->at[line].offset <= offset;
		     line++)
			current = lines->at[line].index;
		for (; core < cores->len && cores->at[core].section == function->section &&
		       cores->at[core].offset <= offset;
		     core++)
			if (cores->at[core].offset == offset)
				relo = cores->at[core].index;
		link->insns.at[link->insns.len++] = read_insn(&c, reader->object->big_endian);
		link->refs.at[link->refs.len++] = KS_NO_INDEX;
		link->cores.at[link->cores.len++] = relo;
		link->lines.at[link->lines.len++] = current;
	}
}

static struct ks_error *place_function(struct link *link, uint32_t index)
{
	const struct ks_bpf_function *function = &link->reader->functions[index];
	link->total += function->nr;
	if (link->total > MAX_TOTAL)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "its programs have more than %d instructions in all",
				    MAX_TOTAL);
	uint32_t base = (uint32_t)link->insns.len;
	struct frame frame = { index, base, base };
	if (!reserve(link, function->nr) || !ks_vector_add(&link->frames, frame) ||
	    !ks_vector_add(&link->used, index))
		return &ks_nomem;
	link->placed[index] = base + 1;
	copy_code(link, function);
	return NULL;
}

static struct ks_error *add_ref(struct link *link, uint32_t insn, struct ks_bpf_ref ref)
{
	link->refs.at[insn] = (uint32_t)link->reader->refs.len;
	return ks_vector_add(&link->reader->refs, ref) ? NULL : &ks_nomem;
}

/** What a relocated instruction refers to, functions left out. */
static struct ks_bpf_ref find_thing(const struct ks_bpf_reader *reader,
				    const struct ks_bpf_symbol *symbol, uint32_t ext, bool call,
				    uint64_t offset)
{
	struct ks_bpf_ref ref = { .kind = KS_REF_LOST, .name = symbol->name };
	if (ext != KS_NO_INDEX) {
		static const enum ks_bpf_ref_kind kinds[] = {
			[KS_EXTERN_KCONFIG] = KS_REF_KCONFIG,
			[KS_EXTERN_KSYM] = KS_REF_KSYM,
			[KS_EXTERN_KFUNC] = KS_REF_KSYM,
		};
		enum ks_bpf_extern_kind kind = reader->object->externs[ext].kind;
		ref.index = ext;
		if (!call)
			ref.kind = kinds[kind];
		else if (kind == KS_EXTERN_KFUNC)
			ref.kind = KS_REF_KFUNC;
		return ref;
	}
	if (call || symbol->section == SHN_UNDEF || symbol->section >= reader->elf->nr_sections)
		return ref;
	uint32_t map = ks_bpf_places_find(&reader->map_places, symbol->section, offset);
	if (map != KS_NO_INDEX) {
		ref.kind = KS_REF_MAP;
		ref.index = map;
	} else if (reader->data_of[symbol->section] != KS_NO_INDEX) {
		ref.kind = KS_REF_DATA;
		ref.index = reader->data_of[symbol->section];
		ref.offset = offset;
	}
	if (symbol->type == STT_SECTION)
		ref.name = NULL;
	return ref;
}

/** Give an instruction the reference to a function, which may have to be placed first: then *ret_again. */
static struct ks_error *refer(struct link *link, uint32_t insn, uint32_t function, bool *ret_again)
{
	*ret_again = !link->placed[function];
	if (*ret_again)
		return place_function(link, function);
	uint32_t target = link->placed[function] - 1;
	struct ks_bpf_insn *at = &link->insns.at[insn];
	at->imm = (int32_t)(target - insn - 1);
	struct ks_bpf_ref ref = {
		.kind = at->code == CALL ? KS_REF_CALL : KS_REF_POINTER,
		.offset = target,
		.name = link->reader->functions[function].name,
	};
	return add_ref(link, insn, ref);
}

/** Find out what one instruction refers to. */
static struct ks_error *resolve(struct link *link, const struct frame *frame, uint32_t insn,
				bool *ret_again)
{
	struct ks_bpf_reader *reader = link->reader;
	const struct ks_bpf_function *function = &reader->functions[frame->function];
	struct ks_bpf_insn at = link->insns.at[insn];
	bool call = at.code == CALL;
	*ret_again = false;
	uint64_t own = ((uint64_t)function->first + (insn - frame->base)) * INSN_BYTES;
	uint32_t index = ks_bpf_places_find(&reader->reloc_places, function->section, own);
	uint32_t section = function->section;
	uint64_t offset = own; // where a function is called: relative to this instruction
	const struct ks_bpf_symbol *symbol = NULL;
	if (index != KS_NO_INDEX) {
		symbol = &reader->symbols[reader->relocs.at[index].symbol];
		section = symbol->section;
		offset = symbol->value + (uint64_t)reader->relocs.at[index].addend;
	} else if (!call || at.src != PSEUDO_CALL) {
		return NULL;
	}
	if (call) // to a function of its own section counted from here, or else from the symbol
		offset += ((uint64_t)(int64_t)at.imm + 1) * INSN_BYTES;
	else
		offset += (uint64_t)(int64_t)at.imm;
	uint32_t target = ks_bpf_places_find(&reader->function_places, section, offset);
	if (target != KS_NO_INDEX)
		return refer(link, insn, target, ret_again);
	struct ks_bpf_ref lost = { .kind = KS_REF_LOST };
	if (!symbol)
		return add_ref(link, insn, lost);
	return add_ref(link, insn,
		       find_thing(reader, symbol,
				  reader->extern_of[reader->relocs.at[index].symbol], call,
				  offset));
}

/** Place a program's functions one after the other; what is called first comes first. */
static struct ks_error *link_functions(struct link *link, uint32_t main)
{
	KS_TRY(place_function(link, main));
	while (link->frames.len) {
		struct frame *frame = &link->frames.at[link->frames.len - 1];
		uint32_t end = frame->base + link->reader->functions[frame->function].nr;
		bool again = false;
		while (!again && frame->next < end) {
			struct frame copy = *frame; // resolve() may let the list of frames grow
			uint32_t here = link->insns.at[copy.next].code == LD_IMM64 ? 2 : 1;
			KS_TRY(resolve(link, &copy, copy.next, &again));
			if (!again)
				frame->next += here;
		}
		if (!again)
			link->frames.len--;
	}
	return NULL;
}

static struct ks_error *keep(struct link *link, const struct ks_bpf_function *main,
			     struct ks_bpf_program *program)
{
	struct ks_arena *arena = &link->reader->object->arena;
	size_t nr = link->insns.len;
	*program = (struct ks_bpf_program){
		.name = main->name,
		.section = ks_arena_strdup(arena, link->reader->elf->sections[main->section].name),
		.nr = (uint32_t)nr,
		.nr_main = main->nr,
		.insns = ks_arena_copy(arena, link->insns.at, nr, sizeof(*link->insns.at)),
		.refs = ks_arena_copy(arena, link->refs.at, nr, sizeof(uint32_t)),
		.cores = ks_arena_copy(arena, link->cores.at, nr, sizeof(uint32_t)),
		.lines = ks_arena_copy(arena, link->lines.at, nr, sizeof(uint32_t)),
		.func_type = main->func_type,
	};
	if (!program->section || !program->insns || !program->refs || !program->cores ||
	    !program->lines)
		return &ks_nomem;
	program->autoload = program->section[0] != '?';
	KS_TRY(ks_hook_parse(arena, program->section, &program->hook));
	program->sleepable = program->hook.sleepable;
	return NULL;
}

static struct ks_error *read_program(struct link *link, uint32_t main,
				     struct ks_bpf_program *program)
{
	link->insns.len = link->refs.len = link->cores.len = link->lines.len = 0;
	link->frames.len = 0;
	for (size_t i = 0; i < link->used.len; i++)
		link->placed[link->used.at[i]] = NOT_PLACED;
	link->used.len = 0;
	KS_TRY(link_functions(link, main));
	return keep(link, &link->reader->functions[main], program);
}

static struct ks_error *read_all(struct link *link)
{
	struct ks_bpf_reader *reader = link->reader;
	for (size_t i = 0; i < reader->function_places.len; i++) {
		uint32_t index = reader->function_places.at[i].index;
		if (!reader->functions[index].program)
			continue;
		uint32_t program = reader->object->nr_programs++;
		reader->functions[index].index = program;
		KS_TRY(read_program(link, index, &reader->programs[program]));
	}
	return NULL;
}

struct ks_error *ks_bpf_read_programs(struct ks_bpf_reader *reader)
{
	struct ks_arena *arena = &reader->object->arena;
	size_t nr = 0;
	for (uint32_t i = 0; i < reader->nr_functions; i++)
		nr += reader->functions[i].program;
	reader->programs = ks_arena_array(arena, nr, sizeof(*reader->programs));
	struct link link = { .reader = reader };
	link.placed = ks_arena_array(arena, reader->nr_functions, sizeof(*link.placed));
	if (!reader->programs || !link.placed)
		return &ks_nomem;
	if (reader->nr_functions)
		memset(link.placed, 0, reader->nr_functions * sizeof(*link.placed));
	struct ks_error *err = read_all(&link);
	free_link(&link);
	reader->object->programs = reader->programs;
	return err;
}
