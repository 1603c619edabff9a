-- One row is one difference to the ledger and one thing that alone explains it to the cent, or stands near it. d is the
-- difference, documents less ledger, at the end of the ledger's day:
-- - not_in_ledger: a document of d, counted, up to that day: the ledger lacks it;
-- - not_counted: a document of -d that the ledger may have and the documents do not (void, draft, pending, quarantined);
-- - booked_earlier: a document of -d dated up to 31 days later: the ledger has it already;
-- - twice_in_ledger: a document of -d, counted; wrong_side: one of d / 2, in the ledger with the other sign;
-- - other_customer: another customer differs by -d that day, and paid_by_other: a payment of d or -d that names this customer's
--   invoice but another payer; rounding: less than one unit of the currency.
with
differences as (
    select
        customer_id,
        currency,
        balance_date,
        difference_amount
    from marts.ledger_comparisons
    where difference_amount <> 0
),

sized as (
    select
        *,
        abs(amount)::decimal(18, 4) as size_amount
    from marts.ledger_candidates
    union all
    select
        *,
        abs(2 * amount)::decimal(18, 4)
    from marts.ledger_candidates
    where is_counted
),

placed as (
    select
        differences.*,
        sized.* exclude (customer_id, currency, size_amount),
        sized.size_amount <> abs(sized.amount) as is_doubled,
        sign(sized.amount) = sign(differences.difference_amount) as is_same_sign,
        sized.document_date <= differences.balance_date as is_dated_before
    from differences
    -- Fans out to the documents of exactly that amount; the nearest to the ledger's day are kept below.
    inner join sized
        on differences.currency = sized.currency
        and abs(differences.difference_amount) = sized.size_amount
        and differences.customer_id = coalesce(sized.customer_id, differences.customer_id)
),

documents as (
    select
        *,
        case
            when is_doubled then if(is_same_sign and is_dated_before, 'wrong_side', null)
            when not is_counted then if(is_same_sign, null, 'not_counted')
            when other_customer_id is not null and is_dated_before then 'paid_by_other'
            when is_same_sign and is_dated_before then 'not_in_ledger'
            when not is_same_sign and not is_dated_before and document_date <= balance_date + 31 then 'booked_earlier'
            when not is_same_sign and is_dated_before then 'twice_in_ledger'
        end as clue
    from placed
),

others as (
    select
        differences.*,
        counterparts.customer_id as other_customer_id
    from differences
    inner join differences as counterparts
        on differences.currency = counterparts.currency
        and differences.balance_date = counterparts.balance_date
        and differences.difference_amount = -counterparts.difference_amount
    where abs(differences.difference_amount) >= 1
)

select
    * exclude (is_doubled, is_same_sign, is_dated_before)
from documents
where clue is not null
-- A rent or fee that recurs every month matches every month: the five nearest to the day are enough to look at.
qualify row_number() over (
    partition by customer_id, currency, balance_date, clue
    order by abs(coalesce(date_diff('day', document_date, balance_date), 0)), document_id, file_no, source_row
) <= 5

union all by name

select
    *,
    'other_customer' as clue
from others
qualify row_number() over (partition by customer_id, currency, balance_date order by other_customer_id) <= 5

union all by name

select
    *,
    'rounding' as clue
from differences
where abs(difference_amount) < 1
