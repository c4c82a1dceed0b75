"""Conversations, as they are held: what a person says and what they hear."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skill.catalogue import Catalogue
from tests.alexa import Alexa


def test_opening_greets_by_name_gives_the_disclaimer_and_asks(alexa: Alexa) -> None:
    turn = alexa.opens()
    assert "Cancer Guide" in turn.speech
    assert "not medical advice" in turn.speech
    assert turn.speech.endswith("What would you like to know?")
    assert len(turn.speech.split()) <= 30
    assert "hospice" in turn.reprompt
    assert not turn.ended
    assert turn.card is None


def test_the_disclaimer_is_given_once_in_a_session(alexa: Alexa) -> None:
    alexa.opens()
    assert "medical advice" not in alexa.says("start over").speech


def test_a_newcomer_asks_what_metastasis_is_and_follows_up(alexa: Alexa) -> None:
    alexa.opens()
    first = alexa.says("what is metastasis")
    assert first.answer == "what-is-metastasis"
    assert "grow somewhere else" in first.speech
    assert first.speech.endswith("Would you like to hear more?")
    more = alexa.says("yes")
    assert more.answer == "what-is-metastasis"
    assert more.speech != first.speech
    helpers = alexa.says("yes please")
    assert "American Cancer Society" in helpers.speech
    organization = alexa.says("the first one")
    assert organization.answer == "org-acs"
    assert "1-800-227-2345" in organization.speech


def test_a_one_shot_question_is_answered_and_closed_with_the_way_back(alexa: Alexa) -> None:
    turn = alexa.asks("what is palliative care")
    assert turn.answer == "palliative-care"
    assert turn.speech.endswith("To ask more, say: open Cancer Guide.")
    assert turn.ended
    assert turn.reprompt == ""
    assert turn.card is not None


def test_a_caregiver_asks_about_hospice_and_wants_to_know_who_can_help(alexa: Alexa) -> None:
    alexa.opens()
    assert alexa.says("what is hospice").answer == "hospice"
    helpers = alexa.says("who can help with that")
    assert helpers.card is not None
    assert "https://www.caringinfo.org" in helpers.card["links"]


def test_repeat_says_the_same_again(alexa: Alexa) -> None:
    alexa.opens()
    first = alexa.says("what is respite care")
    assert alexa.says("say that again").speech == first.speech
    assert alexa.says("repeat").speech == first.speech


def test_repeat_before_anything_was_said_asks_for_a_question(alexa: Alexa) -> None:
    turn = alexa.says("repeat")
    assert turn.speech == "I haven't told you anything yet. What would you like to know?"


def test_slower_holds_for_the_session_and_normal_speed_undoes_it(alexa: Alexa) -> None:
    alexa.opens()
    alexa.says("what is hospice")
    slower = alexa.says("slow down please")
    assert '<prosody rate="80%">' in slower.inner["outputSpeech"]["ssml"]
    assert "Hospice" in slower.speech
    assert "prosody" in alexa.says("tell me more").inner["outputSpeech"]["ssml"]
    assert "prosody" not in alexa.says("normal speed").inner["outputSpeech"]["ssml"]
    assert "prosody" not in alexa.says("repeat").inner["outputSpeech"]["ssml"]


def test_the_number_is_said_again_and_digit_by_digit(alexa: Alexa) -> None:
    alexa.opens()
    alexa.says("tell me about cancercare")
    again = alexa.says("say the number again")
    assert "1-800-813-4673" in again.speech
    assert '<say-as interpret-as="telephone">1-800-813-4673</say-as>' in again.inner["outputSpeech"]["ssml"]
    digits = alexa.says("digit by digit")
    assert '<say-as interpret-as="digits">4673</say-as>' in digits.inner["outputSpeech"]["ssml"]


def test_the_number_of_an_organization_without_a_sure_number_is_not_made_up(alexa: Alexa) -> None:
    alexa.opens()
    alexa.says("tell me about joe's house")
    turn = alexa.says("what is the number")
    assert "no telephone number" in turn.speech


def test_asking_for_a_number_first_asks_for_which(alexa: Alexa) -> None:
    alexa.opens()
    assert alexa.says("give me the number").speech.endswith("Which organization would you like to know about?")


def test_where_does_that_come_from_names_publishers_and_the_review(alexa: Alexa) -> None:
    alexa.opens()
    alexa.says("what is metastasis")
    turn = alexa.says("where does that come from")
    assert "National Cancer Institute" in turn.speech
    assert "November 2026" in turn.speech
    assert turn.card is not None


def test_send_me_the_link_gives_the_card_again(alexa: Alexa) -> None:
    alexa.opens()
    card = alexa.says("what is metastasis").card
    assert alexa.says("send me the link").card == card


@pytest.mark.parametrize("words", ["send me the link", "where does that come from", "tell me more", "repeat", "next"])
def test_a_follow_up_without_a_question_before_asks_for_one(alexa: Alexa, words: str) -> None:
    alexa.opens()
    turn = alexa.says(words)
    assert not turn.ended
    assert turn.speech.endswith("?")


def test_no_to_an_offer_asks_what_else_and_no_again_says_goodbye(alexa: Alexa) -> None:
    alexa.opens()
    alexa.says("what is hospice")
    assert alexa.says("no thanks").speech == "All right. What else would you like to know?"
    assert alexa.says("no").ended


def test_next_goes_to_a_neighbouring_answer_and_previous_back(alexa: Alexa, catalogue: Catalogue) -> None:
    alexa.opens()
    alexa.says("what is hospice")
    onward = alexa.says("next")
    assert onward.answer == catalogue.answers["hospice"].next[0]
    assert alexa.says("previous").answer == "hospice"
    assert alexa.says("previous").speech.startswith("There is nothing before this one.")


def test_who_can_help_with_a_need_names_at_most_three_and_each_can_be_chosen(alexa: Alexa) -> None:
    alexa.opens()
    turn = alexa.says("who can help with rides")
    assert turn.answer == "transportation"
    assert turn.card is not None
    assert "American Cancer Society" in turn.speech
    assert alexa.says("the second one").answer.startswith("org-")


def test_an_organization_among_those_offered_can_be_named(alexa: Alexa) -> None:
    alexa.opens()
    alexa.says("who can help with rides")
    assert alexa.says("the american cancer society").answer == "org-acs"


def test_first_and_second_mean_nothing_where_nothing_was_offered(alexa: Alexa) -> None:
    alexa.opens()
    assert alexa.says("the second one").speech.startswith("I'm not sure which one you mean.")


def test_a_cancer_and_a_place_together_say_that_it_keeps_its_name(alexa: Alexa) -> None:
    alexa.opens()
    turn = alexa.says("my dad's prostate cancer went to his bones")
    assert turn.speech.startswith("Prostate cancer that has spread to the bones is still prostate cancer")
    assert turn.answer == "mets-bone"


def test_a_blood_cancer_gets_an_honest_answer_of_what_differs(alexa: Alexa) -> None:
    alexa.opens()
    turn = alexa.says("where does leukemia spread")
    assert "blood" in turn.speech
    assert turn.kind == "answer"


def test_a_state_with_cancer_centers_names_some_and_one_without_names_neighbours(alexa: Alexa) -> None:
    alexa.opens()
    assert "O'Neal" in alexa.says("find a cancer center in alabama").speech
    alaska = alexa.says("find a cancer center in alaska").speech
    assert alaska.startswith("Alaska has no cancer center named by")
    assert "Washington" in alaska


@pytest.mark.parametrize(
    "words",
    ["stop", "cancel", "close", "bye", "goodbye", "i'm done", "that's all", "i have no more questions", "go home"],
)
@pytest.mark.parametrize("before", [[], ["what is hospice"], ["who can help with rides"], ["slower"]])
def test_leaving_is_always_possible_and_kind(alexa: Alexa, before: list[str], words: str) -> None:
    alexa.opens()
    alexa.hears(*before)
    turn = alexa.says(words)
    assert turn.ended
    assert turn.speech.startswith("Take care.")
    assert turn.card is None


@pytest.mark.parametrize("words", ["exit", "quit"])
def test_exit_ends_the_session_without_a_word(alexa: Alexa, words: str) -> None:
    alexa.opens()
    turn = alexa.says(words)
    assert turn.speech == ""
    assert turn.inner == {}


def test_thank_you_is_answered_and_the_session_goes_on(alexa: Alexa) -> None:
    alexa.opens()
    alexa.says("what is hospice")
    turn = alexa.says("thank you")
    assert turn.speech.startswith("You're welcome.")
    assert not turn.ended


@pytest.mark.parametrize("before", [[], ["what is hospice"], ["who can help with rides"], ["gnarf blorp"]])
def test_help_from_every_state_says_what_can_be_asked_and_names_the_emergency_number(
    alexa: Alexa, before: list[str]
) -> None:
    alexa.opens()
    alexa.hears(*before)
    turn = alexa.says("help")
    assert "cancer that has spread" in turn.speech
    assert "911" in turn.speech
    assert "I can't call for you" in turn.speech
    assert not turn.ended


def test_noise_gets_a_hint_then_an_example_then_a_person_and_goodbye(alexa: Alexa) -> None:
    alexa.opens()
    first, second, third = alexa.hears("gnarf blorp", "blorp gnarf", "gnarf")
    assert not first.ended
    assert "like: what is palliative care?" in second.speech
    assert not second.ended
    assert "American Cancer Society at 1-800-227-2345" in third.speech
    assert third.ended


def test_something_understood_forgets_the_misses(alexa: Alexa) -> None:
    alexa.opens()
    alexa.hears("gnarf", "what is hospice", "gnarf")
    assert "palliative care?" in alexa.says("gnarf").speech


def test_yes_where_nothing_was_offered_asks_for_a_question(alexa: Alexa) -> None:
    alexa.opens()
    assert alexa.says("yes").speech == "What would you like to know?"


def test_an_emergency_comes_first_from_any_state_and_stays_to_be_heard_again(alexa: Alexa) -> None:
    alexa.opens()
    alexa.says("who can help with rides")
    turn = alexa.says("my husband can't breathe")
    assert turn.kind == "emergency"
    assert "911" in turn.speech[:80]
    assert not turn.ended
    assert "911" in alexa.says("repeat").speech
    assert "911" in alexa.says("say the number again").speech
    assert "911" in alexa.says("yes").speech


def test_an_emergency_inside_a_slot_of_another_intent_is_heard(alexa: Alexa) -> None:
    alexa.opens()
    slots = {"need": {"name": "need", "value": "an ambulance my wife collapsed"}}
    turn = alexa.sends(type="IntentRequest", intent={"name": "SupportIntent", "slots": slots})
    assert turn.kind == "emergency"


def test_a_wish_to_die_gets_the_crisis_line_and_a_kind_word(alexa: Alexa) -> None:
    turn = alexa.asks("i want to kill myself")
    assert turn.kind == "crisis"
    assert "988" in turn.speech
    assert "glad you told me" in turn.speech
    assert not turn.ended
    assert "988" in alexa.says("no").speech


@pytest.mark.parametrize(
    ("locale", "emergency", "crisis"),
    [
        ("en-US", "911", "988"),
        ("en-CA", "911", "9-8-8"),
        ("en-GB", "999", "116 123"),
        ("en-AU", "000", "13 11 14"),
        ("en-IN", "112", "14416"),
    ],
)
def test_numbers_are_those_of_the_country(
    alexa_in: Callable[[str], Alexa], locale: str, emergency: str, crisis: str
) -> None:
    assert emergency in alexa_in(locale).says("she is not breathing").speech
    assert crisis in alexa_in(locale).says("i want to end my life").speech


def test_british_listeners_hear_and_read_british_spelling(alexa_in: Callable[[str], Alexa]) -> None:
    turn = alexa_in("en-GB").says("what is metastasis")
    assert "tumour" in turn.speech
    assert "tumor " not in turn.speech


def test_an_american_benefit_is_not_told_as_a_british_one(alexa_in: Callable[[str], Alexa]) -> None:
    assert "Medicare" in alexa_in("en-US").says("who pays for hospice").speech
    assert "Medicare" not in alexa_in("en-GB").says("who pays for hospice").speech


def test_the_founding_articles_three_organizations_are_told_as_they_are_today(alexa: Alexa) -> None:
    alexa.opens()
    assert "Alliance for Care at Home" in alexa.says("tell me about n h p c o").speech
    assert alexa.says("tell me about the metacancer foundation").answer == "org-metacancer"
    assert alexa.says("tell me about the metastatic breast cancer network").answer == "org-mbcn"
