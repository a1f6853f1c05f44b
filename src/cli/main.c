/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/cmd.h"

int main(int argc, char **argv)
{
	return ks_cli_main(argc, argv);
}
