/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "arch/version.h"

uint32_t ks_version_of(const char *text)
{
	uint32_t part[3] = { 0 };
	size_t nr = 0;
	for (const char *p = text; p && *p >= '0' && *p <= '9' && nr < 3; nr++) {
		while (*p >= '0' && *p <= '9' && part[nr] < 100000)
			part[nr] = part[nr] * 10 + (uint32_t)(*p++ - '0');
		if (*p == '.')
			p++;
	}
	return nr < 2 ? 0 : ks_version(part[0], part[1], part[2]);
}
