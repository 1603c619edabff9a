-- One row is one row of a product list. Where a product is listed more than once the latest row counts; the others
-- stay, with is_repeated.
select
    *,
    row_number() over (partition by product_id order by file_no desc, source_row desc) > 1 as is_repeated
from raw.products
