/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <archive.h>
#include <archive_entry.h>

#include "base/error.h"

/** The functions of libarchive that we use; it is loaded when the first archive is read (base/lazy.h). */
struct ks_archive {
	struct archive *(*read_new)(void);
	int (*read_free)(struct archive *a);
	int (*read_support_format_tar)(struct archive *a);
	int (*read_support_format_empty)(struct archive *a);
	int (*read_support_format_ar)(struct archive *a);
	int (*read_support_format_cpio)(struct archive *a);
	int (*read_support_format_zip)(struct archive *a);
	int (*read_support_format_7zip)(struct archive *a);
	int (*read_support_format_raw)(struct archive *a);
	int (*read_support_filter_gzip)(struct archive *a);
	int (*read_support_filter_bzip2)(struct archive *a);
	int (*read_support_filter_xz)(struct archive *a);
	int (*read_support_filter_zstd)(struct archive *a);
	int (*read_support_filter_rpm)(struct archive *a);
	int (*read_open)(struct archive *a, void *arg, archive_open_callback *open,
			 archive_read_callback *read, archive_close_callback *close);
	int (*read_open_memory)(struct archive *a, const void *bytes, size_t len);
	la_ssize_t (*read_data)(struct archive *a, void *to, size_t len);
	int (*format)(struct archive *a);
	int (*filter_count)(struct archive *a);
	int (*read_next_header)(struct archive *a, struct archive_entry **entry);
	int (*read_data_block)(struct archive *a, const void **buf, size_t *len,
			       la_int64_t *offset);
	const char *(*error_string)(struct archive *a);
	void (*set_error)(struct archive *a, int number, const char *fmt, ...);
	const char *(*entry_pathname)(struct archive_entry *entry);
	la_int64_t (*entry_size)(struct archive_entry *entry);
	__LA_MODE_T (*entry_filetype)(struct archive_entry *entry);
	const char *(*entry_hardlink)(struct archive_entry *entry);
};

/** Load libarchive, once for the process; any thread. @param[out] ret lives as long as the process */
KS_MUST_CHECK struct ks_error *ks_archive_get(const struct ks_archive **ret);
