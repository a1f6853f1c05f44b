/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KSURF_CHECK_H
#define KSURF_CHECK_H
/**
 * @file
 * Whether eBPF programs load, attach and see the right things on the kernels of a store.
 */
#include <ksurf/image.h>
#include <ksurf/object.h>

#ifdef __cplusplus
extern "C" {
#endif

/** From best to worst. */
enum ksurf_verdict {
	KSURF_VERDICT_OK,
	KSURF_VERDICT_UNKNOWN,	 /**< the image, or any static reader, cannot tell */
	KSURF_VERDICT_RISK,	 /**< runs, but sees too little or something else */
	KSURF_VERDICT_NO_ATTACH, /**< fails to attach */
	KSURF_VERDICT_NO_LOAD,	 /**< fails to load */
};
/** How reports call it: "works", "fails-to-attach"; NULL when there is no such verdict. Static text. */
KSURF_API const char *ksurf_verdict_name(enum ksurf_verdict verdict);

/** Why, or what else is worth knowing. Reached through pointers only: it may grow at its end. */
struct ksurf_reason {
	const char *reason; /**< "target-inlined", "core-relo", … */
	const char *title;  /**< the same for people */
	enum ksurf_verdict verdict;
	int reachable;	     /**< 0: only code that cannot be reached needs it; it does not count */
	const char *kind;    /**< of name, when it is a name of images: "function"; else NULL */
	const char *name;    /**< what is missing or differs: "task_struct::state"; NULL */
	const char *detail;  /**< what the image says; NULL */
	const char *hint;    /**< what to do; NULL */
	int64_t instruction; /**< of the program; -1: the whole program */
	const char *file;    /**< source of that instruction; NULL when unknown */
	uint32_t line;	     /**< 0 when unknown */
	const char *source;  /**< that line itself; NULL when unknown */
};

/** One program on one image. Reached through pointers only: it may grow at its end. */
struct ksurf_outcome {
	enum ksurf_verdict verdict;
	enum ksurf_verdict load, attach; /**< separately */
	int optional; /**< it does not count for its object: declared so, or not loaded by default */
	size_t nr_reasons;
	/** Worst first, and behind all others those that do not count. */
	const struct ksurf_reason *const *reasons;
};

/** A program that was checked. Reached through pointers only: it may grow at its end. */
struct ksurf_checked {
	const char *object;			       /**< its name */
	const char *path;			       /**< of the file the object was found in */
	size_t object_index;			       /**< in the collection that was checked */
	const char *program, *section, *hook, *target; /**< as of struct ksurf_program */
	const char *base; /**< label of the image its object is compared with; NULL: none */
};

/** How to check. Zero it and set size to sizeof(struct ksurf_check_options). */
struct ksurf_check_options {
	size_t size;
	/** Words as of struct ksurf_images_options; NULL: what the policy says, else the members. */
	const char *images;
	/** Words for the image the programs were written against; NULL: what the policy says, else the image that
	 * agrees best with each object's own types. */
	const char *base;
	const char *policy;	 /**< the text of a ksurf.toml; NULL: see the next one */
	const char *policy_file; /**< read this file; NULL: see the next one */
	int policy_beside; /**< read the ksurf.toml beside the first object, or in its package, if there is one */
	const char *optional;  /**< the tool goes on without these: globs, separated by commas */
	const char *constants; /**< values of read-only variables at load time: NAME=N,… */
	int modules;	       /**< count the modules in the store as loaded */
	unsigned int
		nr_threads; /**< 0: as many as there are processors; the result does not depend on it */
	ksurf_progress_fn *progress; /**< NULL: nobody wants to know */
	void *progress_arg;
	int as_compiled; /**< assume nothing of loaders: what an object has is needed by its tool */
};

/** From best to worst; the last one is none. */
enum ksurf_tool_verdict {
	KSURF_TOOL_WORKS,
	KSURF_TOOL_PART,    /**< it runs, and something is lost */
	KSURF_TOOL_UNKNOWN, /**< no static reader can tell */
	KSURF_TOOL_FAILS,   /**< it does not work */
	KSURF_TOOL_FOREIGN, /**< it is built for another machine than the kernel's */
};
/** How reports call it: "works-in-part"; NULL when there is no such verdict. Static text. */
KSURF_API const char *ksurf_tool_verdict_name(enum ksurf_tool_verdict verdict);

/** A tool: an object, or all objects of an executable. Reached through pointers only: it may grow at its end. */
struct ksurf_tool {
	const char *name; /**< of its object, or of the file of several */
	const char *path;
	/** What its verdicts rest on besides its objects: "as-compiled" (nothing), "policy", "shipped", "inferred". */
	const char *basis;
	size_t nr_objects;
};

/** What one program costs a tool on one image. Reached through pointers only: it may grow at its end. */
struct ksurf_loss {
	const char *object, *program;
	int fatal;			   /**< the tool does not work because of it */
	const char *loses;		   /**< what it then lacks, in words; NULL: nobody said */
	const struct ksurf_reason *reason; /**< NULL: there is none to tell */
};

/** One tool on one image. Reached through pointers only: it may grow at its end. */
struct ksurf_tool_outcome {
	enum ksurf_tool_verdict verdict;
	/** As the verdict on a program that it comes to, optional parts left out. */
	enum ksurf_verdict counted;
	int spared; /**< the policy says that it need not work there */
	size_t nr_losses;
	const struct ksurf_loss *const *losses; /**< those that made the verdict */
};

/** The verdicts on programs, on images. */
struct ksurf_verdicts;

/**
 * Check every program of some objects on some images. Objects that cannot be read are left out.
 * @param objects must outlive the result; others may be added to them meanwhile, but are not in it
 * @param options NULL: on the members, by as many threads as there are processors
 * @param[out] ret the caller frees it with ksurf_verdicts_free()
 * @return KSURF_ERR_NOTFOUND when there is no such image, or nothing to check; KSURF_ERR_DATA for a policy that is
 *	wrong; KSURF_ERR_USAGE, KSURF_ERR_CANCELLED, KSURF_ERR_STORE, KSURF_ERR_IO
 */
KSURF_API KSURF_MUST_CHECK struct ksurf_error *
ksurf_verdicts_make(struct ksurf_store *store, const struct ksurf_objects *objects,
		    const struct ksurf_check_options *options, struct ksurf_verdicts **ret);
/** How many images there are. */
KSURF_API size_t ksurf_verdicts_nr_images(const struct ksurf_verdicts *verdicts);
/** The i-th of them; NULL when there are fewer. Lives as long as verdicts. */
KSURF_API const struct ksurf_image *ksurf_verdicts_image(const struct ksurf_verdicts *verdicts,
							 size_t i);
/** How many programs there are, of all objects. */
KSURF_API size_t ksurf_verdicts_nr_programs(const struct ksurf_verdicts *verdicts);
/** The i-th of them, object after object; NULL when there are fewer. Lives as long as verdicts. */
KSURF_API const struct ksurf_checked *ksurf_verdicts_program(const struct ksurf_verdicts *verdicts,
							     size_t i);
/** The verdict on a program on an image; NULL when there is no such. Lives as long as verdicts. */
KSURF_API const struct ksurf_outcome *ksurf_verdicts_at(const struct ksurf_verdicts *verdicts,
							size_t program, size_t image);
/**
 * The verdict on an object on an image: the worst of its programs, optional ones left out; of alternatives the best
 * one counts. KSURF_VERDICT_UNKNOWN when there is no such object or image, or the object cannot be read.
 * @param object index in the collection that was checked
 */
KSURF_API enum ksurf_verdict ksurf_verdicts_object(const struct ksurf_verdicts *verdicts,
						   size_t object, size_t image);
/** How many tools there are. */
KSURF_API size_t ksurf_verdicts_nr_tools(const struct ksurf_verdicts *verdicts);
/** The i-th of them; NULL when there are fewer. Lives as long as verdicts. */
KSURF_API const struct ksurf_tool *ksurf_verdicts_tool(const struct ksurf_verdicts *verdicts,
						       size_t i);
/** What becomes of a tool on an image; NULL when there is no such. Lives as long as verdicts. */
KSURF_API const struct ksurf_tool_outcome *
ksurf_verdicts_tool_at(const struct ksurf_verdicts *verdicts, size_t tool, size_t image);
/** NULL is allowed. */
KSURF_API void ksurf_verdicts_free(struct ksurf_verdicts *verdicts);

#ifdef __cplusplus
}
#endif
#endif
