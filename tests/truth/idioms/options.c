// SPDX-License-Identifier: BSD-2-Clause
/* Options in variables of every type, in an object each: build-idioms sets IDIOM. */
#include "idiom.h"

// clang-format off
#define OPTION(name, type, option) extern type option __kconfig; BODY("raw_tp/sched_switch", name, bpf_printk("%d", option))

#if IDIOM == 1
OPTION(bool_of_number, bool, CONFIG_HZ)
#elif IDIOM == 2
OPTION(char_of_number, char, CONFIG_HZ)
#elif IDIOM == 3
OPTION(bool_of_module, bool, CONFIG_NF_CONNTRACK)
#elif IDIOM == 4
OPTION(char_of_module, char, CONFIG_NF_CONNTRACK)
#elif IDIOM == 5
OPTION(number_of_yes, int, CONFIG_BPF)
#elif IDIOM == 6
OPTION(char_of_yes, char, CONFIG_BPF)
#elif IDIOM == 7
OPTION(number_of_text, int, CONFIG_DEFAULT_HOSTNAME)
#elif IDIOM == 8
OPTION(byte_of_number, unsigned char, CONFIG_NR_CPUS)
#elif IDIOM == 9
extern char CONFIG_HZ[8] __kconfig;
BODY("raw_tp/sched_switch", text_of_number, bpf_printk("%d", CONFIG_HZ[0]))
#elif IDIOM == 10
OPTION(version_short, unsigned short, LINUX_KERNEL_VERSION)
#elif IDIOM == 11
extern int OTHER __kconfig __weak;
BODY("raw_tp/sched_switch", no_option, bpf_printk("%d", OTHER))
#elif IDIOM == 12
extern int LINUX_NO_SUCH_VALUE __kconfig __weak;
BODY("raw_tp/sched_switch", no_value, bpf_printk("%d", LINUX_NO_SUCH_VALUE))
#endif
