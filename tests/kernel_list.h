/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The lists that booted kernels printed of themselves, out of the shared samples (KSURF_SHARED). */
#include <stdbool.h>
#include <stddef.h>

/** The last word of each line, sorted. */
struct kernel_list {
	size_t nr;
	char **at;
	char *text; // what they point into
};

/** The whole file as text, which the caller frees; NULL when the samples do not have it. */
char *kernel_list_text(const char *release, const char *name);
/** @return false when the samples do not have that list of that kernel */
bool kernel_list_read(const char *release, const char *name, struct kernel_list *ret);
void kernel_list_free(struct kernel_list *list);
bool kernel_list_has(const struct kernel_list *list, const char *name);
