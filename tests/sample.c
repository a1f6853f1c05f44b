/* SPDX-License-Identifier: BSD-2-Clause */
#include "sample.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void *copy(struct ks_arena *arena, const void *from, size_t size)
{
	void *to = ks_arena_alloc(arena, size);
	assert(to);
	return memcpy(to, from, size);
}
/** A copy in the arena of an array literal. */
#define COPY(arena, type, ...)                                                                     \
	copy(arena, (const type[]){ __VA_ARGS__ }, sizeof((const type[]){ __VA_ARGS__ }))
#define COUNT(type, ...) (sizeof((const type[]){ __VA_ARGS__ }) / sizeof(type))

static const char *numbered(struct ks_arena *arena, const char *prefix, unsigned long n)
{
	char text[64];
	snprintf(text, sizeof(text), "%s%lu", prefix, n);
	return ks_arena_strdup(arena, text);
}

static const struct ks_type *named(struct ks_arena *arena, enum ks_type_kind kind, const char *name)
{
	return COPY(arena, struct ks_type, { .kind = kind, .name = name });
}

static const struct ks_type *around(struct ks_arena *arena, enum ks_type_kind kind, uint64_t n,
				    const struct ks_type *inner)
{
	return COPY(arena, struct ks_type, { .kind = kind, .n = n, .inner = inner });
}

/** struct { union { int flags : 3; } *next[2]; enum { ON = 1, OFF = -1 } state; } */
static const struct ks_type *unnamed(struct ks_arena *a)
{
	const struct ks_decl *bits =
		COPY(a, struct ks_decl,
		     { .kind = KS_UNION,
		       .size = 4,
		       .nr = 1,
		       .members = COPY(a, struct ks_member,
				       { "flags", named(a, KS_TYPE_INT, "int"), 0, 3 }) });
	const struct ks_decl *states =
		COPY(a, struct ks_decl,
		     { .kind = KS_ENUM,
		       .size = 4,
		       .nr = 2,
		       .values = COPY(a, struct ks_enumerator, { "ON", 1 }, { "OFF", -1 }) });
	const struct ks_type *next =
		around(a, KS_TYPE_ARRAY, 2,
		       around(a, KS_TYPE_PTR, 0,
			      COPY(a, struct ks_type, { .kind = KS_TYPE_UNION, .body = bits })));
	const struct ks_type *state =
		COPY(a, struct ks_type, { .kind = KS_TYPE_ENUM, .n = 4, .body = states });
	const struct ks_decl *body =
		COPY(a, struct ks_decl,
		     { .kind = KS_STRUCT,
		       .size = 24,
		       .nr = 2,
		       .members = COPY(a, struct ks_member, { "next", next, 0, 0 },
				       { "state", state, 128, 0 }) });
	return COPY(a, struct ks_type, { .kind = KS_TYPE_STRUCT, .body = body });
}

/** int (const FIRST *first, struct file *restrict f, void (anon)) */
static const struct ks_type *proto_of(struct ks_arena *a, const char *first,
				      const struct ks_type *what)
{
	const struct ks_type *text = around(a, KS_TYPE_PTR, 0, around(a, KS_TYPE_CONST, 0, what));
	const struct ks_type *file =
		around(a, KS_TYPE_RESTRICT, 0,
		       around(a, KS_TYPE_PTR, 0, named(a, KS_TYPE_FWD_STRUCT, "file")));
	const struct ks_param *params = COPY(a, struct ks_param, { first, text }, { "f", file },
					     { "(anon)", named(a, KS_TYPE_VOID, NULL) });
	return COPY(a, struct ks_type,
		    { .kind = KS_TYPE_PROTO,
		      .nr_params = 3,
		      .params = params,
		      .inner = named(a, KS_TYPE_INT, "int") });
}

static const struct ks_type *proto(struct ks_arena *a, const char *first)
{
	return proto_of(a, first, named(a, KS_TYPE_INT, "char"));
}

static void fill_types(struct ks_surface *s, struct ks_arena *a)
{
	const struct ks_type *callback = around(a, KS_TYPE_PTR, 0, proto(a, "buf"));
	const struct ks_type *matrix =
		around(a, KS_TYPE_ARRAY, 4,
		       around(a, KS_TYPE_ARRAY, 0,
			      around(a, KS_TYPE_VOLATILE, 0, named(a, KS_TYPE_TYPEDEF, "u32"))));
	const struct ks_type *mode =
		COPY(a, struct ks_type, { .kind = KS_TYPE_ENUM, .name = "mode", .n = 4 });
	const struct ks_member *members =
		COPY(a, struct ks_member, { "open", callback, 0, 0 }, { "rows", matrix, 64, 0 },
		     { "mode", mode, 192, 0 }, { "flag", named(a, KS_TYPE_INT, "int"), 224, 3 },
		     { "back", named(a, KS_TYPE_UNION, NULL), 8, 0 });
	s->decls[KS_STRUCT].nr = 2;
	s->decls[KS_STRUCT].at =
		COPY(a, struct ks_decl,
		     { .kind = KS_STRUCT, .name = "zoo", .size = 32, .nr = 5, .members = members },
		     { .kind = KS_STRUCT, .name = "empty" });
	s->decls[KS_UNION].nr = 1;
	s->decls[KS_UNION].at =
		COPY(a, struct ks_decl,
		     { .kind = KS_UNION, .name = "zoo", .size = 8, .nr = 1, .members = members });
	s->decls[KS_ENUM].nr = 2;
	s->decls[KS_ENUM].at = COPY(a, struct ks_decl,
				    { .kind = KS_ENUM,
				      .name = "mode",
				      .size = 8,
				      .nr = 3,
				      .values = COPY(a, struct ks_enumerator, { "LOW", INT64_MIN },
						     { "MID", -1 }, { "HIGH", INT64_MAX }) },
				    { .kind = KS_ENUM,
				      .name = "(anon)",
				      .nr = 1,
				      .values = COPY(a, struct ks_enumerator, { "X", 1 }) });
	s->decls[KS_TYPEDEF].nr = 3;
	s->decls[KS_TYPEDEF].at = COPY(
		a, struct ks_decl,
		{ .kind = KS_TYPEDEF, .name = "u32", .type = named(a, KS_TYPE_INT, "unsigned") },
		{ .kind = KS_TYPEDEF, .name = "nothing", .type = named(a, KS_TYPE_VOID, NULL) },
		{ .kind = KS_TYPEDEF, .name = "atomic_t", .type = unnamed(a), .module = "zoo" });
	s->decls[KS_INT].nr = 1;
	s->decls[KS_INT].at = COPY(a, struct ks_decl, { .kind = KS_INT, .name = "int", .size = 4 });
	const struct ks_variant *variants =
		COPY(a, struct ks_variant,
		     { &s->decls[KS_STRUCT].at[0], 2, COPY(a, char *, "a.c", "b.c") },
		     { &s->decls[KS_STRUCT].at[1], 0, NULL });
	s->nr_ambiguities = 1;
	s->ambiguities =
		COPY(a, struct ks_ambiguity,
		     { .kind = KS_STRUCT, .name = "zoo", .nr_variants = 2, .variants = variants });
}

/** Callers, clones, prototypes of its own: everything an entry can have. */
static struct ks_function special(struct ks_arena *a, uint64_t base, uint32_t line,
				  const struct ks_type *listed)
{
	const struct ks_caller *inlined =
		COPY(a, struct ks_caller, { "mm/a.c", "f", NULL, 0, 0 },
		     { "mm/a.c", "f", NULL, 0, KS_CALLER_NO_CODE },
		     { "mm/a.c", "g", "inner", 0, KS_CALLER_OWN }, { "mm/b.c", "g", NULL, 0, 0 });
	const struct ks_caller *direct = COPY(
		a, struct ks_caller,
		{ "mm/b.c", "h", NULL, 2, KS_CALLER_OWN | KS_CALLER_TAIL | KS_CALLER_NO_CODE });
	const struct ks_clone *clones =
		COPY(a, struct ks_clone,
		     { .symbol = "special.isra.0",
		       .addr = base + 0x100,
		       .size = 7,
		       .nr_params = 2,
		       .params_known = true,
		       .params = COPY(a, uint16_t, 2, 0) },
		     { .symbol = "special.part.1", .addr = base + 0x103, .size = 9 });
	const struct ks_entry *entries =
		COPY(a, struct ks_entry,
		     { .addr = base,
		       .loc_file = "mm/a.h",
		       .file = "mm/a.c",
		       .line = line,
		       .inlined = KS_INLINE_INLINED,
		       .external = true,
		       .calls_known = true,
		       .nr_inline_callers = 4,
		       .inline_callers = inlined,
		       .nr_direct_callers = 1,
		       .direct_callers = direct,
		       .nr_clones = 2,
		       .clones = clones,
		       .nr_indirect_calls = 3,
		       .proto = listed },
		     { .addr = base + 0x333,
		       .loc_file = "mm/a.h",
		       .file = "mm/b.c",
		       .line = KS_NO_LINE,
		       .inlined = KS_INLINE_UNKNOWN,
		       .proto = proto_of(a, "other", unnamed(a)) },
		     { .file = "mm/c.c",
		       .inlined = KS_INLINE_DECLARED,
		       .proto = proto(a, "other"),
		       .module = "zoo" },
		     { .loc_file = "mm/a.h", .line = 1, .inlined = KS_INLINE_NOT_SEEN });
	const struct ks_symbol *symbols =
		COPY(a, struct ks_symbol, { "special", ".text", base, 64, 1, 2, 0, 0 },
		     { "special.isra.0", ".text.unlikely", base + 0x100, 7, 0, 2, 0, 0,
		       KS_ATTACH_FTRACE | KS_ATTACH_INJECT, "zoo" },
		     { "odd name", NULL, UINT64_MAX, UINT64_MAX, 2, 10, 3, 0x60 });
	return (struct ks_function){ .name = "special",
				     .nr_entries = 4,
				     .entries = entries,
				     .nr_symbols = 3,
				     .symbols = symbols,
				     .nr_btf = 2 };
}

static struct ks_function filler(struct ks_arena *a, unsigned int build, size_t i)
{
	const char *name = numbered(a, i % 2 ? "filler_" : "get_filler_", i);
	const char *caller = numbered(a, "caller_", i % 3 ? 0 : build);
	uint64_t addr = 0xffffffff81000000 + 64 * i + (build * i / 5) * 16;
	struct ks_entry entry = { .addr = addr,
				  .loc_file = "kernel/filler.c",
				  .file = "kernel/filler.c",
				  .line = (uint32_t)(i * 10 + build),
				  .external = true,
				  .inlined = KS_INLINE_UNKNOWN,
				  .nr_direct_callers = 1 };
	entry.direct_callers = COPY(a, struct ks_caller, { "kernel/filler.c", caller, NULL, 0, 0 });
	struct ks_symbol symbol = { name, ".text", addr, 48, 1, 2, 0, 0 };
	return (struct ks_function){ .name = name,
				     .nr_entries = 1,
				     .entries = copy(a, &entry, sizeof(entry)),
				     .nr_symbols = 1,
				     .symbols = copy(a, &symbol, sizeof(symbol)) };
}

static void fill_functions(struct ks_surface *s, struct ks_arena *a, unsigned int build, size_t nr)
{
	struct ks_decl *protos = ks_arena_array(a, nr + 4, sizeof(*protos));
	struct ks_function *fns = ks_arena_array(a, nr + 4, sizeof(*fns));
	assert(protos && fns);
	size_t k = 0;
	protos[k++] = (struct ks_decl){ .name = "special", .type = proto(a, "buf") };
	protos[k++] = (struct ks_decl){ .name = "only_type", .type = proto(a, "buf") };
	protos[k++] = (struct ks_decl){ .name = "security_open", .type = proto(a, "h") };
	fns[0] = special(a, 0xffffffff81000100 + build * 0x40, 11 + build, protos[0].type);
	fns[1] = (struct ks_function){ .name = "security_open" };
	for (size_t i = 0; i < nr; i++) {
		fns[2 + i] = filler(a, build, i);
		if (i % 2)
			protos[k++] =
				(struct ks_decl){ .name = fns[2 + i].name, .type = proto(a, "x") };
	}
	fns[2 + nr] = (struct ks_function){
		.name = "asm_only",
		.nr_symbols = 1,
		.symbols = COPY(a, struct ks_symbol,
				{ "asm_only", ".entry.text", 0xffffffff82000000, 0, 1, 2, 0, 0 })
	};
	s->decls[KS_FUNCTION].at = protos;
	s->decls[KS_FUNCTION].nr = k;
	s->functions = fns;
	s->nr_functions = nr + 3;
}

static void fill_symbols(struct ks_surface *s, struct ks_arena *a)
{
	size_t nr = s->nr_functions * 2;
	struct ks_symbol *symbols = ks_arena_array(a, nr, sizeof(*symbols));
	assert(symbols);
	for (size_t i = 0; i < nr; i++) {
		symbols[i] = (struct ks_symbol){ .name = numbered(a, "sym", i),
						 .section = i % 7 ? ".data" : NULL,
						 .addr = i % 5 ? i * 0x123456789abcdef : 0,
						 .size = i,
						 .bind = i % 3,
						 .type = (uint8_t)i,
						 .attach = i % 11 ? 0 : (uint8_t)(i % 16),
						 .module = i % 13 ? NULL : "zoo" };
		if (i % 2) // more sections than are remembered
			symbols[i].section = numbered(a, ".section", i % 150);
	}
	s->symbols = symbols;
	s->nr_symbols = nr;
	s->symtab_known = true;
}

static void fill_rest(struct ks_surface *s, struct ks_arena *a)
{
	s->nr_tracepoints = 2;
	s->tracepoints = COPY(a, struct ks_tracepoint,
			      { .event = "open",
				.class_name = "file",
				.func_name = "trace_event_raw_event_file",
				.struct_name = "trace_event_raw_file",
				.format = "\"%s\", REC->name",
				.system = "fs",
				.func = &s->decls[KS_FUNCTION].at[0],
				.record = &s->decls[KS_STRUCT].at[0] },
			      { .event = "bare", .module = "zoo" });
	s->nr_syscalls = 3;
	s->syscalls = COPY(a, struct ks_syscall, { 0, "read", true }, { 1, "ni_syscall" },
			   { 7, "ni_syscall" });
	s->nr_lsm = 2;
	s->lsm = COPY(a, char *, "open", "close");
	s->nr_kfuncs = 1;
	s->kfuncs = COPY(a, char *, "special");
	const struct ks_type *tagged = COPY(a, struct ks_type,
					    { .kind = KS_TYPE_TAG,
					      .name = "percpu",
					      .inner = named(a, KS_TYPE_STRUCT, "zoo") });
	s->nr_variables = 3;
	s->variables =
		COPY(a, struct ks_variable,
		     { .name = "runqueues",
		       .type = around(a, KS_TYPE_PTR, 0, tagged),
		       .section = ".data..percpu",
		       .size = 64,
		       .offset = 4096,
		       .linkage = 1,
		       .nr_tags = 1,
		       .tags = COPY(a, struct ks_tag, { "percpu", UINT32_MAX }) },
		     { .name = "bpf_prog_active",
		       .type = named(a, KS_TYPE_INT, "int"),
		       .module = "zoo" },
		     { .name = "runqueues", .type = named(a, KS_TYPE_VOID, NULL), .linkage = 2 });
	s->nr_options = 3;
	s->options = COPY(a, struct ks_option, { "CONFIG_BPF", "y" },
			  { "CONFIG_NAME", "\"a \\\" b\"" }, { "CONFIG_AUDIT", "n" });
	s->config = "CONFIG_BPF=y\n";
}

/** struct zoo in BTF: two of its members in an unnamed union in an unnamed struct, and one that is tagged. */
static const struct ks_decl *nested_zoo(const struct ks_surface *s, struct ks_arena *a)
{
	const struct ks_decl *listed = &s->decls[KS_STRUCT].at[0];
	const struct ks_member *m = listed->members;
	const struct ks_decl *inner =
		COPY(a, struct ks_decl,
		     { .kind = KS_UNION,
		       .size = 24,
		       .nr = 2,
		       .members = COPY(a, struct ks_member, { m[1].name, m[1].type, 32, 0 },
				       { "other", named(a, KS_TYPE_FLOAT, "double"), 40, 0 }) });
	const struct ks_type *in_struct =
		COPY(a, struct ks_type, { .kind = KS_TYPE_UNION, .body = inner });
	const struct ks_decl *outer =
		COPY(a, struct ks_decl,
		     { .kind = KS_STRUCT,
		       .size = 28,
		       .nr = 2,
		       .members = COPY(a, struct ks_member, m[0], { "", in_struct, 32, 0 }) });
	const struct ks_type *in_zoo =
		COPY(a, struct ks_type,
		     { .kind = KS_TYPE_STRUCT, .n = 1 << KS_TYPE_NTH, .body = outer });
	const struct ks_type *mode = COPY(
		a, struct ks_type, { .kind = KS_TYPE_TAG, .name = "user", .inner = m[2].type });
	return COPY(a, struct ks_decl,
		    { .kind = KS_STRUCT,
		      .name = "zoo",
		      .size = 33,
		      .nr = 3,
		      .members = COPY(a, struct ks_member, { "", in_zoo, 0, 0 },
				      { "mode", mode, 192, 0 }, m[3]) });
}

static void fill_forms(struct ks_surface *s, struct ks_arena *a)
{
	const struct ks_decl *fn = &s->decls[KS_FUNCTION].at[0];
	const struct ks_decl *anonymous = &s->decls[KS_ENUM].at[1], *number = s->decls[KS_INT].at;
	const struct ks_decl *first =
		COPY(a, struct ks_decl,
		     { .kind = KS_ENUM, .size = 4, .nr = 1, .values = anonymous->values });
	const struct ks_decl *second = COPY(a, struct ks_decl,
					    { .kind = KS_ENUM,
					      .size = 8,
					      .nr = 3,
					      .values = COPY(a, struct ks_enumerator, { "Y", -5 },
							     anonymous->values[0], { "Z", 1 }) });
	const struct ks_decl *other =
		COPY(a, struct ks_decl,
		     { .kind = KS_FUNCTION, .name = "open.isra.0", .type = proto(a, "b") });
	const struct ks_forms forms[] = {
		{ KS_INT, 1, "int", NULL, number,
		  COPY(a, struct ks_form, { .decl = number, .kind = 1, .encoding = 0x01000020 }) },
		{ KS_STRUCT, 2, "zoo", NULL, s->decls[KS_STRUCT].at,
		  COPY(a, struct ks_form, { .decl = nested_zoo(s, a), .kind = 4, .flag = true },
		       { .decl = s->decls[KS_STRUCT].at, .kind = 4 }) },
		{ KS_ENUM, 2, "(anon)", NULL, anonymous,
		  COPY(a, struct ks_form, { .decl = first, .kind = 6 },
		       { .decl = second, .kind = 19, .flag = true }) },
		{ KS_TYPEDEF, 0, "nothing", NULL, &s->decls[KS_TYPEDEF].at[1], NULL },
		{ KS_FUNCTION, 1, fn->name, NULL, fn,
		  COPY(a, struct ks_form,
		       { .decl = fn,
			 .kind = 12,
			 .linkage = 1,
			 .nr_tags = 2,
			 .tags = COPY(a, struct ks_tag, { "bpf_kfunc", UINT32_MAX },
				      { "", 0 }) }) },
		{ KS_FUNCTION, 1, "open.isra.0", "zoo", NULL,
		  COPY(a, struct ks_form, { .decl = other, .kind = 12 }) },
	};
	s->nr_forms = sizeof(forms) / sizeof(*forms);
	s->forms = copy(a, forms, sizeof(forms));
}

struct ks_surface *sample_surface(unsigned int build, size_t nr_fillers)
{
	struct ks_surface *s = ks_surface_new(1);
	assert(s);
	struct ks_arena *a = &s->arenas[0];
	char digest[33];
	snprintf(digest, sizeof(digest), "%032x", build);
	s->image = (struct ks_image){ .label = numbered(a, "6.1.0-", build),
				      .release = "6.1.0-amd64",
				      .version = numbered(a, "6.1.", build),
				      .arch = "amd64",
				      .flavor = "",
				      .revision = numbered(a, "", build),
				      .digest = ks_arena_strdup(a, digest),
				      .compiler = "gcc\nld",
				      .tier = KS_TIER_FULL,
				      .facts = KS_FACT_INLINE | KS_FACT_FTRACE | KS_FACT_TRACED |
					       KS_FACT_FORMS,
				      .elf_class = 64 };
	s->known = (KS_KNOWS(KS_FIELD) - 1) & ~KS_KNOWS(KS_INT);
	fill_types(s, a);
	fill_functions(s, a, build, nr_fillers);
	fill_symbols(s, a);
	fill_rest(s, a);
	fill_forms(s, a);
	return s;
}

struct ks_surface *sample_surface_2(unsigned int build, size_t nr_fillers)
{
	struct ks_surface *s = sample_surface(build, nr_fillers);
	struct ks_variable *variables = (struct ks_variable *)s->variables;
	s->image.facts &= ~KS_FACT_FORMS;
	s->nr_forms = 0;
	for (size_t i = 0; i < s->nr_variables; i++)
		variables[i] = (struct ks_variable){ .name = variables[i].name };
	return s;
}

struct ks_surface *sample_surface_1(unsigned int build, size_t nr_fillers)
{
	struct ks_surface *s = sample_surface_2(build, nr_fillers);
	struct ks_function *fn =
		(struct ks_function *)&s->functions[0]; // all of it is the sample's own
	struct ks_entry *entries = (struct ks_entry *)fn->entries;
	struct ks_symbol *of_fn = (struct ks_symbol *)fn->symbols;
	struct ks_symbol *symbols = (struct ks_symbol *)s->symbols;
	s->image.facts = KS_FACT_INLINE;
	s->decls[KS_TYPEDEF].nr--;
	fn->nr_btf = 0;
	entries[1].proto = proto(&s->arenas[0], "other");
	entries[2].module = of_fn[1].module = NULL;
	of_fn[1].attach = 0;
	for (size_t i = 0; i < s->nr_symbols; i++) {
		symbols[i].attach = 0;
		symbols[i].module = NULL;
	}
	((struct ks_tracepoint *)s->tracepoints)[1].module = NULL;
	((struct ks_syscall *)s->syscalls)[0].traced = false;
	s->nr_variables = 0;
	return s;
}
