/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "golden.h"
#include "source/dataset/dataset.h"
#include "surface/image.h"

const char *golden_path(struct ks_buf *buf, const char *name)
{
	const char *shared = getenv("KSURF_SHARED");
	buf->len = 0;
	ks_buf_printf(buf, "%s/%s", shared ? shared : KSURF_SOURCE_ROOT "/../shared", name);
	return ks_buf_text(buf);
}

static int surface_compare(const void *a, const void *b)
{
	return ks_image_compare(&(*(struct ks_surface *const *)a)->image,
				&(*(struct ks_surface *const *)b)->image);
}

struct ks_error *golden_load(struct golden_set *set)
{
	_cleanup_buf_ struct ks_buf path = { 0 };
	_cleanup_dataset_ struct ks_dataset *ds = NULL;
	struct stat st;
	*set = (struct golden_set){ 0 };
	if (stat(golden_path(&path, "depsurf-dataset-sample"), &st) < 0)
		return ks_error_new(KS_ERR_NOTFOUND, "no dataset sample");
	KS_TRY(ks_dataset_open(path.at, &ds));
	size_t nr = ks_dataset_count(ds);
	set->surfaces = calloc(nr, sizeof(*set->surfaces));
	set->images = calloc(nr, sizeof(*set->images));
	set->facts = calloc(nr, sizeof(*set->facts));
	if (!set->surfaces || !set->images || !set->facts)
		return &ks_nomem;
	for (; set->nr < nr; set->nr++)
		KS_TRY(ks_dataset_image(ds, set->nr, &set->surfaces[set->nr]));
	qsort(set->surfaces, nr, sizeof(*set->surfaces), surface_compare);
	for (size_t i = 0; i < nr; i++)
		set->images[i] = &set->surfaces[i]->image;
	return NULL;
}

void golden_unload(struct golden_set *set)
{
	for (size_t i = 0; i < set->nr; i++)
		ks_surface_free(set->surfaces[i]);
	free(set->surfaces);
	free(set->images);
	free(set->facts);
}

static const struct ks_decl *decl_find(const struct ks_surface *s, enum ks_kind kind,
				       const char *name)
{
	for (size_t i = 0; i < s->decls[kind].nr; i++)
		if (!strcmp(s->decls[kind].at[i].name, name))
			return &s->decls[kind].at[i];
	return NULL;
}

static const struct ks_member *member_find(const struct ks_decl *decl, const char *name)
{
	for (uint32_t i = 0; decl && i < decl->nr; i++)
		if (!strcmp(decl->members[i].name, name))
			return &decl->members[i];
	return NULL;
}

static void fact_function(const struct ks_surface *s, const char *name, struct ks_fact *fact)
{
	fact->decl = decl_find(s, KS_FUNCTION, name);
	for (size_t i = 0; i < s->nr_functions && !fact->function; i++)
		if (!strcmp(s->functions[i].name, name))
			fact->function = &s->functions[i];
	fact->present = fact->decl || fact->function;
}

static void fact_lsm(const struct ks_surface *s, const char *name, struct ks_fact *fact)
{
	char function[256];
	snprintf(function, sizeof(function), "security_%s", name);
	if (member_find(decl_find(s, KS_STRUCT, "security_hook_heads"), name))
		fact->decl = decl_find(s, KS_FUNCTION, function);
	fact->present = fact->decl;
}

static void fact_field(const struct ks_surface *s, const char *name, struct ks_fact *fact)
{
	char record[256];
	snprintf(record, sizeof(record), "%s", name);
	char *member = strstr(record, "::");
	if (!member)
		return;
	*member = '\0';
	fact->decl = decl_find(s, KS_STRUCT, record);
	if (!fact->decl)
		fact->decl = decl_find(s, KS_UNION, record);
	fact->member = member_find(fact->decl, member + 2);
	fact->present = fact->member;
}

static void fact_fill(const struct ks_surface *s, enum ks_kind kind, const char *name,
		      struct ks_fact *fact)
{
	switch (kind) {
	case KS_FUNCTION:
		fact_function(s, name, fact);
		break;
	case KS_LSM:
		fact_lsm(s, name, fact);
		break;
	case KS_FIELD:
		fact_field(s, name, fact);
		break;
	case KS_TRACEPOINT:
		for (size_t i = 0; i < s->nr_tracepoints; i++)
			if (!strcmp(s->tracepoints[i].event, name))
				fact->tracepoint = &s->tracepoints[i];
		fact->present = fact->tracepoint;
		break;
	case KS_SYSCALL:
		for (size_t i = 0; i < s->nr_syscalls; i++)
			if (!strcmp(s->syscalls[i].name, name)) {
				fact->present = true;
				fact->number = s->syscalls[i].number;
			}
		break;
	case KS_CONFIG:
		for (size_t i = 0; i < s->nr_options; i++)
			if (!strcmp(s->options[i].name, name))
				fact->value = s->options[i].value;
		fact->present = fact->value;
		break;
	case KS_KFUNC:
		fact->known = false; // the sample has none
		break;
	default:
		fact->decl = decl_find(s, kind, name);
		fact->present = fact->decl;
	}
}

struct ks_history golden_history(struct golden_set *set, enum ks_kind kind, const char *name)
{
	for (size_t i = 0; i < set->nr; i++) {
		set->facts[i] = (struct ks_fact){ .image = set->images[i], .known = true };
		fact_fill(set->surfaces[i], kind, name, &set->facts[i]);
	}
	return (struct ks_history){ kind, name, set->nr, set->facts };
}

size_t golden_each(const char *folder, void (*fn)(const char *path, void *arg), void *arg)
{
	struct dirent **entries = NULL;
	int nr = scandir(folder, &entries, NULL, alphasort);
	size_t files = 0;
	for (int i = 0; i < nr; i++) {
		_cleanup_buf_ struct ks_buf path = { 0 };
		struct stat st;
		ks_buf_printf(&path, "%s/%s", folder, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.' && stat(ks_buf_text(&path), &st) == 0) {
			if (S_ISDIR(st.st_mode)) {
				files += golden_each(path.at, fn, arg);
			} else {
				fn(path.at, arg);
				files++;
			}
		}
		free(entries[i]);
	}
	free(entries);
	return files;
}

static void title_read(struct golden_doc *doc)
{
	char title[32];
	doc->kind = KS_NR_KINDS;
	if (sscanf(doc->text.at, "# %31[^:]: <code>%255[^<]</code>", title, doc->name) != 2)
		return;
	for (doc->kind = 0; doc->kind < KS_NR_KINDS; doc->kind++)
		if (!strcmp(ks_kinds[doc->kind].title, title))
			return;
}

bool golden_read(const char *path, struct golden_doc *doc)
{
	char chunk[4096];
	FILE *file = fopen(path, "rb");
	doc->text.len = 0;
	if (!file)
		return false;
	for (size_t n; (n = fread(chunk, 1, sizeof(chunk), file));)
		ks_buf_bytes(&doc->text, chunk, n);
	fclose(file);
	if (!ks_buf_text(&doc->text))
		return false;
	title_read(doc);
	return true;
}
