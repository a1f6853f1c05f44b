/* SPDX-License-Identifier: BSD-2-Clause */
/* An image of a view, as the engine of src/attach/ asks it. */
#include "check/kernels/attach.h"

#include "check/core/core_type.h"

static const struct ks_fact *fact_of(const void *arg, enum ks_kind kind, const char *name)
{
	return ks_site_fact(arg, kind, name);
}

static enum ks_presence symbol_of(const void *arg, const char *name)
{
	return ks_site_symbol(arg, name, false);
}

static struct ks_passed passed(const void *arg, const struct ks_type *type)
{
	const struct ks_site *site = arg;
	struct ks_shape shape = ks_shape_of(site, type);
	struct ks_passed ret = { KS_PASSED_OTHER, ks_shape_size(site, &shape) };
	if (shape.untold)
		ret.as = KS_PASSED_UNTOLD;
	else if (shape.kind == KS_BTF_VOID)
		ret.as = KS_PASSED_NOTHING;
	else if (shape.kind == KS_BTF_PTR || shape.kind == KS_BTF_INT || shape.kind == KS_BTF_ENUM)
		ret.as = KS_PASSED_WORD;
	else if (shape.kind == KS_BTF_STRUCT || shape.kind == KS_BTF_UNION)
		ret.as = KS_PASSED_RECORD;
	return ret;
}

struct ks_attach_facts ks_site_attach(const struct ks_site *site)
{
	static const struct ks_attach_source source = { fact_of, symbol_of, passed };
	return (struct ks_attach_facts){ .image = site->image,
					 .arch = ks_arch_by_debian(site->image->arch),
					 .version = site->version,
					 .modules = site->modules,
					 .module_types = site->module_types,
					 .source = &source,
					 .arg = site };
}

enum ks_presence ks_site_built_in(const struct ks_site *site, const char *option)
{
	const struct ks_attach_facts facts = ks_site_attach(site);
	return ks_attach_option(&facts, option);
}

enum ks_presence ks_site_has_enumerator(const struct ks_site *site, const char *name,
					const char *enumerator)
{
	const struct ks_attach_facts facts = ks_site_attach(site);
	return ks_attach_enumerator(&facts, name, enumerator);
}
