/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Structs of made-up kernels, as initializers of constants. types.h has literals of a block. */
#include "base/array.h"
#include "surface/model.h"

/** A member that begins at a byte. */
#define MEMBER(name, type, byte)                                                                   \
	{                                                                                          \
		name, type, (byte)*8, 0                                                            \
	}
/** @param m an array of its members */
#define RECORD(n, bytes, m)                                                                        \
	{                                                                                          \
		.kind = KS_STRUCT, .name = n, .size = (bytes), .nr = KS_ARRAY_LEN(m),              \
		.members = (m)                                                                     \
	}
