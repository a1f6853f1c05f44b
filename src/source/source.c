/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/trace.h"
#include "source/apart.h"
#include "source/content.h"
#include "source/input.h"
#include "source/package/stream.h"
#include "source/source.h"
#include "source/spool.h"
#include "source/vmlinuz/vmlinuz.h"

enum { PEEK_BYTES = 512, CONFIG_FILE_MAX = 8 << 20, SYSTEM_MAP_MAX = 64 << 20 };

/** A content that is refused, and in which words. */
static const struct refusal {
	enum ks_errcode code;
	const char *text;
} refusals[] = {
	[KS_CONTENT_EMPTY] = { KS_ERR_DATA, "an empty file" },
	[KS_CONTENT_THIN] = { KS_ERR_UNSUPPORTED,
			      "a thin archive, which only names files: give those" },
	[KS_CONTENT_TEXT] = { KS_ERR_UNSUPPORTED, "a text file, not a kernel image or package" },
	[KS_CONTENT_OTHER] = { KS_ERR_UNSUPPORTED,
			       "neither a kernel (vmlinux, vmlinuz) nor a package "
			       "that may hold one" },
};

static struct ks_error *refuse(enum ks_content content)
{
	return ks_error_new(refusals[content].code, "%s", refusals[content].text);
}

/** A dataset has one folder per kind of construct; these are never missing. */
static bool is_dataset(int dir)
{
	static const char *const folders[] = { "func_groups", "types_struct", "types_func" };
	for (size_t i = 0; i < KS_ARRAY_LEN(folders); i++) {
		struct stat st;
		if (fstatat(dir, folders[i], &st, 0) < 0 || !S_ISDIR(st.st_mode))
			return false;
	}
	return true;
}

/** From the bytes in the view to the kernel in them. */
static struct ks_error *take_kernel(struct ks_source *src, const struct ks_package_limits *limits,
				    const struct ks_progress *progress)
{
	struct ks_unpacked_kernel kernel = { 0 };
	KS_TRY(ks_vmlinuz_open(src->view.at, src->view.len, limits, progress, &kernel));
	src->map = kernel.at;
	src->len = kernel.len;
	src->is_btf = kernel.is_btf;
	src->is_flat = kernel.is_flat;
	src->flat = kernel.flat;
	if (kernel.map.base) { // what it was packed in is not needed any more
		ks_map_deinit(&src->view);
		src->view = kernel.map;
	}
	return NULL;
}

struct ks_error *ks_source_take(struct ks_source *src, struct ks_package *package,
				const struct ks_package_limits *limits,
				const struct ks_progress *progress)
{
	src->view = package->vmlinux;
	src->member = package->vmlinux_path;
	src->config = package->config;
	src->system_map = package->system_map;
	src->package = package->name;
	src->package_version = package->version;
	src->package_arch = package->arch;
	free(package->depends);
	*package = (struct ks_package){ 0 };
	return ks_error_wrap(take_kernel(src, limits, progress), "%s", src->member);
}

static struct ks_error *open_package(struct ks_source *src, int fd,
				     const struct ks_source_opts *opts)
{
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_package_ struct ks_package package = { 0 };
	KS_TRY(ks_input_file(fd, &in));
	KS_TRY(ks_package_read(in, KS_PACKAGE_VMLINUX, &opts->limits, &opts->progress, &package));
	src->taken = in->taken;
	return ks_source_take(src, &package, &opts->limits, &opts->progress);
}

/** What is inside of something packed: a package or a kernel. */
static struct ks_error *look_inside(int fd, enum ks_content *ret)
{
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_stream_ struct ks_stream *stream = NULL;
	uint8_t head[PEEK_BYTES];
	size_t len = 0;
	KS_TRY(ks_input_file(fd, &in));
	KS_TRY(ks_stream_open(in, 0, in->size, UINT64_MAX, &stream));
	for (size_t got = 1; got && len < sizeof(head); len += got)
		KS_TRY(ks_stream_read(stream, head + len, sizeof(head) - len, &got));
	enum ks_content content = ks_content_of(head, len);
	*ret = content == KS_CONTENT_KERNEL || content == KS_CONTENT_BTF ? content
									 : KS_CONTENT_PACKAGE;
	return NULL;
}

/** The first bytes of a regular file. */
static struct ks_error *read_head(int fd, const struct stat *st, uint8_t *head, size_t *len)
{
	if (!S_ISREG(st->st_mode))
		return ks_error_new(KS_ERR_USAGE, "neither a file nor a directory");
	ssize_t n = pread(fd, head, KS_VMLINUZ_HEAD_BYTES, 0);
	if (n < 0)
		return ks_error_new(KS_ERR_IO, "cannot read: %m");
	*len = (size_t)n;
	return NULL;
}

static struct ks_error *open_fd(struct ks_source *src, int fd, const struct ks_source_opts *opts)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return ks_error_new(KS_ERR_IO, "cannot tell what it is: %m");
	if (S_ISDIR(st.st_mode)) {
		src->type = KS_SOURCE_DATASET;
		return is_dataset(fd) ? NULL
				      : ks_error_new(KS_ERR_UNSUPPORTED,
						     "a directory, but not a DepSurf dataset");
	}
	uint8_t head[KS_VMLINUZ_HEAD_BYTES];
	size_t len = 0;
	KS_TRY(read_head(fd, &st, head, &len));
	src->total = (uint64_t)st.st_size;
	enum ks_content content = ks_content_of(head, len);
	if (content == KS_CONTENT_PACKED)
		KS_TRY(look_inside(fd, &content));
	if (content == KS_CONTENT_PACKAGE)
		return open_package(src, fd, opts);
	if (content != KS_CONTENT_KERNEL && content != KS_CONTENT_BTF)
		return refuse(content);
	KS_TRY(ks_map_fd(fd, 0, src->total, &src->view));
	return take_kernel(src, &opts->limits, &opts->progress);
}

/** A small file as text, or NULL when it cannot be had: nobody asked for it by name. */
static char *read_beside(const char *path, size_t max)
{
	struct stat st;
	char *text = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size <= max)
		text = calloc(1, (size_t)st.st_size + 1);
	if (text && pread(fd, text, (size_t)st.st_size, 0) != st.st_size) {
		free(text);
		text = NULL;
	}
	if (fd >= 0)
		close(fd);
	return text;
}

/** "/boot/config-6.1.0" for "/boot/vmlinuz-6.1.0". */
static void look_beside(struct ks_source *src)
{
	const char *slash = strrchr(src->path, '/'), *file = slash ? slash + 1 : src->path;
	if (strncmp(file, "vmlinuz-", 8) != 0 && strncmp(file, "vmlinux-", 8) != 0)
		return;
	const struct {
		const char *prefix;
		size_t max;
		char **text;
	} all[] = { { "config-", CONFIG_FILE_MAX, &src->config },
		    { "System.map-", SYSTEM_MAP_MAX, &src->system_map } };
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		char *path;
		if (*all[i].text || asprintf(&path, "%.*s%s%s", (int)(file - src->path), src->path,
					     all[i].prefix, file + 8) < 0)
			continue;
		*all[i].text = read_beside(path, all[i].max);
		free(path);
	}
}

/** Types alone are of the kernel that the user says, or that the path tells. */
static struct ks_error *name_btf(struct ks_source *src, const char *told)
{
	struct ks_btf_owner *name = &src->btf_owner;
	struct ks_error *err = ks_btf_owner_of_path(src->path, name);
	if (!err && !name->release && src->member)
		err = ks_btf_owner_of_path(src->member, name);
	if (!err && told)
		err = ks_btf_owner_told(told, name);
	return ks_error_in_file(err, src->path);
}

static const char *kind_of(const struct ks_source *src)
{
	if (src->type == KS_SOURCE_DATASET)
		return "dataset";
	if (src->member)
		return "package";
	return src->is_btf ? "types" : src->is_flat ? "boot image" : "kernel";
}

struct ks_error *ks_source_open(const char *path, const struct ks_source_opts *opts,
				struct ks_source **ret)
{
	int64_t start = ks_trace_begin(KS_TRACE_SOURCE);
	static const struct ks_source_opts none;
	opts = opts ? opts : &none;
	_cleanup_source_ struct ks_source *src = calloc(1, sizeof(*src));
	if (!src || !(src->path = strdup(path)))
		return &ks_nomem;
	int fd = -1;
	KS_TRY(ks_error_in_file(ks_spool_open(path, &fd), path));
	struct ks_error *err = open_fd(src, fd, opts);
	close(fd);
	if (err)
		return ks_error_in_file(err, path);
	if (src->is_btf)
		KS_TRY(name_btf(src, opts->release));
	else if (src->type == KS_SOURCE_VMLINUX && !src->member)
		look_beside(src);
	if (src->type == KS_SOURCE_VMLINUX && !src->is_btf && !src->is_flat)
		KS_TRY(ks_error_in_file(ks_source_find_code(src, opts), path));
	if (opts->config && src->type == KS_SOURCE_VMLINUX) {
		free(src->config);
		src->config = NULL;
		KS_TRY(ks_source_config(opts->config, opts, &src->config));
	}
	ks_trace_end(KS_TRACE_SOURCE, start, "open %s: %s, %llu bytes, kernel of %zu bytes", path,
		     kind_of(src), (unsigned long long)src->total, src->len);
	*ret = ks_take(src);
	return NULL;
}

void ks_source_close(struct ks_source *src)
{
	if (!src)
		return;
	ks_map_deinit(&src->view);
	ks_btf_owner_deinit(&src->btf_owner);
	ks_source_close(src->code);
	free(src->path);
	free(src->member);
	free(src->config);
	free(src->sets);
	free(src->note);
	free(src->system_map);
	free(src->package);
	free(src->package_version);
	free(src->package_arch);
	free(src);
}

static struct ks_error *config_fd(int fd, const struct ks_source_opts *opts, char **ret)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return ks_error_new(KS_ERR_IO, "cannot tell what it is: %m");
	uint8_t head[KS_VMLINUZ_HEAD_BYTES];
	size_t len = 0;
	KS_TRY(read_head(fd, &st, head, &len));
	enum ks_content content = ks_content_of(head, len);
	if (content == KS_CONTENT_PACKED)
		content = KS_CONTENT_PACKAGE;
	if (content != KS_CONTENT_PACKAGE && content != KS_CONTENT_TEXT)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "no configuration: neither text nor a package");
	_cleanup_input_ struct ks_input *in = NULL;
	KS_TRY(ks_input_file(fd, &in));
	if (content == KS_CONTENT_PACKAGE) {
		_cleanup_package_ struct ks_package package = { 0 };
		KS_TRY(ks_package_read(in, KS_PACKAGE_CONFIG, &opts->limits, &opts->progress,
				       &package));
		*ret = ks_take(package.config);
		return NULL;
	}
	if (in->size > CONFIG_FILE_MAX)
		return ks_error_new(KS_ERR_DATA, "a configuration of more than %d MiB",
				    CONFIG_FILE_MAX >> 20);
	char *text = calloc(1, (size_t)in->size + 1);
	if (!text)
		return &ks_nomem;
	struct ks_error *err = ks_input_read(in, 0, text, (size_t)in->size, &len);
	if (!err && !strstr(text, "CONFIG_"))
		err = ks_error_new(KS_ERR_DATA, "a text, but not the configuration of a kernel");
	if (err)
		free(text);
	else
		*ret = text;
	return err;
}

struct ks_error *ks_source_config(const char *path, const struct ks_source_opts *opts, char **ret)
{
	static const struct ks_source_opts none;
	int fd = -1;
	KS_TRY(ks_error_in_file(ks_spool_open(path, &fd), path));
	struct ks_error *err = config_fd(fd, opts ? opts : &none, ret);
	close(fd);
	return ks_error_in_file(err, path);
}
