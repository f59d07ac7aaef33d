"""The words that an event and its reports may use."""

from collections.abc import Iterable
from difflib import get_close_matches

from casualty_models.errors import DataError

__all__ = [
    "CLAIMS",
    "KINDS",
    "MECHANISMS",
    "QUANTITIES",
    "SOURCE_KINDS",
    "STANCES",
    "unknown_word",
]

SOURCE_KINDS = (
    "official",
    "health_ministry",
    "hospital",
    "un",
    "ngo",
    "media",
    "opponent",
    "inquiry",
)

QUANTITIES = ("killed", "wounded", "hospitalized", "missing", "casualties")

# Whose losses a source counts that is itself a party to the conflict.
STANCES = ("own_losses", "enemy_losses")

CLAIMS = ("count", "estimate", "claim", "projection", "missing_list")

# The group says how the dead come to be counted, which is what the kinds of one group share.
KINDS = {
    # Many scenes, and authorities that are party to what happened.
    "protest_crackdown": "political_violence",
    "ethnic_riot": "political_violence",
    "riot": "political_violence",
    "massacre": "political_violence",  # raids on villages and towns, often several in one event
    "war": "political_violence",
    "siege": "political_violence",  # armed men hold a place, and a state storms or loses it
    "insurgent_raid": "political_violence",
    # One scene, mostly with hospitals at hand or a list of who was there.
    "bombing": "attack_or_accident",
    "shooting": "attack_or_accident",
    "airstrike": "attack_or_accident",  # one strike on one site; an air campaign is a war
    "vehicle_attack": "attack_or_accident",
    "prison": "attack_or_accident",  # whoever kills, there are walls and a roll to call
    "fire": "attack_or_accident",  # in buildings; a wildfire is "other"
    "crowd_crush": "attack_or_accident",
    "building_collapse": "attack_or_accident",
    "structure_collapse": "attack_or_accident",  # bridges, dams, stands
    "plane_crash": "attack_or_accident",
    "train_crash": "attack_or_accident",
    "ship": "attack_or_accident",  # searched for at sea, but with a list of passengers
    # A wide area, searched for days or weeks, with many missing at first.
    "earthquake": "natural_disaster",
    "tsunami": "natural_disaster",
    "cyclone": "natural_disaster",
    "flood": "natural_disaster",
    "landslide": "natural_disaster",
    "volcano": "natural_disaster",
    "other": "other",
}

MECHANISMS = (
    "gunshot",
    "blast",
    "blunt_sharp",
    "burn_smoke",
    "crush",
    "drowning",
    "gas",
    "indirect",
    "mixed",
)

# What people write first, beside the word that is meant.
_MEANT = {
    **dict.fromkeys(("dead", "death", "deaths", "died", "fatalities", "bodies"), "killed"),
    **dict.fromkeys(("injured", "injuries", "injury", "hurt"), "wounded"),
    **dict.fromkeys(("admitted", "in_hospital", "inpatients"), "hospitalized"),
    **dict.fromkeys(("disappeared", "unaccounted_for"), "missing"),
    **dict.fromkeys(("police", "government", "authorities", "army"), "official"),
    **dict.fromkeys(("ministry_of_health", "ministry"), "health_ministry"),
    **dict.fromkeys(("press", "newspaper", "radio", "tv", "television", "agency"), "media"),
    **dict.fromkeys(("ferry", "boat", "shipwreck", "maritime"), "ship"),
    **dict.fromkeys(("explosion", "attack", "terrorism"), "bombing"),
    **dict.fromkeys(("hurricane", "typhoon", "storm"), "cyclone"),
    **dict.fromkeys(("stampede", "crush"), "crowd_crush"),
}
_LONGEST_WORD_COMPARED = 80
_MOST_WORDS_LISTED = 30


def unknown_word(noun: str, word: str, words: Iterable[str], *, remedy: str = "") -> DataError:
    """Return the error for a word that is not in a list, with the nearest one that is.

    Parameters
    ----------
    noun
        What the word was meant to be ("kind of event").
    word
        What stood there.
    words
        The words that are allowed.
    remedy
        What else can be done, as a sentence.

    Returns
    -------
    DataError
        The error, to be raised by the caller.

    Examples
    --------
    >>> from casualty_models.events.vocabulary import unknown_word
    >>> str(unknown_word("quantity", "injured", ("killed", "wounded")))
    "unknown quantity; got 'injured'. Did you mean 'wounded'? Allowed: killed, wounded."
    >>> str(unknown_word("quantity", "Wonded", ("killed", "wounded")))
    "unknown quantity; got 'Wonded'. Did you mean 'wounded'? Allowed: killed, wounded."
    """
    allowed = {_plain(each): each for each in words}
    given = _plain(word[:_LONGEST_WORD_COMPARED])
    near = [_MEANT[given]] if _MEANT.get(given) in allowed else []
    near = near or get_close_matches(given, allowed, n=1)
    listed = ", ".join(allowed.values()) if len(allowed) <= _MOST_WORDS_LISTED else ""
    sentences = [
        f"Did you mean {allowed[near[0]]!r}?" if near else "",
        f"Allowed: {listed}." if listed else "",
        remedy,
    ]
    return DataError(f"unknown {noun}", value=word, remedy=" ".join(filter(None, sentences)))


def _plain(word: str) -> str:
    return word.strip().lower().replace(" ", "_").replace("-", "_")
