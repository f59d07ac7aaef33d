"""A graph of PyTensor as a list of NumPy calls: nothing is compiled, so the first answer is fast.

PyTensor's own interpreter checks, copies and loops over the batch in Python where it has no
compiled code. Here each operation becomes one NumPy call on whole batches; what has no such call
is left to PyTensor's ``perform``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant

from casualty_models.inference.elementwise import one_number
from casualty_models.inference.numpy_calls import Call, call_of, inner_graph
from casualty_models.inference.shortcuts import simplified
from casualty_models.inference.side_by_side import Step, side_by_side


@dataclass(frozen=True)
class Program:
    """The calls that lead from inputs to outputs, in order.

    Attributes
    ----------
    inputs, outputs
        Slots of the variables given and asked for.
    constants
        Values of slots that never change.
    shared
        Shared variables by slot; their values are data.
    generators
        Slots of random generators.
    fixed
        Calls that depend on data alone: made once for each set of data.
    steps
        All other calls.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    constants: dict[int, Any]
    shared: dict[int, Any]
    generators: tuple[int, ...]
    fixed: tuple[Step, ...]
    steps: tuple[Step, ...]

    @cached_property
    def write(self) -> Callable[..., Any]:
        """The function that puts values and calls into the steps, and returns what runs them."""
        names: dict[str, Any] = {}
        exec(_source(self), names)
        return names["write"]

    def bind(self, data: Mapping[str, Any]) -> Callable[..., list[Any]]:
        """Return the function of the inputs, for these data.

        Parameters
        ----------
        data
            Value of each shared variable, by name; a name left out stands for its own value.

        Returns
        -------
        A function of the values of the inputs, in order, and of ``rng``, a `numpy` generator;
        it returns the values of the outputs.

        Examples
        --------
        >>> import numpy as np, pytensor.tensor as pt
        >>> from casualty_models.inference.program import program
        >>> x = pt.vector("x")
        >>> program([x], [pt.exp(x).sum()]).bind({})(np.zeros(3))
        [np.float64(3.0)]
        """
        known = dict(self.constants)
        for slot, variable in self.shared.items():
            own = variable.name not in data
            known[slot] = variable.get_value() if own else np.asarray(data[variable.name])
        with np.errstate(all="ignore"):
            for step in self.fixed:
                found = step.call(*[known[slot] for slot in step.reads])
                parts = found if len(step.writes) > 1 else [found]
                known.update(zip(step.writes, parts, strict=True))
        run_steps = self.write(known, [step.call for step in self.steps])

        def run(*values: Any, rng: np.random.Generator | None = None) -> list[Any]:  # noqa: ANN401
            streams = (rng or np.random.default_rng()).spawn(len(self.generators))
            with np.errstate(all="ignore"):
                return run_steps(*values, *streams)

        return run


def _source(program: Program) -> str:
    """Return the steps as the text of a Python function: it runs them faster than a loop would."""
    varying = {*program.inputs, *program.generators}
    varying.update(slot for step in program.steps for slot in step.writes)
    given = ", ".join(f"v{slot}" for slot in (*program.inputs, *program.generators))
    lines = ["def write(known, calls):"]
    reads = {slot for step in program.steps for slot in step.reads} | {*program.outputs}
    lines += [f"    v{slot} = known[{slot}]" for slot in sorted(reads - varying)]
    lines += [f"    c{i} = calls[{i}]" for i in range(len(program.steps))]
    lines += [f"    def run({given}):"]
    for i, step in enumerate(program.steps):
        left = ", ".join(f"v{slot}" for slot in step.writes)
        right = ", ".join(f"v{slot}" for slot in step.reads)
        lines.append(f"        {left} = c{i}({right})")
        if step.frees:
            lines.append("        del " + ", ".join(f"v{slot}" for slot in step.frees))
    found = ", ".join(f"v{slot}" for slot in program.outputs)
    return "\n".join([*lines, f"        return [{found}]", "    return run"])


def program(
    inputs: Sequence[Any], outputs: Sequence[Any], call: Callable[[Any], Call] = call_of
) -> Program:
    """Return the calls that compute variables of PyTensor from others.

    Equal computations are made once, checks of parameters are left out (a value that is no number
    tells the same), and what depends on shared variables alone is set apart.

    Parameters
    ----------
    inputs, outputs
        Variables of one graph.
    call
        Returns the call of an operation that depends on the inputs.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> from casualty_models.inference.program import program
    >>> x = pt.vector("x")
    >>> len(program([x], [pt.exp(x) + pt.exp(x)]).steps)
    2
    """
    draft = _Draft(call)
    given = tuple(draft.new(variable) for variable in inputs)
    draft.varying.update(given)
    wanted = tuple(draft.slot(variable) for variable in outputs)
    fixed = [s for s in draft.steps if not draft.varies(s)]
    steps = [s for s in draft.steps if draft.varies(s)]
    more_fixed, steps = side_by_side(steps, wanted, draft.number)
    return Program(
        inputs=given,
        outputs=wanted,
        constants=draft.constants,
        shared=draft.shared,
        generators=tuple(draft.generators),
        fixed=(*fixed, *more_fixed),
        steps=tuple(_freeing(steps, keep={*wanted})),
    )


@dataclass
class _Draft:
    """A program being written: the slot of each variable and computation met so far."""

    call: Callable[[Any], Call]
    slots: dict[Any, int] = field(default_factory=dict)
    computed: dict[Any, tuple[int, ...]] = field(default_factory=dict)
    constants: dict[int, Any] = field(default_factory=dict)
    shared: dict[int, Any] = field(default_factory=dict)
    generators: list[int] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    varying: set[int] = field(default_factory=set)
    replaced: dict[Any, list[Any]] = field(default_factory=dict)
    number: int = 0

    def new(self, variable: Any) -> int:  # noqa: ANN401
        self.slots[variable] = self.number
        self.number += 1
        return self.number - 1

    def varies(self, step: Step) -> bool:
        return step.writes[0] in self.varying

    def slot(self, variable: Any) -> int:  # noqa: ANN401
        """Return the slot of a variable after writing all that leads to it."""
        stack = [variable]
        while stack:
            top = stack[-1]
            waiting = [] if top in self.slots else self._waiting(top)
            if waiting:
                stack.extend(waiting)
                continue
            if top not in self.slots:
                self._write(top)
            stack.pop()
        return self.slots[variable]

    def _waiting(self, variable: Any) -> list[Any]:  # noqa: ANN401
        if variable.owner is None:
            return []
        read = self._instead(variable.owner) or variable.owner.inputs
        return [v for v in read if v not in self.slots]

    def _instead(self, node: Any) -> list[Any]:  # noqa: ANN401
        """Return what is computed in place of the outputs of a node, if anything is."""
        if node not in self.replaced:
            simpler = simplified(node)
            self.replaced[node] = inner_graph(node) if simpler is None else [simpler]
        return self.replaced[node]

    def _write(self, variable: Any) -> None:  # noqa: ANN401
        node = variable.owner
        if node is None:
            self._leaf(variable)
        elif found := self._instead(node):
            slots = [self.slots[each] for each in found]
            self.slots.update(zip(node.outputs, slots, strict=True))
        else:
            self._step(node)

    def _leaf(self, variable: Any) -> None:  # noqa: ANN401
        if isinstance(variable, Constant):
            key = variable.signature()
            known = key in self.computed
            slot = self.computed[key][0] if known else self.new(variable)
            self.slots[variable] = slot
            self.computed[key] = (slot,)
            self.constants[slot] = variable.data
        elif isinstance(variable, SharedVariable):
            slot = self.new(variable)
            if isinstance(variable.container.storage[0], np.random.Generator):
                self.generators.append(slot)
                self.varying.add(slot)
            else:
                self.shared[slot] = variable
        else:
            raise ValueError(f"no value is given for {variable}")

    def _step(self, node: Any) -> None:  # noqa: ANN401
        reads = tuple(self.slots[v] for v in node.inputs)
        key = (node.op, reads)
        if key not in self.computed:
            writes = tuple(self.new(out) for out in node.outputs)
            self.computed[key] = writes
            varies = not self.varying.isdisjoint(reads)
            number = one_number(node) if varies and self.call is call_of else None
            call = self.call(node) if varies else call_of(node)
            self.steps.append(Step(call, reads, writes, number=number))
            self.varying.update(writes if varies else ())
        self.slots.update(zip(node.outputs, self.computed[key], strict=True))


def _freeing(steps: list[Step], keep: set[int]) -> list[Step]:
    """Return the steps with what each frees: slots that no later one reads."""
    written = {slot for step in steps for slot in step.writes}
    seen, freeing = set(keep), []
    for step in reversed(steps):
        last = ({*step.reads, *step.writes} & written) - seen
        seen |= last
        freeing.append(Step(step.call, step.reads, step.writes, tuple(last)))
    return freeing[::-1]
