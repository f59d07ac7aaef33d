"""Calls on one number a point, side by side: all of a kind that can be made at once are one call.

A model has many unknowns that are single numbers, and the same few operations with each. On a
batch of some hundred points a call of NumPy costs more than what it computes.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

FEWEST = 3  # calls that are made as one


@dataclass(frozen=True)
class OneNumber:
    """What a step does that computes one number a point.

    Attributes
    ----------
    call
        A function of whole arrays, number by number.
    varies
        For each value that it reads, whether it is one number a point, or one for all points.
    column
        Whether its result is a column (n, 1), rather than a vector (n).
    """

    call: Callable[..., Any]
    varies: tuple[bool, ...]
    column: bool


@dataclass(frozen=True)
class Step:
    """One call: which slots it reads, which it writes, and which are not needed after it."""

    call: Callable[..., Any]
    reads: tuple[int, ...]
    writes: tuple[int, ...]
    frees: tuple[int, ...] = ()
    number: OneNumber | None = None


def side_by_side(
    steps: Sequence[Step], outputs: Sequence[int], first_slot: int
) -> tuple[list[Step], list[Step]]:
    """Return steps that compute the same in fewer calls.

    Parameters
    ----------
    steps
        The calls in an order in which they can be made.
    outputs
        Slots that are asked for.
    first_slot
        From here on slots are free.

    Returns
    -------
    Steps that depend on no point and can be made before, and the other steps.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.side_by_side import OneNumber, Step, side_by_side
    >>> exp = OneNumber(np.exp, (True,), False)
    >>> steps = [Step(np.exp, (i,), (i + 3,), number=exp) for i in range(3)]
    >>> [step.call.__name__ for step in side_by_side(steps, (), 6)[1]]
    ['_stacked', 'exp']
    """
    draft = _Draft(first_slot)
    for group in _groups(steps):
        if len(group) < FEWEST:
            for step in group:
                draft.single(step)
        else:
            draft.together(group)
    for slot in outputs:
        draft.need(slot)
    return draft.fixed, draft.steps


def _groups(steps: Sequence[Step]) -> list[list[Step]]:
    """Return the steps in an order in which they can be made, those of a kind together.

    A step on one number a point waits until nothing else can be done: more of its kind may come.
    """
    makes = {slot: i for i, step in enumerate(steps) for slot in step.writes}
    needs = [{makes[slot] for slot in step.reads if slot in makes} for step in steps]
    missing = [len(each) for each in needs]
    users: list[list[int]] = [[] for _ in steps]
    for i, each in enumerate(needs):
        for j in each:
            users[j].append(i)
    ready, groups = [i for i, n in enumerate(missing) if not n], []
    waiting: list[int] = []
    while ready or waiting:
        if ready:
            i = ready.pop()
            if steps[i].number is not None:
                waiting.append(i)
                continue
            chosen = [i]
        else:
            kind = Counter(steps[i].number for i in waiting).most_common(1)[0][0]
            chosen = [i for i in waiting if steps[i].number == kind]
            waiting = [i for i in waiting if steps[i].number != kind]
        groups.append([steps[i] for i in sorted(chosen)])
        for i in (user for each in chosen for user in users[each]):
            missing[i] -= 1
            if not missing[i]:
                ready.append(i)
    return groups


@dataclass
class _Draft:
    """Steps being written; of each number that is a row of an array, which row of which."""

    free_slot: int
    fixed: list[Step] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    rows: dict[int, tuple[int, int]] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    views: dict[int, Callable[..., Any]] = field(default_factory=dict)
    stacks: dict[tuple[int, ...], int] = field(default_factory=dict)

    def single(self, step: Step) -> None:
        for slot in step.reads:
            self.need(slot)
        self.steps.append(step)

    def need(self, slot: int) -> None:
        """Have a slot that is a row of an array filled."""
        view = self.views.pop(slot, None)
        if view is not None:
            self.steps.append(Step(view, (self.rows[slot][0],), (slot,)))

    def together(self, group: list[Step]) -> None:
        none = (-1, -1)
        group = sorted(group, key=lambda step: [self.rows.get(slot, none) for slot in step.reads])
        numbers = [step.number for step in group if step.number]
        values = zip(numbers[0].varies, *(step.reads for step in group), strict=True)
        reads = [
            self._stack(tuple(slots)) if varies else self._constants(tuple(slots))
            for varies, *slots in values
        ]
        result = self._write(numbers[0].call, *reads)
        self.lengths[result] = len(group)
        for row, (step, number) in enumerate(zip(group, numbers, strict=True)):
            (slot,) = step.writes
            self.rows[slot] = result, row
            self.views[slot] = partial(_row, row=row, column=number.column)

    def _write(self, call: Callable[..., Any], *reads: int) -> int:
        self.free_slot += 1
        self.steps.append(Step(call, reads, (self.free_slot - 1,)))
        return self.free_slot - 1

    def _constants(self, slots: tuple[int, ...]) -> int:
        """Return the slot of a column of numbers that are the same for all points."""
        if slots not in self.stacks:
            self.fixed.append(Step(_stacked, slots, (self.free_slot,)))
            self.stacks[slots] = self.free_slot
            self.free_slot += 1
        return self.stacks[slots]

    def _stack(self, slots: tuple[int, ...]) -> int:
        """Return the slot of an array whose rows are these."""
        if slots not in self.stacks:
            self.stacks[slots] = self._rows_of_one(slots) or self._joined(slots)
        return self.stacks[slots]

    def _rows_of_one(self, slots: tuple[int, ...]) -> int | None:
        found = [self.rows.get(slot, (-1, -1)) for slot in slots]
        arrays, rows = {array for array, _ in found}, [row for _, row in found]
        array = arrays.pop()
        if arrays or array < 0 or rows != list(range(rows[0], rows[0] + len(rows))):
            return None
        if len(rows) == self.lengths[array]:
            return array
        return self._write(partial(_part, start=rows[0], stop=rows[-1] + 1), array)

    def _joined(self, slots: tuple[int, ...]) -> int:
        if len(set(slots)) == 1:
            self.need(slots[0])
            return self._write(_flat, slots[0])
        for slot in slots:
            self.need(slot)
        return self._write(_stacked, *slots)


def _row(array: np.ndarray, *, row: int, column: bool) -> np.ndarray:
    return array[row, :, None] if column else array[row]


def _part(array: np.ndarray, *, start: int, stop: int) -> np.ndarray:
    return array[start:stop]


def _flat(value: np.ndarray) -> np.ndarray:
    return value.reshape(-1)


def _stacked(*values: np.ndarray) -> np.ndarray:
    """Return values one below the other."""
    flat = [value if value.ndim == 1 else value.reshape(-1) for value in values]
    return np.concatenate(flat).reshape(len(values), -1)
