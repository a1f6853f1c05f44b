/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

MODULE("beta");

struct both_have {
	long betas;
};
struct both_have beta_both;

/* Facts: defined here, called in alpha. */
int beta_export(struct device *dev)
{
	return dev->id * (int)beta_both.betas;
}
