"""SQL that reads dates as people and programs write them."""

from __future__ import annotations

from pipelines.exports.sql_text import listed, literal, trimmed

# The years a business document can bear. A date outside is a typing slip or a spreadsheet's 0.
_FIRST_DAY, _LAST_DAY = "date '1900-01-01'", "date '2199-12-31'"
# Years of two digits first: %Y would read 5-Mar-26 as a day of the year 26.
_MONTH_WORDS = (
    "%d-%b-%y", "%d %b %y", "%d/%b/%y", "%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%d-%B-%Y", "%b %d, %Y", "%B %d, %Y",
    "%b %d %Y", "%B %d %Y", "%d/%b/%Y", "%Y-%b-%d", "%a %b %d %Y",
)  # fmt: skip
# Day, month and year as one of dmy, mdy or ymd; a time may follow.
SHORT_DATE = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[ tT,].*)?$"


def fast_date(text: str, source_zone: str, business_zone: str) -> str:
    """Return the expression that reads an ISO date, or a time of day moved from its zone into the business's."""
    if source_zone and source_zone != business_zone:
        return _moved(text, source_zone, business_zone)
    bare = f"try_cast({text} as timestamp)::date"
    if not business_zone:
        return bare
    return (
        f"case when {_bears_offset(text)} then {_moved(text, business_zone, business_zone)} else {bare} end"
    )


def _bears_offset(text: str) -> str:
    """Return the condition that a time tells its own distance from UTC; midnight is a date that a program wrote so.

    Texts no longer than a time to the minute, as bare dates are, are not looked into.
    """
    offset = r" ?(Z|UTC|[+-]\d{2}(:?\d{2})?)$"
    is_midnight = f"regexp_matches({text}, '[T ]00:00(:00([.]0+)?)?{offset}')"
    return f"(strlen({text}) > 16 and regexp_matches({text}, ':\\d{{2}}([.]\\d+)?{offset}') and not {is_midnight})"


def slow_date(shaped: str, order: str, *, may_be_month: bool) -> str:
    """Return the expression that reads a date of any other form; day, month and year as `order` says, if it does."""
    forms = [_year_first(shaped), _compact(shaped), _serial(shaped)]
    if order:
        forms.append(_short(shaped, order))
    if may_be_month:
        forms.append(_month(shaped))
    # only with letters and digits: strptime also reads words such as infinity
    formats = listed(_MONTH_WORDS)
    is_worded = f"regexp_matches({shaped}, '\\d') and regexp_matches({shaped}, '[a-z]{{3}}')"
    forms.append(f"case when {is_worded} then try_strptime({shaped}, [{formats}])::date end")
    return within_reach(f"coalesce({', '.join(forms)})")


def within_reach(value: str) -> str:
    """Return the expression of a date, null when no business document can bear it: it was read by another form."""
    return f"case when {value} between {_FIRST_DAY} and {_LAST_DAY} then {value} end"


def _moved(text: str, source_zone: str, business_zone: str) -> str:
    """Move a time of day into the business's zone; a bare date stays as it is."""
    joined = f"regexp_replace({trimmed(text)}, ' ([+-])', '\\1')"
    offset = f"regexp_replace({joined}, '([+-]\\d{{2}})(\\d{{2}})$', '\\1:\\2')"
    bears_offset = f"regexp_matches({offset}, '(Z|UTC|[+-]\\d{{2}}(:\\d{{2}})?)$')"
    instant = (
        f"case when {bears_offset} then try_cast({offset} as timestamptz) "
        f"else timezone({literal(source_zone)}, try_cast({text} as timestamp)) end"
    )
    moved = f"timezone({literal(business_zone)}, {instant})::date"
    return f"case when contains({text}, ':') then {moved} else try_cast({text} as timestamp)::date end"


def _rewritten(shaped: str, pattern: str, iso: str) -> str:
    """Rewrite a date to ISO, leaving other forms alone: a bare cast would read 31/12/24 as a day of the year 31."""
    rewritten = f"try_cast(regexp_replace({shaped}, {literal(pattern)}, '{iso}') as date)"
    return f"case when regexp_matches({shaped}, {literal(pattern)}) then {rewritten} end"


def _year_first(shaped: str) -> str:
    pattern = r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ t,].*|\d{1,2}:.*)?$"
    return _rewritten(shaped, pattern, r"\1-\2-\3")


def _compact(shaped: str) -> str:
    return _rewritten(shaped, r"^((?:19|20|21)\d{2})(\d{2})(\d{2})(?:[ t]?\d{4,6})?$", r"\1-\2-\3")


def _serial(shaped: str) -> str:
    """Read a spreadsheet's day number, 20000 (1954) to 73050 (2099)."""
    days = f"try_cast(split_part({shaped}, '.', 1) as integer)"
    return (
        f"case when regexp_full_match({shaped}, '\\d{{5}}(\\.\\d+)?') and {days} between 20000 and 73050 "
        f"then date '1899-12-30' + {days} end"
    )


def _short(shaped: str, order: str) -> str:
    """Read a date of day, month and year in the order that was told or proved."""
    first, second, third = (
        f"regexp_extract({shaped}, {literal(SHORT_DATE)}, {group})" for group in (1, 2, 3)
    )
    day, month, year = {
        "dmy": (first, second, third),
        "mdy": (second, first, third),
        "ymd": (third, second, first),
    }[order]
    full = f"case when strlen({year}) = 4 then {year} when {year} < '70' then '20' || {year} else '19' || {year} end"
    value = f"try_cast({full} || '-' || {month} || '-' || {day} as date)"
    return f"case when regexp_matches({shaped}, {literal(SHORT_DATE)}) then {value} end"


def _month(shaped: str) -> str:
    return _rewritten(shaped, r"^((?:19|20|21)\d{2})\s*[-/.年]?\s*(\d{1,2})\s*月?$", r"\1-\2-01")
