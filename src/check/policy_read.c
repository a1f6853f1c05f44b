/* SPDX-License-Identifier: BSD-2-Clause */
/* A ksurf.toml, key by key. */
#include "check/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/edit_distance.h"
#include "base/intern.h"
#include "base/toml.h"
#include "base/vector.h"
#include "bpf/hook.h"

typedef KS_VECTOR(struct ks_policy_target) target_vector;

/** An object's part while it is read. */
struct draft {
	struct ks_policy_object part; // but for the lists that grow
	KS_VECTOR(struct ks_policy_texts) alternatives;
	KS_VECTOR(struct ks_policy_constant) constants;
	target_vector targets, rewrites, probes;
	KS_VECTOR(struct ks_policy_choice) choices;
	KS_VECTOR(struct ks_policy_loss) losses;
};

struct reader {
	struct ks_toml toml;
	struct ks_policy *policy;
	struct ks_intern keys; // that the table has had
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
	ks_intern_deinit(&reader->keys);
	ks_vector_deinit(&reader->drafts);
	ks_vector_deinit(&reader->tools);
	ks_vector_deinit(&reader->waivers);
}

/** What was collected, in the arena. */
static const void *keep(struct reader *reader, const void *at, size_t nr, size_t size)
{
	const void *copy = ks_arena_copy(&reader->policy->arena, at, nr, size);
	reader->toml.nomem = reader->toml.nomem || !copy;
	return copy;
}

/* ---- values; where they go is told by the key ---- */

static void read_text(struct reader *reader, void *at)
{
	*(const char **)at = ks_toml_string(&reader->toml, &reader->policy->arena);
}

static void read_bool(struct reader *reader, void *at)
{
	*(bool *)at = ks_toml_bool(&reader->toml);
}

static void read_texts(struct reader *reader, void *at)
{
	KS_VECTOR(const char *) texts = { 0 };
	ks_toml_enter(&reader->toml);
	while (ks_toml_more(&reader->toml)) {
		const char *text = ks_toml_string(&reader->toml, &reader->policy->arena);
		if (!ks_vector_add(&texts, text))
			reader->toml.nomem = true;
	}
	*(struct ks_policy_texts *)at = (struct ks_policy_texts){
		.nr = texts.len,
		.at = keep(reader, texts.at, texts.len, sizeof(*texts.at)),
	};
	ks_vector_deinit(&texts);
}

/** Lists of texts. */
static void read_lists(struct reader *reader, void *at)
{
	KS_VECTOR(struct ks_policy_texts) lists = { 0 };
	ks_toml_enter(&reader->toml);
	while (ks_toml_more(&reader->toml)) {
		struct ks_policy_texts texts;
		read_texts(reader, &texts);
		if (!ks_vector_add(&lists, texts))
			reader->toml.nomem = true;
	}
	*(struct ks_policy_lists *)at = (struct ks_policy_lists){
		.nr = lists.len,
		.at = keep(reader, lists.at, lists.len, sizeof(*lists.at)),
	};
	ks_vector_deinit(&lists);
}

/** One of a few words. @param words NULL behind the last one @return its number */
static size_t read_word(struct reader *reader, const char *const *words)
{
	const char *word = ks_toml_string(&reader->toml, &reader->policy->arena);
	char all[64] = "";
	size_t nr = 0, len = 0;
	while (words[nr] && strcmp(word, words[nr]) != 0)
		nr++;
	if (words[nr])
		return nr;
	for (size_t i = 0; i < nr; i++)
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s",
					!i	     ? ""
					: i + 1 < nr ? ", "
						     : " or ",
					words[i]);
	struct ks_near_word near = ks_near_word_of(word);
	for (size_t i = 0; i < nr; i++)
		ks_near_word_see(&near, words[i]);
	ks_toml_fail(&reader->toml, "%s: %s is expected%s", reader->toml.name, all,
		     ks_near_word_hint(&near));
	return 0;
}

static void read_fail_on(struct reader *reader, void *at)
{
	static const char *const words[] = { "unknown", "risk", "failure", "never", NULL };
	*(const char **)at = words[read_word(reader, words)];
}

static void read_btf(struct reader *reader, void *at)
{
	static const char *const words[] = { "kernel", "custom", NULL };
	*(bool *)at = read_word(reader, words) == 1;
}

static void read_loader(struct reader *reader, void *at)
{
	static const char *const words[] = { "libbpf", "own", NULL };
	*(bool *)at = read_word(reader, words) == 1;
}

static void read_choice_by(struct reader *reader, void *at)
{
	static const char *const words[] = { [KS_BY_TRIAL] = "trial",
					     [KS_BY_PRESENCE] = "presence",
					     [KS_BY_PROBE] = "probe",
					     NULL };
	*(enum ks_choice_by *)at = (enum ks_choice_by)read_word(reader, words);
}

static void read_alternatives(struct reader *reader, void *at)
{
	struct draft *draft = at;
	ks_toml_enter(&reader->toml);
	while (ks_toml_more(&reader->toml)) {
		struct ks_policy_texts texts;
		read_texts(reader, &texts);
		if (!ks_vector_add(&draft->alternatives, texts))
			reader->toml.nomem = true;
	}
}

static void read_loss(struct reader *reader, void *at)
{
	struct draft *draft = at;
	struct ks_policy_loss loss = {
		.program = ks_arena_strdup(&reader->policy->arena, reader->toml.name),
		.text = ks_toml_string(&reader->toml, &reader->policy->arena),
	};
	if (!loss.program || !ks_vector_add(&draft->losses, loss))
		reader->toml.nomem = true;
}

static void read_constant(struct reader *reader, void *at)
{
	struct draft *draft = at;
	struct ks_policy_constant constant = {
		.name = ks_arena_strdup(&reader->policy->arena, reader->toml.name),
		.value = ks_toml_number(&reader->toml),
	};
	if (!constant.name || !ks_vector_add(&draft->constants, constant))
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
static void read_target(struct reader *reader, void *at)
{
	target_vector *targets = at;
	struct ks_policy_target target = {
		.program = ks_arena_strdup(&reader->policy->arena, reader->toml.name),
		.section = ks_toml_string(&reader->toml, &reader->policy->arena),
	};
	check_section(reader, target.section);
	if (!target.program || !ks_vector_add(targets, target))
		reader->toml.nomem = true;
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

static void read_date(struct reader *reader, void *at)
{
	unsigned int date = date_of(ks_toml_string(&reader->toml, &reader->policy->arena));
	*(unsigned int *)at = date;
	if (!date)
		ks_toml_fail(&reader->toml, "%s: a date as \"2027-01-31\" is expected",
			     reader->toml.name);
}

/* ---- the tables ---- */

static bool begin_object(struct reader *reader)
{
	struct draft draft = { .part.match = "*" };
	return ks_vector_add(&reader->drafts, draft);
}

static void *last_object(struct reader *reader)
{
	return &reader->drafts.at[reader->drafts.len - 1];
}

static bool begin_choice(struct reader *reader)
{
	struct draft *draft = last_object(reader);
	struct ks_policy_choice choice = { 0 };
	return ks_vector_add(&draft->choices, choice);
}

static void *last_choice(struct reader *reader)
{
	struct draft *draft = last_object(reader);
	return &draft->choices.at[draft->choices.len - 1];
}

static bool begin_tool(struct reader *reader)
{
	struct ks_policy_tool tool = { .match = "*" };
	return ks_vector_add(&reader->tools, tool);
}

static void *last_tool(struct reader *reader)
{
	return &reader->tools.at[reader->tools.len - 1];
}

static bool begin_waiver(struct reader *reader)
{
	struct ks_policy_waiver waiver = { .line = reader->toml.line, .tool = "*", .cause = "*" };
	return ks_vector_add(&reader->waivers, waiver);
}

static void *last_waiver(struct reader *reader)
{
	return &reader->waivers.at[reader->waivers.len - 1];
}

static void *whole_policy(struct reader *reader)
{
	return reader->policy;
}

#define POLICY(field) offsetof(struct ks_policy, field)
#define OBJECT(field) offsetof(struct draft, part.field)
#define CHOICE(field) offsetof(struct ks_policy_choice, field)
#define TOOL(field) offsetof(struct ks_policy_tool, field)
#define WAIVER(field) offsetof(struct ks_policy_waiver, field)

/** A table, and the keys that may stand in it; a key without a name takes any. */
static const struct table {
	const char *name;
	bool (*begin)(struct reader *reader); // of an element: [[name]]; NULL: [name]
	void *(*last)(struct reader *reader); // what it is about
	struct {
		const char *name;
		void (*read)(struct reader *reader, void *at);
		size_t at; // in what the table is about
	} keys[16];	   // behind the last one is none
} tables[] = {
	{ "",
	  NULL,
	  whole_policy,
	  { { "on", read_texts, POLICY(on) },
	    { "base", read_text, POLICY(base) },
	    { "fail-on", read_fail_on, POLICY(fail_on) },
	    { "modules", read_bool, POLICY(modules) },
	    { "btf", read_btf, POLICY(brings_btf) } } },
	{ "object",
	  begin_object,
	  last_object,
	  { { "match", read_text, OBJECT(match) },
	    { "file", read_text, OBJECT(file) },
	    { "needed", read_texts, OBJECT(needed) },
	    { "optional", read_texts, OBJECT(optional) },
	    { "ignored", read_texts, OBJECT(ignored) },
	    { "modes", read_texts, OBJECT(modes) },
	    { "if-present", read_texts, OBJECT(present) },
	    { "chosen", read_texts, OBJECT(chosen) },
	    { "rewritten", read_texts, OBJECT(rewritten) },
	    { "alternatives", read_alternatives, 0 },
	    { "source", read_text, OBJECT(source) },
	    { "programs", read_texts, OBJECT(programs) },
	    { "loader", read_loader, OBJECT(own_loader) } } },
	{ "object.constants", NULL, last_object, { { NULL, read_constant, 0 } } },
	{ "object.targets",
	  NULL,
	  last_object,
	  { { NULL, read_target, offsetof(struct draft, targets) } } },
	{ "object.rewrites",
	  NULL,
	  last_object,
	  { { NULL, read_target, offsetof(struct draft, rewrites) } } },
	{ "object.probes",
	  NULL,
	  last_object,
	  { { NULL, read_target, offsetof(struct draft, probes) } } },
	{ "object.loses", NULL, last_object, { { NULL, read_loss, 0 } } },
	{ "object.choice",
	  begin_choice,
	  last_choice,
	  { { "sides", read_lists, CHOICE(sides) },
	    { "by", read_choice_by, CHOICE(by) },
	    { "source", read_text, CHOICE(source) } } },
	{ "tool",
	  begin_tool,
	  last_tool,
	  { { "match", read_text, TOOL(match) },
	    { "files", read_text, TOOL(files) },
	    { "source", read_text, TOOL(source) },
	    { "optional", read_texts, TOOL(optional) },
	    { "ignored", read_texts, TOOL(ignored) },
	    { "modes", read_texts, TOOL(modes) },
	    { "kernels-required", read_texts, TOOL(required) },
	    { "kernels-optional", read_texts, TOOL(spared) },
	    { "sides", read_lists, TOOL(sides) },
	    { "side-of", read_text, TOOL(side_of) } } },
	{ "waiver",
	  begin_waiver,
	  last_waiver,
	  { { "tool", read_text, WAIVER(tool) },
	    { "cause", read_text, WAIVER(cause) },
	    { "reason", read_text, WAIVER(reason) },
	    { "kernels", read_texts, WAIVER(kernels) },
	    { "until", read_date, WAIVER(until) } } },
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
	struct ks_near_word near = ks_near_word_of(reader->toml.name);
	list_tables(all, sizeof(all));
	for (size_t i = 1; i < NR_TABLES; i++)
		if (strcmp(tables[i].name, reader->toml.name) != 0) // the brackets are wrong
			ks_near_word_see(&near, tables[i].name);
	ks_toml_fail(&reader->toml, "unknown table '%s'; tables are %s%s", reader->toml.name, all,
		     ks_near_word_hint(&near));
	return &tables[0];
}

/** TOML has each key of a table once: of two nobody knows which is meant. */
static bool is_first(struct reader *reader)
{
	const char *name = reader->toml.name;
	size_t before = reader->keys.all.len;
	reader->keys.arena = &reader->policy->arena;
	if (!ks_intern_number(&reader->keys, name, strlen(name)))
		reader->toml.nomem = true;
	if (reader->keys.all.len == before)
		ks_toml_fail(&reader->toml, "'%s' is given twice", name);
	return reader->keys.all.len > before;
}

static void read_key(struct reader *reader, const struct table *table)
{
	if (!is_first(reader))
		return;
	for (size_t i = 0; table->keys[i].read; i++)
		if (!table->keys[i].name || strcmp(table->keys[i].name, reader->toml.name) == 0) {
			table->keys[i].read(reader,
					    (char *)table->last(reader) + table->keys[i].at);
			return;
		}
	struct ks_near_word near = ks_near_word_of(reader->toml.name);
	for (size_t i = 0; table->keys[i].read; i++)
		ks_near_word_see(&near, table->keys[i].name);
	ks_toml_fail(&reader->toml, "unknown key '%s'%s%s%s", reader->toml.name,
		     table->name[0] ? " in " : "", table->name, ks_near_word_hint(&near));
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
		ks_intern_deinit(&reader->keys);
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
