/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of functions by their ids in BTF: who is closed, and to whom. The BTF is libbpf's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/btf.h>
#include <cmocka.h>
#include <elf.h>

#include "base/array.h"
#include "btf/btf.h"
#include "check.h"
#include "extract/tables/find.h"

enum { BASE = 0x1000, ROOM = 16 };

/** A kernel of two hooks and a function, with lists of ids where the test says so. */
struct world {
	struct btf *made;
	struct ks_btf *btf;
	uint32_t ids[ROOM]; // what lies at BASE
	struct ks_section sections[2];
	struct ks_elf elf;
	struct ks_surface *surface;
	struct ks_symbol symbols[8];
	struct ks_symbol_index *index;
};
enum { FILE_OPEN, TASK_FREE, LEAVE, PROTO, NR_TYPES };

static void world_init(struct world *world, uint32_t ids[NR_TYPES])
{
	world->made = btf__new_empty();
	int number = btf__add_int(world->made, "int", 4, BTF_INT_SIGNED);
	int proto = btf__add_func_proto(world->made, number);
	ids[PROTO] = (uint32_t)proto;
	ids[LEAVE] = (uint32_t)btf__add_func(world->made, "leave", BTF_FUNC_STATIC, proto);
	ids[FILE_OPEN] =
		(uint32_t)btf__add_func(world->made, "bpf_lsm_file_open", BTF_FUNC_STATIC, proto);
	ids[TASK_FREE] =
		(uint32_t)btf__add_func(world->made, "bpf_lsm_task_free", BTF_FUNC_STATIC, proto);
	uint32_t len;
	const void *raw = btf__raw_data(world->made, &len);
	assert_ok(ks_btf_open(raw, len, NULL, &world->btf));
}

static size_t add_symbol(struct world *world, const char *name, uint64_t addr, uint8_t type)
{
	size_t at = world->surface->nr_symbols++;
	world->symbols[at] =
		(struct ks_symbol){ .name = name, .section = ".text", .addr = addr, .type = type };
	return at;
}

/** @param first, second names of lists at the first and at the ninth id; NULL: there is none */
static void read_lists(struct world *world, bool data, const char *first, const char *second)
{
	world->sections[0] = (struct ks_section){ .name = "" };
	world->sections[1] = (struct ks_section){ .name = ".rodata",
						  .type = SHT_PROGBITS,
						  .flags = SHF_ALLOC,
						  .addr = BASE,
						  .size = sizeof(world->ids),
						  .data = (const uint8_t *)world->ids };
	world->elf = (struct ks_elf){
		.is64 = true, .nr_sections = 2, .sections = world->sections, .type = ET_EXEC
	};
	world->surface = ks_surface_new(1);
	world->surface->symbols = world->symbols;
	world->surface->symtab_known = true;
	add_symbol(world, "bpf_lsm_file_open", 0x10, STT_FUNC);
	add_symbol(world, "bpf_lsm_task_free", 0x20, STT_FUNC);
	add_symbol(world, "leave", 0x30, STT_FUNC);
	add_symbol(world, "leave", 0x40, STT_FUNC); // two functions may have one name
	if (data)
		add_symbol(world, "linux_banner", 0x50, STT_OBJECT);
	if (first)
		add_symbol(world, first, BASE, STT_OBJECT);
	if (second)
		add_symbol(world, second, BASE + 8 * sizeof(uint32_t), STT_OBJECT);
	assert_ok(ks_symbol_index_new(world->surface, &world->index));
	const struct ks_finder finder = { .elf = &world->elf,
					  .symbols = world->index,
					  .surface = world->surface };
	ks_extract_lists(&finder, world->btf);
}

static uint8_t bits_of(const struct world *world, const char *name)
{
	uint8_t bits = 0;
	for (size_t i = 0; i < world->surface->nr_symbols; i++)
		bits |= strcmp(world->symbols[i].name, name) == 0 ? world->symbols[i].attach : 0;
	return bits;
}

static bool told(const struct world *world)
{
	return world->surface->image.facts & KS_FACT_LISTS;
}

static void world_deinit(struct world *world)
{
	ks_symbol_index_free(world->index);
	world->surface->symbols = NULL;
	ks_surface_free(world->surface);
	ks_btf_close(world->btf);
	btf__free(world->made);
}

static void functions_get_what_their_lists_say(void **state)
{
	(void)state;
	static const struct {
		const char *list;
		uint8_t bit;
	} lists[] = {
		{ "btf_id_deny", KS_ATTACH_DENIED },
		{ "noreturn_deny", KS_ATTACH_NO_RETURN },
		{ "btf_non_sleepable_error_inject", KS_ATTACH_AWAKE },
		{ "bpf_lsm_disabled_hooks", KS_ATTACH_DENIED },
		{ "sleepable_lsm_hooks", KS_ATTACH_SLEEPS },
		{ "btf_sleepable_lsm_hooks", KS_ATTACH_SLEEPS },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(lists); i++) {
		struct world world = { 0 };
		uint32_t ids[NR_TYPES];
		world_init(&world, ids);
		world.ids[0] = 3;
		world.ids[1] = ids[LEAVE]; // and one that this kernel was built without
		world.ids[3] = ids[FILE_OPEN];
		read_lists(&world, true, lists[i].list, NULL);
		assert_true(told(&world));
		assert_int_equal(bits_of(&world, "leave"), lists[i].bit);
		assert_int_equal(world.symbols[2].attach, world.symbols[3].attach);
		assert_int_equal(bits_of(&world, "bpf_lsm_file_open"), lists[i].bit);
		assert_int_equal(bits_of(&world, "bpf_lsm_task_free"), 0);
		world_deinit(&world);
	}
}

static void kernels_without_a_list_close_nothing(void **state)
{
	(void)state;
	struct world world = { 0 };
	uint32_t ids[NR_TYPES];
	world_init(&world, ids);
	read_lists(&world, true, NULL, NULL);
	assert_true(told(&world));
	assert_int_equal(bits_of(&world, "leave"), 0);
	world_deinit(&world);
}

/** Then nothing is said of any list, also of those that could be read. */
static void lists_that_cannot_be_read_are_unknown(void **state)
{
	(void)state;
	enum { NOT_FILLED, NO_FUNCTION, NO_TYPE, TOO_LONG, BEHIND_THE_END, NO_DATA, NR_FAULTS };
	for (int fault = 0; fault < NR_FAULTS; fault++) {
		struct world world = { 0 };
		uint32_t ids[NR_TYPES];
		world_init(&world, ids);
		world.ids[0] = 1;
		world.ids[1] = ids[LEAVE];
		world.ids[8] = fault == NOT_FILLED	 ? 0
			       : fault == TOO_LONG	 ? UINT32_MAX
			       : fault == BEHIND_THE_END ? ROOM - 8
							 : 1;
		world.ids[9] = fault == NO_FUNCTION ? ids[PROTO]
			       : fault == NO_TYPE   ? 1000
						    : ids[LEAVE];
		read_lists(&world, fault != NO_DATA, "btf_id_deny", "noreturn_deny");
		if (told(&world) || bits_of(&world, "leave"))
			fail_msg("fault %d: told", fault);
		world_deinit(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_get_what_their_lists_say),
		cmocka_unit_test(kernels_without_a_list_close_nothing),
		cmocka_unit_test(lists_that_cannot_be_read_are_unknown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
