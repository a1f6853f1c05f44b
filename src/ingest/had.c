/* SPDX-License-Identifier: BSD-2-Clause */
/* Packages whose kernel the store has, told before they are fetched. */
#include <string.h>

#include "base/array.h"
#include "base/url.h"
#include "ingest/private.h"

/** The file's name in a URL; what cannot be decoded is no package's. */
static struct ks_error *file_name(const char *url, struct ks_buf *ret)
{
	const char *slash = strrchr(url, '/');
	const char *name = slash ? slash + 1 : url;
	if (!ks_url_decode(ret, name, strlen(name), false))
		ret->len = 0;
	return ks_buf_text(ret) ? NULL : &ks_nomem;
}

/** Whether a file of an archive of Debian's kind, NAME_VERSION_ARCH.deb without the version's epoch, is the package of an image. */
static bool is_package_of(const char *file, const struct ks_image *image)
{
	if (!image->package || !image->package_version || !image->arch)
		return false;
	const char *colon = strchr(image->package_version, ':');
	const char *parts[] = {
		image->package, "_", colon ? colon + 1 : image->package_version, "_",
		image->arch,	"."
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(parts); i++) {
		size_t len = strlen(parts[i]);
		if (strncmp(file, parts[i], len) != 0)
			return false;
		file += len;
	}
	return strcmp(file, "deb") == 0 || strcmp(file, "ddeb") == 0;
}

/** By the checksum, if it came by a plan. Others that came, as files or out of archives, are known by what their images say of them. */
static struct ks_error *find(struct ks_ingest_had *had, const struct ks_remote *remote)
{
	const struct ks_store *given = had->ingest->store;
	_cleanup_store_ struct ks_store *store = NULL;
	_cleanup_arena_ struct ks_arena arena = { 0 };
	_cleanup_buf_ struct ks_buf file = { 0 };
	struct ks_store_images images;
	KS_TRY(file_name(remote->url, &file));
	KS_TRY(ks_store_open_waiting(ks_store_path(given), KS_STORE_READ, ks_store_wait(given),
				     &store));
	if (remote->sha256)
		KS_TRY(ks_store_package(store, remote->sha256, &had->label));
	KS_TRY(ks_store_images(store, &arena, &images));
	for (size_t i = 0; i < images.nr && !had->label; i++)
		if ((images.at[i]->known & KS_KNOWS(KS_CONFIG)) &&
		    is_package_of(file.at, &images.at[i]->image))
			had->label = strdup(images.at[i]->image.label);
	if (had->label && remote->sets)
		had->sets = strdup(remote->sets);
	return NULL;
}

bool ks_ingest_had(void *arg, const struct ks_remote *remote)
{
	struct ks_ingest_had *had = arg;
	ks_error_free(find(had, remote)); // what is wrong shows when it is put
	return had->label != NULL;
}
