"""The CustomSkill: handlers in the order tried, over one catalogue."""

from __future__ import annotations

from ask_sdk_core.skill import CustomSkill
from ask_sdk_core.skill_builder import SkillBuilder

from skill.catalogue import Catalogue
from skill.compose import Composer
from skill.find import Finder
from skill.handlers import Guide
from skill.handlers.ask import AskHandler, SpreadHandler
from skill.handlers.cards import CardHandler, SourceHandler
from skill.handlers.go_on import (
    ChooseHandler,
    MoreHandler,
    NextHandler,
    NoHandler,
    PaceHandler,
    PreviousHandler,
    RepeatHandler,
    YesHandler,
)
from skill.handlers.help_and_stop import HelpHandler, StopHandler, ThanksHandler
from skill.handlers.launch import LaunchHandler
from skill.handlers.lifecycle import CanFulfillHandler, SilentHandler, TouchHandler
from skill.handlers.organizations import NumberHandler, OrganizationHandler
from skill.handlers.support import CenterHandler, HelpersHandler, SupportHandler
from skill.handlers.unknown import UnknownHandler
from skill.handlers.urgent import CrisisHandler, EmergencyHandler
from skill.settings import Settings
from skill.wording import Wording

HANDLERS = (
    EmergencyHandler,
    CrisisHandler,
    LaunchHandler,
    AskHandler,
    SpreadHandler,
    SupportHandler,
    CenterHandler,
    HelpersHandler,
    OrganizationHandler,
    NumberHandler,
    MoreHandler,
    RepeatHandler,
    PaceHandler,
    YesHandler,
    NoHandler,
    NextHandler,
    PreviousHandler,
    ChooseHandler,
    SourceHandler,
    CardHandler,
    ThanksHandler,
    HelpHandler,
    StopHandler,
    TouchHandler,
    UnknownHandler,  # takes whatever is left
)

INTENTS = frozenset().union(*(handler.takes for handler in HANDLERS))  # all that is ever routed by


def build(catalogue: Catalogue, settings: Settings, finder: Finder | None = None) -> CustomSkill:
    """A CustomSkill over `catalogue`; it keeps nothing between turns and may serve many threads. The `finder` over the
    same catalogue is given where others share it: it is the largest thing in memory."""
    guide = Guide(
        catalogue=catalogue,
        finder=finder or Finder(catalogue),
        wording=Wording(catalogue, settings.base_url),
        composer=Composer(catalogue.spelling, settings.image_base_url),
    )
    builder = SkillBuilder()
    builder.add_request_handler(SilentHandler())
    builder.add_request_handler(CanFulfillHandler())
    for handler in HANDLERS:
        builder.add_request_handler(handler(guide))
    return builder.create()
