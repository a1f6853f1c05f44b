/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/array.h"
#include "base/hashmap.h"
#include "base/vector.h"
#include "check/kernels/view.h"

/** A question asked before. */
struct asked {
	uint32_t kind; // enum ks_kind, or one of those below
	const char *name;
	const struct ks_fact *facts;	   // of a kind
	const enum ks_presence *presence;  // of a symbol
	const struct ks_view_names *names; // of a glob; NULL: not told
	struct told *told;		   // of BTF, one for each image
};
/** Of BTF each image is asked alone, for few have more to tell than declarations. */
struct told {
	bool asked;
	struct ks_view_btf says;
};
enum {
	ASKED_SYMBOL = KS_NR_KINDS,
	ASKED_VARIABLE,
	ASKED_GLOB,
	ASKED_BTF /* + the kind; those of modules behind them */
};

struct ks_view {
	struct ks_view_source source;
	size_t nr_images;
	const struct ks_image *const *images;
	bool modules;
	pthread_mutex_t lock; // guards all below
	struct ks_arena arena;
	struct ks_error *err;
	const struct ks_fact *unknown; // one for each image
	const enum ks_presence *untold;
	bool *partial; // of each image: a dataset that holds a choice of names; NULL until it is known
	bool any_partial;
	struct ks_hashmap map; // to places in asked, + 1
	KS_VECTOR(struct asked *) asked;
};

static struct ks_error *view_init(struct ks_view *view)
{
	struct ks_fact *facts = ks_arena_array(&view->arena, view->nr_images + 1, sizeof(*facts));
	enum ks_presence *untold =
		ks_arena_array(&view->arena, view->nr_images + 1, sizeof(*untold));
	if (!facts || !untold)
		return &ks_nomem;
	for (size_t i = 0; i < view->nr_images; i++) {
		facts[i] = (struct ks_fact){ .image = view->images[i] };
		untold[i] = KS_UNTOLD;
	}
	view->unknown = facts;
	view->untold = untold;
	return NULL;
}

struct ks_error *ks_view_new(const struct ks_view_source *source, size_t nr_images,
			     const struct ks_image *const *images, bool modules,
			     struct ks_view **ret)
{
	_cleanup_view_ struct ks_view *view = calloc(1, sizeof(*view));
	if (!view) {
		if (source->free)
			source->free(source->arg);
		return &ks_nomem;
	}
	view->source = *source;
	view->nr_images = nr_images;
	view->images = images;
	view->modules = modules;
	pthread_mutex_init(&view->lock, NULL);
	KS_TRY(view_init(view));
	*ret = ks_take(view);
	return NULL;
}

void ks_view_free(struct ks_view *view)
{
	if (!view)
		return;
	pthread_mutex_destroy(&view->lock);
	ks_error_free(view->err);
	if (view->source.free)
		view->source.free(view->source.arg);
	ks_arena_deinit(&view->arena);
	ks_hashmap_deinit(&view->map);
	ks_vector_deinit(&view->asked);
	free(view);
}

size_t ks_view_bytes(struct ks_view *view)
{
	pthread_mutex_lock(&view->lock);
	size_t bytes = view->arena.total_bytes;
	pthread_mutex_unlock(&view->lock);
	return bytes;
}

struct ks_error *ks_view_error(struct ks_view *view)
{
	return ks_take(view->err);
}

/** Which images are parts of a dataset: every kernel has a struct task_struct. */
static struct ks_error *find_partial(struct ks_view *view)
{
	struct ks_history history = { 0 };
	bool *partial = ks_arena_array(&view->arena, view->nr_images + 1, sizeof(*partial));
	if (!partial)
		return &ks_nomem;
	bool any = false;
	for (size_t i = 0; i < view->nr_images; i++)
		any |= view->images[i]->tier == KS_TIER_IMPORTED;
	if (any)
		KS_TRY(view->source.history(view->source.arg, KS_STRUCT, "task_struct",
					    &view->arena, &history));
	for (size_t i = 0; i < view->nr_images; i++) {
		partial[i] = view->images[i]->tier == KS_TIER_IMPORTED && history.facts[i].known &&
			     !history.facts[i].present;
		view->any_partial |= partial[i];
	}
	view->partial = partial;
	return NULL;
}

/** A name that no part of a dataset has may just have been left out of all; what other images have says nothing. */
static struct ks_error *doubt(struct ks_view *view, const struct ks_history *history)
{
	bool chosen = false;
	if (!view->partial)
		KS_TRY(find_partial(view));
	if (!view->any_partial)
		return NULL;
	for (size_t i = 0; i < history->nr; i++)
		chosen |= view->partial[i] && history->facts[i].present;
	if (!chosen && view->source.chosen)
		KS_TRY(view->source.chosen(view->source.arg, history->kind, history->name,
					   &chosen));
	for (size_t i = 0; !chosen && i < history->nr; i++)
		if (view->partial[i])
			history->facts[i].known = false;
	return NULL;
}

static struct ks_error *ask_names(struct ks_view *view, struct asked *asked)
{
	struct ks_view_names *names = ks_arena_alloc(&view->arena, sizeof(*names));
	if (!names)
		return &ks_nomem;
	*names = (struct ks_view_names){ 0 };
	if (!view->source.names)
		return NULL;
	KS_TRY(view->source.names(view->source.arg, asked->name, &view->arena, names));
	asked->names = names;
	return NULL;
}

static struct ks_error *ask(struct ks_view *view, struct asked *asked)
{
	const struct ks_view_source *source = &view->source;
	if (asked->kind == ASKED_GLOB)
		return ask_names(view, asked);
	if (asked->kind >= ASKED_BTF) {
		asked->told =
			ks_arena_array(&view->arena, view->nr_images + 1, sizeof(*asked->told));
		for (size_t i = 0; asked->told && i < view->nr_images; i++)
			asked->told[i] = (struct told){ 0 };
		return asked->told ? NULL : &ks_nomem;
	}
	if (asked->kind < KS_NR_KINDS) {
		struct ks_history history = { 0 };
		KS_TRY(source->history(source->arg, (enum ks_kind)asked->kind, asked->name,
				       &view->arena, &history));
		asked->facts = history.facts;
		return doubt(view, &history);
	}
	enum ks_presence *presence =
		ks_arena_array(&view->arena, view->nr_images + 1, sizeof(*presence));
	if (!presence)
		return &ks_nomem;
	memcpy(presence, view->untold, view->nr_images * sizeof(*presence));
	if (source->symbol)
		KS_TRY(source->symbol(source->arg, asked->name, asked->kind == ASKED_VARIABLE,
				      presence));
	asked->presence = presence;
	return NULL;
}

static const struct asked *find_asked(const struct ks_view *view, uint64_t hash, uint32_t kind,
				      const char *name)
{
	struct ks_hashmap_walk walk = ks_hashmap_walk(hash);
	for (uint32_t number; (number = ks_hashmap_next(&view->map, &walk));) {
		const struct asked *asked = view->asked.at[number - 1];
		if (asked->kind == kind && strcmp(asked->name, name) == 0)
			return asked;
	}
	return NULL;
}

/** The remembered answer, or a new one. Called with the lock held. */
static const struct asked *look_up(struct ks_view *view, uint32_t kind, const char *name)
{
	size_t len = strlen(name);
	uint64_t hash = XXH3_64bits_withSeed(name, len, kind);
	const struct asked *known = find_asked(view, hash, kind, name);
	if (known)
		return known;
	struct asked *asked = ks_arena_alloc(&view->arena, sizeof(*asked));
	char *copy = ks_arena_strndup(&view->arena, name, len);
	if (!asked || !copy || !ks_hashmap_reserve(&view->map, 1) ||
	    !ks_vector_add(&view->asked, asked)) {
		if (!view->err)
			view->err = &ks_nomem;
		return NULL;
	}
	*asked = (struct asked){
		.kind = kind,
		.name = copy,
		.facts = view->unknown,
		.presence = view->untold,
	};
	if (!view->err)
		view->err = ask(view, asked);
	ks_hashmap_add(&view->map, hash, (uint32_t)view->asked.len);
	return asked;
}

const struct ks_fact *ks_site_fact(const struct ks_site *site, enum ks_kind kind, const char *name)
{
	struct ks_view *view = site->view;
	pthread_mutex_lock(&view->lock);
	const struct asked *asked = look_up(view, kind, name);
	pthread_mutex_unlock(&view->lock);
	return asked ? &asked->facts[site->at] : &view->unknown[site->at];
}

enum ks_presence ks_site_symbol(const struct ks_site *site, const char *name, bool variable)
{
	struct ks_view *view = site->view;
	pthread_mutex_lock(&view->lock);
	const struct asked *asked =
		look_up(view, variable ? (uint32_t)ASKED_VARIABLE : (uint32_t)ASKED_SYMBOL, name);
	pthread_mutex_unlock(&view->lock);
	return asked ? asked->presence[site->at] : KS_UNTOLD;
}

/** Called with the lock held. */
static void ask_btf(const struct ks_site *site, enum ks_kind kind, const char *name,
		    const struct ks_decl *listed, struct ks_view_btf *ret)
{
	struct ks_view *view = site->view;
	const uint32_t of = listed && listed->module ? KS_NR_KINDS + 1 : 0;
	const struct asked *asked = look_up(view, (uint32_t)ASKED_BTF + of + kind, name);
	struct told *told = asked && asked->told ? &asked->told[site->at] : NULL;
	if (told && !told->asked && !view->err)
		view->err = view->source.btf(view->source.arg, site->at, kind, name, listed,
					     &view->arena, &told->says);
	if (!told)
		return;
	told->asked = true;
	*ret = told->says;
}

static struct ks_view_btf says_btf(const struct ks_site *site, enum ks_kind kind, const char *name,
				   const struct ks_decl *listed)
{
	struct ks_view_btf ret = { 0 };
	if (!site->view->source.btf)
		return ret;
	pthread_mutex_lock(&site->view->lock);
	ask_btf(site, kind, name, listed, &ret);
	pthread_mutex_unlock(&site->view->lock);
	return ret;
}

struct ks_view_btf ks_site_btf(const struct ks_site *site, const struct ks_decl *decl)
{
	const struct ks_fact *fact = ks_site_fact(site, decl->kind, decl->name);
	if (decl->module)
		fact = fact->modules;
	// of several modules one has the name
	if (decl->module && (!fact || fact->decl != decl))
		return (struct ks_view_btf){ 0 };
	return says_btf(site, decl->kind, decl->name, fact->decl);
}

const struct ks_type *ks_site_variable(const struct ks_site *site, const char *name)
{
	return says_btf(site, KS_NR_KINDS, name, NULL).variable;
}

const struct ks_view_names *ks_site_functions(const struct ks_site *site, const char *glob)
{
	struct ks_view *view = site->view;
	pthread_mutex_lock(&view->lock);
	const struct asked *asked = look_up(view, ASKED_GLOB, glob);
	pthread_mutex_unlock(&view->lock);
	return asked ? asked->names : NULL;
}

/** Three numbers, as KERNEL_VERSION() takes them, or 0. */
static uint32_t three_numbers(const char *text)
{
	size_t dots = 0;
	for (const char *p = text; *p && ((*p >= '0' && *p <= '9') || *p == '.'); p++)
		dots += *p == '.' && p[1] >= '0' && p[1] <= '9';
	return dots >= 2 ? ks_version_of(text) : 0;
}

uint32_t ks_version_of_image(const struct ks_image *image)
{
	// Debian and Ubuntu number their releases without the patch level, and tell it elsewhere
	const char *banner = image->banner ? image->banner : "";
	const char *build = strchr(banner, '#'); // before that it is about the compiler
	const char *debian = build ? strstr(build, "Debian ") : NULL;
	if (debian && three_numbers(debian + strlen("Debian ")))
		return three_numbers(debian + strlen("Debian "));
	const char *ubuntu = build ? strstr(build, "(Ubuntu ") : NULL,
		   *end = ubuntu ? strchr(ubuntu, ')') : NULL;
	while (end && end > ubuntu && end[-1] != ' ')
		end--;
	if (end && three_numbers(end))
		return three_numbers(end);
	return image->release ? three_numbers(image->release) : 0;
}

/** 32-bit kernels by their name, where the image does not tell its ELF class. */
static bool is_32_bit(const struct ks_image *image)
{
	if (image->elf_class)
		return image->elf_class == 32;
	const struct ks_arch *arch = ks_arch_by_debian(image->arch);
	return arch && arch->word == 4;
}

size_t ks_view_size(const struct ks_view *view)
{
	return view->nr_images;
}

const struct ks_gate ks_module_types = { KS_SINCE(5, 11), "36e68442d1af" };

struct ks_site ks_view_site(struct ks_view *view, size_t at)
{
	const struct ks_image *image = view->images[at];
	uint32_t version = ks_version_of_image(image);
	if (!version)
		version = ks_version_of(image->version);
	return (struct ks_site){
		.view = view,
		.at = at,
		.image = image,
		.version = version,
		.ptr_size = is_32_bit(image) ? 4 : 8,
		.big_endian = image->big_endian,
		.modules = view->modules,
		.modules_mute = view->source.mute && view->source.mute(view->source.arg, at),
		.module_types =
			view->modules && (!version || ks_gate_is_open(&ks_module_types, version)),
	};
}

const char *ks_site_option(const struct ks_site *site, const char *name)
{
	const struct ks_fact *fact = ks_site_fact(site, KS_CONFIG, name);
	if (fact->present && fact->value)
		return fact->value;
	return fact->known ? "n" : NULL;
}
