/* SPDX-License-Identifier: BSD-2-Clause */
#include "names_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/array.h"
#include "base/text.h"
#include "check.h"
#include "deb_builder.h"
#include "judge.h"
#include "scratch.h"
#include "store/store.h"

struct world worlds[2];

const char *name_of(const struct world *world, struct ks_arena *arena, size_t i)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "%s%03zu", world->calm ? "harmless" : nasty(i), i);
	return ks_arena_strdup(arena, ks_buf_text(&name));
}

/** What is told of the image, and that all of it is known. */
static void describe(struct ks_surface *surface, const struct world *world, bool second)
{
	static const enum ks_kind kinds[] = { KS_FUNCTION, KS_STRUCT, KS_UNION,	  KS_ENUM,
					      KS_TYPEDEF,  KS_CONFIG, KS_SYSCALL, KS_TRACEPOINT,
					      KS_LSM,	   KS_KFUNC };
	surface->image = (struct ks_image){
		.label = world->label[second],
		.release = world->label[second],
		.version = second ? "6.2.0" : "6.1.0",
		.arch = "amd64",
		.flavor = "",
		.compiler = world->label[second],
		.banner = world->label[second],
		.digest = second ? "0123456789abcdef0123456789abcdef"
				 : "fedcba9876543210fedcba9876543210",
		.elf_class = 64,
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++)
		surface->known |= KS_KNOWS(kinds[i]);
	surface->symtab_known = true;
}

static struct ks_surface *make_surface(const struct world *world, bool second)
{
	struct ks_surface *surface = ks_surface_new(1);
	struct ks_arena *arena = &surface->arenas[0];
	size_t nr = nasty_nr();
	struct ks_function *functions = ks_arena_array(arena, nr, sizeof(*functions));
	struct ks_decl *decls = ks_arena_array(arena, 5 * nr, sizeof(*decls));
	struct ks_type *types = ks_arena_array(arena, 2 * nr, sizeof(*types));
	struct ks_param *params = ks_arena_array(arena, nr, sizeof(*params));
	struct ks_member *members = ks_arena_array(arena, nr, sizeof(*members));
	struct ks_entry *entries = ks_arena_array(arena, nr, sizeof(*entries));
	struct ks_symbol *symbols = ks_arena_array(arena, nr, sizeof(*symbols));
	struct ks_option *options = ks_arena_array(arena, nr, sizeof(*options));
	struct ks_tracepoint *events = ks_arena_array(arena, nr, sizeof(*events));
	struct ks_syscall *calls = ks_arena_array(arena, nr, sizeof(*calls));
	struct ks_enumerator *values = ks_arena_array(arena, nr, sizeof(*values));
	const char **hooks = ks_arena_array(arena, nr, sizeof(*hooks));
	must(functions && decls && types && params && members && entries && symbols && options);
	must(events && calls && values && hooks);
	for (size_t i = 0; i < nr; i++) {
		const char *name = name_of(world, arena, i);
		types[i] = (struct ks_type){ .kind = KS_TYPE_STRUCT, .name = name };
		params[i] = (struct ks_param){ name, &types[i] };
		types[nr + i] = (struct ks_type){ .kind = KS_TYPE_PROTO,
						  .inner = &types[i],
						  .nr_params = !second,
						  .params = &params[i] };
		members[i] = (struct ks_member){ name, &types[i], 0, 0 };
		if (second) {
			struct ks_type *pointer = ks_arena_alloc(arena, sizeof(*pointer));
			*pointer = (struct ks_type){ .kind = KS_TYPE_PTR, .inner = &types[i] };
			members[i].type = pointer;
		}
		decls[i] = (struct ks_decl){ .kind = KS_FUNCTION,
					     .name = name,
					     .type = &types[nr + i] };
		decls[nr + i] = (struct ks_decl){
			.kind = KS_STRUCT, .name = name, .size = 8, .nr = 1, .members = &members[i]
		};
		values[i] = (struct ks_enumerator){ name, second };
		decls[2 * nr + i] = decls[nr + i];
		decls[2 * nr + i].kind = KS_UNION;
		decls[3 * nr + i] = (struct ks_decl){
			.kind = KS_ENUM, .name = name, .size = 4, .nr = 1, .values = &values[i]
		};
		decls[4 * nr + i] = (struct ks_decl){ .kind = KS_TYPEDEF,
						      .name = name,
						      .type = members[i].type };
		events[i] = (struct ks_tracepoint){ .event = name,
						    .class_name = name,
						    .func_name = name,
						    .struct_name = name,
						    .format = name,
						    .system = name,
						    .func = &decls[i],
						    .record = &decls[nr + i] };
		calls[i] = (struct ks_syscall){ .number = (uint32_t)i + 1, .name = name };
		hooks[i] = name;
		entries[i] = (struct ks_entry){ .addr = 4096 + 16 * i,
						.loc_file = name,
						.file = name,
						.line = 7,
						.external = true,
						.proto = &types[nr + i] };
		symbols[i] = (struct ks_symbol){ .name = name,
						 .section = ".text",
						 .addr = 4096 + 16 * i,
						 .size = 8,
						 .bind = 1,
						 .type = 2 };
		functions[i] = (struct ks_function){ name, 1, 1, &entries[i], &symbols[i], 0 };
		options[i] = (struct ks_option){ name, second ? name : "y" };
	}
	describe(surface, world, second);
	surface->functions = functions;
	surface->symbols = symbols;
	surface->options = options;
	surface->nr_functions = surface->nr_symbols = surface->nr_options = nr;
	surface->decls[KS_FUNCTION].at = decls;
	surface->decls[KS_STRUCT].at = decls + nr;
	surface->decls[KS_UNION].at = decls + 2 * nr;
	surface->decls[KS_ENUM].at = decls + 3 * nr;
	surface->decls[KS_TYPEDEF].at = decls + 4 * nr;
	surface->decls[KS_FUNCTION].nr = surface->decls[KS_STRUCT].nr = nr;
	surface->decls[KS_UNION].nr = surface->decls[KS_ENUM].nr = surface->decls[KS_TYPEDEF].nr =
		nr;
	surface->tracepoints = events;
	surface->syscalls = calls;
	surface->lsm = surface->kfuncs = hooks;
	surface->nr_tracepoints = surface->nr_syscalls = surface->nr_lsm = surface->nr_kfuncs = nr;
	return surface;
}

/** Images of a store from before labels were checked have such labels. */
static void set_label(const struct world *world, const char *from, const char *to)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	must(sqlite3_open(world->db, &db) == SQLITE_OK);
	must(sqlite3_prepare_v2(db, "UPDATE image SET label = ?2 WHERE label = ?1", -1, &stmt,
				NULL) == SQLITE_OK);
	sqlite3_bind_text(stmt, 1, from, -1, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, to, -1, SQLITE_STATIC);
	must(sqlite3_step(stmt) == SQLITE_DONE && sqlite3_changes(db) == 1);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static void make_store(struct world *world)
{
	struct ks_store *store;
	snprintf(world->db, sizeof(world->db), "%s/store.db", world->dir);
	assert_ok(ks_store_open(world->db, KS_STORE_CREATE, &store));
	char *labels[2];
	for (int i = 0; i < 2; i++) {
		struct ks_put_result result;
		_cleanup_surface_ struct ks_surface *surface = make_surface(world, i);
		assert_ok(ks_store_put(store, surface, 1, &result));
		assert_true(ks_text_is_plain(result.label, strlen(result.label)));
		labels[i] = result.label;
	}
	ks_store_close(store);
	for (int i = 0; i < 2; i++) {
		set_label(world, labels[i], world->label[i]);
		free(labels[i]);
	}
}

static void replace_all(struct ks_buf *bytes, const char *from, const char *to)
{
	size_t len = strlen(from);
	must(strlen(to) == len);
	for (size_t i = 0; i + len <= bytes->len; i++)
		if (memcmp(bytes->at + i, from, len) == 0)
			memcpy(bytes->at + i, to, len);
}

/** The object of tests/objects with other names for its programs, maps and targets, alone and in a package. */
static void make_object(struct world *world)
{
	static const char *const names[][2] = {
		{ "on_unlink", "\n::a::\033[m" },
		{ "vfs_read_entry", "::error x::\xe2\x80\xae" },
		{ "do_unlinkat", "##[error]x\x7f" },
		{ "counts", "<b>|`\r" },
		{ "events", "=\"'&,\\" },
		{ "outer", "\x9b\xc2\x9b\t&" },
	};
	_cleanup_buf_ struct ks_buf bytes = { 0 }, deb = { 0 };
	char path[4200];
	snprintf(path, sizeof(path), "%s/tracing.bpfel.o", getenv("KSURF_OBJECTS"));
	FILE *file = fopen(path, "r");
	must(file);
	for (int c; (c = getc(file)) != EOF;)
		ks_buf_char(&bytes, (char)c);
	fclose(file);
	for (size_t i = 0; i < KS_ARRAY_LEN(names) && !world->calm; i++)
		replace_all(&bytes, names[i][0], names[i][1]);
	world->program = world->calm ? names[0][0] : names[0][1];
	const char *name = world->calm ? "harmless.o" : "\n::error file=x::\033[31m\xff.o";
	world->object = write_file(world->dir, name, bytes.at, bytes.len);
	const struct file files[] = {
		{ world->calm ? "./usr/harmless.o" : "./usr/\n::error::y\r\033[m.o", bytes.at,
		  bytes.len, NULL },
		{ 0 },
	};
	build_deb("Package: x\nVersion: 1\nArchitecture: amd64\n", files, PACK_NONE, &deb);
	world->deb = write_file(world->dir, world->calm ? "x.deb" : "\t::x::.deb", deb.at, deb.len);
}

int make_worlds(void **state)
{
	(void)state;
	const char *objects = getenv("KSURF_OBJECTS");
	char path[4200];
	snprintf(path, sizeof(path), "%s/tracing.bpfel.o", objects ? objects : "");
	if (!getenv("KSURF_COMMAND") || access(path, R_OK) != 0)
		return 0;
	worlds[0].label[0] = "6.1\n::error file=x::\033[31m<b>|`_";
	worlds[0].label[1] = "::warning::\r6.2\xc2\x9b\xff\xe2\x80\xa8\"";
	worlds[0].name = "\033[31mred000"; // see name_of()
	worlds[1].label[0] = "harmless-6.1";
	worlds[1].label[1] = "harmless-6.2";
	worlds[1].name = "harmless000";
	worlds[1].calm = true;
	for (int i = 0; i < 2; i++) {
		worlds[i].dir = make_dir();
		make_store(&worlds[i]);
		make_object(&worlds[i]);
	}
	return 0;
}

int remove_worlds(void **state)
{
	(void)state;
	for (int i = 0; i < 2 && worlds[i].dir; i++) {
		remove_dir(worlds[i].dir);
		free(worlds[i].object);
		free(worlds[i].deb);
	}
	return 0;
}
