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
