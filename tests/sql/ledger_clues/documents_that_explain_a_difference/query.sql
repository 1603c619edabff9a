select
    customer_id,
    difference_amount,
    clue,
    is_exact,
    document_id,
    other_customer_id,
from marts.ledger_clues
