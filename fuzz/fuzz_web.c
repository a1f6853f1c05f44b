/* SPDX-License-Identifier: BSD-2-Clause */
/* Any address of the site over a small store: an answer, and a location that no header field ends. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tests/sample.h"
#include "store/store.h"
#include "web/web.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static char path[64];
static struct ks_web *web;

static void leave(void)
{
	ks_web_close(web);
	unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	struct ks_store *store = NULL;
	enum { NAMES = 8 };
	snprintf(path, sizeof(path), "/tmp/ksurf-fuzz-web-%d", getpid());
	unlink(path);
	if (ks_store_open(path, KS_STORE_CREATE, &store))
		abort();
	for (unsigned int build = 1; build <= 2; build++) {
		_cleanup_surface_ struct ks_surface *surface = sample_surface(build, NAMES);
		struct ks_put_result result = { 0 };
		if (ks_store_put(store, surface, 1, &result))
			abort();
		free(result.label);
	}
	ks_store_close(store);
	if (ks_web_open(path, &web))
		abort();
	atexit(leave);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct ks_web_response response;
	char *address = malloc(len + 1);
	if (!address)
		return 0;
	memcpy(address, bytes, len);
	address[len] = '\0';
	char *query = strchr(address, '?');
	if (query)
		*query++ = '\0';
	const struct ks_web_request request = { .method = "GET", .path = address, .query = query };
	ks_web_respond(web, &request, &response);
	if (response.status < 200 || response.status > 503 || !response.type)
		abort();
	for (size_t i = 0; i < response.location.len; i++)
		if (response.location.at[i] <= ' ' || response.location.at[i] >= 0x7f)
			abort();
	ks_web_response_deinit(&response);
	free(address);
	return 0;
}
