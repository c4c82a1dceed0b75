"""The groups of answers, in the order in which the pages list them."""

from __future__ import annotations

GROUPS = {
    "basics": "The basics",
    "finding_it": "Finding it",
    "spread_from": "Where each cancer spreads",
    "spread_to": "Places it spreads to",
    "treatment": "Treatment",
    "symptoms_and_side_effects": "Symptoms and side effects",
    "outlook": "The outlook",
    "living": "Living with it, and practical help",
    "caregiving": "Caregiving",
    "comfort_and_end_of_life": "Comfort, and the end of life",
    "organizations": "Organizations that help",
    "about": "About Cancer Guide",
}
