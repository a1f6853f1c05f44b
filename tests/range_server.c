/* SPDX-License-Identifier: BSD-2-Clause */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "range_server.h"

static bool send_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/** Head or body, as fast as the server is meant to be. */
static bool send_some(struct range_server *s, int fd, const char *bytes, size_t len)
{
	if (!s->drip_ms)
		return send_all(fd, bytes, len);
	for (; len; len--, bytes++) {
		if (!send_all(fd, bytes, 1))
			return false;
		usleep(s->drip_ms * 1000);
	}
	return true;
}

static void send_body(struct range_server *s, int fd, const char *bytes, size_t len)
{
	size_t cut = atomic_load(&s->cut_after);
	size_t left = cut && cut < len ? cut : len;
	while (left) {
		size_t n = left < 65536 ? left : 65536;
		if (!send_some(s, fd, bytes, n))
			return;
		atomic_fetch_add(&s->sent, n);
		bytes += n;
		left -= n;
	}
}

static void answer(struct range_server *s, int fd, const char *request)
{
	char path[512], head[512];
	const char *range = strstr(request, "Range: bytes=");
	if (sscanf(request, "GET %511s", path) != 1)
		return;
	int nr = atomic_fetch_add(&s->requests, 1) + 1;
	for (const char *held; (held = atomic_load(&s->held)) && strcmp(path, held) == 0;)
		usleep(10000);
	if (s->redirected && strcmp(path, s->redirected) == 0) {
		snprintf(head, sizeof(head),
			 "HTTP/1.1 302 there\r\nLocation: %s\r\nContent-Length: 0\r\n"
			 "Connection: close\r\n\r\n",
			 s->location);
		send_all(fd, head, strlen(head));
		return;
	}
	if (strstr(path, "/Packages") || strstr(path, "/by-hash/"))
		atomic_fetch_add(&s->packages_requests, 1);
	const struct served_file *file = s->later && nr >= s->later_from ? s->later : s->files;
	while (file->path && strcmp(file->path, path))
		file++;
	if (!file->path || atomic_load(&s->refuse) > 0) {
		int status = file->path ? 503 : 404;
		if (file->path)
			atomic_fetch_sub(&s->refuse, 1);
		snprintf(head, sizeof(head),
			 "HTTP/1.1 %d no\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n",
			 status);
		send_all(fd, head, strlen(head));
		return;
	}
	unsigned long long begin = 0, end = file->len;
	bool part = false;
	if (range && !s->no_ranges) {
		unsigned long long last;
		int n = sscanf(range, "Range: bytes=%llu-%llu", &begin, &last);
		part = n >= 1 && begin < file->len;
		end = n == 2 && last < file->len ? last + 1 : file->len;
	}
	char length[64] = "", etag[128] = "";
	const char *tag = s->later && nr >= s->later_from ? s->later_etag : s->etag;
	if (tag)
		snprintf(etag, sizeof(etag), "ETag: \"%s\"\r\n", tag);
	if (part && (s->wrong_range || s->other_range) && end - begin > 1 && begin) {
		begin++;
		end = end < file->len ? end + 1 : end;
	}
	if (!s->no_length)
		snprintf(length, sizeof(length), "Content-Length: %llu\r\n", end - begin);
	if (part)
		snprintf(head, sizeof(head),
			 "HTTP/1.1 206 part\r\nContent-Range: bytes %llu-%llu/%zu\r\n"
			 "%s%sConnection: close\r\n\r\n",
			 s->wrong_range && begin ? begin - 1 : begin, end - 1, file->len, length,
			 etag);
	else
		snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\n%s%s%sConnection: close\r\n\r\n",
			 s->no_ranges ? "" : "Accept-Ranges: bytes\r\n", length, etag);
	if (send_some(s, fd, head, strlen(head)))
		send_body(s, fd, (const char *)file->bytes + begin, (size_t)(end - begin));
}

/** One request after another; our client opens one connection at a time. */
static void *serve(void *arg)
{
	struct range_server *s = arg;
	for (;;) {
		int fd = accept(s->fd, NULL, NULL);
		if (fd < 0)
			return NULL;
		char request[4096];
		size_t len = 0;
		while (len < sizeof(request) - 1) {
			ssize_t n = recv(fd, request + len, sizeof(request) - 1 - len, 0);
			if (n <= 0)
				break;
			len += (size_t)n;
			request[len] = '\0';
			if (strstr(request, "\r\n\r\n"))
				break;
		}
		request[len] = '\0';
		answer(s, fd, request);
		close(fd);
	}
}

bool range_server_start(struct range_server *s)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&addr, len) < 0 || listen(s->fd, 16) < 0 ||
	    getsockname(s->fd, (struct sockaddr *)&addr, &len) < 0)
		return false;
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%d", ntohs(addr.sin_port));
	return pthread_create(&s->thread, NULL, serve, s) == 0;
}

void range_server_stop(struct range_server *s)
{
	shutdown(s->fd, SHUT_RDWR); // wakes accept()
	pthread_join(s->thread, NULL);
	close(s->fd);
}
