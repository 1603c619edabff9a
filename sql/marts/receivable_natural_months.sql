-- One row is one receivable item and the last day of one natural month at which it is open, where a closing day
-- ($month_close_day) lets months end otherwise: figures by natural month and quarter need those days as well. Where both are
-- one day marts.fct_receivable_months has it, and without a closing day all of them. An item's balance after its last change
-- of a month holds until its next change.
with
monthly as (
    select
        item_id,
        (year(change_date) * 12 + month(change_date))::integer as month_no,
        sum(change_amount) as change_amount
    from marts.receivable_changes
    where change_date <= $as_of and $month_close_day > 0
    group by all
    having sum(change_amount) <> 0
),

balances as (
    select
        item_id,
        month_no as from_month_no,
        lead(month_no, 1, 999999) over item as to_month_no,
        sum(change_amount) over item as open_amount
    from monthly
    window item as (partition by item_id order by month_no rows unbounded preceding)
),

ends as (
    select
        (year(date) * 12 + month(date))::integer as month_no,
        date as month_end
    from marts.dim_dates
    where is_month_end and day(date) <> $month_close_day and date <= $as_of
)

select
    ends.month_end,
    items.*,
    balances.open_amount::decimal(18, 4) as open_amount,
    case
        when items.currency = $base_currency then balances.open_amount
        else round(balances.open_amount::decimal(20, 4) * items.fx_rate, 4)
    end::decimal(18, 4) as base_open_amount
from balances
-- Fans out on purpose: a balance holds at every month end until it changes.
inner join ends on ends.month_no >= balances.from_month_no and ends.month_no < balances.to_month_no
inner join marts.receivable_items as items on balances.item_id = items.item_id
where balances.open_amount <> 0
