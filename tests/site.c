/* SPDX-License-Identifier: BSD-2-Clause */
#include "site.h"

#include <stdio.h>
#include <string.h>

struct ks_web_response site_ask(struct ks_web *web, const char *method, const char *address,
				const char *known)
{
	struct ks_web_response response;
	char path[512];
	snprintf(path, sizeof(path), "%s", address);
	char *query = strchr(path, '?');
	if (query)
		*query++ = '\0';
	const struct ks_web_request request = {
		.method = method, .path = path, .query = query, .known = known
	};
	ks_web_respond(web, &request, &response);
	assert_true(!response.body.len || ks_buf_text(&response.body));
	return response;
}

struct ks_web *site_open(const char *path, unsigned int nr)
{
	_cleanup_store_ struct ks_store *store = NULL;
	struct ks_web *web;
	assert_ok(ks_store_open(path, KS_STORE_CREATE, &store));
	for (unsigned int build = 1; build <= nr; build++)
		place_put(store, build);
	assert_ok(ks_web_open(path, &web));
	return web;
}

void site_expect(struct ks_web *web, const char *address, const char *part, bool there)
{
	struct ks_web_response answer = site_ask(web, "GET", address, NULL);
	if (!strstr(answer.body.at, part) == there)
		fail_msg("%s, %s expected %d:\n%s", address, part, there, answer.body.at);
	ks_web_response_deinit(&answer);
}
