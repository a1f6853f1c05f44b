/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/buf.h"
#include "bpf/find_private.h"
#include "source/package/archive.h"

/*
 * Archives within archives are read as streams, one inside the other: a Debian package is an ar archive with a
 * packed tar archive in it. Only files that begin as ELF are taken into memory.
 */

enum {
	HEAD = 512, // enough to tell what a member is
	PIECE = 64 << 10,
	CHECK_BYTES = 16 << 20, // unpacked between two looks at the clock
	MAX_NESTING = 4,
	MAX_MEMBERS = 1 << 20,
};
#define MAX_MEMBER_BYTES (1ull << 30)
#define MAX_TOTAL_BYTES (16ull << 30)

/** What archives and packed files begin with. Those of rpm packages are inside an envelope. */
static const struct {
	size_t at, len;
	const char *bytes;
} magics[] = {
	{ 0, 8, "!<arch>\n" },
	{ 0, 4, "\xed\xab\xee\xdb" },	      // rpm
	{ 0, 6, "\xfd\x37\x7a\x58\x5a\x00" }, // xz
	{ 0, 2, "\x1f\x8b" },		      // gzip
	{ 0, 4, "\x28\xb5\x2f\xfd" },	      // zstd
	{ 0, 3, "BZh" },
	{ 0, 4, "PK\x03\x04" },
	{ 0, 6, "7z\xbc\xaf\x27\x1c" },
	{ 257, 5, "ustar" },
	{ 0, 6, "070701" }, // cpio
};

bool ks_bpf_is_archive(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < KS_ARRAY_LEN(magics); i++)
		if (len >= magics[i].at + magics[i].len &&
		    memcmp(bytes + magics[i].at, magics[i].bytes, magics[i].len) == 0)
			return true;
	return false;
}

/** What all levels share. */
struct walk {
	const struct ks_archive *lib;
	struct ks_bpf_finds *finds;
	uint64_t total_bytes, nr_members;
};

/** One archive. */
struct level {
	struct walk *walk;
	struct archive *archive;
	struct level *outer; // the one it is a member of; NULL: the bytes in memory
	const char *path;    // as shown
	uint8_t head[HEAD];  // of the present member
	size_t head_len;
	bool head_given; // to the archive inside
	uint8_t piece[PIECE];
};

static struct ks_error *failure(const struct level *level)
{
	const char *text = level->walk->lib->error_string(level->archive);
	return ks_error_new(KS_ERR_DATA, "%s: %s", level->path,
			    text ? text : "the archive cannot be read");
}

/** The next bytes of the present member; 0 behind the last. */
static struct ks_error *read_some(struct level *level, void *to, size_t len, size_t *got)
{
	la_ssize_t n = level->walk->lib->read_data(level->archive, to, len);
	if (n < 0)
		return failure(level);
	*got = (size_t)n;
	level->walk->total_bytes += *got;
	if (level->walk->total_bytes / CHECK_BYTES !=
	    (level->walk->total_bytes - *got) / CHECK_BYTES)
		KS_TRY(ks_bpf_find_spend(level->walk->finds, level->path, CHECK_BYTES));
	if (level->walk->total_bytes > MAX_TOTAL_BYTES)
		return ks_error_new(KS_ERR_DATA,
				    "%s: more than %llu GiB unpacked; it looks endless",
				    level->path, MAX_TOTAL_BYTES >> 30);
	return NULL;
}

/** libarchive asks the archive inside for bytes: they are those of the outer one's member. */
static la_ssize_t on_read(struct archive *archive, void *arg, const void **ret)
{
	struct level *outer = arg;
	if (!outer->head_given) {
		outer->head_given = true;
		*ret = outer->head;
		return (la_ssize_t)outer->head_len;
	}
	size_t got = 0;
	struct ks_error *err = read_some(outer, outer->piece, PIECE, &got);
	*ret = outer->piece;
	if (!err)
		return (la_ssize_t)got;
	outer->walk->lib->set_error(archive, EINVAL, "%s", err->msg);
	ks_error_free(err);
	return ARCHIVE_FATAL;
}

static struct ks_error *read_head(struct level *level)
{
	size_t got = 0;
	level->head_len = 0;
	level->head_given = false;
	do {
		KS_TRY(read_some(level, level->head + level->head_len, HEAD - level->head_len,
				 &got));
		level->head_len += got;
	} while (got && level->head_len < HEAD);
	return NULL;
}

/** Take a member into memory. */
static struct ks_error *read_member(struct level *level, const char *path, uint64_t max,
				    struct ks_buf *bytes)
{
	ks_buf_bytes(bytes, level->head, level->head_len);
	for (size_t got = 1; got;) {
		if (bytes->len > max)
			return ks_error_new(KS_ERR_DATA, "%s: larger than %llu MiB", path,
					    (unsigned long long)max >> 20);
		if (!ks_buf_reserve(bytes, PIECE))
			return &ks_nomem;
		KS_TRY(read_some(level, bytes->at + bytes->len, PIECE, &got));
		bytes->len += got;
	}
	return NULL;
}

/** The path of a member: that of a package's only archive says nothing. */
static void member_path(struct ks_buf *out, const struct level *level, const char *name,
			bool transparent)
{
	ks_buf_str(out, level->path);
	if (transparent)
		return;
	ks_buf_char(out, ':');
	ks_buf_str(out, strncmp(name, "./", 2) == 0 ? name + 2 : name);
}

/** What the package says of its tools. */
static struct ks_error *keep_policy(struct level *level, const char *name)
{
	enum { MAX_POLICY = 1 << 20 };
	struct ks_bpf_finds *finds = level->walk->finds;
	_cleanup_buf_ struct ks_buf bytes = { 0 }, path = { 0 };
	member_path(&path, level, name, false);
	const char *text = ks_buf_text(&path);
	if (!text)
		return &ks_nomem;
	KS_TRY(read_member(level, text, MAX_POLICY, &bytes));
	finds->policy = ks_arena_strndup(&finds->arena, bytes.at ? bytes.at : "", bytes.len);
	finds->policy_path = ks_arena_strdup(&finds->arena, text);
	return finds->policy && finds->policy_path ? NULL : &ks_nomem;
}

static bool is_policy(const char *name)
{
	const char *slash = name ? strrchr(name, '/') : NULL;
	return name && strcmp(slash ? slash + 1 : name, "ksurf.toml") == 0;
}

/** Look for objects in a member. */
static struct ks_error *find_in_member(struct level *level, const char *path)
{
	_cleanup_buf_ struct ks_buf bytes = { 0 };
	KS_TRY(read_member(level, path, MAX_MEMBER_BYTES, &bytes));
	return ks_bpf_find_in(level->walk->finds, path, (const uint8_t *)bytes.at, bytes.len);
}

static struct ks_error *walk_level(struct walk *walk, struct level *outer, const char *path,
				   const void *bytes, size_t len, int nesting);

static struct ks_error *find_member(struct level *level, struct archive_entry *entry, int nesting)
{
	const struct ks_archive *lib = level->walk->lib;
	unsigned int type = lib->entry_filetype(entry);
	const char *name = lib->entry_pathname(entry);
	if (type &&
	    type != S_IFREG) // ar and rustc write a mode of 644, without a type: only files are in there
		return NULL;
	KS_TRY(read_head(level));
	if (is_policy(name) && !level->walk->finds->policy)
		return keep_policy(level, name);
	bool elf = level->head_len > SELFMAG && memcmp(level->head, ELFMAG, SELFMAG) == 0;
	bool archive = ks_bpf_is_archive(level->head, level->head_len);
	if ((!elf && !archive) || (archive && nesting == MAX_NESTING))
		return NULL;
	if (!name)
		name = "?";
	_cleanup_buf_ struct ks_buf path = { 0 };
	// raw: no archive but one packed file
	bool raw = lib->format(level->archive) == ARCHIVE_FORMAT_RAW;
	member_path(&path, level, name, raw || (archive && strncmp(name, "data.tar", 8) == 0));
	const char *text = ks_buf_text(&path);
	if (!text)
		return &ks_nomem;
	return elf ? find_in_member(level, text)
		   : walk_level(level->walk, level, text, NULL, 0, nesting + 1);
}

/** Unpack what is left of a packed member: libarchive would do it uncounted, however much it is. */
static struct ks_error *pass_rest(struct level *level)
{
	for (size_t got = 1; got;)
		KS_TRY(read_some(level, level->piece, PIECE, &got));
	return NULL;
}

static struct ks_error *walk_members(struct level *level, int nesting)
{
	struct walk *walk = level->walk;
	for (;;) {
		struct archive_entry *entry;
		int status = walk->lib->read_next_header(level->archive, &entry);
		if (status == ARCHIVE_EOF)
			return NULL;
		if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
			return failure(level);
		if (walk->nr_members++ == MAX_MEMBERS)
			return ks_error_new(KS_ERR_DATA, "%s: more than %d members", level->path,
					    MAX_MEMBERS);
		KS_TRY(ks_bpf_find_spend(walk->finds, level->path, 0));
		KS_TRY(find_member(level, entry, nesting));
		if (level->outer || walk->lib->filter_count(level->archive) > 1)
			KS_TRY(pass_rest(level));
	}
}

/**
 * Only what cannot reach out: of libarchive's formats some read other files (mtree), of its filters some start
 * other programs.
 */
static bool support(const struct ks_archive *lib, struct archive *archive)
{
	int (*const wanted[])(struct archive *) = {
		lib->read_support_format_tar,	lib->read_support_format_ar,
		lib->read_support_format_cpio,	lib->read_support_format_zip,
		lib->read_support_format_7zip,	lib->read_support_format_empty,
		lib->read_support_format_raw,	lib->read_support_filter_gzip,
		lib->read_support_filter_bzip2, lib->read_support_filter_xz,
		lib->read_support_filter_zstd,	lib->read_support_filter_rpm,
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(wanted); i++)
		if (wanted[i](archive) != ARCHIVE_OK)
			return false;
	return true;
}

static struct ks_error *open_level(struct level *level, const void *bytes, size_t len)
{
	const struct ks_archive *lib = level->walk->lib;
	if (!support(lib, level->archive))
		return ks_error_new(KS_ERR_UNSUPPORTED,
				    "libarchive was built without formats that packages need");
	int status = level->outer
			     ? lib->read_open(level->archive, level->outer, NULL, on_read, NULL)
			     : lib->read_open_memory(level->archive, bytes, len);
	return status == ARCHIVE_OK ? NULL : failure(level);
}

/** @param outer NULL: the archive is in bytes, else it is the present member of that one */
static struct ks_error *walk_level(struct walk *walk, struct level *outer, const char *path,
				   const void *bytes, size_t len, int nesting)
{
	struct level *level = calloc(1, sizeof(*level)); // large for a stack that may be nested
	if (!level)
		return &ks_nomem;
	level->walk = walk;
	level->outer = outer;
	level->path = path;
	level->archive = walk->lib->read_new();
	struct ks_error *err = level->archive ? open_level(level, bytes, len) : &ks_nomem;
	if (!err)
		err = walk_members(level, nesting);
	if (level->archive)
		walk->lib->read_free(level->archive);
	free(level);
	return err;
}

struct ks_error *ks_bpf_find_archive(struct ks_bpf_finds *finds, const char *path,
				     const uint8_t *bytes, size_t len)
{
	struct walk walk = { .finds = finds };
	KS_TRY(ks_archive_get(&walk.lib));
	return walk_level(&walk, NULL, path, bytes, len, 0);
}
