/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/show/writer.h"

#include "source/dataset/dataset_vocabulary.h"

const char *ks_bind_text(unsigned int bind)
{
	return bind < KS_NR_SYMBOL_WORDS ? ks_dataset_bind_words[bind] : NULL;
}

void ks_location_write(struct ks_buf *out, const struct ks_entry *entry)
{
	ks_buf_str(out, entry->loc_file);
	if (entry->line != KS_NO_LINE) {
		ks_buf_char(out, ':');
		ks_buf_dec(out, entry->line);
	}
}

void ks_published_callers(struct ks_json *json, const char *key, const struct ks_caller *callers,
			  uint32_t nr, struct ks_buf *text)
{
	ks_json_key_open(json, key, '[');
	for (uint32_t i = 0; i < nr; i++) {
		if (callers[i].flags & KS_CALLER_OWN)
			continue;
		text->len = 0;
		ks_buf_str(text, callers[i].unit);
		ks_buf_char(text, ':');
		ks_buf_str(text, callers[i].function);
		ks_json_strn(json, text->at, text->len);
	}
	ks_json_close(json, ']');
}
