/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the verifier trusts of a pointer, and what it makes of tags on what that points to: inside check/ only. */
#include "check/rules/pointers.h"

/** Whether pointers that a program is given stay valid while it runs. */
bool ks_trusts_arguments(const struct ks_hook *hook);

/** What a tag says to the kernel's verifier where a program reads through the pointer: nothing, in older ones. */
enum ks_tagged ks_tag_heeded(const struct ks_site *site, enum ks_tagged tag);

/**
 * The pointer at which a walk through another one ended (check_ptr_to_btf_access()).
 * @param word set: whether it may be NULL, is trusted, and is one of the kernel's
 */
void ks_trust_walked(const struct ks_pointers *pointers, const struct ks_pointee *from,
		     const struct ks_walk *walk, struct ks_pointee *word);
