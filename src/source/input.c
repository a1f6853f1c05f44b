/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/input.h"

struct file_input {
	struct ks_input in;
	int fd;
};

struct memory_input {
	struct ks_input in;
	const uint8_t *bytes;
};

static struct ks_error *file_read(struct ks_input *in, uint64_t offset, void *buf, size_t len,
				  size_t *got)
{
	struct file_input *file = (struct file_input *)in;
	ssize_t n;
	do
		n = pread(file->fd, buf, len, (off_t)offset);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return ks_error_new(KS_ERR_IO, "cannot read at byte %llu: %m",
				    (unsigned long long)offset);
	*got = (size_t)n;
	in->taken += (size_t)n;
	return NULL;
}

static struct ks_error *memory_read(struct ks_input *in, uint64_t offset, void *buf, size_t len,
				    size_t *got)
{
	const struct memory_input *memory = (const struct memory_input *)in;
	size_t n = offset >= in->size ? 0 : in->size - offset < len ? in->size - offset : len;
	if (n)
		memcpy(buf, memory->bytes + offset, n);
	*got = n;
	in->taken += n;
	return NULL;
}

static void plain_close(struct ks_input *in)
{
	free(in);
}

static const struct ks_input_ops file_ops = { .read = file_read, .close = plain_close };
static const struct ks_input_ops memory_ops = { .read = memory_read, .close = plain_close };

struct ks_error *ks_input_file(int fd, struct ks_input **ret)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return ks_error_new(KS_ERR_IO, "cannot tell the size: %m");
	struct file_input *file = calloc(1, sizeof(*file));
	if (!file)
		return &ks_nomem;
	file->in = (struct ks_input){ &file_ops, (uint64_t)st.st_size, true, 0 };
	file->fd = fd;
	*ret = &file->in;
	return NULL;
}

struct ks_error *ks_input_memory(const void *bytes, size_t len, struct ks_input **ret)
{
	struct memory_input *memory = calloc(1, sizeof(*memory));
	if (!memory)
		return &ks_nomem;
	memory->in = (struct ks_input){ &memory_ops, len, true, 0 };
	memory->bytes = bytes;
	*ret = &memory->in;
	return NULL;
}

void ks_input_close(struct ks_input *in)
{
	if (in)
		in->ops->close(in);
}

struct ks_error *ks_input_read(struct ks_input *in, uint64_t offset, void *buf, size_t len,
			       size_t *got)
{
	size_t have = 0;
	while (have < len) {
		size_t n = 0;
		KS_TRY(in->ops->read(in, offset + have, (char *)buf + have, len - have, &n));
		if (!n)
			break;
		have += n;
	}
	*got = have;
	return NULL;
}

void ks_input_want(struct ks_input *in, uint64_t begin, uint64_t end)
{
	if (in->ops->want)
		in->ops->want(in, begin, end);
}
