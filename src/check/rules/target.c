/* SPDX-License-Identifier: BSD-2-Clause */
/* What an image says of a function or tracepoint that a program is attached to. */
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "check/core/core_type.h"
#include "check/rules/target.h"

/**
 * Whether the kernel finds a symbol by that name. A static function that clang's ThinLTO made known to other units is
 * called NAME.llvm.HASH; from 5.13 to 6.10 kallsyms take the hash off for such kernels.
 */
static bool answers_to(const struct ks_site *site, const struct ks_symbol *symbol, const char *name)
{
	size_t len = strlen(name);
	if (strncmp(symbol->name, name, len) != 0)
		return false;
	if (!symbol->name[len])
		return true;
	return strncmp(symbol->name + len, ".llvm.", 6) == 0 && site->version >= KS_SINCE(5, 13) &&
	       site->version < KS_SINCE(6, 11) &&
	       ks_site_built_in(site, "CONFIG_LTO_CLANG") == KS_PRESENT;
}

/** Fill in what one side, the kernel or its modules, says. */
static void look_at(const struct ks_site *site, const struct ks_fact *fact, const char *name,
		    struct ks_target *target)
{
	const struct ks_function *function = fact->function;
	target->fact = fact;
	target->function = function;
	for (uint32_t i = 0; function && i < function->nr_symbols; i++) {
		if (!answers_to(site, &function->symbols[i], name))
			continue;
		if (!target->symbol)
			target->symbol = &function->symbols[i];
		target->nr_symbols++;
	}
	if (target->symbol)
		target->module = target->symbol->module;
	// where it is not known whether a function is inlined, symbols and BTF still list all that can be attached to
	target->untold = !fact->known && (fact->image->tier == KS_TIER_IMPORTED ||
					  ks_site_symbol(site, name, false) != KS_ABSENT);
	if (ks_site_has_btf(site) == KS_ABSENT)
		target->in_btf = fact->known ? KS_ABSENT : KS_UNTOLD;
	else if (fact->image->facts & KS_FACT_BTF)
		target->in_btf = function && function->nr_btf ? KS_PRESENT : KS_ABSENT;
	else if (!fact->known)
		target->in_btf = KS_UNTOLD;
	else if (fact->decl)
		target->in_btf = KS_PRESENT;
	else // debug information tells what BTF would have
		target->in_btf =
			fact->image->tier == KS_TIER_FULL || fact->image->tier == KS_TIER_IMPORTED
				? KS_ABSENT
				: KS_UNTOLD;
}

struct ks_target ks_target_find(const struct ks_site *site, const char *name)
{
	const struct ks_fact *fact = ks_site_fact(site, KS_FUNCTION, name);
	struct ks_target target = { 0 };
	look_at(site, fact, name, &target);
	if (!fact->modules)
		return target;
	struct ks_target module = { 0 };
	look_at(site, fact->modules, name, &module);
	if (target.symbol || target.in_btf == KS_PRESENT) {
		target.nr_in_modules = site->modules ? module.nr_symbols : 0;
		return target;
	}
	if (!module.symbol)
		return target;
	if (!site->modules) {
		target.only_module = true;
		target.module = module.module;
		return target;
	}
	module.in_module = true;
	if (!site->module_types ||
	    ks_site_built_in(site, "CONFIG_DEBUG_INFO_BTF_MODULES") == KS_ABSENT)
		module.in_btf = KS_ABSENT;
	return module;
}

const struct ks_type *ks_target_proto(const struct ks_target *target)
{
	const struct ks_decl *decl = target->fact->decl;
	return decl && decl->type && decl->type->kind == KS_TYPE_PROTO ? decl->type : NULL;
}

const struct ks_type *ks_tracepoint_proto(const struct ks_site *site, const char *name,
					  enum ks_presence *ret)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_printf(&buf, "btf_trace_%s", name);
	const char *text = ks_buf_text(&buf);
	const struct ks_fact *fact = text ? ks_site_fact(site, KS_TYPEDEF, text) : NULL;
	if (fact && !fact->present && site->module_types && fact->modules)
		fact = fact->modules;
	*ret = !fact || !fact->known ? KS_UNTOLD : fact->present ? KS_PRESENT : KS_ABSENT;
	if (!fact || !fact->decl)
		return NULL;
	struct ks_shape shape = ks_shape_of_decl(site, fact->decl);
	if (shape.kind == KS_BTF_PTR && shape.type)
		shape = ks_shape_of(site, shape.type->inner);
	return shape.kind == KS_BTF_FUNC_PROTO ? shape.type : NULL;
}

enum ks_presence ks_site_has_btf(const struct ks_site *site)
{
	return ks_site_built_in(site, "CONFIG_DEBUG_INFO_BTF");
}

enum ks_presence ks_site_has_trampolines(const struct ks_site *site)
{
	// when each architecture got them; those not listed have none
	static const struct {
		const char *arch;
		uint32_t since;
	} archs[] = { { "amd64", KS_SINCE(5, 5) },    { "arm64", KS_SINCE(6, 0) },
		      { "s390x", KS_SINCE(6, 3) },    { "riscv64", KS_SINCE(6, 3) },
		      { "ppc64el", KS_SINCE(6, 13) }, { "loong64", KS_SINCE(6, 17) } };
	if (!site->image->arch || !site->version)
		return KS_UNTOLD;
	for (size_t i = 0; i < KS_ARRAY_LEN(archs); i++)
		if (strcmp(site->image->arch, archs[i].arch) == 0)
			return site->version >= archs[i].since ? KS_PRESENT : KS_ABSENT;
	return KS_ABSENT;
}

enum ks_presence ks_symbol_attach(const struct ks_site *site, const struct ks_symbol *symbol,
				  uint8_t bit)
{
	static const struct {
		uint8_t bit;
		uint32_t fact;
	} known[] = { { KS_ATTACH_FTRACE, KS_FACT_FTRACE },
		      { KS_ATTACH_NO_KPROBE, KS_FACT_KPROBE },
		      { KS_ATTACH_INJECT, KS_FACT_INJECT },
		      { KS_ATTACH_INIT, KS_FACT_INIT } };
	for (size_t i = 0; i < KS_ARRAY_LEN(known); i++)
		if (known[i].bit == bit && !(site->image->facts & known[i].fact))
			return KS_UNTOLD;
	return symbol->attach & bit ? KS_PRESENT : KS_ABSENT;
}
