/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * How the worker lets its parent fetch, over a stream: it asks one thing at a time, and every question but KS_FETCH_WANT gets
 * an answer that is not KS_FETCH_PROGRESS, with any number of those before it.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum ks_fetch_what {
	/* questions */
	KS_FETCH_RESOLVE, // text: a package; number: enum ks_remote_part
	KS_FETCH_EXPAND, // text: what may be a set; numbers: how many of it, whether with debug information
	KS_FETCH_OPEN,	 // text: a URL; number: bytes to ask for at once, 0: all
	KS_FETCH_READ,	 // numbers: offset, bytes at most
	KS_FETCH_WANT,	 // numbers: begin, end
	KS_FETCH_FINISH, // number: bytes at most
	/* answers */
	/**
	 * Resolved: text url, version, sha256, sets, note, each ended by NUL; numbers: size, and split of a
	 * package that is signed by itself. Expanded: the set and packages, each ended by NUL;
	 * numbers: whether it is a set, how many of them are wanted. Else what is known of the file (KS_FETCH_SIZE and so on); opened: text
	 * ks_http_validator().
	 */
	KS_FETCH_DONE,
	KS_FETCH_FAILED, // text: file, message, each ended by NUL; numbers: the code, whether the file is gone, and replaced
	KS_FETCH_PROGRESS, // text: what is done; numbers: done, total
};

enum { KS_FETCH_TEXT_MAX = 1 << 20 };

/** Behind it stands the text. */
struct ks_fetch_message {
	uint32_t what, len; // enum ks_fetch_what; bytes of the text
	uint64_t numbers[4];
};

/** Places of numbers in what is said of an open file. */
enum { KS_FETCH_SIZE, KS_FETCH_TAKEN, KS_FETCH_CAN_JUMP, KS_FETCH_PROVEN };

/** @return false when the other side is gone */
bool ks_fetch_send(int fd, const struct ks_fetch_message *message, const void *text);
/** @param[out] text replaced; NUL follows it */
bool ks_fetch_receive(int fd, struct ks_fetch_message *message, struct ks_buf *text);
/** The texts in it, one after the other; empty when there are no more. @param at where to begin; moved on */
const char *ks_fetch_text(const struct ks_buf *text, size_t *at);
