select
    customer_id,
    difference_amount,
    clue,
    is_exact,
    document_id,
    state,
from marts.ledger_clues
