"""Going on from what was said: more, repeat, slower, yes, no, next, previous, first and second."""

from __future__ import annotations

from dataclasses import replace

from skill.compose import Reply, fill, joined
from skill.handlers import TurnHandler
from skill.heard import Heard
from skill.session import Said


class MoreHandler(TurnHandler):
    """The second helping of the last answer."""

    takes = frozenset({"MoreIntent"})

    def reply(self, turn: Heard) -> Reply:
        """More on it; when all of it was said, what comes next."""
        session, wording, phrases = turn.session, self.guide.wording, self.guide.catalogue.phrases
        if session.answer not in self.guide.catalogue.answers:
            return wording.again(session.said, turn)
        if session.said != Said("more", (session.answer,)):
            return wording.more(turn, session.answer)
        if session.offer is not None:
            return wording.again(session.offer, turn)
        name = self.guide.catalogue.answers[session.answer].name
        return wording.ask(turn, f"{phrases.nothing_more.format(name=name)} {phrases.anything}")


class RepeatHandler(TurnHandler):
    """Says the last thing again."""

    takes = frozenset({"AMAZON.RepeatIntent"})

    def reply(self, turn: Heard) -> Reply:
        """The last reply, made anew."""
        return repeated(self, turn)


class PaceHandler(TurnHandler):
    """Slower, or back to normal, for the rest of the session; says the last thing again at the new pace."""

    takes = frozenset({"SlowerIntent", "NormalPaceIntent"})

    def reply(self, turn: Heard) -> Reply:
        """A word on the new pace, and the last reply again."""
        slow, phrases = turn.intent == "SlowerIntent", self.guide.catalogue.phrases
        paced = replace(turn, session=replace(turn.session, slow=slow))
        again = self.guide.wording.again(turn.session.said, paced)
        return replace(again, speech=joined(fill(phrases.slower if slow else phrases.normal), again.speech))


class YesHandler(TurnHandler):
    """Yes to what was offered."""

    takes = frozenset({"AMAZON.YesIntent"})

    def reply(self, turn: Heard) -> Reply:
        """Does what was offered; where two were offered, asks which."""
        session = turn.session
        if session.offer is not None:
            return self.guide.wording.again(session.said if session.offer.kind == "again" else session.offer, turn)
        if session.choices:
            return repeated(self, turn)
        return self.guide.wording.ask(turn)


class NoHandler(TurnHandler):
    """No to what was offered; no to "what else?" ends the session."""

    takes = frozenset({"AMAZON.NoIntent"})

    def reply(self, turn: Heard) -> Reply:
        """Asks what else, or says goodbye when that was the question."""
        session, wording = turn.session, self.guide.wording
        if session.said is not None and session.said.kind == "crisis" and session.offer is not None:
            return wording.after_crisis(turn)
        if session.offer is not None or session.choices:
            return wording.ask(turn, self.guide.catalogue.phrases.all_right)
        return wording.goodbye(turn)


class NextHandler(TurnHandler):
    """On to what comes next: what was offered, else an answer near the last one."""

    takes = frozenset({"AMAZON.NextIntent"})

    def reply(self, turn: Heard) -> Reply:
        """The next answer that was not heard yet."""
        session, catalogue = turn.session, self.guide.catalogue
        if session.answer in catalogue.answers:
            for id in catalogue.answers[session.answer].next:
                if id not in session.trail:
                    return self.guide.wording.answer(turn, id)
        return self.guide.wording.ask(turn, catalogue.phrases.nothing_after)


class PreviousHandler(TurnHandler):
    """Back to the answer before."""

    takes = frozenset({"AMAZON.PreviousIntent"})

    def reply(self, turn: Heard) -> Reply:
        """The answer before the last; the trail is a step shorter."""
        session = turn.session
        if not session.trail:
            return self.guide.wording.ask(turn, self.guide.catalogue.phrases.nothing_before)
        back = replace(turn, session=replace(session, answer="", trail=session.trail[:-1]))
        return self.guide.wording.again(Said("answer", (session.trail[-1],)), back)


class ChooseHandler(TurnHandler):
    """First, second, third, last, that one."""

    takes = frozenset({"ChooseIntent", "AMAZON.SelectIntent"})

    def reply(self, turn: Heard) -> Reply:
        """The one that was chosen; "that one" is a yes where one thing was offered."""
        session, which = turn.session, turn.id("which")
        place = _PLACES.get(which)
        if place is not None and -len(session.choices) <= place < len(session.choices):
            return self.guide.wording.again(Said("answer", (session.choices[place],)), turn)
        if session.offer is not None:
            return self.guide.wording.again(session.said if session.offer.kind == "again" else session.offer, turn)
        if session.choices:  # both, or a third of two
            return repeated(self, turn)
        return self.guide.wording.ask(turn, self.guide.catalogue.phrases.nothing_offered)


_PLACES = {"first": 0, "second": 1, "third": 2, "last": -1, "that": 0}


def repeated(handler: TurnHandler, turn: Heard) -> Reply:
    """The last reply again, or a question where nothing was said yet."""
    if turn.session.said is None:
        return handler.guide.wording.ask(turn, handler.guide.catalogue.phrases.nothing_to_repeat)
    return handler.guide.wording.again(turn.session.said, turn)
