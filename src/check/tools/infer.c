/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Twins: programs that do the same by another kind of hook, of which a loader takes those that the kernel has. Two programs are
 * twins when all of this holds: they watch the same function or event (or one that a kernel renamed by a known pattern), both
 * on entry or both on return; they use the same maps and call the same functions of the object; and their names are alike.
 */
#include <stdlib.h>
#include <string.h>

#include "base/edit_distance.h"
#include "check/tools/plan.h"

/** What a program can be told by. */
struct traits {
	int family;	    // of hooks that watch the same thing; -1: none that has twins
	int order;	    // in which loaders try them
	const char *target; // without what renaming adds
	bool on_return;
	bool *uses; // of each map, and behind them of each section of data
	size_t nr_calls;
	const char **calls; // names of functions that it calls or points to, sorted, each once
	char name[64];
};

/** Kinds of hooks that watch the same thing, the newer first. */
static const struct {
	enum ks_hook_kind kind;
	int family;
	const char *word; // in reports
} kinds[] = {
	{ KS_HOOK_FENTRY, 0, "fentry" },	 { KS_HOOK_KPROBE, 0, "kprobe" },
	{ KS_HOOK_TP_BTF, 1, "tp_btf" },	 { KS_HOOK_RAW_TP, 1, "raw_tp" },
	{ KS_HOOK_TRACEPOINT, 1, "tracepoint" },
};
enum { NR_KINDS = sizeof(kinds) / sizeof(*kinds) };

/** Words of names that only tell the kind of hook. */
static bool tells_hook(const char *word, size_t len)
{
	static const char *const words[] = { "fentry", "fexit", "kprobe", "kretprobe",	"tp",
					     "btf",    "raw",	"handle", "tracepoint", "trace" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
			return true;
	return !len;
}

/** A name without them; "folio" and "page" count as one word. */
static void plain_name(const char *name, char *ret, size_t size)
{
	size_t used = 0;
	ret[0] = '\0';
	for (const char *at = name; *at; at += *at == '_') {
		size_t len = strcspn(at, "_");
		bool folio = len == 5 && memcmp(at, "folio", 5) == 0;
		const char *word = folio ? "page" : at;
		size_t word_len = folio ? 4 : len;
		if (!tells_hook(at, len) && used + word_len + 2 < size) {
			if (used)
				ret[used++] = '_';
			memcpy(ret + used, word, word_len);
			used += word_len;
			ret[used] = '\0';
		}
		at += len;
	}
}

/** What a kernel may have renamed a function to: "__" before it, "_noprof" behind it, a folio for a page. */
static bool same_target(const char *a, const char *b)
{
	char x[128], y[128];
	static const char noprof[] = "_noprof";
	if (strcmp(a, b) == 0)
		return true;
	plain_name(a, x, sizeof(x));
	plain_name(b, y, sizeof(y));
	for (int i = 0; i < 2; i++) {
		char *text = i ? y : x;
		size_t len = strlen(text), end = sizeof(noprof) - 1;
		if (len > end && strcmp(text + len - end, noprof) == 0)
			text[len - end] = '\0';
	}
	return x[0] && strcmp(x, y) == 0;
}

static void look(const struct ks_bpf_object *object, const struct ks_bpf_program *program,
		 struct traits *ret)
{
	const struct ks_hook *hook = &program->hook;
	ret->family = -1;
	for (int i = 0; i < NR_KINDS; i++)
		if (kinds[i].kind == hook->kind && hook->target && !hook->needs_target &&
		    !hook->offset) {
			ret->family = kinds[i].family;
			ret->order = i;
		}
	ret->target = hook->target;
	ret->on_return = hook->on_return;
	plain_name(program->name, ret->name, sizeof(ret->name));
	for (uint32_t i = 0; i < program->nr; i++) {
		const struct ks_bpf_ref *ref = ks_bpf_ref_at(object, program, i);
		if (!ref)
			continue;
		if (ref->kind == KS_REF_MAP && ref->index < object->nr_maps)
			ret->uses[ref->index] = true;
		if (ref->kind == KS_REF_DATA && ref->index < object->nr_data &&
		    !object->data[ref->index].constant)
			ret->uses[object->nr_maps + ref->index] = true;
	}
}

static int name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/** What an instruction calls, or points to; NULL when it is no function with a name. */
static const char *called(const struct ks_bpf_object *object, const struct ks_bpf_program *program,
			  uint32_t insn)
{
	const struct ks_bpf_ref *ref = ks_bpf_ref_at(object, program, insn);
	return ref && (ref->kind == KS_REF_CALL || ref->kind == KS_REF_POINTER) ? ref->name : NULL;
}

static bool list_calls(struct ks_arena *arena, const struct ks_bpf_object *object,
		       const struct ks_bpf_program *program, struct traits *ret)
{
	size_t nr = 0;
	for (uint32_t i = 0; i < program->nr; i++)
		nr += called(object, program, i) != NULL;
	ret->calls = ks_arena_array(arena, nr + 1, sizeof(*ret->calls));
	if (!ret->calls)
		return false;
	nr = 0;
	for (uint32_t i = 0; i < program->nr; i++)
		if (called(object, program, i))
			ret->calls[nr++] = called(object, program, i);
	if (nr)
		qsort(ret->calls, nr, sizeof(*ret->calls), name_order);
	for (size_t i = 0; i < nr; i++)
		if (!i || strcmp(ret->calls[i], ret->calls[ret->nr_calls - 1]) != 0)
			ret->calls[ret->nr_calls++] = ret->calls[i];
	return true;
}

static bool same_calls(const struct traits *a, const struct traits *b)
{
	for (size_t i = 0; i < a->nr_calls && a->nr_calls == b->nr_calls; i++)
		if (strcmp(a->calls[i], b->calls[i]) != 0)
			return false;
	return a->nr_calls == b->nr_calls;
}

/** One name holds the other, or few letters differ. */
static bool alike(const char *a, const char *b)
{
	return strstr(a, b) || strstr(b, a) || ks_edit_distance(a, b, 3) <= 3;
}

static bool are_twins(const struct ks_bpf_object *object, const struct traits *traits, uint32_t i,
		      uint32_t j)
{
	const struct traits *a = &traits[i], *b = &traits[j];
	size_t nr_uses = (size_t)object->nr_maps + object->nr_data;
	if (a->family < 0 || a->family != b->family || a->on_return != b->on_return ||
	    !same_target(a->target, b->target) || !alike(a->name, b->name))
		return false;
	if (a->order == b->order && strcmp(a->target, b->target) == 0) // both are attached
		return false;
	if (memcmp(a->uses, b->uses, nr_uses * sizeof(*a->uses)) != 0)
		return false;
	return same_calls(a, b);
}

/** A set of twins: where its members stand among the sides of its choice. */
struct family {
	uint32_t nr;
	uint32_t orders; // bit i: it has a member of kinds[i]
	bool renamed;	 // several members of one kind
};

static void sum_up(const struct traits *traits, const uint32_t *heads, uint32_t nr, uint32_t head,
		   struct family *ret)
{
	*ret = (struct family){ 0 };
	for (uint32_t i = 0; i < nr; i++) {
		if (heads[i] != head)
			continue;
		uint32_t bit = 1u << traits[i].order;
		ret->renamed = ret->renamed || ret->orders & bit;
		ret->orders |= bit;
		ret->nr++;
	}
}

/** "kprobe, fentry: twins" */
static const char *say_how(struct ks_arena *arena, uint32_t orders, bool renamed)
{
	char text[160] = "";
	for (int i = 0; i < NR_KINDS; i++)
		if (orders & 1u << i) {
			strcat(text, text[0] ? " or " : "");
			strcat(text, kinds[i].word);
		}
	strcat(text, renamed ? ", and what a function was renamed to" : "");
	strcat(text, ": the same hook, maps and functions, names alike");
	return ks_arena_strdup(arena, text);
}

/** The side of a member: its kind, among the kinds of the choice. */
static uint32_t side_of(uint32_t orders, int order)
{
	return (uint32_t)__builtin_popcount(orders & ((1u << order) - 1));
}

/** Families of the same kinds are chosen together; one with renamed functions for itself, each member a side. */
static bool choose(struct ks_arena *arena, const struct traits *traits, uint32_t *heads,
		   uint32_t nr, uint32_t head, struct ks_plan *plan)
{
	struct family family, other;
	sum_up(traits, heads, nr, head, &family);
	if (family.nr < 2)
		return true;
	const struct ks_plan_choice choice = {
		.basis = KS_BASIS_INFERRED,
		.any = family.renamed,
		.nr_sides =
			family.renamed ? family.nr : (uint32_t)__builtin_popcount(family.orders),
		.source = say_how(arena, family.orders, family.renamed),
	};
	uint32_t index, member = 0;
	if (!choice.source || !ks_plan_add_choice(arena, plan, &choice, &index))
		return false;
	for (uint32_t i = head; i < nr; i++) {
		uint32_t own = heads[i];
		if (own == nr || plan->parts[i].role == KS_ROLE_SIDE)
			continue;
		sum_up(traits, heads, nr, own, &other);
		bool same = own == head || (!family.renamed && !other.renamed && other.nr > 1 &&
					    other.orders == family.orders);
		if (!same)
			continue;
		plan->parts[i] = (struct ks_plan_part){
			.role = KS_ROLE_SIDE,
			.basis = KS_BASIS_INFERRED,
			.choice = index,
			.side = family.renamed ? member++ : side_of(family.orders, traits[i].order),
		};
	}
	return true;
}

struct ks_error *ks_plan_infer(struct ks_arena *arena, const struct ks_bpf_object *object,
			       struct ks_plan *plan)
{
	enum { MAX_PROGRAMS = 512, MAX_USES = 4096 }; // each is compared with each
	uint32_t nr = object->nr_programs;
	size_t nr_uses = (size_t)object->nr_maps + object->nr_data;
	if (!nr || nr > MAX_PROGRAMS || nr_uses > MAX_USES)
		return NULL;
	struct traits *traits = ks_arena_array(arena, (size_t)nr + 1, sizeof(*traits));
	uint32_t *heads = ks_arena_array(arena, (size_t)nr + 1, sizeof(*heads));
	bool *uses = ks_arena_array(arena, (nr_uses + 1) * ((size_t)nr + 1), sizeof(*uses));
	if (!traits || !heads || !uses)
		return &ks_nomem;
	memset(uses, 0, (nr_uses + 1) * ((size_t)nr + 1) * sizeof(*uses));
	memset(traits, 0, nr * sizeof(*traits));
	for (uint32_t i = 0; i < nr; i++) {
		traits[i].uses = uses + i * (nr_uses + 1);
		look(object, &object->programs[i], &traits[i]);
		if (!list_calls(arena, object, &object->programs[i], &traits[i]))
			return &ks_nomem;
		bool said = plan->parts[i].basis != KS_BASIS_COMPILED ||
			    plan->parts[i].role != KS_ROLE_NEEDED;
		heads[i] = said ? nr : i;
		for (uint32_t j = 0; j < i && !said; j++)
			if (heads[j] != nr && are_twins(object, traits, j, i)) {
				heads[i] = heads[j];
				break;
			}
	}
	for (uint32_t i = 0; i < nr; i++)
		if (heads[i] == i && plan->parts[i].role != KS_ROLE_SIDE &&
		    !choose(arena, traits, heads, nr, i, plan))
			return &ks_nomem;
	return NULL;
}
