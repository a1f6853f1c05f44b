/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/intake.h"

#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "cli/session.h"

struct printer {
	struct ks_cli *cli;
	struct ks_json *json; // NULL: print lines
	bool news_only;	      // what was there already is not printed
	bool sums_up;	      // the last line says how it went
	size_t nr_added, nr_known, nr_enriched, nr_failed;
	uint64_t bytes;	     // that were written
	struct ks_buf notes; // of the result to come: lines that are separated, not ended
};

static size_t count_calls(const struct ks_surface *surface)
{
	size_t nr = 0;
	for (size_t i = 0; i < surface->nr_syscalls; i++)
		nr += ks_syscall_implemented(surface->syscalls[i].number,
					     surface->syscalls[i].name);
	return nr;
}

/** How many names of functions are functions, labels, or may be either. */
static void count_code(const struct ks_surface *surface, size_t nr[KS_CODE_UNTOLD + 1])
{
	for (size_t i = 0; i < surface->nr_functions; i++)
		nr[ks_function_code(&surface->functions[i], &surface->image)]++;
}

/** ", 3 functions": the tables of a surface that a result line counts. */
static void count_surface(const struct ks_surface *surface, struct ks_buf *out)
{
	size_t code[KS_CODE_UNTOLD + 1] = { 0 };
	count_code(surface, code);
	const struct {
		enum ks_kind kind;
		size_t nr;
		const char *one, *many;
	} counts[] = {
		{ KS_FUNCTION, code[KS_CODE_FUNCTION], "function", "functions" },
		{ KS_STRUCT, surface->decls[KS_STRUCT].nr, "struct", "structs" },
		{ KS_TRACEPOINT, surface->nr_tracepoints, "tracepoint", "tracepoints" },
		{ KS_SYSCALL, count_calls(surface), "syscall", "syscalls" },
		{ KS_LSM, surface->nr_lsm, "LSM hook", "LSM hooks" },
	};
	for (size_t i = 0; i < KS_ARRAY_LEN(counts); i++)
		if (surface->known & KS_KNOWS(counts[i].kind))
			ks_buf_printf(out, ", %zu %s", counts[i].nr,
				      counts[i].nr == 1 ? counts[i].one : counts[i].many);
	if (code[KS_CODE_UNTOLD])
		ks_buf_printf(out, "; function or label: %zu", code[KS_CODE_UNTOLD]);
}

static void print_image(const struct ks_ingest_event *event)
{
	_cleanup_buf_ struct ks_buf counts = { 0 };
	count_surface(event->surface, &counts);
	const char *text = ks_buf_text(&counts);
	ks_cli_say(stdout, "%s: added, %.1f MB%s", event->label, (double)event->put->bytes / 1e6,
		   text ? text : "");
}

static void print_modules(const struct ks_ingest_event *event)
{
	const struct ks_ingest_modules *modules = event->modules;
	const struct ks_surface *surface = event->surface;
	char all[32] = "";
	if (modules->nr_all != modules->nr_read)
		snprintf(all, sizeof(all), "%u in all, ", modules->nr_all);
	ks_cli_say(stdout,
		   "%s: added %u module%s, %s%.1f MB, %zu functions, %zu structs, "
		   "%zu tracepoints",
		   event->label, modules->nr_read, modules->nr_read == 1 ? "" : "s", all,
		   (double)event->put->bytes / 1e6, surface->nr_functions,
		   surface->decls[KS_STRUCT].nr, surface->nr_tracepoints);
}

/** @param notes lines, or NULL */
static void print_line(const struct ks_ingest_event *event, const char *notes)
{
	if (event->put->enriched) {
		ks_cli_say(stdout, "%s: its configuration was added", event->label);
		return;
	}
	if (!event->put->added) {
		ks_cli_say(stdout, "%s: %s in the store already", event->label,
			   event->modules ? "modules are" : "is");
		return;
	}
	if (event->modules)
		print_modules(event);
	else
		print_image(event);
	for (const char *line = notes; line && *line;) {
		size_t len = strcspn(line, "\n");
		ks_cli_say(stdout, "    %.*s", (int)len, line);
		line += len + (line[len] != '\0');
	}
	fflush(stdout);
}

static void print_json(struct ks_json *json, const struct ks_ingest_event *event, const char *notes)
{
	const struct ks_ingest_modules *modules = event->modules;
	ks_json_open(json, '{');
	if (modules) {
		ks_json_key_str(json, "modules_of", event->label);
		ks_json_key_u64(json, "modules", modules->nr_read);
		ks_json_key_u64(json, "modules_in_all", modules->nr_all);
		ks_json_key_u64(json, "failed", modules->nr_failed);
	} else {
		ks_json_key_str(json, "source", event->source);
		ks_json_key_str(json, "image", event->label);
	}
	ks_json_key_bool(json, "added", event->put->added);
	if (!modules)
		ks_json_key_bool(json, "enriched", event->put->enriched);
	ks_json_key_u64(json, "bytes", event->put->bytes);
	ks_json_key_u64(json, "definitions", event->put->nr_definitions);
	ks_json_key_u64(json, "new_definitions", event->put->nr_new_definitions);
	if (!modules)
		ks_json_key_str(json, "note", notes);
	ks_json_close(json, '}');
}

static void count_result(struct printer *printer, const struct ks_ingest_event *event)
{
	if (event->modules)
		return;
	printer->bytes += event->put->bytes;
	printer->nr_enriched += event->type == KS_INGEST_ENRICHED;
	printer->nr_known += event->type == KS_INGEST_KNOWN;
	printer->nr_added += event->type == KS_INGEST_ADDED || event->type == KS_INGEST_REPLACED;
}

/** How several went, in one line. */
static void print_summary(const struct printer *printer)
{
	const struct {
		size_t nr;
		const char *what;
	} counts[] = {
		{ printer->nr_added, "added" },
		{ printer->nr_enriched, "completed" },
		{ printer->nr_known, "there already" },
		{ printer->nr_failed, "failed" },
	};
	_cleanup_buf_ struct ks_buf text = { 0 };
	size_t nr = 0;
	for (size_t i = 0; i < KS_ARRAY_LEN(counts); i++) {
		nr += counts[i].nr;
		if (counts[i].nr)
			ks_buf_printf(&text, "%s%zu %s", text.len ? ", " : "", counts[i].nr,
				      counts[i].what);
	}
	const char *line = ks_buf_text(&text);
	if (nr > 1 && line && printer->sums_up && !printer->json && !printer->cli->quiet)
		ks_cli_say(stdout, "%s, %.1f MB in the store", line, (double)printer->bytes / 1e6);
}

static void print_result(struct printer *printer, const struct ks_ingest_event *event)
{
	_cleanup_buf_ struct ks_buf all = { 0 };
	if (event->type == KS_INGEST_REPLACED)
		ks_buf_str(&all, "takes the place of what was known of it");
	if (all.len && printer->notes.len)
		ks_buf_char(&all, '\n');
	ks_buf_bytes(&all, printer->notes.at, printer->notes.len);
	ks_draw_done(&printer->cli->draw, event->source);
	count_result(printer, event);
	const char *notes = all.len ? ks_buf_text(&all) : NULL;
	ks_draw_erase(&printer->cli->draw);
	if (printer->json)
		print_json(printer->json, event, notes);
	else if (!printer->cli->quiet)
		print_line(event, notes);
	printer->notes.len = 0;
}

static bool print_event(void *arg, const struct ks_ingest_event *event)
{
	struct printer *printer = arg;
	struct ks_draw_job job = { .draw = &printer->cli->draw, .target = event->source };
	switch (event->type) {
	case KS_INGEST_PROGRESS:
		ks_draw_bytes(&job, event->doing, event->done, event->total);
		break;
	case KS_INGEST_NOTE:
		if (printer->notes.len)
			ks_buf_char(&printer->notes, '\n');
		ks_buf_str(&printer->notes, event->note);
		break;
	case KS_INGEST_FAILED:
		ks_draw_done(&printer->cli->draw, event->source);
		printer->nr_failed++;
		ks_cli_tell(printer->cli, event->error);
		break;
	case KS_INGEST_KNOWN:
		if (printer->news_only) {
			printer->notes.len = 0;
			break;
		}
		// fallthrough
	case KS_INGEST_ADDED:
	case KS_INGEST_REPLACED:
	case KS_INGEST_ENRICHED:
		print_result(printer, event);
		break;
	}
	return true;
}

static struct ks_error *run(struct ks_cli *cli, struct ks_ingest *ingest, struct ks_json *json,
			    struct ks_buf *out)
{
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, KS_STORE_CREATE, &session));
	ks_json_open(json, '[');
	struct ks_error *err = ks_ingest_run(ingest, session.store);
	ks_json_close(json, ']');
	if (cli->json && !out->failed)
		ks_cli_print(out, "\n");
	return err ? err : ks_buf_error(out);
}

struct ks_error *ks_intake_run(struct ks_cli *cli, const struct ks_ingest_source *sources,
			       size_t nr, const struct ks_ingest_opts *opts)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	_cleanup_ingest_ struct ks_ingest *ingest = NULL;
	struct ks_json json = ks_json_to(&out, 2);
	struct printer printer = { .cli = cli, .json = cli->json ? &json : NULL };
	struct ks_ingest_opts all = *opts;
	all.nr_threads = ks_cli_threads(cli);
	all.event = print_event;
	all.event_arg = &printer;
	struct ks_error *err = ks_ingest_open(sources, nr, &all, &ingest);
	if (!err && !ks_ingest_is_empty(ingest))
		err = run(cli, ingest, &json, &out);
	ks_draw_erase(&cli->draw);
	printer.sums_up =
		nr && (sources->from == KS_INGEST_PACKAGE || sources->from == KS_INGEST_PLANNED);
	print_summary(&printer);
	ks_buf_deinit(&printer.notes);
	return err;
}

static void print_forgotten(void *arg, const char *label, const char *set, bool removed)
{
	const struct printer *printer = arg;
	ks_draw_erase(&printer->cli->draw);
	if (printer->json) {
		ks_json_open(printer->json, '{');
		ks_json_key_str(printer->json, "image", label);
		ks_json_key_str(printer->json, "left", set);
		ks_json_key_bool(printer->json, "removed", removed);
		ks_json_close(printer->json, '}');
	} else if (!printer->cli->quiet) {
		ks_cli_say(stdout, "%s: %s %s", label, removed ? "removed, of" : "no longer of",
			   set);
	}
}

static struct ks_error *update(struct ks_cli *cli, const char *const *sets, size_t nr,
			       const struct ks_update_opts *opts)
{
	_cleanup_session_ struct ks_session session = { 0 };
	KS_TRY(ks_session_open(cli, nr ? KS_STORE_CREATE : KS_STORE_WRITE, &session));
	return ks_update(session.store, sets, nr, opts);
}

struct ks_error *ks_intake_update(struct ks_cli *cli, const char *const *sets, size_t nr,
				  const struct ks_update_opts *opts)
{
	_cleanup_buf_ struct ks_buf out = { 0 };
	struct ks_json json = ks_json_to(&out, 2);
	struct printer printer = {
		.cli = cli,
		.json = cli->json ? &json : NULL,
		.news_only = true,
	};
	struct ks_update_opts all = *opts;
	all.ingest.nr_threads = ks_cli_threads(cli);
	all.ingest.event = print_event;
	all.ingest.event_arg = &printer;
	all.forgotten = print_forgotten;
	all.forgotten_arg = &printer;
	ks_json_open(&json, '[');
	struct ks_error *err = update(cli, sets, nr, &all);
	ks_json_close(&json, ']');
	ks_draw_erase(&cli->draw);
	if (cli->json && !out.failed)
		ks_cli_print(&out, "\n");
	ks_buf_deinit(&printer.notes);
	return err ? err : ks_buf_error(&out);
}
