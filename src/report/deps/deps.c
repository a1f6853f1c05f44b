/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/json.h"
#include "report/deps/deps_sheet.h"

/** A line for each name of the published set, in the shape of the published files. */
static struct ks_error *write_depsurf(const struct ks_deps_options *options,
				      const struct ks_deps_sheet *sheets, size_t nr,
				      struct ks_buf *out)
{
	(void)options;
	for (size_t i = 0; i < nr; i++) {
		_cleanup_arena_ struct ks_arena arena = { 0 };
		struct ks_dep_list list;
		KS_TRY(ks_deps_published(sheets[i].deps, &arena, &list));
		for (uint32_t k = 0; k < list.nr; k++) {
			struct ks_json json = ks_json_to(out, 0);
			ks_json_open(&json, '{');
			ks_json_key_str(&json, "program", sheets[i].found->name);
			ks_json_key_str(&json, "kind", ks_dep_infos[list.at[k].kind].published);
			ks_json_key_str(&json, "name", list.at[k].name);
			ks_json_close(&json, '}');
			ks_buf_char(out, '\n');
		}
	}
	return ks_buf_error(out);
}

struct ks_error *ks_deps_write(const struct ks_deps_options *options,
			       const struct ks_deps_sheet *sheets, size_t nr, struct ks_buf *out)
{
	static ks_deps_fn *const writers[KS_NR_FORMATS] = {
		[KS_FORMAT_TERMINAL] = ks_deps_terminal,
		[KS_FORMAT_JSON] = ks_deps_json,
		[KS_FORMAT_DEPSURF] = write_depsurf,
	};
	KS_TRY(ks_format_expect(KS_DOCUMENT_DEPS, options->format));
	return writers[options->format](options, sheets, nr, out);
}
