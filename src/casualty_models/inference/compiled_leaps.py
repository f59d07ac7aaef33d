"""Leaps of Hamiltonian moves by the compiled machine: a block of points makes all of its leaps.

What `Target` composes of NumPy calls is done here in one go, in the same variables.
"""

import math

import numpy as np

from casualty_models.inference.machine import BLOCK, compiled, exp_row, log1p_row, product_row, run
from casualty_models.inference.reference import SHAPE_DF, SHAPE_SCALE

_WIDTH = SHAPE_DF * SHAPE_SCALE**2
_POINTS = np.uint64(BLOCK)  # an unsigned number is known not to count from the end


@compiled
def leap(tape, reference, column, share, state, leaps):
    """Make so many leaps of each point; compute the log density and its gradient at their end.

    With 0 leaps the points stay. The arrays of the state are changed.

    Parameters
    ----------
    tape
        Rows, constants, outputs and number of registers of a `Tape` of log density and gradient.
    reference
        Location, root, its transpose, and tail of a `Reference`.
    column
        Middle, root, its transpose, and rate of a `Funnel`.
    share
        That of the posterior, on the way there from the reference.
    state
        Variables and momenta (unknown, point), lengths of a leap (point), log densities (point) and
        gradients (unknown, point).
    leaps
        How many.
    """
    rows, constants, outputs, number_of_registers = tape
    variables, momenta, lengths, values, slopes = state
    size, number = variables.shape
    registers = np.zeros((number_of_registers, BLOCK))
    for i in range(len(constants)):
        for j in range(_POINTS):
            registers[i, j] = constants[i]
    work = np.zeros((8, size, BLOCK))
    here, momentum, slope = work[0], work[1], work[2]
    value, length = np.zeros(BLOCK), np.zeros(BLOCK)
    ready = rows, len(constants), outputs, registers
    for start in range(0, number, BLOCK):
        width = min(BLOCK, number - start)
        _copy(variables, start, here, 0, width)
        _copy(momenta, start, momentum, 0, width)
        _copy(slopes, start, slope, 0, width)
        for j in range(width):
            length[j] = lengths[start + j]
        _advance(momentum, slope, length, 0.5)
        for each in range(max(leaps, 1)):
            if leaps:
                _advance(here, momentum, length, 1.0)
            _gradient(ready, reference, column, share, work, value)
            _advance(momentum, slope, length, 0.5 if each >= leaps - 1 else 1.0)
        _copy(here, 0, variables, start, width)
        _copy(momentum, 0, momenta, start, width)
        _copy(slope, 0, slopes, start, width)
        for j in range(width):
            values[start + j] = value[j]


@compiled
def _copy(source, start, target, at, width):
    for i in range(len(source)):
        for j in range(width):
            target[i, at + j] = source[i, start + j]


@compiled
def _advance(places, speeds, length, part):
    for i in range(len(places)):
        for j in range(_POINTS):
            places[i, j] += part * length[j] * speeds[i, j]


@compiled
def _gradient(tape, reference, column, share, work, value):
    """Put the log density of variables (the first array) and its gradient (the third) in place."""
    rows, first, outputs, registers = tape
    location, root, root_back, tail = reference
    middle, axes, axes_back, rate = column
    here, slope, narrow, standard, long = work[0], work[2], work[3], work[4], work[5]
    widths, lengths, nothing = work[6], work[7], np.zeros(len(here))
    _narrowed(rate, here, widths, narrow)
    _product(axes, narrow, middle, standard)
    _lengthened(tail, standard, lengths, long)
    _product(root, long, location, registers[first : first + len(here)])
    run(rows, registers)
    _outputs(outputs, registers, value, slope)
    _product(root_back, slope, nothing, long)
    _lengthened_back(tail, standard, lengths, value, long)
    if share < 1.0:
        _mixed(share, standard, lengths, value, long)
    _product(axes_back, long, nothing, slope)
    _narrowed_back(rate, here, widths, narrow, value, slope)


@compiled
def _product(matrix, vectors, added, out):
    """Put the product of a matrix with vectors, and what is added, in place."""
    for i in range(len(matrix)):
        product_row(matrix[i], vectors, added[i], out, i)


@compiled
def _outputs(outputs, registers, value, slope):
    """Put log density and gradient in place; minus infinity and 0 where either is no number."""
    first = np.uint64(outputs[0])
    for j in range(_POINTS):
        value[j] = registers[first, j]
    for i in range(len(slope)):
        row = np.uint64(outputs[1 + i])
        for j in range(_POINTS):
            value[j] += 0.0 * registers[row, j]  # no number if it is none or infinite
    for j in range(_POINTS):
        value[j] = value[j] if math.fabs(value[j]) < np.inf else -np.inf
    for i in range(len(slope)):
        row = np.uint64(outputs[1 + i])
        for j in range(_POINTS):
            found = registers[row, j]
            slope[i, j] = found if value[j] > -np.inf else 0.0


@compiled
def _stretched(which, source, sizes, out):
    """Put variables in place, some of them times the exponential of a size, which is put there."""
    for i in range(len(which)):
        for j in range(_POINTS):
            out[i, j] = source[i, j]
        if which[i] != 0.0:
            exp_row(sizes, i, i)
            for j in range(_POINTS):
                out[i, j] *= sizes[i, j]


@compiled
def _narrowed(rate, here, widths, narrow):
    for i in range(len(rate)):
        if rate[i] != 0.0:
            for j in range(_POINTS):
                widths[i, j] = rate[i] * here[0, j]
    _stretched(rate, here, widths, narrow)


@compiled
def _narrowed_back(rate, here, widths, narrow, value, slope):
    total = rate.sum()
    for i in range(len(rate)):
        if rate[i] != 0.0:
            for j in range(_POINTS):
                slope[0, j] += rate[i] * slope[i, j] * narrow[i, j]
            for j in range(_POINTS):
                slope[i, j] *= widths[i, j]
    for j in range(_POINTS):
        slope[0, j] += total
        value[j] += total * here[0, j]


@compiled
def _lengthened(tail, standard, lengths, long):
    for i in range(len(tail)):
        if tail[i] != 0.0:
            for j in range(_POINTS):
                lengths[i, j] = 0.5 * tail[i] * standard[i, j] ** 2
    _stretched(tail, standard, lengths, long)


@compiled
def _lengthened_back(tail, standard, lengths, value, slope):
    for i in range(len(tail)):
        if tail[i] != 0.0:
            for j in range(_POINTS):
                z = standard[i, j]
                square = tail[i] * z**2
                along = slope[i, j] * lengths[i, j] * (1.0 + square)
                slope[i, j] = along + tail[i] * z * (1.0 + 2.0 / (1.0 + square))
                value[j] += 0.5 * square
                lengths[i, j] = square
            log1p_row(lengths, i, i)
            for j in range(_POINTS):
                value[j] += lengths[i, j]


@compiled
def _mixed(share, standard, work, value, slope):
    """Put what lies between the reference and the posterior in place of the posterior."""
    for j in range(_POINTS):
        value[j] *= share
    for i in range(len(slope)):
        for j in range(_POINTS):
            square = standard[i, j] ** 2
            work[i, j] = square / _WIDTH
            pulled = -(SHAPE_DF + 1.0) * standard[i, j] / (_WIDTH + square)
            slope[i, j] = (1.0 - share) * pulled + share * slope[i, j]
        log1p_row(work, i, i)
        for j in range(_POINTS):
            value[j] -= (1.0 - share) * 0.5 * (SHAPE_DF + 1.0) * work[i, j]
