/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket that the server listens on. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "web/server.h"

enum {
	FIRST_FD = 3,  // of systemd's
	WAITING = 512, // connections
};

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
	// without brackets nobody can tell where the port of "::1:80" begins
	bool whole = bracket ? len > 2 && text[len - 1] == ']' : !memchr(text, ':', len);
	if (len > 2 * bracket && len < sizeof(host) && whole) {
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

static bool find_address(int socket, struct sockaddr_storage *ret)
{
	socklen_t len = sizeof(*ret);
	return getsockname(socket, (struct sockaddr *)ret, &len) == 0;
}

bool ks_web_is_local(int socket)
{
	struct sockaddr_storage address = { 0 };
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address;
	const struct sockaddr_in *four = (const struct sockaddr_in *)&address;
	enum { LOOPBACK_BYTE = 127 };
	if (!find_address(socket, &address))
		return false;
	switch (address.ss_family) {
	case AF_INET:
		return ntohl(four->sin_addr.s_addr) >> 24 == LOOPBACK_BYTE;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
	default:
		return address.ss_family == AF_UNIX;
	}
}

void ks_web_where(int socket, char ret[KS_WEB_WHERE])
{
	struct sockaddr_storage address = { 0 };
	char host[100] = "", port[8] = "";
	enum { NUMBERS = NI_NUMERICHOST | NI_NUMERICSERV };
	bool found = find_address(socket, &address);
	if (found && address.ss_family == AF_UNIX)
		snprintf(ret, KS_WEB_WHERE, "unix:%s",
			 ((const struct sockaddr_un *)&address)->sun_path);
	else if (found && getnameinfo((const struct sockaddr *)&address, sizeof(address), host,
				      sizeof(host), port, sizeof(port), NUMBERS) == 0)
		snprintf(ret, KS_WEB_WHERE, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
	else
		snprintf(ret, KS_WEB_WHERE, "an unknown address");
}

static struct ks_error *open_socket(const char *text, int *ret)
{
	struct sockaddr_storage address = { 0 };
	const int on = 1;
	KS_TRY(read_listen(text, &address));
	socklen_t len = address.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
						      : sizeof(struct sockaddr_in);
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (address.ss_family != AF_INET6 ||
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0) &&
	    bind(fd, (const struct sockaddr *)&address, len) == 0 && listen(fd, WAITING) == 0) {
		*ret = fd;
		return NULL;
	}
	struct ks_error *err = ks_error_new(KS_ERR_IO, "cannot listen on %s: %m", text);
	if (fd >= 0)
		close(fd);
	return err;
}

struct ks_error *ks_web_listen(const char *address, int *ret)
{
	struct sockaddr_storage given;
	*ret = given_socket();
	if (*ret < 0)
		return open_socket(address, ret);
	if (!find_address(*ret, &given))
		return ks_error_new(KS_ERR_IO, "the socket that was handed over is none: %m");
	return NULL;
}
