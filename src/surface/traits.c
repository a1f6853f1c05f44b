/* SPDX-License-Identifier: BSD-2-Clause */
#include "surface/traits.h"

#include <string.h>

const char *const ks_transform_texts[KS_NR_TRANSFORMS] = {
	[KS_TRANSFORM_NONE] = "none",		[KS_TRANSFORM_ISRA] = "isra",
	[KS_TRANSFORM_CONSTPROP] = "constprop", [KS_TRANSFORM_PART] = "part",
	[KS_TRANSFORM_COLD] = "cold",		[KS_TRANSFORM_SEVERAL] = "several",
	[KS_TRANSFORM_OTHER] = "other",
};

static enum ks_transform transform_of_part(const char *part, size_t len)
{
	for (enum ks_transform t = KS_TRANSFORM_ISRA; t <= KS_TRANSFORM_COLD; t++)
		if (strlen(ks_transform_texts[t]) == len &&
		    strncmp(ks_transform_texts[t], part, len) == 0)
			return t;
	return KS_TRANSFORM_OTHER;
}

enum ks_transform ks_transform_of(const char *symbol)
{
	const char *dot = strchr(symbol, '.');
	enum ks_transform transform = KS_TRANSFORM_NONE;
	bool transformed = dot;
	while (dot) {
		const char *part = dot + 1;
		size_t len = strcspn(part, ".");
		dot = part[len] ? part + len : NULL;
		if (strspn(part, "0123456789") >= len)
			continue;
		transform = transform == KS_TRANSFORM_NONE ? transform_of_part(part, len)
							   : KS_TRANSFORM_SEVERAL;
	}
	// "x.123" has a suffix as well, if a meaningless one [D]
	return transformed && transform == KS_TRANSFORM_NONE ? KS_TRANSFORM_OTHER : transform;
}

bool ks_symbol_is_prefix(const char *name)
{
	return strncmp(name, "__pfx", 5) == 0 || strncmp(name, "__cfi_", 6) == 0;
}
