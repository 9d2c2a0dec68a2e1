/* SPDX-License-Identifier: GPL-2.0-only */
/* The validator: descriptors, names, sizes, CPU sets. */
#include "hv/config-check.h"

#include "config-internal.h"
#include "hv/errno.h"
#include "hv/string.h"

#define CONSOLE_FLAGS_KNOWN                                                   \
	(CONSOLE_MMIO | CONSOLE_REGDIST_4 | CONSOLE_FB_1920 |                 \
	 CONSOLE_INVERTED_GATE | CONSOLE_MDR_QUIRK)

static int check_head(const void *blob, size_t size, size_t head_size,
		      const char *signature, enum config_arch arch,
		      struct reason *reason)
{
	const struct cell_desc *head = blob;

	if (size < head_size)
		return refuse(reason, -EINVAL,
			      "configuration of %zu bytes: its head alone takes %zu",
			      size, head_size);
	if (size > CONFIG_MAX_BYTES)
		return refuse(reason, -E2BIG,
			      "configuration of %zu bytes: at most %u are allowed",
			      size, CONFIG_MAX_BYTES);
	if (memcmp(head->signature, signature, CONFIG_SIGNATURE_BYTES))
		return refuse(reason, -EINVAL,
			      "signature is not %s: not a %s configuration",
			      signature, head_size == sizeof(*head) ? "cell" :
								      "system");
	if (head->architecture != arch)
		return refuse(reason, -EINVAL,
			      "architecture is %u, this machine's is %u",
			      head->architecture, arch);
	if (head->revision != CONFIG_REVISION)
		return refuse(reason, -EINVAL,
			      "configuration revision is %u, %u is needed",
			      head->revision, CONFIG_REVISION);
	return 0;
}

static int check_name(const struct cell_desc *desc, struct reason *reason)
{
	size_t length = strnlen(desc->name, CONFIG_NAME_BYTES);

	if (length == CONFIG_NAME_BYTES)
		return refuse(reason, -EINVAL,
			      "cell name is not terminated within %u bytes",
			      CONFIG_NAME_BYTES);
	if (length == 0)
		return refuse(reason, -EINVAL, "cell name is empty");
	for (size_t i = 0; i < length; i++) {
		if (desc->name[i] < 0x20 || desc->name[i] > 0x7e)
			return refuse(reason, -EINVAL,
				      "cell name: byte %zu is 0x%02x, not printable ASCII",
				      i, (uint8_t)desc->name[i]);
	}
	return 0;
}

static int check_identity(const struct config_subject *subject)
{
	const struct cell_desc *desc = subject->view.desc;

	if (subject->is_root && desc->id != 0)
		return refuse(subject->reason, -EINVAL,
			      "root cell has id %u, it must be 0", desc->id);
	if (!subject->is_root && (desc->id == 0 || desc->id > INT32_MAX))
		return refuse(subject->reason, -EINVAL,
			      "cell id is %u, allowed are 1 to %d", desc->id,
			      INT32_MAX);
	return check_name(desc, subject->reason);
}

static int check_flags(const struct config_subject *subject)
{
	uint32_t flags = subject->view.desc->flags;
	uint32_t allowed = CELL_FLAGS_KNOWN;

	if (subject->arch != CONFIG_ARCH_X86)
		allowed &= ~CELL_TEST_DEVICE;
	if (subject->arch != CONFIG_ARCH_ARM64)
		allowed &= ~CELL_AARCH32;
	if (flags & ~allowed)
		return refuse(subject->reason, -EINVAL,
			      "cell flags 0x%x: unknown here are 0x%x", flags,
			      flags & ~allowed);
	return 0;
}

/* 32-bit counts of small records cannot overflow 64 bits. */
uint64_t config_bytes(const struct cell_desc *desc)
{
	return sizeof(*desc) + (uint64_t)desc->cpu_set_size +
	       desc->num_memory_regions * (uint64_t)sizeof(struct memory_region) +
	       desc->num_cache_regions * (uint64_t)sizeof(struct cache_region) +
	       desc->num_irqchips * (uint64_t)sizeof(struct irqchip) +
	       desc->num_pio_regions * (uint64_t)sizeof(struct pio_region) +
	       desc->num_pci_devices * (uint64_t)sizeof(struct pci_device) +
	       desc->num_pci_caps * (uint64_t)sizeof(struct pci_capability) +
	       desc->num_stream_ids * (uint64_t)sizeof(union stream_id);
}

static int check_arrays(const struct cell_desc *desc, size_t size,
			struct reason *reason)
{
	uint64_t bytes = config_bytes(desc);

	if (desc->cpu_set_size == 0 || desc->cpu_set_size % 8)
		return refuse(reason, -EINVAL,
			      "CPU set of %u bytes: a multiple of 8 is needed",
			      desc->cpu_set_size);
	if (bytes > size)
		return refuse(reason, -EINVAL,
			      "descriptor and arrays take %llu bytes, only %zu are there",
			      (unsigned long long)bytes, size);
	return 0;
}

static int check_cpus(const struct config_subject *subject)
{
	const struct config_view *view = &subject->view;
	unsigned int count = 0;

	for (uint32_t cpu = 0; cpu < view->desc->cpu_set_size * 8; cpu++) {
		if (!(view->cpu_set[cpu / 8] >> (cpu % 8) & 1))
			continue;
		if (cpu >= HV_MAX_CPUS)
			return refuse(subject->reason, -EINVAL,
				      "CPU set names CPU %u, allowed are 0 to %u",
				      cpu, HV_MAX_CPUS - 1);
		count++;
	}
	if (count == 0)
		return refuse(subject->reason, -EINVAL, "CPU set is empty");
	return 0;
}

int config_check_console(const struct console_desc *console,
			 struct reason *reason)
{
	if (console->type > CONSOLE_SCIF)
		return refuse(reason, -EINVAL,
			      "console type is %u, allowed are 0 to %u",
			      console->type, CONSOLE_SCIF);
	if (console->flags & ~CONSOLE_FLAGS_KNOWN)
		return refuse(reason, -EINVAL,
			      "console flags 0x%x: unknown are 0x%x",
			      console->flags,
			      console->flags & ~CONSOLE_FLAGS_KNOWN);
	if (!range_fits(console->address, console->size))
		return refuse(reason, -EINVAL,
			      "console at 0x%llx, 0x%x bytes: beyond %u address bits",
			      (unsigned long long)console->address,
			      console->size, CONFIG_ADDRESS_BITS);
	return 0;
}

static int check_entry(const struct config_subject *subject)
{
	const struct cell_desc *desc = subject->view.desc;

	if (subject->arch != CONFIG_ARCH_X86 && desc->cpu_reset_address % 4)
		return refuse(subject->reason, -EINVAL,
			      "CPU reset address 0x%llx is not a multiple of 4",
			      (unsigned long long)desc->cpu_reset_address);
	return 0;
}

/* A descriptor with all that follows it; `desc` to `desc + size` is readable. */
static int check_descriptor(struct config_subject *subject,
			    const struct cell_desc *desc, size_t size)
{
	int (*const checks[])(const struct config_subject *subject) = {
		check_identity, check_flags,	     check_cpus,
		check_entry,	config_check_memory, config_check_devices,
	};
	size_t arrays;
	int error;

	error = check_arrays(desc, size, subject->reason);
	if (error)
		return error;
	arrays = (size_t)config_bytes(desc);
	config_view_init(&subject->view, desc, size);
	for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
		error = checks[i](subject);
		if (error)
			return error;
	}
	error = config_check_console(&desc->console, subject->reason);
	if (!error && size != arrays)
		error = config_check_block(subject, size - arrays);
	return error ? error : config_check_colors(subject);
}

int config_check_cell(const void *blob, size_t size, enum config_arch arch,
		      struct reason *reason)
{
	struct config_subject subject = { .arch = arch, .reason = reason };
	int error;

	error = check_head(blob, size, sizeof(struct cell_desc),
			   CONFIG_CELL_SIGNATURE, arch, reason);
	if (error)
		return error;
	return check_descriptor(&subject, blob, size);
}

static int check_hypervisor_memory(const struct system_desc *system,
				   struct reason *reason)
{
	const struct memory_region *memory = &system->hypervisor_memory;

	if (memory->size == 0 ||
	    ((memory->phys_start | memory->size) & ~PAGE_MASK))
		return refuse(reason, -EINVAL,
			      "hypervisor memory 0x%llx, 0x%llx bytes: whole pages are needed",
			      (unsigned long long)memory->phys_start,
			      (unsigned long long)memory->size);
	if (!range_fits(memory->phys_start, memory->size))
		return refuse(reason, -EINVAL,
			      "hypervisor memory 0x%llx, 0x%llx bytes: beyond %u address bits",
			      (unsigned long long)memory->phys_start,
			      (unsigned long long)memory->size,
			      CONFIG_ADDRESS_BITS);
	return 0;
}

static int check_platform_arm(const struct platform_arm *arm,
			      struct reason *reason)
{
	uint64_t bases = arm->gicd_base | arm->gicc_base | arm->gich_base |
			 arm->gicv_base | arm->gicr_base;

	if (arm->gic_version != 2 && arm->gic_version != 3)
		return refuse(reason, -EINVAL,
			      "GIC version is %u, allowed are 2 and 3",
			      arm->gic_version);
	if (arm->maintenance_irq < 16 || arm->maintenance_irq > 31)
		return refuse(reason, -EINVAL,
			      "GIC maintenance interrupt is %u, allowed are 16 to 31",
			      arm->maintenance_irq);
	if ((bases & ~PAGE_MASK) || bases >> CONFIG_ADDRESS_BITS)
		return refuse(reason, -EINVAL,
			      "GIC base addresses must be page aligned, below %u bits",
			      CONFIG_ADDRESS_BITS);
	if (arm->gicd_base == 0)
		return refuse(reason, -EINVAL, "GIC distributor address is 0");
	return 0;
}

static int check_platform(const struct system_desc *system,
			  enum config_arch arch, struct reason *reason)
{
	const struct platform_info *platform = &system->platform;

	if (!range_fits(platform->pci_mmconfig_base, BIT(28)) ||
	    (platform->pci_mmconfig_base & ~PAGE_MASK))
		return refuse(reason, -EINVAL,
			      "PCI configuration space at 0x%llx: page aligned, below %u bits",
			      (unsigned long long)platform->pci_mmconfig_base,
			      CONFIG_ADDRESS_BITS);
	for (unsigned int i = 0; i < CONFIG_MAX_IOMMU_UNITS; i++) {
		const struct iommu_unit *unit = &platform->iommu_units[i];

		if (unit->type > IOMMU_MMU500 ||
		    !range_fits(unit->base, unit->size))
			return refuse(reason, -EINVAL,
				      "IOMMU %u: type %u at 0x%llx is not possible",
				      i, unit->type,
				      (unsigned long long)unit->base);
	}
	if (arch == CONFIG_ARCH_X86)
		return 0;
	return check_platform_arm(&platform->arm, reason);
}

int config_check_system(const void *blob, size_t size, enum config_arch arch,
			struct reason *reason)
{
	const size_t root_offset = offsetof(struct system_desc, root_cell);
	struct config_subject subject = {
		.arch = arch,
		.is_root = true,
		.reason = reason,
	};
	const struct system_desc *system = blob;
	int error;

	error = check_head(blob, size, sizeof(*system), CONFIG_SYSTEM_SIGNATURE,
			   arch, reason);
	if (error)
		return error;
	if (system->flags & ~SYSTEM_VIRTUAL_DEBUG_CONSOLE)
		return refuse(reason, -EINVAL,
			      "system flags 0x%x: unknown are 0x%x",
			      system->flags,
			      system->flags & ~SYSTEM_VIRTUAL_DEBUG_CONSOLE);
	error = check_hypervisor_memory(system, reason);
	if (!error)
		error = config_check_console(&system->debug_console, reason);
	if (!error)
		error = check_platform(system, arch, reason);
	if (!error)
		error = check_descriptor(&subject, &system->root_cell,
					 size - root_offset);
	if (!error)
		error = config_check_isolation(system, &subject.view, arch,
					       reason);
	if (error)
		return error;
	return config_check_root(system, &subject.view, reason);
}
