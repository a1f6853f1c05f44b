/* SPDX-License-Identifier: BSD-2-Clause */
/* What an image says of a function or tracepoint that a program is attached to. */
#include "check/rules/target.h"

#include "check/core/core_type.h"

struct ks_target ks_target_find(const struct ks_site *site, const char *name)
{
	const struct ks_attach_facts facts = ks_site_attach(site);
	return ks_attach_target(&facts, name);
}

struct ks_target ks_target_probed(const struct ks_site *site, const char *name)
{
	const struct ks_attach_facts facts = ks_site_attach(site);
	return ks_attach_target_probed(&facts, name);
}

const struct ks_decl *ks_tracepoint_decl(const struct ks_site *site, const char *name)
{
	const struct ks_attach_facts facts = ks_site_attach(site);
	return ks_attach_tracepoint(&facts, name)->decl;
}

const struct ks_type *ks_tracepoint_proto(const struct ks_site *site, const char *name)
{
	const struct ks_decl *decl = ks_tracepoint_decl(site, name);
	if (!decl)
		return NULL;
	struct ks_shape shape = ks_shape_of_decl(site, decl);
	if (shape.kind == KS_BTF_PTR && shape.type)
		shape = ks_shape_of(site, shape.type->inner);
	return shape.kind == KS_BTF_FUNC_PROTO ? shape.type : NULL;
}

enum ks_presence ks_site_has_btf(const struct ks_site *site)
{
	const struct ks_attach_facts facts = ks_site_attach(site);
	return ks_attach_has_btf(&facts);
}
