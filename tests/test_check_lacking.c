/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an image does not tell makes a verdict unknown, and nothing else: of a mini kernel one fact after the other is taken away, and
 * programs on all that it has are judged again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "check/reasons.h"
#include "check/trial.h"
#include "mini.h"
#include "place.h"
#include "store/selection.h"
#include "surface/config.h"
#include "tiny_judge.h"

/* ---- the kernel: a mini one with the enums of eBPF ---- */

static const struct ks_enumerator types[] = { { "BPF_PROG_TYPE_KPROBE", 2 },
					      { "BPF_PROG_TYPE_TRACEPOINT", 5 },
					      { "BPF_PROG_TYPE_PERF_EVENT", 7 },
					      { "BPF_PROG_TYPE_SOCK_OPS", 13 },
					      { "BPF_PROG_TYPE_RAW_TRACEPOINT", 17 },
					      { "BPF_PROG_TYPE_TRACING", 26 },
					      { "BPF_PROG_TYPE_LSM", 29 } },
				  places[] = { { "BPF_CGROUP_SOCK_OPS", 3 },
					       { "BPF_TRACE_RAW_TP", 23 },
					       { "BPF_TRACE_FENTRY", 24 },
					       { "BPF_TRACE_FEXIT", 25 },
					       { "BPF_MODIFY_RETURN", 26 },
					       { "BPF_LSM_MAC", 27 },
					       { "BPF_TRACE_KPROBE_MULTI", 42 } };
static const struct ks_decl enums[] = {
	{ .kind = KS_ENUM,
	  .name = "bpf_attach_type",
	  .size = 4,
	  .nr = KS_ARRAY_LEN(places),
	  .values = places },
	{ .kind = KS_ENUM,
	  .name = "bpf_prog_type",
	  .size = 4,
	  .nr = KS_ARRAY_LEN(types),
	  .values = types },
};
static const char config[] = "CONFIG_DYNAMIC_FTRACE=y\nCONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y\n"
			     "CONFIG_FPROBE=y\nCONFIG_DEBUG_INFO_BTF=y\nCONFIG_KPROBE_EVENTS=y\n"
			     "CONFIG_CGROUP_BPF=y\nCONFIG_FTRACE_SYSCALLS=y\nCONFIG_BPF_LSM=y\n";

/** What the options bring, for where no configuration tells. */
static const struct ks_symbol brought[] = { { .name = "kprobe_dispatcher" },
					    { .name = "__cgroup_bpf_run_filter_skb" },
					    { .name = "register_fprobe_ips" },
					    { .name = "ftrace_syscall_enter" },
					    { .name = "bpf_lsm_verify_prog" } };

static int compare_decls(const void *a, const void *b)
{
	return strcmp(((const struct ks_decl *)a)->name, ((const struct ks_decl *)b)->name);
}

static struct ks_surface *kernel(void)
{
	struct ks_surface *s = mini_read("amd64-gcc-dwarf5", 1);
	if (!s)
		return NULL;
	size_t nr = s->decls[KS_ENUM].nr;
	struct ks_decl *decls = ks_arena_array(&s->arenas[0], nr + 2, sizeof(*decls));
	assert_non_null(decls);
	memcpy(decls, s->decls[KS_ENUM].at, nr * sizeof(*decls));
	memcpy(decls + nr, enums, sizeof(enums));
	qsort(decls, nr + 2, sizeof(*decls), compare_decls);
	s->decls[KS_ENUM].at = decls;
	s->decls[KS_ENUM].nr = nr + 2;
	size_t nr_functions = s->nr_functions;
	struct ks_function *functions = ks_arena_array(
		&s->arenas[0], nr_functions + KS_ARRAY_LEN(brought), sizeof(*functions));
	assert_non_null(functions);
	memcpy(functions, s->functions, nr_functions * sizeof(*functions));
	for (size_t i = 0; i < KS_ARRAY_LEN(brought); i++)
		functions[nr_functions++] = (struct ks_function){ .name = brought[i].name,
								  .nr_symbols = 1,
								  .symbols = &brought[i] };
	s->functions = functions;
	s->nr_functions = nr_functions;
	assert_ok(ks_config_read(s, &s->arenas[0], config));
	return s;
}

/* ---- programs ---- */

#define READ(offset)                                                                               \
	{                                                                                          \
		0x79, 3, 1, offset, 0                                                              \
	} // r3 = *(u64 *)(r1 + offset)
#define END                                                                                        \
	{ 0xb7, 0, 0, 0, 0 },                                                                      \
	{                                                                                          \
		0x95, 0, 0, 0, 0                                                                   \
	}
static const struct ks_bpf_insn nothing[] = { END }, reads[] = { READ(8), END },
				further[] = { READ(96), END },
				writes[] = { { 0xb7, 2, 0, 0, 0 }, { 0x7b, 1, 2, 8, 0 }, END },
				five[] = { { 0xb7, 0, 0, 0, 5 }, { 0x95, 0, 0, 0, 0 } };
static const struct {
	const struct ks_bpf_insn *insns;
	uint32_t nr;
} bodies[] = { { nothing, KS_ARRAY_LEN(nothing) },
	       { reads, KS_ARRAY_LEN(reads) },
	       { further, KS_ARRAY_LEN(further) },
	       { writes, KS_ARRAY_LEN(writes) },
	       { five, KS_ARRAY_LEN(five) } };

enum { MAX_SECTIONS = 4096, BODIES = KS_ARRAY_LEN(bodies) };
static char *sections[MAX_SECTIONS];
static size_t nr_sections;

static void add_section(const char *prefix, const char *name)
{
	assert_true(nr_sections < MAX_SECTIONS);
	assert_true(asprintf(&sections[nr_sections++], "%s%s", prefix, name) > 0);
}

static void add_sections(const struct ks_surface *s)
{
	static const char *const ways[] = { "kprobe/", "kretprobe/", "kprobe.multi/", "fentry/",
					    "fexit/",  "fmod_ret/",  "fentry.s/" };
	for (size_t i = 0; i < s->nr_functions; i++)
		for (size_t k = 0; k < KS_ARRAY_LEN(ways); k++)
			add_section(ways[k], s->functions[i].name);
	for (size_t k = 0; k < KS_ARRAY_LEN(ways); k++)
		add_section(ways[k], "no_such_function");
	for (size_t i = 0; i < s->nr_tracepoints; i++) {
		add_section("raw_tp/", s->tracepoints[i].event);
		add_section("tp_btf/", s->tracepoints[i].event);
		char event[256];
		snprintf(event, sizeof(event), "%s/%s", s->tracepoints[i].system,
			 s->tracepoints[i].event);
		add_section("tracepoint/", event);
	}
	for (size_t i = 0; i < s->nr_syscalls; i++) {
		add_section("ksyscall/", s->syscalls[i].name);
		add_section("tracepoint/syscalls/sys_enter_", s->syscalls[i].name);
	}
	for (size_t i = 0; i < s->nr_lsm; i++)
		add_section("lsm/", s->lsm[i]);
	static const char *const others[] = { "raw_tp/none",	    "tp_btf/none",
					      "tracepoint/no/such", "lsm/none",
					      "ksyscall/none",	    "sockops",
					      "perf_event",	    "kprobe.multi/*_*" };
	for (size_t i = 0; i < KS_ARRAY_LEN(others); i++)
		add_section(others[i], "");
}

/** What is said of loading, of attaching, and of running: KS_VERDICT_OK, _UNKNOWN or what fails. */
struct said {
	enum ks_verdict of[KS_STAGE_RUN + 1];
};

static struct said said_in(const struct ks_outcome *outcome)
{
	struct said said = { { outcome->load, outcome->attach, KS_VERDICT_OK } };
	for (uint32_t i = 0; i < outcome->nr; i++) {
		const struct ks_reason *reason = &outcome->reasons[i];
		if (!reason->soft && reason->verdict > said.of[KS_STAGE_RUN] &&
		    (reason->verdict == KS_VERDICT_RISK || reason->kind == KS_REASON_TIER))
			said.of[KS_STAGE_RUN] = reason->verdict;
	}
	return said;
}

static struct said judge(const struct ks_site *site, const char *section, size_t body)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_bpf_program program = tiny_program(section, bodies[body].insns, bodies[body].nr);
	const struct ks_bpf_object object = {
		.name = "object", .license = "GPL", .nr_programs = 1, .programs = &program
	};
	const struct ks_outcome outcome = tiny_outcome(&arena, site, &object, &program);
	return said_in(&outcome);
}

/** The verdicts on all programs. */
static void judge_all(const char *path, const struct ks_surface *surface, struct said *ret)
{
	struct ks_selection sel = { 0 };
	struct ks_put_result result;
	_cleanup_view_ struct ks_view *view = NULL;
	_cleanup_store_ struct ks_store *store = NULL;
	unlink(path);
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	assert_ok(ks_store_put(store, surface, 1, &result));
	free(result.label);
	assert_ok(ks_selection_choose(&sel, store, NULL));
	assert_ok(ks_view_over_store(store, &sel.images, false, &view));
	const struct ks_site site = ks_view_site(view, 0);
	for (size_t i = 0; i < nr_sections; i++)
		for (size_t k = 0; k < BODIES; k++)
			ret[i * BODIES + k] = judge(&site, sections[i], k);
	assert_ok(ks_view_error(view));
	ks_view_free(ks_take(view));
	ks_selection_deinit(&sel);
}

/* ---- taking away ---- */

typedef void take_fn(struct ks_surface *surface);
static void no_config(struct ks_surface *s)
{
	s->known &= ~KS_KNOWS(KS_CONFIG);
	s->config = NULL;
	s->nr_options = 0;
}
static void no_version(struct ks_surface *s)
{
	s->image.version = s->image.release = s->image.banner = NULL;
}
static void no_arch(struct ks_surface *s)
{
	s->image.arch = NULL;
}
static void no_ftrace(struct ks_surface *s)
{
	s->image.facts &= ~KS_FACT_FTRACE;
}
static void no_kprobe(struct ks_surface *s)
{
	s->image.facts &= ~KS_FACT_KPROBE;
}
static void no_inject(struct ks_surface *s)
{
	s->image.facts &= ~KS_FACT_INJECT;
}
static void no_traced(struct ks_surface *s)
{
	s->image.facts &= ~KS_FACT_TRACED;
}
static void no_lists(struct ks_surface *s)
{
	s->image.facts &= ~KS_FACT_LISTS;
}
static void no_forms(struct ks_surface *s)
{
	s->image.facts &= ~KS_FACT_FORMS;
	s->nr_forms = s->nr_variables = 0;
}
static void no_structs(struct ks_surface *s)
{
	s->known &= ~(KS_KNOWS(KS_STRUCT) | KS_KNOWS(KS_UNION));
	s->decls[KS_STRUCT].nr = s->decls[KS_UNION].nr = 0;
	s->nr_ambiguities = 0;
}
static void no_enums(struct ks_surface *s)
{
	s->known &= ~KS_KNOWS(KS_ENUM);
	s->decls[KS_ENUM].nr = 0;
}
static void no_typedefs(struct ks_surface *s)
{
	s->known &= ~(KS_KNOWS(KS_TYPEDEF) | KS_KNOWS(KS_INT));
	s->decls[KS_TYPEDEF].nr = s->decls[KS_INT].nr = 0;
}
static void no_events(struct ks_surface *s)
{
	no_typedefs(s); // which kernels have one of for each event, unlike the mini one
	s->known &= ~KS_KNOWS(KS_TRACEPOINT);
	s->nr_tracepoints = 0;
}
static void no_calls(struct ks_surface *s)
{
	s->known &= ~KS_KNOWS(KS_SYSCALL);
	s->nr_syscalls = 0;
}
static void no_hooks(struct ks_surface *s)
{
	s->known &= ~KS_KNOWS(KS_LSM);
	s->nr_lsm = 0;
}

static const struct {
	const char *name;
	take_fn *take;
	bool matters; // to some of the programs: then they become unknown
} lacks[] = {
	{ "configuration", no_config, true }, { "version", no_version, true },
	{ "architecture", no_arch, true },    { "ftrace", no_ftrace, true },
	{ "blacklist", no_kprobe, true },     { "injection", no_inject, false },
	{ "traced calls", no_traced, true },  { "lists", no_lists, false },
	{ "forms", no_forms, false },	      { "structs", no_structs, false },
	{ "enums", no_enums, true },	      { "typedefs", no_typedefs, true },
	{ "events", no_events, true },	      { "system calls", no_calls, true },
	{ "hooks", no_hooks, false },
};

static const char *const stages[] = { "loading", "attaching", "running" };

/** @return how many programs are said something else of than before, and than unknown */
static size_t compare(const char *lack, bool matters, const struct said *full,
		      const struct said *less, size_t nr)
{
	size_t unknown = 0, wrong = 0;
	for (size_t i = 0; i < nr; i++)
		for (size_t k = 0; k < KS_ARRAY_LEN(stages); k++) {
			enum ks_verdict was = full[i].of[k], is = less[i].of[k];
			unknown += is == KS_VERDICT_UNKNOWN && was != is;
			// what does not even load, or attach, is not asked the rest
			if (is == was || is == KS_VERDICT_UNKNOWN ||
			    (k && less[i].of[KS_STAGE_LOAD] != KS_VERDICT_OK) ||
			    (k > 1 && less[i].of[KS_STAGE_ATTACH] != KS_VERDICT_OK))
				continue;
			if (wrong++ < 9)
				print_message("without %s: %s of %s, body %zu: %s, not %s\n", lack,
					      stages[k], sections[i / BODIES], i % BODIES,
					      ks_verdicts[is].title, ks_verdicts[was].title);
		}
	print_message("without %s: %zu more are unknown\n", lack, unknown);
	assert_true(unknown || !matters);
	return wrong;
}

static void what_is_lacking_makes_unknown(void **state)
{
	struct ks_surface *surface = kernel();
	if (!surface)
		skip();
	add_sections(surface);
	const size_t nr = nr_sections * BODIES;
	struct said *full = calloc(nr, sizeof(*full)), *less = calloc(nr, sizeof(*less));
	size_t works = 0, wrong = 0, fail[2] = { 0 };
	assert_true(full && less);
	judge_all(place_path(state), surface, full);
	ks_surface_free(surface);
	for (size_t i = 0; i < nr; i++) {
		works += !full[i].of[0] && !full[i].of[1] && !full[i].of[2];
		fail[0] += full[i].of[0] == KS_VERDICT_NO_LOAD;
		fail[1] += full[i].of[1] == KS_VERDICT_NO_ATTACH;
	}
	print_message("of %zu programs %zu work, %zu are not loaded, %zu not attached\n", nr, works,
		      fail[0], fail[1]);
	assert_true(works > 50 && fail[0] > 50 && fail[1] > 50);
	for (size_t l = 0; l < KS_ARRAY_LEN(lacks); l++) {
		surface = kernel();
		lacks[l].take(surface);
		judge_all(place_path(state), surface, less);
		ks_surface_free(surface);
		wrong += compare(lacks[l].name, lacks[l].matters, full, less, nr);
	}
	for (size_t i = 0; i < nr_sections; i++)
		free(sections[i]);
	free(full);
	free(less);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_lacking_makes_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
