r"""Draws of tables from the probabilities that pairs of records are the same person.

Pairs are not independent: if a is b and b is c, then a is c. So whole partitions of the records
into people are drawn, each with a probability proportional to

.. math:: \prod_{\text{pairs together}} p_{rs} \prod_{\text{pairs apart}} (1 - p_{rs}),

which is what independent pairs give once contradictions are ruled out. A Gibbs sampler moves one
record at a time to one of the people that its linked records belong to, or to a person of its own
(Sadinle 2014, Annals of Applied Statistics 8:2404-2434, moves records in this way).
"""

from typing import Any

import numpy as np

from casualty_models.errors import DataError
from casualty_models.lists import reading
from casualty_models.lists.linkage import WeightedTables

_BURN_IN, _BETWEEN = 30, 5
_SURE = 1e-9

Links = dict[int, dict[int, float]]


def tables_from_matches(
    records: Any,  # noqa: ANN401
    pairs: Any,  # noqa: ANN401
    *,
    draws: int = 100,
    unlisted: float = 0.01,
    random_seed: int | None = None,
) -> WeightedTables:
    """Draw tables of lists from the match probabilities of pairs of records.

    Parameters
    ----------
    records
        One row a record: columns ``record`` (its id) and ``list``.
    pairs
        One row a pair: columns ``left``, ``right`` (ids) and ``probability``. Pairs on the same
        list are possible duplicates.
    draws
        How many partitions of the records are drawn; equal tables are joined.
    unlisted
        Probability of pairs that are not in the table but whose records are linked through others.
        Records that no chain of pairs links are never the same person.
    random_seed
        Seed of the draws.

    Returns
    -------
    The tables with the shares of the draws that gave them as weights.

    Raises
    ------
    DataError
        If a column is not there, an id is unknown or occurs twice, or a probability is not
        between 0 and 1.

    Examples
    --------
    >>> from casualty_models.lists.match_draws import tables_from_matches
    >>> records = {"record": [1, 2, 3, 4], "list": ["police", "press", "police", "press"]}
    >>> pairs = {"left": [1, 3], "right": [2, 4], "probability": [1.0, 0.5]}
    >>> tables = tables_from_matches(records, pairs, random_seed=1)
    >>> sorted(table.cells.tolist() for table in tables.tables)
    [[0, 0, 2], [1, 1, 1]]
    """
    if draws < 1:
        raise DataError("there must be a draw or more", place="draws", value=draws)
    names, masks, links = _read(records, pairs)
    groups = _linked_groups(links)
    default = _log_odds(_probability(unlisted, "unlisted"))
    rng = np.random.default_rng(random_seed)
    person = np.arange(len(masks))
    found: dict[bytes, tuple[np.ndarray, int]] = {}
    for draw in range(draws):
        for _ in range(_BETWEEN if draw else _BURN_IN):
            for group in groups:
                _sweep(person, group, links, default, rng)
        cells = _cells(person, masks, len(names))
        _, times = found.get(cells.tobytes(), (cells, 0))
        found[cells.tobytes()] = (cells, times + 1)
    return _weighted(names, list(found.values()))


def _weighted(names: list[str], found: list[tuple[np.ndarray, int]]) -> WeightedTables:
    from casualty_models.lists.histories import CaptureHistories

    found = sorted(found, key=lambda pair: -pair[1])
    tables = tuple(CaptureHistories(tuple(names), cells[None]) for cells, _ in found)
    return WeightedTables(tables, [times for _, times in found])


def _read(records: Any, pairs: Any) -> tuple[list[str], np.ndarray, Links]:  # noqa: ANN401
    """Return the lists, the mask of each record's list, and the log odds of each pair."""
    columns = reading.columns_of(records)
    ids = reading.pop_column(columns, "record").tolist()
    lists = [str(name) for name in reading.pop_column(columns, "list").tolist()]
    names = list(dict.fromkeys(lists))
    row = {name: number for number, name in enumerate(ids)}
    if len(row) < len(ids):
        repeated = next(name for number, name in enumerate(ids) if row[name] != number)
        raise DataError("a record may occur once", place="records", value=repeated)
    masks = np.array([1 << names.index(name) for name in lists])
    return names, masks, _links(pairs, row)


def _links(pairs: Any, row: dict[Any, int]) -> Links:  # noqa: ANN401
    columns = reading.columns_of(pairs)
    ends = [reading.pop_column(columns, name).tolist() for name in ("left", "right")]
    chances = reading.pop_column(columns, "probability").tolist()
    links: Links = {}
    for number, (left, right, chance) in enumerate(zip(*ends, chances, strict=True), start=1):
        place = f"pairs, row {number}"
        for end in (left, right):
            if end not in row:
                raise DataError("there is no such record", place=place, value=end)
        if left == right:
            raise DataError("a pair must have two records", place=place, value=left)
        odds = _log_odds(_probability(chance, place))
        links.setdefault(row[left], {})[row[right]] = odds
        links.setdefault(row[right], {})[row[left]] = odds
    return links


def _probability(value: float, place: str) -> float:
    if not 0 <= value <= 1:
        raise DataError("a probability is between 0 and 1", place=place, value=value)
    return value


def _log_odds(chance: float) -> float:
    inside = min(max(chance, _SURE), 1 - _SURE)
    return float(np.log(inside) - np.log1p(-inside))


def _linked_groups(links: Links) -> list[list[int]]:
    """Return the sets of records that chains of pairs link."""
    groups, seen = [], set()
    for start in links:
        if start in seen:
            continue
        group, frontier = {start}, [start]
        while frontier:
            new = [r for r in links[frontier.pop()] if r not in group]
            group.update(new)
            frontier += new
        seen |= group
        groups.append(sorted(group))
    return groups


def _sweep(
    person: np.ndarray, group: list[int], links: Links, default: float, rng: np.random.Generator
) -> None:
    """Let each record of a group choose its person again, given the others."""
    members: dict[int, set[int]] = {}
    for record in group:
        members.setdefault(int(person[record]), set()).add(record)
    for record in group:
        members[int(person[record])].discard(record)
        own = links[record]
        options = [p for p, others in members.items() if others]
        free = next(r for r in group if not members.get(r))
        together = [sum(own.get(other, default) for other in members[p]) for p in options]
        scores = np.array([*together, 0.0])
        chances = np.exp(scores - scores.max())
        chosen = rng.choice(len(scores), p=chances / chances.sum())
        target = [*options, free][chosen]
        person[record] = target
        members.setdefault(target, set()).add(record)


def _cells(person: np.ndarray, masks: np.ndarray, lists: int) -> np.ndarray:
    on = np.zeros(len(person), dtype=np.int64)
    np.bitwise_or.at(on, person, masks)
    return np.bincount(on[on > 0], minlength=1 << lists)[1:]
