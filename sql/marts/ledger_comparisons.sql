-- One row is one customer, currency and day of which the general ledger gives balances, up to $as_of: what the ledger says is
-- owed, what the documents say (open items at the end of that day), and the difference (documents less ledger).
-- status: equal | differs | not_in_ledger (the ledger does not list the customer that day) | not_in_documents.
-- A currency that the ledger does not mention on a day is not compared on that day; a customer it leaves out owes it nothing.
with
ledger as (
    select
        customer_id,
        currency,
        balance_date,
        balance
    from staging.stg_ledger_balances
    where not is_repeated and balance_date <= $as_of and customer_id is not null and balance is not null
),

days as (
    select distinct
        currency,
        balance_date
    from ledger
),

changes as (
    select
        items.customer_id,
        items.currency,
        changes.change_date,
        sum(changes.change_amount) as change_amount
    from marts.receivable_changes as changes
    inner join marts.receivable_items as items on changes.item_id = items.item_id
    where items.currency in (select currency from days)
    group by all
    having sum(changes.change_amount) <> 0
),

-- Each change belongs to the first day of the ledger that can know of it.
steps as (
    select
        changes.customer_id,
        changes.currency,
        days.balance_date,
        sum(changes.change_amount) as change_amount
    from changes
    asof inner join days
        on changes.currency = days.currency
        and changes.change_date <= days.balance_date
    group by all
),

accounts as (
    select
        customer_id,
        currency,
        min(balance_date) as first_date
    from (
        select customer_id, currency, balance_date from steps
        union all
        select customer_id, currency, balance_date from ledger
    )
    group by all
),

balances as (
    select
        accounts.customer_id,
        accounts.currency,
        days.balance_date,
        coalesce(sum(steps.change_amount) over account, 0)::decimal(18, 4) as open_amount
    from accounts
    -- Fans out on purpose: every customer on every day of the ledger since the first document.
    inner join days on accounts.currency = days.currency and accounts.first_date <= days.balance_date
    left join steps
        on accounts.customer_id = steps.customer_id
        and accounts.currency = steps.currency
        and days.balance_date = steps.balance_date
    window account as (
        partition by accounts.customer_id, accounts.currency
        order by days.balance_date
    )
)

select
    balances.customer_id,
    balances.currency,
    balances.balance_date,
    coalesce(ledger.balance, 0)::decimal(18, 4) as ledger_amount,
    balances.open_amount,
    (balances.open_amount - coalesce(ledger.balance, 0))::decimal(18, 4) as difference_amount,
    case
        when difference_amount = 0 then 'equal'
        when ledger.customer_id is null then 'not_in_ledger'
        when balances.open_amount = 0 then 'not_in_documents'
        else 'differs'
    end as status
from balances
left join ledger
    on balances.customer_id = ledger.customer_id
    and balances.currency = ledger.currency
    and balances.balance_date = ledger.balance_date
where ledger.customer_id is not null or balances.open_amount <> 0
