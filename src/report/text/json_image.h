/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
#include "base/json.h"
#include "surface/model.h"

/** The members of an open object that say which image it is about. */
void ks_json_image(struct ks_json *json, const struct ks_image *image);
