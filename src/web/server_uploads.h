/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Requests that a worker answers: how many are heard and looked at at once, and how many of one client. */
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

enum { KS_WEB_WORKING = 6 }; // that workers look at

struct ks_web_uploads;
/** @param max_bytes of one body @param local only this machine can connect: all may be one proxy's @return NULL: no memory */
struct ks_web_uploads *ks_web_uploads_new(size_t max_bytes, bool local);
void ks_web_uploads_free(struct ks_web_uploads *uploads); // NULL is allowed

/** One of them. A zeroed one with an address is ready. */
struct ks_web_upload_place {
	struct sockaddr_in6 from; // the address alone, of whatever family
	struct ks_web_upload_place *next;
	size_t bytes; // of its body, that have come
	bool heard, works;
};
/** From its head on. @return false: there are too many */
bool ks_web_upload_begin(struct ks_web_uploads *uploads, struct ks_web_upload_place *place);
/** So many bytes of the body have come. @return false: it is not heard; one body, or all of them, are too long */
bool ks_web_upload_hears(struct ks_web_uploads *uploads, struct ks_web_upload_place *place,
			 size_t bytes);
/** All of it is there, and a worker may look at it: who only drips keeps none from that. @return false: there are too many */
bool ks_web_upload_works(struct ks_web_uploads *uploads, struct ks_web_upload_place *place);
/** It is answered, or gone; that may be said twice. */
void ks_web_upload_end(struct ks_web_uploads *uploads, struct ks_web_upload_place *place);
