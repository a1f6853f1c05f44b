/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include <stdbool.h>

#include "base/buf.h"

/** Pack an answer as gzip. @return false: it stays as it is */
bool ks_web_pack(struct ks_buf *body);
