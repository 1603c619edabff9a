select
    customer_id,
    clue,
    document_id,
from marts.ledger_clues
