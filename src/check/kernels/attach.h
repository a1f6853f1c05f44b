/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What can be attached on an image of a view. */
#include "attach/attach.h"
#include "check/kernels/view.h"

/** The image as the engine asks it; the site is borrowed. */
struct ks_attach_facts ks_site_attach(const struct ks_site *site);
