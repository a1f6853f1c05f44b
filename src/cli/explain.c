/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/edit_distance.h"
#include "cli/check_session.h"
#include "cli/format.h"
#include "report/check/check.h"

struct opts {
	struct ks_check_session_opts checking;
	const char *format;
};

static bool is_new(const struct ks_check *check, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (strcmp(check->programs[i]->name, check->programs[row]->name) == 0)
			return false;
	return true;
}

enum { MOST = 12 }; // programs that are named

/** The programs of an object, for whoever named that, or its tool. @return NULL also when none is called so */
static struct ks_error *only_an_object(const struct ks_check *check, const char *word)
{
	const struct ks_check_object *object = NULL;
	size_t len = strlen(word);
	for (size_t i = 0; i < check->nr_objects && !object; i++) {
		const char *name = check->objects[i].object->name;
		if (len && strncmp(name, word, len) == 0 && strchr("-.", name[len]))
			object = &check->objects[i];
	}
	_cleanup_buf_ struct ks_buf all = { 0 };
	for (size_t i = 0; object && i < object->nr && i < MOST; i++)
		ks_buf_printf(&all, "%s %s", i ? "," : "",
			      check->programs[object->first + i]->name);
	if (object && object->nr > MOST)
		ks_buf_printf(&all, " and %zu more", object->nr - MOST);
	if (!ks_buf_text(&all) || !all.len)
		return ks_buf_error(&all);
	return ks_error_new(KS_ERR_NOTFOUND, "'%s' is no program; the object %s has%s", word,
			    object->object->name, all.at);
}

/** Which programs there are, for whoever named none of them: all, or of many those that are alike, else the first. */
static struct ks_error *unknown_program(const struct ks_check *check, const char *word)
{
	enum { NEAR = 2, SHORT = 4, NEAR_BYTES = 400 };
	_cleanup_buf_ struct ks_buf all = { 0 }, near = { 0 };
	size_t nr = 0;
	for (size_t row = 0; row < check->nr_rows; row++) {
		const char *name = check->programs[row]->name;
		if (!is_new(check, row))
			continue;
		if (nr++ < MOST)
			ks_buf_printf(&all, "%s %s", nr > 1 ? "," : "", name);
		if (strlen(word) >= SHORT && near.len < NEAR_BYTES &&
		    (strstr(name, word) || ks_edit_distance(word, name, NEAR) <= NEAR))
			ks_buf_printf(&near, "%s %s", near.len ? "," : "", name);
	}
	if (nr > MOST)
		ks_buf_printf(&all, " and %zu more", nr - MOST);
	const char *text = ks_buf_text(nr > MOST && near.len ? &near : &all);
	return ks_error_new(KS_ERR_NOTFOUND, "no program is called '%s'; there are%s", word,
			    text ? text : "");
}

static struct ks_error *run(struct ks_cli *cli, const void *values, int argc, char **argv)
{
	const struct opts *given = values;
	struct ks_check_session_opts opts = given->checking;
	if (argc != 3)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf explain FILE PROGRAM IMAGE");
	opts.on = argv[2];
	enum ks_format format;
	KS_TRY(ks_cli_format(cli, KS_DOCUMENT_BIT(KS_DOCUMENT_EXPLAIN), given->format, &format));
	_cleanup_check_session_ struct ks_check_session checking = { 0 };
	KS_TRY(ks_check_session_run(cli, &opts, 1, argv, &checking));
	struct ks_check_report report = {
		.format = format,
		.color = ks_cli_colored(cli, stdout),
		.columns = ks_cli_columns(),
	};
	_cleanup_buf_ struct ks_buf out = { 0 };
	const struct ks_check *check = checking.result.check;
	KS_TRY(ks_check_explain_called(&report, check, argv[1], &out));
	if (!out.len) {
		KS_TRY(only_an_object(check, argv[1]));
		return unknown_program(check, argv[1]);
	}
	ks_cli_print(&out, "");
	return NULL;
}

#define AT(field) offsetof(struct opts, field)
static const struct ks_opt options[] = {
	KS_CHECK_SESSION_OPTS(AT(checking)),
	KS_OPT_FORMAT(AT(format), KS_DOCUMENT_BIT(KS_DOCUMENT_EXPLAIN)),
	{ 0 },
};

const struct ks_cmd ks_cmd_explain = {
	.name = "explain",
	.args = "FILE PROGRAM IMAGE",
	.help = "tell all that makes the verdict on one program and one kernel",
	.details = "PROGRAM is the name of a program or of its section. What cannot be reached is "
		   "listed, too.\n",
	.complete = "file name image",
	.opts = options,
	.opts_size = sizeof(struct opts),
	.opens = KS_OPENS_STORE | KS_OPENS_POLICY | KS_OPENS_LIVE,
	.pages = true,
	.json = true,
	.run = run,
};
