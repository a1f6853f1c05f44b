/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/array.h"
#include "surface/attach.h"
#include "surface/image.h"

const struct ks_way_info ks_ways[KS_NR_WAYS] = {
	[KS_WAY_FENTRY] = { "fentry", "fentry" },
	[KS_WAY_KPROBE] = { "kprobe", "kprobe" },
	[KS_WAY_KPROBE_MULTI] = { "kprobe_multi", "kprobe.multi" },
	[KS_WAY_FMOD_RET] = { "fmod_ret", "fmod_ret" },
};

/** Since when a program can be put on a function's ftrace entry; architectures without a row never could. */
static const struct {
	const char *arch, *since;
} trampolines[] = {
	{ "amd64", "5.5" },   { "arm64", "6.4" },    { "s390x", "6.3" },
	{ "riscv64", "6.8" }, { "ppc64el", "6.13" }, { "loong64", "6.17" },
};

enum { MAX_ARGUMENTS = 12 }; // that a trampoline passes on

static bool is_since(const struct ks_image *image, const char *version)
{
	return ks_version_compare(image->version, version) >= 0;
}

static enum ks_answer answer_of(const struct ks_image *image, uint32_t fact, bool yes)
{
	if (!(image->facts & fact))
		return KS_ANSWER_UNKNOWN;
	return yes ? KS_ANSWER_YES : KS_ANSWER_NO;
}

/** Both must hold. */
static enum ks_answer both(enum ks_answer a, enum ks_answer b)
{
	if (a == KS_ANSWER_NO || b == KS_ANSWER_NO)
		return KS_ANSWER_NO;
	return a == KS_ANSWER_YES ? b : a;
}

static enum ks_answer either(enum ks_answer a, enum ks_answer b)
{
	if (a == KS_ANSWER_YES || b == KS_ANSWER_YES)
		return KS_ANSWER_YES;
	return a == KS_ANSWER_NO ? b : a;
}

static enum ks_answer has_trampolines(const struct ks_image *image)
{
	for (size_t i = 0; image->arch && i < KS_ARRAY_LEN(trampolines); i++)
		if (strcmp(trampolines[i].arch, image->arch) == 0)
			return is_since(image, trampolines[i].since) ? KS_ANSWER_YES : KS_ANSWER_NO;
	return image->arch ? KS_ANSWER_NO : KS_ANSWER_UNKNOWN;
}

/** The trampoline can pass the arguments on, as far as the prototype is known. */
static bool prototype_fits(const struct ks_decl *decl)
{
	const struct ks_type *proto = decl && decl->kind == KS_FUNCTION ? decl->type : NULL;
	if (!proto || !proto->nr_params)
		return true;
	bool variadic = proto->params[proto->nr_params - 1].type->kind == KS_TYPE_VOID;
	return !variadic && proto->nr_params <= MAX_ARGUMENTS;
}

static enum ks_answer fentry(const struct ks_fact *fact, const struct ks_symbol *symbol)
{
	const struct ks_image *image = fact->image;
	enum ks_answer answer = answer_of(image, KS_FACT_FTRACE, symbol->attach & KS_ATTACH_FTRACE);
	answer = both(answer, answer_of(image, KS_FACT_BTF, fact->function->nr_btf > 0));
	answer = both(answer, has_trampolines(image));
	return prototype_fits(fact->decl) ? answer : KS_ANSWER_NO;
}

static enum ks_answer kprobe(const struct ks_image *image, const struct ks_symbol *symbol)
{
	enum ks_answer answer =
		answer_of(image, KS_FACT_KPROBE, !(symbol->attach & KS_ATTACH_NO_KPROBE));
	bool option = is_since(image, "5.0") && image->facts & KS_FACT_FTRACE &&
		      !(symbol->attach & KS_ATTACH_FTRACE);
	// the kernel may be configured to refuse kprobes where ftrace has no entry
	return option ? both(answer, KS_ANSWER_UNKNOWN) : answer;
}

static enum ks_answer fmod_ret(const struct ks_fact *fact, const struct ks_symbol *symbol)
{
	enum ks_answer allowed =
		strncmp(symbol->name, "security_", 9) == 0
			? KS_ANSWER_YES
			: answer_of(fact->image, KS_FACT_INJECT, symbol->attach & KS_ATTACH_INJECT);
	return both(fentry(fact, symbol), allowed);
}

static enum ks_answer symbol_answer(const struct ks_fact *fact, enum ks_attach_way way,
				    const struct ks_symbol *symbol)
{
	const struct ks_image *image = fact->image;
	enum ks_answer kept = KS_ANSWER_YES; // no image without init sections is known
	if (symbol->attach & KS_ATTACH_INIT)
		kept = KS_ANSWER_NO;
	switch (way) {
	case KS_WAY_FENTRY:
		return both(kept, fentry(fact, symbol));
	case KS_WAY_KPROBE:
		return both(kept, kprobe(image, symbol));
	case KS_WAY_KPROBE_MULTI:
		if (!is_since(image, "5.18"))
			return KS_ANSWER_NO;
		return both(kept,
			    answer_of(image, KS_FACT_FTRACE, symbol->attach & KS_ATTACH_FTRACE));
	default:
		return both(kept, fmod_ret(fact, symbol));
	}
}

enum ks_answer ks_attach_answer(const struct ks_fact *fact, enum ks_attach_way way)
{
	const struct ks_function *fn = fact->function;
	const struct ks_symbol *first = NULL;
	bool several = false;
	enum ks_answer all = KS_ANSWER_YES, any = KS_ANSWER_NO;
	for (uint32_t i = 0; fn && i < fn->nr_symbols; i++) {
		const struct ks_symbol *symbol = &fn->symbols[i];
		if (strcmp(symbol->name, fn->name) != 0)
			continue;
		several = several || (first && first->addr != symbol->addr);
		first = first ? first : symbol;
		all = both(all, symbol_answer(fact, way, symbol));
		any = either(any, symbol_answer(fact, way, symbol));
	}
	if (!first)
		return KS_ANSWER_NO;
	if (way == KS_WAY_KPROBE_MULTI)
		return any; // takes all functions of the name that have an entry
	if (several && way == KS_WAY_KPROBE && is_since(fact->image, "6.1"))
		return KS_ANSWER_NO;
	return all == any ? all : KS_ANSWER_UNKNOWN;
}
