# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of fixtures/rows.jq out of the prose columns of a table of cases.

Of a lock it reads the class, the mode, the kind of table, the owner, "holder F
and G" and "in F"; of the expectation what is said of the parent and of the fix.
What it can't read it leaves out of the row, which then matches more; of a case
without a class, a side or a word that says present or absent it makes nothing.
"""
import re

CLASSES = ("nestedp2m", "per_page_sharing", "page_alloc", "altp2mlist",
           "altp2m", "p2m", "paging", "pod")
INSTANCES = ("host", "nested", "alternate")
OWNERS = {"subject": "subject|remote", "current": "current", "none": "none",
          "null": "none", "parent": "parent", "remote": "remote"}
FINDINGS = ("level-violation", "conditional-violation", "hidden-inversion",
            "stale-level", "same-level", "third-domain", "interleaved")
# What is out of order in all worlds, or in some.
VIOLATION = "level-violation|conditional-violation"
ABSENT = r"\b(absent|gone|not reported|clean|nothing|no longer)\b"
PRESENT = r"\b(present|reported|stays?|bad|found)\b"
CONDITIONS = r"\b(when|if|unless|for an?|otherwise|at most)\b"
# What reads like a function.
NAME = r"[A-Za-z_]\w*_\w+"


def words(text, known):
    """The first of the known words in the text."""
    found = re.search(r"\b(%s)\b" % "|".join(known), text, re.I)
    return found.group(1).lower() if found else None


def names_after(word, text):
    """The functions that stand after a word: "holder f and g", "in f"."""
    found = re.search(r"\b%s\s+(?:the\s+)?(%s(?:(?:,| and|,? or)\s+%s)*)"
                      % (word, NAME, NAME), text)
    return re.findall(NAME, found.group(1)) if found else []


def read_lock(text):
    """(class, instance, owner) in the words of rows.jq; class None if it
    names none."""
    text = re.split(r"\b(?:through|via)\b", text)[0]
    outside = re.sub(r"\(.*?\)", " ", text)
    name = words(outside, CLASSES)
    if name is None:
        return None, "*", "*"
    rest = text.replace(name, " ", 1)
    mode = words(outside, ("read", "write"))
    owner = words(" ".join(re.findall(r"\((.*?)\)", text)), OWNERS)
    return (name + (":" + mode if mode else ""),
            words(rest, INSTANCES) or "*", OWNERS.get(owner, "*"))


def sides(text, is_pair):
    """What the expectation says of each side.  If it names none, it is about
    both commits of a pair."""
    parts = re.split(r"\b(parent|fix|commit itself)\b\s*(?:is|:)?", text)
    said = {}
    for side, what in zip(parts[1::2], parts[2::2]):
        side = "parent" if side == "parent" else "fix"
        said[side] = said.get(side, "") + " " + what
    if not said:
        said["fix"] = text
        if is_pair:
            said["parent"] = text
    return said


def read_expectations(text, category, finding):
    """(expect, kind of row, verdict, holders) of each sentence of a side."""
    for sentence in re.split(r";", text):
        verdict, expect = "*", None
        kind = finding or "ordering"
        if re.search(ABSENT, sentence, re.I):
            expect = "absent"
        elif re.search(r"\b(violation|bad)\b", sentence, re.I) or finding:
            expect = "present"
            verdict = "violation|conditional"
            if finding not in (None, "level-violation"):
                verdict = "*"
            kind = finding or VIOLATION
        elif re.search(r"\b(allowed|in order)\b", sentence, re.I):
            expect = "present"
            verdict = "allowed|conditional" \
                if re.search(CONDITIONS, sentence) else "allowed"
        elif re.search(PRESENT, sentence, re.I) or "level" in sentence:
            expect = "present"
        if category == "absent":
            expect, verdict = "absent", "*"
        elif category == "true":
            expect = expect or "present"
        elif re.search(r"\bstays?\b|\bkeeps\b|must (still )?be reported",
                       sentence, re.I):
            expect, verdict = "present", "*"
        if category == "absent" or expect == "absent":
            kind = "ordering"
        if expect:
            yield (expect, kind, verdict,
                   names_after("holders?", sentence))


def derive(case):
    """The rows of one case, a dict of the table's columns."""
    held, held_instance, held_owner = read_lock(case["held"])
    acquired, instance, owner = read_lock(case["acquired"])
    finding = words(case["expectation"], FINDINGS)
    if case["category"] == "absent":
        finding = None
    if held is None or (acquired is None and case["acquired"].strip() != "-"):
        return []
    holders = names_after("holders?", case["held"]) or ["*"]
    through = names_after("(?:through|via)", case["acquired"])[:1] or ["*"]
    relation = "same" if "same domain" in case["acquired"] else "*"
    functions = names_after("in", case["acquired"])
    if not functions and "same function" in case["acquired"]:
        functions = holders
    if finding and acquired is None:
        # It has no orderings to match: it is found by its function alone.
        held, held_instance, held_owner = "*", "*", "*"
        holders = names_after("in", case["expectation"]) or holders
    rows = []
    for side, text in sides(case["expectation"],
                            case["parent"] != "-").items():
        for expect, kind, verdict, own in read_expectations(
                text, case["category"], finding):
            if acquired is None:
                verdict = "*"
            elif expect == "absent" and "than as recursive" in case["acquired"]:
                verdict = "!recursive"
            for holder in own or holders:
                rows.append({
                    "side": side, "expect": expect, "row": kind,
                    "held_class": held, "held_instance": held_instance,
                    "held_owner": held_owner, "holder": holder,
                    "acquired_class": acquired or "*",
                    "acquired_instance": instance, "acquired_owner": owner,
                    "acquired_function": "|".join(functions) or "*",
                    # Another way may be the one that a report shows.
                    "through": through[0] if expect == "absent" else "*",
                    "relation": relation, "verdict": verdict,
                    "reason": "read from the table"})
    return rows
