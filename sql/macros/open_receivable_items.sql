-- One row is one item open at the end of the day `as_of`; credit notes and unapplied payments are negative. Recomputed from
-- every item's changes, so any day can be asked for. base_open_amount is at the document's own exchange rate, empty where that
-- is unknown.
create or replace macro open_receivable_items(as_of) as table
with
balances as (
    select
        item_id,
        sum(change_amount)::decimal(18, 4) as open_amount
    from marts.receivable_changes
    where change_date <= as_of::date
    group by item_id
    having sum(change_amount) <> 0
)

select
    items.*,
    balances.open_amount,
    round(balances.open_amount::decimal(20, 4) * items.fx_rate, 4)::decimal(18, 4) as base_open_amount
from balances
inner join marts.receivable_items as items on balances.item_id = items.item_id;
