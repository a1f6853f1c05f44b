/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* Debug information in a file of its own, as `objcopy --only-keep-debug` leaves it: all sections, and the bytes of some. */
#include "elf/image.h"

/** Whether a file lists code that it does not have. */
bool ks_elf_is_apart(const struct ks_elf *elf);
/** Whether two files are of one build: the notes that both have, with the build id, are the same. */
bool ks_elf_same_build(const struct ks_elf *a, const struct ks_elf *b);
/**
 * Give a file what is in the stripped one of the same build: bytes of sections of the same name, place and size.
 * @param code taken over, and open as long as elf is; its bytes stay the caller's
 */
void ks_elf_join(struct ks_elf *elf, struct ks_elf *code);
