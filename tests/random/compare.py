# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs programs, audits them, and compares what both say of them."""
import collections
import json
import os
import re
import shutil
import subprocess
import tempfile

import generate

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
XLA = os.environ.get("XLA", "xen-lockaudit")
CC = os.environ.get("CC", "cc")
CASES = os.path.join(TOP, "fixtures", "cases", "include")
BIAS = 64

# What an execution showed: as runtime.c prints it.
Pair = collections.namedtuple("Pair", (
    "held_site held_class held_instance held_mode held_current held_nobody "
    "holder site acquired_class instance mode current nobody same_owner "
    "same_object held_level needed_level level in_force trips three unsure "
    "level_unsure deadlock"))


class Outcome:
    """Of one program."""

    def __init__(self, name, program, prefix):
        """Names end in PREFIX; here in one that the batch has once."""
        self.name, self.program, self.old = name, program, prefix
        self.prefix = "_" + name
        source, self.features = generate.write(program, prefix)
        self.source = self.renamed(source)
        self.pairs, self.report = [], None
        self.runs = self.stopped = 0
        self.joins = 0
        self.dropped = False
        self.complete, self.broken, self.error = True, 0, None
        self.missed, self.false, self.spurious = [], [], 0
        self.judged = 0

    def renamed(self, text):
        return re.sub(re.escape(self.old) + r"\b", self.prefix, text)

    def assembly(self):
        return self.renamed(generate.write_assembly(self.program, self.old))

    def linker_script(self):
        return self.renamed(generate.write_linker_script(self.program,
                                                         self.old))

    def driver(self):
        return self.renamed(generate.write_driver(self.program, self.old))

    def text(self):
        out = []
        if self.error:
            out.append("%s: error: %s" % (self.name, self.error))
        out += ["%s: missed: %s" % (self.name, m) for m in self.missed]
        out += ["%s: false: %s" % (self.name, f) for f in self.false]
        return "\n".join(out)

    def is_exact(self):
        """Is everything that could be reported to be seen in a run?"""
        return self.complete and not generate.has_loop(self.program)

    def joins_class(self, *names):
        """JOINS: where two locks of one class are held, audits may count
        them as one, and see a nesting where there is a recursion."""
        return any(self.joins >> level_of(n) // 8 & 1 for n in names)

    def kind(self):
        return "error" if self.error else "missed" if self.missed \
            else "false"

    def is_bad(self):
        return bool(self.error or self.missed or self.false)


# Execution


def write_batch(where, outcomes):
    text = ["#include <program.h>"]
    table = []
    for o in outcomes:
        path = os.path.join(where, o.name)
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, "input.c"), "w") as f:
            f.write(o.source)
        with open(os.path.join(path, "entry.S"), "w") as f:
            f.write(o.assembly())
        if o.linker_script():
            with open(os.path.join(path, "xen.lds.S"), "w") as f:
                f.write(o.linker_script())
        text.append('#include "%s/input.c"' % o.name)
        text.append(o.driver())
        table.append('\t{ "%s", entry%s, entry_name%s },' % (
            o.name, o.prefix, o.prefix))
    text.append("const struct rt_program rt_programs[] = {")
    text += table + ["\t{ 0, 0, 0 },", "};"]
    with open(os.path.join(where, "batch.c"), "w") as f:
        f.write("\n".join(text) + "\n")


def compile_batch(where):
    out = os.path.join(where, "batch")
    flags = ["-std=gnu99", "-nostdinc", "-ffreestanding", "-fno-builtin",
             "-w", "-O0", "-no-pie", "-fno-pie", "-finstrument-functions",
             "-I", os.path.join(HERE, "execute"), "-I", HERE,
             "-I", os.path.join(HERE, "include"), "-I", CASES,
             "-DMM_LOCK_BIAS"]
    r = subprocess.run([CC] + flags + ["-c", "batch.c", "-o", "batch.o"],
                       cwd=where, stderr=subprocess.PIPE, text=True)
    if r.returncode == 0:
        r = subprocess.run([CC, "-O1", "-no-pie", "-I", HERE, "-o", out,
                            os.path.join(HERE, "runtime.c"), "batch.o"],
                           cwd=where, stderr=subprocess.PIPE, text=True)
    return None if r.returncode == 0 else r.stderr


def symbols(path):
    r = subprocess.run(["nm", path], stdout=subprocess.PIPE, text=True,
                       check=True)
    out = {"(nil)": "?"}
    for line in r.stdout.splitlines():
        field = line.split()
        if len(field) == 3 and field[1] in "tT":
            out["0x%x" % int(field[0], 16)] = field[2]
    return out


def read_pair(line, names):
    f = line.split()[1:]
    for i in (0, 6, 7):
        f[i] = names[f[i]]
    numbers = {4, 5} | set(range(11, len(f)))
    return Pair(*(int(x) if i in numbers else x for i, x in enumerate(f)))


def execute(where, outcomes, runs, bias):
    by_name = {o.name: o for o in outcomes}
    r = subprocess.run([os.path.join(where, "batch"), str(runs), str(bias)],
                       stdout=subprocess.PIPE, text=True)
    names = symbols(os.path.join(where, "batch"))
    o = None
    for line in r.stdout.splitlines():
        f = line.split()
        if f[0] == "program":
            o = by_name.get(f[1])
        elif o is None:
            continue
        elif f[0] == "entry":
            o.runs += int(f[2])
            o.stopped += int(f[3])
            o.complete &= f[4] == "1"
            o.broken += int(f[5])
            o.joins |= int(f[6])
        elif f[0] == "pair":
            o.pairs.append(read_pair(line, names))
        elif f[0] == "crash":
            o.error = "run ended with status " + f[1]


# Audit


def audit(where, o):
    path = os.path.join(where, o.name)
    common = ("%s -std=gnu99 -nostdinc -ffreestanding -fno-builtin -I. -I%s "
              "-I%s -I%s %s" % (CC, os.path.join(HERE, "audit"),
                                os.path.join(HERE, "include"), CASES,
                                "-DMM_LOCK_BIAS" if o.program.bias else ""))
    commands = [{"directory": path, "file": f,
                 "command": "%s -c %s -o %s.o" % (common, f, f[:-2])}
                for f in ("input.c", "entry.S", "xen.lds.S")
                if os.path.exists(os.path.join(path, f))]
    with open(os.path.join(path, "compile_commands.json"), "w") as f:
        json.dump(commands, f)
    r = subprocess.run([XLA, "extract", "-q", "-j", "1", "--cache", "none",
                        "-o", "facts.db", "-p", "compile_commands.json"],
                       cwd=path, stderr=subprocess.PIPE, text=True)
    if r.returncode:
        o.error = "extract: " + r.stderr
        return
    r = subprocess.run([XLA, "check", "-q", "-j", "1", "--format", "json",
                        "facts.db"], cwd=path, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True)
    if r.returncode not in (0, 1, 3):
        o.error = "check: %d %s" % (r.returncode, r.stderr)
        return
    o.report = json.loads(r.stdout)
    for name in "orderings-not-in-closure", "witness-calls-not-in-graph":
        r = subprocess.run([XLA, "query", "facts.db", name], cwd=path,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           text=True)
        if r.returncode or len(r.stdout.splitlines()) != 1:
            o.error = name + ": " + r.stdout + r.stderr


# Comparison

LEVELS = {"nestedp2m": 8, "p2m": 16, "per_page_sharing": 24, "altp2mlist": 32,
          "altp2m": 40, "pod": 48, "page_alloc": 56, "paging": 64}


def level_of(name):
    return LEVELS[name]


def says(word, other):
    return word in ("any", other)


def owner_fits(role, current, nobody):
    if role == "none" or nobody:
        return nobody == 1 and role in ("none", "any")
    if role == "current":
        return current == 1
    if role == "remote":
        return current == 0
    return True


def name_of(function):
    return function.split("@")[0]


def key_of_pair(p):
    return (p.held_class, p.held_mode, p.held_site, p.holder,
            p.acquired_class, p.mode, p.site)


def key_of_ordering(o):
    return (o["held"]["class"], o["held"]["mode"],
            name_of(o["held"]["function"]), name_of(o["holder"]["function"]),
            o["acquired"]["class"], o["acquired"]["mode"],
            name_of(o["acquired"]["function"]))


def fits(o, p):
    """May the ordering O be about what the execution P showed?"""
    same = "same" if p.same_owner else "different"
    if p.held_nobody or p.nobody:
        same = o["relation"]    # whose lock it is says nothing there
    return (says(o["held"]["instance"], p.held_instance) and
            says(o["acquired"]["instance"], p.instance) and
            owner_fits(o["held"]["owner"], p.held_current, p.held_nobody) and
            owner_fits(o["acquired"]["owner"], p.current, p.nobody) and
            o["relation"] in (same, "unknown") and
            (p.same_object or not o["same_object"]) and
            (p.deadlock or not o["self_deadlock"]))


def describe(key, more):
    return "%s:%s (%s) in %s -> %s:%s (%s): %s" % (
        key[0], key[1], key[2], key[3], key[4], key[5], key[6], more)


def describe_pair(p, why):
    return describe(key_of_pair(p), "%s; %s owner, %s and %s, level %d, "
                    "held %d, needed %d%s" % (
                        why, "same" if p.same_owner else "different",
                        p.held_instance, p.instance, p.level, p.held_level,
                        p.needed_level, ", trips" if p.trips else ""))


# RETAKES: a lock that is taken again is no ordering; where only the caller's
# arguments make it the same lock, no recursion is reported.


def drops_paths(report):
    """DROPPED: does the ledger say that paths were dropped?  The verdict is
    incomplete then, and what is missing is no error."""
    return any(a["kind"] == "bound" and "paths dropped" in a["what"]
               for a in report["assumptions"])


def find_missed(o, by_key):
    seen = set()
    o.dropped = drops_paths(o.report)
    if o.dropped:
        return
    for p in o.pairs:
        fitting = [x for x in by_key.get(key_of_pair(p), ()) if fits(x, p)]
        if p.same_object or p.unsure:
            continue    # RETAKES
        why = None
        out = [x for x in fitting
               if x["verdict"] in ("violation", "conditional")]
        if not fitting:
            why = "not reported" if key_of_pair(p) not in by_key \
                else "not with these owners"
        elif p.held_level > p.needed_level and not out:
            why = "said to be in order"
        elif p.trips and not p.level_unsure and p.held_mode in ("write", "order") and \
                p.in_force >= level_of(p.held_class) and \
                p.held_level > p.needed_level and not any(
                x["trips_sometimes"] for x in out):
            why = "said not to trip"
        if why and (key_of_pair(p), why) not in seen:
            seen.add((key_of_pair(p), why))
            o.missed.append(describe_pair(p, why))


def find_false(o):
    by_key = collections.defaultdict(list)
    for p in o.pairs:
        by_key[key_of_pair(p)].append(p)
    trips = {i for f in o.report["findings"] if f["kind"] == "level-violation"
             for i in f["orderings"]}
    for x in o.report["orderings"]:
        key = key_of_ordering(x)
        fitting = [p for p in by_key[key] if fits(x, p)]
        if x["context"] != "running" or "assert-fails" in x["path_worlds"]:
            continue
        if not x["self_deadlock"] and o.joins_class(key[0], key[4]):
            continue
        o.spurious += not fitting
        o.judged += 1
        if x["verdict"] != "violation":
            continue
        if not fitting:
            o.false.append(describe(key, "violation that no run shows"))
        elif not x["self_deadlock"] and not any(
                p.held_level > p.needed_level for p in fitting):
            o.false.append(describe(key, "in order in all runs"))
        elif x["id"] in trips and not any(p.trips for p in fitting):
            o.false.append(describe(key, "error, but trips in no run"))


def compare(o):
    if o.error:
        return
    if o.broken:
        o.error = "not a program that keeps the rules"
        return
    by_key = collections.defaultdict(list)
    for x in o.report["orderings"]:
        by_key[key_of_ordering(x)].append(x)
    find_missed(o, by_key)
    if o.is_exact():
        find_false(o)


def run_programs(work, programs, runs, prefix=None):
    """Outcomes of programs: pairs of a name and a tree."""
    where = tempfile.mkdtemp(dir=work)
    outcomes = [Outcome(name, p, prefix or "_" + name)
                for name, p in programs]
    write_batch(where, outcomes)
    error = compile_batch(where)
    if error and len(programs) > 1:     # one of them does not compile
        shutil.rmtree(where)
        half = len(programs) // 2
        return (run_programs(work, programs[:half], runs, prefix) +
                run_programs(work, programs[half:], runs, prefix))
    for bias in (0, BIAS):
        these = [o for o in outcomes if o.program.bias == bool(bias)]
        if error is None and these:
            execute(where, these, runs, bias)
    for o in outcomes:
        if error:
            o.error = "compiler: " + error
        else:
            audit(where, o)
            compare(o)
    shutil.rmtree(where)
    return outcomes


class Totals:
    def __init__(self):
        self.programs = self.runs = self.pairs = self.reported = 0
        self.exact = self.loopfree = self.missed = self.false = 0
        self.spurious = self.stopped = self.judged = self.dropped = 0
        self.features = collections.Counter()
        self.failed = []

    def add(self, o):
        self.programs += 1
        self.runs += o.runs
        self.stopped += o.stopped
        self.pairs += len({key_of_pair(p) for p in o.pairs})
        if o.report:
            self.reported += len(o.report["orderings"])
        self.loopfree += not generate.has_loop(o.program)
        self.exact += o.is_exact()
        self.missed += len(o.missed)
        self.false += len(o.false)
        self.spurious += o.spurious
        self.judged += o.judged
        self.dropped += o.dropped
        self.features.update(o.features)
        if o.is_bad():
            self.failed.append(o)

    def show(self):
        print("programs %d, of them without loops %d, of these checked "
              "for false alarms %d" % (self.programs, self.loopfree, self.exact))
        print("executions %d, orderings seen %d, reported %d" % (
            self.runs, self.pairs, self.reported))
        print("executions that the machine stopped %d" % self.stopped)
        print("reported orderings looked for in runs %d, not seen there %d" %
              (self.judged, self.spurious))
        print("programs of which the ledger says that paths were dropped, and "
              "no ordering is asked for, %d" % self.dropped)
        names = dict(generate.FEATURE_NAMES)
        for letter, name in sorted(names.items()):
            self.show_feature(letter, "(%s) %s" % (letter, name))
        for key, name in generate.SHAPES.items():
            self.show_feature(key, name)
        print("missed %d, false %d, programs that fail %d" % (
            self.missed, self.false, len(self.failed)))

    def show_feature(self, key, name):
        print("  %5.1f %%  %s" % (
            100.0 * self.features[key] / max(1, self.programs), name))
