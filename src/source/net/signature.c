/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "source/net/signature.h"
#include "source/net/spawn.h"

static struct ks_error *memory_file(const struct ks_buf *bytes, int *ret)
{
	int fd = memfd_create("ksurf-signed", MFD_CLOEXEC);
	if (fd < 0)
		return ks_error_new(KS_ERR_IO, "cannot make a temporary file: %m");
	if (pwrite(fd, bytes->at, bytes->len, 0) != (ssize_t)bytes->len) {
		close(fd);
		return ks_error_new(KS_ERR_IO, "cannot write a temporary file: %m");
	}
	*ret = fd;
	return NULL;
}

/** Algorithms whose signatures can be forged, by OpenPGP's numbers: MD5, SHA1, RIPEMD-160. */
static bool is_weak(unsigned int digest)
{
	return digest >= 1 && digest <= 3;
}

static bool is_among(const struct ks_keys *keys, const char *print)
{
	if (!keys->prints.len)
		return true;
	char word[96];
	size_t len = (size_t)snprintf(word, sizeof(word), " %s", print);
	for (const char *at = keys->prints.at; (at = strstr(at, word)); at += len)
		if (!at[len] || at[len] == ' ')
			return true;
	return false;
}

/**
 * Whether the lines that gpgv writes for programs (GnuPG: doc/DETAILS) tell of a good signature and no bad one.
 * @param nr_texts that have to be in what is signed: one, or none when its signature stands apart
 */
static bool is_good(const struct ks_keys *keys, char *lines, unsigned int nr_texts)
{
	bool good = false, any = false;
	unsigned int texts = 0;
	char *save;
	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char word[32], print[65], primary[65] = "";
		unsigned int digest;
		if (sscanf(line, "[GNUPG:] %31s", word) != 1)
			continue;
		if (strcmp(word, "BADSIG") == 0 || strcmp(word, "ERROR") == 0)
			return false;
		texts += strcmp(word, "PLAINTEXT") == 0;
		if (strcmp(word, "NEWSIG") == 0)
			good = false;
		else if (strcmp(word, "GOODSIG") == 0) // neither expired nor revoked
			good = true;
		else if (strcmp(word, "VALIDSIG") == 0 && good &&
			 sscanf(line, "[GNUPG:] VALIDSIG %64s %*s %*s %*s %*s %*s %*s %u %*s %64s",
				print, &digest, primary) >= 2)
			any = any || (!is_weak(digest) &&
				      (is_among(keys, print) || is_among(keys, primary)));
	}
	return any && texts == nr_texts;
}

/** The path of a file that this process has open, for another one. */
static void path_of(int fd, char path[64])
{
	snprintf(path, 64, "/proc/%d/fd/%d", (int)getpid(), fd);
}

/** @param signature_fd -1: the signature is in the text, which is printed */
static struct ks_error *run_gpgv(int ring_fd, int signature_fd, int text_fd, struct ks_spawn *run)
{
	char ring[64], signature[64];
	path_of(ring_fd, ring);
	path_of(signature_fd, signature);
	bool apart = signature_fd >= 0;
	const char *const argv[] = { "gpgv",	  "--status-fd", "2",
				     "--keyring", ring,		 apart ? signature : "--output",
				     "-",	  NULL };
	return ks_error_wrap(ks_spawn_run(argv, text_fd, run), "cannot check the signature");
}

/** @param signature NULL: it is in the text @param text a file from where it is read */
static struct ks_error *verify(const struct ks_keys *keys, const struct ks_buf *signature, int text,
			       struct ks_spawn *run)
{
	int ring = -1, apart = -1;
	if (!keys->ring.len)
		return ks_error_new(KS_ERR_DATA, "no keys to check its signature with");
	struct ks_error *err = memory_file(&keys->ring, &ring);
	if (!err && signature)
		err = memory_file(signature, &apart);
	if (!err)
		err = run_gpgv(ring, apart, text, run);
	if (ring >= 0)
		close(ring);
	if (apart >= 0)
		close(apart);
	if (!err && !is_good(keys, run->err.at, signature ? 0 : 1))
		err = ks_error_new(KS_ERR_DATA, "not signed by a key that is trusted");
	return err;
}

static struct ks_error *verify_bytes(const struct ks_keys *keys, const struct ks_buf *signature,
				     const struct ks_buf *bytes, struct ks_spawn *run)
{
	int text;
	KS_TRY(memory_file(bytes, &text));
	struct ks_error *err = verify(keys, signature, text, run);
	close(text);
	return err;
}

struct ks_error *ks_signature_verify(const struct ks_keys *keys, struct ks_buf *text)
{
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	KS_TRY(verify_bytes(keys, NULL, text, &run));
	if (!run.out.len)
		return ks_error_new(KS_ERR_DATA, "not signed by a key that is trusted");
	text->len = 0;
	ks_buf_bytes(text, run.out.at, run.out.len);
	return ks_buf_text(text) ? NULL : &ks_nomem;
}

struct ks_error *ks_signature_verify_apart(const struct ks_keys *keys,
					   const struct ks_buf *signature,
					   const struct ks_buf *bytes)
{
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	return verify_bytes(keys, signature, bytes, &run);
}

struct ks_error *ks_signature_verify_file(const struct ks_keys *keys,
					  const struct ks_buf *signature, int fd)
{
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	return verify(keys, signature, fd, &run);
}

/* ---- RSA ---- */

static const char pem_begin[] = "-----BEGIN PUBLIC KEY-----",
		  pem_end[] = "-----END PUBLIC KEY-----";

/** @param key in PEM */
static struct ks_error *run_openssl(const struct ks_buf *key, const struct ks_detached *signature,
				    const struct ks_buf *bytes, bool *good)
{
	_cleanup_spawn_ struct ks_spawn run = { 0 };
	int fds[3] = { -1, -1, -1 }; // key, signature, what is signed
	const struct ks_buf *const files[] = { key, &signature->bytes, bytes };
	struct ks_error *err = NULL;
	char key_path[64], signature_path[64], digest[16];
	for (size_t i = 0; !err && i < KS_ARRAY_LEN(files); i++)
		err = memory_file(files[i], &fds[i]);
	path_of(fds[0], key_path);
	path_of(fds[1], signature_path);
	snprintf(digest, sizeof(digest), "-%s", signature->digest);
	const char *const argv[] = { "openssl", "dgst",	      digest,	      "-verify",
				     key_path,	"-signature", signature_path, NULL };
	if (!err)
		err = ks_error_wrap(ks_spawn_run(argv, fds[2], &run), "cannot check the signature");
	*good = !err && !run.status;
	for (size_t i = 0; i < KS_ARRAY_LEN(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return err;
}

static struct ks_error *verify_rsa(const struct ks_keys *keys, const struct ks_detached *signature,
				   const struct ks_buf *bytes)
{
	_cleanup_buf_ struct ks_buf ring = { 0 }, key = { 0 };
	bool good = false, any = false;
	ks_buf_bytes(&ring, keys->ring.at, keys->ring.len);
	if (!ks_buf_text(&ring))
		return &ks_nomem;
	for (const char *at = ring.at; !good && (at = strstr(at, pem_begin)); any = true) {
		const char *end = strstr(at, pem_end);
		if (!end)
			break;
		end += strlen(pem_end);
		key.len = 0;
		ks_buf_printf(&key, "%.*s\n", (int)(end - at), at);
		KS_TRY(ks_buf_error(&key));
		KS_TRY(run_openssl(&key, signature, bytes, &good));
		at = end;
	}
	if (good)
		return NULL;
	return ks_error_new(KS_ERR_DATA, any ? "not signed by a key that is trusted"
					     : "no keys to check its signature with: such "
					       "archives have RSA keys, as PEM");
}

struct ks_error *ks_signature_verify_detached(const struct ks_keys *keys,
					      const struct ks_detached *signature,
					      const struct ks_buf *bytes)
{
	return signature->digest ? verify_rsa(keys, signature, bytes)
				 : ks_signature_verify_apart(keys, &signature->bytes, bytes);
}
