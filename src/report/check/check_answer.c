/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer that every report opens with: in sentences. */
#include <string.h>

#include "report/check/check_page.h"

/** What tools do, as a verb behind a number of them. */
static const struct {
	enum ks_tool_verdict verdict;
	const char *one, *many;
} verbs[] = {
	{ KS_TOOL_WORKS, "works", "work" },
	{ KS_TOOL_PART, "works in part", "work in part" },
	{ KS_TOOL_FAILS, "does not work", "do not work" },
	{ KS_TOOL_UNKNOWN, "cannot be told", "cannot be told" },
	{ KS_TOOL_FOREIGN, "is built for another machine", "are built for another machine" },
};
enum { NR_VERBS = sizeof(verbs) / sizeof(*verbs) };

/** Numbers of tools with their verbs. */
static void write_counts(const size_t counts[KS_NR_TOOL_VERDICTS], struct ks_buf *out)
{
	bool any = false;
	for (int i = 0; i < NR_VERBS; i++) {
		size_t nr = counts[verbs[i].verdict];
		if (!nr)
			continue;
		ks_buf_printf(out, "%s%zu %s", any ? ", " : "", nr,
			      nr == 1 ? verbs[i].one : verbs[i].many);
		any = true;
	}
}

static bool is_of(const struct ks_image *image, const char *arch)
{
	return !arch || strcmp(image->arch ? image->arch : "", arch) == 0;
}

/** Tools by the worst that becomes of them on several kernels. */
struct worsts {
	size_t counts[KS_NR_TOOL_VERDICTS];
	size_t nowhere; // of those that fail: on every kernel of their machine
};

/** @param arch of the images that count; NULL: all */
static void add_tool(const struct ks_tools *tools, size_t tool, const char *arch,
		     struct worsts *sum)
{
	enum ks_tool_verdict worst = KS_TOOL_FOREIGN;
	bool nowhere = true;
	for (size_t i = 0; i < tools->check->nr_images; i++) {
		enum ks_tool_verdict verdict = ks_tool_outcome(tools, tool, i)->verdict;
		if (verdict == KS_TOOL_FOREIGN || !is_of(tools->check->images[i], arch))
			continue;
		nowhere = nowhere && verdict == KS_TOOL_FAILS;
		if (worst == KS_TOOL_FOREIGN || verdict > worst)
			worst = verdict;
	}
	sum->counts[worst]++;
	sum->nowhere += worst == KS_TOOL_FAILS && nowhere;
}

/** The same over several kernels: "on all of them", "on some", "on none". */
static void write_worsts(const struct worsts *sum, struct ks_buf *out)
{
	bool any = false;
	for (int i = 0; i < NR_VERBS; i++) {
		enum ks_tool_verdict verdict = verbs[i].verdict;
		size_t nr = sum->counts[verdict] - (verdict == KS_TOOL_FAILS ? sum->nowhere : 0);
		if (nr)
			ks_buf_printf(out, "%s%zu %s%s", any ? ", " : "", nr,
				      nr == 1 ? verbs[i].one : verbs[i].many,
				      verdict == KS_TOOL_FOREIGN ? ""
				      : verdict == KS_TOOL_WORKS ? " on all of them"
								 : " on some");
		any = any || nr;
		if (verdict == KS_TOOL_FAILS && sum->nowhere) {
			ks_buf_printf(out, "%s%zu %s on none", any ? ", " : "", sum->nowhere,
				      sum->nowhere == 1 ? "works" : "work");
			any = true;
		}
	}
}

static void write_all(const struct ks_tools *tools, const char *arch, struct ks_buf *out)
{
	struct worsts sum = { 0 };
	for (size_t i = 0; i < tools->nr; i++)
		add_tool(tools, i, arch, &sum);
	write_worsts(&sum, out);
}

/** One tool: where it does what. */
static void write_single(const struct ks_tools *tools, const struct ks_axis *axis,
			 struct ks_buf *out)
{
	bool any = false;
	ks_buf_str(out, tools->at[0].name);
	for (int i = 0; i < NR_VERBS; i++) {
		bool here = false;
		for (size_t k = 0; k < axis->nr; k++) {
			const struct ks_axis_step *step = &axis->at[k];
			if (ks_tool_outcome(tools, 0, step->images[0])->verdict != verbs[i].verdict)
				continue;
			if (!here)
				ks_buf_printf(out, "%s %s on ", any ? ";" : "", verbs[i].one);
			else
				ks_buf_str(out, ", ");
			ks_buf_str(out, step->label);
			here = any = true;
		}
	}
}

void ks_answer_write(const struct ks_tools *tools, const struct ks_axis *axis, struct ks_buf *out)
{
	if (tools->nr == 1) {
		write_single(tools, axis, out);
		return;
	}
	if (axis->nr_images == 1) {
		ks_buf_printf(out, "%zu tools on %s: ", tools->nr, axis->at[0].label);
		ks_answer_step(tools, &axis->at[0], out);
		return;
	}
	ks_buf_printf(out, "%zu tools on %zu kernels: ", tools->nr, axis->nr_images);
	write_all(tools, NULL, out);
}

bool ks_answer_machine(const struct ks_tools *tools, size_t *at, struct ks_buf *out)
{
	const struct ks_check *check = tools->check;
	for (; *at < check->nr_images; ++*at) {
		const char *arch = check->images[*at]->arch;
		size_t nr = 0, before = 0;
		for (size_t i = 0; arch && i < check->nr_images; i++)
			if (is_of(check->images[i], arch)) {
				nr++;
				before += i < *at;
			}
		if (!nr || before)
			continue;
		++*at;
		ks_buf_printf(out, "%s, %zu kernel%s: ", arch, nr, nr == 1 ? "" : "s");
		write_all(tools, arch, out);
		return true;
	}
	return false;
}

void ks_answer_step(const struct ks_tools *tools, const struct ks_axis_step *step,
		    struct ks_buf *out)
{
	size_t counts[KS_NR_TOOL_VERDICTS];
	ks_axis_count(tools, step, counts);
	write_counts(counts, out);
}

/** Of how many tools it is known what they do, and of how many it is inferred: of some. */
static void write_bases(size_t shipped, size_t inferred, struct ks_buf *out)
{
	size_t first = shipped ? shipped : inferred;
	ks_buf_printf(out, "Of %zu tool%s it is %s", first, first == 1 ? "" : "s",
		      shipped ? "known" : "inferred");
	if (shipped && inferred)
		ks_buf_printf(out, ", of %zu it is inferred", inferred);
	ks_buf_str(out, " what the loader does with its programs");
}

void ks_answer_basis(const struct ks_tools *tools, bool options, struct ks_buf *out)
{
	size_t counts[KS_NR_BASES] = { 0 };
	for (size_t i = 0; i < tools->nr; i++)
		counts[tools->at[i].basis]++;
	size_t shipped = counts[KS_BASIS_SHIPPED], inferred = counts[KS_BASIS_INFERRED];
	if (!shipped && !inferred)
		return;
	if (tools->nr == 1)
		ks_buf_printf(out, "It is %s what its loader does with its programs",
			      shipped ? "known" : "inferred");
	else
		write_bases(shipped, inferred, out);
	if (options)
		ks_buf_printf(out, "%s; --as-compiled assumes nothing",
			      tools->nr > 1 ? " (-v tells)" : "");
}

void ks_answer_excuses(const struct ks_excuses *excuses, struct ks_buf *out)
{
	if (!excuses)
		return;
	size_t known = excuses->nr_known, waived = excuses->nr_waived;
	if (known)
		ks_buf_printf(out, "%zu finding%s %s known", known, known == 1 ? "" : "s",
			      known == 1 ? "is" : "are");
	if (waived)
		ks_buf_printf(out, "%s%zu %s waived", known ? ", " : "", waived,
			      waived == 1 ? "is" : "are");
	if (known || waived)
		ks_buf_str(out,
			   known + waived == 1 ? ": it does not count. " : ": they do not count. ");
	for (size_t i = 0; i < excuses->nr_expired; i++) {
		const struct ks_policy_waiver *waiver = excuses->expired[i];
		ks_buf_printf(out, "The waiver of line %u expired on %04u-%02u-%02u: %s. ",
			      waiver->line, waiver->until / 10000, waiver->until / 100 % 100,
			      waiver->until % 100, waiver->reason);
	}
	if (out->len && out->at[out->len - 1] == ' ')
		out->len--;
}

/** The first few objects without programs, of those that have symbols or of those that have none. */
static void write_empty(const struct ks_check *check, bool no_symbols, struct ks_buf *out)
{
	enum { FEW = 6 };
	size_t nr = 0;
	for (size_t i = 0; i < check->nr_objects; i++) {
		const struct ks_check_object *object = &check->objects[i];
		if (object->nr || object->object->no_symbols != no_symbols)
			continue;
		if (nr++ < FEW)
			ks_buf_printf(out, "%s%s",
				      nr > 1	 ? ", "
				      : out->len ? " "
						 : "",
				      object->object->name);
	}
	if (nr > FEW)
		ks_buf_printf(out, " and %zu more", nr - FEW);
	if (nr)
		ks_buf_str(out, no_symbols ? ": no symbol table, and libbpf opens no such object."
					   : ": no program to judge.");
}

void ks_answer_empty(const struct ks_check *check, struct ks_buf *out)
{
	write_empty(check, false, out);
	write_empty(check, true, out);
}

void ks_cause_title(const struct ks_cause *cause, struct ks_buf *out)
{
	const struct ks_reason *reason = cause->reason;
	if (!reason) {
		ks_buf_str(out, "there is no program to judge");
		return;
	}
	enum { FEW = 3 };
	size_t shown = cause->nr_names > FEW + 1 ? FEW : cause->nr_names;
	for (size_t i = 0; i < shown; i++)
		ks_buf_printf(out, "%s%s", i ? ", " : "", cause->names[i]);
	if (shown < cause->nr_names)
		ks_buf_printf(out, " and %zu more", cause->nr_names - shown);
	if (shown)
		ks_buf_str(out, ": ");
	ks_buf_str(out, ks_reasons[reason->kind].title);
	if (cause->words)
		ks_buf_printf(out, " (%s)", cause->words);
}

/** Names, as many as wanted. */
static void write_names(const struct ks_tools *tools, const struct ks_cause *cause, size_t most,
			struct ks_buf *out)
{
	bool programs = tools->nr == 1;
	size_t nr = programs ? cause->nr_rows : cause->nr_tools;
	size_t shown = most && nr > most + 1 ? most : nr;
	for (size_t i = 0; i < shown; i++)
		ks_buf_printf(out, "%s%s", i ? ", " : "",
			      programs ? tools->check->programs[cause->rows[i]]->name
				       : tools->at[cause->tools[i]].name);
	if (shown < nr)
		ks_buf_printf(out, " and %zu more", nr - shown);
}

void ks_cause_scope(const struct ks_tools *tools, const struct ks_axis *axis,
		    const struct ks_cause *cause, size_t most, struct ks_buf *out)
{
	bool programs = tools->nr == 1;
	size_t nr = programs ? cause->nr_rows : cause->nr_tools;
	if (nr == 1) {
		write_names(tools, cause, most, out);
		ks_buf_char(out, ' ');
		ks_axis_write(axis, cause->images, cause->nr_images, out);
		return;
	}
	ks_buf_printf(out, "%zu %s: ", nr, programs ? "programs" : "tools");
	write_names(tools, cause, most, out);
	ks_buf_char(out, ' ');
	ks_axis_write(axis, cause->images, cause->nr_images, out);
}
