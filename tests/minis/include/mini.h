/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the units of the mini kernel share. It is compiled the way a kernel is, has the tables that ksurf
 * looks for, and every fact in it is written down beside its source ("Facts:"), so that tests can compare
 * with what the source says rather than with what a reader once printed. It links, it does not boot.
 */
#ifndef MINI_H
#define MINI_H

#define noinline __attribute__((__noinline__))
#define __always_inline inline __attribute__((__always_inline__))
#define __cold __attribute__((__cold__))
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier() __asm__ volatile("" ::: "memory")
#define used __attribute__((__used__))
#define no_reorder __attribute__((__no_reorder__)) /* GCC: keep variables in source order */

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned int gfp_t;

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_head {
	struct hlist_node *first; /* Facts: struct hlist_node is only declared, everywhere */
};

struct device {
	const char *name;
	int id;
	int (*probe)(struct device *dev, int flags);
	struct list_head list;
};

/*
 * Facts: included by unit_a.c, unit_b.c and unit_c.c.
 * header_plain: static inline in three units, address taken in none, inlined at -O2 in every caller:
 *   one entry for each unit that uses it (a and b), the same location: Static Duplication; no symbols: Full.
 * header_big: static, not inline, noinline: a symbol in each unit that calls it (a and b): Static
 *   Duplication, class No, two symbols.
 */
static inline int header_plain(const struct device *dev)
{
	return dev->id + 1;
}

static noinline int header_big(struct device *dev)
{
	barrier();
	return dev->id ^ 0x55;
}

/* unit_a.c */
int global_call(struct device *dev, int flags);
int direct_twice(struct device *dev);
int tail_caller(struct device *dev, int flags);
int indirect_caller(struct device *dev);
int partly_inlined(struct device *dev);
int varied(const char *fmt, ...);
int importable(struct device *dev);
/* unit_b.c */
int weigh(struct device *dev, int n);
void report(struct device *dev, const char *why) __cold;
int asm_only(int n); /* only a symbol: written in assembly in tables.c */

#endif
