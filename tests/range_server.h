/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A web server on loopback for the tests: files from memory, range requests, and bad behaviour on demand. */
struct served_file {
	const char *path; // begins with a slash; NULL ends a list
	const void *bytes;
	size_t len;
};

struct range_server {
	const struct served_file *files;
	bool no_ranges;			   // answer every request with the whole file
	bool wrong_range;		   // parts begin one byte behind what they say
	bool other_range;		   // and say so
	const char *etag, *later_etag;	   // of files and of later; NULL: none
	bool no_length;			   // do not tell how long the file is
	const char *redirected, *location; // a path, and where who asks for it is sent
	unsigned int drip_ms;		   // pause after every byte, of heads and bodies; 0: none
	/** In place of files, from the later_from-th request on; or NULL. */
	const struct served_file *later;
	int later_from;
	_Atomic(const char *) held; // a path: who asks for it waits until this is another one
	atomic_int refuse;	    // so many requests get status 503 first
	atomic_size_t cut_after;    // bytes of a body after which the connection breaks; 0: never
	atomic_int requests, packages_requests;
	atomic_size_t sent; // bytes of bodies
	char url[64];	    // without a slash at the end
	int fd;
	pthread_t thread;
};

/** The caller has filled in files and behaviour. False when there is no loopback to listen on. */
bool range_server_start(struct range_server *s);
void range_server_stop(struct range_server *s);
