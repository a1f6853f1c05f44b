/* SPDX-License-Identifier: BSD-2-Clause */
/* The site over a store: which address has which page, and what becomes of it when the store changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/url.h"
#include "golden.h"
#include "judge.h"
#include "place.h"
#include "web/web.h"

/** The answer to an address. */
static struct ks_web_response ask(struct ks_web *web, const char *method, const char *address,
				  const char *known)
{
	struct ks_web_response response;
	char path[512];
	snprintf(path, sizeof(path), "%s", address);
	char *query = strchr(path, '?');
	if (query)
		*query++ = '\0';
	const struct ks_web_request request = {
		.method = method, .path = path, .query = query, .known = known
	};
	ks_web_respond(web, &request, &response);
	assert_true(!response.body.len || ks_buf_text(&response.body));
	return response;
}

static struct ks_web *open_with(const char *path, unsigned int nr)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_web *web;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= nr; build++)
		place_put(store, build);
	assert_ok(ks_web_open(path, &web));
	return web;
}

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
	{ "/feed/specail.atom", 404, "text/html", "special" },
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
	{ "/function/specail", 404, "text/html", "special" },
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
	struct ks_web *web = open_with(place_path(state), 2);
	for (size_t i = 0; i < KS_ARRAY_LEN(pages); i++) {
		struct ks_web_response answer = ask(web, "GET", pages[i].address, NULL);
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
	struct ks_web *web = open_with(place_path(state), 2);
	for (size_t i = 0; i < KS_ARRAY_LEN(addresses); i++) {
		struct ks_web_response answer = ask(web, "GET", addresses[i], NULL);
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
	struct ks_web *web = open_with(place_path(state), 1);
	struct ks_web_response first = ask(web, "GET", "/kernels", NULL);
	struct ks_web_response again = ask(web, "GET", "/kernels", first.tag);
	struct ks_web_response other = ask(web, "GET", "/api", first.tag);
	assert_int_equal(first.status, 200);
	assert_int_equal(again.status, 304);
	assert_int_equal(again.body.len, 0);
	assert_int_equal(other.status, 200);
	ks_web_response_deinit(&first);
	ks_web_response_deinit(&again);
	ks_web_response_deinit(&other);
	struct ks_web_response posted = ask(web, "POST", "/kernels", NULL);
	assert_int_equal(posted.status, 405);
	ks_web_response_deinit(&posted);
	ks_web_close(web);
}

static void expect(struct ks_web *web, const char *address, const char *part, bool there)
{
	struct ks_web_response answer = ask(web, "GET", address, NULL);
	if (!strstr(answer.body.at, part) == there)
		fail_msg("%s, %s expected %d:\n%s", address, part, there, answer.body.at);
	ks_web_response_deinit(&answer);
}

static void what_others_write_shows(void **state)
{
	const char *path = place_path(state);
	struct ks_web *web = open_with(path, 1);
	expect(web, "/kernels", "6.1.0-2", false);
	expect(web, "/search?q=special", "in 1 of 1 kernels", true);
	_cleanup_store_ struct ks_store *store = NULL;
	assert_ok(ks_store_open(path, KS_STORE_WRITE, &store));
	place_put(store, 2);
	expect(web, "/kernels", "6.1.0-2", true);
	expect(web, "/search?q=special", "in 2 of 2 kernels", true);
	assert_ok(ks_store_remove(store, "6.1.0-1"));
	expect(web, "/kernels", "6.1.0-1", false);
	ks_web_close(web);
}

/** The name of an entry of a feed, which follows the word. */
static void entry_id(struct ks_web *web, const char *address, const char *label, char id[64])
{
	struct ks_web_response answer = ask(web, "GET", address, NULL);
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
	struct ks_web *web = open_with(path, 1);
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
	ks_web_close(open_with(path, 1));
	place_sql(path, "PRAGMA journal_mode = DELETE"); // as files that are published are
	struct ks_web *web;
	assert_ok(ks_web_open(path, &web));
	snprintf(other, sizeof(other), "%s-other", path);
	expect(web, "/kernels", "6.1.0-7", false);
	struct ks_store *store;
	assert_ok(ks_store_open(other, KS_STORE_CREATE, &store));
	place_put(store, 7);
	ks_store_close(store);
	place_sql(other, "PRAGMA journal_mode = DELETE");
	assert_int_equal(rename(other, path), 0);
	expect(web, "/kernels", "6.1.0-7", true);
	assert_int_equal(unlink(path), 0);
	expect(web, "/kernels", "Not now", true);
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
	struct ks_web_response answer = ask(run->web, "GET", address, NULL);
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
	expect(web, "/kernels", "6.1.0-2", false);
	expect(web, "/search?q=special", "in 1 of 1 kernels", true);
	assert_int_equal(rename(files[1], files[0]), 0);
	expect(web, "/kernels", "6.1.0-2", true);
	expect(web, "/search?q=special", "in 2 of 2 kernels", true);
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

/* ---- files that are sent ---- */

/** What stands for what checks files: it remembers them, and fails as it is told. */
struct fake {
	struct ks_web_checks checks;
	enum ks_errcode fails; // 0: does not
	size_t nr, len;	       // of the last upload
	char kernels[64], names[256];
};
static const char fake_hash[] = "0123456789abcdef0123456789abcdef";

static struct ks_error *fake_failure(const struct fake *fake)
{
	return fake->fails ? ks_error_new(fake->fails, "it is <no> \"good\"") : NULL;
}

static struct ks_error *fake_check(void *arg, const struct ks_web_upload *upload,
				   char ret[KS_WEB_HASH + 1])
{
	struct fake *fake = arg;
	fake->nr = upload->nr;
	fake->len = 0;
	fake->names[0] = '\0';
	snprintf(fake->kernels, sizeof(fake->kernels), "%s",
		 upload->kernels ? upload->kernels : "(none)");
	for (size_t i = 0; i < upload->nr; i++) {
		size_t len = strlen(fake->names);
		snprintf(fake->names + len, sizeof(fake->names) - len, "%s|",
			 upload->files[i].name);
		fake->len += upload->files[i].len;
	}
	strcpy(ret, fake_hash);
	return fake_failure(fake);
}

static struct ks_error *fake_report(void *arg, const char *hash, enum ks_format format,
				    struct ks_buf *out)
{
	if (strcmp(hash, fake_hash) != 0)
		return ks_error_new(KS_ERR_NOTFOUND, "gone");
	ks_buf_printf(out, format == KS_FORMAT_HTML ? "<p>as %s</p>" : "as %s",
		      ks_formats[format].name);
	return fake_failure(arg);
}

static struct ks_error *fake_explain(void *arg, const char *hash, const char *program,
				     const char *label, struct ks_buf *out)
{
	if (strcmp(hash, fake_hash) != 0)
		return ks_error_new(KS_ERR_NOTFOUND, "gone");
	ks_buf_printf(out, "program %s\nimage %s\n", program, label);
	return fake_failure(arg);
}

static struct ks_web *open_with_fake(const char *path, struct fake *fake)
{
	struct ks_web *web = open_with(path, 2);
	*fake = (struct fake){ .checks = { .arg = fake,
					   .max_bytes = 1000,
					   .check = fake_check,
					   .report = fake_report,
					   .explain = fake_explain } };
	ks_web_take_uploads(web, &fake->checks);
	return web;
}

#define EURO_6 "€€€€€€"
#define EURO_66 EURO_6 EURO_6 EURO_6 EURO_6 EURO_6 EURO_6 EURO_6 EURO_6 EURO_6 EURO_6 EURO_6
#define FORM "multipart/form-data; boundary=x"
#define FILE_PART(name, bytes)                                                                     \
	"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" name                  \
	"\"\r\nContent-Type: a/b\r\n\r\n" bytes "\r\n"
#define FIELD_PART(name, text)                                                                     \
	"--x\r\ncontent-disposition: form-data; name=" name "\r\n\r\n" text "\r\n"
#define KERNELS_PART(words) FIELD_PART("kernels", words)

/** POST a body. */
static struct ks_web_response send_body(struct ks_web *web, const char *address, const char *type,
					const void *body, size_t len)
{
	struct ks_web_response response;
	const struct ks_web_request request = {
		.method = "POST", .path = address, .type = type, .body = body, .body_len = len
	};
	ks_web_respond(web, &request, &response);
	assert_true(!response.body.len || ks_buf_text(&response.body));
	return response;
}

static void files_are_sent_and_lead_to_their_report(void **state)
{
	static const struct {
		const char *address, *body;
		size_t nr, len;
		const char *names, *kernels, *location;
	} all[] = {
		{ "/check", FILE_PART("a.bpf.o", "abc") "--x--", 1, 3, "a.bpf.o|", "(none)", "" },
		{ "/check.json", FILE_PART("a", "abc") KERNELS_PART("6.1*") "--x--\r\n", 1, 3, "a|",
		  "6.1*", ".json" },
		{ "/check.md", KERNELS_PART("") FILE_PART("a", "") FILE_PART("b", "12") "--x--", 2,
		  2, "a|b|", "(none)", ".md" },
		// a field in which no file was chosen; what is in front of the first part
		{ "/check.txt", "\r\n" FILE_PART("", "") FILE_PART("b", "12") "--x--", 1, 2, "b|",
		  "(none)", ".txt" },
		// names lose their folders
		{ "/check", FILE_PART("../../etc/passwd", "1") "--x--", 1, 1, "passwd|", "(none)",
		  "" },
		{ "/check", FILE_PART("C:\\\\x\\\\y.o", "1") "--x--", 1, 1, "y.o|", "(none)", "" },
		{ "/check", FILE_PART("a/", "1") "--x--", 1, 1, "upload|", "(none)", "" },
		{ "/check", FILE_PART("a\\\"b;c", "1") "--x--", 1, 1, "a\"b;c|", "(none)", "" },
		// a long one is not cut inside of a letter; an empty field says nothing
		{ "/check", FILE_PART("a" EURO_66 EURO_66, "1") "--x--", 1, 1, "a" EURO_66 "|",
		  "(none)", "" },
		{ "/check", KERNELS_PART("6.1*") FILE_PART("a", "1") KERNELS_PART("") "--x--", 1, 1,
		  "a|", "6.1*", "" },
		// bytes that look like the mark, and end with half of it
		{ "/check", FILE_PART("a", "\r\n--y\r\n-\r\n--") "--x--", 1, 12, "a|", "(none)",
		  "" },
	};
	struct fake fake;
	struct ks_web *web = open_with_fake(place_path(state), &fake);
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct ks_web_response answer =
			send_body(web, all[i].address, FORM, all[i].body, strlen(all[i].body));
		char location[80];
		snprintf(location, sizeof(location), "/r/%s%s", fake_hash, all[i].location);
		if (answer.status != 303)
			fail_msg("%zu: %u\n%s", i, answer.status, answer.body.at);
		assert_string_equal(ks_buf_text(&answer.location), location);
		assert_string_equal(fake.names, all[i].names);
		assert_string_equal(fake.kernels, all[i].kernels);
		assert_int_equal(fake.nr, all[i].nr);
		assert_int_equal(fake.len, all[i].len);
		ks_web_response_deinit(&answer);
	}
	ks_web_close(web);
}

static void bodies_that_are_none_are_refused(void **state)
{
	static const struct {
		const char *type, *body;
		unsigned int status;
	} all[] = {
		{ NULL, "", 415 },
		{ "text/plain", "x", 415 },
		{ "multipart/form-data", FILE_PART("a", "b") "--x--", 400 },
		{ "multipart/form-data; boundary=", FILE_PART("a", "b") "--x--", 400 },
		{ "multipart/form-data; boundary="
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "a",
		  "", 400 },
		{ FORM, "", 400 },
		{ FORM, "--x", 400 },
		{ FORM, "--x--", 400 }, // no file
		{ FORM, "--y\r\n", 400 },
		{ FORM, FILE_PART("a", "b"), 400 }, // no end
		{ FORM, "--x\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\nb\r\n--x--",
		  400 }, // no name
		{ FORM, "--x\r\n\r\nb\r\n--x--", 400 },
		{ FORM, "--x\r\nContent-Disposition: form-data; name=\"files", 400 },
		{ FORM, KERNELS_PART("a") "--x--", 400 },
		{ FORM, KERNELS_PART("a") FILE_PART("a", "b") KERNELS_PART("c") "--x--", 400 },
		{ FORM, FILE_PART("a", "b") FIELD_PART("kernel", "6.1") "--x--", 400 },
	};
	struct fake fake;
	struct ks_web *web = open_with_fake(place_path(state), &fake);
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct ks_web_response answer =
			send_body(web, "/check", all[i].type, all[i].body, strlen(all[i].body));
		if (answer.status != all[i].status || fake.nr)
			fail_msg("%zu: %u\n%s", i, answer.status, answer.body.at);
		ks_web_response_deinit(&answer);
	}
	_cleanup_buf_ struct ks_buf many = { 0 };
	for (size_t i = 0; i < 600; i++)
		ks_buf_str(&many, FILE_PART("a", "b"));
	ks_buf_str(&many, "--x--");
	struct ks_web_response answer = send_body(web, "/check", FORM, many.at, many.len);
	assert_int_equal(answer.status, 400);
	ks_web_response_deinit(&answer);
	ks_web_close(web);
}

static void what_becomes_of_a_check_has_its_status(void **state)
{
	static const struct {
		enum ks_errcode code;
		unsigned int status;
	} all[] = {
		{ KS_ERR_DATA, 422 },	   { KS_ERR_UNSUPPORTED, 422 }, { KS_ERR_NOTFOUND, 422 },
		{ KS_ERR_CANCELLED, 422 }, { KS_ERR_STORE, 503 },	{ KS_ERR_IO, 500 },
	};
	struct fake fake;
	struct ks_web *web = open_with_fake(place_path(state), &fake);
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		static const char body[] = FILE_PART("a", "b") "--x--";
		fake.fails = all[i].code;
		struct ks_web_response answer =
			send_body(web, "/check", FORM, body, sizeof(body) - 1);
		assert_int_equal(answer.status, all[i].status);
		assert_non_null(strstr(answer.body.at, "it is &lt;no&gt; &quot;good&quot;"));
		assert_int_equal(answer.location.len, 0);
		ks_web_response_deinit(&answer);
	}
	ks_web_close(web);
}

static void reports_have_their_addresses(void **state)
{
#define R "/r/0123456789abcdef0123456789abcdef"
	static const struct {
		const char *address;
		unsigned int status;
		const char *type, *part;
	} all[] = {
		{ "/", 200, "text/html", "action=\"/check\"" },
		{ "/check", 200, "text/html", "<option value=\"6.1.0-2\">" },
		{ "/check?kernels=%3C%22", 200, "text/html", "value=\"&lt;&quot;\"" },
		{ "/check.json", 404, "application/json",
		  "\"error\": \"this page is not there as .json" },
		{ "/check/x", 404, "text/html", "no such page" },
		{ "/kernels", 200, "text/html", "href=\"/check\"" },
		{ R, 200, "text/html", "<p>as html</p>" },
		{ R, 200, "text/html", R ".json" },
		{ R ".json", 200, "application/json", "as json" },
		{ R ".md", 200, "text/markdown", "as md" },
		{ R ".txt", 200, "text/plain", "as terminal" },
		{ R "/a%2Fb@6.1.0-1", 200, "text/html", "program a/b" },
		{ R "/%3Cb%3E@%3Ci%3E", 200, "text/html", "program &lt;b&gt;\nimage &lt;i&gt;" },
		{ R "/p@6.1.0-1.txt", 200, "text/plain", "program p\nimage 6.1.0-1\n" },
		{ R "/p@6.1.0-1.json", 404, "application/json", "not there as .json" },
		{ R "x.txt", 404, "text/plain", "no such report" },
		{ R "/p", 404, "text/html", "no such report" },
		{ R "/p@a/b", 404, "text/html", "no such report" },
		{ R "@a", 404, "text/html", "no such report" },
		{ "/r", 404, "text/html", "no such report" },
		{ "/r/..%2F..%2Fetc%2Fpasswd", 404, "text/html", "no such report" },
		{ "/r/0123456789ABCDEF0123456789abcdef", 404, "text/html", "no such report" },
		{ "/r/00000000000000000000000000000000", 404, "text/html", "gone" },
		{ "/r/00000000000000000000000000000000/p@a", 404, "text/html", "gone" },
	};
#undef R
	struct fake fake;
	struct ks_web *web = open_with_fake(place_path(state), &fake);
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct ks_web_response answer = ask(web, "GET", all[i].address, NULL);
		if (answer.status != all[i].status || !strstr(answer.body.at, all[i].part) ||
		    strncmp(answer.type, all[i].type, strlen(all[i].type)) != 0)
			fail_msg("%s: %u, %s\n%s", all[i].address, answer.status, answer.type,
				 answer.body.at);
		const char *wrong = strncmp(answer.type, "text/html", 9) != 0
					    ? NULL
					    : judge(JUDGED_MARKUP, answer.body.at, answer.body.len,
						    answer.body.at);
		if (wrong)
			fail_msg("%s: %s\n%s", all[i].address, wrong, answer.body.at);
		ks_web_response_deinit(&answer);
	}
	ks_web_close(web);
}

static void without_checks_nothing_is_taken(void **state)
{
	static const char body[] = FILE_PART("a", "b") "--x--";
	struct ks_web *web = open_with(place_path(state), 1);
	struct ks_web_response answer = send_body(web, "/check", FORM, body, sizeof(body) - 1);
	assert_int_equal(answer.status, 405);
	assert_string_equal(answer.allow, "GET, HEAD");
	ks_web_response_deinit(&answer);
	expect(web, "/check", "takes no files", true);
	expect(web, "/r/0123456789abcdef0123456789abcdef", "no such report", true);
	expect(web, "/", "action=\"/check\"", false);
	expect(web, "/kernels", "href=\"/check\"", false);
	ks_web_close(web);
}

static void other_sites_send_nothing(void **state)
{
	static const struct {
		const char *site, *origin, *host;
		unsigned int status;
	} all[] = {
		{ NULL, NULL, NULL, 303 },
		{ "same-origin", NULL, NULL, 303 },
		{ "none", NULL, NULL, 303 },
		{ "same-site", NULL, NULL, 403 },
		{ "cross-site", "http://a", "a", 403 },
		{ NULL, "null", "a", 303 }, // as browsers say where pages do not tell who they are
		{ NULL, "http://a:80", "a:80", 303 },
		{ NULL, "http://b:80", "a:80", 403 },
		{ NULL, "b", "a:80", 403 },
	};
	static const char body[] = FILE_PART("a", "b") "--x--";
	struct fake fake;
	struct ks_web *web = open_with_fake(place_path(state), &fake);
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		struct ks_web_response answer;
		const struct ks_web_request request = {
			.method = "POST",
			.path = "/check",
			.type = FORM,
			.body = body,
			.body_len = sizeof(body) - 1,
			.site = all[i].site,
			.origin = all[i].origin,
			.host = all[i].host,
		};
		ks_web_respond(web, &request, &answer);
		if (answer.status != all[i].status)
			fail_msg("%zu: %u", i, answer.status);
		ks_web_response_deinit(&answer);
	}
	ks_web_close(web);
}

/** What the server wants to know before a body is read. */
static void requests_say_what_they_need(void **state)
{
	static const struct {
		const char *method, *path;
		bool takes, waits;
	} all[] = {
		{ "POST", "/check", true, true },	 { "POST", "/check.json", true, true },
		{ "GET", "/check", false, false },	 { "PUT", "/check", false, false },
		{ "POST", "/check/x", false, false },	 { "POST", "/check@x", false, false },
		{ "POST", "/", false, false },		 { "POST", "/%zz", false, false },
		{ "GET", "/r/x", false, false },	 { "GET", "/r/x/p@l", false, true },
		{ "HEAD", "/r/x/p@l.txt", false, true }, { "POST", "/r/x/p@l", false, false },
	};
	(void)state;
	for (size_t i = 0; i < KS_ARRAY_LEN(all); i++) {
		const struct ks_web_request request = { .method = all[i].method,
							.path = all[i].path };
		if (ks_web_takes_body(&request) != all[i].takes ||
		    ks_web_waits(&request) != all[i].waits)
			fail_msg("%s %s", all[i].method, all[i].path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(addresses_have_their_pages),
		TEST(pages_run_nothing_of_their_own),
		TEST(what_is_known_is_not_sent_again),
		TEST(what_others_write_shows),
		TEST(entries_of_a_feed_keep_their_names),
		TEST(another_file_in_its_place_is_opened),
		TEST(published_reports_are_at_their_addresses),
		TEST(another_catalogue_in_its_place_is_opened),
		TEST(files_are_sent_and_lead_to_their_report),
		TEST(bodies_that_are_none_are_refused),
		TEST(what_becomes_of_a_check_has_its_status),
		TEST(reports_have_their_addresses),
		TEST(without_checks_nothing_is_taken),
		TEST(other_sites_send_nothing),
		cmocka_unit_test(requests_say_what_they_need),
		cmocka_unit_test(addresses_are_decoded_and_encoded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
