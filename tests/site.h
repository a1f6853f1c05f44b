/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* The site over a store of a test's own. */
#include "place.h"
#include "web/web.h"

/** Over a new store with the first nr builds. @param path of the store */
struct ks_web *site_open(const char *path, unsigned int nr);
/** The answer to an address with its query. @param known If-None-Match; NULL: none */
struct ks_web_response site_ask(struct ks_web *web, const char *method, const char *address,
				const char *known);
/** What is read at an address has a part, or has it not. */
void site_expect(struct ks_web *web, const char *address, const char *part, bool there);
