/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be attached where: this unit alone is compiled with ftrace entries (see ../make), and kernel.lds
 * gathers their tables as the kernel's linker script does. After each "Facts:" the bits of the function.
 */
#include "mini.h"

#define notrace __attribute__((__no_instrument_function__, __patchable_function_entry__(0, 0)))
#define in(name) __attribute__((__section__(name)))

/* Facts: no ftrace entry; the weak function below leaves its entry behind, in code that no symbol names. */
notrace noinline int attach_hidden(int n)
{
	barrier();
	return n + 1;
}

/* Facts: the strong one of tables.c, which has no ftrace entry, takes the name. */
__attribute__((__weak__)) int attach_weak(int n)
{
	barrier();
	return n + 2;
}

/* Facts: no ftrace entry. */
notrace noinline int attach_hidden_too(int n)
{
	barrier();
	return n + 3;
}

/* Facts: ftrace. */
noinline int attach_plain(int n)
{
	barrier();
	return n + 4;
}

/* Facts: ftrace. */
static noinline used int attach_static(int n)
{
	barrier();
	return n + 5;
}

/* Facts: ftrace, no kprobe: on the list. */
noinline int attach_listed(int n)
{
	barrier();
	return n + 6;
}
static unsigned long
	_kbl_addr_attach_listed used in("_kprobe_blacklist") = (unsigned long)attach_listed;

/* Facts: no kprobe: a suffix does not take a function off the list. */
#if defined(__arm__)
#define FUNC_TYPE "%function"
#else
#define FUNC_TYPE "@function"
#endif
#define ASM_FUNCTION(section, flags, name)                                                         \
	__asm__(".pushsection " section ", \"" flags "\"\n.type " name ", " FUNC_TYPE "\n" name    \
		":\n.zero 8\n.size " name ", 8\n.popsection")
ASM_FUNCTION(".text", "ax", "attach_listed.cold");

/* Facts: ftrace, no kprobe: by its section. */
noinline in(".kprobes.text") int attach_kprobes_text(int n)
{
	barrier();
	return n + 7;
}

/* Facts: no kprobe, no ftrace entry. */
notrace noinline in(".noinstr.text") int attach_noinstr(int n)
{
	barrier();
	return n + 8;
}

/* Facts: entry code: no kprobe on amd64, i386, arm64 and armhf; other architectures have no such range. */
ASM_FUNCTION(".entry.text", "ax", "attach_entry");

/* Facts: ftrace, error injection. */
noinline int attach_inject(int n)
{
	barrier();
	return n + 9;
}
static struct {
	unsigned long addr;
	int type;
} _eil_addr_attach_inject used in("_error_injection_whitelist") = { (unsigned long)attach_inject,
								    2 };

/* Facts: ftrace as long as it is there: freed once the kernel has booted. */
noinline in(".init.text") int attach_init(int n)
{
	barrier();
	return n + 10;
}

#if defined(__x86_64__) || defined(__i386__)
ASM_FUNCTION(".text", "ax", "__fentry__");
#endif
