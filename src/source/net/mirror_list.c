/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/mirror_list.h"

#include <string.h>

/** The next "http://" or "https://". */
static const char *find_url(const char *at)
{
	while ((at = strstr(at, "http"))) {
		const char *rest = at + 4 + (at[4] == 's');
		if (strncmp(rest, "://", 3) == 0)
			return at;
		at += 4;
	}
	return NULL;
}

/** Whether a URL stands where one of a server does: at the start of a line, or in an element <url>. */
static bool is_server(const char *text, const char *at)
{
	if (at == text || at[-1] == '\n')
		return true;
	const char *open = at - 1;
	if (*open != '>')
		return false;
	while (open > text && *open != '<')
		open--;
	return strncmp(open, "<url", 4) == 0 && strchr(" >\t", open[4]);
}

bool ks_mirror_list_next(const char **at, struct ks_buf *url)
{
	static const char tail[] = "/repodata/repomd.xml";
	const char *text = *at;
	for (const char *found; (found = find_url(*at)); *at = found + 4) {
		size_t len = strcspn(found, " \t\r\n<\"'&");
		if (!is_server(text, found) || (found[len] && !strchr(" \t\r\n<", found[len])))
			continue;
		*at = found + len;
		size_t end = len;
		if (end > sizeof(tail) - 1 &&
		    memcmp(found + end - (sizeof(tail) - 1), tail, sizeof(tail) - 1) == 0)
			end -= sizeof(tail) - 1;
		while (end && found[end - 1] == '/')
			end--;
		url->len = 0;
		ks_buf_bytes(url, found, end);
		return ks_buf_text(url);
	}
	return false;
}
