/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers of strangers: what they send, and how long they take. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <ksurf/ksurf.h>

#include "base/array.h"
#include "hostile_world.h"

/* ---- what was sent ---- */

static void wrong_checksum_never_passes_when_all_has_come(void **state)
{
	(void)state;
	// the second: read from both ends, and 2 MiB between that nobody needs
	static const struct {
		size_t len, bulk;
		bool late;
	} cases[] = { { 200 << 10, 1000, false }, { 8 << 20, 3 << 20, true } };
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		struct hostile_world *w =
			hostile_world_new(cases[i].len, cases[i].bulk, cases[i].late);
		hostile_expect_pull(w, KS_PROOF_WHOLE);
		w->hash[5] ^= 1;
		hostile_publish(w);
		hostile_expect_refusal(w, "SHA256");
		hostile_world_free(w);
	}
}

static void verifying_reads_to_the_end(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		struct hostile_world *w = hostile_world_new(200 << 10, 24 << 20, late);
		hostile_expect_pull(w, KS_PROOF_BLOCKS);
		w->opts.verify = true;
		hostile_expect_pull(w, KS_PROOF_WHOLE);
		w->hash[5] ^= 1;
		hostile_publish(w);
		hostile_expect_refusal(w, "SHA256");
		hostile_world_free(w);
	}
}

/** Read a file whole, of which each of two pieces has a checksum. */
static struct ks_error *read_pieces(const char *url, const struct ks_http_opts *opts, bool *proven)
{
	_cleanup_input_ struct ks_input *in = NULL;
	char bytes[1000];
	size_t got = 1;
	KS_TRY(ks_http_open(url, opts, &in));
	for (uint64_t at = 0; got; at += got)
		KS_TRY(ks_input_read(in, at, bytes, sizeof(bytes), &got));
	*proven = ks_http_proven(in);
	return NULL;
}

/** Packages that are signed by themselves have checksums of their front and of the rest. */
static void both_pieces_of_a_file_must_be_right(void **state)
{
	(void)state;
	enum { SPLIT = 5000, LEN = 20000 };
	static const struct {
		size_t changed, len; // which byte; of the file that is sent
		const char *why;     // NULL: it is right
	} cases[] = {
		{ LEN, LEN, NULL },	      { 0, LEN, "SHA256" },
		{ SPLIT - 1, LEN, "SHA256" }, { SPLIT, LEN, "SHA256" },
		{ LEN - 1, LEN, "SHA256" },   { LEN, LEN - 1, "SHA256" },
		{ LEN, SPLIT, "SHA256" },     { LEN, SPLIT - 1, "SHA256" },
		{ LEN, 0, "SHA256" },	      { LEN, LEN + 1, "SHA256" },
	};
	uint8_t *bytes = calloc(1, LEN + 1);
	char front[65], rest[65];
	assert_non_null(bytes);
	for (size_t i = 0; i < LEN; i++)
		bytes[i] = (uint8_t)(i * i >> 7);
	hex_sha256(&(const struct ks_buf){ .at = (char *)bytes, .len = SPLIT }, front);
	hex_sha256(&(const struct ks_buf){ .at = (char *)bytes + SPLIT, .len = LEN - SPLIT }, rest);
	for (size_t i = 0; i < KS_ARRAY_LEN(cases); i++) {
		const struct served_file files[] = { { "/file", bytes, cases[i].len }, { 0 } };
		struct range_server server = { .files = files };
		const struct ks_http_opts opts = { .sha256 = front,
						   .split = SPLIT,
						   .rest_sha256 = rest };
		char url[80];
		bool proven = false;
		if (!range_server_start(&server))
			skip();
		snprintf(url, sizeof(url), "%s/file", server.url);
		bytes[cases[i].changed] ^= 1;
		struct ks_error *err = read_pieces(url, &opts, &proven);
		bytes[cases[i].changed] ^= 1;
		assert_int_equal(proven, !cases[i].why);
		assert_int_equal(!err, !cases[i].why);
		if (err)
			assert_non_null(strstr(err->msg, cases[i].why));
		ks_error_free(err);
		range_server_stop(&server);
	}
	free(bytes);
}

/** A server that shows another file to who uses it than to who checks it. */
static void two_faced_server_proves_nothing(void **state)
{
	(void)state;
	struct hostile_world *w = hostile_world_new(1 << 20, 6 << 20, true);
	struct ks_buf evil = { 0 };
	w->vmlinux[w->len / 2] ^= 1;
	hostile_make_deb(w->vmlinux, w->len, 6 << 20, true, &evil);
	w->vmlinux[w->len / 2] ^= 1;
	assert_int_equal(evil.len, w->deb.len);
	memcpy(w->later, w->files, sizeof(w->files));
	w->later[3].bytes = evil.at;
	w->opts.verify = true;
	for (int turn = 0; turn < 2; turn++) { // evil at first, or later
		w->server.files = turn ? w->later : w->files;
		w->server.later = turn ? w->files : w->later;
		for (int from = 2; from < 12; from++) {
			struct ks_source *src = NULL;
			atomic_store(&w->server.requests, 0);
			w->server.later_from = from;
			struct ks_error *err = ks_pull_open(hostile_name, &w->opts, NULL, &src);
			if (!err)
				assert_memory_equal(src->map, w->vmlinux, w->len);
			ks_source_close(src);
			ks_error_free(err);
		}
	}
	ks_buf_deinit(&evil);
	hostile_world_free(w);
}

/* ---- how it was sent ---- */

static void dripping_server_is_given_up(void **state)
{
	(void)state;
	struct hostile_world *w = hostile_world_new(100 << 10, 1000, false);
	time_t begin = time(NULL);
	w->server.drip_ms = 250; // four bytes a second, for ever
	w->opts.http.total_s = 1;
	hostile_expect_refusal(w, "given up");
	assert_true(time(NULL) - begin < 60);
	w->server.drip_ms = 0;
	hostile_world_free(w);
}

/** As a program of the library says it. */
static void library_gives_it_up_too(void **state)
{
	(void)state;
	struct hostile_world *w = hostile_world_new(100 << 10, 1000, false);
	const struct ksurf_ingest_options options = { .size = sizeof(options),
						      .from = KSURF_FROM_PACKAGE,
						      .mirror = w->opts.mirror,
						      .suite = w->opts.suite,
						      .arch = w->opts.arch,
						      .cache_dir = w->opts.cache_dir,
						      .allow_unsigned = 1,
						      .strict = 1,
						      .timeout = 1 };
	const char *const package = hostile_name;
	struct ksurf_store *store;
	char *at = NULL;
	assert_true(asprintf(&at, "%s/store", w->dir) > 0);
	assert_null(ksurf_store_open(at, KSURF_CREATE, &store));
	w->server.drip_ms = 250;
	struct ksurf_error *err = ksurf_ingest(store, &package, 1, &options, NULL);
	assert_non_null(err);
	assert_int_equal(ksurf_error_code(err), KSURF_ERR_NET);
	assert_non_null(strstr(ksurf_error_text(err), "given up"));
	w->server.drip_ms = 0;
	ksurf_error_free(err);
	ksurf_store_close(store);
	free(at);
	hostile_world_free(w);
}

/** A server that speaks TLS and sends files as they are, heads and all. */
struct tls {
	pid_t pid;
	FILE *out;
	int port;
};

static bool tls_start(struct tls *tls, const char *dir)
{
	char key[512], cert[512];
	snprintf(key, sizeof(key), "%s/key.pem", dir);
	snprintf(cert, sizeof(cert), "%s/cert.pem", dir);
	const char *const make[] = { "openssl",	 "req",
				     "-x509",	 "-newkey",
				     "rsa:2048", "-nodes",
				     "-keyout",	 key,
				     "-out",	 cert,
				     "-subj",	 "/CN=127.0.0.1",
				     "-addext",	 "subjectAltName=IP:127.0.0.1",
				     NULL };
	int ends[2];
	if (!hostile_run(make, NULL) || pipe(ends) != 0)
		return false;
	tls->pid = fork();
	if (tls->pid == 0) {
		dup2(ends[1], 1);
		if (chdir(dir) == 0)
			execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-HTTP",
			       "-key", key, "-cert", cert, (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	tls->out = fdopen(ends[0], "r");
	char line[256];
	while (tls->out && fgets(line, sizeof(line), tls->out))
		if (sscanf(line, "ACCEPT 127.0.0.1:%d", &tls->port) == 1)
			return true;
	return false;
}

static void tls_stop(struct tls *tls)
{
	kill(tls->pid, SIGKILL);
	waitpid(tls->pid, NULL, 0);
	if (tls->out)
		fclose(tls->out);
}

static void no_redirect_leads_from_https_to_http(void **state)
{
	(void)state;
	struct hostile_world *w = hostile_world_new(100 << 10, 1000, false);
	struct tls tls = { 0 };
	char text[512], url[128], cert[512];
	int n = snprintf(text, sizeof(text), "HTTP/1.0 200 OK\r\n\r\nhello");
	free(write_file(w->dir, "plain", text, (size_t)n));
	n = snprintf(text, sizeof(text), "HTTP/1.0 302 x\r\nLocation: %s/pool/a.deb\r\n\r\n",
		     w->server.url);
	free(write_file(w->dir, "away", text, (size_t)n));
	if (!tls_start(&tls, w->dir)) {
		print_message("no openssl on this machine: skipped\n");
		skip();
	}
	snprintf(cert, sizeof(cert), "%s/cert.pem", w->dir);
	const struct ks_http_opts opts = { .tries = 1, .ca_file = cert };
	struct ks_buf got = { 0 };
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/plain", tls.port);
	struct ks_error *err = ks_http_get(url, &opts, 1 << 20, &got);
	if (err)
		fail_msg("%s", ks_error_text(err));
	assert_int_equal(got.len, 5);
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/away", tls.port);
	err = ks_http_get(url, &opts, 1 << 20, &got);
	assert_non_null(err);
	ks_error_free(err);
	assert_int_equal(atomic_load(&w->server.requests), 0);
	tls_stop(&tls);
	ks_buf_deinit(&got);
	hostile_world_free(w);
}

static void redirects_from_http_are_followed_to_the_web_only(void **state)
{
	(void)state;
	struct hostile_world *w = hostile_world_new(100 << 10, 1000, false);
	char url[128], to[128];
	struct ks_buf got = { 0 };
	const struct ks_http_opts opts = { .tries = 1 };
	snprintf(url, sizeof(url), "%s/x", w->server.url);
	snprintf(to, sizeof(to), "%s/pool/a.deb", w->server.url);
	w->server.redirected = "/x";
	w->server.location = to;
	assert_null(ks_http_get(url, &opts, 64 << 20, &got));
	assert_int_equal(got.len, w->deb.len);
	w->server.location = "file:///etc/passwd";
	got.len = 0;
	struct ks_error *err = ks_http_get(url, &opts, 64 << 20, &got);
	assert_non_null(err);
	ks_error_free(err);
	assert_int_equal(got.len, 0);
	ks_buf_deinit(&got);
	hostile_world_free(w);
}

int main(void)
{
	setenv("no_proxy", "*", 1); // the server is on this machine
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_checksum_never_passes_when_all_has_come),
		cmocka_unit_test(verifying_reads_to_the_end),
		cmocka_unit_test(both_pieces_of_a_file_must_be_right),
		cmocka_unit_test(two_faced_server_proves_nothing),
		cmocka_unit_test(dripping_server_is_given_up),
		cmocka_unit_test(library_gives_it_up_too),
		cmocka_unit_test(no_redirect_leads_from_https_to_http),
		cmocka_unit_test(redirects_from_http_are_followed_to_the_web_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
