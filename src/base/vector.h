/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * A growing array of any element type:
 *
 *	KS_VECTOR(uint32_t) ids = { 0 };
 *	uint32_t *slot = ks_vector_push(&ids);   // NULL when memory runs out
 *	for (size_t i = 0; i < ids.len; i++) use(ids.at[i]);
 *	ks_vector_deinit(&ids);
 *
 * A zeroed vector is empty. Elements move when the vector grows; new ones are not cleared.
 */
#define KS_VECTOR(type)                                                                            \
	struct {                                                                                   \
		type *at;                                                                          \
		size_t len, cap;                                                                   \
	}

/** Room for at least extra more elements; false when memory runs out. */
#define ks_vector_reserve(v, extra)                                                                \
	((v)->cap - (v)->len >= (size_t)(extra) ||                                                 \
	 ks_vector_grow((void **)&(v)->at, &(v)->cap, (v)->len, (extra), sizeof(*(v)->at)))
/** The address of a new last element, or NULL when memory runs out. */
#define ks_vector_push(v) (ks_vector_reserve(v, 1) ? &(v)->at[(v)->len++] : NULL)
/** Append a value; false when memory runs out. */
#define ks_vector_add(v, value) (ks_vector_reserve(v, 1) && ((v)->at[(v)->len++] = (value), true))
#define ks_vector_deinit(v) ks_vector_free((void **)&(v)->at, &(v)->len, &(v)->cap)

/* What the macros call. */
bool ks_vector_grow(void **at, size_t *cap, size_t len, size_t extra, size_t size);
void ks_vector_free(void **at, size_t *len, size_t *cap);
