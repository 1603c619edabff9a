-- One row is one thing to look at about invoices, up to $as_of: orders and invoices that do not meet (order_invoice_issues), what
-- is wrong on a document (invoice_document_issues), numbers missing in a series (invoice_number_gaps). days: since then.
-- subject: order | document | credit | series. amount is the money concerned in the document's currency, base_amount the same
-- in base currency, by which the list is ranked; expected_amount is what the document should say, where that is known.
-- note: the numbers missing, or the order or invoice the issue is about.
with
issues as (
    select
        issue,
        'order' as subject,
        null::varchar as invoice_id,
        order_id,
        customer_id,
        currency,
        sales_rep,
        since_date,
        if(issue = 'delivered_not_invoiced', remaining_amount, invoiced_amount) as amount,
        (booked_amount + returned_amount)::decimal(18, 4) as expected_amount,
        abs(base_remaining_amount) as base_amount,
        null::varchar as note
    from marts.order_invoice_issues

    union all

    select
        issue,
        case
            when issue like 'credit%' then 'credit'
            when issue like 'order_%' or issue in ('no_order', 'unknown_order', 'before_its_order') then 'order'
            else 'document'
        end,
        invoice_id,
        order_id,
        customer_id,
        currency,
        sales_rep,
        invoice_date,
        amount,
        expected_amount,
        abs(base_gross_amount),
        related_id
    from marts.invoice_document_issues

    union all

    select
        'numbers_missing',
        'series',
        before_invoice_id,
        null,
        null,
        null,
        null,
        coalesce(before_date, after_date),
        null,
        null,
        null,
        series || ' ' || first_missing || if(missing_count > 1, '-' || last_missing, '')
    from marts.invoice_number_gaps
)

select
    issues.* exclude (amount, expected_amount, base_amount, note, since_date),
    dim.customer_name,
    issues.since_date,
    date_diff('day', issues.since_date, $as_of::date)::integer as days,
    issues.amount::decimal(18, 4) as amount,
    issues.expected_amount::decimal(18, 4) as expected_amount,
    issues.base_amount::decimal(18, 4) as base_amount,
    issues.note
from issues
left join marts.dim_customers as dim on issues.customer_id = dim.customer_id
