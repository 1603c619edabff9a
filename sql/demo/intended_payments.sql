-- One row is an open invoice of a customer who pays invoice by invoice, with what its payer means to do: `outcome`,
-- the day, and the credit note that may come before or after. A credit and a payment never fall on the same day.
with credits as (
    select
        invoices.invoice_no,
        red_invoices.invoice_date as credit_date,
        -(red_invoices.net_cents + red_invoices.tax_cents) as credit_cents,
    from demo.red_invoices
    inner join demo.invoices
        on invoices.order_no = red_invoices.order_no
        and invoices.colour = 'blue'
),

delayed as (
    select
        invoices.invoice_no,
        invoices.customer_no,
        invoices.order_no,
        invoices.invoice_date,
        invoices.due_date,
        invoices.gross_cents,
        invoices.currency,
        invoices.payment_style,
        invoices.payer_type,
        credits.credit_date,
        coalesce(credits.credit_cents, 0) as credit_cents,
        case invoices.payer_type
            when 'prompt' then draw(invoices.invoice_no, 'late', 9) - 6
            when 'usual' then draw(invoices.invoice_no, 'late', 20) - 3
            when 'late' then 4 + draw(invoices.invoice_no, 'late', 56)
            else 25 + draw(invoices.invoice_no, 'late', 190)
        end as late_days,
        draw(invoices.invoice_no, 'outcome', 1000) as outcome_draw,
        count(*) over (partition by invoices.customer_no) as invoice_count,
        draw(invoices.invoice_no, 'unpaid', 1000)
        < case invoices.payer_type when 'prompt' then 2 when 'usual' then 7 when 'late' then 35 else 330 end as is_unpaid,
    from demo.invoices
    left join credits using (invoice_no)
    where
        invoices.colour = 'blue'
        and invoices.payment_style in ('named', 'bulk', 'exact')
),

planned as (
    select
        * exclude (late_days, outcome_draw, invoice_count, is_unpaid),
        case
            when is_unpaid then 'unpaid'
            when credit_date is not null or payment_style <> 'named' then 'full'
            when exists (from demo.instalments where instalments.invoice_no = delayed.invoice_no) then 'instalments'
            -- Only where there is no other invoice: so nobody has to say whether the rest pays that one.
            when invoice_count = 1 and outcome_draw < 250 then 'overpaid'
            when outcome_draw < 70 then 'two parts'
            when outcome_draw < 90 then 'one part'
            when outcome_draw < 130 then 'advance'
            when outcome_draw < 155 then 'discounted'
            when outcome_draw < 170 then 'rest written off'
            when outcome_draw < 470 and currency = 'USD' and gross_cents > 50000 then 'bank fee'
            else 'full'
        end as outcome,
        greatest(invoice_date, due_date + late_days) as meant_date,
    from delayed
),

dated as (
    select
        * exclude (meant_date),
        -- Who pays in bulk does so on the 25th.
        case
            when payment_style <> 'bulk' then meant_date
            when day(meant_date) <= 25 then date_trunc('month', meant_date)::date + 24
            else (date_trunc('month', meant_date) + interval 1 month)::date + 24
        end as payment_date,
    from planned
)

select
    * exclude (payment_date),
    if(credit_date = payment_date, payment_date + 1, payment_date) as payment_date,
from dated
