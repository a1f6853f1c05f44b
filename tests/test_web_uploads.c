/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are sent to the site, what becomes of them, and the addresses of reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "judge.h"
#include "site.h"

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
	struct ks_web *web = site_open(path, 2);
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
		struct ks_web_response answer = site_ask(web, "GET", all[i].address, NULL);
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
	struct ks_web *web = site_open(place_path(state), 1);
	struct ks_web_response answer = send_body(web, "/check", FORM, body, sizeof(body) - 1);
	assert_int_equal(answer.status, 405);
	assert_string_equal(answer.allow, "GET, HEAD");
	ks_web_response_deinit(&answer);
	site_expect(web, "/check", "takes no files", true);
	site_expect(web, "/r/0123456789abcdef0123456789abcdef", "no such report", true);
	site_expect(web, "/", "action=\"/check\"", false);
	site_expect(web, "/kernels", "href=\"/check\"", false);
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
		TEST(files_are_sent_and_lead_to_their_report),
		TEST(bodies_that_are_none_are_refused),
		TEST(what_becomes_of_a_check_has_its_status),
		TEST(reports_have_their_addresses),
		TEST(without_checks_nothing_is_taken),
		TEST(other_sites_send_nothing),
		cmocka_unit_test(requests_say_what_they_need),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
