-- One row is one run of numbers missing inside a series of invoice numbers: somebody has these invoices, or should say why not.
-- Void invoices, drafts and rows in quarantine are there, so their numbers are not missing.
-- What a series is depends on who gives the numbers:
-- - paper and tax-controlled invoices (code of 10 or 12 digits and a number of 8): a series is a code. The tax office hands out
--   numbers in rolls, so only gaps of up to 100 numbers are inside a roll; longer ones lie between two rolls and are left out;
-- - fully digital invoices (数电票, 20 digits) are numbered by the tax office's platform across all taxpayers of a province: a
--   company's own numbers have gaps by design, and none is listed;
-- - every other number is the company's own: what stands before its last digits (at most 8) is the series, such as a prefix and
--   year. It is consecutive when it has at least 20 numbers and nine in ten of those between its first and last are there.
with
numbers as (
    select
        if(is_paper, invoice_code, regexp_extract(invoice_id, '^(.*?)[0-9]{1,8}$', 1) || '#' || length(digits)) as series,
        is_paper,
        digits::bigint as number,
        invoice_id,
        invoice_date
    from (
        select
            *,
            coalesce(regexp_full_match(invoice_code, '[0-9]{10}|[0-9]{12}') and regexp_full_match(invoice_id, '[0-9]{8}'), false)
                as is_paper,
            regexp_extract(invoice_id, '([0-9]{1,8})$', 1) as digits
        from marts.fct_invoices
        where not regexp_full_match(invoice_id, '[0-9]{20}')
    )
    where digits <> ''
),

series as (
    select
        series,
        is_paper,
        min(number) as first_number,
        max(number) as last_number
    from numbers
    group by all
    having is_paper or (count(distinct number) >= 20 and count(distinct number) * 10 >= (max(number) - min(number) + 1) * 9)
),

quarantined as (
    select distinct
        document_key,
        regexp_extract(document_key, '([0-9]{1,8})$', 1) as digits
    from ops.quarantine
    where kind in ('invoices', 'invoice_headers') and status = 'open' and digits <> ''
),

present as (
    select
        numbers.series,
        numbers.number,
        min(numbers.invoice_id) as invoice_id,
        min(numbers.invoice_date) as invoice_date
    from numbers
    semi join series on numbers.series = series.series and numbers.is_paper = series.is_paper
    group by all
    union
    select
        series.series,
        quarantined.digits::bigint,
        quarantined.document_key,
        null
    from quarantined
    inner join series
        on quarantined.digits::bigint between series.first_number and series.last_number
        and if(
            series.is_paper,
            length(quarantined.document_key) = 8,
            regexp_extract(quarantined.document_key, '^(.*?)[0-9]{1,8}$', 1) || '#' || length(quarantined.digits) = series.series
        )
),

steps as (
    select
        *,
        lag(number) over by_series as before_number,
        lag(invoice_id) over by_series as before_invoice_id,
        lag(invoice_date) over by_series as before_date
    from present
    window by_series as (
        partition by series
        order by number, invoice_date nulls last
    )
)

select
    split_part(steps.series, '#', 1) as series,
    series.is_paper,
    steps.before_number + 1 as first_missing,
    steps.number - 1 as last_missing,
    steps.number - steps.before_number - 1 as missing_count,
    steps.before_invoice_id,
    steps.before_date,
    steps.invoice_id as after_invoice_id,
    steps.invoice_date as after_date
from steps
inner join series on steps.series = series.series
where steps.number > steps.before_number + 1
    and (not series.is_paper or steps.number - steps.before_number <= 101)
