"""A Reply in plain text becomes speech, reprompt, card and screen: the only writer of SSML, and what escapes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ask_sdk_model import Response
from ask_sdk_model.interfaces.alexa.presentation.apl import RenderDocumentDirective
from ask_sdk_model.ui import Image, Reprompt, SimpleCard, SsmlOutputSpeech, StandardCard

from skill.catalogue import country_of
from skill.screen import Screen, can_show, directive
from skill.session import Session

SLOW = "80%"
DIGITS_OF_A_TELEPHONE = 7  # shorter ones are not read well as a telephone number (2.7)


@dataclass(frozen=True)
class Tel:
    """A telephone number within a text: as written, and as spoken where its digits alone would not do.

    `digit_by_digit` has it read one digit at a time, with pauses.
    """

    written: str
    spoken: str | None = None
    digit_by_digit: bool = False


Text = tuple[str | Tel, ...]
Value = str | Tel | Text


@dataclass(frozen=True)
class Card:
    """What the Alexa app shows: plain text, each address and number on a line of its own."""

    title: str
    text: str


@dataclass(frozen=True)
class Reply:
    """What is said, asked again after silence, shown and remembered. Without a `reprompt` the session ends."""

    speech: Text
    session: Session
    reprompt: Text | None = None
    card: Card | None = None
    screen: Screen | None = None


def fill(template: str, values: Mapping[str, Value] | None = None, **more: Value) -> Text:
    """`template` with its {names} filled in; raises KeyError for a name without a value."""
    given = {**(values or {}), **more}
    pieces: list[str | Tel] = []
    for part in re.split(r"(\{\w+\})", template.strip()):
        value: Value = given[part[1:-1]] if part.startswith("{") and part.endswith("}") else part
        pieces.extend(value if isinstance(value, tuple) else (value,))
    return tuple(piece for piece in pieces if piece != "")


def joined(*texts: Text) -> Text:
    """Texts one after another, a space between them."""
    pieces: list[str | Tel] = []
    for text in texts:
        if text and pieces:
            pieces.append(" ")
        pieces.extend(text)
    return tuple(pieces)


def plain(text: Text) -> str:
    """A text as it is read: numbers as written."""
    return "".join(piece if isinstance(piece, str) else piece.written for piece in text)


def listed(names: Iterable[Value], last: str) -> Text:
    """Names as a spoken list: "a", "a or b", "a, b, or c" with `last` as the joining word."""
    all_names = [name if isinstance(name, tuple) else (name,) for name in names]
    if len(all_names) < 2:
        return all_names[0] if all_names else ()
    if len(all_names) == 2:
        return (*all_names[0], f" {last} ", *all_names[1])
    pieces: list[str | Tel] = []
    for name in all_names[:-1]:
        pieces.extend((*name, ", "))
    return (*pieces, f"{last} ", *all_names[-1])


class Composer:
    """Replies to responses. `spelling`: American words to British ones; `image_base_url`: see Settings."""

    def __init__(self, spelling: Mapping[str, str], image_base_url: str | None = None) -> None:
        self._spelling = spelling
        words = "|".join(sorted(map(re.escape, spelling), key=len, reverse=True))
        self._american = re.compile(rf"https?://\S+|\b({words})\b", re.IGNORECASE)
        self._image_base_url = image_base_url

    def response(self, reply: Reply, locale: str, screen: str = "") -> Response:
        """The response for a reply, spelled as the locale spells; shown as well where `screen`, the version of APL
        that the device draws, is enough for it (4.1)."""
        speech = self._ssml(reply.speech, reply.session.slow, locale)
        shown = reply.screen if can_show(screen) else None
        return Response(
            output_speech=SsmlOutputSpeech(ssml=speech),
            reprompt=reply.reprompt
            and Reprompt(output_speech=SsmlOutputSpeech(ssml=self._ssml(reply.reprompt, reply.session.slow, locale))),
            card=reply.card and self._card(reply.card, locale),
            directives=[self._shown(shown, reply.session, locale)] if shown else None,
            should_end_session=reply.reprompt is None,
        )

    def spelled(self, text: str, locale: str) -> str:
        """A text in the spelling of a locale."""
        if country_of(locale) == "US" or not self._spelling:
            return text
        return self._american.sub(self._british, text)

    def _british(self, found: re.Match[str]) -> str:
        american = found[1]
        if american is None or (american[0].isupper() and _in_a_name(found)):  # addresses and names stay as they are
            return found[0]
        word = self._spelling[american.lower()]
        return word.capitalize() if american[0].isupper() else word

    def _ssml(self, text: Text, slow: bool, locale: str) -> str:
        inner = "".join(
            escape(self.spelled(piece, locale)) if isinstance(piece, str) else _number(piece) for piece in text
        )
        return f'<speak><prosody rate="{SLOW}">{inner}</prosody></speak>' if slow else f"<speak>{inner}</speak>"

    def _shown(self, screen: Screen, session: Session, locale: str) -> RenderDocumentDirective:
        token = ".".join((session.said.kind, *session.said.ids)) if session.said else "screen"
        return directive(screen, token, lambda text: self.spelled(text, locale))

    def _card(self, card: Card, locale: str) -> SimpleCard | StandardCard:
        title, text = self.spelled(card.title, locale), self.spelled(card.text, locale)
        if self._image_base_url is None:
            return SimpleCard(title=title, content=text)
        return StandardCard(
            title=title,
            text=text,
            image=Image(
                small_image_url=f"{self._image_base_url}/card-small.png",
                large_image_url=f"{self._image_base_url}/card-large.png",
            ),
        )


_NAME_BEFORE = re.compile(r"[A-Z][\w.'-]*(?: (?:and|for|of|&))? $")
_NAME_AFTER = re.compile(r" (?:(?:and|for|of|&) )?[A-Z]")


def _in_a_name(found: re.Match[str]) -> bool:
    """Whether a capitalized word stands among others, as in the American Brain Tumor Association."""
    before = found.string[max(0, found.start() - 40) : found.start()]
    return bool(_NAME_BEFORE.search(before) or _NAME_AFTER.match(found.string, found.end()))


def _number(tel: Tel) -> str:
    short = len(re.sub(r"\D", "", tel.written)) < DIGITS_OF_A_TELEPHONE
    if short and tel.spoken is not None and not tel.digit_by_digit:
        return f"<sub alias={quoteattr(tel.spoken)}>{escape(tel.written)}</sub>"
    if short or tel.digit_by_digit:
        groups = re.findall(r"\d+", tel.written)
        return '<break time="300ms"/>'.join(f'<say-as interpret-as="digits">{group}</say-as>' for group in groups)
    return f'<say-as interpret-as="telephone">{escape(tel.written)}</say-as>'
