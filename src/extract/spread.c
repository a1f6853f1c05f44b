/* SPDX-License-Identifier: BSD-2-Clause */
#include "extract/spread.h"

#include "dwarf/constants.h"

static struct ks_error *refuse(const char *what, const char *file)
{
	return ks_error_new(KS_ERR_UNSUPPORTED,
			    "ksurf cannot read this debug information yet: %s%s%s", what,
			    file ? " " : "", file ? file : "");
}

/** The file that dwz moved into what several files have in common, or NULL. */
static const char *common_file(const struct ks_unit *unit)
{
	const struct ks_elf *elf = unit->dwarf->elf;
	struct ks_cursor c = ks_elf_cursor(elf, ks_elf_section(elf, ".gnu_debugaltlink"));
	const char *name = ks_cursor_str(&c);
	return c.why || !*name ? NULL : name;
}

static struct ks_error *shortened(const struct ks_unit *unit)
{
	const char *file = common_file(unit);
	return refuse(file ? "it was shortened by dwz, and part of it is in"
			   : "it was shortened by dwz",
		      file);
}

struct ks_error *ks_spread_unit(const struct ks_unit *unit, const struct ks_abbrev *abbrev,
				const uint64_t *v)
{
	// before DWARF 5 only this tells a skeleton from a unit
	if (abbrev->has & KS_HAS(KS_SLOT_DWO_NAME))
		return refuse("it is split (-gsplit-dwarf), and most of it is in",
			      ks_unit_text(unit, v[KS_SLOT_DWO_NAME]));
	if (unit->type == DW_UT_type || unit->type == DW_UT_split_type)
		return refuse("it has type units (-fdebug-types-section)", NULL);
	if (unit->type == DW_UT_partial || abbrev->tag == DW_TAG_partial_unit)
		return shortened(unit);
	if (unit->type != DW_UT_compile || abbrev->tag == DW_TAG_skeleton_unit)
		return refuse("it is split into .dwo files (-gsplit-dwarf)", NULL);
	return NULL;
}

struct ks_error *ks_spread_reference(const struct ks_unit *unit)
{
	if (common_file(unit))
		return shortened(unit);
	return refuse("units refer to each other (link-time optimisation, dwz) or to type units "
		      "(-fdebug-types-section)",
		      NULL);
}
