/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/sandbox_stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static bool send_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;
	while (len) {
		ssize_t n = send(fd, at, len, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return false;
		at += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool receive_all(int fd, void *bytes, size_t len)
{
	char *at = bytes;
	while (len) {
		ssize_t n = recv(fd, at, len, 0);
		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		at += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

bool ks_fetch_send(int fd, const struct ks_fetch_message *message, const void *text)
{
	return send_all(fd, message, sizeof(*message)) && send_all(fd, text, message->len);
}

bool ks_fetch_receive(int fd, struct ks_fetch_message *message, struct ks_buf *text)
{
	text->len = 0;
	if (!receive_all(fd, message, sizeof(*message)) || message->len > KS_FETCH_TEXT_MAX ||
	    !ks_buf_reserve(text, message->len + 1) || !receive_all(fd, text->at, message->len))
		return false;
	text->len = message->len;
	text->at[text->len] = '\0';
	return true;
}

const char *ks_fetch_text(const struct ks_buf *text, size_t *at)
{
	if (*at >= text->len)
		return "";
	const char *found = text->at + *at;
	*at += strlen(found) + 1;
	return found;
}
