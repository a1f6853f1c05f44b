/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/server.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/array.h"
#include "base/text.h"
#include "web/web.h"

enum {
	CONNECTIONS = 512,
	CONNECTIONS_OF_ONE =
		64, // from one address, unless only this machine can connect: a proxy is one for all
	SECONDS = 20,	    // without a byte
	MEMORY = 32 << 10,  // for the head of a request
	BODY_MAX = 1 << 16, // that is read over and dropped: pages take none
	PACK_FROM = 1400,   // bytes of an answer that are worth it
	FIRST_FD = 3,	    // of systemd's
};

struct ks_web_server {
	struct MHD_Daemon *daemon;
	FILE *log;
	char *store;
	pthread_mutex_t lock;	 // of what follows
	pthread_cond_t free_one; // a handle came back
	size_t nr_free;
	struct ks_web **handles;  // the first nr_free are free
	atomic_ullong answers[6]; // by the first digit of the status
	atomic_ullong bytes;
};

/** A request from its first byte to the last of its answer. */
struct exchange {
	char *uri;
	char method[16];
	bool begun;
	size_t body; // bytes of it so far
	unsigned int status;
	size_t bytes;
};

/* ---- handles: more requests than threads never run ---- */

static struct ks_web *take_handle(struct ks_web_server *server)
{
	pthread_mutex_lock(&server->lock);
	while (!server->nr_free)
		pthread_cond_wait(&server->free_one, &server->lock);
	struct ks_web *web = server->handles[--server->nr_free];
	pthread_mutex_unlock(&server->lock);
	return web;
}

static void give_handle(struct ks_web_server *server, struct ks_web *web)
{
	pthread_mutex_lock(&server->lock);
	server->handles[server->nr_free++] = web;
	pthread_cond_signal(&server->free_one);
	pthread_mutex_unlock(&server->lock);
}

/* ---- answers ---- */

/** Pack an answer as gzip. @return false: it stays as it is */
static bool pack(struct ks_buf *body)
{
	z_stream stream = { 0 };
	struct ks_buf packed = { 0 };
	enum { WINDOW = 15, GZIP = 16, LEVEL = 5 };
	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, WINDOW | GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	size_t most = deflateBound(&stream, body->len);
	bool done = ks_buf_reserve(&packed, most);
	if (done) {
		stream.next_in = (uint8_t *)body->at;
		stream.avail_in = (unsigned int)body->len;
		stream.next_out = (uint8_t *)packed.at;
		stream.avail_out = (unsigned int)most;
		done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
		packed.len = stream.total_out;
	}
	deflateEnd(&stream);
	struct ks_buf old = *body;
	*body = done ? packed : old;
	ks_buf_deinit(done ? &old : &packed);
	return done;
}

static bool wants_gzip(struct MHD_Connection *connection)
{
	const char *accepts = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							  MHD_HTTP_HEADER_ACCEPT_ENCODING);
	return accepts && strstr(accepts, "gzip") && !strstr(accepts, "gzip;q=0");
}

static enum MHD_Result send_response(struct MHD_Connection *connection,
				     struct ks_web_response *response, struct exchange *exchange)
{
	bool packed =
		response->body.len >= PACK_FROM && wants_gzip(connection) && pack(&response->body);
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
	if (response->location.len && ks_buf_text(&response->location))
		MHD_add_response_header(http, MHD_HTTP_HEADER_LOCATION, response->location.at);
	enum MHD_Result result = MHD_queue_response(connection, response->status, http);
	MHD_destroy_response(http);
	return result;
}

/** What a monitor reads (Prometheus' text form). */
static void write_metrics(struct ks_web_server *server, struct ks_web_response *response)
{
	*response = (struct ks_web_response){ .status = 200,
					      .type = "text/plain; version=0.0.4; charset=utf-8" };
	ks_buf_str(&response->body, "# TYPE ksurf_answers_total counter\n");
	for (size_t i = 2; i < KS_ARRAY_LEN(server->answers); i++)
		ks_buf_printf(&response->body, "ksurf_answers_total{status=\"%zuxx\"} %llu\n", i,
			      atomic_load(&server->answers[i]));
	ks_buf_printf(
		&response->body,
		"# TYPE ksurf_answered_bytes_total counter\nksurf_answered_bytes_total %llu\n",
		atomic_load(&server->bytes));
}

static enum MHD_Result respond(struct ks_web_server *server, struct MHD_Connection *connection,
			       const char *method, struct exchange *exchange)
{
	struct ks_web_response response;
	char *query = strchr(exchange->uri, '?');
	if (query)
		*query++ = '\0';
	const struct ks_web_request request = {
		.method = method,
		.path = exchange->uri,
		.query = query,
		.known = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						     MHD_HTTP_HEADER_IF_NONE_MATCH),
	};
	if (strcmp(exchange->uri, "/metrics") == 0) {
		write_metrics(server, &response);
	} else {
		struct ks_web *web = take_handle(server);
		ks_web_respond(web, &request, &response);
		give_handle(server, web);
	}
	enum MHD_Result result = send_response(connection, &response, exchange);
	ks_web_response_deinit(&response);
	if (query)
		query[-1] = '?';
	return result;
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *body,
			      size_t *body_len, void **slot)
{
	struct exchange *exchange = *slot;
	(void)url;
	(void)version;
	(void)body;
	if (!exchange || !exchange->uri)
		return MHD_NO;
	if (!exchange->begun) {
		exchange->begun = true;
		snprintf(exchange->method, sizeof(exchange->method), "%s", method);
		return MHD_YES;
	}
	if (*body_len) {
		exchange->body += *body_len;
		*body_len = 0;
		return exchange->body <= BODY_MAX ? MHD_YES : MHD_NO;
	}
	return respond(arg, connection, method, exchange);
}

/* ---- a request's beginning and end ---- */

/** The address as it was sent, which the library decodes otherwise. */
static void *begin_exchange(void *arg, const char *uri, struct MHD_Connection *connection)
{
	(void)arg;
	(void)connection;
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	if (exchange)
		exchange->uri = strdup(uri);
	return exchange;
}

static void write_log(struct ks_web_server *server, struct MHD_Connection *connection,
		      const struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char host[NI_MAXHOST] = "-", when[64];
	time_t now = time(NULL);
	struct tm tm;
	if (info &&
	    getnameinfo(info->client_addr,
			info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
								 : sizeof(struct sockaddr_in),
			host, sizeof(host), NULL, 0, NI_NUMERICHOST) != 0)
		strcpy(host, "-");
	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%d/%b/%Y:%H:%M:%S %z", &tm);
	_cleanup_buf_ struct ks_buf line = { 0 };
	ks_buf_printf(&line, "%s - - [%s] \"", host, when);
	ks_text_str(&line, KS_TEXT_MARKUP, exchange->method);
	ks_buf_char(&line, ' ');
	ks_text_str(&line, KS_TEXT_MARKUP, exchange->uri);
	ks_buf_printf(&line, " HTTP/1.1\" %u %zu\n", exchange->status, exchange->bytes);
	if (ks_buf_text(&line))
		fputs(line.at, server->log);
	fflush(server->log);
}

static void end_exchange(void *arg, struct MHD_Connection *connection, void **slot,
			 enum MHD_RequestTerminationCode code)
{
	struct ks_web_server *server = arg;
	struct exchange *exchange = *slot;
	(void)code;
	if (!exchange)
		return;
	if (exchange->status) {
		atomic_fetch_add(&server->answers[exchange->status / 100 % 6], 1);
		atomic_fetch_add(&server->bytes, exchange->bytes);
		if (server->log)
			write_log(server, connection, exchange);
	}
	free(exchange->uri);
	free(exchange);
	*slot = NULL;
}

/* ---- sockets ---- */

/** "HOST:PORT" or "[HOST]:PORT", numbers alone. */
static struct ks_error *read_listen(const char *text, struct sockaddr_storage *ret)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	bool bracket = *text == '[';
	size_t len = colon ? (size_t)(colon - text) : 0;
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
					.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	if (len > 2 * bracket && len < sizeof(host) && (!bracket || text[len - 1] == ']')) {
		memcpy(host, text + bracket, len - 2 * bracket);
		host[len - 2 * bracket] = '\0';
		// of a larger port it takes what fits into 16 bits
		if (strtoul(colon + 1, NULL, 10) > UINT16_MAX ||
		    getaddrinfo(host, colon + 1, &hints, &found) != 0)
			found = NULL;
	}
	if (!found)
		return ks_error_new(KS_ERR_USAGE,
				    "'%s' is no address to listen on; say 127.0.0.1:8080 or "
				    "[::1]:8080",
				    text);
	memcpy(ret, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return NULL;
}

/** The socket that systemd opened for this process; -1: none. */
static int given_socket(void)
{
	const char *pid = getenv("LISTEN_PID"), *nr = getenv("LISTEN_FDS");
	return pid && nr && atol(pid) == (long)getpid() && atoi(nr) == 1 ? FIRST_FD : -1;
}

/** Whether nobody but this machine can connect. */
static bool is_local(const struct sockaddr_storage *address)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
	const struct sockaddr_in *four = (const struct sockaddr_in *)address;
	enum { LOOPBACK_BYTE = 127 };
	switch (address->ss_family) {
	case AF_INET:
		return ntohl(four->sin_addr.s_addr) >> 24 == LOOPBACK_BYTE;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
	default:
		return address->ss_family == AF_UNIX;
	}
}

static struct ks_error *listen_on(struct ks_web_server *server,
				  const struct ks_web_server_opts *opts)
{
	struct sockaddr_storage address = { 0 };
	int given = given_socket();
	KS_TRY(read_listen(opts->listen, &address));
	socklen_t len = sizeof(address);
	if (given >= 0 && getsockname(given, (struct sockaddr *)&address, &len) != 0)
		return ks_error_new(KS_ERR_IO, "the socket that was handed over is none: %m");
	unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO;
	flags |= address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0;
	const struct MHD_OptionItem options[] = {
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)begin_exchange, server },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)end_exchange, server },
		{ MHD_OPTION_THREAD_POOL_SIZE, opts->nr_threads, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, NULL },
		{ MHD_OPTION_PER_IP_CONNECTION_LIMIT, is_local(&address) ? 0 : CONNECTIONS_OF_ONE,
		  NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, SECONDS, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY, NULL },
		given >= 0 ? (struct MHD_OptionItem){ MHD_OPTION_LISTEN_SOCKET, given, NULL }
			   : (struct MHD_OptionItem){ MHD_OPTION_SOCK_ADDR, 0, &address },
		{ MHD_OPTION_END, 0, NULL },
	};
	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, server, MHD_OPTION_ARRAY,
					  options, MHD_OPTION_END);
	if (!server->daemon)
		return ks_error_new(KS_ERR_IO, "cannot listen on %s: %m", opts->listen);
	return NULL;
}

static struct ks_error *open_handles(struct ks_web_server *server,
				     const struct ks_web_server_opts *opts)
{
	server->store = strdup(opts->store);
	server->handles = calloc(opts->nr_threads, sizeof(*server->handles));
	if (!server->store || !server->handles)
		return &ks_nomem;
	while (server->nr_free < opts->nr_threads) {
		KS_TRY(ks_web_open(server->store, &server->handles[server->nr_free]));
		server->nr_free++;
	}
	return NULL;
}

struct ks_error *ks_web_server_start(const struct ks_web_server_opts *opts,
				     struct ks_web_server **ret)
{
	struct ks_web_server *server = calloc(1, sizeof(*server));
	if (!server)
		return &ks_nomem;
	server->log = opts->log;
	pthread_mutex_init(&server->lock, NULL);
	pthread_cond_init(&server->free_one, NULL);
	struct ks_error *err = open_handles(server, opts);
	if (!err)
		err = listen_on(server, opts);
	if (err) {
		ks_web_server_stop(server);
		return err;
	}
	*ret = server;
	return NULL;
}

unsigned int ks_web_server_port(const struct ks_web_server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
	return info ? info->port : 0;
}

void ks_web_server_stop(struct ks_web_server *server)
{
	if (!server)
		return;
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	for (size_t i = 0; i < server->nr_free; i++)
		ks_web_close(server->handles[i]);
	free(server->handles);
	free(server->store);
	pthread_cond_destroy(&server->free_one);
	pthread_mutex_destroy(&server->lock);
	free(server);
}
