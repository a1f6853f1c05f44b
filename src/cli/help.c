/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json.h"
#include "cli/format.h"
#include "cli/status.h"
#include "report/text/table.h"

/** Where what options are for begins. */
#define INDENT "                            "
enum { COLUMN = sizeof(INDENT) - 1 };

/** Print text from a column on, folded. @param there as many columns are on the line already */
static void print_from(FILE *out, unsigned int column, int there, const char *text)
{
	_cleanup_buf_ struct ks_buf folded = { 0 };
	ks_table_wrap(text, column, &folded);
	const char *lines = ks_buf_text(&folded);
	if (there < (int)column)
		fprintf(out, "%*s%s", (int)column - there, "", lines ? lines + column : "\n");
	else
		fprintf(out, "\n%s", lines ? lines : "\n");
}

/** Print lines of sentences, folded: a line goes on in the next one, but where a sentence ends. */
static void print_sentences(FILE *out, const char *text)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	_cleanup_buf_ struct ks_buf folded = { 0 };
	for (; *text; text++) {
		bool ends = *text == '\n' && (!text[1] || text[-1] == '.');
		if (!ends) {
			ks_buf_char(&line, *text == '\n' ? ' ' : *text);
			continue;
		}
		ks_table_wrap(ks_buf_text(&line) ? line.at : "", 0, &folded);
		line.len = 0;
	}
	fputs(ks_buf_text(&folded) ? folded.at : "", out);
}

static void print_opts(FILE *out, const struct ks_opt *opts)
{
	for (const struct ks_opt *o = opts; o && o->name; o++) {
		int width = o->letter ? fprintf(out, "  -%c, --%s", o->letter, o->name)
				      : fprintf(out, "      --%s", o->name);
		if (o->arg)
			width += fprintf(out, " %s", o->arg);
		if (o->help) {
			print_from(out, COLUMN, width, o->help);
			continue;
		}
		_cleanup_buf_ struct ks_buf formats = { 0 };
		ks_opt_help(o, "\n" INDENT, &formats);
		const char *text = ks_buf_text(&formats);
		fprintf(out, "%*s%s\n", width < COLUMN ? COLUMN - width : 1, "", text ? text : "");
	}
}

static void print_all(FILE *out)
{
	fputs("usage: ksurf COMMAND [OPTION]... [ARGUMENT]...\n"
	      "What an eBPF program may depend on in Linux kernels, symbol by symbol.\n\n"
	      "Commands:\n",
	      out);
	for (size_t i = 0; ks_cmds[i]; i++)
		print_from(out, 14, fprintf(out, "  %s", ks_cmds[i]->name), ks_cmds[i]->help);
	fputs("\nOptions of every command:\n", out);
	print_opts(out, ks_cli_opts);
	fputs("\nExit status:\n", out);
	for (const struct ks_status *s = ks_statuses; s->meaning; s++)
		print_from(out, 5, fprintf(out, "  %d", s->code), s->meaning);
	fputs("\nksurf COMMAND --help tells more about a command.\n", out);
}

void ks_help_print(FILE *out, const struct ks_cmd *cmd)
{
	if (!cmd) {
		print_all(out);
		return;
	}
	fprintf(out, "usage: ksurf %s%s%s%s\n%c%s.\n", cmd->name, cmd->opts ? " [OPTION]..." : "",
		cmd->args[0] ? " " : "", cmd->args, cmd->help[0] - 'a' + 'A', cmd->help + 1);
	if (cmd->details) {
		fputc('\n', out);
		print_sentences(out, cmd->details);
	}
	if (cmd->opts) {
		fputs("\nOptions:\n", out);
		print_opts(out, cmd->opts);
	}
	if (cmd->explain)
		cmd->explain(out);
	fputs("\nOptions of every command:\n", out);
	print_opts(out, ks_cli_opts);
}

static struct ks_error *help(struct ks_cli *cli, const void *opts, int argc, char **argv)
{
	(void)cli;
	(void)opts;
	const struct ks_cmd *cmd = argc == 1 ? ks_cmd_by_name(argv[0]) : NULL;
	if (argc > 1)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf help [COMMAND]");
	if (argc == 1 && !cmd)
		return ks_cmd_unknown(argv[0]);
	ks_help_print(stdout, cmd);
	return NULL;
}

static struct ks_error *version(struct ks_cli *cli, const void *opts, int argc, char **argv)
{
	(void)opts;
	(void)argv;
	if (argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf version");
	if (!cli->json) {
		puts("ksurf " KSURF_VERSION);
		return NULL;
	}
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_json json = ks_json_to(&out, 2);
	ks_json_open(&json, '{');
	ks_json_key_u64(&json, "ksurf", 1);
	ks_json_key_str(&json, "version", KSURF_VERSION);
	ks_json_close(&json, '}');
	return ks_cli_print_json(&out);
}

const struct ks_cmd ks_cmd_help = {
	.name = "help",
	.args = "[COMMAND]",
	.help = "explain a command",
	.complete = "command",
	.run = help,
};

const struct ks_cmd ks_cmd_version = {
	.name = "version",
	.args = "",
	.help = "show the version",
	.complete = "",
	.json = true,
	.run = version,
};
