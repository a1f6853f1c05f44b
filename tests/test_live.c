/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running kernel out of a folder that looks like one: the lists are those of a booted kernel (KSURF_SHARED), its
 * BTF is libbpf's, or that of the same kernel where KSURF_TIERS names its vmlinux.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bpf/btf.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/array.h"
#include "check.h"
#include "extract/live/live.h"

static const char facts[] = "truth/facts/6.1.0-50-amd64";
static const char banner[] =
	"Linux version 6.1.0-50-amd64 (debian-kernel@lists.example.org) (gcc-12 (Debian 12.2.0-14) "
	"12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 "
	"(2026-07-02)\n";

struct world {
	char root[64];
	char *functions, *blacklist, *events, *symbols, *config; // of the booted kernel
};

/** A file of the booted kernel, unpacked; NULL: there is none. */
static char *unpack(const char *name)
{
	const char *shared = getenv("KSURF_SHARED");
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s/%s.zst", shared ? shared : "", facts, name);
	FILE *file = shared ? fopen(path, "re") : NULL;
	if (!file)
		return NULL;
	size_t cap = 64 << 20, packed_len;
	char *packed = malloc(cap), *text = malloc(cap);
	assert_true(packed && text);
	packed_len = fread(packed, 1, cap, file);
	fclose(file);
	size_t len = ZSTD_decompress(text, cap - 1, packed, packed_len);
	assert_false(ZSTD_isError(len));
	text[len] = '\0';
	free(packed);
	return text;
}

static void write_file(const struct world *world, const char *path, const void *bytes, size_t len)
{
	char full[4096];
	snprintf(full, sizeof(full), "%s/%s", world->root, path);
	for (char *p = full + strlen(world->root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
	FILE *file = fopen(full, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static void write_text(const struct world *world, const char *path, const char *text)
{
	write_file(world, path, text, strlen(text));
}

static void write_types(const struct world *world)
{
	struct btf *btf = btf__new_empty();
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	btf__add_struct(btf, "trace_event_raw_sched_switch", 64);
	btf__add_field(btf, "prev_pid", integer, 24 * 8, 0);
	btf__add_struct(btf, "security_hook_heads", 8);
	btf__add_field(btf, "file_open", integer, 0, 0);
	int proto = btf__add_func_proto(btf, integer);
	int function = btf__add_func(btf, "vfs_read", BTF_FUNC_STATIC, proto);
	assert_true(btf__add_decl_tag(btf, "bpf_kfunc", function, -1) > 0);
	uint32_t len;
	const void *bytes = btf__raw_data(btf, &len);
	write_file(world, "sys/kernel/btf/vmlinux", bytes, len);
	btf__free(btf);
}

static void write_config(const struct world *world)
{
	uLongf cap = compressBound(strlen(world->config)) + 64;
	uint8_t *packed = malloc(cap);
	z_stream z = { 0 };
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)world->config;
	z.avail_in = (uInt)strlen(world->config);
	z.next_out = packed;
	z.avail_out = (uInt)cap;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	write_file(world, "proc/config.gz", packed, z.total_out);
	deflateEnd(&z);
	free(packed);
}

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	strcpy(world->root, "/tmp/ksurf-live-XXXXXX");
	assert_non_null(mkdtemp(world->root));
	world->functions = unpack("available_filter_functions");
	world->blacklist = unpack("kprobes_blacklist");
	world->events = unpack("available_events");
	world->symbols = unpack("kallsyms");
	world->config = unpack("config");
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	char command[128];
	snprintf(command, sizeof(command), "rm -rf '%s'", world->root);
	int status = system(command); // NOLINT(cert-env33-c): a path of our own
	free(world->functions);
	free(world->blacklist);
	free(world->events);
	free(world->symbols);
	free(world->config);
	free(world);
	return status;
}

static struct ks_surface *read_world(const struct world *world, struct ks_buf *note)
{
	const struct ks_live_opts live = { .root = world->root, .machine = "x86_64" };
	const struct ks_extract_opts how = { 0 };
	struct ks_surface *surface = NULL;
	struct ks_error *err = ks_live_read(&live, &how, note, &surface);
	if (err)
		fail_msg("%s", ks_error_text(err));
	return surface;
}

/** The booted kernel wrote "LETTER NAME"; addresses are made up, but for 0. */
static void write_symbols(const struct world *world, bool addresses)
{
	struct ks_buf text = { 0 };
	uint64_t addr = 0xffffffff81000000;
	for (const char *p = world->symbols; *p;) {
		size_t len = strcspn(p, "\n");
		ks_buf_printf(&text, "%016llx %.*s\n", addresses ? (unsigned long long)addr : 0,
			      (int)len, p);
		addr += 16;
		p += len + (p[len] == '\n');
	}
	ks_buf_str(&text, "ffffffffc0000000 t of_a_module\t[ext4]\n");
	write_file(world, "proc/kallsyms", text.at, text.len);
	ks_buf_deinit(&text);
}

static void write_world(const struct world *world)
{
	write_text(world, "proc/version", banner);
	write_types(world);
	write_symbols(world, true);
	write_text(world, "sys/kernel/tracing/available_filter_functions", world->functions);
	write_text(world, "sys/kernel/tracing/available_events", world->events);
	write_text(world, "sys/kernel/tracing/events/sched/sched_switch/format",
		   "name: sched_switch\nformat:\n\nprint fmt: \"%d\", REC->prev_pid\n");
	write_text(world, "sys/kernel/debug/kprobes/blacklist", world->blacklist);
	write_text(world, "sys/kernel/debug/error_injection/list",
		   "should_failslab\tERRNO\nof_a_module [ext4]\tERRNO\n");
	write_config(world);
}

static void needs_facts(const struct world *world)
{
	if (world->functions)
		return;
	print_message("no lists of a booted kernel: set KSURF_SHARED\n");
	skip();
}

static size_t lines_of(const char *text, const char *with, const char *without)
{
	size_t nr = 0;
	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");
		nr += (!with || memmem(p, len, with, strlen(with))) &&
		      (!without || !memmem(p, len, without, strlen(without)));
		p += len + (p[len] == '\n');
	}
	return nr;
}

/** Whether a line of the text is that word. */
static bool has_line(const char *text, const char *word)
{
	size_t len = strlen(word);
	for (const char *p = text; (p = strstr(p, word)); p++)
		if ((p == text || p[-1] == '\n') && (p[len] == '\n' || p[len] == '\0'))
			return true;
	return false;
}

static void the_kernel_s_own_lists_are_read(void **state)
{
	const struct world *world = *state;
	needs_facts(world);
	write_world(world);
	_cleanup_buf_ struct ks_buf note = { 0 };
	_cleanup_surface_ struct ks_surface *s = read_world(world, &note);
	assert_int_equal(s->image.tier, KS_TIER_LIVE);
	assert_string_equal(s->image.label, "6.1.0-50-amd64");
	assert_string_equal(s->image.arch, "amd64");
	assert_string_equal(s->image.package_version, "6.1.176-1");
	for (size_t i = 0; i < s->nr_symbols; i++) // the list has do_trap, and means both
		if (strcmp(s->symbols[i].name, "do_trap.cold") == 0)
			assert_true(s->symbols[i].attach & KS_ATTACH_NO_KPROBE);
	assert_int_equal(s->image.facts & KS_FACT_INLINE, 0);
	assert_int_equal(s->nr_symbols, lines_of(world->symbols, NULL, NULL));
	size_t traceable = 0, named = 0;
	for (size_t i = 0; i < s->nr_symbols; i++) {
		const struct ks_symbol *sym = &s->symbols[i];
		if ((sym->type != STT_FUNC && sym->type != KS_STT_UNTOLD) || i % 1000)
			continue;
		bool listed = has_line(world->functions, sym->name);
		assert_true(!listed || sym->type == STT_FUNC);
		assert_int_equal(!!(sym->attach & KS_ATTACH_FTRACE), listed);
		assert_int_equal(!!(sym->attach & KS_ATTACH_NO_KPROBE),
				 has_line(world->blacklist, sym->name));
		traceable += listed;
		named++;
	}
	assert_true(traceable > named / 4 && traceable < named);
	assert_int_equal(s->nr_options, lines_of(world->config, "CONFIG_", "# Linux"));
	assert_string_equal(s->kfuncs[0], "vfs_read");
	assert_string_equal(s->lsm[0], "file_open");
	// the build id is what only a kernel itself can tell
	assert_non_null(strstr(note.at, "/sys/kernel/notes: "));
	assert_int_equal(lines_of(ks_buf_text(&note), NULL, NULL), 1);
}

static void events_are_those_of_tracepoints(void **state)
{
	const struct world *world = *state;
	needs_facts(world);
	write_world(world);
	_cleanup_buf_ struct ks_buf note = { 0 };
	_cleanup_surface_ struct ks_surface *s = read_world(world, &note);
	size_t calls = lines_of(world->events, "syscalls:", "raw_");
	assert_true(calls > 0);
	assert_int_equal(s->nr_tracepoints, lines_of(world->events, NULL, NULL) - calls);
	size_t traced = 0;
	for (size_t i = 0; i < s->nr_syscalls; i++) {
		const struct ks_syscall *call = &s->syscalls[i];
		traced += call->traced;
		assert_int_equal(call->number, KS_NUMBER_UNTOLD); // a call, and no event alone
		assert_true(ks_syscall_implemented(call->number, call->name));
	}
	assert_true(traced > 300 && traced <= calls / 2);
	assert_int_equal(s->nr_syscalls, traced); // and no chown16, which 32-bit programs call
	bool seen = false;
	for (size_t i = 0; i < s->nr_tracepoints; i++) {
		const struct ks_tracepoint *tp = &s->tracepoints[i];
		if (strcmp(tp->event, "sched_switch") != 0) {
			assert_null(tp->class_name);
			continue;
		}
		seen = true;
		assert_string_equal(tp->system, "sched");
		assert_string_equal(tp->class_name, "sched_switch");
		assert_string_equal(tp->format, "\"%d\", REC->prev_pid");
		assert_int_equal(tp->record->members[0].bits_offset, 24 * 8);
	}
	assert_true(seen);
}

static void hidden_addresses_leave_names(void **state)
{
	const struct world *world = *state;
	needs_facts(world);
	write_world(world);
	write_symbols(world, false);
	_cleanup_buf_ struct ks_buf note = { 0 };
	_cleanup_surface_ struct ks_surface *s = read_world(world, &note);
	assert_int_equal(s->nr_symbols, lines_of(world->symbols, NULL, NULL));
	assert_false(s->image.facts & KS_FACT_INIT); // addresses tell what is freed
	assert_non_null(strstr(note.at, "/proc/kallsyms: all addresses are 0"));
	for (size_t i = 0; i < s->nr_functions; i++)
		assert_string_not_equal(s->functions[i].name, "of_a_module");
}

static void what_is_out_of_reach_is_told(void **state)
{
	const struct world *world = *state;
	write_text(world, "proc/version", banner);
	write_types(world);
	_cleanup_buf_ struct ks_buf note = { 0 };
	_cleanup_surface_ struct ks_surface *s = read_world(world, &note);
	static const char *const files[] = {
		"/sys/kernel/notes: ",
		"/proc/kallsyms: ",
		"/sys/kernel/tracing/available_events: ",
		"/sys/kernel/tracing/available_filter_functions: ",
		"/sys/kernel/debug/kprobes/blacklist: ",
		"/sys/kernel/debug/error_injection/list: ",
		"/proc/config.gz: ",
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(files); i++)
		assert_non_null(strstr(ks_buf_text(&note), files[i]));
	assert_int_equal(lines_of(note.at, NULL, NULL), KS_ARRAY_LEN(files));
	assert_false(s->symtab_known);
	assert_false(s->known & KS_KNOWS(KS_TRACEPOINT));
	assert_false(s->known & KS_KNOWS(KS_SYSCALL));
	assert_false(s->known & KS_KNOWS(KS_CONFIG));
	assert_int_equal(s->image.facts, KS_FACT_BTF);
	assert_int_equal(s->nr_functions, 1);
}

static void a_kernel_that_tells_nothing_is_refused(void **state)
{
	const struct world *world = *state;
	const struct ks_live_opts live = { .root = world->root, .machine = "x86_64" };
	const struct ks_extract_opts how = { 0 };
	_cleanup_buf_ struct ks_buf note = { 0 };
	struct ks_surface *surface = NULL;
	expect_error(ks_live_read(&live, &how, &note, &surface), KS_ERR_IO, "");
	write_text(world, "proc/version", banner);
	expect_error(ks_live_read(&live, &how, &note, &surface), KS_ERR_UNSUPPORTED, "");
	assert_null(surface);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_kernel_s_own_lists_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(events_are_those_of_tracepoints, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hidden_addresses_leave_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_out_of_reach_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_kernel_that_tells_nothing_is_refused, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
