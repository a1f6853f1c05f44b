/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/pool.h"

struct seen {
	atomic_int runs[100];
	atomic_int per_thread[4];
	size_t fail_from, fail_step;
};

static struct ks_error *note(void *arg, size_t job, unsigned int thread)
{
	struct seen *seen = arg;
	atomic_fetch_add(&seen->runs[job], 1);
	atomic_fetch_add(&seen->per_thread[thread], 1);
	if (seen->fail_step && job >= seen->fail_from &&
	    (job - seen->fail_from) % seen->fail_step == 0) {
		if (job == seen->fail_from)
			usleep(2000); // later failures come first
		return ks_error_new(KS_ERR_DATA, "job %zu", job);
	}
	return NULL;
}

static void every_job_runs_once_for_any_number_of_threads(void **state)
{
	(void)state;
	for (unsigned int threads = 0; threads <= 4; threads++)
		for (size_t jobs = 0; jobs <= 100; jobs += 25) {
			struct seen seen = { 0 };
			assert_null(ks_pool_run(threads, jobs, note, &seen));
			for (size_t i = 0; i < 100; i++)
				assert_int_equal(seen.runs[i], i < jobs);
		}
}

static void the_failure_with_the_lowest_number_wins(void **state)
{
	(void)state;
	for (unsigned int threads = 1; threads <= 4; threads++) {
		struct seen seen = { .fail_from = 7, .fail_step = 1 };
		_cleanup_error_ struct ks_error *err = ks_pool_run(threads, 100, note, &seen);
		assert_non_null(err);
		assert_string_equal(err->msg, "job 7");
		for (size_t i = 0; i < 7; i++)
			assert_int_equal(seen.runs[i], 1);
		assert_int_equal(seen.runs[99], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_runs_once_for_any_number_of_threads),
		cmocka_unit_test(the_failure_with_the_lowest_number_wins),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
