/* SPDX-License-Identifier: BSD-2-Clause */
/* What a view says of names that parts of a dataset do not have: they hold a choice of names only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check.h"
#include "check/kernels/view.h"

static const struct ks_image whole = { .label = "whole", .tier = KS_TIER_FULL },
			     part = { .label = "part", .tier = KS_TIER_IMPORTED },
			     other = { .label = "other", .tier = KS_TIER_IMPORTED };
static const struct ks_image *const images[] = { &whole, &part, &other };
enum { NR = 3 };

/** Which images have a name: "task_struct" the whole one, as all whole ones do. */
static bool has(size_t image, const char *name)
{
	static const char *const names[NR] = { "task_struct only_whole everywhere", "everywhere",
					       "everywhere only_other" };
	return strstr(names[image], name) != NULL;
}

static struct ks_error *answer(void *arg, enum ks_kind kind, const char *name,
			       struct ks_arena *arena, struct ks_history *ret)
{
	struct ks_fact *facts = ks_arena_array(arena, NR, sizeof(*facts));
	(void)arg;
	assert_non_null(facts);
	for (size_t i = 0; i < NR; i++)
		facts[i] = (struct ks_fact){ .image = images[i],
					     .known = true,
					     .present = has(i, name) };
	*ret = (struct ks_history){ .kind = kind, .name = name, .nr = NR, .facts = facts };
	return NULL;
}

static struct ks_error *chosen(void *arg, enum ks_kind kind, const char *name, bool *ret)
{
	(void)arg;
	(void)kind;
	*ret = strcmp(name, "not_in_the_view") == 0;
	return NULL;
}

static void expect(struct ks_view *view, size_t at, const char *name, bool known, bool present)
{
	struct ks_site site = ks_view_site(view, at);
	const struct ks_fact *fact = ks_site_fact(&site, KS_STRUCT, name);
	if (fact->known != known || fact->present != present)
		fail_msg("%s in %s: known %d, present %d", name, images[at]->label, fact->known,
			 fact->present);
}

static void parts_do_not_have_what_another_part_has(void **state)
{
	(void)state;
	const struct ks_view_source source = { .history = answer, .chosen = chosen };
	_cleanup_view_ struct ks_view *view = NULL;
	assert_ok(ks_view_new(&source, NR, images, false, &view));
	expect(view, 0, "everywhere", true, true);
	expect(view, 1, "everywhere", true, true);
	expect(view, 0, "only_other", true, false);
	expect(view, 1, "only_other", true, false); // the choice has it
	expect(view, 2, "only_other", true, true);
	expect(view, 1, "not_in_the_view", true, false); // an image that is not shown has it
}

static void what_only_whole_images_have_is_not_known_of_parts(void **state)
{
	(void)state;
	const struct ks_view_source source = { .history = answer, .chosen = chosen };
	_cleanup_view_ struct ks_view *view = NULL;
	assert_ok(ks_view_new(&source, NR, images, false, &view));
	expect(view, 0, "only_whole", true, true);
	expect(view, 1, "only_whole", false, false);
	expect(view, 0, "nowhere", true, false);
	expect(view, 2, "nowhere", false, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_do_not_have_what_another_part_has),
		cmocka_unit_test(what_only_whole_images_have_is_not_known_of_parts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
