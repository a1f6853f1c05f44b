/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as the front of a package that is signed by itself. Seeds: small packages, signed and not. */
#include <stdlib.h>
#include <string.h>

#include "source/package/front.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/** What is told of a front is in these bytes, and the rest has a checksum. */
static void check(const struct ks_front *front, size_t len)
{
	size_t sum = strlen(front->rest);
	if (front->signed_at > front->signed_end || front->signed_end > front->end ||
	    front->end > len || !front->signature.bytes.len || (sum != 64 && sum != 128))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_front_ struct ks_front rpm = { 0 }, apk = { 0 };
	_cleanup_error_ struct ks_error *rpm_err = ks_front_read_rpm(bytes, len, &rpm);
	_cleanup_error_ struct ks_error *apk_err = ks_front_read_apk(bytes, len, &apk);
	if (!rpm_err)
		check(&rpm, len);
	if (!apk_err)
		check(&apk, len);
	return 0;
}
