/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be attached to a function. The mini kernels say in their sources what their tables hold; two kernels
 * of Debian that were booted say it themselves (available_filter_functions, kprobes/blacklist). The latter are
 * opt-in: KSURF_KERNELS is a folder with RELEASE/vmlinux.
 */
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
#include "elf_file.h"
#include "extract/tables/find.h"
#include "kernel_list.h"
#include "mini.h"

enum { ALL_FACTS = KS_FACT_FTRACE | KS_FACT_KPROBE | KS_FACT_INJECT | KS_FACT_INIT };

/** "Facts:" of tests/minis/kernel/attach.c. */
static const struct {
	const char *name;
	uint8_t attach;
} attach_facts[] = {
	{ "attach_hidden", 0 },
	{ "attach_weak", 0 },
	{ "attach_hidden_too", 0 },
	{ "attach_plain", KS_ATTACH_FTRACE },
	{ "attach_static", KS_ATTACH_FTRACE },
	{ "attach_listed", KS_ATTACH_FTRACE | KS_ATTACH_NO_KPROBE },
	{ "attach_listed.cold", KS_ATTACH_NO_KPROBE },
	{ "attach_kprobes_text", KS_ATTACH_FTRACE | KS_ATTACH_NO_KPROBE },
	{ "attach_noinstr", KS_ATTACH_NO_KPROBE },
	{ "attach_entry", KS_ATTACH_NO_KPROBE },
	{ "attach_inject", KS_ATTACH_FTRACE | KS_ATTACH_INJECT },
	{ "attach_init", KS_ATTACH_FTRACE | KS_ATTACH_INIT },
	{ "outer_caller", 0 },
};

static bool entry_code_is_protected(const struct mini *mini)
{
	return !strcmp(mini->arch, "amd64") || !strcmp(mini->arch, "i386") ||
	       !strcmp(mini->arch, "arm64") || !strcmp(mini->arch, "armhf");
}

static void check_symbols(const struct mini *mini)
{
	mini_equal_number(mini, "facts", ALL_FACTS, mini->surface->image.facts & ALL_FACTS);
	for (size_t i = 0; i < KS_ARRAY_LEN(attach_facts); i++) {
		const struct ks_symbol *found = NULL;
		for (size_t k = 0; k < mini->surface->nr_symbols; k++)
			if (mini->surface->symbols[k].type == STT_FUNC &&
			    !strcmp(mini->surface->symbols[k].name, attach_facts[i].name))
				found = &mini->surface->symbols[k];
		if (!found)
			fail_msg("%s: no symbol %s", mini->name, attach_facts[i].name);
		uint8_t expected = attach_facts[i].attach;
		if (!strcmp(found->name, "attach_entry") && !entry_code_is_protected(mini))
			expected = 0;
		mini_equal_number(mini, found->name, expected, found->attach);
	}
}

static void tables_decide_what_can_be_attached(void **state)
{
	(void)state;
	minis_each(check_symbols);
}

static void check_copies(const struct mini *mini)
{
	const struct ks_surface *surface = mini->surface;
	size_t nr = 0;
	for (size_t i = 0; i < surface->nr_functions; i++)
		for (uint32_t k = 0; k < surface->functions[i].nr_symbols; k++) {
			const struct ks_symbol *copy = &surface->functions[i].symbols[k];
			for (size_t j = 0; j < surface->nr_symbols; j++)
				if (surface->symbols[j].addr == copy->addr &&
				    surface->symbols[j].type == STT_FUNC &&
				    !strcmp(surface->symbols[j].name, copy->name))
					mini_equal_number(mini, copy->name,
							  surface->symbols[j].attach, copy->attach);
			nr += copy->attach != 0;
		}
	assert_true(nr > 0);
}

static void functions_and_symbol_table_agree(void **state)
{
	(void)state;
	minis_each(check_copies);
}

/* ---- tables that are not what they should be ---- */

/** The bytes of a mini kernel, changed by the test, as a surface that only knows its symbols. */
struct patched {
	uint8_t *bytes;
	size_t len;
	struct ks_elf *elf;
	struct ks_surface *surface;
	struct ks_symbol_index *symbols;
};

static bool patched_open(struct patched *patched)
{
	const char *folder = getenv("KSURF_MINIS");
	char path[4096];
	snprintf(path, sizeof(path), "%s/amd64-gcc-dwarf5", folder ? folder : "");
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	patched->len = (size_t)ftell(file);
	rewind(file);
	patched->bytes = malloc(patched->len);
	assert_int_equal(fread(patched->bytes, 1, patched->len, file), patched->len);
	fclose(file);
	return true;
}

static void patched_read(struct patched *patched)
{
	assert_null(ks_elf_open_memory(patched->bytes, patched->len, &patched->elf));
	patched->surface = ks_surface_new(1);
	assert_null(ks_symbols_read(patched->elf, patched->surface));
	assert_null(ks_symbol_index_new(patched->surface, &patched->symbols));
	const struct ks_finder finder = { .elf = patched->elf,
					  .symbols = patched->symbols,
					  .surface = patched->surface };
	assert_null(ks_extract_image(&finder));
	assert_null(ks_extract_attach(&finder));
}

static void patched_close(struct patched *patched)
{
	ks_symbol_index_free(patched->symbols);
	ks_surface_free(patched->surface);
	ks_elf_close(patched->elf);
	free(patched->bytes);
}

/** Where the bytes of the mini's tables begin, and how many they are, from mcount_loc on. */
static uint8_t *tables_of(struct patched *patched, size_t *ret_len)
{
	struct ks_elf *elf;
	assert_null(ks_elf_open_memory(patched->bytes, patched->len, &elf));
	const struct ks_section *tables = ks_elf_section(elf, ".kernel.tables");
	assert_non_null(tables);
	uint8_t *at = patched->bytes + (tables->data - patched->bytes);
	*ret_len = tables->size;
	ks_elf_close(elf);
	return at;
}

static void tables_of_zeros_are_unknown(void **state)
{
	(void)state;
	struct patched patched = { 0 };
	if (!patched_open(&patched))
		skip();
	size_t len;
	uint8_t *tables = tables_of(&patched, &len);
	memset(tables, 0, len);
	patched_read(&patched);
	assert_int_equal(patched.surface->image.facts & ALL_FACTS, KS_FACT_INIT);
	patched_close(&patched);
}

static void places_without_order_and_with_holes_are_found(void **state)
{
	(void)state;
	struct patched plain = { 0 }, patched = { 0 };
	if (!patched_open(&plain) || !patched_open(&patched))
		skip();
	size_t len;
	uint8_t *tables = tables_of(&patched, &len);
	uint64_t first, third;
	memcpy(&first, tables, sizeof(first));
	memcpy(&third, tables + 16, sizeof(third));
	memcpy(tables, &third, sizeof(third));
	memcpy(tables + 16, &first, sizeof(first));
	patched_read(&plain);
	patched_read(&patched);
	for (size_t i = 0; i < plain.surface->nr_symbols; i++)
		assert_int_equal(plain.surface->symbols[i].attach,
				 patched.surface->symbols[i].attach);
	patched_close(&patched);

	assert_true(patched_open(&patched)); // 6.15 and later: 0 where a weak function was left out
	patched.elf = NULL;
	memset(tables_of(&patched, &len), 0, sizeof(uint64_t));
	patched_read(&patched);
	size_t lost = 0;
	for (size_t i = 0; i < plain.surface->nr_symbols; i++)
		lost += plain.surface->symbols[i].attach != patched.surface->symbols[i].attach;
	assert_true(lost <= 1);
	assert_int_equal(patched.surface->image.facts & ALL_FACTS, ALL_FACTS);
	patched_close(&patched);
	patched_close(&plain);
}

/* ---- booted kernels ---- */

/** A kernel whose own lists are known, read. */
struct booted {
	struct ks_elf *elf;
	struct ks_surface *surface;
	struct ks_symbol_index *symbols;
	struct kernel_list traced, blacklist;
};

static bool booted_open(const char *release, struct booted *ret)
{
	const char *folder = getenv("KSURF_PARITY_DIR");
	char path[4096];
	snprintf(path, sizeof(path), "%s/vmlinux-%s", folder ? folder : "", release);
	ret->elf = folder ? elf_file_open(path) : NULL;
	if (!ret->elf || !kernel_list_read(release, "available_filter_functions", &ret->traced) ||
	    !kernel_list_read(release, "kprobes_blacklist", &ret->blacklist)) {
		print_message("needs KSURF_PARITY_DIR/vmlinux-%s and KSURF_SHARED\n", release);
		return false;
	}
	ret->surface = ks_surface_new(1);
	assert_null(ks_symbols_read(ret->elf, ret->surface));
	assert_null(ks_symbol_index_new(ret->surface, &ret->symbols));
	const struct ks_finder finder = { .elf = ret->elf,
					  .symbols = ret->symbols,
					  .surface = ret->surface };
	assert_null(ks_extract_image(&finder));
	assert_null(ks_extract_attach(&finder));
	return true;
}

static void booted_close(struct booted *booted)
{
	kernel_list_free(&booted->traced);
	kernel_list_free(&booted->blacklist);
	ks_symbol_index_free(booted->symbols);
	ks_surface_free(booted->surface);
	ks_elf_close(booted->elf);
}

/** The kernel lists one name for each address: whether it is this one's or that of another symbol there. */
static bool listed(const struct booted *booted, const struct kernel_list *names,
		   const struct ks_symbol *symbol)
{
	const struct ks_symbol *sym = ks_symbol_at(booted->symbols, symbol->addr);
	for (; sym; sym = ks_symbol_at_next(booted->symbols, sym))
		if (kernel_list_has(names, sym->name))
			return true;
	return false;
}

/** Some function symbol of that name has the bits. */
static bool some_has(const struct booted *booted, const char *name, uint8_t bits,
		     bool *ret_function)
{
	const struct ks_symbol *sym = ks_symbol_find(booted->symbols, name, 1u << STT_FUNC);
	*ret_function = sym != NULL;
	for (; sym; sym = ks_symbol_find_next(booted->symbols, sym, 1u << STT_FUNC))
		if (sym->attach & bits)
			return true;
	return false;
}

/**
 * Both directions: every listed function has its bit, and whatever has the bit is listed, but for what the
 * kernel had freed when it made the list.
 */
static size_t check_traced(const struct booted *booted)
{
	size_t unknown = 0;
	for (size_t i = 0; i < booted->traced.nr; i++) {
		const char *name = booted->traced.at[i];
		bool function;
		if (strncmp(name, "__ftrace_invalid_address__", 26) != 0 &&
		    !some_has(booted, name, KS_ATTACH_FTRACE, &function)) {
			print_message("listed as traced, but not found so: %s\n", name);
			unknown++;
		}
	}
	for (size_t i = 0; i < booted->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &booted->surface->symbols[i];
		if ((sym->attach & (KS_ATTACH_FTRACE | KS_ATTACH_INIT)) == KS_ATTACH_FTRACE &&
		    !listed(booted, &booted->traced, sym))
			fail_msg("%s: found to be traced, but not listed", sym->name);
	}
	return unknown;
}

static void check_blacklist(const struct booted *booted)
{
	for (size_t i = 0; i < booted->blacklist.nr; i++) {
		bool function; // the list names labels in assembly code, too
		if (!some_has(booted, booted->blacklist.at[i], KS_ATTACH_NO_KPROBE, &function) &&
		    function)
			fail_msg("%s: on the blacklist, but not found so", booted->blacklist.at[i]);
	}
	for (size_t i = 0; i < booted->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &booted->surface->symbols[i];
		char name[256];
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(sym->name, "."), sym->name);
		bool suffixed = strchr(sym->name, '.') && kernel_list_has(&booted->blacklist, name);
		if ((sym->attach & KS_ATTACH_NO_KPROBE) && !suffixed &&
		    !listed(booted, &booted->blacklist, sym))
			fail_msg("%s: found without kprobes, but not on the blacklist", sym->name);
	}
}

static void booted_6_1_lists_the_same_functions(void **state)
{
	(void)state;
	struct booted booted = { 0 };
	if (!booted_open("6.1.0-50-amd64", &booted))
		skip();
	assert_int_equal(check_traced(&booted), 0);
	check_blacklist(&booted);
	booted_close(&booted);
}

/*
 * 5.10 puts the place in a discarded weak function down to the function before it. For __bpf_tramp_exit, which
 * is notrace, that is the weak arch_prepare_bpf_trampoline behind it: the only one of its kind.
 */
static void booted_5_10_lists_the_same_functions_and_one_weak_leftover(void **state)
{
	(void)state;
	struct booted booted = { 0 };
	if (!booted_open("5.10.0-32-amd64", &booted))
		skip();
	assert_int_equal(check_traced(&booted), 1);
	bool function;
	assert_true(kernel_list_has(&booted.traced, "__bpf_tramp_exit"));
	assert_false(some_has(&booted, "__bpf_tramp_exit", KS_ATTACH_FTRACE, &function));
	check_blacklist(&booted);
	booted_close(&booted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_decide_what_can_be_attached),
		cmocka_unit_test(functions_and_symbol_table_agree),
		cmocka_unit_test(tables_of_zeros_are_unknown),
		cmocka_unit_test(places_without_order_and_with_holes_are_found),
		cmocka_unit_test(booted_6_1_lists_the_same_functions),
		cmocka_unit_test(booted_5_10_lists_the_same_functions_and_one_weak_leftover),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
