/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buf.h"
#include "base/edit_distance.h"
#include "base/vector.h"
#include "check/rules/hint.h"
#include "check/rules/target.h"

enum {
	MAX_WORDS = 12,
	NR_CANDIDATES = 6,
	MAX_WANTED = 1024,
	LIKE_ENOUGH = 60,
	MAX_SLIPS = 32, // of more names than these only words are compared
	SLIP = 200,	// more than any likeness
};

/** The words of a name, as hashes. */
struct words {
	uint32_t nr;
	uint32_t at[MAX_WORDS];
	uint64_t set; // one bit for each, to tell most names apart at once
};

static struct words words_of(const char *name)
{
	struct words words = { 0 };
	uint32_t hash = 2166136261u, len = 0;
	for (const char *p = name;; p++) {
		if (*p && *p != '_' && *p != '.') {
			hash = (hash ^ (uint8_t)*p) * 16777619u;
			len++;
			continue;
		}
		if (len && words.nr < MAX_WORDS) {
			words.at[words.nr++] = hash;
			words.set |= 1ull << (hash >> 26);
		}
		hash = 2166136261u;
		len = 0;
		if (!*p)
			return words;
	}
}

/** Shared words of 100, by the longer of the two. */
static unsigned int likeness(const struct words *a, const struct words *b)
{
	uint32_t most = a->nr > b->nr ? a->nr : b->nr, shared = 0;
	uint64_t taken = 0;
	if (!most || (unsigned int)__builtin_popcountll(a->set & b->set) * 200 < most * LIKE_ENOUGH)
		return 0;
	for (uint32_t i = 0; i < a->nr; i++) {
		for (uint32_t j = 0; j < b->nr; j++) {
			if ((taken >> j & 1) || a->at[i] != b->at[j])
				continue;
			taken |= 1ull << j;
			shared++;
			break;
		}
	}
	return shared * 100 / most;
}

unsigned int ks_name_likeness(const char *a, const char *b)
{
	struct words x = words_of(a), y = words_of(b);
	return likeness(&x, &y);
}

struct candidate {
	const char *name;
	const uint64_t *in; // which images have it
	unsigned int score;
	bool slip; // some letters are others: what counts where no image has the name that is wanted
};
/** A name that some image misses. */
struct wanted {
	enum ks_kind kind;
	const char *name;
	struct words words;
	const uint64_t *in; // NULL: no image has it
	struct candidate best[NR_CANDIDATES];
	uint32_t nr;
};
struct search {
	struct ks_arena *arena;
	size_t nr_bytes; // of a set of images
	KS_VECTOR(struct wanted) wanted;
};

static bool wants_hint(const struct ks_reason *reason)
{
	if (!reason->name || reason->hint || reason->soft || strpbrk(reason->name, "*?"))
		return false;
	return reason->kind == KS_REASON_TARGET_ABSENT ||
	       reason->kind == KS_REASON_TARGET_INLINED || reason->kind == KS_REASON_LSM_MISSING ||
	       reason->kind == KS_REASON_SYSCALL_MISSING ||
	       (reason->kind == KS_REASON_TRACEPOINT_MISSING && reason->name_kind == KS_TRACEPOINT);
}

static struct wanted *find_wanted(struct search *search, const struct ks_reason *reason)
{
	for (size_t i = 0; i < search->wanted.len; i++)
		if (search->wanted.at[i].kind == reason->name_kind &&
		    strcmp(search->wanted.at[i].name, reason->name) == 0)
			return &search->wanted.at[i];
	return NULL;
}

static struct ks_error *collect(struct search *search, const struct ks_check *check)
{
	for (size_t i = 0; i < check->nr_rows * check->nr_images; i++) {
		const struct ks_outcome *outcome = &check->outcomes[i];
		for (uint32_t j = 0; j < outcome->nr; j++) {
			const struct ks_reason *reason = &outcome->reasons[j];
			if (!wants_hint(reason) || search->wanted.len >= MAX_WANTED ||
			    find_wanted(search, reason))
				continue;
			struct wanted wanted = { .kind = reason->name_kind,
						 .name = reason->name,
						 .words = words_of(reason->name) };
			if (!ks_vector_add(&search->wanted, wanted))
				return &ks_nomem;
		}
	}
	return NULL;
}

/** Names that the build makes of others. */
static bool is_generated(const char *name)
{
	static const char *const prefixes[] = { "__probestub_", "__traceiter_", "__bpf_trace_",
						"trace_event_", "trace_raw_",	"perf_trace_",
						"__SCT__",	"__pfx_",	"__cfi_" };
	for (size_t i = 0; i < KS_ARRAY_LEN(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/** Words in the same place count more than words in another. */
static unsigned int in_place(const struct words *a, const struct words *b)
{
	unsigned int same = 0;
	for (uint32_t i = 0; i < a->nr && i < b->nr; i++)
		same += a->at[i] == b->at[i];
	return same;
}

/** How many letters two names may differ in to be taken for one; 0: they are not compared so. */
static unsigned int letters(const struct search *search, const char *wanted, const char *name)
{
	size_t len = strlen(wanted), other = strlen(name);
	unsigned int limit = ks_edit_slips(len);
	size_t apart = len > other ? len - other : other - len;
	return search->wanted.len <= MAX_SLIPS && len > 3 && apart <= limit ? limit : 0;
}

/** What such a name counts; 0: they differ in more. */
static unsigned int slip(const struct search *search, const char *wanted, const char *name)
{
	unsigned int limit = letters(search, wanted, name);
	unsigned int distance = limit ? ks_edit_distance(wanted, name, limit) : 0;
	return limit && distance <= limit ? SLIP - distance : 0;
}

/** Keep a candidate among the best. @return false when memory runs out */
static bool keep(struct search *search, struct wanted *wanted, const struct ks_store_name *name,
		 unsigned int score, bool is_slip)
{
	uint32_t at = wanted->nr;
	while (at > 0 && wanted->best[at - 1].score < score)
		at--;
	if (at == NR_CANDIDATES)
		return true;
	uint64_t *in = ks_arena_alloc(search->arena, search->nr_bytes);
	char *copy = ks_arena_strdup(search->arena, name->name);
	if (!in || !copy)
		return false;
	memcpy(in, name->in, search->nr_bytes);
	if (wanted->nr < NR_CANDIDATES)
		wanted->nr++;
	memmove(&wanted->best[at + 1], &wanted->best[at],
		(wanted->nr - at - 1) * sizeof(wanted->best[0]));
	wanted->best[at] =
		(struct candidate){ .name = copy, .in = in, .score = score, .slip = is_slip };
	return true;
}

static struct ks_error *look_at(const struct ks_store_name *name, void *arg)
{
	struct search *search = arg;
	struct words words = words_of(name->name);
	for (size_t i = 0; i < search->wanted.len; i++) {
		struct wanted *wanted = &search->wanted.at[i];
		if (wanted->kind != name->kind)
			continue;
		if (strcmp(wanted->name, name->name) == 0) {
			uint64_t *in = ks_arena_alloc(search->arena, search->nr_bytes);
			if (!in)
				return &ks_nomem;
			memcpy(in, name->in, search->nr_bytes);
			wanted->in = in;
			continue;
		}
		unsigned int score = likeness(&wanted->words, &words);
		unsigned int near = slip(search, wanted->name, name->name);
		if ((score < LIKE_ENOUGH && !near) || is_generated(name->name))
			continue;
		score += in_place(&wanted->words, &words);
		score += strncmp(name->name, wanted->name, strlen(wanted->name)) == 0;
		if ((score >= LIKE_ENOUGH && !keep(search, wanted, name, score, false)) ||
		    (near && !keep(search, wanted, name, near, true)))
			return &ks_nomem;
	}
	return NULL;
}

/** Whether a name is like one that is missing. */
static bool is_like(enum ks_kind kind, const char *name, void *arg)
{
	const struct search *search = arg;
	struct words words = words_of(name);
	for (size_t i = 0; i < search->wanted.len; i++) {
		const struct wanted *wanted = &search->wanted.at[i];
		if (wanted->kind == kind && (strcmp(wanted->name, name) == 0 ||
					     ((likeness(&wanted->words, &words) >= LIKE_ENOUGH ||
					       slip(search, wanted->name, name)) &&
					      !is_generated(name))))
			return true;
	}
	return false;
}

static bool has(const uint64_t *in, size_t image)
{
	return in && (in[image / 64] >> (image % 64) & 1);
}

/** Did the candidate appear where the missing name is gone? */
static bool takes_its_place(const struct wanted *wanted, const struct candidate *candidate,
			    size_t nr_images)
{
	for (size_t i = 0; i < nr_images; i++)
		if (has(wanted->in, i) && has(candidate->in, i))
			return false;
	return wanted->in != NULL;
}

/** The best candidate that the image has and that could be attached to; NULL when there is none. */
static const struct candidate *choose(const struct wanted *wanted, const struct ks_site *site,
				      size_t nr_images, bool *ret_replaces)
{
	const struct candidate *best = NULL;
	*ret_replaces = false;
	for (uint32_t i = 0; i < wanted->nr; i++) {
		const struct candidate *candidate = &wanted->best[i];
		if (!has(candidate->in, site->at) || (candidate->slip && wanted->in))
			continue;
		if (wanted->kind == KS_FUNCTION && !ks_target_find(site, candidate->name).symbol)
			continue;
		bool replaces = takes_its_place(wanted, candidate, nr_images);
		if (!wanted->in && candidate->score < 75)
			continue; // a name that no kernel has: only what could be a slip
		if (!best || (replaces && !*ret_replaces)) {
			best = candidate;
			*ret_replaces = replaces;
		}
	}
	return best;
}

static struct ks_error *give(struct search *search, const struct wanted *wanted,
			     const struct ks_site *site, size_t nr_images, struct ks_reason *reason)
{
	bool replaces;
	const struct candidate *best = choose(wanted, site, nr_images, &replaces);
	if (!best)
		return NULL;
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_printf(&buf,
		      replaces	   ? "%s is there instead"
		      : best->slip ? "did you mean %s?"
				   : "%s has a similar name",
		      best->name);
	const char *text = ks_buf_text(&buf);
	reason->hint = text ? ks_arena_strdup(search->arena, text) : NULL;
	return reason->hint ? NULL : &ks_nomem;
}

#define MODULES                                                                                    \
	"unless a module has it that the store lacks: ksurf add --modules takes those of this "    \
	"kernel"

#define OUTSIDE                                                                                    \
	"unless a module has it that is not the kernel's own: ksurf add --modules takes its .ko "  \
	"file"

#define RUN_TIME                                                                                   \
	"no kernel here has it: what a tool attaches to as it finds it stands in ksurf.toml, "     \
	"under "                                                                                   \
	"[object.targets]"

static bool has_all_modules(const struct ks_store_image *image)
{
	return image->modules && image->modules->image.facts & KS_FACT_WHOLE;
}

/** Of modules that are not in the store nobody knows what they have. */
static bool may_be_in_module(const struct ks_site *site, const struct ks_store_image *image,
			     const struct ks_reason *reason)
{
	return !has_all_modules(image) && !reason->hint && !reason->soft &&
	       (reason->kind == KS_REASON_TARGET_ABSENT ||
		reason->kind == KS_REASON_TRACEPOINT_MISSING ||
		reason->kind == KS_REASON_KSYM_MISSING || reason->kind == KS_REASON_STRUCT_OPS) &&
	       ks_site_built_in(site, "CONFIG_MODULES") != KS_ABSENT;
}

/** Whether an image of the view has a name, as one of some kinds, itself or in a module. */
static bool is_somewhere(struct ks_view *view, const enum ks_kind *kinds, size_t nr,
			 const char *name)
{
	for (size_t at = 0; at < ks_view_size(view); at++) {
		struct ks_site site = ks_view_site(view, at);
		for (size_t i = 0; i < nr; i++)
			if (ks_site_fact(&site, kinds[i], name)->present)
				return true;
	}
	return false;
}

/** A kernel that loads modules, and whose modules are asked: since they have BTF. */
static bool asks_modules(const struct ks_site *site)
{
	return ks_gate_is_open(&ks_module_types, site->version) &&
	       ks_site_built_in(site, "CONFIG_MODULES") != KS_ABSENT;
}

/** Which module may have a type that relocations want; NULL: none that anybody knows of. */
static const char *module_of_type(const struct ks_site *site, const struct ks_store_image *image,
				  const struct ks_reason *reason)
{
	static const enum ks_kind kinds[] = { KS_STRUCT, KS_UNION };
	char type[128];
	if (reason->soft || reason->kind != KS_REASON_CORE_RELO || reason->name_kind != KS_FIELD ||
	    !asks_modules(site))
		return NULL;
	snprintf(type, sizeof(type), "%.*s", (int)strcspn(reason->name, ":"), reason->name);
	for (size_t i = 0; i < KS_ARRAY_LEN(kinds); i++) {
		const struct ks_fact *fact = ks_site_fact(site, kinds[i], type);
		if (!fact->known || fact->present)
			return NULL;
	}
	if (!has_all_modules(image))
		return "guard the access with bpf_core_type_exists(), " MODULES;
	return is_somewhere(site->view, kinds, KS_ARRAY_LEN(kinds), type)
		       ? NULL
		       : "guard the access with bpf_core_type_exists(), " OUTSIDE;
}

/** The same of a function that is called, and of a variable: libbpf looks into modules, too. */
static const char *module_of_name(const struct ks_site *site, const struct ks_store_image *image,
				  const struct ks_reason *reason)
{
	static const enum ks_kind kinds[] = { KS_KFUNC, KS_FUNCTION };
	bool called = reason->insn != KS_NO_INDEX; // and weak: there is another hint
	if (reason->soft || called || reason->kind != KS_REASON_KSYM_MISSING ||
	    reason->name_kind != KS_KFUNC || !asks_modules(site))
		return NULL;
	if (!has_all_modules(image))
		return "declare it __weak and ask for it with bpf_ksym_exists(), " MODULES;
	return is_somewhere(site->view, kinds, KS_ARRAY_LEN(kinds), reason->name)
		       ? NULL
		       : "declare it __weak and ask for it with bpf_ksym_exists(), " OUTSIDE;
}

static struct ks_error *give_all(struct search *search, const struct ks_store_images *columns,
				 struct ks_view *view, struct ks_check *check)
{
	for (size_t i = 0; i < check->nr_rows * check->nr_images; i++) {
		struct ks_site site = ks_view_site(view, i % check->nr_images);
		for (uint32_t j = 0; j < check->outcomes[i].nr; j++) {
			// they are ours until the result is handed over
			struct ks_reason *reason =
				(struct ks_reason *)&check->outcomes[i].reasons[j];
			const struct wanted *wanted =
				wants_hint(reason) ? find_wanted(search, reason) : NULL;
			if (wanted && wanted->nr)
				KS_TRY(give(search, wanted, &site, columns->nr, reason));
			bool nowhere = wanted && !wanted->in && !reason->hint &&
				       reason->kind == KS_REASON_TARGET_ABSENT;
			if (may_be_in_module(&site, columns->at[site.at], reason))
				reason->hint = nowhere ? RUN_TIME "; " MODULES : MODULES;
			else if (nowhere)
				reason->hint = RUN_TIME;
			const char *module = module_of_type(&site, columns->at[site.at], reason);
			if (!module)
				module = module_of_name(&site, columns->at[site.at], reason);
			reason->hint = module ? module : reason->hint;
		}
	}
	return NULL;
}

static struct ks_error *search_names(struct ks_store *store, const struct ks_store_images *columns,
				     struct search *search)
{
	static const enum ks_kind kinds[] = { KS_FUNCTION, KS_TRACEPOINT, KS_LSM, KS_SYSCALL };
	for (size_t k = 0; k < KS_ARRAY_LEN(kinds); k++) {
		bool any = false;
		for (size_t i = 0; i < search->wanted.len; i++)
			any |= search->wanted.at[i].kind == kinds[k];
		if (any)
			KS_TRY(ks_store_names_wanted(store, columns, kinds[k], is_like, look_at,
						     search));
	}
	return NULL;
}

struct ks_error *ks_hints_add(struct ks_store *store, const struct ks_store_images *columns,
			      struct ks_view *view, struct ks_check *check, struct ks_arena *arena)
{
	struct search search = { .arena = arena, .nr_bytes = (columns->nr + 63) / 64 * 8 };
	struct ks_error *err = collect(&search, check);
	if (!err)
		err = search_names(store, columns, &search);
	if (!err)
		err = give_all(&search, columns, view, check);
	ks_vector_deinit(&search.wanted);
	return err;
}
