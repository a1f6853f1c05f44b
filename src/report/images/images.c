/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/images/images.h"

#include <limits.h>

#include "base/array.h"
#include "base/text.h"
#include "surface/image.h"
#include "surface/image_sets.h"

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

/* ---- what an image cannot tell, and another source of the same kernel could ---- */

static bool lacks_debug_info(const struct ks_store_image *image)
{
	return image->image.tier == KS_TIER_BTF || image->image.tier == KS_TIER_LIVE;
}

static bool lacks_types(const struct ks_store_image *image)
{
	return image->image.tier == KS_TIER_BTF && !(image->image.facts & KS_FACT_BTF);
}

static bool lacks_config(const struct ks_store_image *image)
{
	return image->image.tier != KS_TIER_IMPORTED && !(image->known & KS_KNOWS(KS_CONFIG));
}

static const struct lack {
	const char *name;
	bool (*is_lacking)(const struct ks_store_image *image);
	const char *comes_by;
} lacks[] = {
	{ "debug info", lacks_debug_info,
	  "its package with -dbg, -dbgsym or debuginfo in its name" },
	{ "types", lacks_types, "a kernel that was built with BTF, or with debug information" },
	{ "config", lacks_config,
	  "the package of what boots, or 'ksurf add --config FILE KERNEL'" },
};

void ks_images_lacks(const struct ks_store_image *image, struct ks_buf *out)
{
	size_t start = out->len;
	for (size_t i = 0; i < KS_ARRAY_LEN(lacks); i++)
		if (lacks[i].is_lacking(image))
			ks_buf_printf(out, "%s%s", out->len > start ? ", " : "", lacks[i].name);
}

/** Below the table, where to have it from; once for each thing that an image lacks. */
static void explain_lacks(const struct ks_selection *sel, struct ks_buf *out)
{
	const char *intro =
		"\nThe same kernel brings what is lacking, and is added to what is here:\n";
	for (size_t i = 0; i < KS_ARRAY_LEN(lacks); i++) {
		bool lacking = false;
		for (size_t k = 0; k < sel->images.nr && !lacking; k++)
			lacking = lacks[i].is_lacking(sel->images.at[k]);
		if (!lacking)
			continue;
		ks_buf_printf(out, "%s  %-10s  %s\n", intro, lacks[i].name, lacks[i].comes_by);
		intro = "";
	}
}

/** Columns of the longest list of what an image lacks; 0: none lacks anything. */
static int lacks_width(const struct ks_selection *sel)
{
	size_t width = 0;
	for (size_t i = 0; i < sel->images.nr; i++) {
		_cleanup_buf_ struct ks_buf text = { 0 };
		ks_images_lacks(sel->images.at[i], &text);
		width = text.len > width ? text.len : width;
	}
	return (int)width;
}

/** Columns of the longest list of sets; 0: no image is known to be of one. */
static int sets_width(const struct ks_selection *sel)
{
	size_t width = 0;
	for (size_t i = 0; i < sel->images.nr; i++) {
		const char *sets = sel->images.at[i]->image.sets;
		width = sets && strlen(sets) > width ? strlen(sets) : width;
	}
	return width && width < strlen("SETS") ? (int)strlen("SETS") : (int)width;
}

static bool has_image(const struct ks_selection *sel, const char *name)
{
	struct ks_set_name set;
	ks_set_name_read(name, strlen(name), &set);
	set.flavour = set.flavour ? set.flavour : "";
	for (size_t i = 0; i < sel->all.nr; i++)
		if (ks_image_is_of_set(&sel->all.at[i]->image, &set))
			return true;
	return false;
}

/** Below the table, when the archives of the sets were looked at. */
static void tell_seen(const struct ks_selection *sel, const struct ks_seen_sets *seen,
		      struct ks_buf *out)
{
	const char *intro = "\nSets that are followed ('ksurf update'), and when they were seen:\n";
	for (size_t i = 0; seen && i < seen->nr; i++) {
		if (!has_image(sel, seen->at[i].name))
			continue;
		ks_buf_str(out, intro);
		intro = "";
		size_t start = out->len;
		ks_buf_printf(out, "  %s  %s", seen->at[i].when, seen->at[i].name);
		ks_text_tail(out, start, KS_TEXT_LINE);
		ks_buf_char(out, '\n');
	}
}

enum { COMPILER_MIN = 20 };
/** How wide the columns are that not every store needs; 0: they are left out. */
struct widths {
	int label, sets, modules, lacks, compiler; // compiler: INT_MAX, all of it
	bool set_lines; // sets have no room beside the images: they stand above them
};

static void end_row(struct ks_buf *out)
{
	while (out->len && out->at[out->len - 1] == ' ')
		out->len--;
	ks_buf_char(out, '\n');
}

static void write_row(const struct ks_store_image *stored, const struct widths *widths,
		      bool is_base, struct ks_buf *out)
{
	const struct ks_image *image = &stored->image;
	const char *compiler = text_or(image->compiler, "unknown");
	size_t start = out->len;
	int len = (int)ks_text_cut(compiler, strcspn(compiler, "\n"), (size_t)widths->compiler);
	ks_buf_printf(out, "%c %-*s  %-10s  %-8s  ", is_base ? '*' : ' ', widths->label,
		      image->label, text_or(image->arch, "unknown"), ks_image_tier_text(image));
	if (widths->sets)
		ks_buf_printf(out, "%-*s  ", widths->sets, text_or(image->sets, "-"));
	if (widths->modules && stored->modules)
		ks_buf_printf(out, "%*u  ", widths->modules, stored->modules->image.nr_modules);
	else if (widths->modules)
		ks_buf_printf(out, "%*s  ", widths->modules, "none");
	if (widths->lacks) {
		size_t at = out->len;
		ks_images_lacks(stored, out);
		ks_buf_printf(out, "%*s  ", widths->lacks - (int)(out->len - at), "");
	}
	ks_buf_printf(out, "%.*s", len, compiler);
	ks_text_tail(out, start, KS_TEXT_LINE);
	end_row(out);
}

/** How much is left for the compiler. */
static int room_left(const struct ks_images_options *options, const struct widths *widths)
{
	int left = (int)options->columns - widths->label - 26;
	left -= widths->sets ? widths->sets + 2 : 0;
	left -= widths->modules ? widths->modules + 2 : 0;
	return left - (widths->lacks ? widths->lacks + 2 : 0);
}

static bool same_sets(const struct ks_selection *sel, size_t a, size_t b)
{
	return strcmp(text_or(sel->images.at[a]->image.sets, ""),
		      text_or(sel->images.at[b]->image.sets, "")) == 0;
}

/** The images of the same sets below a line with these. */
static void write_by_sets(const struct ks_selection *sel, const struct widths *widths,
			  struct ks_buf *out)
{
	for (size_t first = 0; first < sel->images.nr; first++) {
		size_t i = 0, start = out->len;
		while (!same_sets(sel, i, first))
			i++;
		if (i < first)
			continue; // written before
		ks_buf_printf(out, "%s:", text_or(sel->images.at[first]->image.sets, "of no set"));
		ks_text_tail(out, start, KS_TEXT_LINE);
		ks_buf_char(out, '\n');
		for (; i < sel->images.nr; i++)
			if (same_sets(sel, i, first))
				write_row(sel->images.at[i], widths, i == sel->groups->base, out);
	}
}

static void write_table(const struct ks_images_options *options, const struct ks_selection *sel,
			struct ks_buf *out)
{
	struct widths widths = {
		.label = label_width(sel),
		.sets = sets_width(sel),
		.lacks = lacks_width(sel),
	};
	for (size_t i = 0; i < sel->images.nr && !widths.modules; i++)
		widths.modules = sel->images.at[i]->modules ? (int)strlen("MODULES") : 0;
	if (widths.lacks && widths.lacks < (int)strlen("LACKS"))
		widths.lacks = (int)strlen("LACKS");
	// two blanks less: nothing stands behind the last column
	if (options->columns && widths.sets && room_left(options, &widths) < -2) {
		widths.set_lines = true;
		widths.sets = 0;
	}
	int left = room_left(options, &widths);
	// where little would be left of it, nobody reads it: JSON has it
	widths.compiler = !options->columns ? INT_MAX : left >= COMPILER_MIN ? left : 0;
	ks_buf_printf(out, "  %-*s  %-10s  %-8s  ", widths.label, "IMAGE", "ARCH", "TIER");
	if (widths.sets)
		ks_buf_printf(out, "%-*s  ", widths.sets, "SETS");
	if (widths.modules)
		ks_buf_str(out, "MODULES  ");
	if (widths.lacks)
		ks_buf_printf(out, "%-*s  ", widths.lacks, "LACKS");
	ks_buf_str(out, widths.compiler ? "COMPILER" : "");
	end_row(out);
	if (widths.set_lines)
		write_by_sets(sel, &widths, out);
	for (size_t i = 0; !widths.set_lines && i < sel->images.nr; i++)
		write_row(sel->images.at[i], &widths, i == sel->groups->base, out);
	explain_lacks(sel, out);
	tell_seen(sel, options->seen, out);
}

static void write_sets(const struct ks_image *image, struct ks_json *json)
{
	struct ks_set_name set;
	ks_json_key(json, "sets");
	ks_json_open(json, '[');
	for (const char *at = image->sets, *one = at; ks_image_sets_next(&at, &set); one = at) {
		_cleanup_buf_ struct ks_buf text = { 0 };
		ks_buf_bytes(&text, one, strcspn(one, ","));
		ks_json_str(json, ks_buf_text(&text));
	}
	ks_json_close(json, ']');
}

void ks_images_json(const struct ks_store_image *stored, bool is_base, struct ks_json *json)
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
		{ "tier", ks_image_tier_text(image) },
	};
	ks_json_open(json, '{');
	for (size_t t = 0; t < KS_ARRAY_LEN(texts); t++)
		ks_json_key_str(json, texts[t].key, texts[t].text);
	ks_json_key_u64(json, "elf_class", image->elf_class);
	ks_json_key_bool(json, "big_endian", image->big_endian);
	write_sets(image, json);
	ks_json_key_u64(json, "modules", stored->modules ? stored->modules->image.nr_modules : 0);
	ks_json_key(json, "lacks");
	ks_json_open(json, '[');
	for (size_t i = 0; i < KS_ARRAY_LEN(lacks); i++)
		if (lacks[i].is_lacking(stored))
			ks_json_str(json, lacks[i].name);
	ks_json_close(json, ']');
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
		ks_images_json(sel->images.at[i], i == sel->groups->base, &json);
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
