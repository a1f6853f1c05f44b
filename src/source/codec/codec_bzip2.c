/* SPDX-License-Identifier: BSD-2-Clause */
#include <bzlib.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/lazy.h"
#include "source/codec/codec.h"

/** The functions of libbz2 that we use; it is loaded when something packed by it turns up (base/lazy.h). */
static struct library {
	int (*init)(bz_stream *stream, int verbosity, int small);
	int (*decompress)(bz_stream *stream);
	int (*end)(bz_stream *stream);
} lib;
static const struct ks_lazy_symbol symbols[] = {
	{ "BZ2_bzDecompressInit", offsetof(struct library, init) },
	{ "BZ2_bzDecompress", offsetof(struct library, decompress) },
	{ "BZ2_bzDecompressEnd", offsetof(struct library, end) },
};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool usable;

KS_LAZY_NOTE("bzip2", "kernels packed by bzip2", "recommended",
	     "libbz2.so.1.0" KS_LAZY_OR "libbz2.so.1");

static void load(void)
{
	static const char *const names[] = { "libbz2.so.1.0", "libbz2.so.1", NULL };
	const struct ks_lazy lazy = { names, symbols, KS_ARRAY_LEN(symbols), &lib };
	usable = ks_lazy_load(&lazy);
}

static void load_once(void)
{
	pthread_once(&once, load);
}

struct bzip2 {
	bz_stream stream;
	bool single;
};

static struct ks_error *open_bzip2(unsigned int ways, void **ret)
{
	load_once();
	if (!usable)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "cannot load libbz2.so.1.0, which bzip2 data "
				    "needs: install libbz2-1.0");
	struct bzip2 *z = calloc(1, sizeof(*z));
	if (!z)
		return &ks_nomem;
	z->single = ways & KS_CODEC_ONE_FRAME;
	if (lib.init(&z->stream, 0, 0) != BZ_OK) {
		free(z);
		return &ks_nomem;
	}
	*ret = z;
	return NULL;
}

static struct ks_error *run(void *state, struct ks_codec_step *step)
{
	struct bzip2 *z = state;
	z->stream.next_in = (char *)(uintptr_t)step->in;
	z->stream.avail_in = (unsigned int)step->in_len;
	z->stream.next_out = (char *)step->out;
	z->stream.avail_out = (unsigned int)step->out_len;
	int ret = lib.decompress(&z->stream);
	step->in += step->in_len - z->stream.avail_in;
	step->in_len = z->stream.avail_in;
	step->out += step->out_len - z->stream.avail_out;
	step->out_len = z->stream.avail_out;
	if (ret == BZ_MEM_ERROR)
		return &ks_nomem;
	if (ret != BZ_OK && ret != BZ_STREAM_END)
		return ks_error_new(KS_ERR_DATA, "the bzip2 data is damaged");
	if (ret == BZ_OK)
		return NULL;
	step->done = z->single || (step->last && !step->in_len);
	if (step->done) // streams may follow each other
		return NULL;
	lib.end(&z->stream);
	char *in = z->stream.next_in;
	z->stream = (bz_stream){ .next_in = in };
	return lib.init(&z->stream, 0, 0) == BZ_OK ? NULL : &ks_nomem;
}

static void close_bzip2(void *state)
{
	struct bzip2 *z = state;
	lib.end(&z->stream);
	free(z);
}

const struct ks_codec_ops ks_codec_bzip2 = {
	.name = "bzip2",
	.magic = "BZh",
	.magic_len = 3,
	.open = open_bzip2,
	.load = load_once,
	.run = run,
	.close = close_bzip2,
};
