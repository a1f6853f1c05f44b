/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/content.h"

#include <stdbool.h>
#include <string.h>

#include "extract/btf/btf_raw.h"
#include "source/codec/codec.h"
#include "source/package/ar.h"
#include "source/package/rpm.h"
#include "source/vmlinuz/vmlinuz.h"

static bool is_text(const uint8_t *head, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (head[i] < ' ' && !strchr("\t\n\r\f", head[i] ? head[i] : 1))
			return false;
	return true;
}

enum ks_content ks_content_of(const uint8_t *head, size_t len)
{
	if (!len)
		return KS_CONTENT_EMPTY;
	if (len >= 4 && !memcmp(head, "\177ELF", 4))
		return KS_CONTENT_KERNEL;
	if (ks_btf_raw_is(head, len))
		return KS_CONTENT_BTF;
	if (len >= KS_AR_MAGIC_BYTES && !memcmp(head, KS_AR_MAGIC, KS_AR_MAGIC_BYTES))
		return KS_CONTENT_PACKAGE;
	if (ks_ar_is_thin(head, len))
		return KS_CONTENT_THIN;
	if (ks_rpm_is(head, len))
		return KS_CONTENT_PACKAGE;
	if (ks_codec_of(head, len) != KS_CODEC_NONE)
		return KS_CONTENT_PACKED;
	if (len >= 262 && !memcmp(head + 257, "ustar", 5))
		return KS_CONTENT_PACKAGE;
	if (len >= 6 && !memcmp(head, "070701", 6)) // cpio
		return KS_CONTENT_PACKAGE;
	if (ks_vmlinuz_is(head, len))
		return KS_CONTENT_KERNEL;
	return is_text(head, len) ? KS_CONTENT_TEXT : KS_CONTENT_OTHER;
}
