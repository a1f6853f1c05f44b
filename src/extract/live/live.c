/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running kernel as if it were a file: what it tells of itself becomes the sections of an image, and all that
 * reads images reads them. Only events and lists come from where no file has them.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "arch/arch.h"
#include "extract/live/live.h"
#include "extract/live/live_trace.h"
#include "extract/symbols/kallsyms.h"
#include "extract/symbols/labels.h"
#include "extract/symbols/link_address.h"
#include "extract/tiers.h"
#include "surface/config.h"

enum { BANNER = 1, NOTES, BTF, CONFIG, NR_SECTIONS };

/** What was read, and the image made of it. */
struct live {
	struct ks_live_files files;
	struct ks_buf texts[NR_SECTIONS];
	struct ks_section sections[NR_SECTIONS];
	struct ks_elf elf;
};

static struct ks_error *find_machine(struct live *live, const char *name)
{
	struct utsname system;
	if (!name)
		name = uname(&system) == 0 ? system.machine : "unknown";
	const struct ks_arch *arch = ks_arch_by_uname(name);
	if (arch) {
		live->elf.machine = arch->elf;
		live->elf.is64 = arch->word == 8;
		live->elf.big_endian = arch->big_endian;
		live->elf.swap = arch->big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
		return NULL;
	}
	return ks_error_new(KS_ERR_UNSUPPORTED, "a machine that ksurf does not know: %s", name);
}

/** A file as a section. @param extra bytes behind its end that count: its NUL */
static struct ks_error *add_section(struct live *live, unsigned int nr, enum ks_live_file file,
				    const char *name, uint32_t type, size_t extra)
{
	struct ks_buf *text = &live->texts[nr];
	KS_TRY(ks_live_file(&live->files, file, text));
	live->sections[nr] = (struct ks_section){
		.name = name,
		.type = type,
		.size = text->len ? text->len + extra : 0,
		.data = text->len ? (const uint8_t *)text->at : NULL,
	};
	return NULL;
}

/** The configuration between the marks that it has inside of an image; or a text beside the kernel. */
static struct ks_error *add_config(struct live *live, const char *release, const char **plain)
{
	struct ks_buf *text = &live->texts[CONFIG], packed = { 0 };
	char *path = NULL, *file = NULL;
	if (asprintf(&file, "boot/config-%s", release) < 0 ||
	    !(path = ks_live_path(&live->files, file))) {
		free(file);
		return &ks_nomem;
	}
	*plain = NULL;
	if (ks_live_slurp(path, text) == 0 && text->len)
		*plain = text->at;
	free(path);
	free(file);
	if (*plain)
		return NULL;
	struct ks_error *err = ks_live_file(&live->files, KS_LIVE_CONFIG, &packed);
	if (!err && packed.len) {
		ks_buf_str(text, "IKCFG_ST");
		ks_buf_bytes(text, packed.at, packed.len);
		ks_buf_str(text, "IKCFG_ED");
		live->sections[CONFIG] = (struct ks_section){
			.name = ".rodata",
			.type = SHT_PROGBITS,
			.size = text->len,
			.data = (const uint8_t *)text->at,
		};
		err = ks_buf_error(text);
	}
	ks_buf_deinit(&packed);
	return err;
}

static struct ks_error *make_image(struct live *live, const char *machine)
{
	live->sections[0].name = "";
	live->sections[CONFIG].name = "";
	live->elf.sections = live->sections;
	live->elf.nr_sections = NR_SECTIONS;
	KS_TRY(find_machine(live, machine));
	KS_TRY(add_section(live, BANNER, KS_LIVE_VERSION, ".rodata", SHT_PROGBITS, 1));
	if (!live->texts[BANNER].len)
		return ks_error_new(KS_ERR_IO, "cannot read /proc/version");
	KS_TRY(add_section(live, NOTES, KS_LIVE_NOTES, ".notes", SHT_NOTE, 0));
	return add_section(live, BTF, KS_LIVE_BTF, ".BTF", SHT_PROGBITS, 0);
}

static struct ks_error *read_symbols(struct live *live, struct ks_surface *surface)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	KS_TRY(ks_live_file(&live->files, KS_LIVE_SYMBOLS, &text));
	if (!text.len)
		return NULL;
	KS_TRY(ks_system_map_read(NULL, text.at, surface));
	uint64_t any = 0;
	for (size_t i = 0; i < surface->nr_symbols; i++)
		any |= surface->symbols[i].addr;
	if (surface->nr_symbols && !any)
		ks_live_note(&live->files, KS_LIVE_SYMBOLS,
			     "all addresses are 0, so which names are the same function: unknown; "
			     "run as root, or set kernel.kptr_restrict to 0 or 1");
	return NULL;
}

static struct ks_error *read_config(struct live *live, struct ks_surface *surface,
				    const char *given)
{
	const char *config = given;
	if (!config)
		KS_TRY(add_config(live, surface->image.release, &config));
	if (!config)
		KS_TRY(ks_ikconfig_read(&live->elf, &surface->arenas[0], &config));
	return config ? ks_config_read(surface, &surface->arenas[0], config) : NULL;
}

static struct ks_error *read_tables(struct live *live, struct ks_finder *finder,
				    const struct ks_btf *btf)
{
	struct ks_error *err = ks_finder_init(finder);
	if (!err)
		err = ks_live_events(&live->files, finder);
	if (!err)
		err = ks_live_syscalls(&live->files, finder);
	if (!err && btf)
		err = ks_extract_lsm(finder);
	if (!err && btf)
		err = ks_extract_btf_kfuncs(finder, btf);
	ks_finder_deinit(finder);
	return err;
}

static struct ks_error *extract(struct live *live, struct ks_finder *finder,
				const struct ks_extract_opts *how)
{
	_cleanup_btf_ struct ks_btf *btf = NULL;
	struct ks_surface *surface = finder->surface;
	surface->image.tier = KS_TIER_LIVE;
	KS_TRY(ks_extract_image(finder));
	if (how->known && how->known(how->known_arg, &surface->image))
		return NULL;
	KS_TRY(ks_extract_btf_open(finder, &btf));
	if (!btf && !surface->symtab_known)
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "the running kernel tells neither types nor symbols");
	KS_TRY(ks_live_attach(&live->files, finder));
	KS_TRY(ks_extract_btf(finder, btf));
	KS_TRY(read_tables(live, finder, btf));
	if (surface->symtab_known)
		KS_TRY(ks_labels_tell(NULL, finder->symbols, surface));
	return read_config(live, surface, how->config);
}

static struct ks_error *read_live(struct live *live, const struct ks_live_opts *opts,
				  const struct ks_extract_opts *how, struct ks_surface **ret)
{
	_cleanup_surface_ struct ks_surface *surface = ks_surface_new(1);
	if (!surface)
		return &ks_nomem;
	KS_TRY(make_image(live, opts->machine));
	KS_TRY(read_symbols(live, surface));
	struct ks_symbol_index *symbols;
	KS_TRY(ks_symbol_index_new(surface, &symbols));
	struct ks_finder finder = { .elf = &live->elf, .symbols = symbols, .surface = surface };
	struct ks_error *err = extract(live, &finder, how);
	ks_symbol_index_free(symbols);
	if (!err)
		*ret = ks_take(surface);
	return err;
}

struct ks_error *ks_live_read(const struct ks_live_opts *opts, const struct ks_extract_opts *how,
			      struct ks_buf *note, struct ks_surface **ret)
{
	struct live live = { .files = { opts->root ? opts->root : "", note } };
	struct ks_error *err = read_live(&live, opts, how, ret);
	for (size_t i = 0; i < NR_SECTIONS; i++)
		ks_buf_deinit(&live.texts[i]);
	return err ? err : ks_buf_error(note);
}
