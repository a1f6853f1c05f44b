/* SPDX-License-Identifier: BSD-2-Clause */
/* Packages whose kernel the store has, told before they are fetched. */
#include <string.h>

#include "ingest/private.h"

/** What lists say of a package is its checksum: it is the one that came, if one with that did. */
static struct ks_error *find(struct ks_ingest_had *had, const struct ks_remote *remote)
{
	const struct ks_store *given = had->ingest->store;
	_cleanup_store_ struct ks_store *store = NULL;
	KS_TRY(ks_store_open_waiting(ks_store_path(given), KS_STORE_READ, ks_store_wait(given),
				     &store));
	KS_TRY(ks_store_package(store, remote->sha256, &had->label));
	if (had->label && remote->sets)
		had->sets = strdup(remote->sets);
	return NULL;
}

bool ks_ingest_had(void *arg, const struct ks_remote *remote)
{
	struct ks_ingest_had *had = arg;
	free(had->sha256);
	had->sha256 = remote->sha256 ? strdup(remote->sha256) : NULL;
	if (had->sha256 && !had->comes_anyway)
		ks_error_free(find(had, remote)); // what is wrong shows when it is put
	return had->label != NULL;
}
