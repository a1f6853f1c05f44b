/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zstd.h>

#include "base/buf.h"
#include "source/dataset/dataset_file.h"

enum {
	CHUNK_BYTES = 256 << 10,
	// A line or a whole text: the longest published one (all values of unnamed enums) is half a megabyte.
	LONGEST_BYTES = 64 << 20,
};

struct ks_dataset_file {
	int fd;
	bool ended;	  // nothing more to get from the file
	ZSTD_DCtx *zstd;  // NULL: plain
	ZSTD_inBuffer in; // compressed bytes not yet used
	size_t want;	  // 0: between two frames
	void *packed;
	XXH3_state_t *hash;
	struct ks_buf buf; // text; [pos, len) is not handed out yet
	size_t pos;
};

struct ks_error *ks_dataset_file_open(const char *path, struct XXH3_state_s *hash,
				      struct ks_dataset_file **ret)
{
	_cleanup_dataset_file_ struct ks_dataset_file *file = calloc(1, sizeof(*file));
	if (!file)
		return &ks_nomem;
	file->hash = hash;
	struct stat st;
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe must not make us wait
	if (file->fd < 0 || fstat(file->fd, &st) != 0)
		return ks_error_new(KS_ERR_IO, "%s: cannot open: %m", path);
	if (!S_ISREG(st.st_mode))
		return ks_error_new(KS_ERR_IO, "%s: not a regular file", path);
	size_t len = strlen(path);
	if (len > 4 && strcmp(path + len - 4, ".zst") == 0) {
		file->zstd = ZSTD_createDCtx();
		file->packed = malloc(CHUNK_BYTES);
		if (!file->zstd || !file->packed)
			return &ks_nomem;
	}
	*ret = ks_take(file);
	return NULL;
}

void ks_dataset_file_close(struct ks_dataset_file *file)
{
	if (!file)
		return;
	if (file->fd >= 0)
		close(file->fd);
	ZSTD_freeDCtx(file->zstd);
	free(file->packed);
	ks_buf_deinit(&file->buf);
	free(file);
}

static struct ks_error *read_some(struct ks_dataset_file *file, void *to, size_t *ret)
{
	ssize_t n;
	do
		n = read(file->fd, to, CHUNK_BYTES);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return ks_error_new(KS_ERR_IO, "cannot read: %m");
	*ret = (size_t)n;
	return NULL;
}

static struct ks_error *unpack_some(struct ks_dataset_file *file, char *to, size_t *ret)
{
	ZSTD_outBuffer out = { to, CHUNK_BYTES, 0 };
	while (out.pos == 0) {
		if (file->in.pos == file->in.size) {
			file->in = (ZSTD_inBuffer){ file->packed, 0, 0 };
			KS_TRY(read_some(file, file->packed, &file->in.size));
		}
		if (file->in.size == 0 && !file->want)
			break;
		file->want = ZSTD_decompressStream(file->zstd, &out, &file->in);
		if (ZSTD_isError(file->want))
			return ks_error_new(KS_ERR_DATA, "cannot decompress: %s",
					    ZSTD_getErrorName(file->want));
		if (file->in.size == 0 && file->want && out.pos == 0)
			return ks_error_new(KS_ERR_DATA, "compressed data ends too early");
	}
	*ret = out.pos;
	return NULL;
}

/** Make the text that is left longer, or find that the file has ended. */
static struct ks_error *fill(struct ks_dataset_file *file)
{
	struct ks_buf *buf = &file->buf;
	if (file->pos) {
		memmove(buf->at, buf->at + file->pos, buf->len - file->pos);
		buf->len -= file->pos;
		file->pos = 0;
	}
	if (buf->len > LONGEST_BYTES)
		return ks_error_new(KS_ERR_DATA, "text is longer than %d MB", LONGEST_BYTES >> 20);
	if (!ks_buf_reserve(buf, CHUNK_BYTES))
		return &ks_nomem;
	size_t n = 0;
	char *to = buf->at + buf->len;
	KS_TRY(file->zstd ? unpack_some(file, to, &n) : read_some(file, to, &n));
	if (file->hash && n)
		XXH3_128bits_update(file->hash, to, n);
	buf->len += n;
	file->ended = n == 0;
	return NULL;
}

struct ks_error *ks_dataset_file_line(struct ks_dataset_file *file, const char **ret,
				      size_t *len_ret)
{
	struct ks_buf *buf = &file->buf;
	size_t searched = 0; // of the text that is left
	for (;;) {
		size_t left = buf->len - file->pos;
		const char *line = left ? buf->at + file->pos : NULL, *nl = NULL;
		if (left > searched)
			nl = memchr(line + searched, '\n', left - searched);
		if (nl || (file->ended && left)) {
			*len_ret = nl ? (size_t)(nl - line) : left;
			*ret = line;
			file->pos += *len_ret + (nl != NULL);
			return NULL;
		}
		if (file->ended) {
			*ret = NULL;
			*len_ret = 0;
			return NULL;
		}
		searched = left;
		KS_TRY(fill(file));
	}
}

struct ks_error *ks_dataset_file_text(struct ks_dataset_file *file, const char **ret,
				      size_t *len_ret)
{
	while (!file->ended)
		KS_TRY(fill(file));
	const char *text = ks_buf_text(&file->buf);
	if (!text)
		return &ks_nomem;
	*ret = text + file->pos;
	*len_ret = file->buf.len - file->pos;
	return NULL;
}
