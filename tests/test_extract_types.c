/* SPDX-License-Identifier: BSD-2-Clause */
/* Types and tables of the mini kernels: what is expected stands as "Facts:" beside their sources. */
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
#include "extract/extract.h"
#include "mini.h"
#include "surface/codec.h"

static unsigned int word(const struct mini *mini)
{
	return mini->surface->image.elf_class / 8;
}

/* ---- types ---- */

static void check_decl(const struct mini *mini, enum ks_kind kind, const char *name,
		       const char *expected)
{
	const struct ks_decl *decl = mini_decl(mini, kind, name);
	if (!decl)
		fail_msg("%s: no %s %s", mini->name, ks_kinds[kind].name, name);
	struct ks_buf got = { 0 };
	spell_decl(&got, decl);
	mini_equal(mini, name, expected, &got);
}

static void records(const struct mini *mini)
{
	bool wide = word(mini) == 8;
	check_decl(mini, KS_STRUCT, "bits",
		   "8: a@0:3 typedef u32; b@3:5 typedef u32; c@8:24 typedef u32; whole@32 int;");
	check_decl(mini, KS_STRUCT, "nested",
		   wide ? "24: tag@0 int; number@64 ptr void; text@64 ptr const char; "
			  "x@64 typedef u8; y@72 typedef u8; named@128 struct (anon);"
			: "12: tag@0 int; number@32 ptr void; text@32 ptr const char; "
			  "x@32 typedef u8; y@40 typedef u8; named@64 struct (anon);");
	check_decl(mini, KS_STRUCT, "qualified", // clang does not say that it is qualified
		   mini->gcc ? "8: (anon)@0 const struct (anon); after@32 int;"
			     : "8: q@0 int; after@32 int;");
	check_decl(mini, KS_UNION, "number", "8: i@0 int; f@0 float; d@0 double;");
	check_decl(mini, KS_STRUCT, "empty", "0:");
	check_decl(mini, KS_STRUCT, "list_head",
		   wide ? "16: next@0 ptr struct list_head; prev@64 ptr struct list_head;"
			: "8: next@0 ptr struct list_head; prev@32 ptr struct list_head;");
	check_decl(mini, KS_STRUCT, "hlist_head",
		   wide ? "8: first@0 ptr declared struct hlist_node;"
			: "4: first@0 ptr declared struct hlist_node;");
	check_decl(mini, KS_STRUCT, "tree",
		   wide ? "24: parent@0 ptr struct tree; kids@64 array 2 ptr struct tree;"
			: "12: parent@0 ptr struct tree; kids@32 array 2 ptr struct tree;");
	assert_null(mini_decl(mini, KS_STRUCT, "hlist_node"));
	assert_null(mini_decl(mini, KS_STRUCT, "never_defined"));
}

static void spelled_members(const struct mini *mini)
{
	bool wide = word(mini) == 8;
	check_decl(mini, KS_STRUCT, "spelled",
		   wide ? "120: name@0 const ptr const char; state@64 ptr volatile int; "
			  "buf@128 array 16 char; table@256 array 4 ptr struct device; "
			  "grid@512 array 6 int; op@704 ptr function ((anon): ptr struct spelled, "
			  "(anon-1): ptr function ((anon): int) int, (anon-2): void) int; "
			  "none@768 ptr function () void; "
			  "opaque@832 ptr declared struct never_defined; gfp@896 typedef gfp_t; "
			  "tail@928 array 0 typedef u8;"
			: "80: name@0 const ptr const char; state@32 ptr volatile int; "
			  "buf@64 array 16 char; table@192 array 4 ptr struct device; "
			  "grid@320 array 6 int; op@512 ptr function ((anon): ptr struct spelled, "
			  "(anon-1): ptr function ((anon): int) int, (anon-2): void) int; "
			  "none@544 ptr function () void; "
			  "opaque@576 ptr declared struct never_defined; gfp@608 typedef gfp_t; "
			  "tail@640 array 0 typedef u8;");
}

static void records_are_spelled_as_published(void **state)
{
	(void)state;
	minis_each(records);
	minis_each(spelled_members);
}

static bool has_value(const struct ks_decl *decl, const char *name, int64_t value)
{
	for (uint32_t i = 0; i < decl->nr; i++)
		if (strcmp(decl->values[i].name, name) == 0)
			return decl->values[i].value == value;
	return false;
}

static void enums(const struct mini *mini)
{
	check_decl(mini, KS_ENUM, "color", "4: RED=0; GREEN=5; BLUE=-1;");
	check_decl(mini, KS_ENUM, "big", "8: SMALL=1; HUGE=4294967296;");
	check_decl(mini, KS_ENUM, "later", "4:");
	size_t nr = mini->surface->decls[KS_ENUM].nr;
	const struct ks_decl *last = &mini->surface->decls[KS_ENUM].at[nr - 1];
	assert_string_equal(last->name, "(anon)");
	assert_true(has_value(last, "TRACE_EVENT_FL_TRACEPOINT", 16));
	if (mini->gcc) // clang leaves out what no function uses
		assert_true(has_value(last, "LONELY", 42) && has_value(last, "LONELIER", 43));
}

static void unnamed_enums_are_gathered_and_declared_ones_have_a_size(void **state)
{
	(void)state;
	minis_each(enums);
}

static void typedefs(const struct mini *mini)
{
	check_decl(mini, KS_TYPEDEF, "bits_t", "struct bits");
	check_decl(mini, KS_TYPEDEF, "unnamed_t", "struct (anon)");
	check_decl(mini, KS_TYPEDEF, "callback_t",
		   "ptr function ((anon): ptr struct device, (anon-1): ptr void) int");
	check_decl(mini, KS_TYPEDEF, "matrix_t", "array 12 typedef u64");
	check_decl(mini, KS_TYPEDEF, "gfp_t", "unsigned int");
	check_decl(mini, KS_INT, "int", "4:");
	check_decl(mini, KS_INT, "double", "8:"); // floating-point types are integers there, too
}

/** What the unnamed type at the end of pointers, arrays and qualifiers holds. */
static void check_body(const struct mini *mini, const char *what, const struct ks_type *type,
		       const char *expected)
{
	struct ks_buf got = { 0 };
	while (type->inner)
		type = type->inner;
	if (!type->body)
		fail_msg("%s: %s: no body", mini->name, what);
	assert_null(type->name);
	assert_null(type->body->name);
	spell_decl(&got, type->body);
	mini_equal(mini, what, expected, &got);
}

static void bodies(const struct mini *mini)
{
	check_body(mini, "unnamed_t", mini_decl(mini, KS_TYPEDEF, "unnamed_t")->type,
		   "4: only_by_typedef@0 int;");
	const struct ks_type *nest = mini_decl(mini, KS_TYPEDEF, "nest_t")->type;
	check_body(mini, "nest_t", nest,
		   "20: deep@0 array 2 struct (anon); state@128 enum (anon);");
	check_body(mini, "deep", nest->body->members[0].type,
		   "8: counter@0 int; low@32 typedef u8; half@32 array 2 char;");
	check_body(mini, "state", nest->body->members[1].type, "4: IDLE=0; BUSY=7;");
	const struct ks_decl *nested = mini_decl(mini, KS_STRUCT, "nested");
	check_body(mini, "named", nested->members[5].type, "4: inner@0 int;");
	const struct ks_decl *qualified = mini_decl(mini, KS_STRUCT, "qualified");
	if (mini->gcc)
		check_body(mini, "qualified", qualified->members[0].type, "4: q@0 int;");
	assert_null(mini_decl(mini, KS_TYPEDEF, "bits_t")->type->body);
}

static void unnamed_types_have_what_they_hold(void **state)
{
	(void)state;
	minis_each(bodies);
}

static void typedefs_can_be_followed(void **state)
{
	(void)state;
	minis_each(typedefs);
}

static void ambiguities(const struct mini *mini)
{
	bool wide = word(mini) == 8;
	mini_equal_number(mini, "ambiguous names", 1, mini->surface->nr_ambiguities);
	const struct ks_ambiguity *found = &mini->surface->ambiguities[0];
	assert_int_equal(found->kind, KS_STRUCT);
	struct ks_buf got = { 0 };
	ks_buf_printf(&got, "%s", found->name);
	for (uint32_t i = 0; i < found->nr_variants; i++) {
		ks_buf_printf(&got, " | ");
		spell_decl(&got, found->variants[i].decl);
		for (uint32_t u = 0; u < found->variants[i].nr_units; u++)
			ks_buf_printf(&got, " %s", found->variants[i].units[u]);
	}
	mini_equal(mini, "shared_name",
		   wide ? "shared_name | 16: first@0 int; second@64 ptr void; kernel/unit_b.c | "
			  "24: first@0 ptr void; second@64 array 16 char; kernel/unit_c.c"
			: "shared_name | 8: first@0 int; second@32 ptr void; kernel/unit_b.c | "
			  "20: first@0 ptr void; second@32 array 16 char; kernel/unit_c.c",
		   &got);
	check_decl(mini, KS_STRUCT, "shared_name",
		   wide ? "16: first@0 int; second@64 ptr void;"
			: "8: first@0 int; second@32 ptr void;");
}

static void differing_definitions_are_kept_with_their_units(void **state)
{
	(void)state;
	minis_each(ambiguities);
}

/* ---- tables ---- */

static void tracepoints(const struct mini *mini)
{
	struct ks_buf got = { 0 };
	for (size_t i = 0; i < mini->surface->nr_tracepoints; i++) {
		const struct ks_tracepoint *tp = &mini->surface->tracepoints[i];
		ks_buf_printf(&got, "%s/%s %s %s %s %s; ", tp->system, tp->event, tp->class_name,
			      tp->func_name, tp->struct_name, tp->format);
		assert_string_equal(tp->func->name, tp->func_name);
		assert_string_equal(tp->record->name, tp->struct_name);
	}
	mini_equal(mini, "tracepoints",
		   "mini/mini_start mini_class trace_event_raw_event_mini_class "
		   "trace_event_raw_mini_class \"dev=%u comm=%s\", REC->dev, REC->comm; "
		   "mini/mini_stop mini_class trace_event_raw_event_mini_class "
		   "trace_event_raw_mini_class \"dev=%u\", REC->dev; "
		   "other/mini_bytes mini_other trace_event_raw_event_mini_other "
		   "trace_event_raw_mini_other \"%llu\", REC->bytes; ",
		   &got);
}

static void names(const struct mini *mini, const char *what, const char *const *at, size_t nr,
		  const char *expected)
{
	struct ks_buf got = { 0 };
	for (size_t i = 0; i < nr; i++)
		ks_buf_printf(&got, "%s%s", i ? " " : "", at[i]);
	mini_equal(mini, what, expected, &got);
}

static void tables(const struct mini *mini)
{
	const struct ks_surface *surface = mini->surface;
	struct ks_buf got = { 0 };
	for (size_t i = 0; i < surface->nr_syscalls; i++)
		ks_buf_printf(&got, "%d=%s%s ", (int)surface->syscalls[i].number,
			      surface->syscalls[i].name, surface->syscalls[i].traced ? "!" : "");
	mini_equal(mini, "syscalls", "0=read! 1=write 2=ni_syscall 3=close! -1=old! ", &got);
	assert_true(surface->image.facts & KS_FACT_TRACED);
	names(mini, "lsm", surface->lsm, surface->nr_lsm, "file_open inode_create");
	names(mini, "kfuncs", surface->kfuncs, surface->nr_kfuncs, "bpf_mini_acquire");
}

static void tables_hold_events_calls_hooks_and_kfuncs(void **state)
{
	(void)state;
	minis_each(tracepoints);
	minis_each(tables);
}

/** The bytes of a mini kernel, to be changed. @return how many; the test is skipped when it was not built */
static size_t mini_bytes(const char *name, uint8_t *bytes, size_t size)
{
	const char *folder = getenv("KSURF_MINIS");
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "", name);
	FILE *file = fopen(path, "re");
	if (!file)
		skip();
	size_t len = fread(bytes, 1, size, file);
	fclose(file);
	return len;
}

/** A kernel whose relocations were stripped has zeros in its tables: what they said is unknown, not absent. */
static void tables_of_zeros_say_nothing(void **state)
{
	(void)state;
	static uint8_t bytes[1 << 18];
	size_t len = mini_bytes("arm64-gcc-dwarf5", bytes, sizeof(bytes));
	struct ks_elf *elf;
	struct mini mini = { .name = "arm64, stripped", .arch = "arm64" };
	assert_null(ks_elf_open_memory(bytes, len, &elf));
	const struct ks_section *rela = ks_elf_section(elf, ".rela.dyn");
	assert_non_null(rela);
	memset(bytes + (rela->data - bytes), 0, rela->size); // no relocations of any type
	ks_elf_close(elf);
	assert_null(ks_elf_open_memory(bytes, len, &elf));
	assert_null(ks_extract(elf, &(struct ks_extract_opts){ 0 }, &mini.surface));
	ks_elf_close(elf);

	struct ks_buf got = { 0 };
	for (size_t i = 0; i < mini.surface->nr_tracepoints; i++) {
		const struct ks_tracepoint *tp = &mini.surface->tracepoints[i];
		ks_buf_printf(&got, "%s ", tp->event);
		assert_true(!tp->system && !tp->format && !tp->class_name && !tp->func);
	}
	mini_equal(&mini, "tracepoints",
		   "mini_start mini_ignored mini_stop mini_plain mini_bytes mini_orphan ", &got);
	assert_false(mini.surface->known & KS_KNOWS(KS_SYSCALL));
	assert_int_equal(mini.surface->nr_syscalls, 0);
	ks_surface_free(mini.surface);
}

/** ppc64 before 5.0, as far as the table goes: two words for each call. */
static void pairs_of_words_are_one_call(void **state)
{
	(void)state;
	static uint8_t bytes[1 << 18];
	size_t len = mini_bytes("amd64-gcc-dwarf5", bytes, sizeof(bytes));
	struct mini mini = { .name = "a table of pairs", .arch = "ppc64el" };
	struct ks_surface *plain = mini_read("amd64-gcc-dwarf5", 1);
	uint64_t table = 0;
	for (size_t i = 0; i < plain->nr_symbols; i++)
		if (strcmp(plain->symbols[i].name, "sys_call_table") == 0)
			table = plain->symbols[i].addr;
	ks_surface_free(plain);
	struct ks_elf *elf;
	assert_null(ks_elf_open_memory(bytes, len, &elf));
	const struct ks_cursor c = ks_elf_at(elf, table);
	uint8_t *slots = bytes + (c.pos - bytes); // read, write, ni_syscall, close
	memcpy(slots + 16, slots + 24, 8);
	memcpy(slots + 8, slots, 8);
	ks_elf_close(elf);
	bytes[18] = EM_PPC64; // e_machine
	assert_null(ks_elf_open_memory(bytes, len, &elf));
	assert_null(ks_extract(elf, &(struct ks_extract_opts){ 0 }, &mini.surface));
	ks_elf_close(elf);
	struct ks_buf got = { 0 };
	for (size_t i = 0; i < mini.surface->nr_syscalls; i++)
		ks_buf_printf(&got, "%d=%s ", (int)mini.surface->syscalls[i].number,
			      mini.surface->syscalls[i].name);
	mini_equal(&mini, "syscalls", "0=read 1=close -1=old ", &got);
	ks_surface_free(mini.surface);
}

static void image(const struct mini *mini)
{
	const struct ks_image *image = &mini->surface->image;
	char text[128];
	snprintf(text, sizeof(text), "6.6.6-mini-%s", mini->arch);
	assert_string_equal(image->release, text);
	assert_string_equal(image->label, text);
	assert_string_equal(image->version, "6.6.6");
	assert_string_equal(image->arch, mini->arch);
	assert_string_equal(image->flavor, "mini");
	assert_int_equal(image->tier, KS_TIER_FULL);
	bool is32 = strcmp(mini->arch, "i386") == 0 || strcmp(mini->arch, "armhf") == 0;
	assert_int_equal(image->elf_class, is32 ? 32 : 64);
	assert_int_equal(image->big_endian, strcmp(mini->arch, "s390x") == 0);
	assert_int_equal(strlen(image->build_id), 40); // SHA-1
	assert_non_null(strstr(image->compiler, mini->gcc ? "GCC" : "clang"));
	assert_true(strncmp(image->banner, "Linux version 6.6.6-mini-", 25) == 0);
	assert_int_equal(strlen(image->digest), 32);
	for (int kind = 0; kind <= KS_KFUNC; kind++)
		assert_true(mini->surface->known & KS_KNOWS(kind));
	assert_true(mini->surface->symtab_known);
	assert_null(mini->surface->config);
}

static void images_say_which_kernel_they_are(void **state)
{
	(void)state;
	minis_each(image);
}

/* ---- threads ---- */

/** Everything of a surface as bytes. */
static void put_surface(struct ks_buf *to, const struct ks_surface *surface)
{
	struct ks_facts_buf facts = { 0 };
	for (size_t i = 0; i < surface->nr_functions; i++) {
		ks_codec_put_function(to, &surface->functions[i], NULL);
		ks_codec_put_facts(&facts, &surface->functions[i], 0);
		for (uint32_t s = 0; s < surface->functions[i].nr_symbols; s++)
			ks_buf_strz(to, surface->functions[i].symbols[s].name);
	}
	ks_buf_bytes(to, facts.lines.at, facts.lines.len);
	ks_buf_bytes(to, facts.sizes.at, facts.sizes.len);
	ks_buf_bytes(to, facts.addrs.at, facts.addrs.len);
	ks_facts_buf_deinit(&facts);
	for (int kind = 0; kind <= KS_INT; kind++)
		for (size_t i = 0; i < surface->decls[kind].nr; i++)
			ks_codec_put_decl(to, &surface->decls[kind].at[i]);
	for (size_t i = 0; i < surface->nr_tracepoints; i++)
		ks_codec_put_tracepoint(to, &surface->tracepoints[i]);
	for (size_t i = 0; i < surface->nr_ambiguities; i++)
		ks_codec_put_ambiguity(to, &surface->ambiguities[i]);
	for (size_t i = 0; i < surface->nr_kfuncs; i++)
		ks_buf_strz(to, surface->kfuncs[i]);
	for (size_t i = 0; i < surface->nr_lsm; i++)
		ks_buf_strz(to, surface->lsm[i]);
	assert_non_null(ks_buf_text(to));
}

static void threads(const struct mini *mini)
{
	static const unsigned int numbers[] = { 1, 2, 3, 8 };
	struct ks_buf first = { 0 };
	put_surface(&first, mini->surface);
	assert_true(first.len > 1000);
	for (size_t i = 0; i < KS_ARRAY_LEN(numbers); i++) {
		struct ks_surface *again = mini_read(mini->name, numbers[i]);
		struct ks_buf bytes = { 0 };
		put_surface(&bytes, again);
		mini_equal_number(mini, "bytes", first.len, bytes.len);
		assert_memory_equal(first.at, bytes.at, bytes.len);
		ks_buf_deinit(&bytes);
		ks_surface_free(again);
	}
	ks_buf_deinit(&first);
}

static void the_number_of_threads_changes_nothing(void **state)
{
	(void)state;
	minis_each(threads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_spelled_as_published),
		cmocka_unit_test(unnamed_enums_are_gathered_and_declared_ones_have_a_size),
		cmocka_unit_test(typedefs_can_be_followed),
		cmocka_unit_test(unnamed_types_have_what_they_hold),
		cmocka_unit_test(differing_definitions_are_kept_with_their_units),
		cmocka_unit_test(tables_hold_events_calls_hooks_and_kfuncs),
		cmocka_unit_test(tables_of_zeros_say_nothing),
		cmocka_unit_test(pairs_of_words_are_one_call),
		cmocka_unit_test(images_say_which_kernel_they_are),
		cmocka_unit_test(the_number_of_threads_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
