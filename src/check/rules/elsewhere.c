/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/elsewhere.h"

#include <stdio.h>
#include <string.h>

static const struct ks_decl *enum_of(const struct ks_site *site, const char *enumeration)
{
	return ks_site_fact(site, KS_ENUM, enumeration)->decl;
}

/** Bounds of an enum, which move. */
static bool is_bound(const char *name)
{
	return strncmp(name, "__", 2) == 0;
}

const char *ks_elsewhere_named(const struct ks_site *site, const char *enumeration, int64_t value)
{
	const char *name = NULL;
	uint32_t newest = 0;
	for (size_t i = 0; i < ks_view_size(site->view); i++) {
		struct ks_site other = ks_view_site(site->view, i);
		const struct ks_decl *decl = enum_of(&other, enumeration);
		for (uint32_t k = 0; decl && other.version > newest && k < decl->nr; k++) {
			if (decl->values[k].value != value || is_bound(decl->values[k].name))
				continue;
			name = decl->values[k].name;
			newest = other.version;
		}
	}
	return name;
}

const char *ks_elsewhere_since(const struct ks_site *site, const char *enumeration,
			       const char *enumerator, struct ks_arena *arena)
{
	const struct ks_image *first = NULL;
	uint32_t oldest = UINT32_MAX;
	for (size_t i = 0; i < ks_view_size(site->view); i++) {
		struct ks_site other = ks_view_site(site->view, i);
		const struct ks_decl *decl = enum_of(&other, enumeration);
		if (!other.version || other.version >= oldest)
			continue;
		for (uint32_t k = 0; decl && k < decl->nr; k++) {
			if (strcmp(decl->values[k].name, enumerator) != 0)
				continue;
			first = other.image;
			oldest = other.version;
		}
	}
	char text[256];
	if (!first || oldest <= site->version)
		return "";
	snprintf(text, sizeof(text), "; %s, of those here, is the first to have it", first->label);
	const char *copy = ks_arena_strdup(arena, text);
	return copy ? copy : "";
}
