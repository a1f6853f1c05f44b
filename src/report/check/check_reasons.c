/* SPDX-License-Identifier: BSD-2-Clause */
/* Reasons and rows as every format of a check writes them. */
#include <string.h>

#include "base/vector.h"
#include "report/check/check_page.h"
#include "surface/type.h"

/** The same line of the source; the same instruction where no line is known. */
static bool same_place(const struct ks_reason *a, const struct ks_reason *b)
{
	if (!a->line || !b->line)
		return a->line == b->line && a->insn == b->insn;
	return a->line->line == b->line->line && ks_text_equal(a->line->file, b->line->file);
}

bool ks_reason_equal(const struct ks_reason *a, const struct ks_reason *b)
{
	return a->kind == b->kind && a->verdict == b->verdict && same_place(a, b) &&
	       ks_text_equal(a->name, b->name) && ks_text_equal(a->detail, b->detail) &&
	       ks_text_equal(a->hint, b->hint);
}

/** A group that still grows. */
struct growing {
	const struct ks_reason *reason;
	size_t *images; // room for one of each
	size_t nr;
};
typedef KS_VECTOR(struct growing) growing_vector;

static bool add_reason(const struct ks_check *check, growing_vector *groups,
		       const struct ks_reason *reason, size_t image, struct ks_arena *arena)
{
	size_t i = 0;
	while (i < groups->len && !ks_reason_equal(groups->at[i].reason, reason))
		i++;
	if (i == groups->len) {
		struct growing group = {
			.reason = reason,
			.images = ks_arena_array(arena, check->nr_images, sizeof(size_t)),
		};
		if (!group.images || !ks_vector_add(groups, group))
			return false;
	}
	struct growing *group = &groups->at[i];
	if (!group->nr || group->images[group->nr - 1] != image) // a program may repeat itself
		group->images[group->nr++] = image;
	return true;
}

/** Worst first, as they were found within a verdict: a stable sort of few. */
static bool keep_groups(const growing_vector *groups, struct ks_arena *arena,
			struct ks_reason_groups *ret)
{
	ret->nr = 0;
	ret->at = ks_arena_array(arena, groups->len, sizeof(*ret->at));
	for (int verdict = KS_NR_VERDICTS; ret->at && verdict-- > 0;)
		for (size_t i = 0; i < groups->len; i++) {
			const struct growing *group = &groups->at[i];
			if ((int)group->reason->verdict == verdict)
				ret->at[ret->nr++] =
					(struct ks_reason_group){ group->reason, group->nr,
								  group->images };
		}
	return ret->at != NULL;
}

struct ks_error *ks_reason_groups(const struct ks_check *check, size_t row, enum ks_verdict least,
				  bool notes, struct ks_arena *arena, struct ks_reason_groups *ret)
{
	growing_vector groups = { 0 };
	bool ok = true;
	for (size_t image = 0; image < check->nr_images; image++) {
		const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
		for (uint32_t i = 0; ok && i < outcome->nr; i++) {
			const struct ks_reason *reason = &outcome->reasons[i];
			bool note = reason->verdict == KS_VERDICT_OK;
			if (!reason->soft && (note ? notes : reason->verdict >= least))
				ok = add_reason(check, &groups, reason, image, arena);
		}
	}
	ok = ok && keep_groups(&groups, arena, ret);
	ks_vector_deinit(&groups);
	return ok ? NULL : &ks_nomem;
}

void ks_group_images(const struct ks_check *check, const struct ks_reason_group *group,
		     struct ks_buf *out)
{
	if (group->nr == check->nr_images && group->nr > 1) {
		ks_buf_str(out, "on every image");
		return;
	}
	enum { LONG_RUN = 4 }; // neighbours that are told by the first and the last
	for (size_t i = 0, run; i < group->nr; i += run) {
		for (run = 1; i + run < group->nr; run++)
			if (group->images[i + run] != group->images[i] + run)
				break;
		run = run < LONG_RUN ? 1 : run;
		ks_buf_str(out, i ? ", " : "on ");
		ks_buf_str(out, check->images[group->images[i]]->label);
		if (run > 1)
			ks_buf_printf(out, " to %s (%zu)",
				      check->images[group->images[i + run - 1]]->label, run);
	}
}

void ks_reason_title(const struct ks_reason *reason, struct ks_buf *out)
{
	ks_buf_str(out, ks_reasons[reason->kind].title);
	if (reason->name) {
		ks_buf_str(out, ": ");
		ks_buf_str(out, reason->name);
	}
}

void ks_reason_place(const struct ks_reason *reason, struct ks_buf *out)
{
	if (!reason->line || !reason->line->file)
		return;
	ks_buf_str(out, reason->line->file);
	if (reason->line->line)
		ks_buf_printf(out, ":%u", reason->line->line);
}

enum ks_verdict ks_row_verdict(const struct ks_check *check, size_t row)
{
	enum ks_verdict worst = KS_VERDICT_OK;
	for (size_t image = 0; image < check->nr_images; image++) {
		const struct ks_outcome *outcome = ks_check_outcome(check, row, image);
		if (!outcome->optional && outcome->verdict > worst)
			worst = outcome->verdict;
	}
	return worst;
}

const struct ks_check_object *ks_row_object(const struct ks_check *check, size_t row)
{
	size_t i = 0;
	while (i + 1 < check->nr_objects && row >= check->objects[i].first + check->objects[i].nr)
		i++;
	return &check->objects[i];
}

/** The loss of a tool that is about a reason of a row; NULL: it loses nothing by it. */
static const struct ks_loss *find_loss(const struct ks_tools *tools, size_t tool, size_t image,
				       size_t row, const struct ks_reason *reason)
{
	const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, tool, image);
	for (uint32_t i = 0; i < outcome->nr; i++) {
		const struct ks_loss *loss = &outcome->losses[i];
		if (loss->row == row && loss->reason && loss->reason->kind == reason->kind &&
		    (loss->reason->name == reason->name ||
		     (loss->reason->name && reason->name &&
		      strcmp(loss->reason->name, reason->name) == 0)))
			return loss;
	}
	return NULL;
}

/** Whether a program costs its tools something on an image, and all of that is excused: so is then what is less bad. */
static bool row_is_excused(const struct ks_tools *tools, size_t image, size_t row)
{
	bool any = false;
	for (size_t tool = 0; tool < tools->nr; tool++) {
		const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, tool, image);
		for (uint32_t i = 0; i < outcome->nr; i++) {
			if (outcome->losses[i].row != row)
				continue;
			if (!outcome->losses[i].excuse)
				return false;
			any = true;
		}
	}
	return any;
}

bool ks_check_is_excused(const struct ks_check_report *report, size_t row,
			 const struct ks_reason *reason, const size_t *images, size_t nr)
{
	const struct ks_excuses *excuses = report->excuses;
	if (!excuses || (!excuses->nr_known && !excuses->nr_waived))
		return false;
	for (size_t i = 0; i < nr; i++) {
		const struct ks_loss *loss = NULL;
		for (size_t tool = 0; tool < report->tools->nr && !loss; tool++)
			loss = find_loss(report->tools, tool, images[i], row, reason);
		if (loss ? !loss->excuse : !row_is_excused(report->tools, images[i], row))
			return false;
	}
	return true;
}
