/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernels out of what machines boot. The images are made here: a small "kernel" packed by each codec's own library,
 * behind each kind of header, as the kernel's documents describe them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bzlib.h>
#include <elf.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/array.h"
#include "base/buf.h"
#include "source/codec/codec.h"
#include "source/vmlinuz/vmlinuz.h"

// More than a block of lz4's old container; the others do not care.
enum { KERNEL_BYTES = 9 << 20, SMALL_BYTES = 1 << 20, PACKED_MAX = 16 << 20 };

/** Something that packs well, but not to nothing. */
static uint8_t *make_kernel(const char *magic, size_t magic_at, size_t magic_len)
{
	uint8_t *kernel = malloc(KERNEL_BYTES);
	uint32_t seed = 1;
	assert_non_null(kernel);
	for (size_t i = 0; i < KERNEL_BYTES; i++)
		kernel[i] =
			i % 16 ? (uint8_t)(i >> 12) : (uint8_t)((seed = seed * 1664525 + 1) >> 24);
	memset(kernel, 0, 256);
	memcpy(kernel + magic_at, magic, magic_len);
	strcpy((char *)kernel + 5000, "Linux version 6.1.0 (test)");
	return kernel;
}

static void put32(struct ks_buf *out, uint32_t v, bool big)
{
	for (int i = 0; i < 4; i++)
		ks_buf_char(out, (char)(v >> 8 * (big ? 3 - i : i)));
}

static void pack_lzma(const uint8_t *in, size_t len, bool xz, struct ks_buf *out)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma opts;
	lzma_lzma_preset(&opts, 0);
	assert_int_equal(xz ? lzma_easy_encoder(&s, 0, LZMA_CHECK_CRC32)
			    : lzma_alone_encoder(&s, &opts),
			 LZMA_OK);
	s.next_in = in;
	s.avail_in = len;
	s.next_out = (uint8_t *)out->at;
	s.avail_out = PACKED_MAX;
	assert_int_equal(lzma_code(&s, LZMA_FINISH), LZMA_STREAM_END);
	out->len = s.total_out;
	lzma_end(&s);
}

static void pack_gzip(const uint8_t *in, size_t len, struct ks_buf *out)
{
	z_stream z = { .next_in = (Bytef *)in,
		       .avail_in = (uInt)len,
		       .next_out = (Bytef *)out->at,
		       .avail_out = PACKED_MAX };
	assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len = z.total_out;
	deflateEnd(&z);
}

static void pack_lz4_legacy(const uint8_t *in, size_t len, struct ks_buf *out)
{
	enum { BLOCK = 8 << 20 };
	put32(out, 0x184c2102, false);
	for (size_t at = 0; at < len; at += BLOCK) {
		int n = (int)(len - at < BLOCK ? len - at : BLOCK);
		int packed = LZ4_compress_default((const char *)in + at, out->at + out->len + 4, n,
						  (int)(PACKED_MAX - out->len));
		assert_true(packed > 0);
		put32(out, (uint32_t)packed, false);
		out->len += (size_t)packed;
	}
}

/** As lzop: a header, and blocks of 256 KiB with a checksum of what they hold. */
static void pack_lzo(const uint8_t *in, size_t len, struct ks_buf *out)
{
	enum { BLOCK = 256 << 10, ADLER = 1 };
	void *work = malloc(LZO1X_1_MEM_COMPRESS);
	ks_buf_bytes(out, "\x89LZO\0\r\n\x1a\n\x10\x30\x20\xa0\x09\x40\x01\x05", 17);
	put32(out, ADLER, true);
	for (int i = 0; i < 3; i++)
		put32(out, 0, true); // mode and time
	ks_buf_bytes(out, "\4name", 5);
	put32(out, 0, true); // checksum
	for (size_t at = 0; at < len; at += BLOCK) {
		size_t n = len - at < BLOCK ? len - at : BLOCK;
		uint8_t packed[BLOCK + BLOCK / 16 + 67];
		lzo_uint got = 0;
		lzo1x_1_compress(in + at, n, packed, &got, work);
		put32(out, (uint32_t)n, true);
		put32(out, (uint32_t)(got < n ? got : n), true);
		put32(out, 0, true);
		ks_buf_bytes(out, got < n ? packed : in + at, got < n ? got : n);
	}
	put32(out, 0, true);
	free(work);
}

static void pack(const uint8_t *in, size_t len, enum ks_codec codec, struct ks_buf *out)
{
	assert_true(ks_buf_reserve(out, PACKED_MAX + 64));
	unsigned int bz = PACKED_MAX;
	switch (codec) {
	case KS_CODEC_XZ:
	case KS_CODEC_LZMA:
		pack_lzma(in, len, codec == KS_CODEC_XZ, out);
		break;
	case KS_CODEC_ZSTD:
		out->len = ZSTD_compress(out->at, PACKED_MAX, in, len, 1);
		assert_false(ZSTD_isError(out->len));
		break;
	case KS_CODEC_GZIP:
		pack_gzip(in, len, out);
		break;
	case KS_CODEC_BZIP2:
		assert_int_equal(BZ2_bzBuffToBuffCompress(out->at, &bz, (char *)(uintptr_t)in,
							  (unsigned int)len, 1, 0, 0),
				 BZ_OK);
		out->len = bz;
		break;
	case KS_CODEC_LZ4:
		out->len = LZ4F_compressFrame(out->at, PACKED_MAX, in, len, NULL);
		assert_false(LZ4F_isError(out->len));
		break;
	case KS_CODEC_LZ4_LEGACY:
		pack_lz4_legacy(in, len, out);
		break;
	case KS_CODEC_LZO:
		pack_lzo(in, len, out);
		break;
	default:
		ks_buf_bytes(out, in, len);
	}
}

/* ---- headers ---- */

static void pad(struct ks_buf *out, size_t to)
{
	while (out->len < to)
		ks_buf_char(out, '\0');
}

static void poke32(struct ks_buf *out, size_t offset, size_t v)
{
	for (int i = 0; i < 4; i++)
		out->at[offset + (size_t)i] = (char)(v >> 8 * i);
}

/** Two sectors of setup; the packed kernel behind some code, and its unpacked size behind it. */
static void wrap_bzimage(struct ks_buf *out, const struct ks_buf *packed)
{
	pad(out, 0x300);
	out->at[0x1f1] = 2;
	memcpy(out->at + 0x1fe, "\x55\xaa", 2);
	memcpy(out->at + 0x202, "HdrS\x0f\x02", 6);
	poke32(out, 0x248, 700);
	poke32(out, 0x24c, packed->len + 4);
	pad(out, 3 * 512 + 700);
	ks_buf_bytes(out, packed->at, packed->len);
	put32(out, KERNEL_BYTES, false);
	ks_buf_str(out, "more code, and a signature");
}

static void wrap_zboot(struct ks_buf *out, const struct ks_buf *packed)
{
	ks_buf_bytes(out, "MZ\0\0zimg", 8);
	put32(out, 4096, false);
	put32(out, (uint32_t)packed->len, false);
	pad(out, 4096);
	ks_buf_bytes(out, packed->at, packed->len);
	pad(out, out->len + 4096);
}

static void wrap_arm(struct ks_buf *out, const struct ks_buf *packed)
{
	pad(out, 0x24);
	put32(out, 0x016f2818, false);
	ks_buf_bytes(out, "\x1f\x8b\x08\0\xfd\x37zXZ\0BZh9",
		     14); // what looks like a start and is none
	pad(out, 0x5001);
	ks_buf_bytes(out, packed->at, packed->len);
	ks_buf_str(out, "behind it");
}

static void wrap_s390(struct ks_buf *out, const struct ks_buf *packed)
{
	pad(out, 0x10008);
	ks_buf_str(out, "S390EP");
	pad(out, 0x11000);
	ks_buf_bytes(out, packed->at, packed->len);
}

static void wrap_uboot(struct ks_buf *out, const struct ks_buf *packed)
{
	put32(out, 0x27051956, true);
	pad(out, 12);
	put32(out, (uint32_t)packed->len, true);
	pad(out, 64);
	ks_buf_bytes(out, packed->at, packed->len);
}

/** A bzImage in the section ".linux" of an EFI program. */
static void wrap_unified(struct ks_buf *out, const struct ks_buf *packed)
{
	struct ks_buf inner = { 0 };
	wrap_bzimage(&inner, packed);
	ks_buf_str(out, "MZ");
	pad(out, 0x3c);
	put32(out, 0x80, false);
	pad(out, 0x80);
	ks_buf_bytes(out, "PE\0\0\x64\x86\2\0", 8);
	pad(out, 0x80 + 20);
	ks_buf_bytes(out, "\x10\0\0\0", 4);
	pad(out, 0x80 + 24 + 16 + 40); // the optional header, and another section
	ks_buf_bytes(out, ".linux\0\0", 8);
	put32(out, (uint32_t)inner.len, false);
	put32(out, 0x1000, false);
	put32(out, (uint32_t)inner.len, false);
	put32(out, 0x200, false);
	pad(out, 0x200);
	ks_buf_bytes(out, inner.at, inner.len);
	ks_buf_deinit(&inner);
}

/** boot.img of version 2: the page's size is in its header. */
static void wrap_android2(struct ks_buf *out, const struct ks_buf *packed)
{
	ks_buf_str(out, "ANDROID!");
	put32(out, (uint32_t)packed->len, false);
	pad(out, 36);
	put32(out, 2048, false);
	put32(out, 2, false);
	pad(out, 2048);
	ks_buf_bytes(out, packed->at, packed->len);
	pad(out, out->len + 100); // and a ramdisk
}

/** Version 4, in which pages have a fixed size, and other things stand where it stood. */
static void wrap_android4(struct ks_buf *out, const struct ks_buf *packed)
{
	ks_buf_str(out, "ANDROID!");
	put32(out, (uint32_t)packed->len, false);
	pad(out, 36);
	put32(out, 77, false);
	put32(out, 4, false);
	pad(out, 4096);
	ks_buf_bytes(out, packed->at, packed->len);
}

/** The names of properties, one behind the other. */
static const char tree_names[] = "type\0data\0data-size\0data-offset\0data-position";

static void tree_node(struct ks_buf *out, const char *name)
{
	put32(out, 1, true);
	ks_buf_bytes(out, name, strlen(name) + 1);
	pad(out, (out->len + 3) & ~(size_t)3);
}

static void tree_property(struct ks_buf *out, const char *name, const void *bytes, size_t len)
{
	const char *at = tree_names;
	while (strcmp(at, name) != 0)
		at += strlen(at) + 1;
	put32(out, 3, true);
	put32(out, (uint32_t)len, true);
	put32(out, (uint32_t)(at - tree_names), true);
	ks_buf_bytes(out, bytes, len);
	pad(out, (out->len + 3) & ~(size_t)3);
}

static void tree_number(struct ks_buf *out, const char *name, size_t v)
{
	struct ks_buf number = { 0 };
	put32(&number, (uint32_t)v, true);
	tree_property(out, name, number.at, 4);
	ks_buf_deinit(&number);
}

/** A device tree around nodes; the strings come last, as U-Boot's mkimage has them. */
static void wrap_tree(struct ks_buf *out, const struct ks_buf *nodes)
{
	const uint32_t words[] = {
		0xd00dfeed, 0,	40, (uint32_t)(40 + nodes->len), 0,
		17,	    16, 0,  sizeof(tree_names),		 (uint32_t)nodes->len
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(words); i++)
		put32(out, i == 1 ? (uint32_t)(40 + nodes->len + sizeof(tree_names)) : words[i],
		      true);
	ks_buf_bytes(out, nodes->at, nodes->len);
	ks_buf_bytes(out, tree_names, sizeof(tree_names));
}

/** What is behind the kernel of a tree, and before it. */
static void begin_fit(struct ks_buf *nodes)
{
	tree_node(nodes, "");
	tree_node(nodes, "other");
	tree_node(nodes, "kernel-0"); // not among the images
	tree_property(nodes, "type", "kernel", 7);
	tree_property(nodes, "data", "no", 3);
	put32(nodes, 2, true);
	put32(nodes, 2, true);
	tree_node(nodes, "images");
	tree_node(nodes, "fdt-1");
	tree_property(nodes, "data", "some tree", 10);
	tree_property(nodes, "type", "flat_dt", 8);
	put32(nodes, 2, true);
	put32(nodes, 4, true); // nothing
	tree_node(nodes, "kernel-1");
}

static void end_fit(struct ks_buf *nodes)
{
	tree_property(nodes, "type", "kernel", 7);
	for (int i = 0; i < 3; i++)
		put32(nodes, 2, true);
	put32(nodes, 9, true);
}

static void wrap_fit(struct ks_buf *out, const struct ks_buf *packed)
{
	struct ks_buf nodes = { 0 };
	begin_fit(&nodes);
	tree_property(&nodes, "data", packed->at, packed->len);
	end_fit(&nodes);
	wrap_tree(out, &nodes);
	ks_buf_deinit(&nodes);
}

/** Data behind the tree, counted from its end. */
static void wrap_fit_behind(struct ks_buf *out, const struct ks_buf *packed)
{
	struct ks_buf nodes = { 0 };
	begin_fit(&nodes);
	tree_number(&nodes, "data-size", packed->len);
	tree_number(&nodes, "data-offset", 8);
	end_fit(&nodes);
	wrap_tree(out, &nodes);
	pad(out, ((out->len + 3) & ~(size_t)3) + 8);
	ks_buf_bytes(out, packed->at, packed->len);
	ks_buf_deinit(&nodes);
}

/** And counted from the file's beginning. */
static void wrap_fit_at(struct ks_buf *out, const struct ks_buf *packed)
{
	struct ks_buf nodes = { 0 };
	begin_fit(&nodes);
	tree_number(&nodes, "data-position", 8192);
	tree_number(&nodes, "data-size", packed->len);
	end_fit(&nodes);
	wrap_tree(out, &nodes);
	pad(out, 8192);
	ks_buf_bytes(out, packed->at, packed->len);
	ks_buf_deinit(&nodes);
}

static void wrap_nothing(struct ks_buf *out, const struct ks_buf *packed)
{
	ks_buf_bytes(out, packed->at, packed->len);
}

static const struct wrapping {
	void (*wrap)(struct ks_buf *out, const struct ks_buf *packed);
	const char *magic; // of the kernel inside
	size_t magic_at, magic_len;
	uint16_t machine; // 0: the kernel is an ELF file
	bool raw;	  // it may hold a kernel that is not packed
} wrappings[] = {
	{ wrap_bzimage, "\177ELF", 0, 4, 0, true },
	{ wrap_unified, "\177ELF", 0, 4, 0, true },
	{ wrap_zboot, "ARM\x64", 0x38, 4, EM_AARCH64, true },
	{ wrap_zboot, "RSC\x05", 0x38, 4, EM_RISCV, true },
	{ wrap_arm, "", 0, 0, EM_ARM, false },
	{ wrap_s390, "", 0, 0, EM_S390, false },
	{ wrap_uboot, "ARM\x64", 0x38, 4, EM_AARCH64, true },
	{ wrap_android2, "ARM\x64", 0x38, 4, EM_AARCH64, true },
	{ wrap_android4, "ARM\x64", 0x38, 4, EM_AARCH64, true },
	{ wrap_fit, "ARM\x64", 0x38, 4, EM_AARCH64, true },
	{ wrap_fit_behind, "RSC\x05", 0x38, 4, EM_RISCV, true },
	{ wrap_fit_at, "ARM\x64", 0x38, 4, EM_AARCH64, true },
	{ wrap_nothing, "\177ELF", 0, 4, 0, true },
	{ wrap_nothing, "ARM\x64", 0x38, 4, EM_AARCH64, true },
};
enum { NR_WRAPPINGS = KS_ARRAY_LEN(wrappings) };

static void every_wrapping_and_packing_is_opened(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_WRAPPINGS; i++) {
		const struct wrapping *w = &wrappings[i];
		uint8_t *kernel = make_kernel(w->magic, w->magic_at, w->magic_len);
		for (int codec = 0; codec < KS_NR_CODECS; codec++) {
			_cleanup_buf_ struct ks_buf packed = { 0 }, image = { 0 };
			_cleanup_unpacked_kernel_ struct ks_unpacked_kernel got = { 0 };
			size_t len = codec == KS_CODEC_LZ4_LEGACY ? KERNEL_BYTES : SMALL_BYTES;
			if (codec == KS_CODEC_NONE && !w->raw)
				continue;
			pack(kernel, len, (enum ks_codec)codec, &packed);
			w->wrap(&image, &packed);
			struct ks_error *err = ks_vmlinuz_open((const uint8_t *)image.at, image.len,
							       NULL, NULL, &got);
			if (err)
				fail_msg("wrapping %zu, %s: %s", i,
					 ks_codec_name((enum ks_codec)codec), ks_error_text(err));
			// a packed kernel may be followed by the rest of what it lay in, not the other way
			assert_true(got.len >= len && got.len < len + 8192);
			assert_memory_equal(got.at, kernel, len);
			assert_int_equal(got.is_flat, w->machine != 0);
			assert_int_equal(got.is_flat ? got.flat.machine : 0, w->machine);
		}
		free(kernel);
	}
}

static void cut_and_flipped_images_do_no_harm(void **state)
{
	(void)state;
	enum { SMALL = 100000 };
	uint8_t *kernel = make_kernel("\177ELF", 0, 4);
	const struct ks_package_limits limits = { .vmlinux_max = 8 << 20 };
	for (size_t i = 0; i < NR_WRAPPINGS; i++)
		for (int codec = 1; codec < KS_NR_CODECS; codec++) {
			_cleanup_buf_ struct ks_buf packed = { 0 }, image = { 0 };
			pack(kernel, SMALL, (enum ks_codec)codec, &packed);
			wrappings[i].wrap(&image, &packed);
			for (size_t n = 0; n < 24; n++) {
				size_t at = n * 104729 % image.len, len = n % 2 ? image.len : at;
				uint8_t *copy = malloc(len + 1);
				memcpy(copy, image.at, len);
				if (n % 2)
					copy[at] ^= (uint8_t)(1u << n % 8);
				_cleanup_unpacked_kernel_ struct ks_unpacked_kernel got = { 0 };
				ks_error_free(ks_vmlinuz_open(copy, len, &limits, NULL, &got));
				free(copy);
			}
		}
	free(kernel);
}

static void bombs_and_endless_layers_are_refused(void **state)
{
	(void)state;
	uint8_t *zeros = calloc(1, KERNEL_BYTES);
	const struct ks_package_limits limits = { .vmlinux_max = 1 << 20 };
	for (int codec = 1; codec < KS_NR_CODECS; codec++) {
		_cleanup_buf_ struct ks_buf packed = { 0 };
		_cleanup_unpacked_kernel_ struct ks_unpacked_kernel got = { 0 };
		_cleanup_error_ struct ks_error *err = NULL;
		pack(zeros, KERNEL_BYTES, (enum ks_codec)codec, &packed);
		err = ks_vmlinuz_open((const uint8_t *)packed.at, packed.len, &limits, NULL, &got);
		assert_non_null(err);
		assert_int_equal(err->code, KS_ERR_DATA);
		assert_non_null(strstr(err->msg, "endless"));
	}
	struct ks_buf layers = { 0 };
	pack(zeros, 1000, KS_CODEC_GZIP, &layers);
	for (int i = 0; i < 10; i++) {
		struct ks_buf outer = { 0 };
		pack((const uint8_t *)layers.at, layers.len, KS_CODEC_GZIP, &outer);
		ks_buf_deinit(&layers);
		layers = outer;
	}
	_cleanup_unpacked_kernel_ struct ks_unpacked_kernel got = { 0 };
	_cleanup_error_ struct ks_error *err =
		ks_vmlinuz_open((const uint8_t *)layers.at, layers.len, NULL, NULL, &got);
	assert_non_null(err);
	assert_non_null(strstr(err->msg, "layers"));
	ks_buf_deinit(&layers);
	free(zeros);
}

static void what_holds_no_kernel_is_told(void **state)
{
	(void)state;
	uint8_t *zeros = calloc(1, 70000);
	memcpy(zeros, "MZ", 2);
	_cleanup_unpacked_kernel_ struct ks_unpacked_kernel got = { 0 };
	_cleanup_error_ struct ks_error *err = ks_vmlinuz_open(zeros, 70000, NULL, NULL, &got);
	assert_non_null(err);
	assert_int_equal(err->code, KS_ERR_NOTFOUND);
	free(zeros);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wrapping_and_packing_is_opened),
		cmocka_unit_test(cut_and_flipped_images_do_no_harm),
		cmocka_unit_test(bombs_and_endless_layers_are_refused),
		cmocka_unit_test(what_holds_no_kernel_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
