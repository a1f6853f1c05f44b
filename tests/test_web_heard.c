/* SPDX-License-Identifier: BSD-2-Clause */
/* How much of what is sent to the server is heard, and looked at, at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "web/server_uploads.h"

/** At most 10 bytes of a body, and of all bodies those of eight such: more than two are heard of a client on this machine alone. */
enum { BODY = 10, BODIES = 8 };

static void bodies_are_counted_together(void **state)
{
	struct ks_web_uploads *uploads = ks_web_uploads_new(BODY, true);
	struct ks_web_upload_place places[BODIES + 1] = { 0 };
	(void)state;
	for (size_t i = 0; i < KS_ARRAY_LEN(places); i++)
		assert_true(ks_web_upload_begin(uploads, &places[i]));
	for (size_t i = 0; i < BODIES; i++) { // in pieces
		assert_true(ks_web_upload_hears(uploads, &places[i], BODY - 1));
		assert_true(ks_web_upload_hears(uploads, &places[i], 1));
	}
	assert_false(ks_web_upload_hears(uploads, &places[BODIES], BODY)); // one too many
	ks_web_upload_end(uploads, &places[BODIES]);
	ks_web_upload_end(uploads, &places[0]);
	ks_web_upload_end(uploads, &places[0]); // counts once
	for (size_t i = 0; i < 2; i++) {	// nobody has their bytes any longer
		struct ks_web_upload_place *again = &places[i ? BODIES : 0];
		*again = (struct ks_web_upload_place){ 0 };
		assert_true(ks_web_upload_begin(uploads, again));
		assert_int_equal(ks_web_upload_hears(uploads, again, BODY), i == 0);
	}
	for (size_t i = 0; i < KS_ARRAY_LEN(places); i++)
		ks_web_upload_end(uploads, &places[i]);
	struct ks_web_upload_place alone = { 0 };
	assert_true(ks_web_upload_begin(uploads, &alone));
	assert_true(ks_web_upload_hears(uploads, &alone, BODY));
	assert_false(ks_web_upload_hears(uploads, &alone, 1)); // a body of its own that is too long
	ks_web_upload_end(uploads, &alone);
	ks_web_uploads_free(uploads);
}

static void who_is_not_heard_counts_nothing(void **state)
{
	struct ks_web_uploads *uploads = ks_web_uploads_new(BODY, false);
	struct ks_web_upload_place places[3] = { 0 }, other = { .from.sin6_port = 1 };
	(void)state;
	assert_true(ks_web_upload_begin(uploads, &places[0]));
	assert_true(ks_web_upload_begin(uploads, &places[1]));
	assert_false(ks_web_upload_begin(uploads, &places[2])); // a third one of the same client
	for (size_t i = 0; i < 2 * (size_t)BODIES; i++)
		assert_false(ks_web_upload_hears(uploads, &places[2], BODY));
	assert_true(ks_web_upload_begin(uploads, &other));
	assert_true(ks_web_upload_hears(uploads, &other, BODY));
	ks_web_upload_end(uploads, &places[2]);
	ks_web_upload_end(uploads, &places[0]);
	assert_true(ks_web_upload_begin(uploads, &places[2]));
	assert_true(ks_web_upload_hears(uploads, &places[2], BODY));
	ks_web_upload_end(uploads, &places[1]);
	ks_web_upload_end(uploads, &places[2]);
	ks_web_upload_end(uploads, &other);
	ks_web_uploads_free(uploads);
}

static void workers_look_at_some_at_once(void **state)
{
	struct ks_web_uploads *uploads = ks_web_uploads_new(BODY, true);
	struct ks_web_upload_place places[KS_WEB_WORKING + 1] = { 0 };
	(void)state;
	for (size_t i = 0; i <= KS_WEB_WORKING; i++) {
		assert_true(ks_web_upload_begin(uploads, &places[i]));
		assert_int_equal(ks_web_upload_works(uploads, &places[i]), i < KS_WEB_WORKING);
	}
	ks_web_upload_end(uploads, &places[KS_WEB_WORKING]); // which no worker had
	assert_true(ks_web_upload_begin(uploads, &places[KS_WEB_WORKING]));
	assert_false(ks_web_upload_works(uploads, &places[KS_WEB_WORKING]));
	ks_web_upload_end(uploads, &places[0]);
	assert_true(ks_web_upload_works(uploads, &places[KS_WEB_WORKING]));
	for (size_t i = 0; i <= KS_WEB_WORKING; i++)
		ks_web_upload_end(uploads, &places[i]);
	ks_web_uploads_free(uploads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_counted_together),
		cmocka_unit_test(who_is_not_heard_counts_nothing),
		cmocka_unit_test(workers_look_at_some_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
