/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_TRUTH_GUEST_H
#define TESTS_TRUTH_GUEST_H

#include <stdio.h>

/** Mount what an init has to, and lift limits. @return where results go: the serial port that RESULTS names */
FILE *guest_set_up(void);

/** Tell which kernel this is, framed as run-vm reads it. */
void guest_put_version(FILE *out);

/** Tell that all was asked, and switch the machine off. */
void guest_end(FILE *out);

#endif
