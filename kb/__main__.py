"""python -m kb check | search | stats | eval | exam | train | diff | gate | import | export; --json for machines.

Exit code 0: well; 1: the content has errors; 2: the command or a file cannot be used.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kb.canonical import canonical
from kb.check import check
from kb.claims import CLAIMS, check_claims, read_claims
from kb.compare import compare, diff, lines
from kb.compiled import save_compiled
from kb.exam import EXAM, check_exam
from kb.faq import BadQuestions
from kb.files import read_files, write_files
from kb.gate import Finding, finding, gate, passes
from kb.load import CONTENT, Content, ContentError, load_content, read_items
from kb.measure import eval_command, exam_command, search_command, train_command
from kb.model import Entry, Fact, Golden, Procedure
from kb.problem import Problem
from kb.release import Release, build, read_release
from kb.say import ERRORS, GIVE_WAY, UNUSABLE, WELL, print_json, say
from kb.stats import export, stats

SHAPES: dict[str, type[Any]] = {"entries": Entry, "procedures": Procedure, "facts": Fact, "golden": Golden}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    act: Callable[[argparse.Namespace], int] = options.act
    try:
        return act(options)
    except BrokenPipeError:  # whoever read our output has seen enough
        return WELL
    except ContentError as error:
        return _unusable(options, f"{error.file}:{error.line}: {error.why}")
    except (BadQuestions, ModuleNotFoundError, OSError) as error:
        return _unusable(options, str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m kb", description="知识库工具 / tools of the knowledge base")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, act: Callable[[argparse.Namespace], int], says: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=says, description=says)
        one.add_argument("--content", type=Path, default=CONTENT, help="content folder")
        one.add_argument("--json", action="store_true", help="print JSON")
        one.set_defaults(act=act)
        return one

    one = command("check", _check, "检查内容 / check the content")
    one.add_argument("--claims", type=Path, default=CLAIMS, help="folder of claims")
    one.add_argument("--exam", type=Path, default=EXAM, help="folder of the examination")
    one = command("exam", exam_command, "考一考 / ask the examination questions")
    one.add_argument("--exam", type=Path, default=EXAM, help="folder of the examination")
    one.add_argument("--half", choices=("tune", "frozen"), default="tune")
    one = command("search", search_command, "查一句话 / what the base knows about a text")
    one.add_argument("text", nargs="+")
    one.add_argument("--explain", action="store_true", help="show the signals of each candidate")
    one.add_argument("--on", type=date.fromisoformat, default=None, help="day in force, 2026-07-17")
    command("stats", _stats, "数一数 / count")
    one = command("eval", eval_command, "测准确率 / measure accuracy")
    files = one.add_mutually_exclusive_group(required=True)
    files.add_argument("--faq", type=Path, help='any FAQ corpus, lines {"standard","similar","answer"}')
    files.add_argument("--questions", type=Path, help='lines {"question","id"?}, asked of our base')
    one.add_argument("--rankings", type=Path, help="write our ranking of every query here (with --faq)")
    one = command("train", train_command, "训练排序 / train the ranker from the wordings and the exam")
    one.add_argument("--exam", type=Path, default=EXAM, help="folder of the examination")
    one = command("diff", _diff, "比较两个内容目录 / what changed between two content folders")
    one.add_argument("old", type=Path, help="a content folder, or a compiled release (.npz)")
    one.add_argument("new", type=Path, nargs="?", help="the same; without it: the content folder")
    one = command("gate", _gate, "发布前的把关 / whether a content folder may follow a release")
    one.add_argument("old", type=Path, help="the release in force: a content folder, or a compiled release (.npz)")
    one.add_argument("--on", type=date.fromisoformat, default=None, help="day in force, 2026-07-17")
    one.add_argument("--nice", action="store_true", help="give way to everything else on this machine")
    one.add_argument("--compiled", type=Path, help="leave the compiled form of the content folder here")
    command("import", _import, "改写为规范格式 / rewrite files in the canonical form")
    one = command("export", _export, "导出 / export")
    where = one.add_mutually_exclusive_group(required=True)
    where.add_argument("--jsonl", type=Path, metavar="DIR", help="tables, one JSON a line")
    where.add_argument("--to", type=Path, metavar="DIR", help="the content files themselves, canonical")
    return parser


def _check(options: argparse.Namespace) -> int:
    content = load_content(options.content)
    problems = [*check(content, date.today()), *_not_canonical(options.content)]
    problems += check_claims(content, read_claims(options.claims))
    problems += check_exam(content, options.exam)
    errors = [one for one in problems if not one.warning]
    if options.json:
        rows = [
            {"file": str(one.file), "line": one.line, "kind": one.kind, "why": one.why, "warning": one.warning}
            for one in problems
        ]
        print_json({"ok": not errors, "errors": len(errors), "problems": rows})
    else:
        for one in problems:
            say(str(one))
        say(f"{len(content.entries)} entries, {len(content.procedures)} procedures: {len(errors)} errors")
    return ERRORS if errors else WELL


def _not_canonical(root: Path) -> list[Problem]:
    why = "is not in the canonical form; python -m kb import rewrites it"
    files = ((path, shape) for folder, shape in SHAPES.items() for path in sorted((root / folder).glob("*.yaml")))
    return [
        Problem(path, 1, "form", why)
        for path, shape in files
        if canonical(read_items(path, shape)) != path.read_text(encoding="utf-8")
    ]


def _stats(options: argparse.Namespace) -> int:
    counted = stats(load_content(options.content))
    if options.json:
        print_json(counted)
        return WELL
    homes = counted.pop("by_subcategory")
    for name, count in counted.items():
        say(f"{name:18} {count}")
    for code, row in homes.items():
        say(
            f"  {code}  entries {row['entries']:3}/{row['plan_entries']:<3} "
            f"procedures {row['procedures']:2}/{row['plan_procedures']:<2} reviewed {row['reviewed']:3} "
            f"golden {row['golden']:3}, without an answer {row['missing']}"
        )
    return WELL


def _diff(options: argparse.Namespace) -> int:
    (old, before), (new, after) = _known(options.old), _known(options.new or options.content)
    if options.json:
        ids = diff(before, after)
        print_json({"added": ids.added, "removed": ids.removed, "changed": ids.changed})
        return WELL
    changes = compare(old, new)
    for line in lines(changes):
        say(line)
    say(f"{len(changes)} changes")
    return WELL


def _gate(options: argparse.Namespace) -> int:
    if options.nice:
        os.nice(GIVE_WAY)
    old, old_release = _known(options.old)
    try:
        content = load_content(options.content)
    except ContentError as error:
        return _told(options, [finding(Problem(error.file, error.line, "shape", error.why))])
    new = build(content)
    if options.compiled:
        save_compiled(options.compiled, content, new.index)
    today = options.on or date.today()
    findings = gate(old_release, old.golden, new, content, today)
    findings += map(finding, _not_canonical(options.content))
    return _told(options, findings, {"id": new.id, "entries": len(new.entries), "procedures": len(new.procedures)})


def _told(
    options: argparse.Namespace, findings: list[Finding], made: Mapping[str, object] = MappingProxyType({})
) -> int:
    well = passes(findings)
    if options.json:
        print_json({"ok": well, **made, "findings": [asdict(one) for one in findings]})
    else:
        for one in findings:
            say(str(one))
        say("可以发布" if well else "不能发布")
    return WELL if well else ERRORS


def _known(place: Path) -> tuple[Content, Release]:
    """A content folder or a compiled release. Raises ContentError, OSError."""
    if place.suffix != ".npz":
        content = load_content(place)
        return content, build(content)
    known = read_release(place)
    if known is None:
        raise FileNotFoundError(f"{place} is no compiled release")
    return known


def _import(options: argparse.Namespace) -> int:
    """Read every item file and write it back in the canonical form."""
    load_content(options.content)
    wrong = _not_canonical(options.content)
    for one in wrong:
        one.file.write_text(canonical(read_items(one.file, SHAPES[one.file.parent.name])), encoding="utf-8")
    changed = [str(one.file) for one in wrong]
    if options.json:
        print_json({"changed": changed})
    else:
        say(f"{len(changed)} files rewritten")
    return WELL


def _export(options: argparse.Namespace) -> int:
    if options.to:
        load_content(options.content)
        written, removed = write_files(read_files(options.content), options.to)
        print_json({"written": written, "removed": removed}) if options.json else say(f"{written} files written")
        return WELL
    counts = export(load_content(options.content), options.jsonl)
    if options.json:
        print_json(counts)
    else:
        say("  ".join(f"{name} {count}" for name, count in counts.items()))
    return WELL


def _unusable(options: argparse.Namespace, why: str) -> int:
    if options.json:
        print_json({"error": why})
    sys.stderr.write(f"无法执行 / cannot go on: {why}\n")
    return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
