/* SPDX-License-Identifier: BSD-2-Clause */
/* The first and the last thing that an init of a virtual machine does. */
#include "guest.h"

#include <stdlib.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

FILE *guest_set_up(void)
{
	static const char *const mounts[][2] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "debugfs", "/sys/kernel/debug" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "tracefs", "/sys/kernel/debug/tracing" }, // not by itself in another root
		{ "bpf", "/sys/fs/bpf" },
		{ "cgroup2", "/sys/fs/cgroup" },
	};
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i][1], 0755);
		mount(mounts[i][0], mounts[i][1], mounts[i][0], 0, NULL);
	}
	setrlimit(RLIMIT_MEMLOCK, &all);
	FILE *out = fopen(getenv("RESULTS") ? getenv("RESULTS") : "/dev/ttyS1", "w");
	return out ? out : stdout;
}

void guest_put_version(FILE *out)
{
	char line[512] = "";
	FILE *in = fopen("/proc/version", "r");
	if (in && fgets(line, sizeof(line), in))
		fprintf(out, "@begin uname\n%s\n@end uname\n", line);
	if (in)
		fclose(in);
}

void guest_end(FILE *out)
{
	fputs("@told\n@done\n", out);
	fflush(out);
	sync();
	reboot(RB_POWER_OFF);
}
