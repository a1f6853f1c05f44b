/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's side of fetching: an input whose bytes come from the parent. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/sandbox.h"
#include "cli/sandbox_stream.h"

enum { READ_MAX = 256 << 10 };

/** A file that the parent fetches. */
struct fetched {
	struct ks_input in;
	int fd;
	bool proven;
	char *validator;    // of ks_http_validator()
	struct ks_buf text; // of the last answer
};

static struct ks_error *gone(void)
{
	return ks_error_new(KS_ERR_NET, "the process that fetches is gone");
}

static struct ks_error *failed(const struct ks_fetch_message *message, const struct ks_buf *text)
{
	size_t at = 0;
	const char *file = ks_fetch_text(text, &at), *msg = ks_fetch_text(text, &at);
	struct ks_error *err = ks_error_new((enum ks_errcode)message->numbers[0], "%s", msg);
	err->is_gone = err != &ks_nomem && message->numbers[1];
	err->is_replaced = err != &ks_nomem && message->numbers[2];
	return file[0] ? ks_error_in_file(err, file) : err;
}

/** Ask, and take the answer. @param text of the question; holds that of the answer then */
static struct ks_error *ask(int fd, struct ks_fetch_message *message, const char *question,
			    const struct ks_progress *progress, struct ks_buf *text)
{
	message->len = question ? (uint32_t)strlen(question) : 0;
	if (!ks_fetch_send(fd, message, question))
		return gone();
	while (ks_fetch_receive(fd, message, text)) {
		if (message->what == KS_FETCH_FAILED)
			return failed(message, text);
		if (message->what != KS_FETCH_PROGRESS)
			return NULL;
		KS_TRY(ks_progress_tell(progress, text->at, message->numbers[0],
					message->numbers[1]));
	}
	return gone();
}

/** What is known of the file now. */
static void take_state(struct fetched *fetched, const struct ks_fetch_message *message)
{
	fetched->in.size = message->numbers[KS_FETCH_SIZE];
	fetched->in.taken = message->numbers[KS_FETCH_TAKEN];
	fetched->in.can_jump = message->numbers[KS_FETCH_CAN_JUMP] != 0;
	fetched->proven = message->numbers[KS_FETCH_PROVEN] != 0;
}

static struct ks_error *fetched_read(struct ks_input *in, uint64_t offset, void *buf, size_t len,
				     size_t *got)
{
	struct fetched *fetched = (struct fetched *)in;
	struct ks_fetch_message message = {
		.what = KS_FETCH_READ,
		.numbers = { offset, len < READ_MAX ? len : READ_MAX },
	};
	KS_TRY(ask(fetched->fd, &message, NULL, NULL, &fetched->text));
	*got = message.len < len ? message.len : len;
	memcpy(buf, fetched->text.at, *got);
	take_state(fetched, &message);
	return NULL;
}

static void fetched_want(struct ks_input *in, uint64_t begin, uint64_t end)
{
	const struct ks_fetch_message message = { .what = KS_FETCH_WANT,
						  .numbers = { begin, end } };
	ks_fetch_send(((struct fetched *)in)->fd, &message,
		      NULL); // the next read tells of a failure
}

static struct ks_error *fetched_finish(struct ks_input *in, uint64_t max,
				       const struct ks_progress *progress)
{
	struct fetched *fetched = (struct fetched *)in;
	struct ks_fetch_message message = { .what = KS_FETCH_FINISH, .numbers = { max } };
	KS_TRY(ask(fetched->fd, &message, NULL, progress, &fetched->text));
	take_state(fetched, &message);
	return NULL;
}

static bool fetched_proven(const struct ks_input *in)
{
	return ((const struct fetched *)in)->proven;
}

static void fetched_close(struct ks_input *in)
{
	struct fetched *fetched = (struct fetched *)in;
	if (fetched->fd >= 0)
		close(fetched->fd);
	ks_buf_deinit(&fetched->text);
	free(fetched->validator);
	free(fetched);
}

static const char *fetched_validator(const struct ks_input *in)
{
	return ((const struct fetched *)in)->validator;
}

static const struct ks_input_ops fetched_ops = {
	.read = fetched_read,
	.want = fetched_want,
	.close = fetched_close,
	.finish = fetched_finish,
	.proven = fetched_proven,
	.validator = fetched_validator,
};

static struct ks_error *open_url(void *arg, const char *url, const struct ks_http_opts *opts,
				 struct ks_input **ret)
{
	(void)arg;
	struct fetched *fetched = calloc(1, sizeof(*fetched));
	if (!fetched)
		return &ks_nomem;
	fetched->in.ops = &fetched_ops;
	fetched->fd = ks_sandbox_fetch();
	struct ks_fetch_message message = { .what = KS_FETCH_OPEN, .numbers = { opts->first } };
	struct ks_error *err =
		fetched->fd < 0 ? gone() : ask(fetched->fd, &message, url, NULL, &fetched->text);
	if (!err && fetched->text.len && !(fetched->validator = strdup(fetched->text.at)))
		err = &ks_nomem;
	if (err) {
		fetched_close(&fetched->in);
		return err;
	}
	take_state(fetched, &message);
	*ret = &fetched->in;
	return NULL;
}

static struct ks_error *take_remote(const struct ks_fetch_message *message,
				    const struct ks_buf *text, struct ks_remote *ret)
{
	size_t at = 0;
	const char *url = ks_fetch_text(text, &at), *version = ks_fetch_text(text, &at);
	const char *sha256 = ks_fetch_text(text, &at), *sets = ks_fetch_text(text, &at);
	const char *note = ks_fetch_text(text, &at);
	if (!url[0]) // there is no such part
		return NULL;
	*ret = (struct ks_remote){
		.url = strdup(url),
		.version = version[0] ? strdup(version) : NULL,
		.sha256 = sha256[0] ? strdup(sha256) : NULL,
		.sets = sets[0] ? strdup(sets) : NULL,
		.note = note[0] ? strdup(note) : NULL,
		.size = message->numbers[0],
		.split = message->numbers[1], // the checksums stay with who fetches
	};
	if (ret->url && !ret->version == !version[0] && !ret->sha256 == !sha256[0] &&
	    !ret->sets == !sets[0] && !ret->note == !note[0])
		return NULL;
	ks_remote_deinit(ret);
	return &ks_nomem;
}

/** A question on a stream of its own. */
static struct ks_error *ask_once(struct ks_fetch_message *message, const char *question,
				 const struct ks_progress *progress, struct ks_buf *text)
{
	int fd = ks_sandbox_fetch();
	if (fd < 0)
		return gone();
	struct ks_error *err = ask(fd, message, question, progress, text);
	close(fd);
	return err;
}

static struct ks_error *resolve(void *arg, const char *package, enum ks_remote_part part,
				const struct ks_progress *progress, struct ks_remote *ret)
{
	(void)arg;
	_cleanup_buf_ struct ks_buf text = { 0 };
	struct ks_fetch_message message = { .what = KS_FETCH_RESOLVE, .numbers = { part } };
	KS_TRY(ask_once(&message, package, progress, &text));
	return take_remote(&message, &text, ret);
}

static struct ks_error *expand(void *arg, const char *word, const struct ks_set_extent *extent,
			       const struct ks_progress *progress, bool *is_set,
			       struct ks_set_kernels *ret)
{
	(void)arg;
	_cleanup_buf_ struct ks_buf text = { 0 };
	struct ks_fetch_message message = { .what = KS_FETCH_EXPAND,
					    .numbers = { extent->last, extent->debug } };
	KS_TRY(ask_once(&message, word, progress, &text));
	*is_set = message.numbers[0] != 0;
	ret->nr_wanted = message.numbers[1];
	size_t at = 0;
	ret->pull.set = *is_set ? ks_arena_strdup(&ret->arena, ks_fetch_text(&text, &at)) : NULL;
	if (*is_set && !ret->pull.set)
		return &ks_nomem;
	for (const char *package; *(package = ks_fetch_text(&text, &at));) {
		const char *copy = ks_arena_strdup(&ret->arena, package);
		if (!copy || !ks_vector_add(&ret->packages, copy))
			return &ks_nomem;
	}
	return NULL;
}

const struct ks_transport *ks_sandbox_transport(void)
{
	static const struct ks_transport transport = { .resolve = resolve,
						       .expand = expand,
						       .open = open_url };
	return &transport;
}
