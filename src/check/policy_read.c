/* SPDX-License-Identifier: BSD-2-Clause */
/* A ksurf.toml, key by key. */
#include "check/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/edit_distance.h"
#include "base/toml.h"
#include "base/vector.h"
#include "bpf/hook.h"

/** An object's part while it is read. */
struct draft {
	struct ks_policy_object part; // but for the lists that grow
	KS_VECTOR(struct ks_policy_texts) alternatives;
	KS_VECTOR(struct ks_policy_constant) constants;
	KS_VECTOR(struct ks_policy_target) targets, rewrites, probes;
	KS_VECTOR(struct ks_policy_choice) choices;
	KS_VECTOR(struct ks_policy_loss) losses;
};

struct reader {
	struct ks_toml toml;
	struct ks_policy *policy;
	KS_VECTOR(struct draft) drafts;
	KS_VECTOR(struct ks_policy_tool) tools;
	KS_VECTOR(struct ks_policy_waiver) waivers;
};

static void reader_deinit(struct reader *reader)
{
	for (size_t i = 0; i < reader->drafts.len; i++) {
		ks_vector_deinit(&reader->drafts.at[i].alternatives);
		ks_vector_deinit(&reader->drafts.at[i].constants);
		ks_vector_deinit(&reader->drafts.at[i].targets);
		ks_vector_deinit(&reader->drafts.at[i].rewrites);
		ks_vector_deinit(&reader->drafts.at[i].probes);
		ks_vector_deinit(&reader->drafts.at[i].choices);
		ks_vector_deinit(&reader->drafts.at[i].losses);
	}
	ks_vector_deinit(&reader->drafts);
	ks_vector_deinit(&reader->tools);
	ks_vector_deinit(&reader->waivers);
}

/** What was collected, in the arena. */
static const void *keep(struct reader *reader, const void *at, size_t nr, size_t size)
{
	void *copy = ks_arena_array(&reader->policy->arena, nr, size);
	reader->toml.nomem = reader->toml.nomem || !copy;
	if (copy && nr)
		memcpy(copy, at, nr * size);
	return copy;
}

static struct ks_policy_texts read_texts(struct reader *reader)
{
	KS_VECTOR(const char *) texts = { 0 };
	ks_toml_enter(&reader->toml);
	while (ks_toml_more(&reader->toml)) {
		const char *text = ks_toml_string(&reader->toml, &reader->policy->arena);
		if (!ks_vector_add(&texts, text))
			reader->toml.nomem = true;
	}
	struct ks_policy_texts ret = {
		.nr = texts.len,
		.at = keep(reader, texts.at, texts.len, sizeof(*texts.at)),
	};
	ks_vector_deinit(&texts);
	return ret;
}

/* ---- the keys of each table ---- */

static void read_on(struct reader *reader)
{
	reader->policy->on = read_texts(reader);
}

static void read_base(struct reader *reader)
{
	reader->policy->base = ks_toml_string(&reader->toml, &reader->policy->arena);
}

static void read_fail_on(struct reader *reader)
{
	const char *word = ks_toml_string(&reader->toml, &reader->policy->arena);
	static const char *const words[] = { "unknown", "risk", "failure", "never" };
	size_t i = 0;
	while (i < 4 && strcmp(word, words[i]) != 0)
		i++;
	if (i == 4)
		ks_toml_fail(&reader->toml, "fail-on: unknown, risk, failure or never is expected");
	reader->policy->fail_on = word;
}

static void read_modules(struct reader *reader)
{
	reader->policy->modules = ks_toml_bool(&reader->toml);
}

static void read_btf(struct reader *reader)
{
	const char *word = ks_toml_string(&reader->toml, &reader->policy->arena);
	reader->policy->brings_btf = strcmp(word, "custom") == 0;
	if (!reader->policy->brings_btf && strcmp(word, "kernel") != 0)
		ks_toml_fail(&reader->toml, "btf: kernel or custom is expected");
}

static struct draft *last_draft(struct reader *reader)
{
	return &reader->drafts.at[reader->drafts.len - 1];
}

static void read_match(struct reader *reader)
{
	last_draft(reader)->part.match = ks_toml_string(&reader->toml, &reader->policy->arena);
}

static void read_file_glob(struct reader *reader)
{
	last_draft(reader)->part.file = ks_toml_string(&reader->toml, &reader->policy->arena);
}

/** A list of programs, by its key. */
static void read_programs(struct reader *reader)
{
	struct draft *draft = last_draft(reader);
	const struct {
		const char *name;
		struct ks_policy_texts *texts;
	} keys[] = {
		{ "programs", &draft->part.programs }, { "needed", &draft->part.needed },
		{ "optional", &draft->part.optional }, { "ignored", &draft->part.ignored },
		{ "modes", &draft->part.modes },       { "if-present", &draft->part.present },
		{ "chosen", &draft->part.chosen },     { "rewritten", &draft->part.rewritten },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(keys); i++)
		if (strcmp(reader->toml.name, keys[i].name) == 0) {
			*keys[i].texts = read_texts(reader);
			return;
		}
}

static void read_alternatives(struct reader *reader)
{
	ks_toml_enter(&reader->toml);
	while (ks_toml_more(&reader->toml)) {
		struct ks_policy_texts texts = read_texts(reader);
		if (!ks_vector_add(&last_draft(reader)->alternatives, texts))
			reader->toml.nomem = true;
	}
}

static void read_loader(struct reader *reader)
{
	const char *word = ks_toml_string(&reader->toml, &reader->policy->arena);
	last_draft(reader)->part.own_loader = strcmp(word, "own") == 0;
	if (!last_draft(reader)->part.own_loader && strcmp(word, "libbpf") != 0)
		ks_toml_fail(&reader->toml, "loader: libbpf or own is expected");
}

static void read_source(struct reader *reader)
{
	last_draft(reader)->part.source = ks_toml_string(&reader->toml, &reader->policy->arena);
}

/** Lists of texts, in the arena. */
static struct ks_policy_lists read_lists(struct reader *reader)
{
	KS_VECTOR(struct ks_policy_texts) lists = { 0 };
	ks_toml_enter(&reader->toml);
	while (ks_toml_more(&reader->toml)) {
		struct ks_policy_texts texts = read_texts(reader);
		if (!ks_vector_add(&lists, texts))
			reader->toml.nomem = true;
	}
	struct ks_policy_lists ret = {
		.nr = lists.len,
		.at = keep(reader, lists.at, lists.len, sizeof(*lists.at)),
	};
	ks_vector_deinit(&lists);
	return ret;
}

static struct ks_policy_choice *last_choice(struct reader *reader)
{
	struct draft *draft = last_draft(reader);
	return &draft->choices.at[draft->choices.len - 1];
}

static void read_sides(struct reader *reader)
{
	last_choice(reader)->sides = read_lists(reader);
}

static void read_choice_by(struct reader *reader)
{
	static const char *const words[] = {
		[KS_BY_TRIAL] = "trial",
		[KS_BY_PRESENCE] = "presence",
		[KS_BY_PROBE] = "probe",
	};
	const char *word = ks_toml_string(&reader->toml, &reader->policy->arena);
	size_t i = 0;
	while (i < KS_ARRAY_LEN(words) && strcmp(word, words[i]) != 0)
		i++;
	if (i < KS_ARRAY_LEN(words))
		last_choice(reader)->by = (enum ks_choice_by)i;
	else
		ks_toml_fail(&reader->toml, "by: trial, presence or probe is expected");
}

static void read_choice_source(struct reader *reader)
{
	last_choice(reader)->source = ks_toml_string(&reader->toml, &reader->policy->arena);
}

static void read_loss(struct reader *reader)
{
	struct ks_policy_loss loss = {
		.program = ks_arena_strdup(&reader->policy->arena, reader->toml.name),
		.text = ks_toml_string(&reader->toml, &reader->policy->arena),
	};
	if (!loss.program || !ks_vector_add(&last_draft(reader)->losses, loss))
		reader->toml.nomem = true;
}

static void read_constant(struct reader *reader)
{
	struct ks_policy_constant constant = {
		.name = ks_arena_strdup(&reader->policy->arena, reader->toml.name),
		.value = ks_toml_number(&reader->toml),
	};
	if (!constant.name || !ks_vector_add(&last_draft(reader)->constants, constant))
		reader->toml.nomem = true;
}

/** What a program behaves as is told by a section that libbpf knows. */
static void check_section(struct reader *reader, const char *section)
{
	struct ks_hook hook = { 0 };
	struct ks_error *err = ks_hook_parse(&reader->policy->arena, section, &hook);
	const char *near = ks_hook_near(section);
	reader->toml.nomem = reader->toml.nomem || err;
	ks_error_free(err);
	if (!err && (!hook.program_type || hook.guessed))
		ks_toml_fail(&reader->toml, "libbpf knows no section '%s'%s%s%s", section,
			     near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

/** PROGRAM = "SECTION" */
static struct ks_policy_target read_section(struct reader *reader)
{
	struct ks_policy_target target = {
		.program = ks_arena_strdup(&reader->policy->arena, reader->toml.name),
		.section = ks_toml_string(&reader->toml, &reader->policy->arena),
	};
	reader->toml.nomem = reader->toml.nomem || !target.program;
	check_section(reader, target.section);
	return target;
}

static void read_target(struct reader *reader)
{
	if (!ks_vector_add(&last_draft(reader)->targets, read_section(reader)))
		reader->toml.nomem = true;
}

static void read_rewrite(struct reader *reader)
{
	if (!ks_vector_add(&last_draft(reader)->rewrites, read_section(reader)))
		reader->toml.nomem = true;
}

static void read_probe(struct reader *reader)
{
	if (!ks_vector_add(&last_draft(reader)->probes, read_section(reader)))
		reader->toml.nomem = true;
}

static struct ks_policy_tool *last_tool(struct reader *reader)
{
	return &reader->tools.at[reader->tools.len - 1];
}

static void read_tool_text(struct reader *reader)
{
	struct ks_policy_tool *tool = last_tool(reader);
	const char *text = ks_toml_string(&reader->toml, &reader->policy->arena);
	*(strcmp(reader->toml.name, "match") == 0     ? &tool->match
	  : strcmp(reader->toml.name, "files") == 0   ? &tool->files
	  : strcmp(reader->toml.name, "side-of") == 0 ? &tool->side_of
						      : &tool->source) = text;
}

static void read_tool_texts(struct reader *reader)
{
	struct ks_policy_tool *tool = last_tool(reader);
	const struct {
		const char *name;
		struct ks_policy_texts *texts;
	} keys[] = {
		{ "optional", &tool->optional },
		{ "ignored", &tool->ignored },
		{ "modes", &tool->modes },
		{ "kernels-required", &tool->required },
		{ "kernels-optional", &tool->spared },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(keys); i++)
		if (strcmp(reader->toml.name, keys[i].name) == 0) {
			*keys[i].texts = read_texts(reader);
			return;
		}
}

static void read_tool_sides(struct reader *reader)
{
	last_tool(reader)->sides = read_lists(reader);
}

static struct ks_policy_waiver *last_waiver(struct reader *reader)
{
	return &reader->waivers.at[reader->waivers.len - 1];
}

static void read_waiver_text(struct reader *reader)
{
	struct ks_policy_waiver *waiver = last_waiver(reader);
	const char *key = reader->toml.name;
	const char **text = strcmp(key, "tool") == 0	? &waiver->tool
			    : strcmp(key, "cause") == 0 ? &waiver->cause
							: &waiver->reason;
	*text = ks_toml_string(&reader->toml, &reader->policy->arena);
}

static void read_waiver_kernels(struct reader *reader)
{
	last_waiver(reader)->kernels = read_texts(reader);
}

/** "2027-01-31" as 20270131; 0: it is none. */
static unsigned int date_of(const char *text)
{
	static const unsigned char days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	unsigned int value = 0;
	for (size_t i = 0; i < 10; i++) {
		bool dash = i == 4 || i == 7;
		if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9')
			return 0;
		value = dash ? value : value * 10 + (unsigned int)(text[i] - '0');
	}
	unsigned int month = value / 100 % 100, day = value % 100;
	bool good = !text[10] && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
	return good ? value : 0;
}

static void read_waiver_until(struct reader *reader)
{
	const char *text = ks_toml_string(&reader->toml, &reader->policy->arena);
	last_waiver(reader)->until = date_of(text);
	if (!last_waiver(reader)->until)
		ks_toml_fail(&reader->toml, "until: a date as \"2027-01-31\" is expected");
}

/* ---- the tables ---- */

static bool begin_object(struct reader *reader)
{
	struct draft draft = { .part.match = "*" };
	return ks_vector_add(&reader->drafts, draft);
}

static bool begin_choice(struct reader *reader)
{
	struct ks_policy_choice choice = { 0 };
	return ks_vector_add(&last_draft(reader)->choices, choice);
}

static bool begin_tool(struct reader *reader)
{
	struct ks_policy_tool tool = { .match = "*" };
	return ks_vector_add(&reader->tools, tool);
}

static bool begin_waiver(struct reader *reader)
{
	struct ks_policy_waiver waiver = { .line = reader->toml.line, .tool = "*", .cause = "*" };
	return ks_vector_add(&reader->waivers, waiver);
}

/** A table, and the keys that may stand in it; a key without a name takes any. */
static const struct table {
	const char *name;
	bool (*begin)(struct reader *reader); // of an element: [[name]]; NULL: [name]
	struct {
		const char *name;
		void (*read)(struct reader *reader);
	} keys[16]; // behind the last one is none
} tables[] = {
	{ "",
	  NULL,
	  { { "on", read_on },
	    { "base", read_base },
	    { "fail-on", read_fail_on },
	    { "modules", read_modules },
	    { "btf", read_btf } } },
	{ "object",
	  begin_object,
	  { { "match", read_match },
	    { "file", read_file_glob },
	    { "needed", read_programs },
	    { "optional", read_programs },
	    { "ignored", read_programs },
	    { "modes", read_programs },
	    { "if-present", read_programs },
	    { "chosen", read_programs },
	    { "rewritten", read_programs },
	    { "alternatives", read_alternatives },
	    { "source", read_source },
	    { "programs", read_programs },
	    { "loader", read_loader } } },
	{ "object.constants", NULL, { { NULL, read_constant } } },
	{ "object.targets", NULL, { { NULL, read_target } } },
	{ "object.rewrites", NULL, { { NULL, read_rewrite } } },
	{ "object.probes", NULL, { { NULL, read_probe } } },
	{ "object.loses", NULL, { { NULL, read_loss } } },
	{ "object.choice",
	  begin_choice,
	  { { "sides", read_sides }, { "by", read_choice_by }, { "source", read_choice_source } } },
	{ "tool",
	  begin_tool,
	  { { "match", read_tool_text },
	    { "files", read_tool_text },
	    { "source", read_tool_text },
	    { "optional", read_tool_texts },
	    { "ignored", read_tool_texts },
	    { "modes", read_tool_texts },
	    { "kernels-required", read_tool_texts },
	    { "kernels-optional", read_tool_texts },
	    { "sides", read_tool_sides },
	    { "side-of", read_tool_text } } },
	{ "waiver",
	  begin_waiver,
	  { { "tool", read_waiver_text },
	    { "cause", read_waiver_text },
	    { "reason", read_waiver_text },
	    { "kernels", read_waiver_kernels },
	    { "until", read_waiver_until } } },
};
enum { NR_TABLES = KS_ARRAY_LEN(tables) };

/** The tables that there are, as they are written. */
static void list_tables(char *ret, size_t size)
{
	size_t len = 0;
	for (size_t i = 1; i < NR_TABLES; i++) {
		const char *open = tables[i].begin ? "[[" : "[",
			   *close = tables[i].begin ? "]]" : "]";
		len += (size_t)snprintf(ret + len, size - len, "%s%s%s%s", i > 1 ? " " : "", open,
					tables[i].name, close);
	}
}

static const struct table *find_table(struct reader *reader, bool element)
{
	for (size_t i = 1; i < NR_TABLES; i++)
		if (strcmp(tables[i].name, reader->toml.name) == 0 &&
		    element == (tables[i].begin != NULL)) {
			bool part = strncmp(tables[i].name, "object.", 7) == 0;
			if (part && !reader->drafts.len)
				ks_toml_fail(&reader->toml, "[%s] without an [[object]] before it",
					     tables[i].name);
			return &tables[i];
		}
	char all[192];
	list_tables(all, sizeof(all));
	ks_toml_fail(&reader->toml, "unknown table '%s'; tables are %s", reader->toml.name, all);
	return &tables[0];
}

/** The key that differs in the fewest letters, and not in more than two; NULL. */
static const char *near_key(const struct table *table, const char *name)
{
	enum { FAR = 3 };
	unsigned int best = FAR;
	const char *near = NULL;
	for (size_t i = 0; table->keys[i].read; i++) {
		const char *key = table->keys[i].name;
		unsigned int distance = key ? ks_edit_distance(name, key, FAR) : FAR;
		if (distance < best) {
			best = distance;
			near = key;
		}
	}
	return near;
}

static void read_key(struct reader *reader, const struct table *table)
{
	for (size_t i = 0; table->keys[i].read; i++)
		if (!table->keys[i].name || strcmp(table->keys[i].name, reader->toml.name) == 0) {
			table->keys[i].read(reader);
			return;
		}
	const char *near = near_key(table, reader->toml.name);
	ks_toml_fail(&reader->toml, "unknown key '%s'%s%s%s%s%s", reader->toml.name,
		     table->name[0] ? " in " : "", table->name, near ? "; did you mean " : "",
		     near ? near : "", near ? "?" : "");
}

/** What must be said of the last waiver, said by the end of its table. */
static void finish(struct reader *reader, const struct table *table)
{
	if (table->begin != begin_waiver || !reader->waivers.len)
		return;
	const struct ks_policy_waiver *waiver = last_waiver(reader);
	if (!waiver->reason || !waiver->until)
		ks_toml_fail(&reader->toml, "the waiver of line %u needs a reason and until",
			     waiver->line);
}

static void read_all(struct reader *reader)
{
	const struct table *table = &tables[0];
	for (;;) {
		enum ks_toml_item item = ks_toml_next(&reader->toml);
		if (item == KS_TOML_KEY && !reader->toml.nomem) {
			read_key(reader, table);
			continue;
		}
		finish(reader, table);
		if (item == KS_TOML_END || reader->toml.nomem)
			return;
		table = find_table(reader, item == KS_TOML_ELEMENT);
		if (reader->toml.why[0])
			return;
		if (table->begin && !table->begin(reader))
			reader->toml.nomem = true;
	}
}

/** The drafts as the policy has them. */
static void keep_objects(struct reader *reader)
{
	size_t nr = reader->drafts.len;
	struct ks_policy_object *objects =
		ks_arena_array(&reader->policy->arena, nr, sizeof(*objects));
	reader->toml.nomem = reader->toml.nomem || !objects;
	for (size_t i = 0; objects && i < nr; i++) {
		const struct draft *draft = &reader->drafts.at[i];
		objects[i] = draft->part;
#define KEEP(list)                                                                                 \
	objects[i].nr_##list = draft->list.len;                                                    \
	objects[i].list = keep(reader, draft->list.at, draft->list.len, sizeof(*draft->list.at))
		KEEP(alternatives);
		KEEP(constants);
		KEEP(targets);
		KEEP(rewrites);
		KEEP(probes);
		KEEP(choices);
		KEEP(losses);
#undef KEEP
	}
	reader->policy->nr_objects = objects ? nr : 0;
	reader->policy->objects = objects;
	reader->policy->nr_tools = reader->tools.len;
	reader->policy->tools =
		keep(reader, reader->tools.at, reader->tools.len, sizeof(*reader->tools.at));
	reader->policy->nr_waivers = reader->waivers.len;
	reader->policy->waivers =
		keep(reader, reader->waivers.at, reader->waivers.len, sizeof(*reader->waivers.at));
}

struct ks_error *ks_policy_read(const char *text, size_t len, struct ks_policy **ret)
{
	_cleanup_policy_ struct ks_policy *policy = calloc(1, sizeof(*policy));
	if (!policy)
		return &ks_nomem;
	struct reader reader = { .toml = ks_toml_over(text, len), .policy = policy };
	read_all(&reader);
	keep_objects(&reader);
	reader_deinit(&reader);
	KS_TRY(ks_toml_error(&reader.toml));
	*ret = ks_take(policy);
	return NULL;
}

void ks_policy_free(struct ks_policy *policy)
{
	if (!policy)
		return;
	ks_arena_deinit(&policy->arena);
	free(policy);
}
