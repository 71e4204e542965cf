/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runs of one batch of programs.  A run is told apart from others by the
 * answers that rt_choose() gave; they are counted up like the digits of a
 * number, so that every run is made once.  If there are too many, the rest is
 * sampled.
 *
 * Output, one line each, fields separated by blanks:
 *
 *	program NAME
 *	entry NAME RUNS STOPPED COMPLETE BROKEN JOINS
 *	pair ...		as print_pair() has it
 *
 * Functions are addresses; who reads this knows the symbols of the program.
 */
#include "runtime.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	CHOICES_MAX = 256,
	DEPTH_MAX = 48,
	HELD_MAX = 64,
	AGAIN_MAX = 4,
	PAIRS_MAX = 1 << 16,
	TAKES_MAX = 5,		/* of one class: audits count no further */
	LOCKS_OUT = 2,		/* how a run ended: see run_once() */
};

/* The level in force: 0 is that of no lock. */
struct level {
	int base, biased;
};

struct held {
	struct rt_lock lock;
	int count, depth, handle;
	struct level saved;
	void *site;
	uint64_t activation[DEPTH_MAX];
	struct {		/* where it was taken again: the last times */
		void *site;
		int depth;
		uint64_t activation[DEPTH_MAX];
	} again[AGAIN_MAX];
	int again_nr;
};

struct frame {
	void *function;
	uint64_t activation;
};

/* What one line of the output says. */
struct pair {
	void *held_site, *holder, *site;
	const char *held_class, *class;
	int held_mode, held_instance, mode, instance;
	int held_owner_current, owner_current, held_nobody, nobody;
	int same_owner, same_object;
	int level, held_level, needed_level;
	int in_force, trips, three, unsure, level_unsure, deadlock;
};

static struct {
	int answer[CHOICES_MAX], of[CHOICES_MAX], nr, given;
	bool sampling;
	uint64_t random;
} choice;

static struct frame frame[DEPTH_MAX];
static int depth;
static uint64_t activations;
static struct held held[HELD_MAX];
static int held_nr, handles, covered;
static struct level in_force;
static const char *checked;	/* class of the constraint that was checked */
static int bias;
static bool broken;		/* the program is not one that keeps rules */
static unsigned joins;		/* classes of which two locks were held */
static bool tripped;		/* the check has failed: the machine stops */
static bool dead;		/* the CPU would wait for itself for ever */
static jmp_buf end_of_run;

static struct pair *pairs;
static unsigned pairs_nr;
static uint32_t pair_at[PAIRS_MAX * 2];

static uint64_t next_random(void)
{
	choice.random ^= choice.random << 13;
	choice.random ^= choice.random >> 7;
	choice.random ^= choice.random << 17;
	return choice.random;
}

int rt_choose(int n)
{
	int i = choice.nr++;

	if (n < 2)
		return choice.nr--, 0;
	if (i >= CHOICES_MAX)
		rt_stop();
	if (i >= choice.given)
		choice.answer[i] = choice.sampling
					   ? (int)(next_random() % (unsigned)n)
					   : 0;
	choice.of[i] = n;
	return choice.answer[i];
}

/* The answers of the next run; false: there is none. */
static bool next_choices(void)
{
	int i = choice.nr < CHOICES_MAX ? choice.nr : CHOICES_MAX;

	while (i > 0 && choice.answer[i - 1] + 1 == choice.of[i - 1])
		i--;
	if (i == 0)
		return false;
	choice.answer[i - 1]++;
	choice.given = i;
	return true;
}

void rt_stop(void)
{
	longjmp(end_of_run, 1);
}

static void stop_broken(void)
{
	broken = !dead;
	rt_stop();
}

/* A callee that never returns is not always known to be one. */
void rt_bug(void)
{
	if (depth < 2)
		rt_stop();
	dead = true;
}

void rt_assert(void)
{
	dead = true;
}

void __cyg_profile_func_enter(void *function, void *call_site);
void __cyg_profile_func_exit(void *function, void *call_site);

void __cyg_profile_func_enter(void *function, void *call_site)
{
	(void)call_site;
	if (depth >= DEPTH_MAX)
		rt_stop();	/* recursion without end */
	frame[depth].function = function;
	frame[depth].activation = ++activations;
	depth++;
}

void __cyg_profile_func_exit(void *function, void *call_site)
{
	(void)function;
	(void)call_site;
	depth--;
}

static void *site_here(void)
{
	return depth ? frame[depth - 1].function : NULL;
}

static int biased(const struct rt_lock *l)
{
	return l->level + (l->is_control ? bias : 0);
}

static void set_level(const struct rt_lock *l)
{
	in_force = (struct level){ .base = l->level, .biased = biased(l) };
}

static bool sets_level(enum rt_mode mode)
{
	return mode == RT_WRITE || mode == RT_ORDER;
}

static uint32_t hash_bytes(const void *data, size_t size)
{
	const unsigned char *p = data;
	uint32_t h = 2166136261u;

	while (size--)
		h = (h ^ *p++) * 16777619u;
	return h;
}

static void keep_pair(const struct pair *p)
{
	uint32_t slot = hash_bytes(p, sizeof(*p)) % (PAIRS_MAX * 2);

	while (pair_at[slot]) {
		if (memcmp(&pairs[pair_at[slot] - 1], p, sizeof(*p)) == 0)
			return;
		slot = (slot + 1) % (PAIRS_MAX * 2);
	}
	if (pairs_nr == PAIRS_MAX)
		stop_broken();
	pairs[pairs_nr++] = *p;
	pair_at[slot] = pairs_nr;
}

/* The function of the innermost activation in which H is held, and now. */
static void *holder_of(const struct held *h)
{
	int i = 0;

	while (i < h->depth && i < depth &&
	       h->activation[i] == frame[i].activation)
		i++;
	return i ? frame[i - 1].function : NULL;
}

/* Are locks of three domains held or wanted? */
static bool is_third(const struct rt_lock *l)
{
	unsigned seen = l->owner < 0 ? 0 : 1u << l->owner;

	for (int i = 0; i < held_nr; i++)
		if (held[i].lock.owner >= 0)
			seen |= 1u << held[i].lock.owner;
	return seen == 7;
}

enum identity { ANOTHER, SAME, SAME_FORBIDDEN };

/* UNSURE: an audit may tell of it, but need not. */
static void record(const struct held *h, const struct rt_lock *l,
		   enum identity identity, bool unsure)
{
	struct pair p;

	memset(&p, 0, sizeof(p));
	p.held_site = h->site;
	p.holder = holder_of(h);
	p.site = site_here();
	p.held_class = h->lock.class;
	p.class = l->class;
	p.held_mode = h->lock.mode;
	p.held_instance = h->lock.instance;
	p.mode = l->mode;
	p.instance = l->instance;
	p.held_owner_current = h->lock.is_current;
	p.owner_current = l->is_current;
	p.held_nobody = h->lock.owner == RT_NOBODY;
	p.nobody = l->owner == RT_NOBODY;
	p.same_owner = h->lock.owner == l->owner;
	p.same_object = identity != ANOTHER;
	p.deadlock = identity == SAME_FORBIDDEN;
	p.held_level = biased(&h->lock);
	p.needed_level = biased(l);
	p.level = in_force.biased;
	p.in_force = in_force.base;
	p.trips = l->mode != RT_SPIN &&
		  (identity == ANOTHER ? in_force.biased > biased(l)
				       : p.deadlock);
	p.three = is_third(l);
	p.unsure = dead || unsure;
	p.level_unsure = tripped;
	keep_pair(&p);
}

/* What is held and is no other lock than L; NULL: nothing. */
static struct held *find_held(const void *object, enum rt_mode mode)
{
	for (int i = held_nr; i > 0; i--)
		if (held[i - 1].lock.object == object &&
		    held[i - 1].lock.mode == mode)
			return &held[i - 1];
	return NULL;
}

/* As held since it was taken again, for who looks at that function alone. */
static void record_again(const struct held *h, const struct rt_lock *l,
			 enum identity identity)
{
	struct held copy;

	for (int i = 0; i < h->again_nr; i++) {
		copy = *h;
		copy.site = h->again[i].site;
		copy.depth = h->again[i].depth;
		memcpy(copy.activation, h->again[i].activation,
		       sizeof(copy.activation));
		record(&copy, l, identity, true);
	}
}

/* Would audits perhaps count L and a lock that is held as one?  The bit of
 * their class, or 0. */
static unsigned class_of_two(const struct rt_lock *l)
{
	for (int i = 0; i < held_nr; i++)
		if (strcmp(held[i].lock.class, l->class) == 0)
			return 1u << l->level / 8;
	return 0;
}

/* L is ordered after all that is held but H, which may be NULL. */
static void record_others(const struct held *h, const struct rt_lock *l)
{
	for (int i = 0; i < held_nr; i++) {
		if (&held[i] == h)
			continue;
		record(&held[i], l, ANOTHER, false);
		record_again(&held[i], l, ANOTHER);
	}
	tripped |= l->mode != RT_SPIN && in_force.biased > biased(l);
}

static void record_all(const struct rt_lock *l)
{
	record_others(NULL, l);
	joins |= class_of_two(l);
}

static struct held *push(const struct rt_lock *l)
{
	struct held *h = &held[held_nr];

	if (held_nr++ == HELD_MAX)
		stop_broken();
	h->lock = *l;
	h->count = 1;
	h->again_nr = 0;
	h->saved = in_force;
	h->site = site_here();
	h->depth = depth;
	for (int i = 0; i < depth; i++)
		h->activation[i] = frame[i].activation;
	if (sets_level(l->mode))
		set_level(l);
	return h;
}

/* What is held is taken again: all levels in force are those of the class. */
static void take_again(struct held *h, const struct rt_lock *l,
		       enum rt_form form, int may_recurse)
{
	bool forbidden = l->mode == RT_SPIN ||
			 (form == RT_LOCK && !may_recurse);

	record(h, l, forbidden ? SAME_FORBIDDEN : SAME, false);
	if (forbidden) {
		record_again(h, l, SAME_FORBIDDEN);
		dead = true;
		record_all(l);
	}
	h->count++;
	if (h->again_nr < AGAIN_MAX) {
		h->again[h->again_nr].site = site_here();
		h->again[h->again_nr].depth = depth;
		for (int i = 0; i < depth; i++)
			h->again[h->again_nr].activation[i] =
				frame[i].activation;
		h->again_nr++;
	}
	if (form == RT_LOCK)
		set_level(l);
}

/* The constraint that stands around the plain lock L; NULL: none is held. */
static struct held *find_covering(const struct rt_lock *l)
{
	for (int i = 0; i < held_nr; i++)
		if (held[i].lock.mode == RT_ORDER &&
		    held[i].lock.owner == l->owner &&
		    strcmp(held[i].lock.class, l->class) == 0)
			return &held[i];
	return NULL;
}

/* Is it a nested table of which another one of the domain comes before?  All
 * of them count as one. */
static bool is_counted(const struct held *h)
{
	for (const struct held *i = held; i < h; i++)
		if (i->lock.instance == RT_NESTED &&
		    h->lock.instance == RT_NESTED &&
		    i->lock.owner == h->lock.owner &&
		    strcmp(i->lock.class, h->lock.class) == 0)
			return true;
	return false;
}

/* Audits may count the locks of one class as one, and only so far. */
static void count_takes(const struct rt_lock *l)
{
	int nr = 0;

	for (int i = 0; i < held_nr; i++)
		if (strcmp(held[i].lock.class, l->class) == 0 &&
		    !is_counted(&held[i]))
			nr += held[i].count;
	dead |= nr > TAKES_MAX;
}

void rt_acquire(struct rt_lock l, enum rt_form form, int may_recurse)
{
	struct held *h = find_held(l.object, l.mode);
	bool is_checked = l.mode == RT_SPIN && checked &&
			  strcmp(checked, l.class) == 0;

	if (h && !is_checked) {
		if (l.mode == RT_READ)
			record_others(h, &l);	/* asks each time */
		take_again(h, &l, form, may_recurse);
		count_takes(&l);
		return;
	}
	if (l.mode == RT_READ && find_held(l.object, RT_WRITE)) {
		record(find_held(l.object, RT_WRITE), &l, SAME, false);
		dead = true;	/* the reader waits for itself */
	}
	dead |= l.mode == RT_WRITE && find_held(l.object, RT_READ);
	if (l.mode == RT_SPIN && (h || find_covering(&l))) {
		record(h ? h : find_covering(&l), &l, SAME_FORBIDDEN, false);
		dead = true;
	}
	if (!is_checked)
		record_all(&l);
	checked = NULL;
	push(&l);
	count_takes(&l);
}

void rt_try(struct rt_lock l)
{
	if (find_held(l.object, RT_SPIN) || find_covering(&l))
		rt_stop();	/* it would have failed */
	push(&l);
}

static void drop(struct held *h)
{
	if (--h->count > 0)
		return;
	if (sets_level(h->lock.mode))
		in_force = h->saved;
	memmove(h, h + 1, sizeof(*h) * (size_t)(&held[held_nr] - (h + 1)));
	held_nr--;
}

void rt_release(const void *object, enum rt_mode mode)
{
	struct held *h = find_held(object, mode);

	if (!h)
		stop_broken();
	drop(h);
}

void rt_release_covered(const void *object)
{
	if (find_held(object, RT_SPIN))
		rt_release(object, RT_SPIN);
	else if (covered-- <= 0)
		stop_broken();
}

int rt_held(const void *object)
{
	return find_held(object, RT_WRITE) != NULL;
}

void rt_check(struct rt_lock l)
{
	record_all(&l);
	checked = l.class;
}

/* The plain lock that a constraint stands around becomes the constraint. */
static struct held *cover(const struct rt_lock *l)
{
	struct held *h;

	for (int i = held_nr; i > 0; i--) {
		h = &held[i - 1];
		if (h->lock.mode != RT_SPIN ||
		    strcmp(h->lock.class, l->class) != 0 ||
		    h->lock.owner != l->owner)
			continue;
		h->lock.mode = RT_ORDER;
		covered++;
		h->saved = in_force;
		set_level(l);
		return h;
	}
	return push(l);
}

void rt_hold(struct rt_lock l, int *handle, unsigned short *count)
{
	checked = NULL;
	if (count && (*count)++ > 0) {
		set_level(&l);
		return;
	}
	*handle = ++handles;
	cover(&l)->handle = handles;
}

void rt_unhold(int handle, unsigned short *count)
{
	if (count && --*count > 0)
		return;
	for (int i = 0; i < held_nr; i++)
		if (held[i].lock.mode == RT_ORDER &&
		    held[i].handle == handle) {
			drop(&held[i]);
			return;
		}
	stop_broken();
}

static void run_reset(void)
{
	choice.nr = 0;
	depth = held_nr = handles = covered = 0;
	checked = NULL;
	dead = tripped = false;
	in_force = (struct level){ 0 };
	rt_reset_world();
}

/* 0: the run came to its end, 1: the machine stops, LOCKS_OUT: there are
 * locks left. */
static int run_once(void (*entry)(void))
{
	run_reset();
	if (setjmp(end_of_run) != 0)
		return 1;
	entry();
	return dead ? 1 : held_nr ? LOCKS_OUT : 0;
}

static void run_entry(const char *name, void (*entry)(void), unsigned max)
{
	unsigned runs = 0, stopped = 0, wrong = 0;
	bool complete = false;

	choice.given = 0;
	choice.sampling = false;
	choice.random = 88172645463325252u;
	while (runs < max) {
		int end;

		broken = false;
		end = run_once(entry);
		runs++;
		stopped += end == 1;
		wrong += broken || end == LOCKS_OUT;
		if (!choice.sampling && !next_choices()) {
			complete = true;
			break;
		}
		if (runs >= max / 2) {
			choice.sampling = true;
			choice.given = 0;
		}
	}
	printf("entry %s %u %u %d %u %u\n", name, runs, stopped, complete,
	       wrong, joins);
}

static void print_pair(const struct pair *p)
{
	static const char *const mode[] = { "write", "read", "spin", "order" };
	static const char *const instance[] = { "any", "host", "nested",
						"alternate" };

	printf("pair %p %s %s %s %d %d", p->held_site, p->held_class,
	       instance[p->held_instance], mode[p->held_mode],
	       p->held_owner_current, p->held_nobody);
	printf(" %p %p %s %s %s %d %d", p->holder, p->site, p->class,
	       instance[p->instance], mode[p->mode], p->owner_current,
	       p->nobody);
	printf(" %d %d %d %d %d %d %d %d %d %d %d\n", p->same_owner, p->same_object,
	       p->held_level, p->needed_level, p->level, p->in_force,
	       p->trips, p->three, p->unsure,
	       p->level_unsure, p->deadlock);
}

static void run_program(const struct rt_program *p, unsigned max)
{
	pairs = calloc(PAIRS_MAX, sizeof(*pairs));
	if (!pairs)
		_exit(1);
	for (int i = 0; p->entry[i]; i++)
		run_entry(p->entry_name[i], p->entry[i], max);
	for (unsigned i = 0; i < pairs_nr; i++)
		print_pair(&pairs[i]);
}

/* Arguments: the most runs of one entry point, the bias. */
int main(int argc, char **argv)
{
	unsigned max = argc > 1 ? (unsigned)atoi(argv[1]) : 2000;

	bias = argc > 2 ? atoi(argv[2]) : 0;
	for (const struct rt_program *p = rt_programs; p->name; p++) {
		pid_t child;
		int status = 0;

		printf("program %s\n", p->name);
		fflush(stdout);
		child = fork();
		if (child == 0) {
			alarm(20);
			run_program(p, max);
			fflush(stdout);
			_exit(0);
		}
		if (child < 0 || waitpid(child, &status, 0) < 0)
			return 1;
		if (status)
			printf("crash %d\n", status);
	}
	return 0;
}
