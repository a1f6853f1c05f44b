/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/server.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "web/server_clients.h"
#include "web/server_log.h"
#include "web/server_pack.h"
#include "web/server_uploads.h"

enum {
	CONNECTIONS = 4096, // as many as there can be files open, less those for the rest
	FILES_BESIDE = 256,
	// from one address, unless only this machine can connect: a proxy is one for all
	CONNECTIONS_OF_ONE = 64,
	SECONDS = 20,	    // without a byte
	MEMORY = 32 << 10,  // for the head of a request
	BODY_MAX = 1 << 16, // that is read over and dropped: pages take none
	RETRY = 5,	    // seconds, when too much is under way
	PACK_FROM = 1400,   // bytes of an answer that are worth it
};

/** Those of a store that nobody uses just now. */
struct handles {
	size_t nr;
	struct ks_web **at;
};

struct ks_web_server {
	struct MHD_Daemon *daemon;
	struct ks_web_log log;
	char *store;
	const struct ks_web_checks *checks;
	struct ks_web_clients *clients;
	struct ks_web_uploads *uploads; // NULL: none are taken
	bool local;			// only this machine can connect
	pthread_mutex_t lock;		// of what follows
	pthread_cond_t free_one;	// a handle came back, or an upload ended
	/* What a handle has read stays with it: requests that wait for workers, and read little, have others than pages. */
	struct handles of_pages, of_waiting;
	size_t nr_waiting; // threads that wait for workers
};

/** A request from its first byte to the last of its answer. */
struct exchange {
	struct ks_web_server *server;
	struct MHD_Connection *connection;
	char *uri;
	char method[16];
	bool begun, waits;
	bool answered;	// response is there
	size_t dropped; // bytes of the body
	struct ks_buf body;
	struct ks_web_response response;
	struct ks_web_upload_place place; // while it waits for a worker
	unsigned int status;
	size_t bytes;
};

/* ---- handles: more requests than threads never run ---- */

static struct handles *handles_for(struct exchange *exchange)
{
	return exchange->waits ? &exchange->server->of_waiting : &exchange->server->of_pages;
}

static struct ks_web *take_handle(struct exchange *exchange)
{
	struct ks_web_server *server = exchange->server;
	struct handles *handles = handles_for(exchange);
	pthread_mutex_lock(&server->lock);
	while (!handles->nr)
		pthread_cond_wait(&server->free_one, &server->lock);
	struct ks_web *web = handles->at[--handles->nr];
	pthread_mutex_unlock(&server->lock);
	return web;
}

static void give_handle(struct exchange *exchange, struct ks_web *web)
{
	struct ks_web_server *server = exchange->server;
	struct handles *handles = handles_for(exchange);
	pthread_mutex_lock(&server->lock);
	handles->at[handles->nr++] = web;
	pthread_cond_broadcast(&server->free_one);
	pthread_mutex_unlock(&server->lock);
}

/* ---- answers ---- */

static bool wants_gzip(struct MHD_Connection *connection)
{
	const char *accepts = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							  MHD_HTTP_HEADER_ACCEPT_ENCODING);
	return accepts && strstr(accepts, "gzip") && !strstr(accepts, "gzip;q=0");
}

static enum MHD_Result send_response(struct exchange *exchange)
{
	struct MHD_Connection *connection = exchange->connection;
	struct ks_web_response *response = &exchange->response;
	bool packed = response->body.len >= PACK_FROM && wants_gzip(connection) &&
		      ks_web_pack(&response->body);
	exchange->status = response->status;
	exchange->bytes = response->body.len;
	struct MHD_Response *http = MHD_create_response_from_buffer(
		response->body.len, response->body.at, MHD_RESPMEM_MUST_COPY);
	if (!http)
		return MHD_NO;
	for (size_t i = 0; ks_web_headers[i][0]; i++)
		MHD_add_response_header(http, ks_web_headers[i][0], ks_web_headers[i][1]);
	MHD_add_response_header(http, MHD_HTTP_HEADER_CONTENT_TYPE, response->type);
	MHD_add_response_header(http, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
	MHD_add_response_header(http, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING);
	if (packed)
		MHD_add_response_header(http, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	if (*response->tag)
		MHD_add_response_header(http, MHD_HTTP_HEADER_ETAG, response->tag);
	if (response->allow)
		MHD_add_response_header(http, MHD_HTTP_HEADER_ALLOW, response->allow);
	if (response->retry) {
		char seconds[16];
		snprintf(seconds, sizeof(seconds), "%u", response->retry);
		MHD_add_response_header(http, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
	}
	if (response->location.len && ks_buf_text(&response->location))
		MHD_add_response_header(http, MHD_HTTP_HEADER_LOCATION, response->location.at);
	enum MHD_Result result = MHD_queue_response(connection, response->status, http);
	MHD_destroy_response(http);
	return result;
}

static const char *header(const struct exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

/** The request, as the router wants it. The address ends where its query begins until put_query_back(). */
static struct ks_web_request request_of(struct exchange *exchange)
{
	char *query = strchr(exchange->uri, '?');
	if (query)
		*query++ = '\0';
	return (struct ks_web_request){
		.method = exchange->method,
		.path = exchange->uri,
		.query = query,
		.known = header(exchange, MHD_HTTP_HEADER_IF_NONE_MATCH),
		.type = header(exchange, MHD_HTTP_HEADER_CONTENT_TYPE),
		.body = exchange->body.at,
		.body_len = exchange->body.len,
		.site = header(exchange, "Sec-Fetch-Site"),
		.origin = header(exchange, MHD_HTTP_HEADER_ORIGIN),
		.host = header(exchange, MHD_HTTP_HEADER_HOST),
		.place = ks_web_clients_place(exchange->server->clients),
	};
}

static void put_query_back(const struct ks_web_request *request)
{
	if (request->query)
		((char *)request->query)[-1] = '?';
}

static void respond(struct exchange *exchange)
{
	struct ks_web_server *server = exchange->server;
	const struct ks_web_request request = request_of(exchange);
	if (strcmp(exchange->uri, "/metrics") == 0) {
		ks_web_log_metrics(&server->log, &exchange->response);
	} else {
		struct ks_web *web = take_handle(exchange);
		ks_web_respond(web, &request, &exchange->response);
		give_handle(exchange, web);
	}
	put_query_back(&request);
	exchange->answered = true;
}

static void refuse(struct exchange *exchange, unsigned int status, const char *why)
{
	ks_web_refuse(status, why, &exchange->response);
	exchange->response.retry = status == 503 ? RETRY : 0;
	exchange->answered = true;
}

/* ---- uploads: whoever waits for a worker does so in a thread of its own ---- */

static void find_client(struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *from = info ? info->client_addr : NULL;
	struct sockaddr_in6 *client = &exchange->place.from;
	client->sin6_family = from ? from->sa_family : AF_UNSPEC;
	if (from && from->sa_family == AF_INET6)
		client->sin6_addr = ((const struct sockaddr_in6 *)from)->sin6_addr;
	else if (from && from->sa_family == AF_INET)
		memcpy(&client->sin6_addr, &((const struct sockaddr_in *)from)->sin_addr,
		       sizeof(struct in_addr));
}

static void *wait_for_answer(void *arg)
{
	struct exchange *exchange = arg;
	struct ks_web_server *server = exchange->server;
	respond(exchange);
	ks_web_upload_end(server->uploads, &exchange->place);
	MHD_resume_connection(exchange->connection); // and may be gone from here on
	pthread_mutex_lock(&server->lock);
	server->nr_waiting--;
	pthread_cond_broadcast(&server->free_one);
	pthread_mutex_unlock(&server->lock);
	return NULL;
}

static void refuse_for_now(struct exchange *exchange)
{
	refuse(exchange, 503, "too many files are looked at just now; try again in some seconds");
}

/** Let a thread wait, and the connection sleep until it has the answer. */
static void answer_later(struct exchange *exchange)
{
	struct ks_web_server *server = exchange->server;
	pthread_attr_t detached;
	pthread_t thread;
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_mutex_lock(&server->lock);
	server->nr_waiting++;
	pthread_mutex_unlock(&server->lock);
	MHD_suspend_connection(exchange->connection);
	if (pthread_create(&thread, &detached, wait_for_answer, exchange) != 0) {
		pthread_mutex_lock(&server->lock);
		server->nr_waiting--;
		pthread_mutex_unlock(&server->lock);
		refuse(exchange, 503, "too much is under way; try again in some seconds");
		MHD_resume_connection(exchange->connection);
	}
	pthread_attr_destroy(&detached);
}

/** How long the body is, as its head says; SIZE_MAX: it does not. */
static size_t announced(const struct exchange *exchange)
{
	const char *text = header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);
	return text ? strtoull(text, NULL, 10) : SIZE_MAX;
}

/** Look at the head of a request. What need not be read is refused here. */
static void begin_answer(struct exchange *exchange)
{
	const struct ks_web_checks *checks = exchange->server->checks;
	const struct ks_web_request request = request_of(exchange);
	bool reads = ks_web_reads(&request);
	bool takes = checks && ks_web_takes_body(&request);
	exchange->waits = checks && ks_web_waits(&request);
	put_query_back(&request);
	if (!reads && !takes)
		refuse(exchange, 405, "pages are read: GET or HEAD");
	else if (takes && announced(exchange) == SIZE_MAX)
		refuse(exchange, 411, "say how long it is (Content-Length)");
	else if (takes && announced(exchange) > checks->max_bytes)
		refuse(exchange, 413, "these are too many bytes for one request");
	else if (exchange->waits) {
		find_client(exchange);
		if (!ks_web_upload_begin(exchange->server->uploads, &exchange->place))
			refuse_for_now(exchange);
	}
}

/** Keep what is wanted of a body. @return false: it is too long */
static bool take_body(struct exchange *exchange, const char *bytes, size_t len)
{
	if (strcmp(exchange->method, "POST") == 0 && exchange->waits) {
		if (!ks_web_upload_hears(exchange->server->uploads, &exchange->place, len))
			return false;
		ks_buf_bytes(&exchange->body, bytes, len);
		return !exchange->body.failed;
	}
	exchange->dropped += len;
	return exchange->dropped <= BODY_MAX;
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *body,
			      size_t *body_len, void **slot)
{
	struct exchange *exchange = *slot;
	(void)arg;
	(void)url;
	(void)version;
	if (!exchange || !exchange->uri)
		return MHD_NO;
	if (!exchange->begun) {
		exchange->begun = true;
		snprintf(exchange->method, sizeof(exchange->method), "%s", method);
		ks_web_client_reads_body(connection);
		begin_answer(exchange);
		return exchange->answered ? send_response(exchange) : MHD_YES;
	}
	if (*body_len) {
		bool taken = take_body(exchange, body, *body_len);
		*body_len = 0;
		return taken ? MHD_YES : MHD_NO;
	}
	ks_web_client_waits(connection);
	if (exchange->waits && !exchange->answered) {
		if (ks_web_upload_works(exchange->server->uploads, &exchange->place)) {
			answer_later(exchange);
			return MHD_YES;
		}
		refuse_for_now(exchange);
	}
	if (!exchange->answered)
		respond(exchange);
	return send_response(exchange);
}

/* ---- a request's beginning and end ---- */

/** The address as it was sent, which the library decodes otherwise. */
static void *begin_exchange(void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	if (exchange) {
		exchange->server = arg;
		exchange->connection = connection;
		exchange->uri = strdup(uri);
	}
	return exchange;
}

static void end_exchange(void *arg, struct MHD_Connection *connection, void **slot,
			 enum MHD_RequestTerminationCode code)
{
	struct ks_web_server *server = arg;
	struct exchange *exchange = *slot;
	(void)code;
	if (!exchange)
		return;
	const struct ks_web_sent sent = { connection, exchange->method, exchange->uri,
					  exchange->status, exchange->bytes };
	if (exchange->status)
		ks_web_log_sent(&server->log, &sent);
	if (exchange->waits)
		ks_web_upload_end(server->uploads, &exchange->place);
	ks_web_client_asks(connection);
	ks_buf_deinit(&exchange->body);
	ks_web_response_deinit(&exchange->response);
	free(exchange->uri);
	free(exchange);
	*slot = NULL;
}

/* ---- all of it ---- */

/** How many connections there can be: each is an open file. */
static unsigned int find_room(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return CONNECTIONS / 8;
	const rlim_t wanted = CONNECTIONS + FILES_BESIDE;
	if (files.rlim_cur < wanted) {
		const rlim_t before = files.rlim_cur;
		files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
		if (setrlimit(RLIMIT_NOFILE, &files) != 0)
			files.rlim_cur = before;
	}
	if (files.rlim_cur >= wanted)
		return CONNECTIONS;
	return (unsigned int)(files.rlim_cur > 2 * FILES_BESIDE ? files.rlim_cur - FILES_BESIDE
								: files.rlim_cur / 2);
}

static struct ks_error *start_daemon(struct ks_web_server *server,
				     const struct ks_web_server_opts *opts)
{
	const unsigned int flags =
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME;
	const struct MHD_OptionItem options[] = {
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)begin_exchange, server },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)end_exchange, server },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)ks_web_client_notify, server->clients },
		{ MHD_OPTION_THREAD_POOL_SIZE, opts->nr_threads, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, find_room(), NULL },
		{ MHD_OPTION_PER_IP_CONNECTION_LIMIT, server->local ? 0 : CONNECTIONS_OF_ONE,
		  NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, SECONDS, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY, NULL },
		{ MHD_OPTION_LISTEN_SOCKET, opts->socket, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, server, MHD_OPTION_ARRAY,
					  options, MHD_OPTION_END);
	return server->daemon ? NULL : ks_error_new(KS_ERR_IO, "cannot begin to serve: %m");
}

static struct ks_error *open_some(struct ks_web_server *server,
				  const struct ks_web_server_opts *opts, size_t nr,
				  struct handles *ret)
{
	ret->at = calloc(nr + 1, sizeof(*ret->at));
	if (!ret->at)
		return &ks_nomem;
	while (ret->nr < nr) {
		struct ks_web *web;
		KS_TRY(ks_web_open(server->store, &web));
		ks_web_take_uploads(web, opts->checks);
		ret->at[ret->nr++] = web;
	}
	return NULL;
}

/** As many handles as there can be requests under way: those that wait for a worker hold theirs meanwhile. */
static struct ks_error *open_handles(struct ks_web_server *server,
				     const struct ks_web_server_opts *opts)
{
	server->store = strdup(opts->store);
	if (opts->checks)
		server->uploads = ks_web_uploads_new(opts->checks->max_bytes, server->local);
	if (!server->store || (opts->checks && !server->uploads))
		return &ks_nomem;
	KS_TRY(open_some(server, opts, opts->nr_threads, &server->of_pages));
	return open_some(server, opts, opts->checks ? KS_WEB_WORKING : 0, &server->of_waiting);
}

static void close_handles(struct handles *handles)
{
	for (size_t i = 0; i < handles->nr; i++)
		ks_web_close(handles->at[i]);
	free(handles->at);
}

struct ks_error *ks_web_server_start(const struct ks_web_server_opts *opts,
				     struct ks_web_server **ret)
{
	struct ks_web_server *server = calloc(1, sizeof(*server));
	if (!server)
		return &ks_nomem;
	server->log.lines = opts->log;
	server->checks = opts->checks;
	server->local = ks_web_is_local(opts->socket);
	pthread_mutex_init(&server->lock, NULL);
	pthread_cond_init(&server->free_one, NULL);
	struct ks_error *err = open_handles(server, opts);
	if (!err)
		err = ks_web_clients_watch(server->store, &server->clients);
	if (!err)
		err = start_daemon(server, opts);
	if (err) {
		ks_web_server_stop(server);
		return err;
	}
	*ret = server;
	return NULL;
}

void ks_web_server_stop(struct ks_web_server *server)
{
	if (!server)
		return;
	pthread_mutex_lock(&server->lock);
	while (server->nr_waiting) // no connection may sleep when it ends
		pthread_cond_wait(&server->free_one, &server->lock);
	pthread_mutex_unlock(&server->lock);
	if (server->daemon) {
		// or it shuts the socket down, which may be somebody else's, too
		int listening = MHD_quiesce_daemon(server->daemon);
		MHD_stop_daemon(server->daemon);
		close(listening);
	}
	ks_web_clients_end(server->clients);
	ks_web_uploads_free(server->uploads);
	close_handles(&server->of_pages);
	close_handles(&server->of_waiting);
	free(server->store);
	pthread_cond_destroy(&server->free_one);
	pthread_mutex_destroy(&server->lock);
	free(server);
}
