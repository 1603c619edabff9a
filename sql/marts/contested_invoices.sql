-- One row is one invoice on which the documents that name it do not settle everything: together they claim more than it
-- asks for, or one takes back. Of any other invoice each claim is granted as it stands, if nothing is guessed onto it.
with
claims as (
    select
        invoice_key,
        customer_id,
        currency,
        amount,
        named_amount as gross_amount
    from marts.payments_matched
    where match = 'invoice' and amount <> 0
    union all
    select
        invoice_key,
        customer_id,
        currency,
        amount,
        gross_amount
    from marts.credit_note_claims
)

select
    invoice_key,
    any_value(customer_id) as customer_id,
    any_value(currency) as currency
from claims
group by invoice_key
having sum(greatest(amount, 0)) > any_value(gross_amount) or min(amount) < 0
