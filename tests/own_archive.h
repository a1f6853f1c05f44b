/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/* An archive of a test's own, and nobody else's: options that name it, and an apt that knows nothing of the machine's. */
#include "source/net/pull.h"

/** To pull from a server's suite "test", for arm64, signed or not. @param cache a folder for lists */
struct ks_pull_opts own_archive_opts(const char *url, const char *cache);

/** Skip the test where there is no apt. */
void own_apt_need(void);
/**
 * Let apt update from one source alone; it is what apt is for this process until own_apt_forget().
 * @param dir for its state @param file of the source: *.list or *.sources
 */
void own_apt_use(const char *dir, const char *file, const char *source);
void own_apt_forget(void);
