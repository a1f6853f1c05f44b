/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/array.h"
#include "base/lazy.h"
#include "source/net/curl.h"

static const struct ks_lazy_symbol symbols[] = {
#define SYMBOL(name)                                                                               \
	{                                                                                          \
		"curl_" #name, offsetof(struct ks_curl, name)                                      \
	}
	SYMBOL(global_init),	  SYMBOL(easy_init),	       SYMBOL(easy_cleanup),
	SYMBOL(easy_setopt),	  SYMBOL(easy_getinfo),	       SYMBOL(easy_pause),
	SYMBOL(easy_strerror),	  SYMBOL(multi_init),	       SYMBOL(multi_cleanup),
	SYMBOL(multi_add_handle), SYMBOL(multi_remove_handle), SYMBOL(multi_perform),
	SYMBOL(multi_poll),	  SYMBOL(multi_info_read),     SYMBOL(slist_append),
	SYMBOL(slist_free_all),
#undef SYMBOL
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ks_curl table;
static bool usable;

KS_LAZY_NOTE("transfers", "fetching kernels from archives and debuginfod servers", "recommended",
	     "libcurl.so.4" KS_LAZY_OR "libcurl-gnutls.so.4");

static void load(void)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", NULL };
	const struct ks_lazy lazy = { names, symbols, KS_ARRAY_LEN(symbols), &table };
	usable = ks_lazy_load(&lazy) && table.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

struct ks_error *ks_curl_get(const struct ks_curl **ret)
{
	pthread_once(&once, load);
	if (!usable)
		return ks_error_new(KS_ERR_UNSUPPORTED, "cannot load libcurl.so.4, which transfers "
							"need: install libcurl4");
	*ret = &table;
	return NULL;
}
