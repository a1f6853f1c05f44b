/* SPDX-License-Identifier: BSD-2-Clause */
/* Names, their history, and what differs between two images. */
#include "expect.h"

/** Ends a job at once, and counts how often it was asked. */
static int cancel(const char *what, uint64_t done, uint64_t total, void *arg)
{
	(void)done, (void)total;
	EXPECT(what);
	++*(int *)arg;
	return 1;
}

void use_names(struct ksurf_store *store)
{
	int asked = 0;
	struct ksurf_names_options options = { .size = sizeof(options), .kind = "function" };
	struct ksurf_names *names;
	EXPECT(same_text(ksurf_kind(0), "function") && !ksurf_kind(1000));
	options.glob = "direct_*";
	SUCCEED(ksurf_names_find(store, &options, &names));
	EXPECT(ksurf_names_count(names) == 1 && ksurf_names_nr_images(names) == 2);
	EXPECT(same_text(ksurf_names_at(names, 0)->name, "direct_twice"));
	EXPECT(ksurf_names_at(names, 0)->nr_images == 2 && !ksurf_names_at(names, 1));
	EXPECT(ksurf_names_image(names, 1) && !ksurf_names_image(names, 2));
	EXPECT(ksurf_names_in(names, 0, 1) && !ksurf_names_in(names, 0, 2));
	ksurf_names_free(names);
	options.glob = NULL;
	options.limit = 3;
	SUCCEED(ksurf_names_find(store, &options, &names));
	EXPECT(ksurf_names_count(names) == 3);
	ksurf_names_free(names);
	options.progress = cancel;
	options.progress_arg = &asked;
	FAIL(ksurf_names_find(store, &options, &names), KSURF_ERR_CANCELLED, "finding");
	EXPECT(asked == 1);
	options.kind = "pizza";
	FAIL(ksurf_names_find(store, &options, &names), KSURF_ERR_USAGE, "pizza");
	SUCCEED(ksurf_names_near(store, NULL, "direct_twic", &names));
	EXPECT(ksurf_names_count(names) >= 1);
	EXPECT(same_text(ksurf_names_at(names, 0)->name, "direct_twice"));
	ksurf_names_free(names);
	ksurf_names_free(NULL);
}

void use_history(struct ksurf_store *store)
{
	struct ksurf_history_options options = { .size = sizeof(options) };
	struct ksurf_history *history;
	SUCCEED(ksurf_history_read(store, "function", "direct_twice", NULL, &history));
	EXPECT(ksurf_history_count(history) == 2 && !ksurf_history_at(history, 2));
	const struct ksurf_fact *fact = ksurf_history_at(history, 0);
	EXPECT(fact->status == KSURF_STATUS_PRESENT && strstr(fact->declaration, "direct_twice("));
	EXPECT(fact->image && fact->event && fact->group);
	EXPECT(ksurf_history_since(history) && ksurf_history_until(history));
	ksurf_history_free(history);
	SUCCEED(ksurf_history_read(store, "function", "always_four", NULL, &history));
	fact = ksurf_history_at(history, 0);
	EXPECT(fact->nr_issues >= 1 && fact->issues[0]);
	ksurf_history_free(history);
	options.images = "6.6.6-mini-amd64";
	SUCCEED(ksurf_history_read(store, "syscall", "read", &options, &history));
	EXPECT(ksurf_history_count(history) == 1);
	EXPECT(same_text(ksurf_history_at(history, 0)->value, "0"));
	ksurf_history_free(history);
	FAIL(ksurf_history_read(store, "function", "direct_twic", NULL, &history),
	     KSURF_ERR_NOTFOUND, "did you mean direct_twice");
	ksurf_history_free(NULL);
}

static void look_at_difference(const struct ksurf_difference *difference)
{
	EXPECT(difference->kind && difference->name && difference->status);
	if (same_text(difference->status, "changed")) {
		EXPECT(difference->nr_changes && difference->changes[0]->change);
		EXPECT(difference->changes[0]->title);
	}
	if (same_text(difference->status, "added"))
		EXPECT(!difference->old_declaration);
	if (same_text(difference->status, "removed"))
		EXPECT(!difference->new_declaration);
}

void use_diff(struct ksurf_store *store)
{
	struct ksurf_diff_options options = { .size = sizeof(options) };
	struct ksurf_diff *diff;
	size_t sum = 0;
	int asked = 0;
	SUCCEED(ksurf_diff_make(store, "6.6.6-mini-amd64", "6.6.6-mini-arm64", NULL, &diff));
	EXPECT(ksurf_diff_differs(diff) && ksurf_diff_nr_kinds(diff) > 5);
	EXPECT(same_text(ksurf_diff_old(diff), "6.6.6-mini-amd64"));
	EXPECT(same_text(ksurf_diff_new(diff), "6.6.6-mini-arm64"));
	for (size_t i = 0; i < ksurf_diff_nr_kinds(diff); i++) {
		const struct ksurf_diff_kind *kind = ksurf_diff_kind(diff, i);
		sum += kind->added + kind->removed + kind->changed;
	}
	EXPECT(sum && sum == ksurf_diff_count(diff) && !ksurf_diff_at(diff, sum));
	for (size_t i = 0; i < sum; i++)
		look_at_difference(ksurf_diff_at(diff, i));
	ksurf_diff_free(diff);
	options.kinds = "syscall";
	options.counts_only = 1;
	SUCCEED(ksurf_diff_make(store, "6.6.6-mini-amd64", "6.6.6-mini-amd64", &options, &diff));
	EXPECT(!ksurf_diff_differs(diff) && ksurf_diff_nr_kinds(diff) == 1);
	EXPECT(ksurf_diff_kind(diff, 0)->old_nr == ksurf_diff_kind(diff, 0)->new_nr);
	ksurf_diff_free(diff);
	options.progress = cancel;
	options.progress_arg = &asked;
	FAIL(ksurf_diff_make(store, "6.6.6-mini-amd64", "6.6", &options, &diff),
	     KSURF_ERR_CANCELLED, "comparing");
	char *text;
	options.kinds = NULL;
	FAIL(ksurf_report_diff(store, "6.6.6-mini-amd64", "6.6.6-mini-arm64", &options, NULL, &text,
			       NULL),
	     KSURF_ERR_CANCELLED, "comparing");
	options.changes = "pizza";
	FAIL(ksurf_diff_make(store, "6.6", "6.6", &options, &diff), KSURF_ERR_USAGE, "pizza");
	FAIL(ksurf_diff_make(store, "6.6", "9.9", NULL, &diff), KSURF_ERR_NOTFOUND, "9.9");
	ksurf_diff_free(NULL);
}
