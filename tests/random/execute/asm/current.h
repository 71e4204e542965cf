/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instead of the snapshot's: which vCPU runs is one of the inputs. */
#ifndef ASM_CURRENT_H
#define ASM_CURRENT_H

#include <xen/types.h>

struct vcpu;

struct cpu_user_regs {
	unsigned long rax;
};

struct vcpu *world_current(void);

#define current (world_current())

#endif
