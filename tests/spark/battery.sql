-- One construct each, as DuckDB says it; told word by word, Spark would give another answer or none to many of them.

-- rounding half up
select round(2.5::decimal(10, 2), 0), round((-2.5)::decimal(10, 2), 0), round(1.005::decimal(10, 3), 2);

-- cast to fewer decimals
select 1.2345::decimal(10, 4)::decimal(10, 2), 1.235::decimal(10, 3)::decimal(10, 2);

-- cast of a decimal to a whole number
select 2.5::decimal(10, 2)::integer, (-1.5)::decimal(10, 2)::bigint;

-- division of decimals
select (100.00::decimal(18, 2) / 3)::decimal(18, 6), (1::decimal(18, 4) / 7)::decimal(9, 6);

-- division by zero
select 1 / nullif(0, 0), 5 // 0;

-- whole division of wide numbers
select (7 * 10::hugeint ** 0)::bigint, (123456789012345678::hugeint * 1000) // 999;

-- months between dates
select date_diff('month', date '2026-01-31', date '2026-03-01');

-- days between dates
select date_diff('day', date '2026-02-27', date '2026-03-01');

-- a day so many months on
select (date '2026-01-31' + to_months(1))::date, (date '2026-03-31' - interval 1 month)::date;

-- day of the week
select extract(isodow from date '2026-11-22'), extract(isodow from date '2026-11-23');

-- first day of week, quarter
select date_trunc('week', date '2027-01-02')::date, date_trunc('quarter', date '2026-05-05')::date;

-- last day
select last_day(date '2028-02-03');

-- order of nulls
select string_agg(coalesce(x::varchar, '-'), ',' order by x) from (values (2), (null), (1)) as t (x);

-- order of texts
select string_agg(x, ',' order by x) from (values ('b'), ('Ä'), ('a'), ('中'), ('B')) as t (x);

-- latest by date
select arg_max(x, (d, x)) from (values ('a', date '2026-01-01'), ('b', date '2026-01-01')) as t (x, d);

-- median
select median(x)::decimal(9, 1) from (values (1), (2), (10), (4)) as t (x);

-- whole match of a pattern
select regexp_full_match('123456789', '[0-9]{8}'), regexp_full_match('12345678', '[0-9]{8}');

-- place in a list
select list_position(['a', 'b'], 'b'), list_position(['a'], 'z');

-- size of a list
select len([1, 2, 3]), length('中文');

-- filtered sum
select sum(x) filter (where x > 1), count(*) filter (where x > 9) from (values (1), (2), (3)) as t (x);

-- text cut to its first letters
select '2026'[:2], strftime(date '2026-11-05', '%y');

-- months in a row
select string_agg(m::date::varchar, ',' order by m) from (select unnest(generate_series(date '2026-01-01', date '2026-03-01', interval 1 month)) as m);

-- week numbering
select extract(week from date '2027-01-01'), weekofyear(date '2026-12-31'), isodow(date '2026-11-22');

-- timestamps
select ts::date, date_trunc('hour', ts), extract(hour from ts), ts + interval 90 minute
from (select timestamp '2026-03-29 02:30:00.123456' as ts);

-- median of decimals, which is cut
select median(x)::decimal(18, 4), median(x) filter (where x > 2) from (values (1.1111::decimal(18, 4)), (1.1112::decimal(18, 4))) as t (x);

-- percentile
select quantile_disc(x, 0.9), quantile_disc(x, 0.5) filter (where x > 3) from (values (1), (2), (3), (4), (5)) as t (x);

-- median of a window with an order
select string_agg(m::varchar, ',' order by x)
from (select x, median(x) over (order by x rows between 2 preceding and 1 preceding)::decimal(9, 1) as m
from (values (1), (2), (5), (9)) as t (x));

-- product of a window
select string_agg(p::decimal(9, 4)::varchar, ',' order by x)
from (select x, product(1 - x / 10) over (order by x) as p from (values (1), (2), (5)) as t (x));

-- nearest by date
select string_agg(a.x::varchar || b.y, ',' order by a.x)
from (values (1), (3), (9)) as a (x) asof join (values (2, 'two'), (3, 'three'), (7, 'seven')) as b (k, y) on a.x >= b.k;

-- next by date, or none
select string_agg(a.x::varchar || coalesce(b.y, '-'), ',' order by a.x)
from (values (1), (3), (9)) as a (x) asof left join (values (2, 'two'), (7, 'seven')) as b (k, y) on a.x <= b.k;

-- columns to rows
select string_agg(k || v::varchar, ',' order by k) from (unpivot (select 7 as z, 1 as a, 2 as b, null::integer as c) on a, b as bb, c into name k value v);

-- list spread inside a function
select string_agg(x, ',' order by x) from (select trim(unnest(l)) as x from (select [' a', 'b '] as l));

-- which columns are grouped
select string_agg(g::varchar || n::varchar, ',' order by g, n)
from (select grouping(a, b) as g, count(*) as n from (values (1, 2), (1, 3)) as t (a, b) group by grouping sets ((), (a), (a, b)));

-- unknown in a list
select coalesce(x in (select 1), true) from (values (1), (2), (null)) as t (x) order by x nulls last;

-- alias in a condition
select string_agg(y::varchar, ',') from (select x * 2 as y from (values (1), (2)) as t (x) where y > 2);

-- letters of a class, a point
select regexp_matches('a b', '^[^@[:space:]]+$'), regexp_matches('axb', 'a\.b'), 'a\b', 'it''s';

-- number of a row in no order, key of a map
select max(n), bool_or(map_contains(m, 2)), bool_or(map_contains(m, 3)), max(m[n])
from (select row_number() over () as n, map([1, 2], ['a', 'b']) as m from (values (1), (2)) as t (x));

-- list in order, from its second value on
select list(x order by x), list(x order by x)[2:], list(x order by x)[5:] from (values (3), (null), (1), (2)) as t (x);

-- sum of a list
select list_sum([1.25, null, 2.50]::decimal(18, 4)[])::decimal(18, 4), list_sum([]::integer[]), list_sum([null]::integer[]);

-- check character of a tax number
select has_valid_credit_code(x), has_valid_credit_code(reverse(x)), has_valid_credit_code('short'), has_valid_credit_code(null)
from (values ('91350100M000100Y43'), ('91350100M000100Y42')) as t (x) order by x desc;
