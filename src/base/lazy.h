/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Shared libraries that are loaded when they are needed and not linked. The dynamic loader maps every linked
 * library, and those it depends on, at every start: libcurl brings some thirty, libarchive ten, librsvg twenty.
 * That is milliseconds, more than most commands of ksurf take, and few of them need any of these.
 */
#include <stdbool.h>
#include <stddef.h>

/** A function, and where its address goes in the table. */
struct ks_lazy_symbol {
	const char *name;
	size_t at;
};

/**
 * One library. Loading is the one thing that belongs to the process and not to a context: it happens once, and
 * nothing changes after that. The caller sees to it with pthread_once().
 */
struct ks_lazy {
	const char *const *names; // file names to try in order; NULL ends them
	const struct ks_lazy_symbol *symbols;
	size_t nr_symbols;
	void *table; // of function pointers
};

/** Load the library and fill the table; false when it is missing or too old for some function. */
bool ks_lazy_load(const struct ks_lazy *lazy);
