/* SPDX-License-Identifier: BSD-2-Clause */
/* What trampolines make of a prototype: btf_distill_func_proto() at load, arch_prepare_bpf_trampoline() at attach. */
#include "attach/private.h"

enum { MAX_RECORD = 16 }; // bytes

/** Structs by value in general; each machine's trampolines followed in their own time. */
static const struct ks_gate records = { KS_SINCE(6, 1), "720e6a435194" };

static struct ks_passed passed(const struct ks_asking *asking, const struct ks_type *type)
{
	const struct ks_attach_facts *facts = asking->facts;
	return facts->source ? facts->source->passed(facts->arg, type) : (struct ks_passed){ 0 };
}

/** How the kernel counts one parameter or result. @return why it does not take it; NULL: it does */
static const char *refusal(const struct ks_asking *asking, const struct ks_passed *how, bool result)
{
	if (how->as == KS_PASSED_UNTOLD || how->as == KS_PASSED_WORD ||
	    (result && how->as == KS_PASSED_NOTHING))
		return NULL;
	if (how->as != KS_PASSED_RECORD)
		return "a type that is not supported";
	uint32_t version = asking->facts->version;
	if (result || (version && !ks_gate_is_open(&records, version)))
		return "a struct by value";
	return how->size > MAX_RECORD ? "a struct of more than 16 bytes" : NULL;
}

/** @return false when a parameter is refused */
static bool look_at_parameters(struct ks_asking *asking, const struct ks_type *proto,
			       uint32_t *ret_words, bool *ret_records)
{
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		const struct ks_type *type = proto->params[i].type;
		if (!type || type->kind == KS_TYPE_VOID) {
			ks_asking_find_at_load(asking, KS_WHY_VARIADIC, KS_ANSWER_NO);
			return false;
		}
		struct ks_passed how = passed(asking, type);
		const char *why = refusal(asking, &how, false);
		if (why) {
			struct ks_attach_finding *finding =
				ks_asking_find_at_load(asking, KS_WHY_PARAMETER, KS_ANSWER_NO);
			finding->nr = i + 1;
			finding->text = why;
			return false;
		}
		*ret_words += how.size > 8 ? (uint32_t)((how.size + 7) / 8) : 1;
		*ret_records |= how.as == KS_PASSED_RECORD;
	}
	return true;
}

/** What the machine's trampolines pass on. */
static void look_at_machine(struct ks_asking *asking, uint32_t words, bool any_record)
{
	const struct ks_attach_facts *facts = asking->facts;
	uint8_t most = facts->arch ? ks_arch_trampoline_words(facts->arch, facts->version) : 0;
	if (!most)
		return; // without trampolines that is what stands against it
	if (words > most) {
		struct ks_attach_finding *finding =
			ks_asking_find(asking, KS_WHY_MANY_WORDS, KS_ANSWER_NO);
		finding->nr = words;
		finding->most = most;
	}
	if (any_record && !ks_gate_is_open(&facts->arch->trampolines.structs, facts->version))
		ks_asking_find(asking, KS_WHY_RECORDS, KS_ANSWER_NO);
}

void ks_asking_signature(struct ks_asking *asking, const struct ks_type *proto)
{
	uint32_t words = 0;
	bool any_record = false;
	if (!proto)
		return;
	struct ks_passed result = passed(asking, proto->inner);
	const char *why = refusal(asking, &result, true);
	if (why) {
		ks_asking_find_at_load(asking, KS_WHY_RESULT, KS_ANSWER_NO)->text = why;
		return;
	}
	if (proto->nr_params > KS_ATTACH_PARAMETERS) {
		struct ks_attach_finding *finding =
			ks_asking_find_at_load(asking, KS_WHY_MANY_PARAMETERS, KS_ANSWER_NO);
		finding->nr = proto->nr_params;
		finding->most = KS_ATTACH_PARAMETERS;
		return;
	}
	if (look_at_parameters(asking, proto, &words, &any_record))
		look_at_machine(asking, words, any_record);
}
