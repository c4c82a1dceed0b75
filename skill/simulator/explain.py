"""Why a turn went as it did: what the words were taken for, what they find, and how near the runners-up are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from skill.catalogue import Catalogue
from skill.find import Caution, Crisis, Emergency, Explanation, Finder, Finding, Found, Unsure
from skill.simulator.understand import Understanding, Understood, spoken

Explained = dict[str, Any]


class Explainer:
    """Explains utterances. Holds nothing of them."""

    def __init__(self, catalogue: Catalogue, understanding: Understanding, finder: Finder) -> None:
        self._titles = {answer.id: answer.title for answer in catalogue.answers.values()}
        self._understanding = understanding
        self._finder = finder

    def of_words(self, utterance: str) -> Explained:
        """The explanation of an utterance, as `of` gives it."""
        return self.of(utterance, self._understanding.understand(utterance))

    def of(self, utterance: str, understood: Understood) -> Explained:
        """What was understood, as JSON; `find` is null where there are no words to find anything by.

        The words that are looked up are those in the slots, as in the skill; without slots, all of them.
        """
        slots = {name: {"value": slot.value, "id": slot.id} for name, slot in understood.slots.items()}
        words = " ".join(slot.value for slot in understood.slots.values()) or spoken(utterance)
        known = next((slots[name]["id"] for name in ("question", "topic") if name in slots), "")
        searched = understood.kind == "intent" and any(letter.isalnum() for letter in words)
        return {
            "utterance": utterance,
            "kind": understood.kind,
            "intent": understood.intent or None,
            "why": understood.why or None,
            "one_shot": understood.one_shot,
            "slots": slots,
            "find": self._found(words, known) if searched else None,
        }

    def _found(self, words: str, known: str) -> Explained:
        why: Explanation = self._finder.explain(words, known)
        return {
            "asked": words,
            "known": known or None,
            "words": list(why.words),
            "corrected": [asdict(correction) for correction in why.corrected],
            "safety": _heard(why.safety),
            "best": [
                {"id": id, "title": self._titles.get(id, id), "score": round(score, 4)}
                for id, score in why.ranking.best
            ],
            "decline": {"id": why.ranking.decline[0], "score": round(why.ranking.decline[1], 4)},
            "ours": round(why.ranking.ours, 4),
            "first": round(why.ranking.first, 4),
            "both": round(why.ranking.both, 4),
            "thresholds": why.thresholds._asdict(),
            "decision": _decided(why.decision),
        }


def _heard(safety: Emergency | Crisis | Caution | None) -> Explained | None:
    return None if safety is None else {"kind": type(safety).__name__.lower(), **asdict(safety)}


def _decided(decision: Finding) -> Explained:
    """The decision in a word, and the answers that it names."""
    match decision:
        case Found(answer):
            return {"kind": "answer", "answers": [answer]}
        case Unsure(answers):
            return {"kind": "choice", "answers": list(answers)}
        case Emergency():
            return {"kind": "emergency", "answers": []}
        case Crisis():
            return {"kind": "crisis", "answers": []}
    return {"kind": "none", "answers": []}


def written(explained: Mapping[str, Any]) -> str:
    """An explanation for reading, a line for each step."""
    slots = ", ".join(
        f"{name}={slot['value']!r} ({slot['id'] or 'no match'})" for name, slot in explained["slots"].items()
    )
    lines = [f"intent     {explained['intent'] or explained['kind']}  {slots}".rstrip()]
    if explained["why"]:
        lines.append(f"because    {explained['why']}")
    find = explained["find"]
    if find is None:
        return "\n".join(lines)
    corrected = ", ".join(f"{slip['heard']} → {slip['meant']}" for slip in find["corrected"])
    safety = find["safety"]
    lines += [
        f"words      {' '.join(find['words'])}",
        f"corrected  {corrected or 'nothing'}",
        f"safety     {' '.join(str(part) for part in safety.values() if part) if safety else 'nothing'}",
        *(
            f"{'best' if place == 0 else '':<10} {found['score']:>8.4f}  {found['id']}"
            for place, found in enumerate(find["best"])
        ),
        f"decline    {find['decline']['score']:>8.4f}  {find['decline']['id']}",
        f"sure       {find['ours']:.4f} of {find['thresholds']['ours']:.4f} that it is ours, "
        f"{find['first']:.4f} of {find['thresholds']['answer']:.4f} for an answer, "
        f"{find['both']:.4f} of {find['thresholds']['offer']:.4f} for an offer of two",
        f"decision   {find['decision']['kind']} {' or '.join(find['decision']['answers'])}".rstrip(),
    ]
    if find["known"]:
        lines.append(f"           Alexa matched the words to {find['known']}: no search was needed")
    return "\n".join(lines)
