/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/buf.h"
#include "base/error.h"
#include "source/net/keys.h"
#include "source/package/front.h"

/**
 * Replace a signed text by the part of it that somebody signed whose key is among these: one good signature is enough, none
 * may be bad. gpgv does the work.
 * @return KS_ERR_DATA when nobody did, KS_ERR_NOTFOUND when gpgv is not installed
 */
KS_MUST_CHECK struct ks_error *ks_signature_verify(const struct ks_keys *keys, struct ks_buf *text);
/** The same of bytes whose signature stands apart from them, armored or not. */
KS_MUST_CHECK struct ks_error *ks_signature_verify_apart(const struct ks_keys *keys,
							 const struct ks_buf *signature,
							 const struct ks_buf *bytes);
/** The same of a file, from where it is read. */
KS_MUST_CHECK struct ks_error *ks_signature_verify_file(const struct ks_keys *keys,
							const struct ks_buf *signature, int fd);
/**
 * The same of a signature of either kind. RSA keys are those in PEM ("BEGIN PUBLIC KEY") among the keys; openssl does the work there, and
 * KS_ERR_NOTFOUND says that it is not installed.
 */
KS_MUST_CHECK struct ks_error *ks_signature_verify_detached(const struct ks_keys *keys,
							    const struct ks_detached *signature,
							    const struct ks_buf *bytes);
