/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * The front of a package that is signed by itself: what the signature is of, and what the signed part says of all that follows. RPM signs the
 * header, which has the checksum of the packed files (rpm: docs/manual/format_v4.md); Alpine's packages are three gzip members, of which the
 * first signs the second, and that has the checksum of the third (apk-tools: doc/apk-package.5.scd).
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/** A signature, whose key nobody has asked for yet. */
struct ks_detached {
	struct ks_buf bytes;
	/** Of an RSA signature: "sha256", "sha512"; NULL: OpenPGP, one or several packets. */
	const char *digest;
};

/** A zeroed struct is empty. */
struct ks_front {
	struct ks_detached signature;
	size_t signed_at, signed_end; // what it is of: offsets in the file
	size_t end;		      // of the front
	char rest[129];		      // checksum of what follows, as hex: SHA256, or SHA512
	char *name, *version, *arch;  // as the signed part says; NULL: it does not
};

/**
 * The front of a package of RPM's or Alpine's kind: what is signed, and what that says.
 * @param bytes len of them from the start of a package; all that is pointed to is in them
 * @return KS_ERR_DATA when more bytes are needed, when it is damaged or of another kind, and when nobody has signed it in a way that counts
 */
KS_MUST_CHECK struct ks_error *ks_front_read_rpm(const uint8_t *bytes, size_t len,
						 struct ks_front *ret);
KS_MUST_CHECK struct ks_error *ks_front_read_apk(const uint8_t *bytes, size_t len,
						 struct ks_front *ret);
void ks_front_deinit(struct ks_front *front);
#define _cleanup_front_ __attribute__((__cleanup__(ks_front_deinit)))

/**
 * The signature in the first gzip member of a package or an index of Alpine's.
 * @param[out] end where that member ends and what is signed begins
 * @return KS_ERR_DATA when there is none, or none that counts
 */
KS_MUST_CHECK struct ks_error *ks_apk_signature(const uint8_t *bytes, size_t len,
						struct ks_detached *ret, size_t *end);
