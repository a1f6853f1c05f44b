/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/completion.h"

#include <stdio.h>

static void bash_values(const char *cmd, const struct ks_opt *opts)
{
	for (const struct ks_opt *o = opts; o && o->name; o++) {
		if (!o->arg)
			continue;
		printf("\t%s:--%s", cmd, o->name);
		if (o->letter)
			printf("|%s:-%c", cmd, o->letter);
		fputs(") words='", stdout);
		ks_completion_values(o);
		printf("'; what=%s ;;\n", ks_completion_has_values(o) ? "words" : o->arg);
	}
}

void ks_completion_bash(void)
{
	fputs("# bash completion of ksurf, made by 'ksurf completion bash'\n"
	      "_ksurf()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal i word cmd='' kind='' opts='' args='' what='' words='' nr=0\n"
	      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tword=${COMP_WORDS[i]}\n"
	      "\t\tif [[ $word == -* ]]; then continue; fi\n"
	      "\t\tif [[ -z $cmd ]]; then cmd=$word; continue; fi\n"
	      "\t\t((nr++)) || kind=$word\n"
	      "\tdone\n\tcase $cmd in\n",
	      stdout);
	fputs("\t'') opts='", stdout);
	ks_completion_names(ks_cli_opts);
	fputs("'; args='command' ;;\n", stdout);
	for (size_t i = 0; ks_cmds[i]; i++) {
		printf("\t%s) opts='", ks_cmds[i]->name);
		ks_completion_names(ks_cmds[i]->opts);
		ks_completion_names(ks_cli_opts);
		printf("'; args='%s' ;;\n", ks_cmds[i]->complete);
	}
	fputs("\tesac\n\tread -ra args <<< \"$args\"\n"
	      "\twhat=${args[nr < ${#args[@]} ? nr : ${#args[@]} - 1]}\n"
	      "\tif [[ $cur == -* ]]; then what=words; words=$opts; fi\n"
	      "\tcase $cmd:$prev in\n",
	      stdout);
	for (size_t i = 0; ks_cmds[i]; i++)
		bash_values(ks_cmds[i]->name, ks_cmds[i]->opts);
	bash_values("*", ks_cli_opts);
	fputs("\tesac\n\tcase $what in\n\tcommand) words='", stdout);
	ks_completion_commands();
	fputs("' ;;\n\tkind) words='", stdout);
	ks_completion_kinds();
	fputs("' ;;\n"
	      "\tshell) words='bash zsh fish' ;;\n"
	      "\timage|IMAGE|GLOB) words=$(ksurf images --names 2>/dev/null) ;;\n"
	      "\tname) words=$(ksurf find --names --limit 200 --kind \"$kind\" \"$cur*\" "
	      "2>/dev/null) ;;\n"
	      "\tpackage) words=$(apt-cache --no-generate pkgnames \"$cur\" 2>/dev/null) ;;\n"
	      "\tdir|DIR) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); "
	      "return ;;\n"
	      "\tfile|store|PATH) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "
	      "\"$cur\"); return ;;\n"
	      "\tesac\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	      "}\ncomplete -F _ksurf ksurf\n",
	      stdout);
}
