"""The compiled machine that runs tapes: it is compiled once for all models, and kept on disk.

Points are worked on in blocks that stay in the processor's cache. Each operation is written as
vector instructions of LLVM, eight numbers at a time: what a compiler makes of a loop over a block
takes several times as long. Nothing here depends on a model, so no model waits for a compiler.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from casualty_models.inference.tape import OPERATIONS

LANES, VECTORS = 8, 8  # numbers of an instruction; instructions for a block
BLOCK = LANES * VECTORS  # points
SETTINGS: Any = {"error_model": "numpy", "fastmath": {"contract"}}

_REAL, _WHOLE = ir.VectorType(ir.DoubleType(), LANES), ir.VectorType(ir.IntType(64), LANES)
_INDEX = ir.IntType(64)

# exp(x) = 2^k e^r, and log(x) = k log 2 + 2 artanh(s) with s = (m - 1) / (m + 1).
_LOG_2 = float.fromhex("0x1.62e42fefap-1")  # its first 33 bits: k times it is exact
_LOG_2_REST = float.fromhex("0x1.cf79abc9e3b3ap-40")
_EXP = [1.0 / math.factorial(n) for n in range(13, 1, -1)]
_ARTANH = [2.0 / (2 * n + 1) for n in range(10, 0, -1)]
_ROUND, _UNIT = 1.5 * 2.0**52, 2.0**52  # numbers from here on are whole
_BIAS, _DIGITS = 1023, 52  # of the exponent; of the mantissa
_LEAST, _MOST, _SMALLEST = -708.0, 709.0, 2.3e-308

type _Value = Any  # of LLVM


def compiled(function: Callable[..., Any]) -> Any:
    """Have Numba compile a function, and keep it on disk if there is a place for it.

    Parameters
    ----------
    function
        The function.

    Examples
    --------
    >>> from casualty_models.inference.machine import compiled
    >>> @compiled
    ... def twice(x):
    ...     return 2 * x
    >>> twice(3)
    6
    """
    try:
        return njit(function, cache=True, **SETTINGS)
    except RuntimeError:  # neither beside the file nor in the user's cache can one write
        return njit(function, **SETTINGS)


def _real(number: float) -> _Value:
    return ir.Constant(_REAL, [number] * LANES)


def _whole(number: int) -> _Value:
    return ir.Constant(_WHOLE, [number] * LANES)


class _Vectors:
    """Instructions on vectors; products may be rounded together with sums."""

    def __init__(self, builder: Any) -> None:
        self.to = builder

    def add(self, a: _Value, b: _Value) -> _Value:
        return self.to.fadd(a, b, flags=("contract",))

    def subtract(self, a: _Value, b: _Value) -> _Value:
        return self.to.fsub(a, b, flags=("contract",))

    def multiply(self, a: _Value, b: _Value) -> _Value:
        return self.to.fmul(a, b, flags=("contract",))

    def multiply_add(self, a: _Value, b: _Value, c: _Value) -> _Value:
        return self.add(self.multiply(a, b), c)

    def divide(self, a: _Value, b: _Value) -> _Value:
        return self.to.fdiv(a, b)

    def where(self, sign: str, a: _Value, b: _Value, yes: _Value, no: _Value) -> _Value:
        return self.to.select(self.to.fcmp_ordered(sign, a, b), yes, no)

    def greater(self, a: _Value, b: _Value) -> _Value:
        return self.where(">", a, b, _real(1.0), _real(0.0))

    def greater_equal(self, a: _Value, b: _Value) -> _Value:
        return self.where(">=", a, b, _real(1.0), _real(0.0))

    def equal(self, a: _Value, b: _Value) -> _Value:
        return self.where("==", a, b, _real(1.0), _real(0.0))

    def maximum(self, a: _Value, b: _Value) -> _Value:
        return self._or_none(a, self.where(">=", a, b, a, b))

    def minimum(self, a: _Value, b: _Value) -> _Value:
        return self._or_none(a, self.where("<=", a, b, a, b))

    def choose(self, condition: _Value, yes: _Value, no: _Value) -> _Value:
        return self.to.select(self.to.fcmp_unordered("!=", condition, _real(0.0)), yes, no)

    def sqrt(self, a: _Value) -> _Value:
        return self._named("sqrt", a)

    def absolute(self, a: _Value) -> _Value:
        return self._named("fabs", a)

    def exp(self, x: _Value) -> _Value:
        shifted = self.multiply_add(x, _real(1.0 / math.log(2.0)), _real(_ROUND))
        k = self.to.fsub(shifted, _real(_ROUND))
        r = self.multiply_add(k, _real(-_LOG_2), x)
        r = self.multiply_add(k, _real(-_LOG_2_REST), r)
        series = self._series(_EXP, r)
        found = self.add(self.multiply_add(self.multiply(r, r), series, r), _real(1.0))
        power = self.to.add(self.to.bitcast(shifted, _WHOLE), _whole(_BIAS))
        power = self.to.bitcast(self.to.shl(power, _whole(_DIGITS)), _REAL)
        found = self.multiply(found, power)
        found = self.where("<", x, _real(_LEAST), _real(0.0), found)
        return self._or_none(x, self.where(">", x, _real(_MOST), _real(math.inf), found))

    def log(self, x: _Value) -> _Value:
        bits = self.to.bitcast(x, _WHOLE)
        mantissa = self.to.and_(bits, _whole(2**_DIGITS - 1))
        m = self.to.bitcast(self.to.or_(mantissa, _whole(_BIAS << _DIGITS)), _REAL)
        power = self.to.lshr(bits, _whole(_DIGITS))
        unit = self.to.bitcast(_real(_UNIT), _WHOLE)
        k = self.to.fsub(self.to.bitcast(self.to.or_(power, unit), _REAL), _real(_UNIT + _BIAS))
        root = _real(math.sqrt(2.0))
        k = self.where(">", m, root, self.add(k, _real(1.0)), k)
        m = self.where(">", m, root, self.multiply(m, _real(0.5)), m)
        above = self.to.fsub(m, _real(1.0))
        s = self.divide(above, self.add(above, _real(2.0)))
        square = self.multiply(s, s)
        rest = self.multiply(k, _real(_LOG_2_REST))
        rest = self.multiply_add(self.multiply(s, square), self._series(_ARTANH, square), rest)
        rest = self.subtract(self.multiply(s, above), rest)
        found = self.multiply_add(k, _real(_LOG_2), self.subtract(above, rest))
        found = self.where(">=", x, _real(_SMALLEST), found, _real(-math.inf))
        found = self.where("<", x, _real(math.inf), found, x)
        return self.where(">=", x, _real(0.0), found, _real(math.nan))

    def log1p(self, x: _Value) -> _Value:
        whole = self.to.fadd(x, _real(1.0))
        lost = self.to.fsub(x, self.to.fsub(whole, _real(1.0)))
        return self.add(self.log(whole), self.divide(lost, whole))

    def _series(self, terms: list[float], x: _Value) -> _Value:
        found = _real(terms[0])
        for term in terms[1:]:
            found = self.multiply_add(found, x, _real(term))
        return found

    def _or_none(self, x: _Value, found: _Value) -> _Value:
        """Return what was found, but where a value is no number that value."""
        return self.to.select(self.to.fcmp_unordered("uno", x, x), x, found)

    def _named(self, name: str, a: _Value) -> _Value:
        kind = ir.FunctionType(_REAL, [_REAL])
        named = cgutils.get_or_insert_function(self.to.module, kind, f"llvm.{name}.v{LANES}f64")
        return self.to.call(named, [a])


def _row(context: Any, builder: Any, kind: Any, array: _Value, row: _Value) -> _Value:
    """Return the address of a row of a block."""
    data = context.make_array(kind)(context, builder, array).data
    first = builder.gep(data, [builder.mul(row, ir.Constant(_INDEX, BLOCK))])
    return builder.bitcast(first, _REAL.as_pointer())


def _part(builder: Any, row: _Value, vector: int) -> _Value:
    return builder.gep(row, [ir.Constant(_INDEX, vector)])


def _operate(_context: Any, code: Any, registers: Any, out: Any, a: Any, b: Any, c: Any) -> Any:
    """Make one operation on rows of a block: a function for compiled code."""

    def generated(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        rows = [_row(context, builder, signature.args[1], values[1], each) for each in values[2:]]
        after = builder.append_basic_block("after")
        switch = builder.switch(values[0], after)
        for number, name in enumerate(OPERATIONS):
            block = builder.append_basic_block(name)
            switch.add_case(ir.Constant(_INDEX, number), block)
            builder.position_at_end(block)
            _write(builder, getattr(_Vectors(builder), name), OPERATIONS[name], rows)
            builder.branch(after)
        builder.position_at_end(after)
        return context.get_dummy_value()

    return types.void(types.int64, registers, *[types.int64] * 4), generated


def _write(builder: Any, operation: Callable[..., _Value], reads: int, rows: list[_Value]) -> None:
    """Write the instructions of an operation, all loads before the first result is stored."""
    found = [
        operation(*[builder.load(_part(builder, row, v), align=8) for row in rows[1 : 1 + reads]])
        for v in range(VECTORS)
    ]
    for v, each in enumerate(found):
        builder.store(each, _part(builder, rows[0], v), align=8)


def _on_rows(name: str) -> Any:
    """Return what makes one operation on rows of a block: registers, the row to write, a row."""

    def made(_context: Any, registers: Any, _out: Any, _a: Any) -> Any:
        def generated(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            kind = signature.args[0]
            rows = [_row(context, builder, kind, values[0], each) for each in values[1:]]
            _write(builder, getattr(_Vectors(builder), name), OPERATIONS[name], rows)
            return context.get_dummy_value()

        return types.void(registers, types.int64, types.int64), generated

    return made


def _product_row(_context: Any, factors: Any, vectors: Any, added: Any, out: Any, i: Any) -> Any:
    """Put a sum of rows of a block, each times a factor, and a number into a row of another."""

    def generated(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kinds = signature.args
        array = context.make_array(kinds[0])(context, builder, values[0])
        sums = [
            cgutils.alloca_once_value(builder, _filled(builder, values[2])) for _ in range(VECTORS)
        ]
        size = builder.extract_value(array.shape, 0)
        with cgutils.for_range(builder, size) as loop:
            factor = _filled(builder, builder.load(builder.gep(array.data, [loop.index])))
            row = _row(context, builder, kinds[1], values[1], loop.index)
            for v, so_far in enumerate(sums):
                term = builder.load(_part(builder, row, v), align=8)
                found = _Vectors(builder).multiply_add(factor, term, builder.load(so_far))
                builder.store(found, so_far)
        row = _row(context, builder, kinds[3], values[3], values[4])
        for v, found in enumerate(sums):
            builder.store(builder.load(found), _part(builder, row, v), align=8)
        return context.get_dummy_value()

    return types.void(factors, vectors, types.float64, out, types.int64), generated


def _filled(builder: Any, number: _Value) -> _Value:
    one = builder.insert_element(
        ir.Constant(_REAL, ir.Undefined), number, ir.Constant(ir.IntType(32), 0)
    )
    places = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(_REAL, ir.Undefined), places)


operate: Any = intrinsic(_operate)
product_row: Any = intrinsic(_product_row)
exp_row: Any = intrinsic(_on_rows("exp"))
log1p_row: Any = intrinsic(_on_rows("log1p"))


@compiled
def run(rows: np.ndarray, registers: np.ndarray) -> None:
    """Run a tape on a block of points.

    Parameters
    ----------
    rows
        Of a `Tape`.
    registers
        Array (register, point) with constants and inputs; it is changed.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.inference.machine import BLOCK, run
    >>> registers = np.full((2, BLOCK), 2.0)
    >>> run(np.array([[0, 1, 0, 1, 0]]), registers)
    >>> registers[:, 0]
    array([2., 4.])
    """
    for i in range(len(rows)):
        operate(rows[i, 0], registers, rows[i, 1], rows[i, 2], rows[i, 3], rows[i, 4])
