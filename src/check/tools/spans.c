/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/spans.h"

#include <string.h>

#include "base/vector.h"
#include "surface/image.h"
#include "surface/type.h"

bool ks_image_same_series(const struct ks_image *a, const struct ks_image *b)
{
	return ks_version_same_series(a->version, b->version) && ks_text_equal(a->arch, b->arch) &&
	       ks_text_equal(a->flavor, b->flavor);
}

static bool same_track(const struct ks_image *a, const struct ks_image *b)
{
	return ks_text_equal(a->distribution, b->distribution) && ks_text_equal(a->arch, b->arch) &&
	       ks_text_equal(a->flavor, b->flavor);
}

/** The images of a check are in the order of versions already. */
static struct ks_error *make_tracks(const struct ks_check *check, struct ks_arena *arena,
				    struct ks_spans *ret)
{
	size_t nr = check->nr_images;
	struct ks_track *tracks = ks_arena_array(arena, nr + 1, sizeof(*tracks));
	size_t *images = ks_arena_array(arena, nr + 1, sizeof(*images));
	bool *taken = ks_arena_array(arena, nr + 1, sizeof(*taken));
	if (!tracks || !images || !taken)
		return &ks_nomem;
	memset(taken, 0, (nr + 1) * sizeof(*taken));
	for (size_t i = 0; i < nr; i++) {
		const struct ks_image *first = check->images[i];
		if (taken[i])
			continue;
		struct ks_track *track = &tracks[ret->nr_tracks++];
		*track = (struct ks_track){ .distribution = first->distribution,
					    .arch = first->arch,
					    .flavor = first->flavor,
					    .images = images };
		for (size_t k = i; k < nr; k++)
			if (!taken[k] && same_track(first, check->images[k])) {
				taken[k] = true;
				*images++ = k;
				track->nr++;
			}
	}
	ret->tracks = tracks;
	return NULL;
}

/** The worst loss of one outcome that the other does not have, and how many there are. */
static const struct ks_loss *find_more(const struct ks_tool_outcome *of,
				       const struct ks_tool_outcome *than, size_t *nr)
{
	const struct ks_loss *worst = NULL;
	*nr = 0;
	for (uint32_t i = 0; i < of->nr; i++) {
		const struct ks_loss *loss = &of->losses[i];
		if (than && ks_tool_has_loss(than, loss))
			continue;
		++*nr;
		bool worse = !worst || loss->fatal > worst->fatal ||
			     (loss->fatal == worst->fatal && loss->counted > worst->counted);
		worst = worse ? loss : worst;
	}
	return worst;
}

/** Why a span is what it is, where the one before was something else. @param before NULL: it is the first */
static void explain(const struct ks_tool_outcome *before, const struct ks_tool_outcome *now,
		    struct ks_tool_span *span)
{
	size_t nr = 0;
	if (now->verdict != KS_TOOL_WORKS)
		span->why = find_more(now, before, &nr);
	if (!span->why && before && now->verdict < before->verdict) {
		span->gone = true;
		span->why = find_more(before, now, &nr);
	}
	if (!span->why && now->verdict != KS_TOOL_WORKS)
		span->why = find_more(now, NULL, &nr);
	span->nr_more = nr > 1 ? nr - 1 : 0;
}

typedef KS_VECTOR(struct ks_tool_span) span_vector;

static bool add_track(const struct ks_spans *spans, size_t tool, size_t index, span_vector *list)
{
	const struct ks_track *track = &spans->tracks[index];
	const struct ks_tool_outcome *before = NULL;
	for (size_t i = 0; i < track->nr; i++) {
		const struct ks_tool_outcome *now =
			ks_tool_outcome(spans->tools, tool, track->images[i]);
		if (now->verdict == KS_TOOL_FOREIGN)
			continue;
		struct ks_tool_span *last = before ? &list->at[list->len - 1] : NULL;
		if (last && before->verdict == now->verdict && last->first + last->nr == i) {
			last->nr++;
		} else {
			struct ks_tool_span span = {
				.track = index, .first = i, .nr = 1, .verdict = now->verdict
			};
			explain(before, now, &span);
			if (!ks_vector_add(list, span))
				return false;
		}
		before = now;
	}
	return true;
}

struct ks_error *ks_spans_make(const struct ks_tools *tools, struct ks_arena *arena,
			       struct ks_spans *ret)
{
	*ret = (struct ks_spans){ .tools = tools };
	struct ks_tool_spans *of = ks_arena_array(arena, tools->nr + 1, sizeof(*of));
	if (!of)
		return &ks_nomem;
	KS_TRY(make_tracks(tools->check, arena, ret));
	for (size_t i = 0; i < tools->nr; i++) {
		span_vector list = { 0 };
		bool ok = true;
		for (size_t k = 0; ok && k < ret->nr_tracks; k++)
			ok = add_track(ret, i, k, &list);
		struct ks_tool_span *at = ks_arena_array(arena, list.len + 1, sizeof(*at));
		if (at && list.len)
			memcpy(at, list.at, list.len * sizeof(*at));
		of[i] = (struct ks_tool_spans){ list.len, at };
		ks_vector_deinit(&list);
		if (!ok || !at)
			return &ks_nomem;
	}
	ret->of = of;
	return NULL;
}
