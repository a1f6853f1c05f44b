/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/edit_distance.h"
#include "cli/format.h"
#include "cli/reports.h"
#include "report/stats/stats.h"

enum { DOCUMENTS = KS_DOCUMENT_BIT(KS_DOCUMENT_STATS) | KS_DOCUMENT_BIT(KS_DOCUMENT_PICTURES) };

struct opts {
	const char *image, *group, *tables, *output, *format;
};

/** One run. */
struct work {
	struct ks_cli *cli;
	const struct opts *opts;
	enum ks_format format;
	struct ks_session session;
	uint32_t groups; // 1 << enum ks_group_kind
	bool tables[KS_NR_STATS_TABLES], plots[KS_NR_STATS_PLOTS];
	size_t nr_chosen;
	struct ks_stats *stats;
	struct ks_outdir dir;
};

static bool is_picture(enum ks_format format)
{
	return ks_format_has(KS_DOCUMENT_PICTURES, format);
}

/* ---- choosing ---- */

static struct ks_error *choose_group(struct work *work)
{
	const char *name = work->opts->group;
	work->groups = (1u << KS_NR_GROUPS) - 1;
	if (!name || strcmp(name, ks_groups_infos[KS_GROUP_ALL].name) == 0)
		return NULL;
	for (int g = 0; g < KS_NR_GROUPS; g++) {
		work->groups = 1u << g;
		if (strcmp(name, ks_groups_infos[g].name) == 0)
			return NULL;
	}
	_cleanup_buf_ struct ks_buf all = { 0 };
	struct ks_near_word near = ks_near_word_of(name);
	for (int g = 0; g < KS_NR_GROUPS; g++) {
		ks_buf_printf(&all, g ? ", %s" : "%s", ks_groups_infos[g].name);
		ks_near_word_see(&near, ks_groups_infos[g].name);
	}
	const char *text = ks_buf_text(&all);
	return ks_error_new(KS_ERR_USAGE, "'%s' is no group; there are %s%s", name,
			    text ? text : "those of --help", ks_near_word_hint(&near));
}

/** The name, or the part of it before a dash: "changes" stands for all changes-KIND. */
static bool name_chosen(const char *name, const char *word, size_t len)
{
	return strncmp(name, word, len) == 0 && (name[len] == '\0' || name[len] == '-');
}

static size_t choose_name(struct work *work, const char *word, size_t len)
{
	size_t nr = 0;
	for (size_t i = 0; !is_picture(work->format) && i < KS_NR_STATS_TABLES; i++) {
		if (!name_chosen(ks_stats_table_at(i).name, word, len))
			continue;
		work->tables[i] = true;
		nr++;
	}
	for (size_t i = 0; is_picture(work->format) && i < KS_NR_STATS_PLOTS; i++) {
		if (!name_chosen(ks_stats_plots[i].name, word, len))
			continue;
		work->plots[i] = true;
		nr++;
	}
	return nr;
}

static struct ks_error *unknown_name(bool picture, const char *words, size_t len)
{
	char word[64];
	snprintf(word, sizeof(word), "%.*s", (int)len, words);
	struct ks_near_word near = ks_near_word_of(word);
	for (size_t i = 0; !picture && i < KS_NR_STATS_TABLES; i++)
		ks_near_word_see(&near, ks_stats_table_at(i).name);
	for (size_t i = 0; picture && i < KS_NR_STATS_PLOTS; i++)
		ks_near_word_see(&near, ks_stats_plots[i].name);
	return ks_error_new(KS_ERR_USAGE, "there is no %s '%.*s'%s", picture ? "picture" : "table",
			    (int)len, words,
			    near.near ? ks_near_word_hint(&near) : "; see stats --help");
}

static struct ks_error *choose_tables(struct work *work)
{
	const char *words = work->opts->tables;
	if (!words) {
		memset(work->tables, !is_picture(work->format), sizeof(work->tables));
		memset(work->plots, is_picture(work->format), sizeof(work->plots));
		work->nr_chosen = is_picture(work->format) ? KS_NR_STATS_PLOTS : KS_NR_STATS_TABLES;
		return NULL;
	}
	while (*words) {
		size_t len = strcspn(words, ",");
		size_t nr = len ? choose_name(work, words, len) : 0;
		if (!nr)
			return unknown_name(is_picture(work->format), words, len);
		work->nr_chosen += nr;
		words += len + (words[len] == ',');
	}
	return NULL;
}

static struct ks_error *choose_images(struct work *work)
{
	struct ks_session *session = &work->session;
	KS_TRY(ks_session_choose(session, work->opts->image));
	return ks_selection_group(&session->sel, session->store);
}

static struct ks_error *count(struct work *work)
{
	struct ks_stats_scope scope = { .groups = work->groups,
					.nr_threads = ks_cli_threads(work->cli) };
	for (size_t i = 0; i < KS_NR_STATS_TABLES; i++) {
		if (!work->tables[i])
			continue;
		scope.pairs = scope.pairs || ks_stats_table_at(i).pairs;
		scope.censuses = scope.censuses || !ks_stats_table_at(i).pairs;
		if (ks_stats_table_at(i).pairs)
			scope.kinds |= KS_KNOWS(ks_stats_table_at(i).kind);
	}
	for (size_t i = 0; i < KS_NR_STATS_PLOTS; i++) {
		if (!work->plots[i])
			continue;
		scope.pairs = scope.pairs || ks_stats_plots[i].pairs;
		scope.censuses = scope.censuses || !ks_stats_plots[i].pairs;
	}
	return ks_stats_make(work->session.store, &work->session.sel.images,
			     work->session.sel.groups, &scope, &work->stats);
}

/* ---- writing ---- */

/** To its file below -o, or behind what went to stdout so far. */
static struct ks_error *put(struct work *work, const char *name, const struct ks_buf *text)
{
	KS_TRY(ks_buf_error(text));
	if (work->dir.fd < 0) {
		ks_cli_print(text, "");
		return NULL;
	}
	char path[64];
	snprintf(path, sizeof(path), "%s%s", name, ks_formats[work->format].extension);
	return ks_outdir_file(&work->dir, path, text);
}

/** What stands around and between the tables of one output. */
static void separate(const struct work *work, size_t nr, const struct ks_table *table,
		     struct ks_buf *out)
{
	if (work->dir.fd >= 0)
		return;
	if (work->format == KS_FORMAT_JSON)
		ks_buf_str(out, nr ? ",\n" : "["); // one table is an array as well
	else if (nr)
		ks_buf_char(out, '\n');
	if (work->format == KS_FORMAT_CSV && work->nr_chosen > 1)
		ks_buf_printf(out, "# %s\n", table->name);
}

static struct ks_error *write_tables(struct work *work)
{
	size_t nr = 0;
	for (size_t i = 0; i < KS_NR_STATS_TABLES; i++) {
		_cleanup_buf_ struct ks_buf out = { 0 };
		struct ks_table table = { 0 };
		if (!work->tables[i])
			continue;
		struct ks_error *err = ks_stats_table_fill(work->stats, i, &table);
		bool wanted = work->opts->tables || ks_table_nr_rows(&table);
		if (!err && wanted) {
			separate(work, nr++, &table, &out);
			ks_table_write(&table, work->format, &out);
			if (work->format == KS_FORMAT_JSON && work->dir.fd >= 0)
				ks_buf_char(&out, '\n');
		}
		ks_table_deinit(&table);
		KS_TRY(err);
		if (wanted)
			KS_TRY(put(work, ks_stats_table_at(i).name, &out));
	}
	if (work->format == KS_FORMAT_JSON && work->dir.fd < 0)
		puts(nr ? "]" : "[]");
	return NULL;
}

static struct ks_error *write_plots(struct work *work)
{
	enum ks_group_kind group = KS_GROUP_REGULAR; // of --group, when it is one
	for (int g = 0; g < KS_NR_GROUPS; g++)
		if (work->groups == 1u << g)
			group = (enum ks_group_kind)g;
	for (size_t i = 0; i < KS_NR_STATS_PLOTS; i++) {
		_cleanup_buf_ struct ks_buf out = { 0 };
		_cleanup_plot_ struct ks_plot plot = { 0 };
		if (!work->plots[i])
			continue;
		KS_TRY(ks_stats_plots[i].fill(work->stats, group, &plot));
		if (work->format == KS_FORMAT_PNG)
			KS_TRY(ks_plot_png(&plot, &out));
		else
			ks_plot_svg(&plot, &out);
		KS_TRY(put(work, ks_stats_plots[i].name, &out));
	}
	return NULL;
}

static struct ks_error *go(struct work *work)
{
	const char *output = work->opts->output;
	KS_TRY(choose_group(work));
	KS_TRY(choose_tables(work));
	if (is_picture(work->format) && !output && work->nr_chosen > 1)
		return ks_error_new(KS_ERR_USAGE, "several pictures need a folder: give -o DIR, or "
						  "choose one with --table");
	KS_TRY(ks_session_open(work->cli, KS_STORE_READ, &work->session));
	KS_TRY(choose_images(work));
	KS_TRY(count(work));
	if (output)
		KS_TRY(ks_outdir_open(output, &work->dir));
	return is_picture(work->format) ? write_plots(work) : write_tables(work);
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	(void)argv;
	const struct opts *opts = values;
	if (argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf stats [OPTION]...");
	struct work work = { .cli = cli, .opts = opts, .dir = { .fd = -1 } };
	KS_TRY(ks_cli_format(cli, DOCUMENTS, opts->format, &work.format));
	struct ks_error *err = go(&work);
	ks_outdir_close(&work.dir);
	ks_stats_free(work.stats);
	ks_session_close(&work.session);
	return err;
}

/** What every table counts, and which pictures there are. */
static void explain(FILE *out)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_str(&buf, "\nTables:\n");
	for (size_t i = 0; i < KS_NR_STATS_TABLES; i++) {
		ks_buf_printf(&buf, "  %s\n", ks_stats_table_at(i).name);
		ks_table_wrap(ks_stats_table_at(i).definition, 6, &buf);
	}
	ks_buf_str(&buf, "\nPictures, of one group, Regular when none is named:\n ");
	for (size_t i = 0; i < KS_NR_STATS_PLOTS; i++)
		ks_buf_printf(&buf, "%s %s", i ? "," : "", ks_stats_plots[i].name);
	ks_buf_char(&buf, '\n');
	fwrite(buf.at, 1, buf.len, out);
}

#define OPT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	{ 0, "image", "IMAGE,...", "count these images only", KS_OPT_TEXT, OPT(image), NULL },
	{ 0, "group", "NAME", "regular, lts, arch, flavor, other, revision, or all", KS_OPT_TEXT,
	  OPT(group), NULL },
	{ 0, "table", "NAME,...", "these tables or pictures only", KS_OPT_TEXT, OPT(tables), NULL },
	KS_OPT_FORMAT(OPT(format), DOCUMENTS),
	{ 'o', "output", "DIR", "write each table or picture to a file in DIR", KS_OPT_OUTPUT,
	  OPT(output), NULL },
	{ 0 },
};

const struct ks_cmd ks_cmd_stats = {
	.name = "stats",
	.args = "",
	.help = "count what images have, and what changed, over many images",
	.details = "Counts stand under their definitions below. What an image cannot tell is ?, "
		   "and in CSV "
		   "empty.\n"
		   "Groups: regular are the versions of the base image's architecture and flavour, "
		   "lts its "
		   "long-term\n"
		   "versions, each compared with the one before; arch and flavor are compared with "
		   "the "
		   "base.\n"
		   "--table changes stands for every changes-KIND.\n",
	.explain = explain,
	.complete = "",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE,
	.pages = true,
	.json = true,
	.run = run,
};
