/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parent's side of fetching: what the command line names, from where it says. It looks into lists, and into no package but for the front of
 * one that is signed by itself.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/sandbox.h"
#include "cli/sandbox_stream.h"

/** One stream; a thread of its own. */
struct session {
	struct ks_fetch_server *server;
	int fd;
	struct ks_input *in; // once it is open
	struct ks_buf text;  // of the question
};

static void send_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	const struct session *session = arg;
	const struct ks_fetch_message message = {
		.what = KS_FETCH_PROGRESS,
		.len = (uint32_t)strlen(what),
		.numbers = { done, total },
	};
	ks_fetch_send(session->fd, &message, what); // that it failed shows at the next question
}

static bool send_failure(const struct session *session, const struct ks_error *err)
{
	_cleanup_buf_ struct ks_buf text = { 0 };
	ks_buf_bytes(&text, err->file, err->file ? strlen(err->file) : 0);
	ks_buf_char(&text, '\0');
	ks_buf_bytes(&text, err->msg, strlen(err->msg) + 1);
	const struct ks_fetch_message message = {
		.what = KS_FETCH_FAILED,
		.len = (uint32_t)text.len,
		.numbers = { (uint64_t)err->code, err->is_gone, err->is_replaced },
	};
	return !text.failed && ks_fetch_send(session->fd, &message, text.at);
}

static bool is_argument(const struct ks_fetch_server *server, const char *word)
{
	for (int i = 0; i < server->job->argc; i++)
		if (strcmp(server->job->argv[i], word) == 0)
			return true;
	return false;
}

/** How to fetch a kernel of the plan, by its checksum. @return NULL: it has no such kernel, or memory ran out */
static const struct ks_pull_opts *how_planned(struct ks_fetch_server *server, const char *sha256)
{
	const struct ks_pull_plan_kernel *kernel = ks_pull_plan_find(&server->plan, sha256);
	struct ks_pull_opts *how = kernel ? malloc(sizeof(*how)) : NULL;
	if (!how)
		return NULL;
	*how = server->how.pull;
	how->planned = kernel;
	pthread_mutex_lock(&server->lock);
	bool kept = ks_vector_add(&server->planned, how);
	pthread_mutex_unlock(&server->lock);
	if (kept)
		return how;
	free(how);
	return NULL;
}

/** How to fetch a package that the command line names, itself or by its set. NULL: it names no such package */
static const struct ks_pull_opts *how_to_pull(struct ks_fetch_server *server, const char *package)
{
	const struct ks_pull_opts *how = NULL;
	if (server->how.plan)
		return how_planned(server, package);
	pthread_mutex_lock(&server->lock);
	for (size_t i = 0; i < server->sets.len; i++)
		for (size_t k = 0; k < server->sets.at[i]->packages.len && !how; k++)
			if (strcmp(server->sets.at[i]->packages.at[k], package) == 0)
				how = &server->sets.at[i]->pull;
	pthread_mutex_unlock(&server->lock);
	const char *config = server->how.pull.config;
	if (!how && (is_argument(server, package) || (config && strcmp(config, package) == 0)))
		how = &server->how.pull;
	return how;
}

/** A package of a local archive is a file to be read. */
static struct ks_error *grant_local(struct ks_fetch_server *server, const char *path)
{
	pthread_mutex_lock(&server->grants->lock);
	struct ks_error *err = ks_grants_add(server->grants, path, KS_GRANT_READ);
	pthread_mutex_unlock(&server->grants->lock);
	return err;
}

/** Remember what was found: that may be opened. @param remote taken */
static struct ks_error *keep(struct ks_fetch_server *server, struct ks_remote *remote)
{
	pthread_mutex_lock(&server->lock);
	bool kept = ks_vector_add(&server->found, *remote);
	pthread_mutex_unlock(&server->lock);
	if (!kept)
		ks_remote_deinit(remote);
	return kept ? NULL : &ks_nomem;
}

/** @param[out] numbers of the answer */
static struct ks_error *find(struct session *session, uint64_t part, struct ks_buf *text,
			     uint64_t numbers[2])
{
	struct ks_fetch_server *server = session->server;
	const struct ks_progress progress = { .fn = send_progress, .arg = session };
	struct ks_remote remote = { 0 };
	const struct ks_pull_opts *how = how_to_pull(server, session->text.at);
	if (server->how.by_build_id || !how || part > KS_REMOTE_MODULES)
		return ks_error_new(KS_ERR_USAGE, "%s was not named", session->text.at);
	KS_TRY(ks_pull_resolve(session->text.at, (enum ks_remote_part)part, how, &progress,
			       &remote));
	const char *texts[] = { remote.url, remote.version, remote.sha256, remote.sets,
				remote.note };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ks_buf_bytes(text, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) + 1 : 1);
	numbers[0] = remote.size;
	numbers[1] = remote.split;
	if (!remote.url)
		return NULL;
	struct ks_error *err =
		ks_pull_local(remote.url) ? grant_local(server, ks_pull_local(remote.url)) : NULL;
	if (!err)
		return keep(server, &remote);
	ks_remote_deinit(&remote);
	return err;
}

static struct ks_error *resolve(struct session *session, struct ks_fetch_message *message,
				struct ks_buf *text)
{
	uint64_t part = message->numbers[0];
	return find(session, part, text, message->numbers);
}

/** A set that the command line names; or any of the table, when it means those that the store follows. */
static struct ks_error *check_set(const struct ks_fetch_server *server, const char *word)
{
	_cleanup_sets_ struct ks_sets sets = { 0 };
	struct ks_set_wish wish;
	if (is_argument(server, word))
		return NULL;
	if (!server->how.follows || server->job->argc)
		return ks_error_new(KS_ERR_USAGE, "%s was not named", word);
	KS_TRY(ks_sets_load(&sets));
	return ks_sets_find(&sets, word, &wish);
}

/** What a set of the command line stands for; its packages are named then. */
static struct ks_error *expand(struct session *session, struct ks_fetch_message *message,
			       struct ks_buf *text)
{
	struct ks_fetch_server *server = session->server;
	const struct ks_progress progress = { .fn = send_progress, .arg = session };
	bool is_set = false;
	struct ks_set_extent extent = server->how.extent;
	if (server->how.by_build_id || server->how.plan)
		return ks_error_new(KS_ERR_USAGE, "%s was not named", session->text.at);
	KS_TRY(check_set(server, session->text.at));
	if (server->how.follows) // how far is told by what is in the store
		extent = (struct ks_set_extent){ (unsigned int)message->numbers[0],
						 message->numbers[1] != 0 };
	struct ks_set_kernels *kernels = calloc(1, sizeof(*kernels));
	if (!kernels)
		return &ks_nomem;
	struct ks_error *err = ks_set_expand(session->text.at, &extent, &server->how.pull,
					     &progress, &is_set, kernels);
	if (!err && is_set)
		ks_buf_strz(text, kernels->pull.set);
	for (size_t i = 0; i < kernels->packages.len; i++)
		ks_buf_strz(text, kernels->packages.at[i]);
	message->numbers[0] = is_set;
	message->numbers[1] = kernels->nr_wanted;
	pthread_mutex_lock(&server->lock);
	bool kept = !err && is_set && ks_vector_add(&server->sets, kernels);
	pthread_mutex_unlock(&server->lock);
	if (!kept) {
		ks_set_kernels_deinit(kernels);
		free(kernels);
	}
	return err ? err : kept || !is_set ? NULL : &ks_nomem;
}

/** Whether a URL is what a debuginfod server of the command line has of a build id of it. */
static bool is_build_id(const struct ks_fetch_server *server, const char *url)
{
	static const char *const kinds[] = { "debuginfo", "executable" };
	const char *servers = server->how.debuginfod;
	servers = servers ? servers : getenv("DEBUGINFOD_URLS");
	for (const char *at = servers; server->how.by_build_id && at && *at;) {
		size_t len = strcspn(at, " "), end = len;
		while (end && at[end - 1] == '/')
			end--;
		for (int i = 0; i < 2 * server->job->argc; i++) {
			_cleanup_buf_ struct ks_buf whole = { 0 };
			ks_buf_printf(&whole, "%.*s/buildid/%s/%s", (int)end, at,
				      server->job->argv[i / 2], kinds[i % 2]);
			if (end && ks_buf_text(&whole) && strcmp(whole.at, url) == 0)
				return true;
		}
		at += len + (at[len] == ' ');
	}
	return false;
}

/** What was found under that URL. @return borrowed strings; no URL: it was not found */
static struct ks_remote found(struct ks_fetch_server *server, const char *url)
{
	struct ks_remote remote = { 0 };
	pthread_mutex_lock(&server->lock);
	for (size_t i = 0; i < server->found.len && !remote.url; i++)
		if (strcmp(server->found.at[i].url, url) == 0)
			remote = server->found.at[i];
	pthread_mutex_unlock(&server->lock);
	return remote;
}

/** What is known of the file now. */
static void tell_state(const struct session *session, struct ks_fetch_message *message)
{
	message->numbers[KS_FETCH_SIZE] = session->in->size;
	message->numbers[KS_FETCH_TAKEN] = session->in->taken;
	message->numbers[KS_FETCH_CAN_JUMP] = session->in->can_jump;
	message->numbers[KS_FETCH_PROVEN] = ks_http_proven(session->in);
}

static struct ks_error *open_url(struct session *session, struct ks_fetch_message *message,
				 struct ks_buf *text)
{
	struct ks_fetch_server *server = session->server;
	const char *url = session->text.at;
	struct ks_remote remote = found(server, url);
	bool store = server->job->db && strcmp(server->job->db, url) == 0;
	if (session->in || (!remote.url && !store && !is_build_id(server, url)))
		return ks_error_new(KS_ERR_USAGE, "%s was not found for anything named", url);
	struct ks_http_opts how = server->how.pull.http;
	how.first = message->numbers[0];
	how.pinned = store;
	KS_TRY(remote.url ? ks_pull_fetch(&remote, &server->how.pull, &session->in)
			  : ks_http_open(url, &how, &session->in));
	const char *validator = ks_http_validator(session->in);
	ks_buf_bytes(text, validator ? validator : "", validator ? strlen(validator) : 0);
	tell_state(session, message);
	return NULL;
}

static struct ks_error *not_open(void)
{
	return ks_error_new(KS_ERR_USAGE, "nothing is open");
}

static struct ks_error *read_some(struct session *session, struct ks_fetch_message *message,
				  struct ks_buf *text)
{
	uint64_t offset = message->numbers[0], len = message->numbers[1];
	size_t got = 0;
	if (!session->in)
		return not_open();
	if (len > KS_FETCH_TEXT_MAX || !ks_buf_reserve(text, (size_t)len + 1))
		return &ks_nomem;
	KS_TRY(session->in->ops->read(session->in, offset, text->at, (size_t)len, &got));
	text->len = got;
	tell_state(session, message);
	return NULL;
}

static struct ks_error *finish(struct session *session, struct ks_fetch_message *message,
			       struct ks_buf *text)
{
	(void)text;
	const struct ks_progress progress = { .fn = send_progress, .arg = session };
	if (!session->in)
		return not_open();
	KS_TRY(ks_http_finish(session->in, message->numbers[0], &progress));
	tell_state(session, message);
	return NULL;
}

static struct ks_error *(*const answers[])(struct session *session,
					   struct ks_fetch_message *message,
					   struct ks_buf *text) = {
	[KS_FETCH_RESOLVE] = resolve, [KS_FETCH_EXPAND] = expand, [KS_FETCH_OPEN] = open_url,
	[KS_FETCH_READ] = read_some,  [KS_FETCH_FINISH] = finish,
};

/** @return false when the stream is at its end */
static bool serve_one(struct session *session)
{
	struct ks_fetch_message message;
	_cleanup_buf_ struct ks_buf text = { 0 };
	if (!ks_fetch_receive(session->fd, &message, &session->text) ||
	    message.what > KS_FETCH_FINISH)
		return false;
	if (message.what == KS_FETCH_WANT) {
		if (session->in)
			ks_input_want(session->in, message.numbers[0], message.numbers[1]);
		return true;
	}
	struct ks_error *err = answers[message.what](session, &message, &text);
	if (err) {
		bool there = send_failure(session, err);
		ks_error_free(err);
		return there;
	}
	message.what = KS_FETCH_DONE;
	message.len = (uint32_t)text.len;
	return !text.failed && ks_fetch_send(session->fd, &message, text.at);
}

static void *serve(void *arg)
{
	struct session *session = arg;
	while (serve_one(session))
		;
	ks_input_close(session->in);
	ks_buf_deinit(&session->text);
	close(session->fd);
	free(session);
	return NULL;
}

int ks_fetch_server_begin(void *arg)
{
	int pair[2];
	pthread_t thread;
	struct session *session = calloc(1, sizeof(*session));
	if (!session || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		free(session);
		return -ENOMEM;
	}
	*session = (struct session){ .server = arg, .fd = pair[0] };
	if (pthread_create(&thread, NULL, serve, session) != 0) {
		close(pair[0]);
		close(pair[1]);
		free(session);
		return -EAGAIN;
	}
	pthread_detach(thread);
	return pair[1];
}
