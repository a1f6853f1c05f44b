/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/vector.h"
#include "extract/live/live_trace.h"
#include "extract/tables/attach.h"

/* ---- lists of functions ---- */

/** Set bits of every function symbol of that name. The extraction that read the symbols owns them. */
static void mark(const struct ks_finder *finder, const char *name, uint8_t bits)
{
	struct ks_symbol *symbols = (struct ks_symbol *)finder->surface->symbols;
	const struct ks_symbol *sym = ks_symbol_find(finder->symbols, name, 1u << STT_FUNC);
	int left = KS_MAX_ALIASES;
	for (; sym && left--; sym = ks_symbol_find_next(finder->symbols, sym, 1u << STT_FUNC))
		symbols[sym - symbols].attach |= bits;
}

/** A list of the kernel's with a function in each line, and what being on it means. */
static const struct list {
	enum ks_live_file file;
	uint32_t fact;
	uint8_t bits;
	bool second; // the name is the second word: an address comes first
} lists[] = {
	{ KS_LIVE_FTRACE, KS_FACT_FTRACE, KS_ATTACH_FTRACE, false },
	{ KS_LIVE_BLACKLIST, KS_FACT_KPROBE, KS_ATTACH_NO_KPROBE, true },
	{ KS_LIVE_INJECT, KS_FACT_INJECT, KS_ATTACH_INJECT, false },
};

/** The name in a line, cut out in place; NULL: none, or one of a module. */
static char *name_in(char *line, bool second)
{
	static const char blanks[] = " \t";
	if (strchr(line, '['))
		return NULL;
	char *rest, *word = strtok_r(line, blanks, &rest);
	if (word && second && strncmp(word, "0x", 2) == 0)
		word = strtok_r(NULL, blanks, &rest);
	return word;
}

struct ks_error *ks_live_attach(const struct ks_live_files *files, const struct ks_finder *finder)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	for (size_t i = 0; i < KS_ARRAY_LEN(lists); i++) {
		KS_TRY(ks_live_file(files, lists[i].file, &text));
		if (!text.len)
			continue;
		finder->surface->image.facts |= lists[i].fact;
		char *rest;
		for (char *line = strtok_r(text.at, "\n", &rest); line;
		     line = strtok_r(NULL, "\n", &rest)) {
			const char *name = name_in(line, lists[i].second);
			if (name)
				mark(finder, name, lists[i].bits);
		}
	}
	if (finder->surface->image.facts & KS_FACT_KPROBE) // plain names only are listed
		ks_attach_suffixed(finder);
	ks_extract_init(finder); // it is listed, although it is gone
	return NULL;
}

/* ---- events ---- */

typedef KS_VECTOR(struct ks_tracepoint) event_vector;

/** Systems of events that have no tracepoint, or that somebody made while the kernel was running. */
static bool is_other_system(const char *system)
{
	static const char *const others[] = { "syscalls", "ftrace",    "kprobes",
					      "uprobes",  "synthetic", "eprobes" };
	for (size_t i = 0; i < KS_ARRAY_LEN(others); i++)
		if (strcmp(system, others[i]) == 0)
			return true;
	return false;
}

/** Whether the kernel itself has the tracepoint: those of modules have their function in the module. */
static bool has_tracepoint(const struct ks_finder *finder, const char *event)
{
	char name[256];
	snprintf(name, sizeof(name), "__tracepoint_%s", event);
	bool known = ks_symbol_find(finder->symbols, name, UINT32_MAX);
	snprintf(name, sizeof(name), "__traceiter_%s", event);
	known = known || ks_symbol_find(finder->symbols, name, UINT32_MAX);
	snprintf(name, sizeof(name), "event_%s", event);
	return known || ks_symbol_find(finder->symbols, name, UINT32_MAX);
}

/** "print fmt: …" out of the file that describes an event; NULL when it cannot be read. */
static const char *read_format(const struct ks_live_files *files, struct ks_arena *arena,
			       const char *system, const char *event, struct ks_buf *text)
{
	static const char *const folders[] = { "sys/kernel/tracing", "sys/kernel/debug/tracing" };
	static const char intro[] = "\nprint fmt: ";
	for (size_t i = 0; i < KS_ARRAY_LEN(folders); i++) {
		_cleanup_buf_ struct ks_buf path = { 0 };
		ks_buf_printf(&path, "%s/%s/events/%s/%s/format", files->root, folders[i], system,
			      event);
		if (!ks_buf_text(&path) || ks_live_slurp(path.at, text))
			continue;
		const char *at = strstr(text->at, intro);
		if (!at)
			return NULL;
		at += sizeof(intro) - 1;
		return ks_arena_strndup(arena, at, strcspn(at, "\n"));
	}
	return NULL;
}

/**
 * An event of its own class has a record named after it; which class another event is of stays unknown, since
 * tracefs does not say.
 */
static bool fill_class(const struct ks_finder *finder, struct ks_tracepoint *event)
{
	struct ks_arena *arena = &finder->surface->arenas[0];
	char record[300], function[300];
	snprintf(record, sizeof(record), "trace_event_raw_%s", event->event);
	snprintf(function, sizeof(function), "trace_event_raw_event_%s", event->event);
	event->record = ks_find_decl(finder, KS_STRUCT, record);
	if (!event->record)
		return true;
	event->class_name = event->event;
	event->struct_name = event->record->name;
	event->func_name = ks_arena_strdup(arena, function);
	event->func = ks_find_decl(finder, KS_FUNCTION, function);
	return event->func_name;
}

static bool add_event(const struct ks_live_files *files, const struct ks_finder *finder, char *line,
		      struct ks_buf *scratch, event_vector *events)
{
	struct ks_arena *arena = &finder->surface->arenas[0];
	char *name = strchr(line, ':');
	if (!name)
		return true;
	*name++ = '\0';
	if (!*name || strchr(name, '/') || strchr(line, '/') || is_other_system(line))
		return true;
	if (finder->surface->symtab_known && !has_tracepoint(finder, name))
		return true;
	struct ks_tracepoint event = {
		.event = ks_arena_strdup(arena, name),
		.system = ks_arena_strdup(arena, line),
		.format = read_format(files, arena, line, name, scratch),
	};
	return event.event && event.system && fill_class(finder, &event) &&
	       ks_vector_add(events, event);
}

static struct ks_error *keep_events(const struct ks_finder *finder, const event_vector *events)
{
	struct ks_surface *surface = finder->surface;
	struct ks_tracepoint *copy =
		ks_arena_array(&surface->arenas[0], events->len, sizeof(*copy));
	if (!copy)
		return &ks_nomem;
	if (events->len)
		memcpy(copy, events->at, events->len * sizeof(*copy));
	surface->tracepoints = copy;
	surface->nr_tracepoints = events->len;
	surface->known |= KS_KNOWS(KS_TRACEPOINT);
	return NULL;
}

struct ks_error *ks_live_events(const struct ks_live_files *files, const struct ks_finder *finder)
{
	_cleanup_buf_ struct ks_buf text = { 0 }, scratch = { 0 };
	KS_TRY(ks_live_file(files, KS_LIVE_EVENTS, &text));
	if (!text.len)
		return NULL;
	event_vector events = { 0 };
	bool ok = true;
	char *rest;
	for (char *line = strtok_r(text.at, "\n", &rest); line && ok;
	     line = strtok_r(NULL, "\n", &rest))
		ok = add_event(files, finder, line, &scratch, &events);
	struct ks_error *err = ok ? keep_events(finder, &events) : &ks_nomem;
	ks_vector_deinit(&events);
	return err;
}
