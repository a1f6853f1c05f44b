/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What every file needs to know of C's arrays. */

/** Elements of an array; a pointer does not compile. */
#define KS_ARRAY_LEN(array)                                                                        \
	(sizeof(array) / sizeof((array)[0]) +                                                      \
	 0 * sizeof(char[1 - 2 * __builtin_types_compatible_p(__typeof__(array),                   \
							      __typeof__(&(array)[0]))]))

/**
 * The first number from FROM on, below TO, of which a condition does not hold; TO when it holds of all. It holds of the first ones,
 * if of any, and of none behind them.
 *
 *	size_t at = KS_FIRST_NOT(0, list->nr, i, list->at[i].addr < addr);
 *
 * @param i the name that the condition calls a number by
 */
#define KS_FIRST_NOT(from, to, i, condition)                                                       \
	__extension__({                                                                            \
		size_t low_ = (from), high_ = (to);                                                \
		while (low_ < high_) {                                                             \
			size_t i = low_ + (high_ - low_) / 2;                                      \
			if (condition)                                                             \
				low_ = i + 1;                                                      \
			else                                                                       \
				high_ = i;                                                         \
		}                                                                                  \
		low_;                                                                              \
	})
