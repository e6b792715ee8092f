#!/usr/bin/env python3
"""What the history of files costs: a repository of N commits with renames, made anew and the same each time.

    benches/history.py [N] [HANDBOOK]

Prints CPU seconds, medians of five, of one pass of `git log -M`, and of `handbook build` with no history, with a history
that is read, and with one that is kept.
"""

import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

N = int(sys.argv[1]) if len(sys.argv) > 1 else 12_000
HANDBOOK = sys.argv[2] if len(sys.argv) > 2 else "target/release/handbook"
SEED, ROUNDS = 4, 5


def commits(n, out):
    """Writes n commits for `git fast-import`: one in five adds a file, one in 25 renames up to twenty, half of those with edits."""
    pick = random.Random(SEED)
    words = [f"w{number}" for number in range(3000)]
    line = lambda: " ".join(pick.choice(words) for _ in range(10))
    data = lambda text: out.write(f"data {len(text.encode())}\n{text}\n")
    files, time = {}, 1_400_000_000
    for number in range(n):
        time += pick.randint(100, 40_000)
        author = pick.randint(0, 60)
        who = f"Author {author} <a{author}@example.org> {time} +0200"
        out.write(f"commit refs/heads/main\nauthor {who}\ncommitter {who}\n")
        data(f"Change number {number}: {line()}")
        chance, changed = pick.random(), []
        if not files or chance < 0.2:
            changed = [f"docs/area{pick.randint(0, 30)}/part{pick.randint(0, 9)}/{number:05d}-note.md"]
            files[changed[0]] = [line() for _ in range(pick.randint(10, 120))]
        elif chance < 0.24:
            for _ in range(pick.randint(1, 20)):
                old = pick.choice(list(files))
                body = files.pop(old)
                out.write(f"D {old}\n")
                new = f"{old.rsplit('/', 1)[0]}/r{number}-{pick.randint(0, 10**6)}.md"
                files[new] = [line(), *body[1:]] if pick.random() < 0.5 else body
                changed.append(new)
        else:
            changed = pick.sample(list(files), min(len(files), pick.choice([1, 1, 1, 2, 3, 8])))
            for path in changed:
                files[path][pick.randrange(len(files[path]))] = line()
        for path in dict.fromkeys(changed):
            if path in files:
                out.write(f"M 100644 inline {path}\n")
                data("\n".join(files[path]))
        out.write("\n")


def cpu(command, prepare=lambda: None):
    """Median CPU seconds of `command`."""
    seconds = []
    for _ in range(ROUNDS):
        prepare()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds)


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
        importer = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE, text=True)
        commits(N, importer.stdin)
        importer.stdin.close()
        importer.wait()
        subprocess.run(["git", "-C", folder, "reset", "-q", "--hard"], check=True)
        # Few records to render, so that what is left is the history.
        docs = os.path.join(folder, "docs/area7/part7")
        build = [os.path.abspath(HANDBOOK), "build", docs, "--out", os.path.join(folder, "out"), "--lenient"]
        forget = lambda: shutil.rmtree(os.path.join(docs, ".handbook"), ignore_errors=True)
        settings = os.path.join(docs, "handbook.yaml")
        write = lambda text: open(settings, "w").write(text)
        print(f"{N} commits, {ROUNDS} rounds, CPU seconds")
        print(f"git log -M --name-status  {cpu(['git', '-C', folder, 'log', '-M', '--name-status', '-z']):.2f}")
        write("history: none\n")
        print(f"build, no history         {cpu(build):.2f}")
        write("history: full\n")
        print(f"build, history read       {cpu(build, forget):.2f}")
        print(f"build, history kept       {cpu(build):.2f}")


main()
