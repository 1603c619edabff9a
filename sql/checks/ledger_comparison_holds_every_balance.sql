-- Per currency and day of the ledger: the balances compared add up to all open items of that day, and to the whole ledger.
with
compared as (
    select
        currency,
        balance_date,
        sum(open_amount) as open_amount,
        sum(ledger_amount) as ledger_amount
    from marts.ledger_comparisons
    group by all
),

open_items as (
    select
        days.currency,
        days.balance_date,
        sum(documents.amount) as open_amount
    from compared as days
    inner join (
        select currency, invoice_date as document_date, sum(gross_amount) as amount
        from marts.fct_invoices
        where is_effective
        group by all
        union all
        select currency, payment_date, -sum(amount)
        from marts.fct_payments
        where is_effective
        group by all
    ) as documents
        on days.currency = documents.currency
        and days.balance_date >= documents.document_date
    group by all
),

ledger as (
    select
        currency,
        balance_date,
        sum(balance) as ledger_amount
    from staging.stg_ledger_balances
    where not is_repeated and balance_date <= $as_of and customer_id is not null
    group by all
)

select
    currency,
    balance_date,
    compared.open_amount,
    open_items.open_amount as expected_open_amount,
    compared.ledger_amount,
    ledger.ledger_amount as expected_ledger_amount
from ledger
full join compared using (currency, balance_date)
left join open_items using (currency, balance_date)
where compared.ledger_amount is distinct from ledger.ledger_amount
    or coalesce(compared.open_amount, 0) <> coalesce(open_items.open_amount, 0)
