/* SPDX-License-Identifier: BSD-2-Clause */
/* Trace events: the pointers between two symbols, each to a struct trace_event_call. */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "extract/tables/tracepoints.h"

enum { MAX_EVENTS = 1 << 14, MAX_FORMAT = 1 << 16, MAX_NAME = 256 }; // more than any image has

bool ks_event_layout_find(const struct ks_finder *finder, unsigned int word,
			  struct ks_event_layout *ret)
{
	if (finder->events) {
		*ret = *finder->events;
		return ret->class != NULL;
	}
	const struct ks_decl *call = ks_find_decl(finder, KS_STRUCT, "trace_event_call");
	const struct ks_decl *class = ks_find_decl(finder, KS_STRUCT, "trace_event_class");
	ret->class = ks_find_member(call, "class");
	ret->print_fmt = ks_find_member(call, "print_fmt");
	ret->flags = ks_find_member(call, "flags");
	ret->system = ks_find_member(class, "system");
	ret->word = word;
	return ret->class && ret->print_fmt && ret->flags &&
	       ks_find_enumerator(finder, "TRACE_EVENT_FL_TRACEPOINT", &ret->is_tracepoint) &&
	       ks_find_enumerator(finder, "TRACE_EVENT_FL_IGNORE_ENABLE", &ret->ignore_enable);
}

/** What follows the prefix in the name of a symbol at the address, or NULL. */
static const char *named_at(const struct ks_finder *finder, uint64_t addr, const char *prefix)
{
	size_t len = strlen(prefix);
	const struct ks_symbol *sym = addr ? ks_symbol_at(finder->symbols, addr) : NULL;
	for (int left = KS_MAX_ALIASES; sym && left--;
	     sym = ks_symbol_at_next(finder->symbols, sym))
		if (strncmp(sym->name, prefix, len) == 0)
			return sym->name + len;
	return NULL;
}

static const char *glue(struct ks_arena *arena, const char *prefix, const char *name)
{
	size_t len = strlen(prefix);
	char *text = ks_arena_alloc(arena, len + strlen(name) + 1);
	if (text)
		strcpy(mempcpy(text, prefix, len), name);
	return text;
}

/** One event; false when the call is none that programs can attach to. */
static bool read_event(const struct ks_finder *finder, const struct ks_event_layout *at,
		       uint64_t call, struct ks_tracepoint *ret)
{
	uint64_t flags = ks_find_field(finder, call, at->flags, 4);
	if (flags & (uint64_t)at->ignore_enable || !(flags & (uint64_t)at->is_tracepoint))
		return false;
	uint64_t class = ks_find_field(finder, call, at->class, at->word);
	struct ks_arena *arena = &finder->surface->arenas[0];
	bool named = ks_find_tells_data(finder);
	*ret = (struct ks_tracepoint){
		.event =
			named ? named_at(finder, call, "event_") : ks_event_name_find(finder, call),
		.class_name = named ? named_at(finder, class, "event_class_")
				    : ks_event_class_find(finder, class),
	};
	if (!ret->event || !ret->class_name)
		return false;
	ret->func_name = glue(arena, "trace_event_raw_event_", ret->class_name);
	ret->struct_name = glue(arena, "trace_event_raw_", ret->class_name);
	if (!ret->func_name || !ret->struct_name)
		return false;
	ret->func = ks_find_decl(finder, KS_FUNCTION, ret->func_name);
	ret->record = ks_find_decl(finder, KS_STRUCT, ret->struct_name);
	ret->format = ks_find_text(finder, ks_find_field(finder, call, at->print_fmt, at->word),
				   MAX_FORMAT);
	if (at->system)
		ret->system = ks_find_text(
			finder, ks_find_field(finder, class, at->system, at->word), MAX_NAME);
	return ks_find_function(finder, ret->func_name) && ret->record && ret->format;
}

/** The pointers to the events: between two symbols in a kernel, a section of their own in a module. */
static bool find_range(const struct ks_finder *finder, uint64_t *start, uint64_t *stop)
{
	const struct ks_section *section = ks_elf_section(finder->elf, "_ftrace_events");
	if (finder->elf->type == ET_REL) {
		*start = section ? section->addr : 0;
		*stop = section ? section->addr + section->size : 0;
		return true;
	}
	return ks_find_address(finder, "__start_ftrace_events", start) &&
	       ks_find_address(finder, "__stop_ftrace_events", stop);
}

/**
 * An image whose relocations were stripped has zeros where pointers should be. The events are those whose
 * pointer and tracepoint have a symbol; their systems and formats stay unknown, and classes of another name, too.
 */
static bool named_event(const struct ks_finder *finder, const struct ks_symbol *pointer,
			struct ks_tracepoint *ret)
{
	static const char prefix[] = "__event_";
	struct ks_arena *arena = &finder->surface->arenas[0];
	uint64_t addr;
	if (strncmp(pointer->name, prefix, sizeof(prefix) - 1) != 0)
		return false;
	*ret = (struct ks_tracepoint){ .event = pointer->name + sizeof(prefix) - 1 };
	const char *tracepoint = glue(arena, "__tracepoint_", ret->event);
	const char *record = glue(arena, "trace_event_raw_", ret->event);
	if (!tracepoint || !record || !ks_find_address(finder, tracepoint, &addr))
		return false;
	ret->record = ks_find_decl(finder, KS_STRUCT, record);
	if (!ret->record)
		return true;
	ret->class_name = ret->event;
	ret->struct_name = record;
	ret->func_name = glue(arena, "trace_event_raw_event_", ret->event);
	if (ret->func_name)
		ret->func = ks_find_decl(finder, KS_FUNCTION, ret->func_name);
	return true;
}

static size_t read_named_events(const struct ks_finder *finder, uint64_t start, uint64_t stop,
				struct ks_tracepoint *events, size_t nr)
{
	size_t found = 0;
	for (size_t i = 0; i < finder->surface->nr_symbols && found < nr; i++) {
		const struct ks_symbol *sym = &finder->surface->symbols[i];
		if (sym->addr >= start && sym->addr < stop &&
		    named_event(finder, sym, &events[found]))
			found++;
	}
	return found;
}

/** Some byte of the cursor's is not zero. */
static bool filled(struct ks_cursor c, uint64_t len)
{
	const uint8_t *bytes = ks_cursor_take(&c, len);
	for (uint64_t i = 0; bytes && i < len; i++)
		if (bytes[i])
			return true;
	return false;
}

/** Where the events are, in the order of the pointers between start and stop. False when memory runs out. */
static bool read_pointers(const struct ks_finder *finder, struct ks_cursor c, uint64_t nr,
			  ks_event_calls *ret)
{
	while (nr--)
		if (!ks_vector_add(ret, ks_elf_word(finder->elf, &c)))
			return false;
	return true;
}

static struct ks_error *read_events(const struct ks_finder *finder,
				    const struct ks_event_layout *at, const ks_event_calls *calls)
{
	struct ks_surface *surface = finder->surface;
	struct ks_tracepoint *events =
		ks_arena_array(&surface->arenas[0], calls->len, sizeof(*events));
	if (!events)
		return &ks_nomem;
	surface->tracepoints = events;
	for (size_t i = 0; i < calls->len && i < MAX_EVENTS; i++)
		if (read_event(finder, at, calls->at[i], &events[surface->nr_tracepoints]))
			surface->nr_tracepoints++;
	return NULL;
}

/** Without symbols of data. Where nothing is found, nothing is known. */
static struct ks_error *search_events(const struct ks_finder *finder,
				      const struct ks_event_layout *at)
{
	ks_event_calls calls = { 0 };
	struct ks_error *err = ks_event_calls_find(finder, at, &calls)
				       ? read_events(finder, at, &calls)
				       : &ks_nomem;
	ks_vector_deinit(&calls);
	if (finder->surface->nr_tracepoints)
		finder->surface->known |= KS_KNOWS(KS_TRACEPOINT);
	return err;
}

static struct ks_error *list_events(const struct ks_finder *finder,
				    const struct ks_event_layout *at, uint64_t start, uint64_t stop)
{
	struct ks_surface *surface = finder->surface;
	struct ks_cursor c = ks_elf_at(finder->elf, start);
	if (stop < start || stop - start > (uint64_t)(c.end - c.pos))
		return ks_error_new(KS_ERR_DATA,
				    "__start_ftrace_events and __stop_ftrace_events do not lie "
				    "in one section");
	uint64_t nr = (stop - start) / at->word;
	surface->known |= KS_KNOWS(KS_TRACEPOINT);
	if (!filled(c, stop - start)) {
		struct ks_tracepoint *events =
			ks_arena_array(&surface->arenas[0], nr, sizeof(*events));
		if (!events)
			return &ks_nomem;
		surface->tracepoints = events;
		surface->nr_tracepoints = read_named_events(finder, start, stop, events, nr);
		return NULL;
	}
	ks_event_calls calls = { 0 };
	struct ks_error *err =
		read_pointers(finder, c, nr, &calls) ? read_events(finder, at, &calls) : &ks_nomem;
	ks_vector_deinit(&calls);
	return err;
}

struct ks_error *ks_extract_tracepoints(const struct ks_finder *finder)
{
	uint64_t start, stop;
	struct ks_event_layout at;
	if (!ks_event_layout_find(finder, finder->elf->is64 ? 8 : 4, &at))
		return NULL;
	if (!ks_find_tells_data(finder))
		return search_events(finder, &at);
	return find_range(finder, &start, &stop) ? list_events(finder, &at, start, stop) : NULL;
}
