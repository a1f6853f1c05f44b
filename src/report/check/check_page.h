/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the formats of a check share: inside report/ only. */
#include "base/json.h"
#include "check/tools/causes.h"
#include "report/check/check.h"
#include "report/check/check_axis.h"
#include "report/show/terminal.h"

/** The same reason on one or more images. */
struct ks_reason_group {
	const struct ks_reason *reason;
	size_t nr;
	const size_t *images; // columns, ascending
};
struct ks_reason_groups {
	size_t nr;
	struct ks_reason_group *at; // worst first
};

/**
 * The reasons of a row over all its images, equal ones put together.
 * @param least leave better verdicts out; soft reasons never count
 * @param notes take what is worth knowing and harms nothing, too
 * @param arena holds the result
 */
KS_MUST_CHECK struct ks_error *ks_reason_groups(const struct ks_check *check, size_t row,
						enum ks_verdict least, bool notes,
						struct ks_arena *arena,
						struct ks_reason_groups *ret);

/** The same reason in the same words, at the same instruction or source line. */
bool ks_reason_equal(const struct ks_reason *a, const struct ks_reason *b);
/** Append the images of a group, as "on every image" or "on A, B"; of many neighbours "on A to D (4)". */
void ks_group_images(const struct ks_check *check, const struct ks_reason_group *group,
		     struct ks_buf *out);
/** Append a reason as one line: "no such function: blk_account_io_start". */
void ks_reason_title(const struct ks_reason *reason, struct ks_buf *out);
/** Append "FILE:LINE" of a reason, nothing when its place is unknown. */
void ks_reason_place(const struct ks_reason *reason, struct ks_buf *out);
/** Append a path as it is told where the report is read: mapped, and without the folder it is told from. */
void ks_check_path(const struct ks_check_report *report, const char *path, struct ks_buf *out);
/**
 * Whether a finding is known or waived, on all those images: for reports that tell a service what to do about.
 * @param images nr columns
 */
bool ks_check_is_excused(const struct ks_check_report *report, size_t row,
			 const struct ks_reason *reason, const size_t *images, size_t nr);
/** The worst verdict of a row over all images, optional outcomes left out. */
enum ks_verdict ks_row_verdict(const struct ks_check *check, size_t row);
/** The object that a row belongs to. */
const struct ks_check_object *ks_row_object(const struct ks_check *check, size_t row);

/** How verdicts are painted on a terminal. */
extern const enum ks_paint ks_verdict_paints[KS_NR_VERDICTS];
/** Write the detail, the source line and the hint of a reason, a line each. */
void ks_check_evidence(struct ks_terminal *terminal, const struct ks_reason *reason);
/** Write every reason of every program, worst first. */
KS_MUST_CHECK struct ks_error *ks_check_details(struct ks_terminal *terminal,
						const struct ks_check *check);

/** A tool, or all tools, in one sentence: "57 tools on 6 kernels: 21 work on all of them, …". */
void ks_answer_write(const struct ks_tools *tools, const struct ks_axis *axis, struct ks_buf *out);
/** The same of the next machine that kernels are of: "amd64, 187 kernels: …". @param at 0 at first @return false: no more */
bool ks_answer_machine(const struct ks_tools *tools, size_t *at, struct ks_buf *out);
/** "49 work, 4 in part, 4 do not work" of one step. */
void ks_answer_step(const struct ks_tools *tools, const struct ks_axis_step *step,
		    struct ks_buf *out);
/** What verdicts rest on besides the objects; nothing when on nothing else. @param options what they tell is said: the reader can give some */
void ks_answer_basis(const struct ks_tools *tools, bool options, struct ks_buf *out);
/** What is known or waived, and which waivers are past their day; nothing when there is none. */
void ks_answer_excuses(const struct ks_excuses *excuses, struct ks_buf *out);
/** Which objects have nothing to judge, and why; nothing when all have. */
void ks_answer_empty(const struct ks_check *check, struct ks_buf *out);
/** "blk_account_io_start: inlined everywhere". */
void ks_cause_title(const struct ks_cause *cause, struct ks_buf *out);
/** "4 tools: biosnoop, biotop, … on 6.1.0-50-amd64"; of a single tool its programs. @param most names; 0: all */
void ks_cause_scope(const struct ks_tools *tools, const struct ks_axis *axis,
		    const struct ks_cause *cause, size_t most, struct ks_buf *out);

/** JSON of an outcome: an object. */
void ks_check_json_outcome(struct ks_json *json, const struct ks_image *image,
			   const struct ks_outcome *outcome);
/** JSON of what a program is: keys of an object. */
void ks_check_json_program(struct ks_json *json, const struct ks_bpf_program *program);

/** One for each format. */
typedef struct ks_error *ks_check_write_fn(const struct ks_check_report *report,
					   const struct ks_check *check, struct ks_buf *out);
extern ks_check_write_fn ks_check_terminal, ks_check_md, ks_check_json, ks_check_html,
	ks_check_sarif, ks_check_junit, ks_check_github;
