-- One row is one due instalment of an invoice. position is its turn: earliest due first, then its number, then its row;
-- instalment_no is the export's number where it numbers the invoice's instalments without repeats, else the position.
with
placed as (
    select
        *,
        row_number() over (
            partition by invoice_id
            order by due_date, instalment_no nulls last, file_no, source_row
        )::integer as position,
        count(*) over (partition by invoice_id) as instalment_count,
        count(distinct instalment_no) over (partition by invoice_id) as number_count
    from raw.instalments
)

select
    * exclude (instalment_no, instalment_count, number_count),
    case when number_count = instalment_count then instalment_no else position end as instalment_no
from placed
