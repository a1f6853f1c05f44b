/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/server_clients.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

enum { HEAD_SECONDS = 30, BODY_SECONDS = 60, LOOK_SECONDS = 1, TRIM_SECONDS = 60 };

struct client {
	struct client *before, *after;
	int socket;	       // open as long as the client is in the list
	atomic_llong deadline; // seconds of the monotonic clock; 0: none
};

struct ks_web_clients {
	pthread_t watcher;
	pthread_mutex_t lock; // of the list
	pthread_cond_t ended;
	bool ends;
	struct client *first;
	const char *store;
	struct stat seen; // what its path led to; the watcher's alone
	atomic_ullong place;
};

static long long now(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec;
}

static void allow(struct MHD_Connection *connection, long long seconds)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *client = info ? info->socket_context : NULL;
	if (client)
		atomic_store(&client->deadline, seconds ? now() + seconds : 0);
}

void ks_web_client_asks(struct MHD_Connection *connection)
{
	allow(connection, HEAD_SECONDS);
}

void ks_web_client_reads_body(struct MHD_Connection *connection)
{
	allow(connection, BODY_SECONDS);
}

void ks_web_client_waits(struct MHD_Connection *connection)
{
	allow(connection, 0);
}

static void enter(struct ks_web_clients *clients, struct client *client)
{
	pthread_mutex_lock(&clients->lock);
	client->after = clients->first;
	if (client->after)
		client->after->before = client;
	clients->first = client;
	pthread_mutex_unlock(&clients->lock);
}

static void leave(struct ks_web_clients *clients, struct client *client)
{
	pthread_mutex_lock(&clients->lock);
	if (client->before)
		client->before->after = client->after;
	else
		clients->first = client->after;
	if (client->after)
		client->after->before = client->before;
	pthread_mutex_unlock(&clients->lock);
	free(client);
}

void ks_web_client_notify(void *arg, struct MHD_Connection *connection, void **slot,
			  enum MHD_ConnectionNotificationCode code)
{
	struct ks_web_clients *clients = arg;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) { // the socket is closed after this
		if (*slot)
			leave(clients, *slot);
		*slot = NULL;
		return;
	}
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct client *client = info ? calloc(1, sizeof(*client)) : NULL;
	if (!client)
		return;
	client->socket = info->connect_fd;
	atomic_store(&client->deadline, now() + HEAD_SECONDS);
	*slot = client;
	enter(clients, client);
}

/** Look which file is at the path of the store. */
static void look_at_store(struct ks_web_clients *clients)
{
	struct stat now = { 0 };
	if (stat(clients->store, &now) != 0)
		now = (struct stat){ 0 };
	if (now.st_dev != clients->seen.st_dev || now.st_ino != clients->seen.st_ino)
		atomic_fetch_add(&clients->place, 1);
	clients->seen = now;
}

uint64_t ks_web_clients_place(struct ks_web_clients *clients)
{
	return atomic_load(&clients->place);
}

/** Give back what pages have needed for a moment; else it stays between what is kept, more of it with each rare combination of large ones. */
static void trim(long long *trimmed)
{
	if (now() - *trimmed < TRIM_SECONDS)
		return;
	*trimmed = now();
	malloc_trim(0);
}

/** End connections whose time is over: their threads find them closed. */
static void *watch(void *arg)
{
	struct ks_web_clients *clients = arg;
	long long trimmed = now();
	pthread_mutex_lock(&clients->lock);
	while (!clients->ends) {
		struct timespec next;
		clock_gettime(CLOCK_REALTIME, &next);
		next.tv_sec += LOOK_SECONDS;
		pthread_cond_timedwait(&clients->ended, &clients->lock, &next);
		pthread_mutex_unlock(&clients->lock);
		trim(&trimmed);
		pthread_mutex_lock(&clients->lock);
		look_at_store(clients);
		for (struct client *client = clients->first; client; client = client->after) {
			long long deadline = atomic_load(&client->deadline);
			if (deadline && now() > deadline)
				shutdown(client->socket, SHUT_RDWR);
		}
	}
	pthread_mutex_unlock(&clients->lock);
	return NULL;
}

struct ks_error *ks_web_clients_watch(const char *store, struct ks_web_clients **ret)
{
	struct ks_web_clients *clients = calloc(1, sizeof(*clients));
	if (!clients)
		return &ks_nomem;
	clients->store = store;
	look_at_store(clients);
	pthread_mutex_init(&clients->lock, NULL);
	pthread_cond_init(&clients->ended, NULL);
	if (pthread_create(&clients->watcher, NULL, watch, clients) != 0) {
		free(clients);
		return ks_error_new(KS_ERR_IO, "cannot start a thread");
	}
	*ret = clients;
	return NULL;
}

void ks_web_clients_end(struct ks_web_clients *clients)
{
	if (!clients)
		return;
	pthread_mutex_lock(&clients->lock);
	clients->ends = true;
	pthread_cond_signal(&clients->ended);
	pthread_mutex_unlock(&clients->lock);
	pthread_join(clients->watcher, NULL);
	pthread_cond_destroy(&clients->ended);
	pthread_mutex_destroy(&clients->lock);
	free(clients);
}
