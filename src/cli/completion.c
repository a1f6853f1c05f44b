/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/completion.h"

#include <string.h>

#include "base/array.h"

static struct ks_error *completion(struct ks_cli *cli, const void *opts, int argc, char **argv)
{
	(void)cli;
	(void)opts;
	static const struct {
		const char *shell;
		void (*print)(void);
	} shells[] = { { "bash", ks_completion_bash },
		       { "zsh", ks_completion_zsh },
		       { "fish", ks_completion_fish } };
	for (size_t i = 0; argc == 1 && i < KS_ARRAY_LEN(shells); i++)
		if (strcmp(shells[i].shell, argv[0]) == 0) {
			shells[i].print();
			return NULL;
		}
	return ks_error_new(KS_ERR_USAGE, "usage: ksurf completion bash|zsh|fish");
}

const struct ks_cmd ks_cmd_completion = {
	.name = "completion",
	.args = "bash|zsh|fish",
	.help = "print a script that completes ksurf's command line in a shell",
	.complete = "shell",
	.run = completion,
};
