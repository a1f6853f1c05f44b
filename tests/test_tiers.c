/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image that has both DWARF and BTF, read as it is and again with its DWARF hidden: wherever both tiers know,
 * they must agree. Mini kernels get their BTF from pahole; KSURF_TIERS names a real vmlinux.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "extract/extract.h"
#include "surface/codec.h"

/** One file, read twice. */
struct pair {
	const char *name;
	struct ks_surface *full, *btf;
};

/** The last text in the bytes: section names come behind the sections. */
static char *last_text(char *bytes, size_t len, const char *text)
{
	size_t n = strlen(text);
	for (char *at = bytes + len - n; at >= bytes; at--)
		if (memcmp(at, text, n) == 0)
			return at;
	fail_msg("no %s", text);
	return NULL;
}

static struct ks_surface *read_bytes(const char *name, const char *bytes, size_t len)
{
	struct ks_elf *elf = NULL;
	struct ks_surface *surface = NULL;
	const struct ks_extract_opts opts = { .nr_threads = 2 };
	struct ks_error *err = ks_elf_open_memory(bytes, len, &elf);
	if (!err)
		err = ks_extract(elf, &opts, &surface);
	if (err)
		fail_msg("%s: %s", name, ks_error_text(err));
	ks_elf_close(elf);
	return surface;
}

static struct pair read_pair(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	size_t len = (size_t)st.st_size;
	char *bytes = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	assert_true(bytes != MAP_FAILED);
	struct pair pair = { .name = path };
	pair.full = read_bytes(path, bytes, len);
	last_text(bytes, len, ".debug_info")[1] = 'D';
	pair.btf = read_bytes(path, bytes, len);
	munmap(bytes, len);
	close(fd);
	assert_int_equal(pair.full->image.tier, KS_TIER_FULL);
	assert_int_equal(pair.btf->image.tier, KS_TIER_BTF);
	return pair;
}

static void pair_free(struct pair *pair)
{
	ks_surface_free(pair->full);
	ks_surface_free(pair->btf);
}

typedef void pair_check(const struct pair *pair);

/** The mini kernels with BTF, and the real one if there is one. */
static void each_pair(pair_check *check)
{
	const char *folder = getenv("KSURF_MINIS"), *real = getenv("KSURF_TIERS");
	DIR *dir = folder ? opendir(folder) : NULL;
	unsigned int nr = 0;
	for (struct dirent *file; dir && (file = readdir(dir));) {
		char path[4096];
		if (strncmp(file->d_name, "btf-", 4) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, file->d_name);
		struct pair pair = read_pair(path);
		check(&pair);
		pair_free(&pair);
		nr++;
	}
	if (dir)
		closedir(dir);
	if (real) {
		struct pair pair = read_pair(real);
		check(&pair);
		pair_free(&pair);
		nr++;
	}
	if (!nr) {
		print_message("no mini kernel with BTF (needs pahole), and no KSURF_TIERS\n");
		skip();
	}
}

/* ---- lookup ---- */

static int compare_decls(const void *a, const void *b)
{
	const struct ks_decl *x = *(const struct ks_decl *const *)a;
	const struct ks_decl *y = *(const struct ks_decl *const *)b;
	return strcmp(x->name, y->name);
}

/** The table of a kind by name; the caller frees. */
static const struct ks_decl **by_name(const struct ks_surface *surface, enum ks_kind kind)
{
	size_t nr = surface->decls[kind].nr;
	const struct ks_decl **sorted = calloc(nr + 1, sizeof(*sorted));
	assert_non_null(sorted);
	for (size_t i = 0; i < nr; i++)
		sorted[i] = &surface->decls[kind].at[i];
	qsort(sorted, nr, sizeof(*sorted), compare_decls);
	return sorted;
}

static bool same_decl(const struct ks_decl *a, const struct ks_decl *b)
{
	struct ks_buf x = { 0 }, y = { 0 };
	ks_codec_put_decl(&x, a);
	ks_codec_put_decl(&y, b);
	bool same = x.len == y.len && memcmp(x.at, y.at, x.len) == 0;
	ks_buf_deinit(&x);
	ks_buf_deinit(&y);
	return same;
}

static const struct ks_function *function_of(const struct ks_surface *surface, const char *name)
{
	for (size_t i = 0; i < surface->nr_functions; i++)
		if (strcmp(surface->functions[i].name, name) == 0)
			return &surface->functions[i];
	return NULL;
}

/* ---- what explains a difference ---- */

/** Which of several definitions came first: the kernel's build encodes units in parallel. */
static bool is_another_definition(const struct ks_surface *full, const struct ks_decl *decl)
{
	for (size_t i = 0; i < full->nr_ambiguities; i++) {
		const struct ks_ambiguity *ambiguity = &full->ambiguities[i];
		if (ambiguity->kind != decl->kind || strcmp(ambiguity->name, decl->name) != 0)
			continue;
		for (uint32_t k = 0; k < ambiguity->nr_variants; k++)
			if (same_decl(ambiguity->variants[k].decl, decl))
				return true;
	}
	return false;
}

static int compare_values(const void *a, const void *b)
{
	const struct ks_enumerator *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : (x->value > y->value) - (x->value < y->value);
}

/** The same values in another order: those of all unnamed enums, for the same reason. */
static bool is_reordered(const struct ks_decl *a, const struct ks_decl *b)
{
	if (a->kind != KS_ENUM || strcmp(a->name, "(anon)") != 0 || a->nr != b->nr)
		return false;
	size_t size = a->nr * sizeof(*a->values);
	struct ks_enumerator *x = malloc(size), *y = malloc(size);
	assert_non_null(x);
	assert_non_null(y);
	memcpy(x, a->values, size);
	memcpy(y, b->values, size);
	qsort(x, a->nr, sizeof(*x), compare_values);
	qsort(y, a->nr, sizeof(*y), compare_values);
	bool same = true;
	for (uint32_t i = 0; i < a->nr; i++)
		same = same && compare_values(&x[i], &y[i]) == 0;
	free(x);
	free(y);
	return same;
}

/** Until 2022 BTF kept the lower halves of 64-bit values only. */
static bool is_cut_enum(const struct ks_decl *full, const struct ks_decl *btf)
{
	if (full->kind != KS_ENUM || full->size != 8 || full->nr != btf->nr)
		return false;
	for (uint32_t i = 0; i < full->nr; i++)
		if ((int32_t)full->values[i].value != btf->values[i].value)
			return false;
	return true;
}

/** The prototype of another function of that name. */
static bool is_another_function(const struct ks_surface *full, const struct ks_decl *decl)
{
	const struct ks_function *fn =
		decl->kind == KS_FUNCTION ? function_of(full, decl->name) : NULL;
	for (uint32_t i = 0; fn && i < fn->nr_entries; i++) {
		struct ks_decl other = *decl;
		other.type = fn->entries[i].proto;
		if (other.type && same_decl(&other, decl))
			return true;
	}
	return false;
}

/**
 * The same prototype under other names: an external function whose weak definition came first. Or without the last
 * parameters: those of kfuncs that the verifier passes, which the kernel's build takes out of BTF since 7.0.
 */
static bool is_renamed_or_cut(const struct ks_decl *full, const struct ks_decl *btf)
{
	enum { MAX_PARAMS = 16 };
	struct ks_param params[MAX_PARAMS];
	if (full->kind != KS_FUNCTION || full->type->nr_params < btf->type->nr_params ||
	    full->type->nr_params > MAX_PARAMS)
		return false;
	for (uint32_t i = 0; i < btf->type->nr_params; i++)
		params[i] =
			(struct ks_param){ btf->type->params[i].name, full->type->params[i].type };
	struct ks_type type = *full->type;
	type.params = params;
	type.nr_params = btf->type->nr_params;
	struct ks_decl renamed = *full;
	renamed.type = &type;
	return same_decl(btf, &renamed);
}

/** Debug information of assembly, which came first, knows no parameters. */
static bool is_assembly(const struct ks_decl *full)
{
	return full->kind == KS_FUNCTION && !full->type->nr_params &&
	       full->type->inner->kind == KS_TYPE_VOID;
}

/** Code whose symbols get a prefix when all is linked (arm64); BTF of 5.10 has the names without. */
static bool is_prefixed(const struct ks_surface *full, const char *name)
{
	static const char *const prefixes[] = { "__kvm_nvhe_", "__efistub_", "__pi_" };
	for (size_t i = 0; i < full->nr_symbols; i++)
		for (size_t k = 0; k < KS_ARRAY_LEN(prefixes); k++) {
			const char *symbol = full->symbols[i].name;
			size_t len = strlen(prefixes[k]);
			if (strncmp(symbol, prefixes[k], len) == 0 &&
			    strcmp(symbol + len, name) == 0)
				return true;
		}
	return false;
}

/**
 * BTF has it although the symbol has a suffix; [D] asks for a symbol without. Or it is the whole of a kfunc whose last
 * parameters were taken out, under a name that the kernel's build makes up.
 */
static bool has_no_plain_symbol(const struct ks_surface *full, const char *name)
{
	const struct ks_function *fn = function_of(full, name);
	for (uint32_t i = 0; fn && i < fn->nr_symbols; i++)
		if (strcmp(fn->symbols[i].name, name) == 0)
			return false;
	size_t len = strlen(name);
	return fn ? fn->nr_symbols != 0 : len > 5 && strcmp(name + len - 5, "_impl") == 0;
}

/* ---- the checks ---- */

/** What the numbers of a kind come to. */
struct tally {
	unsigned int same, explained, only_full, only_btf;
};

static void compare_both(const struct pair *pair, const struct ks_decl *full,
			 const struct ks_decl *btf, struct tally *tally)
{
	if (same_decl(full, btf))
		tally->same++;
	else if (is_another_definition(pair->full, btf) || is_reordered(full, btf) ||
		 is_cut_enum(full, btf) || is_another_function(pair->full, btf) ||
		 is_renamed_or_cut(full, btf) || is_assembly(full))
		tally->explained++;
	else
		fail_msg("%s: %s %s differs", pair->name, ks_kinds[full->kind].name, full->name);
}

static struct tally compare_kind(const struct pair *pair, enum ks_kind kind)
{
	const struct ks_decl **full = by_name(pair->full, kind), **f = full;
	const struct ks_decl **btf = by_name(pair->btf, kind), **b = btf;
	struct tally tally = { 0 };
	while (*f || *b) {
		int order = !*f ? 1 : !*b ? -1 : strcmp((*f)->name, (*b)->name);
		if (order == 0) {
			compare_both(pair, *f++, *b++, &tally);
		} else if (order < 0) {
			tally.only_full++;
			if (kind !=
			    KS_FUNCTION) // of these BTF leaves out what is not traced unambiguously
				fail_msg("%s: %s %s is not in BTF", pair->name, ks_kinds[kind].name,
					 (*f)->name);
			f++;
		} else {
			tally.only_btf++;
			if (kind != KS_FUNCTION || (!has_no_plain_symbol(pair->full, (*b)->name) &&
						    !is_prefixed(pair->full, (*b)->name)))
				fail_msg("%s: %s %s is in BTF only", pair->name,
					 ks_kinds[kind].name, (*b)->name);
			b++;
		}
	}
	free(full);
	free(btf);
	return tally;
}

static void check_decls(const struct pair *pair)
{
	for (enum ks_kind kind = KS_FUNCTION; kind <= KS_INT; kind++) {
		struct tally tally = compare_kind(pair, kind);
		assert_true(tally.same > 0);
		print_message("%s: %s: %u same, %u explained, %u in DWARF only, %u in BTF only\n",
			      strrchr(pair->name, '/') + 1, ks_kinds[kind].name, tally.same,
			      tally.explained, tally.only_full, tally.only_btf);
	}
}

static void types_and_prototypes_agree(void **state)
{
	(void)state;
	each_pair(check_decls);
}

static void check_ambiguities(const struct pair *pair)
{
	assert_int_equal(pair->full->nr_ambiguities, pair->btf->nr_ambiguities);
	for (size_t i = 0; i < pair->full->nr_ambiguities; i++) {
		const struct ks_ambiguity *full = &pair->full->ambiguities[i];
		const struct ks_ambiguity *btf = &pair->btf->ambiguities[i];
		assert_string_equal(full->name, btf->name);
		assert_int_equal(full->kind, btf->kind);
		assert_int_equal(full->nr_variants, btf->nr_variants);
		assert_int_equal(btf->variants[0].nr_units, 0);
	}
}

static void ambiguous_names_agree(void **state)
{
	(void)state;
	each_pair(check_ambiguities);
}

static void check_tables(const struct pair *pair)
{
	const struct ks_surface *full = pair->full, *btf = pair->btf;
	assert_int_equal(full->nr_tracepoints, btf->nr_tracepoints);
	for (size_t i = 0; i < full->nr_tracepoints; i++) {
		assert_string_equal(full->tracepoints[i].event, btf->tracepoints[i].event);
		assert_string_equal(full->tracepoints[i].system, btf->tracepoints[i].system);
		assert_string_equal(full->tracepoints[i].format, btf->tracepoints[i].format);
		assert_non_null(btf->tracepoints[i].record);
	}
	assert_int_equal(full->nr_syscalls, btf->nr_syscalls);
	for (size_t i = 0; i < full->nr_syscalls; i++)
		assert_string_equal(full->syscalls[i].name, btf->syscalls[i].name);
	assert_int_equal(full->nr_lsm, btf->nr_lsm);
	for (size_t i = 0; i < full->nr_lsm; i++)
		assert_string_equal(full->lsm[i], btf->lsm[i]);
	assert_int_equal(full->nr_kfuncs, btf->nr_kfuncs);
	for (size_t i = 0; i < full->nr_kfuncs; i++)
		assert_string_equal(full->kfuncs[i], btf->kfuncs[i]);
	assert_int_equal(full->nr_variables, btf->nr_variables);
	assert_int_equal(full->known, btf->known);
}

static void events_calls_hooks_and_kfuncs_agree(void **state)
{
	(void)state;
	each_pair(check_tables);
}

static int compare_functions(const void *a, const void *b)
{
	const struct ks_function *x = a, *y = b;
	return strcmp(x->name, y->name);
}

/** Functions that have a symbol, by name; the caller frees. */
static struct ks_function *with_symbols(const struct ks_surface *surface, size_t *nr)
{
	struct ks_function *sorted = calloc(surface->nr_functions + 1, sizeof(*sorted));
	assert_non_null(sorted);
	*nr = 0;
	for (size_t i = 0; i < surface->nr_functions; i++)
		if (surface->functions[i].nr_symbols)
			sorted[(*nr)++] = surface->functions[i];
	qsort(sorted, *nr, sizeof(*sorted), compare_functions);
	return sorted;
}

static void check_functions(const struct pair *pair)
{
	size_t nr_full, nr_btf;
	struct ks_function *full = with_symbols(pair->full, &nr_full);
	struct ks_function *btf = with_symbols(pair->btf, &nr_btf);
	assert_int_equal(nr_full, nr_btf);
	for (size_t i = 0; i < nr_full; i++) {
		assert_string_equal(full[i].name, btf[i].name);
		assert_int_equal(full[i].nr_symbols, btf[i].nr_symbols);
		assert_int_equal(full[i].nr_btf, btf[i].nr_btf);
		assert_int_equal(btf[i].nr_entries, 0);
		for (uint32_t k = 0; k < full[i].nr_symbols; k++) {
			assert_string_equal(full[i].symbols[k].name, btf[i].symbols[k].name);
			assert_int_equal(full[i].symbols[k].attach, btf[i].symbols[k].attach);
		}
	}
	assert_int_equal(pair->full->image.facts, pair->btf->image.facts | KS_FACT_INLINE);
	assert_int_equal(pair->btf->image.facts & KS_FACT_INLINE, 0);
	assert_true(pair->btf->image.facts & KS_FACT_BTF);
	free(full);
	free(btf);
}

static void functions_with_symbols_agree_and_inlining_is_unknown(void **state)
{
	(void)state;
	each_pair(check_functions);
}

static void check_identity(const struct pair *pair)
{
	assert_string_equal(pair->full->image.label, pair->btf->image.label);
	assert_string_equal(pair->full->image.digest, pair->btf->image.digest);
}

static void both_tiers_are_the_same_image(void **state)
{
	(void)state;
	each_pair(check_identity);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_and_prototypes_agree),
		cmocka_unit_test(ambiguous_names_agree),
		cmocka_unit_test(events_calls_hooks_and_kfuncs_agree),
		cmocka_unit_test(functions_with_symbols_agree_and_inlining_is_unknown),
		cmocka_unit_test(both_tiers_are_the_same_image),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
