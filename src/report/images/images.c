/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/images/images.h"

#include "base/array.h"
#include "base/json.h"
#include "base/text.h"

static const char *text_or(const char *text, const char *instead)
{
	return text && text[0] ? text : instead;
}

/** Columns of the longest label of the store. */
static int label_width(const struct ks_selection *sel)
{
	int width = 5;
	for (size_t i = 0; i < sel->all.nr; i++) {
		int len = (int)strlen(sel->all.at[i]->image.label);
		width = len > width ? len : width;
	}
	return width;
}

static void write_table(const struct ks_images_options *options, const struct ks_selection *sel,
			struct ks_buf *out)
{
	int columns = (int)options->columns, width = label_width(sel), left = columns - width - 26;
	size_t base = sel->groups->base;
	bool modules = false;
	for (size_t i = 0; i < sel->images.nr; i++)
		modules = modules || sel->images.at[i]->modules;
	left -= modules ? 9 : 0;
	ks_buf_printf(out, "  %-*s  %-10s  %-8s  %s%s\n", width, "IMAGE", "ARCH", "TIER",
		      modules ? "MODULES  " : "", "COMPILER");
	for (size_t i = 0; i < sel->images.nr; i++) {
		const struct ks_image *image = &sel->images.at[i]->image;
		const char *compiler = text_or(image->compiler, "unknown");
		size_t start = out->len;
		int len = (int)strcspn(compiler, "\n");
		len = columns && left > 0 && len > left ? left : len;
		ks_buf_printf(out, "%c %-*s  %-10s  %-8s  ", i == base ? '*' : ' ', width,
			      image->label, text_or(image->arch, "unknown"),
			      ks_tier_texts[image->tier]);
		const struct ks_store_image *own = sel->images.at[i]->modules;
		if (modules && own)
			ks_buf_printf(out, "%7u  ", own->image.nr_modules);
		else if (modules)
			ks_buf_printf(out, "%7s  ", "none");
		ks_buf_printf(out, "%.*s", len, compiler);
		ks_text_tail(out, start, KS_TEXT_LINE);
		ks_buf_char(out, '\n');
	}
}

static void write_image(const struct ks_store_image *stored, bool is_base, struct ks_json *json)
{
	const struct ks_image *image = &stored->image;
	const struct {
		const char *key, *text;
	} texts[] = {
		{ "label", image->label },
		{ "release", image->release },
		{ "version", image->version },
		{ "arch", image->arch },
		{ "flavor", image->flavor },
		{ "revision", image->revision },
		{ "distribution", image->distribution },
		{ "package", image->package },
		{ "package_version", image->package_version },
		{ "build_id", image->build_id },
		{ "compiler", image->compiler },
		{ "banner", image->banner },
		{ "digest", image->digest },
		{ "tier", ks_tier_texts[image->tier] },
	};
	ks_json_open(json, '{');
	for (size_t t = 0; t < KS_ARRAY_LEN(texts); t++)
		ks_json_key_str(json, texts[t].key, texts[t].text);
	ks_json_key_u64(json, "elf_class", image->elf_class);
	ks_json_key_bool(json, "big_endian", image->big_endian);
	ks_json_key_u64(json, "modules", stored->modules ? stored->modules->image.nr_modules : 0);
	ks_json_key_bool(json, "base", is_base);
	ks_json_close(json, '}');
}

static void write_json(const struct ks_images_options *options, const struct ks_selection *sel,
		       struct ks_buf *out)
{
	(void)options;
	struct ks_json json = ks_json_to(out, 2);
	ks_json_open(&json, '[');
	for (size_t i = 0; i < sel->images.nr; i++)
		write_image(sel->images.at[i], i == sel->groups->base, &json);
	ks_json_close(&json, ']');
	ks_buf_char(out, '\n');
}

static void (*const writers[KS_NR_FORMATS])(const struct ks_images_options *,
					    const struct ks_selection *, struct ks_buf *) = {
	[KS_FORMAT_TERMINAL] = write_table,
	[KS_FORMAT_JSON] = write_json,
};

struct ks_error *ks_images_write(const struct ks_images_options *options,
				 const struct ks_selection *sel, struct ks_buf *out)
{
	KS_TRY(ks_format_expect(KS_DOCUMENT_IMAGES, options->format));
	writers[options->format](options, sel, out);
	return ks_buf_error(out);
}
