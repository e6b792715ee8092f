#!/usr/bin/env python3
"""Asks `handbook search` the questions of the development set, and prints how high the right pages come.

usage: benches/relevance.py

The pages, the questions and the scorer are in `search/` of the project's shared folder (SHARED, default ../shared).
Without it nothing can be measured, and this says so.
"""
import json, os, subprocess, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SHARED", ROOT.parent / "shared"))


def main():
    questions = SHARED / "search/rfcs.jsonl"
    if not questions.exists():
        sys.exit(f"nothing was measured: {questions} is missing (set SHARED)")
    subprocess.check_call(["cargo", "build", "--release", "--quiet"], cwd=ROOT)
    asked = [json.loads(line) for line in questions.open()]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        subprocess.check_call([SHARED / "search/make_set.sh", folder / "pages"])
        exam, results = folder / "exam.jsonl", folder / "results.jsonl"
        exam.write_text("".join(json.dumps({"q": one["q"], "expect": one["rel"]}) + "\n" for one in asked))
        binary = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/handbook"
        command = [binary, "search", "--dir", folder / "pages", "--exam", exam, "--json"]
        answers = [json.loads(line) for line in subprocess.check_output(command, text=True).splitlines()]
        lines = [{"meta": {"engine": "handbook"}}]
        lines += [{"qid": one["qid"], "results": answer["results"], "ms": answer["ms"]} for one, answer in zip(asked, answers)]
        results.write_text("".join(json.dumps(line) + "\n" for line in lines))
        subprocess.check_call([sys.executable, SHARED / "search/score.py", questions, results])


main()
