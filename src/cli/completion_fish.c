/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

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
		if (strncmp(cmd->complete, "kind", 4) == 0) {
			printf("complete -c ksurf %s -fa '", when);
			ks_completion_kinds();
			fputs("'\n", stdout);
		} else if (strcmp(cmd->complete, "image dir") == 0) {
			printf("complete -c ksurf %s -a '(ksurf images --names 2>/dev/null)'\n",
			       when);
		}
	}
}
