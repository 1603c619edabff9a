-- One row is one review of an order. is_repeated marks all but the latest review of an order: an order counts once.
select
    *,
    row_number() over (
        partition by order_id
        order by review_date desc nulls last, file_no desc, source_row desc
    ) > 1 as is_repeated
from raw.reviews
