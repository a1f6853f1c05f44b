/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/policy.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/toml.h"
#include "base/vector.h"

/** An object's part while it is read. */
struct draft {
	const char *match;
	struct ks_policy_texts optional;
	KS_VECTOR(struct ks_policy_texts) alternatives;
	KS_VECTOR(struct ks_policy_constant) constants;
	KS_VECTOR(struct ks_policy_target) targets;
};

struct reader {
	struct ks_toml toml;
	struct ks_policy *policy;
	KS_VECTOR(struct draft) drafts;
};

static void reader_deinit(struct reader *reader)
{
	for (size_t i = 0; i < reader->drafts.len; i++) {
		ks_vector_deinit(&reader->drafts.at[i].alternatives);
		ks_vector_deinit(&reader->drafts.at[i].constants);
		ks_vector_deinit(&reader->drafts.at[i].targets);
	}
	ks_vector_deinit(&reader->drafts);
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
	last_draft(reader)->match = ks_toml_string(&reader->toml, &reader->policy->arena);
}

static void read_optional(struct reader *reader)
{
	last_draft(reader)->optional = read_texts(reader);
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

static void read_constant(struct reader *reader)
{
	struct ks_policy_constant constant = {
		.name = ks_arena_strdup(&reader->policy->arena, reader->toml.name),
		.value = ks_toml_number(&reader->toml),
	};
	if (!constant.name || !ks_vector_add(&last_draft(reader)->constants, constant))
		reader->toml.nomem = true;
}

static void read_target(struct reader *reader)
{
	struct ks_policy_target target = {
		.program = ks_arena_strdup(&reader->policy->arena, reader->toml.name),
		.section = ks_toml_string(&reader->toml, &reader->policy->arena),
	};
	if (!target.program || !ks_vector_add(&last_draft(reader)->targets, target))
		reader->toml.nomem = true;
}

/** A table, and the keys that may stand in it; a key without a name takes any. */
static const struct table {
	const char *name;
	struct {
		const char *name;
		void (*read)(struct reader *reader);
	} keys[6];
} tables[] = {
	{ "",
	  { { "on", read_on },
	    { "base", read_base },
	    { "fail-on", read_fail_on },
	    { "modules", read_modules },
	    { "btf", read_btf } } },
	{ "object",
	  { { "match", read_match },
	    { "optional", read_optional },
	    { "alternatives", read_alternatives } } },
	{ "object.constants", { { NULL, read_constant } } },
	{ "object.targets", { { NULL, read_target } } },
};
enum { NR_TABLES = KS_ARRAY_LEN(tables), OBJECT = 1 };

static const struct table *find_table(struct reader *reader, bool element)
{
	for (size_t i = OBJECT; i < NR_TABLES; i++)
		if (strcmp(tables[i].name, reader->toml.name) == 0 && element == (i == OBJECT)) {
			if (!element && !reader->drafts.len)
				ks_toml_fail(&reader->toml, "[%s] without an [[object]] before it",
					     tables[i].name);
			return &tables[i];
		}
	ks_toml_fail(&reader->toml,
		     "unknown table '%s'; there are [[object]], [object.constants] and "
		     "[object.targets]",
		     reader->toml.name);
	return &tables[0];
}

static void read_key(struct reader *reader, const struct table *table)
{
	for (size_t i = 0; table->keys[i].read; i++)
		if (!table->keys[i].name || strcmp(table->keys[i].name, reader->toml.name) == 0) {
			table->keys[i].read(reader);
			return;
		}
	ks_toml_fail(&reader->toml, "unknown key '%s'%s%s", reader->toml.name,
		     table->name[0] ? " in " : "", table->name);
}

static void read_all(struct reader *reader)
{
	const struct table *table = &tables[0];
	for (;;) {
		enum ks_toml_item item = ks_toml_next(&reader->toml);
		if (item == KS_TOML_END || reader->toml.nomem)
			return;
		if (item == KS_TOML_KEY) {
			read_key(reader, table);
			continue;
		}
		table = find_table(reader, item == KS_TOML_ELEMENT);
		struct draft draft = { .match = "*" };
		if (table == &tables[OBJECT] && !ks_vector_add(&reader->drafts, draft))
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
		objects[i] = (struct ks_policy_object){
			.match = draft->match,
			.optional = draft->optional,
			.nr_alternatives = draft->alternatives.len,
			.nr_constants = draft->constants.len,
			.nr_targets = draft->targets.len,
			.alternatives =
				keep(reader, draft->alternatives.at, draft->alternatives.len,
				     sizeof(*draft->alternatives.at)),
			.constants = keep(reader, draft->constants.at, draft->constants.len,
					  sizeof(*draft->constants.at)),
			.targets = keep(reader, draft->targets.at, draft->targets.len,
					sizeof(*draft->targets.at)),
		};
	}
	reader->policy->nr_objects = objects ? nr : 0;
	reader->policy->objects = objects;
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

/* ---- what it says ---- */

const struct ks_policy_object *ks_policy_next(const struct ks_policy *policy, const char *object,
					      size_t *at)
{
	while (policy && *at < policy->nr_objects) {
		const struct ks_policy_object *part = &policy->objects[(*at)++];
		if (fnmatch(part->match, object, 0) == 0)
			return part;
	}
	return NULL;
}

bool ks_policy_matches(const struct ks_policy_texts *globs, const char *name)
{
	for (size_t i = 0; i < globs->nr; i++)
		if (fnmatch(globs->at[i], name, 0) == 0)
			return true;
	return false;
}

bool ks_policy_optional(const struct ks_policy *policy, const char *object, const char *program)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));)
		if (ks_policy_matches(&part->optional, program))
			return true;
	return false;
}

bool ks_policy_alternative(const struct ks_policy *policy, const char *object, const char *program)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));)
		for (size_t i = 0; i < part->nr_alternatives; i++)
			if (ks_policy_matches(&part->alternatives[i], program))
				return true;
	return false;
}

const char *ks_policy_section(const struct ks_policy *policy, const char *object,
			      const char *program)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));)
		for (size_t i = 0; i < part->nr_targets; i++)
			if (fnmatch(part->targets[i].program, program, 0) == 0)
				return part->targets[i].section;
	return NULL;
}

const struct ks_policy_constant *ks_policy_constant(const struct ks_policy *policy,
						    const char *object, const char *variable)
{
	const struct ks_policy_object *part;
	for (size_t at = 0; (part = ks_policy_next(policy, object, &at));)
		for (size_t i = 0; i < part->nr_constants; i++)
			if (strcmp(part->constants[i].name, variable) == 0)
				return &part->constants[i];
	return NULL;
}
