/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "extract/dwarf/path.h"
#include "extract/dwarf/scope.h"

struct ks_error *ks_unit_scope_start(struct ks_unit_scope *scope, struct ks_arena *arena,
				     const struct ks_unit *unit, const struct ks_abbrevs *abbrevs,
				     uint32_t has, const uint64_t *v)
{
	scope->unit = unit;
	scope->abbrevs = abbrevs;
	scope->file_paths.len = 0;
	const char *name = has & KS_HAS(KS_SLOT_NAME) ? ks_unit_text(unit, v[KS_SLOT_NAME]) : "";
	const char *dir =
		has & KS_HAS(KS_SLOT_COMP_DIR) ? ks_unit_text(unit, v[KS_SLOT_COMP_DIR]) : "";
	scope->path = ks_path_join(arena, dir, name);
	if (!scope->path)
		return &ks_nomem;
	scope->lines.dirs.len = scope->lines.files.len = scope->lines.cost = 0;
	if (!(has & KS_HAS(KS_SLOT_STMT_LIST)))
		return NULL;
	KS_TRY(ks_line_names_read(&scope->lines, unit, v[KS_SLOT_STMT_LIST], dir));
	if (!ks_vector_reserve(&scope->file_paths, scope->lines.files.len))
		return &ks_nomem;
	scope->file_paths.len = scope->lines.files.len;
	if (scope->file_paths.len)
		memset(scope->file_paths.at, 0,
		       scope->file_paths.len * sizeof(*scope->file_paths.at));
	return NULL;
}

const char *ks_unit_scope_file(struct ks_unit_scope *scope, struct ks_arena *arena, uint64_t file,
			       bool *failed)
{
	if (file >= scope->file_paths.len)
		return NULL;
	const char **slot = &scope->file_paths.at[file];
	if (*slot)
		return *slot;
	const struct ks_line_names *lines = &scope->lines;
	const struct ks_line_file *entry = &lines->files.at[file];
	const char *dir = entry->dir < lines->dirs.len ? lines->dirs.at[entry->dir] : "";
	*slot = entry->name[0] == '/' ? ks_path_join(arena, "", entry->name)
				      : ks_path_location(arena, dir, entry->name);
	if (!*slot)
		*failed = true;
	return *slot;
}

void ks_unit_scope_deinit(struct ks_unit_scope *scope)
{
	ks_line_names_deinit(&scope->lines);
	ks_vector_deinit(&scope->file_paths);
}

void ks_unit_scope_set_bases(struct ks_unit *unit, uint32_t has, const uint64_t *v)
{
	uint64_t header = unit->offset_size == 8 ? 16 : 8;
	unit->str_offsets_base =
		has & KS_HAS(KS_SLOT_STR_OFFSETS_BASE) ? v[KS_SLOT_STR_OFFSETS_BASE] : header;
	unit->addr_base = has & KS_HAS(KS_SLOT_ADDR_BASE) ? v[KS_SLOT_ADDR_BASE] : header;
	unit->rnglists_base = has & KS_HAS(KS_SLOT_RNGLISTS_BASE) ? v[KS_SLOT_RNGLISTS_BASE] : 0;
	unit->loclists_base = has & KS_HAS(KS_SLOT_LOCLISTS_BASE) ? v[KS_SLOT_LOCLISTS_BASE] : 0;
	unit->low_pc = has & KS_HAS(KS_SLOT_LOW_PC) ? v[KS_SLOT_LOW_PC] : 0;
}
