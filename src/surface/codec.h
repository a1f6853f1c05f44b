/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * Canonical bytes of definitions: equal values give equal bytes, whatever the image, the machine and the number
 * of threads, so that the bytes can be hashed and kept once (docs/store.md has the format). They need nothing
 * outside themselves: names stand inside as NUL-terminated text, numbers as LEB128, type trees in prefix
 * notation.
 *
 * Writers append to a ks_buf, which remembers when memory runs out. Readers take hostile bytes: every count is
 * bounded by the bytes that are left, nesting by KS_CODEC_DEPTH. The text of what they give points into the
 * cursor's bytes, so these must live as long as the value; everything else comes from the arena.
 * Readers return NULL, KS_ERR_DATA or KS_ERR_NOMEM, and leave the cursor behind what they read. A function or a
 * tracepoint takes all the bytes there are: what is left out at its end is 0 or NULL.
 */
#include "base/buf.h"
#include "base/cursor.h"
#include "base/error.h"
#include "surface/model.h"
#include "surface/moves.h"

/** How deep a type may nest; no C compiler's output comes near. A deeper one loses what is below. */
enum { KS_CODEC_DEPTH = 200 };
/** Bytes of one type tree; what comes behind them is lost. A hostile image's few types can spell out to terabytes. */
enum { KS_CODEC_TREE = 1 << 20 };

/** struct, union, enum, typedef, int or prototype: everything, kind and name included. */
void ks_codec_put_decl(struct ks_buf *buf, const struct ks_decl *decl);
KS_MUST_CHECK struct ks_error *ks_codec_get_decl(struct ks_cursor *c, struct ks_arena *arena,
						 struct ks_decl *ret);

/** The name alone of a declaration. @param ret points into the cursor's bytes */
KS_MUST_CHECK struct ks_error *ks_codec_decl_name(struct ks_cursor c, const char **ret);

/**
 * A function without the facts that change with every build (addresses, sizes, lines), which go to struct
 * ks_facts. An entry's prototype that equals the listed one is a mark only, so two images share the bytes
 * even when what they list differs.
 * @param listed the declaration of the function's name in its surface; NULL when there is none. The reader
 *	hands out its type as it is: it must outlive the result.
 */
void ks_codec_put_function(struct ks_buf *buf, const struct ks_function *fn,
			   const struct ks_decl *listed);
KS_MUST_CHECK struct ks_error *ks_codec_get_function(struct ks_cursor *c, struct ks_arena *arena,
						     const struct ks_decl *listed,
						     struct ks_function *ret);

/** Everything, as for the two kinds that follow. */
void ks_codec_put_tracepoint(struct ks_buf *buf, const struct ks_tracepoint *tp);
KS_MUST_CHECK struct ks_error *ks_codec_get_tracepoint(struct ks_cursor *c, struct ks_arena *arena,
						       struct ks_tracepoint *ret);

void ks_codec_put_ambiguity(struct ks_buf *buf, const struct ks_ambiguity *ambiguity);
KS_MUST_CHECK struct ks_error *ks_codec_get_ambiguity(struct ks_cursor *c, struct ks_arena *arena,
						      struct ks_ambiguity *ret);

void ks_codec_put_option(struct ks_buf *buf, const struct ks_option *option);
KS_MUST_CHECK struct ks_error *ks_codec_get_option(struct ks_cursor *c, struct ks_option *ret);

/**
 * The forms of a name, as far as they do not follow from what is listed for it: two images share the bytes even when what they
 * list differs. The module is not among the bytes: many modules say the same.
 * @param listed the declaration of that kind and name in the surface that is read, or NULL: it must outlive the result
 */
void ks_codec_put_forms(struct ks_buf *buf, const struct ks_forms *forms);
KS_MUST_CHECK struct ks_error *ks_codec_get_forms(struct ks_cursor *c, struct ks_arena *arena,
						  const struct ks_decl *listed,
						  struct ks_forms *ret);
/** Kind and name alone. @param ret the name points into the cursor's bytes */
KS_MUST_CHECK struct ks_error *ks_codec_forms_name(struct ks_cursor c, struct ks_forms *ret);

/** A variable without its offset, which changes with every build. */
void ks_codec_put_variable(struct ks_buf *buf, const struct ks_variable *variable);
KS_MUST_CHECK struct ks_error *ks_codec_get_variable(struct ks_cursor *c, struct ks_arena *arena,
						     struct ks_variable *ret);

/** The per-image facts of functions: three streams, because each compresses best among its like. */
struct ks_facts_buf {
	struct ks_buf lines, sizes, addrs;
};
void ks_facts_buf_deinit(struct ks_facts_buf *facts);

/** One function's part of each stream. */
struct ks_facts {
	struct ks_cursor lines, sizes, addrs;
};

/** @param anchor an address near those of the image, the same when reading: small distances are short. */
void ks_codec_put_facts(struct ks_facts_buf *facts, const struct ks_function *fn, uint64_t anchor);

/** Fill the facts of a function that ks_codec_get_function() has read, in place. */
KS_MUST_CHECK struct ks_error *ks_codec_get_facts(struct ks_facts *facts, uint64_t anchor,
						  struct ks_function *fn);

/**
 * The facts of a function as what differs from those of its base; nothing, where they are as foreseen.
 * @param was the same function, with the facts of the base
 */
void ks_codec_put_moved(struct ks_facts_buf *facts, const struct ks_function *fn,
			const struct ks_function *was, const struct ks_moves *moves);

/**
 * Make the facts of the base those of the image, in place: ks_codec_get_facts() has filled them in.
 * @param arena for what is needed meanwhile
 */
KS_MUST_CHECK struct ks_error *ks_codec_get_moved(struct ks_facts *facts,
						  const struct ks_moves *moves,
						  struct ks_arena *arena, struct ks_function *fn);
