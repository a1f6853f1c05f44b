/* SPDX-License-Identifier: BSD-2-Clause */
/* Which kernel an image is: out of the image itself, never out of a file name. */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "arch/arch.h"
#include "extract/banner.h"
#include "extract/tables/find.h"

const char *ks_extract_arch(const struct ks_elf *elf)
{
	const struct ks_arch *arch = ks_arch_of_elf(elf->machine, elf->is64, elf->big_endian);
	return arch ? arch->debian : "unknown";
}

/** The GNU build id among the notes of a section, as hex; NULL when there is none. */
static const char *build_id_in(const struct ks_finder *finder, const struct ks_section *section)
{
	struct ks_cursor c = ks_elf_cursor(finder->elf, section);
	while (ks_cursor_more(&c)) {
		uint64_t name_len = ks_cursor_u32(&c), desc_len = ks_cursor_u32(&c);
		uint32_t type = ks_cursor_u32(&c);
		const uint8_t *name = ks_cursor_take(&c, (name_len + 3) & ~(uint64_t)3);
		const uint8_t *desc = ks_cursor_take(&c, (desc_len + 3) & ~(uint64_t)3);
		if (!name || !desc || type != NT_GNU_BUILD_ID || name_len != 4 ||
		    memcmp(name, "GNU", 4) != 0 || !desc_len || desc_len > 64)
			continue;
		char *hex = ks_arena_alloc(&finder->surface->arenas[0], desc_len * 2 + 1);
		for (uint64_t i = 0; hex && i < desc_len; i++)
			sprintf(hex + 2 * i, "%02x", desc[i]);
		return hex;
	}
	return NULL;
}

static const char *find_build_id(const struct ks_finder *finder)
{
	const char *id = NULL;
	for (size_t i = 1; !id && i < finder->elf->nr_sections; i++)
		if (finder->elf->sections[i].type == SHT_NOTE)
			id = build_id_in(finder, &finder->elf->sections[i]);
	return id;
}

/** .comment with its NULs as line ends. */
static const char *find_compiler(const struct ks_finder *finder)
{
	const struct ks_section *section = ks_elf_section(finder->elf, ".comment");
	if (!section || !section->data)
		return NULL;
	char *text = ks_arena_strndup(&finder->surface->arenas[0], (const char *)section->data,
				      section->size);
	for (uint64_t i = 0; text && i < section->size; i++)
		if (!text[i])
			text[i] = '\n';
	return text;
}

/** A release that does not say the architecture gets it added: labels are unique in a store. */
static const char *label_of(struct ks_arena *arena, const struct ks_image *image)
{
	bool says = strstr(image->release, image->arch) ||
		    (image->distribution && strcmp(image->distribution, "Debian") == 0);
	if (says)
		return image->release;
	char *label = ks_arena_alloc(arena, strlen(image->release) + strlen(image->arch) + 2);
	if (label)
		sprintf(label, "%s-%s", image->release, image->arch);
	return label;
}

/** Same build, same digest: the build id decides, or else symbols and banner; of types alone, they and their kernel's name. */
static const char *digest_of(const struct ks_finder *finder)
{
	const struct ks_image *image = &finder->surface->image;
	XXH3_state_t *state = XXH3_createState();
	char *digest = ks_arena_alloc(&finder->surface->arenas[0], 33);
	const char *name = image->banner ? image->banner : image->label;
	if (state && digest) {
		XXH3_128bits_reset(state);
		XXH3_128bits_update(state, name, strlen(name));
		if (image->build_id)
			XXH3_128bits_update(state, image->build_id, strlen(image->build_id));
		const struct ks_section *symtab =
			ks_elf_section(finder->elf, image->banner ? ".symtab" : ".BTF");
		if (!image->build_id && symtab && symtab->data)
			XXH3_128bits_update(state, symtab->data, symtab->size);
		XXH128_hash_t hash = XXH3_128bits_digest(state);
		sprintf(digest, "%016llx%016llx", (unsigned long long)hash.high64,
			(unsigned long long)hash.low64);
	}
	XXH3_freeState(state);
	return state ? digest : NULL;
}

void ks_extract_build(const struct ks_finder *finder)
{
	struct ks_image *image = &finder->surface->image;
	image->arch = ks_extract_arch(finder->elf);
	image->elf_class = finder->elf->is64 ? 64 : 32;
	image->big_endian = finder->elf->big_endian;
	image->build_id = find_build_id(finder);
	image->compiler = find_compiler(finder);
}

/** The banner in the data of an image without symbols: the only text that begins so and goes on with a number. */
static const char *scan_banner(const struct ks_elf *elf)
{
	static const char intro[] = "Linux version ";
	for (size_t i = 1; i < elf->nr_sections; i++) {
		struct ks_cursor c = ks_elf_cursor(elf, &elf->sections[i]);
		while (ks_cursor_more(&c)) {
			c.pos = memmem(c.pos, (size_t)(c.end - c.pos), intro, sizeof(intro) - 1);
			if (!c.pos)
				break;
			struct ks_cursor text = c, rest = c;
			ks_cursor_take(&rest, sizeof(intro) - 1);
			uint8_t digit = ks_cursor_u8(&rest);
			if (digit >= '0' && digit <= '9') {
				const char *banner = ks_cursor_str(&text);
				if (text.why)
					break; // no string ends behind this place
				return banner;
			}
			c.pos++;
		}
	}
	return NULL;
}

static const char *find_banner(const struct ks_finder *finder)
{
	uint64_t addr;
	const char *banner = ks_find_address(finder, "linux_banner", &addr)
				     ? ks_elf_string(finder->elf, addr)
				     : NULL;
	return banner ? banner : scan_banner(finder->elf);
}

struct ks_error *ks_extract_image(const struct ks_finder *finder)
{
	struct ks_image *image = &finder->surface->image;
	struct ks_arena *arena = &finder->surface->arenas[0];
	const char *banner = find_banner(finder);
	ks_extract_build(finder);
	if (banner && !ks_banner_read(arena, banner, image))
		return &ks_nomem;
	if (!image->release)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "not a Linux kernel: no linux_banner that says which version "
				    "it is");
	image->facts |= image->tier == KS_TIER_FULL ? KS_FACT_INLINE : 0;
	image->label = label_of(arena, image);
	image->digest = digest_of(finder);
	return image->label && image->digest ? NULL : &ks_nomem;
}

struct ks_error *ks_extract_image_told(const struct ks_finder *finder, const char *release,
				       const char *distribution)
{
	struct ks_image *image = &finder->surface->image;
	struct ks_arena *arena = &finder->surface->arenas[0];
	ks_extract_build(finder);
	image->distribution = distribution;
	if (!ks_banner_release(arena, release, image))
		return &ks_nomem;
	image->label = label_of(arena, image);
	image->digest = image->label ? digest_of(finder) : NULL;
	return image->digest ? NULL : &ks_nomem;
}
