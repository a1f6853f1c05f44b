/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "attach/facts.h"
#include "base/array.h"

struct ks_attach_facts ks_attach_facts_of(const struct ks_image *image)
{
	return (struct ks_attach_facts){ .image = image,
					 .arch = ks_arch_by_debian(image->arch),
					 .version = ks_version_of(image->version),
					 .modules = true,
					 .module_types = true };
}

const struct ks_fact *ks_attach_fact(const struct ks_attach_facts *facts, enum ks_kind kind,
				     const char *name)
{
	static const struct ks_fact nothing;
	return facts->source ? facts->source->fact(facts->arg, kind, name) : &nothing;
}

enum ks_presence ks_attach_option(const struct ks_attach_facts *facts, const char *name)
{
	const struct ks_fact *fact = ks_attach_fact(facts, KS_CONFIG, name);
	if (fact->present && fact->value)
		return strcmp(fact->value, "y") == 0 ? KS_PRESENT : KS_ABSENT;
	return fact->known ? KS_ABSENT : KS_UNTOLD;
}

enum ks_presence ks_attach_enumerator(const struct ks_attach_facts *facts, const char *name,
				      const char *enumerator)
{
	const struct ks_decl *decl = ks_attach_fact(facts, KS_ENUM, name)->decl;
	for (uint32_t i = 0; decl && decl->kind == KS_ENUM && i < decl->nr; i++)
		if (strcmp(decl->values[i].name, enumerator) == 0)
			return KS_PRESENT;
	return decl ? KS_ABSENT : KS_UNTOLD;
}

enum ks_presence ks_attach_bit(const struct ks_image *image, const struct ks_symbol *symbol,
			       uint8_t bit)
{
	static const struct {
		uint8_t bit;
		uint32_t fact;
	} known[] = { { KS_ATTACH_FTRACE, KS_FACT_FTRACE }, { KS_ATTACH_NO_KPROBE, KS_FACT_KPROBE },
		      { KS_ATTACH_INJECT, KS_FACT_INJECT }, { KS_ATTACH_INIT, KS_FACT_INIT },
		      { KS_ATTACH_DENIED, KS_FACT_LISTS },  { KS_ATTACH_NO_RETURN, KS_FACT_LISTS },
		      { KS_ATTACH_SLEEPS, KS_FACT_LISTS },  { KS_ATTACH_AWAKE, KS_FACT_LISTS } };
	for (size_t i = 0; i < KS_ARRAY_LEN(known); i++)
		if (known[i].bit == bit && !(image->facts & known[i].fact))
			return KS_UNTOLD;
	return symbol->attach & bit ? KS_PRESENT : KS_ABSENT;
}

enum ks_presence ks_attach_jit(const struct ks_attach_facts *facts)
{
	enum ks_presence set = ks_attach_option(facts, KS_JIT_OPTION);
	if (set == KS_PRESENT || !facts->source)
		return set;
	enum ks_presence code = facts->source->symbol(facts->arg, KS_JIT_FUNCTION);
	return code == KS_PRESENT ? code : set;
}

enum ks_presence ks_attach_compiles(const struct ks_attach_facts *facts)
{
	enum ks_presence jit = ks_attach_jit(facts);
	if (jit != KS_PRESENT)
		return jit;
	enum ks_presence at_once = ks_attach_option(facts, "CONFIG_BPF_JIT_DEFAULT_ON");
	if (at_once == KS_UNTOLD && facts->arch && facts->arch->compiles)
		return KS_PRESENT;
	return at_once == KS_PRESENT ? KS_PRESENT : KS_UNTOLD;
}

enum ks_presence ks_attach_mixes_tail_calls(const struct ks_attach_facts *facts)
{
	static const struct ks_gate machines_say = { KS_SINCE(6, 0), "95acd8817e66" };
	enum ks_presence compiles = ks_attach_compiles(facts);
	if (compiles == KS_ABSENT)
		return KS_ABSENT;
	if (!facts->arch || !facts->version)
		return KS_UNTOLD;
	if (ks_gate_is_open(&facts->arch->tail_calls, facts->version))
		return compiles;
	// before machines could say so themselves, the verifier named amd64 alone
	return facts->arch->tail_calls.since || !ks_gate_is_open(&machines_say, facts->version)
		       ? KS_ABSENT
		       : KS_UNTOLD;
}

enum ks_presence ks_attach_replaces(const struct ks_attach_facts *facts)
{
	if (!facts->image->arch || (facts->arch && !facts->version))
		return KS_UNTOLD;
	return facts->arch && ks_gate_is_open(&facts->arch->trampolines.programs, facts->version)
		       ? KS_PRESENT
		       : KS_ABSENT;
}

enum ks_presence ks_attach_trampolines(const struct ks_attach_facts *facts)
{
	enum ks_presence programs = ks_attach_replaces(facts);
	if (programs != KS_PRESENT)
		return programs;
	// with dynamic ftrace, functions can be called directly or not at all (register_fentry())
	enum ks_presence direct =
		ks_attach_option(facts, "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS");
	if (direct == KS_PRESENT ||
	    (direct == KS_ABSENT && ks_attach_option(facts, "CONFIG_DYNAMIC_FTRACE") == KS_PRESENT))
		return direct;
	return ks_gate_is_open(&facts->arch->trampolines.functions, facts->version) ? KS_PRESENT
										    : KS_ABSENT;
}
