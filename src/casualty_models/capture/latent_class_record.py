"""What a result of latent classes says of itself beside its draws, in figures and in words."""

from typing import Any

import numpy as np
from scipy.special import gammaln

from casualty_models.capture.agreement import agreement, evidence_of
from casualty_models.capture.modes import Mode, find_modes
from casualty_models.capture.stick_breaking import StickBreaking
from casualty_models.capture.tempering import Tempered
from casualty_models.capture.verdict_words import people_apart
from casualty_models.lists import CaptureHistories

_MANY = 20
_NOTABLE = 0.001
_THREE_LISTS = 3


def make_record(
    histories: CaptureHistories, model: StickBreaking, tempered: Tempered, unseen: np.ndarray
) -> dict[str, Any]:
    """Return evidence, modes, tail, diagnostics and notes.

    Parameters
    ----------
    histories
        One stratum.
    model
        The fixed parts.
    tempered
        The draws and how they were made.
    unseen
        Draws of the unseen, shape (populations, draws).
    """
    seen, cells = histories.n, histories.cells
    diagnostics = agreement(seen + unseen, tempered.log_evidence)
    modes = find_modes(seen + unseen, min(diagnostics["min_ess_bulk"], unseen.size))
    # Of the counts themselves, and summed over N: (n - 1)! / prod n_x! times that of the shares.
    constant = gammaln(seen) - gammaln(cells + 1.0).sum()
    log_evidence, error = evidence_of(tempered.log_evidence + constant)
    beyond = (unseen > _MANY * seen).mean(axis=1)
    tail = {
        "power": model.lists * model.priors.capture_share.alpha,
        "beyond_20_times_seen": float(beyond.mean()),
        "error": float(beyond.std(ddof=1) / len(beyond) ** 0.5),
    }
    return {
        "log_evidence": log_evidence,
        "log_evidence_error": error,
        "modes": [mode.to_dict() for mode in modes],
        "multimodal": len(modes) > 1,
        "tail": tail,
        "diagnostics": diagnostics | {"stages": tempered.stages},
        "notes": _notes(histories, model, modes, tail),
    }


def caution(histories: CaptureHistories) -> str:
    """Return a warning if the lists leave the unseen count open; else an empty text.

    Examples
    --------
    >>> from casualty_models.capture.latent_class_record import caution
    >>> from casualty_models.lists import CaptureHistories
    >>> caution(CaptureHistories(("A", "B", "C"), [[40, 30, 6, 20, 0, 0, 0]]))
    'the answer is finite only by the prior: C shares no one with any other list. ...'
    """
    report = histories.estimability().reports[0]
    open_question = report.pairwise in ("infinite", "undetermined", "zero")
    if report.verdict != "cannot be estimated" and not open_question:
        return ""
    return f"the answer is finite only by the prior: {' '.join(report.reasons)}"


def _notes(
    histories: CaptureHistories, model: StickBreaking, modes: list[Mode], tail: dict[str, float]
) -> list[str]:
    notes = list(histories.estimability().reports[0].reasons)
    if caution(histories):
        notes.append("The answer is finite only by the prior.")
    if model.lists == _THREE_LISTS and model.classes > 1:
        notes.append(
            "Two classes on three lists have 7 unknowns, and the cells can settle 6: among the"
            " explanations that fit, the prior of the capture shares decides"
            " (`capture_share_sensitivity` shows by how much)."
        )
    if len(modes) > 1:
        tolls = people_apart(mode.toll for mode in modes)
        parts = [
            f"near {toll} ({mode.weight:.0%}, give or take {mode.error:.0%})"
            for toll, mode in zip(tolls, modes, strict=True)
        ]
        notes.append(
            f"The toll has {len(modes)} modes, {', '.join(parts)}: the lists do not tell which"
            " explanation of them is right. A single interval hides that."
        )
    if tail["beyond_20_times_seen"] > _NOTABLE:
        notes.append(
            f"With probability {tail['beyond_20_times_seen']:.1%} more than {_MANY} times the"
            " people seen are unseen; nothing is cut off."
        )
    if tail["power"] <= 1:
        notes.append(
            "Under this prior the mean of the toll is not finite; the median and the interval are."
        )
    return notes
