"""Questions: in free words, by topic, about where a cancer spreads."""

from __future__ import annotations

from skill.compose import Reply
from skill.handlers import TurnHandler
from skill.heard import Heard


class AskHandler(TurnHandler):
    """Answers a question, asks which was meant, or says honestly that there is no answer."""

    takes = frozenset({"AskIntent", "DefineIntent"})

    def reply(self, turn: Heard) -> Reply:
        """A listed question arrives with its id and needs no search; for the rest the words decide."""
        wording, known = self.guide.wording, turn.id("question") or turn.id("topic")
        if not turn.words:
            return wording.lost(turn)
        chosen = self.guide.finder.choose(turn.words, turn.session.choices)
        if chosen is not None:
            return wording.answer(turn, chosen)
        if known in self.guide.catalogue.answers and turn.intent == "DefineIntent":
            return wording.answer(turn, known)
        return self.looked_up(turn, known=known)


class SpreadHandler(TurnHandler):
    """Tells where a cancer spreads, what it means in a place, or both together."""

    takes = frozenset({"SpreadIntent"})

    def reply(self, turn: Heard) -> Reply:
        """By the ids of cancer and site; by the words where Alexa matched none."""
        wording, catalogue = self.guide.wording, self.guide.catalogue
        cancer, site = turn.id("cancer"), turn.id("site")
        if cancer in catalogue.cancers and site in catalogue.sites:
            return wording.spread(turn, cancer, site)
        if cancer in catalogue.cancers and "site" not in turn.slots:
            return wording.cancer(turn, cancer)
        if site in catalogue.sites and "cancer" not in turn.slots:
            return wording.answer(turn, catalogue.sites[site].answer)
        if not turn.words:
            return wording.ask(turn)
        return self.looked_up(turn, f"{turn.words} cancer spread")
