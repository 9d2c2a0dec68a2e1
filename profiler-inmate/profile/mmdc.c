/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The profiling counters of NXP's multi-mode DDR controller (S32V234: two of
 * them, at 0x40036000 and 0x400a2000), as the reference manuals of i.MX 6 and
 * S32V234 have them in chapter MMDC: a source for each controller.
 *
 * The counters run freely; reads are some cycles apart, which evens out.
 */
#include "registers.h"
#include "sampler.h"

#define MMDC_CONTROL		0x410u	/* MADPCR0 */
#define MMDC_FILTER		0x414u	/* MADPCR1: AXI id, its mask << 16 */
#define MMDC_CYCLES		0x418u	/* MADPSR0 */
#define MMDC_BUSY_CYCLES	0x41cu	/* MADPSR1 */
#define MMDC_READ_BYTES		0x428u	/* MADPSR4 */
#define MMDC_WRITTEN_BYTES	0x42cu	/* MADPSR5 */

#define CONTROL_ENABLE		(1u << 0)
#define CONTROL_RESET		(1u << 1)

#define CONTROLLERS_MAX		2

static struct {
	struct wide_counter cycles;
	struct wide_counter busy_cycles;
	struct wide_counter read_bytes;
	struct wide_counter written_bytes;
} controllers[CONTROLLERS_MAX];

static void read_controller(const struct sampler_source *source,
			    struct sampler_reading *reading)
{
	const volatile void *base = source->registers;
	unsigned int n = source->id;

	reading->cycles = wide_follow(&controllers[n].cycles,
				      register_read(base, MMDC_CYCLES));
	reading->busy_cycles = wide_follow(&controllers[n].busy_cycles,
				register_read(base, MMDC_BUSY_CYCLES));
	reading->read_bytes = wide_follow(&controllers[n].read_bytes,
				register_read(base, MMDC_READ_BYTES));
	reading->written_bytes = wide_follow(&controllers[n].written_bytes,
				register_read(base, MMDC_WRITTEN_BYTES));
}

int sampler_add_mmdc(struct sampler *sampler, volatile void *registers,
		     unsigned int controller)
{
	struct sampler_source *source =
		&sampler->sources[sampler->sources_count];

	if (controller >= CONTROLLERS_MAX ||
	    sampler->sources_count >= PROFILE_MAX_SOURCES)
		return -1;
	*source = (struct sampler_source){
		.kind = PROFILE_KIND_CONTROLLER,
		.id = controller,
		.flags = PROFILE_SOURCE_OWN_CLOCK | PROFILE_SOURCE_BUSY,
		.narrow = true,
		.registers = registers,
		.read = read_controller,
	};
	sampler_name(source, "mmdc", controller);
	/* All masters: an id is compared in no bit. */
	register_write(registers, MMDC_FILTER, 0);
	register_write(registers, MMDC_CONTROL, CONTROL_RESET);
	register_write(registers, MMDC_CONTROL, CONTROL_ENABLE);
	sampler->sources_count++;
	return 0;
}
