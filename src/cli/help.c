/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/format.h"
#include "cli/status.h"

/** Where what options are for begins. */
#define INDENT "                            "
enum { COLUMN = sizeof(INDENT) - 1 };

static void print_opts(FILE *out, const struct ks_opt *opts)
{
	for (const struct ks_opt *o = opts; o && o->name; o++) {
		int width = o->letter ? fprintf(out, "  -%c, --%s", o->letter, o->name)
				      : fprintf(out, "      --%s", o->name);
		if (o->arg)
			width += fprintf(out, " %s", o->arg);
		_cleanup_buf_ struct ks_buf help = { 0 };
		ks_opt_help(o, "\n" INDENT, &help);
		const char *text = ks_buf_text(&help);
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
		fprintf(out, "  %-12s%s\n", ks_cmds[i]->name, ks_cmds[i]->help);
	fputs("\nOptions of every command:\n", out);
	print_opts(out, ks_cli_opts);
	fputs("\nExit status:\n", out);
	for (const struct ks_status *s = ks_statuses; s->meaning; s++)
		fprintf(out, "  %d  %s\n", s->code, s->meaning);
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
	if (cmd->details)
		fprintf(out, "\n%s", cmd->details);
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
		return ks_error_new(KS_ERR_USAGE, "no help: there is no command '%s'", argv[0]);
	ks_help_print(stdout, cmd);
	return NULL;
}

static struct ks_error *version(struct ks_cli *cli, const void *opts, int argc, char **argv)
{
	(void)cli;
	(void)opts;
	(void)argv;
	if (argc)
		return ks_error_new(KS_ERR_USAGE, "usage: ksurf version");
	puts("ksurf " KSURF_VERSION);
	return NULL;
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
	.run = version,
};
