// SPDX-License-Identifier: GPL-2.0-only
/* What the memory-system plugin does in QEMU's translations. */
#include "plugin.h"

#include <string.h>

/* A64 encodings: Arm ARM DDI 0487, C4.1 and C6.2 (HINT, WFI). */
#define OPCODE_DOORBELL (MEMSYS_DOORBELL_OPCODE | MEMSYS_DOORBELL_HINT << 5)
#define OPCODE_WFI	0xd503207fu
#define OPCODE_HINT(n)	(0xd503201fu | (n) << 5)
#define OPCODE_BEGIN	OPCODE_HINT(COLOR_OWNERS_BEGIN_HINT)
#define OPCODE_END	OPCODE_HINT(COLOR_OWNERS_END_HINT)

/* The hypervisor's instructions are this far from its beginning at most. */
#define HYPERVISOR_BYTES 0x200000ull

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "the page is little endian and written in place");

static uint32_t insn_opcode(const struct qemu_plugin_insn *insn)
{
	uint32_t opcode;

	memcpy(&opcode, qemu_plugin_insn_data(insn), sizeof(opcode));
	return opcode;
}

/* Loads and stores: op0 = x1x0. */
static bool opcode_is_memory(uint32_t opcode)
{
	return (opcode & 0x0a000000) == 0x08000000;
}

/* ----------------------------------------------------- start and stop */

static void control_read(unsigned int cpu, struct applied_control *control)
{
	const volatile struct memsys_cpu *regs = &plugin.page->cpu[cpu];

	control->control = regs->control;
	control->hold_until_cycles = regs->hold_until_cycles;
	control->way_mask = regs->way_mask;
}

/* Runs when all old translations are gone. */
static void on_reset(qemu_plugin_id_t id)
{
	(void)id;
	for (unsigned int cpu = 0; cpu < plugin.num_cpus; cpu++)
		control_read(cpu, &plugin.applied[cpu]);
	plugin.page_store_seen = false;
	hooks_install();
}

void hooks_start(void)
{
	memsys_reset(plugin.model);
	memset(plugin.excluded, 0, sizeof(plugin.excluded));
	plugin.running = true;
	plugin.page->running = 1;
}

static void stop(void)
{
	plugin.running = false;
	plugin.page->running = 0;
	if (plugin.observer)
		observer_end_run(plugin.observer);
	qemu_plugin_reset(plugin.id, on_reset);
}

/*
 * A control word that changed was stored by an instrumented instruction, so a
 * store within the page must have been reported. If it was not, what QEMU
 * reports as physical addresses is shifted and every figure would be wrong.
 */
static void verify_hwaddr(unsigned int cpu)
{
	struct applied_control now = { 0 };
	const struct applied_control *old = &plugin.applied[cpu];

	control_read(cpu, &now);
	if (now.control == old->control && now.way_mask == old->way_mask &&
	    now.hold_until_cycles == old->hold_until_cycles)
		return;
	if (!plugin.page_store_seen)
		plugin_fatal("QEMU does not report true physical addresses: "
			     "declare the RAM backend before any other memory "
			     "and pass it with -machine memory-backend=");
	plugin.hwaddr_verified = true;
}

static void apply_control(unsigned int cpu)
{
	struct applied_control *control = &plugin.applied[cpu];

	control_read(cpu, control);
	memsys_set_control(plugin.model, cpu, control->control,
			   control->hold_until_cycles, control->way_mask);
	plugin.excluded[cpu] = control->control &
			       (MEMSYS_CPU_UNCHARGED | MEMSYS_CPU_HELD);
}

static void ring(unsigned int cpu, uint64_t following_insns)
{
	const volatile struct memsys_page *page = plugin.page;
	bool wanted = plugin.always_on || page->control & MEMSYS_CONTROL_RUN;

	if (!wanted) {
		if (plugin.running)
			stop();
		return;
	}
	if (!plugin.running) {
		hooks_start();
		qemu_plugin_reset(plugin.id, on_reset);
	} else if (plugin.instrumented && !plugin.hwaddr_verified) {
		verify_hwaddr(cpu);
	}
	memsys_execute(plugin.model, cpu, 0);
	apply_control(cpu);
	memsys_charge_instructions(plugin.model, cpu, following_insns);
	memsys_publish(plugin.model, cpu);
}

/* ----------------------------------------------------------- callbacks */

static void on_doorbell(unsigned int cpu, void *following_insns)
{
	if (cpu < plugin.num_cpus)
		ring(cpu, (uint64_t)(uintptr_t)following_insns);
}

/* The model is for one thread at a time: one must run every vCPU. */
static void check_thread(unsigned int cpu)
{
	if (plugin.thread_known && !pthread_equal(plugin.thread, pthread_self()))
		plugin_fatal("the vCPUs run in parallel: use -icount, or "
			     "-accel tcg,thread=single");
	plugin.thread = pthread_self();
	plugin.thread_known = true;
	plugin.thread_checked[cpu] = true;
}

static void on_block(unsigned int cpu, void *n_insns)
{
	if (!plugin.running || cpu >= plugin.num_cpus)
		return;
	if (!plugin.thread_checked[cpu])
		check_thread(cpu);
	memsys_execute(plugin.model, cpu, (uint64_t)(uintptr_t)n_insns);
}

static void on_wait(unsigned int cpu, void *unused)
{
	(void)unused;
	if (plugin.running && cpu < plugin.num_cpus)
		memsys_idle(plugin.model, cpu);
}

static void on_mark(unsigned int cpu, void *on)
{
	(void)cpu;
	color_owners_mark(plugin.owners, on);
}

/* Until the page was seen to be where it shall be, all accesses are looked at. */
static inline bool is_uncharged(unsigned int cpu)
{
	return plugin.excluded[cpu] && plugin.hwaddr_verified;
}

/* An access that straddles two lines of a page touches both. */
static inline void access_ram(unsigned int cpu, qemu_plugin_meminfo_t info,
			      uint64_t phys)
{
	bool is_store = qemu_plugin_mem_is_store(info);
	uint64_t last = phys + (1ull << qemu_plugin_mem_size_shift(info)) - 1;

	memsys_access(plugin.model, cpu, phys, is_store);
	if ((phys ^ last) & ~(plugin.line_bytes - 1) &&
	    !((phys ^ last) & ~(uint64_t)(MEMSYS_PAGE_BYTES - 1)))
		memsys_access(plugin.model, cpu, last, is_store);
}

/*
 * The model's account of an access, and the checks of its color. Uncharged ones
 * are checked too: they are no less real.
 */
static void account_checked(unsigned int cpu, qemu_plugin_meminfo_t info,
			    uint64_t phys, bool is_hypervisor)
{
	const struct memsys_cpu *regs = &plugin.page->cpu[cpu];
	uint64_t fills = regs->llc_fills;

	if (!is_uncharged(cpu))
		access_ram(cpu, info, phys);
	if (plugin.colors)
		color_check_access(plugin.colors, cpu, phys,
				   regs->llc_fills - fills);
	if (plugin.owners)
		color_owners_access(plugin.owners, cpu, is_hypervisor, phys);
}

static void on_access(unsigned int cpu, qemu_plugin_meminfo_t info,
		      uint64_t vaddr, void *is_hypervisor)
{
	const struct qemu_plugin_hwaddr *hwaddr;
	bool checked = plugin.colors || plugin.owners;
	uint64_t phys;

	if (!plugin.running || cpu >= plugin.num_cpus)
		return;
	if (is_uncharged(cpu) && !checked)
		return;
	hwaddr = qemu_plugin_get_hwaddr(info, vaddr);
	if (!hwaddr || qemu_plugin_hwaddr_is_io(hwaddr))
		return;
	phys = qemu_plugin_hwaddr_phys_addr(hwaddr);
	if (phys - plugin.page_phys < MEMSYS_PAGE_BYTES)
		plugin.page_store_seen |= qemu_plugin_mem_is_store(info);
	else if (phys - plugin.ram_phys >= plugin.ram_bytes)
		return;
	else if (checked)
		account_checked(cpu, info, phys, is_hypervisor);
	else
		access_ram(cpu, info, phys);
}

/* --------------------------------------------------------- translation */

static void watch_doorbell(struct qemu_plugin_insn *insn,
			   uint64_t following_insns)
{
	qemu_plugin_register_vcpu_insn_exec_cb(
		insn, on_doorbell, QEMU_PLUGIN_CB_NO_REGS,
		(void *)(uintptr_t)following_insns);
}

/* While the model is off: nothing but doorbells. */
static void translate_off(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n_insns = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t n = 0; n < n_insns; n++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n);

		if (insn_opcode(insn) == OPCODE_DOORBELL)
			watch_doorbell(insn, 0);
	}
}

static bool is_hypervisor(const struct qemu_plugin_insn *insn)
{
	return qemu_plugin_insn_vaddr(insn) - plugin.hypervisor <
	       HYPERVISOR_BYTES;
}

static void watch_insn(struct qemu_plugin_insn *insn, uint32_t opcode)
{
	if (opcode == OPCODE_WFI)
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, on_wait, QEMU_PLUGIN_CB_NO_REGS, NULL);
	else if (plugin.owners &&
		 (opcode == OPCODE_BEGIN || opcode == OPCODE_END))
		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, on_mark, QEMU_PLUGIN_CB_NO_REGS,
			(void *)(uintptr_t)(opcode == OPCODE_BEGIN));
	else if (opcode_is_memory(opcode))
		qemu_plugin_register_vcpu_mem_cb(
			insn, on_access, QEMU_PLUGIN_CB_NO_REGS,
			QEMU_PLUGIN_MEM_RW,
			(void *)(uintptr_t)is_hypervisor(insn));
}

/*
 * A block is charged when it begins, up to its first doorbell; what follows a
 * doorbell is charged under the control word that it applies.
 */
static void translate_on(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t part = 0;

	(void)id;
	for (size_t n = qemu_plugin_tb_n_insns(tb); n > 0; n--) {
		struct qemu_plugin_insn *insn =
			qemu_plugin_tb_get_insn(tb, n - 1);
		uint32_t opcode = insn_opcode(insn);

		if (opcode == OPCODE_DOORBELL) {
			watch_doorbell(insn, part);
			part = 0;
		}
		part++;
		watch_insn(insn, opcode);
	}
	qemu_plugin_register_vcpu_tb_exec_cb(tb, on_block,
					     QEMU_PLUGIN_CB_NO_REGS,
					     (void *)(uintptr_t)part);
}

void hooks_install(void)
{
	plugin.instrumented = plugin.running;
	qemu_plugin_register_vcpu_tb_trans_cb(
		plugin.id, plugin.running ? translate_on : translate_off);
	qemu_plugin_register_atexit_cb(plugin.id, plugin_exit, NULL);
}
