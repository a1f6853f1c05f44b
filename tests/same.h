/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Deep comparison of the model, field by field, for tests: what a round trip must keep. */
#include <stdbool.h>
#include <string.h>

#include "surface/model.h"

bool same_text(const char *a, const char *b);
bool same_type(const struct ks_type *a, const struct ks_type *b);
bool same_decl(const struct ks_decl *a, const struct ks_decl *b);
bool same_function(const struct ks_function *a, const struct ks_function *b);
bool same_symbol(const struct ks_symbol *a, const struct ks_symbol *b);
bool same_tracepoint(const struct ks_tracepoint *a, const struct ks_tracepoint *b);
bool same_ambiguity(const struct ks_ambiguity *a, const struct ks_ambiguity *b);
bool same_variable(const struct ks_variable *a, const struct ks_variable *b);
bool same_forms(const struct ks_forms *a, const struct ks_forms *b);
bool same_image(const struct ks_image *a, const struct ks_image *b);
/** The name of the first table that differs; NULL when all is the same. */
const char *surface_difference(const struct ks_surface *a, const struct ks_surface *b);
