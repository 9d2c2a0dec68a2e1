/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of all CPUs, which a hypervisor that comes or goes must not change. */
#ifndef VMX_STATE_H
#define VMX_STATE_H

/*
 * Gives registers that the test kernel does not use values that none has after
 * a reset, and switches on what the CPUs have of current kernels' features. A
 * CPU keeps them until it is restarted.
 */
void states_mark(void);
void states_save(void);
/* Within a test: against what was saved. */
void states_compare(void);

#endif
