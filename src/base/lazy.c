/* SPDX-License-Identifier: BSD-2-Clause */
#include <dlfcn.h>
#include <string.h>

#include "base/lazy.h"

bool ks_lazy_load(const struct ks_lazy *lazy)
{
	void *lib = NULL;
	for (size_t i = 0; !lib && lazy->names[i]; i++)
		lib = dlopen(lazy->names[i], RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		return false;
	for (size_t i = 0; i < lazy->nr_symbols; i++) {
		void *sym = dlsym(lib, lazy->symbols[i].name); // also in what it is linked with
		if (!sym)
			return false;
		memcpy((char *)lazy->table + lazy->symbols[i].at, &sym, sizeof(sym));
	}
	return true;
}
