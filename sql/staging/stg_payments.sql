-- One row is one payment line: the money of a payment, or the part of it that names one invoice.
-- payment_line_no counts the lines of a payment in the order of the export. Filled: kind, status, currency (the named
-- invoice's, else the base currency) and, where the export leaves it empty, the customer of the named invoice.
-- A refund is negative whatever sign the export gives. is_repeated_line marks a line that says the same as an earlier
-- line of its payment about the same invoice: it is kept, and applied to nothing until someone confirms it.
-- pays_in_full: the amount is what the invoice still asks for beside its credit notes and its other payment lines;
-- the first such line of an invoice carries it, a further one 0.
with
invoices as (
    select
        invoice_id,
        min(customer_id) as customer_id,
        min(currency) as currency,
        sum(gross_amount)::decimal(18, 4) as gross_amount
    from staging.stg_invoices
    where invoice_id in (
        select invoice_id from raw.payments where customer_id is null or currency is null or pays_in_full
    )
    group by invoice_id
),

credited as (
    select
        original_invoice_id as invoice_id,
        sum(gross_amount)::decimal(18, 4) as credit_amount
    from staging.stg_invoices
    where is_credit_note and status = 'issued' and original_invoice_id is not null
    group by original_invoice_id
),

paid_apart as (
    select
        invoice_id,
        sum(amount)::decimal(18, 4) as paid_amount
    from raw.payments
    where invoice_id is not null and not coalesce(pays_in_full, false) and coalesce(status, 'succeeded') = 'succeeded'
    group by invoice_id
),

paid_in_full as (
    select
        lines.file_no,
        lines.source_row,
        invoices.gross_amount + coalesce(credited.credit_amount, 0) - coalesce(paid_apart.paid_amount, 0) as open_amount,
        row_number() over (
            partition by lines.invoice_id
            order by
                coalesce(lines.status, 'succeeded') <> 'succeeded',
                lines.payment_date,
                lines.payment_id,
                lines.file_no,
                lines.source_row
        ) as turn
    from raw.payments as lines
    inner join invoices on lines.invoice_id = invoices.invoice_id
    left join credited on lines.invoice_id = credited.invoice_id
    left join paid_apart on lines.invoice_id = paid_apart.invoice_id
    where lines.pays_in_full
),

filled as not materialized (
    select
        lines.* exclude (customer_id, amount, currency, status, kind, pays_in_full),
        coalesce(lines.customer_id, invoices.customer_id) as customer_id,
        coalesce(lines.currency, invoices.currency, $base_currency) as currency,
        coalesce(lines.status, 'succeeded') as status,
        coalesce(lines.kind, 'payment') as kind,
        coalesce(lines.pays_in_full, false) as pays_in_full,
        case
            when not coalesce(lines.pays_in_full, false) then lines.amount
            when paid_in_full.turn = 1 then greatest(paid_in_full.open_amount, 0)
            else 0
        end::decimal(18, 4) as given_amount
    from raw.payments as lines
    left join invoices on lines.invoice_id = invoices.invoice_id
    left join paid_in_full on lines.file_no = paid_in_full.file_no and lines.source_row = paid_in_full.source_row
),

-- Most payments have one line, and nothing to be counted.
numbered as (
    select
        file_no,
        source_row,
        row_number() over (partition by payment_id order by file_no, source_row)::integer as payment_line_no,
        invoice_id is not null
        and row_number() over (
            partition by payment_id, invoice_id, kind, given_amount, currency, payment_date, allocated_date, customer_id
            order by file_no, source_row
        ) > 1 as is_repeated_line
    from filled
    where payment_id in (select payment_id from raw.payments group by payment_id having count(*) > 1)
)

select
    filled.* exclude (given_amount),
    case when filled.kind = 'refund' then -abs(filled.given_amount) else filled.given_amount end::decimal(18, 4) as amount,
    coalesce(numbered.payment_line_no, 1) as payment_line_no,
    coalesce(numbered.is_repeated_line, false) as is_repeated_line
from filled
left join numbered on filled.file_no = numbered.file_no and filled.source_row = numbered.source_row
