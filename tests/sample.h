/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* A made-up surface that uses every feature of the model, for tests of what keeps and shows surfaces. */
#include "surface/model.h"

/**
 * @param build what tells one image from another: label, digest, addresses and lines; every third definition of a
 *	filler function too
 * @param nr_fillers how many plain functions to have beside the special ones
 */
struct ks_surface *sample_surface(unsigned int build, size_t nr_fillers);
/** The same as it was when stores of version 2 were written: of BTF only names. */
struct ks_surface *sample_surface_2(unsigned int build, size_t nr_fillers);
/** The same as it was when stores of version 1 were written: without bodies, modules and what can be attached. */
struct ks_surface *sample_surface_1(unsigned int build, size_t nr_fillers);
