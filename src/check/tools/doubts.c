/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/doubts.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/edit_distance.h"
#include "bpf/deps.h"

static const char special[] = "*?[";

/** A glob, and the word that is nearest to what it begins with. */
struct word {
	const char *glob;
	size_t len; // of what stands before anything special
	bool whole; // there is nothing such
	bool found;
	unsigned int best; // in how many letters the nearest differs
	const char *near;  // NULL: none is near
};

static struct word word_of(const char *glob)
{
	size_t len = strcspn(glob, special);
	return (struct word){ .glob = glob,
			      .len = len,
			      .whole = !glob[len],
			      .best = (len < 3 ? 0 : ks_edit_slips(len)) + 1 };
}

/** Is it that name? If not, how near is it? */
static void try_name(struct word *word, const char *name)
{
	enum { MAX = 128 };
	char begin[MAX], beginning[MAX];
	word->found = word->found || (name && fnmatch(word->glob, name, 0) == 0);
	if (!name || word->found || !word->len || word->len >= sizeof(begin))
		return;
	size_t len = word->whole ? strlen(name) : word->len;
	snprintf(begin, sizeof(begin), "%.*s", (int)word->len, word->glob);
	snprintf(beginning, sizeof(beginning), "%.*s", (int)len, name);
	unsigned int distance = ks_edit_distance(begin, beginning, word->best);
	if (distance >= word->best)
		return;
	word->best = distance;
	word->near = name;
}

/* ---- kernels ---- */

static bool is_kernel(const char *glob, const struct ks_image *image)
{
	return fnmatch(glob, image->label, 0) == 0 ||
	       (image->version && fnmatch(glob, image->version, 0) == 0);
}

/** What is looked at, and what it is of. */
struct doubts {
	const struct ks_tools *tools;
	const struct ks_store_images *all;
	struct ks_buf *said;
};

/** @param what "kernels-required", and of which tool, or a waiver and "kernels" */
static void doubt_kernels(const struct doubts *doubts, const struct ks_policy_texts *globs,
			  const char *what, const char *of)
{
	for (size_t i = 0; i < globs->nr; i++) {
		struct word word = word_of(globs->at[i]);
		for (size_t k = 0; k < doubts->all->nr; k++) {
			try_name(&word, doubts->all->at[k]->image.label);
			try_name(&word, doubts->all->at[k]->image.version);
		}
		if (!word.found)
			ks_buf_printf(doubts->said, "%s of '%s': no kernel here is '%s'%s%s\n",
				      what, of, word.glob, word.near ? "; the nearest is " : "",
				      word.near ? word.near : "");
	}
}

/** A tool that must work on none of the kernels at hand works, whatever is found. */
static void doubt_required(const struct doubts *doubts, const struct ks_policy_tool *part)
{
	const struct ks_check *check = doubts->tools->check;
	bool any = !part->required.nr || !check->nr_images;
	for (size_t i = 0; i < part->required.nr && !any; i++)
		for (size_t k = 0; k < check->nr_images && !any; k++)
			any = is_kernel(part->required.at[i], check->images[k]);
	if (!any)
		ks_buf_printf(
			doubts->said,
			"kernels-required of '%s': none of the kernels that are asked is one: it "
			"need not work on any\n",
			part->match);
}

/* ---- causes ---- */

static bool has_tool(const struct ks_tools *tools, const char *glob)
{
	for (size_t i = 0; i < tools->nr; i++)
		if (fnmatch(glob, tools->at[i].name, 0) == 0)
			return true;
	return false;
}

static void try_kinds(struct word *word)
{
	for (size_t i = 0; i < KS_NR_REASONS; i++)
		try_name(word, ks_reasons[i].name);
}

static void try_reasons(struct word *word, const struct ks_check *check)
{
	for (size_t i = 0; check && i < check->nr_rows * check->nr_images; i++)
		for (uint32_t k = 0; k < check->outcomes[i].nr; k++)
			try_name(word, check->outcomes[i].reasons[k].name);
}

static struct ks_error *try_dependencies(struct word *word, const struct ks_bpf_object *object,
					 struct ks_arena *arena)
{
	_cleanup_deps_ struct ks_deps *deps = NULL;
	KS_TRY(ks_deps_collect(object, &deps));
	for (uint32_t i = 0; i <= deps->nr && !word->found; i++) {
		const struct ks_dep_list *list =
			i < deps->nr ? &deps->programs[i] : &deps->object_deps;
		for (uint32_t k = 0; k < list->nr; k++)
			try_name(word, list->at[k].name);
	}
	if (word->near) // it lies in what goes
		word->near = ks_arena_strdup(arena, word->near);
	return NULL;
}

/** No name of anything has a dash in it, as most kinds have. */
static bool is_meant_for_kind(const struct word *word)
{
	bool is_kind = false;
	for (size_t i = 0; word->near && i < KS_NR_REASONS && !is_kind; i++)
		is_kind = strcmp(word->near, ks_reasons[i].name) == 0;
	return is_kind && word->whole && strchr(word->glob, '-');
}

static struct ks_error *doubt_cause(const struct doubts *doubts,
				    const struct ks_policy_waiver *waiver)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	const struct ks_check *check = doubts->tools->check;
	struct word word = word_of(waiver->cause);
	try_kinds(&word);
	if (!word.found && is_meant_for_kind(&word))
		return ks_error_in_file(
			ks_error_new(KS_ERR_DATA,
				     "the waiver of line %u: no cause is called '%s'; did you mean "
				     "%s?",
				     waiver->line, word.glob, word.near),
			check->policy->path ? check->policy->path : "policy");
	try_reasons(&word, check);
	try_reasons(&word, check->told);
	try_reasons(&word, check->rewritten);
	try_reasons(&word, check->probed);
	for (size_t i = 0; i < check->nr_objects && !word.found; i++)
		KS_TRY(try_dependencies(&word, check->objects[i].object, &arena));
	if (!word.found)
		ks_buf_printf(doubts->said,
			      "the waiver of line %u: nothing here has the cause '%s'%s%s%s\n",
			      waiver->line, word.glob, word.near ? "; did you mean " : "",
			      word.near ? word.near : "", word.near ? "?" : "");
	return NULL;
}

struct ks_error *ks_doubt_words(const struct ks_tools *tools, const struct ks_store_images *all,
				struct ks_buf *said)
{
	const struct ks_policy *policy = tools->check->policy;
	const struct doubts doubts = { tools, all, said };
	for (size_t i = 0; policy && i < policy->nr_tools; i++) {
		const struct ks_policy_tool *part = &policy->tools[i];
		if (!has_tool(tools, part->match))
			continue;
		doubt_kernels(&doubts, &part->required, "kernels-required", part->match);
		doubt_required(&doubts, part);
		doubt_kernels(&doubts, &part->spared, "kernels-optional", part->match);
	}
	for (size_t i = 0; policy && i < policy->nr_waivers; i++) {
		const struct ks_policy_waiver *waiver = &policy->waivers[i];
		char of[32];
		if (!has_tool(tools, waiver->tool))
			continue;
		snprintf(of, sizeof(of), "the waiver of line %u", waiver->line);
		doubt_kernels(&doubts, &waiver->kernels, of, "kernels");
		KS_TRY(doubt_cause(&doubts, waiver));
	}
	return ks_buf_error(said);
}
