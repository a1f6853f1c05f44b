/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events of two kernels of Debian, against what these kernels said of themselves when they were booted:
 * available_events and the format files of tracefs, out of KSURF_SHARED. Opt-in, since it needs the kernels with
 * debug information: vmlinux-RELEASE in KSURF_PARITY_DIR, as in test_parity.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "elf_file.h"
#include "extract/extract.h"
#include "kernel_list.h"

static struct ks_surface *read_kernel(const char *release)
{
	const char *folder = getenv("KSURF_PARITY_DIR");
	char path[4096];
	snprintf(path, sizeof(path), "%s/vmlinux-%s", folder ? folder : "", release);
	_cleanup_elf_ struct ks_elf *elf = folder ? elf_file_open(path) : NULL;
	struct ks_surface *surface = NULL;
	if (!elf)
		return NULL;
	const struct ks_extract_opts opts = { .nr_threads = ks_pool_default_threads() };
	assert_null(ks_extract(elf, &opts, &surface));
	return surface;
}

/** Tick an event off the kernel's list. */
static bool tick(const struct kernel_list *booted, bool *ticked, const char *system,
		 const char *prefix, const char *name)
{
	char text[256];
	snprintf(text, sizeof(text), "%s:%s%s", system ? system : "?", prefix, name);
	for (size_t i = 0; i < booted->nr; i++)
		if (strcmp(booted->at[i], text) == 0 && !ticked[i])
			return ticked[i] = true;
	print_error("the kernel does not list %s, or it is here twice\n", text);
	return false;
}

static void check_events(const struct ks_surface *surface, const struct kernel_list *booted)
{
	bool *ticked = calloc(booted->nr, sizeof(*ticked)), ok = true;
	assert_non_null(ticked);
	for (size_t i = 0; i < surface->nr_tracepoints; i++)
		ok &= tick(booted, ticked, surface->tracepoints[i].system, "",
			   surface->tracepoints[i].event);
	for (size_t i = 0; i < surface->nr_syscalls; i++)
		if (surface->syscalls[i].traced) {
			const char *name = surface->syscalls[i].name;
			ok &= tick(booted, ticked, "syscalls", "sys_enter_", name);
			ok &= tick(booted, ticked, "syscalls", "sys_exit_", name);
		}
	for (size_t i = 0; i < booted->nr; i++)
		if (!ticked[i]) {
			print_error("only the kernel lists %s\n", booted->at[i]);
			ok = false;
		}
	free(ticked);
	assert_true(ok);
}

static const struct ks_tracepoint *find_event(const struct ks_surface *surface, const char *name)
{
	for (size_t i = 0; i < surface->nr_tracepoints; i++)
		if (strcmp(surface->tracepoints[i].event, name) == 0)
			return &surface->tracepoints[i];
	return NULL;
}

/** "field:char comm[16];	offset:8;	size:16; …" is a member of the record, at that place. */
static bool record_has(const struct ks_decl *record, char *field)
{
	const char *offset = strstr(field, "offset:");
	char *end = strchr(field, ';');
	if (!offset || !end)
		return false;
	*end = '\0';
	bool located = strstr(field, "__data_loc") != NULL;
	char *bracket = strrchr(field, '[');
	if (bracket && !located)
		*bracket = '\0';
	const char *name = strrchr(field, ' ');
	char member[256];
	snprintf(member, sizeof(member), "%s%s", located ? "__data_loc_" : "",
		 name ? name + 1 : "");
	for (uint32_t i = 0; i < record->nr; i++)
		if (strcmp(record->members[i].name, member) == 0)
			return record->members[i].bits_offset == 8 * strtoull(offset + 7, NULL, 10);
	return false;
}

/** @return how many fields of tracepoints were compared */
static size_t check_formats(const struct ks_surface *surface, char *text)
{
	const struct ks_tracepoint *event = NULL;
	size_t nr = 0;
	char *save = NULL;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "name: ", 6) == 0)
			event = find_event(surface, line + 6); // not for system calls
		if (!event || strncmp(line, "\tfield:", 7) != 0 || strstr(line, " common_"))
			continue;
		nr++;
		if (!record_has(event->record, line + 7))
			fail_msg("%s: %s is no member of struct %s, or at another place",
				 event->event, line + 7, event->struct_name);
	}
	return nr;
}

static void check_kernel(const char *release)
{
	struct kernel_list booted;
	_cleanup_surface_ struct ks_surface *surface = read_kernel(release);
	if (!surface || !kernel_list_read(release, "available_events", &booted)) {
		print_message("needs KSURF_PARITY_DIR/vmlinux-%s and KSURF_SHARED\n", release);
		skip();
	}
	assert_true(surface->image.facts & KS_FACT_TRACED);
	check_events(surface, &booted);
	kernel_list_free(&booted);
	char *formats = kernel_list_text(release, "event_formats");
	assert_non_null(formats);
	assert_true(check_formats(surface, formats) > 2000);
	free(formats);
}

static void events_of_5_10_are_those_of_the_booted_kernel(void **state)
{
	(void)state;
	check_kernel("5.10.0-32-amd64");
}

static void events_of_6_1_are_those_of_the_booted_kernel(void **state)
{
	(void)state;
	check_kernel("6.1.0-50-amd64");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_of_5_10_are_those_of_the_booted_kernel),
		cmocka_unit_test(events_of_6_1_are_those_of_the_booted_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
