/* SPDX-License-Identifier: BSD-2-Clause */
/* What every init of a virtual machine does. */
#include "guest.h"

#include <stdlib.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

static void name_config(void)
{
	struct utsname uts;
	char config[128];
	uname(&uts);
	snprintf(config, sizeof(config), "/boot/config-%s", uts.release);
	rename("/boot/config", config);
}

FILE *guest_set_up(void)
{
	static const char *const mounts[][2] = {
		{ "proc", "/proc" },
		{ "sysfs", "/sys" },
		{ "devtmpfs", "/dev" },
		{ "debugfs", "/sys/kernel/debug" },
		{ "tracefs", "/sys/kernel/tracing" },
		{ "tracefs", "/sys/kernel/debug/tracing" }, // not by itself in another root
		{ "securityfs", "/sys/kernel/security" },
		{ "bpf", "/sys/fs/bpf" },
		{ "cgroup2", "/sys/fs/cgroup" },
	};
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i][1], 0755);
		mount(mounts[i][0], mounts[i][1], mounts[i][0], 0, NULL);
	}
	setrlimit(RLIMIT_MEMLOCK, &all);
	name_config();
	FILE *out = fopen(getenv("RESULTS") ? getenv("RESULTS") : "/dev/ttyS1", "w");
	return out ? out : stdout;
}

void guest_put_text(FILE *out, const char *key, const char *text, size_t len)
{
	fprintf(out, ", \"%s\": \"", key);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c >= 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
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
	fputs("@done\n", out);
	fflush(out);
	sync();
	reboot(RB_POWER_OFF);
}
