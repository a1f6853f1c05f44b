/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text/json_image.h"
#include "surface/image.h"

void ks_json_image(struct ks_json *json, const struct ks_image *image)
{
	ks_json_key_str(json, "image", image->label);
	ks_json_key_str(json, "release", image->release);
	ks_json_key_str(json, "version", image->version);
	ks_json_key_str(json, "arch", image->arch);
	ks_json_key_str(json, "flavor", image->flavor);
	ks_json_key_str(json, "tier", ks_image_tier_text(image));
}
