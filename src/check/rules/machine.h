/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Objects that were built for another machine than an image's: inside check/ only. */
#include "check/reasons.h"

/** The machine whose registers the object's own types have, if it is another one than the image's; NULL. */
const struct ks_arch *ks_judge_other_machine(const struct ks_judge *judge);
/**
 * Whether a relocation without a target asks for registers of that machine: then that is the reason, and it is added.
 * @param about of the relocation: its place
 */
bool ks_judge_registers(struct ks_judge *judge, const struct ks_core_spec *spec,
			const struct ks_about *about);
/** The registers that a kprobe's context has on an image: as the object's own types tell, else those of the image's machine; NULL. */
const struct ks_arch_registers *ks_registers_at(const struct ks_bpf_object *object,
						const struct ks_site *site);
