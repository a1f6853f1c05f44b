/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/check/check_axis.h"

#include <string.h>

#include "check/tools/spans.h"

/** Everything that is shown is the same on two images. */
static bool says_the_same(const struct ks_tools *tools, bool rows, size_t a, size_t b)
{
	const struct ks_check *check = tools->check;
	for (size_t i = 0; i < tools->nr; i++)
		if (!ks_tool_same(tools, i, a, b))
			return false;
	for (size_t row = 0; rows && row < check->nr_rows; row++)
		if (ks_check_outcome(check, row, a)->verdict !=
		    ks_check_outcome(check, row, b)->verdict)
			return false;
	return true;
}

/** Where the differing middle of two labels begins and ends: at separators. */
static void find_middle(const char *a, const char *b, size_t *begin, size_t *end)
{
	size_t len_a = strlen(a), len_b = strlen(b), len = len_a < len_b ? len_a : len_b;
	size_t front = 0, back = 0;
	for (size_t i = 0; i < len && a[i] == b[i]; i++)
		if (strchr("-.+", a[i]))
			front = i + 1;
	for (size_t i = 0; i < len - front && a[len_a - 1 - i] == b[len_b - 1 - i]; i++)
		if (strchr("-.+", a[len_a - 1 - i]))
			back = i + 1;
	*begin = front;
	*end = back;
}

/** "6.1.0-47-amd64", "6.1.0-50-amd64" as "6.1.0-47…-50-amd64". */
static const char *fold_labels(const char *first, const char *last, struct ks_arena *arena)
{
	struct ks_buf text = { 0 };
	size_t begin, end;
	find_middle(first, last, &begin, &end);
	ks_buf_bytes(&text, first, strlen(first) - end);
	ks_buf_str(&text, "…");
	if (begin)
		ks_buf_char(&text, last[begin - 1]);
	ks_buf_str(&text, last + begin);
	const char *all = ks_buf_text(&text);
	const char *ret = all ? ks_arena_strdup(arena, all) : NULL;
	ks_buf_deinit(&text);
	return ret;
}

/** A step that still grows. */
struct growing {
	size_t *images; // room for all
	size_t nr;
};

/** The last step of an image's series; nr when there is none. */
static size_t find_step(const struct ks_check *check, const struct growing *steps, size_t nr,
			size_t image)
{
	for (size_t i = nr; i-- > 0;)
		if (ks_image_same_series(check->images[steps[i].images[0]], check->images[image]))
			return i;
	return nr;
}

struct ks_error *ks_axis_make(const struct ks_tools *tools, bool fold, bool rows,
			      struct ks_arena *arena, struct ks_axis *ret)
{
	const struct ks_check *check = tools->check;
	size_t nr_images = check->nr_images, nr = 0;
	struct growing *steps = ks_arena_array(arena, nr_images + 1, sizeof(*steps));
	struct ks_axis_step *at = ks_arena_array(arena, nr_images + 1, sizeof(*at));
	if (!steps || !at)
		return &ks_nomem;
	for (size_t i = 0; i < nr_images; i++) {
		size_t step = fold ? find_step(check, steps, nr, i) : nr;
		if (step == nr ||
		    !says_the_same(tools, rows, steps[step].images[steps[step].nr - 1], i)) {
			step = nr++;
			steps[step].nr = 0;
			steps[step].images = ks_arena_array(arena, nr_images, sizeof(size_t));
			if (!steps[step].images)
				return &ks_nomem;
		}
		steps[step].images[steps[step].nr++] = i;
	}
	for (size_t i = 0; i < nr; i++) {
		const char *first = check->images[steps[i].images[0]]->label;
		const char *last = check->images[steps[i].images[steps[i].nr - 1]]->label;
		at[i] = (struct ks_axis_step){
			.label = steps[i].nr > 1 ? fold_labels(first, last, arena) : first,
			.nr = steps[i].nr,
			.images = steps[i].images,
		};
		if (!at[i].label)
			return &ks_nomem;
	}
	*ret = (struct ks_axis){ .nr = nr, .nr_images = nr_images, .at = at };
	return NULL;
}

static bool holds(const size_t *images, size_t nr, size_t image)
{
	for (size_t i = 0; i < nr; i++)
		if (images[i] == image)
			return true;
	return false;
}

void ks_axis_write(const struct ks_axis *axis, const size_t *images, size_t nr, struct ks_buf *out)
{
	enum { FEW = 3 };
	const char *first = NULL, *last = NULL;
	size_t nr_steps = 0;
	if (nr == axis->nr_images && nr > 1) {
		ks_buf_str(out, "on every kernel");
		return;
	}
	for (size_t i = 0; i < axis->nr; i++)
		if (holds(images, nr, axis->at[i].images[0])) {
			first = first ? first : axis->at[i].label;
			last = axis->at[i].label;
			nr_steps++;
		}
	if (nr_steps > FEW) {
		ks_buf_printf(out, "on %zu of %zu kernels, %s to %s", nr, axis->nr_images, first,
			      last);
		return;
	}
	bool any = false;
	for (size_t i = 0; i < axis->nr; i++)
		if (holds(images, nr, axis->at[i].images[0])) {
			ks_buf_str(out, any ? ", " : "on ");
			ks_buf_str(out, axis->at[i].label);
			any = true;
		}
}

void ks_axis_count(const struct ks_tools *tools, const struct ks_axis_step *step,
		   size_t ret[KS_NR_TOOL_VERDICTS])
{
	memset(ret, 0, KS_NR_TOOL_VERDICTS * sizeof(*ret));
	for (size_t i = 0; i < tools->nr; i++)
		ret[ks_tool_outcome(tools, i, step->images[0])->verdict]++;
}
