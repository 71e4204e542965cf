# SPDX-License-Identifier: GPL-2.0-or-later
"""Random lock programs, as trees that can be shrunk and as C."""
import random

# What may be locked, and of what: a domain or a table.
LOCKS = {
    "nestedp2m": ("dom", "nestedp2m_lock({});", "nestedp2m_unlock({});"),
    "p2m": ("table", "p2m_lock({});", "p2m_unlock({});"),
    "read": ("table", "p2m_read_lock({});", "p2m_read_unlock({});"),
    "altp2mlist": ("dom", "altp2m_list_lock({});", "altp2m_list_unlock({});"),
    "pod": ("table", "pod_lock({});", "pod_unlock({});"),
    "paging": ("dom", "paging_lock({});", "paging_unlock({});"),
    "paging_recursive": ("dom", "paging_lock_recursive({});",
                         "paging_unlock({});"),
    "page_alloc": ("dom", "spin_lock(&{}->page_alloc_lock);",
                   "spin_unlock(&{}->page_alloc_lock);"),
    "order": ("dom",
              "page_alloc_mm_pre_lock({0});\n"
              "spin_lock(&{0}->page_alloc_lock);\n"
              "page_alloc_mm_post_lock({0}, {0}->arch.page_alloc_unlock_level);",
              "page_alloc_mm_unlock({0}->arch.page_alloc_unlock_level);\n"
              "spin_unlock(&{0}->page_alloc_lock);"),
}
PLAIN = ("page_alloc", "order")
LOCK_WEIGHTS = {"nestedp2m": 3, "p2m": 6, "read": 2, "altp2mlist": 3, "pod": 4,
                "paging": 4, "paging_recursive": 1, "page_alloc": 2,
                "order": 2}

# The letters of the properties that programs are to show, by kind of node.
FEATURES = {
    "grab": "a", "drop_success": "a", "gfn": "a", "get_table": "a",
    "take": "a", "lock_if": "h", "correlated": "k", "each": "p", "ops": "p",
    "slot": "p", "alternative": "q", "later": "t", "copy": "s",
    "crossed": "e", "hand": "e", "try": "f", "sorted": "g", "array": "d",
    "defer": "j", "bug": "w", "crash": "w", "assert": "w", "recursive": "b",
    "query": "h", "section": "r", "changed": "j",
}
FEATURE_NAMES = {
    "a": "returned held, or released by a callee", "b": "counted recursion",
    "c": "already held", "d": "whole arrays", "e": "released out of order",
    "f": "trylock", "g": "sorted pairs", "h": "constant arguments",
    "i": "see-through wrappers", "j": "flags in memory",
    "k": "correlated conditions", "l": "which table", "m": "whose domain",
    "n": "worlds of a domain", "p": "function pointers",
    "q": "alternative_call", "r": "linker-section tables",
    "s": "guest copies", "t": "later is not now",
    "w": "no return, assertions",
}
# What else the issue asks for; same table.
SHAPES = {
    "loop": "loop", "goto": "goto", "switch": "switch", "ret": "early return",
    "rec": "recursion", "read": "read lock", "order": "order constraint",
    "nested table": "nested table", "alternate table": "alternate table",
    "two domains": "two domains",
}


# Without these a program can be run with all its inputs, on all its ways.
TABLES = ("ops", "alternative", "slot")
LOOPS = ("loop", "rec", "domains", "array", "section")


class Node:
    """A statement; blocks are lists of nodes."""

    def __init__(self, kind, blocks=(), **attr):
        self.kind = kind
        self.blocks = [list(b) for b in blocks]
        self.attr = attr

    def copy(self):
        return Node(self.kind, [[n.copy() for n in b] for b in self.blocks],
                    **self.attr)


class Function:
    def __init__(self, name, kind, params, body, **attr):
        self.name, self.kind, self.params = name, kind, params
        self.body, self.attr = body, attr

    def copy(self):
        return Function(self.name, self.kind, list(self.params),
                        [n.copy() for n in self.body], **self.attr)


class Program:
    def __init__(self, functions, bias):
        self.functions, self.bias = functions, bias

    def copy(self):
        return Program([f.copy() for f in self.functions], self.bias)

    def find(self, name):
        return next((f for f in self.functions if f.name == name), None)

    def nodes(self):
        def walk(block):
            for n in block:
                yield n
                for b in n.blocks:
                    yield from walk(b)
        for f in self.functions:
            yield from walk(f.body)


TYPES = {
    "dom": "struct domain *{}", "table": "struct p2m_domain *{}",
    "op": "unsigned int {}", "flag": "bool {}",
    "fn": "void (*{})(struct domain *d)", "place": "bool *{}",
}


class Scope:
    """What can be named where a statement stands."""

    def __init__(self, params):
        self.dom = [n for t, n in params if t == "dom"]
        self.table = [n for t, n in params if t == "table"]
        self.op = [n for t, n in params if t == "op"]
        self.flag = [n for t, n in params if t == "flag"]
        self.index = []
        self.held = []

    def inner(self, **more):
        s = Scope([])
        for key in ("dom", "table", "op", "flag", "index", "held"):
            setattr(s, key, getattr(self, key) + more.get(key, []))
        return s


class Generator:
    def __init__(self, seed, prefix=""):
        self.r = random.Random(seed)
        # For stores that came later: a seed stands for the same program else.
        self.stores = random.Random(-1 - seed)
        # By which name what is stored to is named.
        self.names = random.Random("names %d" % seed)
        # For flags that callees change.
        self.changes = random.Random("changes %d" % seed)
        self.prefix = prefix
        self.functions = []
        self.number = 0
        self.loops = self.chance(0.4)
        self.in_entry = False
        self.size = 0

    def new(self, stem):
        self.number += 1
        return "%s%d%s" % (stem, self.number, self.prefix)

    def chance(self, p):
        return self.r.random() < p

    # Names of things

    def dom(self, scope):
        d = self.r.choice(scope.dom) if scope.dom else "current->domain"
        if self.chance(0.06):
            return "current->domain"
        return d

    def table(self, scope):
        if scope.table and self.chance(0.5):
            return self.r.choice(scope.table)
        d = self.dom(scope)
        if scope.index and self.chance(0.6):
            return "%s->arch.nested_p2m[%s]" % (d, self.r.choice(scope.index))
        kind = self.r.random()
        if kind < 0.6:
            return "host(%s)" % d
        if kind < 0.8:
            return "%s->arch.nested_p2m[%d]" % (d, self.r.randrange(2))
        return "%s->arch.altp2m_p2m[%d]" % (d, self.r.randrange(2))

    def lock(self, scope):
        for _ in range(8):
            name = self.r.choices(list(LOCK_WEIGHTS),
                                  LOCK_WEIGHTS.values())[0]
            of = self.dom(scope) if LOCKS[name][0] == "dom" \
                else self.table(scope)
            if (name, of) not in scope.held:
                break
        return name, of

    # Conditions

    def may_alias(self, scope):
        """A flag that is stored through one name and asked through another,
        of the same domain, is any value to audits."""
        return len(scope.dom) + len(scope.table) > 1

    def condition(self, scope, stable=False):
        """stable: the same however often it is asked."""
        c = []
        for f in scope.flag:
            c += [f, "!" + f, "evaluate_nospec(%s)" % f]
        for o in scope.op:
            c += ["%s & 1" % o, "%s & 2" % o, "%s == %d" % (
                o, self.r.randrange(3)), "unlikely(%s)" % o]
        plain = [d for d in scope.dom if d != "d->parent"]
        if scope.dom:
            d = self.r.choice(plain or scope.dom)
            c += ["is_control_domain(%s)" % d, "nestedhvm_enabled(%s)" % d,
                  "%s == current->domain" % d]
            # Runs have no domain that is its own parent; audits do not know.
            if len(plain) > 1:
                c += ["%s == %s" % tuple(self.r.sample(plain, 2))] * 2
        for t in scope.table:
            c += ["p2m_is_altp2m(%s)" % t, "p2m_is_hostp2m(%s)" % t]
            if scope.dom:
                c += ["%s != host(%s)" % (t, self.r.choice(scope.dom))]
        if not stable:
            if scope.dom and not self.may_alias(scope):
                d = self.r.choice(scope.dom)
                c += ["FLAG(host(%s)->need_flush)" % d,
                      "!FLAG(host(%s)->defer_nested_flush)" % d]
            if scope.dom:
                d = self.r.choice(scope.dom)
                c += ["paging_locked_by_me(%s)" % d,
                      "p2m_locked_by_me(host(%s))" % d]
            for t in scope.table:
                c += ["p2m_locked_by_me(%s)" % t]
        if not c:
            return "is_control_domain(current->domain)"
        one = self.r.choice(c)
        if not stable and self.chance(0.1):
            return "%s && %s" % (one, self.r.choice(c))
        return one

    # Statements

    def block(self, scope, depth, least=0):
        return [self.statement(scope, depth)
                for _ in range(self.r.choice((1, 1, 2) if least
                                             else (0, 1, 1, 2)))]

    def statement(self, scope, depth):
        self.size += 1
        if depth <= 0 or self.size > 40:
            return self.leaf(scope)
        kind = self.r.choices(
            ["hold", "if", "call", "leaf", "ret", "switch", "loop", "grab",
             "drop_success", "take", "get_table", "gfn", "lock_if",
             "correlated", "each", "ops", "slot", "alternative", "crossed",
             "hand", "try", "sorted", "array", "defer", "recursive", "domains",
             "query", "section"],
            [12, 8, 8, 5, 3, 2, 2, 4, 3, 2, 2, 3, 2,
             3, 3, 3, 2, 2, 3, 2, 2, 2, 2, 2, 2, 1, 2, 4])[0]
        if kind in LOOPS and not self.loops:
            kind = "hold"
        if kind in TABLES and not self.loops and not self.in_entry:
            kind = "hold"   # it might call itself
        make = getattr(self, "make_" + kind, None)
        node = make(scope, depth) if make else None
        return node or self.leaf(scope)

    def leaf(self, scope):
        d = self.dom(scope)
        kind = self.r.choices(
            ["count", "flag", "crash", "later", "copy", "bug", "assert",
             "lockunlock", "call"],
            [2, 2, 1, 1, 2, 1, 1, 6, 6])[0]
        if kind == "flag":
            r = self.r if self.in_entry or scope.held else self.stores
            place = "%s->%s" % (
                d, r.choice(["is_dying", "arch.p2m->need_flush"]))
            value = r.choice(["true", "false"])
            if self.names.random() < 0.3:
                return Node("text", text="{\n\tbool *at = &%s;\n\n"
                            "\t*at = %s;\n}" % (place, value))
            return Node("text", text="%s = %s;" % (place, value))
        if kind == "crash":
            return Node("crash", text="domain_crash(%s);" % d)
        if kind == "copy":
            return Node("copy", text="raw_copy_to_guest(buffer, "
                        "&%s->max_vcpus, sizeof(%s->max_vcpus));" % (d, d))
        if kind == "bug":
            return Node("bug", text="BUG_ON(%s);" %
                        self.condition(scope, True))
        if kind == "assert":
            return Node("assert", text="ASSERT(%s);" %
                        self.condition(scope, True))
        if kind == "later":
            fn = self.pick("callback")
            if fn:
                return Node("later", fn=fn.name, arg=d)
        if kind == "call":
            node = self.make_call(scope, 0)
            if node:
                return node
        if kind == "lockunlock":
            lock = self.lock(scope)
            if lock not in scope.held:
                return Node("hold", [[]], lock=lock, exit="plain")
        return Node("text", text="%s->max_vcpus++;" % d)

    def pick(self, *kinds):
        fns = [f for f in self.functions if f.kind in kinds]
        return self.r.choice(fns) if fns else None

    def argument(self, scope, kind):
        if kind == "dom":
            return self.dom(scope)
        if kind == "table":
            return self.table(scope)
        if kind == "op":
            pool = scope.op + ["0", "1", "2", "3"]
            return self.r.choice(pool)
        pool = scope.flag + ["true", "false"] + [
            "%s & 1" % o for o in scope.op]
        return self.r.choice(pool)

    def make_call(self, scope, depth):
        fn = self.pick("plain", "plain", "plain", "result")
        if not fn:
            return None
        args = [self.argument(scope, t) for t, _ in fn.params]
        if fn.kind == "result":
            return Node("callif", [self.block(scope, depth - 1),
                                   self.block(scope, depth - 1)],
                        fn=fn.name, args=args)
        return Node("call", fn=fn.name, args=args)

    def under(self, scope, lock, depth, least=0, **more):
        inner = scope.inner(held=[lock], **more)
        block = self.block(inner, depth - 1, least)
        if self.changes.random() < 0.05:
            block.insert(0, self.make_changed(inner))
        return block

    def make_changed(self, scope):
        """A flag that is asked for on both sides of a call that stores to it."""
        main, size = self.r, self.size
        self.r, self.size = self.changes, 30
        d = self.dom(scope)
        flag = "host(%s)->need_flush" % d
        to = self.r.choice(["true", "false"])
        fn = self.add_store(to)
        node = Node("changed", [self.block(scope, 1, 1)], flag=flag, to=to,
                    fn=fn.name,
                    arg="&" + flag if fn.params[0][0] == "place" else d)
        self.r, self.size = main, size
        return node

    def add_store(self, to):
        if self.chance(0.3):
            return self.add("store", "store", [("place", "at")],
                            [Node("text", text="*at = %s;" % to)])
        body = [Node("text", text="host(d)->need_flush = %s;" % to)]
        if self.chance(0.5):
            body = [Node("hold", [body], exit="plain",
                         lock=self.lock(Scope([("dom", "d")])))]
        return self.add("store", "store", [("dom", "d")], body)

    def make_hold(self, scope, depth):
        lock = self.lock(scope)
        return Node("hold", [self.under(scope, lock, depth, 1)], lock=lock,
                    exit=self.r.choice(["plain", "plain", "goto"]))

    def make_if(self, scope, depth):
        return Node("if", [self.block(scope, depth - 1, 1),
                           self.block(scope, depth - 1)],
                    cond=self.condition(scope))

    def make_ret(self, scope, depth):
        return Node("ret", cond=self.condition(scope))

    def make_switch(self, scope, depth):
        if not scope.op:
            return None
        return Node("switch", [self.block(scope, depth - 1, 1)
                               for _ in range(3)],
                    op=self.r.choice(scope.op),
                    through=self.chance(0.3))

    def make_loop(self, scope, depth):
        i = self.new("i")
        return Node("loop", [self.block(scope.inner(index=[i]), depth - 1,
                                        1)], index=i)

    def make_domains(self, scope, depth):
        e = self.new("e")
        return Node("domains", [self.block(scope.inner(dom=[e]), depth - 1,
                                           1)], name=e)

    def use(self, kind, scope, depth, blocks):
        fn = self.pick(kind)
        if not fn:
            return None
        d = self.dom(scope)
        lock = fn.attr["lock"][0], fn.attr["lock"][1].format(d=d)
        if lock in scope.held:
            return None
        inner = [self.under(scope, lock, depth, 1)]
        inner += [self.block(scope, depth - 1) for _ in range(blocks - 1)]
        args = [d] + [self.argument(scope, t) for t, _ in fn.params[1:]]
        return Node(kind, inner, fn=fn.name, args=args, lock=lock)

    def make_grab(self, scope, depth):
        return self.use("grab", scope, depth, 2)

    def make_drop_success(self, scope, depth):
        return self.use("drop_success", scope, depth, 2)

    def make_take(self, scope, depth):
        return self.use("take", scope, depth, 1)

    def make_lock_if(self, scope, depth):
        fn = self.pick("lock_if")
        if not fn:
            return None
        d = self.dom(scope)
        lock = fn.attr["lock"][0], fn.attr["lock"][1].format(d=d)
        if lock in scope.held:
            return None
        cond = self.r.choice(scope.flag + ["%s == 1" % o for o in scope.op] +
                             ["true", "false"])
        return Node("lock_if", [self.under(scope, lock, depth, 1)],
                    fn=fn.name, dom=d, cond=cond, lock=lock)

    def make_get_table(self, scope, depth):
        fn = self.pick("get_table")
        if not fn:
            return None
        d, t = self.dom(scope), self.new("t")
        args = [d] + [self.argument(scope, k) for k, _ in fn.params[1:]]
        return Node("get_table", [self.under(scope, ("p2m", t), depth, 1,
                                             table=[t])],
                    fn=fn.name, args=args, name=t)

    def make_gfn(self, scope, depth):
        d = self.dom(scope)
        return Node("gfn", [self.under(scope, ("p2m", "host(%s)" % d), depth,
                                       1)],
                    dom=d, name=self.new("t"),
                    how=self.r.choice(["get_gfn", "get_gfn_query"]))

    def make_query(self, scope, depth):
        return Node("query", dom=self.dom(scope), name=self.new("t"))

    def make_correlated(self, scope, depth):
        lock = self.lock(scope)
        return Node("correlated", [self.under(scope, lock, depth, 1)],
                    lock=lock, cond=self.condition(scope, True),
                    name=self.new("b"), kept=self.chance(0.3))

    def make_each(self, scope, depth):
        fn, to = self.pick("each"), self.pick("callback")
        if not fn or not to:
            return None
        return Node("each", fn=fn.name, to=to.name, arg=self.dom(scope))

    def make_ops(self, scope, depth):
        if not self.pick("callback"):
            return None
        which = self.r.choice(["ops_a{p}.{m}", "ops_b{p}.{m}"] +
                              ["choose{p}(%s)->{m}" % o for o in scope.op])
        return Node("ops", which=which.format(
            p=self.prefix, m=self.r.choice(["first", "second"])),
            arg=self.dom(scope))

    def make_section(self, scope, depth):
        if not self.pick("callback"):
            return None
        return Node("section", arg=self.dom(scope))

    def make_slot(self, scope, depth):
        if not self.pick("slot"):
            return None
        return Node("slot", arg=self.dom(scope))

    def make_alternative(self, scope, depth):
        if not self.pick("callback"):
            return None
        return Node("alternative", arg=self.dom(scope))

    def two_locks(self, scope):
        a = self.lock(scope)
        for _ in range(8):
            b = self.lock(scope.inner(held=[a]))
            # Which plain lock is released under a constraint that may be
            # around another one is not found out by audits.
            if b[0] in PLAIN and any(x[0] in PLAIN
                                     for x in scope.held + [a]):
                continue
            if b != a and b not in scope.held and a not in scope.held:
                return a, b
        return None

    def make_crossed(self, scope, depth):
        two = self.two_locks(scope)
        if not two:
            return None
        a, b = two
        return Node("crossed", [self.under(scope, a, depth),
                                self.block(scope.inner(held=[a, b]),
                                           depth - 1),
                                self.under(scope, b, depth)], a=a, b=b)

    def make_hand(self, scope, depth):
        two = self.two_locks(scope)
        if not two:
            return None
        a, b = two
        return Node("hand", [self.under(scope, b, depth, 1)], a=a, b=b)

    def make_try(self, scope, depth):
        d = self.dom(scope)
        if ("page_alloc", d) in scope.held:
            return None
        return Node("try", [self.under(scope, ("page_alloc", d), depth),
                            self.block(scope, depth - 1)], dom=d)

    def make_sorted(self, scope, depth):
        # Runs know one order only of the numbers of a fork and its parent.
        plain = [d for d in scope.dom if d != "d->parent"]
        if len(plain) < 2:
            return None
        a, b = self.r.sample(plain, 2)
        n = self.new("s")
        return Node("sorted", [self.block(scope.inner(
            dom=["first" + n, "second" + n]), depth - 1)], a=a, b=b, name=n)

    def make_array(self, scope, depth):
        return Node("array", [self.block(scope, depth - 1, 1)],
                    dom=self.dom(scope), index=self.new("i"),
                    cond=self.condition(scope, True)
                    if self.chance(0.4) else None)

    def make_defer(self, scope, depth):
        d = self.dom(scope)
        lock = ("p2m", "host(%s)" % d)
        if lock in scope.held:
            return None
        return Node("defer", [self.under(scope, lock, depth, 1),
                              self.under(scope, lock, depth)], dom=d)

    def make_recursive(self, scope, depth):
        t = self.table(scope)
        if self.chance(0.5):
            d = self.dom(scope)
            return Node("recursive", [self.under(scope, ("paging", d), depth),
                                      self.under(scope, ("paging", d),
                                                 depth)],
                        outer=("paging", d), inner=("paging_recursive", d))
        return Node("recursive", [self.under(scope, ("p2m", t), depth),
                                  self.under(scope, ("p2m", t), depth)],
                    outer=("p2m", t), inner=("p2m", t))

    # Functions

    def params(self):
        p = [("dom", "d")]
        if self.chance(0.3):
            p.append(("dom", "e"))
        if self.chance(0.35):
            p.append(("table", "p"))
        if self.chance(0.4):
            p.append(("op", "op"))
        if self.chance(0.4):
            p.append(("flag", "flag"))
        return p

    def template(self):
        name = self.r.choices(["nestedp2m", "p2m", "altp2mlist", "pod",
                               "paging"], [2, 4, 2, 3, 3])[0]
        if LOCKS[name][0] == "dom":
            return name, "{d}"
        return name, self.r.choice(["host({d})", "{d}->arch.nested_p2m[0]",
                                    "{d}->arch.altp2m_p2m[0]"])

    def add(self, stem, kind, params, body, **attr):
        f = Function(self.new(stem), kind, params, body, **attr)
        self.functions.append(f)
        return f

    def helper(self):
        kind = self.r.choices(
            ["plain", "result", "grab", "drop_success", "take", "lock_if",
             "get_table", "callback", "each", "slot", "rec"],
            [6, 2, 2, 2, 1, 1, 1, 3, 1, 1, 1])[0]
        if kind == "rec" and not self.loops:
            kind = "plain"
        self.size = 26
        getattr(self, "helper_" + kind)()

    def helper_plain(self):
        p = self.params()
        self.add("work", "plain", p, self.block(Scope(p), 3, 1))

    def helper_result(self):
        p = self.params()
        s = Scope(p)
        self.add("check", "result", p, self.block(s, 2, 1),
                 cond=self.condition(s))

    def helper_callback(self):
        p = [("dom", "d")]
        self.add("visit", "callback", p, self.block(Scope(p), 3, 1))

    def helper_slot(self):
        p = [("table", "p")]
        s = Scope(p)
        s.dom = ["p->domain"]
        self.add("flush", "slot", p, self.block(s, 3, 1))

    def helper_each(self):
        p = [("dom", "d"), ("fn", "fn")]
        s = Scope([("dom", "d")])
        lock = self.lock(s)
        body = [Node("text", text="fn(d);")]
        if self.chance(0.5):
            body = [Node("hold", [body], lock=lock, exit="plain")]
        elif self.chance(0.5):
            body = [Node("if", [body, []], cond=self.condition(s))]
        self.add("each", "each", p, body)

    def helper_rec(self):
        p = [("dom", "d"), ("op", "op")]
        s = Scope(p)
        name = self.new("deep")
        body = [Node("rec", [self.block(s, 2)], fn=name)]
        if self.chance(0.4):
            lock = self.r.choice([("p2m", "host(d)"),
                                  ("paging_recursive", "d")])
            body = [Node("hold", [body], lock=lock, exit="plain")]
        self.functions.append(Function(name, "plain", p, body, recurses=True))

    def with_lock(self, stem, kind, **attr):
        p = [("dom", "d")]
        if self.chance(0.5):
            p.append(("flag", "flag"))
        lock = self.template()
        s = Scope(p)
        under = s.inner(held=[(lock[0], lock[1].format(d="d"))])
        self.add(stem, kind, p, self.block(under, 2), lock=lock,
                 cond=self.condition(s), **attr)

    def helper_grab(self):
        self.with_lock("grab", "grab")

    def helper_drop_success(self):
        self.with_lock("drop", "drop_success")

    def helper_take(self):
        self.with_lock("take", "take")

    def helper_lock_if(self):
        self.add("lock_if", "lock_if", [("flag", "flag"), ("dom", "d")], [],
                 lock=self.template())

    def helper_get_table(self):
        p = [("dom", "d"), ("op", "op")]
        self.add("get_table", "get_table", p, [],
                 table=self.r.choice(["host(d)", "d->arch.nested_p2m[0]",
                                      "d->arch.altp2m_p2m[1]",
                                      "op & 1 ? host(d) : "
                                      "d->arch.altp2m_p2m[0]"]))

    def entry(self):
        self.size = 18
        self.in_entry = True
        two = self.chance(0.5)
        remote = self.chance(0.25)
        s = Scope([("dom", "d"), ("op", "op"), ("flag", "flag")])
        if two:
            s.dom.append("e")
        if self.chance(0.4):
            s.dom.append("currd")
        if self.chance(0.15):
            s.dom.append("d->parent")
        body = self.block(s, 4, 1) + self.block(s, 4, 1)
        self.add("entry", "entry", [], body, two=two, remote=remote,
                 parent="d->parent" in s.dom)

    def program(self):
        for _ in range(self.r.randrange(3, 8)):
            self.helper()
        for _ in range(self.r.randrange(1, 4)):
            self.entry()
        return without_unused(Program(self.functions, self.chance(0.5)))


def names_in(program):
    """The helpers that something names, tables and slots included."""
    kinds = {n.kind for n in program.nodes()}
    named = set()
    for n in program.nodes():
        named.update(x for x in (n.attr.get("fn"), n.attr.get("to")) if x)
    if "ops" in kinds:
        pick = (of_kind(program, "callback") * 4)[:4]
        for m in used_members(program):
            named.update(f.name for f in pick[MEMBERS.index(m)::2])
    if "section" in kinds:
        named.update(f.name for f in in_section(program))
    if "alternative" in kinds:
        named.update(f.name for f in of_kind(program, "callback")[-1:])
    if "slot" in kinds:
        named.update(f.name for f in of_kind(program, "slot")[:1])
    return named


MEMBERS = ("first", "second")


def used_members(program):
    """A member that nobody calls would make its functions entry points."""
    text = " ".join(n.attr["which"] for n in program.nodes()
                    if n.kind == "ops")
    return [m for m in MEMBERS if m in text]


def in_section(program):
    """Those that the program puts into a section of its own."""
    if not any(n.kind == "section" for n in program.nodes()):
        return []
    return of_kind(program, "callback")[:2]


def of_kind(program, kind):
    return [f for f in program.functions if f.kind == kind]


def without_unused(program):
    """A function that nobody calls would be one more entry point."""
    while True:
        named = names_in(program)
        keep = [f for f in program.functions
                if f.kind == "entry" or f.name in named]
        if len(keep) == len(program.functions):
            return program
        program.functions = keep


def later_names(program):
    """Callbacks of tasklets: entry points, too."""
    return sorted({n.attr["fn"] for n in program.nodes()
                   if n.kind == "later"})


def generate(seed, prefix=""):
    return Generator(seed, prefix).program()


# C


class Writer:
    def __init__(self, program, prefix):
        self.p, self.prefix = program, prefix
        self.line = []
        self.depth = 0
        self.undo = []      # what an early return must do, innermost last
        self.returns = "return;"
        self.features = set()
        self.labels = 0

    def put(self, text):
        for one in text.split("\n"):
            self.line.append("\t" * self.depth + one if one else "")

    def lock(self, lock):
        self.note_lock(lock)
        return LOCKS[lock[0]][1].format(lock[1])

    def unlock(self, lock):
        return LOCKS[lock[0]][2].format(lock[1])

    def note_lock(self, lock):
        self.note(lock[1])
        if lock[0] in ("read", "order"):
            self.features.add(lock[0])

    def note(self, text):
        for word, letter in (("evaluate_nospec", "i"), ("unlikely", "i"),
                             ("locked_by_me", "c"), ("p2m_is_", "l"),
                             ("!= host", "l"), ("current", "m"),
                             ("->parent", "m"), ("->domain", "m"),
                             ("currd", "m"), ("nestedhvm", "n"),
                             ("arch.nested_p2m", "nested table"),
                             ("arch.altp2m_p2m", "alternate table"),
                             ("defer_nested", "j"), ("need_flush", "j"),
                             ("is_dying", "j")):
            if word in text:
                self.features.add(letter)

    def cond(self, text):
        self.note(text)
        return text

    def block(self, nodes):
        self.depth += 1
        for n in nodes:
            self.node(n)
        self.depth -= 1

    def braces(self, head, nodes, tail="}"):
        self.put(head + " {")
        self.block(nodes)
        self.put(tail)

    def held(self, nodes, undo):
        self.undo.append(undo)
        for n in nodes:
            self.node(n)
        self.undo.pop()

    def node(self, n):
        letter = FEATURES.get(n.kind)
        if letter:
            self.features.add(letter)
        if n.kind in SHAPES:
            self.features.add(n.kind)
        getattr(self, "put_" + n.kind)(n)

    def put_text(self, n):
        self.note(n.attr["text"])
        self.put(n.attr["text"])

    put_crash = put_copy = put_bug = put_assert = put_text

    def put_later(self, n):
        self.put("tasklet_init(&work_item, later_%s, %s);" % (
            n.attr["fn"], n.attr["arg"]))
        self.put("tasklet_schedule(&work_item);")

    def put_hold(self, n):
        lock = n.attr["lock"]
        self.put(self.lock(lock))
        if n.attr["exit"] == "goto" and any_return(n.blocks[0]):
            self.labels += 1
            label = "out%s_%d" % (self.prefix, self.labels)
            self.features.add("goto")
            self.held(n.blocks[0], ("goto", label))
            self.put(label + ":")
        else:
            self.held(n.blocks[0], ("undo", self.unlock(lock)))
        self.put(self.unlock(lock))

    def put_if(self, n):
        self.put("if (%s) {" % self.cond(n.attr["cond"]))
        self.block(n.blocks[0])
        if n.blocks[1]:
            self.put("} else {")
            self.block(n.blocks[1])
        self.put("}")

    def put_changed(self, n):
        to, flag = n.attr["to"], n.attr["flag"]
        self.note(flag)
        self.put("if (%sFLAG(%s)) {" % ("!" if to == "true" else "", flag))
        self.put("\t%s(%s);" % (n.attr["fn"], n.attr["arg"]))
        self.put("\tif (%sFLAG(%s)) {" % ("!" if to == "false" else "", flag))
        self.depth += 1
        self.block(n.blocks[0])
        self.depth -= 1
        self.put("\t}\n}")

    def put_ret(self, n):
        self.put("if (%s) {" % self.cond(n.attr["cond"]))
        self.depth += 1
        for kind, text in reversed(self.undo):
            if kind == "goto":
                self.put("goto %s;" % text)
                break
            self.put(text)
        else:
            self.put(self.returns)
        self.depth -= 1
        self.put("}")

    def put_switch(self, n):
        self.put("switch (%s) {" % n.attr["op"])
        for i, block in enumerate(n.blocks):
            self.put("case %d:" % i if i < len(n.blocks) - 1 else "default:")
            self.block(block)
            self.depth += 1
            if not (i == 0 and n.attr["through"]):
                self.put("break;")
            self.depth -= 1
        self.put("}")

    def put_loop(self, n):
        i = n.attr["index"]
        self.braces("for (unsigned int %s = 0; %s < 2; %s++)" % (i, i, i),
                    n.blocks[0])

    def put_domains(self, n):
        e = n.attr["name"]
        self.put("{\n\tstruct domain *%s;\n" % e)
        self.depth += 1
        self.features.add("loop")
        self.braces("for_each_domain (%s)" % e, n.blocks[0])
        self.depth -= 1
        self.put("}")

    def call(self, n):
        return "%s(%s)" % (n.attr["fn"], ", ".join(
            self.cond(a) for a in n.attr["args"]))

    def put_call(self, n):
        if any(a in ("true", "false", "0", "1", "2", "3")
               for a in n.attr["args"]):
            self.features.add("h")
        self.put(self.call(n) + ";")

    def put_callif(self, n):
        self.put("if (%s) {" % self.call(n))
        self.block(n.blocks[0])
        if n.blocks[1]:
            self.put("} else {")
            self.block(n.blocks[1])
        self.put("}")

    def put_grab(self, n):
        unlock = self.unlock(n.attr["lock"])
        self.put("if (%s) {" % self.call(n))
        self.depth += 1
        self.held(n.blocks[0], ("undo", unlock))
        self.put(unlock)
        self.depth -= 1
        if n.blocks[1]:
            self.put("} else {")
            self.block(n.blocks[1])
        self.put("}")

    def put_drop_success(self, n):
        unlock = self.unlock(n.attr["lock"])
        self.put(self.lock(n.attr["lock"]))
        self.put("if (%s) {" % self.call(n))
        self.depth += 1
        self.held(n.blocks[0], ("undo", unlock))
        self.put(unlock)
        self.depth -= 1
        if n.blocks[1]:
            self.put("} else {")
            self.block(n.blocks[1])
        self.put("}")

    def put_take(self, n):
        unlock = self.unlock(n.attr["lock"])
        self.put(self.call(n) + ";")
        self.held(n.blocks[0], ("undo", unlock))
        self.put(unlock)

    def put_lock_if(self, n):
        args = "(%s, %s);" % (self.cond(n.attr["cond"]), n.attr["dom"])
        unlock = "un" + n.attr["fn"] + args
        self.put(n.attr["fn"] + args)
        self.held(n.blocks[0], ("undo", unlock))
        self.put(unlock)

    def put_get_table(self, n):
        t = n.attr["name"]
        self.put("{\n\tstruct p2m_domain *%s = %s;\n" % (t, self.call(n)))
        self.depth += 1
        self.held(n.blocks[0], ("undo", "p2m_unlock(%s);" % t))
        self.put("p2m_unlock(%s);" % t)
        self.depth -= 1
        self.put("}")

    def put_gfn(self, n):
        t, d = n.attr["name"], n.attr["dom"]
        put = "put_gfn(%s, 0);" % d
        self.put("{\n\tp2m_type_t %s;\n" % t)
        self.depth += 1
        self.put("(void)%s(%s, 0, &%s);" % (n.attr["how"], d, t))
        self.held(n.blocks[0], ("undo", put))
        self.put(put)
        self.depth -= 1
        self.put("}")

    def put_query(self, n):
        t, d = n.attr["name"], n.attr["dom"]
        self.put("{\n\tp2m_type_t %s;\n" % t)
        self.depth += 1
        self.put("(void)get_gfn_query_unlocked(%s, 0, &%s);" % (d, t))
        self.depth -= 1
        self.put("}")

    def put_correlated(self, n):
        cond = self.cond(n.attr["cond"])
        if n.attr["kept"]:
            self.put("{\n\tbool %s = %s;\n" % (n.attr["name"], cond))
            self.depth += 1
            cond = n.attr["name"]
        unlock = "if (%s)\n\t%s" % (
            cond, self.unlock(n.attr["lock"]).replace("\n", "\n\t"))
        lock = self.lock(n.attr["lock"])
        if "\n" in lock:
            unlock = "if (%s) {\n\t%s\n}" % (
                cond, self.unlock(n.attr["lock"]).replace("\n", "\n\t"))
            self.put("if (%s) {\n\t%s\n}" % (cond, lock.replace("\n",
                                                                "\n\t")))
        else:
            self.put("if (%s)\n\t%s" % (cond, lock))
        self.held(n.blocks[0], ("undo", unlock))
        self.put(unlock)
        if n.attr["kept"]:
            self.depth -= 1
            self.put("}")

    def put_each(self, n):
        self.put("%s(%s, %s);" % (n.attr["fn"], n.attr["arg"], n.attr["to"]))

    def put_ops(self, n):
        self.put("%s(%s);" % (n.attr["which"], n.attr["arg"]))

    def put_section(self, n):
        self.put("for (void (*const *call)(struct domain *d) = "
                 "__start_calls%s;\n     call < __stop_calls%s; call++)" % (
                     self.prefix, self.prefix))
        self.put("\t(*call)(%s);" % n.attr["arg"])

    def put_slot(self, n):
        d = n.attr["arg"]
        self.put("if (host(%s)->tlb_flush)" % d)
        self.put("\thost(%s)->tlb_flush(host(%s));" % (d, d))

    def put_alternative(self, n):
        self.put("alternative_vcall(hvm_funcs%s.flush_nested, %s);" % (
            self.prefix, n.attr["arg"]))

    def put_crossed(self, n):
        a, b = n.attr["a"], n.attr["b"]
        self.put(self.lock(a))
        self.held(n.blocks[0], ("undo", self.unlock(a)))
        self.put(self.lock(b))
        self.held(n.blocks[1], ("undo", self.unlock(a) + "\n" +
                                self.unlock(b)))
        self.put(self.unlock(a))
        self.held(n.blocks[2], ("undo", self.unlock(b)))
        self.put(self.unlock(b))

    def put_hand(self, n):
        a, b = n.attr["a"], n.attr["b"]
        self.put(self.lock(a) + "\n" + self.lock(b) + "\n" + self.unlock(a))
        self.held(n.blocks[0], ("undo", self.unlock(b)))
        self.put(self.unlock(b))

    def put_try(self, n):
        lock = "page_alloc", n.attr["dom"]
        self.put("if (spin_trylock(&%s->page_alloc_lock)) {" % lock[1])
        self.depth += 1
        self.held(n.blocks[0], ("undo", self.unlock(lock)))
        self.put(self.unlock(lock))
        self.depth -= 1
        if n.blocks[1]:
            self.put("} else {")
            self.block(n.blocks[1])
        self.put("}")

    def put_sorted(self, n):
        a, b, s = n.attr["a"], n.attr["b"], n.attr["name"]
        unlock = "p2m_unlock(host(second%s));\np2m_unlock(host(first%s));" % (
            s, s)
        self.features.add("two domains")
        self.put("{\n\tstruct domain *first%s = %s, *second%s = %s;\n" % (
            s, b, s, a))
        self.depth += 1
        self.put("if (%s->domain_id <= %s->domain_id) {" % (a, b))
        self.put("\tfirst%s = %s;\n\tsecond%s = %s;\n}" % (s, a, s, b))
        self.put("p2m_lock(host(first%s));\np2m_lock(host(second%s));" % (
            s, s))
        self.held(n.blocks[0], ("undo", unlock))
        self.put(unlock)
        self.depth -= 1
        self.put("}")

    def put_array(self, n):
        i, d, cond = n.attr["index"], n.attr["dom"], n.attr["cond"]
        loop = "for (unsigned int %s = 0; %s < MAX_NESTEDP2M; %s++)\n" % (
            i, i, i)
        unlock = loop + "\tp2m_unlock(%s->arch.nested_p2m[%s]);" % (d, i)
        lock = loop + "\tp2m_lock(%s->arch.nested_p2m[%s]);" % (d, i)
        if cond:
            lock, unlock = ("if (%s)\n\t%s" % (
                self.cond(cond), t.replace("\n", "\n\t"))
                for t in (lock, unlock))
        self.put(lock)
        self.held(n.blocks[0], ("undo", unlock))
        self.put(unlock)

    def put_defer(self, n):
        d = n.attr["dom"]
        unset = "host(%s)->defer_nested_flush = false;" % d
        unlock = "p2m_unlock(host(%s));" % d
        self.put("p2m_lock(host(%s));" % d)
        self.put("host(%s)->defer_nested_flush = true;" % d)
        self.held(n.blocks[0], ("undo", unset + "\n" + unlock))
        self.put(unset)
        self.held(n.blocks[1], ("undo", unlock))
        self.put(unlock)

    def put_recursive(self, n):
        outer, inner = n.attr["outer"], n.attr["inner"]
        both = self.unlock(inner) + "\n" + self.unlock(outer)
        self.put(self.lock(outer) + "\n" + self.lock(inner))
        self.held(n.blocks[0], ("undo", both))
        self.put(self.unlock(inner))
        self.held(n.blocks[1], ("undo", self.unlock(outer)))
        self.put(self.unlock(outer))

    def put_rec(self, n):
        self.put("if (op > 0 && op < 4)")
        self.put("\t%s(d, op - 1);" % n.attr["fn"])
        self.put("else {")
        self.block(n.blocks[0])
        self.put("}")

    # Functions

    def head(self, f, result="void", static=True):
        params = ", ".join(TYPES[t].format(n) for t, n in f.params) or "void"
        self.put("%s%s%s%s(%s)\n{" % (
            "static " if static else "", result,
            "" if result.endswith("*") else " ", f.name, params))
        self.depth = 1

    def end(self):
        self.depth = 0
        self.put("}\n")

    def body(self, f, returns="return;"):
        self.returns = returns
        for n in f.body:
            self.node(n)

    def function(self, f):
        getattr(self, "function_" + f.kind)(f)

    def function_plain(self, f):
        self.head(f)
        self.body(f)
        self.end()
        if f.name in later_names(self.p):
            self.put("static void later_%s(void *data)\n{\n\t%s(data);\n}\n" %
                     (f.name, f.name))

    function_callback = function_each = function_slot = function_plain
    function_store = function_plain

    def function_result(self, f):
        self.head(f, "int")
        self.body(f, "return -EBUSY;")
        self.put("return %s ? -EBUSY : 0;" % self.cond(f.attr["cond"]))
        self.end()

    def of_d(self, f):
        return f.attr["lock"][0], f.attr["lock"][1].format(d="d")

    def function_grab(self, f):
        lock = self.of_d(f)
        self.head(f, "bool")
        self.put(self.lock(lock))
        self.undo = [("undo", self.unlock(lock))]
        self.body(f, "return false;")
        self.undo = []
        self.put("if (%s) {" % self.cond(f.attr["cond"]))
        self.put("\t" + self.unlock(lock) + "\n\treturn false;\n}")
        self.put("return true;")
        self.end()

    def function_drop_success(self, f):
        lock = self.of_d(f)
        self.head(f, "int")
        self.body(f, "return -EBUSY;")
        self.put("if (%s)\n\treturn -EBUSY;" % self.cond(f.attr["cond"]))
        self.put(self.unlock(lock))
        self.put("return 0;")
        self.end()

    def function_take(self, f):
        lock = self.of_d(f)
        self.head(f)
        self.put(self.lock(lock))
        self.body(f)
        self.end()

    def function_lock_if(self, f):
        lock = self.of_d(f)
        self.head(f)
        self.put("if (flag)\n\t" + self.lock(lock))
        self.end()
        self.put("static void un%s(bool flag, struct domain *d)\n{" % f.name)
        self.put("\tif (flag)\n\t\t" + self.unlock(lock))
        self.put("}\n")

    def function_get_table(self, f):
        self.note(f.attr["table"])
        self.head(f, "struct p2m_domain *")
        self.put("struct p2m_domain *p = %s;\n" % f.attr["table"])
        self.put("p2m_lock(p);\nreturn p;")
        self.end()

    def function_entry(self, f):
        a = f.attr
        self.put("void %s(domid_t one, domid_t two, unsigned int op, "
                 "bool flag)\n{" % f.name)
        self.depth = 1
        self.put("struct domain *d, *e = rcu_lock_domain_by_id(two);")
        self.put("struct domain *currd = current->domain;\n")
        if a["remote"]:
            self.put("if (rcu_lock_live_remote_domain_by_id(one, &d) || !e)")
        else:
            self.put("d = rcu_lock_domain_by_id(one);\nif (!d || !e)")
        self.put("\treturn;")
        if a["parent"]:
            self.put("if (!d->parent)\n\treturn;")
        if a["two"]:
            self.features.add("two domains")
        self.body(f)
        self.end()

    def tables(self):
        """Those through which callbacks are called, and who fills them."""
        back = [f for f in self.p.functions if f.kind == "callback"]
        slot = [f for f in self.p.functions if f.kind == "slot"]
        kinds = {n.kind for n in self.p.nodes()}
        x = self.prefix
        if "ops" in kinds and back:
            pick = (back * 4)[:4]
            members = used_members(self.p)
            self.put("struct ops%s {" % x)
            for m in members:
                self.put("\tvoid (*%s)(struct domain *d);" % m)
            self.put("};\n")
            for name, i in (("a", 0), ("b", 2)):
                self.put("static const struct ops%s ops_%s%s = {" % (
                    x, name, x))
                for m in members:
                    self.put("\t.%s = %s," % (
                        m, pick[i + MEMBERS.index(m)].name))
                self.put("};\n")
            self.put("static const struct ops%s *choose%s(unsigned int op)\n"
                     "{\n\treturn op & 1 ? &ops_a%s : &ops_b%s;\n}\n" % (
                         x, x, x, x))
        for i, f in enumerate(in_section(self.p)):
            self.put("static void (*const in_section%d%s)(struct domain *d)\n"
                     "\t__attribute__((__used__, "
                     "__section__(\"calls%s\"))) = %s;" % (
                         i, x, x, f.name))
        if in_section(self.p):
            self.put("extern void (*const __start_calls%s[])"
                     "(struct domain *d);" % x)
            self.put("extern void (*const __stop_calls%s[])"
                     "(struct domain *d);\n" % x)
        if "alternative" in kinds:
            self.put("static struct hvm_function_table hvm_funcs%s;\n" % x)
        self.put("void init%s(domid_t dom);\n" % x)
        init = []
        if "slot" in kinds and slot:
            init.append("\thost(d)->tlb_flush = %s;" % slot[0].name)
        if "alternative" in kinds and back:
            init.append("\thvm_funcs%s.flush_nested = %s;" % (
                x, back[-1].name))
        self.init = ("void init%s(domid_t dom)\n{\n\tstruct domain *d = "
                     "rcu_lock_domain_by_id(dom);\n\n\tif (!d)\n\t\treturn;\n"
                     "%s\n}\n" % (x, "\n".join(init)))

    def text(self):
        self.put("/* SPDX-License-Identifier: GPL-2.0-or-later */")
        self.put("#include <program.h>\n")
        self.callbacks_first()
        self.put(self.init)
        for f in self.p.functions:
            if f.kind == "entry":
                self.function(f)
        return "\n".join(self.line)

    def callbacks_first(self):
        """Declarations of all that tables name, then the tables."""
        for f in self.p.functions:
            if f.kind in ("callback", "slot"):
                self.put("static void %s(%s);" % (
                    f.name, "struct domain *d" if f.kind == "callback"
                    else "struct p2m_domain *p"))
        self.tables()
        for f in self.p.functions:
            if f.kind != "entry":
                self.function(f)


def any_return(block):
    return any(n.kind == "ret" or any(any_return(b) for b in n.blocks)
               for n in block)


def has_loop(program):
    return any(n.kind in LOOPS
               for n in program.nodes())


def write(program, prefix):
    """The C text, and the features that it has."""
    w = Writer(program, prefix)
    text = w.text()
    return text, w.features


def entries(program):
    return [f.name for f in program.functions if f.kind == "entry"]


def write_assembly(program, prefix):
    calls = "".join("        call    %s\n" % name
                    for name in ["init" + prefix] + entries(program))
    return ("/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
            "        .text\n" + calls +
            "        .section .note.GNU-stack,\"\",@progbits\n")


def write_linker_script(program, prefix):
    """What makes a table of the section; runs need none."""
    if not in_section(program):
        return ""
    return ("/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
            "SECTIONS\n{\n  .rodata : {\n"
            "       __start_calls%s = .;\n       *(calls%s)\n"
            "       __stop_calls%s = .;\n  }\n}\n" % ((prefix,) * 3))


def write_driver(program, prefix):
    """What runs each entry point once, with some inputs."""
    out = []
    for name in entries(program):
        out.append("static QUIET void run_%s(void)\n{\n"
                   "\tfor (domid_t i = 0; i < WORLD_DOMAINS; i++)\n"
                   "\t\tinit%s(i);\n"
                   "\t%s(WORLD_ANY_DOMID(), WORLD_DOMID(), "
                   "(unsigned int)rt_choose(6),\n\t     rt_choose(2));\n}\n"
                   % (name, prefix, name))
    later = ["later_" + n for n in later_names(program)]
    for name in later:
        out.append("static QUIET void run_%s(void)\n{\n"
                   "\tfor (domid_t i = 0; i < WORLD_DOMAINS; i++)\n"
                   "\t\tinit%s(i);\n"
                   "\t%s(&world_domains[rt_choose(WORLD_DOMAINS)]);\n}\n"
                   % (name, prefix, name))
    names = entries(program) + later
    out.append("static void (*const entry%s[])(void) = { %s };" % (
        prefix, ", ".join(["run_" + n for n in names] + ["0"])))
    out.append("static const char *const entry_name%s[] = { %s };" % (
        prefix, ", ".join('"%s"' % n for n in names)))
    return "\n".join(out) + "\n"
