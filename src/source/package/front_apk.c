/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "source/input.h"
#include "source/package/front.h"
#include "source/package/member.h"
#include "source/package/tarball.h"

enum {
	MEMBER_MAX = 16 << 20, // unpacked bytes of a gzip member of the front
	TEXT_MAX = 1 << 20,    // of .PKGINFO
};

/** One gzip member. */
struct segment {
	struct ks_input *in;
	struct ks_stream *stream;
};

static void segment_deinit(struct segment *segment)
{
	ks_stream_close(segment->stream);
	ks_input_close(segment->in);
}
#define _cleanup_segment_ __attribute__((__cleanup__(segment_deinit)))

static struct ks_error *segment_open(const uint8_t *bytes, size_t len, size_t begin,
				     struct segment *ret)
{
	if (begin > len || ks_codec_of(bytes + begin, len - begin) != KS_CODEC_GZIP)
		return ks_error_new(KS_ERR_DATA, "no gzip member at byte %zu", begin);
	KS_TRY(ks_input_memory(bytes, len, &ret->in));
	return ks_stream_open_frame(ret->in, begin, len - begin, MEMBER_MAX, KS_CODEC_GZIP,
				    &ret->stream);
}

/** All of it that was not read yet. @param[out] text appended to; NULL: it is passed over @param[out] end offset in the file */
static struct ks_error *segment_rest(struct segment *segment, struct ks_buf *text, size_t *end)
{
	uint8_t piece[4096];
	for (size_t got = 1; got;) {
		KS_TRY(ks_stream_read(segment->stream, piece, sizeof(piece), &got));
		if (text)
			ks_buf_bytes(text, piece, got);
	}
	*end = (size_t)ks_stream_offset(segment->stream);
	return text ? ks_buf_error(text) : NULL;
}

/* ---- signatures ---- */

/** Signatures by what their files' names begin with. RSA with SHA1 (".SIGN.RSA.") does not count. */
static const struct {
	const char *prefix, *digest;
} forms[] = {
	{ ".SIGN.RSA256.", "sha256" },
	{ ".SIGN.RSA512.", "sha512" },
};

static const char *digest_of(const char *path)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(forms); i++)
		if (strncmp(path, forms[i].prefix, strlen(forms[i].prefix)) == 0)
			return forms[i].digest;
	return NULL;
}

/**
 * A file of the archive that holds signatures. Nobody signed that archive: it must hold nothing else, or readers of the whole package
 * would find it among its files.
 * @param at behind the file then
 * @return its bytes; NULL: it is no such file
 */
static const char *next_signature(const struct ks_buf *text, size_t *at,
				  struct ks_tar_header *header)
{
	if (text->len - *at < KS_TAR_BLOCK_BYTES ||
	    !ks_tar_header_parse((const uint8_t *)text->at + *at, header) || !header->regular ||
	    strncmp(header->path, ".SIGN.", strlen(".SIGN.")) != 0)
		return NULL;
	uint64_t blocks =
		header->size / KS_TAR_BLOCK_BYTES + (header->size % KS_TAR_BLOCK_BYTES != 0);
	uint64_t left =
		(text->len - *at) / KS_TAR_BLOCK_BYTES - 1; // what follows begins at a block
	const char *bytes = text->at + *at + KS_TAR_BLOCK_BYTES;
	if (blocks > left)
		return NULL;
	*at += (size_t)(1 + blocks) * KS_TAR_BLOCK_BYTES;
	return bytes;
}

/** Whether nothing follows, or the end of an archive. */
static bool is_end(const struct ks_buf *text, size_t at)
{
	bool in_blocks = (text->len - at) % KS_TAR_BLOCK_BYTES == 0;
	while (at < text->len && !text->at[at])
		at++;
	return at == text->len && in_blocks;
}

/** The first signature that counts; several are there when a key goes and another one comes. */
static struct ks_error *find_signature(const struct ks_buf *text, struct ks_detached *ret)
{
	size_t at = 0;
	while (!is_end(text, at)) {
		struct ks_tar_header header = { 0 };
		const char *bytes = next_signature(text, &at, &header);
		if (!bytes)
			return ks_error_new(KS_ERR_DATA,
					    at ? "something else than signatures in its "
						 "unsigned part"
					       : "nobody signed it");
		if (ret->digest)
			continue;
		ret->digest = digest_of(header.path);
		if (ret->digest)
			ks_buf_bytes(&ret->bytes, bytes, (size_t)header.size);
	}
	if (!ret->digest)
		return ks_error_new(KS_ERR_DATA, at ? "signed with SHA1 alone, which does not count"
						    : "nobody signed it");
	return ks_buf_error(&ret->bytes);
}

struct ks_error *ks_apk_signature(const uint8_t *bytes, size_t len, struct ks_detached *ret,
				  size_t *end)
{
	_cleanup_segment_ struct segment segment = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	struct ks_detached found = { 0 };
	KS_TRY(segment_open(bytes, len, 0, &segment));
	KS_TRY(segment_rest(&segment, &text, end));
	struct ks_error *err = find_signature(&text, &found);
	if (err)
		ks_buf_deinit(&found.bytes);
	else
		*ret = found;
	return err;
}

/* ---- what is signed ---- */

/** The value of a line "KEY = VALUE", copied. @param[out] ret NULL: there is none */
static struct ks_error *take_value(const char *text, const char *key, char **ret)
{
	size_t len = strlen(key);
	*ret = NULL;
	for (const char *line = text; *line; line += *line == '\n') {
		size_t line_len = strcspn(line, "\n");
		if (line_len > len + 3 && memcmp(line, key, len) == 0 &&
		    memcmp(line + len, " = ", 3) == 0) {
			*ret = strndup(line + len + 3, line_len - len - 3);
			return *ret ? NULL : &ks_nomem;
		}
		line += line_len;
	}
	return NULL;
}

static struct ks_error *read_control(const char *text, struct ks_front *front)
{
	_cleanup_free_ char *digest = NULL;
	KS_TRY(take_value(text, "pkgname", &front->name));
	KS_TRY(take_value(text, "pkgver", &front->version));
	KS_TRY(take_value(text, "arch", &front->arch));
	KS_TRY(take_value(text, "datahash", &digest));
	size_t len = digest ? strspn(digest, "0123456789abcdefABCDEF") : 0;
	if (len != 64 || digest[len])
		return ks_error_new(KS_ERR_DATA, "its .PKGINFO has no SHA256 of its files");
	memcpy(front->rest, digest, len + 1);
	return NULL;
}

static struct ks_error *find_control(struct ks_tarball *tar, struct ks_front *front)
{
	for (;;) {
		struct ks_tarball_member member;
		bool end;
		KS_TRY(ks_tarball_next(tar, &end, &member));
		if (end)
			return ks_error_new(KS_ERR_DATA, "no .PKGINFO in its signed part");
		if (!member.regular || strcmp(member.path, ".PKGINFO") != 0)
			continue;
		_cleanup_free_ char *text = NULL;
		KS_TRY(ks_tarball_text(tar, TEXT_MAX, &text));
		return read_control(text, front);
	}
}

struct ks_error *ks_front_read_apk(const uint8_t *bytes, size_t len, struct ks_front *ret)
{
	_cleanup_front_ struct ks_front front = { 0 };
	_cleanup_segment_ struct segment control = { 0 };
	_cleanup_tarball_ struct ks_tarball *tar = NULL;
	KS_TRY(ks_apk_signature(bytes, len, &front.signature, &front.signed_at));
	KS_TRY(segment_open(bytes, len, front.signed_at, &control));
	KS_TRY(ks_tarball_open(control.stream, NULL, NULL, &tar));
	KS_TRY(find_control(tar, &front));
	KS_TRY(segment_rest(&control, NULL, &front.signed_end));
	front.end = front.signed_end;
	*ret = front;
	front = (struct ks_front){ 0 };
	return NULL;
}

void ks_front_deinit(struct ks_front *front)
{
	ks_buf_deinit(&front->signature.bytes);
	free(front->name);
	free(front->version);
	free(front->arch);
	*front = (struct ks_front){ 0 };
}
