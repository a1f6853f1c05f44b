/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <string.h>

#include "source/dataset/dataset_list.h"
#include "source/dataset/dataset_vocabulary.h"

void ks_dataset_reader_deinit(struct ks_dataset_reader *rd)
{
	ks_jread_deinit(&rd->json);
	ks_dataset_pool_deinit(&rd->pool);
	ks_vector_deinit(&rd->params);
	ks_vector_deinit(&rd->members);
	ks_vector_deinit(&rd->values);
	ks_vector_deinit(&rd->entries);
	ks_vector_deinit(&rd->callers);
	ks_vector_deinit(&rd->symbols);
	ks_vector_deinit(&rd->syscalls);
}

static void begin(struct ks_dataset_reader *rd, const char *text, size_t len)
{
	ks_jread_begin(&rd->json, text, len);
	// A line that failed may have left something in the lists.
	rd->params.len = rd->members.len = rd->values.len = rd->entries.len = 0;
	rd->callers.len = rd->symbols.len = rd->syscalls.len = 0;
}

const void *ks_dataset_pop(struct ks_dataset_reader *rd, const void *at, size_t *len, size_t mark,
			   size_t size, uint32_t *nr_ret)
{
	size_t nr = *len - mark;
	*len = mark;
	*nr_ret = 0;
	if (nr == 0 || rd->json.why)
		return NULL;
	void *copy = nr < UINT32_MAX ? ks_arena_array(rd->pool.arena, nr, size) : NULL;
	if (!copy) {
		ks_jread_fail_nomem(&rd->json);
		return NULL;
	}
	*nr_ret = (uint32_t)nr;
	return memcpy(copy, (const char *)at + mark * size, nr * size);
}

static const char *pooled(struct ks_dataset_reader *rd, const char *text, size_t len)
{
	const char *copy = ks_dataset_pool_text(&rd->pool, text, len);
	if (!copy)
		ks_jread_fail_nomem(&rd->json);
	return copy;
}

const char *ks_dataset_text(struct ks_dataset_reader *rd)
{
	struct ks_jread_text text = ks_jread_string(&rd->json);
	return pooled(rd, text.at, text.len);
}

/** The string that comes next, or NULL for null. */
static const char *text_or_null(struct ks_dataset_reader *rd)
{
	return ks_jread_null(&rd->json) ? NULL : ks_dataset_text(rd);
}

uint32_t ks_dataset_word(struct ks_dataset_reader *rd, const char *const *words, uint32_t nr,
			 const char *key)
{
	struct ks_jread_text text = ks_jread_string(&rd->json);
	for (uint32_t i = 0; i < nr; i++)
		if (words[i] && ks_jread_text_is(text, words[i]))
			return i;
	ks_jread_fail(&rd->json, "unknown word", key);
	return 0;
}

/* ---- functions ---- */

/** "file:line" split at its last colon, when only digits follow; otherwise it is all file. */
static void read_location(struct ks_dataset_reader *rd, struct ks_entry *entry)
{
	entry->line = KS_NO_LINE;
	if (ks_jread_null(&rd->json))
		return;
	struct ks_jread_text text = ks_jread_string(&rd->json);
	const char *colon = memrchr(text.at, ':', text.len);
	size_t file_len = colon ? (size_t)(colon - text.at) : text.len;
	uint64_t line = 0;
	bool number =
		colon && file_len + 1 < text.len && (colon[1] != '0' || file_len + 2 == text.len);
	for (size_t i = file_len + 1; number && i < text.len; i++) {
		number = text.at[i] >= '0' && text.at[i] <= '9' && line < KS_NO_LINE;
		line = line * 10 + (uint64_t)(text.at[i] - '0');
	}
	if (number && line < KS_NO_LINE)
		entry->line = (uint32_t)line;
	else
		file_len = text.len;
	entry->loc_file = pooled(rd, text.at, file_len);
}

static const struct ks_caller *read_callers(struct ks_dataset_reader *rd, uint32_t *nr_ret)
{
	struct ks_jread *r = &rd->json;
	ks_jread_enter(r, '[');
	while (ks_jread_next(r)) {
		struct ks_jread_text text = ks_jread_string(r);
		const char *colon = memrchr(text.at, ':', text.len);
		if (!colon) {
			ks_jread_fail(r, "caller without unit", NULL);
			break;
		}
		size_t unit_len = (size_t)(colon - text.at);
		struct ks_caller caller = {
			.unit = pooled(rd, text.at, unit_len),
			.function = pooled(rd, colon + 1, text.len - unit_len - 1),
		};
		KS_DATASET_PUSH(rd, callers, caller);
	}
	return KS_DATASET_POP(rd, callers, 0, nr_ret);
}

static struct ks_entry read_entry(struct ks_dataset_reader *rd)
{
	enum { ADDR, NAME, EXTERNAL, LOC, FILE_, INLINE, CALLER_INLINE, CALLER_FUNC };
	static const struct ks_jread_keys keys = { 8,
						   0xff,
						   { "addr", "name", "external", "loc", "file",
						     "inline", "caller_inline", "caller_func" } };
	struct ks_jread *r = &rd->json;
	struct ks_entry entry = { .calls_known = true };
	uint32_t seen = 0;
	ks_jread_enter(r, '{');
	for (int k; (k = ks_jread_key(r, &keys, &seen)) >= 0;) {
		switch (k) {
		case ADDR:
			entry.addr = ks_jread_uint(r, UINT64_MAX);
			break;
		case NAME: // that of its group
			ks_jread_string(r);
			break;
		case EXTERNAL:
			entry.external = ks_jread_bool(r);
			break;
		case LOC:
			read_location(rd, &entry);
			break;
		case FILE_:
			entry.file = text_or_null(rd);
			break;
		case INLINE:
			entry.inlined =
				ks_dataset_word(rd, ks_inline_texts, KS_NR_INLINES, "inline");
			break;
		case CALLER_INLINE:
			entry.inline_callers = read_callers(rd, &entry.nr_inline_callers);
			break;
		case CALLER_FUNC:
			entry.direct_callers = read_callers(rd, &entry.nr_direct_callers);
			break;
		}
	}
	return entry;
}

static uint8_t read_symbol_word(struct ks_dataset_reader *rd, const char *const *words,
				const char *key)
{
	if (ks_jread_is_string(&rd->json))
		return (uint8_t)ks_dataset_word(rd, words, KS_NR_SYMBOL_WORDS, key);
	return (uint8_t)ks_jread_uint(&rd->json, KS_NR_SYMBOL_WORDS - 1);
}

/** A symbol of a function group: all of type FUNC. */
static struct ks_symbol read_group_symbol(struct ks_dataset_reader *rd)
{
	static const struct ks_jread_keys keys = { 5,
						   0x1f,
						   { "addr", "name", "section", "bind", "size" } };
	struct ks_jread *r = &rd->json;
	struct ks_symbol sym = { .type = STT_FUNC };
	uint32_t seen = 0;
	ks_jread_enter(r, '{');
	for (int k; (k = ks_jread_key(r, &keys, &seen)) >= 0;) {
		if (k == 0)
			sym.addr = ks_jread_uint(r, UINT64_MAX);
		else if (k == 1)
			sym.name = ks_dataset_text(rd);
		else if (k == 2)
			sym.section = ks_dataset_text(rd);
		else if (k == 3)
			sym.bind = read_symbol_word(rd, ks_dataset_bind_words, "bind");
		else
			sym.size = ks_jread_uint(r, UINT64_MAX);
	}
	return sym;
}

bool ks_dataset_read_function(struct ks_dataset_reader *rd, const char *line, size_t len,
			      struct ks_function *ret)
{
	enum { NAME, COLLISION, INLINE, FUNCS, SYMBOLS };
	static const struct ks_jread_keys keys = { 5,
						   1 << NAME | 1 << FUNCS | 1 << SYMBOLS,
						   { "name", "collision_type", "inline_type",
						     "funcs", "symbols" } };
	struct ks_jread *r = &rd->json;
	begin(rd, line, len);
	*ret = (struct ks_function){ 0 };
	uint32_t seen = 0;
	ks_jread_enter(r, '{');
	for (int k; (k = ks_jread_key(r, &keys, &seen)) >= 0;) {
		if (k == NAME) {
			ret->name = ks_dataset_text(rd);
		} else if (k == FUNCS) {
			ks_jread_enter(r, '[');
			while (ks_jread_next(r))
				KS_DATASET_PUSH(rd, entries, read_entry(rd));
			ret->entries = KS_DATASET_POP(rd, entries, 0, &ret->nr_entries);
		} else if (k == SYMBOLS) {
			ks_jread_enter(r, '[');
			while (ks_jread_next(r))
				KS_DATASET_PUSH(rd, symbols, read_group_symbol(rd));
			ret->symbols = KS_DATASET_POP(rd, symbols, 0, &ret->nr_symbols);
		} else {
			ks_jread_string(r);
		}
	}
	return ks_jread_end(r);
}

/* ---- the other lines ---- */

bool ks_dataset_read_decl(struct ks_dataset_reader *rd, const char *line, size_t len,
			  enum ks_kind kind, struct ks_decl *ret)
{
	begin(rd, line, len);
	*ret = ks_dataset_decl(rd, kind);
	return ks_jread_end(&rd->json);
}

/** A definition inside another record; NULL for null. */
static const struct ks_decl *inner_decl(struct ks_dataset_reader *rd, enum ks_kind kind)
{
	if (ks_jread_null(&rd->json))
		return NULL;
	struct ks_decl decl = ks_dataset_decl(rd, kind);
	struct ks_decl *copy = ks_arena_alloc(rd->pool.arena, sizeof(*copy));
	if (!copy) {
		ks_jread_fail_nomem(&rd->json);
		return NULL;
	}
	*copy = decl;
	return copy;
}

bool ks_dataset_read_tracepoint(struct ks_dataset_reader *rd, const char *line, size_t len,
				struct ks_tracepoint *ret)
{
	static const struct ks_jread_keys keys = { 7,
						   0x7f,
						   { "class_name", "event_name", "func_name",
						     "struct_name", "fmt_str", "func", "struct" } };
	struct ks_jread *r = &rd->json;
	begin(rd, line, len);
	*ret = (struct ks_tracepoint){ 0 };
	const char **texts[] = { &ret->class_name, &ret->event, &ret->func_name, &ret->struct_name,
				 &ret->format };
	uint32_t seen = 0;
	ks_jread_enter(r, '{');
	for (int k; (k = ks_jread_key(r, &keys, &seen)) >= 0;) {
		if (k < 5)
			*texts[k] = ks_dataset_text(rd);
		else if (k == 5)
			ret->func = inner_decl(rd, KS_FUNCTION);
		else
			ret->record = inner_decl(rd, KS_STRUCT);
	}
	return ks_jread_end(r);
}

bool ks_dataset_read_symbol(struct ks_dataset_reader *rd, const char *line, size_t len,
			    struct ks_symbol *ret)
{
	enum { NAME, SECTION, BIND, TYPE, LOCAL, VISIBILITY, VALUE, SIZE };
	static const struct ks_jread_keys keys = { 8,
						   0xff,
						   { "name", "section", "bind", "type", "local",
						     "visibility", "value", "size" } };
	struct ks_jread *r = &rd->json;
	begin(rd, line, len);
	*ret = (struct ks_symbol){ 0 };
	uint32_t seen = 0, local = 0, visibility = 0;
	ks_jread_enter(r, '{');
	for (int k; (k = ks_jread_key(r, &keys, &seen)) >= 0;) {
		if (k == NAME)
			ret->name = ks_dataset_text(rd);
		else if (k == SECTION)
			ret->section = ks_dataset_text(rd);
		else if (k == BIND)
			ret->bind = read_symbol_word(rd, ks_dataset_bind_words, "bind");
		else if (k == TYPE)
			ret->type = read_symbol_word(rd, ks_dataset_type_of_symbol_words, "type");
		else if (k == LOCAL)
			local = (uint32_t)ks_jread_uint(r, 7);
		else if (k == VISIBILITY)
			visibility =
				read_symbol_word(rd, ks_dataset_visibility_words, "visibility");
		else if (k == VALUE)
			ret->addr = ks_jread_uint(r, UINT64_MAX);
		else
			ret->size = ks_jread_uint(r, UINT64_MAX);
	}
	// The dataset splits st_other in bits 5-7 and 0-2, ELF keeps the visibility in bits 0-1.
	ret->visibility = visibility & 3;
	ret->other = (uint8_t)(local << 3 | visibility >> 2);
	return ks_jread_end(r);
}

/** A number in decimal digits, as the keys of the syscall table are. */
static uint32_t syscall_number(struct ks_dataset_reader *rd, struct ks_jread_text text)
{
	uint64_t n = 0;
	bool good = text.len > 0 && text.len <= 10 && (text.len == 1 || text.at[0] != '0');
	for (size_t i = 0; good && i < text.len; i++) {
		good = text.at[i] >= '0' && text.at[i] <= '9';
		n = n * 10 + (uint64_t)(text.at[i] - '0');
	}
	if (!good || n > UINT32_MAX)
		ks_jread_fail(&rd->json, "not the number of a system call", NULL);
	return (uint32_t)n;
}

bool ks_dataset_read_syscalls(struct ks_dataset_reader *rd, const char *text, size_t len,
			      const struct ks_syscall **ret, size_t *nr_ret)
{
	struct ks_jread *r = &rd->json;
	begin(rd, text, len);
	struct ks_jread_text key;
	ks_jread_enter(r, '{');
	while (ks_jread_any_key(r, &key)) {
		uint32_t number = syscall_number(rd, key);
		KS_DATASET_PUSH(rd, syscalls, (struct ks_syscall){ number, ks_dataset_text(rd) });
	}
	uint32_t nr = 0;
	*ret = KS_DATASET_POP(rd, syscalls, 0, &nr);
	*nr_ret = nr;
	return ks_jread_end(r);
}
