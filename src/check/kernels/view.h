/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * What a set of images says of names, asked for once per name and remembered: the door between the store and
 * everything that is judged. Any number of threads may ask at once.
 */
#include "attach/facts.h"
#include "store/store.h"

struct ks_view;

/** Answers for one name: as ks_store_history(). Called by one thread at a time. */
typedef struct ks_error *ks_view_source_fn(void *arg, enum ks_kind kind, const char *name,
					   struct ks_arena *arena, struct ks_history *ret);
/** What images say of a symbol of any type. variable: is it one that BTF describes? Otherwise: is it any symbol of kallsyms? */
typedef struct ks_error *ks_view_symbol_fn(void *arg, const char *name, bool variable,
					   enum ks_presence *ret);

/** What BTF of an image says of a name beyond its declaration. */
struct ks_view_btf {
	bool known;
	const struct ks_forms *forms;	// NULL: what is listed, or nothing
	const struct ks_type *variable; // the type of a variable; NULL: not known
};
/** Answers that for one image. @param kind KS_NR_KINDS: the name is a variable's @param listed the declaration of the name; NULL */
typedef struct ks_error *ks_view_btf_fn(void *arg, size_t image, enum ks_kind kind,
					const char *name, const struct ks_decl *listed,
					struct ks_arena *arena, struct ks_view_btf *ret);

/** Names, sorted. */
struct ks_view_names {
	size_t nr;
	const char *const *at;
	bool more; // too many to tell them all
};
/** The functions that any of the images has, and whose names match a glob. @param arena holds the result */
typedef struct ks_error *ks_view_names_fn(void *arg, const char *glob, struct ks_arena *arena,
					  struct ks_view_names *ret);

/**
 * Whether some image that holds a choice of names has a name: those that the view does not show count, too. Then the choice
 * has it, and such an image without it does not.
 */
typedef struct ks_error *ks_view_chosen_fn(void *arg, enum ks_kind kind, const char *name,
					   bool *ret);

/** Where a view gets its answers from. */
struct ks_view_source {
	ks_view_source_fn *history;
	ks_view_symbol_fn *symbol; // NULL: nothing is told about symbols
	ks_view_names_fn *names;   // NULL: nothing is told about all names
	ks_view_btf_fn *btf;	   // NULL: nothing is told of BTF beyond declarations
	bool (*mute)(const void *arg,
		     size_t image); // its modules were read without types; NULL: none
	ks_view_chosen_fn *chosen;  // NULL: there are no images but those of the view
	void (*free)(void *arg);    // NULL: arg is borrowed
	void *arg;
};

/**
 * @param source its arg is the view's from now on, when it can be freed
 * @param images borrowed as long as the view
 * @param modules what modules in the store say counts, too
 */
KS_MUST_CHECK struct ks_error *ks_view_new(const struct ks_view_source *source, size_t nr_images,
					   const struct ks_image *const *images, bool modules,
					   struct ks_view **ret);
void ks_view_free(struct ks_view *view); // NULL is allowed
static inline void ks_view_freep(struct ks_view **view)
{
	ks_view_free(*view);
}
#define _cleanup_view_ __attribute__((__cleanup__(ks_view_freep)))

/** Bytes that what was asked takes. */
size_t ks_view_bytes(struct ks_view *view);

/** The images of a store as a view; store and images are borrowed. */
KS_MUST_CHECK struct ks_error *ks_view_over_store(struct ks_store *store,
						  const struct ks_store_images *images,
						  bool modules, struct ks_view **ret);

/** The first failure of the source, handed over to the caller; until then every answer was "not known". */
KS_MUST_CHECK struct ks_error *ks_view_error(struct ks_view *view);

/** One image of a view: what every question is put to. */
struct ks_site {
	struct ks_view *view;
	size_t at; // which image
	const struct ks_image *image;
	uint32_t version; // ks_version() of the kernel, 0 when unknown
	uint8_t ptr_size; // bytes
	bool big_endian;
	bool modules;	   // those that the store knows are loaded
	bool modules_mute; // and some of them were read without their types
	bool module_types; // and the kernel tells their types (since 5.11)
};
/** Since when kernels tell the types of their modules. */
extern const struct ks_gate ks_module_types;
/** How many images a view has. */
size_t ks_view_size(const struct ks_view *view);
/** The image of a view with that number. */
struct ks_site ks_view_site(struct ks_view *view, size_t at);

/** Whether both are the same image of the same view. */
static inline bool ks_site_same(const struct ks_site *a, const struct ks_site *b)
{
	return a->view == b->view && a->at == b->at;
}

/** What the image says of a name; never NULL. */
const struct ks_fact *ks_site_fact(const struct ks_site *site, enum ks_kind kind, const char *name);
/** Whether it has a symbol, of a variable that BTF describes or of any type. */
enum ks_presence ks_site_symbol(const struct ks_site *site, const char *name, bool variable);
/** What its BTF, or that of the module it is of, says of a declaration beyond that: KS_FUNCTION to KS_INT. */
struct ks_view_btf ks_site_btf(const struct ks_site *site, const struct ks_decl *decl);
/** The type of a variable that its BTF describes; NULL: not known. */
const struct ks_type *ks_site_variable(const struct ks_site *site, const char *name);
/** Functions that some image of the view has, by a glob of their names without suffix; NULL when it does not tell. */
const struct ks_view_names *ks_site_functions(const struct ks_site *site, const char *glob);
/** A configuration option: "y", "m", "n", …; NULL when the image does not tell. An option not listed is "n". */
const char *ks_site_option(const struct ks_site *site, const char *name);

/** LINUX_KERNEL_VERSION as libbpf finds it, which is not in every release's name; 0 when it cannot. */
uint32_t ks_version_of_image(const struct ks_image *image);
