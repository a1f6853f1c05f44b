/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/lazy.h"
#include "source/package/archive.h"

static const struct ks_lazy_symbol symbols[] = {
#define SYMBOL(name)                                                                               \
	{                                                                                          \
		"archive_" #name, offsetof(struct ks_archive, name)                                \
	}
	SYMBOL(read_new),
	SYMBOL(read_free),
	SYMBOL(read_support_format_tar),
	SYMBOL(read_support_format_empty),
	SYMBOL(read_support_format_ar),
	SYMBOL(read_support_format_cpio),
	SYMBOL(read_support_format_zip),
	SYMBOL(read_support_format_7zip),
	SYMBOL(read_support_format_raw),
	SYMBOL(read_support_filter_gzip),
	SYMBOL(read_support_filter_bzip2),
	SYMBOL(read_support_filter_xz),
	SYMBOL(read_support_filter_zstd),
	SYMBOL(read_support_filter_rpm),
	SYMBOL(read_open),
	SYMBOL(read_open_memory),
	SYMBOL(read_data),
	SYMBOL(format),
	SYMBOL(filter_count),
	SYMBOL(read_next_header),
	SYMBOL(read_data_block),
	SYMBOL(error_string),
	SYMBOL(set_error),
	SYMBOL(entry_pathname),
	SYMBOL(entry_size),
	SYMBOL(entry_filetype),
	SYMBOL(entry_hardlink),
#undef SYMBOL
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ks_archive table;
static bool usable;

KS_LAZY_NOTE("archives", "packages and archives", "recommended", "libarchive.so.13");

static void load(void)
{
	static const char *const names[] = { "libarchive.so.13", NULL };
	const struct ks_lazy lazy = { names, symbols, KS_ARRAY_LEN(symbols), &table };
	usable = ks_lazy_load(&lazy);
}

struct ks_error *ks_archive_get(const struct ks_archive **ret)
{
	pthread_once(&once, load);
	if (!usable)
		return ks_error_new(KS_ERR_UNSUPPORTED, "cannot load libarchive.so.13, which "
							"packages need: install libarchive13");
	*ret = &table;
	return NULL;
}
