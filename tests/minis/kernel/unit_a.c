/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions: external, static, inlined, nested, cloned; calls: direct, tail, indirect. */
#include "mini.h"

/*
 * Facts: twin is static here and in unit_b.c, at different places: Static-Static Collision, two entries.
 * mixed is static here and external in unit_b.c: Static-Global Collision.
 */
static noinline used int twin(int n)
{
	barrier();
	return n + 1;
}

static noinline used int mixed(int n)
{
	barrier();
	return n + 2;
}

/*
 * Facts: innermost is inlined into middle, middle into outer_caller: the [D] callers of both are
 * kernel/unit_a.c:outer_caller; innermost's immediate inliner is middle. No symbols: Full Inline.
 */
static __always_inline int innermost(struct device *dev)
{
	barrier();
	return header_big(dev);
}

static __always_inline int middle(struct device *dev)
{
	return innermost(dev) + header_plain(dev);
}

/* Facts: external; no callers; calls header_big (through innermost) and twin directly. */
int outer_caller(struct device *dev)
{
	return middle(dev) + twin(dev->id) + mixed(dev->id);
}

/* Facts: external, called from unit_b.c:weigh and from direct_twice (twice, both kept). */
noinline int global_call(struct device *dev, int flags)
{
	barrier();
	return dev->id + flags;
}

int direct_twice(struct device *dev)
{
	int first = global_call(dev, 1);
	barrier();
	return first + global_call(dev, 2);
}

/* Facts: GCC and clang turn this call into a jump: one tail call of global_call. */
int tail_caller(struct device *dev, int flags)
{
	return global_call(dev, flags + 3);
}

/* Facts: two calls through a pointer, none of them has a callee. */
int indirect_caller(struct device *dev)
{
	int first = dev->probe(dev, 1);
	barrier();
	return first + dev->probe(dev, 2);
}

/*
 * Facts: external and small: inlined into both callers below and still there as a symbol:
 * Selective Inline (GCC and clang at -O2); inlined at two places in two functions, called at none.
 */
int partly_inlined(struct device *dev)
{
	return dev->id * 7;
}

int partly_user_one(struct device *dev)
{
	return partly_inlined(dev) + 1;
}

int partly_user_two(struct device *dev)
{
	return partly_inlined(dev) + 2;
}

/*
 * Facts (GCC): only_field is kept only as only_field.isra.0, which takes dev->id instead of dev; unused_param
 * only as unused_param.constprop.0, which takes parameter 0 alone. [D] Transformation for both;
 * DW_AT_inline says inlined although nothing is. unused_param calls header_big below a clone: [D] loses
 * that call, ksurf keeps it.
 */
static noinline int only_field(const struct device *dev)
{
	int id = dev->id;
	barrier();
	return id * id + 5;
}

static noinline int unused_param(struct device *dev, int never)
{
	(void)never;
	barrier();
	return header_big(dev) + 5;
}

/*
 * Facts (GCC): always_four is kept only as always_four.constprop.0; the parameter n is always 4 and not
 * passed.
 */
static noinline int always_four(struct device *dev, int n)
{
	barrier();
	return dev->id << n;
}

int clone_user(struct device *dev, int flags)
{
	int sum = unused_param(dev, flags) + always_four(dev, 4) + only_field(dev);
	barrier();
	return sum + unused_param(dev, flags + 1) + always_four(dev, 4) + only_field(dev);
}

/* Facts (GCC): split has a hot head that is inlined and a body split.part.0; the rare path is a .cold piece. */
static int split(struct device *dev, int n)
{
	if (!dev)
		return 0;
	for (int i = 0; i < n; i++) {
		barrier();
		dev->id += dev->probe(dev, i) * 3;
		if (unlikely(dev->id == n))
			report(dev, "split");
		dev->id ^= dev->probe(dev, i + 1);
		barrier();
		dev->id -= dev->probe(dev, i + 2) * 5;
	}
	return dev->id;
}

int split_user_one(struct device *dev)
{
	return split(dev, 3);
}

int split_user_two(struct device *dev, int n)
{
	return split(dev, n) + split(dev, n + 1);
}

/* Facts: variadic: the last parameter is of type void and named (anon). */
noinline int varied(const char *fmt, ...)
{
	barrier();
	return fmt[0];
}

/* Facts: never called, never inlined: kept because of `used`; its second parameter has no name, so it is
 * no types_func of [D]. */
static used int unnamed_param(int n, int)
{
	return n;
}

/* Facts: returns a function pointer. */
int (*chooser(int which))(struct device *dev, int flags)
{
	return which ? global_call : tail_caller;
}

/*
 * Facts (ThinLTO): importable is inlined into import_user of unit_b.c, which then calls promoted by itself: a static
 * function that other units call gets the name promoted.llvm.<hash>. Without: promoted has its own name.
 */
static noinline int promoted(struct device *dev)
{
	barrier();
	return dev->id ^ 0x77;
}

int importable(struct device *dev)
{
	return promoted(dev) + 1;
}
