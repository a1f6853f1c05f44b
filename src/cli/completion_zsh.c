/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"
#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

static void zsh_action(const char *what)
{
	static const struct {
		const char *what, *action;
	} actions[] = {
		{ "command", ":command:_ksurf_commands" },
		{ "kind", ":kind:_ksurf_kinds" },
		{ "name", ":name:_ksurf_names" },
		{ "image", ":image:_ksurf_images" },
		{ "IMAGE", ":image:_ksurf_images" },
		{ "GLOB", ":image:_ksurf_images" },
		{ "shell", ":shell:(bash zsh fish)" },
		{ "package", ":package:_ksurf_packages" },
		{ "dir", ":directory:_files -/" },
		{ "DIR", ":directory:_files -/" },
		{ "file", ":file:_files" },
		{ "store", ":store:_files" },
		{ "PATH", ":file:_files" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].what, what) == 0) {
			fputs(actions[i].action, stdout);
			return;
		}
	fputs(":value: ", stdout);
}

static void zsh_opts(const struct ks_opt *opts)
{
	for (const struct ks_opt *o = opts; o && o->name; o++) {
		printf("\t\t'--%s[", o->name);
		ks_completion_help(o);
		putchar(']');
		if (ks_completion_has_values(o)) {
			fputs(":value:(", stdout);
			ks_completion_values(o);
			putchar(')');
		} else if (o->arg) {
			zsh_action(o->arg);
		}
		fputs("' \\\n", stdout);
	}
}

static void zsh_args(const char *complete)
{
	char what[16];
	int used;
	for (int nr = 1; sscanf(complete, "%15s%n", what, &used) == 1; nr++) {
		complete += used;
		// The first argument that zsh counts is the command itself.
		printf(complete[0] ? "\t\t'%d" : "\t\t'*", nr);
		zsh_action(what);
		fputs("' \\\n", stdout);
	}
}

void ks_completion_zsh(void)
{
	fputs("#compdef ksurf\n# zsh completion of ksurf, made by 'ksurf completion zsh'\n"
	      "_ksurf_commands() { local -a c; c=(\n",
	      stdout);
	for (size_t i = 0; ks_cmds[i]; i++) {
		printf("\t'%s:", ks_cmds[i]->name);
		ks_completion_quoted(ks_cmds[i]->help);
		fputs("'\n", stdout);
	}
	fputs("\t); _describe command c; }\n_ksurf_kinds() { compadd ", stdout);
	ks_completion_kinds();
	fputs("; }\n"
	      "_ksurf_names() { compadd -- ${(f)\"$(ksurf find --names --limit 200 --kind "
	      "\"${line[1]}\""
	      " \"$PREFIX*\" 2>/dev/null)\"}; }\n"
	      "_ksurf_images() { compadd -- ${(f)\"$(ksurf images --names 2>/dev/null)\"}; }\n"
	      "_ksurf_packages() { compadd -- ${(f)\"$(apt-cache --no-generate pkgnames \"$PREFIX\""
	      " 2>/dev/null)\"}; }\n"
	      "_ksurf() {\n\tlocal line state\n"
	      "\t_arguments -C '1:command:_ksurf_commands' '*::argument:->arguments' && return\n"
	      "\tcase $words[1] in\n",
	      stdout);
	for (size_t i = 0; ks_cmds[i]; i++) {
		printf("\t%s) _arguments \\\n", ks_cmds[i]->name);
		zsh_opts(ks_cmds[i]->opts);
		zsh_opts(ks_cli_opts);
		zsh_args(ks_cmds[i]->complete);
		fputs("\t\t&& return ;;\n", stdout);
	}
	fputs("\tesac\n}\n_ksurf \"$@\"\n", stdout);
}
