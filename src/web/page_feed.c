/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The changes of a name as an Atom feed (RFC 4287): an entry for each kernel that has it otherwise than the one before. What an entry is
 * called follows from the name and the kernel's content, so that it stays when others are added. Its date is that of the
 * kernel's build, as its banner tells.
 */
#include <stdio.h>
#include <xxhash.h>

#include "diff/steps.h"
#include "report/text/change.h"
#include "surface/image.h"
#include "web/private.h"

enum { DATE = 32, TOLD = 20, ENTRIES = 200 };

/** A feed on its way. */
struct feed {
	struct ks_web_call *call;
	enum ks_kind kind;
	const char *name;
	const char *written; // when the store was, for kernels that do not tell
	char newest[DATE];   // of the entries
	struct ks_buf entries;
	size_t nr;
};

/** A name of the feed, or of an entry, that no other has. */
static void write_id(struct ks_buf *out, const struct feed *feed, const struct ks_image *image)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_strz(&text, ks_kinds[feed->kind].name);
	ks_buf_strz(&text, feed->name);
	ks_buf_strz(&text, !image	   ? ""
			   : image->digest ? image->digest
			   : image->label  ? image->label
					   : "");
	XXH128_hash_t hash = XXH3_128bits(text.at, text.len);
	// the bits that RFC 9562 wants of one that is made as its maker likes
	uint64_t high = (hash.high64 & ~0xf000ull) | 0x8000;
	uint64_t low = (hash.low64 & ~(3ull << 62)) | 2ull << 62;
	ks_buf_printf(out, "<id>urn:uuid:%08llx-%04llx-%04llx-%04llx-%012llx</id>\n",
		      (unsigned long long)(high >> 32), (unsigned long long)(high >> 16 & 0xffff),
		      (unsigned long long)(high & 0xffff), (unsigned long long)(low >> 48),
		      (unsigned long long)(low & 0xffffffffffff));
	out->failed |= text.failed;
}

/** Append the address of what an entry tells. */
static void write_address(struct ks_buf *out, const struct feed *feed, const struct ks_step *step)
{
	if (!step || !step->before || !step->before->present || !step->fact->present) {
		ks_html_address(out, feed->kind, feed->name,
				step && step->fact->present ? step->fact->image->label : NULL);
		return;
	}
	ks_html_address(out, feed->kind, feed->name, NULL);
	ks_buf_char(out, '/');
	ks_web_pair(out, step->before->image->label, step->fact->image->label);
}

/** What entries say; NULL: there is none. */
static const char *const titles[KS_NR_STEPS] = {
	[KS_STEP_ADDED] = " is new in ",
	[KS_STEP_REMOVED] = " is gone in ",
	[KS_STEP_CHANGED] = " changed in ",
	[KS_STEP_STATUS] = " is compiled otherwise in ",
};

static void write_title(struct feed *feed, const struct ks_step *step)
{
	struct ks_buf *out = &feed->entries;
	ks_html_text(out, feed->name);
	bool first = step->event == KS_STEP_ADDED && !step->before; // nobody knows since when
	ks_buf_str(out, first ? " is in " : titles[step->event]);
	ks_html_text(out, step->fact->image->label);
}

static void write_summary(struct feed *feed, const struct ks_step *step)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	struct ks_buf *out = &feed->entries;
	for (size_t i = 0; i < step->changes.nr && i < TOLD; i++) {
		ks_buf_str(out, i ? "; " : "");
		ks_change_write(&text, &step->changes.at[i]);
		ks_text_write(out, KS_TEXT_MARKUP, text.at, text.len);
		text.len = 0;
	}
	if (step->changes.nr > TOLD)
		ks_buf_printf(out, "; and %zu more", step->changes.nr - TOLD);
	if (!step->changes.nr)
		ks_buf_str(out, ks_step_infos[step->event].name);
	out->failed |= text.failed;
}

static struct ks_error *take_step(const struct ks_step *step, void *arg)
{
	struct feed *feed = arg;
	struct ks_buf *out = &feed->entries;
	char date[DATE];
	if (!titles[step->event] || feed->nr++ >= ENTRIES)
		return NULL;
	if (ks_image_built(step->fact->image, date))
		strcat(date, "T00:00:00Z");
	else
		snprintf(date, sizeof(date), "%s", feed->written);
	if (strcmp(date, feed->newest) > 0)
		memcpy(feed->newest, date, sizeof(date));
	ks_buf_str(out, "<entry>\n");
	write_id(out, feed, step->fact->image);
	ks_buf_str(out, "<title>");
	write_title(feed, step);
	ks_buf_printf(out, "</title>\n<updated>%s</updated>\n<link href=\"", date);
	write_address(out, feed, step);
	ks_buf_str(out, "\"/>\n<summary>");
	write_summary(feed, step);
	ks_buf_str(out, "</summary>\n</entry>\n");
	return NULL;
}

static void write_feed(struct feed *feed)
{
	struct ks_buf *out = &feed->call->response->body;
	feed->call->response->type = "application/atom+xml; charset=utf-8";
	ks_buf_str(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
			"<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	write_id(out, feed, NULL);
	ks_buf_printf(out, "<title>%s ", ks_kinds[feed->kind].name);
	ks_html_text(out, feed->name);
	ks_buf_printf(out,
		      "</title>\n<updated>%s</updated>\n<author><name>ksurf</name></author>\n"
		      "<link rel=\"self\" href=\"/feed",
		      *feed->newest ? feed->newest : feed->written);
	ks_html_address(out, feed->kind, feed->name, NULL);
	ks_buf_str(out, ".atom\"/>\n<link href=\"");
	write_address(out, feed, NULL);
	ks_buf_str(out, "\"/>\n");
	ks_buf_bytes(out, feed->entries.at, feed->entries.len);
	ks_buf_str(out, "</feed>\n");
}

/** "/feed/NAME.atom", or "/feed/KIND/NAME.atom". */
static struct ks_error *read_name(struct ks_web_call *call, struct feed *feed)
{
	static const char ending[] = ".atom";
	const struct ks_web_address *address = call->address;
	size_t nr = address->nr_segments;
	const char *last = nr > 1 && nr <= 3 ? address->segments[nr - 1] : "";
	size_t len = strlen(last);
	if (len < sizeof(ending) || strcmp(last + len - sizeof(ending) + 1, ending) != 0 ||
	    address->label)
		return ks_error_new(KS_ERR_NOTFOUND, "a feed is /feed/NAME.atom");
	feed->name = ks_arena_strndup(&call->arena, last, len - sizeof(ending) + 1);
	if (!feed->name)
		return &ks_nomem;
	if (nr == 2)
		return ks_web_kind_of(call, feed->name, &feed->kind);
	feed->kind = ks_kind_by_name(address->segments[1]);
	return feed->kind == KS_NR_KINDS ? ks_kind_unknown(address->segments[1]) : NULL;
}

struct ks_error *ks_web_feed(struct ks_web_call *call)
{
	struct feed feed = { .call = call, .written = call->web->written };
	const struct ks_selection *sel = &call->web->sel;
	const struct ks_web_read *read = NULL;
	_cleanup_diff_ struct ks_diff *diff = NULL;
	KS_TRY(ks_web_expect(call, 0));
	KS_TRY(read_name(call, &feed));
	if (feed.kind != KS_NR_KINDS)
		KS_TRY(ks_web_read_name(call->web, feed.kind, feed.name, &read));
	if (!read || !ks_history_present(&read->history))
		return ks_web_unknown(call, feed.kind, feed.name);
	KS_TRY(ks_diff_new(&diff));
	struct ks_error *err = ks_steps_walk(sel->groups, &read->history, diff, take_step, &feed);
	if (!err)
		err = ks_buf_error(&feed.entries);
	if (!err)
		write_feed(&feed);
	ks_buf_deinit(&feed.entries);
	return err;
}
