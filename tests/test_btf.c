/* SPDX-License-Identifier: BSD-2-Clause */
/* BTF against libbpf: it writes what we read, and reads again what real files hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "base/array.h"
#include "btf/btf.h"

/* ---- each type as libbpf tells it ---- */

static void same_text(const struct btf *theirs, uint32_t name, const char *ours)
{
	assert_string_equal(btf__name_by_offset(theirs, name), ours);
}

static void same_elements(const struct btf *theirs, const struct btf_type *t,
			  const struct ks_btf *ours, const struct ks_btf_type *type)
{
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		if (btf_is_composite(t)) {
			struct ks_btf_member m = ks_btf_member(ours, type, i);
			same_text(theirs, btf_members(t)[i].name_off, m.name);
			assert_int_equal(btf_members(t)[i].type, m.type);
			assert_int_equal(btf_member_bit_offset(t, i), m.bits_offset);
			assert_int_equal(btf_member_bitfield_size(t, i), m.bitfield_size);
		} else if (btf_is_func_proto(t)) {
			struct ks_btf_param p = ks_btf_param(ours, type, i);
			same_text(theirs, btf_params(t)[i].name_off, p.name);
			assert_int_equal(btf_params(t)[i].type, p.type);
		} else if (btf_is_enum(t)) {
			struct ks_btf_enumerator e = ks_btf_enumerator(ours, type, i);
			same_text(theirs, btf_enum(t)[i].name_off, e.name);
			int64_t value = btf_kflag(t) ? btf_enum(t)[i].val
						     : (int64_t)(uint32_t)btf_enum(t)[i].val;
			assert_true(e.value == value);
		} else if (btf_is_enum64(t)) {
			struct ks_btf_enumerator e = ks_btf_enumerator(ours, type, i);
			same_text(theirs, btf_enum64(t)[i].name_off, e.name);
			assert_true((uint64_t)e.value == btf_enum64_value(&btf_enum64(t)[i]));
		} else if (btf_is_datasec(t)) {
			struct ks_btf_secinfo s = ks_btf_secinfo(ours, type, i);
			assert_int_equal(btf_var_secinfos(t)[i].type, s.type);
			assert_int_equal(btf_var_secinfos(t)[i].offset, s.offset);
			assert_int_equal(btf_var_secinfos(t)[i].size, s.size);
		}
	}
}

static void same_type(const struct btf *theirs, const struct btf_type *t, const struct ks_btf *ours,
		      const struct ks_btf_type *type)
{
	assert_int_equal(btf_kind(t), type->kind);
	assert_int_equal(btf_vlen(t), type->vlen);
	assert_int_equal(btf_kflag(t), type->kflag);
	same_text(theirs, t->name_off, type->name);
	bool sized = btf_is_int(t) || btf_is_composite(t) || btf_is_any_enum(t) ||
		     btf_is_datasec(t) || btf_is_float(t);
	assert_int_equal(sized ? t->size : 0, type->size);
	if (btf_is_array(t)) {
		assert_int_equal(btf_array(t)->type, type->type);
		assert_int_equal(btf_array(t)->nelems, ks_btf_array_len(ours, type));
	} else if (!sized && !btf_is_fwd(t)) {
		assert_int_equal(t->type, type->type);
	}
	if (btf_is_int(t))
		assert_int_equal(*(const uint32_t *)(t + 1), ks_btf_int_data(ours, type));
	if (btf_is_decl_tag(t))
		assert_int_equal(btf_decl_tag(t)->component_idx, (int)ks_btf_component(ours, type));
	if (btf_is_var(t))
		assert_int_equal(btf_var(t)->linkage, ks_btf_var_linkage(ours, type));
	same_elements(theirs, t, ours, type);
}

static void same_blob(const struct btf *theirs, const struct ks_btf *ours)
{
	assert_int_equal(btf__type_cnt(theirs), ours->nr);
	for (uint32_t id = 0; id < ours->nr; id++) {
		struct ks_btf_type type = ks_btf_type(ours, id);
		same_type(theirs, btf__type_by_id(theirs, id), ours, &type);
	}
}

/* ---- a blob with every kind ---- */

static void fill(struct btf *btf)
{
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int boolean = btf__add_int(btf, "_Bool", 1, BTF_INT_BOOL);
	btf__add_ptr(btf, integer);
	btf__add_array(btf, integer, boolean, 17);
	btf__add_struct(btf, "flags", 8);
	btf__add_field(btf, "low", integer, 0, 3);
	btf__add_field(btf, "high", integer, 3, 29);
	btf__add_field(btf, "", boolean, 32, 0);
	btf__add_struct(btf, "plain", 70000);
	btf__add_field(btf, "far", integer, 0x1fffe0, 0);
	btf__add_union(btf, NULL, 4);
	btf__add_field(btf, "a", integer, 0, 0);
	btf__add_enum(btf, "unsigned_one", 4);
	btf__add_enum_value(btf, "TOP", 0x80000000u);
	btf__add_enum(btf, "signed_one", 4);
	btf__add_enum_value(btf, "BELOW", -1);
	btf__add_enum64(btf, "wide", 8, true);
	btf__add_enum64_value(btf, "LEAST", (uint64_t)INT64_MIN);
	btf__add_enum64_value(btf, "MIXED", 0x0123456789abcdef);
	btf__add_fwd(btf, "elsewhere", BTF_FWD_STRUCT);
	btf__add_fwd(btf, "either", BTF_FWD_UNION);
	int alias = btf__add_typedef(btf, "number", integer);
	int tag = btf__add_type_tag(btf, "user", btf__add_const(btf, alias));
	btf__add_restrict(btf, btf__add_volatile(btf, tag));
	int proto = btf__add_func_proto(btf, integer);
	btf__add_func_param(btf, "first", tag);
	btf__add_func_param(btf, "", 0);
	int function = btf__add_func(btf, "do_it", BTF_FUNC_GLOBAL, proto);
	int variable = btf__add_var(btf, "counter", BTF_VAR_GLOBAL_EXTERN, integer);
	btf__add_datasec(btf, ".ksyms", 12);
	btf__add_datasec_var_info(btf, variable, 4, 8);
	btf__add_float(btf, "double", 8);
	btf__add_decl_tag(btf, "bpf_kfunc", function, -1);
	assert_true(btf__add_decl_tag(btf, "arg", function, 1) > 0);
}

static struct ks_btf *open_ours(const void *bytes, size_t len, const struct ks_btf *base)
{
	struct ks_btf *btf = NULL;
	struct ks_error *err = ks_btf_open(bytes, len, base, &btf);
	if (err)
		fail_msg("%s", ks_error_text(err));
	return btf;
}

static void every_kind_is_read_in_both_byte_orders(void **state)
{
	(void)state;
	static const enum btf_endianness orders[] = { BTF_LITTLE_ENDIAN, BTF_BIG_ENDIAN };
	for (size_t i = 0; i < 2; i++) {
		struct btf *btf = btf__new_empty();
		fill(btf);
		btf__set_endianness(btf, orders[i]);
		uint32_t len;
		const void *bytes = btf__raw_data(btf, &len);
		struct ks_btf *ours = open_ours(bytes, len, NULL);
		assert_int_equal(ours->big_endian, orders[i] == BTF_BIG_ENDIAN);
		struct btf *theirs = btf__new_empty(); // of this machine's byte order
		fill(theirs);
		same_blob(theirs, ours);
		ks_btf_close(ours);
		btf__free(theirs);
		btf__free(btf);
	}
}

static void split_blobs_continue_their_base(void **state)
{
	(void)state;
	struct btf *base = btf__new_empty();
	fill(base);
	struct btf *split = btf__new_empty_split(base);
	btf__add_struct(split, "of_module", 4);
	btf__add_field(split, "first", 1, 0, 0); // a name and a type of the base
	btf__add_typedef(split, "module_t", (int)btf__type_cnt(base));
	uint32_t base_len, split_len;
	const void *base_bytes = btf__raw_data(base, &base_len);
	const void *split_bytes = btf__raw_data(split, &split_len);
	struct ks_btf *whole = open_ours(base_bytes, base_len, NULL);
	struct ks_btf *ours = open_ours(split_bytes, split_len, whole);
	assert_int_equal(ours->first_id, whole->nr);
	same_blob(split, ours);
	assert_int_equal(ks_btf_find(ours, KS_BTF_TYPEDEF, "module_t", 1), whole->nr + 1);
	assert_int_equal(ks_btf_find(ours, KS_BTF_TYPEDEF, "number", 1),
			 ks_btf_find(whole, KS_BTF_TYPEDEF, "number", 1));
	assert_int_equal(ks_btf_find(ours, KS_BTF_TYPEDEF, "number", ours->first_id), 0);
	ks_btf_close(ours);
	ks_btf_close(whole);
	btf__free(split);
	btf__free(base);
}

static void stripping_ends_at_what_a_name_stands_for(void **state)
{
	(void)state;
	struct btf *btf = btf__new_empty();
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int id = integer;
	for (int i = 0; i < 20; i++)
		id = btf__add_type_tag(btf, "tag",
				       btf__add_const(btf, btf__add_typedef(btf, "t", id)));
	int loop = btf__add_typedef(btf, "loop", (int)btf__type_cnt(btf));
	uint32_t len;
	const void *bytes = btf__raw_data(btf, &len);
	struct ks_btf *ours = open_ours(bytes, len, NULL);
	assert_int_equal(ks_btf_strip(ours, (uint32_t)id), integer);
	assert_int_equal(ks_btf_strip(ours, (uint32_t)loop), 0);
	assert_int_equal(ks_btf_strip(ours, UINT32_MAX), UINT32_MAX);
	ks_btf_close(ours);
	btf__free(btf);
}

/* ---- blobs by hand: what libbpf of today does not write ---- */

/** A little-endian blob: words and bytes as a test spells them. */
struct blob {
	uint8_t at[512];
	size_t len;
};

static void put(struct blob *blob, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		blob->at[blob->len++] = (uint8_t)(v >> 8 * i);
}

static void set(struct blob *blob, size_t at, uint32_t v)
{
	struct blob word = { .len = 0 };
	put(&word, v);
	memcpy(blob->at + at, word.at, 4);
}

enum {
	TYPE_LEN = 12,
	STR_OFF = 16,
	STR_LEN = 20,
	LAYOUT_OFF = 24,
	LAYOUT_LEN = 28
}; // in the header

/** Header of header_len bytes, the words of the types, and the strings "\0int\0". */
static struct blob blob_of(uint32_t header_len, const uint32_t *words, size_t nr_words)
{
	struct blob blob = { .len = 0 };
	put(&blob, 0x0001eb9f);
	put(&blob, header_len);
	put(&blob, 0);
	put(&blob, (uint32_t)nr_words * 4);
	put(&blob, (uint32_t)nr_words * 4);
	put(&blob, 8);
	while (blob.len < header_len)
		put(&blob, 0);
	for (size_t i = 0; i < nr_words; i++)
		put(&blob, words[i]);
	memcpy(blob.at + blob.len, "\0int\0\0\0", 8);
	blob.len += 8;
	return blob;
}

static uint32_t info(uint32_t kind, uint32_t vlen)
{
	return kind << 24 | vlen;
}

static void expect_error(const struct blob *blob, enum ks_errcode code, const char *text)
{
	struct ks_btf *btf = NULL;
	struct ks_error *err = ks_btf_open(blob->at, blob->len, NULL, &btf);
	assert_non_null(err);
	assert_null(btf);
	assert_int_equal(err->code, code);
	assert_string_equal(err->section, ".BTF");
	char *line = ks_error_text(err);
	if (!strstr(line, text))
		fail_msg("'%s' does not say '%s'", line, text);
	free(line);
	ks_error_free(err);
}

static void kinds_to_come_are_skipped_by_their_layout(void **state)
{
	(void)state;
	// two types of kind 100 (8 bytes, and 4 for each of 3 elements) around an int
	const uint32_t strange[] = { 1, info(100, 3), 7, 1, 2, 3, 4, 5 };
	const uint32_t integer[] = { 1, info(KS_BTF_INT, 0), 4, 32 };
	uint32_t words[20];
	memcpy(words, strange, sizeof(strange));
	memcpy(words + 8, integer, sizeof(integer));
	memcpy(words + 12, strange, sizeof(strange));
	struct blob blob = blob_of(32, words, 20);
	set(&blob, LAYOUT_OFF, 80 + 8);
	set(&blob, LAYOUT_LEN, 101 * 4);
	size_t layouts = blob.len;
	static uint8_t at[1024];
	memcpy(at, blob.at, blob.len);
	at[layouts + 400] = 8;
	at[layouts + 401] = 4;
	struct ks_btf *btf = open_ours(at, layouts + 404, NULL);
	assert_int_equal(btf->nr, 4);
	assert_int_equal(ks_btf_type(btf, 1).kind, 100);
	assert_int_equal(ks_btf_type(btf, 1).type, 0);
	assert_int_equal(ks_btf_find(btf, KS_BTF_INT, "int", 1), 2);
	ks_btf_close(btf);

	set(&blob, LAYOUT_LEN, 0);
	expect_error(&blob, KS_ERR_UNSUPPORTED, ".BTF+0x20: type 1 is of kind 100");
}

static void a_grown_header_moves_the_types(void **state)
{
	(void)state;
	const uint32_t integer[] = { 1, info(KS_BTF_INT, 0), 4, 32 };
	for (uint32_t header_len = 24; header_len <= 64; header_len += 4) {
		struct blob blob = blob_of(header_len, integer, 4);
		struct ks_btf *btf = open_ours(blob.at, blob.len, NULL);
		assert_string_equal(ks_btf_type(btf, 1).name, "int");
		assert_int_equal(ks_btf_type(btf, 1).size, 4);
		ks_btf_close(btf);
	}
}

static void vlen_has_24_bits(void **state)
{
	(void)state;
	enum { VALUES = 0x10001 };
	uint32_t words[3] = { 1, info(KS_BTF_ENUM, VALUES), 4 };
	struct blob head = blob_of(24, words, 3);
	size_t len = 24 + 12 + VALUES * 8 + 8;
	uint8_t *at = calloc(1, len);
	assert_non_null(at);
	set(&head, TYPE_LEN, 12 + VALUES * 8);
	set(&head, STR_OFF, 12 + VALUES * 8);
	memcpy(at, head.at, 36);
	memcpy(at + len - 8, "\0int\0\0\0", 8);
	at[36 + (VALUES - 1) * 8] = 1;
	at[36 + (VALUES - 1) * 8 + 4] = 42;
	struct ks_btf *btf = open_ours(at, len, NULL);
	struct ks_btf_type type = ks_btf_type(btf, 1);
	assert_int_equal(type.vlen, VALUES);
	struct ks_btf_enumerator last = ks_btf_enumerator(btf, &type, VALUES - 1);
	assert_string_equal(last.name, "int");
	assert_int_equal(last.value, 42);
	ks_btf_close(btf);
	free(at);
}

static void an_empty_blob_has_no_types(void **state)
{
	(void)state;
	struct blob blob = blob_of(24, NULL, 0);
	set(&blob, STR_LEN, 0);
	struct ks_btf *btf = open_ours(blob.at, 24, NULL);
	assert_int_equal(btf->nr, 1);
	assert_int_equal(ks_btf_type(btf, 1).kind, KS_BTF_VOID);
	assert_string_equal(ks_btf_string(btf, 0), "");
	ks_btf_close(btf);
}

static void what_lies_outside_is_refused_with_its_place(void **state)
{
	(void)state;
	static const struct {
		size_t at; // word that is overwritten
		uint32_t value;
		enum ks_errcode code;
		const char *text;
	} cases[] = {
		{ 0, 0x0001eb9e, KS_ERR_DATA, "not BTF" },
		{ 0, 0x0002eb9f, KS_ERR_UNSUPPORTED, ".BTF+0x2: BTF of version 2" },
		{ 4, 20, KS_ERR_DATA, "header of 20 bytes" },
		{ 4, 0xffffffff, KS_ERR_DATA, "header of 4294967295 bytes" },
		{ 8, 0xfffffffc, KS_ERR_DATA, "the types end at byte" },
		{ 8, 2, KS_ERR_DATA, "not aligned" },
		{ TYPE_LEN, 0xfffffffc, KS_ERR_DATA, "the types end at byte" },
		{ TYPE_LEN, 24, KS_ERR_DATA, ".BTF+0x28: type 2 runs past the end" },
		{ STR_OFF, 29, KS_ERR_DATA, "the strings end at byte" },
		{ STR_LEN, 4, KS_ERR_DATA, "do not end with a NUL" },
		{ 24, 8, KS_ERR_DATA, ".BTF+0x18: type 1 has a name at byte 8 of 8" },
		{ 28, 0, KS_ERR_DATA, "type 1 has no kind" },
		{ 28, 20u << 24, KS_ERR_UNSUPPORTED, "type 1 is of kind 20" },
		{ 28, 4u << 24 | 2, KS_ERR_DATA, "type 1 runs past the end" },
		{ 44, 3u << 24, KS_ERR_DATA, "type 2 runs past the end" },
		{ 48, 3, KS_ERR_DATA, ".BTF+0x30: type 2 refers to type 3 of 3" },
	};
	const uint32_t words[] = { 1, info(KS_BTF_INT, 0), 4, 32, 0, info(KS_BTF_PTR, 0), 1 };
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct blob blob = blob_of(24, words, 7);
		set(&blob, cases[i].at, cases[i].value);
		expect_error(&blob, cases[i].code, cases[i].text);
	}
}

static void every_truncation_is_an_error(void **state)
{
	(void)state;
	struct btf *btf = btf__new_empty();
	fill(btf);
	uint32_t len;
	const void *bytes = btf__raw_data(btf, &len);
	for (uint32_t n = 0; n < len; n++) {
		uint8_t *cut =
			malloc(n ? n : 1); // of its own, so that a read behind its end is seen
		assert_non_null(cut);
		memcpy(cut, bytes, n);
		struct ks_btf *ours = NULL;
		struct ks_error *err = ks_btf_open(cut, n, NULL, &ours);
		assert_non_null(err);
		ks_error_free(err);
		free(cut);
	}
	btf__free(btf);
}

/** KSURF_BTF: a file such as /sys/kernel/btf/vmlinux. */
static void a_real_blob_is_read_as_libbpf_reads_it(void **state)
{
	(void)state;
	const char *path = getenv("KSURF_BTF");
	if (!path) {
		print_message("KSURF_BTF names no file with BTF\n");
		skip();
	}
	struct btf *theirs = btf__parse(path, NULL);
	assert_non_null(theirs);
	uint32_t len;
	const void *bytes = btf__raw_data(theirs, &len);
	struct ks_btf *ours = open_ours(bytes, len, NULL);
	same_blob(theirs, ours);
	ks_btf_close(ours);
	btf__free(theirs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_read_in_both_byte_orders),
		cmocka_unit_test(split_blobs_continue_their_base),
		cmocka_unit_test(stripping_ends_at_what_a_name_stands_for),
		cmocka_unit_test(kinds_to_come_are_skipped_by_their_layout),
		cmocka_unit_test(a_grown_header_moves_the_types),
		cmocka_unit_test(vlen_has_24_bits),
		cmocka_unit_test(an_empty_blob_has_no_types),
		cmocka_unit_test(what_lies_outside_is_refused_with_its_place),
		cmocka_unit_test(every_truncation_is_an_error),
		cmocka_unit_test(a_real_blob_is_read_as_libbpf_reads_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
