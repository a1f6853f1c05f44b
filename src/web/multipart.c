/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/multipart.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

enum { BOUNDARY_MAX = 70, FILE_NAME_MAX = 200 };

/** What is left of the body. */
struct reader {
	const uint8_t *at, *end;
	/** CR LF "--" and the boundary: stands in front of every part but maybe the first. */
	char mark[BOUNDARY_MAX + 5];
	size_t mark_len;
	struct ks_arena *arena;
};

static struct ks_error *broken(const char *why)
{
	return ks_error_new(KS_ERR_USAGE, "this is no form with files: %s", why);
}

/** Whether a text begins with a word, in letters of either case. */
static bool begins(const char *text, const char *end, const char *word)
{
	size_t len = strlen(word);
	return (size_t)(end - text) >= len && strncasecmp(text, word, len) == 0;
}

/**
 * The value of a parameter in "word; name=value; other=\"va\\\"lue\"".
 * @return from the arena; NULL when there is none, or memory runs out
 */
static char *parameter(struct ks_arena *arena, const char *text, const char *end, const char *name)
{
	size_t name_len = strlen(name);
	while ((text = memchr(text, ';', (size_t)(end - text)))) {
		for (text++; text < end && (*text == ' ' || *text == '\t');)
			text++;
		const char *is = memchr(text, '=', (size_t)(end - text));
		if (!is)
			return NULL;
		bool wanted = (size_t)(is - text) == name_len && begins(text, end, name);
		bool quoted = is + 1 < end && is[1] == '"';
		const char *from = is + 1 + quoted, *to = from;
		while (to < end && *to != (quoted ? '"' : ';'))
			to += *to == '\\' && quoted && to + 1 < end ? 2 : 1;
		if (wanted)
			return ks_arena_strndup(arena, from, (size_t)(to - from));
		text = to;
	}
	return NULL;
}

/** Take the backslashes away that stand in front of quotes. */
static void unquote(char *text)
{
	char *to = text;
	for (; *text; text++) {
		if (*text == '\\' && (text[1] == '"' || text[1] == '\\'))
			text++;
		*to++ = *text;
	}
	*to = '\0';
}

static struct ks_error *begin(struct reader *reader, const char *type)
{
	static const char wanted[] = "multipart/form-data";
	const char *end = type ? type + strlen(type) : NULL;
	if (!type || !begins(type, end, wanted))
		return ks_error_new(KS_ERR_UNSUPPORTED, "files are sent as %s", wanted);
	const char *boundary = parameter(reader->arena, type, end, "boundary");
	size_t len = boundary ? strlen(boundary) : 0;
	if (!len || len > BOUNDARY_MAX)
		return broken("it has no boundary");
	memcpy(reader->mark, "\r\n--", 4);
	memcpy(reader->mark + 4, boundary, len);
	reader->mark_len = len + 4;
	// the first one may be where the body begins
	if ((size_t)(reader->end - reader->at) >= len + 2 &&
	    memcmp(reader->at, reader->mark + 2, len + 2) == 0) {
		reader->at += len + 2;
		return NULL;
	}
	const uint8_t *first = memmem(reader->at, (size_t)(reader->end - reader->at), reader->mark,
				      reader->mark_len);
	if (!first)
		return broken("nothing begins");
	reader->at = first + reader->mark_len;
	return NULL;
}

/** The end of a line that begins with text; NULL when it does not end. */
static const char *line_end(const char *text, const uint8_t *end)
{
	return memmem(text, (size_t)((const char *)end - text), "\r\n", 2);
}

/** The name of a file: no folder, not too long. */
static const char *file_name(char *text)
{
	unquote(text);
	for (char *at = text; *at; at++)
		if (*at == '/' || *at == '\\')
			text = at + 1;
	text[ks_text_cut(text, strlen(text), FILE_NAME_MAX)] = '\0';
	return text[0] ? text : "upload";
}

/** The lines in front of the bytes of a part. @param[out] chosen whether it is no file, or one with a name */
static struct ks_error *read_head(struct reader *reader, struct ks_multipart_part *part,
				  bool *chosen)
{
	static const char disposition[] = "content-disposition:";
	*chosen = true;
	for (;;) {
		const char *line = (const char *)reader->at, *end = line_end(line, reader->end);
		if (!end)
			return broken("a part has no end");
		reader->at = (const uint8_t *)end + 2;
		if (end == line)
			break;
		if (!begins(line, end, disposition))
			continue;
		char *name = parameter(reader->arena, line, end, "name");
		char *file = parameter(reader->arena, line, end, "filename");
		if (name)
			unquote(name);
		*chosen = !file || file[0];
		part->name = name;
		part->file = file ? file_name(file) : NULL;
	}
	return part->name ? NULL : broken("a part has no name");
}

/** One part behind its mark. @param[out] taken false: it is a field without a file */
static struct ks_error *read_part(struct reader *reader, struct ks_multipart_part *part,
				  bool *taken)
{
	const char *end = line_end((const char *)reader->at, reader->end);
	bool chosen;
	if (!end)
		return broken("it ends early");
	reader->at = (const uint8_t *)end + 2;
	KS_TRY(read_head(reader, part, &chosen));
	// the mark's own CR LF may be the one that ends the head
	const uint8_t *from = reader->at - 2;
	const uint8_t *to =
		memmem(from, (size_t)(reader->end - from), reader->mark, reader->mark_len);
	if (!to)
		return broken("it ends early");
	part->bytes = reader->at;
	part->len = to > reader->at ? (size_t)(to - reader->at) : 0;
	reader->at = to + reader->mark_len;
	*taken = chosen || part->len;
	return NULL;
}

struct ks_error *ks_multipart_read(const char *type, const void *body, size_t len,
				   struct ks_arena *arena, struct ks_multipart *ret)
{
	struct reader reader = { .at = body, .end = (const uint8_t *)body + len, .arena = arena };
	*ret = (struct ks_multipart){
		.at = ks_arena_array(arena, KS_MULTIPART_PARTS, sizeof(*ret->at)),
	};
	if (!ret->at)
		return &ks_nomem;
	KS_TRY(begin(&reader, type));
	while (reader.end - reader.at < 2 || memcmp(reader.at, "--", 2) != 0) {
		struct ks_multipart_part part = { 0 };
		bool taken = false;
		KS_TRY(read_part(&reader, &part, &taken));
		if (taken && ret->nr == KS_MULTIPART_PARTS)
			return broken("it has too many parts");
		if (taken)
			ret->at[ret->nr++] = part;
	}
	return NULL;
}
