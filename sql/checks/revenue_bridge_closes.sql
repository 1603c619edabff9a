-- The bridge closes to 0.00 per month, customer and currency: booked + the reasons = invoiced, and invoiced + the reasons
-- = collected; in the document's currency, and in base currency where the document is in it (rates may explain nothing there).
with
ways as (
    select
        month_start,
        customer_id,
        currency,
        sum(case when step = 'invoiced' then -amount when step_no < 8 then amount else 0 end) as to_invoice_difference,
        sum(case when step = 'collected' then -amount when step_no >= 8 then amount else 0 end) as to_payment_difference,
        sum(case when step in ('fx_to_invoice', 'fx_to_payment') then abs(base_amount) else 0 end) as revalued_amount
    from marts.fct_revenue_bridge
    group by all
)

select
    month_start,
    customer_id,
    currency,
    to_invoice_difference,
    to_payment_difference,
    revalued_amount
from ways
where to_invoice_difference <> 0
or to_payment_difference <> 0
or (currency = $base_currency and revalued_amount <> 0)
