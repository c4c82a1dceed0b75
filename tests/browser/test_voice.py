"""Speaking and listening, with a voice and an ear of the test's own in place of the browser's, and its own clock."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.simulator import Simulator
from tests.browser.visitor import Visitor

VOICE = Path(__file__).with_name("voice.js")
NOON = 1_800_000_000  # seconds; any moment would do
SILENCE = 8_000


class Talk(Simulator):
    """A simulator whose voice and clock are the test's."""

    def __init__(self, visitor: Visitor, *, without: str = "", stopped: bool = False) -> None:
        visitor.context.add_init_script(path=VOICE)
        if without:
            visitor.context.add_init_script(script=without)
        self.clock = visitor.page.clock
        if stopped:
            self.clock.install(time=NOON)
            self.clock.pause_at(NOON + 1)
        super().__init__(visitor)

    @property
    def spoken(self) -> list[dict[str, Any]]:
        """What the voice said, piece by piece."""
        found: list[dict[str, Any]] = self.page.evaluate("window.voice.spoken")
        return found

    @property
    def aloud(self) -> str:
        """All of it in one."""
        return "".join(piece["text"] for piece in self.spoken)

    @property
    def listening(self) -> bool:
        """Whether the ear is open."""
        return bool(self.page.evaluate("window.voice.listening !== null"))

    def counts(self, what: str) -> int:
        """How often something was done: started, aborted, cancelled."""
        return int(self.page.evaluate(f"window.voice.{what}"))

    def is_told(self, words: str) -> str:
        """Somebody says it aloud; what is answered."""
        before = self.heard.count()
        self.page.evaluate("words => window.voice.hear(words)", words)
        return self.hears(before + 1)

    def speaks_all_of(self, ssml: str) -> list[dict[str, Any]]:
        """What the simulator makes of any SSML."""
        self.page.evaluate(
            """async (ssml) => {
              window.voice.spoken.length = 0;
              const {Speaker} = await import("/simulator/static/voice.js");
              window.finished = new Speaker().speak(ssml, "en-US");
            }""",
            ssml,
        )
        return self.spoken


@pytest.fixture
def talk(visits: Visits) -> Talk:
    """At noon, with time standing still."""
    return Talk(visits(), stopped=True)


# -- speaking -----------------------------------------------------------------------------------------


def test_a_reply_is_spoken_as_it_is_written_in_a_voice_of_the_locale(talk: Talk) -> None:
    assert talk.says("what is hospice") == talk.aloud
    assert {(piece["lang"], piece["voice"], piece["rate"]) for piece in talk.spoken} == {("en-US", "Ava", 1)}
    talk.page.select_option("#locale", "en-GB")
    talk.says("what is hospice")
    assert (talk.spoken[-1]["lang"], talk.spoken[-1]["voice"]) == ("en-GB", "Kate")


def test_slower_is_slower(talk: Talk) -> None:
    talk.says("what is hospice")
    talk.says("slower")
    assert {piece["rate"] for piece in talk.spoken[-1:]} == {0.8}


def test_a_telephone_number_is_said_digit_by_digit(talk: Talk) -> None:
    talk.says("tell me about the american cancer society")
    talk.says("say the number again")
    talk.clock.run_for(60_000)
    assert "one, eight zero zero, two two seven, two three four five" in talk.aloud
    assert "1-800" not in talk.spoken[-1]["text"]


@pytest.mark.parametrize(
    ("ssml", "pieces"),
    [
        ("<speak>One.<break time='700ms'/>Two.</speak>", [("One.", 1, 0), ("Two.", 1, 700)]),
        ("<speak>One.<break time='1.5s'/><break time='500ms'/>Two.</speak>", [("One.", 1, 0), ("Two.", 1, 2000)]),
        ("<speak>One.<break/>Two.</speak>", [("One.", 1, 0), ("Two.", 1, 500)]),
        ("<speak><prosody rate='80%'>Slow.</prosody> Not.</speak>", [("Slow.", 0.8, 0), (" Not.", 1, 0)]),
        ("<speak><prosody rate='x-slow'>Slow.</prosody></speak>", [("Slow.", 0.5, 0)]),
        (
            "<speak>Call <say-as interpret-as='telephone'>800-12</say-as>.</speak>",
            [("Call eight zero zero, one two.", 1, 0)],
        ),
        ("<speak><say-as interpret-as='spell-out'>ACS</say-as></speak>", [("A C S", 1, 0)]),
        ("<speak><sub alias='nine one one'>911</sub> &amp; more</speak>", [("nine one one & more", 1, 0)]),
        ("<speak> </speak>", []),
    ],
)
def test_markup_is_heard_and_not_read(ssml: str, pieces: list[tuple[str, float, int]], talk: Talk) -> None:
    """Each piece with its rate, and with the silence before it by the clock."""
    talk.speaks_all_of(ssml)
    talk.clock.run_for(10_000)
    spoken = talk.spoken
    assert [(piece["text"], piece["rate"]) for piece in spoken] == [(text, rate) for text, rate, _ in pieces]
    rests = [after["at"] - before["at"] for before, after in pairwise(spoken)]
    assert rests == [pause for _, _, pause in pieces[1:]]


def test_a_break_is_waited_for(talk: Talk) -> None:
    talk.speaks_all_of("<speak>One.<break time='700ms'/>Two.</speak>")
    talk.clock.run_for(699)
    assert [piece["text"] for piece in talk.spoken] == ["One."]
    talk.clock.run_for(1)
    assert [piece["text"] for piece in talk.spoken] == ["One.", "Two."]


def test_a_mute_simulator_says_nothing(talk: Talk) -> None:
    talk.page.get_by_role("switch", name="Speak replies").uncheck()
    assert talk.says("what is hospice")
    assert talk.spoken == []


def test_muting_stops_a_voice_at_once(talk: Talk) -> None:
    talk.page.evaluate("window.voice.breath = 5000")
    talk.says("what is hospice")
    stopped = talk.counts("cancelled")
    talk.page.get_by_role("switch", name="Speak replies").uncheck()
    assert talk.counts("cancelled") == stopped + 1


@pytest.mark.parametrize("where", ["#say", "#log", "body"])
def test_escape_stops_a_voice_wherever_the_focus_is(where: str, talk: Talk) -> None:
    talk.speaks_all_of("<speak>One.</speak>")
    talk.page.evaluate("window.voice.breath = 5000")
    talk.says("what is hospice")
    stopped = talk.counts("cancelled")
    talk.page.locator(where).press("Escape")
    assert talk.counts("cancelled") == stopped + 1


def test_the_next_question_stops_the_answer_before_it(talk: Talk) -> None:
    talk.page.evaluate("window.voice.breath = 5000")
    talk.says("what is hospice")
    stopped = talk.counts("cancelled")
    talk.says("what is palliative care")
    assert talk.counts("cancelled") > stopped
    assert talk.spoken[-1]["text"].startswith("Palliative care")


def test_a_machine_without_a_voice_does_not_wait_for_it_for_ever(talk: Talk) -> None:
    talk.page.evaluate("window.voice.mute = true")
    talk.speaks_all_of("<speak>One.<break time='1s'/>Two.</speak>")
    talk.clock.run_for(1_500 + 1_000 + 1_500)
    assert [piece["text"] for piece in talk.spoken] == ["One.", "Two."]
    assert talk.page.evaluate("window.finished") is True


def test_a_browser_that_cannot_speak_or_listen_has_no_switch_for_it(visits: Visits) -> None:
    gone = """
      Object.defineProperty(window, "webkitSpeechRecognition", {value: undefined});
      Object.defineProperty(window, "SpeechRecognition", {value: undefined});
    """
    talk = Talk(visits(), without=gone)
    expect(talk.page.get_by_role("switch", name="Speak replies")).to_be_visible()
    expect(talk.page.get_by_role("switch", name="Hands-free")).to_be_hidden()
    expect(talk.page.get_by_role("button", name="Speak", exact=True)).to_be_hidden()
    assert talk.says("what is hospice")


# -- listening ----------------------------------------------------------------------------------------


def test_what_is_said_into_the_microphone_is_asked(talk: Talk) -> None:
    microphone = talk.page.get_by_role("button", name="Speak", exact=True)
    microphone.click()
    expect(microphone).to_have_attribute("aria-pressed", "true")
    assert talk.is_told("what is hospice").startswith("Hospice")
    expect(talk.page.locator(".person p")).to_have_text("what is hospice")
    expect(microphone).to_have_attribute("aria-pressed", "false")
    assert not talk.listening


def test_a_second_press_stops_listening(talk: Talk) -> None:
    microphone = talk.page.get_by_role("button", name="Speak", exact=True)
    microphone.click()
    microphone.click()
    assert not talk.listening
    expect(microphone).to_have_attribute("aria-pressed", "false")
    expect(talk.heard).to_have_count(0)


def test_a_microphone_that_is_not_allowed_is_told(talk: Talk) -> None:
    talk.page.get_by_role("button", name="Speak", exact=True).click()
    talk.page.evaluate("window.voice.listening.ends('not-allowed')")
    expect(talk.status).to_have_text("The browser does not allow the microphone here.")


def test_hands_free_listens_again_after_a_question_and_not_after_the_end(talk: Talk) -> None:
    talk.page.get_by_role("switch", name="Hands-free").check()
    assert talk.listening
    assert talk.is_told("what is hospice").endswith("?")
    expect(talk.page.locator("#microphone")).to_have_attribute("aria-pressed", "true")
    assert talk.is_told("tell me more")
    expect(talk.page.locator("#microphone")).to_have_attribute("aria-pressed", "true")
    started = talk.counts("started")
    talk.is_told("stop")
    talk.clock.run_for(30_000)
    assert not talk.listening
    assert talk.counts("started") == started


def test_hands_free_does_not_listen_to_its_own_voice(talk: Talk) -> None:
    talk.page.get_by_role("switch", name="Hands-free").check()
    talk.page.evaluate("window.voice.breath = 5000")
    talk.is_told("what is hospice")
    assert not talk.listening
    talk.clock.run_for(60_000)
    assert talk.listening


def test_hands_free_off_stops_listening(talk: Talk) -> None:
    talk.page.get_by_role("switch", name="Hands-free").check()
    talk.page.get_by_role("switch", name="Hands-free").uncheck()
    assert not talk.listening


# -- silence ------------------------------------------------------------------------------------------


def test_after_eight_seconds_of_silence_it_asks_again_and_then_ends(talk: Talk) -> None:
    talk.page.get_by_role("switch", name="Ask again").check()
    talk.says("what is hospice")
    talk.clock.run_for(SILENCE - 1)
    expect(talk.heard).to_have_count(1)
    talk.clock.run_for(1)
    again = talk.hears(2)
    assert again == talk.page.locator("#reprompt").inner_text()
    assert talk.spoken[-1]["text"] == again
    expect(talk.page.locator(".alexa .who").last).to_have_text("Cancer Guide, after 8 seconds of silence")
    talk.clock.run_for(SILENCE)
    assert talk.hears(3) == "(silence)"
    assert talk.json("request")["request"]["reason"] == "EXCEEDED_MAX_REPROMPTS"
    talk.clock.run_for(10 * SILENCE)
    expect(talk.heard).to_have_count(3)


def test_it_does_not_ask_again_unless_it_is_asked_to(talk: Talk) -> None:
    talk.says("what is hospice")
    talk.clock.run_for(10 * SILENCE)
    expect(talk.heard).to_have_count(1)


def test_who_types_is_not_silent(talk: Talk) -> None:
    talk.page.get_by_role("switch", name="Ask again").check()
    talk.says("what is hospice")
    talk.page.locator("#say").press_sequentially("tell")
    talk.clock.run_for(10 * SILENCE)
    expect(talk.heard).to_have_count(1)


def test_silence_is_counted_from_when_the_voice_has_ended(talk: Talk) -> None:
    talk.page.get_by_role("switch", name="Ask again").check()
    talk.page.evaluate("window.voice.breath = 5000")
    talk.says("what is hospice")
    talk.clock.run_for(5_000 * len(talk.spoken) + SILENCE - 1)
    expect(talk.heard).to_have_count(1)
    talk.clock.run_for(1)
    talk.hears(2)


def test_a_session_that_is_over_asks_nothing_again(talk: Talk) -> None:
    talk.page.get_by_role("switch", name="Ask again").check()
    talk.says("ask cancer guide what hospice is")
    talk.clock.run_for(10 * SILENCE)
    expect(talk.heard).to_have_count(1)


# -- the pages' own button ------------------------------------------------------------------------------


def test_an_answer_is_read_aloud_and_stopped(visitor: Visitor) -> None:
    visitor.context.add_init_script(path=VOICE)
    page = visitor.goes("/answers/hospice")
    page.evaluate("window.voice.breath = 100000")
    page.get_by_role("button", name="Listen").click()
    expect(page.get_by_role("button", name="Stop listening")).to_be_visible()
    spoken = page.evaluate("window.voice.spoken")
    words = page.locator("#answer p").all_inner_texts()
    assert spoken[0]["text"] == words[0]
    assert spoken[0]["lang"] == "en-US"
    assert spoken[0]["rate"] == 0.9
    assert "9 1 1" in spoken[1]["text"]
    page.get_by_role("button", name="Stop listening").click()
    expect(page.get_by_role("button", name="Listen", exact=True)).to_be_visible()


def test_an_answer_that_is_begun_anew_at_once_goes_on(visitor: Visitor) -> None:
    """The browser tells of the end of the first reading when the second one has begun."""
    visitor.context.add_init_script(path=VOICE)
    page = visitor.goes("/answers/hospice")
    page.evaluate("window.voice.breath = 100000")
    page.get_by_role("button", name="Listen").click()
    page.evaluate("() => { const button = document.querySelector('.listen'); button.click(); button.click(); }")
    page.evaluate("new Promise((done) => queueMicrotask(() => queueMicrotask(done)))")
    expect(page.get_by_role("button", name="Stop listening")).to_be_visible()


def test_a_browser_without_a_voice_has_no_button(visitor: Visitor) -> None:
    visitor.context.add_init_script(script="delete window.speechSynthesis; delete Window.prototype.speechSynthesis;")
    visitor.goes("/answers/hospice")
    expect(visitor.page.locator(".listen")).to_be_hidden()
