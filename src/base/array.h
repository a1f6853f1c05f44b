/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What every file needs to know of C's arrays. */

/** Elements of an array; a pointer does not compile. */
#define KS_ARRAY_LEN(array)                                                                        \
	(sizeof(array) / sizeof((array)[0]) +                                                      \
	 0 * sizeof(char[1 - 2 * __builtin_types_compatible_p(__typeof__(array),                   \
							      __typeof__(&(array)[0]))]))
