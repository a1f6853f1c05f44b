/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions and labels in images whose symbols are names and addresses alone: built by hand, each with what tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "extract/symbols/labels.h"

enum {
	TEXT = 0x10000,
	BASE = 0x81000000,
	KNOWN = 1200, // functions that BTF lists
	STEP = 32
};

/** An image: code, its tables of frames, and symbols in the order of addresses. */
struct image {
	uint8_t text[TEXT];
	uint8_t places[4 * (KNOWN + 256)], entries[6 * (KNOWN + 256)];
	size_t nr_frames;
	struct ks_section sections[4];
	struct ks_elf elf;
	struct ks_symbol symbols[KNOWN + 256];
	struct ks_function functions[KNOWN + 256];
	char names[KNOWN][24];
	size_t nr_symbols, nr_functions;
	uint64_t end; // of what the symbols stand for so far
};

static struct ks_symbol *add(struct image *image, uint64_t addr, const char *name, uint8_t attach,
			     uint8_t nr_btf)
{
	struct ks_symbol *symbol = &image->symbols[image->nr_symbols++];
	*symbol = (struct ks_symbol){
		.name = name, .addr = addr, .section = ".text", .type = STT_FUNC, .attach = attach
	};
	image->functions[image->nr_functions++] =
		(struct ks_function){ .name = name, .nr_btf = nr_btf };
	return symbol;
}

/** A symbol where the last one ends. */
static uint64_t next(struct image *image, const char *name, uint8_t attach)
{
	uint64_t addr = image->end;
	add(image, addr, name, attach, 0);
	image->end += STEP;
	return addr;
}

/** Put a frame for what begins at an address. */
static void frame(struct image *image, uint64_t addr, const char entry[6])
{
	uint64_t place = BASE + 0x100000 + 4 * image->nr_frames;
	int32_t distance = (int32_t)(addr - place);
	memcpy(image->places + 4 * image->nr_frames, &distance, sizeof(distance));
	memcpy(image->entries + 6 * image->nr_frames++, entry, 6);
}

static void put(struct image *image, uint64_t addr, uint32_t word)
{
	memcpy(&image->text[addr - BASE], &word, sizeof(word));
}

/** @param nr functions that BTF lists, if btf, and one in assembly */
static struct image *image_new(uint16_t machine, bool is64, size_t nr, bool btf)
{
	struct image *image = calloc(1, sizeof(*image));
	assert_non_null(image);
	memset(image->text, 0x55, sizeof(image->text));
	image->elf = (struct ks_elf){ .machine = machine,
				      .is64 = is64,
				      .type = ET_EXEC,
				      .map_len = TEXT,
				      .nr_sections = 2,
				      .sections = image->sections };
	image->sections[0].name = "";
	image->sections[1] = (struct ks_section){ .name = ".text",
						  .type = SHT_PROGBITS,
						  .flags = SHF_ALLOC | SHF_EXECINSTR,
						  .addr = BASE,
						  .size = TEXT,
						  .data = image->text };
	image->end = BASE + 0x100;
	for (size_t i = 0; i < nr; i++, image->end += STEP) {
		snprintf(image->names[i], sizeof(image->names[i]), "known_%zu", i);
		add(image, image->end, image->names[i], KS_ATTACH_FTRACE, btf);
	}
	add(image, image->end, "copy_page", 0, btf);
	image->end += STEP;
	return image;
}

/** The tables of frames are whole. */
static void close_frames(struct image *image)
{
	image->sections[2] = (struct ks_section){ .name = ".orc_unwind_ip",
						  .flags = SHF_ALLOC,
						  .addr = BASE + 0x100000,
						  .size = 4 * image->nr_frames,
						  .data = image->places };
	image->sections[3] = (struct ks_section){ .name = ".orc_unwind",
						  .flags = SHF_ALLOC,
						  .addr = BASE + 0x200000,
						  .size = 6 * image->nr_frames,
						  .data = image->entries };
	image->elf.nr_sections = 4;
}

/** Tell labels. @param code false: of a running kernel, whose code cannot be read */
static void tell(struct image *image, bool code)
{
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	struct ks_symbol_index *index;
	surface->symbols = image->symbols;
	surface->nr_symbols = image->nr_symbols;
	surface->functions = image->functions;
	surface->nr_functions = image->nr_functions;
	assert_null(ks_symbol_index_new(surface, &index));
	assert_null(ks_labels_tell(code ? &image->elf : NULL, index, surface));
	assert_true(surface->image.facts & KS_FACT_LABELS);
	ks_symbol_index_free(index);
}

static void is(const struct image *image, const char *name, unsigned int type)
{
	for (size_t i = 0; i < image->nr_symbols; i++) {
		if (strcmp(image->symbols[i].name, name) != 0)
			continue;
		if (image->symbols[i].type != type)
			fail_msg("%s: %u, not %u", name, image->symbols[i].type, type);
		return;
	}
	fail_msg("no %s", name);
}

/** What needs nothing but symbols and BTF. */
static void names_and_tables_tell(void **state)
{
	(void)state;
	for (int code = 0; code < 2; code++) {
		struct image *image = image_new(EM_X86_64, true, 200, true);
		add(image, BASE + 0x100, "alias_of_known", 0, 0);
		add(image, BASE + 0x120, "known_text_end", KS_ATTACH_FTRACE, 0);
		next(image, "traced", KS_ATTACH_FTRACE);
		next(image, "not_traced", 0);
		next(image, "may_fail", KS_ATTACH_INJECT);
		next(image, "known_1.isra.0", 0);
		next(image, "no_more.part.0", 0);
		next(image, "cut", 0);
		next(image, "cut.cold", 0);
		next(image, "traced_end", KS_ATTACH_FTRACE);
		struct ks_symbol *start = add(image, image->end, "__static_call_text_start", 0, 0);
		start->type = STT_NOTYPE;
		next(image, "__SCT__call", 0);
		next(image, "__SCT__call_start", 0);
		struct ks_symbol *stop = add(image, image->end, "__static_call_text_end", 0, 0);
		stop->type = STT_NOTYPE;
		next(image, "behind", 0);
		tell(image, code);
		is(image, "known_0", STT_FUNC);
		is(image, "known_199", STT_FUNC);
		is(image, "alias_of_known", STT_FUNC);
		is(image, "known_text_end", KS_STT_UNTOLD); // the entry may be its neighbour's
		is(image, "traced_end", STT_FUNC);	    // it has no neighbour
		is(image, "traced", STT_FUNC);
		is(image, "not_traced", KS_STT_UNTOLD);
		is(image, "may_fail", STT_FUNC);
		is(image, "known_1.isra.0", STT_FUNC);
		is(image, "no_more.part.0", STT_FUNC);
		is(image, "cut", STT_FUNC);
		is(image, "__SCT__call", STT_FUNC);
		is(image, "__SCT__call_start", STT_FUNC);
		is(image, "behind", KS_STT_UNTOLD);
		is(image, "__static_call_text_end", STT_NOTYPE); // what was none stays so
		free(image);
	}
}

/** What a call leaves, what an exception leaves, and what an entry for none is, in two kernels' spelling. */
static const struct {
	const char *call, *other;
} spellings[] = { { "\x08\0\0\0\x05\0", "\0\0\0\0\x05\x01" },
		  { "\x08\0\0\0\x05\x02", "\0\0\0\0\x05\x0b" } };

/** @param prefixed functions have symbols in front */
static struct image *framed(size_t spelling, bool prefixed)
{
	static const char none[6] = { 0 };
	struct image *image = image_new(EM_X86_64, true, 200, true);
	uint64_t addr = BASE + 0x100;
	for (size_t i = 0; i < 200; i++, addr += STEP) {
		if (prefixed && i % 2)
			add(image, addr - 16, "__pfx_known", 0, 0);
		frame(image, addr, i == 7 ? none : spellings[spelling].call);
		frame(image, addr + 4, "\x10\0\xf0\xff\x15\0");
	}
	frame(image, next(image, "as_function", 0), spellings[spelling].call);
	frame(image, next(image, "asm_exception", 0), spellings[spelling].other);
	frame(image, next(image, "left_out", 0), none);
	if (prefixed)
		add(image, image->end - 16, "__pfx_left_out_and_named", 0, 0);
	frame(image, next(image, "left_out_and_named", 0), none);
	frame(image, next(image, "of_table", 0), "\x10\0\xf0\xff\x15\0");
	close_frames(image);
	return image;
}

static void frames_tell(void **state)
{
	(void)state;
	for (size_t spelling = 0; spelling < KS_ARRAY_LEN(spellings); spelling++) {
		for (int prefixed = 0; prefixed < 2; prefixed++) {
			struct image *image = framed(spelling, prefixed);
			tell(image, true);
			is(image, "known_7", STT_FUNC);
			is(image, "as_function", KS_STT_UNTOLD);
			is(image, "asm_exception", STT_NOTYPE);
			is(image, "of_table", STT_NOTYPE);
			is(image, "left_out", prefixed ? STT_NOTYPE : KS_STT_UNTOLD);
			is(image, "left_out_and_named", prefixed ? STT_FUNC : KS_STT_UNTOLD);
			free(image);
		}
	}
}

/** That one function has a symbol in front does not say that all have; and without BTF nothing lists those that have none. */
static void no_frame_tells_where_functions_are_known(void **state)
{
	(void)state;
	struct image *image = framed(0, false);
	add(image, BASE + 0x100 - 16, "__pfx_known_0", 0, 0);
	tell(image, true);
	is(image, "left_out", KS_STT_UNTOLD);
	free(image);
	image = framed(0, true);
	for (size_t i = 0; i < image->nr_functions; i++)
		image->functions[i].nr_btf = 0;
	tell(image, true);
	is(image, "left_out", KS_STT_UNTOLD);
	is(image, "asm_exception", STT_NOTYPE); // ftrace tells of functions
	free(image);
}

static void tables_that_cannot_be_searched_tell_nothing(void **state)
{
	(void)state;
	struct image *image = framed(0, false);
	memset(image->places + 40, 0x7f, 4); // not in order
	tell(image, true);
	is(image, "asm_exception", KS_STT_UNTOLD);
	free(image);
	image = framed(0, false);
	image->sections[3].size -= 6; // not as many entries as places
	tell(image, true);
	is(image, "asm_exception", KS_STT_UNTOLD);
	free(image);
	image = framed(0, false);
	image->nr_symbols = image->nr_functions = 0; // too few functions say what is usual
	uint64_t last = BASE + 0x100 + (uint64_t)201 * STEP;
	add(image, BASE + 0x100, "known", 0, 1);
	add(image, last, "asm_exception", 0, 0);
	tell(image, true);
	is(image, "asm_exception", KS_STT_UNTOLD);
	free(image);
}

/** @param assembly BTF lists it, too */
static struct image *coded(bool assembly)
{
	struct image *image = image_new(EM_AARCH64, true, KNOWN, true);
	image->functions[KNOWN].nr_btf = assembly;
	put(image, next(image, "signs", 0), 0xd503233f);
	memset(&image->text[next(image, "written_later", 0) - BASE], 0, 1024);
	image->end += 1024;
	add(image, BASE + 0xc000, "page_table", 0, 0);
	memset(&image->text[0xc000], 0, 0x1000);
	uint64_t called = next(image, "called", 0);
	put(image, BASE + 0x104, 0x94000000 | (uint32_t)(called - BASE - 0x104) / 4);
	next(image, "aligned", 0);
	image->end += 4;
	next(image, "not_aligned", 0);
	return image;
}

/** Assembly calls labels; what BTF does not list, a call tells all the same. */
static void code_tells(void **state)
{
	(void)state;
	for (int assembly = 0; assembly < 2; assembly++) {
		struct image *image = coded(assembly);
		tell(image, true);
		is(image, "signs", STT_FUNC);
		is(image, "page_table", STT_NOTYPE);
		is(image, "written_later", KS_STT_UNTOLD);
		is(image, "aligned", KS_STT_UNTOLD);
		is(image, "copy_page", assembly ? STT_FUNC : KS_STT_UNTOLD);
		is(image, "not_aligned", assembly ? STT_NOTYPE : KS_STT_UNTOLD);
		is(image, "called", assembly ? KS_STT_UNTOLD : STT_FUNC);
		free(image);
	}
	struct image *image = image_new(EM_AARCH64, true, 200, true); // too few tell
	image->end += 4;
	next(image, "not_aligned", 0);
	tell(image, true);
	is(image, "not_aligned", KS_STT_UNTOLD);
	free(image);
}

/** A direct call, as the machine's manual has it. */
static void put_call(struct image *image, uint64_t from, uint64_t to)
{
	int64_t distance = (int64_t)(to - from);
	switch (image->elf.machine) {
	case EM_AARCH64: // bl
		put(image, from, 0x94000000 | ((uint32_t)(distance / 4) & 0x3ffffff));
		break;
	case EM_ARM: // bl
		put(image, from, 0xeb000000 | ((uint32_t)((distance - 8) / 4) & 0xffffff));
		break;
	case EM_MIPS: // jal
		put(image, from, 0x0c000000 | ((uint32_t)to >> 2 & 0x3ffffff));
		break;
	default: // call rel32
		image->text[from - BASE] = 0xe8;
		put(image, from + 1, (uint32_t)(distance - 5));
	}
}

/** Forward and backward, of each machine whose calls are known. */
static void without_btf_calls_tell(void **state)
{
	(void)state;
	static const struct {
		uint16_t machine;
		bool is64;
	} machines[] = { { EM_X86_64, true }, { EM_386, false }, { EM_AARCH64, true },
			 { EM_ARM, false },   { EM_MIPS, true }, { EM_MIPS, false } };
	for (size_t i = 0; i < KS_ARRAY_LEN(machines); i++) {
		struct image *image = image_new(machines[i].machine, machines[i].is64, 200, false);
		uint64_t back = next(image, "backward", 0), from = next(image, "caller", 0);
		uint64_t ahead = next(image, "forward", 0), bound = next(image, "table_end", 0);
		add(image, bound, "alias_of_that", 0, 0);
		next(image, "traced", KS_ATTACH_FTRACE);
		next(image, "pointed_to", 0);
		next(image, "last", 0);
		const uint64_t targets[] = { back, ahead, bound };
		for (size_t k = 0; k < KS_ARRAY_LEN(targets); k++, from += 8)
			put_call(image, from, targets[k]);
		tell(image, true);
		is(image, "backward", STT_FUNC);
		is(image, "forward", STT_FUNC);
		is(image, "alias_of_that", STT_FUNC);
		is(image, "table_end", KS_STT_UNTOLD);
		is(image, "caller", KS_STT_UNTOLD);
		is(image, "pointed_to", KS_STT_UNTOLD);
		is(image, "traced", STT_FUNC);
		free(image);
	}
}

/** What a bound lies near to may be behind the last address, which is in front of the first. */
static void the_last_addresses_are_some(void **state)
{
	(void)state;
	for (uint64_t ahead = 0; ahead < 10; ahead++) {
		struct image *image = image_new(EM_X86_64, true, 3, true);
		add(image, UINT64_MAX - ahead, "table_end", KS_ATTACH_FTRACE, 0);
		tell(image, true);
		is(image, "table_end", STT_FUNC);
		free(image);
	}
}

/** Bytes that sections share are read once, or not at all: there may be many of them. */
static void code_is_read_once(void **state)
{
	(void)state;
	for (int twice = 0; twice < 2; twice++) {
		struct image *image = image_new(EM_X86_64, true, 200, false);
		uint64_t from = next(image, "caller", 0), to = next(image, "called", 0);
		next(image, "last", 0);
		put_call(image, from, to);
		image->sections[2] = image->sections[1];
		image->sections[1].addr -= twice ? STEP : 0; // no call there leads to that
		image->elf.nr_sections = 2 + (size_t)twice;
		tell(image, true);
		is(image, "called", twice ? KS_STT_UNTOLD : STT_FUNC);
		free(image);
	}
}

/** Where no address is told, all symbols lie at 0. */
static void hidden_addresses_make_no_aliases(void **state)
{
	(void)state;
	struct image *image = image_new(EM_X86_64, true, 3, true);
	add(image, 0, "other", 0, 0);
	for (size_t i = 0; i < image->nr_symbols; i++)
		image->symbols[i].addr = 0;
	tell(image, false);
	is(image, "known_0", STT_FUNC);
	is(image, "other", KS_STT_UNTOLD);
	free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_tables_tell),
		cmocka_unit_test(frames_tell),
		cmocka_unit_test(no_frame_tells_where_functions_are_known),
		cmocka_unit_test(tables_that_cannot_be_searched_tell_nothing),
		cmocka_unit_test(code_tells),
		cmocka_unit_test(without_btf_calls_tell),
		cmocka_unit_test(code_is_read_once),
		cmocka_unit_test(the_last_addresses_are_some),
		cmocka_unit_test(hidden_addresses_make_no_aliases),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
