// SPDX-License-Identifier: GPL-2.0-only
/*
 * The EL2 profiler plugin: instructions executed at EL2, per class of exit,
 * without any help by the hypervisor.
 *
 * Options (README.md explains them): out=FILE lo=ADDR hi=ADDR vectors=ADDR
 * probe=NAME@ADDR... part=NAME@LOW-HIGH... on=0|1
 */
#include "el2prof.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi/memsys.h"
#include "qemu-plugin-api.h"

/* A64 encodings: Arm ARM DDI 0487, C6.2 (HINT, ERET). */
#define OPCODE_HINT(n)	(0xd503201fu | (n) << 5)
#define OPCODE_START	OPCODE_HINT(MEMSYS_DOORBELL_HINT)
#define OPCODE_BEGIN	OPCODE_HINT(97u)
#define OPCODE_END	OPCODE_HINT(98u)
#define OPCODE_ERET	0xd69f03e0u

int qemu_plugin_version = QEMU_PLUGIN_API_VERSION;

static struct profile profile;
static const char *out_path;
static qemu_plugin_id_t plugin_id;
static bool counting;
static pthread_t thread;
static bool thread_checked[PROFILE_MAX_CPUS];
static bool thread_known;

static void install_hooks(void);

__attribute__((format(printf, 1, 2)))
static int refuse(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("el2prof: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	return -1;
}

/* ----------------------------------------------------------- callbacks */

static void on_reset(qemu_plugin_id_t id)
{
	(void)id;
	install_hooks();
}

static void start(void)
{
	counting = true;
	qemu_plugin_reset(plugin_id, on_reset);
}

static void on_start(unsigned int cpu, void *opcode)
{
	if (counting || cpu >= profile.num_cpus)
		return;
	start();
	if ((uint32_t)(uintptr_t)opcode == OPCODE_BEGIN)
		profile_bracket_begin(&profile, cpu);
}

/* One counter serves all vCPUs: they must take turns. */
static void check_thread(unsigned int cpu)
{
	if (thread_known && !pthread_equal(thread, pthread_self())) {
		refuse("the vCPUs run in parallel: use -icount, or "
		       "-accel tcg,thread=single");
		_exit(1);
	}
	thread = pthread_self();
	thread_known = true;
	thread_checked[cpu] = true;
}

static void on_block(unsigned int cpu, void *address)
{
	if (cpu >= profile.num_cpus)
		return;
	if (!thread_checked[cpu])
		check_thread(cpu);
	profile_block(&profile, cpu, (uint64_t)(uintptr_t)address);
}

static void on_eret(unsigned int cpu, void *unused)
{
	(void)unused;
	if (cpu < profile.num_cpus)
		profile_return(&profile, cpu);
}

static void on_probe(unsigned int cpu, void *probe)
{
	if (cpu < profile.num_cpus)
		profile_probe(&profile, cpu, (unsigned int)(uintptr_t)probe);
}

static void on_marker(unsigned int cpu, void *opcode)
{
	if (cpu >= profile.num_cpus)
		return;
	if ((uint32_t)(uintptr_t)opcode == OPCODE_BEGIN)
		profile_bracket_begin(&profile, cpu);
	else
		profile_bracket_end(&profile, cpu);
}

/* --------------------------------------------------------- translation */

static void watch(struct qemu_plugin_insn *insn, qemu_plugin_vcpu_udata_cb_t cb,
		  uint64_t value)
{
	qemu_plugin_register_vcpu_insn_exec_cb(insn, cb, QEMU_PLUGIN_CB_NO_REGS,
					       (void *)(uintptr_t)value);
}

static uint32_t insn_opcode(const struct qemu_plugin_insn *insn)
{
	uint32_t opcode;

	memcpy(&opcode, qemu_plugin_insn_data(insn), sizeof(opcode));
	return opcode;
}

static void translate_off(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n_insns = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t n = 0; n < n_insns; n++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, n);
		uint32_t opcode = insn_opcode(insn);

		if (opcode == OPCODE_START || opcode == OPCODE_BEGIN)
			watch(insn, on_start, opcode);
	}
}

static void watch_el2_insn(struct qemu_plugin_insn *insn, uint64_t address)
{
	if (insn_opcode(insn) == OPCODE_ERET)
		watch(insn, on_eret, 0);
	for (unsigned int n = 0; n < profile.probes_count; n++)
		if (profile.probes[n].address == address)
			watch(insn, on_probe, n);
}

static void watch_insn(struct qemu_plugin_insn *insn)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	uint32_t opcode = insn_opcode(insn);

	if (opcode == OPCODE_BEGIN || opcode == OPCODE_END)
		watch(insn, on_marker, opcode);
	if (address >= profile.low && address < profile.high)
		watch_el2_insn(insn, address);
	qemu_plugin_register_vcpu_insn_exec_inline(
		insn, QEMU_PLUGIN_INLINE_ADD_U64, &profile.executed, 1);
}

static void translate_on(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n_insns = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t n = 0; n < n_insns; n++)
		watch_insn(qemu_plugin_tb_get_insn(tb, n));
	qemu_plugin_register_vcpu_tb_exec_cb(
		tb, on_block, QEMU_PLUGIN_CB_NO_REGS,
		(void *)(uintptr_t)qemu_plugin_tb_vaddr(tb));
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *unused)
{
	int failed = profile_write(&profile, out_path);

	(void)id;
	(void)unused;
	if (failed)
		refuse("%s: %s", out_path, strerror(-failed));
}

/* A reset has dropped all that was registered before. */
static void install_hooks(void)
{
	qemu_plugin_register_vcpu_tb_trans_cb(
		plugin_id, counting ? translate_on : translate_off);
	qemu_plugin_register_atexit_cb(plugin_id, on_exit_of_qemu, NULL);
}

/* ------------------------------------------------------------- options */

static int parse_address(const char *text, char stop, uint64_t *address,
			 const char **rest)
{
	char *end;

	errno = 0;
	*address = strtoull(text, &end, 0);
	if (*text < '0' || *text > '9' || errno || *end != stop)
		return refuse("'%s' is not an address", text);
	if (rest)
		*rest = end + 1;
	return 0;
}

/* NAME@REST: letters, digits, '_' and '-'. */
static int parse_name(const char *text, char name[PROFILE_NAME_BYTES],
		      const char **rest)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	if (!length || length >= PROFILE_NAME_BYTES || text[length] != '@')
		return refuse("'%s' is not NAME@ADDRESS", text);
	memcpy(name, text, length);
	name[length] = 0;
	*rest = text + length + 1;
	return 0;
}

static int parse_probe(const char *text)
{
	struct probe *probe = &profile.probes[profile.probes_count];
	char name[PROFILE_NAME_BYTES];
	int class;

	if (profile.probes_count == PROFILE_MAX_PROBES)
		return refuse("more than %u probes", PROFILE_MAX_PROBES);
	if (parse_name(text, name, &text) ||
	    parse_address(text, 0, &probe->address, NULL))
		return -1;
	class = profile_class(&profile, name);
	if (class < 0)
		return refuse("more than %u classes", PROFILE_MAX_CLASSES);
	probe->class = (unsigned int)class;
	profile.probes_count++;
	return 0;
}

static int parse_part(const char *text)
{
	struct part *part = &profile.parts[profile.parts_count];

	if (profile.parts_count == PROFILE_MAX_PARTS)
		return refuse("more than %u parts", PROFILE_MAX_PARTS);
	if (parse_name(text, part->name, &text) ||
	    parse_address(text, '-', &part->low, &text) ||
	    parse_address(text, 0, &part->high, NULL))
		return -1;
	profile.parts_count++;
	return 0;
}

static int parse_option(const char *name, const char *value)
{
	uint64_t flag;

	if (!strcmp(name, "out")) {
		out_path = value;
		return 0;
	}
	if (!strcmp(name, "lo"))
		return parse_address(value, 0, &profile.low, NULL);
	if (!strcmp(name, "hi"))
		return parse_address(value, 0, &profile.high, NULL);
	if (!strcmp(name, "vectors"))
		return parse_address(value, 0, &profile.vectors, NULL);
	if (!strcmp(name, "probe"))
		return parse_probe(value);
	if (!strcmp(name, "part"))
		return parse_part(value);
	if (!strcmp(name, "on")) {
		if (parse_address(value, 0, &flag, NULL))
			return -1;
		counting = flag;
		return 0;
	}
	return refuse("there is no option %s", name);
}

static int parse_options(int argc, char **argv)
{
	for (int n = 0; n < argc; n++) {
		char name[16] = "";
		const char *value = strchr(argv[n], '=');
		size_t length = value ? (size_t)(value - argv[n]) : 0;

		if (!length || length >= sizeof(name))
			return refuse("'%s' is not option=value", argv[n]);
		memcpy(name, argv[n], length);
		if (parse_option(name, value + 1))
			return -1;
	}
	if (!out_path)
		return refuse("out=FILE is missing");
	if (profile.low > profile.high ||
	    (profile.high &&
	     (profile.vectors < profile.low || profile.vectors >= profile.high)))
		return refuse("vectors= must lie within lo= and hi=");
	return 0;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
			char **argv)
{
	if (!info->system_emulation || strcmp(info->target_name, "aarch64"))
		return refuse("only qemu-system-aarch64 is supported");
	if (info->system.smp_vcpus < 1 ||
	    info->system.smp_vcpus > (int)PROFILE_MAX_CPUS)
		return refuse("1 to %u CPUs are supported", PROFILE_MAX_CPUS);
	profile_init(&profile, (unsigned int)info->system.smp_vcpus);
	if (parse_options(argc, argv))
		return -1;
	plugin_id = id;
	install_hooks();
	return 0;
}
