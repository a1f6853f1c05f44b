/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The marks in a function's bytes (docs/store.md): for codec_function.c, which writes and reads them, and codec_traits.c. */
#include "surface/model.h"

/* Both head bytes of an entry say what follows them. */
enum {
	ENTRY_EXTERNAL = 1,
	ENTRY_CALLS_KNOWN = 2,
	ENTRY_FILE = 4,
	ENTRY_INDIRECT = 8,
	ENTRY_LOC_SHIFT = 4,   // two bits: HOW_*
	ENTRY_PROTO_SHIFT = 6, // two bits: HOW_*
};
enum {
	ENTRY_INLINED = 7,
	ENTRY_INLINE_CALLERS = 8,
	ENTRY_DIRECT_CALLERS = 16,
	ENTRY_CLONES = 32,
	ENTRY_MODULE = 64,
	ENTRY_BITS = 127,
};
enum { HOW_NONE, HOW_PREVIOUS, HOW_LISTED, HOW_HERE }; // a location never is HOW_LISTED

/* The head byte of a caller. */
enum {
	CALLER_FLAGS = 7, // KS_CALLER_*
	CALLER_SAME_UNIT = 8,
	CALLER_SAME_FUNCTION = 16,
	CALLER_VIA = 32,
	CALLER_CLONE = 64,
	CALLER_BITS = 127,
};
_Static_assert((KS_CALLER_OWN | KS_CALLER_TAIL | KS_CALLER_NO_CODE) == CALLER_FLAGS,
	       "caller flags no longer fit into three bits");

/* The head byte of a symbol: how its name relates to the function's. */
enum { SYMBOL_NAME_SAME, SYMBOL_NAME_LONGER, SYMBOL_NAME_OTHER, SYMBOL_NAME = 3 };
enum { SYMBOL_SAME_SECTION = 4, SYMBOL_ATTACH = 8, SYMBOL_MODULE = 16, SYMBOL_BITS = 31 };

/* The head byte of a clone. */
enum { CLONE_PARAMS_KNOWN = 1, CLONE_PARAMS = 2, CLONE_BITS = 3 };
