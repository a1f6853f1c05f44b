/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What kernels without CONFIG_KALLSYMS_ALL have no symbols for: system calls, their metadata and events are found by
 * their form in images that are made here. tests/test_boot.c compares real ones.
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(system_calls_are_found_without_a_symbol),
		cmocka_unit_test(the_table_of_another_abi_is_told_apart),
		cmocka_unit_test(two_tables_that_look_alike_are_unknown),
		cmocka_unit_test(events_are_found_without_a_symbol),
		cmocka_unit_test(no_event_found_is_unknown),
		cmocka_unit_test(what_is_freed_lies_between_two_functions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
