/* SPDX-License-Identifier: BSD-2-Clause */
/* Forms of names and variables: what BTF says beyond declarations (docs/store.md). */
#include <string.h>

#include "base/vector.h"
#include "surface/codec.h"
#include "surface/codec_private.h"
#include "surface/form.h"

/* The head byte of a form. */
enum {
	FORM_LISTED = 1, // it holds what is listed
	FORM_PARTS = 2,	 // it holds parts of what is listed
	FORM_ATTRS =
		4, // kind, linkage and flag, encoding follow: they do not follow from what it holds
	FORM_TAGS = 8,
	FORM_BITS = 15,
};
/* How the next member comes about; the rest of the number is how many of them, or for an unnamed record its KS_TYPE_NTH. */
enum { MEMBERS_LISTED, MEMBER_STRUCT, MEMBER_UNION, MEMBER_HERE, MEMBER_HOW = 3, MEMBER_SHIFT = 2 };

/** Where a walk over what is listed stands. */
struct listed {
	const struct ks_decl *decl;
	uint32_t at;
	uint64_t bits; // where the last member is
};

static bool next_is(const struct listed *listed, const char *name)
{
	return listed->at < listed->decl->nr &&
	       strcmp(listed->decl->members[listed->at].name, name) == 0;
}

/** Where the next member probably is. */
static uint64_t expected_bits(const struct listed *listed)
{
	return listed->at < listed->decl->nr ? listed->decl->members[listed->at].bits_offset
					     : listed->bits;
}

/* ---- members ---- */

static bool is_unnamed_record(const struct ks_member *member)
{
	const struct ks_type *type = member->type;
	return !*member->name && !type->name && type->body && !member->bitfield_size &&
	       (type->kind == KS_TYPE_STRUCT || type->kind == KS_TYPE_UNION);
}

static void put_here(struct ks_buf *buf, const struct ks_member *member, uint64_t bits,
		     struct listed *listed)
{
	ks_buf_strz(buf, member->name);
	ks_codec_put_type(buf, member->type);
	ks_buf_zigzag(buf, (int64_t)(bits - expected_bits(listed)));
	ks_buf_uleb(buf, member->bitfield_size);
	listed->at += next_is(listed, member->name);
	listed->bits = bits;
}

/** How many members from the i-th on are the next ones that are listed; these are passed. */
static uint32_t take_listed(const struct ks_decl *decl, uint32_t i, uint64_t base,
			    struct listed *listed)
{
	uint32_t nr = 0;
	for (; i < decl->nr && listed->at < listed->decl->nr; i++, listed->at++, nr++) {
		const struct ks_member *next = &listed->decl->members[listed->at];
		if (!ks_form_same_member(&decl->members[i], base, next))
			break;
		listed->bits = next->bits_offset;
	}
	return nr;
}

static void put_level(struct ks_buf *buf, const struct ks_decl *decl, uint64_t base,
		      struct listed *listed, unsigned int depth)
{
	ks_buf_uleb(buf, decl->nr);
	for (uint32_t i = 0; i < decl->nr;) {
		const struct ks_member *member = &decl->members[i];
		uint64_t bits = base + member->bits_offset;
		uint32_t nr = take_listed(decl, i, base, listed);
		i += nr ? nr : 1;
		if (nr) {
			ks_buf_uleb(buf, (uint64_t)nr << MEMBER_SHIFT | MEMBERS_LISTED);
		} else if (is_unnamed_record(member) && depth < KS_CODEC_DEPTH) {
			const struct ks_type *type = member->type;
			ks_buf_uleb(buf, type->n >> KS_TYPE_NTH << MEMBER_SHIFT |
						 (type->kind == KS_TYPE_UNION ? MEMBER_UNION
									      : MEMBER_STRUCT));
			ks_buf_zigzag(buf, (int64_t)(bits - expected_bits(listed)));
			ks_buf_uleb(buf, type->body->size);
			listed->bits = bits;
			put_level(buf, type->body, bits, listed, depth + 1);
		} else {
			ks_buf_uleb(buf, MEMBER_HERE);
			put_here(buf, member, bits, listed);
		}
	}
}

typedef KS_VECTOR(struct ks_member) member_vector;

static void get_level(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *decl,
		      uint64_t base, struct listed *listed, unsigned int depth);

static void get_record(struct ks_cursor *c, struct ks_arena *arena, uint64_t head, uint64_t base,
		       struct listed *listed, unsigned int depth, struct ks_member *ret)
{
	bool is_union = (head & MEMBER_HOW) == MEMBER_UNION;
	struct ks_type *type = ks_arena_alloc(arena, sizeof(*type));
	struct ks_decl *body = ks_arena_alloc(arena, sizeof(*body));
	if (!type || !body || depth >= KS_CODEC_DEPTH) {
		ks_cursor_fail(c, type && body ? "types are nested too deeply" : ks_codec_nomem);
		return;
	}
	uint64_t bits = expected_bits(listed) + (uint64_t)ks_cursor_zigzag(c);
	*body = (struct ks_decl){ .kind = is_union ? KS_UNION : KS_STRUCT,
				  .size = ks_cursor_uleb(c) };
	*type = (struct ks_type){ .kind = is_union ? KS_TYPE_UNION : KS_TYPE_STRUCT,
				  .n = head >> MEMBER_SHIFT << KS_TYPE_NTH,
				  .body = body };
	*ret = (struct ks_member){ .name = "", .type = type, .bits_offset = bits - base };
	listed->bits = bits;
	get_level(c, arena, body, bits, listed, depth + 1);
}

static void get_here(struct ks_cursor *c, struct ks_arena *arena, uint64_t base,
		     struct listed *listed, struct ks_member *ret)
{
	static const struct ks_type nothing = { .kind = KS_TYPE_VOID };
	ret->name = ks_cursor_str(c);
	ret->type = ks_codec_get_type(c, arena, 0);
	ret->type = ret->type ? ret->type : &nothing;
	uint64_t bits = expected_bits(listed) + (uint64_t)ks_cursor_zigzag(c);
	ret->bits_offset = bits - base;
	ret->bitfield_size = (uint32_t)ks_cursor_uleb(c);
	if (!c->why)
		listed->at += next_is(listed, ret->name);
	listed->bits = bits;
}

/** Members of a level that are listed: as they stand there, but for where they are and what unnamed ones are called. */
static bool get_listed(struct ks_cursor *c, uint64_t nr, uint64_t base, struct listed *listed,
		       member_vector *to)
{
	if (!nr || nr > listed->decl->nr - listed->at) {
		ks_cursor_fail(c, "members that are not listed");
		return true;
	}
	for (; nr; nr--) {
		struct ks_member member = listed->decl->members[listed->at++];
		listed->bits = member.bits_offset;
		member.bits_offset -= base;
		if (ks_form_unnamed(member.name))
			member.name = "";
		if (!ks_vector_add(to, member))
			return false;
	}
	return true;
}

static void get_level(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *decl,
		      uint64_t base, struct listed *listed, unsigned int depth)
{
	member_vector members = { 0 };
	uint64_t nr = ks_cursor_uleb(c);
	bool ok = true;
	while (members.len < nr && ok && !c->why) {
		uint64_t head = ks_cursor_uleb(c), how = head & MEMBER_HOW;
		struct ks_member member = { 0 };
		if (how == MEMBERS_LISTED)
			ok = get_listed(c, head >> MEMBER_SHIFT, base, listed, &members);
		else if (how == MEMBER_HERE)
			get_here(c, arena, base, listed, &member);
		else
			get_record(c, arena, head, base, listed, depth, &member);
		if (how != MEMBERS_LISTED)
			ok = ks_vector_add(&members, member);
	}
	if (members.len > nr)
		ks_cursor_fail(c, "more members than there are");
	struct ks_member *copy = ks_arena_array(arena, members.len, sizeof(*copy));
	if (!ok || !copy)
		ks_cursor_fail(c, ks_codec_nomem);
	else if (members.len)
		memcpy(copy, members.at, members.len * sizeof(*copy));
	decl->members = copy;
	decl->nr = copy && !c->why ? (uint32_t)members.len : 0;
	ks_vector_deinit(&members);
}

/* ---- values of unnamed enums, which are gathered in what is listed ---- */

/** The same between two places. */
static uint32_t find_value_in(const struct ks_decl *listed, uint32_t from, uint32_t to,
			      const struct ks_enumerator *value)
{
	for (uint32_t i = from; i < to; i++)
		if (listed->values[i].value == value->value &&
		    strcmp(listed->values[i].name, value->name) == 0)
			return i;
	return UINT32_MAX;
}

/** Where a value is listed, looked for from a place on, then from the start, and not too far; UINT32_MAX: nowhere. */
static uint32_t find_value(const struct ks_decl *listed, uint32_t from,
			   const struct ks_enumerator *value)
{
	enum { FAR = 4096 };
	uint32_t nr = listed->nr, far = nr < FAR ? nr : FAR;
	from = nr ? from % nr : 0;
	uint32_t end = nr - from < far ? nr : from + far;
	uint32_t hit = find_value_in(listed, from, end, value);
	return hit == UINT32_MAX ? find_value_in(listed, 0, far - (end - from), value) : hit;
}

static uint32_t run_of_values(const struct ks_decl *decl, uint32_t i, const struct ks_decl *listed,
			      uint32_t at)
{
	uint32_t nr = 0;
	while (i + nr < decl->nr && at + nr < listed->nr &&
	       decl->values[i + nr].value == listed->values[at + nr].value &&
	       strcmp(decl->values[i + nr].name, listed->values[at + nr].name) == 0)
		nr++;
	return nr;
}

/** Runs of values that are listed (how many, and how far from the last run's end), and 0 before one that is not. */
static void put_listed_values(struct ks_buf *buf, const struct ks_decl *decl, struct listed *listed)
{
	ks_buf_uleb(buf, decl->nr);
	for (uint32_t i = 0; i < decl->nr;) {
		uint32_t at = find_value(listed->decl, listed->at, &decl->values[i]);
		uint32_t nr = at == UINT32_MAX ? 0 : run_of_values(decl, i, listed->decl, at);
		ks_buf_uleb(buf, nr);
		if (nr) {
			ks_buf_zigzag(buf, (int64_t)at - (int64_t)listed->at);
			listed->at = at + nr;
		} else {
			ks_buf_strz(buf, decl->values[i].name);
			ks_buf_zigzag(buf, decl->values[i].value);
		}
		i += nr ? nr : 1;
	}
}

static void get_listed_values(struct ks_cursor *c, struct ks_arena *arena, struct ks_decl *decl,
			      struct listed *listed)
{
	KS_VECTOR(struct ks_enumerator) values = { 0 };
	uint64_t nr = ks_cursor_uleb(c);
	bool ok = true;
	while (values.len < nr && ok && !c->why) {
		uint64_t run = ks_cursor_uleb(c);
		if (!run) {
			const char *name = ks_cursor_str(c);
			ok = ks_vector_add(&values,
					   ((struct ks_enumerator){ name, ks_cursor_zigzag(c) }));
			continue;
		}
		uint64_t at = listed->at + (uint64_t)ks_cursor_zigzag(c);
		if (at > listed->decl->nr || run > listed->decl->nr - at || run > nr - values.len) {
			ks_cursor_fail(c, "values that are not listed");
			break;
		}
		for (uint64_t i = at; i < at + run && ok; i++)
			ok = ks_vector_add(&values, listed->decl->values[i]);
		listed->at = (uint32_t)(at + run);
	}
	struct ks_enumerator *copy = ks_arena_array(arena, values.len, sizeof(*copy));
	if (!ok || !copy)
		ks_cursor_fail(c, ks_codec_nomem);
	else if (values.len)
		memcpy(copy, values.at, values.len * sizeof(*copy));
	decl->values = copy;
	decl->nr = copy && !c->why ? (uint32_t)values.len : 0;
	ks_vector_deinit(&values);
}

/* ---- tags ---- */

static void put_tags(struct ks_buf *buf, const struct ks_tag *tags, uint32_t nr)
{
	ks_buf_uleb(buf, nr);
	for (uint32_t i = 0; i < nr; i++) {
		ks_buf_strz(buf, tags[i].text);
		ks_buf_uleb(buf, (uint32_t)(tags[i].component + 1)); // 0: the whole
	}
}

static const struct ks_tag *get_tags(struct ks_cursor *c, struct ks_arena *arena, uint32_t *nr)
{
	struct ks_tag *tags = ks_codec_get_array(c, arena, sizeof(*tags), 2, nr);
	for (uint32_t i = 0; tags && i < *nr; i++) {
		tags[i].text = ks_cursor_str(c);
		tags[i].component = (uint32_t)ks_cursor_uleb(c) - 1;
	}
	return tags;
}

/* ---- forms ---- */

/** Whether parts of what is listed can make up what a form holds. */
static bool has_parts(const struct ks_forms *forms, enum ks_kind kind)
{
	return forms->listed && (kind == KS_STRUCT || kind == KS_UNION ||
				 (kind == KS_ENUM && ks_form_unnamed(forms->name)));
}

static void put_parts(struct ks_buf *buf, const struct ks_forms *forms, const struct ks_decl *decl,
		      struct listed *values)
{
	struct listed members = { .decl = forms->listed };
	ks_buf_uleb(buf, decl->size);
	if (decl->kind == KS_ENUM)
		put_listed_values(buf, decl, values);
	else
		put_level(buf, decl, 0, &members, 0);
}

void ks_codec_put_forms(struct ks_buf *buf, const struct ks_forms *forms)
{
	struct listed values = { .decl = forms->listed };
	ks_buf_char(buf, (char)forms->kind);
	ks_buf_strz(buf, forms->name);
	ks_buf_uleb(buf, forms->nr);
	for (uint32_t i = 0; i < forms->nr; i++) {
		const struct ks_form *form = &forms->at[i];
		bool listed = form->decl == forms->listed, plain = ks_form_is_plain(form);
		bool parts = !listed && has_parts(forms, form->decl->kind);
		ks_buf_char(buf,
			    (char)((listed  ? FORM_LISTED
				    : parts ? FORM_PARTS
					    : 0) |
				   (plain ? 0 : FORM_ATTRS) | (form->nr_tags ? FORM_TAGS : 0)));
		if (parts)
			put_parts(buf, forms, form->decl, &values);
		else if (!listed)
			ks_codec_put_content(buf, form->decl);
		if (!plain) {
			ks_buf_char(buf, (char)form->kind);
			ks_buf_uleb(buf, (uint64_t)form->linkage << 1 | form->flag);
			ks_buf_uleb(buf, form->encoding);
		}
		if (form->nr_tags)
			put_tags(buf, form->tags, form->nr_tags);
	}
}

static void get_parts(struct ks_cursor *c, struct ks_arena *arena, const struct ks_forms *forms,
		      struct ks_decl *decl, struct listed *values)
{
	struct listed members = { .decl = forms->listed };
	if (!has_parts(forms, decl->kind)) {
		ks_cursor_fail(c, "nothing is listed that has such parts");
		return;
	}
	decl->size = ks_cursor_uleb(c);
	if (decl->kind == KS_ENUM)
		get_listed_values(c, arena, decl, values);
	else
		get_level(c, arena, decl, 0, &members, 0);
}

/** What a form holds, by its head. NULL when the cursor has failed. */
static const struct ks_decl *get_held(struct ks_cursor *c, struct ks_arena *arena, uint8_t head,
				      const struct ks_forms *forms, struct listed *values)
{
	if (head > FORM_BITS || (head & FORM_LISTED && (head & FORM_PARTS || !forms->listed)))
		ks_cursor_fail(c, "unknown form of a name");
	if (c->why || head & FORM_LISTED)
		return c->why ? NULL : forms->listed;
	struct ks_decl *decl = ks_arena_alloc(arena, sizeof(*decl));
	if (!decl) {
		ks_cursor_fail(c, ks_codec_nomem);
		return NULL;
	}
	bool unnamed = forms->kind == KS_ENUM && ks_form_unnamed(forms->name);
	*decl = (struct ks_decl){ .kind = forms->kind, .name = unnamed ? NULL : forms->name };
	if (head & FORM_PARTS)
		get_parts(c, arena, forms, decl, values);
	else
		ks_codec_get_content(c, arena, decl);
	return c->why ? NULL : decl;
}

static void get_form(struct ks_cursor *c, struct ks_arena *arena, const struct ks_forms *forms,
		     struct listed *values, struct ks_form *ret)
{
	uint8_t head = ks_cursor_u8(c);
	ret->decl = get_held(c, arena, head, forms, values);
	if (!ret->decl)
		return;
	ret->kind = ks_form_kind(ret->decl);
	ret->flag = ks_form_flag(ret->decl);
	if (head & FORM_ATTRS) {
		ret->kind = ks_cursor_u8(c);
		uint64_t linkage = ks_cursor_uleb(c);
		ret->linkage = (uint8_t)(linkage >> 1);
		ret->flag = linkage & 1;
		ret->encoding = (uint32_t)ks_cursor_uleb(c);
	}
	if (!ks_form_fits(ret->kind, forms->kind))
		ks_cursor_fail(c, "kind of BTF that such a name cannot have");
	if (head & FORM_TAGS)
		ret->tags = get_tags(c, arena, &ret->nr_tags);
}

static void get_name(struct ks_cursor *c, struct ks_forms *ret)
{
	uint8_t kind = ks_cursor_u8(c);
	if (kind > KS_INT)
		ks_cursor_fail(c, "unknown kind of name");
	*ret = (struct ks_forms){ .kind = c->why ? KS_INT : (enum ks_kind)kind };
	ret->name = ks_cursor_str(c);
}

struct ks_error *ks_codec_forms_name(struct ks_cursor c, struct ks_forms *ret)
{
	get_name(&c, ret);
	return ks_codec_error(&c, "form of a name");
}

struct ks_error *ks_codec_get_forms(struct ks_cursor *c, struct ks_arena *arena,
				    const struct ks_decl *listed, struct ks_forms *ret)
{
	get_name(c, ret);
	ret->listed = listed && listed->kind == ret->kind ? listed : NULL;
	struct listed values = { .decl = ret->listed };
	struct ks_form *forms = ks_codec_get_array(c, arena, sizeof(*forms), 1, &ret->nr);
	for (uint32_t i = 0; forms && i < ret->nr && !c->why; i++)
		get_form(c, arena, ret, &values, &forms[i]);
	ret->at = forms;
	return ks_codec_error(c, "form of a name");
}

/* ---- variables ---- */

void ks_codec_put_variable(struct ks_buf *buf, const struct ks_variable *variable)
{
	ks_buf_strz(buf, variable->name);
	ks_codec_put_text(buf, variable->module);
	ks_codec_put_text(buf, variable->section);
	ks_buf_uleb(buf, variable->linkage);
	ks_buf_uleb(buf, variable->size);
	ks_codec_put_type(buf, variable->type);
	put_tags(buf, variable->tags, variable->nr_tags);
}

struct ks_error *ks_codec_get_variable(struct ks_cursor *c, struct ks_arena *arena,
				       struct ks_variable *ret)
{
	*ret = (struct ks_variable){ .name = ks_cursor_str(c) };
	ret->module = ks_codec_get_text(c);
	ret->section = ks_codec_get_text(c);
	ret->linkage = (uint8_t)ks_cursor_uleb(c);
	ret->size = (uint32_t)ks_cursor_uleb(c);
	ret->type = ks_codec_get_type(c, arena, 0);
	ret->tags = get_tags(c, arena, &ret->nr_tags);
	return ks_codec_error(c, "variable");
}
