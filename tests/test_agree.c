/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What "show" says of a function and what "check" says of a program on it is the same: of every function of mini
 * kernels of several machines, without a configuration and with some; of kernels of Debian in KSURF_PARITY_DIR
 * (vmlinux-RELEASE), which are also held against what they printed of themselves (KSURF_SHARED); and of all images of
 * the store KSURF_AGREE_STORE.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "check/prepare.h"
#include "check/rules/rules.h"
#include "elf_file.h"
#include "extract/extract.h"
#include "kernel_list.h"
#include "mini.h"
#include "place.h"
#include "report/show/show.h"
#include "store/selection.h"
#include "surface/config.h"

/* ---- what check says ---- */

static const struct ks_bpf_insn nothing[] = { { 0xb7, 0, 0, 0, 0 }, { 0x95, 0, 0, 0, 0 } };

/** A program that does nothing, prepared once for a section. */
struct tried {
	struct ks_bpf_program program;
	struct ks_bpf_object object;
	struct ks_prepared prepared;
	struct ks_resolution resolution;
	struct ks_reach reach;
};

/** The rules about what a program is attached to, and of kernels that have these enums, unlike minis, its type. */
static bool is_about_target(const struct ks_rule *rule, const struct ks_site *site)
{
	if (rule->judge == ks_judge_program_type)
		return ks_site_has_enumerator(site, "bpf_prog_type", "BPF_PROG_TYPE_KPROBE") ==
		       KS_PRESENT;
	return rule->judge == ks_judge_function_by_btf || rule->judge == ks_judge_trampoline ||
	       rule->judge == ks_judge_kprobe || rule->judge == ks_judge_kprobe_multi;
}

static enum ks_answer said_by_check(const struct ks_site *site, enum ks_attach_way way,
				    const char *name)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	char section[512];
	snprintf(section, sizeof(section), "%s/%s", ks_ways[way].text, name);
	struct tried tried = { .program = { .name = "program",
					    .section = section,
					    .autoload = true,
					    .nr = 2,
					    .nr_main = 2,
					    .insns = nothing } };
	assert_ok(ks_hook_parse(&arena, section, &tried.program.hook));
	tried.object = (struct ks_bpf_object){
		.name = "object", .license = "GPL", .nr_programs = 1, .programs = &tried.program
	};
	assert_ok(ks_object_prepare(&arena, &tried.object, NULL, &tried.prepared));
	assert_ok(ks_resolution_make(&arena, &tried.prepared, site, NULL, &tried.resolution));
	const struct ks_interp_input input = { .object = &tried.object, .program = &tried.program };
	assert_ok(ks_interp(&input, &arena, &tried.reach));
	struct ks_judge judge = { .arena = &arena,
				  .scratch = &arena,
				  .resolution = &tried.resolution,
				  .site = site,
				  .program = &tried.program,
				  .hook = tried.prepared.hooks,
				  .caller = tried.prepared.callers,
				  .reach = &tried.reach };
	for (size_t i = 0; i < ks_nr_rules; i++)
		if (is_about_target(&ks_rules[i], site) && ks_rule_applies(&ks_rules[i], &judge))
			ks_rules[i].judge(&judge);
	enum ks_answer answer = judge.untold[KS_STAGE_LOAD] || judge.untold[KS_STAGE_ATTACH]
					? KS_ANSWER_UNKNOWN
					: KS_ANSWER_YES;
	for (size_t i = 0; i < judge.reasons.len; i++)
		if (judge.reasons.at[i]->verdict == KS_VERDICT_NO_LOAD ||
		    judge.reasons.at[i]->verdict == KS_VERDICT_NO_ATTACH)
			answer = KS_ANSWER_NO;
	ks_vector_deinit(&judge.reasons);
	return answer;
}

/* ---- what show says ---- */

/** The next answer of a document, which moves behind it. */
static enum ks_answer said_by_show(const char **at, enum ks_attach_way way)
{
	char key[64];
	snprintf(key, sizeof(key), "\"%s\": ", ks_ways[way].name);
	*at = strstr(*at, key);
	assert_non_null(*at);
	*at += strlen(key);
	return **at == 't' ? KS_ANSWER_YES : **at == 'f' ? KS_ANSWER_NO : KS_ANSWER_UNKNOWN;
}

/* ---- both ---- */

/** How often each pair of answers came. */
struct counts {
	size_t of[KS_NR_FUNCTION_WAYS][3]; // by answer
	size_t apart;
};

struct comparing {
	struct ks_store *store;
	struct ks_selection sel;
	struct ks_view *shown, *checked;
	struct ks_report *report;
	struct ks_arena arena;
	struct ks_buf out;
	struct counts counts;
	const struct kernel_list *traced, *black; // of the only image; NULL
};

/** What the booted kernel said of the function itself. */
static void compare_booted(const struct comparing *c, const struct ks_fact *fact,
			   const enum ks_answer answers[])
{
	const char *name = fact->function->name;
	if (!c->traced || fact->function->nr_symbols != 1)
		return; // an address is listed once, under any of its names
	if (answers[KS_WAY_KPROBE_MULTI] == KS_ANSWER_YES && !kernel_list_has(c->traced, name))
		print_message("kprobe.multi on %s: not traced\n", name);
	if (answers[KS_WAY_KPROBE] == KS_ANSWER_YES && kernel_list_has(c->black, name))
		fail_msg("kprobe on %s: it is on the kernel's blacklist", name);
}

static void compare_name(struct comparing *c, const char *name)
{
	struct ks_history history;
	ks_arena_deinit(&c->arena);
	c->out.len = 0;
	assert_ok(
		ks_store_history(c->store, &c->sel.images, KS_FUNCTION, name, &c->arena, &history));
	assert_ok(ks_report_write(c->report, &history, &c->out));
	const char *at = ks_buf_text(&c->out);
	for (size_t i = 0; i < history.nr; i++) {
		const struct ks_fact *fact = &history.facts[i];
		if (!fact->function)
			continue;
		const struct ks_site site = ks_view_site(c->checked, i);
		enum ks_answer shown[KS_NR_FUNCTION_WAYS];
		at = strstr(at, "\"attach\": {");
		assert_non_null(at);
		for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++) {
			shown[way] = said_by_show(&at, way);
			enum ks_answer checked = said_by_check(&site, way, name);
			c->counts.of[way][checked]++;
			if (shown[way] == checked)
				continue;
			c->counts.apart++;
			print_message("%s: %s on %s: show %d, check %d\n", fact->image->label,
				      ks_ways[way].text, name, (int)shown[way], (int)checked);
		}
		compare_booted(c, fact, shown);
	}
}

static struct ks_error *visit(const struct ks_store_name *name, void *arg)
{
	const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	if (name->kind == KS_FUNCTION && !name->name[strspn(name->name, letters)])
		compare_name(arg, name->name);
	return NULL;
}

/** All functions of a store. @return how often each answer came */
static struct counts compare_store(struct ks_store *store, const struct kernel_list *traced,
				   const struct kernel_list *black)
{
	struct comparing c = { .store = store, .traced = traced, .black = black };
	assert_ok(ks_selection_choose(&c.sel, store, NULL));
	assert_ok(ks_selection_group(&c.sel, store));
	assert_ok(ks_view_over_store(store, &c.sel.images, true, &c.shown));
	assert_ok(ks_view_over_store(store, &c.sel.images, false, &c.checked));
	const struct ks_report_options options = { .view = c.shown };
	assert_ok(ks_report_new(KS_FORMAT_JSON, c.sel.groups, &options, &c.report));
	assert_ok(ks_store_names(store, &c.sel.images, KS_FUNCTION, NULL, visit, &c));
	assert_ok(ks_view_error(c.checked));
	for (size_t i = 0; i < c.sel.images.nr; i++)
		print_message("%s%s", i ? ", " : "", c.sel.images.at[i]->image.label);
	for (enum ks_attach_way way = 0; way < KS_NR_FUNCTION_WAYS; way++)
		print_message("; %s: %zu yes, %zu no, %zu unknown", ks_ways[way].text,
			      c.counts.of[way][KS_ANSWER_YES], c.counts.of[way][KS_ANSWER_NO],
			      c.counts.of[way][KS_ANSWER_UNKNOWN]);
	print_message("\n");
	if (c.counts.apart)
		fail_msg("%zu answers differ", c.counts.apart);
	ks_report_free(c.report);
	ks_view_free(c.shown);
	ks_view_free(c.checked);
	ks_selection_deinit(&c.sel);
	ks_arena_deinit(&c.arena);
	ks_buf_deinit(&c.out);
	return c.counts;
}

static struct counts compare_surface(const char *path, struct ks_surface *surface,
				     const char *config, const struct kernel_list *traced,
				     const struct kernel_list *black)
{
	struct ks_store *store;
	struct ks_put_result result;
	if (config)
		assert_ok(ks_config_read(surface, &surface->arenas[0], config));
	unlink(path);
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	assert_ok(ks_store_put(store, surface, THREADS, &result));
	free(result.label);
	struct counts counts = compare_store(store, traced, black);
	ks_store_close(store);
	unlink(path);
	return counts;
}

/** Three kernels of two machines and more, as they are and with what configurations make of them. */
static void mini_kernels_are_told_alike(void **state)
{
	static const char *const kernels[] = { "amd64-gcc-dwarf5", "arm64-gcc-dwarf5",
					       "s390x-gcc-dwarf5", "riscv64-gcc-dwarf5" };
	static const char *const configs[] = {
		NULL,
		"CONFIG_DYNAMIC_FTRACE=y\nCONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y\n"
		"CONFIG_FPROBE=y\nCONFIG_DEBUG_INFO_BTF=y\n",
		"CONFIG_DYNAMIC_FTRACE=y\nCONFIG_DEBUG_INFO_BTF=y\n"
		"CONFIG_KPROBE_EVENTS_ON_NOTRACE=y\n",
	};
	size_t nr = 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(kernels); i++) {
		for (size_t k = 0; k < KS_ARRAY_LEN(configs); k++) {
			struct ks_surface *surface = mini_read(kernels[i], 2);
			if (!surface) {
				print_message("no mini kernel %s\n", kernels[i]);
				break;
			}
			const struct counts counts =
				compare_surface(place_path(state), surface, configs[k], NULL, NULL);
			// without a configuration nobody knows of fprobe; without the option there is none
			if (k != 1)
				assert_int_equal(counts.of[KS_WAY_KPROBE_MULTI][KS_ANSWER_YES], 0);
			else
				assert_true(counts.of[KS_WAY_KPROBE][KS_ANSWER_YES] > 0);
			ks_surface_free(surface);
			nr++;
		}
	}
	if (!nr)
		skip();
}

static void booted_kernels_are_told_alike(void **state)
{
	static const char *const releases[] = { "6.1.0-50-amd64", "5.10.0-32-amd64" };
	const char *folder = getenv("KSURF_PARITY_DIR");
	size_t nr = 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(releases); i++) {
		struct kernel_list traced = { 0 }, black = { 0 };
		struct ks_surface *surface;
		char path[4096];
		snprintf(path, sizeof(path), "%s/vmlinux-%s", folder ? folder : "", releases[i]);
		_cleanup_elf_ struct ks_elf *elf = folder ? elf_file_open(path) : NULL;
		char *config = kernel_list_text(releases[i], "config");
		if (!elf || !config ||
		    !kernel_list_read(releases[i], "available_filter_functions", &traced) ||
		    !kernel_list_read(releases[i], "kprobes_blacklist", &black)) {
			print_message("needs KSURF_PARITY_DIR/vmlinux-%s and KSURF_SHARED\n",
				      releases[i]);
		} else {
			const struct ks_extract_opts opts = { .nr_threads = 2 };
			assert_ok(ks_extract(elf, &opts, &surface));
			compare_surface(place_path(state), surface, config, &traced, &black);
			ks_surface_free(surface);
			nr++;
		}
		free(config);
		kernel_list_free(&traced);
		kernel_list_free(&black);
	}
	if (!nr)
		skip();
}

static void a_given_store_is_told_alike(void **state)
{
	(void)state;
	const char *path = getenv("KSURF_AGREE_STORE");
	struct ks_store *store;
	if (!path) {
		print_message("needs KSURF_AGREE_STORE\n");
		skip();
	}
	assert_ok(ks_store_open(path, KS_STORE_READ, &store));
	compare_store(store, NULL, NULL);
	ks_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(mini_kernels_are_told_alike),
		TEST(booted_kernels_are_told_alike),
		TEST(a_given_store_is_told_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
