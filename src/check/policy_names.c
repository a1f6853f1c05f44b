/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/policy_names.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/edit_distance.h"
#include "check/tools/family.h"
#include "check/tools/tools.h"

enum { MAX_NAME = 256 };

static bool is_glob(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

/* ---- the names of a policy ---- */

/** The policy, and what its names may be those of. */
struct names {
	const struct ks_policy *policy;
	const struct ks_policy *shipped; // what is known of loaders
	const struct ks_check_input *inputs;
	size_t nr;
	struct ks_buf *unknown;
};

/** Gets a name that a part gives of programs or, else, of variables. An error ends the walk. */
typedef struct ks_error *name_fn(void *arg, const struct ks_policy_object *part, const char *name,
				 bool program);

static struct ks_error *walk_texts(const struct ks_policy_object *part,
				   const struct ks_policy_texts *texts, name_fn *fn, void *arg)
{
	for (size_t i = 0; i < texts->nr; i++)
		if (!is_glob(texts->at[i]))
			KS_TRY(fn(arg, part, texts->at[i], true));
	return NULL;
}

static struct ks_error *walk_targets(const struct ks_policy_object *part,
				     const struct ks_policy_target *targets, size_t nr, name_fn *fn,
				     void *arg)
{
	for (size_t i = 0; i < nr; i++)
		if (!is_glob(targets[i].program))
			KS_TRY(fn(arg, part, targets[i].program, true));
	return NULL;
}

static struct ks_error *walk_part(const struct ks_policy_object *part, name_fn *fn, void *arg)
{
	const struct ks_policy_texts *texts[] = { &part->needed,   &part->optional, &part->ignored,
						  &part->modes,	   &part->present,  &part->chosen,
						  &part->rewritten };
	for (size_t i = 0; i < KS_ARRAY_LEN(texts); i++)
		KS_TRY(walk_texts(part, texts[i], fn, arg));
	for (size_t i = 0; i < part->nr_alternatives; i++)
		KS_TRY(walk_texts(part, &part->alternatives[i], fn, arg));
	for (size_t i = 0; i < part->nr_choices; i++)
		for (size_t k = 0; k < part->choices[i].sides.nr; k++)
			KS_TRY(walk_texts(part, &part->choices[i].sides.at[k], fn, arg));
	for (size_t i = 0; i < part->nr_losses; i++)
		if (!is_glob(part->losses[i].program))
			KS_TRY(fn(arg, part, part->losses[i].program, true));
	KS_TRY(walk_targets(part, part->targets, part->nr_targets, fn, arg));
	KS_TRY(walk_targets(part, part->rewrites, part->nr_rewrites, fn, arg));
	KS_TRY(walk_targets(part, part->probes, part->nr_probes, fn, arg));
	for (size_t i = 0; i < part->nr_constants; i++)
		KS_TRY(fn(arg, part, part->constants[i].name, false));
	return NULL;
}

static struct ks_error *compare(void *arg, const struct ks_policy_object *part, const char *name,
				bool program)
{
	const char **wanted = arg;
	(void)part;
	(void)program;
	if (*wanted && strcmp(*wanted, name) == 0)
		*wanted = NULL; // it is found
	return NULL;
}

static bool says(const struct names *said, const char *name)
{
	const char *wanted = name;
	for (size_t i = 0; wanted && i < said->policy->nr_objects; i++) {
		const struct ks_policy_object *part = &said->policy->objects[i];
		ks_error_free(walk_part(part, compare, &wanted));
		if (wanted && strcmp(part->match, wanted) == 0)
			wanted = NULL;
	}
	return !wanted;
}

/* ---- looking for them ---- */

/** A name while it is looked for. */
struct looking {
	const char *name;
	struct ks_near_word near;
	const struct names *said; // names that are meant otherwise; NULL
	bool found;
};

static void look_at(struct looking *looking, const char *name)
{
	if (!name || looking->found)
		return;
	looking->found = strcmp(looking->name, name) == 0;
	if (!looking->said || !says(looking->said, name))
		ks_near_word_see(&looking->near, name);
}

static void look_at_programs(struct looking *looking, const struct ks_bpf_object *object)
{
	for (uint32_t i = 0; i < object->nr_programs; i++)
		look_at(looking, object->programs[i].name);
}

static void look_at_variables(struct looking *looking, const struct ks_bpf_object *object)
{
	for (uint32_t i = 0; object->btf && i < object->nr_data; i++) {
		uint32_t id = ks_btf_find(object->btf, KS_BTF_DATASEC, object->data[i].name, 1);
		struct ks_btf_type type = ks_btf_type(object->btf, id);
		for (uint32_t k = 0; id && k < type.vlen; k++)
			look_at(looking,
				ks_btf_type(object->btf, ks_btf_secinfo(object->btf, &type, k).type)
					.name);
	}
}

/** The words of a list, up to an end mark inside of them. */
static struct ks_error *check_list(const char *list, char end, const char *what,
				   void (*all)(struct looking *, const struct ks_bpf_object *),
				   const struct ks_check_input *inputs, size_t nr)
{
	for (const char *at = list; at && *at;) {
		size_t len = strcspn(at, ","), word = 0;
		while (word < len && at[word] != end)
			word++;
		char name[MAX_NAME];
		snprintf(name, sizeof(name), "%.*s", (int)word, at);
		at += len + (at[len] == ',');
		if (!word || word >= sizeof(name) || is_glob(name))
			continue;
		struct looking looking = { .name = name, .near = ks_near_word_of(name) };
		for (size_t i = 0; i < nr; i++)
			all(&looking, inputs[i].object);
		if (!looking.found)
			return ks_error_new(KS_ERR_USAGE, "no %s is called '%s'%s", what, name,
					    ks_near_word_hint(&looking.near));
	}
	return NULL;
}

struct ks_error *ks_policy_names_check(const char *optional, const char *constants,
				       const struct ks_check_input *inputs, size_t nr)
{
	if (!nr)
		return NULL;
	KS_TRY(check_list(optional, ',', "program", look_at_programs, inputs, nr));
	return check_list(constants, '=', "variable", look_at_variables, inputs, nr);
}

/* ---- slips in a policy ---- */

static struct ks_error *refuse(const struct names *names, const char *what, struct looking *looking)
{
	return ks_error_in_file(ks_error_new(KS_ERR_DATA, "no %s is called '%s'%s", what,
					     looking->name, ks_near_word_hint(&looking->near)),
				names->policy->path ? names->policy->path : "policy");
}

/** It may be about a file that is not checked now. */
static struct ks_error *leave(const struct names *names, const char *name)
{
	ks_buf_printf(names->unknown, "%s%s", names->unknown->len ? ", " : "", name);
	return ks_buf_error(names->unknown);
}

static void look_in_objects(struct looking *looking, const struct names *names,
			    const struct ks_policy_object *part, bool program)
{
	for (size_t i = 0; i < names->nr; i++) {
		const struct ks_bpf_object *object = names->inputs[i].object;
		if (fnmatch(part->match, object->name, 0) == 0)
			(program ? look_at_programs : look_at_variables)(looking, object);
	}
}

/** The programs that an object must have to be meant: others are those of another version of it. */
static struct ks_error *look_up_version(const struct names *names,
					const struct ks_policy_object *part)
{
	for (size_t i = 0; i < part->programs.nr; i++) {
		const char *name = part->programs.at[i];
		struct looking looking = { .name = name,
					   .near = ks_near_word_of(name),
					   .said = names };
		look_in_objects(&looking, names, part, true);
		if (looking.near.near && !looking.found && !is_glob(name))
			return refuse(names, "program", &looking);
		if (!looking.found && !is_glob(name))
			KS_TRY(leave(names, name));
	}
	return NULL;
}

static struct ks_error *look_up(void *arg, const struct ks_policy_object *part, const char *name,
				bool program)
{
	const struct names *names = arg;
	struct looking looking = { .name = name, .near = ks_near_word_of(name), .said = names };
	look_in_objects(&looking, names, part, program);
	if (looking.found)
		return NULL;
	if (looking.near.near || !is_glob(part->match))
		return refuse(names, program ? "program" : "variable", &looking);
	return leave(names, name);
}

/** A part about objects that are not there. */
static struct ks_error *look_up_object(const struct names *names, const char *match)
{
	struct looking looking = { .name = match, .near = ks_near_word_of(match), .said = names };
	for (size_t i = 0; i < names->nr; i++)
		look_at(&looking, names->inputs[i].object->name);
	if (looking.near.near && !is_glob(match))
		return refuse(names, "object", &looking);
	return is_glob(match) ? NULL : leave(names, match);
}

/** A tool that is named, among those that the files are. */
static struct ks_error *look_up_tool(const struct names *names, const char *match)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct looking looking = { .name = match, .near = ks_near_word_of(match) };
	const struct ks_families families = { names->policy, names->shipped };
	for (size_t i = 0, run; i < names->nr; i += run) {
		const struct ks_check_input *first = &names->inputs[i];
		run = ks_family_run(first, names->nr - i);
		const char *name =
			ks_family_tool_name(&arena, &families, first->path, first->object, run);
		if (!name)
			return &ks_nomem;
		look_at(&looking, name);
	}
	if (!looking.found && looking.near.near)
		return refuse(names, "tool", &looking);
	return looking.found ? NULL : leave(names, match);
}

/** The objects of tools. */
static struct ks_error *look_up_objects(const struct names *names,
					const struct ks_policy_texts *texts)
{
	for (size_t i = 0; i < texts->nr; i++) {
		bool found = false;
		for (size_t k = 0; k < names->nr && !found; k++)
			found = strcmp(texts->at[i], names->inputs[k].object->name) == 0;
		if (!found && !is_glob(texts->at[i]))
			KS_TRY(look_up_object(names, texts->at[i]));
	}
	return NULL;
}

/** The tools that waivers are about. */
static struct ks_error *look_at_waivers(const struct names *names)
{
	for (size_t i = 0; i < names->policy->nr_waivers; i++) {
		const char *tool = names->policy->waivers[i].tool;
		if (!is_glob(tool))
			KS_TRY(look_up_tool(names, tool));
	}
	return NULL;
}

static struct ks_error *look_at_tools(const struct names *names)
{
	for (size_t i = 0; i < names->policy->nr_tools; i++) {
		const struct ks_policy_tool *part = &names->policy->tools[i];
		if (!is_glob(part->match))
			KS_TRY(look_up_tool(names, part->match));
		KS_TRY(look_up_objects(names, &part->optional));
		KS_TRY(look_up_objects(names, &part->ignored));
		KS_TRY(look_up_objects(names, &part->modes));
		for (size_t k = 0; k < part->sides.nr; k++)
			KS_TRY(look_up_objects(names, &part->sides.at[k]));
	}
	return NULL;
}

struct ks_error *ks_policy_slips(const struct ks_policy *policy,
				 const struct ks_check_input *inputs, size_t nr,
				 struct ks_buf *unknown)
{
	_cleanup_policy_ struct ks_policy *shipped = NULL;
	KS_TRY(ks_shipped_read(&shipped));
	struct names names = { policy, shipped, inputs, nr, unknown };
	for (size_t i = 0; i < policy->nr_objects; i++) {
		const struct ks_policy_object *part = &policy->objects[i];
		bool any = false;
		for (size_t k = 0; k < nr && !any; k++)
			any = fnmatch(part->match, inputs[k].object->name, 0) == 0;
		if (any)
			KS_TRY(look_up_version(&names, part));
		KS_TRY(any ? walk_part(part, look_up, &names)
			   : look_up_object(&names, part->match));
	}
	KS_TRY(look_at_tools(&names));
	return look_at_waivers(&names);
}
