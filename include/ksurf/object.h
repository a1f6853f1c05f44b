/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_OBJECT_H
#define KSURF_OBJECT_H
/**
 * @file
 * eBPF objects, from files and from memory: their programs, and what those need of a kernel.
 */
#include <ksurf/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One thing that a program needs of a kernel. Reached through pointers only: it may grow at its end. */
struct ksurf_dep {
	const char *kind; /**< "function", "field", "kfunc", "helper", … */
	const char *name; /**< "vfs_read", "task_struct::pid", "bpf_loop" */
	int weak;	  /**< it may be missing */
	int published;	  /**< of a kind that the published dependency sets have */
	uint32_t uses;	  /**< at how many places */
	const char *file; /**< source of the first of them; NULL when unknown */
	uint32_t line;	  /**< 0 when unknown */
};

/** A program of an object. Reached through pointers only: it may grow at its end. */
struct ksurf_program {
	const char *name;
	const char *section;   /**< as written: "kprobe/vfs_read" */
	const char *hook;      /**< what the section says: "kprobe", "fentry", … */
	const char *target;    /**< what it attaches to; NULL: the section does not say */
	int autoload;	       /**< 0: loaded only when the tool asks for it */
	uint32_t instructions; /**< with those of the functions it calls */
	size_t nr_deps;
	const struct ksurf_dep *const *deps;
};

/** An object. Reached through pointers only: it may grow at its end. */
struct ksurf_object {
	const char *name; /**< without folder and end: "opensnoop" */
	const char
		*path; /**< of the file it was found in; inside a package "pkg.deb:usr/bin/tool" */
	uint64_t offset, bytes; /**< where it lies in that file */
	const char *error;	/**< why it cannot be read: what follows is 0 then; else NULL */
	const char *license;	/**< NULL when it has none */
	int legacy;		/**< without BTF: little can be told of it */
	size_t nr_programs;
	const struct ksurf_program *const *programs;
	size_t nr_deps; /**< of the object as a whole: maps, and what no program refers to */
	const struct ksurf_dep *const *deps;
};

/** A collection of objects. */
struct ksurf_objects;

/**
 * An empty collection.
 * @param[out] ret the caller frees it with ksurf_objects_free()
 * @return KSURF_ERR_NOMEM
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_objects_new(struct ksurf_objects **ret);
/**
 * From now on a caller hears of each file, and each member of an archive, that is looked into, and may cancel.
 * @param progress NULL: nobody wants to know any more
 */
KSURF_API void ksurf_objects_listen(struct ksurf_objects *objects, ksurf_progress_fn *progress,
				    void *arg);
/**
 * Add the objects in a file: an object, an executable or library that carries some, a package or archive, or a folder
 * of all those. One that is damaged is added all the same, with its error. What ksurf_objects_at() returned before
 * stays valid.
 * @return KSURF_ERR_NOTFOUND when there is no object in it; KSURF_ERR_IO, KSURF_ERR_UNSUPPORTED, KSURF_ERR_DATA,
 *	KSURF_ERR_CANCELLED
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *ksurf_objects_add_file(struct ksurf_objects *objects,
								      const char *path);
/**
 * The same for bytes in memory, which may be all that a file may be but a folder.
 * @param bytes copied
 * @param name stands for the path, of which the names of objects are made
 * @return as ksurf_objects_add_file()
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_objects_add_bytes(struct ksurf_objects *objects, const void *bytes, size_t len,
			const char *name);
/** How many there are. */
KSURF_API size_t ksurf_objects_count(const struct ksurf_objects *objects);
/** The i-th of them; NULL when there are fewer. Lives as long as objects. */
KSURF_API const struct ksurf_object *ksurf_objects_at(const struct ksurf_objects *objects,
						      size_t i);
/** NULL is allowed. */
KSURF_API void ksurf_objects_free(struct ksurf_objects *objects);

#ifdef __cplusplus
}
#endif
#endif
