/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What BTF of one image says of a name beyond its declaration: forms, and the types of variables. */
#include "base/hashmap.h"
#include "store/store.h"

/** Where the forms of an image stand, by kind, module and name. Zeroed: they were not asked for yet. */
struct ks_store_forms {
	bool read;
	bool known;	       // the image tells its forms, and the file can be asked for them
	struct ks_hashmap map; // to places in ids, + 1
	const uint64_t *ids;
	const char *const *modules; // in whose BTF each is; NULL: all in the kernel's
};
void ks_store_forms_deinit(struct ks_store_forms *forms);

/**
 * The forms of a name; without any it is in BTF as it is listed, or not at all. In a store the first one reads the names of all.
 * @param forms of this image
 * @param module in whose BTF, where the image is that of modules; NULL: of the kernel
 * @param listed the declaration of the name in the image, which must outlive the result; NULL: there is none
 * @param arena holds the result, and what is remembered in forms
 * @param[out] ret NULL: there are none, or it is not known (forms->known)
 */
KS_MUST_CHECK struct ks_error *
ks_store_forms_of(struct ks_store *store, const struct ks_store_image *image,
		  struct ks_store_forms *forms, enum ks_kind kind, const char *name,
		  const char *module, const struct ks_decl *listed, struct ks_arena *arena,
		  const struct ks_forms **ret);

/** The type of a variable that BTF of an image describes. @param[out] ret NULL: there is none, or it is not known */
KS_MUST_CHECK struct ks_error *ks_store_variable_type(struct ks_store *store,
						      const struct ks_store_image *image,
						      const char *name, struct ks_arena *arena,
						      const struct ks_type **ret);

/** In whose BTF each of the forms of an image is; NULL: of a kernel, all in its own. @param nr forms that there are */
KS_MUST_CHECK struct ks_error *ks_store_form_modules(struct ks_store *store,
						     const struct ks_store_image *image,
						     struct ks_arena *arena, size_t nr,
						     const char *const **ret);
