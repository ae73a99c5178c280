"""What a fit says of its own reliability, and of the same with other numbers of raters."""

from scoring.core.estimate import unknown
from scoring.core.facets.design import GENERAL, IMPRESSION, LEANING, LENIENCY, PROFILE
from scoring.core.facets.fitted import Fitted
from scoring.core.facets.kernel import expect
from scoring.core.reliability.precision import ModelReliability, Separation, Variances, model_reliability


def reliability(fitted: Fitted) -> ModelReliability:
    """Of the composite with equal weights. Severity is that of one month; its drift is not error here."""
    information = _information(fitted)
    if not information > 0:
        nothing = unknown("no mark carries information", len(fitted.ratings.candidates))
        none = Separation(separation=nothing, strata=nothing, reliability=nothing)
        return ModelReliability(separation=none, decisions=(), raters_needed=nothing)
    given = Variances(
        candidate=_variance(fitted, GENERAL),
        profile=_variance(fitted, PROFILE),
        severity=_variance(fitted, LENIENCY),
        impression=_variance(fitted, IMPRESSION),
        rater_profile=_variance(fitted, LEANING),
        information=information,
    )
    composite = fitted.composite()
    dimensions = len(fitted.ratings.dimensions)
    return model_reliability(given, dimensions, composite.mean.tolist(), (composite.sd**2).tolist())


def _variance(fitted: Fitted, kind: int) -> float:
    """0 for a kind of effect that is not in the model."""
    return float(fitted.sigmas[kind] ** 2) if fitted.design.counts()[kind] else 0.0


def _information(fitted: Fitted) -> float:
    """The mean information of one mark about the level behind it, averaged over the posterior."""
    if not len(fitted.posterior.mark) or not fitted.design.steps:
        return 0.0
    found = expect(
        fitted.settings.link,
        fitted.design.marks,
        fitted.posterior.mark,
        fitted.posterior.mark_variance,
        fitted.steps().mean,
    )
    return float(found.weight.mean())
