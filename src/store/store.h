/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Many images in one SQLite file. Each distinct definition is kept once; an image is sorted lists of names with
 * the ids of their definitions, plus the facts that are its own. docs/store.md has the format.
 *
 * A handle belongs to one thread at a time. Any number of processes may read while one adds; a kill at any
 * moment leaves the store as it was or with the whole image. Errors: KS_ERR_STORE for a store that is foreign,
 * too new, locked or damaged, KS_ERR_IO when the system refuses (disk full, read-only), KS_ERR_NOTFOUND.
 */
#include "base/error.h"
#include "base/progress.h"
#include "surface/history.h"
#include "surface/model.h"

struct ks_store;

enum ks_store_mode {
	KS_STORE_READ,	 // the file must exist
	KS_STORE_WRITE,	 // as above, and it may be changed
	KS_STORE_CREATE, // made when missing or empty; its folder must exist
};

KS_MUST_CHECK struct ks_error *ks_store_open(const char *path, enum ks_store_mode mode,
					     struct ks_store **ret);
/**
 * The same, with the longest that it waits, also later, while other processes write.
 * @param seconds 0: the usual 10
 */
KS_MUST_CHECK struct ks_error *ks_store_open_waiting(const char *path, enum ks_store_mode mode,
						     unsigned int seconds, struct ks_store **ret);
struct ks_http_opts;
/**
 * A catalogue on a web server, read by pages as they are needed; what has come is kept for the next time (pages_cache.h).
 * @param url as ks_http_serves() tells @param http who fetches; how much at once is not for it to say
 */
KS_MUST_CHECK struct ks_error *
ks_store_open_remote(const char *url, const struct ks_http_opts *http, struct ks_store **ret);
/** The seconds that it was opened with. */
unsigned int ks_store_wait(const struct ks_store *store);
void ks_store_close(struct ks_store *store); // NULL is allowed
static inline void ks_store_closep(struct ks_store **store)
{
	ks_store_close(*store);
}
#define _cleanup_store_ __attribute__((__cleanup__(ks_store_closep)))
/** As it was opened: for another handle on the same file. */
const char *ks_store_path(const struct ks_store *store);

/* ---- one state ---- */

/**
 * From here to the end, everything that is read through the handle belongs to one state of the store, whatever other
 * processes write. Calls nest; a single call that reads is such a stretch anyway. Nothing can be written meanwhile.
 */
KS_MUST_CHECK struct ks_error *ks_store_snapshot_begin(struct ks_store *store);
void ks_store_snapshot_end(struct ks_store *store); // what was begun
/** A number that is another one in each state that this handle has seen. Inside of a snapshot. */
int64_t ks_store_version(const struct ks_store *store);
static inline void ks_store_snapshot_endp(struct ks_store **store)
{
	ks_store_snapshot_end(*store);
}
/** What was begun ends with the scope. */
// held for its end alone: clang does not take that for a use
#define _cleanup_snapshot_ __attribute__((__cleanup__(ks_store_snapshot_endp), __unused__))

/** Handles on one state of a store, for threads that read. */
struct ks_siblings {
	struct ks_store **at; // the first is the store itself
	unsigned int nr;      // at least 1
};
/**
 * Begin a stretch as above, on as many handles as can be had: others may have written since, or the store is of a format that
 * does not tell. Then they are fewer than wanted, and what is to be done is done on these.
 * @param nr_wanted as many as there are threads
 */
KS_MUST_CHECK struct ks_error *ks_siblings_open(struct ks_store *store, size_t nr_wanted,
						struct ks_siblings *ret);
/** End it. A zeroed one is allowed. */
void ks_siblings_close(struct ks_siblings *siblings);
#define _cleanup_siblings_ __attribute__((__cleanup__(ks_siblings_close)))

/* ---- adding ---- */

/** What became of an image. */
struct ks_put_result {
	bool added;	// false: the store had this kernel, and was not touched
	bool replaced;	// added, and what told less of the same kernel is gone
	bool enriched;	// added is true: the image was there, and knows its configuration now
	char *label;	// under which it is in the store; the caller frees it
	uint64_t bytes; // that were written for it, before SQLite's own overhead
	uint64_t nr_definitions, nr_new_definitions;
	bool outdated; // of ks_store_put_modules(): nothing was done
};

/**
 * Keep an image, in one transaction. When the same kernel is there already, nothing happens, unless what is
 * there gives way (ks_image_gives_way()): then this one gets its place, its label, its digest and its modules. A configuration
 * that only one of both has is the image's in any case, and it is of the sets of both.
 * The same kernel has the same build id; where one of both has none, the same digest. When another image has the label, this one gets the first free of LABEL@2, LABEL@3, …
 * The modules of a kernel (ks_image.modules_of) take the place of those that the store has of it, if any, and get
 * the label KERNEL+modules; KS_ERR_NOTFOUND when the store does not have the kernel.
 * @param surface borrowed; several may be put through one handle, which is faster than one by one
 * @param nr_threads to encode and compress with; the bytes written do not depend on it
 */
KS_MUST_CHECK struct ks_error *ks_store_put(struct ks_store *store,
					    const struct ks_surface *surface,
					    unsigned int nr_threads, struct ks_put_result *ret);

/**
 * The same for the modules of a kernel that were put together with those that the store had: nothing is done when it
 * has others now, which another process put meanwhile.
 * @param seen the digest of those that the store had, or NULL for none
 */
KS_MUST_CHECK struct ks_error *ks_store_put_modules(struct ks_store *store,
						    const struct ks_surface *surface,
						    const char *seen, unsigned int nr_threads,
						    struct ks_put_result *ret);

/**
 * Whether the store has an image's kernel and would not be touched by ks_store_put(): nobody needs to read it further.
 * @param image its build id, digest and tier
 * @param[out] ret_label of the image that the store has, NULL when it would be put; the caller frees
 */
KS_MUST_CHECK struct ks_error *ks_store_known(struct ks_store *store, const struct ks_image *image,
					      char **ret_label);

/**
 * Keep that an image came out of a package, by the package's SHA-256.
 * @param image its build id, or else its digest, and its tier are kept
 */
KS_MUST_CHECK struct ks_error *ks_store_mark_package(struct ks_store *store, const char *sha256,
						     const struct ks_image *image);
/** The image that came out of a package. @param[out] ret_label NULL: none that is still there and tells as much; the caller frees */
KS_MUST_CHECK struct ks_error *ks_store_package(struct ks_store *store, const char *sha256,
						char **ret_label);

/** Add to the sets that an image is of (surface/image_sets.h). Nothing is written when it is of all of them. @param sets may be NULL */
KS_MUST_CHECK struct ks_error *ks_store_join_sets(struct ks_store *store, const char *label,
						  const char *sets);

/**
 * Take a set from those that images are of. Those that are of no other are removed, as by ks_store_remove_all().
 * @param set as images keep it
 * @param[out] ret_removed whether it was, for each
 */
KS_MUST_CHECK struct ks_error *ks_store_leave_set(struct ks_store *store, const char *const *labels,
						  size_t nr, const char *set, bool *ret_removed);

/** Sets that were pulled by their names. */
struct ks_seen_sets {
	size_t nr;
	const struct ks_seen_set {
		const char *name; // as images keep it
		const char *when; // its archive was last looked at: "2026-11-30T08:00:00Z"
	} * at;
};
/** Keep when the archive of a set was looked at. */
KS_MUST_CHECK struct ks_error *ks_store_mark_set(struct ks_store *store, const char *set,
						 const char *when);
/** @param arena holds the result, in the order of names */
KS_MUST_CHECK struct ks_error *ks_store_seen_sets(struct ks_store *store, struct ks_arena *arena,
						  struct ks_seen_sets *ret);

/** What became of the images of another store. */
struct ks_merge_counts {
	size_t added, replaced,
		kept; // replaced: they, or they joined with what was here, took its place
};
struct ks_merge_result {
	struct ks_merge_counts kernels, modules; // modules: one for those of a kernel
	uint64_t bytes;				 // that were written
};

/**
 * All modules of a kernel out of those that two stores have.
 * @param kernel their kernel
 * @param kept, other surfaces of modules; kept has the say where both tell as much of one
 */
typedef struct ks_error *ks_merge_join_fn(const struct ks_surface *kernel,
					  const struct ks_surface *kept,
					  const struct ks_surface *other, struct ks_surface **ret);
struct ks_merge_opts {
	unsigned int nr_threads;
	ks_merge_join_fn *join;
};

/**
 * Take all of another store in, in one transaction: each image as by ks_store_put(), with its modules; and the choices of base,
 * members and long-term images where none was made here. An image LABEL@2 counts as one of LABEL when its label is taken.
 * Again it changes nothing.
 * @param from may be of an older format, and is not changed; one state of it is taken
 */
KS_MUST_CHECK struct ks_error *ks_store_merge(struct ks_store *into, struct ks_store *from,
					      const struct ks_merge_opts *opts,
					      struct ks_merge_result *ret);

/** Bytes of the file. */
struct ks_repack_result {
	uint64_t before, after;
};

/**
 * Write everything anew as this version keeps it, in one transaction: the store is what it was, in less space. A new store is made
 * beside it meanwhile (PATH-repack), so both need room.
 * @param progress NULL: silence; it is told before there is a file beside the store, by who has the store for itself
 */
KS_MUST_CHECK struct ks_error *ks_store_repack(struct ks_store *store, unsigned int nr_threads,
					       const struct ks_progress *progress,
					       struct ks_repack_result *ret);

struct ks_store_want; // below
/** How a catalogue is made; a zeroed one is ready. */
struct ks_publish_opts {
	const struct ks_progress *progress; // NULL: silence
	/** Names that nearly every question comes to, none of a function or a field: they are read with the head of the file. */
	const struct ks_store_want *common;
	size_t nr_common;
};
/** What became of a catalogue. */
struct ks_publish_result {
	uint64_t bytes; // of the file
	size_t nr_images, nr_names;
	char content[65]; // SHA-256 of what it says, as hex
};

/**
 * Write all that names are looked up by into one file, a catalogue, which is only read: laid out by names, not by images, so that a
 * look-up reads little of it. OUT appears whole, or is as it was; a file OUT-publish and one OUT-publish-new are made
 * meanwhile.
 * @param opts NULL allowed
 */
KS_MUST_CHECK struct ks_error *ks_store_publish(struct ks_store *store, const char *out,
						const struct ks_publish_opts *opts,
						struct ks_publish_result *ret);

/** Whether a file that begins with these bytes is a catalogue. */
bool ks_catalogue_begins(const void *bytes, size_t len);
/**
 * Refuse a place where a store, or another database of SQLite that is no catalogue, stands, or what is no file: nobody wants one
 * replaced by a catalogue.
 */
KS_MUST_CHECK struct ks_error *ks_store_spare(const char *out);

/**
 * Compare all that a catalogue holds with the hash that it says it has.
 * @return KS_ERR_STORE when it differs, KS_ERR_UNSUPPORTED when it has none
 */
KS_MUST_CHECK struct ks_error *ks_store_verify(struct ks_store *store, char hex[65]);

/* ---- images and settings ---- */

/** An image of the store. */
struct ks_store_image {
	struct ks_image image;
	int64_t id;	   // in this store
	uint32_t known;	   // KS_KNOWS() bits
	bool symtab_known; //
	uint64_t anchor;   // of its addresses
	int64_t base;	   // id of the image whose bytes these are a difference to, or 0
	/** What the store has of its modules, an image of its own that no list of images holds; NULL: nothing. */
	const struct ks_store_image *modules;
};

/** Images in the order of ks_image_compare(). Make a subset by copying the pointers wanted. */
struct ks_store_images {
	size_t nr;
	const struct ks_store_image **at;
};

/**
 * Say whose lists will be read, of few images: then what a catalogue says of others is stepped over once and not each time. Nothing
 * else changes, and other images may be asked for. Those that were expected before are forgotten, unless all of these are among
 * them. Inside of a snapshot.
 */
KS_MUST_CHECK struct ks_error *ks_store_expect(struct ks_store *store,
					       const struct ks_store_images *images);

/** All kernels. @param arena holds the result, which stays valid whatever happens to the store */
KS_MUST_CHECK struct ks_error *ks_store_images(struct ks_store *store, struct ks_arena *arena,
					       struct ks_store_images *ret);

/** The image of that label, or KS_ERR_NOTFOUND. */
KS_MUST_CHECK struct ks_error *ks_store_image(const struct ks_store_images *images,
					      const char *label, const struct ks_store_image **ret);

/** Remove an image, its modules and every definition that no other image has. Images based on it get another base. */
KS_MUST_CHECK struct ks_error *ks_store_remove(struct ks_store *store, const char *label);
/** The same of many, in one transaction, each once: what stays is written anew once. A label that no image has: none is removed. */
KS_MUST_CHECK struct ks_error *ks_store_remove_all(struct ks_store *store,
						   const char *const *labels, size_t nr);

/** KS_ERR_USAGE when another image has the new label, it is empty, or ks_text_is_plain() does not hold for it. */
KS_MUST_CHECK struct ks_error *ks_store_relabel(struct ks_store *store, const char *label,
						const char *new_label);

/** A setting that outlives the process, such as the chosen base image. NULL when it was never set. */
KS_MUST_CHECK struct ks_error *ks_store_setting(struct ks_store *store, struct ks_arena *arena,
						const char *name, const char **ret);
/** @param value NULL removes the setting. */
KS_MUST_CHECK struct ks_error *ks_store_set(struct ks_store *store, const char *name,
					    const char *value);

/* ---- one name ---- */

/**
 * What the images say of one name: one fact for each, in the order given.
 * A field is named STRUCT::MEMBER, its struct or union may be either. An LSM hook or a kfunc that an image does
 * not list has no declaration and no function there.
 * What the modules of a kernel say of the name stands in ks_fact.modules, where the store has them.
 * @param images from ks_store_images(); borrowed as long as the result
 * @param arena holds the result
 */
KS_MUST_CHECK struct ks_error *ks_store_history(struct ks_store *store,
						const struct ks_store_images *images,
						enum ks_kind kind, const char *name,
						struct ks_arena *arena, struct ks_history *ret);

/** Whether the store is on a server. */
bool ks_store_is_far(const struct ks_store *store);
/** A name that is going to be looked up. */
struct ks_store_want {
	enum ks_kind kind;
	const char *name;
	bool symbol; // of a function: its symbol, too, where an image has no such function
};
/** Fetch what ks_store_history() of these names reads, when the store is on a server: all at once, and not name by name. */
KS_MUST_CHECK struct ks_error *ks_store_want(struct ks_store *store,
					     const struct ks_store_images *images,
					     const struct ks_store_want *wants, size_t nr);

/**
 * Whether the symbol table of an image has a symbol of exactly that name, data or function. False says nothing when
 * the image does not know its symbols (symtab_known). The first name that is no function's reads all names of the image, a
 * millisecond after a similar one and else some ten; the handle keeps what it needs of them.
 */
KS_MUST_CHECK struct ks_error *ks_store_symbol(struct ks_store *store,
					       const struct ks_store_image *image, const char *name,
					       bool *ret);

/** Whether BTF of an image describes a variable of that name; known where the image's facts say KS_FACT_BTF. */
KS_MUST_CHECK struct ks_error *ks_store_variable(struct ks_store *store,
						 const struct ks_store_image *image,
						 const char *name, bool *ret);

/**
 * Read a history as one of kernels with their modules: where a kernel does not have the name and its modules do,
 * their fact takes the place of its own, and becomes one of the kernel's image. A kernel whose modules are not all in
 * the store cannot tell then, unless it has the name itself.
 * @param images, arena, history  as given to and by ks_store_history()
 */
KS_MUST_CHECK struct ks_error *ks_history_join_modules(const struct ks_store_images *images,
						       struct ks_arena *arena,
						       struct ks_history *history);

/* ---- many names ---- */

/** A name, and which of the images have it: bit i % 64 of in[i / 64] stands for the image at[i]. */
struct ks_store_name {
	enum ks_kind kind;
	const char *name;
	const uint64_t *in;
	size_t nr_images; // how many bits are set
};
typedef struct ks_error *ks_store_name_fn(const struct ks_store_name *name, void *arg);

/**
 * Every name of a kind, or of all kinds (KS_NR_KINDS), in the order of kinds and bytes. A kernel has the names of
 * its modules, too.
 * @param glob as fnmatch(3); NULL for all names
 * @param fn may stop the walk by an error; the name is valid during the call
 */
KS_MUST_CHECK struct ks_error *ks_store_names(struct ks_store *store,
					      const struct ks_store_images *images,
					      enum ks_kind kind, const char *glob,
					      ks_store_name_fn *fn, void *arg);

/** Whether a name is of interest. */
typedef bool ks_store_wanted_fn(enum ks_kind kind, const char *name, void *arg);
/** The same of names that are wanted. To look at all names costs little, to tell who has one more. @param arg of both functions */
KS_MUST_CHECK struct ks_error *ks_store_names_wanted(struct ks_store *store,
						     const struct ks_store_images *images,
						     enum ks_kind kind, ks_store_wanted_fn *wanted,
						     ks_store_name_fn *fn, void *arg);

/** What names are near to. */
struct ks_store_near {
	const char *name;
	unsigned int edits;	     // ks_edit_distance() of what is near, at most
	ks_store_wanted_fn *is_near; // only of names so near, or with the name in them
};
/** The same of names that are near to one: few of the others are looked at. */
KS_MUST_CHECK struct ks_error *
ks_store_names_near(struct ks_store *store, const struct ks_store_images *images, enum ks_kind kind,
		    const struct ks_store_near *near, ks_store_name_fn *fn, void *arg);

/**
 * All names of a kind with where to find their facts, for visiting every history; modules are left out. It holds the lists of all the
 * images in memory (about 4 MB an image) and is read by any number of threads at once. What images points to
 * must outlive it, and it is used in the stretch (ks_store_snapshot_begin()) in which it was made.
 */
struct ks_walk;
KS_MUST_CHECK struct ks_error *ks_walk_new(struct ks_store *store,
					   const struct ks_store_images *images, enum ks_kind kind,
					   struct ks_walk **ret);
void ks_walk_free(struct ks_walk *walk); // NULL is allowed
static inline void ks_walk_freep(struct ks_walk **walk)
{
	ks_walk_free(*walk);
}
#define _cleanup_walk_ __attribute__((__cleanup__(ks_walk_freep)))

/** How many names there are. They are in the order that keeps neighbours in the store together. */
size_t ks_walk_nr(const struct ks_walk *walk);
const char *ks_walk_name(const struct ks_walk *walk, size_t i);

/**
 * As ks_store_history() of the i-th name. Visit runs of neighbours, one run a thread.
 * @param store the calling thread's own of ks_siblings_open(), on the store that the walk was made from
 */
KS_MUST_CHECK struct ks_error *ks_walk_history(const struct ks_walk *walk, struct ks_store *store,
					       size_t i, struct ks_arena *arena,
					       struct ks_history *ret);

/* ---- a whole image ---- */

/** KS_ERR_STORE when images cannot be had whole: a catalogue has what names are looked up by. */
KS_MUST_CHECK struct ks_error *ks_store_has_whole(const struct ks_store *store);

/** Everything about an image as it was put, tables in their order. The caller frees it. */
KS_MUST_CHECK struct ks_error *ks_store_surface(struct ks_store *store,
						const struct ks_store_image *image,
						struct ks_surface **ret);
