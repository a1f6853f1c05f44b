/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* What the files of this room share. */
#include "elf/image.h"

/** Put the values of dynamic relocations where they belong, in copies of the sections they change. */
KS_MUST_CHECK struct ks_error *ks_elf_relocate(struct ks_elf *elf);
