/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a program once for each of its inputs and records, at each acquisition,
 * what is held: the reference that audits are compared with.  Needs no header
 * of the C library, as the programs have none.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

enum rt_mode { RT_WRITE, RT_READ, RT_SPIN, RT_ORDER };
enum rt_form { RT_LOCK, RT_RWLOCK };
enum rt_instance { RT_ANY, RT_HOST, RT_NESTED, RT_ALTERNATE };

/* Whose lock: the number of a domain, or none. */
enum { RT_NOBODY = -1 };

/* A lock of some class as an acquisition names it. */
struct rt_lock {
	const char *class;
	int level;
	enum rt_mode mode;
	enum rt_instance instance;
	int owner, is_control, is_current;
	const void *object;
};

/* One of N inputs, counted from 0: each is taken in some run. */
int rt_choose(int n);

/* Each of these ends the run if the machine would not go on. */
void rt_acquire(struct rt_lock lock, enum rt_form form, int may_recurse);
void rt_try(struct rt_lock lock);
void rt_release(const void *object, enum rt_mode mode);
/* The same of a plain lock, unless a constraint covered it and is gone. */
void rt_release_covered(const void *object);
int rt_held(const void *object);

/* An order constraint: the check, the hold, which gives a handle, the end. */
void rt_check(struct rt_lock lock);
void rt_hold(struct rt_lock lock, int *handle, unsigned short *count);
void rt_unhold(int handle, unsigned short *count);

/* The run ends here: the machine stops, or an assertion failed. */
void rt_stop(void) __attribute__((__noreturn__));

/* The same in a function that others call: the run goes on, for what audits
 * might tell of it. */
void rt_bug(void);
/* An assertion failed: audits go on there, as release builds do. */
void rt_assert(void);

/* What the batch of programs says of itself. */
struct rt_program {
	const char *name;
	void (*const *entry)(void);	/* ends with a null pointer */
	const char *const *entry_name;
};

extern const struct rt_program rt_programs[];	/* ends with a null name */

/* Makes the domains anew, before each run. */
void rt_reset_world(void);

#endif
