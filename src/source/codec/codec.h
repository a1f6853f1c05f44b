/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* How bytes are packed, and unpacking them step by step. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum ks_codec {
	KS_CODEC_NONE,
	KS_CODEC_XZ,
	KS_CODEC_ZSTD,
	KS_CODEC_GZIP,
	KS_CODEC_LZMA,
	KS_CODEC_BZIP2,
	KS_CODEC_LZ4,
	KS_CODEC_LZ4_LEGACY, // what kernels are packed with
	KS_CODEC_LZO,	     // as lzop writes it
	KS_NR_CODECS,
};

/** Bytes of the start that ks_codec_of() needs to see. */
#define KS_CODEC_HEAD_BYTES 9

/** Told by the first bytes, never by a name. */
enum ks_codec ks_codec_of(const void *head, size_t len);
/** As its tools are called: "xz". */
const char *ks_codec_name(enum ks_codec codec);

/** What is taken and given in one step is moved out of the two runs. */
struct ks_codec_step {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
	bool last; // no input follows what is in `in`
	bool done; // set by the codec: the packed bytes came to their proper end
};

enum ks_codec_way {
	/** The packed bytes end with their first frame, whatever follows; else all is packed. */
	KS_CODEC_ONE_FRAME = 1,
	/** No input is taken before it is needed, by threads that unpack what comes later. */
	KS_CODEC_NOT_AHEAD = 2,
};

struct ks_codec_ops {
	const char *name;
	const char *magic;
	size_t magic_len;
	/**
	 * @param ways of enum ks_codec_way
	 * @return KS_ERR_UNSUPPORTED when the library it needs is not there
	 */
	struct ks_error *(*open)(unsigned int ways, void **ret);
	/** NULL, or an error when the bytes are damaged; no progress at all means that input lacks */
	struct ks_error *(*run)(void *state, struct ks_codec_step *step);
	void (*close)(void *state);
	/** Load the library it needs, if that is one of those that are loaded when they are needed; NULL: none */
	void (*load)(void);
};

extern const struct ks_codec_ops *const ks_codecs[KS_NR_CODECS];

/** Load all libraries that codecs may need; of one that is missing open() tells. */
void ks_codecs_load(void);

/* One for each file that knows some. */
extern const struct ks_codec_ops ks_codec_xz, ks_codec_lzma, ks_codec_bzip2, ks_codec_lz4,
	ks_codec_lz4_legacy, ks_codec_lzo;
