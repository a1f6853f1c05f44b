/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Memory of malloc() that is freed when its variable goes out of scope, unless ks_take() takes it away. */
#include <stdlib.h>

static inline void ks_memory_freep(void *ptr)
{
	free(*(void **)ptr);
}
#define _cleanup_free_ __attribute__((__cleanup__(ks_memory_freep)))
