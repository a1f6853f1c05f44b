/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "attach/target.h"
#include "surface/image.h"

/**
 * Whether the kernel finds a symbol by that name. A static function that clang's ThinLTO made known to other units is
 * called NAME.llvm.HASH; from 5.13 (8b8e6b5d3b01) to 6.10 (fb6a421fb615) kallsyms take the hash off for such kernels.
 */
static bool answers_to(const struct ks_attach_facts *facts, const struct ks_symbol *symbol,
		       const char *name)
{
	static const struct ks_gate stripped = { KS_SINCE(5, 13), "8b8e6b5d3b01" };
	static const struct ks_gate exact = { KS_SINCE(6, 11), "fb6a421fb615" };
	size_t len = strlen(name);
	if (strncmp(symbol->name, name, len) != 0)
		return false;
	if (!symbol->name[len])
		return true;
	return strncmp(symbol->name + len, ".llvm.", 6) == 0 &&
	       ks_gate_is_open(&stripped, facts->version) &&
	       !ks_gate_is_open(&exact, facts->version) &&
	       ks_attach_option(facts, "CONFIG_LTO_CLANG") != KS_ABSENT;
}

enum ks_presence ks_attach_has_btf(const struct ks_attach_facts *facts)
{
	const struct ks_image *image = facts->image;
	if (image->facts & KS_FACT_BTF)
		return KS_PRESENT;
	// its data could be read, and no BTF is among it
	if (image->tier == KS_TIER_FULL && image->facts & (KS_FACT_FTRACE | KS_FACT_KPROBE))
		return KS_ABSENT;
	return ks_attach_option(facts, "CONFIG_DEBUG_INFO_BTF");
}

static enum ks_presence in_btf(const struct ks_attach_facts *facts, const struct ks_fact *fact)
{
	const struct ks_function *function = fact->function;
	const struct ks_image *image = fact->image ? fact->image : facts->image;
	if (ks_attach_has_btf(facts) == KS_ABSENT)
		return fact->known ? KS_ABSENT : KS_UNTOLD;
	if (image->facts & KS_FACT_BTF)
		return function && function->nr_btf ? KS_PRESENT : KS_ABSENT;
	if (!fact->known)
		return KS_UNTOLD;
	if (fact->decl)
		return KS_PRESENT;
	// debug information tells what BTF would have
	return image->tier == KS_TIER_FULL || image->tier == KS_TIER_IMPORTED ? KS_ABSENT
									      : KS_UNTOLD;
}

/** What one side, the kernel or its modules, says. */
static void look_at(const struct ks_attach_facts *facts, const struct ks_fact *fact,
		    const char *name, struct ks_target *target)
{
	const struct ks_function *function = fact->function;
	*target = (struct ks_target){ .fact = fact, .function = function };
	for (uint32_t i = 0; function && i < function->nr_symbols; i++) {
		if (!answers_to(facts, &function->symbols[i], name))
			continue;
		if (!target->symbol)
			target->symbol = &function->symbols[i];
		target->nr_symbols++;
	}
	if (target->symbol)
		target->module = target->symbol->module;
	// where it is not known whether a function is inlined, symbols and BTF still list all that can be attached to
	const struct ks_image *image = fact->image ? fact->image : facts->image;
	if (!fact->known) // only then: the first symbol asked for may cost reading all of them
		target->untold = image->tier == KS_TIER_IMPORTED || !facts->source ||
				 facts->source->symbol(facts->arg, name) != KS_ABSENT;
	target->in_btf = in_btf(facts, fact);
	target->types_alone = ks_image_is_types(image);
	target->by_types = target->types_alone && target->in_btf == KS_PRESENT;
}

/** The types of modules are told by BTF of their own. */
static void enter_module(const struct ks_attach_facts *facts, struct ks_target *target)
{
	target->in_module = true;
	if (!facts->module_types ||
	    ks_attach_option(facts, "CONFIG_DEBUG_INFO_BTF_MODULES") == KS_ABSENT)
		target->in_btf = KS_ABSENT;
}

struct ks_target ks_attach_target_of(const struct ks_attach_facts *facts,
				     const struct ks_fact *fact, const char *name)
{
	struct ks_target target;
	look_at(facts, fact, name, &target);
	if (target.module)
		enter_module(facts, &target);
	return target;
}

/** @param fact of the function that lists symbols of that name @param own false: it has another name itself */
static struct ks_target find(const struct ks_attach_facts *facts, const struct ks_fact *fact,
			     const char *name, bool own)
{
	struct ks_target target, module;
	look_at(facts, fact, name, &target);
	if (!fact->modules)
		return target;
	look_at(facts, fact->modules, name, &module);
	if (target.symbol || (own && target.in_btf == KS_PRESENT)) {
		target.nr_in_modules = facts->modules ? module.nr_symbols : 0;
		return target;
	}
	if (!module.symbol)
		return target;
	if (!facts->modules) {
		target.only_module = true;
		target.module = module.module;
		return target;
	}
	enter_module(facts, &module);
	return module;
}

struct ks_target ks_attach_target(const struct ks_attach_facts *facts, const char *name)
{
	return find(facts, ks_attach_fact(facts, KS_FUNCTION, name), name, true);
}

bool ks_attach_plain_name(const char *symbol, char plain[KS_ATTACH_NAME])
{
	size_t len = strcspn(symbol, ".");
	if (!symbol[len] || len >= KS_ATTACH_NAME)
		return false;
	memcpy(plain, symbol, len);
	plain[len] = '\0';
	return true;
}

struct ks_target ks_attach_target_probed(const struct ks_attach_facts *facts, const char *name)
{
	char plain[KS_ATTACH_NAME];
	struct ks_target target = ks_attach_target(facts, name);
	if (target.symbol || target.only_module || !ks_attach_plain_name(name, plain))
		return target;
	struct ks_target listed =
		find(facts, ks_attach_fact(facts, KS_FUNCTION, plain), name, false);
	return listed.symbol || listed.only_module ? listed : target;
}

enum ks_presence ks_target_code(const struct ks_target *target)
{
	if (target->symbol || target->by_types)
		return KS_PRESENT;
	return target->untold || !target->fact->known || target->types_alone ? KS_UNTOLD
									     : KS_ABSENT;
}

const struct ks_type *ks_target_proto(const struct ks_target *target)
{
	const struct ks_decl *decl = target->fact->decl;
	return decl && decl->type && decl->type->kind == KS_TYPE_PROTO ? decl->type : NULL;
}

const struct ks_fact *ks_attach_tracepoint(const struct ks_attach_facts *facts, const char *name)
{
	char type[KS_ATTACH_NAME];
	snprintf(type, sizeof(type), "btf_trace_%s", name);
	const struct ks_fact *fact = ks_attach_fact(facts, KS_TYPEDEF, type);
	return !fact->present && facts->module_types && fact->modules ? fact->modules : fact;
}
