/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "surface/groups.h"
#include "surface/image.h"

const struct ks_group_info ks_groups_infos[KS_NR_GROUPS] = {
	[KS_GROUP_REGULAR] = { "regular", "Regular" },
	[KS_GROUP_ARCH] = { "arch", "Arch" },
	[KS_GROUP_FLAVOR] = { "flavor", "Flavor" },
	[KS_GROUP_OTHER] = { "other", "Other" },
	[KS_GROUP_LTS] = { "lts", "LTS" },
	[KS_GROUP_REVISION] = { "revision", "Revision" },
	[KS_GROUP_ALL] = { "all", "All" },
};

/** The published LTS group is the long-term versions among Ubuntu's, whose releases tell no point release; kernel.org's follow. */
static const char *const lts_versions[] = {
	"4.4", "4.9", "4.14", "4.15", "4.19", "5.4", "5.10", "5.15", "6.1", "6.6", "6.8", "6.12",
};

/**
 * Any other series is a long-term one when it has more point releases than this: of those that were not, none got
 * beyond 22 (5.11.22).
 */
enum { POINT_RELEASES_OF_STABLE = 22 };

/** While groups are made: the images and which of them are members. */
struct grouping {
	struct ks_groups *groups;
	const struct ks_image *const *images;
	const size_t *members; // ascending
	size_t nr_members;
	bool *placed; // by image index: stands in one of the first groups
	// a line is what has one distribution, machine and flavour
	size_t *lines;	 // by image index: the first image of its line
	size_t *lengths; // by first image: how many members the line has
	/** The series that was asked for last: members of one stand together. */
	struct {
		const char *version;
		size_t len;
		bool is_long;
	} series;
};

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_of_line(const struct ks_image *a, const struct ks_image *b)
{
	return ks_image_same_distribution(a, b) && same_text(a->arch, b->arch) &&
	       ks_image_same_flavor(a, b);
}

/** By the images' indices. */
static bool same_line(const struct grouping *g, size_t a, size_t b)
{
	return g->lines[a] == g->lines[b];
}

/** Find each image's line: lines are few, images may be thousands. */
static bool find_lines(struct grouping *g)
{
	size_t nr = g->groups->nr_images, nr_lines = 0;
	struct ks_arena *arena = &g->groups->arena;
	size_t *firsts = ks_arena_array(arena, nr + 1, sizeof(*firsts));
	g->lines = ks_arena_array(arena, nr + 1, sizeof(*g->lines));
	g->lengths = ks_arena_array(arena, nr + 1, sizeof(*g->lengths));
	if (!firsts || !g->lines || !g->lengths)
		return false;
	memset(g->lengths, 0, nr * sizeof(*g->lengths));
	for (size_t i = 0; i < nr; i++) {
		size_t line = 0;
		while (line < nr_lines && !is_of_line(g->images[firsts[line]], g->images[i]))
			line++;
		if (line == nr_lines)
			firsts[nr_lines++] = i;
		g->lines[i] = firsts[line];
	}
	for (size_t i = 0; i < g->nr_members; i++)
		g->lengths[g->lines[g->members[i]]]++;
	return true;
}

static bool same_version(const struct ks_image *a, const struct ks_image *b)
{
	return ks_version_compare(a->version, b->version) == 0;
}

/* ---- labels ---- */

/** Length of the first n dotted numbers in front of a text (all of them when it has fewer). */
static size_t dotted_len(const char *text, unsigned int n)
{
	size_t len = 0;
	while (n-- && isdigit((unsigned char)text[len + (len > 0)])) {
		len += len > 0;
		len += strspn(text + len, "0123456789");
		if (text[len] != '.')
			break;
	}
	return len;
}

/** A version label of growing detail: "6.1", "6.1.0" (of the release), "6.1.0-50", the image's own. */
static char *version_label(struct ks_arena *arena, const struct ks_image *image,
			   unsigned int detail)
{
	const char *full = image->release ? image->release : image->version;
	const char *text = detail || !image->version ? full : image->version;
	size_t len = text ? dotted_len(text, detail ? 8 : 2) : 0;
	if (!len || detail > 2)
		return ks_arena_strdup(arena, image->label);
	if (detail < 2 || !image->revision)
		return ks_arena_strndup(arena, text, len);
	size_t rest = strlen(image->revision);
	char *label = ks_arena_alloc(arena, len + rest + 2);
	if (!label)
		return NULL;
	memcpy(label, text, len);
	label[len] = '-';
	memcpy(label + len + 1, image->revision, rest + 1);
	return label;
}

/** What a group calls an image, from short (detail 0) to the image's own label (detail 3). */
static char *group_label(struct ks_arena *arena, enum ks_group_kind kind,
			 const struct ks_image *image, unsigned int detail)
{
	const char *text = image->label;
	if (kind == KS_GROUP_REGULAR || kind == KS_GROUP_LTS)
		return version_label(arena, image, detail);
	if (detail == 0 && kind == KS_GROUP_ARCH && image->arch)
		text = image->arch;
	else if (detail == 0 && kind == KS_GROUP_FLAVOR)
		text = image->flavor && *image->flavor ? image->flavor : "default";
	else if (detail == 0 && kind == KS_GROUP_REVISION && image->revision)
		text = image->revision;
	return ks_arena_strdup(arena, text);
}

/** A label, and where it stands among those of the group. */
struct label {
	const char *text;
	size_t at;
};

static int compare_labels(const void *a, const void *b)
{
	return strcmp(((const struct label *)a)->text, ((const struct label *)b)->text);
}

/** Which labels are not the only ones of their text. @param sorted room for them @return whether there are some */
static bool find_clashes(char *const *labels, size_t nr, struct label *sorted, bool *clash)
{
	for (size_t i = 0; i < nr; i++)
		sorted[i] = (struct label){ labels[i], i };
	qsort(sorted, nr, sizeof(*sorted), compare_labels);
	memset(clash, false, nr * sizeof(*clash));
	bool any = false;
	for (size_t i = 1; i < nr; i++)
		if (compare_labels(&sorted[i - 1], &sorted[i]) == 0)
			any = clash[sorted[i - 1].at] = clash[sorted[i].at] = true;
	return any;
}

/** Give each of nr images the shortest label that no other one of them has. */
static bool group_labels(struct grouping *g, enum ks_group_kind kind, const size_t *images,
			 size_t nr, char **labels)
{
	struct ks_arena *arena = &g->groups->arena;
	bool *clash = ks_arena_array(arena, nr + 1, sizeof(*clash));
	struct label *sorted = ks_arena_array(arena, nr + 1, sizeof(*sorted));
	if (!clash || !sorted)
		return false;
	memset(clash, true, nr * sizeof(*clash));
	bool any = true;
	for (unsigned int detail = 0; detail <= 3 && any; detail++) {
		for (size_t i = 0; i < nr; i++) {
			if (clash[i])
				labels[i] = group_label(arena, kind, g->images[images[i]], detail);
			if (!labels[i])
				return false;
		}
		any = find_clashes(labels, nr, sorted, clash);
	}
	return true;
}

/* ---- members ---- */

static bool group_takes(const struct grouping *g, enum ks_group_kind kind, size_t image)
{
	size_t base = g->groups->base;
	const struct ks_image *a = g->images[base], *b = g->images[image];
	switch (kind) {
	case KS_GROUP_REGULAR:
		return same_line(g, base, image);
	case KS_GROUP_ARCH:
		return ks_image_same_distribution(a, b) && same_version(a, b) &&
		       ks_image_same_flavor(a, b) && !same_text(a->arch, b->arch);
	case KS_GROUP_FLAVOR:
		return ks_image_same_distribution(a, b) && same_version(a, b) &&
		       same_text(a->arch, b->arch) && !ks_image_same_flavor(a, b);
	case KS_GROUP_OTHER:
		return !g->placed[image];
	case KS_GROUP_REVISION:
		return image != base && same_version(a, b) && same_line(g, base, image);
	default:
		return true;
	}
}

static bool has_late_release(const struct grouping *g, const char *version, size_t len)
{
	for (size_t i = 0; i < g->groups->nr_images && len; i++) {
		const struct ks_image *image = g->images[i];
		if (image->version && dotted_len(image->version, 2) == len &&
		    strncmp(image->version, version, len) == 0 &&
		    ks_image_point_release(image) > POINT_RELEASES_OF_STABLE)
			return true;
	}
	return false;
}

/** Whether an image of the series, which is len bytes of a version, is of a point release that only long-term ones get to. */
static bool series_is_long(struct grouping *g, const char *version, size_t len)
{
	const char *last = g->series.version;
	if (!last || g->series.len != len || strncmp(last, version, len) != 0) {
		g->series.version = version;
		g->series.len = len;
		g->series.is_long = has_late_release(g, version, len);
	}
	return g->series.is_long;
}

static bool lts_takes(struct grouping *g, const struct ks_groups_choice *choice, size_t image)
{
	if (!group_takes(g, KS_GROUP_REGULAR, image))
		return false;
	if (choice->lts) {
		for (size_t i = 0; i < choice->nr_lts; i++)
			if (choice->lts[i] == image)
				return true;
		return false;
	}
	const char *version = g->images[image]->version;
	size_t len = version ? dotted_len(version, 2) : 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(lts_versions); i++)
		if (strlen(lts_versions[i]) == len && !strncmp(version, lts_versions[i], len))
			return true;
	return series_is_long(g, version, len);
}

/**
 * What an image of the Other group is compared with: the one before it of its own line, or the newest
 * Regular image that is not newer, or the base when that is of the same distribution; KS_NO_IMAGE: nothing.
 */
static size_t other_partner(const struct grouping *g, size_t image)
{
	size_t base = g->groups->base, partner = KS_NO_IMAGE;
	if (ks_image_same_distribution(g->images[base], g->images[image]))
		partner = base;
	const struct ks_group *regular = &g->groups->at[KS_GROUP_REGULAR];
	for (size_t i = 0; i < regular->nr && regular->images[i] < image; i++)
		partner = regular->images[i];
	for (size_t i = 0; i < g->nr_members && g->members[i] < image; i++)
		if (same_line(g, g->members[i], image))
			partner = g->members[i];
	return partner;
}

static bool group_pairs(struct grouping *g, enum ks_group_kind kind, char *const *labels,
			char *base_label)
{
	struct ks_group *group = &g->groups->at[kind];
	struct ks_pair *pairs = ks_arena_array(&g->groups->arena, group->nr + 1, sizeof(*pairs));
	if (!pairs)
		return false;
	size_t nr = 0;
	for (size_t i = 0; i < group->nr && kind != KS_GROUP_ALL; i++) {
		struct ks_pair pair = { .new = group->images[i], .new_label = labels[i] };
		if (kind == KS_GROUP_REGULAR || kind == KS_GROUP_LTS) {
			if (i == 0)
				continue;
			pair.old = group->images[i - 1];
			pair.old_label = labels[i - 1];
		} else if (kind == KS_GROUP_OTHER) {
			pair.old = other_partner(g, pair.new);
			if (pair.old == KS_NO_IMAGE)
				continue;
			pair.old_label = g->images[pair.old]->label;
		} else {
			pair.old = g->groups->base;
			pair.old_label = base_label;
		}
		pairs[nr++] = pair;
	}
	group->pairs = pairs;
	group->nr_pairs = nr;
	return true;
}

/* ---- lines of the Other group ---- */

/** "Debian cloud arm64" */
static const char *line_title(struct ks_arena *arena, const struct ks_image *image)
{
	size_t len;
	const char *distribution = ks_image_distribution(image, &len);
	const char *flavor = image->flavor ? image->flavor : "";
	const char *arch = image->arch ? image->arch : "unknown";
	size_t room = len + strlen(flavor) + strlen(arch) + sizeof("  , of no known distribution");
	char *title = ks_arena_alloc(arena, room);
	if (title)
		snprintf(title, room, "%.*s%s%s%s%s%s", (int)len, distribution ? distribution : "",
			 len ? " " : "", flavor, *flavor ? " " : "", arch,
			 len ? "" : ", of no known distribution");
	return title;
}

/** Move the images of each line behind its first one, and say what the lines are. */
static bool sort_into_lines(const struct grouping *g, struct ks_group *group, size_t *images)
{
	struct ks_arena *arena = &g->groups->arena;
	const char **lines = ks_arena_array(arena, group->nr + 1, sizeof(*lines));
	const char **versions = ks_arena_array(arena, group->nr + 1, sizeof(*versions));
	for (size_t i = 0; lines && versions && i < group->nr; i++) {
		size_t to = i, image = images[i];
		while (to && !same_line(g, images[to - 1], image))
			to--;
		bool is_first = to == 0;
		to = is_first ? i : to;
		memmove(&images[to + 1], &images[to], (i - to) * sizeof(*images));
		memmove(&lines[to + 1], &lines[to], (i - to) * sizeof(*lines));
		images[to] = image;
		lines[to] = is_first ? line_title(arena, g->images[image]) : lines[to - 1];
		if (!lines[to])
			return false;
	}
	for (size_t i = 0; lines && versions && i < group->nr; i++)
		if (!(versions[i] = version_label(arena, g->images[images[i]], 0)))
			return false;
	group->lines = lines;
	group->versions = versions;
	return lines && versions;
}

static bool group_fill(struct grouping *g, enum ks_group_kind kind,
		       const struct ks_groups_choice *choice)
{
	struct ks_arena *arena = &g->groups->arena;
	struct ks_group *group = &g->groups->at[kind];
	size_t *images = ks_arena_array(arena, g->nr_members + 1, sizeof(*images));
	char **labels = ks_arena_array(arena, g->nr_members + 1, sizeof(*labels));
	if (!images || !labels)
		return false;
	memset(labels, 0, (g->nr_members + 1) * sizeof(*labels));
	for (size_t i = 0; i < g->nr_members && g->groups->base < g->groups->nr_images; i++) {
		size_t image = g->members[i];
		bool takes = kind == KS_GROUP_LTS ? lts_takes(g, choice, image)
						  : group_takes(g, kind, image);
		if (!takes)
			continue;
		images[group->nr++] = image;
		if (kind < KS_GROUP_OTHER)
			g->placed[image] = true;
	}
	group->images = images;
	if (kind == KS_GROUP_OTHER && !sort_into_lines(g, group, images))
		return false;
	// the base is labelled along with the group it is compared with, so that no two read the same
	images[group->nr] = g->groups->base;
	bool against_base =
		kind == KS_GROUP_ARCH || kind == KS_GROUP_FLAVOR || kind == KS_GROUP_REVISION;
	size_t nr_labels = group->nr + (against_base && group->nr);
	if (!group_labels(g, kind, images, nr_labels, labels))
		return false;
	group->labels = (const char *const *)labels;
	return group_pairs(g, kind, labels, labels[group->nr]);
}

/* ---- the base image ---- */

static size_t line_length(const struct grouping *g, size_t image)
{
	return g->lengths[g->lines[image]];
}

/** Of the members with the version of this one, the one with the longest line; the newest revision of it. */
static size_t base_of_version(const struct grouping *g, size_t image)
{
	size_t best = image, best_length = 0;
	for (size_t i = 0; i < g->nr_members; i++) {
		size_t other = g->members[i], length;
		if (!same_version(g->images[image], g->images[other]) ||
		    !ks_image_same_distribution(g->images[image], g->images[other]))
			continue;
		length = line_length(g, other);
		if (length > best_length || same_line(g, other, best)) {
			best = other;
			best_length = length;
		}
	}
	return best;
}

static size_t base_default(const struct grouping *g)
{
	for (size_t i = g->nr_members; i-- > 1;) {
		const struct ks_image *image = g->images[g->members[i]];
		for (size_t j = i; j-- > 0;) {
			const struct ks_image *other = g->images[g->members[j]];
			if (!same_version(image, other))
				break;
			if (!same_line(g, g->members[i], g->members[j]) &&
			    ks_image_same_distribution(image, other))
				return base_of_version(g, g->members[i]);
		}
	}
	size_t best = g->groups->nr_images, best_length = 0;
	for (size_t i = 0; i < g->nr_members; i++) {
		size_t length = line_length(g, g->members[i]);
		if (length >= best_length) {
			best = g->members[i];
			best_length = length;
		}
	}
	return best;
}

static struct ks_error *choice_check(const struct ks_groups_choice *choice, size_t nr)
{
	bool base_in = !choice->members;
	for (size_t i = 0; i < choice->nr_members; i++) {
		base_in = base_in || choice->members[i] == choice->base;
		if (choice->members[i] >= nr || (i && choice->members[i] <= choice->members[i - 1]))
			return ks_error_new(KS_ERR_USAGE,
					    "chosen images are not in the order of the list");
	}
	if (choice->base != KS_NO_IMAGE && (choice->base >= nr || !base_in))
		return ks_error_new(KS_ERR_USAGE, "the base image is not among the chosen images");
	return NULL;
}

static struct ks_error *groups_make(struct ks_groups *groups, const struct ks_groups_choice *choice)
{
	size_t nr = groups->nr_images;
	struct grouping g = { .groups = groups, .images = groups->images };
	size_t *all = ks_arena_array(&groups->arena, nr + 1, sizeof(*all));
	g.placed = ks_arena_array(&groups->arena, nr + 1, sizeof(*g.placed));
	if (!all || !g.placed)
		return &ks_nomem;
	memset(g.placed, 0, nr * sizeof(*g.placed));
	for (size_t i = 0; i < nr; i++)
		all[i] = i;
	g.members = choice->members ? choice->members : all;
	g.nr_members = choice->members ? choice->nr_members : nr;
	if (!find_lines(&g))
		return &ks_nomem;
	groups->base = choice->base != KS_NO_IMAGE ? choice->base
		       : choice->kept		   ? base_of_version(&g, *choice->kept)
						   : base_default(&g);
	for (enum ks_group_kind kind = 0; kind < KS_NR_GROUPS; kind++)
		if (!group_fill(&g, kind, choice))
			return &ks_nomem;
	return NULL;
}

struct ks_error *ks_groups_new(const struct ks_image *const *images, size_t nr,
			       const struct ks_groups_choice *choice, struct ks_groups **ret)
{
	static const struct ks_groups_choice defaults = { .base = KS_NO_IMAGE };
	choice = choice ? choice : &defaults;
	KS_TRY(choice_check(choice, nr));
	_cleanup_groups_ struct ks_groups *groups = calloc(1, sizeof(*groups));
	if (!groups)
		return &ks_nomem;
	groups->images = images;
	groups->nr_images = nr;
	KS_TRY(groups_make(groups, choice));
	*ret = ks_take(groups);
	return NULL;
}

void ks_groups_free(struct ks_groups *groups)
{
	if (!groups)
		return;
	ks_arena_deinit(&groups->arena);
	free(groups);
}
