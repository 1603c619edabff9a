-- One row is one document of several that together explain a difference to the ledger to the cent. d is the difference,
-- documents less ledger, at the end of the ledger's day:
-- - two_documents: two counted documents of the 92 days up to that day that add up to d;
-- - closed_early: all documents from some day, at most 10 before, on add up to d: the ledger was closed before them;
-- - closed_late: all documents up to some day, at most 10 after, add up to -d: the ledger was closed after them.
-- clue_group tells combinations of one difference apart. Only differences of at least one unit that no single document explains.
with
differences as (
    select
        customer_id,
        currency,
        balance_date,
        difference_amount
    from marts.ledger_comparisons
    where abs(difference_amount) >= 1
        and (customer_id, currency, balance_date) not in (
            select (customer_id, currency, balance_date)
            from marts.ledger_single_clues
            where clue in ('not_in_ledger', 'booked_earlier')
        )
),

documents as (
    select
        *,
        row_number() over (order by customer_id, document_date, document_type, document_id, file_no, source_row) as document_no
    from marts.ledger_candidates
    where is_counted and amount <> 0
),

near as (
    select
        differences.customer_id,
        differences.currency,
        differences.balance_date,
        differences.difference_amount,
        documents.* exclude (customer_id, currency),
        (differences.difference_amount - documents.amount)::decimal(18, 4) as missing_amount
    from differences
    -- Fans out to the customer's documents around the day.
    inner join documents
        on differences.customer_id = documents.customer_id
        and differences.currency = documents.currency
        and documents.document_date between differences.balance_date - 92 and differences.balance_date + 10
),

pairs as (
    select
        firsts.customer_id,
        firsts.currency,
        firsts.balance_date,
        firsts.document_no as first_no,
        seconds.document_no as second_no
    from near as firsts
    inner join near as seconds
        on firsts.customer_id = seconds.customer_id
        and firsts.currency = seconds.currency
        and firsts.balance_date = seconds.balance_date
        and firsts.missing_amount = seconds.amount
        and firsts.document_no < seconds.document_no
    where firsts.document_date <= firsts.balance_date and seconds.document_date <= firsts.balance_date
    qualify row_number() over (
        partition by firsts.customer_id, firsts.currency, firsts.balance_date
        order by seconds.document_date desc, first_no desc, second_no desc
    ) <= 3
),

sides as (
    select
        *,
        document_date > balance_date as is_after,
        -- The days nearest to the ledger's own come first, each day whole.
        sum(if(is_after, -amount, amount)) over (
            partition by customer_id, currency, balance_date, is_after
            order by abs(date_diff('day', balance_date, document_date))
        ) as reached_amount
    from near
    where document_date > balance_date - 10
),

cuts as (
    select
        customer_id,
        currency,
        balance_date,
        is_after,
        min(abs(date_diff('day', balance_date, document_date))) as days
    from sides
    where reached_amount = difference_amount
    group by all
)

select
    near.* exclude (missing_amount, document_no),
    'two_documents' as clue,
    pairs.first_no || '-' || pairs.second_no as clue_group
from pairs
inner join near
    on pairs.customer_id = near.customer_id
    and pairs.currency = near.currency
    and pairs.balance_date = near.balance_date
    and near.document_no in (pairs.first_no, pairs.second_no)

union all by name

select
    sides.* exclude (missing_amount, document_no, is_after, reached_amount),
    if(sides.is_after, 'closed_late', 'closed_early') as clue,
    'days'::varchar as clue_group
from sides
inner join cuts
    on sides.customer_id = cuts.customer_id
    and sides.currency = cuts.currency
    and sides.balance_date = cuts.balance_date
    and sides.is_after = cuts.is_after
    and abs(date_diff('day', sides.balance_date, sides.document_date)) <= cuts.days
