#!/usr/bin/env python3
"""Builds handbooks of several sizes and prints what that costs: CPU and wall seconds, peak memory, medians.

usage: benches/build.py [--runs R] [N ...]        (default: 1000 10000)

The handbooks are made by `corpora/scale.py` of the project's shared folder (SHARED, default ../shared). Without it
nothing can be measured, and this says so. Each run builds into a folder of its own; the last line of each size builds
again without a change. Where Hugo is installed, it builds the same pages in the same run, interleaved: a page each and
a list, no highlighting turned off, no search data.
"""
import argparse, os, resource, shutil, statistics, subprocess, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SHARED", ROOT.parent / "shared"))
BINARY = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/handbook"


def measured(command):
    """CPU seconds, wall seconds and peak memory (MiB) of a command, as the system accounts for it."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1); os.dup2(null, 2)
        start = os.times().elapsed
        code = subprocess.call(command)
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(write, f"{usage.ru_utime + usage.ru_stime} {os.times().elapsed - start} {usage.ru_maxrss / 1024} {code}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    cpu, wall, memory, code = os.read(read, 200).decode().split()
    os.close(read); os.close(write)
    if int(code) not in (0, 1):
        sys.exit(f"{command} ended with {code}")
    return float(cpu), float(wall), float(memory)


def row(name, runs):
    cpu, wall, memory = (statistics.median(run[i] for run in runs) for i in range(3))
    print(f"  {name:<28} {cpu:7.2f} CPU s  {wall:7.2f} s  {memory:7.0f} MiB", flush=True)


def hugo_site(content, folder):
    """A Hugo site over the same pages, as plain as it can be."""
    (folder / "layouts/_default").mkdir(parents=True)
    (folder / "hugo.toml").write_text(f'baseURL = "https://example.org/"\ncontentDir = "{content}"\ndisableKinds = ["taxonomy", "term"]\n[markup.highlight]\nnoClasses = false\n')
    page = '<!DOCTYPE html><html lang="en"><title>{{ .Title }}</title><body><h1>{{ .Title }}</h1>{{ .Content }}</body></html>'
    (folder / "layouts/_default/single.html").write_text(page)
    (folder / "layouts/_default/list.html").write_text('<!DOCTYPE html><html lang="en"><title>{{ .Title }}</title><body><ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</ul></body></html>')


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("sizes", nargs="*", type=int, default=[1000, 10000])
    arguments.add_argument("--runs", type=int, default=5)
    arguments = arguments.parse_args()
    scale = SHARED / "corpora/scale.py"
    if not scale.exists():
        sys.exit(f"nothing was measured: {scale} is missing (set SHARED)")
    subprocess.check_call(["cargo", "build", "--release", "--quiet"], cwd=ROOT)
    hugo = shutil.which("hugo")
    if not hugo:
        print("Hugo is not installed, so there is no peer in this run")
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            subprocess.check_call([sys.executable, scale, str(size), folder / "content"])
            ours, theirs = [], []
            if hugo:
                hugo_site(folder / "content", folder / "hugo")
            for run in range(arguments.runs):
                # The search index is kept there, and a clean build has none.
                shutil.rmtree(folder / "content/.handbook", ignore_errors=True)
                ours.append(measured([BINARY, "build", folder / "content", "--out", folder / f"site{run}"]))
                if hugo:
                    theirs.append(measured([hugo, "--quiet", "-s", folder / "hugo", "-d", folder / f"hugo{run}"]))
            build = [BINARY, "build", folder / "content", "--out", folder / "site0"]
            # What is known of the first site went with the caches of the later ones.
            measured(build)
            again = [measured(build) for _ in range(arguments.runs)]
            edited = []
            for run, record in enumerate(sorted((folder / "content").rglob("*.md"))[7 : 7 + arguments.runs]):
                with record.open("a") as text:
                    text.write(f"\n\nA sentence more, the {run}th.\n")
                edited.append(measured(build))
            print(f"{size} pages, median of {arguments.runs}")
            row("handbook, clean", ours)
            row("handbook, nothing changed", again)
            row("handbook, after one edit", edited)
            if hugo:
                row("hugo, without search", theirs)


main()
