/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any address of the site over a small store: an answer, and a location that no header field ends. Input that begins with "POST " is
 * a request with a body: an address, a media type, a line each, and what is left.
 */
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

static struct ks_error *check(void *arg, const struct ks_web_upload *upload,
			      char ret[KS_WEB_HASH + 1])
{
	size_t sum = 0;
	(void)arg;
	for (size_t i = 0; i < upload->nr; i++) {
		const struct ks_web_file *file = &upload->files[i];
		if (!file->name[0] || strchr(file->name, '/') || strchr(file->name, '\\'))
			abort();
		for (size_t k = 0; k < file->len; k++)
			sum += file->bytes[k];
	}
	if (!upload->nr || (upload->kernels && !upload->kernels[0]))
		abort();
	snprintf(ret, KS_WEB_HASH + 1, "%032zx", sum);
	return sum % 2 ? ks_error_new(KS_ERR_DATA, "%s", upload->files[0].name) : NULL;
}

static struct ks_error *report(void *arg, const char *hash, enum ks_format format,
			       struct ks_buf *out)
{
	(void)arg;
	if (strlen(hash) != KS_WEB_HASH || format >= KS_NR_FORMATS)
		abort();
	ks_buf_str(out, "<p>report</p>");
	return NULL;
}

static struct ks_error *explain(void *arg, const char *hash, const char *program, const char *label,
				struct ks_buf *out)
{
	(void)arg;
	if (strlen(hash) != KS_WEB_HASH)
		abort();
	ks_buf_printf(out, "%s on %s\n", program, label);
	return NULL;
}

static const struct ks_web_checks checks = {
	.max_bytes = 1 << 20, .check = check, .report = report, .explain = explain
};

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
	ks_web_take_uploads(web, &checks);
	atexit(leave);
	return 0;
}

/** The first line of text; what is behind it begins at *text then. */
static char *line(char **text)
{
	char *begin = *text, *end = strchr(begin, '\n');
	*text = end ? end + 1 : begin + strlen(begin);
	if (end)
		*end = '\0';
	return begin;
}

static void answer(const struct ks_web_request *request)
{
	struct ks_web_response response;
	ks_web_waits(request);
	ks_web_respond(web, request, &response);
	if (response.status < 200 || response.status > 503 || !response.type)
		abort();
	for (size_t i = 0; i < response.location.len; i++)
		if (response.location.at[i] <= ' ' || response.location.at[i] >= 0x7f)
			abort();
	ks_web_response_deinit(&response);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char *text = malloc(len + 1), *rest = text;
	if (!text)
		return 0;
	memcpy(text, bytes, len);
	text[len] = '\0';
	struct ks_web_request request = { .method = "GET" };
	if (len >= 5 && memcmp(bytes, "POST ", 5) == 0) {
		rest += 5;
		request.method = "POST";
		request.path = line(&rest);
		request.type = line(&rest);
		request.body = rest;
		request.body_len = (size_t)(text + len - rest);
	} else {
		request.path = text;
	}
	char *query = strchr(request.path, '?');
	if (query)
		*query++ = '\0';
	request.query = query;
	answer(&request);
	free(text);
	return 0;
}
