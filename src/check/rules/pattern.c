/* SPDX-License-Identifier: BSD-2-Clause */
/* kprobe.multi on a pattern of names: what libbpf finds by it, and what the kernel makes of that. */
#include <string.h>

#include "base/buf.h"
#include "check/rules/pattern.h"
#include "check/rules/target.h"
#include "surface/traits.h"

bool ks_pattern_matches(const char *pattern, const char *name)
{
	const char *star = NULL,
		   *from = NULL; // behind the last '*', and what it ends at in the name
	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			from = name;
		} else if (*pattern == '?' || *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/** What a pattern matches on an image. */
struct matches {
	const char *pattern;
	uint32_t traced, untraced, untold, in_modules;
	const char *first[3]; // of those traced
	const char *partly;   // a name of which some functions are traced and others are not
	uint32_t nr_partly;   // functions of that name
};

/** Other functions of the same name, which stand beside it. */
static uint32_t count_named(const struct ks_site *site, const struct ks_function *function,
			    const char *name, bool *ret_partly)
{
	uint32_t nr = 0, traced = 0;
	for (uint32_t i = 0; i < function->nr_symbols; i++) {
		if (strcmp(function->symbols[i].name, name) != 0)
			continue;
		nr++;
		traced += ks_attach_bit(site->image, &function->symbols[i], KS_ATTACH_FTRACE) ==
			  KS_PRESENT;
	}
	*ret_partly = traced && traced < nr;
	return nr;
}

static void match_symbol(const struct ks_site *site, const struct ks_function *function,
			 const struct ks_symbol *symbol, struct matches *matches)
{
	enum ks_presence traced = ks_attach_bit(site->image, symbol, KS_ATTACH_FTRACE);
	bool partly;
	if (ks_attach_bit(site->image, symbol, KS_ATTACH_INIT) == KS_PRESENT)
		traced = KS_ABSENT; // gone once the kernel has booted
	if (traced == KS_UNTOLD) {
		matches->untold++;
	} else if (traced == KS_ABSENT) {
		uint32_t nr = count_named(site, function, symbol->name, &partly);
		matches->untraced++;
		if (partly && !matches->partly) {
			matches->partly = symbol->name;
			matches->nr_partly = nr;
		}
	} else {
		if (matches->traced < 3)
			matches->first[matches->traced] = symbol->name;
		matches->traced++;
	}
}

static void match_function(const struct ks_site *site, const struct ks_function *function,
			   bool counts, struct matches *matches)
{
	for (uint32_t i = 0; function && i < function->nr_symbols; i++) {
		const struct ks_symbol *symbol = &function->symbols[i];
		if (!ks_pattern_matches(matches->pattern, symbol->name))
			continue;
		if (counts)
			match_symbol(site, function, symbol, matches);
		else
			matches->in_modules++;
	}
}

/** libbpf reads a pattern up to the first character that has no place in one. */
static const char *cut(struct ks_judge *judge, const char *pattern)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.*?";
	size_t len = strspn(pattern, allowed);
	const char *text = pattern[len] ? ks_arena_strndup(judge->arena, pattern, len) : pattern;
	judge->nomem |= !text;
	return text;
}

/** Names of functions that may match, without what is behind a dot, which is not part of a function's name. */
static const struct ks_view_names *candidates(struct ks_judge *judge, const char *pattern)
{
	_cleanup_buf_ struct ks_buf glob = { 0 };
	size_t len = strcspn(pattern, ".");
	const char *star = memchr(pattern, '*', len);
	if (star) // it may match the dot, too
		len = (size_t)(star - pattern) + 1;
	ks_buf_bytes(&glob, pattern, len);
	const char *text = ks_buf_text(&glob);
	judge->nomem |= !text;
	return text ? ks_site_functions(judge->site, text) : NULL;
}

/** Before tracefs lists addresses they are found by names: all functions of a name, also those that cannot be traced. */
static bool takes_all_of_a_name(const struct ks_site *site)
{
	static const struct ks_gate addresses = { KS_SINCE(6, 5), "83f74441bcb1" };
	return site->version && !ks_gate_is_open(&addresses, site->version);
}

static void conclude(struct ks_judge *judge, const struct ks_about *about,
		     const struct matches *matches, bool more)
{
	// since 1.8 libbpf gives an exact name to the kernel, which takes what can be traced
	bool exact = !matches->pattern[strcspn(matches->pattern, "*?")];
	if (matches->partly && !exact && takes_all_of_a_name(judge->site)) {
		struct ks_reason *reason = ks_judge_add(
			judge, KS_STAGE_ATTACH, KS_REASON_TARGET_AMBIGUOUS, about,
			"of %u functions called %s some have no ftrace entry; before 6.5 that "
			"fails all",
			matches->nr_partly, matches->partly);
		ks_reason_hint(judge, reason,
			       "give libbpf the addresses, or names that leave %s out",
			       matches->partly);
		return;
	}
	if (matches->traced) {
		ks_judge_note(judge, KS_REASON_MATCHES, about,
			      "%s%u function%s match%s: %s%s%s%s%s%s", more ? "at least " : "",
			      matches->traced, matches->traced == 1 ? "" : "s",
			      matches->traced == 1 ? "es" : "", matches->first[0],
			      matches->traced > 1 ? ", " : "",
			      matches->traced > 1 ? matches->first[1] : "",
			      matches->traced > 2 ? ", " : "",
			      matches->traced > 2 ? matches->first[2] : "",
			      matches->traced > 3 ? ", …" : "");
		return;
	}
	if (more || matches->untold)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TIER, about,
			     matches->untold ? "which functions have an ftrace entry is not known"
					     : "too many functions to look at");
	else if (matches->untraced)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_NO_FTRACE, about,
			     "%u function%s match%s, and none has an ftrace entry",
			     matches->untraced, matches->untraced == 1 ? "" : "s",
			     matches->untraced == 1 ? "es" : "");
	else if (matches->in_modules)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_MODULE, about,
			     "what matches is in modules that must be loaded");
	else
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TARGET_ABSENT, about,
			     "no function matches");
}

void ks_judge_pattern(struct ks_judge *judge, const char *pattern)
{
	const struct ks_about *about = KS_ABOUT_NAME(KS_FUNCTION, pattern);
	const struct ks_site *site = judge->site;
	struct matches matches = { .pattern = cut(judge, pattern) };
	const struct ks_view_names only = { 1, &matches.pattern, false };
	if (!matches.pattern)
		return;
	const struct ks_view_names *names = matches.pattern[strcspn(matches.pattern, "*?.")]
						    ? candidates(judge, matches.pattern)
						    : &only;
	for (size_t i = 0; names && i < names->nr; i++) {
		const struct ks_fact *fact = ks_site_fact(site, KS_FUNCTION, names->at[i]);
		match_function(site, fact->function, true, &matches);
		if (fact->modules)
			match_function(site, fact->modules->function, site->modules, &matches);
	}
	bool any = matches.traced || matches.untraced || matches.untold;
	// what is behind a dot has no entry of its own: that nothing of the whole name is known tells nothing
	bool untold = !any && !ks_symbol_is_prefix(matches.pattern) &&
		      ks_target_find(site, matches.pattern).untold;
	if (!names || untold)
		ks_judge_add(judge, KS_STAGE_ATTACH, KS_REASON_TIER, about, "%s",
			     names && ks_site_symbol(site, matches.pattern, false) == KS_PRESENT
				     ? ks_attach_whys[KS_WHY_NOT_A_FUNCTION]
				     : "the image lists no functions");
	else
		conclude(judge, about, &matches, names->more);
}
