/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking kernels in, images, and what a store keeps of its user's choices. */
#include "expect.h"

/** How often each event came. */
struct heard {
	int nr[KSURF_EVENT_FAILED + 1];
	int stop_at; // an event that cancels
	char failed[200];
};

static int hear(const struct ksurf_event *event, void *arg)
{
	struct heard *heard = arg;
	heard->nr[event->type]++;
	if (event->type == KSURF_EVENT_ADDED)
		EXPECT(event->label && event->bytes && event->nr_definitions);
	if (event->type == KSURF_EVENT_FAILED) {
		EXPECT(event->code == KSURF_ERR_IO && same_text(event->source, "/nowhere/vmlinux"));
		snprintf(heard->failed, sizeof(heard->failed), "%s", event->error);
	}
	return (int)event->type == heard->stop_at;
}

void use_ingest(const struct given *given)
{
	struct heard heard = { .stop_at = -1 };
	struct ksurf_ingest_options options = { .size = sizeof(options),
						.event = hear,
						.event_arg = &heard };
	const char *names[] = { given->one, "/nowhere/vmlinux", given->two };
	struct ksurf_store *store;
	size_t added = 0;
	FAIL(ksurf_store_open(given->store, (enum ksurf_mode)77, &store), KSURF_ERR_USAGE, "77");
	SUCCEED(ksurf_store_open_waiting(given->store, KSURF_CREATE, 60, &store));
	SUCCEED(ksurf_ingest(store, names, 3, &options, &added));
	EXPECT(added == 2 && heard.nr[KSURF_EVENT_ADDED] == 2 && heard.nr[KSURF_EVENT_FAILED] == 1);
	EXPECT(strstr(heard.failed, "/nowhere/vmlinux"));
	SUCCEED(ksurf_ingest(store, names, 1, &options, &added));
	EXPECT(added == 0 && heard.nr[KSURF_EVENT_KNOWN] == 1);
	FAIL(ksurf_update(store, NULL, 0, NULL, 2, &added), KSURF_ERR_NOTFOUND, "no set");
	EXPECT(added == 0);
	options.strict = 1;
	FAIL(ksurf_ingest(store, names, 3, &options, NULL), KSURF_ERR_IO, "/nowhere/vmlinux");
	heard.stop_at = KSURF_EVENT_KNOWN;
	FAIL(ksurf_ingest(store, names, 1, &options, NULL), KSURF_ERR_CANCELLED, "");
	heard.stop_at = -1;
	options = (struct ksurf_ingest_options){ .size = sizeof(options),
						 .from = KSURF_FROM_PACKAGE,
						 .mirror = "http://127.0.0.1:1",
						 .suite = "none",
						 .strict = 1,
						 .timeout = 1 };
	names[0] = "linux-image-amd64"; // nobody is there
	FAIL(ksurf_ingest(store, names, 1, &options, NULL), KSURF_ERR_NET, "127.0.0.1");
	options.from = (enum ksurf_from)77;
	FAIL(ksurf_ingest(store, names, 1, &options, NULL), KSURF_ERR_USAGE, "77");
	ksurf_store_close(store);
}

static int count_images(const struct ksurf_image *image, void *arg)
{
	(void)image;
	++*(size_t *)arg;
	return 0;
}

static int cancel(const char *what, uint64_t done, uint64_t total, void *arg)
{
	(void)what, (void)arg;
	EXPECT(total == 1 && done == 0);
	return 1;
}

void use_images(struct ksurf_store *store)
{
	struct ksurf_images_options options = { .size = sizeof(options), .counts = 1 };
	struct ksurf_images *images;
	size_t visited = 0, functions = 0;
	SUCCEED(ksurf_images_choose(store, NULL, &images));
	EXPECT(ksurf_images_count(images) == 2 && !ksurf_images_at(images, 2));
	EXPECT(ksurf_images_at(images, 0)->nr_counts == 0);
	ksurf_images_free(images);
	options.words = "6.6.6-mini-amd64";
	SUCCEED(ksurf_images_choose(store, &options, &images));
	EXPECT(ksurf_images_count(images) == 1);
	const struct ksurf_image *image = ksurf_images_at(images, 0);
	EXPECT(same_text(image->label, "6.6.6-mini-amd64") && same_text(image->tier, "full"));
	EXPECT(same_text(image->version, "6.6.6") && same_text(image->arch, "amd64"));
	EXPECT(image->bits == 64 && !image->big_endian && image->is_base && image->digest);
	for (size_t i = 0; i < image->nr_counts; i++)
		if (same_text(image->counts[i]->kind, "function") && image->counts[i]->known)
			functions = image->counts[i]->nr;
	EXPECT(functions > 10);
	ksurf_images_free(images);
	options.progress = cancel;
	FAIL(ksurf_images_choose(store, &options, &images), KSURF_ERR_CANCELLED, "images");
	options.words = "regular,5.4";
	FAIL(ksurf_images_choose(store, &options, &images), KSURF_ERR_NOTFOUND, "5.4");
	SUCCEED(ksurf_store_images(store, count_images, &visited));
	EXPECT(visited == 2);
	ksurf_images_free(NULL);
}

void use_settings(const struct given *given)
{
	struct ksurf_store *store;
	struct ksurf_images *images;
	const char *arm = "*arm64*", *none = "*mips*";
	SUCCEED(ksurf_store_open(given->store, KSURF_CREATE, &store));
	SUCCEED(ksurf_store_rename(store, "6.6.6-mini-amd64", "renamed"));
	SUCCEED(ksurf_store_set_base(store, "renamed"));
	FAIL(ksurf_store_set_base(store, "6.6.6-mini-amd64"), KSURF_ERR_NOTFOUND, "6.6.6");
	SUCCEED(ksurf_store_set_base(store, NULL));
	SUCCEED(ksurf_store_set_group(store, "members", &arm, 1));
	FAIL(ksurf_store_set_group(store, "members", &none, 1), KSURF_ERR_NOTFOUND, "mips");
	FAIL(ksurf_store_set_group(store, "regular", &arm, 1), KSURF_ERR_USAGE, "regular");
	SUCCEED(ksurf_store_set_group(store, "members", NULL, 0));
	SUCCEED(ksurf_store_remove(store, "renamed"));
	FAIL(ksurf_store_remove(store, "renamed"), KSURF_ERR_NOTFOUND, "renamed");
	SUCCEED(ksurf_images_choose(store, NULL, &images));
	EXPECT(ksurf_images_count(images) == 1);
	ksurf_store_close(store);
	EXPECT(same_text(ksurf_images_at(images, 0)->arch, "arm64")); // outlives its store
	ksurf_images_free(images);
}

/** Into a store beside the first. */
void use_merge(struct ksurf_store *store, const struct given *given)
{
	char path[4096];
	struct ksurf_merged merged = { 0 };
	struct ksurf_store *other;
	struct ksurf_images *images;
	snprintf(path, sizeof(path), "%s-merged", given->store);
	SUCCEED(ksurf_store_open(path, KSURF_CREATE, &other));
	FAIL(ksurf_store_merge(other, store, 0, &merged), KSURF_ERR_USAGE, "size");
	merged.size = sizeof(merged);
	FAIL(ksurf_store_merge(other, other, 0, &merged), KSURF_ERR_STORE, "itself");
	SUCCEED(ksurf_store_merge(other, store, 2, &merged));
	EXPECT(merged.added == 2 && !merged.replaced && !merged.kept && merged.bytes);
	SUCCEED(ksurf_store_merge(other, store, 0, &merged));
	EXPECT(!merged.added && merged.kept == 2 && !merged.bytes);
	merged.added = 7;
	merged.size = sizeof(merged.size); // a caller that knows nothing of it
	SUCCEED(ksurf_store_merge(other, store, 0, &merged));
	EXPECT(merged.added == 7);
	SUCCEED(ksurf_store_merge(other, store, 0, NULL));
	SUCCEED(ksurf_images_choose(other, NULL, &images));
	EXPECT(ksurf_images_count(images) == 2);
	ksurf_images_free(images);
	ksurf_store_close(other);
	remove(path);
}

void use_options(struct ksurf_store *store)
{
	struct {
		struct ksurf_images_options known;
		int later; // of a newer library
	} newer = { .known = { .size = sizeof(newer) } };
	struct ksurf_images_options options = { .words = "nowhere" };
	struct ksurf_images *images;
	FAIL(ksurf_images_choose(store, &options, &images), KSURF_ERR_USAGE, "size");
	options.size = sizeof(options.size); // a caller so old that it has no words
	SUCCEED(ksurf_images_choose(store, &options, &images));
	ksurf_images_free(images);
	options.size = sizeof(options);
	FAIL(ksurf_images_choose(store, &options, &images), KSURF_ERR_NOTFOUND, "nowhere");
	SUCCEED(ksurf_images_choose(store, &newer.known, &images));
	ksurf_images_free(images);
	newer.later = 1;
	FAIL(ksurf_images_choose(store, &newer.known, &images), KSURF_ERR_USAGE, "option");
}
