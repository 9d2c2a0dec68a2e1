/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor's image for x86 in a host process, run instruction by instruction. */
#include "steps-image.h"

#include <asm/prctl.h>
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define EFLAGS_TF	0x100

static const uint8_t *file;
static const Elf64_Sym *symbols;
static size_t symbols_count;
static const char *names;
static uint64_t text_from, text_to;

static struct {
	uint64_t count;
	bool on;
} steps;

static struct {
	uint32_t msr;
	uint64_t value;
} msrs[STEPS_MSRS];
static unsigned int msrs_count;
uint64_t steps_tsc;

static void die(const char *what, const char *which)
{
	fprintf(stderr, "weir-steps: %s %s\n", what, which);
	exit(2);
}

void *steps_symbol(const char *name)
{
	for (size_t n = 0; n < symbols_count; n++) {
		if (symbols[n].st_value &&
		    !strcmp(names + symbols[n].st_name, name))
			return (void *)(uintptr_t)symbols[n].st_value;
	}
	die("the image has no", name);
	return NULL;
}

static void segment_map(const Elf64_Phdr *segment)
{
	size_t size = (segment->p_memsz + 4095) & ~(size_t)4095;
	void *at = (void *)(uintptr_t)segment->p_vaddr;

	if (mmap(at, size, PROT_READ | PROT_WRITE | PROT_EXEC,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at)
		die("no room for a segment of", "the image");
	memcpy(at, file + segment->p_offset, segment->p_filesz);
}

static void symbols_find(const Elf64_Ehdr *elf)
{
	const Elf64_Shdr *sections = (const void *)(file + elf->e_shoff);

	for (unsigned int n = 0; n < elf->e_shnum; n++) {
		if (sections[n].sh_type != SHT_SYMTAB)
			continue;
		symbols = (const void *)(file + sections[n].sh_offset);
		symbols_count = sections[n].sh_size / sizeof(*symbols);
		names = (const char *)file +
			sections[sections[n].sh_link].sh_offset;
	}
}

static void image_map(const char *path)
{
	const Elf64_Ehdr *elf;
	const Elf64_Phdr *segments;
	struct stat about;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &about))
		die("cannot open", path);
	file = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	elf = (const void *)file;
	if (file == MAP_FAILED || memcmp(elf->e_ident, ELFMAG, SELFMAG) ||
	    elf->e_machine != EM_X86_64)
		die("not an image for x86:", path);
	segments = (const void *)(file + elf->e_phoff);
	for (unsigned int n = 0; n < elf->e_phnum; n++) {
		if (segments[n].p_type == PT_LOAD)
			segment_map(&segments[n]);
	}
	symbols_find(elf);
	text_from = (uintptr_t)steps_symbol("text_start");
	text_to = (uintptr_t)steps_symbol("rodata_start");
}

/* ------------------------------------------------- instruction by instruction */

/* It is about to be executed. */
static void step(uint64_t rip)
{
	if (steps.on && rip >= text_from && rip < text_to)
		steps.count++;
}

static void trapped(int signal, siginfo_t *info, void *context)
{
	const ucontext_t *at = context;

	(void)signal;
	(void)info;
	step((uint64_t)at->uc_mcontext.gregs[REG_RIP]);
}

uint64_t *steps_msr(uint32_t msr)
{
	for (unsigned int n = 0; n < msrs_count; n++) {
		if (msrs[n].msr == msr)
			return &msrs[n].value;
	}
	if (msrs_count == STEPS_MSRS)
		die("too many registers for", "the model");
	msrs[msrs_count].msr = msr;
	return &msrs[msrs_count++].value;
}

static void answer(greg_t *regs, uint64_t value)
{
	regs[REG_RAX] = (greg_t)(uint32_t)value;
	regs[REG_RDX] = (greg_t)(value >> 32);
}

/* What only the kernel may execute, and the clock. Each is two bytes long. */
static void refused(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	const uint8_t *code = (const uint8_t *)(uintptr_t)regs[REG_RIP];
	uint32_t msr = (uint32_t)regs[REG_RCX];

	(void)signal;
	if (code[0] == 0x0f && code[1] == 0x32)
		answer(regs, *steps_msr(msr));
	else if (code[0] == 0x0f && code[1] == 0x30)
		*steps_msr(msr) = (uint64_t)regs[REG_RDX] << 32 |
				  (uint32_t)regs[REG_RAX];
	else if (code[0] == 0x0f && code[1] == 0x31)
		answer(regs, steps_tsc);
	else {
		fprintf(stderr, "weir-steps: fault at %p, of %p\n",
			(const void *)code, info->si_addr);
		_exit(2);
	}
	regs[REG_RIP] += 2;
	/* The trap comes only behind the next one. */
	step((uint64_t)regs[REG_RIP]);
}

static void handler_set(int signal, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK };

	if (sigaction(signal, &action, NULL))
		die("no handler of", strsignal(signal));
}

void steps_open(const char *path, void *gs_base)
{
	static uint8_t stack[65536];
	stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };

	image_map(path);
	/* The image knows of no red zone, and of no signals. */
	if (sigaltstack(&own, NULL) || prctl(PR_SET_TSC, PR_TSC_SIGSEGV) ||
	    syscall(SYS_arch_prctl, ARCH_SET_GS, gs_base))
		die("cannot prepare", "the process");
	handler_set(SIGTRAP, trapped);
	handler_set(SIGSEGV, refused);
}

void steps_begin(void)
{
	steps.count = 0;
	steps.on = true;
	__asm__ volatile("pushfq\n\torq %0, (%%rsp)\n\tpopfq"
			 : : "i"(EFLAGS_TF) : "cc", "memory");
}

uint64_t steps_end(void)
{
	__asm__ volatile("pushfq\n\tandq %0, (%%rsp)\n\tpopfq"
			 : : "i"(~EFLAGS_TF) : "cc", "memory");
	steps.on = false;
	return steps.count;
}
