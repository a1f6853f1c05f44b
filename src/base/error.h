/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#define KS_MUST_CHECK __attribute__((__warn_unused_result__))
#define KS_PRINTF(fmt, args) __attribute__((__format__(__printf__, fmt, args)))

/** What kind of failure it is; the command line turns it into an exit status. */
enum ks_errcode {
	KS_ERR_NOMEM = 1,
	KS_ERR_IO,	    // the operating system refused: file, disk, permission
	KS_ERR_DATA,	    // the bytes are not what they claim to be
	KS_ERR_UNSUPPORTED, // well-formed, but nothing ksurf can read
	KS_ERR_USAGE,	    // the caller asked for something that makes no sense
	KS_ERR_NOTFOUND,    // no such image, name or file in the store
	KS_ERR_STORE,	    // the store is foreign, too new, locked or damaged
	KS_ERR_NET,	    // a server did not answer as it should
	KS_ERR_CANCELLED,   // the caller wanted it to end before it was done
};

/**
 * A failure on its way to whoever reports it. NULL means success.
 * The text names what happened and what to do; the place is filled in by the layer that knows it.
 */
struct ks_error {
	enum ks_errcode code;
	char *msg;
	char *file;	     // NULL when no file is involved
	const char *section; // static text such as ".debug_info"; NULL when the whole file is meant
	uint64_t offset;     // bytes from the start of section
	bool is_gone;	     // KS_ERR_NET: the server answers, and does not have the file
	bool is_replaced;    // KS_ERR_NET: the server has another file of that name by now
};

/** Reporting that memory ran out must not need memory: this one is static and never freed. */
extern struct ks_error ks_nomem;

/** Make an error. @param fmt as printf; %m is the caller's errno. Never NULL: falls back to &ks_nomem. */
KS_PRINTF(2, 3) struct ks_error *ks_error_new(enum ks_errcode code, const char *fmt, ...);

/** The same error once more, for somebody else. NULL gives NULL; never NULL else: falls back to &ks_nomem. */
struct ks_error *ks_error_copy(const struct ks_error *err);

/** Name the file of an error, unless an inner layer already did. Passes NULL through. */
struct ks_error *ks_error_in_file(struct ks_error *err, const char *file);

/** Name section and offset of an error, unless an inner layer already did. @param section static text */
struct ks_error *ks_error_at(struct ks_error *err, const char *section, uint64_t offset);

/** Put "fmt: " in front of the message. Passes NULL through. */
KS_PRINTF(2, 3) struct ks_error *ks_error_wrap(struct ks_error *err, const char *fmt, ...);

/**
 * The whole error as one line without newline: "file: section+0xoffset: message", as ks_text_write() makes it for
 * KS_TEXT_LINE: files and servers have their say in messages. Caller frees; NULL when memory runs out.
 */
char *ks_error_text(const struct ks_error *err);

/** NULL and &ks_nomem are allowed. */
void ks_error_free(struct ks_error *err);

/** Of several failures the first is told: keep err where there is none yet, else free it. NULL is no failure. */
void ks_error_keep_first(struct ks_error **first, struct ks_error *err);

static inline void ks_error_freep(struct ks_error **err)
{
	ks_error_free(*err);
}
#define _cleanup_error_ __attribute__((__cleanup__(ks_error_freep)))

/** Hand an error (or a resource) over: returns it and disarms the guard of the variable. */
#define ks_take(ptr)                                                                               \
	__extension__({                                                                            \
		__typeof__(ptr) taken_ = (ptr);                                                    \
		(ptr) = NULL;                                                                      \
		taken_;                                                                            \
	})

/** Leave the function with the error of an expression, if it has one. */
#define KS_TRY(expr)                                                                               \
	do {                                                                                       \
		struct ks_error *err_ = (expr);                                                    \
		if (err_)                                                                          \
			return err_;                                                               \
	} while (0)
