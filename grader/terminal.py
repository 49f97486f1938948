"""A report for reading in a terminal."""

import textwrap
from typing import Any

from grader import speed_words
from grader.report import needs_gpu, not_run_text, was_not_run, without_gpu_text

GREEN, RED, DIM, BOLD, PLAIN = "\033[32m", "\033[31m", "\033[2m", "\033[1m", "\033[0m"


class Printer:
    """Prints with or without colour; colour is never the only signal."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def paint(self, text: str, *codes: str) -> str:
        """The text in colour, if wanted."""
        return f"{''.join(codes)}{text}{PLAIN}" if self.colour else text

    def block(self, title: str, text: str) -> None:
        """An indented block under a title, if there is any text."""
        if text:
            print(f"      {self.paint(title, BOLD)}")
            print(textwrap.indent(text.rstrip("\n"), " " * 8))


def print_report(report: dict[str, Any], colour: bool) -> None:
    """Verdict, cases, and for failing ones what the report tells."""
    printer = Printer(colour)
    good = report["verdict"] == "accepted"
    verdict = report["verdict"].replace("_", " ")
    head = f"{report['exercise']}: {verdict}, {report['score']:.0%} of the points"
    print(printer.paint(head, BOLD, GREEN if good else RED))
    if report["message"]:
        print(f"  {report['message']}")
    _print_frames(printer, report)
    printer.block("printed", report["stdout"])
    absent = [case for case in report["cases"] if needs_gpu(case)]
    skipped = [case for case in report["cases"] if was_not_run(case) and not needs_gpu(case)]
    for case in report["cases"]:
        if not was_not_run(case):
            _print_case(printer, case)
    if skipped:
        print(f"  {printer.paint('--  ', DIM)} {not_run_text(len(skipped))}")
    if absent:
        print(f"  {printer.paint('--  ', DIM)} {without_gpu_text(len(absent))}")
    _print_speed(printer, report.get("speed"))
    memory = report["usage"].get("peak_memory_mb")
    used = f", {memory:.0f} MB" if memory else ""
    print(printer.paint(f"{report['seconds']:.2f} s{used}, sandbox {report['sandbox'] or 'none'}", DIM))
    print(printer.paint(f"replay with --seed {report['seed']}", DIM))


def _print_speed(printer: Printer, speed: dict[str, Any] | None) -> None:
    if speed is None:
        return
    print(f"  {printer.paint('speed', BOLD)} {speed_words.headline(speed)}")
    for label, text in speed_words.facts(speed):
        print(f"      {label}: {text}")
    if text := speed_words.noise(speed):
        print(f"      {printer.paint(text, DIM)}")


def _print_case(printer: Printer, case: dict[str, Any]) -> None:
    good = case["verdict"] == "accepted"
    bonus = case["points"] == 0
    mark = (
        printer.paint("ok  ", GREEN)
        if good
        else printer.paint("--  ", DIM)
        if bonus
        else printer.paint("FAIL", RED)
    )
    sort = "" if case["visible"] else " (hidden)"
    points = "bonus" if bonus else f"{case['points']} point{'s' if case['points'] != 1 else ''}"
    print(f"  {mark} {case['name']}{printer.paint(f'{sort}, {points}', DIM)}")
    for note in case.get("notes", ()):
        print(f"      {printer.paint(note, DIM)}")
    if good:
        return
    print(f"      {case['verdict'].replace('_', ' ')}: {case['message']}")
    _print_frames(printer, case)
    for item in case.get("inputs", ()):
        printer.block(item["name"], item["text"])
    printer.block("expected", case.get("expected", ""))
    printer.block("got", case.get("actual", ""))
    printer.block("printed", case.get("stdout", ""))
    printer.block("diagnosis", case["diagnosis"] or "")


def _print_frames(printer: Printer, part: dict[str, Any]) -> None:
    for frame in part.get("frames", ()):
        print(printer.paint(f"      line {frame['line']}, in {frame['function']}: {frame['text']}", DIM))
