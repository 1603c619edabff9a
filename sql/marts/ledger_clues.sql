-- One row is one difference to the ledger and one document (or customer) that may explain it, likeliest first (clue_no):
-- those that do to the cent, alone or together (marts.ledger_single_clues, ledger_combined_clues: is_exact), and, for what they
-- leave unexplained, what to look at first: the customer's documents within three days of the ledger's day (near_the_day),
-- payment lines still unapplied that day (unapplied), rows in quarantine that name the customer (quarantined).
-- A difference with nothing to show has no row; every difference is in marts.ledger_comparisons.
with
exact as (
    select
        *,
        true as is_exact
    from (
        select *
        from marts.ledger_single_clues
        union all by name
        select *
        from marts.ledger_combined_clues
    )
),

open_differences as (
    select
        comparisons.customer_id,
        comparisons.currency,
        comparisons.balance_date,
        comparisons.difference_amount
    from marts.ledger_comparisons as comparisons
    anti join exact using (customer_id, currency, balance_date)
    where comparisons.difference_amount <> 0
),

loose as (
    select
        differences.*,
        candidates.* exclude (customer_id, currency),
        case
            when not candidates.is_counted then 'quarantined'
            when candidates.document_date between differences.balance_date - 2 and differences.balance_date + 3
                then 'near_the_day'
            when candidates.state is not null and candidates.document_date <= differences.balance_date then 'unapplied'
        end as clue,
        false as is_exact
    from open_differences as differences
    -- Fans out to all documents of the customers that nothing explains; ten of each sort are kept.
    inner join marts.ledger_candidates as candidates
        on differences.customer_id = candidates.customer_id
        and differences.currency = candidates.currency
    where (candidates.is_counted or candidates.document_date is null) and clue is not null
    qualify row_number() over (
        partition by differences.customer_id, differences.currency, differences.balance_date, clue
        order by abs(candidates.amount) desc, candidates.document_id, candidates.file_no, candidates.source_row
    ) <= 10
)

select
    customer_id,
    currency,
    balance_date,
    difference_amount,
    list_position(
        [
            'rounding', 'not_in_ledger', 'booked_earlier', 'paid_by_other', 'not_counted', 'closed_early', 'closed_late',
            'two_documents', 'other_customer', 'wrong_side', 'twice_in_ledger', 'quarantined', 'near_the_day', 'unapplied'
        ],
        clue
    )::integer as clue_no,
    clue,
    clue_group,
    is_exact,
    document_type,
    document_id,
    document_date,
    amount,
    is_counted,
    state,
    other_customer_id,
    file_no,
    source_row
from (
    select * from exact
    union all by name
    select * from loose
)
