/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/lists.h"

#include <fnmatch.h>

#include "store/kinds.h"
#include "store/names.h"

void ks_lists_deinit(struct ks_lists *lists)
{
	for (int side = 0; side < 2; side++) {
		ks_vector_deinit(&lists->runs[side].at);
		ks_vector_deinit(&lists->lines[side]);
		ks_vector_deinit(&lists->numbers[side]);
		ks_buf_deinit(&lists->raw[side]);
	}
	ks_vector_deinit(&lists->pairs);
	ks_arena_deinit(&lists->arena);
}

static struct ks_error *read_runs(struct ks_lists *lists, const struct ks_store_image *image,
				  enum ks_kind kind, struct ks_runs *ret)
{
	_cleanup_run_ struct ks_run_walk list = { .store = lists->store,
						  .image = image->id,
						  .name = ks_list_name((int)kind) };
	ret->at.len = 0;
	for (;;) {
		bool row;
		KS_TRY(ks_run_next(&list, &row));
		if (!row)
			return NULL;
		struct ks_run run = { .segment = list.row.segment,
				      .columns = list.row.columns,
				      .first = ks_arena_strdup(&lists->arena, list.row.first) };
		if (!run.first || !ks_vector_add(&ret->at, run))
			return &ks_nomem;
	}
}

/** Raw ids of a run. @param near columns that are at hand already, or NULL */
static struct ks_error *load_raw(struct ks_lists *lists, const struct ks_run *run,
				 const struct ks_near *near, struct ks_buf *raw)
{
	raw->len = 0;
	return ks_columns_load_near(lists->store, run->columns, near, raw);
}

/** The ids of both sides; one is often a difference to the other, which is then unpacked once. */
static struct ks_error *load_both(struct ks_lists *lists, const struct ks_run *old,
				  const struct ks_run *new)
{
	const struct ks_run *runs[] = { old, new };
	int base = lists->images[0]->base == lists->images[1]->id; // the side to read first
	KS_TRY(load_raw(lists, runs[base], NULL, &lists->raw[base]));
	struct ks_near near = { runs[base]->columns, ks_bytes_of(&lists->raw[base]) };
	return load_raw(lists, runs[!base], &near, &lists->raw[!base]);
}

static struct ks_error *read_numbers(struct ks_lists *lists, int side)
{
	struct ks_columns columns;
	KS_TRY(ks_columns_open(lists->raw[side].at, lists->raw[side].len, &columns));
	lists->numbers[side].len = 0;
	if (columns.nr > lists->raw[side].len + KS_COLUMNS_MAX)
		return ks_store_damaged("names and facts do not match");
	if (!ks_vector_reserve(&lists->numbers[side], 2 * (size_t)columns.nr))
		return &ks_nomem;
	while (columns.at < columns.nr) {
		struct ks_row row;
		KS_TRY(ks_columns_next(&columns, &row));
		lists->numbers[side].at[lists->numbers[side].len++] = row.first;
		lists->numbers[side].at[lists->numbers[side].len++] = row.second;
	}
	return NULL;
}

/** The functions that count are those with a prototype. */
static size_t count_numbers(const struct ks_lists *lists, int side)
{
	size_t nr = 0, len = lists->numbers[side].len;
	if (lists->kind != KS_FUNCTION)
		return len / 2;
	for (size_t i = 0; i < len; i += 2)
		nr += lists->numbers[side].at[i] != 0;
	return nr;
}

/** A segment that both images have says the same of every name on both sides. */
static bool same_numbers(const struct ks_lists *lists)
{
	size_t len = lists->numbers[0].len, step = lists->facts ? 1 : 2; // without groups: firsts
	if (len != lists->numbers[1].len)
		return false;
	for (size_t i = 0; i < len; i += step)
		if (lists->numbers[0].at[i] != lists->numbers[1].at[i])
			return false;
	return true;
}

static bool numbers_tell(enum ks_kind kind)
{
	enum ks_holds holds = ks_kinds[kind].holds;
	return holds == KS_HOLDS_FUNCTION || holds == KS_HOLDS_TYPE || holds == KS_HOLDS_TRACEPOINT;
}

/** Skip a segment that both images have without looking at its names, if it is the same for both. */
static struct ks_error *try_skip(struct ks_lists *lists, const struct ks_run *old,
				 const struct ks_run *new, bool *ret_skipped)
{
	KS_TRY(load_both(lists, old, new));
	KS_TRY(read_numbers(lists, 0));
	KS_TRY(read_numbers(lists, 1));
	// The numbers of other kinds do not tell all: names may stand twice, hooks have their functions.
	*ret_skipped = numbers_tell(lists->kind) && !lists->glob && same_numbers(lists);
	for (int side = 0; side < 2 && *ret_skipped; side++)
		lists->nr[side] += count_numbers(lists, side);
	return NULL;
}

/* ---- lines ---- */

/** A copy of a segment's names, as text that stays. */
static struct ks_error *copy_names(struct ks_lists *lists, int64_t segment, struct ks_bytes *ret)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	KS_TRY(ks_segment_names_load(lists->store, segment, &text));
	*ret = (struct ks_bytes){ ks_arena_strndup(&lists->arena, text.at, text.len), text.len };
	return ret->at ? NULL : &ks_nomem;
}

struct ks_row ks_line_row(const struct ks_line *line)
{
	return (struct ks_row){ .first = line->first,
				.second = line->second,
				.columns = line->columns,
				.at = line->at };
}

/** Whether the name is one to compare: a function without a prototype is not, unless groups are. */
static bool wanted(const struct ks_lists *lists, const struct ks_line *line)
{
	if (lists->kind == KS_FUNCTION && !lists->facts && !line->first)
		return false;
	return !lists->glob || fnmatch(lists->glob, line->name, 0) == 0;
}

/** Append the lines of a segment, whose ids are read. */
static struct ks_error *add_lines(struct ks_lists *lists, int side, const struct ks_run *run,
				  struct ks_bytes text)
{
	struct ks_columns columns;
	KS_TRY(ks_columns_open(lists->raw[side].at, lists->raw[side].len, &columns));
	const char *last = NULL;
	struct ks_segment_names names = ks_segment_names_over(text);
	while (ks_segment_names_next(&names)) {
		struct ks_row row;
		struct ks_line line = { .name = names.name,
					.columns = run->columns,
					.at = columns.at };
		KS_TRY(ks_columns_next(&columns, &row));
		line.first = row.first;
		line.second = row.second;
		bool again = last && strcmp(last, line.name) == 0; // the first counts, as in a seek
		last = line.name;
		if (again || !wanted(lists, &line))
			continue;
		if (!ks_vector_add(&lists->lines[side], line))
			return &ks_nomem;
	}
	return NULL;
}

static struct ks_error *take_run(struct ks_lists *lists, int side, const struct ks_run *run)
{
	struct ks_bytes text;
	KS_TRY(load_raw(lists, run, NULL, &lists->raw[side]));
	KS_TRY(copy_names(lists, run->segment, &text));
	return add_lines(lists, side, run, text);
}

/** A segment that both have and that differs: its ids are read, its names are not. */
static struct ks_error *take_both(struct ks_lists *lists, const struct ks_run *old,
				  const struct ks_run *new)
{
	struct ks_bytes text;
	KS_TRY(copy_names(lists, old->segment, &text));
	KS_TRY(add_lines(lists, 0, old, text));
	return add_lines(lists, 1, new, text);
}

/* ---- merging ---- */

static bool same_line(const struct ks_lists *lists, const struct ks_line *old,
		      const struct ks_line *new)
{
	if (ks_kind_of_functions(lists->kind))
		return false; // these tell
	if (!ks_kind_def_class(lists->kind))
		return true; // the numbers of system calls do not count
	return old->first == new->first && (!lists->facts || old->second == new->second);
}

/** Whether an image has the name itself: a prototype of a function, a number that leads to a system call. */
static bool counts(enum ks_kind kind, const struct ks_line *line)
{
	if (kind == KS_SYSCALL)
		return line->name && ks_syscall_implemented((uint32_t)line->first, line->name);
	return line->name && (kind != KS_FUNCTION || line->first);
}

/** Put the lines of a stretch side by side, keep the names that differ, and begin a new stretch. */
static struct ks_error *merge_lines(struct ks_lists *lists)
{
	const struct ks_line *a = lists->lines[0].at, *b = lists->lines[1].at;
	size_t nr_a = lists->lines[0].len, nr_b = lists->lines[1].len;
	for (size_t i = 0, k = 0; i < nr_a || k < nr_b;) {
		int order = i == nr_a ? 1 : k == nr_b ? -1 : strcmp(a[i].name, b[k].name);
		struct ks_line_pair pair = { 0 };
		if (order <= 0)
			pair.old = a[i++];
		if (order >= 0)
			pair.new = b[k++];
		lists->nr[0] += counts(lists->kind, &pair.old);
		lists->nr[1] += counts(lists->kind, &pair.new);
		if (order == 0 && same_line(lists, &pair.old, &pair.new))
			continue;
		if (!ks_vector_add(&lists->pairs, pair))
			return &ks_nomem;
	}
	lists->lines[0].len = lists->lines[1].len = 0;
	return NULL;
}

struct ks_error *ks_lists_merge(struct ks_lists *lists)
{
	for (int side = 0; side < 2; side++)
		KS_TRY(read_runs(lists, lists->images[side], lists->kind, &lists->runs[side]));
	const size_t nr[] = { lists->runs[0].at.len, lists->runs[1].at.len };
	for (size_t i = 0, k = 0; i < nr[0] || k < nr[1];) {
		const struct ks_run *a = i < nr[0] ? &lists->runs[0].at.at[i] : NULL;
		const struct ks_run *b = k < nr[1] ? &lists->runs[1].at.at[k] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->first, b->first);
		if (a && b && a->segment == b->segment) {
			bool skipped;
			KS_TRY(merge_lines(lists));
			KS_TRY(try_skip(lists, a, b, &skipped));
			if (!skipped)
				KS_TRY(take_both(lists, a, b));
			order = 0;
		} else {
			if (order <= 0)
				KS_TRY(take_run(lists, 0, a));
			if (order >= 0)
				KS_TRY(take_run(lists, 1, b));
		}
		i += order <= 0;
		k += order >= 0;
	}
	return merge_lines(lists);
}

/* ---- functions of hooks and kfuncs ---- */

/** Give the lines that a segment of functions holds their rows. @return how many of nr lie before the end */
static struct ks_error *match_run(struct ks_lists *lists, int side, const struct ks_run *run,
				  struct ks_line **lines, size_t nr)
{
	enum ks_kind kind = lists->kind;
	const char *glob = lists->glob;
	lists->kind = KS_FUNCTION;
	lists->glob = NULL;
	struct ks_error *err = take_run(lists, side, run);
	lists->kind = kind;
	lists->glob = glob;
	for (size_t i = 0, k = 0; !err && i < lists->lines[side].len && k < nr;) {
		const struct ks_line *line = &lists->lines[side].at[i];
		int order = strcmp(line->name, lines[k]->name);
		if (order == 0)
			*lines[k] = *line;
		i += order <= 0;
		k += order >= 0;
	}
	lists->lines[side].len = 0;
	return err;
}

struct ks_error *ks_lists_functions(struct ks_lists *lists, int side, struct ks_line **lines,
				    size_t nr)
{
	KS_TRY(read_runs(lists, lists->images[side], KS_FUNCTION, &lists->runs[side]));
	const struct ks_run *runs = lists->runs[side].at.at;
	size_t nr_runs = lists->runs[side].at.len;
	for (size_t i = 0, k = 0; i < nr_runs && k < nr; i++) {
		size_t from = k;
		while (k < nr &&
		       (i + 1 == nr_runs || strcmp(lines[k]->name, runs[i + 1].first) < 0))
			k++;
		if (k > from)
			KS_TRY(match_run(lists, side, &runs[i], lines + from, k - from));
	}
	return NULL;
}
