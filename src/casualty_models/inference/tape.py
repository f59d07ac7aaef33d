"""A computation in single numbers as a tape: rows of operations on registers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from casualty_models.inference.symbols import CONSTANT, INPUT, Trace

OPERATIONS = {  # and how many registers each reads
    "add": 2,
    "multiply": 2,
    "multiply_add": 3,  # a * b + c
    "subtract": 2,
    "divide": 2,
    "exp": 1,
    "log": 1,
    "log1p": 1,
    "sqrt": 1,
    "absolute": 1,
    "maximum": 2,
    "minimum": 2,
    "greater": 2,
    "greater_equal": 2,
    "equal": 2,
    "choose": 3,
}
CODES = {name: code for code, name in enumerate(OPERATIONS)}
READS = 3  # of an operation, at most

type _Steps = dict[int, tuple[str, tuple[Any, ...]]]


@dataclass(frozen=True)
class Tape:
    """Operations on registers, each of which holds one number of every point.

    Attributes
    ----------
    rows
        One operation a row: its number in `OPERATIONS`, the register that it writes and the three
        that it reads; what it does not need it reads all the same.
    constants
        What the first registers hold; those after them hold the inputs.
    outputs
        The registers that hold the outputs in the end.
    registers
        How many registers are needed.
    """

    rows: np.ndarray
    constants: np.ndarray
    outputs: np.ndarray
    registers: int


def tape(trace: Trace, outputs: Sequence[Any]) -> Tape:
    """Return what is needed of a trace for some outputs, ready to be run.

    A product that is only added to something is one operation with the sum.

    Parameters
    ----------
    trace
        The computation; its inputs come first.
    outputs
        Symbols of it, or numbers.

    Examples
    --------
    >>> from casualty_models.inference.symbols import Trace, add, multiply
    >>> from casualty_models.inference.tape import OPERATIONS, tape
    >>> trace = Trace()
    >>> x, y = trace.input(), trace.input()
    >>> found = tape(trace, [add(multiply(x, y), 2.0)])
    >>> [list(OPERATIONS)[row[0]] for row in found.rows], found.constants, found.registers
    (['multiply_add'], array([2.]), 3)
    """
    places = [trace.place(value) for value in outputs]
    steps = _needed(trace, places)
    constants = [place for place, (name, _) in steps.items() if name == CONSTANT]
    inputs = [place for place, (name, _) in enumerate(trace.steps) if name == INPUT]
    steps = {place: step for place, step in steps.items() if step[0] in OPERATIONS}
    registers = {place: register for register, place in enumerate([*constants, *inputs])}
    fixed = len(constants)
    ends = _last_readers(steps, places)
    free: list[int] = []
    number, rows = len(registers), []
    for place, (name, reads) in steps.items():
        read = [registers[each] for each in reads]
        free += [register for each in ends.get(place, ()) if (register := registers[each]) >= fixed]
        if not free:
            free, number = [number], number + 1
        registers[place] = free.pop()
        unused = [read[0]] * (READS - len(read))
        rows.append([CODES[name], registers[place], *read, *unused])
    return Tape(
        rows=np.array(rows, dtype=np.int64).reshape(-1, READS + 2),
        constants=np.array([trace.steps[place][1][0] for place in constants]),
        outputs=np.array([registers[place] for place in places]),
        registers=number,
    )


def _needed(trace: Trace, outputs: Sequence[int]) -> _Steps:
    """Return the steps that lead to outputs by place, products together with sums.

    Each comes right before what first needs it, so that few registers are needed at a time.
    """
    steps: _Steps = {}
    waiting = list(outputs)
    uses = Counter(outputs)
    while waiting:
        place = waiting.pop()
        if place not in steps:
            name, reads = steps[place] = trace.steps[place]
            if name in OPERATIONS:
                uses.update(reads)
                waiting += reads
    for place in sorted(steps):
        name, reads = steps[place]
        if name == "add":
            for product, other in (reads, reads[::-1]):
                if uses[product] == 1 and steps[product][0] == "multiply":
                    steps[place] = "multiply_add", (*steps.pop(product)[1], other)
                    break
    return _in_order(steps, outputs)


def _in_order(steps: _Steps, outputs: Sequence[int]) -> _Steps:
    """Return steps in an order in which they can be made, each right before one that reads it."""
    ordered: _Steps = {}
    waiting = list(outputs)
    while waiting:
        place = waiting[-1]
        name, reads = steps[place]
        missing = [each for each in reads if each not in ordered] if name in OPERATIONS else []
        if missing and place not in ordered:
            waiting += missing
        else:
            ordered.setdefault(waiting.pop(), (name, reads))
    return ordered


def _last_readers(steps: _Steps, outputs: Sequence[int]) -> dict[int, list[int]]:
    """Return, by the place of a step, the places that no later step reads, nor an output."""
    last = {each: place for place, (_, reads) in steps.items() for each in reads}
    ends: dict[int, list[int]] = {}
    for each, place in last.items():
        if each not in outputs:
            ends.setdefault(place, []).append(each)
    return ends
