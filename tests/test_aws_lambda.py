"""The skill on AWS Lambda: real events through the handler, and the zip in a clean interpreter."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from skill import aws_lambda
from skill.aws_lambda import Function, NotForThisSkill
from skill.limits import faults
from skill.settings import Settings, SettingsError
from skill.simulator import envelope
from skill.simulator.conversation import Conversation
from skill.simulator.envelope import Device, Session
from skill.simulator.understand import FilledSlot, Understanding, Understood
from skill.turn import NOTHING
from tests.alexa import Alexa

ROOT = Path(__file__).parents[1]
SKILL_ID = "amzn1.ask.skill.b5c7a5a4-0000-4000-8000-0000cafe0000"
DEVICE = Device(skill_id=SKILL_ID)
HOSPICE = Understood("intent", "AskIntent", {"question": FilledSlot("what is hospice", "QUESTION", "hospice")})
Event = dict[str, Any]


@pytest.fixture(scope="module")
def function() -> Function:
    return Function(Settings(skill_id=SKILL_ID))


def event() -> Event:
    """What Lambda hands over when somebody asks what hospice is: the request of Alexa, as a dict."""
    return envelope.intent(HOSPICE, Session(), DEVICE)


def test_a_conversation_goes_on_lambda_as_it_goes_over_http(
    function: Function, alexa: Alexa, model: Understanding
) -> None:
    on_lambda = Conversation(function, model, DEVICE)  # type: ignore[arg-type]
    for words in ("open cancer guide", "what is hospice", "yes", "say that again", "i want to die", "stop"):
        turn = on_lambda.say(words)
        assert turn.response == alexa.says(words).response
        assert faults(turn.response) == []


def test_the_end_of_a_session_and_what_is_not_known_get_nothing(function: Function) -> None:
    assert function.answer(envelope.ended(Session(), DEVICE))["response"] == {}
    strange = event()
    strange["request"]["type"] = "Something.New"
    assert function.answer(strange) == NOTHING


def test_the_handler_takes_its_settings_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILL_ID", SKILL_ID)
    aws_lambda._function.cache_clear()
    try:
        assert aws_lambda.handler(event(), None)["sessionAttributes"]["answer"] == "hospice"
    finally:
        aws_lambda._function.cache_clear()


def test_a_function_without_the_id_of_its_skill_does_not_start() -> None:
    with pytest.raises(SettingsError, match="SKILL_ID is missing"):
        Function(Settings(environment="development"))


def another_skill(event: Event) -> None:
    event["context"]["System"]["application"] = {"applicationId": "amzn1.ask.skill.another"}


def another_skill_in_the_session(event: Event) -> None:
    event["session"]["application"] = {"applicationId": "amzn1.ask.skill.another"}


def no_application(event: Event) -> None:
    del event["context"]["System"]["application"]


def no_context(event: Event) -> None:
    del event["context"]


def a_list_of_ids(event: Event) -> None:
    event["context"]["System"]["application"] = {"applicationId": [SKILL_ID]}


def no_request(event: Event) -> None:
    event["request"] = "what is hospice"


@pytest.mark.parametrize(
    "spoil",
    [another_skill, another_skill_in_the_session, no_application, no_context, a_list_of_ids, no_request],
)
def test_what_is_not_meant_for_this_skill_is_refused(
    function: Function, spoil: Callable[[Event], None], caplog: pytest.LogCaptureFixture
) -> None:
    spoiled = event()
    spoil(spoiled)
    with pytest.raises(NotForThisSkill) as told:
        function.answer(spoiled)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == f"refused: {told.value}"
    assert "hospice" not in record.getMessage()


@pytest.mark.parametrize("nothing", [None, [], "hospice", 5, {}, {"request": None}, {"Records": []}], ids=repr)
def test_an_event_of_somebody_else_is_refused(function: Function, nothing: Any) -> None:
    with pytest.raises(NotForThisSkill):
        function.answer(nothing)


def test_a_request_without_a_session_is_answered(function: Function) -> None:
    alone = event()
    del alone["session"]
    assert function.answer(alone)["response"]["outputSpeech"]


# The zip


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """deploy/lambda/build.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("lambda_build", ROOT / "deploy" / "lambda" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(builder: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lambda") / "function.zip"
    builder.build(out)
    return out


def test_the_same_sources_give_the_same_bytes(builder: ModuleType, built: Path, tmp_path: Path) -> None:
    builder.build(tmp_path / "again" / "function.zip")
    assert (tmp_path / "again" / "function.zip").read_bytes() == built.read_bytes()
    with zipfile.ZipFile(built) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {entry.date_time for entry in archive.infolist()} == {builder.WHEN}


def test_the_zip_holds_the_skill_and_nothing_of_the_tests(built: Path) -> None:
    names = zipfile.ZipFile(built).namelist()
    compiled = {"skill/find/model.npz", "skill/find/encoder.npz"}
    assert {"skill/aws_lambda.py", "skill/content/en/phrases.toml", *compiled} <= set(names)
    assert [name for name in names if re.search(r"simulator|tests|pages|__pycache__|\.git", name)] == []


def test_wheels_are_unpacked_into_the_zip_but_for_those_that_are_not_needed(
    builder: ModuleType, tmp_path: Path
) -> None:
    for name, module in (("some_package-1.0-py3-none-any.whl", "some.py"), ("flask-3.1-py3-none-any.whl", "flask.py")):
        with zipfile.ZipFile(tmp_path / name, "w") as wheel:
            wheel.writestr(module, "x = 1\n")
    out = tmp_path / "function.zip"
    assert builder.main(["--wheels", str(tmp_path), "--out", str(out)]) == 0
    assert "some.py" in zipfile.ZipFile(out).namelist()
    assert "flask.py" not in zipfile.ZipFile(out).namelist()


def test_the_zip_answers_in_a_clean_interpreter(builder: ModuleType, built: Path, tmp_path: Path) -> None:
    """Unpacked as Lambda does it, with the packages beside it, and nothing that serves the web loaded."""
    with zipfile.ZipFile(built) as archive:
        archive.extractall(tmp_path)
    code = (
        "import json, sys; import skill.aws_lambda as it; "
        "response = it.handler(json.load(sys.stdin), None); "
        "print(json.dumps([it.__file__, response, sorted(name.partition('.')[0] for name in sys.modules)]))"
    )
    environ = {"PATH": os.environ["PATH"], "SKILL_ID": SKILL_ID, "AWS_LAMBDA_FUNCTION_NAME": "cancer-guide"}
    environ["PYTHONPATH"] = os.pathsep.join([str(tmp_path), sysconfig.get_path("purelib")])
    run = subprocess.run(  # noqa: S603  (our own)
        [sys.executable, "-S", "-c", code],
        cwd=tmp_path, env=environ, input=json.dumps(event()), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    file, response, modules = json.loads(run.stdout)
    assert Path(file).is_relative_to(tmp_path)
    assert response["sessionAttributes"]["answer"] == "hospice"
    assert faults(response) == []
    assert set(builder.NOT_NEEDED) & set(modules) == set()
    (line,) = run.stderr.splitlines()
    assert json.loads(line)["outcome"] == "answered"


def test_the_template_names_the_handler_and_binds_the_trigger_to_the_skill() -> None:
    template = (ROOT / "deploy" / "lambda" / "template.yaml").read_text(encoding="utf-8")
    assert f"Handler: {aws_lambda.__name__}.{aws_lambda.handler.__name__}\n" in template
    assert re.search(r"Type: AlexaSkill\n\s+Properties:\n\s+SkillId: !Ref SkillId\n", template)
    pattern = re.search(r'AllowedPattern: "(.+)"', template)
    assert pattern is not None
    assert re.fullmatch(pattern[1].replace("\\\\", "\\"), SKILL_ID)
