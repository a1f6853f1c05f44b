/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening BTF: where its parts are, where each type starts, and that everything in it lies inside. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/vector.h"
#include "btf/private.h"

enum {
	MAGIC = 0xeb9f,
	VERSION = 1,
	HEADER_BYTES = 24,	  // as it has always been
	LAYOUT_HEADER_BYTES = 32, // since Linux 7.1: with the place of the layout section
	LAYOUT_BYTES = 4,
	MAX_TOTAL = 1 << 30, // ids, bytes of text: sums stay far from 32 bits
};

/** What follows the common part of a kind, and what of it refers to something. */
static const struct shape {
	uint8_t fixed, each;	 // bytes once, and bytes for each of vlen
	bool refers;		 // the word behind info is a type
	int8_t name_at, type_at; // words of each element, -1: none
} shapes[KS_NR_BTF_KINDS] = {
	[KS_BTF_INT] = { 4, 0, false, -1, -1 },	    [KS_BTF_PTR] = { 0, 0, true, -1, -1 },
	[KS_BTF_ARRAY] = { 12, 0, false, -1, -1 },  [KS_BTF_STRUCT] = { 0, 12, false, 0, 1 },
	[KS_BTF_UNION] = { 0, 12, false, 0, 1 },    [KS_BTF_ENUM] = { 0, 8, false, 0, -1 },
	[KS_BTF_FWD] = { 0, 0, false, -1, -1 },	    [KS_BTF_TYPEDEF] = { 0, 0, true, -1, -1 },
	[KS_BTF_VOLATILE] = { 0, 0, true, -1, -1 }, [KS_BTF_CONST] = { 0, 0, true, -1, -1 },
	[KS_BTF_RESTRICT] = { 0, 0, true, -1, -1 }, [KS_BTF_FUNC] = { 0, 0, true, -1, -1 },
	[KS_BTF_FUNC_PROTO] = { 0, 8, true, 0, 1 }, [KS_BTF_VAR] = { 4, 0, true, -1, -1 },
	[KS_BTF_DATASEC] = { 0, 12, false, -1, 0 }, [KS_BTF_FLOAT] = { 0, 0, false, -1, -1 },
	[KS_BTF_DECL_TAG] = { 4, 0, true, -1, -1 }, [KS_BTF_TYPE_TAG] = { 0, 0, true, -1, -1 },
	[KS_BTF_ENUM64] = { 0, 12, false, 0, -1 },
};

/** A blob while it is opened. */
struct opening {
	struct ks_btf *btf;
	const uint8_t *bytes;
	size_t len;
	uint32_t header_len;
	const uint8_t *layout; // LAYOUT_BYTES for each kind from 0 on
	uint32_t nr_layouts;
};

KS_PRINTF(3, 4)
static struct ks_error *broken(const struct opening *o, const void *at, const char *fmt, ...)
{
	char text[160];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return ks_error_at(ks_error_new(KS_ERR_DATA, "%s", text), ".BTF",
			   (uint64_t)((const uint8_t *)at - o->bytes));
}

/** A part of the blob that the header tells of. */
static struct ks_error *part(const struct opening *o, const char *what, uint32_t offset,
			     uint32_t len, uint32_t align, const uint8_t **ret)
{
	uint64_t end = (uint64_t)o->header_len + offset + len;
	if (end > o->len)
		return broken(o, o->bytes, "the %s end at byte %llu of %zu: the data is truncated",
			      what, (unsigned long long)end, o->len);
	if (offset % align || len % align)
		return broken(o, o->bytes, "the %s are not aligned to %u bytes", what, align);
	*ret = o->bytes + o->header_len + offset;
	return NULL;
}

static struct ks_error *read_byte_order(struct opening *o, struct ks_cursor *c)
{
	uint16_t magic = ks_cursor_u16(c);
	if (c->why || (magic != MAGIC && magic != bswap_16(MAGIC)))
		return broken(o, o->bytes, "not BTF: it does not begin with the number 0xeb9f");
	o->btf->swap = c->swap = magic != MAGIC;
	o->btf->big_endian = c->swap == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
	return NULL;
}

static struct ks_error *read_header(struct opening *o)
{
	struct ks_btf *btf = o->btf;
	struct ks_cursor c = ks_cursor_over(o->bytes, o->len, false);
	KS_TRY(read_byte_order(o, &c));
	uint8_t version = ks_cursor_u8(&c);
	ks_cursor_u8(&c); // flags: none is defined
	o->header_len = ks_cursor_u32(&c);
	uint32_t type_off = ks_cursor_u32(&c), string_off;
	btf->types_len = ks_cursor_u32(&c);
	string_off = ks_cursor_u32(&c);
	btf->strings_len = ks_cursor_u32(&c);
	if (c.why || o->header_len < HEADER_BYTES || o->header_len > o->len)
		return broken(o, o->bytes, "the header of %u bytes does not fit", o->header_len);
	if (version != VERSION)
		return ks_error_at(ks_error_new(KS_ERR_UNSUPPORTED,
						"BTF of version %u; ksurf knows version %d",
						version, VERSION),
				   ".BTF", 2);
	const uint8_t *strings = NULL;
	KS_TRY(part(o, "types", type_off, btf->types_len, 4, &btf->types));
	KS_TRY(part(o, "strings", string_off, btf->strings_len, 1, &strings));
	btf->strings = (const char *)strings;
	if (btf->strings_len && btf->strings[btf->strings_len - 1] != '\0')
		return broken(o, strings, "the strings do not end with a NUL");
	if (o->header_len < LAYOUT_HEADER_BYTES)
		return NULL;
	uint32_t layout_off = ks_cursor_u32(&c), layout_len = ks_cursor_u32(&c);
	o->nr_layouts = layout_len / LAYOUT_BYTES;
	return part(o, "layouts", layout_off, layout_len, LAYOUT_BYTES, &o->layout);
}

/** How many bytes follow the common part of a type. */
static struct ks_error *extra_bytes(const struct opening *o, const uint8_t *at, uint32_t id,
				    uint64_t *ret)
{
	uint32_t info = ks_btf_word(o->btf, at + 4);
	uint8_t kind = ks_btf_info_kind(info);
	uint64_t fixed, each;
	if (kind > KS_BTF_VOID && kind < KS_NR_BTF_KINDS) {
		fixed = shapes[kind].fixed;
		each = shapes[kind].each;
	} else if (kind && kind < o->nr_layouts) {
		fixed = o->layout[kind * LAYOUT_BYTES];
		each = o->layout[kind * LAYOUT_BYTES + 1];
	} else if (!kind) {
		return broken(o, at, "type %u has no kind", id);
	} else {
		return ks_error_at(
			ks_error_new(KS_ERR_UNSUPPORTED,
				     "type %u is of kind %u, which ksurf does not know, and no "
				     "layout says how long it is",
				     id, kind),
			".BTF", (uint64_t)(at - o->bytes));
	}
	*ret = fixed + each * ks_btf_info_vlen(info);
	if (fixed % 4 || each % 4)
		return broken(o, at, "the layout of kind %u is no multiple of 4 bytes", kind);
	return NULL;
}

/** Note where each type starts. */
static struct ks_error *index_types(const struct opening *o)
{
	struct ks_btf *btf = o->btf;
	struct ks_cursor c = ks_cursor_over(btf->types, btf->types_len, btf->swap);
	// most kernels have some 36 bytes a type
	KS_VECTOR(uint32_t) offsets = { 0 };
	struct ks_error *err = ks_vector_reserve(&offsets, btf->types_len / 32) ? NULL : &ks_nomem;
	while (!err && ks_cursor_more(&c)) {
		const uint8_t *at = c.pos;
		uint64_t extra = 0;
		if (!ks_vector_add(&offsets, (uint32_t)(at - btf->types)))
			err = &ks_nomem;
		else if (ks_cursor_take(&c, KS_BTF_COMMON_BYTES))
			err = extra_bytes(o, at, btf->nr, &extra);
		if (!err && !ks_cursor_take(&c, extra))
			err = broken(o, at, "type %u runs past the end of the types", btf->nr);
		if (!err && ++btf->nr > MAX_TOTAL)
			err = broken(o, at, "more types than any program has");
	}
	btf->offsets = offsets.at;
	return err;
}

static struct ks_error *check_name(const struct opening *o, const uint8_t *at, uint32_t id)
{
	const struct ks_btf *btf = o->btf;
	uint32_t name = ks_btf_word(btf, at);
	return !name || name < btf->first_string + btf->strings_len
		       ? NULL
		       : broken(o, at, "type %u has a name at byte %u of %u bytes of strings", id,
				name, btf->first_string + btf->strings_len);
}

static struct ks_error *check_type(const struct opening *o, const uint8_t *at, uint32_t id)
{
	uint32_t type = ks_btf_word(o->btf, at);
	return type < o->btf->nr
		       ? NULL
		       : broken(o, at, "type %u refers to type %u of %u", id, type, o->btf->nr);
}

static struct ks_error *check_record(const struct opening *o, const uint8_t *at, uint32_t id)
{
	uint32_t info = ks_btf_word(o->btf, at + 4);
	uint8_t kind = ks_btf_info_kind(info);
	if (kind >= KS_NR_BTF_KINDS)
		return NULL; // nobody reads what it refers to
	const struct shape *shape = &shapes[kind];
	KS_TRY(check_name(o, at, id));
	if (shape->refers)
		KS_TRY(check_type(o, at + 8, id));
	const uint8_t *extra = at + KS_BTF_COMMON_BYTES;
	if (kind == KS_BTF_ARRAY) {
		KS_TRY(check_type(o, extra, id));
		return check_type(o, extra + 4, id);
	}
	uint32_t nr = shape->each ? ks_btf_info_vlen(info) : 0;
	for (uint32_t i = 0; i < nr; i++, extra += shape->each) {
		if (shape->name_at >= 0)
			KS_TRY(check_name(o, extra + 4 * shape->name_at, id));
		if (shape->type_at >= 0)
			KS_TRY(check_type(o, extra + 4 * shape->type_at, id));
	}
	return NULL;
}

static struct ks_error *check_records(const struct opening *o)
{
	const struct ks_btf *btf = o->btf;
	for (uint32_t id = btf->first_id; id < btf->nr; id++)
		KS_TRY(check_record(o, btf->types + btf->offsets[id - btf->first_id], id));
	return NULL;
}

struct ks_error *ks_btf_open(const void *bytes, size_t len, const struct ks_btf *base,
			     struct ks_btf **ret)
{
	_cleanup_btf_ struct ks_btf *btf = calloc(1, sizeof(*btf));
	if (!btf)
		return &ks_nomem;
	btf->base = base;
	btf->first_id = btf->nr = base ? base->nr : 1;
	btf->first_string = base ? base->first_string + base->strings_len : 0;
	struct opening o = { .btf = btf, .bytes = bytes, .len = len };
	KS_TRY(read_header(&o));
	if (base && base->swap != btf->swap)
		return broken(&o, bytes, "split BTF and its base have different byte orders");
	if (btf->strings_len > MAX_TOTAL - btf->first_string)
		return broken(&o, bytes, "more strings than any program has");
	KS_TRY(index_types(&o));
	KS_TRY(check_records(&o));
	*ret = ks_take(btf);
	return NULL;
}

void ks_btf_close(struct ks_btf *btf)
{
	if (!btf)
		return;
	free(btf->offsets);
	free(btf);
}
