/* SPDX-License-Identifier: BSD-2-Clause */
#include <archive.h>
#include <archive_entry.h>
#include <lzma.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "deb_builder.h"

uint8_t *noise(size_t len, uint32_t seed)
{
	uint8_t *bytes = malloc(len + 1);
	must(bytes);
	uint32_t x = seed * 2654435761u + 1;
	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		bytes[i] = (uint8_t)(x >> 11);
	}
	return bytes;
}

uint8_t *fake_vmlinux(size_t len)
{
	uint8_t *bytes = noise(len, 7);
	for (size_t i = 0; i < len; i++)
		if (i / 4096 % 3) // two pages of three pack well, as debug information does
			bytes[i] = (uint8_t)(i >> 8);
	memcpy(bytes, "\177ELF\2\1\1", 7);
	return bytes;
}

static la_ssize_t on_write(struct archive *a, void *arg, const void *bytes, size_t len)
{
	(void)a;
	ks_buf_bytes(arg, bytes, len);
	return (la_ssize_t)len;
}

void build_tar(const struct file *files, enum tar_kind kind, struct ks_buf *ret)
{
	struct archive *a = archive_write_new();
	must(a);
	must((kind == TAR_PAX ? archive_write_set_format_pax(a)
			      : archive_write_set_format_gnutar(a)) == ARCHIVE_OK);
	must(archive_write_open(a, ret, NULL, on_write, NULL) == ARCHIVE_OK);
	for (; files->path; files++) {
		struct archive_entry *entry = archive_entry_new();
		archive_entry_set_pathname(entry, files->path);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_filetype(entry, files->symlink ? AE_IFLNK : AE_IFREG);
		archive_entry_set_size(entry, (la_int64_t)files->len);
		if (files->symlink)
			archive_entry_set_symlink(entry, files->symlink);
		must(archive_write_header(a, entry) == ARCHIVE_OK);
		uint8_t *made = files->bytes || !files->len ? NULL : noise(files->len, 99);
		if (files->len)
			must(archive_write_data(a, made ? made : files->bytes, files->len) ==
			     (la_ssize_t)files->len);
		free(made);
		archive_entry_free(entry);
	}
	must(archive_write_close(a) == ARCHIVE_OK);
	archive_write_free(a);
	must(!ret->failed);
}

static void pack_xz(const struct ks_buf *plain, struct ks_buf *ret)
{
	lzma_stream s = LZMA_STREAM_INIT;
	must(lzma_easy_encoder(&s, 0, LZMA_CHECK_CRC64) == LZMA_OK);
	size_t room = plain->len + plain->len / 4 + (1 << 20);
	must(ks_buf_reserve(ret, room));
	s.next_in = (const uint8_t *)plain->at;
	s.avail_in = plain->len;
	s.next_out = (uint8_t *)ret->at;
	s.avail_out = room;
	must(lzma_code(&s, LZMA_FINISH) == LZMA_STREAM_END);
	ret->len = room - s.avail_out;
	lzma_end(&s);
}

/** Noise has every byte about as often as any other. */
static bool is_noise(const uint8_t *bytes, size_t len)
{
	size_t counts[256] = { 0 };
	for (size_t i = 0; i < len; i++)
		if (++counts[bytes[i]] > len / 128 + 64)
			return false;
	return true;
}

/** As xz -T packs: each block has its sizes in front. What does not get smaller is stored, without the long attempt. */
static void pack_xz_blocks(const struct ks_buf *plain, struct ks_buf *ret)
{
	lzma_options_lzma fast;
	must(!lzma_lzma_preset(&fast, 0));
	lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &fast }, { .id = LZMA_VLI_UNKNOWN } };
	lzma_stream_flags flags = { .check = LZMA_CHECK_CRC64 };
	lzma_index *index = lzma_index_init(NULL);
	must(index);
	size_t nr = plain->len / XZ_BLOCK_BYTES + 1;
	size_t room = nr * lzma_block_buffer_bound(XZ_BLOCK_BYTES) + nr * 32 + 1024;
	must(ks_buf_reserve(ret, room));
	uint8_t *out = (uint8_t *)ret->at;
	must(lzma_stream_header_encode(&flags, out) == LZMA_OK);
	ret->len = LZMA_STREAM_HEADER_SIZE;
	for (size_t at = 0; at < plain->len; at += XZ_BLOCK_BYTES) {
		const uint8_t *in = (const uint8_t *)plain->at + at;
		size_t len = plain->len - at < XZ_BLOCK_BYTES ? plain->len - at : XZ_BLOCK_BYTES;
		lzma_block block = { .check = flags.check, .filters = filters };
		must((is_noise(in, len)
			      ? lzma_block_uncomp_encode(&block, in, len, out, &ret->len, room)
			      : lzma_block_buffer_encode(&block, NULL, in, len, out, &ret->len,
							 room)) == LZMA_OK);
		must(lzma_index_append(index, NULL, lzma_block_unpadded_size(&block), len) ==
		     LZMA_OK);
	}
	flags.backward_size = lzma_index_size(index);
	must(lzma_index_buffer_encode(index, out, &ret->len, room) == LZMA_OK);
	must(lzma_stream_footer_encode(&flags, out + ret->len) == LZMA_OK);
	ret->len += LZMA_STREAM_HEADER_SIZE;
	lzma_index_end(index, NULL);
}

static void pack_zstd(const struct ks_buf *plain, struct ks_buf *ret)
{
	size_t room = ZSTD_compressBound(plain->len);
	must(ks_buf_reserve(ret, room));
	ret->len = ZSTD_compress(ret->at, room, plain->at, plain->len, 3);
	must(!ZSTD_isError(ret->len));
}

static void pack_gzip(const struct ks_buf *plain, struct ks_buf *ret)
{
	z_stream s = { 0 };
	must(deflateInit2(&s, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	size_t room = deflateBound(&s, plain->len) + 64;
	must(ks_buf_reserve(ret, room));
	s.next_in = (Bytef *)plain->at;
	s.avail_in = (uInt)plain->len;
	s.next_out = (Bytef *)ret->at;
	s.avail_out = (uInt)room;
	must(deflate(&s, Z_FINISH) == Z_STREAM_END);
	ret->len = room - s.avail_out;
	deflateEnd(&s);
}

void pack(const struct ks_buf *plain, enum packing packing, struct ks_buf *ret)
{
	switch (packing) {
	case PACK_XZ:
		pack_xz(plain, ret);
		break;
	case PACK_XZ_BLOCKS:
		pack_xz_blocks(plain, ret);
		break;
	case PACK_ZSTD:
		pack_zstd(plain, ret);
		break;
	case PACK_GZIP:
		pack_gzip(plain, ret);
		break;
	default:
		ks_buf_bytes(ret, plain->at, plain->len);
	}
}

void ar_begin(struct ks_buf *ar)
{
	ks_buf_str(ar, "!<arch>\n");
}

void ar_add(struct ks_buf *ar, const char *name, const void *bytes, size_t len)
{
	ks_buf_printf(ar, "%-16s%-12d%-6d%-6d%-8s%-10zu`\n", name, 0, 0, 0, "100644", len);
	ks_buf_bytes(ar, bytes, len);
	if (len % 2)
		ks_buf_char(ar, '\n');
}

void wrap_deb(const char *control, const struct ks_buf *tar, enum packing packing,
	      struct ks_buf *ret)
{
	static const char *const names[] = { "data.tar", "data.tar.xz", "data.tar.xz",
					     "data.tar.zst", "data.tar.gz" };
	ar_begin(ret);
	ar_add(ret, "debian-binary", "2.0\n", 4);
	if (control) {
		struct ks_buf plain = { 0 }, packed = { 0 };
		const struct file files[] = {
			{ .path = "./md5sums", .bytes = "", .len = 0 },
			{ .path = "./control", .bytes = control, .len = strlen(control) },
			{ 0 },
		};
		build_tar(files, TAR_GNU, &plain);
		pack(&plain, packing, &packed);
		ar_add(ret, "control.tar.xx", packed.at, packed.len);
		ks_buf_deinit(&plain);
		ks_buf_deinit(&packed);
	}
	struct ks_buf packed = { 0 };
	pack(tar, packing, &packed);
	ar_add(ret, names[packing], packed.at, packed.len);
	ks_buf_deinit(&packed);
	must(!ret->failed);
}

void build_deb(const char *control, const struct file *files, enum packing packing,
	       struct ks_buf *ret)
{
	struct ks_buf tar = { 0 };
	build_tar(files, TAR_GNU, &tar);
	wrap_deb(control, &tar, packing, ret);
	ks_buf_deinit(&tar);
}

void hex_sha256(const struct ks_buf *bytes, char hex[65])
{
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&ctx);
	sha256_update(&ctx, bytes->len, (const uint8_t *)bytes->at);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}
