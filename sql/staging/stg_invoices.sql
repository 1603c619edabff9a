-- One row is one line of an invoice or credit note of the current documents; an invoice without lines is its own line.
-- The rows of a document add up to the document:
-- - gross is the gross given, else net + tax; net and tax are filled from what is given (tax by its rate, to the cent);
-- - rows with a product, quantity or unit price, or with different amounts, are lines;
-- - several rows without any of these and with the same amounts repeat the document's total: the first row carries it,
--   the others carry 0 (repeats_total);
-- - a gross amount that differs from net + tax, the same on all rows and equal to their sum, is the document's total.
-- A credit note is negative whatever sign the export gives; a document below zero is a credit note.
with
documents as (
    select
        *,
        quantity is not null or unit_price is not null or product_name is not null as is_line
    from raw.invoices
    union all by name
    select *
    from staging.invoice_lines_with_headers
),

filled as (
    select
        * exclude (gross_amount, net_amount, tax_amount),
        gross_amount as exported_gross_amount,
        coalesce(
            tax_amount,
            gross_amount - net_amount,
            round(net_amount * tax_rate, 2),
            0
        )::decimal(18, 4) as line_tax_amount,
        coalesce(net_amount, gross_amount - coalesce(tax_amount, 0))::decimal(18, 4) as line_net_amount
    from documents
),

summed as (
    select
        *,
        (line_net_amount + line_tax_amount)::decimal(18, 4) as net_and_tax,
        sum(net_and_tax) over document as document_net_and_tax,
        coalesce(
            count(*) over document > 1
            and min(exported_gross_amount) over document = max(exported_gross_amount) over document
            and exported_gross_amount <> net_and_tax
            and exported_gross_amount = document_net_and_tax,
            false
        ) as has_document_gross,
        case when has_document_gross then net_and_tax else coalesce(exported_gross_amount, net_and_tax) end as line_gross_amount,
        bool_or(coalesce(is_credit_note, false)) over document as is_marked_credit_note,
        row_number() over (partition by invoice_id order by file_no, source_row) as row_no
    from filled
    window document as (partition by invoice_id)
),

graded as (
    select
        *,
        count(*) over document > 1
        and not bool_or(is_line) over document
        and min(line_gross_amount) over document = max(line_gross_amount) over document
        and min(line_tax_amount) over document = max(line_tax_amount) over document as is_total_on_each_row,
        is_total_on_each_row and row_no > 1 as repeats_total,
        case when is_total_on_each_row then line_gross_amount else sum(line_gross_amount) over document end as document_amount,
        case
            when repeats_total then 0
            when is_marked_credit_note and document_amount > 0 then -1
            else 1
        end as factor
    from summed
    window document as (partition by invoice_id)
)

select
    * exclude (
        line_tax_amount, line_net_amount, line_gross_amount, net_and_tax, document_net_and_tax, has_document_gross,
        is_marked_credit_note, row_no, is_total_on_each_row, document_amount, factor, currency, is_credit_note, status
    ),
    coalesce(currency, $base_currency) as currency,
    coalesce(status, 'issued') as status,
    is_marked_credit_note or document_amount < 0 as is_credit_note,
    (factor * line_net_amount)::decimal(18, 4) as net_amount,
    (factor * line_tax_amount)::decimal(18, 4) as tax_amount,
    (factor * line_gross_amount)::decimal(18, 4) as gross_amount,
    -- Flagged, and the gross amount taken at its word: what the buyer owes is what the document asks for.
    line_gross_amount <> net_and_tax as has_gross_mismatch
from graded
