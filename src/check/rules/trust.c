/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/rules/trust.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"

enum { MAX_NAME = 256 };

bool ks_trusts_arguments(const struct ks_hook *hook)
{
	// about to be freed, or not made yet (untrusted_lsm_hooks)
	static const char *const untrusted[] = {
		"bpf_map_free",	       "bpf_prog_free",	      "file_alloc_security",
		"file_free_security",  "sk_alloc_security",   "sk_free_security",
		"task_free",	       "bdev_alloc_security", "bdev_free_security",
		"inode_free_security",
	};
	if (hook->kind == KS_HOOK_TP_BTF || hook->kind == KS_HOOK_STRUCT_OPS)
		return true;
	for (size_t i = 0; hook->kind == KS_HOOK_LSM && i < KS_ARRAY_LEN(untrusted); i++)
		if (strcmp(hook->target, untrusted[i]) == 0)
			return false;
	return hook->kind == KS_HOOK_LSM;
}

enum ks_tagged ks_tag_heeded(const struct ks_site *site, enum ks_tagged tag)
{
	static const struct ks_gate no_user = { KS_SINCE(5, 18), "c6f1bfe89ac9" };
	static const struct ks_gate no_percpu = { KS_SINCE(5, 18), "5844101a1be9" };
	const struct ks_gate *gate = tag == KS_TAGGED_USER ? &no_user : &no_percpu;
	if (tag == KS_TAGGED_RCU || tag == KS_TAGGED_NOT)
		return KS_TAGGED_NOT;
	if (!site->version)
		return KS_TAGGED_UNTOLD;
	return ks_gate_is_open(gate, site->version) ? tag : KS_TAGGED_NOT;
}

/** Is there a struct RECORD__safe_KIND with the member? It says what may be trusted of what is read through a pointer. */
static bool is_listed(const struct ks_site *site, const struct ks_decl *record, const char *kind,
		      const struct ks_walk *walk)
{
	char name[MAX_NAME];
	int len = snprintf(name, sizeof(name), "%s__safe_%s", record->name, kind);
	if (len < 0 || (size_t)len >= sizeof(name))
		return false;
	const struct ks_decl *list = ks_site_fact(site, KS_STRUCT, name)->decl;
	for (uint32_t i = 0; list && i < list->nr; i++) {
		bool other;
		if (strcmp(list->members[i].name, walk->member->name) != 0)
			continue;
		const struct ks_decl *to = ks_pointee(site, list->members[i].type, &other);
		return to && strcmp(to->name, walk->pointee->name) == 0;
	}
	return false;
}

/** RCU's tag is heeded, and other tags are forgotten where nothing keeps what is read, since then. */
static const struct ks_gate tags = { KS_SINCE(6, 4), "6fcd486b3a0a" };

/** What RCU's tag makes of a member's pointer that no list has. */
static enum ks_null null_of_tag(const struct ks_pointers *pointers, enum ks_tagged tag)
{
	static const struct ks_gate locks = { KS_SINCE(6, 2), "9bb00b2895cb" };
	uint32_t version = pointers->site->version;
	if (tag != KS_TAGGED_RCU && tag != KS_TAGGED_UNTOLD)
		return KS_NULL_NEVER;
	if (version && !ks_gate_is_open(&tags, version)) // only where the program itself holds RCU
		return pointers->locks && ks_gate_is_open(&locks, version) ? KS_NULL_UNTOLD
									   : KS_NULL_NEVER;
	if (pointers->sleepable && !pointers->locks)
		return KS_NULL_NEVER;
	return !version || pointers->sleepable || tag == KS_TAGGED_UNTOLD ? KS_NULL_UNTOLD
									  : KS_NULL_MAYBE;
}

void ks_trust_walked(const struct ks_pointers *pointers, const struct ks_pointee *from,
		     const struct ks_walk *walk, struct ks_pointee *word)
{
	static const struct {
		const char *kind;
		bool held; // it counts where RCU is held
		enum ks_null null;
	} lists[] = { { "trusted", false, KS_NULL_NEVER },
		      { "trusted_or_null", false, KS_NULL_MAYBE },
		      { "rcu", true, KS_NULL_NEVER },
		      { "rcu_or_null", true, KS_NULL_MAYBE } };
	const struct ks_site *site = pointers->site;
	enum ks_tagged tag = ks_tag_of_member(site, walk);
	word->untrusted = from->untrusted;
	word->tagged = from->untrusted ? KS_TAGGED_NOT : ks_tag_heeded(site, tag);
	if (!from->trusted || !from->record->name)
		return;
	for (size_t i = 0; i < KS_ARRAY_LEN(lists); i++)
		if (!(lists[i].held && pointers->sleepable) &&
		    is_listed(site, from->record, lists[i].kind, walk)) {
			word->trusted = true;
			word->null = lists[i].null;
			return;
		}
	word->null = null_of_tag(pointers, tag);
	word->trusted = word->null == KS_NULL_MAYBE;
	if (!pointers->sleepable || !ks_gate_is_open(&tags, site->version))
		return;
	word->untrusted = !pointers->locks; // else for a part of the time
	if (word->tagged)
		word->tagged = pointers->locks ? KS_TAGGED_UNTOLD : KS_TAGGED_NOT;
}
