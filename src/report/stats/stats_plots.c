/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"
#include "report/stats/stats.h"
#include "surface/image.h"

/* Colours of Okabe and Ito, which people of every colour vision tell apart, and two greys. */
#define BLUE "#0072b2"
#define SKY "#56b4e9"
#define VERMILION "#d55e00"
#define ORANGE "#e69f00"
#define GREEN "#009e73"
#define PURPLE "#cc79a7"
#define YELLOW "#f0e442"
#define BLACK "#000000"
#define DARK_GREY "#999999"
#define LIGHT_GREY "#dddddd"

/** Whether the group is compared with an image that is none of its members. */
static bool against_base(const struct ks_group *group)
{
	return group->nr_pairs && group->nr_pairs == group->nr;
}

/** The images of a group; those that are compared with the base begin with it. */
static size_t members(const struct ks_stats *stats, enum ks_group_kind kind, size_t i, size_t *ret)
{
	const struct ks_group *group = &stats->groups->at[kind];
	size_t extra = against_base(group);
	if (ret)
		*ret = i < extra ? group->pairs[0].old : group->images[i - extra];
	return group->nr + extra;
}

static const char *member_label(const struct ks_stats *stats, enum ks_group_kind kind, size_t i)
{
	const struct ks_group *group = &stats->groups->at[kind];
	size_t extra = against_base(group);
	if (!group->labels || kind == KS_GROUP_ALL)
		return stats->groups->images[group->images[i]]->label;
	return i < extra ? group->pairs[0].old_label : group->labels[i - extra];
}

/** What the images of a group have in common: "amd64 generic". */
static const char *subtitle_of(const struct ks_stats *stats, enum ks_group_kind kind,
			       const char *text, struct ks_arena *arena)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_printf(&buf, "%s images", ks_groups_infos[kind].title);
	if (stats->groups->base < stats->groups->nr_images) {
		const struct ks_image *base = stats->groups->images[stats->groups->base];
		const char *arch = base->arch ? base->arch : "architecture unknown";
		const char *flavor = base->flavor ? base->flavor : "";
		if (kind == KS_GROUP_REGULAR || kind == KS_GROUP_LTS)
			ks_buf_printf(&buf, " (%s%s%s)", arch, *flavor ? " " : "", flavor);
		else
			ks_buf_printf(&buf, ", base %s", base->label);
	}
	ks_buf_printf(&buf, "; %s", text);
	const char *all = ks_buf_text(&buf);
	return all ? ks_arena_strdup(arena, all) : NULL;
}

static const char *const x_titles[KS_NR_GROUPS] = {
	[KS_GROUP_REGULAR] = "kernel version",
	[KS_GROUP_ARCH] = "architecture",
	[KS_GROUP_FLAVOR] = "flavour",
	[KS_GROUP_OTHER] = "image",
	[KS_GROUP_LTS] = "kernel version",
	[KS_GROUP_REVISION] = "revision",
	[KS_GROUP_ALL] = "image",
};

/** A plot with one category for each image of a group. */
static bool init_images(const struct ks_stats *stats, enum ks_group_kind kind,
			enum ks_plot_form form, size_t nr_series, struct ks_plot *plot)
{
	size_t nr = members(stats, kind, 0, NULL);
	const char **x = ks_arena_array(&plot->arena, nr + 1, sizeof(*x));
	if (!x || !ks_plot_init(plot, form, nr, nr_series))
		return false;
	for (size_t i = 0; i < nr; i++)
		x[i] = member_label(stats, kind, i);
	plot->x = x;
	plot->x_title = x_titles[kind];
	return true;
}

/** A part of a stacked bar: one count of struct ks_census. */
struct part {
	const char *name, *color;
	size_t at; // offset in struct ks_census
};

/** @param nr_parts parts, as shares of the count at whole, or of the sum of nr_whole counts there */
static struct ks_error *fill_shares(const struct ks_stats *stats, enum ks_group_kind kind,
				    const struct part *parts, size_t nr_parts, struct ks_plot *plot)
{
	if (!init_images(stats, kind, KS_PLOT_BARS, nr_parts, plot))
		return &ks_nomem;
	for (size_t s = 0; s < nr_parts; s++) {
		plot->series[s].name = parts[s].name;
		plot->series[s].color = parts[s].color;
	}
	for (size_t i = 0; i < plot->nr_x; i++) {
		size_t image;
		members(stats, kind, i, &image);
		const struct ks_census *census = &stats->censuses[image];
		for (size_t s = 0; census->groups_known && s < nr_parts; s++) {
			const char *at = (const char *)census + parts[s].at;
			uint64_t count = *(const uint64_t *)(const void *)at;
			plot->series[s].values[i] =
				100.0 * (double)count / (double)census->nr_groups;
		}
	}
	plot->y_title = "share of all function groups, %";
	return plot->subtitle ? NULL : &ks_nomem;
}

static struct ks_error *fill_inline(const struct ks_stats *stats, enum ks_group_kind kind,
				    struct ks_plot *ret)
{
#define PART(name, color, class, declared)                                                         \
	{                                                                                          \
		name, color, offsetof(struct ks_census, inlined[class][declared])                  \
	}
	static const struct part parts[] = {
		PART("full, declared inline", BLUE, KS_CLASS_FULL, 1),
		PART("full, not declared", SKY, KS_CLASS_FULL, 0),
		PART("selective, declared inline", VERMILION, KS_CLASS_SELECTIVE, 1),
		PART("selective, not declared", ORANGE, KS_CLASS_SELECTIVE, 0),
		PART("none, declared inline", DARK_GREY, KS_CLASS_NO, 1),
		PART("none, not declared", LIGHT_GREY, KS_CLASS_NO, 0),
	};
	ret->title = "How many functions are inlined";
	ret->subtitle = subtitle_of(
		stats, kind, "full: no symbol is left, selective: some calls only", &ret->arena);
	return fill_shares(stats, kind, parts, KS_ARRAY_LEN(parts), ret);
#undef PART
}

static struct ks_error *fill_transformations(const struct ks_stats *stats, enum ks_group_kind kind,
					     struct ks_plot *ret)
{
#define PART(name, color, transform)                                                               \
	{                                                                                          \
		name, color, offsetof(struct ks_census, transforms[transform])                     \
	}
	static const struct part parts[] = {
		PART(".cold", BLUE, KS_TRANSFORM_COLD),
		PART(".isra", ORANGE, KS_TRANSFORM_ISRA),
		PART(".constprop", GREEN, KS_TRANSFORM_CONSTPROP),
		PART(".part", PURPLE, KS_TRANSFORM_PART),
		PART("several of them", BLACK, KS_TRANSFORM_SEVERAL),
		PART("another suffix", DARK_GREY, KS_TRANSFORM_OTHER),
	};
	ret->title = "How many functions the compiler transformed";
	ret->subtitle =
		subtitle_of(stats, kind, "by the suffixes of a function's symbols", &ret->arena);
	return fill_shares(stats, kind, parts, KS_ARRAY_LEN(parts), ret);
#undef PART
}

/** The kinds that pictures show, in their colours: integers and typedefs say little. */
static const struct {
	enum ks_kind kind;
	const char *color;
} shown[] = {
	{ KS_FUNCTION, BLUE },	{ KS_STRUCT, ORANGE },	   { KS_UNION, GREEN },
	{ KS_ENUM, VERMILION }, { KS_TRACEPOINT, PURPLE }, { KS_SYSCALL, BLACK },
	{ KS_LSM, SKY },	{ KS_KFUNC, YELLOW },	   { KS_CONFIG, DARK_GREY },
};
enum { NR_SHOWN = KS_ARRAY_LEN(shown) };

/** Values of one kind in percent of the first known one. @return false when no image knows the kind */
static bool fill_growth_of(const struct ks_stats *stats, enum ks_group_kind group,
			   enum ks_kind kind, struct ks_plot *plot, struct ks_plot_series *series)
{
	uint64_t first = 0, last = 0;
	for (size_t i = 0; i < plot->nr_x; i++) {
		size_t image;
		members(stats, group, i, &image);
		uint64_t count = stats->censuses[image].names[kind];
		if (!ks_image_counts(stats->images->at[image]->known, kind) || (!first && !count))
			continue;
		first = first ? first : count;
		last = count;
		series->values[i] = 100.0 * (double)count / (double)first;
	}
	_cleanup_buf_ struct ks_buf note = { 0 };
	ks_buf_dec(&note, first);
	if (plot->form == KS_PLOT_LINES) {
		ks_buf_str(&note, " \xe2\x86\x92 ");
		ks_buf_dec(&note, last);
	}
	const char *text = ks_buf_text(&note);
	series->note = text ? ks_arena_strdup(&plot->arena, text) : NULL;
	return first;
}

static struct ks_error *fill_growth(const struct ks_stats *stats, enum ks_group_kind kind,
				    struct ks_plot *ret)
{
	bool ordered = kind == KS_GROUP_REGULAR || kind == KS_GROUP_LTS;
	enum ks_plot_form form = ordered ? KS_PLOT_LINES : KS_PLOT_DOTS;
	if (!init_images(stats, kind, form, NR_SHOWN, ret))
		return &ks_nomem;
	size_t nr = 0;
	for (size_t i = 0; i < NR_SHOWN; i++) {
		struct ks_plot_series *series = &ret->series[nr];
		if (shown[i].kind == KS_KFUNC)
			continue; // from a dozen to hundreds: they would flatten the others
		series->name = ks_kinds[shown[i].kind].name;
		series->color = shown[i].color;
		nr += fill_growth_of(stats, kind, shown[i].kind, ret, series);
	}
	ret->nr_series = nr;
	ret->title = ordered ? "Growth of the surface" : "Size of the surface";
	ret->subtitle = subtitle_of(stats, kind, "number of names of each kind", &ret->arena);
	ret->y_title = ordered ? "names, first image = 100 %" : "names, base image = 100 %";
	return ret->subtitle ? NULL : &ks_nomem;
}

static const char *pair_label(const struct ks_pair *pair, struct ks_arena *arena)
{
	_cleanup_buf_ struct ks_buf buf = { 0 };
	ks_buf_printf(&buf, "%s \xe2\x86\x92 %s", pair->old_label, pair->new_label);
	const char *text = ks_buf_text(&buf);
	return text ? ks_arena_strdup(arena, text) : NULL;
}

static bool fill_changes_of(const struct ks_stats *stats, enum ks_group_kind group,
			    enum ks_kind kind, struct ks_plot_series *series)
{
	bool any = false;
	size_t at = 0;
	for (size_t i = 0; i < stats->nr_pairs; i++) {
		if (stats->pairs[i].group != group)
			continue;
		const struct ks_tally *tally = &stats->pairs[i].summary->kinds[kind];
		bool known = ks_tally_tells_changed(tally);
		double gone = 100.0 * (double)(tally->removed + tally->changed);
		series->values[at] = !known	  ? (double)NAN
				     : tally->old ? gone / (double)tally->old
						  : (double)INFINITY;
		any = any || known;
		at++;
	}
	return any;
}

static struct ks_error *fill_changes(const struct ks_stats *stats, enum ks_group_kind kind,
				     struct ks_plot *ret)
{
	const struct ks_group *group = &stats->groups->at[kind];
	const char **x = ks_arena_array(&ret->arena, group->nr_pairs + 1, sizeof(*x));
	if (!x || !ks_plot_init(ret, KS_PLOT_MATRIX, group->nr_pairs, NR_SHOWN))
		return &ks_nomem;
	for (size_t i = 0; i < group->nr_pairs; i++) {
		x[i] = pair_label(&group->pairs[i], &ret->arena);
		if (!x[i])
			return &ks_nomem;
	}
	size_t nr = 0;
	for (size_t i = 0; i < NR_SHOWN; i++) {
		ret->series[nr].name = ks_kinds[shown[i].kind].name;
		nr += fill_changes_of(stats, kind, shown[i].kind, &ret->series[nr]);
	}
	ret->nr_series = nr;
	ret->x = x;
	ret->title = "What changes from image to image";
	ret->subtitle = subtitle_of(
		stats, kind, "names of the first image that the second lacks or has changed, %",
		&ret->arena);
	ret->x_title = "from \xe2\x86\x92 to";
	ret->y_title = "removed or changed, %";
	return ret->subtitle ? NULL : &ks_nomem;
}

const struct ks_stats_plot ks_stats_plots[KS_NR_STATS_PLOTS] = {
	{ "growth", false, fill_growth },
	{ "inline", false, fill_inline },
	{ "transformations", false, fill_transformations },
	{ "changes", true, fill_changes },
};
