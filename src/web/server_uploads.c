/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/server_uploads.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	HEARD = 256, // at once
	OF_ONE = 2,  // client
	BODIES = 8,  // so many of the longest are held in memory
};

struct ks_web_uploads {
	pthread_mutex_t lock; // of what follows, and of all places
	struct ks_web_upload_place *first;
	size_t nr, nr_working, bytes;
	size_t max_bytes;
	bool local;
};

struct ks_web_uploads *ks_web_uploads_new(size_t max_bytes, bool local)
{
	struct ks_web_uploads *uploads = calloc(1, sizeof(*uploads));
	if (!uploads)
		return NULL;
	uploads->max_bytes = max_bytes;
	uploads->local = local;
	pthread_mutex_init(&uploads->lock, NULL);
	return uploads;
}

void ks_web_uploads_free(struct ks_web_uploads *uploads)
{
	if (!uploads)
		return;
	pthread_mutex_destroy(&uploads->lock);
	free(uploads);
}

static size_t count_of(const struct ks_web_uploads *uploads, const struct sockaddr_in6 *from)
{
	size_t nr = 0;
	for (const struct ks_web_upload_place *at = uploads->first; at; at = at->next)
		nr += memcmp(&at->from, from, sizeof(*from)) == 0;
	return nr;
}

bool ks_web_upload_begin(struct ks_web_uploads *uploads, struct ks_web_upload_place *place)
{
	pthread_mutex_lock(&uploads->lock);
	place->heard =
		uploads->nr < HEARD && (uploads->local || count_of(uploads, &place->from) < OF_ONE);
	if (place->heard) {
		place->next = uploads->first;
		uploads->first = place;
		uploads->nr++;
	}
	pthread_mutex_unlock(&uploads->lock);
	return place->heard;
}

bool ks_web_upload_hears(struct ks_web_uploads *uploads, struct ks_web_upload_place *place,
			 size_t bytes)
{
	if (!place->heard)
		return false;
	pthread_mutex_lock(&uploads->lock);
	place->bytes += bytes;
	uploads->bytes += bytes;
	bool fits =
		place->bytes <= uploads->max_bytes && uploads->bytes / BODIES <= uploads->max_bytes;
	pthread_mutex_unlock(&uploads->lock);
	return fits;
}

bool ks_web_upload_works(struct ks_web_uploads *uploads, struct ks_web_upload_place *place)
{
	pthread_mutex_lock(&uploads->lock);
	place->works = uploads->nr_working < KS_WEB_WORKING;
	uploads->nr_working += place->works;
	pthread_mutex_unlock(&uploads->lock);
	return place->works;
}

void ks_web_upload_end(struct ks_web_uploads *uploads, struct ks_web_upload_place *place)
{
	pthread_mutex_lock(&uploads->lock);
	if (place->heard) {
		struct ks_web_upload_place **at = &uploads->first;
		while (*at != place)
			at = &(*at)->next;
		*at = place->next;
		uploads->nr--;
		uploads->nr_working -= place->works;
		uploads->bytes -= place->bytes;
		place->heard = place->works = false;
	}
	pthread_mutex_unlock(&uploads->lock);
}
