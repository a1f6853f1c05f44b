/* SPDX-License-Identifier: BSD-2-Clause */
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "tiny_view.h"

struct source {
	const struct tiny_image *tiny;
	const struct ks_image *header;
};

static struct ks_error *look_up(void *arg, enum ks_kind kind, const char *name,
				struct ks_arena *arena, struct ks_history *ret)
{
	const struct tiny_image *tiny = ((struct source *)arg)->tiny;
	struct ks_fact *fact = ks_arena_alloc(arena, sizeof(*fact));
	assert_non_null(fact);
	*fact = (struct ks_fact){ .image = &tiny->image, .known = true };
	for (size_t i = 0; i < tiny->nr_decls; i++)
		if (tiny->decls[i]->kind == kind && strcmp(tiny->decls[i]->name, name) == 0)
			fact->decl = tiny->decls[i];
	for (size_t i = 0; kind == KS_FUNCTION && i < tiny->nr_functions; i++)
		if (strcmp(tiny->functions[i]->name, name) == 0)
			fact->function = tiny->functions[i];
	for (size_t i = 0; kind == KS_CONFIG && i < tiny->nr_options; i++)
		if (strcmp(tiny->options[i].name, name) == 0)
			fact->value = tiny->options[i].value;
	for (size_t i = 0; i < tiny->nr_ambiguities; i++)
		if (tiny->ambiguities[i]->kind == kind && !strcmp(tiny->ambiguities[i]->name, name))
			fact->ambiguity = tiny->ambiguities[i];
	for (size_t i = 0; kind == KS_TRACEPOINT && i < tiny->nr_tracepoints; i++)
		if (strcmp(tiny->tracepoints[i].event, name) == 0)
			fact->tracepoint = &tiny->tracepoints[i];
	for (size_t i = 0; kind == KS_SYSCALL && i < tiny->nr_syscalls; i++) {
		const struct ks_syscall *call = &tiny->syscalls[i];
		if (strcmp(call->name, name) != 0)
			continue;
		fact->present = true;
		fact->number = call->number;
		fact->traced = call->traced;
		fact->args = call->args;
	}
	if (kind == KS_CONFIG && tiny->no_config)
		fact->known = false;
	for (size_t i = 0; kind == KS_FUNCTION && tiny->unsure && tiny->unsure[i]; i++)
		if (strcmp(tiny->unsure[i], name) == 0)
			fact->known = false;
	fact->present |= fact->decl || fact->function || fact->value || fact->tracepoint;
	*ret = (struct ks_history){ .kind = kind, .name = name, .nr = 1, .facts = fact };
	return NULL;
}

static struct ks_error *list(void *arg, const char *glob, struct ks_arena *arena,
			     struct ks_view_names *ret)
{
	const struct tiny_image *tiny = ((struct source *)arg)->tiny;
	const char **names = ks_arena_array(arena, tiny->nr_functions + 1, sizeof(char *));
	assert_non_null(names);
	*ret = (struct ks_view_names){ .at = names };
	for (size_t i = 0; i < tiny->nr_functions; i++)
		if (fnmatch(glob, tiny->functions[i]->name, 0) == 0)
			names[ret->nr++] = tiny->functions[i]->name;
	return NULL;
}

static struct ks_error *has_symbol(void *arg, const char *name, bool variable,
				   enum ks_presence *ret)
{
	const struct tiny_image *tiny = ((struct source *)arg)->tiny;
	if (variable && tiny->variable)
		*ret = strcmp(tiny->variable, name) == 0 ? KS_PRESENT : KS_ABSENT;
	if (variable || !tiny->symbols)
		return NULL;
	*ret = KS_ABSENT;
	for (const char *const *at = tiny->symbols; *at; at++)
		if (strcmp(*at, name) == 0)
			*ret = KS_PRESENT;
	return NULL;
}

static struct ks_error *says_btf(void *arg, size_t image, enum ks_kind kind, const char *name,
				 const struct ks_decl *listed, struct ks_arena *arena,
				 struct ks_view_btf *ret)
{
	const struct tiny_image *tiny = ((struct source *)arg)->tiny;
	(void)image;
	(void)listed;
	(void)arena;
	if (kind == KS_NR_KINDS) {
		ret->variable = tiny->variable && strcmp(tiny->variable, name) == 0
					? tiny->variable_type
					: NULL;
		return NULL;
	}
	ret->known = !tiny->no_forms;
	for (size_t i = 0; i < tiny->nr_forms; i++)
		if (tiny->forms[i].kind == kind && strcmp(tiny->forms[i].name, name) == 0)
			ret->forms = &tiny->forms[i];
	return NULL;
}

static bool mute(const void *arg, size_t image)
{
	const struct source *source = arg;
	(void)image;
	return source->tiny->mute_modules;
}

struct ks_view *tiny_view(const struct tiny_image *tiny)
{
	struct source *source = malloc(sizeof(*source));
	struct ks_view *view = NULL;
	assert_non_null(source);
	*source = (struct source){ .tiny = tiny, .header = &tiny->image };
	const struct ks_view_source view_source = { .history = look_up,
						    .symbol = has_symbol,
						    .names = list,
						    .btf = says_btf,
						    .mute = mute,
						    .free = free,
						    .arg = source };
	assert_ok(ks_view_new(&view_source, 1, &source->header, tiny->mute_modules, &view));
	return view;
}
