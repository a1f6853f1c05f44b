/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a package: an error, or a vmlinux and modules, within the limits. Seeds: small ones of each packing. */
#include <stdlib.h>

#include "source/input.h"
#include "source/package/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static struct ks_error *take_module(void *arg, const char *path, uint8_t *bytes, size_t len)
{
	const struct ks_package_limits *limits = arg;
	char name[KS_MODULE_NAME_MAX];
	if (len > limits->module_max || !ks_module_name(path, name, sizeof(name)))
		abort();
	for (size_t i = 0; i < len; i++)
		if (bytes[i] == 0xff)
			break; // all of them can be read
	free(bytes);
	return NULL;
}

static void go_through_modules(const uint8_t *bytes, size_t len,
			       const struct ks_package_limits *limits)
{
	const struct ks_package_modules modules = { .fn = take_module, .arg = (void *)limits };
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_error_ struct ks_error *err = ks_input_memory(bytes, len, &in);
	if (!err)
		err = ks_package_modules(in, limits, NULL, &modules);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	// Small bounds: the search from the end begins after the first kilobyte.
	static const struct ks_package_limits limits = {
		.vmlinux_max = 1 << 20,
		.module_max = 1 << 16,
		.unpacked_max = 4 << 20,
		.probe = 1024,
		.search_max = 2 << 20,
	};
	for (int wish = KS_PACKAGE_VMLINUX; wish <= KS_PACKAGE_CONFIG; wish++) {
		_cleanup_input_ struct ks_input *in = NULL;
		_cleanup_package_ struct ks_package package = { 0 };
		_cleanup_error_ struct ks_error *err = ks_input_memory(bytes, len, &in);
		if (!err)
			err = ks_package_read(in, (enum ks_package_wish)wish, &limits, NULL,
					      &package);
		if (!err && wish == KS_PACKAGE_VMLINUX && package.vmlinux.len > limits.vmlinux_max)
			abort();
	}
	go_through_modules(bytes, len, &limits);
	return 0;
}
