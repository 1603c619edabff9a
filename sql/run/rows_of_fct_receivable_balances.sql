-- One row is one open item behind a row of marts.fct_receivable_balances, with the row its document was read from: the
-- invoice's (its instalments' too), the credit note's or the payment's. Amounts add up to the balance's.
with
items as (
    select
        month_end as balance_date,
        item_type,
        document_id,
        item_id,
        customer_id,
        currency,
        sales_rep,
        region,
        due_date,
        base_open_amount
    from marts.fct_receivable_months
    union all
    select
        month_end,
        item_type,
        document_id,
        item_id,
        customer_id,
        currency,
        sales_rep,
        region,
        due_date,
        base_open_amount
    from marts.receivable_natural_months
    union all
    select
        settings.as_of,
        items.item_type,
        items.document_id,
        items.item_id,
        items.customer_id,
        items.currency,
        items.sales_rep,
        items.region,
        items.due_date,
        items.base_open_amount
    from marts.fct_receivables as items
    cross join metrics.build_settings as settings
    where
        items.is_open
        and settings.as_of not in (select month_end from marts.receivable_month_ends)
        and (settings.month_close_day = 0 or settings.as_of <> last_day(settings.as_of))
)

select
    items.*,
    case when items.due_date < items.balance_date then items.base_open_amount else 0 end::decimal(18, 4) as base_overdue_amount,
    coalesce(payments.file_no, invoices.file_no) as file_no,
    coalesce(payments.source_row, invoices.source_row) as source_row
from items
left join marts.fct_invoices as invoices
    on items.document_id = invoices.invoice_id and items.item_type <> 'payment'
left join marts.fct_payments as payments
    on items.item_id = 'payment:' || payments.payment_id || ':' || payments.payment_line_no
