"""What is said: every kind of reply, made from the catalogue. No routing here, and no markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from skill.catalogue import Answer, Cancer, Catalogue, Country, Site, Source
from skill.codes import code_of
from skill.compose import Card, Reply, Tel, Text, fill, joined, listed, plain
from skill.find import Caution, Crisis, Emergency, Finding, Found, NotFound, Unsure
from skill.heard import Heard
from skill.helping import helpers_for_answer, helpers_for_need
from skill.safeguards import Number, Region
from skill.session import Said
from skill.showing import Showing

CARD_AT_MOST = 2000  # characters; Alexa takes 8,000 with the title (3.2)
LINK_AT_MOST = 90  # characters of an address that a person could still copy


class Wording:
    """Makes replies. Every reply has a `Said` (a kind and ids) from which it can be made again."""

    def __init__(self, catalogue: Catalogue, base_url: str | None = None) -> None:
        self._catalogue = catalogue
        self._phrases = catalogue.phrases
        self._safeguards = catalogue.safeguards
        self._showing = Showing(catalogue)
        self._base_url = base_url
        self._sites = {site.answer: site.id for site in catalogue.sites.values()}
        self._kinds: dict[str, Callable[..., Reply]] = {
            "welcome": self.welcome,
            "help": self.help,
            "answer": self.answer,
            "more": self.more,
            "spread": self.spread,
            "cancer": self.cancer,
            "choice": self.choice,
            "need": self.need,
            "helpers": self.helpers,
            "center": self.center,
            "number": self.number,
            "source": self.source,
            "card": self.card,
            "emergency": self.emergency,
            "crisis": self.crisis,
            "declined": self.declined,
            "not_found": self.not_found,
        }

    def again(self, said: Said | None, heard: Heard) -> Reply:
        """The reply that `said` stands for; asks for a question where that is nothing known (any more)."""
        if said is None or said.kind not in self._kinds:
            return self.ask(heard)
        try:
            return self._kinds[said.kind](heard, *said.ids)
        except (KeyError, TypeError):  # carried over from a session before the content changed
            return self.ask(heard)

    def found(self, heard: Heard, finding: Finding) -> Reply:
        """The reply to what was found."""
        match finding:
            case Emergency(_, wording):
                return self.emergency(heard, wording)
            case Crisis(kind, wording):
                return self.crisis(heard, kind, wording)
            case Found(answer, Caution(line, _, wording)):
                return self.answer(heard, answer, line, wording)
            case Found(answer, None, cancer) if cancer and (site := self._sites.get(answer)):
                return self.spread(heard, cancer, site)
            case Found(answer):
                return self.answer(heard, answer)
            case Unsure(answers):
                return self.choice(heard, *answers)
            case NotFound(""):
                return self.not_found(heard)
            case NotFound(decline):
                return self.declined(heard, decline)

    def helper_ids(self, answer: str, country: Country) -> tuple[str, ...]:
        """The organizations for what an answer is about; none where the answer is not known."""
        known = self._catalogue.answers.get(answer)
        return tuple(helper.id for helper in helpers_for_answer(self._catalogue, known, country)) if known else ()

    # -- opening, leaving, between ----------------------------------------------------------------

    def welcome(self, heard: Heard) -> Reply:
        """The greeting, with the disclaimer the first time in a session."""
        words = self._phrases.welcome_back if heard.session.greeted else self._phrases.welcome
        reply = self._asking(heard, Said("welcome"), fill(words), fill(self._phrases.welcome_reprompt))
        return replace(reply, session=replace(reply.session, greeted=True))

    def help(self, heard: Heard) -> Reply:
        """What can be asked and said."""
        words = fill(self._phrases.help, emergency=self._emergency(heard))
        return self._asking(heard, Said("help"), words, fill(self._phrases.help_reprompt))

    def ask(self, heard: Heard, words: str = "") -> Reply:
        """Asks for a question, after `words` that end in one, or with the plain one."""
        text = fill(words or self._phrases.anything)
        return self._asking(heard, heard.session.said, text, fill(self._phrases.anything_reprompt))

    def goodbye(self, heard: Heard) -> Reply:
        """The end of a session, kindly."""
        return Reply(fill(self._phrases.goodbye), heard.session)

    def lost(self, heard: Heard) -> Reply:
        """Nothing was understood: a hint, then an example, then a person to call, and goodbye (5.22).

        Right after an alarm it is said again: somebody in panic is not asked for a better question.
        """
        if heard.session.offer == Said("again"):
            return self.again(heard.session.said, heard)
        missed = heard.session.missed + 1
        session = replace(heard.session, missed=missed, offer=None, choices=())
        reprompt = fill(self._phrases.anything_reprompt)
        if missed == 1:
            return Reply(fill(self._phrases.lost_once), session, reprompt)
        if missed == 2:
            return Reply(fill(self._phrases.lost_twice), session, reprompt)
        return Reply(fill(self._phrases.lost_thrice, helpline=self._helpline(heard)), session)

    # -- answers ----------------------------------------------------------------------------------

    def answer(self, heard: Heard, id: str, line: str = "", wording: str = "") -> Reply:
        """An answer, with the sentence of caution that goes with it, and the offer of what comes next."""
        if id in self._safeguards.cards:
            return self._safety_answer(heard, id)
        answer = self._catalogue.answers[id]
        said = Said("answer", (id, line, wording) if line else (id,))
        caution = self._safety_text(wording, heard) if wording in self._safeguards.texts else ()
        if line == "team_now":  # the call to make is the answer; what helps besides can wait for a yes
            return self._offering(heard, said, caution, answer, Said("answer", (id,)))
        own = self._telling(answer.telling(heard.country).say, answer, heard)
        speech = joined(own, caution) if line == "warn" else joined(caution, own)
        return self._offering(heard, said, speech, answer, Said("more", (id,)))

    def more(self, heard: Heard, id: str) -> Reply:
        """The second helping of an answer."""
        answer = self._catalogue.answers[id]
        words = self._telling(answer.telling(heard.country).more, answer, heard)
        return self._offering(heard, Said("more", (id,)), words, answer, self._after_more(heard, answer))

    def spread(self, heard: Heard, cancer_id: str, site_id: str) -> Reply:
        """One cancer in one place: it keeps its name; then what spread to that place means."""
        cancer, site = self._catalogue.cancers[cancer_id], self._catalogue.sites[site_id]
        if cancer.answer is None:
            return self.cancer(heard, cancer_id)
        answer = self._catalogue.answers[site.answer]
        words = self._composed(cancer, site, answer, heard)
        return self._offering(heard, Said("spread", (cancer_id, site_id)), words, answer, Said("more", (site.answer,)))

    def cancer(self, heard: Heard, id: str) -> Reply:
        """A cancer: its answer, or, where it has none, what differs."""
        cancer = self._catalogue.cancers[id]
        if cancer.answer is not None:
            return self.answer(heard, cancer.answer)
        helpers = [self._catalogue.answers[helper] for helper in cancer.help]
        words = self._filled(cancer.say or "", heard)
        lines = [plain(words), *self._helper_lines(helpers), *self._source_lines(cancer.sources)]
        card = self._card_of(cancer.name.capitalize(), lines)
        screen = self._showing.cancer(heard, words, cancer.name, helpers, cancer.sources)
        return replace(self._closing(heard, Said("cancer", (id,)), words, card), screen=screen)

    def choice(self, heard: Heard, first: str, second: str) -> Reply:
        """Asks which of two answers was meant."""
        words = fill(self._phrases.choice, first=self._name(first), second=self._name(second))
        reply = self._asking(heard, Said("choice", (first, second)), words, fill(self._phrases.choice_reprompt))
        session = replace(reply.session, choices=(first, second), missed=0)
        return replace(reply, session=session, screen=self._showing.choice(heard, words, (first, second)))

    def declined(self, heard: Heard, id: str) -> Reply:
        """A kind no, and the nearest thing that there is."""
        decline = self._catalogue.declines[id]
        words = fill(decline.say, emergency=self._emergency(heard))
        said = Said("declined", (id,))
        if decline.next and not heard.one_shot:
            offer = Said("answer", (decline.next[0],))
            return self._asking(heard, said, joined(words, self._offer(offer)), self._reprompt(offer), offer)
        return self._closing(heard, said, words, None)

    def not_found(self, heard: Heard) -> Reply:
        """An honest no, with a person to turn to."""
        words = fill(self._phrases.not_found, helpline=self._helpline(heard))
        return self._asking(heard, Said("not_found"), words, fill(self._phrases.anything_reprompt))

    # -- who can help -----------------------------------------------------------------------------

    def need(self, heard: Heard, id: str, cancer: str = "", country: str = "") -> Reply:
        """Who helps with a need, for a cancer, in a country."""
        need = self._catalogue.needs[id]
        helpers = helpers_for_need(self._catalogue, id, country or heard.country, cancer or None)
        if not helpers:  # nobody that we know of there: the answer itself tells what holds in that country
            return self.answer(heard, need.answer)
        said = Said("need", (id, cancer, country))
        intro = fill(self._phrases.for_need, need=need.name)
        return self._helping(heard, said, intro, helpers, self._catalogue.answers[need.answer])

    def helpers(self, heard: Heard, id: str) -> Reply:
        """Who helps with what an answer is about."""
        answer = self._catalogue.answers[id]
        helpers = helpers_for_answer(self._catalogue, answer, heard.country)
        return self._helping(heard, Said("helpers", (id,)), fill(self._phrases.for_that), helpers, answer)

    def center(self, heard: Heard, id: str) -> Reply:
        """Cancer centers in a US state, or in the states next to it."""
        state = self._catalogue.states[id]
        if state.centers:
            names = [f"{center.name} in {center.city}" for center in state.centers[:3]]
            words = fill(self._phrases.center_list, state=state.name, list=listed(names, "and"))
        else:
            near = [self._catalogue.states[other] for other in state.neighbors]
            names = [other.name for other in near if other.centers][:3]
            words = fill(self._phrases.center_none, state=state.name, list=listed(names, "and"))
        answer = self._catalogue.answers["find-cancer-center"]
        shown = state.centers or tuple(
            center for other in state.neighbors for center in self._catalogue.states[other].centers
        )
        lines = [line for center in shown for line in (f"{center.name}, {center.city}", center.url)]
        card = self._card_of(f"Cancer centers: {state.name}", lines)
        return self._offering(heard, Said("center", (id,)), words, answer, Said("answer", (answer.id,)), card)

    def number(self, heard: Heard, id: str, digits: str = "") -> Reply:
        """The telephone number of an organization, read as usual or digit by digit."""
        answer = self._catalogue.answers[id]
        organization = answer.organization
        if organization is None or not (organization.phone or organization.website):
            words = fill(self._phrases.no_website, name=answer.name)
        elif organization.phone is None:
            words = fill(self._phrases.number_none, name=answer.name)
        elif heard.country not in organization.countries:
            words = fill(self._phrases.number_elsewhere, name=answer.name)
        else:
            phone = Tel(organization.phone.number, digit_by_digit=bool(digits))
            words = fill(self._phrases.number, name=answer.name, phone=phone)
        said = Said("number", (id, digits) if digits else (id,))
        return self._offering(heard, said, words, answer, Said("number", (id, "digits")))

    # -- where it comes from ----------------------------------------------------------------------

    def source(self, heard: Heard, id: str) -> Reply:
        """The publishers behind an answer, and when it was reviewed."""
        answer = self._catalogue.answers[id]
        publishers = list(dict.fromkeys(_as_said(source.publisher) for source in answer.sources))[:3]
        date = f"{answer.reviewed:%B %Y}"
        words = fill(self._phrases.source, list=listed(publishers, "and"), date=date)
        reply = self._closing(heard, Said("source", (id,)), words, self._card(answer, heard))
        return replace(reply, screen=self._showing.told(heard, words, answer))

    def card(self, heard: Heard, id: str) -> Reply:
        """The card of an answer once more."""
        answer = self._catalogue.answers[id]
        return self._closing(heard, Said("card", (id,)), fill(self._phrases.card), self._card(answer, heard))

    # -- safety -----------------------------------------------------------------------------------

    def emergency(self, heard: Heard, wording: str) -> Reply:
        """The number to call, before anything else; the session stays open so that it can be heard again."""
        return self._alarm(heard, "emergency", Said("emergency", (wording,)), wording)

    def crisis(self, heard: Heard, kind: str, wording: str) -> Reply:
        """The crisis line and one thing to do now."""
        return self._alarm(heard, "crisis", Said("crisis", (kind, wording)), wording)

    def after_crisis(self, heard: Heard) -> Reply:
        """What is said when somebody says no after a crisis reply: thanks, the team, and the line once more."""
        words = fill(self._phrases.crisis_no, crisis=self._number(self._region(heard).crisis))
        return self._asking(heard, heard.session.said, words, fill(self._phrases.anything_reprompt))

    def _alarm(self, heard: Heard, answer: str, said: Said, wording: str) -> Reply:
        text = self._safety_text(wording, heard)
        asks = plain(text).endswith("?")
        speech = text if asks else joined(text, fill(self._phrases.offer_again))
        region = self._region(heard)
        reprompt = self._filled(self._safeguards.texts[wording].reprompt, heard)
        card = self._safeguards.cards[answer]
        shown: Card | None = Card(card.title, region.fill(card.card.strip(), spoken=False))
        if wording == "being_harmed":  # others may see the app
            shown = None
        session = replace(heard.session.turned_to(answer), said=said, offer=Said("again"), choices=(), missed=0)
        template = self._safeguards.texts[wording].say
        screen = self._showing.alarm(heard, text, self._phrases.screen_alarm, wording, template, region)
        return Reply(speech, session, reprompt, shown, screen)

    def _safety_answer(self, heard: Heard, id: str) -> Reply:
        """The signs of an emergency, or what helps in a crisis, asked about and not happening."""
        entry = self._safeguards.cards[id]
        region = self._region(heard)
        card = Card(entry.title, region.fill(entry.card.strip(), spoken=False))
        words = self._filled(entry.say, heard)
        reply = self._closing(heard, Said("answer", (id,)), words, card)
        screen = self._showing.alarm(heard, words, entry.title, "", entry.say, region)
        return replace(reply, session=replace(reply.session.turned_to(id), offer=None), screen=screen)

    # -- for the pages: the same words, without the offer that follows them in a conversation ---------

    def read_answer(self, id: str, locale: str, cancer: str = "") -> tuple[Text, Text]:
        """An answer and its second helping, with the numbers of a locale; about a place to which a cancer spreads, with
        that `cancer` in it where one was named."""
        heard = Heard("page", locale=locale)
        answer = self._catalogue.answers[id]
        telling = answer.telling(heard.country)
        more = self._telling(telling.more, answer, heard)
        if cancer and (site := self._sites.get(id)):
            named = self._catalogue.cancers[cancer]
            return self._composed(named, self._catalogue.sites[site], answer, heard), more
        return self._telling(telling.say, answer, heard), more

    def read_safety(self, wording: str, locale: str) -> Text:
        """What is said to an emergency or a crisis, or with an answer as its caution."""
        return self._safety_text(wording, Heard("page", locale=locale))

    def read_card(self, id: str, locale: str) -> tuple[Text, ...]:
        """The lines of the card of a safety answer (`emergency`, `crisis`)."""
        heard = Heard("page", locale=locale)
        return tuple(self._filled(line, heard) for line in self._safeguards.cards[id].card.strip().splitlines())

    def read_no(self, decline: str, locale: str) -> Text:
        """The kind no to what is not ours; to what was not found, with a person to turn to."""
        heard = Heard("page", locale=locale)
        if decline:
            return fill(self._catalogue.declines[decline].say, emergency=self._emergency(heard))
        return fill(self._phrases.not_found, helpline=self._helpline(heard))

    # -- pieces -----------------------------------------------------------------------------------

    def _composed(self, cancer: Cancer, site: Site, answer: Answer, heard: Heard) -> Text:
        """That a cancer keeps its name in a place, said once, and then what spread to that place means."""
        first = fill(self._phrases.composed, cancer=cancer.name, site=site.name)
        first = (plain(first)[:1].upper() + plain(first)[1:],)
        told = " ".join(answer.say.split())
        rest = told.partition(". ")[2] if site.says_it_keeps_its_name else told
        return joined(first, self._telling(rest, answer, heard))

    def _helping(self, heard: Heard, said: Said, intro: Text, helpers: tuple[Answer, ...], answer: Answer) -> Reply:
        """Up to three organizations by name; one alone is told about at once."""
        if not helpers:
            return self._asking(heard, said, fill(self._phrases.support_none), fill(self._phrases.anything_reprompt))
        if len(helpers) == 1:
            only = helpers[0]
            first = fill(self._phrases.support_one, need=intro, first=only.name)
            words = joined(first, self._telling(only.telling(heard.country).say, only, heard))
            return self._offering(heard, said, words, only, Said("more", (only.id,)))
        names = listed([helper.name for helper in helpers], "or")
        words = fill(self._phrases.support_many, need=intro, list=names)
        card = self._card_of(f"Who can help: {answer.name}", self._helper_lines(helpers))
        screen = self._showing.helpers(heard, words, card.title, helpers)
        session = heard.session.turned_to(answer.id)
        if heard.one_shot:
            closing = joined(words, fill(self._phrases.support_closing), fill(self._phrases.way_back))
            return Reply(closing, replace(session, said=said), None, card, screen)
        session = replace(session, said=said, offer=None, choices=tuple(helper.id for helper in helpers), missed=0)
        question = joined(words, fill(self._phrases.support_question))
        return Reply(question, session, fill(self._phrases.support_reprompt), card, screen)

    def _offering(
        self,
        heard: Heard,
        said: Said,
        words: Text,
        answer: Answer,
        offer: Said | None,
        card: Card | None = None,
    ) -> Reply:
        """An answer with the offer after it; a one-shot question is closed with the way back instead."""
        card = card or self._card(answer, heard)
        screen = self._showing.answer(heard, words, answer, offer)
        session = replace(heard.session.turned_to(answer.id), said=said, offer=None, choices=(), missed=0)
        if heard.one_shot:
            return Reply(joined(words, fill(self._phrases.way_back)), session, None, card, screen)
        question, reprompt = self._offer(offer), self._reprompt(offer)
        return Reply(joined(words, question), replace(session, offer=offer), reprompt, card, screen)

    def _closing(self, heard: Heard, said: Said, words: Text, card: Card | None) -> Reply:
        """Words after which any question may come."""
        session = replace(heard.session, said=said, offer=None, choices=(), missed=0)
        if heard.one_shot:
            return Reply(joined(words, fill(self._phrases.way_back)), session, None, card)
        reprompt = fill(self._phrases.anything_reprompt)
        return Reply(joined(words, fill(self._phrases.anything)), session, reprompt, card)

    def _asking(self, heard: Heard, said: Said | None, words: Text, reprompt: Text, offer: Said | None = None) -> Reply:
        """A question to the person; no card goes with it (3.7)."""
        return Reply(words, replace(heard.session, said=said, offer=offer, choices=(), missed=0), reprompt)

    def _after_more(self, heard: Heard, answer: Answer) -> Said | None:
        """What to offer when an answer has been told in full: who can help, else what comes next."""
        if answer.organization is None and helpers_for_answer(self._catalogue, answer, heard.country):
            return Said("helpers", (answer.id,))
        heard_before = {*heard.session.trail, answer.id}
        fresh = [id for id in answer.next if id not in heard_before]
        return Said("answer", (fresh[0],)) if fresh else None

    def _offer(self, offer: Said | None) -> Text:
        if offer is None:
            return fill(self._phrases.anything)
        kinds = {
            "more": self._phrases.offer_more,
            "helpers": self._phrases.offer_help,
            "number": self._phrases.offer_number,
            "again": self._phrases.offer_again,
        }
        if offer.kind in kinds:
            return fill(kinds[offer.kind])
        return fill(self._phrases.offer_next, name=self._name(offer.ids[0]))

    def _reprompt(self, offer: Said | None) -> Text:
        if offer is None:
            return fill(self._phrases.anything_reprompt)
        return fill(self._phrases.offer_reprompt, offer=self._offer(offer))

    def _name(self, id: str) -> str:
        cards = self._safeguards.cards
        return cards[id].name if id in cards else self._catalogue.answers[id].name

    def _telling(self, template: str, answer: Answer, heard: Heard) -> Text:
        """The words of an answer with the numbers filled in: the country's, and the organization's own."""
        organization = answer.organization
        own: dict[str, Text] = {}
        if organization is not None and organization.phone is not None:
            own["phone"] = (Tel(organization.phone.number),)
        if organization is not None and organization.text is not None:
            own["text"] = fill(organization.text.how)
        return fill(" ".join(template.split()), {**own, **self._numbers(heard)})

    def _safety_text(self, wording: str, heard: Heard) -> Text:
        return self._filled(self._safeguards.texts[wording].say, heard)

    def _filled(self, template: str, heard: Heard) -> Text:
        return fill(" ".join(template.split()), self._numbers(heard))

    def _numbers(self, heard: Heard) -> dict[str, Text]:
        region = self._region(heard)
        return {
            "emergency": self._number(region.emergency),
            "crisis": self._number(region.crisis),
            "poison": self._number(region.poison),
            "abuse": self._number(region.abuse),
        }

    def _emergency(self, heard: Heard) -> Text:
        return self._number(self._region(heard).emergency)

    def _number(self, number: Number) -> Text:
        """A line to call as it is asked for ("call or text 988"), the number in it spoken as its country says it."""
        return fill(number.ask, number=Tel(number.written, number.spoken) if number.written else "")

    def _region(self, heard: Heard) -> Region:
        return self._safeguards.region(heard.locale)

    def _helpline(self, heard: Heard) -> Text:
        """ ", or the American Cancer Society at 1-800-227-2345", where the country has one."""
        helpline = self._catalogue.helpline(heard.locale)
        if helpline is None or helpline.organization is None or helpline.organization.phone is None:
            return ()
        return (", or ", helpline.name, " at ", Tel(helpline.organization.phone.number))

    # -- cards ------------------------------------------------------------------------------------

    def _card(self, answer: Answer, heard: Heard) -> Card:
        """The answer, who can help, links and sources; each number and address on a line of its own (3.4, 3.5)."""
        text = plain(self._telling(answer.telling(heard.country).say, answer, heard))
        helpers = [answer] if answer.organization else helpers_for_answer(self._catalogue, answer, heard.country)
        lines = [text]
        if self._base_url is not None:
            lines += ["", f"{self._base_url}/a/{code_of(answer.id)}"]
        lines += self._helper_lines(helpers)
        links = [link for link in answer.links if len(link.url) <= LINK_AT_MOST]
        lines += [""] * bool(links) + [line for link in links for line in (link.text, link.url)]
        lines += self._source_lines(answer.sources)
        lines += [f"Reviewed {answer.reviewed:%B} {answer.reviewed.day}, {answer.reviewed.year}."]
        return self._card_of(answer.title, lines)

    def _card_of(self, title: str, lines: list[str]) -> Card:
        """A card that fits: whole lines up to the limit, the disclaimer always last."""
        closing = ["", self._phrases.disclaimer]
        room = CARD_AT_MOST - sum(len(line) + 1 for line in closing)
        kept: list[str] = []
        for line in lines:
            room -= len(line) + 1
            if room < 0:
                break
            kept.append(line)
        return Card(title, "\n".join([*kept, *closing]))

    def _helper_lines(self, helpers: Iterable[Answer]) -> list[str]:
        lines: list[str] = []
        for helper in helpers:
            if (organization := helper.organization) is not None:
                phone = [organization.phone.number] if organization.phone else []
                website = [organization.website] if organization.website else []
                lines += ["", helper.title, *phone, *website]
        return lines

    def _source_lines(self, sources: Iterable[Source]) -> list[str]:
        publishers = "; ".join(dict.fromkeys(source.publisher for source in sources))
        return ["", f"Sources: {publishers}."] if publishers else []


def _as_said(name: str) -> str:
    """A name with an address in it as people say it: "Breastcancer dot org"."""
    return re.sub(r"(?<=\w)\.(?=\w{2})", " dot ", name)
