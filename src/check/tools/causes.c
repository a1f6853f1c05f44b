/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/causes.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/vector.h"

/** One loss, and where it is. */
struct place {
	const struct ks_loss *loss;
	size_t tool, image;
	enum ks_tool_verdict verdict;
};
typedef KS_VECTOR(struct place) place_vector;

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/** By cause, then by where. */
static int place_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	const struct ks_reason *p = x->loss->reason, *q = y->loss->reason;
	if (!p != !q)
		return !p - !q;
	if (p && p->kind != q->kind)
		return p->kind < q->kind ? -1 : 1;
	int order = p ? compare_text(p->name, q->name) : 0;
	if (order)
		return order;
	if (x->verdict != y->verdict)
		return x->verdict < y->verdict ? 1 : -1;
	if (x->tool != y->tool)
		return x->tool < y->tool ? -1 : 1;
	if (x->loss->row != y->loss->row)
		return x->loss->row < y->loss->row ? -1 : 1;
	return (x->image > y->image) - (x->image < y->image);
}

static bool same_cause(const struct place *a, const struct place *b)
{
	const struct ks_reason *p = a->loss->reason, *q = b->loss->reason;
	if (a->verdict != b->verdict)
		return false;
	return p == q || (p && q && p->kind == q->kind && !compare_text(p->name, q->name));
}

/** What one loss makes of its tool. */
static enum ks_tool_verdict weight(const struct ks_loss *loss)
{
	return loss->fatal ? KS_TOOL_FAILS : loss->doubt ? KS_TOOL_UNKNOWN : KS_TOOL_PART;
}

static bool collect(const struct ks_tools *tools, ks_loss_wanted_fn *wanted, const void *arg,
		    place_vector *places)
{
	for (size_t tool = 0; tool < tools->nr; tool++)
		for (size_t image = 0; image < tools->check->nr_images; image++) {
			const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, tool, image);
			for (uint32_t i = 0; i < outcome->nr; i++) {
				const struct ks_loss *loss = &outcome->losses[i];
				struct place place = { loss, tool, image, weight(loss) };
				if (outcome->verdict == KS_TOOL_FOREIGN || loss->excuse ||
				    (wanted && !wanted(arg, tool, image, loss)))
					continue;
				if (!ks_vector_add(places, place))
					return false;
			}
		}
	return true;
}

static int number_order(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	return (x > y) - (x < y);
}

/** The different numbers among some, ascending. @return how many */
static size_t keep_distinct(size_t *at, size_t nr)
{
	size_t kept = 0;
	qsort(at, nr, sizeof(*at), number_order);
	for (size_t i = 0; i < nr; i++)
		if (!kept || at[kept - 1] != at[i])
			at[kept++] = at[i];
	return kept;
}

/** What is lost at some places, each once; NULL when of one of them nobody said. */
static bool join_words(const struct place *at, size_t nr, struct ks_arena *arena, const char **ret)
{
	enum { FEW = 3 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	size_t told = 0;
	*ret = NULL;
	for (size_t i = 0; i < nr; i++) {
		const char *words = at[i].loss->words;
		if (!words)
			return true;
		size_t k = 0;
		while (k < i && compare_text(at[k].loss->words, words))
			k++;
		if (k == i && told++ < FEW)
			ks_buf_printf(&text, "%s%s", told > 1 ? ", " : "", words);
	}
	if (told > FEW)
		ks_buf_printf(&text, " and %zu more", told - FEW);
	*ret = ks_buf_text(&text) ? ks_arena_strdup(arena, text.at) : NULL;
	return *ret;
}

/** Who speaks for a cause: where kernels give the first program several hints, the first with the one that most of them give. */
static const struct ks_reason *choose_reason(const struct place *at, size_t nr)
{
	const struct ks_reason *best = at->loss->reason;
	size_t most = 0, of_one = 0;
	while (of_one < nr && at[of_one].tool == at->tool && at[of_one].loss->row == at->loss->row)
		of_one++;
	for (size_t i = 0; best && i < of_one; i++) {
		const char *hint = at[i].loss->reason->hint;
		size_t same = 0;
		for (size_t k = i; k < of_one; k++)
			same += !compare_text(hint, at[k].loss->reason->hint);
		if (same > most) {
			most = same;
			best = at[i].loss->reason;
		}
	}
	return best;
}

static bool make_cause(const struct place *at, size_t nr, struct ks_arena *arena,
		       struct ks_cause *ret)
{
	size_t *numbers = ks_arena_array(arena, 3 * nr, sizeof(*numbers));
	if (!numbers)
		return false;
	*ret = (struct ks_cause){ .reason = choose_reason(at, nr), .verdict = at->verdict };
	if (!join_words(at, nr, arena, &ret->words))
		return false;
	for (size_t i = 0; i < nr; i++) {
		numbers[i] = at[i].tool;
		numbers[nr + i] = at[i].image;
		numbers[2 * nr + i] = at[i].loss->row;
	}
	if (ret->reason && ret->reason->name) {
		const char **names = ks_arena_array(arena, 1, sizeof(*names));
		if (!names)
			return false;
		names[0] = ret->reason->name;
		ret->names = names;
		ret->nr_names = 1;
	}
	ret->tools = numbers;
	ret->nr_tools = keep_distinct(numbers, nr);
	ret->images = numbers + nr;
	ret->nr_images = keep_distinct(numbers + nr, nr);
	ret->rows = numbers + 2 * nr;
	ret->nr_rows = keep_distinct(numbers + 2 * nr, nr);
	return true;
}

static int cause_order(const void *a, const void *b)
{
	const struct ks_cause *x = a, *y = b;
	if (x->verdict != y->verdict)
		return x->verdict < y->verdict ? 1 : -1;
	if (x->nr_tools != y->nr_tools)
		return x->nr_tools < y->nr_tools ? 1 : -1;
	if (x->nr_images != y->nr_images)
		return x->nr_images < y->nr_images ? 1 : -1;
	return (x->rows[0] > y->rows[0]) - (x->rows[0] < y->rows[0]);
}

static bool same_numbers(const size_t *a, size_t nr_a, const size_t *b, size_t nr_b)
{
	return nr_a == nr_b && memcmp(a, b, nr_a * sizeof(*a)) == 0;
}

/** What is said of a name that is missing may be another name, which is not for others. */
static bool same_hint(const struct ks_reason *a, const struct ks_reason *b)
{
	switch (a->kind) {
	case KS_REASON_TARGET_ABSENT:
	case KS_REASON_TARGET_INLINED:
	case KS_REASON_TRACEPOINT_MISSING:
	case KS_REASON_LSM_MISSING:
	case KS_REASON_SYSCALL_MISSING:
		return !compare_text(a->hint, b->hint);
	default:
		return true;
	}
}

/** Both cost the same tools the same images, for a reason of the same kind. */
static bool go_together(const struct ks_cause *a, const struct ks_cause *b)
{
	return a->reason && b->reason && a->reason->kind == b->reason->kind && a->reason->name &&
	       b->reason->name && a->verdict == b->verdict && !compare_text(a->words, b->words) &&
	       same_hint(a->reason, b->reason) &&
	       same_numbers(a->tools, a->nr_tools, b->tools, b->nr_tools) &&
	       same_numbers(a->images, a->nr_images, b->images, b->nr_images);
}

/** Take the rows and the name of another cause, which is gone then. */
static bool swallow(struct ks_cause *cause, const struct ks_cause *other, struct ks_arena *arena)
{
	size_t nr_rows = cause->nr_rows + other->nr_rows;
	size_t *rows = ks_arena_array(arena, nr_rows, sizeof(*rows));
	const char **names = ks_arena_array(arena, cause->nr_names + 1, sizeof(*names));
	if (!rows || !names)
		return false;
	memcpy(rows, cause->rows, cause->nr_rows * sizeof(*rows));
	memcpy(rows + cause->nr_rows, other->rows, other->nr_rows * sizeof(*rows));
	memcpy(names, cause->names, cause->nr_names * sizeof(*names));
	names[cause->nr_names++] = other->names[0];
	cause->names = names;
	cause->rows = rows;
	cause->nr_rows = keep_distinct(rows, nr_rows);
	return true;
}

/** Put those together that go together; when they are too many to compare each with each, none. */
static bool unite(struct ks_cause *causes, struct ks_arena *arena, size_t *nr)
{
	enum { MAX_CAUSES = 4096 };
	size_t kept = 0;
	if (*nr > MAX_CAUSES)
		return true;
	for (size_t i = 0; i < *nr; i++) {
		size_t k = 0;
		while (k < kept && !go_together(&causes[k], &causes[i]))
			k++;
		if (k < kept && !swallow(&causes[k], &causes[i], arena))
			return false;
		if (k == kept)
			causes[kept++] = causes[i];
	}
	*nr = kept;
	return true;
}

static bool make_all(const place_vector *places, struct ks_arena *arena, struct ks_causes *ret)
{
	struct ks_cause *causes = ks_arena_array(arena, places->len + 1, sizeof(*causes));
	if (!causes)
		return false;
	if (places->len)
		qsort(places->at, places->len, sizeof(*places->at), place_order);
	for (size_t i = 0, nr; i < places->len; i += nr) {
		for (nr = 1; i + nr < places->len; nr++)
			if (!same_cause(&places->at[i], &places->at[i + nr]))
				break;
		if (!make_cause(&places->at[i], nr, arena, &causes[ret->nr++]))
			return false;
	}
	if (!unite(causes, arena, &ret->nr))
		return false;
	if (ret->nr)
		qsort(causes, ret->nr, sizeof(*causes), cause_order);
	ret->at = causes;
	return true;
}

struct ks_error *ks_causes_make(const struct ks_tools *tools, ks_loss_wanted_fn *wanted,
				const void *arg, struct ks_arena *arena, struct ks_causes *ret)
{
	place_vector places = { 0 };
	*ret = (struct ks_causes){ 0 };
	bool ok = collect(tools, wanted, arg, &places) && make_all(&places, arena, ret);
	ks_vector_deinit(&places);
	return ok ? NULL : &ks_nomem;
}
