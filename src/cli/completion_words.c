/* SPDX-License-Identifier: BSD-2-Clause */
/* What the scripts for all shells have in common: words out of the table of commands. */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "cli/completion.h"
#include "cli/format.h"
#include "surface/kind.h"

/** Options whose values stand in a table of the library. */
static const struct source {
	const char *arg;
	void (*print)(void);
} sources[] = { { "KIND", ks_completion_kinds } };

static const struct source *source_of(const struct ks_opt *o)
{
	for (size_t i = 0; o->arg && i < KS_ARRAY_LEN(sources); i++)
		if (strcmp(sources[i].arg, o->arg) == 0)
			return &sources[i];
	return NULL;
}

bool ks_completion_has_values(const struct ks_opt *o)
{
	return o->choices || o->documents || source_of(o);
}

void ks_completion_values(const struct ks_opt *o)
{
	for (size_t i = 0; o->choices && o->choices[i]; i++)
		printf(i ? " %s" : "%s", o->choices[i]);
	_cleanup_buf_ struct ks_buf formats = { 0 };
	ks_format_list(o->documents, " ", " ", &formats);
	ks_cli_print(&formats, "");
	if (!o->choices && source_of(o))
		source_of(o)->print();
}

void ks_completion_commands(void)
{
	for (size_t i = 0; ks_cmds[i]; i++)
		printf(i ? " %s" : "%s", ks_cmds[i]->name);
}

void ks_completion_kinds(void)
{
	for (int kind = 0; kind < KS_NR_KINDS; kind++)
		printf(kind ? " %s" : "%s", ks_kinds[kind].name);
}

void ks_completion_names(const struct ks_opt *opts)
{
	for (const struct ks_opt *o = opts; o && o->name; o++) {
		printf(" --%s", o->name);
		if (o->letter)
			printf(" -%c", o->letter);
	}
}

void ks_completion_quoted(const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
}

void ks_completion_help(const struct ks_opt *o)
{
	_cleanup_buf_ struct ks_buf help = { 0 };
	ks_opt_help(o, "; ", &help);
	const char *text = ks_buf_text(&help);
	ks_completion_quoted(text ? text : "");
}
