/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A store, an object and a package that are full of hostile names, and the same with harmless ones beside it. */
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct world {
	char *dir;
	char db[4200], *object, *deb;
	const char *name, *label[2], *program;
	bool calm;
};

/** Hostile, calm; without a dir where the test objects are missing. */
extern struct world worlds[2];
/** The name of everything that is number i in a world: unique, and begins as the nasty one does. */
const char *name_of(const struct world *world, struct ks_arena *arena, size_t i);
/* For cmocka_run_group_tests(). */
int make_worlds(void **state);
int remove_worlds(void **state);
