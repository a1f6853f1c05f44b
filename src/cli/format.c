/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/format.h"

struct ks_error *ks_cli_format(const struct ks_cli *cli, uint32_t documents, const char *word,
			       enum ks_format *ret)
{
	if (!word && cli->json)
		word = ks_formats[KS_FORMAT_JSON].name;
	return ks_format_find(documents, word, ret);
}

void ks_opt_help(const struct ks_opt *o, const char *between, struct ks_buf *out)
{
	if (o->help) {
		ks_buf_str(out, o->help);
		return;
	}
	bool first = true;
	for (enum ks_document document = 0; document < KS_NR_DOCUMENTS; document++) {
		if (!(o->documents & KS_DOCUMENT_BIT(document)))
			continue;
		if (!first)
			ks_buf_printf(out, "%sof %s ", between, ks_documents[document].name);
		ks_format_list(KS_DOCUMENT_BIT(document), ", ", " or ", out);
		first = false;
	}
}
