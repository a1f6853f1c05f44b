/* SPDX-License-Identifier: BSD-2-Clause */
/* The site over a store: which address has which page, and what becomes of it when the store changes. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/read_file.h"
#include "base/url.h"
#include "golden.h"
#include "judge.h"
#include "place.h"
#include "site.h"

static const struct {
	const char *address;
	unsigned int status;
	const char *type, *part; // of the body, or of the location
} pages[] = {
	{ "/", 200, "text/html", "/function/vfs_read" },
	{ "/?name=special", 302, "", "/function/special" },
	{ "/special", 302, "", "/function/special" },
	{ "/special.json", 302, "", "/function/special.json" },
	{ "/special@6.1.0-2", 302, "", "/function/special@6.1.0-2" },
	{ "/zoo", 302, "", "/struct/zoo" }, // a union, too
	{ "/struct/zoo", 200, "text/html", "/union/zoo" },
	{ "/function/special", 200, "text/html", "can be attached" },
	{ "/function/special@6.1.0-1", 200, "text/html", "<strong>6.1.0-1</strong>" },
	{ "/function/special@6.1.0-1", 200, "text/html", "rel=\"next\">→ 6.1.0-2" },
	{ "/function/special@6.1.0-1", 200, "text/html", "Where to attach" },
	{ "/function/special@latest", 200, "text/html", "in</span> <strong>6.1.0-2" },
	{ "/function/special@latest.txt", 200, "text/plain", "function special in 1 kernel" },
	{ "/function/special/6.1.0-1..6.1.0-2", 200, "text/html", "<h2>Changes</h2>" },
	{ "/function/special/6.1.0-1..6.1.0-2.txt", 200, "text/plain", "in 2 kernels" },
	{ "/struct/zoo@6.1.0-1", 200, "text/html", "/field/zoo%3A%3A" },
	{ "/struct/zoo/6.1.0-1..6.1.0-2", 200, "text/html", "id=\"m-" },
	{ "/enum/mode@latest", 200, "text/html", "Values" },
	{ "/function/special.json", 200, "application/json", "\"special\"" },
	{ "/function/special.md", 200, "text/markdown", "special" },
	{ "/function/special.txt", 200, "text/plain", "function special in 2 kernels" },
	{ "/function/special@6.1.0-1.txt", 200, "text/plain", "in 1 kernel" },
	{ "/diff/6.1.0-1..6.1.0-2.txt", 200, "text/plain", "6.1.0-1 -> 6.1.0-2" },
	{ "/kernels.txt", 200, "text/plain", "6.1.0-2" },
	{ "/kernels.csv", 404, "text/plain", "not there as .csv" },
	{ "/kernels.md", 200, "text/markdown", "| 6.1.0-2 |" },
	{ "/kernels?by=distribution", 200, "text/html", "none is known</th>" },
	{ "/kernels?by=set&arch=riscv64", 200, "text/html", "0 of 2" },
	{ "/kernels.json?arch=riscv64", 200, "application/json", "[]" },
	{ "/kernels?by=colour", 400, "text/html", "grouped by" },
	{ "/kernels?set=debian:99", 404, "text/html", "debian:99" },
	{ "/kernels/x", 404, "text/html", "no such page" },
	{ "/kernel/6.1.0-1.json", 200, "application/json", "\"names\": {" },
	{ "/kernel/6.1.0-1.md", 200, "text/markdown", "| release |" },
	{ "/kernel/6.1.0-1", 200, "text/html", "rel=\"next\">→ 6.1.0-2" },
	{ "/stats", 200, "text/html", "id=\"growth\"" },
	{ "/stats.json", 200, "application/json", "\"growth\"" },
	{ "/stats.md", 200, "text/markdown", "6.1.0" },
	{ "/stats.csv", 200, "text/csv", "6.1.0" },
	{ "/stats/growth", 200, "text/html", "/stats/growth.csv" },
	{ "/stats/growth.csv", 200, "text/csv", "image,function" },
	{ "/stats/growth.svg", 200, "image/svg+xml", "<svg" },
	{ "/stats/changes-function", 200, "text/html", "Nothing to tell" }, // one series
	{ "/stats/changes.svg", 200, "image/svg+xml", "<svg" },
	{ "/stats/grwoth", 404, "text/html", "no such table" },
	{ "/stats/growth/x", 404, "text/html", "no such page" },
	{ "/store", 200, "text/html", "ksurf publish" },
	{ "/store.json", 200, "application/json", "\"kernels\": 2," },
	{ "/store.md", 200, "text/markdown", "| kernels | 2 |" },
	{ "/feed/special.atom", 200, "application/atom+xml", "/function/special@6.1.0-1\"" },
	{ "/feed/struct/zoo.atom", 200, "application/atom+xml", "struct zoo</title>" },
	{ "/feed/special", 404, "text/html", "NAME.atom" },
	{ "/feed/colour/special.atom", 400, "text/html", "colour" },
	{ "/Function/s/special.md", 200, "text/markdown", "# Function: <code>special</code>" },
	{ "/Function/s/special.md?style=early", 200, "text/markdown", "special" },
	{ "/Struct/z/zoo.md", 200, "text/markdown", "# Struct: <code>zoo</code>" },
	{ "/Syscall/read.md", 200, "text/markdown", "# Syscall: <code>read</code>" },
	{ "/Syscall/r/read.md", 404, "text/plain", "/Syscall/read.md" },
	{ "/Function/x/special.md", 404, "text/plain", "/Function/s/special.md" },
	{ "/Function/special.md", 404, "text/plain", "/Function/s/special.md" },
	{ "/Function/s/special", 404, "text/html", "no such page" },
	{ "/search.md?q=spec", 200, "text/markdown", "- `special`" },
	{ "/search.json?q=specail", 200, "application/json", "\"near\": [{\"kind\"" },
	{ "/struct/zoo", 200, "text/html", "Members" },
	{ "/enum/mode", 200, "text/html", "Values" },
	{ "/kernels", 200, "text/html", "/kernel/6.1.0-1" },
	{ "/kernels.json", 200, "application/json", "6.1.0-2" },
	{ "/kernel/6.1.0-1", 200, "text/html", "/diff/6.1.0-1..6.1.0-2" },
	{ "/diff", 200, "text/html", "<select name=\"old\">" },
	{ "/diff?old=a&new=b%2F", 302, "", "/diff/a..b%2F" },
	{ "/diff/6.1.0-1..6.1.0-2", 200, "text/html", "<tr class=\"kind\">" },
	{ "/diff/6.1.0-1..6.1.0-2?kind=function", 200, "text/html", "<td>function</td>" },
	{ "/diff/6.1.0-1..6.1.0-2.json", 200, "application/json", "6.1.0-2" },
	{ "/search?q=spec", 200, "text/html", "/function/special" },
	{ "/search?q=s*al", 200, "text/html", "/function/special" },
	{ "/search.json?q=pecia&kind=function", 200, "application/json", "\"special\"" },
	{ "/search?q=specail", 200, "text/html", "Near it" },
	{ "/style.css", 200, "text/css", "color-scheme" },
	{ "/ksurf.js", 200, "text/javascript", "use strict" },
	{ "/healthz", 200, "text/plain", "ok" },
	{ "/api", 200, "text/html", "/search?q=" },
	{ "/search", 400, "text/html", "search for what" },
	{ "/search?q=a&kind=functoin", 400, "text/html", "function" },
	{ "/%zz", 400, "text/html", "no address" },
	{ "/function/%00", 400, "text/html", "no address" },
	{ "/function/specail", 404, "text/html", "<a href=\"/function/special\">" },
	{ "/specail", 404, "text/html", "<a href=\"/function/special\">" },
	{ "/feed/specail.atom", 404, "text/html", "<a href=\"/function/special\">" },
	{ "/function/special@6.1.0-9", 404, "text/html", "6.1.0-9" },
	{ "/function/special/x", 404, "text/html", "no such page" },
	{ "/nothing/special", 404, "text/html", "no such page" },
	{ "/a/b/c/d/e/f", 404, "text/html", "no such page" },
	{ "/kernel/6.1", 404, "text/html", "6.1" },
	{ "/diff/6.1.0-1", 404, "text/html", "OLD..NEW" },
	{ "/api.json", 200, "application/json", "/feed/" },
	{ "/api.md", 200, "text/markdown", "- `/stats`" },
};

static void addresses_have_their_pages(void **state)
{
	struct ks_web *web = site_open(place_path(state), 2);
	for (size_t i = 0; i < KS_ARRAY_LEN(pages); i++) {
		struct ks_web_response answer = site_ask(web, "GET", pages[i].address, NULL);
		struct ks_buf *in = answer.status == 302 ? &answer.location : &answer.body;
		assert_non_null(ks_buf_text(in));
		if (answer.status != pages[i].status || !strstr(in->at, pages[i].part) ||
		    (answer.status != 302 &&
		     strncmp(answer.type, pages[i].type, strlen(pages[i].type)) != 0))
			fail_msg("%s: %u, %s\n%s", pages[i].address, answer.status, answer.type,
				 in->at);
		if (strncmp(answer.type, "text/html", 9) == 0 && answer.status != 302) {
			const char *wrong = judge(JUDGED_MARKUP, answer.body.at, answer.body.len,
						  answer.body.at);
			if (wrong)
				fail_msg("%s: %s\n%s", pages[i].address, wrong, answer.body.at);
		}
		ks_web_response_deinit(&answer);
	}
	ks_web_close(web);
}

/** The first word of an address, as the guide has it: "KIND" for "function". */
static void first_word(const char *address, char ret[32])
{
	static const char *const stands_for[][2] = { { "function", "KIND" },
						     { "struct", "KIND" },
						     { "vfs_read", "NAME" },
						     { "Function", "FOLDER" } };
	snprintf(ret, 32, "%.*s", (int)strcspn(address + 1, "/?@`."), address + 1);
	for (size_t i = 0; i < KS_ARRAY_LEN(stands_for); i++)
		if (strcmp(ret, stands_for[i][0]) == 0)
			strcpy(ret, stands_for[i][1]);
}

/** Each address that stands behind a mark in one list has its first word in the other. @return how many there are */
static size_t compare_lists(const char *text, const char *mark, const char *other,
			    const char *other_mark)
{
	size_t nr = 0;
	char word[32], there[32];
	for (const char *at = text; (at = strstr(at, mark)); nr++) {
		at += strlen(mark);
		first_word(at, word);
		bool found = !*word; // where one begins
		for (const char *in = other; !found && (in = strstr(in, other_mark));) {
			in += strlen(other_mark);
			first_word(in, there);
			found = strcmp(word, there) == 0;
		}
		if (!found)
			fail_msg("/%s is in one list alone", word);
	}
	return nr;
}

static void the_guide_lists_what_the_site_does(void **state)
{
	static const char guide_mark[] = "`", list_mark[] = "- `";
	struct ks_web *web = site_open(place_path(state), 1);
	struct ks_web_response list = site_ask(web, "GET", "/api.md", NULL);
	_cleanup_buf_ struct ks_buf guide = { 0 };
	assert_ok(ks_read_file(KSURF_SOURCE_ROOT "/docs/web.md", 1 << 20, &guide, NULL));
	assert_true(compare_lists(guide.at, "\n| `", list.body.at, list_mark) > 15);
	assert_true(compare_lists(list.body.at, list_mark, guide.at, guide_mark) > 15);
	ks_web_response_deinit(&list);
	ks_web_close(web);
}

static void pages_run_nothing_of_their_own(void **state)
{
	static const char *const addresses[] = { "/",
						 "/function/special",
						 "/struct/zoo",
						 "/search?q=z",
						 "/diff/6.1.0-1..6.1.0-2",
						 "/no_such_name",
						 "/function/special@latest",
						 "/struct/zoo/6.1.0-1..6.1.0-2",
						 "/kernels",
						 "/kernel/6.1.0-1",
						 "/stats",
						 "/store",
						 "/api" };
	struct ks_web *web = site_open(place_path(state), 2);
	for (size_t i = 0; i < KS_ARRAY_LEN(addresses); i++) {
		struct ks_web_response answer = site_ask(web, "GET", addresses[i], NULL);
		if (!answer.body.at)
			fail_msg("%s: %u", addresses[i], answer.status);
		static const char *const inside[] = { "<style", " style=", "javascript:", " on",
						      "//" };
		for (size_t k = 0; k < KS_ARRAY_LEN(inside); k++) {
			const char *hit = strstr(answer.body.at, inside[k]);
			// " on" begins words, too: only inside of a tag it is a script
			const char *tag = hit && k == 3 ? strchr(hit, '<') : NULL;
			const char *end = hit && k == 3 ? strchr(hit, '>') : NULL;
			if (hit && (k != 3 || (end && (!tag || end < tag))))
				fail_msg("%s has '%s': %.60s", addresses[i], inside[k], hit);
		}
		ks_web_response_deinit(&answer);
	}
	ks_web_close(web);
}

static void what_is_known_is_not_sent_again(void **state)
{
	struct ks_web *web = site_open(place_path(state), 1);
	struct ks_web_response first = site_ask(web, "GET", "/kernels", NULL);
	struct ks_web_response again = site_ask(web, "GET", "/kernels", first.tag);
	struct ks_web_response other = site_ask(web, "GET", "/api", first.tag);
	assert_int_equal(first.status, 200);
	assert_int_equal(again.status, 304);
	assert_int_equal(again.body.len, 0);
	assert_int_equal(other.status, 200);
	ks_web_response_deinit(&first);
	ks_web_response_deinit(&again);
	ks_web_response_deinit(&other);
	struct ks_web_response posted = site_ask(web, "POST", "/kernels", NULL);
	assert_int_equal(posted.status, 405);
	ks_web_response_deinit(&posted);
	ks_web_close(web);
}

static void what_others_write_shows(void **state)
{
	const char *path = place_path(state);
	struct ks_web *web = site_open(path, 1);
	site_expect(web, "/kernels", "6.1.0-2", false);
	site_expect(web, "/search?q=special", "in 1 of 1 kernels", true);
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	place_put(store, 2);
	site_expect(web, "/kernels", "6.1.0-2", true);
	site_expect(web, "/search?q=special", "in 2 of 2 kernels", true);
	assert_ok(ks_store_remove(store, "6.1.0-1"));
	site_expect(web, "/kernels", "6.1.0-1", false);
	ks_web_close(web);
}

/** What others write lies beside the store until SQLite puts it in: it was written then. */
static void it_is_told_when_it_was_written(void **state)
{
	const char *path = place_path(state);
	struct ks_web *web = site_open(path, 1);
	_cleanup_store_ struct ks_store *store = NULL;
	const struct timespec past[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1000000000 } };
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	assert_int_equal(utimensat(AT_FDCWD, path, past, 0), 0);
	assert_ok(ks_store_relabel(store, "6.1.0-1", "another"));
	site_expect(web, "/store", "written</dt><dd>20", true);
	site_expect(web, "/store", "written</dt><dd>2001", false);
	ks_web_close(web);
}

/** The name of an entry of a feed, which follows the word. */
static void entry_id(struct ks_web *web, const char *address, const char *label, char id[64])
{
	struct ks_web_response answer = site_ask(web, "GET", address, NULL);
	const char *title = strstr(answer.body.at, label);
	assert_int_equal(answer.status, 200);
	assert_non_null(title);
	while (strncmp(title, "<id>", 4) != 0)
		assert_ptr_not_equal(--title, answer.body.at);
	snprintf(id, 64, "%.*s", (int)strcspn(title + 4, "<"), title + 4);
	ks_web_response_deinit(&answer);
}

static void entries_of_a_feed_keep_their_names(void **state)
{
	const char *path = place_path(state);
	struct ks_web *web = site_open(path, 1);
	char before[64], later[64], other[64];
	entry_id(web, "/feed/special.atom", " is in 6.1.0-1", before);
	assert_int_equal(strncmp(before, "urn:uuid:", 9), 0);
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	place_put(store, 2);
	entry_id(web, "/feed/function/special.atom", " is in 6.1.0-1", later);
	assert_string_equal(later, before);
	assert_ok(ks_store_relabel(store, "6.1.0-1", "another"));
	entry_id(web, "/feed/special.atom", "another", later);
	assert_string_equal(later, before);
	entry_id(web, "/feed/struct/zoo.atom", "another", other);
	assert_string_not_equal(other, before);
	ks_web_close(web);
}

static void another_file_in_its_place_is_opened(void **state)
{
	const char *path = place_path(state);
	char other[80];
	ks_web_close(site_open(path, 1));
	place_sql(path, "PRAGMA journal_mode = DELETE"); // as files that are published are
	struct ks_web *web;
	assert_ok(ks_web_open(path, &web));
	snprintf(other, sizeof(other), "%s-other", path);
	site_expect(web, "/kernels", "6.1.0-7", false);
	struct ks_store *store;
	assert_ok(ks_store_open(other, KS_STORE_CREATE, &store));
	place_put(store, 7);
	ks_store_close(store);
	place_sql(other, "PRAGMA journal_mode = DELETE");
	assert_int_equal(rename(other, path), 0);
	site_expect(web, "/kernels", "6.1.0-7", true);
	assert_int_equal(unlink(path), 0);
	site_expect(web, "/kernels", "Not now", true);
	ks_web_close(web);
}

/** Published reports, asked for under their addresses. */
struct published {
	struct ks_web *web;
	struct golden_doc doc;
	const char *query;
	size_t nr, wrong;
};

static void compare_published(const char *path, void *arg)
{
	struct published *run = arg;
	char address[512];
	_cleanup_buf_ struct ks_buf where = { 0 }, encoded = { 0 };
	assert_true(golden_read(path, &run->doc));
	if (run->doc.kind == KS_NR_KINDS)
		return; // a README
	enum ks_format style = *run->query ? KS_FORMAT_MD_FULL : KS_FORMAT_MD;
	ks_report_path(style, run->doc.kind, run->doc.name, &where);
	for (size_t i = 0; i < where.len; i++)
		if (where.at[i] == '/' || where.at[i] == '%')
			ks_buf_char(&encoded, where.at[i]);
		else
			ks_url_encode(&encoded, &where.at[i], 1);
	snprintf(address, sizeof(address), "/%s%s", ks_buf_text(&encoded), run->query);
	struct ks_web_response answer = site_ask(run->web, "GET", address, NULL);
	// what no kernel has is not there
	bool none = strcmp(run->doc.name, "nonexistent") == 0 && answer.status == 404;
	bool same = answer.status == 200 && answer.body.len == run->doc.text.len &&
		    memcmp(answer.body.at, run->doc.text.at, answer.body.len) == 0;
	if (!same && !none && run->wrong++ < 3)
		print_message("# %s: %u\n%.400s\n", address, answer.status, answer.body.at);
	run->nr++;
	ks_web_response_deinit(&answer);
}

static void published_reports_are_at_their_addresses(void **state)
{
	static const char *const folders[][2] = {
		{ "depsurf-docs-sample/late", "" },
		{ "depsurf-docs-sample/late-unpublished", "" },
		{ "depsurf-docs-sample/early", "?style=early" },
	};
	const char *path = place_path(state);
	struct golden_set set;
	struct ks_error *err = golden_load(&set);
	if (err && err->code == KS_ERR_NOTFOUND) {
		print_message("# the shared samples are not here (set KSURF_SHARED): skipped\n");
		ks_error_free(err);
		skip();
	}
	assert_null(err);
	struct ks_store *store;
	struct published run = { 0 };
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	for (size_t i = 0; i < set.nr; i++) {
		struct ks_put_result result;
		assert_ok(ks_store_put(store, set.surfaces[i], 1, &result));
		free(result.label);
	}
	ks_store_close(store);
	golden_unload(&set);
	assert_ok(ks_web_open(path, &run.web));
	for (size_t i = 0; i < KS_ARRAY_LEN(folders); i++) {
		_cleanup_buf_ struct ks_buf folder = { 0 };
		run.query = folders[i][1];
		golden_each(golden_path(&folder, folders[i][0]), compare_published, &run);
	}
	print_message("# %zu reports, %zu differ\n", run.nr, run.wrong);
	ks_buf_deinit(&run.doc.text);
	ks_web_close(run.web);
	assert_true(run.nr > 1000);
	assert_int_equal(run.wrong, 0);
}

/** A catalogue is never written, only replaced. */
static void another_catalogue_in_its_place_is_opened(void **state)
{
	const char *path = place_path(state);
	char files[2][80];
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	for (unsigned int i = 0; i < 2; i++) {
		struct ks_publish_result result;
		snprintf(files[i], sizeof(files[i]), "%s.%u.ksurf", path, i);
		place_put(store, i + 1);
		assert_ok(ks_store_publish(store, files[i], NULL, &result));
	}
	struct ks_web *web;
	assert_ok(ks_web_open(files[0], &web));
	site_expect(web, "/kernels", "6.1.0-2", false);
	site_expect(web, "/search?q=special", "in 1 of 1 kernels", true);
	assert_int_equal(rename(files[1], files[0]), 0);
	site_expect(web, "/kernels", "6.1.0-2", true);
	site_expect(web, "/search?q=special", "in 2 of 2 kernels", true);
	ks_web_close(web);
	unlink(files[0]);
}

static void addresses_are_decoded_and_encoded(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		bool plus, ok;
		const char *out;
	} all[] = { { "a%2Fb", false, true, "a/b" }, { "a+b", false, true, "a+b" },
		    { "a+b", true, true, "a b" },    { "%e4%A0", false, true, "\xe4\xa0" },
		    { "%", false, false, "" },	     { "%4", false, false, "" },
		    { "%4g", false, false, "" },     { "%00", false, false, "" },
		    { "", false, true, "" } };
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		_cleanup_buf_ struct ks_buf out = { 0 };
		assert_int_equal(ks_url_decode(&out, all[i].in, strlen(all[i].in), all[i].plus),
				 all[i].ok);
		if (all[i].ok)
			assert_string_equal(ks_buf_text(&out), all[i].out);
	}
	for (int c = 1; c < 256; c++) {
		_cleanup_buf_ struct ks_buf there = { 0 }, back = { 0 };
		const char text[] = { (char)c, 0 };
		ks_url_encode(&there, text, 1);
		assert_true(ks_url_decode(&back, there.at, there.len, true));
		assert_string_equal(ks_buf_text(&back), text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(addresses_have_their_pages),
		TEST(the_guide_lists_what_the_site_does),
		TEST(pages_run_nothing_of_their_own),
		TEST(what_is_known_is_not_sent_again),
		TEST(what_others_write_shows),
		TEST(it_is_told_when_it_was_written),
		TEST(entries_of_a_feed_keep_their_names),
		TEST(another_file_in_its_place_is_opened),
		TEST(published_reports_are_at_their_addresses),
		TEST(another_catalogue_in_its_place_is_opened),
		cmocka_unit_test(addresses_are_decoded_and_encoded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
