-- One row: receivables in base currency from the end of the month before to $end, by what changed them. Steps are signed.
-- Differences of exchange rates between a document and the payment on it are what remains.
with
opening as (
    select coalesce(sum(base_open_amount), 0)::decimal(18, 4) as amount
    from receivable_items_aged($start::date - interval 1 day, 'due', [30])
),

closing as (
    select coalesce(sum(base_open_amount), 0)::decimal(18, 4) as amount
    from receivable_items_aged($end, 'due', [30])
),

invoiced as (
    select
        coalesce(sum(base_gross_amount) filter (where not is_credit_note), 0)::decimal(18, 4) as invoiced,
        coalesce(sum(base_gross_amount) filter (where is_credit_note), 0)::decimal(18, 4) as credited,
    from marts.fct_invoices
    where is_effective and invoice_date between $start and $end
),

paid as (
    select
        coalesce(sum(-base_amount) filter (where kind = 'payment'), 0)::decimal(18, 4) as collected,
        coalesce(sum(-base_amount) filter (where kind = 'refund'), 0)::decimal(18, 4) as refunded,
        coalesce(sum(-base_amount) filter (where kind not in ('payment', 'refund')), 0)::decimal(18, 4) as written_off,
    from marts.fct_payments
    where is_effective and payment_date between $start and $end
)

select
    opening.amount as opening,
    invoiced.invoiced,
    invoiced.credited,
    paid.collected,
    paid.refunded,
    paid.written_off,
    closing.amount - opening.amount - invoiced.invoiced - invoiced.credited - paid.collected - paid.refunded - paid.written_off as fx,
    closing.amount as closing,
from opening
cross join closing
cross join invoiced
cross join paid
