/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/package/kernel_name.h"

#include <string.h>

#include "base/array.h"

/** Longer ones first. */
static const struct affix {
	const char *text;
	enum ks_kernel_role role;
} prefixes[] = {
	{ "linux-image-unsigned-", KS_KERNEL_IMAGE },  { "linux-image-", KS_KERNEL_IMAGE },
	{ "linux-binary-unsigned-", KS_KERNEL_IMAGE }, { "linux-binary-", KS_KERNEL_IMAGE },
	{ "linux-modules-", KS_KERNEL_CONFIG },	       { "linux-base-", KS_KERNEL_CONFIG },
};
static const struct affix suffixes[] = {
	{ "-dbgsym", KS_KERNEL_DEBUG },
	{ "-dbg", KS_KERNEL_DEBUG },
	{ "-unsigned", KS_KERNEL_IMAGE },
};

/** Cut a suffix off, which counts more than the prefix. */
static void cut_suffix(struct ks_kernel_name *name)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(suffixes); i++) {
		size_t n = strlen(suffixes[i].text);
		if (name->len <= n ||
		    memcmp(name->kernel + name->len - n, suffixes[i].text, n) != 0)
			continue;
		name->len -= n;
		name->role = suffixes[i].role;
		return;
	}
}

bool ks_kernel_name_read(const char *name, size_t len, struct ks_kernel_name *ret)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(prefixes); i++) {
		size_t n = strlen(prefixes[i].text);
		if (len <= n || memcmp(name, prefixes[i].text, n) != 0)
			continue;
		*ret = (struct ks_kernel_name){ prefixes[i].role, name + n, len - n };
		cut_suffix(ret);
		return true;
	}
	return false;
}
