/* SPDX-License-Identifier: BSD-2-Clause */
/* eBPF objects from files and from memory, verdicts on them, and every report. */
#include "expect.h"

static struct ksurf_objects *open_object(const char *path)
{
	struct ksurf_objects *objects;
	SUCCEED(ksurf_objects_new(&objects));
	SUCCEED(ksurf_objects_add_file(objects, path));
	return objects;
}

static void look_at_object(const struct ksurf_object *object)
{
	EXPECT(!object->error && object->license && object->nr_programs > 3);
	size_t deps = 0, placed = 0;
	for (size_t i = 0; i < object->nr_programs; i++) {
		const struct ksurf_program *program = object->programs[i];
		EXPECT(program->name && program->section && program->hook);
		for (size_t d = 0; d < program->nr_deps; d++, deps++) {
			EXPECT(program->deps[d]->kind && program->deps[d]->name);
			placed += program->deps[d]->file != NULL;
		}
	}
	EXPECT(deps > 3 && placed);
}

static int stop(const char *what, uint64_t done, uint64_t total, void *arg)
{
	(void)total;
	EXPECT(same_text(what, "searching") && done);
	++*(int *)arg;
	return 1;
}

/** A search that ends at the first file, and one that nobody hears of. */
static void search(const char *path)
{
	struct ksurf_objects *objects;
	int asked = 0;
	SUCCEED(ksurf_objects_new(&objects));
	ksurf_objects_listen(objects, stop, &asked);
	FAIL(ksurf_objects_add_file(objects, path), KSURF_ERR_CANCELLED, "cancelled");
	EXPECT(asked == 1 && ksurf_objects_count(objects) == 0);
	ksurf_objects_listen(objects, NULL, NULL);
	SUCCEED(ksurf_objects_add_file(objects, path));
	EXPECT(asked == 1 && ksurf_objects_count(objects) == 1);
	ksurf_objects_free(objects);
}

void use_objects(const struct given *given)
{
	enum { MOST = 1 << 20 };
	search(given->object);
	struct ksurf_objects *objects = open_object(given->object);
	EXPECT(ksurf_objects_count(objects) == 1 && !ksurf_objects_at(objects, 1));
	const struct ksurf_object *object = ksurf_objects_at(objects, 0);
	look_at_object(object);
	FILE *file = fopen(given->object, "rb");
	char *bytes = malloc(MOST);
	EXPECT(file && bytes);
	size_t len = fread(bytes, 1, MOST, file);
	fclose(file);
	EXPECT(len == object->bytes);
	SUCCEED(ksurf_objects_add_bytes(objects, bytes, len, "memory"));
	EXPECT(ksurf_objects_count(objects) == 2);
	const struct ksurf_object *copy = ksurf_objects_at(objects, 1);
	EXPECT(copy->nr_programs == object->nr_programs && same_text(copy->path, "memory"));
	FAIL(ksurf_objects_add_bytes(objects, "hello", 5, "text"), KSURF_ERR_NOTFOUND, "text");
	SUCCEED(ksurf_objects_add_bytes(objects, bytes, len - 100, "cut"));
	EXPECT(ksurf_objects_at(objects, 2)->error && !ksurf_objects_at(objects, 2)->nr_programs);
	FAIL(ksurf_objects_add_file(objects, "/nowhere.o"), KSURF_ERR_IO, "nowhere");
	free(bytes);
	ksurf_objects_free(objects);
	ksurf_objects_free(NULL);
}

/** Lets a job go on, and remembers how far it was. */
static int count(const char *what, uint64_t done, uint64_t total, void *arg)
{
	EXPECT(same_text(what, "checking") && (!total || done <= total));
	*(uint64_t *)arg = done;
	return 0;
}

static int cancel(const char *what, uint64_t done, uint64_t total, void *arg)
{
	(void)what, (void)total, (void)arg;
	return done > 1;
}

/** Every outcome, and whether the worst of a program is that of its object. */
static size_t count_reasons(const struct ksurf_verdicts *verdicts)
{
	size_t nr = 0, placed = 0;
	for (size_t p = 0; p < ksurf_verdicts_nr_programs(verdicts); p++)
		for (size_t i = 0; i < ksurf_verdicts_nr_images(verdicts); i++) {
			const struct ksurf_outcome *outcome = ksurf_verdicts_at(verdicts, p, i);
			EXPECT(ksurf_verdict_name(outcome->verdict));
			for (size_t r = 0; r < outcome->nr_reasons; r++, nr++) {
				EXPECT(outcome->reasons[r]->reason && outcome->reasons[r]->title);
				placed += outcome->reasons[r]->file && outcome->reasons[r]->line;
			}
			if (!outcome->optional)
				EXPECT(ksurf_verdicts_object(verdicts, 0, i) >= outcome->verdict);
		}
	EXPECT(placed);
	return nr;
}

/** The only tool on the first image, by the worst of its losses. */
static void use_tools(const struct ksurf_verdicts *verdicts, enum ksurf_tool_verdict wanted)
{
	EXPECT(ksurf_verdicts_nr_tools(verdicts) == 1 && !ksurf_verdicts_tool(verdicts, 1));
	const struct ksurf_tool *tool = ksurf_verdicts_tool(verdicts, 0);
	EXPECT(tool->name && tool->path && tool->nr_objects == 1 && tool->basis);
	EXPECT(!ksurf_verdicts_tool_at(verdicts, 0, 9) && !ksurf_verdicts_tool_at(verdicts, 1, 0));
	const struct ksurf_tool_outcome *outcome = ksurf_verdicts_tool_at(verdicts, 0, 0);
	EXPECT(outcome->verdict == wanted && outcome->nr_losses && !outcome->spared);
	int fatal = 0;
	for (size_t i = 0; i < outcome->nr_losses; i++) {
		EXPECT(outcome->losses[i]->program && outcome->losses[i]->reason->title);
		fatal |= outcome->losses[i]->fatal;
	}
	EXPECT(fatal == (wanted == KSURF_TOOL_FAILS));
	EXPECT(same_text(ksurf_tool_verdict_name(wanted),
			 fatal ? "does-not-work" : "works-in-part"));
	EXPECT(!ksurf_tool_verdict_name((enum ksurf_tool_verdict)99));
}

static enum ksurf_verdict verdict(struct ksurf_store *store, const struct ksurf_objects *objects,
				  const struct ksurf_check_options *options)
{
	struct ksurf_verdicts *verdicts;
	SUCCEED(ksurf_verdicts_make(store, objects, options, &verdicts));
	enum ksurf_verdict ret = ksurf_verdicts_object(verdicts, 0, 0);
	ksurf_verdicts_free(verdicts);
	return ret;
}

/** The same policy from memory, from a file, and from beside what is checked. */
static void use_policies(struct ksurf_store *store, const struct ksurf_objects *objects,
			 const char *dir, struct ksurf_check_options options)
{
	static const char policy[] = "[[object]]\noptional = ['*']\n";
	char path[4096];
	snprintf(path, sizeof(path), "%s/ksurf.toml", dir);
	FILE *file = fopen(path, "w");
	EXPECT(file && fputs(policy, file) >= 0 && fclose(file) == 0);
	EXPECT(verdict(store, objects, &options) == KSURF_VERDICT_NO_LOAD);
	options.policy = policy;
	EXPECT(verdict(store, objects, &options) == KSURF_VERDICT_OK);
	options.policy_file = "/nowhere/ksurf.toml"; // the text comes first
	EXPECT(verdict(store, objects, &options) == KSURF_VERDICT_OK);
	options.policy = NULL;
	options.policy_file = path;
	EXPECT(verdict(store, objects, &options) == KSURF_VERDICT_OK);
	options.policy_file = NULL;
	options.policy_beside = 1;
	EXPECT(verdict(store, objects, &options) == KSURF_VERDICT_NO_LOAD);
	snprintf(path, sizeof(path), "%s/tool", dir);
	struct ksurf_objects *beside;
	SUCCEED(ksurf_objects_new(&beside));
	FILE *from = fopen(ksurf_objects_at(objects, 0)->path, "rb"), *to = fopen(path, "wb");
	EXPECT(from && to);
	for (int c; (c = getc(from)) != EOF;)
		EXPECT(putc(c, to) == c);
	EXPECT(fclose(from) == 0 && fclose(to) == 0);
	SUCCEED(ksurf_objects_add_file(beside, path));
	EXPECT(verdict(store, beside, &options) == KSURF_VERDICT_OK);
	ksurf_objects_free(beside);
}

void use_verdicts(struct ksurf_store *store, const struct given *given)
{
	uint64_t done = 0;
	struct ksurf_check_options options = { .size = sizeof(options),
					       .progress = count,
					       .progress_arg = &done };
	struct ksurf_objects *objects = open_object(given->object);
	struct ksurf_verdicts *verdicts;
	SUCCEED(ksurf_verdicts_make(store, objects, &options, &verdicts));
	size_t nr = ksurf_verdicts_nr_programs(verdicts);
	EXPECT(nr == ksurf_objects_at(objects, 0)->nr_programs && done == nr);
	EXPECT(ksurf_verdicts_nr_images(verdicts) == 2 && !ksurf_verdicts_image(verdicts, 2));
	EXPECT(same_text(ksurf_verdicts_image(verdicts, 0)->tier, "full"));
	EXPECT(ksurf_verdicts_program(verdicts, 0)->section &&
	       !ksurf_verdicts_program(verdicts, nr));
	EXPECT(!ksurf_verdicts_at(verdicts, nr, 0) && count_reasons(verdicts) > 3);
	EXPECT(ksurf_verdicts_object(verdicts, 0, 0) == KSURF_VERDICT_NO_LOAD);
	EXPECT(ksurf_verdicts_object(verdicts, 9, 0) == KSURF_VERDICT_UNKNOWN);
	use_tools(verdicts, KSURF_TOOL_FAILS);
	ksurf_verdicts_free(verdicts);
	options.optional = "*";
	options.images = "6.6.6-mini-amd64";
	SUCCEED(ksurf_verdicts_make(store, objects, &options, &verdicts));
	EXPECT(ksurf_verdicts_nr_images(verdicts) == 1);
	EXPECT(ksurf_verdicts_object(verdicts, 0, 0) == KSURF_VERDICT_OK);
	use_tools(verdicts, KSURF_TOOL_PART);
	ksurf_verdicts_free(verdicts);
	options.optional = NULL;
	use_policies(store, objects, given->dir, options);
	options.progress = cancel;
	FAIL(ksurf_verdicts_make(store, objects, &options, &verdicts), KSURF_ERR_CANCELLED,
	     "checking");
	options.policy = "pizza = 1\n";
	FAIL(ksurf_verdicts_make(store, objects, &options, &verdicts), KSURF_ERR_DATA, "pizza");
	EXPECT(!ksurf_verdict_name((enum ksurf_verdict)77));
	ksurf_verdicts_free(NULL);
	ksurf_objects_free(objects);
}

/** A report is the same under both names of its format, and begins so. */
static void look_at_text(char *text, char *alias, const char *inside)
{
	EXPECT(same_text(text, alias) && strstr(text, inside));
	free(text);
	free(alias);
}

void use_reports(struct ksurf_store *store, const struct given *given)
{
	struct ksurf_report_options plain = { .size = sizeof(plain), .format = "terminal" };
	struct ksurf_report_options alias = { .size = sizeof(alias), .format = "term" };
	struct ksurf_objects *objects = open_object(given->object);
	struct ksurf_verdicts *verdicts;
	const char *old = "6.6.6-mini-amd64", *new = "6.6.6-mini-arm64";
	char *a, *b;
	SUCCEED(ksurf_verdicts_make(store, objects, NULL, &verdicts));
	SUCCEED(ksurf_report_name(store, "function", "direct_twice", &plain, &a, NULL));
	SUCCEED(ksurf_report_name(store, "function", "direct_twice", &alias, &b, NULL));
	look_at_text(a, b, "direct_twice");
	SUCCEED(ksurf_report_log(store, "function", "direct_twice", &plain, &a, NULL));
	SUCCEED(ksurf_report_log(store, "function", "direct_twice", &alias, &b, NULL));
	look_at_text(a, b, "direct_twice");
	SUCCEED(ksurf_report_diff(store, old, new, NULL, &plain, &a, NULL));
	SUCCEED(ksurf_report_diff(store, old, new, NULL, &alias, &b, NULL));
	look_at_text(a, b, old);
	SUCCEED(ksurf_report_deps(objects, &plain, &a, NULL));
	SUCCEED(ksurf_report_deps(objects, &alias, &b, NULL));
	look_at_text(a, b, "tracing");
	SUCCEED(ksurf_report_verdicts(verdicts, &plain, &a, NULL));
	SUCCEED(ksurf_report_verdicts(verdicts, &alias, &b, NULL));
	look_at_text(a, b, "tracing");
	SUCCEED(ksurf_report_outcome(verdicts, 0, 0, &plain, &a, NULL));
	SUCCEED(ksurf_report_outcome(verdicts, 0, 0, NULL, &b, NULL));
	look_at_text(a, b, ksurf_verdicts_program(verdicts, 0)->program);
	FAIL(ksurf_report_outcome(verdicts, 0, 9, &plain, &a, NULL), KSURF_ERR_NOTFOUND, "image");
	SUCCEED(ksurf_report_images(store, &plain, &a, NULL));
	SUCCEED(ksurf_report_images(store, &alias, &b, NULL));
	look_at_text(a, b, "* 6.6.6-mini-amd64");
	SUCCEED(ksurf_report_counts(store, objects, old, &plain, &a, NULL));
	SUCCEED(ksurf_report_counts(store, objects, old, &alias, &b, NULL));
	look_at_text(a, b, "tracing");
	plain.format = "sarif";
	FAIL(ksurf_report_deps(objects, &plain, &a, NULL), KSURF_ERR_USAGE, "sarif");
	SUCCEED(ksurf_report_verdicts(verdicts, &plain, &a, NULL));
	free(a);
	EXPECT(same_text(ksurf_format(0), "terminal") && !ksurf_format(1000));
	EXPECT(same_text(ksurf_format_ending("json"), ".json") && !ksurf_format_ending("pizza"));
	EXPECT(same_text(ksurf_format_media_type("html"), "text/html"));
	EXPECT(ksurf_report_has("check", "text") && !ksurf_report_has("deps", "html"));
	ksurf_verdicts_free(verdicts);
	ksurf_objects_free(objects);
}
