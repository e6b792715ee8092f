#!/usr/bin/env python3
"""Reads folders of public records and measures how well they are understood.

    benches/formats.py CORPORA [--handbook PROGRAM] [--labels FILE] [--write docs/formats.md]

CORPORA holds one folder for each source repository, named as in the labels. Each is read by
`handbook check --formats --json` with no settings. What was read is counted by folder, and compared with labels made by
people who read the files themselves (tests/formats/labels.jsonl; labels only, the texts belong to their owners).
Ends with status 1 when a share is under its goal.
"""

import argparse
import json
import pathlib
import subprocess
import sys
from collections import Counter

GOALS = {"kind": 0.99, "family": 0.98, "status": 0.98, "date": 0.98, "supersession": 0.98, "timeline": 0.98, "actions": 0.95}


def readings(program, folder):
    """What `program` reads in `folder`, by path."""
    run = subprocess.run([program, "check", "--formats", "--json", str(folder)], capture_output=True, text=True, check=True)
    lines = (json.loads(line) for line in run.stdout.splitlines())
    return {line["path"]: line for line in lines}


def share(part, whole):
    return f"{part} of {whole}" + (f" ({100 * part / whole:.1f} %)" if whole else "")


def row_of(name, found):
    """A row of the table: counts of one folder."""
    records = [reading for reading in found.values() if reading["kind"] in ("decision", "postmortem")]
    families = Counter(f'{reading["kind"]} {reading["family"]}' for reading in records)
    written = [relation for reading in records for relation in reading["relations_written"] if "supersede" in relation[0]]
    resolved = sum(1 for reading in records for relation in reading["relations"] if relation[0] in ("supersedes", "supersedes_in_part"))
    told = {(min(a, b), max(a, b)) for reading in records for relation, b in reading["relations"] if "supersede" in relation for a in [reading["path"]]}
    unread = sum(len(reading["not_understood"]) for reading in records)
    n = len(records)
    rows = sum(reading["n_timeline"] or 0 for reading in records)
    timed = sum(reading["n_timed"] or 0 for reading in records)
    actions = sum(reading["n_actions"] or 0 for reading in records)
    return [
        name,
        str(len(found)),
        ", ".join(f"{family}: {count}" for family, count in sorted(families.items())) or "none",
        share(sum(1 for reading in records if reading["status"]), n) if n else "",
        share(sum(1 for reading in records if reading["date"]), n) if n else "",
        f"{len(told)} pairs from {len(written)} statements" if written else ("none" if n else ""),
        f"{rows} rows, {timed} with a time; {actions} actions" if rows or actions else "",
        str(unread) if n else "",
    ]


def compare(labels, by_folder):
    """Counts of right and all, by what is compared; and what is wrong."""
    right, total, wrong = Counter(), Counter(), []
    for label in labels:
        folder, _, path = label["file"].partition("/")
        reading = by_folder.get(folder, {}).get(path)
        if reading is None:
            wrong.append(f'{label["file"]}: not read')
            total["kind"] += 1
            continue

        def check(what, expected, got):
            total[what] += 1
            right[what] += expected == got
            if expected != got:
                wrong.append(f'{label["file"]}: {what} is {expected!r}, read as {got!r}')

        check("kind", label["kind"], reading["kind"])
        for what in ("family", "status", "date"):
            if what in label:
                check(what, label[what], reading[what])
        for name in ("supersedes", "superseded_by"):
            got = sorted(target for relation, target in reading["relations"] if relation == name)
            if name in label or (label["kind"] == "decision" and got and name not in label and not mirrored(label, labels, name, got)):
                check("supersession", sorted(label.get(name, [])), got)
        for what, count in (("timeline", "n_timeline"), ("actions", "n_actions")):
            if what in label:
                total[what] += label[what]
                right[what] += min(label[what], reading[count] or 0)
                if label[what] != (reading[count] or 0):
                    wrong.append(f'{label["file"]}: {label[what]} rows of {what}, read {reading[count]}')
    return right, total, wrong


def mirrored(label, labels, name, got):
    """Whether the relation is the other end of one that another file states, and so is no claim of this one."""
    inverse = {"supersedes": "superseded_by", "superseded_by": "supersedes"}[name]
    folder, _, path = label["file"].partition("/")
    stated = {f'{other["file"]}' for other in labels if path in other.get(inverse, [])}
    return all(f"{folder}/{target}" in stated for target in got) or not stated and name == "supersedes"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", type=pathlib.Path)
    parser.add_argument("--handbook", default="target/release/handbook")
    parser.add_argument("--labels", type=pathlib.Path, default=pathlib.Path("tests/formats/labels.jsonl"))
    parser.add_argument("--write", type=pathlib.Path, help="replace the tables in this file")
    arguments = parser.parse_args()
    folders = sorted(folder for folder in arguments.corpora.iterdir() if folder.is_dir())
    by_folder = {folder.name: readings(arguments.handbook, folder) for folder in folders}
    head = ["folder", "files", "records by family", "with a status", "with a date", "supersession", "incidents", "not understood"]
    rows = [row_of(name, found) for name, found in by_folder.items()]
    table = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)] + ["| " + " | ".join(row) + " |" for row in rows]
    labels = [json.loads(line) for line in arguments.labels.read_text().splitlines() if line.strip()]
    right, total, wrong = compare(labels, by_folder)
    checked = ["| what | right | goal |", "| --- | --- | --- |"]
    checked += [f"| {what} | {share(right[what], total[what])} | {100 * goal:.0f} % |" for what, goal in GOALS.items()]
    text = "\n".join(["## What was read", "", *table, "", f"## Compared with {len(labels)} files labelled by hand", "", *checked, ""])
    print(text)
    print("\n".join(wrong))
    if arguments.write:
        before, _, _ = arguments.write.read_text().partition("## What was read")
        arguments.write.write_text(before + text)
    is_under = any(right[what] < goal * total[what] for what, goal in GOALS.items())
    sys.exit(1 if is_under else 0)


if __name__ == "__main__":
    main()
