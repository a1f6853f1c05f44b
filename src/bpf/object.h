/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once
/*
 * One eBPF object, read into plain values: its programs with every function they call put behind them, and for
 * each instruction what it refers to. Rules are those of libbpf (src/libbpf.c, src/bpf_core_read.h) and of
 * include/uapi/linux/bpf.h. The bytes are hostile: everything is bounded by what is there.
 */
#include "base/arena.h"
#include "base/error.h"
#include "bpf/hook.h"
#include "btf/btf.h"

struct ks_arch;
struct ks_arch_registers;

/** An instruction in this machine's byte order. The second half of a ld_imm64 is an instruction of its own. */
struct ks_bpf_insn {
	uint8_t code, dst, src;
	int16_t off;
	int32_t imm;
};

enum ks_bpf_ref_kind {
	KS_REF_NONE,
	KS_REF_MAP,	// ld_imm64: maps[index]
	KS_REF_DATA,	// ld_imm64: address `offset` bytes into data[index]
	KS_REF_KCONFIG, // ld_imm64: address of the value of externs[index]
	KS_REF_KSYM,	// ld_imm64: address of the kernel's variable or function externs[index]
	KS_REF_KFUNC,	// call of the kernel's function externs[index]
	KS_REF_CALL, // call of the function that begins at instruction `offset` of the same program
	KS_REF_POINTER, // ld_imm64: address of that function, a callback
	KS_REF_LOST,	// refers to something that no loader could find: `name`
};

/** What an instruction refers to. */
struct ks_bpf_ref {
	enum ks_bpf_ref_kind kind;
	uint32_t index;
	uint64_t offset;
	const char *name; // of the symbol, NULL when it has none
};

/** enum bpf_core_relo_kind. */
enum ks_core_kind {
	KS_CORE_FIELD_OFFSET,
	KS_CORE_FIELD_SIZE,
	KS_CORE_FIELD_EXISTS,
	KS_CORE_FIELD_SIGNED,
	KS_CORE_FIELD_LSHIFT,
	KS_CORE_FIELD_RSHIFT,
	KS_CORE_TYPE_ID_LOCAL,
	KS_CORE_TYPE_ID_TARGET,
	KS_CORE_TYPE_EXISTS,
	KS_CORE_TYPE_SIZE,
	KS_CORE_ENUM_EXISTS,
	KS_CORE_ENUM_VALUE,
	KS_CORE_TYPE_MATCHES,
	KS_NR_CORE_KINDS,
};
/** How a report calls it: "field offset", "type exists". */
extern const char *const ks_core_texts[KS_NR_CORE_KINDS];

/** One CO-RE relocation. */
struct ks_bpf_core {
	enum ks_core_kind kind;
	uint32_t type;	      // id in the object's BTF
	uint32_t nr;	      // of path
	const uint32_t *path; // the access string "0:1:2" as numbers
	const char *text;     // the access string
};

/** A place in the program's source. */
struct ks_bpf_line {
	const char *file, *text; // text: the line itself, without what surrounds it
	uint32_t line, column;
};

/** A program, with the functions it calls behind it, as a loader hands it to the kernel. */
struct ks_bpf_program {
	const char *name;
	const char *section;  // as written, "?" included
	struct ks_hook hook;  // what the section says
	bool autoload;	      // false: the section begins with "?"
	bool sleepable;	      //
	uint32_t nr, nr_main; // instructions, and those of the program itself
	const struct ks_bpf_insn *insns;
	/** For each instruction: index into the object's refs, cores and lines, or KS_NO_INDEX. */
	const uint32_t *refs, *cores, *lines;
	uint32_t func_type; // id of its prototype in the object's BTF; 0 when unknown
};
#define KS_NO_INDEX UINT32_MAX

/** BPF_F_LINK of include/uapi/linux/bpf.h: operations that a link puts in place. */
#define KS_BPF_MAP_LINK (1u << 13)

struct ks_bpf_map {
	const char *name;
	uint32_t type; // enum bpf_map_type
	uint32_t key_size, value_size, max_entries, flags;
	uint32_t inner_type;	// of the maps in its slots; 0 when it holds none
	const char *struct_ops; // of a struct_ops map: the kernel's struct; else NULL
	bool autocreate;	// false: its section begins with "?"
};

/** A section of data: .rodata, .data, .bss and their kin. */
struct ks_bpf_data {
	const char *name;
	const uint8_t *bytes; // NULL: all zero
	uint64_t size;
	bool constant; // nobody can change it once loaded
};

/** How libbpf reads an option into a variable (find_kcfg_type()). */
enum ks_kconfig_type {
	KS_KCONFIG_UNKNOWN, // it does not
	KS_KCONFIG_BOOL,
	KS_KCONFIG_TRISTATE, // enum libbpf_tristate
	KS_KCONFIG_CHAR,     // a letter, or a number of one byte
	KS_KCONFIG_NUMBER,
	KS_KCONFIG_TEXT,
};

enum ks_bpf_extern_kind { KS_EXTERN_KCONFIG, KS_EXTERN_KSYM, KS_EXTERN_KFUNC };
struct ks_bpf_extern {
	enum ks_bpf_extern_kind kind;
	const char *name; // "CONFIG_HZ", "LINUX_KERNEL_VERSION", "bpf_task_acquire"
	bool weak;
	uint32_t type; // id in the object's BTF; 0: untyped
	uint32_t size; // kconfig: bytes of the value
	bool is_signed;
	enum ks_kconfig_type value; // kconfig
};

/** Something for which libbpf 1.x does not open an object, whatever the kernel. */
struct ks_bpf_refusal {
	const char *name, *why; // of the map, extern, function or section; the end of a sentence
};

/** A struct_ops map's member that is a program. */
struct ks_bpf_struct_op {
	uint32_t map;	    // index
	const char *member; // of the kernel's struct
	uint32_t program;   // index
};

/** A member of a struct_ops map, as the object has it. */
struct ks_bpf_struct_member {
	uint32_t map; // index
	const char *name;
	uint32_t kind; // enum ks_btf_kind, of what typedefs and qualifiers stand for
	uint32_t size; // bytes; 0: not known
	bool set;      // to something else than zero
};

struct ks_bpf_object {
	struct ks_arena arena; // of everything below
	const char *name;      // without folder and ".bpf.o"
	const char *license;   // NULL when it has none
	bool big_endian;
	const char *legacy_maps; // a section with maps that no BTF describes; NULL
	bool no_symbols; // no symbol table: libbpf does not open it, and nothing in it has a name
	bool legacy;	 // no BTF: only sections, maps and helpers are known
	struct ks_btf *btf; // its own; NULL for a legacy object
	/** Those of the machine that its types give away; NULL: none do. */
	const struct ks_arch_registers *registers;
	/** The machine of the program or library that it was found in; NULL: in none. */
	const struct ks_arch *carrier;
	uint32_t nr_programs, nr_maps, nr_data, nr_externs, nr_refs, nr_cores, nr_lines,
		nr_struct_ops, nr_strays, nr_refusals, nr_struct_members;
	const struct ks_bpf_program *programs;
	const struct ks_bpf_map *maps;
	const struct ks_bpf_data *data;
	const struct ks_bpf_extern *externs;
	/** Undefined symbols that are in neither .ksyms nor .kconfig. */
	const struct ks_bpf_extern *strays;
	const struct ks_bpf_ref *refs;
	const struct ks_bpf_core *cores;
	const struct ks_bpf_line *lines;
	const struct ks_bpf_struct_op *struct_ops;
	const struct ks_bpf_struct_member *struct_members;
	const struct ks_bpf_refusal *refusals;
};

/** What an instruction of a program refers to; NULL: nothing. */
static inline const struct ks_bpf_ref *ks_bpf_ref_at(const struct ks_bpf_object *object,
						     const struct ks_bpf_program *program,
						     uint32_t insn)
{
	uint32_t ref = program->refs ? program->refs[insn] : KS_NO_INDEX;
	return ref < object->nr_refs ? &object->refs[ref] : NULL;
}

/**
 * Read one object.
 * @param bytes borrowed as long as the result
 * @param name how reports call it
 * @return KS_ERR_UNSUPPORTED when it is no eBPF object, KS_ERR_DATA with section and offset when it is damaged
 */
KS_MUST_CHECK struct ks_error *ks_bpf_open(const void *bytes, size_t len, const char *name,
					   struct ks_bpf_object **ret);
void ks_bpf_close(struct ks_bpf_object *object); // NULL is allowed
/** How much of a file's name is that of its object: all but the ends that such files have. */
size_t ks_bpf_name_len(const char *file);
static inline void ks_bpf_closep(struct ks_bpf_object **object)
{
	ks_bpf_close(*object);
}
#define _cleanup_bpf_ __attribute__((__cleanup__(ks_bpf_closep)))
