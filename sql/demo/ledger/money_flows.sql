-- One row is a month and currency: invoiced with tax (credit notes negative, void ones left out), and collected
-- (payments less refunds, failed ones left out; write-offs and the like are not money) up to the span's last day.
with flows as (
    select
        invoice_date as flow_date,
        currency,
        rate_hundredths,
        gross_cents as invoiced_cents,
        net_cents as invoiced_net_cents,
        0 as collected_cents,
        0 as adjusted_cents,
    from demo.invoices
    where colour <> 'void'

    union all

    select
        shares.payment_date as flow_date,
        customers.currency,
        if(customers.currency = 'USD', fx_rates.rate_hundredths, 100) as rate_hundredths,
        0 as invoiced_cents,
        0 as invoiced_net_cents,
        if(shares.kind in ('payment', 'refund'), shares.amount_cents, 0) as collected_cents,
        if(shares.kind in ('payment', 'refund'), 0, shares.amount_cents) as adjusted_cents,
    from demo.payment_shares as shares
    inner join demo.customers using (customer_no)
    inner join demo.fx_rates on fx_rates.month_start = date_trunc('month', shares.payment_date)
    where shares.payment_date <= $end_date
)

select
    date_trunc('month', flow_date)::date as month_start,
    currency,
    money(sum(invoiced_cents)) as invoiced,
    money(sum(invoiced_net_cents)) as invoiced_net,
    money(sum(collected_cents)) as collected,
    money(sum(adjusted_cents)) as written_off_discounted_or_fees,
    base_money(sum(invoiced_cents * rate_hundredths)) as base_invoiced,
    base_money(sum(collected_cents * rate_hundredths)) as base_collected,
from flows
group by all
order by month_start, currency
