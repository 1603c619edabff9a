-- One row is one account (customer and currency) whose applications have to be decided one after another: there is cash
-- to guess for, money is taken back, or more is claimed of an invoice than it asks for. In every other account each claim
-- is granted as it stands and nothing is guessed.
with
claimed as (
    select
        invoice_id,
        sum(amount) as amount
    from marts.application_claims
    group by invoice_id
),

reasons as (
    select
        customer_id,
        currency
    from marts.payments_matched
    where match = 'open' and amount <> 0 and $cash_application = 'fifo'
    union
    select
        customer_id,
        currency
    from marts.application_claims
    where amount < 0
    union
    select
        invoices.customer_id,
        invoices.currency
    from claimed
    inner join marts.fct_invoices as invoices
        on claimed.invoice_id = invoices.invoice_id
        and claimed.amount > invoices.gross_amount
)

select
    row_number() over (order by customer_id, currency) as account_no,
    customer_id,
    currency
from reasons
