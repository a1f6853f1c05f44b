/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "report/export/depsurf.h"
#include "report/show/writer.h"
#include "source/dataset/dataset_vocabulary.h"
#include "surface/image.h"
#include "surface/model.h"

enum {
	FLUSH_BYTES = 1 << 20,
	PUBLISHED_FORMAT = 4095, // bytes of a print format that the dataset keeps
};

/** A file on its way to its name. */
struct out {
	struct ks_buf buf;
	struct ks_json json; // into buf
	const struct ks_surface *surface;
	enum ks_kind kind; // of definitions
	int fd;
	int error; // errno of the first write that failed
};

static void flush(struct out *o)
{
	for (size_t done = 0; !o->error && done < o->buf.len;) {
		ssize_t n = write(o->fd, o->buf.at + done, o->buf.len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			o->error = errno;
	}
	o->buf.len = 0;
}

/** Begin the next line of a file that has one value a line. */
static struct ks_json *begin_line(struct out *o)
{
	o->json = ks_json_to(&o->buf, 0);
	return &o->json;
}

static void end_line(struct out *o)
{
	ks_buf_char(&o->buf, '\n');
	if (o->buf.len >= FLUSH_BYTES)
		flush(o);
}

/* ---- types ---- */

static void put_type(struct ks_json *j, const struct ks_type *type);

static void put_params(struct ks_json *j, const struct ks_type *proto)
{
	ks_json_key_open(j, "params", '[');
	for (uint32_t i = 0; i < proto->nr_params; i++) {
		ks_json_open(j, '{');
		ks_json_key_str(j, "name", proto->params[i].name);
		ks_json_key(j, "type");
		put_type(j, proto->params[i].type);
		ks_json_close(j, '}');
	}
	ks_json_close(j, ']');
}

static void put_type(struct ks_json *j, const struct ks_type *type)
{
	const char *inner = type->kind == KS_TYPE_PROTO ? "ret_type" : "type";
	ks_json_open(j, '{');
	if (type->kind == KS_TYPE_VOID)
		ks_json_key_str(j, "name", "void"); // the one kind that is named first
	ks_json_key_str(j, "kind", ks_dataset_type_words[type->kind]);
	bool named = type->kind != KS_TYPE_VOID && type->kind != KS_TYPE_PTR &&
		     type->kind != KS_TYPE_PROTO;
	if (named)
		ks_json_key_str(j, "name", type->name ? type->name : "(anon)");
	switch (type->kind) {
	case KS_TYPE_ENUM:
		ks_json_key_u64(j, "size", type->n);
		break;
	case KS_TYPE_FWD_STRUCT:
		ks_json_key_str(j, "fwd_kind", "struct");
		break;
	case KS_TYPE_FWD_UNION:
		ks_json_key_str(j, "fwd_kind", "union");
		break;
	case KS_TYPE_ARRAY:
		ks_json_key_u64(j, "nr_elems", type->n);
		break;
	case KS_TYPE_PROTO:
		put_params(j, type);
		break;
	default:
		break;
	}
	if (type->inner) {
		ks_json_key(j, inner);
		put_type(j, type->inner);
	}
	ks_json_close(j, '}');
}

static void put_members(struct ks_json *j, const struct ks_decl *decl)
{
	ks_json_key_open(j, "members", '[');
	for (uint32_t i = 0; i < decl->nr; i++) {
		const struct ks_member *m = &decl->members[i];
		ks_json_open(j, '{');
		ks_json_key_str(j, "name", m->name);
		ks_json_key_u64(j, "bits_offset", m->bits_offset);
		if (m->bitfield_size)
			ks_json_key_u64(j, "bitfield_size", m->bitfield_size);
		ks_json_key(j, "type");
		put_type(j, m->type);
		ks_json_close(j, '}');
	}
	ks_json_close(j, ']');
}

static void put_values(struct ks_json *j, const struct ks_decl *decl)
{
	ks_json_key_open(j, "values", '[');
	for (uint32_t i = 0; i < decl->nr; i++) {
		ks_json_open(j, '{');
		ks_json_key_str(j, "name", decl->values[i].name);
		ks_json_key_i64(j, "val", decl->values[i].value);
		ks_json_close(j, '}');
	}
	ks_json_close(j, ']');
}

static void put_decl(struct ks_json *j, const struct ks_decl *decl)
{
	if (!decl) {
		ks_json_null(j);
		return;
	}
	ks_json_open(j, '{');
	ks_json_key_str(j, "kind", ks_dataset_decl_words[decl->kind]);
	ks_json_key_str(j, "name", decl->name);
	if (decl->kind == KS_FUNCTION) {
		ks_json_key(j, "type");
		put_type(j, decl->type);
	} else {
		ks_json_key_u64(j, "size", decl->size);
	}
	if (decl->kind == KS_STRUCT || decl->kind == KS_UNION)
		put_members(j, decl);
	else if (decl->kind == KS_ENUM)
		put_values(j, decl);
	ks_json_close(j, '}');
}

/** An enum of 64 bits is an ENUM64 to BTF, and the dataset lists the ENUMs only. */
static bool published(const struct ks_decl *decl)
{
	return decl->kind != KS_ENUM || decl->size <= 4;
}

static void write_decls(struct out *o)
{
	for (size_t i = 0; i < o->surface->decls[o->kind].nr; i++) {
		if (!published(&o->surface->decls[o->kind].at[i]))
			continue;
		put_decl(begin_line(o), &o->surface->decls[o->kind].at[i]);
		end_line(o);
	}
}

/* ---- functions and symbols ---- */

/** @param text scratch */
static void put_entry(struct ks_json *j, const char *name, const struct ks_entry *e,
		      struct ks_buf *text)
{
	ks_json_open(j, '{');
	ks_json_key_u64(j, "addr", e->addr);
	ks_json_key_str(j, "name", name);
	ks_json_key_bool(j, "external", e->external);
	ks_json_key(j, "loc");
	if (e->loc_file && e->line != KS_NO_LINE) {
		text->len = 0;
		ks_buf_printf(text, "%s:%u", e->loc_file, e->line);
		ks_json_strn(j, text->at, text->len);
	} else {
		ks_json_str(j, e->loc_file);
	}
	ks_json_key_str(j, "file", e->file);
	ks_json_key_str(j, "inline", ks_inline_texts[e->inlined]);
	ks_published_callers(j, "caller_inline", e->inline_callers, e->nr_inline_callers, text);
	ks_published_callers(j, "caller_func", e->direct_callers, e->nr_direct_callers, text);
	ks_json_close(j, '}');
}

/** A symbol fact by its word, or as a number when it has none. */
static void put_word(struct ks_json *j, const char *key, const char *const *words, uint8_t value)
{
	ks_json_key(j, key);
	if (value < KS_NR_SYMBOL_WORDS && words[value])
		ks_json_str(j, words[value]);
	else
		ks_json_u64(j, value);
}

static void put_group_symbol(struct ks_json *j, const struct ks_symbol *sym)
{
	ks_json_open(j, '{');
	ks_json_key_u64(j, "addr", sym->addr);
	ks_json_key_str(j, "name", sym->name);
	ks_json_key_str(j, "section", sym->section);
	put_word(j, "bind", ks_dataset_bind_words, sym->bind);
	ks_json_key_u64(j, "size", sym->size);
	ks_json_close(j, '}');
}

static void write_func_groups(struct out *o)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	for (size_t i = 0; i < o->surface->nr_functions; i++) {
		const struct ks_function *fn = &o->surface->functions[i];
		if (fn->nr_entries == 0)
			continue; // only a symbol tells of it
		struct ks_json *j = begin_line(o);
		ks_json_open(j, '{');
		ks_json_key_str(j, "name", fn->name);
		ks_json_key_str(j, "collision_type", ks_collision_texts[ks_function_collision(fn)]);
		ks_json_key_str(j, "inline_type",
				ks_inline_class_texts[ks_function_inline_class(fn)]);
		ks_json_key_open(j, "funcs", '[');
		for (uint32_t k = 0; k < fn->nr_entries; k++)
			put_entry(j, fn->name, &fn->entries[k], &text);
		ks_json_close(j, ']');
		ks_json_key_open(j, "symbols", '[');
		for (uint32_t k = 0; k < fn->nr_symbols; k++)
			put_group_symbol(j, &fn->symbols[k]);
		ks_json_close(j, ']');
		ks_json_close(j, '}');
		end_line(o);
	}
	o->buf.failed |= text.failed;
}

static void write_symtab(struct out *o)
{
	for (size_t i = 0; i < o->surface->nr_symbols; i++) {
		const struct ks_symbol *sym = &o->surface->symbols[i];
		// The dataset takes three bits of st_other for the visibility, ELF two.
		uint8_t visibility = (uint8_t)((sym->visibility & 3) | (sym->other & 1) << 2);
		struct ks_json *j = begin_line(o);
		ks_json_open(j, '{');
		ks_json_key_str(j, "name", sym->name);
		ks_json_key_str(j, "section", sym->section);
		put_word(j, "bind", ks_dataset_bind_words, sym->bind);
		put_word(j, "type", ks_dataset_type_of_symbol_words,
			 sym->type == KS_STT_UNTOLD ? STT_NOTYPE : sym->type);
		ks_json_key_u64(j, "local", sym->other >> 3);
		put_word(j, "visibility", ks_dataset_visibility_words, visibility);
		ks_json_key_u64(j, "value", sym->addr);
		ks_json_key_u64(j, "size", sym->size);
		ks_json_close(j, '}');
		end_line(o);
	}
}

/* ---- the rest ---- */

static void write_tracepoints(struct out *o)
{
	for (size_t i = 0; i < o->surface->nr_tracepoints; i++) {
		const struct ks_tracepoint *tp = &o->surface->tracepoints[i];
		struct ks_json *j = begin_line(o);
		ks_json_open(j, '{');
		ks_json_key_str(j, "class_name", tp->class_name);
		ks_json_key_str(j, "event_name", tp->event);
		ks_json_key_str(j, "func_name", tp->func_name);
		ks_json_key_str(j, "struct_name", tp->struct_name);
		ks_json_key(j, "fmt_str");
		if (tp->format)
			ks_json_strn(j, tp->format, strnlen(tp->format, PUBLISHED_FORMAT));
		else
			ks_json_null(j);
		ks_json_key(j, "func");
		put_decl(j, tp->func);
		ks_json_key(j, "struct");
		put_decl(j, tp->record);
		ks_json_close(j, '}');
		end_line(o);
	}
}

static void write_syscalls(struct out *o)
{
	o->json = ks_json_to(&o->buf, 2);
	ks_json_open(&o->json, '{');
	for (size_t i = 0; i < o->surface->nr_syscalls; i++) {
		char number[12];
		if (!ks_syscall_has_number(o->surface->syscalls[i].number))
			continue;
		snprintf(number, sizeof(number), "%u", o->surface->syscalls[i].number);
		ks_json_key_str(&o->json, number, o->surface->syscalls[i].name);
	}
	ks_json_close(&o->json, '}');
}

static void write_config(struct out *o)
{
	ks_buf_str(&o->buf, o->surface->config);
}

static void write_comment(struct out *o)
{
	ks_buf_str(&o->buf, o->surface->image.compiler);
}

/* ---- files ---- */

/** How each file is written, and the kind whose being known it shows. */
static const struct file_kind {
	void (*write)(struct out *o);
	enum ks_kind kind;
} file_kinds[KS_NR_DATASET_FILES] = {
	[KS_DATASET_FUNC_GROUPS] = { write_func_groups, KS_FUNCTION },
	[KS_DATASET_TYPES_FUNC] = { write_decls, KS_FUNCTION },
	[KS_DATASET_TYPES_STRUCT] = { write_decls, KS_STRUCT },
	[KS_DATASET_TYPES_UNION] = { write_decls, KS_UNION },
	[KS_DATASET_TYPES_ENUM] = { write_decls, KS_ENUM },
	[KS_DATASET_TYPES_INT] = { write_decls, KS_INT },
	[KS_DATASET_SYMTAB] = { write_symtab, 0 },
	[KS_DATASET_TRACEPOINTS] = { write_tracepoints, KS_TRACEPOINT },
	[KS_DATASET_SYSCALLS] = { write_syscalls, KS_SYSCALL },
	[KS_DATASET_CONFIG] = { write_config, KS_CONFIG },
	[KS_DATASET_COMMENT] = { write_comment, 0 },
};

static bool is_known(const struct ks_surface *s, enum ks_dataset_file_kind which)
{
	switch (which) {
	case KS_DATASET_FUNC_GROUPS: // a list without inlined functions would say that there are none
		return s->known & KS_KNOWS(KS_FUNCTION) && ks_image_tells_inline(&s->image);
	case KS_DATASET_TYPES_FUNC: // groups may be known without prototypes, and the reverse
		return s->decls[KS_FUNCTION].nr > 0;
	case KS_DATASET_SYMTAB:
		return s->symtab_known && ks_image_tells_inline(&s->image); // kallsyms knows less
	case KS_DATASET_CONFIG:
		return s->config != NULL;
	case KS_DATASET_COMMENT:
		return s->image.compiler != NULL;
	default:
		return s->known & KS_KNOWS(file_kinds[which].kind);
	}
}

/** Write all of it into an open file. */
static struct ks_error *write_out(const struct ks_surface *surface, const struct file_kind *kind,
				  int fd)
{
	struct out o = { .fd = fd, .surface = surface, .kind = kind->kind };
	kind->write(&o);
	flush(&o);
	struct ks_error *err = ks_buf_error(&o.buf);
	if (!err && o.error) {
		errno = o.error;
		err = ks_error_new(KS_ERR_IO, "cannot write: %m");
	}
	ks_buf_deinit(&o.buf);
	return err;
}

/** Write a file under a temporary name beside path and give it that name when it is whole. */
static struct ks_error *write_file(const struct ks_surface *surface, const struct file_kind *kind,
				   const char *path)
{
	_cleanup_buf_ struct ks_buf temp = { 0 };
	ks_buf_printf(&temp, "%s.XXXXXX", path);
	char *name = (char *)ks_buf_text(&temp);
	if (!name)
		return &ks_nomem;
	int fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return ks_error_new(KS_ERR_IO, "%s: cannot create: %m", name);
	struct ks_error *err = write_out(surface, kind, fd);
	if (!err && fchmod(fd, 0644) != 0)
		err = ks_error_new(KS_ERR_IO, "cannot set the mode: %m");
	if (close(fd) != 0 && !err)
		err = ks_error_new(KS_ERR_IO, "cannot write: %m");
	if (!err && rename(name, path) != 0)
		err = ks_error_new(KS_ERR_IO, "cannot rename to this: %m");
	if (err)
		unlink(name);
	return ks_error_in_file(err, path);
}

static struct ks_error *make_dir(const char *path)
{
	if (mkdir(path, 0777) == 0 || errno == EEXIST)
		return NULL;
	return ks_error_new(KS_ERR_IO, "%s: cannot make this directory: %m", path);
}

struct ks_error *ks_export_depsurf(const struct ks_surface *surface, const char *dir)
{
	const char *label = surface->image.label;
	if (!label || !*label || *label == '.' || strchr(label, '/'))
		return ks_error_new(KS_ERR_USAGE, "image label \"%s\" cannot be a file name",
				    label ? label : "");
	KS_TRY(make_dir(dir));
	_cleanup_buf_ struct ks_buf path = { 0 };
	for (enum ks_dataset_file_kind which = 0; which < KS_NR_DATASET_FILES; which++) {
		if (!is_known(surface, which))
			continue;
		path.len = 0;
		ks_buf_printf(&path, "%s/%s", dir, ks_dataset_files[which].folder);
		const char *folder = ks_buf_text(&path);
		if (!folder)
			return &ks_nomem;
		KS_TRY(make_dir(folder));
		ks_buf_printf(&path, "/%s%s", label, ks_dataset_files[which].suffix);
		const char *file = ks_buf_text(&path);
		if (!file)
			return &ks_nomem;
		KS_TRY(write_file(surface, &file_kinds[which], file));
	}
	return NULL;
}
