/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "surface/type.h"

bool ks_text_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool ks_type_equal(const struct ks_type *a, const struct ks_type *b)
{
	for (; a != b; a = a->inner, b = b->inner) {
		if (!a || !b || a->kind != b->kind || a->n != b->n || a->nr_params != b->nr_params)
			return false;
		if (!ks_text_equal(a->name, b->name))
			return false;
		for (uint32_t i = 0; i < a->nr_params; i++)
			if (strcmp(a->params[i].name, b->params[i].name) != 0 ||
			    !ks_type_equal(a->params[i].type, b->params[i].type))
				return false;
	}
	return true;
}
