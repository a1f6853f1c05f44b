/* SPDX-License-Identifier: BSD-2-Clause */
#include "ingest/private.h"

struct ks_error *ks_ingest_tell(struct ks_ingest *ingest, const struct ks_ingest_event *event)
{
	const struct ks_ingest_opts *opts = &ingest->opts;
	pthread_mutex_lock(&ingest->telling);
	bool wanted = event->put || !ks_cancel_is_wanted(opts->cancel);
	if (opts->event && wanted && !opts->event(opts->event_arg, event))
		ks_cancel_want(opts->cancel);
	pthread_mutex_unlock(&ingest->telling);
	return ks_cancel_check(opts->cancel);
}

struct ks_error *ks_ingest_fail(struct ks_ingest *ingest, const char *source, struct ks_error *err)
{
	struct ks_error *cancelled = ks_cancel_check(ingest->opts.cancel);
	if (ingest->opts.strict && !cancelled)
		return err;
	if (!cancelled)
		cancelled = ks_ingest_tell(
			ingest, &(const struct ks_ingest_event){
					.type = KS_INGEST_FAILED, .source = source, .error = err });
	ks_error_free(err);
	return cancelled;
}

static void on_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	const struct ks_ingest_teller *teller = arg;
	const struct ks_ingest_event event = {
		.type = KS_INGEST_PROGRESS,
		.source = teller->source,
		.doing = what,
		.done = done,
		.total = total,
	};
	ks_error_free(ks_ingest_tell(teller->ingest, &event)); // who tells looks for it next
}

struct ks_progress ks_ingest_progress(struct ks_ingest_teller *teller)
{
	return (struct ks_progress){
		.fn = on_progress,
		.arg = teller,
		.cancel = teller->ingest->opts.cancel,
	};
}
