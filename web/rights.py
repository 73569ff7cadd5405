"""Who may do what: the rights that the roles of a team give."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from store.team.people import Role

__all__ = ["RIGHTS", "Right", "Role"]


class Right(StrEnum):
    """What a page or a button needs."""

    WORK_TASKS = "work_tasks"
    SEE_LEADS = "see_leads"
    STEER_LEADS = "steer_leads"
    SEE_CAMPAIGNS = "see_campaigns"
    RUN_CAMPAIGNS = "run_campaigns"
    SEE_FIGURES = "see_figures"
    SEE_AUDIT = "see_audit"
    MANAGE_PEOPLE = "manage_people"
    """People with their roles, tokens of the API, and receivers of webhooks."""


RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.REP: frozenset({Right.WORK_TASKS, Right.SEE_LEADS, Right.STEER_LEADS, Right.SEE_CAMPAIGNS}),
    Role.MARKETING: frozenset(
        {Right.WORK_TASKS, Right.SEE_LEADS, Right.SEE_CAMPAIGNS, Right.RUN_CAMPAIGNS, Right.SEE_FIGURES},
    ),
    Role.LEADER: frozenset(
        {Right.WORK_TASKS, Right.SEE_LEADS, Right.STEER_LEADS, Right.SEE_CAMPAIGNS, Right.SEE_FIGURES, Right.SEE_AUDIT},
    ),
    Role.OPERATOR: frozenset(Right),
}
"""The table of rights."""
