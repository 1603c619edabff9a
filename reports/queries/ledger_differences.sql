-- One row is one difference to the general ledger and one document that may explain it, likeliest first; a difference that
-- nothing explains has one row without a clue. $customer is one customer's number, empty for all.
select
    comparisons.balance_date,
    comparisons.customer_id,
    dim.customer_name,
    comparisons.currency,
    comparisons.open_amount,
    comparisons.ledger_amount,
    comparisons.difference_amount,
    comparisons.status,
    clues.clue,
    clues.is_exact,
    clues.document_type,
    clues.document_id,
    clues.document_date,
    clues.amount,
    clues.state,
    clues.other_customer_id,
    files.file_name,
    clues.source_row,
from marts.ledger_comparisons as comparisons
-- Fans out to everything that may explain a difference.
left join marts.ledger_clues as clues
    on comparisons.customer_id = clues.customer_id
    and comparisons.currency = clues.currency
    and comparisons.balance_date = clues.balance_date
left join marts.dim_customers as dim on comparisons.customer_id = dim.customer_id
left join ops.files as files on clues.file_no = files.file_no
where comparisons.difference_amount <> 0
    and ($customer = '' or comparisons.customer_id = $customer)
order by
    comparisons.balance_date desc,
    abs(comparisons.difference_amount) desc,
    comparisons.customer_id,
    comparisons.currency,
    clues.clue_no,
    clues.clue_group,
    clues.document_date,
    clues.document_id
