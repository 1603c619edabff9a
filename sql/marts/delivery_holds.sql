-- One row is one customer to whom no more goods should go for now, as of $as_of, and what is on its way to them: valid orders
-- not yet shipped, including tax, in base currency. reason: 'step' (the collections rules hold deliveries), else
-- 'credit_limit' (owes more than the limit), else 'orders_exceed_limit' (would, once these orders are invoiced: what of
-- them already is, as with an invoice in advance, is in the balance and does not count again).
with
orders as (
    select
        order_id,
        coalesce(customer_id, 'unknown') as customer_id,
        currency,
        net_amount + tax_amount as amount,
        base_net_amount + base_tax_amount as base_amount
    from marts.fct_orders
    where is_valid and not is_completed and shipped_date is null and delivered_date is null and order_date <= $as_of
),

to_invoice as (
    select
        order_id,
        customer_id,
        currency,
        greatest(arg_max(remaining_amount, month_start), 0) as amount,
        arg_max(fx_rate, month_start) as fx_rate
    from marts.order_invoice_months
    semi join orders using (order_id, customer_id, currency)
    group by all
),

waiting as (
    select
        orders.customer_id,
        count(*) as waiting_order_count,
        sum(orders.base_amount)::decimal(18, 4) as waiting_amount,
        sum(
            case
                when to_invoice.amount >= orders.amount then orders.base_amount
                when orders.currency = $base_currency then to_invoice.amount
                else round(to_invoice.amount::decimal(38, 4) * to_invoice.fx_rate, 4)
            end
        )::decimal(18, 4) as to_invoice_amount
    from orders
    inner join to_invoice using (order_id, customer_id, currency)
    group by orders.customer_id
),

customers as (
    select
        dim.customer_id,
        dim.customer_name,
        dim.sales_rep,
        dim.phone,
        dim.credit_limit,
        if(debts.customer_id is null, 0, debts.balance_amount)::decimal(18, 4) as balance_amount,
        if(debts.customer_id is null, 0, debts.overdue_amount)::decimal(18, 4) as overdue_amount,
        debts.oldest_days,
        debts.credit_use,
        worklist.step,
        coalesce(waiting.waiting_order_count, 0) as waiting_order_count,
        coalesce(waiting.waiting_amount, 0)::decimal(18, 4) as waiting_amount,
        case
            when steps.is_delivery_held then 'step'
            when debts.is_over_credit_limit then 'credit_limit'
            when waiting.to_invoice_amount + if(debts.customer_id is null, 0, debts.balance_amount) > dim.credit_limit
                then 'orders_exceed_limit'
        end as reason
    from marts.dim_customers as dim
    left join marts.customer_debts as debts on dim.customer_id = debts.customer_id
    left join marts.collections_worklist as worklist on dim.customer_id = worklist.customer_id
    left join marts.collection_steps as steps on worklist.step_no = steps.step_no
    left join waiting on dim.customer_id = waiting.customer_id
)

select *
from customers
where reason is not null
