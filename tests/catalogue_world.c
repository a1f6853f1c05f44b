/* SPDX-License-Identifier: BSD-2-Clause */
#include "catalogue_world.h"

#include "base/array.h"

void world_publish(struct world *world, struct ks_buf *out)
{
	static const struct ks_store_want common[] = {
		{ KS_STRUCT, "zoo", false },	   { KS_CONFIG, "CONFIG_BPF", false },
		{ KS_TYPEDEF, "atomic_t", false }, { KS_STRUCT, "no_such", false },
		{ KS_ENUM, "mode", false },	   { KS_STRUCT, "zoo", false },
	};
	const struct ks_publish_opts opts = { .common = common, .nr_common = KS_ARRAY_LEN(common) };
	struct ks_publish_result result;
	assert_ok(ks_store_publish(world->store, world->path, &opts, &result));
	assert_int_equal(strlen(result.content), 64);
	place_read_file(world->path, out);
	assert_int_equal(out->len, result.bytes);
}

void world_make(struct world *world, void **state)
{
	*world = (struct world){ .http = { .tries = 2, .backoff_ms = 1, .total_s = 20 } };
	snprintf(world->path, sizeof(world->path), "%s.ksurf", place_path(state));
	assert_ok(ks_store_open(place_path(state), KS_STORE_CREATE, &world->store));
	for (unsigned int build = 1; build < BUILDS; build++)
		place_put(world->store, build);
	world_publish(world, &world->other);
	place_put(world->store, BUILDS);
	assert_ok(ks_store_join_sets(world->store, "6.1.0-5", "debian:12@amd64"));
	world_publish(world, &world->bytes);
	strcpy(world->cache, "/tmp/ksurf-cache-XXXXXX");
	assert_non_null(mkdtemp(world->cache));
	setenv("XDG_CACHE_HOME", world->cache, 1);
	world->files[0] = (struct served_file){ "/all.ksurf", world->bytes.at, world->bytes.len };
	world->later[0] = (struct served_file){ "/all.ksurf", world->other.at, world->other.len };
	world->server.files = world->files;
	world->server.etag = "one";
}

void world_serve(struct world *world)
{
	assert_true(range_server_start(&world->server));
	snprintf(world->url, sizeof(world->url), "%s/all.ksurf", world->server.url);
}

void world_stop(struct world *world)
{
	char command[160];
	range_server_stop(&world->server);
	ks_store_close(world->store);
	ks_buf_deinit(&world->bytes);
	ks_buf_deinit(&world->other);
	unlink(world->path);
	snprintf(command, sizeof(command), "rm -rf %s", world->cache);
	assert_int_equal(system(command), 0);
}

void world_command(const char *db, const char *words, struct ks_buf *out)
{
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(&line, "$KSURF_COMMAND --db %s %s 2>&1", db, words);
	int status = place_shell(ks_buf_text(&line), out);
	ks_buf_printf(out, "status %d", status);
	assert_non_null(ks_buf_text(out));
}

struct ks_error *world_note(const struct ks_store_name *name, void *arg)
{
	struct world_names *names = arg;
	struct ks_store_name copy = *name;
	copy.name = ks_arena_strdup(&names->arena, name->name);
	uint64_t *in = ks_arena_alloc(&names->arena, sizeof(*in));
	assert_non_null(in);
	*in = name->in[0];
	copy.in = in;
	return ks_vector_add(&names->at, copy) ? NULL : &ks_nomem;
}

void world_names_deinit(struct world_names *names)
{
	ks_vector_deinit(&names->at);
	ks_arena_deinit(&names->arena);
}
