/* SPDX-License-Identifier: BSD-2-Clause */
#include "surface/codec.h"

#include "surface/codec_private.h"

/*
 * A type is one head byte and what its kind carries:
 *	bits 0-3  enum ks_type_kind; KS_TYPE_TAG always has a name, and without bit 4 it is NO_TYPE
 *	bit 4     a name follows
 *	bit 5     the number n follows (enum size, array length)
 *	bit 6     what it holds follows: size, and members or values
 * then name, n, body, inner type and parameters, as far as the kind has them.
 */
enum {
	NO_TYPE = 15,
	TYPE_KIND = 15,
	TYPE_NAMED = 16,
	TYPE_NUMBER = 32,
	TYPE_BODY = 64,
	TYPE_BITS = 127,
};
_Static_assert((int)KS_TYPE_TAG == (int)NO_TYPE && (int)KS_NR_TYPE_KINDS == (int)NO_TYPE + 1,
	       "type kinds no longer fit into four bits");

const char ks_codec_nomem[] = "out of memory";

/** Where a tree of types is written. Types are shared, their bytes are not: limit ends a tree that explodes. */
struct place {
	unsigned int depth;
	size_t limit; // of the buffer's length
};

/** With the kind of a declaration: its module follows the name. */
enum { DECL_MODULE = 128 };

/** What follows name and number, by kind. */
static const struct {
	bool inner, params, body;
	enum ks_kind kind; // of the body
} type_shapes[KS_NR_TYPE_KINDS] = {
	[KS_TYPE_STRUCT] = { .body = true, .kind = KS_STRUCT },
	[KS_TYPE_UNION] = { .body = true, .kind = KS_UNION },
	[KS_TYPE_ENUM] = { .body = true, .kind = KS_ENUM },
	[KS_TYPE_PTR] = { .inner = true },
	[KS_TYPE_CONST] = { .inner = true },
	[KS_TYPE_VOLATILE] = { .inner = true },
	[KS_TYPE_RESTRICT] = { .inner = true },
	[KS_TYPE_ARRAY] = { .inner = true },
	[KS_TYPE_PROTO] = { .inner = true, .params = true },
	[KS_TYPE_TAG] = { .inner = true },
};

static void put_members(struct ks_buf *buf, const struct ks_decl *decl, const struct place *at);
static void put_values(struct ks_buf *buf, const struct ks_decl *decl);

static void put_type(struct ks_buf *buf, const struct ks_type *type, const struct place *at)
{
	if (!type || at->depth >= KS_CODEC_DEPTH || buf->len >= at->limit) {
		ks_buf_char(buf, NO_TYPE);
		return;
	}
	const struct place below = { at->depth + 1, at->limit };
	const struct ks_decl *body = type->name ? NULL : type->body;
	bool has_body = body && type_shapes[type->kind].body;
	ks_buf_char(buf, (char)((int)type->kind | (type->name ? TYPE_NAMED : 0) |
				(type->n ? TYPE_NUMBER : 0) | (has_body ? TYPE_BODY : 0)));
	if (type->name)
		ks_buf_strz(buf, type->name);
	if (type->n)
		ks_buf_uleb(buf, type->n);
	if (has_body)
		ks_buf_uleb(buf, body->size);
	if (has_body && type->kind == KS_TYPE_ENUM)
		put_values(buf, body);
	else if (has_body)
		put_members(buf, body, &below);
	if (type_shapes[type->kind].inner)
		put_type(buf, type->inner, &below);
	if (!type_shapes[type->kind].params)
		return;
	ks_buf_uleb(buf, type->nr_params);
	for (uint32_t i = 0; i < type->nr_params; i++) {
		ks_buf_strz(buf, type->params[i].name);
		put_type(buf, type->params[i].type, &below);
	}
}

void ks_codec_put_type(struct ks_buf *buf, const struct ks_type *type)
{
	const struct place top = { 0, buf->len + KS_CODEC_TREE };
	put_type(buf, type, &top);
}

/** A type that the model always has: void where the bytes leave it out, as they do below the deepest level. */
static const struct ks_type *get_present(struct ks_cursor *c, struct ks_arena *arena,
					 unsigned int depth)
{
	static const struct ks_type nothing = { .kind = KS_TYPE_VOID };
	const struct ks_type *type = ks_codec_get_type(c, arena, depth);
	return type ? type : &nothing;
}

static void get_members(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *decl,
			unsigned int depth);
static void get_values(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *decl);

static const struct ks_decl *get_body(struct ks_cursor *c, struct ks_arena *arena,
				      const struct ks_type *type, unsigned int depth)
{
	struct ks_decl *body = ks_arena_alloc(arena, sizeof(*body));
	if (!body) {
		ks_cursor_fail(c, ks_codec_nomem);
		return NULL;
	}
	*body = (struct ks_decl){ .kind = type_shapes[type->kind].kind, .size = ks_cursor_uleb(c) };
	if (body->kind == KS_ENUM)
		get_values(c, arena, body);
	else
		get_members(c, arena, body, depth);
	return body;
}

/** A body belongs to what can be unnamed, and is. */
static bool known_head(uint8_t head)
{
	unsigned int kind = head & TYPE_KIND;
	if (head > TYPE_BITS || (kind == KS_TYPE_TAG && !(head & TYPE_NAMED)))
		return false;
	return !(head & TYPE_BODY) || (type_shapes[kind].body && !(head & TYPE_NAMED));
}

static const struct ks_param *get_params(struct ks_cursor *c, struct ks_arena *arena,
					 unsigned int depth, uint32_t *nr)
{
	struct ks_param *params = ks_codec_get_array(c, arena, sizeof(*params), 2, nr);
	for (uint32_t i = 0; params && i < *nr; i++) {
		params[i].name = ks_cursor_str(c);
		params[i].type = get_present(c, arena, depth);
	}
	return params;
}

const struct ks_type *ks_codec_get_type(struct ks_cursor *c, struct ks_arena *arena,
					unsigned int depth)
{
	uint8_t head = ks_cursor_u8(c);
	if (c->why || head == NO_TYPE)
		return NULL;
	unsigned int kind = head & TYPE_KIND;
	if (!known_head(head) || depth >= KS_CODEC_DEPTH) {
		ks_cursor_fail(c, depth >= KS_CODEC_DEPTH ? "types are nested too deeply"
							  : "unknown kind of type");
		return NULL;
	}
	struct ks_type *type = ks_arena_alloc(arena, sizeof(*type));
	if (!type) {
		ks_cursor_fail(c, ks_codec_nomem);
		return NULL;
	}
	*type = (struct ks_type){ .kind = (enum ks_type_kind)kind };
	if (head & TYPE_NAMED)
		type->name = ks_cursor_str(c);
	if (head & TYPE_NUMBER)
		type->n = ks_cursor_uleb(c);
	if (head & TYPE_BODY)
		type->body = get_body(c, arena, type, depth + 1);
	if (type_shapes[kind].inner)
		type->inner = get_present(c, arena, depth + 1);
	if (type_shapes[kind].params)
		type->params = get_params(c, arena, depth + 1, &type->nr_params);
	return type;
}

void ks_codec_check_proto(struct ks_cursor *c, const struct ks_type *type)
{
	if (!type || type->kind != KS_TYPE_PROTO)
		ks_cursor_fail(c, "type of a function is no prototype");
}

/** Members or values. */
static void skip_body(struct ks_cursor *c, enum ks_kind kind, unsigned int depth)
{
	ks_cursor_uleb(c); // its size
	uint64_t nr = ks_cursor_uleb(c);
	while (nr-- && !c->why) {
		ks_cursor_str(c);
		if (kind != KS_ENUM)
			ks_codec_skip_type(c, depth);
		ks_cursor_uleb(c);
		if (kind != KS_ENUM)
			ks_cursor_uleb(c);
	}
}

void ks_codec_skip_type(struct ks_cursor *c, unsigned int depth)
{
	uint8_t head = ks_cursor_u8(c);
	if (c->why || head == NO_TYPE)
		return;
	unsigned int kind = head & TYPE_KIND;
	if (!known_head(head) || depth >= KS_CODEC_DEPTH) {
		ks_cursor_fail(c, "type cannot be skipped");
		return;
	}
	if (head & TYPE_NAMED)
		ks_cursor_str(c);
	if (head & TYPE_NUMBER)
		ks_cursor_uleb(c);
	if (head & TYPE_BODY)
		skip_body(c, type_shapes[kind].kind, depth + 1);
	if (type_shapes[kind].inner)
		ks_codec_skip_type(c, depth + 1);
	uint64_t nr = type_shapes[kind].params ? ks_cursor_uleb(c) : 0;
	while (nr-- && !c->why) { // each takes bytes: the cursor ends it
		ks_cursor_str(c);
		ks_codec_skip_type(c, depth + 1);
	}
}

void ks_codec_put_text(struct ks_buf *buf, const char *text)
{
	ks_buf_char(buf, text != NULL);
	if (text)
		ks_buf_strz(buf, text);
}

const char *ks_codec_get_text(struct ks_cursor *c)
{
	return ks_cursor_u8(c) ? ks_cursor_str(c) : NULL;
}

void *ks_codec_get_array(struct ks_cursor *c, struct ks_arena *arena, size_t size, size_t min_bytes,
			 uint32_t *nr)
{
	*nr = 0;
	uint64_t want = ks_cursor_uleb(c);
	if (c->why || want == 0)
		return NULL;
	if (want > (uint64_t)(c->end - c->pos) / min_bytes || want > UINT32_MAX) {
		ks_cursor_fail(c, "count is larger than the bytes that are left");
		return NULL;
	}
	void *array = ks_arena_array(arena, (size_t)want, size);
	if (!array) {
		ks_cursor_fail(c, ks_codec_nomem);
		return NULL;
	}
	memset(array, 0, (size_t)want * size); // what is read before a failure stays well-formed
	*nr = (uint32_t)want;
	return array;
}

struct ks_error *ks_codec_error(const struct ks_cursor *c, const char *what)
{
	if (!c->why)
		return NULL;
	if (c->why == ks_codec_nomem)
		return &ks_nomem;
	return ks_error_at(ks_error_new(KS_ERR_DATA, "damaged %s: %s", what, c->why), "definition",
			   ks_cursor_offset(c));
}

static void put_members(struct ks_buf *buf, const struct ks_decl *decl, const struct place *at)
{
	uint64_t last = 0; // members mostly follow one another: distances are short
	ks_buf_uleb(buf, decl->nr);
	for (uint32_t i = 0; i < decl->nr; i++) {
		const struct ks_member *m = &decl->members[i];
		ks_buf_strz(buf, m->name);
		put_type(buf, m->type, at);
		ks_buf_zigzag(buf, (int64_t)(m->bits_offset - last));
		ks_buf_uleb(buf, m->bitfield_size);
		last = m->bits_offset;
	}
}

static void get_members(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *decl,
			unsigned int depth)
{
	uint64_t at = 0;
	struct ks_member *members = ks_codec_get_array(c, arena, sizeof(*members), 4, &decl->nr);
	for (uint32_t i = 0; members && i < decl->nr; i++) {
		members[i].name = ks_cursor_str(c);
		members[i].type = get_present(c, arena, depth);
		members[i].bits_offset = at += (uint64_t)ks_cursor_zigzag(c);
		members[i].bitfield_size = (uint32_t)ks_cursor_uleb(c);
	}
	decl->members = members;
}

static void put_values(struct ks_buf *buf, const struct ks_decl *decl)
{
	uint64_t last = 0;
	ks_buf_uleb(buf, decl->nr);
	for (uint32_t i = 0; i < decl->nr; i++) {
		const struct ks_enumerator *v = &decl->values[i];
		ks_buf_strz(buf, v->name);
		ks_buf_zigzag(buf, (int64_t)((uint64_t)v->value - last));
		last = (uint64_t)v->value;
	}
}

static void get_values(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *decl)
{
	uint64_t last = 0;
	struct ks_enumerator *values = ks_codec_get_array(c, arena, sizeof(*values), 2, &decl->nr);
	for (uint32_t i = 0; values && i < decl->nr; i++) {
		values[i].name = ks_cursor_str(c);
		last += (uint64_t)ks_cursor_zigzag(c);
		values[i].value = (int64_t)last;
	}
	decl->values = values;
}

void ks_codec_put_content(struct ks_buf *buf, const struct ks_decl *decl)
{
	const struct place top = { 0, buf->len + KS_CODEC_TREE };
	ks_buf_uleb(buf, decl->size);
	put_type(buf, decl->type, &top);
	if (decl->kind == KS_STRUCT || decl->kind == KS_UNION)
		put_members(buf, decl, &top);
	else if (decl->kind == KS_ENUM)
		put_values(buf, decl);
}

void ks_codec_put_decl(struct ks_buf *buf, const struct ks_decl *decl)
{
	ks_buf_char(buf, (char)((int)decl->kind | (decl->module ? DECL_MODULE : 0)));
	ks_buf_strz(buf, decl->name);
	if (decl->module)
		ks_buf_strz(buf, decl->module);
	ks_codec_put_content(buf, decl);
}

void ks_codec_get_content(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *ret)
{
	ret->size = ks_cursor_uleb(c);
	ret->type = ks_codec_get_type(c, arena, 0);
	if (ret->kind == KS_FUNCTION)
		ks_codec_check_proto(c, ret->type);
	else if (ret->kind == KS_TYPEDEF && !ret->type)
		ks_cursor_fail(c, "typedef stands for nothing");
	if (ret->kind == KS_STRUCT || ret->kind == KS_UNION)
		get_members(c, arena, ret, 0);
	else if (ret->kind == KS_ENUM)
		get_values(c, arena, ret);
}

static void get_decl(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *ret)
{
	uint8_t head = ks_cursor_u8(c), kind = head & ~DECL_MODULE;
	if (kind > KS_INT)
		ks_cursor_fail(c, "unknown kind of declaration");
	*ret = (struct ks_decl){ .kind = c->why ? KS_INT : (enum ks_kind)kind };
	ret->name = ks_cursor_str(c);
	if (head & DECL_MODULE)
		ret->module = ks_cursor_str(c);
	ks_codec_get_content(c, arena, ret);
}

struct ks_error *ks_codec_get_decl(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *ret)
{
	get_decl(c, arena, ret);
	return ks_codec_error(c, "declaration");
}

struct ks_error *ks_codec_decl_name(struct ks_cursor c, const char **ret)
{
	ks_cursor_u8(&c); // its kind
	const char *name = ks_cursor_str(&c);
	KS_TRY(ks_codec_error(&c, "declaration"));
	*ret = name;
	return NULL;
}

static void put_optional_decl(struct ks_buf *buf, const struct ks_decl *decl)
{
	ks_buf_char(buf, decl != NULL);
	if (decl)
		ks_codec_put_decl(buf, decl);
}

static const struct ks_decl *get_optional_decl(struct ks_cursor *c, struct ks_arena *arena)
{
	if (!ks_cursor_u8(c))
		return NULL;
	struct ks_decl *decl = ks_arena_alloc(arena, sizeof(*decl));
	if (!decl) {
		ks_cursor_fail(c, ks_codec_nomem);
		return NULL;
	}
	get_decl(c, arena, decl);
	return decl;
}

void ks_codec_put_tracepoint(struct ks_buf *buf, const struct ks_tracepoint *tp)
{
	ks_buf_strz(buf, tp->event);
	ks_codec_put_text(buf, tp->class_name);
	ks_codec_put_text(buf, tp->func_name);
	ks_codec_put_text(buf, tp->struct_name);
	ks_codec_put_text(buf, tp->format);
	ks_codec_put_text(buf, tp->system);
	put_optional_decl(buf, tp->func);
	put_optional_decl(buf, tp->record);
	if (tp->module) // nothing else follows a tracepoint
		ks_buf_strz(buf, tp->module);
}

struct ks_error *ks_codec_get_tracepoint(struct ks_cursor *c, struct ks_arena *arena,
					 struct ks_tracepoint *ret)
{
	ret->event = ks_cursor_str(c);
	ret->class_name = ks_codec_get_text(c);
	ret->func_name = ks_codec_get_text(c);
	ret->struct_name = ks_codec_get_text(c);
	ret->format = ks_codec_get_text(c);
	ret->system = ks_codec_get_text(c);
	ret->func = get_optional_decl(c, arena);
	ret->record = get_optional_decl(c, arena);
	ret->module = ks_cursor_more(c) ? ks_cursor_str(c) : NULL;
	return ks_codec_error(c, "tracepoint");
}

void ks_codec_put_ambiguity(struct ks_buf *buf, const struct ks_ambiguity *ambiguity)
{
	ks_buf_char(buf, (char)ambiguity->kind);
	ks_buf_strz(buf, ambiguity->name);
	ks_buf_uleb(buf, ambiguity->nr_variants);
	for (uint32_t i = 0; i < ambiguity->nr_variants; i++) {
		const struct ks_variant *v = &ambiguity->variants[i];
		put_optional_decl(buf, v->decl);
		ks_buf_uleb(buf, v->nr_units);
		for (uint32_t k = 0; k < v->nr_units; k++)
			ks_buf_strz(buf, v->units[k]);
	}
}

struct ks_error *ks_codec_get_ambiguity(struct ks_cursor *c, struct ks_arena *arena,
					struct ks_ambiguity *ret)
{
	uint8_t kind = ks_cursor_u8(c);
	if (kind > KS_INT)
		ks_cursor_fail(c, "unknown kind of declaration");
	*ret = (struct ks_ambiguity){ .kind = c->why ? KS_INT : (enum ks_kind)kind };
	ret->name = ks_cursor_str(c);
	struct ks_variant *variants =
		ks_codec_get_array(c, arena, sizeof(*variants), 2, &ret->nr_variants);
	for (uint32_t i = 0; variants && i < ret->nr_variants; i++) {
		variants[i].decl = get_optional_decl(c, arena);
		const char **units =
			ks_codec_get_array(c, arena, sizeof(*units), 1, &variants[i].nr_units);
		for (uint32_t k = 0; units && k < variants[i].nr_units; k++)
			units[k] = ks_cursor_str(c);
		variants[i].units = units;
	}
	ret->variants = variants;
	return ks_codec_error(c, "list of differing types");
}

void ks_codec_put_option(struct ks_buf *buf, const struct ks_option *option)
{
	ks_buf_strz(buf, option->name);
	ks_buf_strz(buf, option->value);
}

struct ks_error *ks_codec_get_option(struct ks_cursor *c, struct ks_option *ret)
{
	ret->name = ks_cursor_str(c);
	ret->value = ks_cursor_str(c);
	return ks_codec_error(c, "option");
}
