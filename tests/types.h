/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Types and declarations as literals, for tests. They live as long as the block they stand in. */
#include "surface/model.h"

#define NAMED(k, text) (&(const struct ks_type){ .kind = (k), .name = (text) })
#define INT(text) NAMED(KS_TYPE_INT, text)
#define TYPEDEF(text) NAMED(KS_TYPE_TYPEDEF, text)
#define STRUCT(text) NAMED(KS_TYPE_STRUCT, text)
#define FWD(text) NAMED(KS_TYPE_FWD_STRUCT, text)
#define ENUM(text, bytes)                                                                          \
	(&(const struct ks_type){ .kind = KS_TYPE_ENUM, .name = (text), .n = (bytes) })
#define VOID (&(const struct ks_type){ .kind = KS_TYPE_VOID })
#define OVER(k, t) (&(const struct ks_type){ .kind = (k), .inner = (t) })
#define PTR(t) OVER(KS_TYPE_PTR, t)
#define CONST(t) OVER(KS_TYPE_CONST, t)
#define ARRAY(t, len) (&(const struct ks_type){ .kind = KS_TYPE_ARRAY, .inner = (t), .n = (len) })
#define PROTO(ret, ...)                                                                            \
	(&(const struct ks_type){ .kind = KS_TYPE_PROTO,                                           \
				  .inner = (ret),                                                  \
				  .nr_params = sizeof((struct ks_param[]){ __VA_ARGS__ }) /        \
					       sizeof(struct ks_param),                            \
				  .params = (const struct ks_param[]){ __VA_ARGS__ } })
#define FUNCTION(text, proto)                                                                      \
	(&(const struct ks_decl){ .kind = KS_FUNCTION, .name = (text), .type = (proto) })
#define RECORD(text, ...)                                                                          \
	(&(const struct ks_decl){ .kind = KS_STRUCT,                                               \
				  .name = (text),                                                  \
				  .nr = sizeof((struct ks_member[]){ __VA_ARGS__ }) /              \
					sizeof(struct ks_member),                                  \
				  .members = (const struct ks_member[]){ __VA_ARGS__ } })
#define VALUES(text, ...)                                                                          \
	(&(const struct ks_decl){ .kind = KS_ENUM,                                                 \
				  .name = (text),                                                  \
				  .nr = sizeof((struct ks_enumerator[]){ __VA_ARGS__ }) /          \
					sizeof(struct ks_enumerator),                              \
				  .values = (const struct ks_enumerator[]){ __VA_ARGS__ } })
