"""The simulator: what it takes words for, the requests it makes, and its commands at the keyboard."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import RequestEnvelope

from skill.build import build
from skill.catalogue import Catalogue
from skill.limits import faults
from skill.settings import Settings
from skill.simulator import __main__ as command
from skill.simulator import dialog, envelope, evaluate, report
from skill.simulator.conversation import Conversation, ModelError, Turn, understanding
from skill.simulator.envelope import Device, Session
from skill.simulator.evaluate import Judged
from skill.simulator.understand import FilledSlot, Understanding, Understood, spoken
from skill.turn import Turns
from skill.web import LOCAL_SKILL_ID

KEYS = ["q", "intent", "slots", "kind", "answer", "choices", "speech", "reprompt", "card", "ended", "ms"]


@pytest.fixture(scope="module")
def turns(catalogue: Catalogue) -> Turns:
    return Turns(build(catalogue, Settings(environment="development")), catalogue.phrases)


@pytest.fixture
def conversation(turns: Turns, model: Understanding) -> Conversation:
    return Conversation(turns, model)


# Understanding


@pytest.mark.parametrize(
    "words",
    [
        *("open cancer guide", "Open Cancer Guide!", "alexa open cancer guide", "start cancer guide", "cancer guide"),
        *("launch the cancer guide", "talk to cancer guide", "open cancer guide skill", "Alexa, open Cancer Guide."),
    ],
)
def test_the_skill_is_opened(model: Understanding, words: str) -> None:
    assert model.understand(words) == Understood("launch")


@pytest.mark.parametrize(
    ("words", "intent", "heard"),
    [
        ("ask cancer guide what is hospice", "DefineIntent", "hospice"),
        ("Alexa, ask Cancer Guide: what's hospice?", "DefineIntent", "hospice"),
        ("ask the cancer guide about hospice", "AskIntent", "hospice"),
        ("search cancer guide for hospice", "AskIntent", "hospice"),
        ("open cancer guide and ask what is hospice", "DefineIntent", "hospice"),
        ("ask cancer guide to tell me about cancercare", "OrganizationIntent", "cancercare"),
        ("use cancer guide to find a cancer center in texas", "CenterIntent", "texas"),
        ("ask cancer guide who can help with rides", "SupportIntent", "rides"),
        ("ask cancer guide if cancer is contagious", "AskIntent", "cancer is contagious"),
        ("ask cancer guide whether sugar feeds cancer", "AskIntent", "sugar feeds cancer"),
        ("ask cancer guide tongue cancer", "AskIntent", "tongue cancer"),
        ("ask cancer guide forgetfulness after chemo", "AskIntent", "forgetfulness after chemo"),
        ("ask cancer guide iffy scans", "AskIntent", "iffy scans"),
        ("ask cancer guide how to lift someone", "AskIntent", "how to lift someone"),
    ],
)
def test_a_question_can_be_asked_in_one_breath(model: Understanding, words: str, intent: str, heard: str) -> None:
    understood = model.understand(words)
    assert understood.one_shot
    assert understood.intent == intent
    assert [slot.value for slot in understood.slots.values()] == [heard]


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        *(("help", "AMAZON.HelpIntent"), ("Help me!", "AMAZON.HelpIntent"), ("stop", "AMAZON.StopIntent")),
        *(("cancel", "AMAZON.CancelIntent"), ("never mind", "AMAZON.CancelIntent"), ("yes", "AMAZON.YesIntent")),
        *(("No, thanks.", "AMAZON.NoIntent"), ("repeat", "AMAZON.RepeatIntent"), ("next", "AMAZON.NextIntent")),
        *(("go back", "AMAZON.PreviousIntent"), ("start over", "AMAZON.StartOverIntent"), ("more", "MoreIntent")),
        *(("go home", "AMAZON.NavigateHomeIntent"), ("slow down", "SlowerIntent"), ("thank you", "ThanksIntent")),
        *(("this is an emergency", "EmergencyIntent"), ("alexa stop", "AMAZON.StopIntent")),
        *(("who can help", "HelpersIntent"), ("digit by digit", "SpellIntent"), ("I’m done.", "DoneIntent")),
    ],
)
def test_fixed_words_are_known(model: Understanding, words: str, intent: str) -> None:
    understood = model.understand(words)
    assert (understood.kind, understood.intent, understood.slots) == ("intent", intent, {})


@pytest.mark.parametrize(
    ("words", "intent", "slots", "empty"),
    [
        ("what is palliative care", "DefineIntent", {"topic": ("palliative care", "palliative-care")}, ()),
        ("where does breast cancer spread", "SpreadIntent", {"cancer": ("breast", "breast")}, ("site",)),
        (
            "has my breast cancer spread to the bones",
            "SpreadIntent",
            {"cancer": ("breast", "breast"), "site": ("bones", "bone")},
            (),
        ),
        ("who can help with rides", "SupportIntent", {"need": ("rides", "rides")}, ("cancer", "country")),
        ("find a cancer center in north carolina", "CenterIntent", {"state": ("north carolina", "NC")}, ()),
        ("tell me about cancercare", "OrganizationIntent", {"organization": ("cancercare", "org-cancercare")}, ()),
        ("the second one", "ChooseIntent", {"which": ("second", "second")}, ()),
    ],
)
def test_slots_are_filled_with_what_is_listed(
    model: Understanding, words: str, intent: str, slots: dict[str, tuple[str, str]], empty: tuple[str, ...]
) -> None:
    understood = model.understand(words)
    assert understood.intent == intent
    assert {name: (slot.value, slot.id) for name, slot in understood.slots.items()} == slots
    assert understood.empty == empty


@pytest.mark.parametrize(
    "words",
    ["my neighbour's dog ate the chemo pills yesterday", "where does the river spread", "tell me about my aunt"],
)
def test_what_is_not_listed_is_an_open_question(model: Understanding, words: str) -> None:
    understood = model.understand(words)
    assert understood.intent == "AskIntent"
    assert [slot.id for slot in understood.slots.values()] == [""]


@pytest.mark.parametrize("words", ["gnarf", "blorp gnarf", "", " ", "?!", "…", "癌", "123 456"])
def test_noise_goes_to_fallback(model: Understanding, words: str) -> None:
    assert model.understand(words) == Understood("intent", "AMAZON.FallbackIntent")


@pytest.mark.parametrize("words", ["exit", "quit", "Exit.", "alexa exit"])
def test_exit_never_reaches_the_skill(model: Understanding, words: str) -> None:
    assert model.understand(words) == Understood("end")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *(("What's HOSPICE?!", "what's hospice"), ("I’m  done.", "i'm done"), ("e-mail, please", "e-mail please")),
        *(("", ""), (" \n", "")),
    ],
)
def test_text_is_heard_as_words(text: str, words: str) -> None:
    assert spoken(text) == words


def test_without_a_compiled_model_it_says_how_to_get_one(catalogue: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "en-US.json").write_text("{}")
    for file in (tmp_path / "en-US.json", tmp_path / "none.json"):
        with pytest.raises(ModelError, match=r"\.json cannot be read \(.*\): run make model"):
            understanding(catalogue, file)


# Requests


def requests() -> Iterator[dict[str, Any]]:
    """A request of each type, from a device with a screen and from one without."""
    listed = FilledSlot("what is hospice", "QUESTION", "hospice", "what is hospice")
    for device in (Device(), Device("en-GB", screen=True)):
        session = Session(new=False, attributes={"version": 1})
        yield envelope.launch(Session(), device)
        yield envelope.ended(session, device)
        yield envelope.intent(Understood("intent", "AskIntent", {"question": listed}), session, device)
        yield envelope.intent(Understood("intent", "SupportIntent", {}, ("need", "cancer")), session, device)


@pytest.mark.parametrize("body", list(requests()), ids=lambda body: body["request"]["type"])
def test_a_request_is_one_that_alexa_could_have_sent(body: dict[str, Any]) -> None:
    read = DefaultSerializer().deserialize(json.dumps(body), RequestEnvelope)  # refuses what Amazon's types do not know
    assert read.request.object_type == body["request"]["type"]
    assert read.context.system.application.application_id == LOCAL_SKILL_ID
    assert read.session.application.application_id == LOCAL_SKILL_ID
    assert read.session.session_id.startswith("amzn1.echo-api.session.")
    assert read.request.request_id.startswith("amzn1.echo-api.request.")
    assert abs(datetime.now(UTC) - read.request.timestamp) < timedelta(
        minutes=30
    )  # they are made when the tests are collected
    assert ("Viewport" in body["context"]) == (
        read.context.system.device.supported_interfaces.alexa_presentation_apl is not None
    )


def test_a_slot_has_its_words_twice_and_an_empty_one_has_none() -> None:
    question, bare, *_ = (body["request"]["intent"]["slots"] for body in requests() if "intent" in body["request"])
    slot = question["question"]
    assert slot["value"] == slot["slotValue"]["value"] == "what is hospice"
    (authority,) = slot["resolutions"]["resolutionsPerAuthority"]
    assert authority["status"]["code"] == "ER_SUCCESS_MATCH"
    assert authority["values"] == [{"value": {"name": "what is hospice", "id": "hospice"}}]
    assert bare["need"] == {"name": "need", "confirmationStatus": "NONE"}


def test_words_that_match_nothing_say_so() -> None:
    understood = Understood("intent", "AskIntent", {"question": FilledSlot("gnarf", "QUESTION")})
    slot = envelope.intent(understood, Session(), Device())["request"]["intent"]["slots"]["question"]
    (authority,) = slot["resolutions"]["resolutionsPerAuthority"]
    assert authority["status"]["code"] == "ER_SUCCESS_NO_MATCH"
    assert "values" not in authority


def test_a_session_is_one_until_it_ends(conversation: Conversation) -> None:
    for words in ("open cancer guide", "what is hospice", "stop", "open cancer guide", "exit", "what is hospice"):
        conversation.say(words)
    sessions = [turn.request["session"] for turn in conversation.history]
    assert [session["new"] for session in sessions] == [True, False, False, True, False, False]
    ids = [session["sessionId"] for session in sessions]
    assert (len(set(ids[:3])), len(set(ids[3:5])), len(set(ids))) == (1, 1, 3)
    assert sessions[1]["attributes"] == conversation.history[0].attributes
    assert sessions[3]["attributes"] == {}


def test_a_one_shot_question_begins_a_session_of_its_own(conversation: Conversation) -> None:
    conversation.say("open cancer guide")
    turn = conversation.say("ask cancer guide what is hospice")
    assert turn.request["session"]["new"] is True
    assert turn.ended


# Evaluating


def turn(kind: str, answer: str = "", choices: tuple[str, ...] = ()) -> Turn:
    attributes = {"said": [kind, answer], "answer": answer, "choices": list(choices)}
    return Turn("what", Understood("intent"), {}, {"sessionAttributes": attributes, "response": {}}, 1.0)


ANSWERED, NOTHING_FOUND = turn("answer", "hospice"), turn("not_found")
CHOICE, EMERGENCY, CRISIS = (
    turn("choice", "", ("hospice", "grief")),
    turn("emergency", "emergency"),
    turn("crisis", "crisis"),
)


@pytest.mark.parametrize(
    ("kind", "accept", "turn", "outcome"),
    [
        ("in", ["hospice"], ANSWERED, "right"),
        ("in", ["grief", "hospice"], ANSWERED, "right"),
        ("in", ["grief"], ANSWERED, "wrong"),
        ("in", ["grief"], CHOICE, "offered"),
        ("in", ["scanxiety"], CHOICE, "wrong"),
        ("in", ["hospice"], NOTHING_FOUND, "declined"),
        ("in", ["hospice"], EMERGENCY, "false alarm"),
        ("in", ["emergency"], EMERGENCY, "right"),
        ("out", [], NOTHING_FOUND, "right"),
        ("out", [], ANSWERED, "wrong"),
        ("out", [], CHOICE, "wrong"),
        ("out", [], CRISIS, "false alarm"),
        ("emergency", [], EMERGENCY, "right"),
        ("emergency", [], ANSWERED, "missed"),
        ("emergency", [], CRISIS, "missed"),
        ("emergency", ["crisis"], CRISIS, "right"),
        ("crisis", [], CRISIS, "right"),
        ("crisis", [], CHOICE, "missed"),
    ],
)
def test_a_question_turns_out_as_its_labels_say(kind: str, accept: list[str], turn: Turn, outcome: str) -> None:
    assert evaluate.outcome({"q": "what", "kind": kind, "accept": accept}, turn) == outcome


def judged(words: str, kind: str, accept: list[str], turn: Turn, sure: float | None = None) -> Judged:
    """A question as it was judged; `sure` where the ranking gave the answer."""
    found = {"known": None, "safety": None, "decision": {"kind": "answer"}, "first": sure}
    question = {"q": words, "kind": kind, "accept": accept}
    why = {"utterance": words, "find": None if sure is None else found}
    return Judged(question, turn, evaluate.outcome(question, turn), why)


JUDGED = [
    judged("what is hospice", "in", ["hospice"], ANSWERED, 0.95),
    judged("what is grief", "in", ["grief"], ANSWERED, 0.93),
    judged("who comes at night", "in", ["hospice"], ANSWERED, 0.97),
    judged("how sad am i", "in", ["grief"], CHOICE, 0.55),
    judged("what is love", "out", [], ANSWERED, 0.52),
    judged("he is choking", "emergency", ["emergency"], EMERGENCY),
]


def test_rates_are_told_by_kind_and_by_group_with_the_misses_under_them(catalogue: Catalogue) -> None:
    table = evaluate.written(JUDGED, report.grouped(catalogue)).splitlines()
    rows = {line[:34].strip(): line[34:].split() for line in table}
    assert rows["in"] == ["4", "50.0%", "25.0%", "0.0%", "25.0%", "0.0%", "0.0%"]
    assert rows["emergency"] == ["1", "100.0%", "0.0%", "0.0%", "0.0%", "0.0%", "0.0%"]
    assert rows["Comfort, and the end of life"] == ["4", "50.0%", "25.0%", "0.0%", "25.0%", "0.0%", "0.0%"]
    assert rows["out"] == ["1", "0.0%", "0.0%", "0.0%", "100.0%", "0.0%", "0.0%"]
    misses = table[table.index("2 misses:") + 1 :]
    assert misses[0].split(None, 1) == ["wrong", "'what is grief': hospice, not grief"]
    assert misses[1].endswith("'what is love': hospice, not none")


def test_confidence_is_held_against_what_was_right() -> None:
    given = [each for each in JUDGED if each.turn is ANSWERED]
    steps = {(step.low, step.high): step for step in evaluate.reliability(given)}
    assert set(steps) == {(0.5, 0.6), (0.9, 1.0)}
    assert (steps[0.5, 0.6].answers, steps[0.5, 0.6].right) == (1, 0.0)
    assert steps[0.9, 1.0].answers == 3
    assert steps[0.9, 1.0].right == pytest.approx(2 / 3)
    assert steps[0.9, 1.0].sure == pytest.approx(0.95)


def test_an_answer_that_the_ranking_did_not_give_has_no_confidence() -> None:
    found = {"known": "hospice", "safety": None, "decision": {"kind": "answer"}, "first": 0.9}
    question = {"q": "what is hospice", "kind": "in", "accept": ["hospice"]}
    assert Judged(question, ANSWERED, "right", {"find": found}).confidence is None
    assert Judged(question, ANSWERED, "right", {"find": {**found, "known": None}}).confidence == 0.9


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (['{"q": "a"}', "{"], "line 2 is no JSON"),
        (['{"q": "a"}', "", '{"question": "b"}'], 'line 3 has no "q"'),
        (["[]"], 'line 1 has no "q"'),
        (['{"q": 5}'], 'line 1 has no "q"'),
    ],
)
def test_a_bad_line_is_named(lines: list[str], told: str) -> None:
    with pytest.raises(evaluate.QuestionsError, match=told):
        evaluate.read(lines)


# At the keyboard

Lines = Callable[[], str]
Main = Callable[[list[str]], int]


@pytest.fixture
def main(turns: Turns, model: Understanding) -> Main:
    """The commands, with a skill that is built already."""
    return lambda arguments: command.main(arguments, lambda locale: lambda: Conversation(turns, model, Device(locale)))


@pytest.fixture
def out(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was printed since it was last asked for."""
    return lambda: capsys.readouterr().out


def test_a_question_is_answered_for_reading(main: Main, out: Lines) -> None:
    assert main(["ask", "what is hospice", "--locale", "en-GB"]) == 0
    shown = out()
    assert shown.startswith("alexa: Hospice")
    assert "  | [" in shown
    assert "(after silence: " in shown


def test_a_reader_who_has_read_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "skill.simulator", "ask", "what is hospice"]
    run = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)  # noqa: S603  (our own)
    os.close(writing)
    assert (run.returncode, run.stderr) == (0, b"")


def test_a_question_is_answered_as_json(out: Lines) -> None:
    assert command.main(["ask", "--json", "what is hospice"]) == 0
    report = json.loads(out())
    assert list(report) == KEYS
    assert report["q"] == "what is hospice"
    assert report["intent"] == "DefineIntent"
    assert report["slots"] == {"topic": {"value": "hospice", "id": "hospice"}}
    assert (report["kind"], report["answer"], report["choices"]) == ("answer", "hospice", [])
    assert list(report["card"]) == ["title", "text", "links"]
    assert all(link in report["card"]["text"] for link in report["card"]["links"])
    assert report["ended"] is False
    assert isinstance(report["ms"], float)


def test_questions_without_labels_are_answered_line_by_line(main: Main, tmp_path: Path, out: Lines) -> None:
    asked = ["what is hospice", "open cancer guide", "exit", "gnarf", "ask cancer guide what hospice is", "", "café ☕"]
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps({"q": words}) + "\n\n" for words in asked))
    assert main(["evaluate", str(file)]) == 0
    reports = [json.loads(line) for line in out().splitlines()]
    assert [report["q"] for report in reports] == asked
    assert all(list(report) == KEYS for report in reports)
    assert [report["intent"] for report in reports[:4]] == ["DefineIntent", "launch", "end", "AMAZON.FallbackIntent"]
    assert reports[2]["speech"] == ""
    assert [report["ended"] for report in reports[:5]] == [False, False, True, False, True]


def test_questions_with_labels_are_rated_and_written_to_a_file(main: Main, tmp_path: Path, out: Lines) -> None:
    questions = [
        {"q": "what is hospice", "kind": "in", "accept": ["hospice"]},
        {"q": "she is not breathing", "kind": "emergency", "accept": ["emergency"]},
        {"q": "what is palliative care"},
    ]
    file, written = tmp_path / "questions.jsonl", tmp_path / "out.jsonl"
    file.write_text("\n".join(map(json.dumps, questions)))
    page = tmp_path / "report.html"
    assert main(["evaluate", str(file), "--out", str(written), "--report", str(page)]) == 0
    printed = out()
    assert printed.startswith("kind ")
    assert "0 misses:" in printed
    reports = [json.loads(line) for line in written.read_text().splitlines()]
    assert [report["q"] for report in reports] == [question["q"] for question in questions]
    assert all(list(report) == KEYS for report in reports)
    assert [report["kind"] for report in reports] == ["answer", "emergency", "answer"]
    shown = page.read_text()
    assert "2 questions of questions.jsonl" in shown
    assert "There is none." in shown
    assert not re.findall(r"(?:src|href)=|<script|url[(]", shown)  # it is sent to people as it is


def test_the_report_shows_every_miss_with_its_reasons_and_trusts_no_words(
    main: Main, tmp_path: Path, out: Lines
) -> None:
    asked = {"q": "<b>what</b> is hospice care", "kind": "in", "accept": ["grief"]}
    file, page = tmp_path / "questions.jsonl", tmp_path / "report.html"
    file.write_text(json.dumps(asked))
    assert main(["evaluate", str(file), "--report", str(page)]) == 0
    shown = page.read_text()
    assert "wrong: “&lt;b&gt;what&lt;/b&gt; is hospice care”: hospice, not grief" in shown
    assert "decision   answer hospice" in shown
    assert "<td>1</td><td>grief</td><td>hospice</td>" in shown
    assert "Comfort, and the end of life" in shown


def test_a_file_that_cannot_be_used_is_an_error_in_one_line(
    main: Main, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, binary = tmp_path / "bad.jsonl", tmp_path / "binary.jsonl"
    bad.write_text('{"q": "what is hospice"}\nwhat is hospice\n')
    binary.write_bytes(b"\xff\xfe")
    for arguments in (["evaluate", str(bad)], ["evaluate", str(binary)], ["replay", str(tmp_path / "none.json")]):
        assert main(arguments) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert len(printed.err.splitlines()) == 1
        assert "line 2" in printed.err or arguments[1] != str(bad)


def test_what_is_no_command_is_told_how_to_use_it(main: Main) -> None:
    for arguments in ([], ["gnarf"], ["ask"]):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 2


# Conversations at the keyboard, saved and replayed


def types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Somebody types these lines, and then Ctrl-D."""
    typed = iter(lines)

    def type_(_: str) -> str:
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", type_)


def test_a_conversation_is_held_saved_and_replayed(
    main: Main, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, out: Lines
) -> None:
    file = tmp_path / "dialog.json"
    types(
        monkeypatch, "what is hospice", "", ":json", "say that again", f":save {file}", ":gnarf", "exit", ":quit", "no"
    )
    assert main(["chat"]) == 0
    shown = out()
    assert "Welcome to Cancer Guide" in shown
    assert '"type": "IntentRequest"' in shown
    assert f"saved 3 turns to {file}" in shown
    assert shown.count(":save FILE") == 1
    assert shown.rstrip().endswith("alexa: (silence)\n  (the session ends)")

    assert main(["replay", str(file)]) == 0
    assert out() == "3 turns, all as they were\n"

    saved = json.loads(file.read_text())
    saved["turns"][1]["alexa"] = "Something else."
    saved["turns"][2]["answer"] = "grief"
    file.write_text(json.dumps(saved))
    assert main(["replay", str(file)]) == 1
    first, second = out().splitlines()
    assert first.startswith("turn 2 ('what is hospice'), alexa: was 'Something else.', is 'Hospice")
    assert second == "turn 3 ('say that again'), answer: was 'grief', is 'hospice'"


def test_a_conversation_that_cannot_be_saved_goes_on(
    main: Main, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, out: Lines
) -> None:
    types(monkeypatch, f":save {tmp_path}/none/dialog.json", ":save", "what is hospice")
    assert main(["chat"]) == 0
    shown = out()
    assert "not saved: " in shown
    assert "alexa: Hospice" in shown


def test_a_dialog_is_written_to_be_read(conversation: Conversation) -> None:
    for words in ("open cancer guide", "what is hospice", "stop"):
        conversation.say(words)
    text = dialog.written(conversation.history, "en-US")
    locale, said = dialog.read(text)
    assert locale == "en-US"
    assert [turn["person"] for turn in said] == ["open cancer guide", "what is hospice", "stop"]
    assert [turn["answer"] for turn in said][:2] == [None, "hospice"]
    assert [turn["ended"] for turn in said] == [False, False, True]
    assert all(faults(turn.response) == [] for turn in conversation.history)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"dialog": 2, "turns": []}', '{"dialog": 1, "turns": [5]}', '{"dialog": 1, "turns": 5}']
)
def test_a_file_that_is_no_dialog_is_refused(text: str) -> None:
    with pytest.raises(dialog.DialogError, match=r"no dialog|not a dialog"):
        dialog.read(text)
