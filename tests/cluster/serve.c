/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An archive of eight small kernels on loopback, the set mini:6: prints the folder of its table of sets, and ends with its standard input. A digit there
 * says whose package nobody gets for now; 0: all are sent.
 */
#include <stdio.h>
#include <unistd.h>

#include "mini_archive.h"

int main(void)
{
	struct mini_archive archive;
	if (!mini_archive_begin(&archive))
		return 77;
	for (unsigned int nr = 1; nr <= MINI_RELEASES; nr++)
		mini_archive_release(&archive, nr, false);
	puts(archive.dir);
	fflush(stdout);
	for (char byte; read(STDIN_FILENO, &byte, 1) > 0;)
		if (byte >= '0' && byte <= '0' + MINI_RELEASES)
			atomic_store(&archive.server.held,
				     byte == '0' ? NULL : archive.paths[byte - '0']);
	atomic_store(&archive.server.held, NULL);
	mini_archive_end(&archive);
	return 0;
}
