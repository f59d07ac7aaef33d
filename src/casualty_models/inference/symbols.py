"""Numbers that are not known yet: to compute with them is to write the computation down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

INPUT, CONSTANT = "input", "constant"


@dataclass(frozen=True, eq=False, slots=True)
class Symbol:
    """A number that is not known yet.

    Attributes
    ----------
    trace
        Where the computation is written down.
    place
        Its place there.
    """

    trace: "Trace"
    place: int


@dataclass
class Trace:
    """A computation in single numbers: each step names an operation and the places it reads.

    What was computed before is not computed again. An input reads nothing; a constant reads itself.

    Examples
    --------
    >>> from casualty_models.inference.symbols import Trace, add
    >>> trace = Trace()
    >>> x = trace.input()
    >>> add(x, 0.0) is x, add(x, 1.0).place == add(1.0, x).place
    (True, True)
    >>> trace.steps
    [('input', ()), ('constant', (1.0,)), ('add', (0, 1))]
    """

    steps: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    known: dict[tuple[Any, ...], Symbol] = field(default_factory=dict)

    def input(self) -> Symbol:
        """Return a number that will be given."""
        return self._new(INPUT, ())

    def step(self, name: str, values: tuple[Any, ...]) -> Symbol:
        """Return what an operation makes of values.

        Parameters
        ----------
        name
            The operation.
        values
            What it reads: symbols and numbers.
        """
        places = tuple([self.place(value) for value in values])
        found = self.known.get((name, places))
        if found is None:
            found = self.known[name, places] = self._new(name, places)
        return found

    def place(self, value: Any) -> int:  # noqa: ANN401
        """Return the place of a symbol, or of a number as a constant.

        Parameters
        ----------
        value
            The symbol or number.
        """
        if isinstance(value, Symbol):
            return value.place
        number = float(value)
        found = self.known.get((CONSTANT, number))
        if found is None:
            found = self.known[CONSTANT, number] = self._new(CONSTANT, (number,))
        return found.place

    def _new(self, name: str, reads: tuple[Any, ...]) -> Symbol:
        self.steps.append((name, reads))
        return Symbol(self, len(self.steps) - 1)


def _operation(name: str, known: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes with numbers, and writes down what it cannot compute."""

    def call(*values: Any) -> Any:  # noqa: ANN401
        for value in values:
            if isinstance(value, Symbol):
                return value.trace.step(name, values)
        return known(*values)

    return call


_add = _operation("add", np.add)
_multiply = _operation("multiply", np.multiply)
_divide = _operation("divide", np.divide)
_subtract = _operation("subtract", np.subtract)
absolute = _operation("absolute", np.abs)
exp = _operation("exp", np.exp)
log = _operation("log", np.log)
log1p = _operation("log1p", np.log1p)
sqrt = _operation("sqrt", np.sqrt)
maximum = _operation("maximum", np.maximum)
minimum = _operation("minimum", np.minimum)
greater = _operation("greater", np.greater)
greater_equal = _operation("greater_equal", np.greater_equal)
equal = _operation("equal", np.equal)


def _ordered(a: Any, b: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """Return two values in one order, whichever comes first: a number comes last."""
    if isinstance(a, Symbol) and isinstance(b, Symbol):
        return (a, b) if a.place <= b.place else (b, a)
    return (a, b) if isinstance(a, Symbol) else (b, a)


def _is(value: Any, number: float) -> bool:  # noqa: ANN401
    return not isinstance(value, Symbol) and value == number


def add(a: Any, b: Any) -> Any:  # noqa: ANN401
    """Return a sum; zeros are left out.

    Examples
    --------
    >>> from casualty_models.inference.symbols import add
    >>> add(1.0, 2.0)
    np.float64(3.0)
    """
    a, b = _ordered(a, b)
    return a if _is(b, 0) else _add(a, b)


def multiply(a: Any, b: Any) -> Any:  # noqa: ANN401
    """Return a product; ones are left out, and what is multiplied by 0.

    Examples
    --------
    >>> from casualty_models.inference.symbols import Trace, multiply
    >>> multiply(Trace().input(), 0.0)
    0.0
    """
    a, b = _ordered(a, b)
    if _is(b, 0):
        return 0.0
    return a if _is(b, 1) else _multiply(a, b)


def subtract(a: Any, b: Any) -> Any:  # noqa: ANN401
    """Return a difference.

    Examples
    --------
    >>> from casualty_models.inference.symbols import subtract
    >>> subtract(3.0, 1.0)
    np.float64(2.0)
    """
    return _subtract(a, b) if isinstance(b, Symbol) else add(a, -b)


def negative(a: Any) -> Any:  # noqa: ANN401
    """Return the number with its sign changed.

    Examples
    --------
    >>> from casualty_models.inference.symbols import negative
    >>> negative(2.0)
    np.float64(-2.0)
    """
    return multiply(a, -1.0)


def divide(a: Any, b: Any) -> Any:  # noqa: ANN401
    """Return a quotient; by a number, it is a product.

    Examples
    --------
    >>> from casualty_models.inference.symbols import divide
    >>> divide(1.0, 4.0)
    np.float64(0.25)
    """
    if isinstance(b, Symbol):
        return 0.0 if _is(a, 0) else _divide(a, b)
    return multiply(a, np.divide(1.0, b)) if isinstance(a, Symbol) else np.divide(a, b)


def square(a: Any) -> Any:  # noqa: ANN401
    """Return a number times itself.

    Examples
    --------
    >>> from casualty_models.inference.symbols import square
    >>> square(3.0)
    np.float64(9.0)
    """
    return multiply(a, a)


def power(a: Any, b: Any) -> Any:  # noqa: ANN401
    """Return a power whose exponent is 2, 1, -1 or 1/2, or both of whose numbers are known.

    Examples
    --------
    >>> from casualty_models.inference.symbols import power
    >>> power(3.0, 2.0)
    np.float64(9.0)
    """
    if not isinstance(a, Symbol) and not isinstance(b, Symbol):
        return np.power(float(a), b)
    known: dict[float, Callable[[], Any]] = {
        2.0: lambda: square(a),
        1.0: lambda: a,
        0.5: lambda: sqrt(a),
        -1.0: lambda: divide(1.0, a),
    }
    if isinstance(b, Symbol) or float(b) not in known:
        raise NotImplementedError(f"a power with the exponent {b}")
    return known[float(b)]()


def choose(condition: Any, yes: Any, no: Any) -> Any:  # noqa: ANN401
    """Return one value where a condition holds, else the other.

    Examples
    --------
    >>> from casualty_models.inference.symbols import choose
    >>> choose(True, 1.0, 2.0)
    1.0
    """
    if isinstance(condition, Symbol):
        return condition.trace.step("choose", (condition, yes, no))
    return yes if condition else no


def sigmoid(a: Any) -> Any:  # noqa: ANN401
    r"""Return :math:`1 / (1 + e^{-a})`.

    Examples
    --------
    >>> from casualty_models.inference.symbols import sigmoid
    >>> sigmoid(0.0)
    np.float64(0.5)
    """
    return divide(1.0, add(exp(negative(a)), 1.0))


def softplus(a: Any) -> Any:  # noqa: ANN401
    r"""Return :math:`\log(1 + e^a)`.

    Examples
    --------
    >>> from casualty_models.inference.symbols import softplus
    >>> round(float(softplus(0.0)), 3)
    0.693
    """
    return add(log1p(exp(negative(absolute(a)))), maximum(a, 0.0))
