/* SPDX-License-Identifier: BSD-2-Clause */
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "source/curl.h"

/** Name of a function and its place in the table. */
static const struct symbol {
	const char *name;
	size_t at;
} symbols[] = {
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

// A library is loaded once for a process and curl_global_init() must not run twice at a time: the one
// piece of state that belongs to the process and not to a context. It never changes after that.
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct ks_curl table;
static bool usable;

static void load(void)
{
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4" };
	void *lib = NULL;
	for (size_t i = 0; !lib && i < sizeof(names) / sizeof(names[0]); i++)
		lib = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		return;
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *sym = dlsym(lib, symbols[i].name);
		if (!sym)
			return; // older than 7.66
		memcpy((char *)&table + symbols[i].at, &sym, sizeof(sym));
	}
	usable = table.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
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
