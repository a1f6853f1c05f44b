/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The texts that come with a kernel. The first byte of an input says which: 'm' for a System.map, 'c' for a
 * configuration.
 */
#include <stdlib.h>
#include <string.h>

#include "extract/symbols/kallsyms.h"
#include "surface/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	if (len == 0)
		return 0;
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	char *text = strndup((const char *)bytes + 1, len - 1);
	struct ks_error *err = NULL;
	if (surface && text && bytes[0] == 'm')
		err = ks_system_map_read(NULL, text, surface);
	else if (surface && text && bytes[0] == 'c')
		err = ks_config_read(surface, &surface->arenas[0], text);
	ks_error_free(err);
	free(text);
	return 0;
}
