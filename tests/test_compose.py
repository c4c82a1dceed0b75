"""Replies to SSML and cards: escaping, numbers, spelling, pace."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from skill.catalogue import Catalogue
from skill.compose import Card, Composer, Reply, Tel, Text, fill, joined, listed, plain
from skill.limits import CARD_CHARACTERS
from skill.session import Session

SPELLING = {"tumor": "tumour", "tumors": "tumours", "center": "centre", "color": "colour", "counseling": "counselling"}
COMPOSER = Composer(SPELLING)
bounded = settings(max_examples=150, derandomize=True, deadline=None, database=None)
# what XML can hold: no control characters, and not the two that are none
any_text = some.text(some.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


def ssml(*text: str | Tel, slow: bool = False, locale: str = "en-US") -> str:
    made: str = COMPOSER.response(Reply(text, Session(slow=slow)), locale).output_speech.ssml
    return made


def heard(speech: str) -> ET.Element:
    return ET.fromstring(speech)


def inner(*text: str | Tel, locale: str = "en-US") -> str:
    return ssml(*text, locale=locale).removeprefix("<speak>").removesuffix("</speak>")


def card(reply: Reply, composer: Composer = COMPOSER, locale: str = "en-US") -> dict[str, Any]:
    made: dict[str, Any] = composer.response(reply, locale).card.to_dict()
    return made


# Escaping


@bounded
@given(any_text)
def test_any_text_is_heard_as_it_is_written(text: str) -> None:
    assert "".join(heard(ssml(text)).itertext()) == text
    assert "".join(heard(ssml(text, slow=True)).itertext()) == text


@bounded
@given(any_text, any_text)
def test_any_number_and_the_way_to_say_it_are_heard_as_they_are_written(written: str, spoken: str) -> None:
    short = heard(ssml(Tel(f"911{written}"[:6], spoken)))
    assert short.find("sub") is None or short.find("sub").attrib == {"alias": spoken}
    long = heard(ssml(Tel(f"1-800-227-2345{written}")))
    assert "".join(long.itertext()) == f"1-800-227-2345{written}"


@pytest.mark.parametrize("text", ["a & b", "1 < 2 > 0", "<speak>", "</speak>", "&amp;", "]]>", "<!-- -->", "\"'", "癌"])
def test_nothing_in_a_text_is_taken_for_markup(text: str) -> None:
    root = heard(ssml(text))
    assert len(root) == 0
    assert root.text == text


# Numbers [2.7]


@pytest.mark.parametrize(
    ("number", "markup"),
    [
        (Tel("1-800-227-2345"), '<say-as interpret-as="telephone">1-800-227-2345</say-as>'),
        (Tel("0800 500 800", "oh eight hundred"), '<say-as interpret-as="telephone">0800 500 800</say-as>'),
        (Tel("911", "nine one one"), '<sub alias="nine one one">911</sub>'),
        (Tel("13 11 14", "thirteen eleven fourteen"), '<sub alias="thirteen eleven fourteen">13 11 14</sub>'),
        (Tel("116 123", 'one "one" six'), "<sub alias='one \"one\" six'>116 123</sub>"),
        (Tel("211"), '<say-as interpret-as="digits">211</say-as>'),
        (Tel("a&b", "a & b"), '<sub alias="a &amp; b">a&amp;b</sub>'),
        (
            Tel("1-800-4673", digit_by_digit=True),
            '<say-as interpret-as="digits">1</say-as><break time="300ms"/>'
            '<say-as interpret-as="digits">800</say-as><break time="300ms"/>'
            '<say-as interpret-as="digits">4673</say-as>',
        ),
    ],
    ids=lambda value: value.written if isinstance(value, Tel) else "",
)
def test_a_number_is_spoken_as_people_say_it(number: Tel, markup: str) -> None:
    assert inner("Call ", number, ".") == f"Call {markup}."


def test_a_short_number_of_the_real_content_is_never_read_as_a_telephone_number(catalogue: Catalogue) -> None:
    guards = catalogue.safeguards
    regions = [*guards.regions.values(), guards.fallback]
    lines = [line for region in regions for line in (region.emergency, region.crisis, region.poison, region.abuse)]
    numbers = [Tel(line.written, line.spoken) for line in lines if line.written]
    numbers += [Tel(a.organization.phone.number) for a in catalogue.organizations.values() if a.organization.phone]
    for number in numbers:
        digits = sum(letter.isdigit() for letter in number.written)
        assert ('interpret-as="telephone"' in inner(number)) == (digits >= 7), number


# Spelling


@pytest.mark.parametrize("locale", ["en-GB", "en-CA", "en-AU", "en-IN", "en-IE", "en-XX"])
def test_everybody_but_americans_reads_and_hears_british_spelling(locale: str) -> None:
    text = "A tumor. Tumors! Tumor's color, tumors-and-centers; nontumor, recolor."
    assert inner(text, locale="en-US") == text
    british = "A tumour. Tumours! Tumour's colour, tumours-and-centers; nontumor, recolor."
    assert inner(text, locale=locale) == british


@pytest.mark.parametrize(
    ("american", "british"),
    [
        ("Counseling and tumors", "Counselling and tumours"),
        ("The tumor. Center it.", "The tumour. Centre it."),
        ("the American Brain Tumor Association", "the American Brain Tumor Association"),
        ("MD Anderson Cancer Center, a cancer center", "MD Anderson Cancer Center, a cancer centre"),
        ("Center for Health Law", "Center for Health Law"),
        (
            "Find a center: https://example.org/cancer-center/tumor",
            "Find a centre: https://example.org/cancer-center/tumor",
        ),
        ("http://a.org/tumor tumor", "http://a.org/tumor tumour"),
        ("https://example.org/color\ncolor", "https://example.org/color\ncolour"),
    ],
)
def test_names_and_addresses_keep_their_spelling(american: str, british: str) -> None:
    assert COMPOSER.spelled(american, "en-GB") == british
    assert COMPOSER.spelled(american, "en-US") == american


def test_a_number_has_no_spelling() -> None:
    assert inner(Tel("1-800-tumor"), locale="en-GB") == inner(Tel("1-800-tumor"))


def test_without_a_table_nothing_is_spelled_otherwise() -> None:
    assert Composer({}).spelled("tumor", "en-GB") == "tumor"


# Pace, reprompt, the end of a session


def test_a_slow_listener_hears_everything_at_four_fifths_of_the_pace() -> None:
    reply = Reply(("Shall I?",), Session(slow=True), ("Say yes & no. Shall I?",))
    response = COMPOSER.response(reply, "en-US")
    assert response.output_speech.ssml == '<speak><prosody rate="80%">Shall I?</prosody></speak>'
    again = response.reprompt.output_speech.ssml
    assert again == '<speak><prosody rate="80%">Say yes &amp; no. Shall I?</prosody></speak>'


@pytest.mark.parametrize(("reprompt", "ends"), [(None, True), (("Shall I?",), False)])
def test_a_session_ends_where_nothing_is_asked_again(reprompt: Text | None, ends: bool) -> None:
    response = COMPOSER.response(Reply(("So.",), Session(), reprompt), "en-US")
    assert response.should_end_session is ends
    assert (response.reprompt is None) is ends


# Cards [3.1]


SHOWN = Reply(("So.",), Session(), card=Card("Tumor grade", "A tumor & its <grade>.\nhttps://example.org/tumor"))


def test_without_images_a_card_is_simple_and_plain() -> None:
    made = card(SHOWN, locale="en-GB")
    assert made["object_type"] == "Simple"
    assert made["title"] == "Tumour grade"
    assert made["content"] == "A tumour & its <grade>.\nhttps://example.org/tumor"


def test_with_images_a_card_is_standard() -> None:
    made = card(SHOWN, Composer(SPELLING, "https://example.org/images"))
    assert made["object_type"] == "Standard"
    assert made["text"] == SHOWN.card.text
    assert made["image"] == {
        "small_image_url": "https://example.org/images/card-small.png",
        "large_image_url": "https://example.org/images/card-large.png",
    }
    assert len(str(made)) < CARD_CHARACTERS


def test_a_reply_without_a_card_shows_none() -> None:
    assert COMPOSER.response(replace(SHOWN, card=None), "en-US").card is None


# Texts


def test_a_template_is_filled_with_words_and_numbers() -> None:
    text = fill(
        " Call {who} at {number}, or {text}.\n", {"who": "us", "text": ("text ", Tel("988"))}, number=Tel("911")
    )
    assert text == ("Call ", "us", " at ", Tel("911"), ", or ", "text ", Tel("988"), ".")
    assert plain(text) == "Call us at 911, or text 988."


def test_what_is_filled_in_is_no_template() -> None:
    assert plain(fill("Say {word}.", word="{other}")) == "Say {other}."


def test_a_template_with_a_name_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("Call {nobody}.")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a or b"),
        (["a", "b", "c"], "a, b, or c"),
        ([("a ", Tel("1")), "b", Tel("2")], "a 1, b, or 2"),
    ],
    ids=str,
)
def test_names_are_listed_as_people_list_them(names: list[Any], said: str) -> None:
    assert plain(listed(names, "or")) == said


def test_texts_are_joined_by_a_space_and_empty_ones_leave_none() -> None:
    assert plain(joined((), ("a",), (), ("b ", Tel("1")), ())) == "a b 1"
    assert joined() == ()
