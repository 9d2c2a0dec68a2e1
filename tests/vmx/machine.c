// SPDX-License-Identifier: GPL-2.0-only
/* What the boot loader left: command line and files; and the end. */
#include "root.h"

#define MODULES_MAX		32
#define BOCHS_SHUTDOWN_PORT	0x8900
#define PIC_MASK_FIRST		0x21
#define PIC_MASK_SECOND		0xa1

/* Multiboot specification 0.6.96, 3.3. */
struct multiboot {
	uint32_t flags, mem_lower, mem_upper, boot_device;
	uint32_t command_line, modules_count, modules;
};

struct multiboot_module {
	uint32_t start, end, name, reserved;
};

extern const uint64_t multiboot_info;
extern const char image_start[], bss_end[];

static const char *command_line = "";
static const struct multiboot_module *modules;
static uint32_t modules_count;

uint64_t virt_to_phys(const volatile void *virt)
{
	uint64_t address = (uint64_t)virt;

	return address >= ROOT_VIRT ? address - ROOT_VIRT :
				      address - DIRECT_VIRT;
}

void machine_init(void)
{
	const struct multiboot *info = direct(multiboot_info);

	/* The BIOS left it open, on vectors of exceptions. */
	outb(PIC_MASK_FIRST, 0xff);
	outb(PIC_MASK_SECOND, 0xff);
	command_line = direct(info->command_line);
	modules = direct(info->modules);
	modules_count = info->modules_count;
}

static bool word_is(const char *text, const char *word)
{
	while (*word && *text == *word) {
		text++;
		word++;
	}
	return !*word && (!*text || *text == ' ');
}

struct file file_get(const char *name)
{
	for (uint32_t n = 0; n < modules_count; n++) {
		const struct multiboot_module *module = &modules[n];

		if (word_is(direct(module->name), name))
			return (struct file){ direct(module->start),
					      module->end - module->start };
	}
	print("no file %s\n", name);
	machine_stop();
}

const char *option(const char *name)
{
	const char *text = command_line;

	while (*text) {
		size_t length = strnlen(name, 64);

		if (!strncmp(text, name, length) && text[length] == '=')
			return text + length + 1;
		while (*text && *text != ' ')
			text++;
		while (*text == ' ')
			text++;
	}
	return NULL;
}

bool option_is(const char *name, const char *value)
{
	const char *found = option(name);

	return found && word_is(found, value);
}

/* Bochs ends when it reads this word on its port. */
void machine_stop(void)
{
	console_flush();
	for (const char *c = "Shutdown"; *c; c++)
		outb(BOCHS_SHUTDOWN_PORT, (uint8_t)*c);
	for (;;)
		__asm__ volatile("cli\n\thlt");
}
