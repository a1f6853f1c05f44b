/* SPDX-License-Identifier: BSD-2-Clause */
/* Types. A variable of each keeps it in the debug information. */
#include "mini.h"

/* Facts: the second definition of struct shared_name, with another member. */
struct shared_name {
	void *first;
	char second[16];
};
struct shared_name from_unit_c;

/* Facts: bit-fields: a at bit 0 size 3, b at bit 3 size 5, c at bit 8 size 24, then whole at bit 32. */
struct bits {
	u32 a : 3;
	u32 b : 5;
	u32 c : 24;
	int whole;
};
struct bits bits;

/*
 * Facts: unnamed members are flattened, at any depth: tag at 0; number and text share bit 64 (32-bit
 * builds: bit 32), x and y follow inside the unnamed struct of the unnamed union.
 */
struct nested {
	int tag;
	union {
		void *number;
		const char *text;
		struct {
			u8 x;
			u8 y;
		};
	};
	struct {
		int inner;
	} named; /* Facts: a named member of unnamed struct type: one member, type struct (anon) */
};
struct nested nested;

/* Facts: u32 flags is its only enum user; the values of the unnamed enum are gathered in (anon). */
enum color {
	RED,
	GREEN = 5,
	BLUE = -1,
};
enum color color;
enum big { SMALL = 1, HUGE = 0x100000000ll }; /* Facts: 8 bytes */
enum big big;
enum { LONELY = 42, LONELIER = 43 };
int uses_lonely(int n)
{
	return n + LONELY;
}

/* Facts: only declared, everywhere: 4 bytes [D] and no values. */
enum later *later;

/* Facts: an unnamed member that is qualified is no part of the struct around it [D]: (anon), not q. */
struct qualified {
	const struct {
		int q;
	};
	int after;
};
struct qualified qualified;

/* Facts: typedefs of every shape. */
typedef struct bits bits_t;
typedef struct {
	int only_by_typedef;
} unnamed_t;
typedef int (*callback_t)(struct device *dev, void *arg);
typedef u64 matrix_t[3][4];
/* Facts: unnamed inside unnamed: deep at 0, two of 8 bytes each; state at bit 128; 20 bytes in all. */
typedef struct {
	struct {
		int counter;
		union {
			u8 low;
			char half[2];
		};
	} deep[2];
	enum { IDLE, BUSY = 7 } state;
} nest_t;
nest_t nest;
bits_t by_typedef;
unnamed_t unnamed;
callback_t callback;
matrix_t matrix;

union number {
	int i;
	float f;
	double d;
};
union number number;

/* Facts: pointers, arrays, qualifiers, function pointers spelled out. */
struct spelled {
	const char *const name;
	volatile int *state;
	char buf[16];
	struct device *table[4];
	int grid[2][3];
	int (*op)(struct spelled *self, int (*cb)(int n), ...);
	void (*none)(void);
	struct never_defined *opaque; /* Facts: a forward declaration only */
	gfp_t gfp;
	u8 tail[];
};
struct spelled spelled = { .name = 0 };

struct empty {
};
struct empty empty;

/* Facts: recursive through a pointer and through an array of pointers. */
struct tree {
	struct tree *parent;
	struct tree *kids[2];
};
struct tree tree;

int types_user(struct nested *n, enum color c, callback_t cb, unnamed_t *u)
{
	return n->tag + c + cb(0, 0) + u->only_by_typedef;
}
