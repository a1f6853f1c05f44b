/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/policy_names.h"

#include <stdio.h>
#include <string.h>

#include "base/edit_distance.h"

enum { MAX_NAME = 256 };

/** A name while it is looked for. */
struct looking {
	const char *name;
	unsigned int best; // how far the nearest one is
	const char *near;  // NULL: none is near
	bool found;
};

static void look_at(struct looking *looking, const char *name)
{
	if (!name || looking->found)
		return;
	unsigned int distance = ks_edit_distance(looking->name, name, looking->best);
	looking->found = strcmp(looking->name, name) == 0;
	if (distance >= looking->best)
		return;
	looking->best = distance;
	looking->near = name;
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
		if (!word || word >= sizeof(name) || strpbrk(name, "*?["))
			continue;
		struct looking looking = { .name = name, .best = ks_edit_slips(word) + 1 };
		for (size_t i = 0; i < nr; i++)
			all(&looking, inputs[i].object);
		if (!looking.found)
			return ks_error_new(KS_ERR_USAGE, "no %s is called '%s'%s%s%s", what, name,
					    looking.near ? "; did you mean " : "",
					    looking.near ? looking.near : "",
					    looking.near ? "?" : "");
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
