-- One row is one account (customer and currency) of which something has to be decided: there is cash to guess for
-- (has_guesses), money is taken back, or more is claimed of an invoice than it asks for. In every other account each claim
-- is granted as it stands and nothing is guessed.
with
reasons as (
    select
        customer_id,
        currency,
        amount > 0 as has_guesses
    from marts.payments_matched
    where match = 'open' and amount <> 0 and $cash_application = 'fifo'
    union all
    select
        customer_id,
        currency,
        false
    from marts.contested_invoices
),

accounts as (
    select
        customer_id,
        currency,
        bool_or(has_guesses) as has_guesses
    from reasons
    group by all
)

select
    row_number() over (order by customer_id, currency) as account_no,
    customer_id,
    currency,
    has_guesses
from accounts
