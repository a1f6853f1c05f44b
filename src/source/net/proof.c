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

static void begin_piece(struct ks_proof *proof, const char *sum)
{
	if (is_long(sum))
		sha512_init(&proof->sha512);
	else
		sha256_init(&proof->sha);
}

struct ks_error *ks_proof_init(struct ks_proof *proof, const struct ks_proof_sums *sums)
{
	*proof = (struct ks_proof){ .kept_in = { -1 }, .split = sums->split };
	begin_piece(proof, sums->sha256);
	proof->sums[0] = sums->sha256 ? strdup(sums->sha256) : NULL;
	proof->sums[1] = sums->split ? strdup(sums->rest) : NULL;
	return !proof->sums[0] != !sums->sha256 || !proof->sums[1] != !sums->split ? &ks_nomem
										   : NULL;
}

void ks_proof_deinit(struct ks_proof *proof)
{
	free(proof->sums[0]);
	free(proof->sums[1]);
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
static size_t digest_of(const struct ks_proof *proof, const char *sum,
			uint8_t digest[SHA512_DIGEST_SIZE])
{
	if (is_long(sum)) {
		struct sha512_ctx sha = proof->sha512; // the end may be met more than once
		sha512_digest(&sha, SHA512_DIGEST_SIZE, digest);
		return SHA512_DIGEST_SIZE;
	}
	struct sha256_ctx sha = proof->sha;
	sha256_digest(&sha, SHA256_DIGEST_SIZE, digest);
	return SHA256_DIGEST_SIZE;
}

/** Compare a piece, all of which was hashed. */
static struct ks_error *compare(const struct ks_proof *proof, const char *sum)
{
	uint8_t digest[SHA512_DIGEST_SIZE];
	char hex[2 * SHA512_DIGEST_SIZE + 1];
	size_t len = digest_of(proof, sum, digest);
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	if (strcasecmp(hex, sum) != 0)
		return ks_error_new(KS_ERR_DATA, "the bytes that came have SHA%zu %s, not %s",
				    8 * len, hex, sum);
	return NULL;
}

/** Hash what follows what was hashed, all of it in one piece. */
static void hash(struct ks_proof *proof, const char *sum, const uint8_t *bytes, size_t len)
{
	if (is_long(sum))
		sha512_update(&proof->sha512, len, bytes);
	else
		sha256_update(&proof->sha, len, bytes);
	proof->hashed += len;
}

/** The same, up to where the first piece ends, which is compared then. @return how much that is */
static struct ks_error *hash_first(struct ks_proof *proof, const uint8_t *bytes, size_t len,
				   size_t *ret)
{
	uint64_t left = proof->split > proof->hashed ? proof->split - proof->hashed : 0;
	*ret = left < len ? (size_t)left : len;
	if (!left)
		return NULL;
	hash(proof, proof->sums[0], bytes, *ret);
	if (proof->hashed < proof->split)
		return NULL;
	KS_TRY(compare(proof, proof->sums[0]));
	begin_piece(proof, proof->sums[1]);
	return NULL;
}

struct ks_error *ks_proof_take(struct ks_proof *proof, uint64_t offset, const void *bytes,
			       size_t len, uint64_t size)
{
	if (!proof->sums[0])
		return NULL;
	if (offset > proof->hashed)
		return ks_proof_kept(proof, offset, len) ? NULL
							 : keep(proof, offset, bytes, len, size);
	size_t known = proof->hashed - offset < len ? (size_t)(proof->hashed - offset) : len;
	proof->again = proof->again || known;
	bytes = (const uint8_t *)bytes + known;
	len -= known;
	size_t first;
	KS_TRY(hash_first(proof, bytes, len, &first));
	const char *last = proof->sums[proof->split != 0];
	if (len > first)
		hash(proof, last, (const uint8_t *)bytes + first, len - first);
	if (proof->hashed != size)
		return NULL;
	KS_TRY(compare(proof, last)); // one that ends in its first piece is not that
	proof->proven = !proof->again;
	return NULL;
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
