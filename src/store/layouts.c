/* SPDX-License-Identifier: BSD-2-Clause */
/* The two layouts of files, each a row of functions. */
#include "store/catalogue.h"
#include "store/layout.h"

/** A store is laid out by images: others cost nothing. */
static struct ks_error *expect_nothing(struct ks_store *store, const struct ks_store_images *images)
{
	(void)store;
	(void)images;
	return NULL;
}

const struct ks_layout ks_layout_store = {
	.images = ks_rows_images,
	.expect = expect_nothing,
	.seek = ks_rows_seek,
	.next = ks_rows_next,
	.names = ks_rows_names,
	.columns = ks_rows_columns,
	.places = ks_rows_places,
	.moves = ks_rows_moves,
	.find = ks_rows_find,
	.symbol = ks_rows_symbol,
	.block = KS_SQL_BLOCK,
	.blocks = KS_SQL_BLOCKS_DIFFER,
	.whole = true,
};

const struct ks_layout ks_layout_catalogue = {
	.images = ks_catalogue_images,
	.expect = ks_catalogue_expect,
	.seek = ks_catalogue_seek,
	.next = ks_catalogue_next,
	.names = ks_catalogue_names,
	.columns = ks_catalogue_columns,
	.places = ks_catalogue_places,
	.moves = ks_catalogue_moves,
	.find = ks_catalogue_find,
	.symbol = ks_catalogue_symbol,
	.block = KS_SQL_CATALOGUE_BLOCK,
	.blocks = KS_SQL_CATALOGUE_BLOCKS,
	.apart = true,
};

struct ks_error *ks_store_expect(struct ks_store *store, const struct ks_store_images *images)
{
	return ks_error_in_file(store->layout->expect(store, images), store->path);
}
