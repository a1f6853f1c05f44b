/* SPDX-License-Identifier: BSD-2-Clause */
/* The other half of the collisions, and a struct that differs from its namesake in unit_c.c. */
#include "mini.h"

/* Facts: the first of two definitions of struct shared_name; it wins in [D]; both are kept. */
struct shared_name {
	int first;
	void *second;
};
struct shared_name from_unit_b;

static noinline used int twin(int n)
{
	barrier();
	return n - 1;
}

noinline int mixed(int n)
{
	barrier();
	return n - 2;
}

/* Facts: a function of cold section .text.unlikely, called from split's rare path and from weigh. */
void report(struct device *dev, const char *why)
{
	dev->name = why;
	barrier();
}

int weigh(struct device *dev, int n)
{
	if (unlikely(n < 0))
		report(dev, "weigh");
	int sum = header_plain(dev) + header_big(dev);
	barrier();
	return sum + global_call(dev, n) + twin(n) + mixed(n) + asm_only(n) + varied("%d", n);
}

/* Facts: a declaration inside a function is a declaration only: nothing new is known of partly_inlined. */
int local_declaration(struct device *dev)
{
	extern int partly_inlined(struct device * dev);
	return partly_inlined(dev);
}

int import_user(struct device *dev)
{
	return importable(dev) + 2;
}
