/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Shared libraries that are loaded when they are needed and not linked. The dynamic loader maps every linked
 * library, and those it depends on, at every start: libcurl brings some thirty, libarchive ten, librsvg twenty.
 * That is milliseconds, more than most commands of ksurf take, and few of them need any of these.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A function, and where its address goes in the table. */
struct ks_lazy_symbol {
	const char *name;
	size_t at;
};

/**
 * One library. Loading is the one thing that belongs to the process and not to a context: it happens once, and
 * nothing changes after that. The caller sees to it with pthread_once().
 */
struct ks_lazy {
	const char *const *names; // file names to try in order; NULL ends them
	const struct ks_lazy_symbol *symbols;
	size_t nr_symbols;
	void *table; // of function pointers
};

/** Load the library and fill the table; false when it is missing or too old for some function. */
bool ks_lazy_load(const struct ks_lazy *lazy);

#define KS_LAZY_OWNER "FDO"
#define KS_LAZY_OR "\",\""

/**
 * Say in the ELF file that a library is loaded when it is needed, for those who make packages: the note of the UAPI group's
 * "ELF dlopen metadata" in .note.dlopen. The priority is "required", "recommended" or "suggested"; several file names,
 * those of ks_lazy.names, are joined by KS_LAZY_OR. All are string literals. At most once in a file, outside of functions.
 */
#define KS_LAZY_NOTE(feature, description, priority, sonames)                                      \
	KS_LAZY_NOTE_JSON("[{\"feature\":\"" feature "\",\"description\":\"" description           \
			  "\",\"priority\":\"" priority "\",\"soname\":[\"" sonames "\"]}]")

#define KS_LAZY_NOTE_JSON(json)                                                                    \
	__attribute__((used, section(".note.dlopen"))) _Alignas(uint32_t) static const struct {    \
		uint32_t owner_len, json_len, type;                                                \
		char owner[sizeof(KS_LAZY_OWNER)];                                                 \
		_Alignas(uint32_t) char json_text[sizeof(json)];                                   \
	} lazy_note = { sizeof(KS_LAZY_OWNER), sizeof(json), 0x407c0c0a, KS_LAZY_OWNER, json }
