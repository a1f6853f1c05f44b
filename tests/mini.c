/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elf_file.h"
#include "extract/extract.h"
#include "mini.h"

struct ks_surface *mini_read(const char *name, unsigned int nr_threads)
{
	const char *folder = getenv("KSURF_MINIS");
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "", name);
	_cleanup_elf_ struct ks_elf *elf = folder ? elf_file_open(path) : NULL;
	struct ks_surface *surface = NULL;
	const struct ks_extract_opts opts = { .nr_threads = nr_threads };
	if (!elf)
		return NULL;
	struct ks_error *err = ks_extract(elf, &opts, &surface);
	if (err)
		fail_msg("%s: %s", name, ks_error_text(err));
	return surface;
}

static bool mini_parse(struct mini *mini, const char *name)
{
	char compiler[16];
	snprintf(mini->name, sizeof(mini->name), "%s", name);
	if (sscanf(name, "%15[^-]-%15[^-]-dwarf%d", mini->arch, compiler, &mini->dwarf) != 3)
		return false;
	mini->gcc = strcmp(compiler, "gcc") == 0;
	return true;
}

void minis_each(mini_check *check)
{
	const char *folder = getenv("KSURF_MINIS");
	DIR *dir = folder ? opendir(folder) : NULL;
	unsigned int nr = 0;
	for (struct dirent *file; dir && (file = readdir(dir));) {
		struct mini mini = { 0 };
		if (!mini_parse(&mini, file->d_name))
			continue;
		mini.surface = mini_read(mini.name, 2);
		assert_non_null(mini.surface);
		check(&mini);
		ks_surface_free(mini.surface);
		nr++;
	}
	if (dir)
		closedir(dir);
	if (!nr) {
		print_message("no mini kernels: set KSURF_MINIS\n");
		skip();
	}
}

const struct ks_function *find_function(const struct ks_surface *surface, const char *name)
{
	for (size_t i = 0; i < surface->nr_functions; i++)
		if (strcmp(surface->functions[i].name, name) == 0)
			return &surface->functions[i];
	return NULL;
}

const struct ks_decl *find_decl(const struct ks_surface *surface, enum ks_kind kind,
				const char *name)
{
	for (size_t i = 0; i < surface->decls[kind].nr; i++)
		if (strcmp(surface->decls[kind].at[i].name, name) == 0)
			return &surface->decls[kind].at[i];
	return NULL;
}

const struct ks_function *mini_function(const struct mini *mini, const char *name)
{
	const struct ks_function *fn = find_function(mini->surface, name);
	if (!fn)
		fail_msg("%s: no function %s", mini->name, name);
	return fn;
}

const struct ks_entry *mini_entry(const struct mini *mini, const char *name, const char *file)
{
	const struct ks_function *fn = mini_function(mini, name);
	for (uint32_t i = 0; i < fn->nr_entries; i++)
		if (!file || (fn->entries[i].file && strcmp(fn->entries[i].file, file) == 0))
			return &fn->entries[i];
	fail_msg("%s: no %s of %s", mini->name, name, file ? file : "any file");
	return NULL;
}

const struct ks_decl *mini_decl(const struct mini *mini, enum ks_kind kind, const char *name)
{
	return find_decl(mini->surface, kind, name);
}

uint32_t mini_line(const char *source, const char *text)
{
	char path[4096], line[512];
	snprintf(path, sizeof(path), "%s/tests/minis/%s", KSURF_SOURCE_ROOT, source);
	FILE *file = fopen(path, "re");
	if (!file)
		fail_msg("%s: cannot open", path);
	uint32_t number = 0, found = 0;
	while (!found && fgets(line, sizeof(line), file)) {
		number++;
		if (strstr(line, text))
			found = number;
	}
	fclose(file);
	if (!found)
		fail_msg("%s: no '%s'", source, text);
	return found;
}

void mini_equal(const struct mini *mini, const char *what, const char *expected, struct ks_buf *got)
{
	const char *text = ks_buf_text(got);
	assert_non_null(text);
	if (strcmp(text, expected) != 0)
		fail_msg("%s: %s:\nexpected: %s\ngot:      %s", mini->name, what, expected, text);
	ks_buf_deinit(got);
}

void mini_equal_number(const struct mini *mini, const char *what, uint64_t expected, uint64_t got)
{
	if (expected != got)
		fail_msg("%s: %s: expected %llu, got %llu", mini->name, what,
			 (unsigned long long)expected, (unsigned long long)got);
}

void spell_callers(struct ks_buf *out, const struct ks_caller *callers, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		const struct ks_caller *caller = &callers[i];
		ks_buf_printf(out, "%s%s:%s", i ? ", " : "", caller->unit, caller->function);
		if (caller->via)
			ks_buf_printf(out, " in %s", caller->via);
		if (caller->clone)
			ks_buf_printf(out, " #%d", caller->clone);
		ks_buf_printf(out, "%s%s%s", caller->flags & KS_CALLER_OWN ? " own" : "",
			      caller->flags & KS_CALLER_TAIL ? " tail" : "",
			      caller->flags & KS_CALLER_NO_CODE ? " gone" : "");
	}
}

void spell_type(struct ks_buf *out, const struct ks_type *type)
{
	static const char *const words[] = {
		[KS_TYPE_VOID] = "void",
		[KS_TYPE_INT] = "",
		[KS_TYPE_FLOAT] = "float ",
		[KS_TYPE_TYPEDEF] = "typedef ",
		[KS_TYPE_STRUCT] = "struct ",
		[KS_TYPE_UNION] = "union ",
		[KS_TYPE_ENUM] = "enum ",
		[KS_TYPE_FWD_STRUCT] = "declared struct ",
		[KS_TYPE_FWD_UNION] = "declared union ",
		[KS_TYPE_PTR] = "ptr ",
		[KS_TYPE_CONST] = "const ",
		[KS_TYPE_VOLATILE] = "volatile ",
		[KS_TYPE_RESTRICT] = "restrict ",
		[KS_TYPE_ARRAY] = "array ",
		[KS_TYPE_PROTO] = "function ",
	};
	ks_buf_printf(out, "%s", words[type->kind]);
	if (type->kind == KS_TYPE_VOID)
		return;
	if (type->kind == KS_TYPE_ARRAY)
		ks_buf_printf(out, "%llu ", (unsigned long long)type->n);
	if (type->kind == KS_TYPE_PROTO) {
		ks_buf_printf(out, "(");
		for (uint32_t i = 0; i < type->nr_params; i++) {
			ks_buf_printf(out, "%s%s: ", i ? ", " : "", type->params[i].name);
			spell_type(out, type->params[i].type);
		}
		ks_buf_printf(out, ") ");
	}
	if (type->inner)
		spell_type(out, type->inner);
	else
		ks_buf_printf(out, "%s", type->name ? type->name : "(anon)");
}

void spell_decl(struct ks_buf *out, const struct ks_decl *decl)
{
	if (decl->type) {
		spell_type(out, decl->type);
		return;
	}
	ks_buf_printf(out, "%llu:", (unsigned long long)decl->size);
	for (uint32_t i = 0; decl->kind == KS_ENUM && i < decl->nr; i++)
		ks_buf_printf(out, " %s=%lld;", decl->values[i].name,
			      (long long)decl->values[i].value);
	for (uint32_t i = 0; decl->kind != KS_ENUM && i < decl->nr; i++) {
		const struct ks_member *member = &decl->members[i];
		ks_buf_printf(out, " %s@%llu", member->name,
			      (unsigned long long)member->bits_offset);
		if (member->bitfield_size)
			ks_buf_printf(out, ":%u", member->bitfield_size);
		ks_buf_printf(out, " ");
		spell_type(out, member->type);
		ks_buf_printf(out, ";");
	}
}
