/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/check/since_fold.h"

#include <string.h>

#include "surface/image.h"
#include "surface/type.h"

static const struct ks_image *image_at(const struct ks_spans *spans, size_t track, size_t i)
{
	return spans->tools->check->images[spans->tracks[track].images[i]];
}

/** The spans of a tool on one track. @return how many there are */
static size_t spans_on(const struct ks_spans *spans, size_t tool, size_t track,
		       const struct ks_tool_span **ret)
{
	const struct ks_tool_spans *of = &spans->of[tool];
	size_t first = 0, nr = 0;
	while (first < of->nr && of->at[first].track != track)
		first++;
	while (first + nr < of->nr && of->at[first + nr].track == track)
		nr++;
	*ret = of->at + first;
	return nr;
}

/* ---- steps ---- */

/** In the same words, whatever the number of losses beside. */
static bool same_why(const struct ks_tool_span *a, const struct ks_tool_span *b)
{
	if (!a->why || !b->why || a->gone != b->gone)
		return a->why == b->why;
	const struct ks_reason *x = a->why->reason, *y = b->why->reason;
	if (!ks_text_equal(a->why->words, b->why->words) || !x || !y)
		return ks_text_equal(a->why->words, b->why->words) && x == y;
	return x->kind == y->kind && ks_text_equal(x->name, y->name);
}

/** Whether all kernels of an image's series on its track are in a span. */
static bool holds_series(const struct ks_spans *spans, const struct ks_tool_span *span,
			 const struct ks_image *image)
{
	const struct ks_track *track = &spans->tracks[span->track];
	for (size_t k = 0; k < track->nr; k++) {
		bool inside = k >= span->first && k < span->first + span->nr;
		if (!inside && ks_version_same_series(image->version,
						      image_at(spans, span->track, k)->version))
			return false;
	}
	return ks_series_len(image->version) != 0;
}

/** The order of kernels of several machines and flavours. */
static int compare_kernels(const struct ks_image *a, const struct ks_image *b)
{
	const struct ks_image x = { .version = a->version, .revision = a->revision };
	const struct ks_image y = { .version = b->version, .revision = b->revision };
	return ks_image_compare(&x, &y);
}

/** Whether the loader refuses the object that is the tool. */
static bool is_own(const struct ks_tool_span *span, const char *tool)
{
	const struct ks_reason *reason = span->why ? span->why->reason : NULL;
	return reason && reason->kind == KS_REASON_LOADER && ks_text_equal(reason->name, tool);
}

/** Add one track's span to a step. @return false when it is another one */
static bool add_span(const struct ks_spans *spans, size_t tool, const struct ks_tool_span *span,
		     bool reasons, struct ks_fold_step *step)
{
	const struct ks_image *first = image_at(spans, span->track, span->first);
	const struct ks_image *last = image_at(spans, span->track, span->first + span->nr - 1);
	if (!step->span) {
		*step = (struct ks_fold_step){ .span = span,
					       .first = first,
					       .last = last,
					       .alone = true,
					       .own = is_own(span, spans->tools->at[tool].name),
					       .least_more = span->nr_more,
					       .most_more = span->nr_more };
		return true;
	}
	if (step->span->verdict != span->verdict || (reasons && !same_why(step->span, span)) ||
	    !first->version || !last->version || !step->first->version || !step->last->version)
		return false;
	step->alone = false;
	if (compare_kernels(first, step->first) < 0)
		step->first = first;
	if (compare_kernels(last, step->last) > 0)
		step->last = last;
	if (span->nr_more < step->least_more)
		step->least_more = span->nr_more;
	if (span->nr_more > step->most_more)
		step->most_more = span->nr_more;
	return true;
}

/** Whether a kernel of a track that is in none of its spans lies where a step is: the tool is not built for it. */
static bool has_others(const struct ks_spans *spans, size_t tool, size_t track,
		       const struct ks_fold_step *steps, size_t nr)
{
	for (size_t i = 0; i < spans->tracks[track].nr; i++) {
		const struct ks_image *image = image_at(spans, track, i);
		const struct ks_tool_outcome *outcome =
			ks_tool_outcome(spans->tools, tool, spans->tracks[track].images[i]);
		for (size_t k = 0; outcome->verdict == KS_TOOL_FOREIGN && k < nr; k++)
			if (compare_kernels(image, steps[k].first) >= 0 &&
			    compare_kernels(image, steps[k].last) <= 0)
				return true;
	}
	return false;
}

struct ks_error *ks_fold_steps(const struct ks_spans *spans, size_t tool,
			       const struct ks_fold_tracks *tracks, bool reasons,
			       struct ks_arena *arena, struct ks_fold_steps *ret)
{
	const struct ks_tool_span *at;
	size_t nr = tracks->nr ? spans_on(spans, tool, tracks->at[0], &at) : 0;
	struct ks_fold_step *steps = ks_arena_array(arena, nr + 1, sizeof(*steps));
	*ret = (struct ks_fold_steps){ 0 };
	if (!steps)
		return &ks_nomem;
	memset(steps, 0, (nr + 1) * sizeof(*steps));
	for (size_t i = 0; i < tracks->nr; i++) {
		if (spans_on(spans, tool, tracks->at[i], &at) != nr)
			return NULL;
		for (size_t k = 0; k < nr; k++)
			if (!add_span(spans, tool, &at[k], reasons, &steps[k]))
				return NULL;
	}
	for (size_t k = 0; tracks->nr > 1 && k + 1 < nr; k++)
		if (compare_kernels(steps[k].last, steps[k + 1].first) >= 0)
			return NULL;
	for (size_t i = 0; tracks->nr > 1 && i < tracks->nr; i++)
		if (has_others(spans, tool, tracks->at[i], steps, nr))
			return NULL;
	for (size_t k = 0; k < nr; k++) {
		steps[k].first_whole = steps[k].last_whole = true;
		for (size_t i = 0; i < tracks->nr; i++) {
			spans_on(spans, tool, tracks->at[i], &at);
			steps[k].first_whole &= holds_series(spans, &at[k], steps[k].first);
			steps[k].last_whole &= holds_series(spans, &at[k], steps[k].last);
		}
	}
	*ret = (struct ks_fold_steps){ nr, steps };
	return NULL;
}

/* ---- tracks ---- */

/** What tracks are folded for. */
struct folding {
	const struct ks_spans *spans;
	size_t first_tool, nr_tools;
	bool reasons;
	struct ks_fold_tracks *groups;
	size_t nr;
};

/** Whether a group may have one more track, which stands behind its others. */
static struct ks_error *may_join(const struct folding *folding, const struct ks_fold_tracks *group,
				 bool *ret)
{
	*ret = true;
	for (size_t i = 0; *ret && i < folding->nr_tools; i++) {
		_cleanup_arena_ struct ks_arena scratch = { 0 };
		struct ks_fold_steps steps;
		KS_TRY(ks_fold_steps(folding->spans, folding->first_tool + i, group,
				     folding->reasons, &scratch, &steps));
		*ret = steps.at;
	}
	return NULL;
}

/** Put a track into the first group that it fits into, or into one of its own. @param rooms for the tracks of each group */
static struct ks_error *put(struct folding *folding, size_t track, bool fold, size_t *rooms)
{
	size_t nr = folding->spans->nr_tracks;
	for (size_t g = 0; fold && g < folding->nr; g++) {
		struct ks_fold_tracks more = folding->groups[g];
		bool joins;
		rooms[g * nr + more.nr++] = track;
		KS_TRY(may_join(folding, &more, &joins));
		if (!joins)
			continue;
		folding->groups[g] = more;
		return NULL;
	}
	rooms[folding->nr * nr] = track;
	folding->groups[folding->nr] = (struct ks_fold_tracks){ 1, rooms + folding->nr * nr };
	folding->nr++;
	return NULL;
}

static struct ks_error *fold_tracks(struct folding *folding, bool fold, struct ks_arena *arena,
				    struct ks_fold *ret)
{
	const struct ks_tool_span *at;
	size_t nr = folding->spans->nr_tracks;
	size_t *rooms = ks_arena_array(arena, nr * nr + 1, sizeof(*rooms));
	folding->groups = ks_arena_array(arena, nr + 1, sizeof(*folding->groups));
	if (!rooms || !folding->groups)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++)
		if (folding->nr_tools != 1 || spans_on(folding->spans, folding->first_tool, i, &at))
			KS_TRY(put(folding, i, fold, rooms));
	*ret = (struct ks_fold){ folding->nr, folding->groups };
	return NULL;
}

/** The tracks of one tool. */
static struct ks_error *fold_tool(const struct ks_spans *spans, size_t tool, bool fold,
				  struct ks_arena *arena, struct ks_fold *ret)
{
	struct folding folding = {
		.spans = spans, .first_tool = tool, .nr_tools = 1, .reasons = true
	};
	return fold_tracks(&folding, fold, arena, ret);
}

struct ks_error *ks_fold_all(const struct ks_spans *spans, struct ks_arena *arena,
			     struct ks_fold *ret)
{
	struct folding folding = { .spans = spans, .nr_tools = spans->tools->nr };
	return fold_tracks(&folding, true, arena, ret);
}

/* ---- tools ---- */

static struct ks_error *write_paragraph(const struct ks_spans *spans, size_t tool, bool fold,
					struct ks_arena *arena, struct ks_fold_paragraph *ret)
{
	KS_TRY(fold_tool(spans, tool, fold, arena, &ret->tracks));
	struct ks_fold_steps *steps = ks_arena_array(arena, ret->tracks.nr + 1, sizeof(*steps));
	if (!steps)
		return &ks_nomem;
	for (size_t i = 0; i < ret->tracks.nr; i++)
		KS_TRY(ks_fold_steps(spans, tool, &ret->tracks.at[i], true, arena, &steps[i]));
	ret->steps = steps;
	return NULL;
}

static bool same_step(const struct ks_fold_step *a, const struct ks_fold_step *b)
{
	return a->span->verdict == b->span->verdict && a->span->gone == b->span->gone &&
	       a->own == b->own && (a->own || same_why(a->span, b->span)) && a->first == b->first &&
	       a->last == b->last && a->first_whole == b->first_whole &&
	       a->last_whole == b->last_whole;
}

static bool same_paragraph(const struct ks_fold_paragraph *a, const struct ks_fold_paragraph *b)
{
	if (a->tracks.nr != b->tracks.nr)
		return false;
	for (size_t i = 0; i < a->tracks.nr; i++) {
		const struct ks_fold_tracks *x = &a->tracks.at[i], *y = &b->tracks.at[i];
		const struct ks_fold_steps *p = &a->steps[i], *q = &b->steps[i];
		if (x->nr != y->nr || memcmp(x->at, y->at, x->nr * sizeof(*x->at)) != 0 ||
		    p->nr != q->nr)
			return false;
		for (size_t k = 0; k < p->nr; k++)
			if (!same_step(&p->at[k], &q->at[k]))
				return false;
	}
	return true;
}

/** How many other losses there are, of one more tool. */
static void add_losses(const struct ks_fold_paragraph *more, const struct ks_fold_paragraph *to)
{
	for (size_t i = 0; i < to->tracks.nr; i++)
		for (size_t k = 0; k < to->steps[i].nr; k++) {
			const struct ks_fold_step *a = &more->steps[i].at[k];
			// they are ours
			struct ks_fold_step *b = (struct ks_fold_step *)&to->steps[i].at[k];
			b->least_more =
				a->least_more < b->least_more ? a->least_more : b->least_more;
			b->most_more = a->most_more > b->most_more ? a->most_more : b->most_more;
		}
}

struct ks_error *ks_fold_text(const struct ks_spans *spans, const size_t *tools, size_t nr,
			      bool fold, struct ks_arena *arena, struct ks_fold_text *ret)
{
	struct ks_fold_paragraph *at = ks_arena_array(arena, nr + 1, sizeof(*at));
	size_t *rooms = ks_arena_array(arena, nr * nr + 1, sizeof(*rooms));
	*ret = (struct ks_fold_text){ 0, at };
	if (!at || !rooms)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++) {
		struct ks_fold_paragraph paragraph = { 0 };
		KS_TRY(write_paragraph(spans, tools[i], fold, arena, &paragraph));
		size_t same = 0;
		while (same < ret->nr && !(fold && same_paragraph(&at[same], &paragraph)))
			same++;
		if (same < ret->nr) {
			add_losses(&paragraph, &at[same]);
		} else {
			paragraph.tools = rooms + nr * ret->nr;
			at[ret->nr++] = paragraph;
		}
		rooms[nr * same + at[same].nr_tools++] = tools[i];
	}
	return NULL;
}

/* ---- words ---- */

static bool same_machine(const struct ks_track *a, const struct ks_track *b)
{
	return ks_text_equal(a->distribution, b->distribution) && ks_text_equal(a->arch, b->arch);
}

/** Appends words with a blank between them. @return whether there were any */
static bool write_words(const char *const *words, int nr, struct ks_buf *out)
{
	bool any = false;
	for (int i = 0; i < nr; i++)
		if (words[i] && words[i][0]) {
			ks_buf_printf(out, "%s%s", any ? " " : "", words[i]);
			any = true;
		}
	return any;
}

/** Flavours of one machine: the one, all of them, or those there are. */
static void write_flavors(const struct ks_spans *spans, size_t tool,
			  const struct ks_fold_tracks *tracks, const struct ks_track *first,
			  struct ks_buf *out)
{
	const struct ks_tool_span *at;
	size_t nr = 0, all = 0;
	for (size_t i = 0; i < tracks->nr; i++)
		nr += same_machine(&spans->tracks[tracks->at[i]], first);
	for (size_t i = 0; i < spans->nr_tracks; i++)
		all += same_machine(&spans->tracks[i], first) &&
		       (tool == spans->tools->nr || spans_on(spans, tool, i, &at));
	if (nr == all) {
		ks_buf_str(out, " (all)");
		return;
	}
	const char *between = " (";
	for (size_t i = 0; i < tracks->nr; i++) {
		const struct ks_track *track = &spans->tracks[tracks->at[i]];
		if (!same_machine(track, first))
			continue;
		ks_buf_printf(out, "%s%s", between,
			      track->flavor && track->flavor[0] ? track->flavor : "plain");
		between = ", ";
	}
	ks_buf_char(out, ')');
}

void ks_fold_write_tracks(const struct ks_spans *spans, size_t tool,
			  const struct ks_fold_tracks *tracks, struct ks_buf *out)
{
	const char *distribution = NULL;
	for (size_t i = 0; i < tracks->nr; i++) {
		const struct ks_track *track = &spans->tracks[tracks->at[i]];
		size_t before = 0, more = 0;
		for (size_t k = 0; k < tracks->nr; k++)
			if (same_machine(&spans->tracks[tracks->at[k]], track))
				*(k < i ? &before : &more) += 1;
		if (before)
			continue; // told already
		bool told = i && ks_text_equal(distribution, track->distribution);
		const char *const words[] = { told ? NULL : track->distribution, track->arch,
					      more > 1 ? NULL : track->flavor };
		distribution = track->distribution;
		ks_buf_str(out, i ? ", " : "");
		if (!write_words(words, 3, out))
			ks_buf_str(out, "kernels");
		if (more > 1)
			write_flavors(spans, tool, tracks, track, out);
	}
}

/** How long a label is without a word at its end. */
static size_t without(const char *label, size_t len, const char *word)
{
	size_t tail = word ? strlen(word) : 0;
	bool has = tail && len > tail + 1 && label[len - tail - 1] == '-' &&
		   memcmp(label + len - tail, word, tail) == 0;
	return has ? len - tail - 1 : len;
}

/** A kernel by its series, or where others of the series are not in the step by its label: of several tracks without machine and flavour. */
static void write_kernel(const struct ks_image *image, bool whole, bool alone, struct ks_buf *out)
{
	size_t len = strlen(image->label);
	size_t bare = without(image->label, len, image->arch);
	if (whole)
		ks_buf_bytes(out, image->version, ks_series_len(image->version));
	else if (alone)
		ks_buf_str(out, image->label);
	else if (bare != len)
		ks_buf_bytes(out, image->label, without(image->label, bare, image->flavor));
	else
		ks_buf_str(out, image->version);
}

void ks_fold_write_range(const struct ks_fold_step *step, const char *between, struct ks_buf *out)
{
	size_t begin = out->len;
	write_kernel(step->first, step->first_whole, step->alone, out);
	size_t len = out->len - begin;
	ks_buf_str(out, between);
	size_t end = out->len;
	write_kernel(step->last, step->last_whole, step->alone, out);
	if (!out->failed && out->len - end == len && // one series
	    memcmp(out->at + begin, out->at + end, len) == 0)
		out->len = begin + len;
}

void ks_fold_write_why(const struct ks_fold_step *step, struct ks_buf *out)
{
	const struct ks_tool_span *span = step->span;
	if (!span->why)
		return;
	const struct ks_reason *reason = span->why->reason;
	ks_buf_str(out, span->gone ? ": settled: " : ": ");
	if (reason && reason->name && !step->own)
		ks_buf_printf(out, "%s: ", reason->name);
	ks_buf_str(out, reason ? ks_reasons[reason->kind].title : "there is no program to judge");
	if (span->why->words)
		ks_buf_printf(out, " (%s)", span->why->words);
	if (!step->most_more)
		return;
	if (step->least_more == step->most_more)
		ks_buf_printf(out, " and %zu more", step->most_more);
	else if (step->least_more)
		ks_buf_printf(out, " and %zu to %zu more", step->least_more, step->most_more);
	else
		ks_buf_printf(out, " and up to %zu more", step->most_more);
}
