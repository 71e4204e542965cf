# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a program that fails as small as it can be, and keeps it."""
import itertools
import os
import re
import shutil
import time

import compare
import generate

BATCH = 6


def signature(text):
    """What is wrong, without the names of functions and without numbers."""
    text = re.sub(r"\([^)]*\)", "", text)
    text = re.sub(r" in \w+ ->", " ->", text)
    text = re.sub(r"\b(nestedp2m|altp2mlist|altp2m|pod|paging|p2m):write",
                  "lock", text)
    return text.split(";")[0].strip()


def failures(one):
    out = ["missed " + signature(m) for m in one.missed]
    out += ["false " + signature(f) for f in one.false]
    if one.error:
        out.append("error " + one.error.split("\n")[0][:40])
    return set(out)


def blocks(program):
    """Every list of nodes in the program."""
    def walk(block):
        yield block
        for n in block:
            for b in n.blocks:
                yield from walk(b)
    for f in program.functions:
        yield from walk(f.body)


def changed(program, change):
    copy = program.copy()
    if change(copy) is False:
        return None
    return generate.without_unused(copy)


def edits(program):
    """Smaller programs, the smallest first."""
    names = [f.name for f in program.functions]
    for name in names:
        yield changed(program, lambda p: drop_function(p, name))
    for name in names:
        yield changed(program, lambda p: empty_function(p, name))
    nr = len(list(blocks(program)))
    for i in range(nr):
        for k in range(len(list(blocks(program))[i])):
            yield changed(program, lambda p: drop_node(p, i, k))
            block = list(blocks(program))[i]
            for b in range(len(block[k].blocks)):
                if block[k].blocks[b]:
                    yield changed(program, lambda p: splice(p, i, k, b))
            if "cond" in block[k].attr and block[k].attr["cond"] != "flag":
                yield changed(program, lambda p: simplify(p, i, k))
            if block[k].kind not in ("hold", "text") and \
                    "lock" in block[k].attr:
                yield changed(program, lambda p: plain(p, i, k))
            for a in range(len(block[k].attr.get("args", ()))):
                yield changed(program, lambda p: constant(p, i, k, a))


def drop_function(p, name):
    f = p.find(name)
    if f.kind == "entry" and len(generate.entries(p)) < 2:
        return False
    p.functions.remove(f)


def empty_function(p, name):
    f = p.find(name)
    if not f.body:
        return False
    f.body = []


def drop_node(p, i, k):
    del list(blocks(p))[i][k]


def splice(p, i, k, b):
    block = list(blocks(p))[i]
    block[k:k + 1] = block[k].blocks[b]


def simplify(p, i, k):
    list(blocks(p))[i][k].attr["cond"] = "flag"


def plain(p, i, k):
    block = list(blocks(p))[i]
    block[k] = generate.Node("hold", [block[k].blocks[0]],
                             lock=block[k].attr["lock"], exit="plain")


def constant(p, i, k, a):
    node = list(blocks(p))[i][k]
    node.attr = dict(node.attr, args=list(node.attr["args"]))
    if node.attr["args"][a] in ("0", "d", "false", "host(d)"):
        return False
    node.attr["args"][a] = {"e": "d"}.get(node.attr["args"][a], "0") \
        if "->" not in node.attr["args"][a] and "host" not in \
        node.attr["args"][a] else "host(d)"


def size(program):
    text = generate.write(program, "_0")[0]
    return len(text)


def candidates(best, prefix, tried, first):
    """Edits of BEST that were not tried, from number FIRST on."""
    limit = size(best) + 30
    for number, candidate in enumerate(edits(best)):
        if candidate is None or number < first:
            continue
        try:
            text = generate.write(candidate, prefix)[0]
        except (AttributeError, KeyError, IndexError):
            continue
        if text not in tried and len(text) <= limit:
            tried.add(text)
            yield number, candidate


def shrink(program, prefix, want, work, runs, seconds=60):
    """The smallest program found that fails in one of the ways of WANT."""
    best, tried, first = program, set(), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        some = list(itertools.islice(candidates(best, prefix, tried, first),
                                     BATCH))
        if not some and first == 0:
            break
        if not some:
            first = 0
            continue
        found = first_failing([c for _, c in some], prefix, want, work, runs)
        if found:
            best = found
        first = some[0][0] if found else some[-1][0]
    return best


def first_failing(batch, prefix, want, work, runs):
    outcomes = compare.run_programs(
        work, [("c%d" % i, p) for i, p in enumerate(batch)], runs, prefix)
    good = [o for o in outcomes if failures(o) & want]
    return min((o.program for o in good), key=size, default=None)


def keep(one, where, work, runs, seen):
    """Shrinks it and writes it, unless a failure of its kind is there."""
    for want in sorted(failures(one)):
        if want in seen:
            continue
        seen.add(want)
        small = shrink(one.program, one.prefix, {want}, work, runs)
        outcome = compare.run_programs(work, [("0", small)], runs,
                                       one.prefix)[0]
        seen |= failures(outcome)
        path = os.path.join(where, "%s-%s" % (
            one.name, re.sub(r"[^a-z0-9]+", "-", want.lower()).strip("-")))
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        for name, text in (
                ("input.c", outcome.source), ("remarks", outcome.text() + "\n"),
                ("entry.S", generate.write_assembly(small, outcome.prefix)),
                ("xen.lds.S", generate.write_linker_script(small,
                                                           outcome.prefix)),
                ("cflags", "-DMM_LOCK_BIAS\n" if small.bias else "\n")):
            if not text:
                continue
            with open(os.path.join(path, name), "w") as f:
                f.write(text)
        print("%s: %d lines" % (path, outcome.source.count("\n")))
