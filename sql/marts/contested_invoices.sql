-- One row is one invoice on which the documents that name it do not settle everything: together they claim more than it
-- asks for, or one takes back. Of any other invoice each claim is granted as it stands, if nothing is guessed onto it.
select
    claims.invoice_id,
    any_value(claims.customer_id) as customer_id,
    any_value(claims.currency) as currency
from marts.application_claims as claims
group by claims.invoice_id
having sum(greatest(claims.amount, 0)) > any_value(claims.gross_amount) or min(claims.amount) < 0
