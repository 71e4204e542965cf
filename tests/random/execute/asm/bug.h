/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instead of the snapshot's: the run ends. */
#ifndef ASM_BUG_H
#define ASM_BUG_H

#include <runtime.h>

#define WARN() do { } while (0)
#define BUG() rt_bug()
#define assert_failed(msg) do { (void)(msg); rt_assert(); } while (0)

#endif
