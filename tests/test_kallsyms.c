/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Symbols of kernels without a symbol table. The tables are built in the test, in every form that kernels had;
 * besides, the kernels in KSURF_PARITY_DIR (vmlinux-RELEASE) have both: what kallsyms say stands in .symtab too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "elf/flat.h"
#include "elf_file.h"
#include "extract/symbols/kallsyms.h"
#include "extract/symbols/symbols.h"
#include "kallsyms_builder.h"

enum { NR = 700, START = 0x2000 }; // symbols: three markers; and where functions begin in the image

/** Symbols in ascending order, two at an address as kernels have many; the first few below the base when that is what the form can say. */
static void make_entries(struct kallsyms_entry *entries, char (*names)[48], uint64_t base,
			 bool percpu)
{
	for (size_t i = 0; i < NR; i++) {
		snprintf(names[i], sizeof(names[i]), "%s_%zu", i % 3 ? "ks_function" : "data", i);
		entries[i] = (struct kallsyms_entry){
			.addr = percpu && i < 20 ? i * 16 : base + START + i / 2 * 64,
			.letter = percpu && i < 20 ? 'A'
				  : i % 3	   ? (i % 2 ? 't' : 'T')
						   : 'd',
			.name = names[i],
		};
	}
	static char big[300];
	memset(big, 'x', sizeof(big) - 1);
	entries[NR - 1].name = big;
}

static struct ks_flat flat_of(const struct kallsyms_spec *spec)
{
	return (struct ks_flat){ spec->is64 ? EM_S390 : EM_ARM, spec->is64, spec->big_endian };
}

static void check(const struct kallsyms_spec *spec)
{
	_cleanup_buf_ struct ks_buf bytes = { 0 };
	for (int i = 0; i < 64; i++) // something before the tables
		ks_buf_char(&bytes, (char)i);
	kallsyms_build(&bytes, spec);
	ks_buf_str(&bytes, "something behind the tables, too");
	const struct ks_flat flat = flat_of(spec);
	_cleanup_elf_ struct ks_elf *elf = NULL;
	assert_null(ks_elf_open_flat(bytes.at, bytes.len, &flat, 0, &elf));
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	uint64_t start;
	assert_null(ks_kallsyms_read(elf, surface, &start));
	if (!surface->symtab_known)
		print_error("layout %d, %d bits, %s, %s%s\n", spec->layout, spec->is64 ? 64 : 32,
			    spec->big_endian ? "big-endian" : "little-endian",
			    spec->long_markers ? "long markers " : "",
			    spec->by_name ? "by name" : "");
	assert_true(surface->symtab_known);
	assert_int_equal(surface->nr_symbols, spec->nr);
	// nothing in such an image points to functions: its addresses are counted from its start
	uint64_t shift = spec->layout == KALLSYMS_PLACE ? spec->place - 64 : 0;
	uint64_t mask = spec->is64 ? UINT64_MAX : UINT32_MAX;
	for (size_t i = 0; i < spec->nr; i++) {
		uint64_t addr = (surface->symbols[i].addr + shift) & mask;
		assert_string_equal(surface->symbols[i].name, spec->entries[i].name);
		assert_true(addr == spec->entries[i].addr);
		assert_int_equal(surface->symbols[i].type == STT_FUNC,
				 strchr("tT", spec->entries[i].letter) != NULL);
	}
}

static void every_form_is_read(void **state)
{
	(void)state;
	static char names[NR][48];
	static struct kallsyms_entry entries[NR];
	for (unsigned int n = 0; n < NR_KALLSYMS_LAYOUTS * 16; n++) {
		struct kallsyms_spec spec = {
			.layout = (enum kallsyms_layout)(n / 16),
			.is64 = n & 1,
			.big_endian = n & 2,
			.long_markers = n & 4,
			.by_name = n & 8,
			.entries = entries,
			.nr = NR,
		};
		if ((spec.layout >= KALLSYMS_WORDS && spec.long_markers) ||
		    (spec.layout == KALLSYMS_WORDS && spec.is64) ||
		    (spec.layout == KALLSYMS_PERCPU && !spec.is64))
			continue; // never was
		spec.base = spec.is64 ? 0xffffffff81000000 : 0xc0008000;
		spec.place = spec.base + 0x100040;
		make_entries(entries, names, spec.base, spec.layout == KALLSYMS_PERCPU);
		spec.base += START; // the lowest address
		check(&spec);
	}
}

static struct ks_surface *read_all(const struct kallsyms_spec *spec)
{
	_cleanup_buf_ struct ks_buf bytes = { 0 };
	kallsyms_build(&bytes, spec);
	const struct ks_flat flat = flat_of(spec);
	_cleanup_elf_ struct ks_elf *elf = NULL;
	assert_null(ks_elf_open_flat(bytes.at, bytes.len, &flat, 0, &elf));
	struct ks_surface *surface = ks_surface_new(1);
	uint64_t start;
	assert_null(ks_kallsyms_read(elf, surface, &start));
	assert_int_equal(surface->nr_symbols, spec->nr);
	return surface;
}

static void sizes_end_at_the_next_symbol(void **state)
{
	(void)state;
	static const struct kallsyms_entry entries[] = {
		{ 0xc0008000, 'T', "_text" },	      { 0xc0008000, 'T', "_stext" },
		{ 0xc0008000, 'T', "first" },	      { 0xc0008000, 't', "alias_of_first" },
		{ 0xc0008040, 'W', "weak" },	      { 0xc0008100, 'T', "_etext" },
		{ 0xc0009000, 'D', "variable" },      { 0xc0009010, 'V', "weak_variable" },
		{ 0xc0009020, 'd', "last_variable" },
	};
	static const struct {
		unsigned int size, type, bind;
	} expect[] = {
		{ 0, STT_NOTYPE, STB_GLOBAL },	{ 0, STT_NOTYPE, STB_GLOBAL },
		{ 64, STT_FUNC, STB_GLOBAL },	{ 64, STT_FUNC, STB_LOCAL },
		{ 192, STT_FUNC, STB_WEAK },	{ 0, STT_NOTYPE, STB_GLOBAL },
		{ 16, STT_OBJECT, STB_GLOBAL }, { 16, STT_OBJECT, STB_WEAK },
		{ 0, STT_OBJECT, STB_LOCAL },
	};
	const struct kallsyms_spec spec = { .layout = KALLSYMS_BEFORE,
					    .base = 0xc0008000,
					    .entries = entries,
					    .nr = KS_ARRAY_LEN(entries) };
	_cleanup_surface_ struct ks_surface *surface = read_all(&spec);
	for (size_t i = 0; i < spec.nr; i++) {
		assert_int_equal(surface->symbols[i].size, expect[i].size);
		assert_int_equal(surface->symbols[i].type, expect[i].type);
		assert_int_equal(surface->symbols[i].bind, expect[i].bind);
	}
}

/** Letters are those of functions: of labels the names tell. */
static void labels_are_no_functions(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		unsigned int type;
	} labels[] = {
		{ "_stext", STT_NOTYPE },
		{ "__kprobes_text_start", STT_NOTYPE },
		{ "__init_begin", STT_NOTYPE },
		{ "__inittext_end", STT_NOTYPE },
		{ "__exittext_begin", STT_NOTYPE },
		{ "__end_rodata", STT_NOTYPE },
		{ "__start___kvm_ex_table", STT_NOTYPE },
		{ "__kvm_nvhe___stop___kvm_ex_table", STT_NOTYPE },
		{ "__kvm_nvhe_$x", STT_NOTYPE },
		{ "__pi__stext", STT_NOTYPE },
		{ "__kvm_nvhe___hyp_text_start", STT_NOTYPE },
		{ "__kvm_nvhe___hyp_section_.hyp.text", STT_NOTYPE },
		{ "sys_call_table", STT_OBJECT },
		{ "compat_sys_call_table", STT_OBJECT },
		{ "sys_oabi_call_table", STT_OBJECT },
		// and these are some
		{ "__start_tty", STT_FUNC },
		{ "__stop_tty", STT_FUNC },
		{ "__pi_stext", STT_FUNC },
		{ "_RNvXs_4core$xy", STT_FUNC },
		{ "_etext", STT_NOTYPE },
	};
	enum { NR_LABELS = KS_ARRAY_LEN(labels) };
	struct kallsyms_entry entries[NR_LABELS];
	for (size_t i = 0; i < NR_LABELS; i++)
		entries[i] = (struct kallsyms_entry){ 0xc0008000 + 16 * i, 'T', labels[i].name };
	const struct kallsyms_spec spec = {
		.layout = KALLSYMS_BEFORE, .base = 0xc0008000, .entries = entries, .nr = NR_LABELS
	};
	_cleanup_surface_ struct ks_surface *surface = read_all(&spec);
	for (size_t i = 0; i < NR_LABELS; i++)
		if (surface->symbols[i].type != labels[i].type)
			fail_msg("%s", labels[i].name);
}

/** Any cut and any flipped byte ends in symbols, in none or in an error. */
static void damaged_tables_do_no_harm(void **state)
{
	(void)state;
	static char names[NR][48];
	static struct kallsyms_entry entries[NR];
	make_entries(entries, names, 0xffffffff81000000, false);
	const struct kallsyms_spec spec = { .layout = KALLSYMS_BEFORE,
					    .is64 = true,
					    .base = 0xffffffff81000000 + START,
					    .entries = entries,
					    .nr = NR };
	_cleanup_buf_ struct ks_buf whole = { 0 };
	kallsyms_build(&whole, &spec);
	const struct ks_flat flat = flat_of(&spec);
	for (size_t n = 0; n < 400; n++) {
		size_t at = n * 7919 % whole.len, len = n % 2 ? whole.len : at;
		uint8_t *copy = malloc(len + 1); // its end is the end of the memory
		assert_non_null(copy);
		memcpy(copy, whole.at, len);
		if (n % 2)
			copy[at] ^= (uint8_t)(1u << n % 8);
		_cleanup_elf_ struct ks_elf *elf = NULL;
		assert_null(ks_elf_open_flat(copy, len, &flat, 0, &elf));
		_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
		uint64_t start;
		ks_error_free(ks_kallsyms_read(elf, surface, &start));
		free(copy);
	}
}

static void system_map_is_read_and_a_stub_is_none(void **state)
{
	(void)state;
	static const char map[] = "ffffffff81000000 T _text\n"
				  "ffffffff81000100 D data\n"
				  "ffffffff81000040 t function\n"
				  "ffffffffc0000000 t in_module\t[ext4]\n"
				  "nonsense\n";
	static const char stub[] = "ffffffffffffffff B The real System.map is in the "
				   "linux-image-<version>-dbg package\n";
	static const char hidden[] = "0000000000000000 T _text\n0000000000000000 T function\n";
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	assert_null(ks_system_map_read(NULL, stub, surface));
	assert_false(surface->symtab_known);
	assert_null(ks_system_map_read(NULL, hidden, surface)); // names are all there is
	assert_true(surface->symtab_known);
	assert_int_equal(surface->nr_symbols, 2);
	assert_string_equal(surface->symbols[1].name, "function");
	surface->symtab_known = false;
	assert_null(ks_system_map_read(NULL, map, surface));
	assert_true(surface->symtab_known);
	assert_int_equal(surface->nr_symbols, 3);
	assert_string_equal(surface->symbols[1].name, "function");
	assert_true(surface->symbols[1].addr == 0xffffffff81000040);
	assert_int_equal(surface->symbols[1].type, STT_FUNC);
	assert_string_equal(surface->symbols[2].name, "data");
}

/** Since 7.2 amd64's .data has the flag of code, and nm's letter is that of code. */
static void code_is_not_where_data_is(void **state)
{
	(void)state;
	static const char map[] = "1000 T _stext\n"
				  "1040 t function\n"
				  "2000 T _etext\n"
				  "3000 T _sdata\n"
				  "3040 t table\n"
				  "4000 T _edata\n"
				  "5000 t starting\n";
	static const char half[] =
		"1000 t function\n4000 T _edata\n"; // functions only: _sdata is D
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	assert_null(ks_system_map_read(NULL, map, surface));
	assert_int_equal(surface->nr_symbols, 7);
	assert_int_equal(surface->symbols[1].type, STT_FUNC);
	assert_int_equal(surface->symbols[4].type, STT_OBJECT);
	assert_int_equal(surface->symbols[6].type, STT_FUNC);
	surface->symtab_known = false;
	assert_null(ks_system_map_read(NULL, half, surface));
	assert_int_equal(surface->symbols[0].type, STT_FUNC);
}

/** Weak functions are such wherever code is, and weak data has the same letter. */
static void weak_functions_are_where_code_is(void **state)
{
	(void)state;
	static const char map[] = "1000 T _stext\n"
				  "1040 W in_text\n"
				  "2000 T _etext\n"
				  "3000 D _sdata\n"
				  "3040 W in_data\n"
				  "4000 D _edata\n"
				  "5000 T _sinittext\n"
				  "5040 W starting\n"
				  "6000 T _einittext\n"
				  "6040 W behind\n";
	static const struct {
		size_t at;
		unsigned int type;
	} expect[] = { { 1, STT_FUNC }, { 4, STT_OBJECT }, { 7, STT_FUNC }, { 9, STT_OBJECT } };
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	assert_null(ks_system_map_read(NULL, map, surface));
	for (size_t i = 0; i < KS_ARRAY_LEN(expect); i++)
		assert_int_equal(surface->symbols[expect[i].at].type, expect[i].type);
}

/* ---- real kernels ---- */

/** Every symbol of kallsyms is one of .symtab, and no function of it is missing in kallsyms. */
static void compare(const char *path)
{
	_cleanup_elf_ struct ks_elf *elf = elf_file_open(path);
	_cleanup_surface_ struct ks_surface *table = ks_surface_new(1), *packed = ks_surface_new(1);
	assert_non_null(elf);
	assert_null(ks_symbols_read(elf, table));
	uint64_t start;
	assert_null(ks_kallsyms_read(elf, packed, &start));
	assert_true(table->symtab_known && packed->symtab_known);
	struct ks_symbol_index *index;
	assert_null(ks_symbol_index_new(table, &index));
	size_t missing = 0;
	for (size_t i = 0; i < packed->nr_symbols; i++) {
		const struct ks_symbol *sym = &packed->symbols[i];
		const struct ks_symbol *at = ks_symbol_at(index, sym->addr);
		while (at && strcmp(at->name, sym->name) != 0)
			at = ks_symbol_at_next(index, at);
		missing += !at;
	}
	ks_symbol_index_free(index);
	printf("    %s: %zu symbols, %zu not in .symtab\n", path, packed->nr_symbols, missing);
	assert_int_equal(missing, 0);
	assert_true(packed->nr_symbols > 10000);
}

static void real_kernels_say_what_their_symtab_says(void **state)
{
	(void)state;
	const char *dir = getenv("KSURF_PARITY_DIR");
	DIR *d = dir ? opendir(dir) : NULL;
	if (!d) {
		print_message("no KSURF_PARITY_DIR with vmlinux-RELEASE files\n");
		skip();
	}
	for (struct dirent *entry; (entry = readdir(d));) {
		char path[4096];
		if (strncmp(entry->d_name, "vmlinux-", 8) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		compare(path);
	}
	closedir(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_read),
		cmocka_unit_test(sizes_end_at_the_next_symbol),
		cmocka_unit_test(labels_are_no_functions),
		cmocka_unit_test(damaged_tables_do_no_harm),
		cmocka_unit_test(system_map_is_read_and_a_stub_is_none),
		cmocka_unit_test(code_is_not_where_data_is),
		cmocka_unit_test(weak_functions_are_where_code_is),
		cmocka_unit_test(real_kernels_say_what_their_symtab_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
