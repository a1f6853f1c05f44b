/* SPDX-License-Identifier: BSD-2-Clause */
#include "extract/btf/btf_raw.h"

#include <elf.h>
#include <string.h>

#include "arch/arch.h"
#include "base/array.h"
#include "extract/tiers.h"
#include "surface/config.h"

bool ks_btf_raw_is(const void *head, size_t len)
{
	const uint8_t *bytes = head;
	return len >= 4 && (memcmp(bytes, "\x9f\xeb\x01\x00", 4) == 0 ||
			    memcmp(bytes, "\xeb\x9f\x01\x00", 4) == 0);
}

/* ---- whose types they are ---- */

static bool has_member(const struct ks_btf *btf, const char *record, const char *const names[2])
{
	struct ks_btf_type type = ks_btf_type(btf, ks_btf_find(btf, KS_BTF_STRUCT, record, 1));
	for (uint32_t i = 0; type.kind == KS_BTF_STRUCT && i < type.vlen; i++) {
		const char *name = ks_btf_member(btf, &type, i).name;
		for (size_t k = 0; k < 2; k++)
			if (names[k] && strcmp(name, names[k]) == 0)
				return true;
	}
	return false;
}

/** Bytes of a machine word; 0: not told. */
static uint32_t word_of(const struct ks_btf *btf)
{
	return ks_btf_type(btf, ks_btf_find(btf, KS_BTF_INT, "long unsigned int", 1)).size;
}

static bool may_be(const struct ks_btf *btf, const struct ks_arch *arch)
{
	uint32_t word = word_of(btf);
	return arch->big_endian == btf->big_endian && (!word || arch->word == word);
}

/** The machine whose registers the types have; NULL: no one's that is known by them. */
static const struct ks_arch *machine_of(const struct ks_btf *btf)
{
	for (size_t i = 0; i < ks_nr_archs; i++) {
		const struct ks_arch_registers *registers = &ks_archs[i].registers;
		if (registers->record && may_be(btf, &ks_archs[i]) &&
		    has_member(btf, registers->record, registers->members))
			return &ks_archs[i];
	}
	return NULL;
}

static struct ks_error *find_machine(const struct ks_btf_raw *raw, const struct ks_btf *btf,
				     const struct ks_arch **ret)
{
	const struct ks_arch *seen = machine_of(btf);
	if (!raw->arch && !seen)
		return ks_error_new(KS_ERR_USAGE, "types that do not tell their machine: say "
						  "--release RELEASE@MACHINE");
	*ret = raw->arch ? ks_arch_by_debian(raw->arch) : seen;
	if (!*ret)
		*ret = ks_arch_by_uname(raw->arch);
	if (!*ret)
		return ks_error_new(KS_ERR_UNSUPPORTED, "a machine that ksurf does not know: %s",
				    raw->arch);
	if ((seen && seen != *ret) || !may_be(btf, *ret))
		return ks_error_new(KS_ERR_DATA, "types of another machine than %s%s%s",
				    (*ret)->debian, seen ? ": " : "", seen ? seen->debian : "");
	return NULL;
}

/* ---- reading ---- */

/** The bytes as an image of one section. */
struct image {
	struct ks_elf elf;
	struct ks_section sections[2];
	const struct ks_btf_raw *raw;
	struct ks_btf *btf;
};

static struct ks_error *read_tables(struct ks_finder *finder, const struct ks_btf *btf)
{
	_cleanup_btf_forming_ struct ks_btf_forming *forming = NULL;
	bool has_forms;
	KS_TRY(ks_btf_forming_new(btf, NULL, finder->surface, &forming));
	struct ks_error *err = ks_finder_init(finder);
	if (!err)
		err = ks_extract_lsm(finder);
	if (!err)
		err = ks_extract_btf_kfuncs(finder, btf);
	if (!err)
		err = ks_extract_btf_forms(forming, 1, &has_forms);
	if (!err && has_forms)
		finder->surface->image.facts |= KS_FACT_FORMS;
	ks_finder_deinit(finder);
	return err;
}

static struct ks_error *extract(struct image *image, struct ks_finder *finder,
				const struct ks_extract_opts *opts)
{
	struct ks_surface *surface = finder->surface;
	surface->image.tier = KS_TIER_BTF;
	surface->image.facts = KS_FACT_TYPES;
	KS_TRY(ks_extract_image_told(finder, image->raw->release, image->raw->distribution));
	if (opts->known && opts->known(opts->known_arg, &surface->image))
		return NULL;
	KS_TRY(ks_cancel_check(opts->cancel));
	KS_TRY(ks_extract_btf(finder, image->btf));
	if (!surface->decls[KS_FUNCTION].nr)
		return ks_error_new(KS_ERR_DATA, "types without a function: not those of a kernel");
	KS_TRY(read_tables(finder, image->btf));
	return opts->config ? ks_config_read(surface, &surface->arenas[0], opts->config) : NULL;
}

static struct ks_error *read_image(struct image *image, const struct ks_extract_opts *opts,
				   struct ks_surface *surface)
{
	struct ks_finder finder = { .elf = &image->elf, .surface = surface };
	struct ks_symbol_index *symbols;
	// names of types point into the bytes, and the surface outlives them
	uint8_t *copy = ks_arena_alloc(&surface->arenas[0], image->raw->len);
	if (!copy)
		return &ks_nomem;
	memcpy(copy, image->raw->bytes, image->raw->len);
	KS_TRY(ks_btf_open(copy, image->raw->len, NULL, &image->btf));
	const struct ks_arch *arch = NULL;
	KS_TRY(find_machine(image->raw, image->btf, &arch));
	image->elf.machine = arch->elf;
	image->elf.is64 = arch->word == 8;
	image->elf.big_endian = arch->big_endian;
	image->elf.swap = arch->big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	KS_TRY(ks_symbol_index_new(surface, &symbols));
	finder.symbols = symbols;
	struct ks_error *err = extract(image, &finder, opts);
	ks_symbol_index_free(symbols);
	return err;
}

struct ks_error *ks_btf_raw_read(const struct ks_btf_raw *raw, const struct ks_extract_opts *opts,
				 struct ks_surface **ret)
{
	if (!raw->release)
		return ks_error_new(KS_ERR_USAGE, "types alone, which do not tell their kernel: "
						  "say --release RELEASE, as uname -r prints it");
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(2);
	struct image image = {
		.raw = raw,
		.sections = { { .name = "" },
			      { .name = ".BTF",
				.type = SHT_PROGBITS,
				.size = raw->len,
				.data = raw->bytes } },
	};
	image.elf.sections = image.sections;
	image.elf.nr_sections = KS_ARRAY_LEN(image.sections);
	struct ks_error *err = surface ? read_image(&image, opts, surface) : &ks_nomem;
	ks_btf_close(image.btf);
	if (!err)
		*ret = ks_take(surface);
	return err;
}
