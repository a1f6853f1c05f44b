/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What can be attached on an image of a view. */
#include "attach/attach.h"
#include "check/kernels/view.h"

/** The image as the engine asks it; the site is borrowed. */
struct ks_attach_facts ks_site_attach(const struct ks_site *site);
/** Whether a configuration option is "y": ks_attach_option(). */
enum ks_presence ks_site_built_in(const struct ks_site *site, const char *option);
/** Whether an enum has the enumerator; KS_UNTOLD when the image has no such enum. */
enum ks_presence ks_site_has_enumerator(const struct ks_site *site, const char *name,
					const char *enumerator);
