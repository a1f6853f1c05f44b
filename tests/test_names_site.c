/* SPDX-License-Identifier: BSD-2-Clause */
/* The site over hostile names: every address, and what is sent to it. Beside it stands the same world with harmless ones; judge.c compares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/checking.h"
#include "base/array.h"
#include "base/text.h"
#include "base/url.h"
#include "check.h"
#include "check/inputs.h"
#include "check/policy_source.h"
#include "judge.h"
#include "names_world.h"
#include "report/check/check.h"
#include "scratch.h"
#include "store/store.h"
#include "web/web.h"

/** Append what stands around a word; OLD and NEW are labels. */
static void write_behind(struct ks_buf *path, const struct world *world, const char *behind)
{
	while (*behind) {
		bool old = strncmp(behind, "OLD", 3) == 0, new = strncmp(behind, "NEW", 3) == 0;
		if (old || new)
			ks_url_encode(path, world->label[new], strlen(world->label[new]));
		else
			ks_buf_char(path, *behind);
		behind += old || new ? 3 : 1;
	}
}

/** An answer of the site over a world; the path is what stands around the word. */
static struct ks_web_response get(struct ks_web *web, const struct world *world, const char *before,
				  const char *word, const char *behind)
{
	struct ks_web_response response;
	_cleanup_buf_ struct ks_buf path = { 0 };
	write_behind(&path, world, before);
	ks_url_encode(&path, word, strlen(word));
	write_behind(&path, world, behind);
	must(ks_buf_text(&path));
	char *query = strchr(path.at, '?');
	if (query)
		*query++ = '\0';
	const struct ks_web_request request = { .method = "GET", .path = path.at, .query = query };
	ks_web_respond(web, &request, &response);
	must(ks_buf_text(&response.body));
	return response;
}

/* ---- what checks files ---- */

#define HASH "0123456789abcdef0123456789abcdef"

/** The report of the site on the object of a world, as its workers make it. */
static void report_for_site(const struct world *world, enum ks_format format, struct ks_buf *out)
{
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_inputs_ struct ks_check_inputs inputs = { 0 };
	_cleanup_tools_ struct ks_tools *tools = NULL;
	struct ks_checking checking = { 0 };
	struct ks_policy *policy;
	const struct ks_policy_source source = { 0 };
	const char *const paths[] = { world->object };
	assert_ok(ks_check_inputs_open(paths, KS_ARRAY_LEN(paths), NULL, NULL, &inputs));
	assert_ok(ks_policy_load(&source, &policy));
	const struct ks_checking_options how = { .policy = policy, .nr_threads = 1 };
	assert_ok(ks_store_open(world->db, KS_STORE_READ, &store));
	assert_ok(ks_checking_choose(store, &how, &checking));
	assert_ok(ks_checking_run(store, &how, inputs.at, inputs.nr, &checking));
	assert_ok(ks_tools_make(checking.check, false, &tools));
	const struct ks_check_report report = { .format = format,
						.tools = tools,
						.site = format == KS_FORMAT_HTML ? "/r/" HASH
										 : NULL };
	assert_ok(ks_check_write(&report, checking.check, out));
	ks_checking_deinit(&checking);
	ks_policy_free(policy);
}

/** It cannot be checked, and that is told with everything that was sent. */
static struct ks_error *refuse_files(void *arg, const struct ks_web_upload *upload,
				     char ret[KS_WEB_HASH + 1])
{
	(void)arg;
	ret[0] = '\0';
	return ks_error_new(KS_ERR_DATA, "%s on %s: no eBPF object", upload->files[0].name,
			    upload->kernels ? upload->kernels : "all");
}

static struct ks_error *give_report(void *arg, const char *hash, enum ks_format format,
				    struct ks_buf *out)
{
	if (strcmp(hash, HASH) != 0)
		return ks_error_new(KS_ERR_NOTFOUND, "there is no report %s", hash);
	report_for_site(arg, format, out);
	return NULL;
}

static struct ks_error *explain_words(void *arg, const char *hash, const char *program,
				      const char *label, struct ks_buf *out)
{
	(void)arg;
	(void)hash;
	ks_text_str(out, KS_TEXT_LINE, program);
	ks_buf_str(out, " on ");
	ks_text_str(out, KS_TEXT_LINE, label);
	ks_buf_char(out, '\n');
	return NULL;
}

/* ---- addresses ---- */

/** A kind of address: what stands around a word. */
struct page {
	enum judged as;
	const char *before, *behind;
	bool label; // the word is one of an image, not a name
};

static struct ks_web *webs[2]; // of the worlds
static struct ks_web_checks checks[2];

static void open_webs(void)
{
	for (int i = 0; i < 2; i++) {
		checks[i] = (struct ks_web_checks){ .arg = &worlds[i],
						    .max_bytes = 1 << 20,
						    .check = refuse_files,
						    .report = give_report,
						    .explain = explain_words };
		assert_ok(ks_web_open(worlds[i].db, &webs[i]));
		ks_web_take_uploads(webs[i], &checks[i]);
	}
}

static void close_webs(void)
{
	for (int i = 0; i < 2; i++)
		ks_web_close(webs[i]);
}

/** Where it leads is a path of this site, and no end of a line. */
static void check_location(const struct ks_web_response *answer)
{
	for (size_t k = 0; k < answer->location.len; k++)
		assert_true(answer->location.at[k] > ' ' && answer->location.at[k] < 0x7f);
	if (answer->location.len)
		assert_true(answer->location.at[0] == '/' && answer->location.at[1] != '/');
}

/** Ask for a page of name n in both worlds, and compare. */
static void visit(const struct page *page, size_t n)
{
	_cleanup_arena_ struct ks_arena arena = { 0 };
	struct ks_web_response answers[2];
	for (int w = 0; w < 2; w++)
		answers[w] =
			get(webs[w], &worlds[w], page->before,
			    page->label ? worlds[w].label[n % 2] : name_of(&worlds[w], &arena, n),
			    page->behind);
	// of suggestions there may be none for the one, and where a function is is wrapped
	bool alone = answers[0].status != 200 || strstr(page->before, "q=") ||
		     strstr(page->before, "function") || page->as == JUDGED_LINES;
	bool failed_as_text =
		answers[0].status != 200 && strncmp(answers[0].type, "text/plain", 10) == 0;
	enum judged as = answers[0].status == 200				 ? page->as
			 : failed_as_text					 ? JUDGED_LINES
			 : strncmp(answers[0].type, "application/json", 16) == 0 ? JUDGED_JSON
										 : JUDGED_MARKUP;
	const char *wrong = answers[0].status != answers[1].status
				    ? "another status"
				    : judge(as, answers[0].body.at, answers[0].body.len,
					    alone ? answers[0].body.at : answers[1].body.at);
	if (wrong)
		fail_msg("%s…%s, name %zu: %s\n%s\n---- not as\n%s", page->before, page->behind, n,
			 wrong, answers[0].body.at, answers[1].body.at);
	for (int w = 0; w < 2; w++) {
		check_location(&answers[w]);
		ks_web_response_deinit(&answers[w]);
	}
}

/** The page is about all of the store, whatever the word. */
static bool is_heavy(const struct page *page)
{
	return strncmp(page->before, "/diff/OLD", 9) == 0 ||
	       strncmp(page->before, "/stats", 6) == 0;
}

static const struct page pages[] = {
	{ JUDGED_MARKUP, "/function/", "", false },
	{ JUDGED_MARKUP, "/struct/", "", false },
	{ JUDGED_MARKUP, "/function/", "@latest", false },
	{ JUDGED_MARKUP, "/struct/", "@latest", false },
	{ JUDGED_MARKUP, "/function/", "@OLD", false },
	{ JUDGED_MARKUP, "/struct/", "@NEW", false },
	{ JUDGED_MARKUP, "/function/", "/OLD..NEW", false },
	{ JUDGED_MARKUP, "/struct/", "/OLD..NEW", false },
	{ JUDGED_MARKUP, "/config/", "/OLD..NEW", false },
	{ JUDGED_MARKUP, "/search?q=", "", false },
	{ JUDGED_MARKUP, "/?name=", "", false },
	{ JUDGED_JSON, "/search.json?q=", "", false },
	{ JUDGED_JSON, "/function/", ".json", false },
	{ JUDGED_MARKDOWN, "/function/", ".md", false },
	{ JUDGED_MARKUP, "/kernel/", "", true },
	{ JUDGED_MARKUP, "/kernels?arch=&x=", "", true },
	{ JUDGED_MARKUP, "/kernels?by=distribution&arch=", "", true },
	{ JUDGED_MARKUP, "/kernels?set=", "", true },
	{ JUDGED_MARKDOWN, "/kernels.md?x=", "", true },
	{ JUDGED_LINES, "/kernels.txt?x=", "", true },
	{ JUDGED_JSON, "/kernel/", ".json", true },
	{ JUDGED_MARKDOWN, "/kernel/", ".md", true },
	{ JUDGED_LINES, "/kernel/", ".txt", true },
	{ JUDGED_MARKUP, "/stats?x=", "", true },
	{ JUDGED_MARKUP, "/stats/growth.svg?x=", "", true },
	{ JUDGED_MARKUP, "/stats/", "", false },
	{ JUDGED_MARKUP, "/store?x=", "", true },
	{ JUDGED_MARKUP, "/feed/", ".atom", false },
	{ JUDGED_MARKUP, "/feed/struct/", ".atom", false },
	{ JUDGED_MARKUP, "/feed/config/", ".atom", false },
	{ JUDGED_MARKDOWN, "/search.md?q=", "", false },
	{ JUDGED_LINES, "/search.txt?q=", "", false },
	{ JUDGED_MARKUP, "/diff?x=", "", true },
	{ JUDGED_MARKUP, "/", "", false },
	{ JUDGED_MARKUP, "/", "@OLD", false },
	{ JUDGED_JSON, "/", ".json", false },
	{ JUDGED_MARKUP, "/?x=", "", false },
	{ JUDGED_MARKUP, "/search?kind=function&q=", "", false },
	{ JUDGED_MARKUP, "/search?q=a&kind=", "", false },
	{ JUDGED_JSON, "/kernels.json?x=", "", true },
	{ JUDGED_MARKUP, "/kernels?by=", "", false },
	{ JUDGED_MARKUP, "/kernels?set=", "", false },
	{ JUDGED_MARKUP, "/kernel/", "", false },
	{ JUDGED_JSON, "/stats.json?x=", "", true },
	{ JUDGED_MARKDOWN, "/stats.md?x=", "", true },
	{ JUDGED_CSV, "/stats.csv?x=", "", true },
	{ JUDGED_MARKUP, "/stats/growth?x=", "", true },
	{ JUDGED_MARKUP, "/stats/changes-function?x=", "", true },
	{ JUDGED_MARKUP, "/stats/changes.svg?x=", "", true },
	{ JUDGED_JSON, "/store.json?x=", "", true },
	{ JUDGED_MARKDOWN, "/store.md?x=", "", true },
	{ JUDGED_MARKUP, "/feed/", "/x.atom", false },
	{ JUDGED_MARKUP, "/diff/OLD..NEW?name=", "", false },
	{ JUDGED_MARKUP, "/diff/OLD..NEW?kind=", "", false },
	{ JUDGED_MARKUP, "/diff/", "..NEW", false },
	{ JUDGED_MARKUP, "/diff?new=a&old=", "", false },
	{ JUDGED_LINES, "/Function/zz/", ".md", false },
	{ JUDGED_MARKUP, "/check?kernels=", "", false },
	{ JUDGED_MARKUP, "/r/", "", false },
	{ JUDGED_MARKUP, "/r/" HASH "/", "@OLD", false },
	{ JUDGED_LINES, "/r/" HASH "/", "@OLD.txt", false },
	{ JUDGED_MARKUP, "/api?x=", "", false },
	{ JUDGED_LINES, "/healthz?x=", "", false },
	{ JUDGED_MARKUP, "/", "/x/y/z", false },
};

static void pages_take_any_name(void **state)
{
	(void)state;
	if (!worlds[0].dir)
		skip();
	open_webs();
	for (size_t n = 0; n < nasty_nr(); n++)
		for (size_t i = 0; i < KS_ARRAY_LEN(pages); i++)
			if (!is_heavy(&pages[i]) || n % 16 == 0)
				visit(&pages[i], n);
	close_webs();
}

/** Each name as one of the kinds, on every page that a name has. */
static void pages_of_names_take_any_name(void **state)
{
	(void)state;
	static const char *const kinds[] = { "function",   "struct",  "union", "enum",	"typedef",
					     "tracepoint", "syscall", "lsm",   "kfunc", "config" };
	static const char *const places[] = { "", "@OLD", "/OLD..NEW" };
	static const struct {
		enum judged as;
		const char *ending;
	} forms[] = { { JUDGED_MARKUP, "" },
		      { JUDGED_JSON, ".json" },
		      { JUDGED_MARKDOWN, ".md" },
		      { JUDGED_LINES, ".txt" } };
	if (!worlds[0].dir)
		skip();
	open_webs();
	for (size_t n = 0; n < nasty_nr(); n++)
		for (size_t i = 0; i < KS_ARRAY_LEN(places) * KS_ARRAY_LEN(forms); i++) {
			char before[32], behind[32];
			snprintf(before, sizeof(before), "/%s/",
				 kinds[(n + i) % KS_ARRAY_LEN(kinds)]);
			snprintf(behind, sizeof(behind), "%s%s", places[i / KS_ARRAY_LEN(forms)],
				 forms[i % KS_ARRAY_LEN(forms)].ending);
			const struct page page = { forms[i % KS_ARRAY_LEN(forms)].as, before,
						   behind };
			visit(&page, n);
		}
	close_webs();
}

/** The reports of the DepSurf project lie in folders that are called by the first byte of the name. */
static void published_reports_take_any_name(void **state)
{
	(void)state;
	size_t nr = 0;
	if (!worlds[0].dir)
		skip();
	open_webs();
	for (size_t n = 0; n < nasty_nr(); n++) {
		_cleanup_arena_ struct ks_arena arena = { 0 };
		const char *name = name_of(&worlds[0], &arena, n);
		char before[32];
		snprintf(before, sizeof(before), "/Function/%%%02X/", (uint8_t)name[0]);
		struct ks_web_response answer = get(webs[0], &worlds[0], before, name, ".md");
		const char *wrong = judge(answer.status == 200 ? JUDGED_MARKDOWN : JUDGED_LINES,
					  answer.body.at, answer.body.len, answer.body.at);
		if (wrong)
			fail_msg("name %zu: %s\n%s", n, wrong, answer.body.at);
		nr += answer.status == 200;
		ks_web_response_deinit(&answer);
	}
	assert_true(nr > nasty_nr() / 2);
	close_webs();
}

/** Every first word that the site has is one of an address above. */
static void no_page_is_left_out(void **state)
{
	(void)state;
	static const char mark[] = "\n- `/";
	static const char *const without_names[] = { "metrics" }; // the server's own
	if (!worlds[0].dir)
		skip();
	open_webs();
	struct ks_web_response list = get(webs[1], &worlds[1], "/api.md?x=", "", "");
	size_t nr = 0;
	for (const char *at = list.body.at; (at = strstr(at, mark)); nr++) {
		at += sizeof(mark) - 1;
		size_t len = strcspn(at, "/?@`.");
		bool found = !len || strncmp(at, "vfs_read", len) == 0;
		for (size_t i = 0; i < KS_ARRAY_LEN(pages); i++)
			found = found || strncmp(pages[i].before + 1, at, len) == 0;
		for (size_t i = 0; i < KS_ARRAY_LEN(without_names); i++)
			found = found || strncmp(without_names[i], at, len) == 0;
		if (!found)
			fail_msg("no hostile name stands in /%.*s", (int)len, at);
	}
	assert_true(nr > 15);
	ks_web_response_deinit(&list);
	close_webs();
}

static void reports_of_the_site_take_any_name(void **state)
{
	(void)state;
	static const struct {
		enum judged as;
		const char *ending;
	} forms[] = { { JUDGED_MARKUP, "" },	  { JUDGED_JSON, ".json" },
		      { JUDGED_MARKDOWN, ".md" }, { JUDGED_LINES, ".txt" },
		      { JUDGED_JSON, ".sarif" },  { JUDGED_MARKUP, ".xml" } };
	if (!worlds[0].dir)
		skip();
	open_webs();
	for (size_t i = 0; i < KS_ARRAY_LEN(forms); i++) {
		struct ks_web_response hot =
			get(webs[0], &worlds[0], "/r/" HASH, "", forms[i].ending);
		assert_int_equal(hot.status, 200);
		// in the calm world other causes have the same name, and are one
		const char *wrong = judge(forms[i].as, hot.body.at, hot.body.len, hot.body.at);
		if (wrong)
			fail_msg("%s: %s\n%s", forms[i].ending, wrong, hot.body.at);
		size_t nr = 0;
		for (const char *at = hot.body.at; (at = strstr(at, "href=\"/r/")); nr++) {
			at += strlen("href=\"/r/");
			for (; *at != '"'; at++)
				assert_true(*at > ' ' && *at < 0x7f && !strchr("<>'&", *at));
		}
		assert_true(i > 0 || nr > 6); // as many forms, and cells
		ks_web_response_deinit(&hot);
	}
	close_webs();
}

/** Send a form that has a word everywhere, and judge the answer. */
static void send_word(const char *word, const char *address, const char *field)
{
	_cleanup_buf_ struct ks_buf body = { 0 }, type = { 0 };
	struct ks_web_response answer;
	ks_buf_printf(
		&body,
		"--m\r\nContent-Disposition: form-data; name=\"files\"; filename=\"%s\"\r\n\r\nx"
		"\r\n--m\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n--m--\r\n",
		word, field, word);
	ks_buf_printf(&type, "multipart/form-data; boundary=%s", *field ? "m" : word);
	must(ks_buf_text(&body) && ks_buf_text(&type));
	const struct ks_web_request request = { .method = "POST",
						.path = address,
						.type = type.at,
						.body = body.at,
						.body_len = body.len };
	ks_web_respond(webs[0], &request, &answer);
	must(ks_buf_text(&answer.body));
	assert_true(answer.status >= 400 && answer.status < 500);
	enum judged as = strncmp(answer.type, "text/html", 9) == 0     ? JUDGED_MARKUP
			 : strncmp(answer.type, "text/plain", 10) == 0 ? JUDGED_LINES
								       : JUDGED_JSON;
	const char *wrong = judge(as, answer.body.at, answer.body.len, answer.body.at);
	if (wrong)
		fail_msg("%s: %s\n%s", address, wrong, answer.body.at);
	ks_web_response_deinit(&answer);
}

static void what_is_sent_can_be_called_anything(void **state)
{
	(void)state;
	static const char *const addresses[] = { "/check", "/check.json", "/check.txt",
						 "/check.xml" };
	if (!worlds[0].dir)
		skip();
	open_webs();
	for (size_t n = 0; n < nasty_nr(); n++) {
		char word[128];
		snprintf(word, sizeof(word), "%s", nasty(n));
		for (size_t i = 0; i < KS_ARRAY_LEN(addresses); i++) {
			send_word(word, addresses[i], "kernels");
			send_word(word, addresses[i], word);
			send_word(word, addresses[i], "");
		}
	}
	close_webs();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_take_any_name),
		cmocka_unit_test(pages_of_names_take_any_name),
		cmocka_unit_test(published_reports_take_any_name),
		cmocka_unit_test(no_page_is_left_out),
		cmocka_unit_test(reports_of_the_site_take_any_name),
		cmocka_unit_test(what_is_sent_can_be_called_anything),
	};
	return cmocka_run_group_tests(tests, make_worlds, remove_worlds);
}
