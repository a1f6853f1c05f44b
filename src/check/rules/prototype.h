/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Prototypes and types as C text, of the object and of the kernel in one style: inside check/ only. */
#include "base/buf.h"
#include "btf/btf.h"
#include "surface/model.h"

/** "struct file *(u32, int)"; functions and arrays that parameters point to are cut short. */
void ks_prototype_of_btf(const struct ks_btf *btf, uint32_t proto, struct ks_buf *out);
void ks_prototype_of_type(const struct ks_type *proto, struct ks_buf *out);

/** A type by itself: "struct rq", "int". */
void ks_type_text_of_btf(const struct ks_btf *btf, uint32_t id, struct ks_buf *out);
void ks_type_text_of_type(const struct ks_type *type, struct ks_buf *out);
