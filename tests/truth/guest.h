/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_TRUTH_GUEST_H
#define TESTS_TRUTH_GUEST_H

#include <stdio.h>

/** Mount what an init has to, lift limits, and put the configuration where libbpf looks for it. @return where results go: the serial port that RESULTS names */
FILE *guest_set_up(void);

/** Put `, "KEY": "TEXT"`, the text escaped byte by byte. */
void guest_put_text(FILE *out, const char *key, const char *text, size_t len);

/** Tell which kernel this is, framed as run-vm reads it. */
void guest_put_version(FILE *out);

/** Tell that this was all, and switch the machine off. */
void guest_end(FILE *out);

#endif
