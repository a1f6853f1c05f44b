/* SPDX-License-Identifier: BSD-2-Clause */
/* What libbpf opens and what it does not, in an object each: meson sets CASE. */
#include "mini_bpf.h"

struct inner {
	__uint(type, 2);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
};
enum libbpf_tristate { TRI_NO, TRI_YES, TRI_MODULE };
enum other { OTHER };
struct number {
	int n;
};

#define PLAIN                                                                                      \
	SEC("kprobe/vfs_read") int program(void *ctx)                                              \
	{                                                                                          \
		return 0;                                                                          \
	}
#define MAP(linkage, map_type, ...)                                                                \
	linkage struct {                                                                           \
		__uint(type, map_type);                                                            \
		__uint(max_entries, 4);                                                            \
		__type(key, u32);                                                                  \
		__VA_ARGS__                                                                        \
	} map SEC(".maps");                                                                        \
	PLAIN
#define READS(type, expression)                                                                    \
	extern type CONFIG_HZ KCONFIG;                                                             \
	SEC("kprobe/vfs_read") int program(void *ctx)                                              \
	{                                                                                          \
		return expression;                                                                 \
	}

// clang-format off
#if CASE == 1
MAP(, 1, __type(value, u64);)
#elif CASE == 2
MAP(, 1, __type(value, u64); __uint(color, 3);)
#elif CASE == 3
MAP(, 1, __type(value, u64); __uint(key_size, 8);)
#elif CASE == 4
MAP(, 1, __type(value, u64); __uint(key_size, 4);)
#elif CASE == 5
MAP(, 1, __type(value, u64); __uint(pinning, 1);)
#elif CASE == 6
MAP(, 1, __type(value, u64); __uint(pinning, 2);)
#elif CASE == 7
MAP(static, 1, __type(value, u64);)
#elif CASE == 8
MAP(, 1, __array(values, struct inner);)
#elif CASE == 9
MAP(, 12, __array(values, struct inner);)
#elif CASE == 10
MAP(, 12, __array(values, struct { __uint(type, 2); __uint(color, 1); });)
#elif CASE == 11
MAP(, 12, __array(values, struct { __uint(type, 12); __array(values, struct inner); });)
#elif CASE == 12
MAP(, 3, __array(values, int(void *));)
#elif CASE == 13
MAP(, 1, __type(value, u64); int other;)
#elif CASE == 14
struct { __uint(max_entries, 4); __type(key, u32); __type(value, u64); } map SEC(".maps");
PLAIN
#elif CASE == 15
int map SEC(".maps") = 1;
PLAIN
#elif CASE == 16
READS(int, CONFIG_HZ)
#elif CASE == 17
READS(bool, CONFIG_HZ)
#elif CASE == 18
READS(const volatile char, CONFIG_HZ)
#elif CASE == 19
typedef const volatile char text[8];
READS(text, CONFIG_HZ[0])
#elif CASE == 20
typedef char text[16];
READS(text, CONFIG_HZ[0])
#elif CASE == 21
typedef char text[];
READS(text, CONFIG_HZ[0])
#elif CASE == 22
typedef int numbers[4];
READS(numbers, CONFIG_HZ[1])
#elif CASE == 23
READS(enum libbpf_tristate, CONFIG_HZ)
#elif CASE == 24
READS(enum other, CONFIG_HZ)
#elif CASE == 25
READS(struct number, CONFIG_HZ.n)
#elif CASE == 26
READS(unsigned __int128, CONFIG_HZ != 0)
#elif CASE == 27
typedef char *pointer;
READS(pointer, CONFIG_HZ != 0)
#elif CASE == 28 // a function among programs
SEC("xdp") NOINLINE int helper(void *ctx) { volatile int r = 2; return r; }
SEC("tc") int program(void *ctx) { return helper(ctx); }
#elif CASE == 29
NOINLINE int helper(void *ctx) { volatile int r = 2; return r; }
SEC("tc") int program(void *ctx) { return helper(ctx); }
#elif CASE == 30
SEC("xdp") NOINLINE static int helper(void *ctx) { volatile int r = 2; return r; }
SEC("tc") int program(void *ctx) { return 0; }
#elif CASE == 31
int counter SEC("mine") = 1;
SEC("kprobe/vfs_read") int program(void *ctx) { return counter++; }
#elif CASE == 32
int counter SEC("mine") = 1;
PLAIN
#elif CASE == 33
int counter SEC(".data.mine") = 1;
SEC("kprobe/vfs_read") int program(void *ctx) { return counter++; }
#elif CASE == 34
u64 _version SEC("version") = 5;
PLAIN
#elif CASE == 35
u32 _version SEC("version") = 5;
PLAIN
#elif CASE == 36 // maps that no BTF describes
struct bpf_map_def { u32 type, key_size, value_size, max_entries, map_flags; } map SEC("maps") = { 1, 4, 8, 1, 0 };
PLAIN
#elif CASE == 37
struct bpf_map_def { u32 type, key_size, value_size, max_entries, map_flags; } map SEC("maps/map") = { 1, 4, 8, 1, 0 };
PLAIN
#elif CASE == 38
struct bpf_map_def { u32 type, key_size, value_size, max_entries, map_flags; } map SEC("maps/map") = { 1, 4, 8, 1, 0 };
SEC("kprobe/vfs_read") int program(void *ctx) { u32 k = 0; return map_lookup(&map, &k) != 0; }
#elif CASE == 39
int none[0] SEC("maps");
PLAIN
#elif CASE == 40
SEC("maps") int program(void *ctx) { return 0; }
#elif CASE == 41
struct operations { int (*one)(void); int (*other)(void); };
SEC("struct_ops") int program(void *ctx) { return 0; }
SEC(".struct_ops") struct operations first = { .one = (void *)program, .other = (void *)program };
#elif CASE == 42
struct operations { int (*one)(void); int (*other)(void); };
SEC("struct_ops") int program(void *ctx) { return 0; }
SEC(".struct_ops") struct operations first = { .one = (void *)program }, second = { .one = (void *)program };
#endif
