/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/**
 * How far apart lies what threads write all the time: in one line of the cache, each of them waits for what the other writes. Two
 * lines, for processors fetch them in pairs.
 */
enum { KS_APART = 128 };
