-- One row is one line of an invoice or credit note of the current documents; an invoice without lines is its own line.
-- The rows of a document add up to the document:
-- - gross is the gross given, else net + tax; net and tax are filled from what is given (tax by its rate, to the cent);
-- - rows with a product, quantity or unit price, or with different amounts, are lines;
-- - several rows without any of these and with the same amounts repeat the document's total: the first row carries it,
--   the others carry 0 (repeats_total);
-- - a gross amount that differs from net + tax, the same on all rows and equal to their sum, is the document's total.
-- A credit note is negative whatever sign the export gives; a document below zero is a credit note, marked or not, and so is
-- one of the type 'red' 红字.
with
documents as not materialized (
    select
        *,
        quantity is not null or unit_price is not null or product_name is not null as is_line
    from raw.invoices
    union all by name
    select *
    from staging.invoice_lines_with_headers
),

filled as not materialized (
    select
        * exclude (gross_amount, net_amount, tax_amount, currency, status, is_credit_note),
        coalesce(is_credit_note, false) or coalesce(invoice_type = 'red', false) as is_credit_note,
        gross_amount as exported_gross_amount,
        coalesce(currency, $base_currency) as currency,
        coalesce(status, 'issued') as status,
        coalesce(net_amount, gross_amount - coalesce(tax_amount, 0))::decimal(18, 4) as line_net_amount,
        coalesce(
            tax_amount,
            gross_amount - net_amount,
            round(net_amount::decimal(20, 4) * tax_rate, 2),
            0
        )::decimal(18, 4) as line_tax_amount,
        (line_net_amount + line_tax_amount)::decimal(18, 4) as net_and_tax,
        coalesce(gross_amount, net_and_tax) as given_gross_amount
    from documents
),

of_several_rows as (
    select
        invoice_id,
        coalesce(
            min(exported_gross_amount) = max(exported_gross_amount)
            and min(exported_gross_amount) = sum(net_and_tax)
            and count(*) filter (where exported_gross_amount = net_and_tax) = 0,
            false
        ) as has_document_gross,
        not has_document_gross
        and not bool_or(is_line)
        and min(given_gross_amount) = max(given_gross_amount)
        and min(line_tax_amount) = max(line_tax_amount) as has_total_on_each_row,
        case
            when has_document_gross then sum(net_and_tax)
            when has_total_on_each_row then min(given_gross_amount)
            else sum(given_gross_amount)
        end as sum_amount,
        bool_or(coalesce(is_credit_note, false)) as has_credit_mark,
        min(row(file_no, source_row)) as first_row
    from filled
    where invoice_id in (select invoice_id from documents group by invoice_id having count(*) > 1)
    group by invoice_id
),

graded as (
    select
        filled.* exclude (is_credit_note, is_line, given_gross_amount),
        case when several.has_document_gross then net_and_tax else given_gross_amount end as line_gross_amount,
        coalesce(several.has_total_on_each_row and several.first_row <> row(file_no, source_row), false) as repeats_total,
        coalesce(several.has_credit_mark, filled.is_credit_note, false) as is_marked_credit_note,
        coalesce(several.sum_amount, given_gross_amount) as document_amount,
        case
            when repeats_total then 0
            when is_marked_credit_note and document_amount > 0 then -1
            else 1
        end as factor
    from filled
    left join of_several_rows as several on filled.invoice_id = several.invoice_id
)

select
    * exclude (
        line_tax_amount, line_net_amount, line_gross_amount, net_and_tax, document_amount, factor
    ),
    is_marked_credit_note or document_amount < 0 as is_credit_note,
    (factor * line_net_amount)::decimal(18, 4) as net_amount,
    (factor * line_tax_amount)::decimal(18, 4) as tax_amount,
    (factor * line_gross_amount)::decimal(18, 4) as gross_amount,
    -- Flagged, and the gross amount taken at its word: what the buyer owes is what the document asks for.
    line_gross_amount <> net_and_tax as has_gross_mismatch
from graded
