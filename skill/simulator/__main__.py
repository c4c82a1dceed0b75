"""The simulator at the keyboard: python -m skill.simulator ask | chat | explain | evaluate | replay."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import logging
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from skill.build import build
from skill.find import Finder
from skill.loading import ContentError, load
from skill.settings import Settings
from skill.simulator import dialog, evaluate, explain, report
from skill.simulator.conversation import Conversation, ModelError, Turn, understanding
from skill.simulator.envelope import Device
from skill.simulator.understand import Understanding
from skill.turn import Turns

_REFUSALS = (ContentError, ModelError, evaluate.QuestionsError, dialog.DialogError, OSError, UnicodeDecodeError)
Start = Callable[[], Conversation]


def starter(locale: str) -> Start:
    """Makes conversations that share one skill, which is built when the first one starts."""

    @cache
    def skill() -> tuple[Turns, Understanding]:
        catalogue = load()
        turns = Turns(build(catalogue, Settings(environment="development")), catalogue.phrases)
        return turns, understanding(catalogue)

    return lambda: Conversation(*skill(), Device(locale))


def main(arguments: list[str] | None = None, starter: Callable[[str], Start] = starter) -> int:
    """Runs one command; gives 0, or 1 where it could not be done, or where a replay differs."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    try:
        code = int(options.run(options, starter(options.locale)))
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever reads has read enough, as head does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except _REFUSALS as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m skill.simulator", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Callable[..., int], about: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=about, description=about)
        sub.add_argument("--locale", default="en-US", help="the locale of the device (en-US)")
        sub.set_defaults(run=run)
        return sub

    ask = command("ask", _ask, "one question in a new session")
    ask.add_argument("utterance", help="what the person says")
    ask.add_argument("--json", action="store_true", help="print the turn as JSON")
    command("chat", _chat, "a conversation; :help lists the commands")
    why = command("explain", _explain, "what an utterance is taken for, what its words find, and why")
    why.add_argument("utterance", help="what the person says")
    why.add_argument("--json", action="store_true", help="print the explanation as JSON")
    rate = command("evaluate", _evaluate, "questions from a file of JSON lines, each in a session of its own")
    rate.add_argument("file", type=Path)
    rate.add_argument("--out", type=Path, help="write a JSON line for each question here")
    rate.add_argument("--report", type=Path, help="write the rates and every miss here, as one page to look at")
    again = command("replay", _replay, "say a saved conversation again and show what differs")
    again.add_argument("file", type=Path)
    return parser


def _ask(options: argparse.Namespace, start: Start) -> int:
    turn = start().say(options.utterance)
    print(json.dumps(turn.report(), ensure_ascii=False) if options.json else _shown(turn))
    return 0


def _explain(options: argparse.Namespace, _: Start) -> int:
    catalogue = load()
    explainer = explain.Explainer(catalogue, understanding(catalogue), Finder(catalogue))
    explained = explainer.of_words(options.utterance)
    print(json.dumps(explained, ensure_ascii=False) if options.json else explain.written(explained))
    return 0


_COMMANDS = """:json       the last request and response
:save FILE  write the conversation as a dialog that can be replayed
:quit       leave (also Ctrl-D)"""


def _chat(options: argparse.Namespace, start: Start) -> int:
    with contextlib.suppress(ImportError):  # line editing, where the platform has it
        importlib.import_module("readline")
    conversation = start()
    print(
        f"You are talking to Cancer Guide; :help lists the commands.\n\n{_shown(conversation.say('open cancer guide'))}"
    )
    while True:
        try:
            said = input("\nyou: ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return 0
        if said in (":quit", ":q"):
            return 0
        if said:
            print(
                _command(said, conversation, options.locale) if said.startswith(":") else _shown(conversation.say(said))
            )


def _command(said: str, conversation: Conversation, locale: str) -> str:
    name, _, value = said.partition(" ")
    if name == ":json" and conversation.history:
        last = conversation.history[-1]
        return json.dumps({"request": last.request, "response": last.response}, indent=2)
    if name == ":save" and value:
        try:
            Path(value).write_text(dialog.written(conversation.history, locale), encoding="utf-8")
        except OSError as error:
            return f"not saved: {error}"
        return f"saved {len(conversation.history)} turns to {value}"
    return _COMMANDS


def _evaluate(options: argparse.Namespace, start: Start) -> int:
    questions = evaluate.read(options.file.read_text(encoding="utf-8").splitlines())
    turns: list[Turn] = []
    for turn in evaluate.ask_all(questions, start):
        turns.append(turn)
        if len(turns) % 50 == 0 or len(turns) == len(questions):
            sys.stderr.write(f"\r{len(turns)} of {len(questions)} questions asked")
    sys.stderr.write("\n")
    lines = [json.dumps(turn.report(), ensure_ascii=False) for turn in turns]
    if options.out is not None:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    labelled = [
        (question, turn)
        for question, turn in zip(questions, turns, strict=True)
        if "accept" in question and "kind" in question
    ]
    if options.out is None and not labelled:
        print("\n".join(lines))
    if labelled:
        _rate(labelled, options)
    return 0


def _rate(labelled: list[tuple[evaluate.Question, Turn]], options: argparse.Namespace) -> None:
    catalogue = load()
    explainer = explain.Explainer(catalogue, understanding(catalogue), Finder(catalogue))
    judged = [
        evaluate.Judged(question, turn, evaluate.outcome(question, turn), explainer.of(turn.said, turn.understood))
        for question, turn in labelled
    ]
    group = report.grouped(catalogue)
    print(evaluate.written(judged, group))
    if options.report is not None:
        options.report.write_text(report.page(judged, group, options.file.name), encoding="utf-8")


def _replay(options: argparse.Namespace, start: Start) -> int:
    locale, turns = dialog.read(options.file.read_text(encoding="utf-8"))
    conversation = start()
    conversation.device = Device(locale)
    different = dialog.differences(turns, conversation)
    print("\n".join(different) or f"{len(turns)} turns, all as they were")
    return 1 if different else 0


def _shown(turn: Turn) -> str:
    """A turn for reading: what is heard, the card, whether the session goes on."""
    lines = [f"alexa: {turn.speech or '(silence)'}"]
    if turn.card is not None:
        text = "\n".join(f"  | {line}" for line in turn.card["text"].splitlines())
        lines += [f"  | [{turn.card['title']}]", text]
    lines.append("  (the session ends)" if turn.ended else f"  (after silence: {turn.reprompt})")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
