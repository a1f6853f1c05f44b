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

/** Behind "kernel" and the names of flavours in packages of RPM. What is left says the role. */
static const struct {
	const char *text;
	enum ks_kernel_role role;
} tails[] = {
	{ "-core", KS_KERNEL_IMAGE },
	{ "-debuginfo", KS_KERNEL_DEBUG },
	{ "-modules-core", KS_KERNEL_CONFIG },
	{ "-modules", KS_KERNEL_CONFIG },
	{ "", KS_KERNEL_IMAGE },
};
/** Words that kernels of RPM archives have in their names. */
static const char *const rpm_flavors[] = { "",	   "-default",	  "-azure",	    "-64kb",
					   "-rt",  "-rt-64k",	  "-64k",	    "-debug",
					   "-uek", "-uek64k",	  "-longterm",	    "-lt",
					   "-ml",  "-automotive", "-longterm-debug" };
static const char *const others[] = { "linux",	   "linux-lts",	   "linux-zen",	 "linux-hardened",
				      "linux-rt",  "linux-rt-lts", "linux-virt", "linux-edge",
				      "linux-rpi", "linux-stable" };

static bool is_text(const char *a, size_t len, const char *b)
{
	return strlen(b) == len && memcmp(a, b, len) == 0;
}

/** "kernel-rt-core": what stands between "kernel", with a series or not (Amazon's kernel6.12), and the tail. */
static bool is_rpm_kernel(const char *name, size_t len, enum ks_kernel_role *ret)
{
	static const char word[] = "kernel";
	if (len < sizeof(word) - 1 || memcmp(name, word, sizeof(word) - 1) != 0)
		return false;
	const char *at = name + sizeof(word) - 1, *end = name + len;
	while (at < end && strchr("0123456789.", *at))
		at++;
	for (size_t i = 0; i < KS_ARRAY_LEN(tails); i++)
		for (size_t k = 0; k < KS_ARRAY_LEN(rpm_flavors); k++) {
			size_t n = strlen(rpm_flavors[k]);
			if ((size_t)(end - at) < n || memcmp(at, rpm_flavors[k], n) != 0 ||
			    !is_text(at + n, (size_t)(end - at) - n, tails[i].text))
				continue;
			*ret = tails[i].role;
			return true;
		}
	return false;
}

bool ks_kernel_name_bare(const char *name, size_t len, enum ks_kernel_role *ret)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(others); i++)
		if (is_text(name, len, others[i])) {
			*ret = KS_KERNEL_IMAGE;
			return true;
		}
	return is_rpm_kernel(name, len, ret);
}

/** Whether a text begins as a release does, "6.1": flavours such as 64k do not. */
static bool is_release(const char *text, size_t len)
{
	size_t digits = 0;
	while (digits < len && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	return digits && digits < len && text[digits] == '.';
}

/** "NAME-RELEASE", or NAME alone. */
static bool read_other(const char *name, size_t len, struct ks_kernel_name *ret)
{
	enum ks_kernel_role role;
	size_t dash = 0;
	while (dash + 1 < len &&
	       !(name[dash] == '-' && is_release(name + dash + 1, len - dash - 1)))
		dash++;
	bool has_release = dash + 1 < len;
	if (!ks_kernel_name_bare(name, has_release ? dash : len, &role))
		return false;
	*ret = (struct ks_kernel_name){ role, has_release ? name + dash + 1 : name,
					has_release ? len - dash - 1 : len };
	return true;
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
	return read_other(name, len, ret);
}
