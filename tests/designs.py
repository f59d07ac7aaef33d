"""Events that several tests share."""

from casualty_models.events import Event, Report, Strata


def report(day, quantity="killed", source_kind="official", value=50, **more):
    return Report(
        date=f"2010-06-{10 + day}",
        source=more.pop("source", f"{source_kind} {quantity}"),
        source_kind=source_kind,
        quantity=quantity,
        value=value,
        **more,
    )


def settled_design():
    """Four days of violence that are over, looked back on after weeks of silence."""
    return Event(
        name="settled design",
        kind="riot",
        start="2010-06-10",
        end="2010-06-13",
        known_on="2010-06-30",
        reports=[
            report(1, value=20),
            report(3, value=60),
            report(8, value=90),
            report(4, "wounded", "hospital", value=300),
            report(8, "wounded", "hospital", value=400),
            report(5, source_kind="ngo", value=100),
            report(6, source_kind="opponent", claim="claim", value=200),
        ],
    )


def ongoing_design():
    """Violence that goes on, with one official count of killed and one of wounded."""
    return Event(
        name="ongoing design",
        kind="riot",
        start="2010-06-10",
        reports=[report(2, "wounded", value=900), report(3, value=97)],
    )


def missing_design():
    """Violence that goes on, with counts of killed and wounded and two numbers of missing."""
    return Event(
        name="missing design",
        kind="riot",
        start="2010-06-10",
        reports=[
            report(1, value=20),
            report(3, value=60),
            report(4, value=70),
            report(3, "wounded", value=300),
            report(3, "missing", value=100),
            report(4, "missing", "ngo", value=150),
        ],
    )


def casualties_design():
    """Violence that is over, with killed, wounded, hospitalized and casualties, and two parties."""
    return Event(
        name="casualties design",
        kind="riot",
        start="2010-06-10",
        end="2010-06-12",
        reports=[
            report(2, value=40),
            report(4, value=70),
            report(3, "wounded", "hospital", value=300),
            report(4, "hospitalized", "hospital", value=150),
            report(2, "casualties", "media", value=300),
            report(5, "casualties", "media", value=500),
            report(5, source_kind="opponent", stance="own_losses", value=60),
            report(5, source_kind="opponent", stance="enemy_losses", value=300, source="rebels"),
            report(6, source_kind="opponent", stance="enemy_losses", value=400, claim="claim"),
        ],
    )


def strata_design():
    """Violence that goes on in two places among two groups, with reports at every level."""
    parts = {"place": ("Osh", "Jalal-Abad"), "group": ("Uzbeks", "Kyrgyz")}
    return Event(
        name="strata design",
        kind="riot",
        start="2010-06-10",
        strata=Strata(**parts),
        reports=[
            report(2, value=40),
            report(4, value=97),
            report(4, "wounded", "hospital", value=900),
            report(3, value=40, place="Osh"),
            report(4, value=60, place="Osh"),
            report(4, value=30, place="Jalal-Abad"),
            report(4, "wounded", "hospital", value=500, group="Kyrgyz"),
            report(5, value=70, source_kind="ngo", group="Uzbeks"),
            report(5, value=30, source_kind="ngo", place="Osh", group="Kyrgyz"),
        ],
    )
