/* SPDX-License-Identifier: BSD-2-Clause */
/* What a libbpf that was built against a newer C library calls by new names; weak, for where they exist. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define WEAK __attribute__((__weak__))

WEAK unsigned long long __isoc23_strtoull(const char *text, char **end, int base);
WEAK unsigned long __isoc23_strtoul(const char *text, char **end, int base);
WEAK long __isoc23_strtol(const char *text, char **end, int base);
WEAK int __isoc23_sscanf(const char *text, const char *fmt, ...);
WEAK int __isoc23_fscanf(FILE *file, const char *fmt, ...);

unsigned long long __isoc23_strtoull(const char *text, char **end, int base)
{
	return strtoull(text, end, base);
}

unsigned long __isoc23_strtoul(const char *text, char **end, int base)
{
	return strtoul(text, end, base);
}

long __isoc23_strtol(const char *text, char **end, int base)
{
	return strtol(text, end, base);
}

int __isoc23_sscanf(const char *text, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n = vsscanf(text, fmt, args);
	va_end(args);
	return n;
}

int __isoc23_fscanf(FILE *file, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n = vfscanf(file, fmt, args);
	va_end(args);
	return n;
}
