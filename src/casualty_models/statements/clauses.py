"""What one clause says: one number or two, with their hedges, as bounds."""

from dataclasses import dataclass, replace

from casualty_models.statements.amounts import Amount
from casualty_models.statements.cursor import refusal
from casualty_models.statements.hedges import Hedge, unhedged_bounds
from casualty_models.statements.statement import Kind, Statement


@dataclass(frozen=True)
class End:
    """A number and its hedge: a whole statement, or one end of a range."""

    amount: Amount
    hedge: Hedge | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the number stands alone, so that only its roundness says how exact it is."""
        return self.hedge is None and not self.amount.vague

    @property
    def bounds(self) -> tuple[int, int]:
        """The bounds that the words themselves put on the count."""
        lower, upper = int(self.amount.lower), int(self.amount.upper)
        return self.hedge.bounds(lower, upper, self.amount.dozen) if self.hedge else (lower, upper)


@dataclass(frozen=True)
class Clause:
    """The numbers of a phrase outside brackets, or of a remark in brackets.

    Parameters
    ----------
    ends
        One number; two for a range; none for a remark in words only.
    hedge
        A hedge without a number ("(at least)").
    subjects
        The words for those whom the number counts.
    """

    ends: tuple[End, ...] = ()
    hedge: Hedge | None = None
    subjects: frozenset[str] = frozenset()

    @property
    def is_plain(self) -> bool:
        """Whether it is one number without a hedge."""
        return len(self.ends) == 1 and self.ends[0].is_plain

    def statement(self, text: str) -> Statement:
        """Return the bounds that the clause puts on the count.

        Examples
        --------
        >>> from fractions import Fraction
        >>> from casualty_models.statements.amounts import Amount
        >>> from casualty_models.statements.clauses import Clause, End
        >>> ends = [End(Amount(Fraction(number), Fraction(number))) for number in (20, 30)]
        >>> Clause(tuple(ends)).statement("20-30")
        Statement(lower=20, upper=30, kind='range', text='20-30')
        """
        first, last = self.ends[0], self.ends[-1]
        if self.is_plain:
            bounds = unhedged_bounds(first.bounds[0], first.amount.dozen)
        else:
            bounds = first.bounds[0], last.bounds[1]
        return Statement(*bounds, self._kind(bounds), text)

    def _kind(self, bounds: tuple[int, int]) -> Kind:
        end = self.ends[0]
        if len(self.ends) > 1:
            return "range"
        if end.amount.vague:
            return "order_of_magnitude"
        if end.hedge:
            return end.hedge.kind
        return "exact" if bounds[0] == bounds[1] else "rounded"

    def with_hedge(self, hedge: Hedge, text: str) -> "Clause":
        """Return the clause with a hedge that stands in brackets; it may repeat the one there is.

        Raises
        ------
        DataError
            If the clause has another hedge, or is a range.

        Examples
        --------
        >>> from casualty_models.statements import read_statement
        >>> read_statement("Fast 2.500 (nearly)").lower
        2250
        """
        end = self.ends[0]
        if len(self.ends) > 1 or end.hedge not in (None, hedge):
            raise refusal("the brackets hold another hedge than the number has", text)
        return replace(self, ends=(replace(end, hedge=hedge),))


def narrowed(statement: Statement, clause: Clause, remark: Clause) -> Statement:
    """Return the bounds on which a clause and a remark about the same count agree.

    Parameters
    ----------
    statement
        What the clause, and the remarks before this one, say.
    clause, remark
        The clause and the remark in brackets, which has a number.

    Raises
    ------
    DataError
        If the remark counts somebody else, gives another number, or contradicts the clause.

    Examples
    --------
    >>> from casualty_models.statements import read_statement
    >>> read_statement('2,000 ("more than 2,000")')
    Statement(lower=2000, upper=2100, kind='rounded', text='2,000 ("more than 2,000")')
    """
    other = remark.statement(statement.text)
    if not remark.subjects <= clause.subjects:
        raise refusal("the number in brackets may count something else", statement.text)
    if clause.is_plain and remark.is_plain and clause.ends != remark.ends:
        raise refusal("the brackets hold another number", statement.text)
    lower, upper = max(statement.lower, other.lower), min(statement.upper, other.upper)
    if lower > upper:
        raise refusal("the number in brackets contradicts the one before it", statement.text)
    narrower = min(statement, other, key=lambda one: one.upper - one.lower)
    return replace(statement, lower=lower, upper=upper, kind=narrower.kind)
