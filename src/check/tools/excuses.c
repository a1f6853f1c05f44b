/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/excuses.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/json_read.h"
#include "base/vector.h"
#include "surface/image.h"

/** What a tool counts as by what is not excused. */
static void count_again(struct ks_tool_outcome *outcome)
{
	bool any = false;
	enum ks_verdict worst = KS_VERDICT_OK;
	for (uint32_t i = 0; i < outcome->nr; i++) {
		const struct ks_loss *loss = &outcome->losses[i];
		any = any || loss->excuse;
		if (!loss->excuse && loss->counted > worst)
			worst = loss->counted;
	}
	if (any)
		outcome->counted = worst;
}

/** Ask of every finding that counts whether it is excused. */
typedef bool excuses_fn(void *arg, const struct ks_tools *tools, size_t tool, size_t image,
			const struct ks_loss *loss);

static size_t excuse(struct ks_tools *tools, enum ks_excuse how, excuses_fn *excuses, void *arg)
{
	size_t nr = 0;
	for (size_t tool = 0; tool < tools->nr; tool++)
		for (size_t image = 0; image < tools->check->nr_images; image++) {
			struct ks_tool_outcome *outcome =
				&tools->outcomes[tool * tools->check->nr_images + image];
			if (outcome->verdict == KS_TOOL_FOREIGN)
				continue;
			for (uint32_t i = 0; i < outcome->nr; i++) {
				struct ks_loss *loss = &outcome->losses[i];
				if (loss->excuse || !excuses(arg, tools, tool, image, loss))
					continue;
				loss->excuse = how;
				nr++;
			}
			count_again(outcome);
		}
	return nr;
}

/* ---- waivers ---- */

static bool is_about(const struct ks_policy_waiver *waiver, const struct ks_tools *tools,
		     size_t tool, size_t image, const struct ks_loss *loss)
{
	const struct ks_image *of = tools->check->images[image];
	const struct ks_reason *reason = loss->reason;
	if (fnmatch(waiver->tool, tools->at[tool].name, 0) != 0)
		return false;
	if (waiver->kernels.nr && !ks_policy_matches(&waiver->kernels, of->label) &&
	    !(of->version && ks_policy_matches(&waiver->kernels, of->version)))
		return false;
	if (strcmp(waiver->cause, "*") == 0)
		return true;
	return reason && (fnmatch(waiver->cause, ks_reasons[reason->kind].name, 0) == 0 ||
			  (reason->name && fnmatch(waiver->cause, reason->name, 0) == 0));
}

struct waiving {
	const struct ks_policy *policy;
	unsigned int today;
	bool *needed; // of each waiver that is past its day
};

static bool waives(void *arg, const struct ks_tools *tools, size_t tool, size_t image,
		   const struct ks_loss *loss)
{
	struct waiving *waiving = arg;
	bool waived = false;
	for (size_t i = 0; i < waiving->policy->nr_waivers; i++) {
		const struct ks_policy_waiver *waiver = &waiving->policy->waivers[i];
		if (!is_about(waiver, tools, tool, image, loss))
			continue;
		bool expired = waiver->until < waiving->today;
		waiving->needed[i] = waiving->needed[i] || expired;
		waived = waived || !expired;
	}
	return waived;
}

struct ks_error *ks_excuse_waived(struct ks_tools *tools, unsigned int today,
				  struct ks_arena *arena, struct ks_excuses *ret)
{
	const struct ks_policy *policy = tools->check->policy;
	size_t nr = policy ? policy->nr_waivers : 0;
	if (!nr)
		return NULL;
	struct waiving waiving = { policy, today, ks_arena_array(arena, nr, sizeof(bool)) };
	const struct ks_policy_waiver **expired =
		ks_arena_array(arena, nr, sizeof(struct ks_policy_waiver *));
	if (!waiving.needed || !expired)
		return &ks_nomem;
	memset(waiving.needed, 0, nr * sizeof(bool));
	ret->nr_waived = excuse(tools, KS_EXCUSE_WAIVED, waives, &waiving);
	for (size_t i = 0; i < nr; i++)
		if (waiving.needed[i])
			expired[ret->nr_expired++] = &policy->waivers[i];
	ret->expired = expired;
	return NULL;
}

/* ---- what is known ---- */

/** Findings as lines, sorted, each once. */
typedef KS_VECTOR(char *) line_vector;

static void free_lines(line_vector *lines)
{
	for (size_t i = 0; i < lines->len; i++)
		free(lines->at[i]);
	ks_vector_deinit(lines);
}

static int line_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/** "6.1" of "6.1.176"; the label where no version is known. */
static void write_series(const struct ks_image *image, struct ks_buf *out)
{
	const char *text = image->version ? image->version : image->label;
	size_t len = ks_series_len(image->version);
	ks_buf_bytes(out, text, len ? len : strlen(text));
}

static char *line_of(const struct ks_tools *tools, size_t tool, size_t image,
		     const struct ks_loss *loss)
{
	struct ks_buf line = { 0 }, series = { 0 };
	const struct ks_check *check = tools->check;
	const struct ks_reason *reason = loss->reason;
	write_series(check->images[image], &series);
	struct ks_json json = ks_json_to(&line, 0);
	ks_json_open(&json, '[');
	ks_json_str(&json, tools->at[tool].name);
	ks_json_str(&json, check->programs[loss->row]->name);
	ks_json_str(&json, ks_buf_text(&series) ? series.at : "");
	ks_json_str(&json, check->images[image]->arch);
	ks_json_str(&json, reason ? ks_reasons[reason->kind].name : NULL);
	ks_json_str(&json, reason ? reason->name : NULL);
	ks_json_str(&json, ks_verdicts[loss->counted].name);
	ks_json_close(&json, ']');
	char *copy = ks_buf_text(&line) && !series.failed ? strdup(line.at) : NULL;
	ks_buf_deinit(&series);
	ks_buf_deinit(&line);
	return copy;
}

/** All findings that are not excused. */
static bool list_findings(const struct ks_tools *tools, line_vector *lines)
{
	for (size_t tool = 0; tool < tools->nr; tool++)
		for (size_t image = 0; image < tools->check->nr_images; image++) {
			const struct ks_tool_outcome *outcome = ks_tool_outcome(tools, tool, image);
			for (uint32_t i = 0; i < outcome->nr; i++) {
				const struct ks_loss *loss = &outcome->losses[i];
				if (outcome->verdict == KS_TOOL_FOREIGN ||
				    loss->excuse == KS_EXCUSE_WAIVED)
					continue;
				char *line = line_of(tools, tool, image, loss);
				if (!line || !ks_vector_add(lines, line)) {
					free(line);
					return false;
				}
			}
		}
	return true;
}

static const char head[] = "{\"ksurf-known\": 1}";

struct ks_error *ks_known_write(const struct ks_tools *tools, struct ks_buf *out)
{
	line_vector lines = { 0 };
	bool ok = list_findings(tools, &lines);
	if (ok && lines.len)
		qsort(lines.at, lines.len, sizeof(*lines.at), line_order);
	ks_buf_printf(out, "%s\n", head);
	for (size_t i = 0; ok && i < lines.len; i++)
		if (!i || strcmp(lines.at[i - 1], lines.at[i]) != 0)
			ks_buf_printf(out, "%s\n", lines.at[i]);
	free_lines(&lines);
	return ok ? ks_buf_error(out) : &ks_nomem;
}

static bool is_known(void *arg, const struct ks_tools *tools, size_t tool, size_t image,
		     const struct ks_loss *loss)
{
	line_vector *lines = arg;
	char *line = line_of(tools, tool, image, loss);
	bool known = line && bsearch(&line, lines->at, lines->len, sizeof(*lines->at), line_order);
	free(line);
	return known;
}

/** A line as ks_known_write() writes it: an array of texts and nulls; written anew, so that blanks do not matter. */
static struct ks_error *read_line(struct ks_jread *r, const char *text, size_t len, char **ret)
{
	enum { NR_FIELDS = 7 };
	struct ks_buf line = { 0 };
	struct ks_json json = ks_json_to(&line, 0);
	size_t nr = 0;
	ks_jread_begin(r, text, len);
	ks_jread_enter(r, '[');
	ks_json_open(&json, '[');
	for (; ks_jread_next(r); nr++) {
		if (ks_jread_null(r)) {
			ks_json_null(&json);
			continue;
		}
		struct ks_jread_text field = ks_jread_string(r);
		char *copy = strndup(field.at ? field.at : "", field.len);
		if (copy)
			ks_json_str(&json, copy);
		else
			ks_jread_fail_nomem(r);
		free(copy);
	}
	ks_json_close(&json, ']');
	if (ks_jread_end(r) && nr != NR_FIELDS)
		ks_jread_fail(r, "seven fields are expected", NULL);
	struct ks_error *err = ks_jread_error(r);
	*ret = err || !ks_buf_text(&line) ? NULL : strdup(line.at);
	ks_buf_deinit(&line);
	return err || *ret ? err : &ks_nomem;
}

static struct ks_error *read_lines(const char *text, size_t len, line_vector *lines)
{
	struct ks_jread r = { 0 };
	struct ks_error *err = NULL;
	size_t number = 1, head_len = sizeof(head) - 1;
	if (len < head_len || memcmp(text, head, head_len) != 0)
		return ks_error_new(KS_ERR_DATA, "line 1: '%s' is expected", head);
	for (size_t at = 0; at < len && !err; number++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line_len = end ? (size_t)(end - text) - at : len - at;
		char *line = NULL;
		if (number > 1 && line_len)
			err = read_line(&r, text + at, line_len, &line);
		if (line && !ks_vector_add(lines, line)) {
			free(line);
			err = &ks_nomem;
		}
		at += line_len + 1;
	}
	ks_jread_deinit(&r);
	return err ? ks_error_wrap(err, "line %zu", number - 1) : NULL;
}

struct ks_error *ks_excuse_known(struct ks_tools *tools, const char *text, size_t len,
				 struct ks_excuses *ret)
{
	line_vector lines = { 0 };
	struct ks_error *err = read_lines(text, len, &lines);
	if (!err && lines.len) {
		qsort(lines.at, lines.len, sizeof(*lines.at), line_order);
		ret->nr_known = excuse(tools, KS_EXCUSE_KNOWN, is_known, &lines);
	}
	free_lines(&lines);
	return err;
}
