-- One row is one kind of thing to look at about invoices (list 'invoice') or contracts (list 'contract'), of the sales reps named
-- or of everyone: how many, the oldest in days, and the money concerned in base currency.
-- Left out of the money: contracts in other currencies, which have no rate of their own.
with
found as (
    select
        'invoice' as list,
        issue as kind,
        days,
        base_amount as amount,
        sales_rep,
    from marts.invoice_issues
    union all
    select
        'contract',
        alert,
        -days_left,
        if(currency = $base_currency, amount, null),
        sales_rep,
    from marts.contract_alerts
)

select
    list,
    kind,
    count(*)::integer as items,
    max(days) as oldest_days,
    sum(amount)::decimal(18, 4) as amount,
from found
where (len($sales_reps::varchar[]) = 0 or list_contains($sales_reps, coalesce(sales_rep, 'unknown')))
group by all
order by list, amount desc nulls last, kind
