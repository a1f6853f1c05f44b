/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arch/arch.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/memory.h"
#include "base/vector.h"
#include "bpf/find_private.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif

enum { MAX_FOUND = 1 << 16, MAX_SECONDS = 600, SLICE = 64 << 20 };
static const uint64_t max_held = 2ull << 30; // bytes
static const uint64_t default_max_bytes = 64ull << 30;

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/** The fields of an ELF header that say what it is and how long the file is. */
struct header {
	bool swap;
	uint64_t sections_at; // bytes from its start
	uint16_t nr_sections;
};

/** Is this the header of an eBPF object? Strict, because any bytes may stand before us. */
static bool read_header(const uint8_t *bytes, size_t len, struct header *ret)
{
	if (len < sizeof(Elf64_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0 ||
	    bytes[EI_CLASS] != ELFCLASS64 || bytes[EI_VERSION] != EV_CURRENT ||
	    (bytes[EI_DATA] != ELFDATA2LSB && bytes[EI_DATA] != ELFDATA2MSB))
		return false;
	ret->swap = (bytes[EI_DATA] == ELFDATA2MSB) != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	struct ks_cursor c = ks_cursor_over(bytes, len, ret->swap);
	ks_cursor_take(&c, EI_NIDENT);
	uint16_t type = ks_cursor_u16(&c), machine = ks_cursor_u16(&c);
	uint32_t version = ks_cursor_u32(&c);
	ks_cursor_take(&c, 16); // entry, program headers
	ret->sections_at = ks_cursor_u64(&c);
	ks_cursor_take(&c, 4); // flags
	uint16_t size = ks_cursor_u16(&c);
	ks_cursor_take(&c, 4);
	uint16_t entry = ks_cursor_u16(&c);
	ret->nr_sections = ks_cursor_u16(&c);
	return type == ET_REL && machine == EM_BPF && version == EV_CURRENT &&
	       size == sizeof(Elf64_Ehdr) && entry == sizeof(Elf64_Shdr) && ret->nr_sections > 1;
}

/** Where the object ends by its own headers; more than len when it is cut off. */
static uint64_t object_size(const uint8_t *bytes, size_t len, const struct header *header)
{
	uint64_t table = (uint64_t)header->nr_sections * sizeof(Elf64_Shdr);
	if (header->sections_at > len || table > len - header->sections_at)
		return UINT64_MAX;
	uint64_t end = header->sections_at + table;
	struct ks_cursor c = ks_cursor_over(bytes, len, header->swap);
	ks_cursor_take(&c, header->sections_at);
	for (unsigned int i = 0; i < header->nr_sections; i++) {
		ks_cursor_u32(&c);
		uint32_t type = ks_cursor_u32(&c);
		ks_cursor_take(&c, 16); // flags, address
		uint64_t offset = ks_cursor_u64(&c), size = ks_cursor_u64(&c);
		ks_cursor_take(&c, 24);
		if (type == SHT_NOBITS || type == SHT_NULL)
			continue;
		if (offset > len || size > len - offset)
			return UINT64_MAX;
		if (offset + size > end)
			end = offset + size;
	}
	return end;
}

/** The machine of a program or library; NULL: it is none, or of a machine that is not known. */
static const struct ks_arch *machine_of(const uint8_t *bytes, size_t len)
{
	if (len < sizeof(Elf32_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0)
		return NULL;
	bool big_endian = bytes[EI_DATA] == ELFDATA2MSB;
	struct ks_cursor c =
		ks_cursor_over(bytes, len, big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__));
	ks_cursor_take(&c, EI_NIDENT + 2); // and the type
	return ks_arch_of_elf(ks_cursor_u16(&c), bytes[EI_CLASS] == ELFCLASS64, big_endian);
}

/** Note one and open it. Its bytes are copied: they outlive the file, and are aligned. */
static struct ks_error *add(struct ks_bpf_finds *finds, const char *path, uint64_t offset,
			    uint64_t size, const uint8_t *bytes)
{
	if (finds->len == MAX_FOUND)
		return ks_error_new(KS_ERR_UNSUPPORTED, "more than %d objects: choose fewer files",
				    MAX_FOUND);
	if (size > max_held - finds->held)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "objects of more than %" PRIu64 " GiB: choose fewer files",
				    max_held >> 30);
	struct ks_bpf_found *found = ks_vector_push(finds);
	if (!found)
		return &ks_nomem;
	*found = (struct ks_bpf_found){ .path = path, .offset = offset, .size = size };
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		return &ks_nomem;
	memcpy(copy, bytes, size);
	found->bytes = copy;
	finds->held += size;
	return NULL;
}

/** What an object is called by its source. */
struct source {
	const char *name; // not terminated
	size_t len;	  // 0: nothing tells
};

/** The first C file among an object's lines, without folder and ends. */
static struct source source_of(const struct ks_bpf_object *object)
{
	for (uint32_t i = 0; object && i < object->nr_lines; i++) {
		const char *file = object->lines[i].file;
		size_t len = file ? strlen(file) : 0;
		if (len < 3 || strcmp(file + len - 2, ".c") != 0)
			continue;
		const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
		len = strlen(base) - 2;
		if (len > 4 && memcmp(base + len - 4, ".bpf", 4) == 0)
			len -= 4;
		return (struct source){ base, len };
	}
	return (struct source){ NULL, 0 };
}

/** Whether one of some sources tells its object from the others. */
static bool tells_apart(const struct source *sources, size_t nr, size_t index)
{
	const struct source *own = &sources[index];
	for (size_t i = 0; i < nr; i++)
		if (own->len && i != index && sources[i].len == own->len &&
		    memcmp(sources[i].name, own->name, own->len) == 0)
			return false;
	return own->len != 0;
}

/** Of several objects in one file each is called by its source, as its skeleton is, where that is its own. */
static struct ks_error *name_by_source(struct ks_bpf_finds *finds, size_t first)
{
	enum { MAX_COMPARED = 1024 }; // each with each
	size_t nr = finds->len - first;
	if (nr < 2 || nr > MAX_COMPARED)
		return NULL;
	_cleanup_free_ struct source *sources = calloc(nr, sizeof(*sources));
	if (!sources)
		return &ks_nomem;
	for (size_t i = 0; i < nr; i++)
		sources[i] = source_of(finds->at[first + i].object);
	for (size_t i = 0; i < nr; i++) {
		struct ks_bpf_found *found = &finds->at[first + i];
		if (!sources[i].len || !tells_apart(sources, nr, i))
			continue;
		found->name = ks_arena_strndup(&finds->arena, sources[i].name, sources[i].len);
		if (!found->name)
			return &ks_nomem;
		found->object->name = found->name;
	}
	return NULL;
}

/** Number the objects of one file when there are several, and read them. */
static struct ks_error *open_all(struct ks_bpf_finds *finds, size_t first, const char *path)
{
	const char *slash = strrchr(path, '/'), *colon = strrchr(path, ':');
	const char *base = slash > colon ? slash : colon;
	base = base ? base + 1 : path;
	size_t len = strlen(base);
	if (len > 3 && strcmp(base + len - 3, ".so") == 0)
		len -= 3;
	for (size_t i = first; i < finds->len; i++) {
		struct ks_bpf_found *found = &finds->at[i];
		_cleanup_buf_ struct ks_buf name = { 0 };
		ks_buf_bytes(&name, base, len);
		if (finds->len - first > 1)
			ks_buf_printf(&name, ".%zu", i - first);
		KS_TRY(ks_buf_error(&name));
		if (found->error)
			found->name = ks_arena_strndup(&finds->arena, name.at, name.len);
		else
			found->error =
				ks_error_in_file(ks_bpf_open(found->bytes, found->size,
							     ks_buf_text(&name), &found->object),
						 path);
		if (found->object) {
			found->name = found->object->name;
			found->object->carrier = found->carrier;
		} else if (!found->name) {
			found->name = ks_arena_strndup(&finds->arena, name.at, name.len);
		}
		if (!found->name)
			return &ks_nomem;
	}
	return name_by_source(finds, first);
}

void ks_bpf_find_begin(struct ks_bpf_finds *finds)
{
	finds->bytes_left = finds->max_bytes ? finds->max_bytes : default_max_bytes;
	finds->deadline = now() + (finds->max_seconds ? finds->max_seconds : MAX_SECONDS);
}

struct ks_error *ks_bpf_find_spend(struct ks_bpf_finds *finds, const char *path, uint64_t bytes)
{
	if (bytes > finds->bytes_left)
		return ks_error_new(
			KS_ERR_UNSUPPORTED,
			"%s: more than %" PRIu64 " MiB to look through: choose fewer files", path,
			(finds->max_bytes ? finds->max_bytes : default_max_bytes) >> 20);
	finds->bytes_left -= bytes;
	if (now() > finds->deadline)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "%s: not looked through after %u s: choose fewer files", path,
				    finds->max_seconds ? finds->max_seconds : MAX_SECONDS);
	return ks_progress_tell(finds->progress, "searching", finds->nr_seen, 0);
}

/** Note what begins at a place, if it is an object. @param[out] next where to look on */
static struct ks_error *take(struct ks_bpf_finds *finds, const char *path, const uint8_t *bytes,
			     size_t len, size_t at, size_t *next)
{
	struct header header;
	*next = at + SELFMAG;
	if (!read_header(bytes + at, len - at, &header))
		return NULL;
	const char *copy = ks_arena_strdup(&finds->arena, path);
	if (!copy)
		return &ks_nomem;
	uint64_t left = len - at, size = object_size(bytes + at, left, &header);
	bool cut = size > left;
	KS_TRY(add(finds, copy, at, cut ? 0 : size, bytes + at));
	finds->at[finds->len - 1].carrier = machine_of(bytes, len);
	if (cut)
		finds->at[finds->len - 1].error =
			ks_error_in_file(ks_error_new(KS_ERR_DATA,
						      "the eBPF object at byte %zu runs past the "
						      "end of the file: it is truncated",
						      at),
					 path);
	else
		*next = at + size;
	return NULL;
}

struct ks_error *ks_bpf_find_within(struct ks_bpf_finds *finds, const char *path,
				    const uint8_t *bytes, size_t len, size_t begin, size_t end)
{
	size_t at = begin;
	while (at < end) {
		size_t piece = end - at < SLICE ? end - at : SLICE;
		size_t overlap =
			end - at > piece ? SELFMAG - 1 : 0; // one may begin at its very end
		KS_TRY(ks_bpf_find_spend(finds, path, piece));
		const uint8_t *found;
		size_t stop = at + piece;
		while (at < stop &&
		       (found = memmem(bytes + at, stop + overlap - at, ELFMAG, SELFMAG)))
			KS_TRY(take(finds, path, bytes, len, (size_t)(found - bytes), &at));
		at = at < stop ? stop : at;
	}
	return NULL;
}

struct ks_error *ks_bpf_find_end(struct ks_bpf_finds *finds, size_t first, const char *path)
{
	return open_all(finds, first, path);
}

struct ks_error *ks_bpf_find_in(struct ks_bpf_finds *finds, const char *path, const uint8_t *bytes,
				size_t len)
{
	size_t first = finds->len;
	struct ks_error *err = ks_bpf_find_within(finds, path, bytes, len, 0, len);
	struct ks_error *failed = open_all(finds, first, path);
	if (err)
		ks_error_free(failed);
	return err ? err : failed;
}

void ks_bpf_finds_deinit(struct ks_bpf_finds *finds)
{
	for (size_t i = 0; i < finds->len; i++) {
		ks_bpf_close(finds->at[i].object);
		ks_error_free(finds->at[i].error);
		free((void *)(uintptr_t)finds->at[i].bytes);
	}
	ks_vector_deinit(finds);
	ks_arena_deinit(&finds->arena);
}
