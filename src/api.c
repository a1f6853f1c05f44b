/* SPDX-License-Identifier: BSD-2-Clause */
#include <ksurf/ksurf.h>

const char *ksurf_version(void)
{
	return KSURF_VERSION;
}
