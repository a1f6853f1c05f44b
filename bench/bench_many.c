/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many kernels out of few: bench-many FROM INTO N [I/PARTS] makes N images out of those of FROM, each series of them a chain of point releases of
 * one image. From one release to the next 3 % of the symbols grow, all behind them move; the lines of one file in twenty move; one
 * struct in 300 gets another layout; one function in 10,000 gets another name and one in 3,000 another prototype, as between 6.1.0-47
 * and 6.1.0-50 of Debian. The same N and FROM give the same store. With I/PARTS only every PARTS-th image is put, from the I-th on: a
 * part of the whole that can be merged with the others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hashmap.h"
#include "store/store.h"

enum { GROWN = 33, FILES = 20, STRUCTS = 300, NAMES = 10000, PROTOTYPES = 3000, GRANULE = 1 << 12 };

/** Where all that lies behind moves to: the sum of what grew before. */
struct release {
	struct ks_surface *surface;
	uint64_t seed;
	uint64_t low, *moved; // from which address on, and by how much each granule behind it
	size_t nr;
};

/** One of n, by what stands for the thing. */
static bool chosen(const struct release *release, uint64_t thing, uint64_t n)
{
	return ks_hashmap_mix(thing ^ release->seed) % n == 0;
}

static uint64_t hash_of(const char *text)
{
	uint64_t hash = 14695981039346656037u; // FNV-1a
	for (; text && *text; text++)
		hash = (hash ^ (uint8_t)*text) * 1099511628211u;
	return hash;
}

static uint64_t move(const struct release *release, uint64_t addr)
{
	uint64_t at = (addr - release->low) / GRANULE;
	return addr < release->low || at >= release->nr ? addr : addr + release->moved[at];
}

static struct ks_error *lay_out(struct release *release)
{
	const struct ks_surface *surface = release->surface;
	uint64_t high = 0;
	release->low = UINT64_MAX;
	for (size_t i = 0; i < surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &surface->symbols[i];
		if (sym->type != 2 || sym->addr < 1u << 20)
			continue;
		release->low = sym->addr < release->low ? sym->addr : release->low;
		high = sym->addr > high ? sym->addr : high;
	}
	release->nr = high > release->low ? (size_t)((high - release->low) / GRANULE + 1) : 0;
	release->nr = release->nr < 1 << 20 ? release->nr : 1 << 20;
	release->moved = calloc(release->nr + 1, sizeof(*release->moved));
	if (!release->moved)
		return &ks_nomem;
	uint64_t moved = 0;
	for (size_t i = 0; i < release->nr; i++) {
		release->moved[i] = moved;
		moved += chosen(release, i, 3) ? 16 : 0;
	}
	return NULL;
}

/** A name that no other has. */
static const char *renamed(struct release *release, const char *name)
{
	struct ks_buf text = { 0 };
	if (!chosen(release, hash_of(name), NAMES))
		return name;
	ks_buf_printf(&text, "%s_%llx", name, (unsigned long long)release->seed % 4096);
	const char *copy = ks_arena_strdup(&release->surface->arenas[0], ks_buf_text(&text));
	ks_buf_deinit(&text);
	return copy ? copy : name;
}

static void change_symbol(struct release *release, struct ks_symbol *sym)
{
	sym->addr = move(release, sym->addr);
	if (sym->type == 2 && chosen(release, hash_of(sym->name), GROWN))
		sym->size += 16;
	sym->name = renamed(release, sym->name);
}

static void change_functions(struct release *release)
{
	struct ks_surface *surface = release->surface;
	for (size_t i = 0; i < surface->nr_functions; i++) {
		struct ks_function *fn = (struct ks_function *)&surface->functions[i];
		fn->name = renamed(release, fn->name);
		for (uint32_t k = 0; k < fn->nr_symbols; k++)
			change_symbol(release, (struct ks_symbol *)&fn->symbols[k]);
		for (uint32_t k = 0; k < fn->nr_entries; k++) {
			struct ks_entry *entry = (struct ks_entry *)&fn->entries[k];
			entry->addr = entry->addr ? move(release, entry->addr) : 0;
			if (entry->line != KS_NO_LINE &&
			    chosen(release, hash_of(entry->loc_file), FILES))
				entry->line += 3;
		}
	}
	for (size_t i = 0; i < surface->nr_symbols; i++)
		change_symbol(release, (struct ks_symbol *)&surface->symbols[i]);
}

static void change_decls(struct release *release)
{
	struct ks_surface *surface = release->surface;
	for (int kind = KS_FUNCTION; kind <= KS_INT; kind++)
		for (size_t i = 0; i < surface->decls[kind].nr; i++) {
			struct ks_decl *decl = (struct ks_decl *)&surface->decls[kind].at[i];
			uint64_t name = hash_of(decl->name);
			if (kind == KS_FUNCTION && chosen(release, name, PROTOTYPES))
				decl->size++; // stands for another prototype
			if (kind == KS_FUNCTION)
				decl->name = renamed(release, decl->name);
			if (kind != KS_STRUCT || !chosen(release, name, STRUCTS))
				continue;
			decl->size += 8;
			for (uint32_t k = decl->nr / 2; k < decl->nr; k++)
				((struct ks_member *)decl->members)[k].bits_offset += 64;
		}
}

static struct ks_error *next_release(struct ks_surface *surface, unsigned int number)
{
	struct release release = { .surface = surface, .seed = ks_hashmap_mix(number + 1) };
	struct ks_error *err = lay_out(&release);
	if (!err) {
		change_functions(&release);
		change_decls(&release);
	}
	free(release.moved);
	return err;
}

/** @param number 0: the image as it is */
static struct ks_error *put(struct ks_store *into, struct ks_surface *surface,
			    const struct ks_image *first, unsigned int number)
{
	struct ks_put_result result = { 0 };
	char label[128], digest[33], build_id[41];
	uint64_t hash = hash_of(first->label) ^ ks_hashmap_mix(number);
	snprintf(label, sizeof(label), "%s.%u", first->label, number);
	snprintf(digest, sizeof(digest), "%016llx%016llx", (unsigned long long)hash,
		 (unsigned long long)ks_hashmap_mix(hash));
	snprintf(build_id, sizeof(build_id), "%016llx%016llx%08x",
		 (unsigned long long)ks_hashmap_mix(hash + 1),
		 (unsigned long long)ks_hashmap_mix(hash + 2), number);
	surface->image.label = number ? label : first->label;
	surface->image.digest = digest;
	surface->image.build_id = build_id;
	KS_TRY(ks_store_put(into, surface, 2, &result));
	free(result.label);
	return NULL;
}

/** Which of the images are put. */
struct part {
	unsigned int i, of;
};

static struct ks_error *make(struct ks_store *from, struct ks_store *into, unsigned int nr,
			     const struct part *part)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_store_images images;
	unsigned int at = 0;
	KS_TRY(ks_store_images(from, &arena, &images));
	for (size_t i = 0; i < images.nr; i++) {
		_cleanup_surface_ struct ks_surface *surface = NULL;
		unsigned int own = nr / (unsigned int)images.nr + (i < nr % images.nr);
		KS_TRY(ks_store_surface(from, images.at[i], &surface));
		for (unsigned int number = 0; number < own; number++) {
			if (number)
				KS_TRY(next_release(surface, number));
			if (at++ % part->of == part->i - 1)
				KS_TRY(put(into, surface, &images.at[i]->image, number));
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	_cleanup_store_ struct ks_store *from = NULL, *into = NULL;
	struct part part = { 1, 1 };
	bool right = argc == 4 || (argc == 5 && sscanf(argv[4], "%u/%u", &part.i, &part.of) == 2);
	if (!right || part.i < 1 || part.i > part.of) {
		fprintf(stderr, "usage: %s FROM INTO N [I/PARTS]\n", argv[0]);
		return 2;
	}
	struct ks_error *err = ks_store_open(argv[1], KS_STORE_READ, &from);
	if (!err)
		err = ks_store_open(argv[2], KS_STORE_CREATE, &into);
	if (!err)
		err = make(from, into, (unsigned int)strtoul(argv[3], NULL, 10), &part);
	if (!err)
		return 0;
	fprintf(stderr, "%s: %s\n", argv[0], ks_error_text(err));
	ks_error_free(err);
	return 1;
}
