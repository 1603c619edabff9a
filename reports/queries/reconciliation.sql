-- One row is one customer and currency: what was open before $start, the documents up to $end, and what is open then. $customer
-- is one customer's number, empty for all. difference_amount must be 0.00.
select
    rolled.customer_id,
    dim.customer_name,
    rolled.currency,
    rolled.opening_amount,
    rolled.invoiced_amount,
    rolled.credited_amount,
    rolled.collected_amount,
    rolled.refunded_amount,
    rolled.adjusted_amount,
    rolled.closing_amount,
    rolled.open_amount,
    rolled.difference_amount,
from receivables_roll_forward($start, $end) as rolled
left join marts.dim_customers as dim on rolled.customer_id = dim.customer_id
where $customer = '' or rolled.customer_id = $customer
order by rolled.currency, abs(rolled.difference_amount) desc, rolled.closing_amount desc, rolled.customer_id
