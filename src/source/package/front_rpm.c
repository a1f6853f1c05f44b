/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/array.h"
#include "base/base64.h"
#include "source/package/front.h"
#include "source/package/rpm.h"

/** Tags of the header with signatures. */
enum {
	SIGNATURE_DSA = 267, // of the header; also EdDSA
	SIGNATURE_RSA = 268,
	SIGNATURE_OPENPGP = 278, // base64, one or several (rpm 6)
};
/** Tags of the header. */
enum { PAYLOAD_DIGEST = 5092 };

/** Packets in base64, one text behind the other. */
static void add_texts(const struct ks_rpm_value *value, struct ks_buf *ret)
{
	struct ks_cursor store = value->at;
	for (uint32_t i = 0; i < value->nr; i++) {
		const char *text = ks_cursor_str(&store);
		if (store.why)
			return;
		ks_base64_lines(text, ret);
	}
}

/** All signatures of the header; those of header and files together, which older tools make, are no use before the files are here. */
static struct ks_error *take_signatures(const struct ks_rpm_header *header, struct ks_buf *ret)
{
	static const uint32_t tags[] = { SIGNATURE_RSA, SIGNATURE_DSA };
	struct ks_rpm_value value;
	for (size_t i = 0; i < KS_ARRAY_LEN(tags); i++) {
		if (!ks_rpm_find(header, tags[i], KS_RPM_BYTES, &value))
			continue;
		const uint8_t *packet = ks_cursor_take(&value.at, value.nr);
		if (packet)
			ks_buf_bytes(ret, packet, value.nr);
	}
	if (ks_rpm_find(header, SIGNATURE_OPENPGP, KS_RPM_TEXTS, &value))
		add_texts(&value, ret);
	KS_TRY(ks_buf_error(ret));
	return ret->len ? NULL : ks_error_new(KS_ERR_DATA, "nobody signed its header");
}

static struct ks_error *take_digest(const struct ks_rpm_header *header, char rest[129])
{
	struct ks_rpm_value value;
	const char *text = NULL;
	if (ks_rpm_find(header, PAYLOAD_DIGEST, KS_RPM_TEXTS, &value))
		text = ks_cursor_str(&value.at);
	size_t len = text ? strspn(text, "0123456789abcdefABCDEF") : 0;
	if (!text || text[len] || (len != 64 && len != 128))
		return ks_error_new(KS_ERR_DATA, "its header has no SHA256 or SHA512 of its files");
	memcpy(rest, text, len + 1);
	return NULL;
}

struct ks_error *ks_front_read_rpm(const uint8_t *bytes, size_t len, struct ks_front *ret)
{
	_cleanup_front_ struct ks_front front = { 0 };
	struct ks_rpm_header signatures, header;
	struct ks_rpm rpm = { 0 };
	KS_TRY(ks_rpm_headers(bytes, len, &signatures, &header));
	KS_TRY(take_signatures(&signatures, &front.signature.bytes));
	KS_TRY(take_digest(&header, front.rest));
	KS_TRY(ks_rpm_texts(&header, &rpm));
	front.name = rpm.name;
	front.version = rpm.version;
	front.arch = rpm.arch;
	front.signed_at = header.begin;
	front.signed_end = front.end = header.end;
	*ret = front;
	front = (struct ks_front){ 0 };
	return NULL;
}
