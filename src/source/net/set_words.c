/* SPDX-License-Identifier: BSD-2-Clause */
/* Words that are sets, and what was meant by those that are none. */
#include <ctype.h>
#include <string.h>

#include "arch/arch.h"
#include "base/buf.h"
#include "base/edit_distance.h"
#include "source/net/sets.h"

enum { WORD_MAX = 64, FAR = 3 }; // letters: so many are another word

/** Letters between two pieces of text. */
static unsigned int distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	char x[WORD_MAX], y[WORD_MAX];
	if (a_len >= sizeof(x) || b_len >= sizeof(y))
		return FAR;
	*(char *)mempcpy(x, a, a_len) = '\0';
	*(char *)mempcpy(y, b, b_len) = '\0';
	return ks_edit_distance(x, y, FAR - 1);
}

/** What apt takes for the architecture of a package. */
static bool is_arch(const char *word)
{
	return ks_arch_by_debian(word) || strcmp(word, "any") == 0 || strcmp(word, "native") == 0;
}

/** A distribution that is not known, but nearly; apt has no architecture that begins with a number. */
static bool is_mistaken(const struct ks_sets *sets, const char *word, size_t colon)
{
	const char *series = word + colon + 1;
	if (is_arch(series) || !colon)
		return false;
	if (isdigit((unsigned char)*series))
		return true;
	for (size_t i = 0; i < sets->list.len; i++) {
		const char *name = sets->list.at[i].name;
		if (distance(word, colon, name, strcspn(name, ":")) < FAR)
			return true;
	}
	return false;
}

/** Whether it is the set of a distribution without versions, by the name of that alone. */
static bool is_alone(const struct ks_set *set, const char *word, size_t len)
{
	return set->alone && strcspn(set->name, ":") == len && memcmp(set->name, word, len) == 0;
}

static bool any_is_alone(const struct ks_sets *sets, const char *word)
{
	for (size_t i = 0; i < sets->list.len; i++)
		if (is_alone(&sets->list.at[i], word, strcspn(word, "/@")))
			return true;
	return false;
}

bool ks_sets_may_be(const struct ks_sets *sets, const char *word)
{
	size_t len = strcspn(word, ":");
	if (!word[len])
		return any_is_alone(sets, word);
	for (size_t i = 0; i < sets->list.len; i++)
		if (strncmp(sets->list.at[i].name, word, len + 1) == 0)
			return true;
	return is_mistaken(sets, word, len);
}

/** Whether a set is called so: "debian:12", or "debian:bookworm" with its alias. */
static bool is_called(const struct ks_set *set, const char *word, size_t len)
{
	size_t colon = strcspn(set->name, ":") + 1;
	if ((strlen(set->name) == len && memcmp(set->name, word, len) == 0) ||
	    is_alone(set, word, len))
		return true;
	return set->alias && len > colon && strlen(set->alias) == len - colon &&
	       memcmp(set->name, word, colon) == 0 &&
	       memcmp(set->alias, word + colon, len - colon) == 0;
}

const char *ks_sets_of_series(const struct ks_sets *sets, const char *word)
{
	for (size_t i = 0; i < sets->list.len; i++) {
		const struct ks_set *set = &sets->list.at[i];
		if (strcmp(strchr(set->name, ':') + 1, word) == 0 ||
		    (set->alias && strcmp(set->alias, word) == 0))
			return set->name;
	}
	return NULL;
}

/** The name that is nearest to a word. */
struct near {
	unsigned int far;
	size_t distribution; // letters
	const char *name;    // the set's
	const char *series;  // behind its colon: a version or an alias
};

/** @param series one that the set has */
static void consider(const struct ks_set *set, const char *series, const char *word, size_t len,
		     struct near *best)
{
	size_t own = strcspn(set->name, ":"), colon = strcspn(word, ":");
	if (colon + 1 >= len)
		return;
	bool same = own == colon && memcmp(word, set->name, own) == 0;
	if (same && isdigit((unsigned char)word[colon + 1]))
		return; // another version is no slip of the pen
	unsigned int far = distance(word, colon, set->name, own) +
			   distance(word + colon + 1, len - colon - 1, series, strlen(series));
	if (far < best->far)
		*best = (struct near){ far, own, set->name, series };
}

static struct near nearest(const struct ks_sets *sets, const char *word)
{
	struct near best = { .far = FAR, .series = "" };
	size_t len = strcspn(word, "/@");
	for (size_t i = 0; i < sets->list.len; i++) {
		const struct ks_set *set = &sets->list.at[i];
		consider(set, strchr(set->name, ':') + 1, word, len, &best);
		if (set->alias)
			consider(set, set->alias, word, len, &best);
	}
	return best;
}

/** The sets of the same distribution, or all, for who has mistaken one. */
static struct ks_error *no_set(const struct ks_sets *sets, const char *word)
{
	_cleanup_buf_ struct ks_buf same = { 0 }, all = { 0 };
	size_t colon = strcspn(word, ":") + 1;
	struct near near = nearest(sets, word);
	if (near.name)
		return ks_error_new(KS_ERR_NOTFOUND, "no such set; did you mean %.*s:%s?",
				    (int)near.distribution, near.name, near.series);
	for (size_t i = 0; i < sets->list.len; i++) {
		const char *name = sets->list.at[i].name;
		ks_buf_printf(&all, "%s%s", all.len ? ", " : "", name);
		if (strncmp(name, word, colon) == 0)
			ks_buf_printf(&same, "%s%s", same.len ? ", " : "", name);
	}
	const char *text = ks_buf_text(same.len ? &same : &all);
	return ks_error_new(KS_ERR_NOTFOUND, "no such set; there are %s", text ? text : "others");
}

/** Of two the later one. */
static const struct ks_set *find_called(const struct ks_sets *sets, const char *word, size_t len)
{
	const struct ks_set *set = NULL;
	for (size_t i = 0; i < sets->list.len; i++)
		if (is_called(&sets->list.at[i], word, len))
			set = &sets->list.at[i];
	return set;
}

struct ks_error *ks_sets_find(const struct ks_sets *sets, const char *word, struct ks_set_wish *ret)
{
	size_t len = strcspn(word, "@");
	*ret = (struct ks_set_wish){ 0 };
	ret->set = find_called(sets, word, len);
	if (!ret->set) { // some sets have a slash in their name, where flavours have archives of their own
		len = strcspn(word, "/@");
		ret->set = find_called(sets, word, len);
	}
	if (!ret->set)
		return ks_error_wrap(no_set(sets, word), "%s", word);
	if (word[len] == '/') {
		ret->flavour = word + len + 1;
		ret->flavour_len = strcspn(ret->flavour, "@");
		len += 1 + ret->flavour_len;
	}
	if (word[len] == '@') {
		ret->arch = word + len + 1;
		ret->arch_len = strlen(ret->arch);
	}
	return NULL;
}

const char *ks_set_wish_name(struct ks_arena *arena, const struct ks_set_wish *wish,
			     const char *arch)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	const char *usual = wish->set->flavour ? wish->set->flavour : "";
	bool is_usual =
		strlen(usual) == wish->flavour_len &&
		strncmp(usual, wish->flavour_len ? wish->flavour : "", wish->flavour_len) == 0;
	ks_buf_str(&name, wish->set->name);
	if (wish->flavour_len && !is_usual)
		ks_buf_printf(&name, "/%.*s", (int)wish->flavour_len, wish->flavour);
	ks_buf_printf(&name, "@%s", arch);
	return ks_buf_text(&name) ? ks_arena_strdup(arena, name.at) : NULL;
}
