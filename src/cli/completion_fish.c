/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

static void fish_opts(const char *when, const struct ks_opt *opts)
{
	for (const struct ks_opt *o = opts; o && o->name; o++) {
		printf("complete -c ksurf %s -l %s", when, o->name);
		if (o->letter)
			printf(" -s %c", o->letter);
		if (o->arg)
			fputs(" -r", stdout);
		if (ks_completion_has_values(o)) {
			fputs(" -fa '", stdout);
			ks_completion_values(o);
			putchar('\'');
		}
		fputs(" -d '", stdout);
		ks_completion_help(o);
		fputs("'\n", stdout);
	}
}

/** What a command's arguments may be, wherever they stand: fish is not told of their order. */
static void fish_args(const char *when, const char *complete)
{
	static const struct {
		const char *what, *words; // NULL: out of a table
		void (*print)(void);
	} sources[] = {
		{ "command", NULL, ks_completion_commands },
		{ "kind", NULL, ks_completion_kinds },
		{ "image", "(ksurf images --names 2>/dev/null)", NULL },
		{ "package", "(apt-cache --no-generate pkgnames (commandline -ct) 2>/dev/null)",
		  NULL },
		{ "shell", "bash zsh fish", NULL },
	};
	bool files =
		strstr(complete, "file") || strstr(complete, "dir") || strstr(complete, "store");
	for (size_t i = 0; i < KS_ARRAY_LEN(sources); i++) {
		if (!strstr(complete, sources[i].what))
			continue;
		printf("complete -c ksurf %s %s '", when, files ? "-a" : "-fa");
		if (sources[i].print)
			sources[i].print();
		else
			fputs(sources[i].words, stdout);
		fputs("'\n", stdout);
	}
}

void ks_completion_fish(void)
{
	fputs("# fish completion of ksurf, made by 'ksurf completion fish'\n", stdout);
	fish_opts("", ks_cli_opts);
	for (size_t i = 0; ks_cmds[i]; i++) {
		const struct ks_cmd *cmd = ks_cmds[i];
		printf("complete -c ksurf -n __fish_use_subcommand -fa %s -d '", cmd->name);
		ks_completion_quoted(cmd->help);
		fputs("'\n", stdout);
		char when[64];
		snprintf(when, sizeof(when), "-n '__fish_seen_subcommand_from %s'", cmd->name);
		fish_opts(when, cmd->opts);
		fish_args(when, cmd->complete);
	}
}
