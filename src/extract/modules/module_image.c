/* SPDX-License-Identifier: BSD-2-Clause */
/* Which module a file is, and of which kernel: out of its .modinfo, a row of KEY=VALUE texts. */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "extract/modules/modules.h"
#include "extract/tables/find.h"

/** The value of a key in .modinfo, as it lies in the file; NULL when there is none. */
static const char *module_info(const struct ks_elf *elf, const char *key)
{
	struct ks_cursor c = ks_elf_cursor(elf, ks_elf_section(elf, ".modinfo"));
	size_t len = strlen(key);
	while (ks_cursor_more(&c)) {
		const char *text = ks_cursor_str(&c);
		if (strncmp(text, key, len) == 0 && text[len] == '=')
			return text + len + 1;
	}
	return NULL;
}

/** The same bytes, the same digest: the build id decides, or else the symbols. */
static const char *digest_of(const struct ks_finder *finder)
{
	const struct ks_image *image = &finder->surface->image;
	const struct ks_section *symtab = ks_elf_section(finder->elf, ".symtab");
	XXH128_hash_t hash = { 0 };
	if (image->build_id)
		hash = XXH3_128bits(image->build_id, strlen(image->build_id));
	else if (symtab && symtab->data)
		hash = XXH3_128bits(symtab->data, symtab->size);
	char *digest = ks_arena_alloc(&finder->surface->arenas[0], 33);
	if (digest)
		sprintf(digest, "%016llx%016llx", (unsigned long long)hash.high64,
			(unsigned long long)hash.low64);
	return digest;
}

static struct ks_error *no_module(void)
{
	return ks_error_new(KS_ERR_UNSUPPORTED,
			    "not a kernel module: no .modinfo that says name and vermagic");
}

struct ks_error *ks_module_kernel(const struct ks_elf *elf, struct ks_arena *arena,
				  struct ks_image *ret)
{
	const char *vermagic = module_info(elf, "vermagic");
	if (!vermagic)
		return no_module();
	ret->release = ks_arena_strndup(arena, vermagic, strcspn(vermagic, " "));
	ret->arch = ks_extract_arch(elf);
	ret->elf_class = elf->is64 ? 64 : 32;
	ret->big_endian = elf->big_endian;
	return ret->release ? NULL : &ks_nomem;
}

struct ks_error *ks_extract_module_image(const struct ks_finder *finder)
{
	struct ks_image *image = &finder->surface->image;
	struct ks_arena *arena = &finder->surface->arenas[0];
	const char *name = module_info(finder->elf, "name");
	if (!name || !*name)
		return no_module();
	KS_TRY(ks_module_kernel(finder->elf, arena, image));
	image->label = ks_arena_strdup(arena, name);
	image->facts |= image->tier == KS_TIER_FULL ? KS_FACT_INLINE : 0;
	ks_extract_build(finder);
	image->digest = digest_of(finder);
	return image->label && image->digest ? NULL : &ks_nomem;
}
