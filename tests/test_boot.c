/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a machine boots and the debug package of the same kernel agree wherever both know. Real kernels only:
 * vmlinuz-RELEASE in KSURF_BOOT_DIR, and vmlinux-RELEASE in KSURF_PARITY_DIR; what differs is printed.
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
#include <unistd.h>

#include "extract/symbols/symbols.h"
#include "source/load.h"
#include "surface/codec.h"

enum { SHOWN = 5 };

static struct ks_surface *read_path(const char *path)
{
	struct ks_source *src = NULL;
	struct ks_surface *surface = NULL;
	const struct ks_extract_opts how = { .nr_threads = 2 };
	struct ks_error *err = ks_source_open(path, NULL, &src);
	if (!err)
		err = ks_source_surface(src, &how, &surface);
	if (err)
		fail_msg("%s", ks_error_text(err));
	ks_source_close(src);
	return surface;
}

/** What is counted of one kind of fact. */
struct tally {
	const char *what;
	size_t same, differ;
};

static void differs(struct tally *tally, const char *name)
{
	if (tally->differ++ < SHOWN)
		printf("        %s: %s\n", tally->what, name);
}

static size_t finish(const struct tally *tally)
{
	printf("    %s: %zu the same, %zu not\n", tally->what, tally->same, tally->differ);
	return tally->differ;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/** Names of one list that are not in the other, both ways. */
static size_t compare_names(const char *what, const char *const *a, size_t nr_a,
			    const char *const *b, size_t nr_b)
{
	struct tally tally = { .what = what };
	const char **x = malloc((nr_a + 1) * sizeof(*x)), **y = malloc((nr_b + 1) * sizeof(*y));
	memcpy(x, a, nr_a * sizeof(*x));
	memcpy(y, b, nr_b * sizeof(*y));
	qsort(x, nr_a, sizeof(*x), by_text);
	qsort(y, nr_b, sizeof(*y), by_text);
	for (size_t i = 0, k = 0; i < nr_a || k < nr_b;) {
		int order = i == nr_a ? 1 : k == nr_b ? -1 : strcmp(x[i], y[k]);
		if (order)
			differs(&tally, order < 0 ? x[i] : y[k]);
		else
			tally.same++;
		i += order <= 0;
		k += order >= 0;
	}
	free(x);
	free(y);
	return finish(&tally);
}

/** Symbols of the boot image: all of them are in .symtab, with the same facts. */
static size_t compare_symbols(const struct ks_surface *full, const struct ks_surface *boot)
{
	struct tally names = { .what = "symbols" }, kinds = { .what = "functions or data" },
		     facts = { .what = "attach facts" }, code = { .what = "functions or labels" };
	// without BTF, assembly that is called counts as functions
	bool btf = boot->image.facts & KS_FACT_BTF;
	struct ks_symbol_index *index;
	assert_null(ks_symbol_index_new(full, &index));
	uint32_t known = full->image.facts & boot->image.facts;
	uint8_t mask = (known & KS_FACT_FTRACE ? KS_ATTACH_FTRACE : 0) |
		       (known & KS_FACT_KPROBE ? KS_ATTACH_NO_KPROBE : 0) |
		       (known & KS_FACT_INJECT ? KS_ATTACH_INJECT : 0) |
		       (known & KS_FACT_INIT ? KS_ATTACH_INIT : 0);
	for (size_t i = 0; i < boot->nr_symbols; i++) {
		const struct ks_symbol *sym = &boot->symbols[i];
		const struct ks_symbol *at = ks_symbol_at(index, sym->addr);
		while (at && strcmp(at->name, sym->name) != 0)
			at = ks_symbol_at_next(index, at);
		if (!at) {
			differs(&names, sym->name);
			continue;
		}
		names.same++;
		// tables that lie among code have its letter, and nothing tells them apart
		if (sym->type == STT_FUNC && at->type == STT_OBJECT &&
		    strcmp(at->section, ".data") == 0)
			differs(&kinds, sym->name);
		else
			kinds.same++;
		if (at->type == STT_FUNC && sym->type != STT_FUNC && sym->type != KS_STT_UNTOLD)
			differs(&code, sym->name);
		else if (btf && at->type != STT_FUNC && sym->type == STT_FUNC)
			differs(&code, sym->name);
		else
			code.same++;
		if (sym->type != STT_FUNC || at->type != STT_FUNC)
			continue;
		if ((sym->attach ^ at->attach) & mask)
			differs(&facts, sym->name);
		else
			facts.same++;
	}
	ks_symbol_index_free(index);
	return finish(&names) + finish(&kinds) + finish(&code) + finish(&facts);
}

static int by_decl(const void *a, const void *b)
{
	return strcmp((*(const struct ks_decl *const *)a)->name,
		      (*(const struct ks_decl *const *)b)->name);
}

static const struct ks_decl **sorted(const struct ks_surface *surface, enum ks_kind kind)
{
	size_t nr = surface->decls[kind].nr;
	const struct ks_decl **all = malloc((nr + 1) * sizeof(*all));
	for (size_t i = 0; i < nr; i++)
		all[i] = &surface->decls[kind].at[i];
	qsort(all, nr, sizeof(*all), by_decl);
	return all;
}

/** Definitions by name. Functions may lack one: BTF leaves out what cannot be traced. @return names of one side only */
static size_t compare_decls(const char *what, const struct ks_surface *full,
			    const struct ks_surface *boot, enum ks_kind kind)
{
	struct tally tally = { .what = what }, names = { .what = what };
	const struct ks_decl **x = sorted(full, kind), **y = sorted(boot, kind);
	for (size_t i = 0, k = 0; i < full->decls[kind].nr || k < boot->decls[kind].nr;) {
		int order = i == full->decls[kind].nr	? 1
			    : k == boot->decls[kind].nr ? -1
							: strcmp(x[i]->name, y[k]->name);
		_cleanup_buf_ struct ks_buf a = { 0 }, b = { 0 };
		if (order == 0) {
			ks_codec_put_decl(&a, x[i]);
			ks_codec_put_decl(&b, y[k]);
			if (a.len != b.len || memcmp(a.at, b.at, a.len) != 0)
				differs(&tally, y[k]->name);
			else
				tally.same++;
		} else if (kind != KS_FUNCTION) {
			differs(&names, order < 0 ? x[i]->name : y[k]->name);
		}
		i += order <= 0;
		k += order >= 0;
	}
	free(x);
	free(y);
	finish(&tally);
	return names.differ;
}

static char **event_texts(const struct ks_surface *surface)
{
	char **texts = malloc((surface->nr_tracepoints + 1) * sizeof(*texts));
	for (size_t i = 0; i < surface->nr_tracepoints; i++) {
		const struct ks_tracepoint *at = &surface->tracepoints[i];
		if (asprintf(&texts[i], "%s:%s %s %s", at->system, at->event, at->class_name,
			     at->format) < 0)
			fail();
	}
	return texts;
}

static size_t compare_texts(const char *what, char **a, size_t nr_a, char **b, size_t nr_b)
{
	size_t differ =
		compare_names(what, (const char *const *)a, nr_a, (const char *const *)b, nr_b);
	for (size_t i = 0; i < nr_a; i++)
		free(a[i]);
	for (size_t i = 0; i < nr_b; i++)
		free(b[i]);
	free(a);
	free(b);
	return differ;
}

/** Each with its number, and whether it has events. */
static char **syscall_texts(const struct ks_surface *surface)
{
	char **names = malloc((surface->nr_syscalls + 1) * sizeof(*names));
	for (size_t i = 0; i < surface->nr_syscalls; i++)
		if (asprintf(&names[i], "%s %d%s", surface->syscalls[i].name,
			     (int)surface->syscalls[i].number,
			     surface->syscalls[i].traced ? " traced" : "") < 0)
			fail();
	return names;
}

/** How many facts differ that both tell. Types are compared, but may come from another definition of the name. */
static size_t compare(const struct ks_surface *full, const struct ks_surface *boot)
{
	uint32_t known = full->known & boot->known;
	assert_string_equal(full->image.release, boot->image.release);
	assert_string_equal(full->image.arch, boot->image.arch);
	assert_string_equal(full->image.build_id, boot->image.build_id);
	size_t bad = compare_symbols(full, boot);
	if (known & KS_KNOWS(KS_TRACEPOINT))
		bad += compare_texts("events", event_texts(full), full->nr_tracepoints,
				     event_texts(boot), boot->nr_tracepoints);
	if (known & KS_KNOWS(KS_SYSCALL))
		bad += compare_texts("system calls", syscall_texts(full), full->nr_syscalls,
				     syscall_texts(boot), boot->nr_syscalls);
	if (known & KS_KNOWS(KS_LSM))
		bad += compare_names("LSM hooks", full->lsm, full->nr_lsm, boot->lsm, boot->nr_lsm);
	if (known & KS_KNOWS(KS_KFUNC))
		bad += compare_names("kfuncs", full->kfuncs, full->nr_kfuncs, boot->kfuncs,
				     boot->nr_kfuncs);
	if (known & KS_KNOWS(KS_STRUCT)) {
		bad += compare_decls("structs", full, boot, KS_STRUCT);
		bad += compare_decls("unions", full, boot, KS_UNION);
		bad += compare_decls("enums", full, boot, KS_ENUM);
		bad += compare_decls("typedefs", full, boot, KS_TYPEDEF);
		bad += compare_decls("ints", full, boot, KS_INT);
		bad += compare_decls("functions", full, boot, KS_FUNCTION);
	}
	return bad;
}

static void what_boots_agrees_with_its_debug_package(void **state)
{
	(void)state;
	const char *dir = getenv("KSURF_BOOT_DIR"), *full_dir = getenv("KSURF_PARITY_DIR");
	DIR *d = dir && full_dir ? opendir(dir) : NULL;
	size_t bad = 0, nr = 0;
	if (!d) {
		print_message("no KSURF_BOOT_DIR with vmlinuz-RELEASE files, or no "
			      "KSURF_PARITY_DIR\n");
		skip();
	}
	for (struct dirent *entry; (entry = readdir(d));) {
		char path[4096], full_path[4096];
		if (strncmp(entry->d_name, "vmlinuz-", 8) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		snprintf(full_path, sizeof(full_path), "%s/vmlinux-%s", full_dir,
			 entry->d_name + 8);
		if (access(full_path, R_OK) != 0)
			continue;
		printf("%s\n", entry->d_name);
		_cleanup_surface_ struct ks_surface *boot = read_path(path);
		_cleanup_surface_ struct ks_surface *full = read_path(full_path);
		bad += compare(full, boot);
		nr++;
	}
	closedir(d);
	assert_true(nr > 0);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_boots_agrees_with_its_debug_package),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
