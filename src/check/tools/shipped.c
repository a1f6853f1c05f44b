/* SPDX-License-Identifier: BSD-2-Clause */
#include "check/tools/tools.h"

#include "check/shipped.toml.h" // builtin: the list that is shipped

struct ks_error *ks_shipped_read(struct ks_policy **ret)
{
	return ks_error_in_file(ks_policy_read(builtin, sizeof(builtin) - 1, ret), "shipped.toml");
}
