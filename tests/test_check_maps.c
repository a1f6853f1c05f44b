/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys, values and flags of maps. The expectations are what booted kernels made of such maps (tests/truth/idioms/maps.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "check.h"
#include "tiny_judge.h"
#include "tiny_view.h"

enum {
	PREALLOC = 1,
	LRU = 2,
	NUMA = 4,
	RDONLY = 8,
	SEED = 64,
	PROG = 128,
	CLONE = 512,
	MMAP = 1024,
	ELEMS = 2048,
	INNER = 4096
};
enum {
	HASH = 1,
	ARRAY = 2,
	PROG_ARRAY = 3,
	PERF_EVENT_ARRAY = 4,
	PERCPU_HASH = 5,
	PERCPU_ARRAY = 6,
	STACK_TRACE = 7,
	LRU_HASH = 9,
	LPM_TRIE = 11,
	HASH_OF_MAPS = 13,
	DEVMAP = 14,
	CPUMAP = 16,
	XSKMAP = 17,
	SOCKHASH = 18,
	QUEUE = 22,
	SK_STORAGE = 24,
	RINGBUF = 27,
	TASK_STORAGE = 29,
	BLOOM_FILTER = 30,
	ARENA = 33,
	LATER = 40,
};

/** What a rule says of a program with a map on an image. */
static const char *said_on(const struct tiny_image *image, void (*rule)(struct ks_judge *),
			   const char *section, const struct ks_bpf_map *map)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_view_ struct ks_view *view = tiny_view(image);
	const struct ks_bpf_insn insns[] = {
		{ .code = 0x18, .dst = 1 }, { 0 }, { .code = 0xb7 }, { .code = 0x95 }
	};
	const uint32_t refs[] = { 0, KS_NO_INDEX, KS_NO_INDEX, KS_NO_INDEX };
	const struct ks_bpf_ref ref = { .kind = KS_REF_MAP, .name = "map" };
	struct ks_bpf_program program = tiny_program(section, insns, KS_ARRAY_LEN(insns));
	program.refs = refs;
	const struct ks_bpf_object object = { .license = "GPL",
					      .nr_programs = 1,
					      .programs = &program,
					      .nr_maps = 1,
					      .maps = map,
					      .nr_refs = 1,
					      .refs = &ref };
	struct tiny_judge frame;
	tiny_judge_plain(&frame, &arena, view, &object, &program);
	return tiny_judge_said(&frame, rule);
}

static const char *said_by(void (*rule)(struct ks_judge *), const char *version,
			   const char *section, const struct ks_bpf_map *map)
{
	const struct tiny_image tiny = {
		.image = { .label = version, .version = version, .arch = "amd64" }
	};
	return said_on(&tiny, rule, section, map);
}

static const char *said_of(uint32_t type, uint32_t key, uint32_t value, uint32_t flags, bool made)
{
	const struct ks_bpf_map map = { .name = "map",
					.type = type,
					.key_size = key,
					.value_size = value,
					.flags = flags,
					.autocreate = made };
	return said_by(ks_judge_map_shapes, "6.1.50", "kprobe/vfs_read", &map);
}

#define FINE(...) assert_string_equal(said_of(__VA_ARGS__, true), "")
#define REFUSED(text, ...)                                                                         \
	assert_string_equal(said_of(__VA_ARGS__, true), "a map of the type " text)

static void keys_have_their_size(void **state)
{
	(void)state;
	FINE(HASH, 12, 8, 0);
	FINE(ARRAY, 4, 8, 0);
	FINE(ARRAY, 0, 8, 0); // set before it is made
	REFUSED("array has keys of 4 bytes", ARRAY, 8, 8, 0);
	REFUSED("sk_storage has keys of 4 bytes", SK_STORAGE, 8, 8, PREALLOC);
	FINE(QUEUE, 0, 8, 0);
	REFUSED("queue has no keys", QUEUE, 4, 8, 0);
	REFUSED("bloom_filter has no keys", BLOOM_FILTER, 4, 8, 0);
	REFUSED("ringbuf has no keys", RINGBUF, 4, 0, 0);
}

static void values_have_their_size(void **state)
{
	(void)state;
	FINE(PROG_ARRAY, 4, 4, 0);
	REFUSED("prog_array has values of 4 bytes", PROG_ARRAY, 4, 8, 0);
	REFUSED("hash_of_maps has values of 4 bytes", HASH_OF_MAPS, 8, 8, 0);
	FINE(DEVMAP, 4, 4, 0);
	FINE(DEVMAP, 4, 8, 0);
	REFUSED("devmap has values of 4 or 8 bytes", DEVMAP, 4, 16, 0);
	REFUSED("xskmap has values of 4 bytes", XSKMAP, 4, 8, 0);
	FINE(SOCKHASH, 12, 8, 0);
	REFUSED("ringbuf has no values", RINGBUF, 0, 4, 0);
	FINE(PERCPU_HASH, 4, 32768, 0);
	REFUSED("percpu_hash has values of 32 KiB at most", PERCPU_HASH, 4, 32776, 0);
	REFUSED("percpu_array has values of 32 KiB at most", PERCPU_ARRAY, 4, 32776, 0);
	FINE(ARRAY, 4, 32776, 0);
}

/** A page holds one of them where it is larger than 32 KiB. */
static void a_value_of_each_processor_may_fill_a_page(void **state)
{
	(void)state;
	static const struct tiny_option pages[] = { { "CONFIG_ARM64_64K_PAGES", "y" } };
	struct tiny_image tiny = {
		.image = { .label = "6.1.50", .version = "6.1.50", .arch = "arm64" },
		.nr_options = 1,
		.options = pages
	};
	struct ks_bpf_map map = { .name = "map",
				  .type = PERCPU_ARRAY,
				  .key_size = 4,
				  .value_size = 65536,
				  .autocreate = true };
#define SAYS() said_on(&tiny, ks_judge_map_shapes, "kprobe/vfs_read", &map)
	assert_string_equal(SAYS(), "");
	tiny.nr_options = 0;
	assert_string_equal(SAYS(), "a map of the type percpu_array has values of 32 KiB at most");
	tiny.no_config = true; // nobody knows
	assert_string_equal(SAYS(), "");
	map.value_size += 8;
	assert_string_equal(SAYS(), "a map of the type percpu_array has values of 32 KiB at most, "
				    "or of a page");
}

static void flags_are_those_of_the_type(void **state)
{
	(void)state;
	FINE(HASH_OF_MAPS, 4, 4, PROG);
	REFUSED("hash_of_maps does not take these flags", HASH_OF_MAPS, 4, 4, MMAP);
	FINE(HASH, 4, 8, PREALLOC | NUMA | SEED | PROG);
	REFUSED("hash does not take these flags", HASH, 4, 8, LRU);
	REFUSED("hash does not take these flags", HASH, 4, 8, MMAP);
	FINE(LRU_HASH, 4, 8, LRU);
	REFUSED("lru_hash does not take these flags", LRU_HASH, 4, 8, PREALLOC);
	FINE(ARRAY, 4, 8, MMAP | INNER | PROG);
	REFUSED("array does not take these flags", ARRAY, 4, 8, PREALLOC);
	REFUSED("array does not take these flags", ARRAY, 4, 8, ELEMS);
	REFUSED("percpu_array does not take these flags", PERCPU_ARRAY, 4, 8, MMAP);
	FINE(PERF_EVENT_ARRAY, 4, 4, ELEMS);
	REFUSED("prog_array does not take these flags", PROG_ARRAY, 4, 4, PROG);
	REFUSED("stack_trace does not take these flags", STACK_TRACE, 4, 256, PREALLOC);
	REFUSED("cpumap does not take these flags", CPUMAP, 4, 4, RDONLY);
	FINE(LPM_TRIE, 8, 8, PREALLOC);
	REFUSED("lpm_trie must have the flag BPF_F_NO_PREALLOC", LPM_TRIE, 8, 8, 0);
	FINE(TASK_STORAGE, 4, 8, PREALLOC | CLONE);
	REFUSED("task_storage must have the flag BPF_F_NO_PREALLOC", TASK_STORAGE, 4, 8, 0);
	FINE(ARENA, 0, 0, MMAP);
	REFUSED("arena must have the flag BPF_F_MMAPABLE", ARENA, 0, 0, 0);
}

static void of_what_is_not_known_nothing_is_said(void **state)
{
	(void)state;
	FINE(LATER, 3, 3, UINT32_MAX);
	FINE(RINGBUF, 0, 0, 1 << 19); // BPF_F_RB_OVERWRITE
	assert_string_equal(said_of(ARRAY, 8, 8, 0, false), "");
}

static void later_kernels_may_take_more(void **state)
{
	(void)state;
	const struct ks_bpf_map map = {
		.name = "map", .type = ARRAY, .key_size = 8, .value_size = 8, .autocreate = true
	};
	const char *later = said_by(ks_judge_map_shapes, "7.3.1", "kprobe/vfs_read", &map);
	assert_non_null(strstr(later, "is not known"));
	assert_string_equal(said_by(ks_judge_map_shapes, "7.2.13", "kprobe/vfs_read", &map),
			    "a map of the type array has keys of 4 bytes");
}

static void programs_that_sleep_use_few_types(void **state)
{
	(void)state;
	const struct ks_bpf_map hash = { .name = "map", .type = HASH, .autocreate = true },
				events = { .name = "map",
					   .type = PERF_EVENT_ARRAY,
					   .autocreate = true };
	static const char refused[] = "programs that sleep use no map of the type perf_event_array";
#define SLEEPS(version, section, map) said_by(ks_judge_sleep_maps, version, section, map)
	assert_string_equal(SLEEPS("6.1.50", "lsm.s/file_open", &events), refused);
	assert_string_equal(SLEEPS("5.10.223", "fentry.s/vfs_read", &events), refused);
	assert_string_equal(SLEEPS("6.18.1", "syscall", &events), refused);
	assert_string_equal(SLEEPS("6.1.50", "lsm.s/file_open", &hash), "");
	assert_string_equal(SLEEPS("6.1.50", "lsm/file_open", &events), "");
	assert_string_equal(SLEEPS("7.2.1", "lsm.s/file_open", &events), ""); // nobody asked it
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_have_their_size),
		cmocka_unit_test(values_have_their_size),
		cmocka_unit_test(a_value_of_each_processor_may_fill_a_page),
		cmocka_unit_test(flags_are_those_of_the_type),
		cmocka_unit_test(programs_that_sleep_use_few_types),
		cmocka_unit_test(of_what_is_not_known_nothing_is_said),
		cmocka_unit_test(later_kernels_may_take_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
