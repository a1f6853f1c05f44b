/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "source/net/proof.h"

/** Whether a checksum is a SHA512. */
static bool is_long(const char *checksum)
{
	return checksum && strlen(checksum) == (size_t)2 * SHA512_DIGEST_SIZE;
}

struct ks_error *ks_proof_init(struct ks_proof *proof, const char *sha256)
{
	*proof = (struct ks_proof){ .kept_in = { -1 } };
	if (is_long(sha256))
		sha512_init(&proof->sha512);
	else
		sha256_init(&proof->sha);
	proof->sha256 = sha256 ? strdup(sha256) : NULL;
	return sha256 && !proof->sha256 ? &ks_nomem : NULL;
}

void ks_proof_deinit(struct ks_proof *proof)
{
	free(proof->sha256);
	ks_tmpfile_close(&proof->kept_in);
	ks_vector_deinit(&proof->kept);
}

size_t ks_proof_kept(const struct ks_proof *proof, uint64_t offset, size_t len)
{
	for (size_t i = 0; i < proof->kept.len; i++) {
		const struct ks_proof_range *range = &proof->kept.at[i];
		if (offset >= range->begin && offset < range->end)
			return range->end - offset < len ? (size_t)(range->end - offset) : len;
	}
	return 0;
}

size_t ks_proof_new(const struct ks_proof *proof, uint64_t offset, size_t len)
{
	for (size_t i = 0; i < proof->kept.len; i++) {
		uint64_t begin = proof->kept.at[i].begin;
		if (begin > offset && begin - offset < len)
			len = (size_t)(begin - offset);
	}
	return len;
}

struct ks_error *ks_proof_read(struct ks_proof *proof, uint64_t offset, void *buf, size_t len)
{
	return ks_tmpfile_read(&proof->kept_in, offset, buf, len);
}

static struct ks_error *keep(struct ks_proof *proof, uint64_t offset, const void *bytes, size_t len,
			     uint64_t size)
{
	if (proof->kept_in.fd < 0)
		KS_TRY(ks_tmpfile_open(&proof->kept_in, size - proof->hashed));
	KS_TRY(ks_tmpfile_write(&proof->kept_in, offset, bytes, len));
	struct ks_proof_range *last = proof->kept.len ? &proof->kept.at[proof->kept.len - 1] : NULL;
	if (last && last->end == offset) {
		last->end += len;
		return NULL;
	}
	if (last && last->begin == offset + len) { // read from the end towards the start
		last->begin = offset;
		return NULL;
	}
	const struct ks_proof_range range = { offset, offset + len };
	return ks_vector_add(&proof->kept, range) ? NULL : &ks_nomem;
}

/** @param[out] digest of so many bytes */
static size_t digest_of(const struct ks_proof *proof, uint8_t digest[SHA512_DIGEST_SIZE])
{
	if (is_long(proof->sha256)) {
		struct sha512_ctx sha = proof->sha512; // the end may be met more than once
		sha512_digest(&sha, SHA512_DIGEST_SIZE, digest);
		return SHA512_DIGEST_SIZE;
	}
	struct sha256_ctx sha = proof->sha;
	sha256_digest(&sha, SHA256_DIGEST_SIZE, digest);
	return SHA256_DIGEST_SIZE;
}

static struct ks_error *compare(struct ks_proof *proof)
{
	uint8_t digest[SHA512_DIGEST_SIZE];
	char hex[2 * SHA512_DIGEST_SIZE + 1];
	size_t len = digest_of(proof, digest);
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	if (strcasecmp(hex, proof->sha256) != 0)
		return ks_error_new(KS_ERR_DATA, "the bytes that came have SHA%zu %s, not %s",
				    8 * len, hex, proof->sha256);
	proof->proven = !proof->again;
	return NULL;
}

static void hash(struct ks_proof *proof, const uint8_t *bytes, size_t len)
{
	if (is_long(proof->sha256))
		sha512_update(&proof->sha512, len, bytes);
	else
		sha256_update(&proof->sha, len, bytes);
}

struct ks_error *ks_proof_take(struct ks_proof *proof, uint64_t offset, const void *bytes,
			       size_t len, uint64_t size)
{
	if (!proof->sha256)
		return NULL;
	if (offset > proof->hashed)
		return ks_proof_kept(proof, offset, len) ? NULL
							 : keep(proof, offset, bytes, len, size);
	size_t known = proof->hashed - offset < len ? (size_t)(proof->hashed - offset) : len;
	proof->again = proof->again || known;
	hash(proof, (const uint8_t *)bytes + known, len - known);
	proof->hashed += len - known;
	return proof->hashed == size ? compare(proof) : NULL;
}

uint64_t ks_proof_missing(const struct ks_proof *proof, uint64_t size)
{
	uint64_t missing = size > proof->hashed ? size - proof->hashed : 0;
	for (size_t i = 0; i < proof->kept.len; i++) {
		const struct ks_proof_range *range = &proof->kept.at[i];
		if (range->end > proof->hashed)
			missing -= range->end -
				   (range->begin > proof->hashed ? range->begin : proof->hashed);
	}
	return missing;
}
