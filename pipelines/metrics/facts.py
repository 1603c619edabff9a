"""The SQL that aggregates one mart alone, by period and slice.

Identifiers come from the catalog alone; every value a user gives is bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines.metrics.definition import GRAINS, Metric, Term
from pipelines.metrics.question import Question

UNKNOWN = "unknown"
OTHERS = "others"
# Tables a term may look things up in: alias -> (mart, its unique key, the fact's column).
_LOOKUPS = {
    "customers": ("marts.dim_customers", "customer_id", "customer_id"),
    "invoices": ("marts.fct_invoices", "invoice_id", "invoice_id"),
    "orders": ("marts.fct_orders", "order_id", "order_id"),
    "paid": ("marts.order_payments", "order_id", "order_id"),
    "reviews": ("marts.fct_reviews", "order_id", "order_id"),
}
# Marts of balances on some days -> the macro that tells them on any one day.
_ON_ANY_DAY = {"marts.fct_receivable_balances": "receivables_on_day"}


@dataclass(frozen=True)
class Fact:
    """The terms that one reading of a mart answers: same rows, same date, same slices."""

    terms: tuple[Term, ...]

    @property
    def term(self) -> Term:
        """Any of the terms, for what they share."""
        return self.terms[0]

    def knows(self, dimensions: Sequence[str]) -> bool:
        """Tell whether the mart can be sliced by all of the dimensions."""
        return set(dimensions) <= set(self.term.dimensions)

    def dimensions(self, question: Question) -> list[str]:
        """Return the dimensions of those slices that the mart knows whole."""
        known = [names for names in question.slices if self.knows(names)]
        return list(dict.fromkeys(name for names in known for name in names))


def gather(metrics: Sequence[Metric]) -> list[Fact]:
    """Gather the terms by mart, date and slices, so that each mart is read once whatever is asked of it."""
    gathered: dict[Any, list[Term]] = {}
    for metric in metrics:
        for term in metric.read:
            key = (term.base, term.date, term.is_snapshot, frozenset(term.dimensions.items()))
            terms = gathered.setdefault(key, [])
            if not any(same(term, other) for other in terms):
                terms.append(term)
    return [Fact(tuple(terms)) for terms in gathered.values()]


def same(one: Term, other: Term) -> bool:
    """Tell whether two terms are one aggregate, whatever they are multiplied by."""
    is_near = one.value == other.value and one.base == other.base and one.where == other.where
    return is_near and replace(one, times=1) == replace(other, times=1)


def aggregate(fact: Fact, question: Question, parameters: dict[str, Any]) -> str:
    """Return the SELECT that aggregates the fact; columns slice_no, p_start, s_<dimension> and v<term>."""
    dimensions = fact.dimensions(question)
    keys = [f"s_{name}" for name in dimensions]
    slices = [f"{_slice(fact.term, name, question, parameters)} as s_{name}" for name in dimensions]
    period, calendar = _calendar(fact.term, question.grain)
    conditions = [_within(fact.term), *_filters(fact.term, question, parameters)]
    measures = [
        f"{term.value}{f' filter (where {term.where})' if term.where else ''} as v{number}"
        for number, term in enumerate(fact.terms)
    ]
    joins, looked_up = _lookups([*slices, *conditions, *measures])
    sets = [
        f"({', '.join(['p_start', *(f's_{name}' for name in names)])})"
        for names in question.slices
        if fact.knows(names)
    ]
    lines = [
        f"select {', '.join([_slice_no(fact, question, dimensions), 'p_start', *keys])},",
        ",\n".join(measures),
        f"from (\nselect {', '.join([f'{period} as p_start', *slices, *looked_up, 'facts.*'])}",
        f"from {_base(fact.term, question)} as facts",
        *calendar,
        *joins,
        f"where {' and '.join(conditions)}\n) as rows",
        f"group by grouping sets ({', '.join(sets)})",
    ]
    return _flatten_lookups("\n".join(lines))


def contributing_rows(term: Term, question: Question, parameters: dict[str, Any], amount: str) -> str:
    """Return the SELECT of the single rows behind a term: amount, file_no, source_row.

    A snapshot's are those of one day, $snapshot.
    """
    conditions = [_within(term), *_filters(term, question, parameters)]
    if term.where:
        conditions.append(f"({term.where})")
    if term.is_snapshot:
        conditions.append(f"{term.date} = $snapshot")
    joins, looked_up = _lookups([amount, *conditions])
    listed = ", ".join(["facts.*", *looked_up])
    inner = "\n".join([f"select {listed}", f"from {term.base} as facts", *joins])
    # What the base itself is made of keeps its own names.
    where = " and ".join(_flatten_lookups(condition) for condition in conditions)
    shown = f"{_flatten_lookups(amount)} as amount, file_no, source_row"
    return f"select {shown}\nfrom (\n{inner}\n) as rows\nwhere {where}"


def _base(term: Term, question: Question) -> str:
    """Return what a term is read from; where the last day asked for has no published balance, that day's is made."""
    if not (term.is_snapshot and question.ends_between_balances):
        return term.base
    return (
        f"(from {term.base} where {term.date} < $end union all by name from {_ON_ANY_DAY[term.base]}($end))"
    )


def _within(term: Term) -> str:
    """Return the condition that a row is of the range asked for; a month's row is when any day of the month is."""
    first = "date_trunc('month', $start::date)" if term.is_monthly else "$start"
    return f"{term.date} between {first} and $end"


def _expression(term: Term, name: str) -> str:
    return f"coalesce(({term.dimensions[name]})::varchar, '{UNKNOWN}')"


def _slice(term: Term, name: str, question: Question, parameters: dict[str, Any]) -> str:
    expression = _expression(term, name)
    if name not in question.keep:
        return expression
    kept = _bound(f"keep_{name}", question.keep[name], parameters)
    return f"case when {expression} in ({kept}) then {expression} else '{OTHERS}' end"


def _filters(term: Term, question: Question, parameters: dict[str, Any]) -> list[str]:
    filters = [
        f"{_expression(term, name)} in ({_bound(f'where_{name}', values, parameters)})"
        for name, values in question.where.items()
    ]
    if term.is_snapshot and question.grain == "all":
        filters.append(f"{term.date} = $end")
    return filters


def _bound(prefix: str, values: Sequence[str], parameters: dict[str, Any]) -> str:
    """Bind the values and return their markers; where there is none nothing matches."""
    names = [f"{prefix}_{number}" for number in range(len(values))]
    parameters.update(zip(names, values, strict=True))
    return ", ".join(f"${name}" for name in names) or "null"


def _slice_no(fact: Fact, question: Question, dimensions: Sequence[str]) -> str:
    """Tell the rows of one grouping set from those of another."""
    if not dimensions:
        return f"{question.slices.index(())} as slice_no"
    cases = []
    for number, names in enumerate(question.slices):
        if fact.knows(names):
            bits = "".join("0" if name in names else "1" for name in dimensions)
            cases.append(f"when {int(bits, 2)} then {number}")
    return f"case grouping({', '.join(f's_{name}' for name in dimensions)}) {' '.join(cases)} end as slice_no"


def _calendar(term: Term, grain: str) -> tuple[str, list[str]]:
    """Return the period's expression and the join it needs. A snapshot joins the last day of a period alone."""
    if grain == "all":
        return "$start::date", []
    if grain == "day":
        return f"({term.date})::date", []
    column = GRAINS[grain]
    days = f"select date as calendar_day, {column} as calendar_period from marts.dim_dates"
    if term.is_snapshot:
        days = (
            f"select least(max(date), $end) as calendar_day, {column} as calendar_period "
            f"from marts.dim_dates where {column} <= $end group by {column}"
        )
    return "calendar_period", [f"inner join ({days}) as calendar on {term.date} = calendar_day"]


def _lookups(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the joins that the expressions name, and their columns; one row a key, so nothing fans out."""
    joins, columns = [], []
    for alias, (mart, key, column) in _LOOKUPS.items():
        used = sorted({name for text in texts for name in re.findall(rf"\b{alias}\.(\w+)", text)})
        if used:
            listed = ", ".join([f"{key} as {alias}_key", *(f"{name} as {alias}_{name}" for name in used)])
            joins.append(
                f"left join (select {listed} from {mart}) as {alias} on facts.{column} = {alias}_key"
            )
            columns += [f"{alias}_{name}" for name in used]
    return joins, columns


def _flatten_lookups(sql: str) -> str:
    """Name looked-up columns so that they can be seen beside the fact's own of the same name."""
    return re.sub(rf"\b({'|'.join(_LOOKUPS)})\.(\w+)", r"\1_\2", sql)
