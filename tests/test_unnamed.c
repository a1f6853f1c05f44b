/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kernels without CONFIG_KALLSYMS_ALL have no symbols for: system calls, their metadata, events and what decides
 * about attaching are found by their form in images that are made here. tests/test_boot.c compares real ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "elf/flat.h"
#include "extract/symbols/kallsyms.h"
#include "extract/tables/find.h"

enum { SIZE = 0x10000, START = 0x400000, CODE = START + 0x8000, NR_CALLS = 150 };

/** An image of one architecture while it is made, with the symbols of its code only. */
struct made {
	struct ks_flat flat;
	const char *prefix; // of the functions of system calls
	uint8_t bytes[SIZE];
	struct ks_buf symbols;
	uint64_t next_function, next_text;
	struct ks_elf *elf;
	struct ks_surface *surface;
	struct ks_symbol_index *index;
	struct ks_finder finder;
};

static unsigned int word_size(const struct made *made)
{
	return made->flat.is64 ? 8 : 4;
}

static void put(struct made *made, uint64_t addr, uint64_t value, unsigned int size)
{
	uint8_t *at = made->bytes + (addr - START);
	for (unsigned int i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> 8 * (made->flat.big_endian ? size - 1 - i : i));
}

/** Words in a row. @return where the next one would be */
static uint64_t put_words(struct made *made, uint64_t addr, const uint64_t *words, size_t nr)
{
	for (size_t i = 0; i < nr; i++, addr += word_size(made))
		put(made, addr, words[i], word_size(made));
	return addr;
}

static void add_symbol(struct made *made, uint64_t addr, const char *prefix, const char *name)
{
	ks_buf_printf(&made->symbols, "%016llx T %s%s\n", (unsigned long long)addr, prefix, name);
}

static uint64_t nth_function(uint64_t nr)
{
	return CODE + 16 * nr;
}

static uint64_t add_function(struct made *made, const char *prefix, const char *name)
{
	uint64_t addr = nth_function(made->next_function++);
	add_symbol(made, addr, prefix, name);
	return addr;
}

static uint64_t add_text(struct made *made, const char *text)
{
	uint64_t addr = START + 0x6000 + made->next_text;
	memcpy(made->bytes + (addr - START), text, strlen(text) + 1);
	made->next_text += strlen(text) + 1;
	return addr;
}

static void open_made(struct made *made, uint16_t machine, bool is64, bool big_endian,
		      const char *prefix)
{
	*made = (struct made){ .flat = { machine, is64, big_endian }, .prefix = prefix };
	for (size_t i = 0; i < SIZE; i++) // no zeros, no addresses
		made->bytes[i] = (uint8_t)(0x81 + i % 7);
	add_function(made, "", "_stext");
}

static void read_made(struct made *made)
{
	assert_null(ks_elf_open_flat(made->bytes, SIZE, &made->flat, START, &made->elf));
	made->surface = ks_surface_new(1);
	made->surface->image.tier = KS_TIER_BTF;
	assert_null(ks_system_map_read(made->elf, ks_buf_text(&made->symbols), made->surface));
	assert_null(ks_symbol_index_new(made->surface, &made->index));
	made->finder = (struct ks_finder){ .elf = made->elf,
					   .symbols = made->index,
					   .surface = made->surface };
}

static void close_made(struct made *made)
{
	ks_symbol_index_free(made->index);
	ks_surface_free(made->surface);
	ks_elf_close(made->elf);
	ks_buf_deinit(&made->symbols);
}

/** A table of that many calls at the address, after its first four ones. @return where it ends */
static uint64_t add_table(struct made *made, uint64_t addr, const char *const first[4], size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		char name[32];
		snprintf(name, sizeof(name), "call_%zu", i);
		uint64_t call = add_function(made, made->prefix, i < 4 ? first[i] : name);
		addr = put_words(made, addr, &call, 1);
	}
	return addr;
}

static const char *const generic[4] = { "io_setup", "io_destroy", "io_submit", "io_cancel" };
static const char *const older[4] = { "restart_syscall", "exit", "fork", "read" };

/** struct syscall_metadata as it lies in the image. */
static void add_meta(struct made *made, uint64_t addr, const char *name, uint32_t number,
		     uint32_t nr_args, bool is_list)
{
	unsigned int word = word_size(made);
	uint64_t list = addr + (made->flat.is64 ? 32 : 20), at = addr;
	const uint64_t words[] = { list - 2 * word, list - 2 * word, list, list };
	put(made, at, add_text(made, name), word);
	put(made, at + word, number, 4);
	put(made, at + word + 4, nr_args, 4);
	put_words(made, at + word + 8, words, is_list ? 4 : 3);
}

static const struct ks_syscall *call_of(const struct ks_surface *surface, const char *name)
{
	for (size_t i = 0; i < surface->nr_syscalls; i++)
		if (strcmp(surface->syscalls[i].name, name) == 0)
			return &surface->syscalls[i];
	return NULL;
}

static void check_calls(struct made *made, const char *const first[4])
{
	enum { NOBODY = -1 };
	uint64_t other = add_table(made, START + 0x100, first, 20); // too short
	add_table(made, other, first, NR_CALLS);
	add_meta(made, START + 0x3000, "sys_call_7", (uint32_t)NOBODY, 3, true);
	add_meta(made, START + 0x3080, "sys_call_8", 8, 3, true);
	add_meta(made, START + 0x3100, "sys_call_9", (uint32_t)NOBODY, 3, false);
	add_meta(made, START + 0x3180, "call_10", (uint32_t)NOBODY, 3, true);
	// in newer kernels a bit-field of seven bits has the number
	bool big = made->flat.big_endian;
	add_meta(made, START + 0x3200, "sys_call_11", (uint32_t)NOBODY, big ? 5u << 25 : 5, true);
	add_meta(made, START + 0x3280, "sys_call_12", (uint32_t)NOBODY, 7, true);
	read_made(made);
	assert_null(ks_extract_syscalls(&made->finder));
	const struct ks_surface *surface = made->surface;
	assert_true(surface->known & KS_KNOWS(KS_SYSCALL));
	assert_int_equal(surface->nr_syscalls, NR_CALLS);
	assert_true(surface->image.facts & KS_FACT_TRACED);
	for (size_t i = 0; i < NR_CALLS; i++) {
		assert_int_equal(surface->syscalls[i].number, i);
		assert_int_equal(surface->syscalls[i].traced, i == 7 || i == 11 || i == 12);
		assert_int_equal(surface->syscalls[i].args, i == 7 ? 4 : i == 11 ? 6 : 0);
	}
	assert_int_equal(call_of(surface, first[1])->number, 1);
	close_made(made);
}

static void system_calls_are_found_without_a_symbol(void **state)
{
	(void)state;
	struct made made;
	open_made(&made, EM_AARCH64, true, false, "__arm64_sys_");
	check_calls(&made, generic);
	open_made(&made, EM_RISCV, true, false, "__riscv_sys_");
	check_calls(&made, generic);
	open_made(&made, EM_PPC64, true, true, "sys_");
	check_calls(&made, older);
	open_made(&made, EM_386, false, false, "__ia32_sys_");
	check_calls(&made, older);
}

/** What a kernel was built without are other names of one function; user-mode-linux has them all as local symbols. */
static void calls_that_are_not_there_have_one_name(void **state)
{
	(void)state;
	static const char *const names[] = { "gone", "ni_syscall", "other" };
	struct made made;
	open_made(&made, EM_PPC64, true, true, "sys_");
	add_table(&made, START + 0x100, older, NR_CALLS);
	uint64_t none = nth_function(made.next_function++);
	for (size_t i = 0; i < KS_ARRAY_LEN(names); i++)
		ks_buf_printf(&made.symbols, "%016llx t sys_%s\n", (unsigned long long)none,
			      names[i]);
	put_words(&made, START + 0x100 + (uint64_t)7 * word_size(&made), &none, 1);
	read_made(&made);
	assert_null(ks_extract_syscalls(&made.finder));
	assert_int_equal(made.surface->nr_syscalls, NR_CALLS);
	assert_string_equal(made.surface->syscalls[7].name, "ni_syscall");
	assert_string_equal(made.surface->syscalls[8].name, "call_8");
	close_made(&made);
}

/** On s390x both tables stand side by side, and what takes no arguments is the same function in both. */
static void the_table_of_another_abi_is_told_apart(void **state)
{
	(void)state;
	static const char *const first[4] = { "ni_syscall", "exit", "fork", "read" };
	struct made made;
	open_made(&made, EM_S390, true, true, "__s390x_sys_");
	uint64_t end = add_table(&made, START + 0x100, first, NR_CALLS);
	uint64_t none = nth_function(1), forks = nth_function(3); // _stext is the first
	add_symbol(&made, none, "__s390_sys_", "ni_syscall");
	add_symbol(&made, forks, "__s390_sys_", "fork");
	uint64_t exits = add_function(&made, "__s390_sys_", "exit");
	uint64_t reads = add_function(&made, "__s390_compat_sys_", "s390_read");
	const uint64_t calls[] = { none, exits, forks, reads };
	put_words(&made, end, calls, 4);
	read_made(&made);
	assert_null(ks_extract_syscalls(&made.finder));
	assert_int_equal(made.surface->nr_syscalls, NR_CALLS);
	assert_int_equal(call_of(made.surface, "fork")->number, 2);
	// no metadata was found: no word of events
	assert_false(made.surface->image.facts & KS_FACT_TRACED);
	close_made(&made);
}

static void two_tables_that_look_alike_are_unknown(void **state)
{
	(void)state;
	struct made made;
	open_made(&made, EM_AARCH64, true, false, "__arm64_sys_");
	uint64_t end = add_table(&made, START + 0x100, generic, NR_CALLS);
	add_table(&made, end, generic, NR_CALLS);
	read_made(&made);
	assert_null(ks_extract_syscalls(&made.finder));
	assert_false(made.surface->known & KS_KNOWS(KS_SYSCALL));
	close_made(&made);
}

/* ---- events ---- */

/** The types that say where things are. */
static const struct ks_type word_type = { .kind = KS_TYPE_INT, .name = "long" };
#define MEMBER(name, word)                                                                         \
	{                                                                                          \
		name, &word_type, (word)*64, 0                                                     \
	}
static const struct ks_member class_members[] = { MEMBER("system", 0), MEMBER("probe", 1) };
static const struct ks_member call_members[] = { MEMBER("class", 2), MEMBER("tp", 3),
						 MEMBER("print_fmt", 4), MEMBER("flags", 5) };
static const struct ks_member point_members[] = { MEMBER("name", 0) };
static const struct ks_decl structs[] = {
	{ .kind = KS_STRUCT, .name = "trace_event_class", .nr = 2, .members = class_members },
	{ .kind = KS_STRUCT, .name = "trace_event_call", .nr = 4, .members = call_members },
	{ .kind = KS_STRUCT, .name = "tracepoint", .nr = 1, .members = point_members },
	{ .kind = KS_STRUCT, .name = "trace_event_raw_template" },
};
enum { IGNORE = 8, TRACEPOINT = 16 };
static const struct ks_enumerator flags[] = { { "TRACE_EVENT_FL_IGNORE_ENABLE", IGNORE },
					      { "TRACE_EVENT_FL_TRACEPOINT", TRACEPOINT } };
static const struct ks_decl enums[] = {
	{ .kind = KS_ENUM, .name = "(anon)", .nr = 2, .values = flags },
};

static void add_event(struct made *made, uint64_t addr, uint64_t class, const char *name,
		      uint32_t bits)
{
	uint64_t point = addr + 0x80;
	const uint64_t words[] = { addr, addr, class, point, add_text(made, "\"fmt\"") };
	put_words(made, addr, words, 5);
	put(made, addr + sizeof(words), bits, 4);
	put(made, point, add_text(made, name), 8);
}

/** Look for tracepoints, with the kernel's layout of them at hand. */
static void find_events(struct made *made)
{
	made->surface->decls[KS_STRUCT].at = structs;
	made->surface->decls[KS_STRUCT].nr = KS_ARRAY_LEN(structs);
	made->surface->decls[KS_ENUM].at = enums;
	made->surface->decls[KS_ENUM].nr = 1;
	assert_null(ks_finder_init(&made->finder));
	assert_null(ks_extract_tracepoints(&made->finder));
}

static void events_are_found_without_a_symbol(void **state)
{
	(void)state;
	struct made made;
	open_made(&made, EM_AARCH64, true, false, "");
	uint64_t probe = add_function(&made, "trace_event_raw_event_", "template");
	uint64_t class = START + 0x200, list = START + 0x400;
	const uint64_t words[] = { add_text(&made, "sched"), probe };
	put_words(&made, class, words, 2);
	put_words(&made, list, &probe, 1); // the function stands in other tables, too
	add_event(&made, START + 0x1000, class, "ks_first", TRACEPOINT);
	add_event(&made, START + 0x1200, class, "ks_hidden", TRACEPOINT | IGNORE);
	add_event(&made, START + 0x1400, class, "ks_other", 0);
	add_event(&made, START + 0x1600, class, "ks_second", TRACEPOINT);
	add_event(&made, START + 0x1800, list, "ks_nothing", TRACEPOINT);
	read_made(&made);
	find_events(&made);
	const struct ks_surface *surface = made.surface;
	assert_true(surface->known & KS_KNOWS(KS_TRACEPOINT));
	assert_int_equal(surface->nr_tracepoints, 2);
	assert_string_equal(surface->tracepoints[0].event, "ks_first");
	assert_string_equal(surface->tracepoints[1].event, "ks_second");
	for (int i = 0; i < 2; i++) {
		assert_string_equal(surface->tracepoints[i].class_name, "template");
		assert_string_equal(surface->tracepoints[i].system, "sched");
		assert_string_equal(surface->tracepoints[i].format, "\"fmt\"");
		assert_ptr_equal(surface->tracepoints[i].record, &structs[3]);
	}
	ks_finder_deinit(&made.finder);
	close_made(&made);
}

static void no_event_found_is_unknown(void **state)
{
	(void)state;
	struct made made;
	open_made(&made, EM_AARCH64, true, false, "");
	add_function(&made, "trace_event_raw_event_", "template");
	read_made(&made);
	find_events(&made);
	assert_null(ks_extract_syscalls(&made.finder));
	assert_int_equal(made.surface->known, 0);
	assert_false(made.surface->image.facts & KS_FACT_TRACED);
	ks_finder_deinit(&made.finder);
	close_made(&made);
}

/** A kernel that runs lists what it has freed, but not always where that ends. */
static void what_is_freed_lies_between_two_functions(void **state)
{
	(void)state;
	for (int data = 0; data < 2; data++) {
		struct made made;
		open_made(&made, EM_X86_64, true, false, "");
		if (data) {
			add_function(&made, "", "linux_banner");
			add_function(&made, "", "__init_begin");
		}
		uint64_t kept = add_function(&made, "", "kept");
		add_function(&made, "", "_sinittext");
		uint64_t freed = add_function(&made, "", "start_kernel");
		add_function(&made, "", "_einittext");
		read_made(&made);
		made.surface->image.tier = data ? KS_TIER_LIVE : KS_TIER_BTF;
		ks_extract_init(&made.finder);
		assert_true(made.surface->image.facts & KS_FACT_INIT);
		assert_int_equal(ks_symbol_at(made.index, kept)->attach, 0);
		assert_int_equal(ks_symbol_at(made.index, freed)->attach, KS_ATTACH_INIT);
		close_made(&made);
	}
}

/* ---- what can be attached to functions ---- */

enum { NR_PLACES = 120, NOP = 0xd503201f, OTHER = 0xf81e0ffe };

static uint64_t add_code(struct made *made, const char *name, uint64_t nr, uint32_t instruction)
{
	char text[32];
	snprintf(text, sizeof(text), "%s_%llu", name, (unsigned long long)nr);
	uint64_t addr = add_function(made, "", text);
	put(made, addr, instruction, 4);
	return addr;
}

/** The places that ftrace patches, with a zero among them, between pointers to code that nobody patches. */
static void add_places(struct made *made, uint64_t addr, uint64_t nr)
{
	uint64_t other = add_code(made, "other", addr, OTHER), zero = 0;
	addr = put_words(made, addr, &other, 1);
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t traced = add_code(made, "traced", i, NOP);
		addr = put_words(made, addr, &traced, 1);
		if (i == nr / 2)
			addr = put_words(made, addr, &zero, 1);
	}
	put_words(made, addr, &other, 1);
}

static void places_that_ftrace_patches_are_found_without_a_symbol(void **state)
{
	(void)state;
	static const struct {
		uint64_t first, second; // places in tables
		bool known;
	} kernels[] = {
		{ NR_PLACES, 0, true },
		{ NR_PLACES, NR_PLACES, false }, // which?
		{ 99, 0, false },		 // anything
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(kernels); i++) {
		struct made made;
		open_made(&made, EM_AARCH64, true, false, "");
		add_places(&made, START + 0x100, kernels[i].first);
		if (kernels[i].second)
			add_places(&made, START + 0x2000, kernels[i].second);
		uint64_t lone =
			add_code(&made, "lone", 0, NOP); // like such a place, and in no table
		read_made(&made);
		assert_null(ks_extract_attach(&made.finder));
		uint32_t facts = made.surface->image.facts;
		assert_int_equal(facts & KS_FACT_FTRACE, kernels[i].known ? KS_FACT_FTRACE : 0);
		uint64_t nr = 0;
		for (size_t k = 0; k < made.surface->nr_symbols; k++) {
			const struct ks_symbol *sym = &made.surface->symbols[k];
			bool traced = sym->attach & KS_ATTACH_FTRACE;
			if (traced && strncmp(sym->name, "traced_", 7) != 0)
				fail_msg("%s is traced", sym->name);
			nr += traced;
		}
		assert_int_equal(nr, kernels[i].known ? kernels[i].first : 0);
		assert_int_equal(ks_symbol_at(made.index, lone)->attach, 0);
		close_made(&made);
	}
}

/** Places in a row of which one is something else. @return whether the table is known, and how many functions are in it */
static bool find_places(uint32_t instruction, uint64_t behind, size_t *ret_nr)
{
	enum { NR = 120, ODD = 110 };
	struct made made;
	uint64_t addr = START + 0x100, places[NR + 1];
	open_made(&made, EM_AARCH64, true, false, "");
	for (size_t i = 0; i < NR; i++)
		places[i < ODD ? i : i + 1] = add_code(&made, "traced", i, NOP);
	places[ODD] = add_code(&made, "last", 0, OTHER) + behind;
	put(&made, places[ODD], instruction, 4);
	put_words(&made, addr, places, KS_ARRAY_LEN(places));
	read_made(&made);
	assert_null(ks_extract_attach(&made.finder));
	*ret_nr = 0;
	for (size_t k = 0; k < made.surface->nr_symbols; k++)
		*ret_nr += made.surface->symbols[k].attach & KS_ATTACH_FTRACE ? 1 : 0;
	bool known = made.surface->image.facts & KS_FACT_FTRACE;
	close_made(&made);
	return known;
}

static void places_are_found_all_of_them_or_none(void **state)
{
	(void)state;
	size_t nr;
	assert_true(find_places(NOP, 0, &nr));
	assert_int_equal(nr, 121);
	assert_true(find_places(NOP, 8, &nr)); // behind the address of the last function
	assert_int_equal(nr, 121);
	assert_false(find_places(OTHER, 0, &nr)); // how far does the table go?
	assert_int_equal(nr, 0);
}

enum { META = START + 0x3000 };

/**
 * A list and what stands in front of it and behind it; 100 and up are functions.
 * @return whether it is known, and which are in it
 */
static bool find_protected(const uint64_t *words, size_t nr, bool lookup, uint64_t *ret_bits)
{
	struct made made;
	uint64_t list = START + 0x408, functions[8];
	open_made(&made, EM_AARCH64, true, false, "");
	for (int i = 0; i < 8; i++)
		functions[i] = add_code(&made, "some", (uint64_t)i, OTHER);
	add_symbol(&made, START, "", "first");
	add_meta(&made, META, "sys_read", UINT32_MAX, 3, true);
	if (lookup)
		add_symbol(&made, functions[2], "", "get_kprobe");
	for (size_t i = 0; i < nr; i++) {
		uint64_t word = words[i] - 100 < 8 ? functions[words[i] - 100] : words[i];
		put_words(&made, list + 8 * i, &word, 1);
	}
	read_made(&made);
	assert_null(ks_extract_attach(&made.finder));
	*ret_bits = 0;
	for (uint64_t i = 0; i < 8; i++)
		if (ks_symbol_at(made.index, functions[i])->attach & KS_ATTACH_NO_KPROBE)
			*ret_bits |= 1u << i;
	bool known = made.surface->image.facts & KS_FACT_KPROBE;
	close_made(&made);
	return known;
}

static void functions_without_kprobes_are_found_without_a_symbol(void **state)
{
	(void)state;
	enum { DATA = START + 0x40, CODE_ELSEWHERE = CODE - 8 };
	uint64_t bits;
	const uint64_t alone[] = { DATA, META, 101, 102, CODE_ELSEWHERE, 103, 0 };
	assert_true(find_protected(alone, KS_ARRAY_LEN(alone), true, &bits));
	assert_int_equal(bits, 1 << 1 | 1 << 2 | 1 << 3);
	// at a multiple of 32 begin functions that may fail, each with the kind of its error
	const uint64_t joined[] = { META, 102, 103, 104, 2, 105, 0, 106, 1, 0 };
	assert_true(find_protected(joined, KS_ARRAY_LEN(joined), true, &bits));
	assert_int_equal(bits, 1 << 2 | 1 << 3);
	const uint64_t apart[] = { META, 102, 103, 104, 105, 0, 0, 106, 1, 107, 2, 0 };
	assert_true(find_protected(apart, KS_ARRAY_LEN(apart), true, &bits));
	assert_int_equal(bits, 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5);
	const uint64_t data[] = { META, 102, 103, DATA, DATA, 0, 104 };
	assert_true(find_protected(data, KS_ARRAY_LEN(data), true, &bits));
	assert_int_equal(bits, 1 << 2 | 1 << 3);
	// nobody knows what stands there
	assert_false(find_protected(alone, KS_ARRAY_LEN(alone), false, &bits));
	const uint64_t unbounded[] = { DATA, 101, 102, 103, 0 };
	assert_false(find_protected(unbounded, KS_ARRAY_LEN(unbounded), true, &bits));
	const uint64_t twice[] = { META, 102, 103, 0, META, 102, 104, 0 };
	assert_false(find_protected(twice, KS_ARRAY_LEN(twice), true, &bits));
	assert_int_equal(bits, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(system_calls_are_found_without_a_symbol),
		cmocka_unit_test(calls_that_are_not_there_have_one_name),
		cmocka_unit_test(the_table_of_another_abi_is_told_apart),
		cmocka_unit_test(two_tables_that_look_alike_are_unknown),
		cmocka_unit_test(events_are_found_without_a_symbol),
		cmocka_unit_test(no_event_found_is_unknown),
		cmocka_unit_test(what_is_freed_lies_between_two_functions),
		cmocka_unit_test(places_that_ftrace_patches_are_found_without_a_symbol),
		cmocka_unit_test(places_are_found_all_of_them_or_none),
		cmocka_unit_test(functions_without_kprobes_are_found_without_a_symbol),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
