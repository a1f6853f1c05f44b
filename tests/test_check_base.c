/* SPDX-License-Identifier: BSD-2-Clause */
/* Which image an object's programs are compared with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <bpf/btf.h>
#include <cmocka.h>

#include "arch/arch.h"
#include "base/array.h"
#include "check.h"
#include "check/prepare.h"

/** Of the object; in images "b" stands elsewhere where the offset is another. */
static const struct ks_member members[3][2] = {
	{ { .name = "a" }, { .name = "b", .bits_offset = 32 } },
	{ { .name = "a" }, { .name = "b", .bits_offset = 64 } },
	{ { .name = "a", .bits_offset = 32 }, { .name = "b", .bits_offset = 64 } },
};
static const struct ks_decl decls[3] = {
	{ .kind = KS_STRUCT, .name = "thing", .size = 8, .nr = 2, .members = members[0] },
	{ .kind = KS_STRUCT, .name = "thing", .size = 8, .nr = 2, .members = members[1] },
	{ .kind = KS_STRUCT, .name = "thing", .size = 16, .nr = 2, .members = members[2] },
};
enum { SAME, CLOSE, OTHER, MAX_IMAGES = 4 }; // which of them an image has

/** Images: a machine, and a declaration each; up to one without a machine's name. */
struct images {
	struct {
		const char *arch; // "": not known
		int decl;
	} at[MAX_IMAGES];
};

static size_t count(const struct images *images)
{
	size_t nr = 0;
	while (nr < MAX_IMAGES && images->at[nr].arch)
		nr++;
	return nr;
}

static struct ks_error *look_up(void *arg, enum ks_kind kind, const char *name,
				struct ks_arena *arena, struct ks_history *ret)
{
	const struct images *images = arg;
	size_t nr = count(images);
	struct ks_fact *facts = ks_arena_array(arena, nr, sizeof(*facts));
	assert_non_null(facts);
	for (size_t i = 0; i < nr; i++) {
		bool has = kind == KS_STRUCT && strcmp(name, "thing") == 0;
		facts[i] = (struct ks_fact){ .known = true,
					     .present = has,
					     .decl = has ? &decls[images->at[i].decl] : NULL };
	}
	*ret = (struct ks_history){ .kind = kind, .name = name, .nr = nr, .facts = facts };
	return NULL;
}

/** @return which image it is; -1: none */
static int base_of(struct images images, const char *machine, const char *carrier, bool big_endian)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "unsigned int", 4, 0);
	int thing = btf__add_struct(btf, "thing", 8);
	btf__add_field(btf, "a", number, 0, 0);
	btf__add_field(btf, "b", number, 32, 0);
	uint32_t size;
	const void *bytes = btf__raw_data(btf, &size);
	struct ks_btf *read;
	assert_ok(ks_btf_open(bytes, size, NULL, &read));
	const struct ks_core_spec spec = {
		.btf = read, .type = (uint32_t)thing, .root = "thing", .root_kind = KS_STRUCT
	};
	const struct ks_core_spec *specs[] = { &spec };
	const struct ks_bpf_object object = { .btf = read,
					      .nr_cores = 1,
					      .big_endian = big_endian,
					      .carrier = ks_arch_by_debian(carrier) };
	const struct ks_prepared prepared = { .object = &object,
					      .specs = specs,
					      .machine = ks_arch_by_debian(machine) };
	size_t nr = count(&images);
	struct ks_image headers[MAX_IMAGES];
	const struct ks_image *list[MAX_IMAGES];
	uint64_t scores[MAX_IMAGES];
	for (size_t i = 0; i < nr; i++) {
		headers[i] = (struct ks_image){ .label = images.at[i].arch,
						.version = "6.1.50",
						.facts = UINT32_MAX };
		headers[i].arch = images.at[i].arch[0] ? images.at[i].arch : NULL;
		list[i] = &headers[i];
	}
	const struct ks_view_source source = { .history = look_up, .arg = &images };
	_cleanup_view_ struct ks_view *view = NULL;
	assert_ok(ks_view_new(&source, nr, list, false, &view));
	size_t base = ks_object_base(&prepared, view, nr, scores);
	assert_ok(ks_view_error(view));
	ks_btf_close(read);
	btf__free(btf);
	return base == nr ? -1 : (int)base;
}

static void of_its_own_machine(void **state)
{
	(void)state;
	static const struct {
		struct images images;
		const char *machine, *carrier; // NULL: not known
		bool big_endian;
		int base;
	} cases[] = {
		// nothing is known: what agrees best, the first of several
		{ { { { "arm64", CLOSE }, { "amd64", SAME }, { "i386", SAME } } },
		  NULL,
		  NULL,
		  false,
		  1 },
		{ { { { "amd64", OTHER } } }, NULL, NULL, false, -1 },
		// never one of the other byte order, where there is one of its own
		{ { { { "s390x", SAME }, { "amd64", CLOSE } } }, NULL, NULL, false, 1 },
		{ { { { "s390x", CLOSE }, { "amd64", SAME } } }, NULL, NULL, true, 0 },
		{ { { { "s390x", SAME }, { "amd64", OTHER } } }, NULL, NULL, false, 0 },
		// its registers, or the program that has it, name the machine
		{ { { { "arm64", SAME }, { "amd64", CLOSE } } }, "amd64", NULL, false, 1 },
		{ { { { "arm64", SAME }, { "amd64", CLOSE } } }, NULL, "amd64", false, 1 },
		{ { { { "arm64", CLOSE }, { "amd64", SAME } } }, "arm64", "amd64", false, 0 },
		// machines of one source name their registers alike: the program tells them apart
		{ { { { "i386", SAME }, { "amd64", CLOSE } } }, "i386", "amd64", false, 1 },
		{ { { { "arm64", SAME }, { "i386", CLOSE } } }, NULL, "amd64", false, 1 },
		// an image of a machine that nobody named is no worse than one of another
		{ { { { "", SAME }, { "arm64", CLOSE } } }, "amd64", NULL, false, 0 },
		{ { { { "", SAME }, { "amd64", CLOSE } } }, "amd64", NULL, false, 1 },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		int base = base_of(cases[i].images, cases[i].machine, cases[i].carrier,
				   cases[i].big_endian);
		if (base != cases[i].base)
			fail_msg("case %zu: %d", i, base);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_its_own_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
