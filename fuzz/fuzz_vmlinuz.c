/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as a boot image: an error, or a kernel within the limits. Seeds: small images of each kind and packing. */
#include <stdlib.h>

#include "source/vmlinuz/vmlinuz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct ks_package_limits limits = { .vmlinux_max = 1 << 18 };
	_cleanup_unpacked_kernel_ struct ks_unpacked_kernel kernel = { 0 };
	_cleanup_error_ struct ks_error *err = ks_vmlinuz_open(bytes, len, &limits, NULL, &kernel);
	if (!err && kernel.len > limits.vmlinux_max && kernel.map.base)
		abort();
	return 0;
}
