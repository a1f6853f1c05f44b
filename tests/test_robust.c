/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Damaged images end in a clear error or in a valid surface: never in a crash, never in a hang.
 * Mini kernels always; a real one when KSURF_VMLINUX names it (KSURF_FLIPS says how many bytes of it are
 * flipped, 2000 by default).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/vector.h"
#include "extract/extract.h"

enum { NR_CUTS = 200, NR_FLIPS = 2000, MINI_FLIPS = 300, LIMIT_SECONDS = 10 };

/** A run of bytes in an image. */
struct span {
	size_t offset, len;
};

/** An image that may be changed without changing its file. */
struct victim {
	char path[4096];
	uint8_t *map;
	size_t len;
	KS_VECTOR(struct span) spans; // of the debug sections
	uint64_t span_bytes;
	unsigned int nr_threads;
};

static struct victim *victim_open(struct victim *victim, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		fail_msg("%s: cannot open", path);
	*victim = (struct victim){ .len = (size_t)st.st_size, .nr_threads = 1 };
	snprintf(victim->path, sizeof(victim->path), "%s", path);
	victim->map = mmap(NULL, victim->len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	assert_ptr_not_equal(victim->map, MAP_FAILED);
	return victim;
}

static void victim_close(struct victim *victim)
{
	munmap(victim->map, victim->len);
}

/** What must hold of any surface: every table can be walked, every name is there. */
static bool surface_is_valid(const struct ks_surface *surface)
{
	size_t bytes = 0;
	for (size_t i = 0; i < surface->nr_functions; i++) {
		const struct ks_function *fn = &surface->functions[i];
		bytes += strlen(fn->name);
		for (uint32_t e = 0; e < fn->nr_entries; e++)
			for (uint32_t c = 0; c < fn->entries[e].nr_direct_callers; c++)
				bytes += strlen(fn->entries[e].direct_callers[c].function);
	}
	for (int kind = 0; kind <= KS_INT; kind++)
		for (size_t i = 0; i < surface->decls[kind].nr; i++) {
			const struct ks_decl *decl = &surface->decls[kind].at[i];
			bytes += strlen(decl->name);
			bool record = kind == KS_STRUCT || kind == KS_UNION;
			for (uint32_t m = 0; record && m < decl->nr; m++)
				bytes += strlen(decl->members[m].name);
		}
	for (size_t i = 0; i < surface->nr_tracepoints; i++)
		bytes += strlen(surface->tracepoints[i].event);
	return bytes < SIZE_MAX;
}

/** Read the image up to len; the text of the error, if there is one, must say something. */
static bool survives(const struct victim *victim, size_t len)
{
	_cleanup_elf_ struct ks_elf *elf = NULL;
	_cleanup_surface_ struct ks_surface *surface = NULL;
	_cleanup_error_ struct ks_error *err = ks_elf_open_memory(victim->map, len, &elf);
	if (!err)
		err = ks_extract(elf, &(struct ks_extract_opts){ .nr_threads = victim->nr_threads },
				 &surface);
	if (err)
		return err->msg && err->msg[0];
	return surface_is_valid(surface);
}

/** One way to damage an image; nr counts up. @return whether it was survived */
typedef bool damage_fn(struct victim *victim, unsigned int nr);

static bool cut(struct victim *victim, unsigned int nr)
{
	return survives(victim, (size_t)((uint64_t)victim->len * nr / NR_CUTS));
}

/** The same sequence on every machine. */
static uint64_t scramble(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static bool flip(struct victim *victim, unsigned int nr)
{
	uint64_t at = scramble(nr) % victim->span_bytes;
	size_t i = 0;
	while (at >= victim->spans.at[i].len)
		at -= victim->spans.at[i++].len;
	uint8_t *byte = victim->map + victim->spans.at[i].offset + at, before = *byte;
	*byte ^= (uint8_t)(1 + scramble(~(uint64_t)nr) % 255);
	bool ok = survives(victim, victim->len);
	*byte = before;
	return ok;
}

/**
 * Do damage nr times in a child, each within the limit. A child that dies is replaced, and counts.
 * @return how often it was not survived
 */
static unsigned int run(struct victim *victim, const char *what, damage_fn *damage, unsigned int nr)
{
	unsigned int *at =
		mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(at, MAP_FAILED);
	unsigned int nr_bad = 0;
	while (*at < nr) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			bool ok = true;
			for (; ok && *at < nr; *at += ok) {
				alarm(LIMIT_SECONDS);
				ok = damage(victim, *at);
			}
			_exit(ok ? 0 : 1);
		}
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		if (status == 0)
			continue;
		print_error("%s: %s %u: %s %d\n", victim->path, what, *at,
			    WIFSIGNALED(status) ? "signal" : "status",
			    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		nr_bad++;
		++*at;
	}
	munmap(at, sizeof(*at));
	return nr_bad;
}

static void find_debug_sections(struct victim *victim)
{
	struct ks_elf *elf;
	assert_null(ks_elf_open_memory(victim->map, victim->len, &elf));
	for (size_t i = 1; i < elf->nr_sections; i++) {
		const struct ks_section *section = &elf->sections[i];
		const uint8_t *bytes = section->packed ? section->packed : section->data;
		uint64_t len = section->packed ? section->packed_size : section->size;
		if (strncmp(section->name, ".debug_", 7) != 0 || !bytes || !len)
			continue;
		struct span span = { (size_t)(bytes - victim->map), len };
		assert_true(ks_vector_add(&victim->spans, span));
		victim->span_bytes += span.len;
	}
	ks_elf_close(elf);
	assert_true(victim->span_bytes > 0);
}

static void damage_image(const char *path, unsigned int nr_flips, unsigned int nr_threads)
{
	struct victim victim;
	victim_open(&victim, path);
	victim.nr_threads = nr_threads;
	assert_true(survives(&victim, victim.len));
	find_debug_sections(&victim);
	unsigned int bad = run(&victim, "cut", cut, NR_CUTS) + run(&victim, "flip", flip, nr_flips);
	ks_vector_deinit(&victim.spans);
	victim_close(&victim);
	assert_int_equal(bad, 0);
}

static void damaged_mini_kernels_end_in_an_error_or_a_surface(void **state)
{
	(void)state;
	const char *folder = getenv("KSURF_MINIS");
	DIR *dir = folder ? opendir(folder) : NULL;
	unsigned int nr = 0;
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		char path[4096];
		if (!strstr(entry->d_name, "-dwarf"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		damage_image(path, MINI_FLIPS, 1 + nr++ % 2);
	}
	if (dir)
		closedir(dir);
	if (!nr) {
		print_message("no mini kernels: set KSURF_MINIS\n");
		skip();
	}
}

static void a_damaged_real_kernel_ends_in_an_error_or_a_surface(void **state)
{
	(void)state;
	const char *path = getenv("KSURF_VMLINUX"), *flips = getenv("KSURF_FLIPS");
	if (!path) {
		print_message("no real kernel: set KSURF_VMLINUX\n");
		skip();
	}
	damage_image(path, flips ? (unsigned int)strtoul(flips, NULL, 10) : NR_FLIPS,
		     ks_pool_default_threads());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_mini_kernels_end_in_an_error_or_a_surface),
		cmocka_unit_test(a_damaged_real_kernel_ends_in_an_error_or_a_surface),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
