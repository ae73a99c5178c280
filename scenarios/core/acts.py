"""The acts a listener can hear in what the candidate says, and which dimension each speaks to.

An act describes one utterance; it is never a mark. Raters mark, and may disagree with the
listener; the director uses acts to decide which pressure is due next.
"""

from typing import Literal, NamedTuple


class Act(NamedTuple):
    about: str
    dimension: str  # key in the bundled rubric
    leaning: Literal["strong", "weak"]


ACTS: dict[str, Act] = {
    "restates_problem": Act("says the problem again in own words", "framing", "strong"),
    "clarifies": Act("asks what matters, for whom, within which limits", "framing", "strong"),
    "states_assumption": Act("says out loud what is taken for granted", "framing", "strong"),
    "prioritises": Act("says what comes first and why", "scope", "strong"),
    "defers": Act("says what is left for later or not done at all", "scope", "strong"),
    "doubts_data": Act("questions labels, coverage, leakage or provenance", "data", "strong"),
    "checks_data": Act("proposes a check of the data before relying on it", "data", "strong"),
    "chooses_metric": Act("ties one measure to what an error costs", "metrics", "strong"),
    "accepts_tradeoff": Act("says who loses and accepts it", "metrics", "strong"),
    "commits": Act("takes a decision", "scope", "strong"),
    "commits_conditionally": Act("takes a decision and says what would change it", "scope", "strong"),
    "adapts": Act("says how a change alters the plan", "adaptability", "strong"),
    "weighs_view": Act("takes up another's view and its price", "adaptability", "strong"),
    "names_risk": Act("names a concrete way this fails", "risk", "strong"),
    "plans_monitoring": Act("says what to watch and what sets off an alarm", "risk", "strong"),
    "plans_fallback": Act("says what happens when it breaks", "risk", "strong"),
    "synthesises": Act("sums up where things stand", "communication", "strong"),
    "proposes_next": Act("says what comes next without being asked", "communication", "strong"),
    "jumps_to_model": Act("names a model before goal or data are clear", "framing", "weak"),
    "lists_everything": Act("lists options without choosing", "scope", "weak"),
    "hedges": Act("avoids committing", "scope", "weak"),
    "trusts_data": Act("takes labels or history as given", "data", "weak"),
    "lists_metrics": Act("lists measures, or falls back on accuracy or AUC", "metrics", "weak"),
    "defends_plan": Act("holds to the first plan against a change", "adaptability", "weak"),
    "over_corrects": Act("throws everything away at a change", "adaptability", "weak"),
    "rejects_view": Act("turns another's view down without weighing it", "adaptability", "weak"),
    "claims_robust": Act("says it will not fail", "risk", "weak"),
    "retrain_only": Act("has retraining as the only answer to failure", "risk", "weak"),
    "rambles": Act("goes on at length without a point", "communication", "weak"),
    "seeks_approval": Act("asks to be told what is right or what to do", "communication", "weak"),
    "apologises": Act("treats not knowing as a fault", "communication", "weak"),
}
