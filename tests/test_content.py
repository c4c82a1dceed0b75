"""The content: every answer as it is heard and read, its words in the model, and what the loader says of faults."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import ResponseEnvelope

from interaction_model.compile import ASKS, compile_model, spoken
from skill import limits
from skill.catalogue import Catalogue, Phrases
from skill.compose import Composer, Reply
from skill.content import __main__ as command
from skill.content import rules
from skill.heard import Heard
from skill.loading import CONTENT, ContentError, load
from skill.session import Said, Session
from skill.simulator.conversation import plain
from skill.wording import CARD_AT_MOST, Wording

SHARED = Path(__file__).parents[2] / "shared"
with_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared is not on this machine")
FILES = sorted([*CONTENT.glob("answers/*/*.toml"), *CONTENT.glob("organizations/*.toml")])
LOCALES = ("en-US", "en-GB", "en-CA", "en-AU", "en-IN")
SPEECH_AT_MOST = 1000  # [2.20] our own, far below Alexa's
REPROMPT_WORDS = 20  # [2.15]
URGENT_REPROMPT_WORDS = 25  # whom to call, once more
each_file = pytest.mark.parametrize("file", FILES, ids=[str(file.relative_to(CONTENT)) for file in FILES])
each_locale = pytest.mark.parametrize("locale", LOCALES)


class Stage:
    """Where replies are heard: what the wording makes, through the composer, held to every limit."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._composer = Composer(catalogue.spelling)
        self._serializer = DefaultSerializer()
        self.wording = Wording(catalogue)
        self.addresses = {link.url for answer in catalogue.answers.values() for link in answer.links}
        self.addresses |= {a.organization.website for a in catalogue.organizations.values() if a.organization}
        self.addresses |= {center.url for state in catalogue.states.values() for center in state.centers}

    def plays(self, reply: Reply, locale: str) -> dict[str, Any]:
        """The response to a reply, after everything in it was looked at."""
        envelope = ResponseEnvelope(version="1.0", response=self._composer.response(reply, locale))
        response: dict[str, Any] = self._serializer.serialize(envelope)
        assert limits.faults(response) == []
        inner = response["response"]
        speech = plain(inner["outputSpeech"])
        reprompt = plain((inner.get("reprompt") or {}).get("outputSpeech"))
        assert len(inner["outputSpeech"]["ssml"]) <= SPEECH_AT_MOST
        urgent = reply.session.said is not None and reply.session.said.kind in ("emergency", "crisis")
        assert len(reprompt.split()) <= (URGENT_REPROMPT_WORDS if urgent else REPROMPT_WORDS)
        for text in (speech, reprompt):
            assert not re.search(r"[{}<>*_#|]|https?:|www\.|\.org\b|  |\n", text), text
        if "card" in inner:
            self._shows(inner["card"])
        else:
            assert "card in the Alexa app" not in speech  # [2.18]
        return response

    def _shows(self, card: dict[str, Any]) -> None:
        assert len(card["title"]) + len(card["content"]) <= CARD_AT_MOST + 100
        assert "{" not in card["title"] + card["content"]
        for line in card["content"].splitlines():
            if "://" in line or "www." in line:
                assert line in self.addresses | _on_safety_cards(self.catalogue)


def _on_safety_cards(catalogue: Catalogue) -> set[str]:
    return {line for card in catalogue.safeguards.cards.values() for line in card.card.splitlines()}


@pytest.fixture(scope="module")
def stage(catalogue: Catalogue) -> Stage:
    return Stage(catalogue)


@pytest.fixture(scope="module")
def found(catalogue: Catalogue) -> list[str]:
    """The faults of all answers on the day of the newest review."""
    return rules.faults(catalogue, max(answer.reviewed for answer in catalogue.answers.values()))


@pytest.fixture(scope="module")
def owners(catalogue: Catalogue) -> dict[str, str]:
    """Who a question of the compiled model belongs to, by its words."""
    (kind,) = [
        kind
        for kind in compile_model(catalogue)["interactionModel"]["languageModel"]["types"]
        if kind["name"] == "QUESTION"
    ]
    return {
        words: value["id"]
        for value in kind["values"]
        for words in (value["name"]["value"], *value["name"].get("synonyms", ()))
    }


# Every answer


def test_every_answer_is_here_to_be_tested(catalogue: Catalogue) -> None:
    assert len(FILES) > 200
    assert sorted(file.stem for file in FILES) == sorted(catalogue.answers)


@each_file
def test_an_answer_keeps_the_rules(file: Path, found: list[str]) -> None:
    assert [fault for fault in found if fault.startswith(f"{file.stem}: ")] == []


def test_everything_else_keeps_the_rules_too(found: list[str]) -> None:
    assert found == []


@each_file
def test_an_answer_is_heard_and_read_well_everywhere(file: Path, stage: Stage) -> None:
    answer = stage.catalogue.answers[file.stem]
    for locale in LOCALES:
        for new in (True, False):
            heard = Heard("IntentRequest", locale=locale, new=new)
            for reply in (stage.wording.answer(heard, answer.id), stage.wording.more(heard, answer.id)):
                card = stage.plays(reply, locale)["response"]["card"]
                assert card["title"]
                assert card["content"].endswith(stage.catalogue.phrases.disclaimer)


@each_file
def test_the_ways_to_ask_for_an_answer_lead_to_it(file: Path, catalogue: Catalogue, owners: dict[str, str]) -> None:
    answer = catalogue.answers[file.stem]
    asked = [spoken(words) for words in (*answer.asks[:ASKS], *answer.terms)]
    assert {words: owners[words] for words in asked} == dict.fromkeys(asked, answer.id)


# Every other reply


def every_reply(catalogue: Catalogue) -> list[Said]:
    """All that can be said again, but for answers and more, which have tests of their own."""
    answers, organizations = catalogue.answers, catalogue.organizations
    texts = catalogue.safeguards.texts
    return [
        *(
            Said("welcome"),
            Said("help"),
            Said("not_found"),
            Said("answer", ("emergency",)),
            Said("answer", ("crisis",)),
        ),
        *(Said("need", (need, "", "")) for need in catalogue.needs),
        *(Said(kind, (id,)) for kind in ("helpers", "source", "card") for id in answers),
        *(Said("number", (id, *digits)) for id in organizations for digits in ((), ("digits",))),
        *(Said("center", (state,)) for state in catalogue.states),
        *(Said("cancer", (cancer,)) for cancer in catalogue.cancers),
        *(Said("spread", (cancer, site)) for cancer in catalogue.cancers for site in catalogue.sites),
        *(Said("declined", (decline,)) for decline in catalogue.declines),
        *(Said("choice", (id, answer.next[0])) for id, answer in answers.items()),
        *(Said("emergency", (wording,)) for wording in texts),
        *(Said("crisis", ("direct-self", wording)) for wording in texts),
        *(Said("answer", ("hospice", line, key)) for key in texts for line in ("warn", "soft", "team_now")),
    ]


@each_locale
def test_every_reply_is_heard_and_read_well(locale: str, stage: Stage) -> None:
    for new in (True, False):
        heard = Heard("IntentRequest", locale=locale, new=new)
        for said in every_reply(stage.catalogue):
            reply = stage.wording.again(said, heard)
            assert reply.session.said is not None, said  # else it was not made, and a question was asked instead
            stage.plays(reply, locale)


@each_locale
def test_the_words_between_are_heard_well(locale: str, stage: Stage) -> None:
    wording, phrases = stage.wording, stage.catalogue.phrases
    for missed in range(4):
        heard = Heard("IntentRequest", locale=locale, session=Session(missed=missed, greeted=True))
        for reply in (
            *(wording.lost(heard), wording.goodbye(heard), wording.ask(heard), wording.welcome(heard)),
            *(wording.after_crisis(heard), wording.again(None, heard)),
            *(wording.ask(heard, words) for words in (phrases.source_none, phrases.card_none, phrases.thanks)),
            *(wording.ask(heard, words) for words in (phrases.all_right, phrases.no_number, phrases.nothing_offered)),
            *(wording.ask(heard, words) for words in (phrases.nothing_after, phrases.nothing_before)),
        ):
            stage.plays(reply, locale)


FILLED = {
    "help": {"emergency"},
    "nothing_more": {"name"},
    "offer_next": {"name"},
    "offer_reprompt": {"offer"},
    "choice": {"first", "second"},
    "for_need": {"need"},
    "support_one": {"need", "first"},
    "support_many": {"need", "list"},
    "number": {"name", "phone"},
    "number_none": {"name"},
    "number_elsewhere": {"name"},
    "no_website": {"name"},
    "center_list": {"state", "list"},
    "center_none": {"state", "list"},
    "crisis_no": {"crisis"},
    "source": {"list", "date"},
    "composed": {"cancer", "site"},
    "not_found": {"helpline"},
    "lost_thrice": {"helpline"},
}


@pytest.mark.parametrize("phrase", Phrases.__dataclass_fields__)
def test_a_phrase_has_the_braces_that_are_filled_in_and_no_others(phrase: str, catalogue: Catalogue) -> None:
    text = getattr(catalogue.phrases, phrase)
    assert text
    assert set(re.findall(r"\{(\w*)\}", text)) == FILLED.get(phrase, set())
    assert not re.search(r"[{}]", re.sub(r"\{\w+\}", "", text))


# Numbers, topics, words


def test_telephone_numbers_are_said_only_of_those_who_answer_them(catalogue: Catalogue) -> None:
    number = re.compile(r"\d[\d() .-]{5,}\d|\b(?:911|988|999|112|000|111|211)\b")
    told = {id: " ".join(rules.texts(answer).values()) for id, answer in catalogue.answers.items()}
    told = {id: text for id, text in told.items() if id not in catalogue.organizations}
    for name in ("cancers.toml", "declines.toml", "phrases.toml", "sites.toml", "asking.toml"):
        told[name] = re.sub(r"https?://\S+", "", (CONTENT / name).read_text())
    assert {where: number.findall(text) for where, text in told.items() if number.search(text)} == {}


@with_shared
def test_every_topic_has_its_answer(catalogue: Catalogue) -> None:
    topics = re.findall(r"(?m)^  ([a-z0-9-]+): *\{", (SHARED / "topics.yaml").read_text())
    assert len(topics) > 200
    assert set(topics) - {*catalogue.answers, *catalogue.safeguards.cards} == set()


def _sentences(text: str) -> set[str]:
    """The sentences of a text that say something, by their words alone."""
    parts = re.split(r"(?<=[.?!;])\s+|\n", text.replace("’", "'"))
    words = (re.findall(r"[a-z0-9']+", part.lower()) for part in parts)
    return {" ".join(part) for part in words if len(part) >= 5}


@with_shared
def test_no_sentence_is_copied_from_the_facts_or_the_founding_article(catalogue: Catalogue) -> None:
    theirs = _sentences((SHARED / "founding-article.txt").read_text())
    for file in (SHARED / "facts").glob("*.yaml"):
        for quoted in re.findall(r'"((?:[^"\\]|\\.)*)"', file.read_text()):
            theirs |= _sentences(quoted)
    assert len(theirs) > 2000
    said = {
        f"{answer.id}: {sentence}"
        for answer in catalogue.answers.values()
        for text in rules.texts(answer).values()
        for sentence in _sentences(" ".join(text.split())) & theirs
    }
    assert said == set()


# The loader


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content, to be spoiled."""
    return copytree(CONTENT, tmp_path / "en")


def spoiled(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Replaces the first `old` in a file."""

    def spoil(content: Path) -> None:
        text = (content / name).read_text()
        assert old in text
        (content / name).write_text(text.replace(old, new, 1))

    return spoil


def written(name: str, text: str) -> Callable[[Path], None]:
    """Writes a file."""

    def write(content: Path) -> None:
        (content / name).write_text(text)

    return write


def appended(name: str, text: str) -> Callable[[Path], None]:
    """Adds lines at the end of a file."""

    def append(content: Path) -> None:
        (content / name).write_text(f"{(content / name).read_text().rstrip()}\n{text}\n")

    return append


HOSPICE = "answers/comfort_and_end_of_life/hospice.toml"
GRIEF = "answers/comfort_and_end_of_life/grief.toml"
READING = [  # faults of a file by itself
    (
        spoiled(HOSPICE, "title =", "titel ="),
        *(f"{HOSPICE}: titel: this key is not known here; is it misspelt?", f"{HOSPICE}: title: the key is missing"),
    ),
    (spoiled(GRIEF, "reviewed =", 'reviewed = "soon" #'), f"{GRIEF}: reviewed: "),
    (spoiled("answers/basics/recurrence.toml", "title =", "title"), "answers/basics/recurrence.toml: "),
    (spoiled("organizations/org-acs.toml", "status =", 'status = "asleep" #'), "organizations/org-acs.toml: "),
    (
        lambda content: (content / "asks/basics/stage-four.txt").unlink(),
        "asks/basics/stage-four.txt: the file is missing",
    ),
    (written("asks/basics/nobody.txt", "what is nobody\n"), "asks/basics/nobody.txt: there is no answer nobody"),
    (written("answers/living/de-novo.toml", ""), "the id de-novo is taken by another file"),
    (appended("needs.toml", "[naps]\nname = 5"), "needs.toml [naps]: name: "),
    (spoiled("needs.toml", "[helpline]", 'stray = "x"\n[helpline]'), "needs.toml [stray]: "),
    (spoiled("declines.toml", "[dose]", 'lone = "x"\n[dose]'), "declines.toml [lone]: "),
    (appended("phrases.toml", 'more_phrases = "x"'), "phrases.toml: more_phrases: this key is not known here"),
    (spoiled("phrases.toml", "goodbye =", "good_bye ="), "phrases.toml: goodbye: the key is missing"),
    (appended("countries.toml", 'XX = "nowhere"'), "countries.toml: XX: "),
    (appended("helplines.toml", "XX = 5"), "helplines.toml: XX: "),
    (appended("spelling.toml", "color2 = 5"), "spelling.toml: color2: "),
    (lambda content: (content / "sites.toml").write_bytes(b"\xff"), "sites.toml: "),
]
COMPARING = [  # faults that show when files are compared
    (spoiled(HOSPICE, "next = [", 'next = ["nowhere", '), "hospice: next: there is no answer nowhere"),
    (spoiled(HOSPICE, "help = [", 'help = ["grief", '), "hospice: help: there is no organization grief"),
    (spoiled(GRIEF, "next = [", 'next = ["grief", '), "grief: it points at itself"),
    (spoiled(GRIEF, 'url = "https:', 'url = "ftp:'), "does not begin with https://"),
    (
        spoiled("organizations/org-acs.toml", "services = [", 'services = ["naps", '),
        "org-acs: services: there is no need naps",
    ),
    (appended("helplines.toml", 'XX = "org-nowhere"'), "helplines.toml: XX: there is no organization org-nowhere"),
    (
        appended("sites.toml", '[toe]\nname = "the toe"\nanswer = "mets-toe"\nterms = ["toe"]'),
        "sites.toml [toe]: answer: ",
    ),
    (
        appended("cancers.toml", '[toe]\nname = "toe cancer"\nterms = ["toe"]'),
        "cancers.toml [toe]: give either answer or say",
    ),
    (appended("asks/basics/stage-four.txt", "what is hospice"), "the ask 'what is hospice' also belongs to "),
    (
        spoiled("answers/basics/stage-four.toml", "terms = [", 'terms = ["hospice", '),
        "the term 'hospice' also belongs to ",
    ),
]


@pytest.mark.parametrize("spoiling", [READING, COMPARING], ids=["by itself", "together"])
def test_every_fault_is_told_at_once_by_file_and_key(
    content: Path, spoiling: list[tuple[Callable[[Path], None], *tuple[str, ...]]]
) -> None:
    for spoil, *_ in spoiling:
        spoil(content)
    with pytest.raises(ContentError) as refused:
        load(content)
    told = [(each, any(each in fault for fault in refused.value.faults)) for _, *faults in spoiling for each in faults]
    assert [each for each, is_told in told if not is_told] == []
    assert str(refused.value).startswith("the content has faults:\n")


def test_a_folder_without_content_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"phrases\.toml: the file is missing"):
        load(tmp_path)


def test_content_that_is_sound_loads_from_anywhere(content: Path, catalogue: Catalogue) -> None:
    assert load(content).answers == catalogue.answers


# For editors


def test_the_check_finds_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    status = command.main(["check"])
    assert capsys.readouterr().out.endswith(f"{len(FILES)} answers, 0 faults\n")
    assert status == 0


def test_the_report_has_a_line_for_every_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["report"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["group", "answers", "asks", "words", "grade", "worst", "oldest", "faults"]
    assert {line.split()[0] for line in lines} == {file.parent.name for file in FILES} | {"all"}
    assert lines[-1].split()[1] == str(len(FILES))
