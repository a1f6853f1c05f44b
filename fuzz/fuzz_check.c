/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects judged on a kernel that has what they ask for, and has not: the reader, the relocation simulator, the
 * interpreter and all rules. Every name exists or not by a bit of its hash, so that both ways are gone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/prepare.h"
#include "check/rules/bounds.h"
#include "check/rules/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ks_type number = { .kind = KS_TYPE_INT, .name = "int" };
static const struct ks_type again = { .kind = KS_TYPE_TYPEDEF, .name = "again" }; // of itself
static const struct ks_type pointer = { .kind = KS_TYPE_PTR, .inner = &again };
static const struct ks_type tail = { .kind = KS_TYPE_ARRAY, .n = UINT64_MAX, .inner = &number };
static const struct ks_type thing = { .kind = KS_TYPE_STRUCT, .name = "thing" };
static const struct ks_type to_thing = { .kind = KS_TYPE_PTR, .inner = &thing };
static const struct ks_type things = { .kind = KS_TYPE_ARRAY, .n = 1u << 31, .inner = &to_thing };
static const struct ks_param params[] = { { "a", &to_thing }, { "b", &pointer }, { "c", &again } };
static const struct ks_type proto = {
	.kind = KS_TYPE_PROTO, .inner = &number, .nr_params = 3, .params = params
};
static const struct ks_member members[] = {
	{ "pid", &number, 0, 0 },	   { "state", &number, 33, 7 },
	{ "mm", &pointer, UINT64_MAX, 0 }, { "__data", &tail, 64, 0 },
	{ "next", &to_thing, 64, 0 },	   { "itself", &thing, 128, 0 },
	{ "things", &things, 192, 0 }
};
/** The base, where all of them stand elsewhere. */
static const struct ks_member base_members[] = { { "next", &to_thing, 0, 0 },
						 { "pid", &number, 64, 0 },
						 { "things", &things, 128, 0 },
						 { "__data", &tail, 192, 0 } };
static const struct ks_enumerator values[] = { { "BPF_FUNC_map_lookup_elem", 1 },
					       { "BPF_PROG_TYPE_KPROBE", 2 } };
static const struct ks_image image = {
	.label = "fuzz", .arch = "amd64", .release = "6.1.0", .elf_class = 64, .facts = UINT32_MAX
};
static const struct ks_image *const images[] = { &image, &image }; // the second one is the base
enum { NR_IMAGES = 2 };

static uint32_t hash_of(const char *name)
{
	uint32_t hash = 2166136261u;
	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

static struct ks_error *answer(void *arg, enum ks_kind kind, const char *name,
			       struct ks_arena *arena, struct ks_history *ret)
{
	(void)arg;
	struct ks_fact *fact = ks_arena_array(arena, NR_IMAGES, sizeof(*fact));
	struct ks_decl *decl = ks_arena_array(arena, NR_IMAGES, sizeof(*decl));
	struct ks_symbol *symbol = ks_arena_alloc(arena, sizeof(*symbol));
	struct ks_function *function = ks_arena_alloc(arena, sizeof(*function));
	if (!fact || !decl || !symbol || !function)
		return &ks_nomem;
	uint32_t hash = hash_of(name);
	*decl = (struct ks_decl){ .kind = kind, .name = name, .size = hash >> 20 };
	*symbol = (struct ks_symbol){ .name = name, .attach = (uint8_t)(hash >> 8) };
	*function = (struct ks_function){
		.name = name, .nr_symbols = 1, .symbols = symbol, .nr_btf = 1
	};
	*fact = (struct ks_fact){ .image = &image, .known = true, .present = hash & 1 };
	if (kind == KS_STRUCT || kind == KS_UNION) {
		decl->members = members;
		decl->nr = KS_ARRAY_LEN(members);
	} else if (kind == KS_ENUM) {
		decl->values = values;
		decl->nr = 2;
	} else {
		decl->type = kind == KS_FUNCTION ? &proto : hash & 2 ? &pointer : &again;
	}
	if (fact->present && kind <= KS_INT)
		fact->decl = decl;
	if (fact->present && kind == KS_FUNCTION)
		fact->function = function;
	if (fact->present && kind == KS_CONFIG)
		fact->value = hash & 4 ? "y" : "0x10";
	decl[1] = decl[0];
	fact[1] = fact[0];
	if (fact->decl)
		fact[1].decl = &decl[1];
	if (kind == KS_STRUCT || kind == KS_UNION) {
		decl[1].members = base_members;
		decl[1].nr = KS_ARRAY_LEN(base_members);
	}
	*ret = (struct ks_history){ .kind = kind, .name = name, .nr = NR_IMAGES, .facts = fact };
	return NULL;
}

static struct ks_error *list(void *arg, const char *glob, struct ks_arena *arena,
			     struct ks_view_names *ret)
{
	static const char *const names[] = { "do_unlinkat", "tcp_v4_rcv", "vfs_read" };
	(void)arg;
	(void)glob;
	(void)arena;
	*ret = (struct ks_view_names){ 3, names, false };
	return NULL;
}

static struct ks_error *judge(const struct ks_prepared *prepared,
			      const struct ks_resolution *resolution, uint32_t index,
			      struct ks_arena *arena)
{
	struct ks_interp_input input = { .object = prepared->object,
					 .program = &prepared->object->programs[index],
					 .cores = resolution->core_values,
					 .externs = resolution->extern_values,
					 .data = prepared->data,
					 .paths = true };
	struct ks_reach reach;
	KS_TRY(ks_interp(&input, arena, &reach));
	struct ks_bounds bounds;
	const struct ks_bounds_known known = { .learns = index & 1, .links = index & 1 };
	uint64_t steps = 100000;
	KS_TRY(ks_bounds_find(&input, &prepared->hooks[index], known, &steps, &bounds));
	struct ks_judge judge = { .arena = arena,
				  .scratch = arena,
				  .resolution = resolution,
				  .site = &resolution->site,
				  .program = input.program,
				  .hook = &prepared->hooks[index],
				  .caller = &prepared->callers[index],
				  .reach = &reach,
				  .base_reach = &reach,
				  .bounds = &bounds };
	ks_judge_all(&judge);
	ks_vector_deinit(&judge.reasons);
	return NULL;
}

static struct ks_error *check(const struct ks_bpf_object *object, struct ks_view *view,
			      struct ks_arena *arena)
{
	struct ks_prepared prepared;
	struct ks_resolution resolution;
	struct ks_site site = ks_view_site(view, 0), base = ks_view_site(view, 1);
	KS_TRY(ks_object_prepare(arena, object, NULL, &prepared));
	KS_TRY(ks_resolution_make(arena, &prepared, &site, &base, &resolution));
	for (uint32_t i = 0; i < object->nr_programs; i++)
		KS_TRY(judge(&prepared, &resolution, i, arena));
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ks_view_source source = { .history = answer, .names = list };
	_cleanup_bpf_ struct ks_bpf_object *object = NULL;
	_cleanup_view_ struct ks_view *view = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		return 0;
	memcpy(copy, data, size);
	struct ks_error *err = ks_bpf_open(copy, size, "fuzz", &object);
	if (!err)
		err = ks_view_new(&source, NR_IMAGES, images, false, &view);
	if (!err)
		err = check(object, view, &arena);
	ks_error_free(err);
	ks_bpf_close(ks_take(object));
	free(copy);
	return 0;
}
