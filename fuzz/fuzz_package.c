/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a package: an error or a vmlinux, within the limits. Seeds: one small package of each packing. */
#include <stdlib.h>

#include "source/input.h"
#include "source/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	// Small bounds: the search from the end begins after the first kilobyte.
	static const struct ks_package_limits limits = {
		.vmlinux_max = 1 << 20,
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
	return 0;
}
