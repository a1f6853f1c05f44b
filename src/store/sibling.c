/* SPDX-License-Identifier: BSD-2-Clause */
/* Several handles that see one state: each begins to read, and is used if nobody has written since the first one began. */
#include <stdlib.h>

#include "store/private.h"

/** Another file may lie under the path by now. */
static bool has_moved(struct ks_store *store)
{
	int moved = 0;
	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved != 0;
}

static struct ks_error *open_at(struct ks_store *store, int64_t generation, struct ks_store **ret)
{
	_cleanup_store_ struct ks_store *other = NULL;
	int64_t its;
	KS_TRY(ks_store_open_waiting(store->path, KS_STORE_READ, store->wait, &other));
	KS_TRY(ks_store_snapshot_begin(other));
	KS_TRY(ks_counter_get(other, KS_COUNTER_GENERATION, &its));
	if (its == generation && !has_moved(store))
		*ret = ks_take(other);
	return NULL;
}

struct ks_error *ks_siblings_open(struct ks_store *store, size_t nr_wanted, struct ks_siblings *ret)
{
	int64_t generation = 0;
	struct ks_siblings siblings = { .at = calloc(nr_wanted + 1, sizeof(struct ks_store *)) };
	struct ks_error *err = siblings.at ? ks_store_snapshot_begin(store) : &ks_nomem;
	if (err) {
		free(siblings.at);
		return err;
	}
	siblings.at[siblings.nr++] = store;
	err = nr_wanted > 1 ? ks_counter_get(store, KS_COUNTER_GENERATION, &generation) : NULL;
	if (err) {
		ks_siblings_close(&siblings);
		return err;
	}
	while (generation && siblings.nr < nr_wanted) {
		struct ks_store *other = NULL;
		ks_error_free(open_at(store, generation, &other)); // then there are fewer
		if (!other)
			break;
		siblings.at[siblings.nr++] = other;
	}
	*ret = siblings;
	return NULL;
}

void ks_siblings_close(struct ks_siblings *siblings)
{
	for (unsigned int i = 1; i < siblings->nr; i++)
		ks_store_close(siblings->at[i]);
	if (siblings->nr)
		ks_store_snapshot_end(siblings->at[0]);
	free(siblings->at);
	*siblings = (struct ks_siblings){ 0 };
}
