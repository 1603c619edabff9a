-- One row is one receivable item, open or closed, as of $as_of: invoice or instalment, and below zero a credit note or
-- payment line. open_amount = amount - applied_amount, counting only what has happened by then; a document dated later
-- does not exist yet: its row is here with nothing open (is_future). At other dates: the macro receivables_aging.
with
states as (
    select
        item_id,
        coalesce(sum(change_amount) filter (where change_date <= $as_of), 0)::decimal(18, 4) as open_amount,
        max(change_date) filter (where change_date <= $as_of) as last_change_date,
        count(*) filter (where change_date <= $as_of) as change_count
    from marts.receivable_changes
    group by item_id
)

select
    items.item_id,
    items.item_type,
    items.document_id,
    items.line_no as instalment_no,
    items.customer_id,
    items.currency,
    items.fx_rate,
    items.sales_rep,
    items.region,
    items.document_date,
    items.due_date,
    items.amount,
    if(items.document_date > $as_of, 0, items.amount - states.open_amount)::decimal(18, 4) as applied_amount,
    states.open_amount,
    case
        when items.currency = $base_currency then states.open_amount
        else round(states.open_amount::decimal(20, 4) * items.fx_rate, 4)
    end::decimal(18, 4) as base_open_amount,
    if(states.last_change_date > items.document_date or states.open_amount <> items.amount, states.last_change_date, null)
        as last_effective_date,
    states.open_amount <> 0 as is_open,
    items.document_date > $as_of as is_future
from marts.receivable_items as items
inner join states on items.item_id = states.item_id
