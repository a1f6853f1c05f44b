/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/net/package_signature.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

#include "source/net/keys.h"
#include "source/net/signature.h"
#include "source/package/front.h"

enum {
	FIRST = 256 << 10,    // bytes: more than the front takes, but for debug packages
	FRONT_MAX = 64 << 20, // the lists of files of a debug package take 20 MiB
};

typedef struct ks_error *front_reader(const uint8_t *bytes, size_t len, struct ks_front *ret);
static front_reader *const readers[KS_NR_REPO_KINDS] = {
	[KS_REPO_RPM] = ks_front_read_rpm,
	[KS_REPO_APK] = ks_front_read_apk,
};

/** Have so many bytes of the start of the file, or all there are. */
static struct ks_error *read_to(struct ks_input *in, size_t len, struct ks_buf *bytes)
{
	size_t got;
	if (!ks_buf_reserve(bytes, len - bytes->len))
		return &ks_nomem;
	KS_TRY(ks_input_read(in, bytes->len, bytes->at + bytes->len, len - bytes->len, &got));
	bytes->len += got;
	return NULL;
}

/** Read the front out of the first bytes, and of more where these are too few. */
static struct ks_error *read_front(struct ks_input *in, front_reader *reader, struct ks_buf *bytes,
				   struct ks_front *ret)
{
	struct ks_error *err = NULL;
	for (size_t want = FIRST; want <= FRONT_MAX; want *= 4) {
		ks_error_free(err);
		KS_TRY(read_to(in, want, bytes));
		err = reader((const uint8_t *)bytes->at, bytes->len, ret);
		if (!err || err->code != KS_ERR_DATA || bytes->len < want)
			break;
	}
	return err;
}

/** Whether it is for the machine that the list says: names do not always have that in them. */
static bool is_for(const struct ks_stanza *stanza, const char *arch)
{
	const char *listed = ks_stanza_value(stanza->text, "Architecture");
	size_t len = listed ? strcspn(listed, "\r\n") : 0;
	return len && arch && strlen(arch) == len && memcmp(arch, listed, len) == 0;
}

/** Whether it is the package of the list: with another one that somebody signed, too, an old kernel could be passed off as a new one. */
static struct ks_error *check_name(const struct ks_stanza *stanza, enum ks_repo_kind kind,
				   const struct ks_front *front)
{
	_cleanup_buf_ struct ks_buf name = { 0 };
	ks_buf_printf(&name, "%s-%s", front->name ? front->name : "?",
		      front->version ? front->version : "?");
	if (kind == KS_REPO_RPM)
		ks_buf_printf(&name, ".%s", front->arch ? front->arch : "?");
	if (!ks_buf_text(&name))
		return &ks_nomem;
	if (name.len != stanza->name_len || memcmp(name.at, stanza->name, name.len) != 0)
		return ks_error_new(KS_ERR_DATA, "the signed package is %s, not %.*s", name.at,
				    (int)stanza->name_len, stanza->name);
	if (!is_for(stanza, front->arch))
		return ks_error_new(KS_ERR_DATA, "the signed package is for %s",
				    front->arch ? front->arch : "a machine that it does not tell");
	return NULL;
}

static struct ks_error *check_signature(const struct ks_pull_opts *opts,
					const struct ks_front *front, const struct ks_buf *bytes)
{
	_cleanup_keys_ struct ks_keys keys = { 0 };
	_cleanup_buf_ struct ks_buf text = { 0 };
	if (opts->keyring)
		KS_TRY(ks_keys_add_file(&keys, opts->keyring));
	ks_buf_bytes(&text, bytes->at + front->signed_at, front->signed_end - front->signed_at);
	KS_TRY(ks_buf_error(&text));
	return ks_signature_verify_detached(&keys, &front->signature, &text);
}

/** What its two pieces must be from now on. */
static struct ks_error *set_sums(const struct ks_front *front, const struct ks_buf *bytes,
				 struct ks_remote *remote)
{
	struct sha256_ctx sha;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char hex[2 * SHA256_DIGEST_SIZE + 1];
	sha256_init(&sha);
	sha256_update(&sha, front->end, (const uint8_t *)bytes->at);
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	remote->front_sha256 = strdup(hex);
	remote->rest_sha256 = strdup(front->rest);
	remote->split = front->end;
	return remote->front_sha256 && remote->rest_sha256 ? NULL : &ks_nomem;
}

struct ks_error *ks_package_prove(const struct ks_stanza *stanza, const struct ks_pull_opts *opts,
				  struct ks_remote *remote)
{
	struct ks_pull_opts how = *opts;
	_cleanup_input_ struct ks_input *in = NULL;
	_cleanup_buf_ struct ks_buf bytes = { 0 };
	_cleanup_front_ struct ks_front front = { 0 };
	how.http.first = FIRST;
	KS_TRY(ks_pull_fetch(remote, &how, &in));
	struct ks_error *err = read_front(in, readers[opts->kind], &bytes, &front);
	if (!err)
		err = check_signature(opts, &front, &bytes);
	if (!err)
		err = check_name(stanza, opts->kind, &front);
	if (!err)
		err = set_sums(&front, &bytes, remote);
	return ks_error_in_file(err, remote->url);
}
