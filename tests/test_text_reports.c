/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names are data. Every writer gets names that have done harm somewhere, in all places at once; judge.c says whether what it
 * writes is what it should be.
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
#include "check.h"
#include "judge.h"
#include "report/check/check.h"
#include "report/check/since.h"
#include "report/check/upgrade.h"
#include "report/check/users.h"
#include "report/deps/deps.h"
#include "report/diff/diff.h"
#include "report/images/images.h"
#include "report/log/log.h"
#include "report/show/show.h"
#include "report/stats/plot.h"
#include "report/text/table.h"
#include "scratch.h"
#include "types.h"

enum { WIDE = 1 << 20 }; // columns: nothing is wrapped

/** What is written of one name that stands in every place there is. */
typedef void writer(const char *name, enum ks_format format, struct ks_buf *out);

static void write_check(const char *name, enum ks_format format, struct ks_buf *out)
{
	const struct ks_bpf_line line = { .file = name, .text = name, .line = 12 };
	const struct ks_reason reasons[] = {
		{ .kind = KS_REASON_CORE_RELO,
		  .verdict = KS_VERDICT_NO_LOAD,
		  .name_kind = KS_FIELD,
		  .name = name,
		  .detail = name,
		  .hint = name,
		  .insn = 7,
		  .line = &line },
	};
	const struct ks_bpf_program program = {
		.name = name,
		.section = name,
		.hook = { .kind = KS_HOOK_KPROBE, .target = name, .program_type = "x" },
		.autoload = true,
		.nr = 1,
		.nr_main = 1,
	};
	const struct ks_bpf_program *rows[] = { &program };
	const struct ks_bpf_object object = { .name = name,
					      .programs = &program,
					      .nr_programs = 1 };
	const struct ks_image image = { .label = name };
	const struct ks_image *images[] = { &image };
	struct ks_check_object checked = { .object = &object, .path = name, .base = name, .nr = 1 };
	struct ks_outcome outcome = { .verdict = KS_VERDICT_NO_LOAD,
				      .load = KS_VERDICT_NO_LOAD,
				      .attach = KS_VERDICT_NO_LOAD,
				      .nr = 1,
				      .reasons = reasons };
	const struct ks_check check = {
		.nr_objects = 1,
		.nr_rows = 1,
		.nr_images = 1,
		.objects = &checked,
		.images = images,
		.programs = rows,
		.outcomes = &outcome,
	};
	_cleanup_tools_ struct ks_tools *tools = NULL;
	assert_ok(ks_tools_make(&check, false, &tools));
	const struct ks_check_report report = { .format = format,
						.tools = tools,
						.verbose = true,
						.columns = WIDE,
						.fail_on = KS_VERDICT_RISK };
	assert_ok(ks_check_write(&report, &check, out));
	const struct ks_check_cell cell = { 0 };
	if (format == KS_FORMAT_TERMINAL)
		assert_ok(ks_check_explain(&report, &check, &cell, 1, out));
}

/** The reports about tools that have a page of their own. */
enum answer { ANSWER_UPGRADE, ANSWER_SINCE, ANSWER_BADGE, ANSWER_WHO, ANSWER_IMPACT };

static void write_users(const char *name, bool who, bool json, struct ks_buf *out)
{
	const char *tools[] = { name };
	struct ks_use uses[] = { { KS_DEP_FUNCTION, name, 0, name, name } };
	const struct ks_users users = { .nr_tools = 1, .tools = tools, .nr = 1, .uses = uses };
	const struct ks_users_report report = { .json = json, .verbose = true, .columns = WIDE };
	const struct ks_change change = { .kind = KS_PARAM_ADDED, .name = name };
	static const struct ks_fact fact;
	const struct ks_difference difference = { KS_FUNCTION, name, &fact, &fact, { 1, &change } };
	_cleanup_impact_ struct ks_impact impact = { .users = &users };
	if (who) {
		assert_ok(ks_who_write(&report, &users, "*", out));
		return;
	}
	assert_ok(ks_impact_add(&difference, &impact));
	assert_ok(ks_impact_finish(&impact));
	assert_ok(ks_impact_write(&report, &impact, name, name, out));
}

/** One program that works on one image and fails on the next. */
static void write_answer(const char *name, enum answer answer, enum ks_format format,
			 struct ks_buf *out)
{
	const struct ks_bpf_line line = { .file = name, .text = name, .line = 12 };
	const struct ks_reason reason = { .kind = KS_REASON_CORE_RELO,
					  .verdict = KS_VERDICT_NO_LOAD,
					  .name = name,
					  .detail = name,
					  .hint = name,
					  .insn = 7,
					  .line = &line };
	const struct ks_bpf_program program = { .name = name, .section = name, .autoload = true };
	const struct ks_bpf_program *rows[] = { &program };
	const struct ks_bpf_object object = { .name = name,
					      .programs = &program,
					      .nr_programs = 1 };
	const struct ks_image image = {
		.label = name, .version = name, .arch = name, .flavor = name, .distribution = name
	};
	const struct ks_image *images[] = { &image, &image };
	struct ks_check_object checked = { .object = &object, .path = name, .nr = 1 };
	struct ks_outcome outcomes[] = {
		{ 0 }, { .verdict = KS_VERDICT_NO_LOAD, .nr = 1, .reasons = &reason }
	};
	const struct ks_check check = { .nr_objects = 1,
					.nr_rows = 1,
					.nr_images = 2,
					.objects = &checked,
					.images = images,
					.programs = rows,
					.outcomes = outcomes };
	_cleanup_tools_ struct ks_tools *tools = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_upgrade upgrade;
	struct ks_spans spans;
	assert_ok(ks_tools_make(&check, true, &tools));
	const struct ks_check_report report = {
		.format = format, .tools = tools, .verbose = true, .columns = WIDE
	};
	if (answer == ANSWER_UPGRADE) {
		assert_ok(ks_upgrade_make(tools, 0, 1, &arena, &upgrade));
		assert_ok(ks_upgrade_write(&report, &upgrade, out));
	} else if (answer == ANSWER_SINCE || answer == ANSWER_BADGE) {
		assert_ok(ks_spans_make(tools, &arena, &spans));
		assert_ok(answer == ANSWER_BADGE ? ks_since_badge(&spans, out)
						 : ks_since_write(&report, &spans, out));
	} else {
		write_users(name, answer == ANSWER_WHO, format == KS_FORMAT_JSON, out);
	}
}

static void answers_take_any_name(void **state)
{
	(void)state;
	static const struct {
		enum answer answer;
		enum ks_format format;
		enum judged judged;
	} cases[] = {
		{ ANSWER_UPGRADE, KS_FORMAT_TERMINAL, JUDGED_LINES },
		{ ANSWER_UPGRADE, KS_FORMAT_MD, JUDGED_MARKDOWN },
		{ ANSWER_UPGRADE, KS_FORMAT_JSON, JUDGED_JSON },
		{ ANSWER_SINCE, KS_FORMAT_TERMINAL, JUDGED_LINES },
		{ ANSWER_SINCE, KS_FORMAT_MD, JUDGED_MARKDOWN },
		{ ANSWER_SINCE, KS_FORMAT_JSON, JUDGED_JSON },
		{ ANSWER_BADGE, KS_FORMAT_SVG, JUDGED_MARKUP },
		{ ANSWER_WHO, KS_FORMAT_TERMINAL, JUDGED_LINES },
		{ ANSWER_WHO, KS_FORMAT_JSON, JUDGED_JSON },
		{ ANSWER_IMPACT, KS_FORMAT_TERMINAL, JUDGED_LINES },
		{ ANSWER_IMPACT, KS_FORMAT_JSON, JUDGED_JSON },
	};
	for (size_t k = 0; k < KS_ARRAY_LEN(cases); k++) {
		_cleanup_buf_ struct ks_buf calm = { 0 };
		write_answer("harmless", cases[k].answer, cases[k].format, &calm);
		for (size_t i = 0; i < nasty_nr(); i++) {
			_cleanup_buf_ struct ks_buf out = { 0 };
			write_answer(nasty(i), cases[k].answer, cases[k].format, &out);
			expect_calm(cases[k].judged, "an answer", nasty(i), &out, &calm);
		}
	}
}

/** Facts of one name in an image of that label, of every kind. */
struct facts {
	struct ks_image image;
	struct ks_type type, pointer, proto;
	struct ks_param param;
	struct ks_member member;
	struct ks_enumerator value;
	struct ks_decl function, record, values, variant;
	struct ks_symbol symbol;
	struct ks_caller caller;
	struct ks_clone clone;
	struct ks_entry entry;
	struct ks_function group;
	struct ks_tracepoint event;
	struct ks_ambiguity ambiguity;
	struct ks_variant variants[2];
	const char *units[1];
	uint16_t params[1];
};

static void facts_init(struct facts *f, const char *name, const char *version, bool other)
{
	*f = (struct facts){ 0 };
	f->image = (struct ks_image){ .label = name,
				      .release = name,
				      .version = version,
				      .arch = "amd64",
				      .flavor = name,
				      .facts = ~0u & ~KS_FACT_WHOLE };
	f->type = (struct ks_type){ .kind = KS_TYPE_STRUCT, .name = name };
	f->pointer = (struct ks_type){ .kind = KS_TYPE_PTR, .inner = &f->type };
	f->param = (struct ks_param){ name, &f->pointer };
	f->proto = (struct ks_type){ .kind = KS_TYPE_PROTO,
				     .inner = other ? &f->type : &f->pointer,
				     .nr_params = 1,
				     .params = &f->param };
	f->member = (struct ks_member){ name, other ? &f->type : &f->pointer, 0, 0 };
	f->value = (struct ks_enumerator){ name, other };
	f->function = (struct ks_decl){ .kind = KS_FUNCTION, .name = name, .type = &f->proto };
	f->record = (struct ks_decl){
		.kind = KS_STRUCT, .name = name, .size = 8, .nr = 1, .members = &f->member
	};
	f->variant = f->record;
	f->variant.size = 16;
	f->variant.module = name;
	f->values = (struct ks_decl){
		.kind = KS_ENUM, .name = name, .size = 4, .nr = 1, .values = &f->value
	};
	f->symbol = (struct ks_symbol){ .name = name, .section = ".text", .addr = 16, .size = 8 };
	f->caller = (struct ks_caller){ .unit = name, .function = name, .via = name, .clone = 1 };
	f->clone = (struct ks_clone){ name, 16, 8, 1, true, f->params };
	f->entry = (struct ks_entry){ .addr = 16,
				      .loc_file = name,
				      .file = name,
				      .line = 7,
				      .nr_inline_callers = 1,
				      .nr_direct_callers = 1,
				      .nr_clones = 1,
				      .inline_callers = &f->caller,
				      .direct_callers = &f->caller,
				      .clones = &f->clone,
				      .proto = &f->proto,
				      .module = other ? name : NULL };
	f->group = (struct ks_function){ name, 1, 1, &f->entry, &f->symbol, 1 };
	f->event = (struct ks_tracepoint){ name, name,	       name,	   name, name,
					   name, &f->function, &f->record, name };
	f->units[0] = name;
	f->variants[0] = (struct ks_variant){ &f->record, 1, f->units };
	f->variants[1] = (struct ks_variant){ &f->variant, 1, f->units };
	f->ambiguity = (struct ks_ambiguity){ KS_STRUCT, 2, name, f->variants };
}

static struct ks_fact fact_of(const struct facts *f, enum ks_kind kind, const char *name)
{
	struct ks_fact fact = { .image = &f->image, .known = true, .present = true };
	switch (ks_kinds[kind].holds) {
	case KS_HOLDS_FUNCTION:
		fact.decl = &f->function;
		fact.function = &f->group;
		break;
	case KS_HOLDS_NAME:
		fact.decl = &f->function;
		break;
	case KS_HOLDS_TRACEPOINT:
		fact.tracepoint = &f->event;
		break;
	case KS_HOLDS_VALUE:
		fact.value = name;
		break;
	case KS_HOLDS_MEMBER:
		fact.decl = &f->record;
		fact.member = &f->member;
		break;
	case KS_HOLDS_TYPE:
		fact.decl = kind == KS_ENUM ? &f->values : &f->record;
		fact.ambiguity = kind == KS_STRUCT ? &f->ambiguity : NULL;
		break;
	default:
		break;
	}
	return fact;
}

static const enum ks_kind kinds[] = { KS_FUNCTION,   KS_STRUCT, KS_ENUM,   KS_FIELD,
				      KS_TRACEPOINT, KS_LSM,	KS_CONFIG, KS_SYSCALL };

/** Reports of the name in two images of that label; the second differs in everything. */
static void write_show(const char *name, enum ks_format format, struct ks_buf *out)
{
	struct facts old, new;
	facts_init(&old, name, "6.1", false);
	facts_init(&new, name, "6.2", true);
	const struct ks_image *images[] = { &old.image, &new.image };
	_cleanup_groups_ struct ks_groups *groups = NULL;
	_cleanup_report_ struct ks_report *report = NULL;
	const struct ks_report_options options = { .verbose = true, .columns = WIDE };
	assert_ok(ks_groups_new(images, 2, NULL, &groups));
	assert_ok(ks_report_new(format, groups, &options, &report));
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++) {
		struct ks_fact facts[] = { fact_of(&old, kinds[i], name),
					   fact_of(&new, kinds[i], name) };
		const struct ks_history history = { kinds[i], name, 2, facts };
		if (!ks_show_has(format, kinds[i]))
			continue;
		ks_buf_str(out, format == KS_FORMAT_JSON ? out->len ? "," : "[" : "");
		assert_ok(ks_report_write(report, &history, out));
	}
	ks_buf_str(out, format == KS_FORMAT_JSON ? "]" : "");
}

static void write_log(const char *name, enum ks_format format, struct ks_buf *out)
{
	struct facts old, new;
	facts_init(&old, name, "6.1", false);
	facts_init(&new, name, "6.2", true);
	const struct ks_image *images[] = { &old.image, &new.image };
	_cleanup_groups_ struct ks_groups *groups = NULL;
	assert_ok(ks_groups_new(images, 2, NULL, &groups));
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++)
		for (int patch = 0; patch < 2; patch++) {
			struct ks_fact facts[] = { fact_of(&old, kinds[i], name),
						   fact_of(&new, kinds[i], name) };
			const struct ks_history history = { kinds[i], name, 2, facts };
			const struct ks_log_options options = { .format = format,
								.patch = patch,
								.columns = WIDE };
			ks_buf_str(out, format == KS_FORMAT_JSON ? out->len ? "," : "[" : "");
			assert_ok(ks_log_write(groups, &history, &options, out));
		}
	ks_buf_str(out, format == KS_FORMAT_JSON ? "]" : "");
}

static void write_diff(const char *name, enum ks_format format, struct ks_buf *out)
{
	struct facts old, new;
	facts_init(&old, name, "6.1", false);
	facts_init(&new, name, "6.2", true);
	const struct ks_store_image a = { .image = old.image }, b = { .image = new.image };
	const struct ks_diff_options options = { .format = format,
						 .details = true,
						 .columns = WIDE };
	const struct ks_diff_scope scope = { .one_sided = true };
	struct ks_summary summary = { 0 };
	_cleanup_diff_report_ struct ks_diff_report *report = NULL;
	_cleanup_diff_ struct ks_diff *diff = NULL;
	assert_ok(ks_diff_new(&diff));
	assert_ok(ks_diff_report_new(&a, &b, &scope, &options, &report));
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++) {
		if (kinds[i] == KS_FIELD)
			continue;
		const struct ks_fact before = fact_of(&old, kinds[i], name),
				     after = fact_of(&new, kinds[i], name);
		struct ks_difference difference = { kinds[i], name, &before, &after, { 0 } };
		summary.kinds[kinds[i]] = (struct ks_tally){
			.old_known = true,
			.new_known = i != 1,
			.old = 2,
			.new = 2,
			.added = 1,
			.removed = 1,
			.changed = 1,
		};
		if (ks_fact_comparable(kinds[i], &before))
			assert_ok(ks_diff_facts(diff, kinds[i], &before, &after,
						&difference.changes));
		assert_ok(ks_diff_report_add(&difference, report));
		difference.changes.nr = 0;
		difference.old = NULL;
		assert_ok(ks_diff_report_add(&difference, report));
	}
	assert_ok(ks_diff_report_write(report, &summary, out));
}

static void write_deps(const char *name, enum ks_format format, struct ks_buf *out)
{
	const struct ks_bpf_map maps[] = { { .name = name, .type = 1 } };
	const struct ks_bpf_program program = {
		.name = name, .section = name, .hook = { .target = name }, .nr = 2, .nr_main = 2
	};
	const struct ks_bpf_object object = { .name = name,
					      .license = name,
					      .nr_programs = 1,
					      .nr_maps = 1,
					      .programs = &program,
					      .maps = maps };
	struct ks_dep dep[KS_NR_DEPS];
	for (int i = 0; i < KS_NR_DEPS; i++)
		dep[i] = (struct ks_dep){ .kind = (enum ks_dep_kind)i,
					  .name = name,
					  .published = true,
					  .insn = KS_NO_INDEX,
					  .nr = 1 };
	struct ks_dep_list list = { &program, KS_NR_DEPS, dep };
	struct ks_deps deps = { .object = &object, .nr = 1, .programs = &list };
	const struct ks_bpf_found found = { .path = name, .name = name, .size = 9 };
	const struct ks_deps_sheet sheet = { &found, &deps };
	const struct ks_deps_options options = { .format = format, .columns = WIDE };
	assert_ok(ks_deps_write(&options, &sheet, 1, out));
}

static void write_table(const char *name, enum ks_format format, struct ks_buf *out)
{
	struct ks_table table = { .name = "t", .title = "Title", .definition = name };
	assert_true(ks_table_column(&table, "group", "OBJECT", false));
	assert_true(ks_table_column(&table, "name", "NAME", false));
	assert_true(ks_table_column(&table, "nr", "NR", false));
	assert_true(ks_table_text(&table, name) && ks_table_text(&table, name) &&
		    ks_table_number(&table, true, 3));
	ks_table_write(&table, format, out);
	ks_table_deinit(&table);
}

static void write_images(const char *name, enum ks_format format, struct ks_buf *out)
{
	struct facts f;
	facts_init(&f, name, name, false);
	f.image.compiler = f.image.banner = f.image.package = f.image.arch = name;
	const struct ks_store_image stored = { .image = f.image };
	const struct ks_store_image *at[] = { &stored };
	const struct ks_image *image = &stored.image;
	struct ks_selection sel = { .all = { .nr = 1, .at = at }, .images = { .nr = 1, .at = at } };
	_cleanup_groups_ struct ks_groups *groups = NULL;
	assert_ok(ks_groups_new(&image, 1, NULL, &groups));
	sel.groups = groups;
	const struct ks_images_options options = { .format = format };
	assert_ok(ks_images_write(&options, &sel, out));
}

/** Sets that have no room in the table stand above their images, each once; nothing is cut off. */
static void sets_of_images_fit(void **state)
{
	(void)state;
	static const char *const sets[] = { "debian:12@amd64", NULL, "debian:12@amd64",
					    "debian:12-backports/powerpc64le-64k@ppc64el" };
	static const char *const labels[] = { "6.1.0-1-amd64", "6.1.0-2-amd64", "6.1.0-3-amd64",
					      "6.12.107+deb12-powerpc64le-64k" };
	struct ks_store_image stored[4] = { 0 };
	const struct ks_store_image *at[4];
	const struct ks_image *images[4];
	for (size_t i = 0; i < 4; i++) {
		stored[i].image = (struct ks_image){ .label = labels[i],
						     .arch = "amd64",
						     .sets = sets[i],
						     .compiler = "GCC: (Debian 12.2.0-14) 12.2.0" };
		at[i] = &stored[i];
		images[i] = &stored[i].image;
	}
	struct ks_selection sel = { .all = { .nr = 4, .at = at }, .images = { .nr = 4, .at = at } };
	_cleanup_groups_ struct ks_groups *groups = NULL;
	assert_ok(ks_groups_new(images, 4, NULL, &groups));
	sel.groups = groups;
	_cleanup_buf_ struct ks_buf wide = { 0 }, narrow = { 0 };
	assert_ok(ks_images_write(&(struct ks_images_options){ .columns = 200 }, &sel, &wide));
	assert_ok(ks_images_write(&(struct ks_images_options){ .columns = 80 }, &sel, &narrow));
	assert_non_null(ks_buf_text(&wide));
	assert_non_null(strstr(wide.at, "SETS"));
	assert_non_null(ks_buf_text(&narrow));
	assert_null(strstr(narrow.at, "SETS"));
	const char *end, *first = strstr(narrow.at, "\ndebian:12@amd64:\n");
	assert_non_null(first);
	assert_non_null(strstr(first, "6.1.0-3-amd64"));
	assert_true(strstr(first, "6.1.0-3-amd64") < strstr(first, "\nof no set:\n"));
	assert_non_null(strstr(narrow.at, "\ndebian:12-backports/powerpc64le-64k@ppc64el:\n"));
	for (const char *line = narrow.at; (end = strchr(line, '\n')); line = end + 1)
		assert_true(end - line <= 80);
}

/** Every format of a document is as calm with a nasty name as with a harmless one. */
static void each_format(enum ks_document document, writer *write)
{
	static const enum judged judges[KS_NR_FORMATS] = {
		[KS_FORMAT_TERMINAL] = JUDGED_LINES,   [KS_FORMAT_MD] = JUDGED_MARKDOWN,
		[KS_FORMAT_MD_FULL] = JUDGED_MARKDOWN, [KS_FORMAT_JSON] = JUDGED_JSON,
		[KS_FORMAT_SARIF] = JUDGED_JSON,       [KS_FORMAT_DEPSURF] = JUDGED_JSON,
		[KS_FORMAT_HTML] = JUDGED_MARKUP,      [KS_FORMAT_JUNIT] = JUDGED_MARKUP,
		[KS_FORMAT_CSV] = JUDGED_CSV,	       [KS_FORMAT_GITHUB] = JUDGED_GITHUB,
	};
	for (enum ks_format format = 0; format < KS_NR_FORMATS; format++) {
		_cleanup_buf_ struct ks_buf calm = { 0 }, dotted = { 0 }; // a suffix is told of
		struct ks_error *err = ks_format_expect(document, format);
		bool has = !err;
		ks_error_free(err);
		if (!has)
			continue;
		write("harmless", format, &calm);
		write("harm.less", format, &dotted);
		for (size_t i = 0; i < nasty_nr(); i++) {
			_cleanup_buf_ struct ks_buf out = { 0 };
			write(nasty(i), format, &out);
			expect_calm(judges[format], ks_formats[format].name, nasty(i), &out,
				    strchr(nasty(i), '.') ? &dotted : &calm);
		}
	}
}

static void reports_take_any_name(void **state)
{
	(void)state;
	each_format(KS_DOCUMENT_CHECK, write_check);
	each_format(KS_DOCUMENT_SHOW, write_show);
	each_format(KS_DOCUMENT_LOG, write_log);
	each_format(KS_DOCUMENT_DIFF, write_diff);
	each_format(KS_DOCUMENT_DEPS, write_deps);
	each_format(KS_DOCUMENT_STATS, write_table);
	each_format(KS_DOCUMENT_IMAGES, write_images);
}

static void write_plot(const char *name, struct ks_buf *out)
{
	struct ks_plot plot = { .title = name, .subtitle = name, .x_title = name, .y_title = name };
	const char *x[] = { name };
	assert_true(ks_plot_init(&plot, KS_PLOT_BARS, 1, 1));
	plot.x = x;
	plot.series[0].name = plot.series[0].note = name;
	plot.series[0].color = "#123456";
	plot.series[0].values[0] = 50;
	ks_plot_svg(&plot, out);
	ks_plot_deinit(&plot);
}

/** Somebody else's opinion of all that is XML. */
static void xml_is_well_formed(void **state)
{
	(void)state;
	char *dir = make_dir();
	_cleanup_buf_ struct ks_buf calm = { 0 };
	write_plot("harmless", &calm);
	for (size_t i = 0; i < nasty_nr(); i++) {
		_cleanup_buf_ struct ks_buf svg = { 0 }, junit = { 0 };
		char name[32];
		write_plot(nasty(i), &svg);
		expect_calm(JUDGED_MARKUP, "svg", nasty(i), &svg, &calm);
		write_check(nasty(i), KS_FORMAT_JUNIT, &junit);
		snprintf(name, sizeof(name), "%zu.svg", i);
		free(write_file(dir, name, svg.at, svg.len));
		snprintf(name, sizeof(name), "%zu.xml", i);
		free(write_file(dir, name, junit.at, junit.len));
	}
	char command[4200];
	snprintf(command, sizeof(command),
		 "if command -v xmllint >/dev/null; then cd '%s' && xmllint --noout *.svg && "
		 "xmllint --noout --schema " KSURF_SOURCE_ROOT "/tests/valid/junit.xsd *.xml; fi",
		 dir);
	assert_int_equal(system(command), 0);
	remove_dir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_of_images_fit),
		cmocka_unit_test(reports_take_any_name),
		cmocka_unit_test(answers_take_any_name),
		cmocka_unit_test(xml_is_well_formed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
